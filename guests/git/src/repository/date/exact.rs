//! Dates that say all there is to say.

use super::calendar::{Broken, DAYS, MONTHS, named};

/// What was found so far.
#[derive(Default)]
struct Found {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    time: Option<(i64, i64, i64)>,
    zone: Option<i32>,
}

/// Seconds since 1970 and the zone of a date such as `2005-04-07T22:13:13+0200`, `Thu, 07 Apr 2005 22:13:13 +0200`, `@1112911993 +0200`,
/// `1112911993 +0200` or `04/07/2005`; the time is `now`'s when there is none.
pub fn parse(text: &str, now: i64) -> Option<(i64, i32)> {
    if let Some(raw) = raw(text) {
        return Some(raw);
    }
    let mut found = Found::default();
    let text = text.trim();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_alphabetic() {
            word(rest, &mut found)?
        } else if c.is_ascii_digit() {
            digits(rest, &mut found)?
        } else if (c == '+' || c == '-') && found.time.is_some() && found.zone.is_none() {
            sign(rest, &mut found).unwrap_or(1)
        } else {
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    let (hour, minute, second) = found.time.unwrap_or_else(|| {
        let now = Broken::of(now);
        (now.hour, now.minute, now.second)
    });
    let zone = found.zone.unwrap_or(0);
    let broken = Broken {
        year: found.year?,
        month: found.month?,
        day: found.day?,
        hour,
        minute,
        second,
        weekday: 0,
    };
    let offset = i64::from(zone / 100 * 60 + zone % 100) * 60;
    Some((broken.seconds() - offset, zone))
}

/// `@seconds zone`, or a number of nine digits or more.
fn raw(text: &str) -> Option<(i64, i32)> {
    let text = text.trim();
    let (marked, body) = match text.strip_prefix('@') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let mut words = body.split_whitespace();
    let first = words.next()?;
    let number = first.bytes().all(|byte| byte.is_ascii_digit()) && (marked || first.len() >= 9);
    let seconds: i64 = if number {
        first.parse().ok()?
    } else {
        return None;
    };
    let zone = match words.next() {
        Some(zone) => zone_of(zone)?,
        None => 0,
    };
    words.next().is_none().then_some((seconds, zone))
}

fn zone_of(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let plain: String = digits.chars().filter(|c| *c != ':').collect();
    let number: i32 = plain.parse().ok()?;
    let number = if plain.len() <= 2 {
        number * 100
    } else {
        number
    };
    (plain.len() <= 4).then_some(sign * number)
}

fn word(rest: &str, found: &mut Found) -> Option<usize> {
    let length = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let word = &rest[..length];
    if let Some(month) = named(&MONTHS, word) {
        found.month = Some(month as i64);
    } else if let (true, Some((hour, minute, second))) =
        (word.eq_ignore_ascii_case("pm"), found.time)
    {
        found.time = Some((hour % 12 + 12, minute, second));
    } else if let (true, Some((hour, minute, second))) =
        (word.eq_ignore_ascii_case("am"), found.time)
    {
        found.time = Some((hour % 12, minute, second));
    } else if matches!(word, "Z" | "UTC" | "GMT" | "z") {
        found.zone = Some(0);
    } else if named(&DAYS, word).is_none() && !word.eq_ignore_ascii_case("T") {
        return zone_word(word, found).map(|()| length).or(Some(length));
    }
    Some(length)
}

fn zone_word(word: &str, found: &mut Found) -> Option<()> {
    let zone = match word {
        "CET" | "MET" => 100,
        "CEST" | "EET" => 200,
        "EST" => -500,
        "EDT" => -400,
        "PST" => -800,
        "PDT" => -700,
        _ => return None,
    };
    found.zone = Some(zone);
    Some(())
}

fn sign(rest: &str, found: &mut Found) -> Option<usize> {
    let tail = &rest[1..];
    let length = tail
        .find(|c: char| !c.is_ascii_digit() && c != ':')
        .unwrap_or(tail.len());
    found.zone = Some(zone_of(&rest[..=length])?);
    Some(length + 1)
}

fn digits(rest: &str, found: &mut Found) -> Option<usize> {
    let length = rest
        .find(|c: char| !(c.is_ascii_digit() || ":-/.".contains(c)))
        .unwrap_or(rest.len());
    let mut piece = &rest[..length];
    let number_end = piece
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(piece.len());
    let separator = piece[number_end..].chars().next();
    match separator {
        Some(':') => {
            // A zone may follow without a space: 22:13:13-0200.
            if let Some(minus) = piece.find('-') {
                piece = &piece[..minus];
            }
            let plain = piece.split('.').next().unwrap_or(piece);
            let mut fields = plain.split(':').map(|field| field.parse::<i64>().ok());
            let hour = fields.next()??;
            let minute = fields.next()??;
            let second = fields.next().flatten().unwrap_or(0);
            if hour > 24 || minute > 59 || second > 60 {
                return None;
            }
            found.time = Some((hour, minute, second));
            Some(piece.len())
        }
        Some('-' | '/' | '.') => date(piece, found),
        _ => {
            let number: i64 = piece[..number_end].parse().ok()?;
            compact(&piece[..number_end], number, found)?;
            Some(number_end)
        }
    }
}

/// `2005-04-07`, `04/07/2005`, `07.04.2005`.
fn date(piece: &str, found: &mut Found) -> Option<usize> {
    let trimmed = piece.trim_end_matches(['-', '/', '.', ':']);
    let fields: Vec<i64> = trimmed
        .split(['-', '/', '.'])
        .map(|field| field.parse().ok())
        .collect::<Option<_>>()?;
    let year_first = trimmed.find(['-', '/', '.'])? == 4;
    let (year, month, day) = match (&fields[..], piece.contains('.')) {
        ([year, month, day], _) if year_first => (*year, *month, *day),
        ([day, month, year], true) => (*year, *month, *day),
        ([month, day, year], false) if *month <= 12 => (*year, *month, *day),
        ([day, month, year], false) => (*year, *month, *day),
        ([number], _) => return compact(trimmed, *number, found).map(|()| trimmed.len()),
        _ => return None,
    };
    let year = if year < 70 {
        year + 2000
    } else if year < 100 {
        year + 1900
    } else {
        year
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1970..=2099).contains(&year) {
        return None;
    }
    (found.year, found.month, found.day) = (Some(year), Some(month - 1), Some(day));
    Some(trimmed.len())
}

/// A number by itself: `20050407`, `221313`, a year or a day.
fn compact(text: &str, number: i64, found: &mut Found) -> Option<()> {
    match text.len() {
        8 => {
            (found.year, found.month, found.day) = (
                Some(number / 10000),
                Some(number / 100 % 100 - 1),
                Some(number % 100),
            );
        }
        6 => found.time = Some((number / 10000, number / 100 % 100, number % 100)),
        4 if found.time.is_none() && found.day.is_some() && found.year.is_some() => {
            found.time = Some((number / 100, number % 100, 0));
        }
        4 => found.year = Some(number),
        1 | 2 if (1..=31).contains(&number) => found.day = Some(number),
        _ => return None,
    }
    Some(())
}

//! The dates that `-newermt` reads: what agents write of GNU's `parse_datetime`.

use isobox_guest::stat::Time;

const DAY_SECONDS: i64 = 86_400;

/// The moment that a text names.
pub fn parse(text: &str, now: Time) -> Option<Time> {
    let text = text.trim();
    if let Some(seconds) = text.strip_prefix('@') {
        return seconds_with_fraction(seconds);
    }
    let mut moment = now;
    let lower = text.to_lowercase().replace('t', " t").replace(" t", "T");
    let words: Vec<&str> = split(&lower);
    let mut at = 0;
    while at < words.len() {
        at += 1 + word(&words, at, now, &mut moment)?;
    }
    Some(moment)
}

/// The words; a date and a time joined by `T` are two.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        match word.split_once('T') {
            Some((date, time))
                if date.starts_with(|c: char| c.is_ascii_digit()) && !time.is_empty() =>
            {
                words.extend([date, time]);
            }
            _ => words.push(word),
        }
    }
    words
}

/// Applies the word at `at`; answers how many more it took.
fn word(words: &[&str], at: usize, now: Time, moment: &mut Time) -> Option<usize> {
    let text = words[at].replace('T', "t");
    match &text[..] {
        "now" | "today" => return Some(0),
        "yesterday" => moment.seconds -= DAY_SECONDS,
        "tomorrow" => moment.seconds += DAY_SECONDS,
        "utc" | "z" | "gmt" => return Some(0),
        "last" | "next" => {
            let sign = if text == "last" { -1 } else { 1 };
            shift(moment, sign, words.get(at + 1)?)?;
            return Some(1);
        }
        _ if text.contains(':') => {
            let midnight = moment.seconds - moment.seconds.rem_euclid(DAY_SECONDS);
            let (seconds, nanoseconds) = time_of_day(&text)?;
            *moment = Time {
                seconds: midnight + seconds,
                nanoseconds,
            };
        }
        _ if text.matches('-').count() == 2 && !text.starts_with('-') => {
            *moment = Time {
                seconds: date(&text, '-')?,
                nanoseconds: 0,
            };
        }
        _ if text.matches('/').count() == 2 => {
            let mut parts = text.split('/');
            let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
            let seconds = match month.len() {
                4 => date(&text, '/')?,
                _ => date(&format!("{year}-{month}-{day}"), '-')?,
            };
            *moment = Time {
                seconds,
                nanoseconds: 0,
            };
        }
        _ if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) => {
            let dashed = format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
            *moment = Time {
                seconds: date(&dashed, '-')?,
                nanoseconds: 0,
            };
        }
        _ => return relative(words, at, &text, moment),
    }
    let _ = now;
    Some(0)
}

/// `3 days ago`, `-2 hours`, `1day`.
fn relative(words: &[&str], at: usize, text: &str, moment: &mut Time) -> Option<usize> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let mut count: i64 = digits.trim_start_matches('+').parse().ok()?;
    let mut taken = 0;
    let unit = match &text[digits.len()..] {
        "" => {
            taken += 1;
            words.get(at + 1)?
        }
        unit => unit,
    };
    if words.get(at + taken + 1) == Some(&"ago") {
        count = -count;
        taken += 1;
    }
    shift(moment, count, unit)?;
    Some(taken)
}

fn shift(moment: &mut Time, count: i64, unit: &str) -> Option<()> {
    let unit = unit.replace('T', "t");
    let seconds = match unit.strip_suffix('s').unwrap_or(&unit) {
        "sec" | "second" => 1,
        "min" | "minute" => 60,
        "hour" => 3600,
        "day" => DAY_SECONDS,
        "week" => 7 * DAY_SECONDS,
        "fortnight" => 14 * DAY_SECONDS,
        "month" => return months(moment, count),
        "year" => return months(moment, count.checked_mul(12)?),
        _ => return None,
    };
    moment.seconds = moment.seconds.checked_add(count.checked_mul(seconds)?)?;
    Some(())
}

fn months(moment: &mut Time, count: i64) -> Option<()> {
    let field = |format| gnu::time::format(*moment, format).parse::<i64>().ok();
    let whole = field("%Y")?
        .checked_mul(12)?
        .checked_add(field("%m")? - 1)?
        .checked_add(count)?;
    let rest = moment.seconds.rem_euclid(DAY_SECONDS);
    moment.seconds =
        days(whole.div_euclid(12), whole.rem_euclid(12) + 1, field("%d")?)? * DAY_SECONDS + rest;
    Some(())
}

fn date(text: &str, separator: char) -> Option<i64> {
    let mut parts = text.split(separator).map(str::parse::<i64>);
    let (year, month, day) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !valid {
        return None;
    }
    Some(days(year, month, day)? * DAY_SECONDS)
}

/// Days since 1970, in the proleptic Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(-1_000_000..=1_000_000).contains(&year) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
            - 719_468,
    )
}

/// `12:34`, `12:34:56.7`, with `z`, `+02:00` or nothing behind.
fn time_of_day(text: &str) -> Option<(i64, u32)> {
    let text = text.trim_end_matches('z');
    let zone_at = text.find(['+', '-']);
    let (clock, zone) = text.split_at(zone_at.unwrap_or(text.len()));
    let offset = match zone {
        "" => 0,
        zone => zone_seconds(zone)?,
    };
    let mut parts = clock.split(':');
    let (hour, minute): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second = seconds_with_fraction(parts.next().unwrap_or("0"))?;
    let valid =
        (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second.seconds);
    valid.then_some((
        hour * 3600 + minute * 60 + second.seconds - offset,
        second.nanoseconds,
    ))
}

fn zone_seconds(zone: &str) -> Option<i64> {
    let digits: String = zone[1..].chars().filter(|c| *c != ':').collect();
    let number: i64 = digits.parse().ok()?;
    let minutes = match digits.len() {
        1 | 2 => number * 60,
        _ => number / 100 * 60 + number % 100,
    };
    Some(if zone.starts_with('-') {
        -minutes * 60
    } else {
        minutes * 60
    })
}

fn seconds_with_fraction(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let padded = format!("{fraction:0<9}");
    Some(Time {
        seconds: whole.parse().ok()?,
        nanoseconds: padded.get(..9)?.parse().ok()?,
    })
}

//! The styles that `--date` names.

use super::calendar::{Broken, DAYS, MONTHS};

/// How a time is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    Default,
    Local,
    Iso,
    IsoStrict,
    Rfc,
    Short,
    Raw,
    Unix,
    Human,
    Relative,
    /// `strftime`'s directives.
    Format(String),
}

impl Style {
    /// The style that `--date=WORD` or `log.date` names.
    pub fn named(word: &str) -> Option<Style> {
        let word = word.strip_suffix("-local").unwrap_or(word);
        Some(match word {
            "default" => Style::Default,
            "local" => Style::Local,
            "iso" | "iso8601" => Style::Iso,
            "iso-strict" | "iso8601-strict" => Style::IsoStrict,
            "rfc" | "rfc2822" => Style::Rfc,
            "short" => Style::Short,
            "raw" => Style::Raw,
            "unix" => Style::Unix,
            "human" => Style::Human,
            "relative" => Style::Relative,
            _ => Style::Format(word.strip_prefix("format:")?.to_owned()),
        })
    }
}

/// A time in its zone, in a style; `now` is what relative ones are seen from.
pub fn show(seconds: i64, zone: i32, style: &Style, now: i64) -> String {
    let offset = i64::from(zone / 100 * 60 + zone % 100) * 60;
    let at = Broken::of(seconds + offset);
    let day = &DAYS[at.weekday as usize][..3];
    let month = &MONTHS[at.month as usize][..3];
    let sign = if zone < 0 { '-' } else { '+' };
    let (hours, minutes) = (zone.abs() / 100, zone.abs() % 100);
    let clock = format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second);
    let date = format!("{:04}-{:02}-{:02}", at.year, at.month + 1, at.day);
    match style {
        Style::Default => format!(
            "{day} {month} {} {clock} {} {sign}{hours:02}{minutes:02}",
            at.day, at.year
        ),
        Style::Local => format!("{day} {month} {} {clock} {}", at.day, at.year),
        Style::Iso => format!("{date} {clock} {sign}{hours:02}{minutes:02}"),
        Style::IsoStrict if zone == 0 => format!("{date}T{clock}Z"),
        Style::IsoStrict => format!("{date}T{clock}{sign}{hours:02}:{minutes:02}"),
        Style::Rfc => format!(
            "{day}, {} {month} {} {clock} {sign}{hours:02}{minutes:02}",
            at.day, at.year
        ),
        Style::Short => date,
        Style::Raw => format!("{seconds} {sign}{hours:02}{minutes:02}"),
        Style::Unix => seconds.to_string(),
        Style::Relative => relative(seconds, now),
        Style::Human => human(seconds, &at, now),
        Style::Format(format) => formatted(format, &at, seconds, zone),
    }
}

/// `3 days ago`.
fn relative(seconds: i64, now: i64) -> String {
    let plural =
        |count: i64, unit: &str| format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" });
    if seconds > now {
        return "in the future".to_owned();
    }
    let mut diff = now - seconds;
    if diff < 90 {
        return plural(diff, "second");
    }
    diff = (diff + 30) / 60;
    if diff < 90 {
        return plural(diff, "minute");
    }
    diff = (diff + 30) / 60;
    if diff < 36 {
        return plural(diff, "hour");
    }
    diff = (diff + 12) / 24;
    if diff < 14 {
        return plural(diff, "day");
    }
    if diff < 70 {
        return plural((diff + 3) / 7, "week");
    }
    if diff < 365 {
        return plural((diff + 15) / 30, "month");
    }
    if diff < 1825 {
        let months = (diff * 12 * 2 + 365) / (365 * 2);
        let (years, months) = (months / 12, months % 12);
        let years_text = format!("{years} year{}", if years == 1 { "" } else { "s" });
        return match months {
            0 => format!("{years_text} ago"),
            _ => format!("{years_text}, {}", plural(months, "month")),
        };
    }
    plural((diff + 183) / 365, "year")
}

fn human(seconds: i64, at: &Broken, now: i64) -> String {
    let today = Broken::of(now);
    let same_year = at.year == today.year;
    if (0..86400).contains(&(now - seconds)) && at.day == today.day {
        return relative(seconds, now);
    }
    let day = &DAYS[at.weekday as usize][..3];
    let month = &MONTHS[at.month as usize][..3];
    if same_year && at.month == today.month && (0..5).contains(&(today.day - at.day)) {
        return format!("{day} {:02}:{:02}", at.hour, at.minute);
    }
    match same_year {
        true => format!("{day} {month} {} {:02}:{:02}", at.day, at.hour, at.minute),
        false => format!("{month} {} {}", at.day, at.year),
    }
}

fn formatted(format: &str, at: &Broken, seconds: i64, zone: i32) -> String {
    let format = format
        .replace("%s", &seconds.to_string())
        .replace(
            "%z",
            &format!("{}{:04}", if zone < 0 { '-' } else { '+' }, zone.abs()),
        )
        .replace("%Z", "");
    let time = isobox_guest::stat::Time {
        seconds: at.seconds(),
        nanoseconds: 0,
    };
    gnu::time::format(time, &format)
}

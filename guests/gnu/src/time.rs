//! Time stamps as text. The machine has one time zone, UTC.

use isobox_guest::stat::Time;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY_SECONDS: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// The machine's clock.
pub fn now() -> Time {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Time {
        seconds: elapsed.as_secs() as i64,
        nanoseconds: elapsed.subsec_nanos(),
    }
}

/// A date and a time of day.
struct Civil {
    year: i64,
    month: usize,
    day: i64,
    year_day: i64,
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

/// The proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
fn civil(seconds: i64) -> Civil {
    let days = seconds.div_euclid(DAY_SECONDS);
    let rest = seconds.rem_euclid(DAY_SECONDS);
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let year_day = if month <= 2 {
        day_of_year - 305
    } else {
        day_of_year + 60 + i64::from(leap)
    };
    Civil {
        year,
        month: month as usize,
        day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
        year_day,
        weekday: (days + 4).rem_euclid(7) as usize,
        hour: rest / 3600,
        minute: rest / 60 % 60,
        second: rest % 60,
    }
}

/// `time` in `strftime`'s `format`, with GNU's `%N`.
pub fn format(time: Time, format: &str) -> String {
    let civil = civil(time.seconds);
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        let mut specifier = letters.next().unwrap_or('%');
        let unpadded = specifier == '-';
        if unpadded {
            specifier = letters.next().unwrap_or('%');
        }
        let field = field(specifier, time, &civil);
        let trimmed = field.trim_start_matches(['0', ' ']);
        text.push_str(if unpadded && !trimmed.is_empty() {
            trimmed
        } else {
            &field
        });
    }
    text
}

fn field(specifier: char, time: Time, civil: &Civil) -> String {
    let nested = |format: &str| self::format(time, format);
    match specifier {
        'Y' => civil.year.to_string(),
        'C' => format!("{:02}", civil.year.div_euclid(100)),
        'y' => format!("{:02}", civil.year.rem_euclid(100)),
        'm' => format!("{:02}", civil.month),
        'd' => format!("{:02}", civil.day),
        'e' => format!("{:2}", civil.day),
        'j' => format!("{:03}", civil.year_day),
        'H' => format!("{:02}", civil.hour),
        'k' => format!("{:2}", civil.hour),
        'I' => format!("{:02}", (civil.hour + 11) % 12 + 1),
        'l' => format!("{:2}", (civil.hour + 11) % 12 + 1),
        'M' => format!("{:02}", civil.minute),
        'S' => format!("{:02}", civil.second),
        'N' => format!("{:09}", time.nanoseconds),
        'p' => if civil.hour < 12 { "AM" } else { "PM" }.to_owned(),
        'P' => if civil.hour < 12 { "am" } else { "pm" }.to_owned(),
        'B' => MONTHS[civil.month - 1].to_owned(),
        'b' | 'h' => MONTHS[civil.month - 1][..3].to_owned(),
        'A' => WEEKDAYS[civil.weekday].to_owned(),
        'a' => WEEKDAYS[civil.weekday][..3].to_owned(),
        'u' => ((civil.weekday + 6) % 7 + 1).to_string(),
        'w' => civil.weekday.to_string(),
        's' => time.seconds.to_string(),
        'z' => "+0000".to_owned(),
        'Z' => "UTC".to_owned(),
        'n' => "\n".to_owned(),
        't' => "\t".to_owned(),
        '%' => "%".to_owned(),
        'F' => nested("%Y-%m-%d"),
        'T' => nested("%H:%M:%S"),
        'R' => nested("%H:%M"),
        'D' | 'x' => nested("%m/%d/%y"),
        'X' => nested("%H:%M:%S"),
        'r' => nested("%I:%M:%S %p"),
        'c' => nested("%a %b %e %H:%M:%S %Y"),
        other => format!("%{other}"),
    }
}

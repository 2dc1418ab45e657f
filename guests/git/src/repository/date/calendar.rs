//! Days and their names.

pub const MONTHS: [&str; 12] = [
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
pub const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A point in time, broken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    pub year: i64,
    /// 0 to 11.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    /// 0 is Sunday.
    pub weekday: i64,
}

impl Broken {
    pub fn of(seconds: i64) -> Broken {
        let days = seconds.div_euclid(86400);
        let rest = seconds.rem_euclid(86400);
        let (year, month, day) = civil(days);
        Broken {
            year,
            month: month - 1,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 4).rem_euclid(7),
        }
    }

    /// Seconds since 1970; fields that are out of range carry over.
    pub fn seconds(&self) -> i64 {
        let year = self.year + self.month.div_euclid(12);
        let month = self.month.rem_euclid(12);
        let days = days_before(year, month + 1) + self.day - 1;
        days * 86400 + self.hour * 3600 + self.minute * 60 + self.second
    }
}

/// Days from 1970 to the first of a month (1 to 12).
fn days_before(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The place of the name that a word of three letters or more begins.
pub fn named(names: &[&str], word: &str) -> Option<usize> {
    let begins =
        |name: &&str| name.len() >= word.len() && name[..word.len()].eq_ignore_ascii_case(word);
    names
        .iter()
        .position(begins)
        .filter(|_| word.len() >= 3 && word.is_ascii())
}

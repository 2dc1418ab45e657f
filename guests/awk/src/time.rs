//! `strftime`, `mktime`, `systime`; the machine's time is UTC.

use crate::ast::{Builtin, Expr};
use crate::functions::now;
use crate::interpreter::{Interpreter, Run};
use crate::value::Value;

const DAY: i64 = 86_400;
const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
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

impl Interpreter {
    pub fn time_builtin(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        match which {
            Builtin::Systime => Ok(Value::Number(now() as f64)),
            Builtin::Mktime => {
                let text = self.text(&arguments[0])?;
                Ok(Value::Number(
                    made(&text).map_or(-1.0, |seconds| seconds as f64),
                ))
            }
            _ => {
                let format = match arguments.first() {
                    Some(format) => self.text(format)?,
                    None => std::rc::Rc::new(b"%a %b %e %H:%M:%S %Z %Y".to_vec()),
                };
                let seconds = match arguments.get(1) {
                    Some(seconds) => self.number(seconds)? as i64,
                    None => now(),
                };
                let zone = match arguments.get(2) {
                    Some(utc) => self.truth(utc)?,
                    None => false,
                };
                let mut out = Vec::new();
                Moment::at(seconds, if zone { "GMT" } else { "UTC" }).format(&format, &mut out);
                Ok(Value::text(out))
            }
        }
    }
}

/// `YYYY MM DD HH MM SS`, whose parts may be out of their bounds.
fn made(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let numbers: Vec<i64> = text
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .collect();
    let [year, month, day, hour, minute, second, ..] = numbers[..] else {
        return None;
    };
    let months = year.checked_mul(12)?.checked_add(month - 1)?;
    if months.abs() > 12_000_000 {
        return None;
    }
    let days = days_before(months.div_euclid(12), months.rem_euclid(12) as usize) + day - 1;
    days.checked_mul(DAY)?
        .checked_add(hour.checked_mul(3_600)?)?
        .checked_add(minute.checked_mul(60)?)?
        .checked_add(second)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_days(year: i64, month: usize) -> i64 {
    match month {
        1 => 28 + i64::from(is_leap(year)),
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// The days from 1970 to the first of a month, which is counted from 0.
fn days_before(year: i64, month: usize) -> i64 {
    let before = year - 1;
    let leaps = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 477;
    (year - 1970) * 365 + leaps + (0..month).map(|month| month_days(year, month)).sum::<i64>()
}

/// A time in its parts.
struct Moment {
    seconds: i64,
    year: i64,
    /// From 0.
    month: usize,
    day: i64,
    /// From 0.
    year_day: i64,
    /// From Sunday, which is 0.
    week_day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    zone: &'static str,
}

impl Moment {
    fn at(seconds: i64, zone: &'static str) -> Self {
        let days = seconds.div_euclid(DAY);
        let rest = seconds.rem_euclid(DAY);
        let mut year = 1970 + days.div_euclid(366);
        while days_before(year + 1, 0) <= days {
            year += 1;
        }
        while days_before(year, 0) > days {
            year -= 1;
        }
        let year_day = days - days_before(year, 0);
        let (mut month, mut day) = (0, year_day);
        while day >= month_days(year, month) {
            day -= month_days(year, month);
            month += 1;
        }
        Self {
            seconds,
            year,
            month,
            day: day + 1,
            year_day,
            week_day: (days + 4).rem_euclid(7),
            hour: rest / 3_600,
            minute: rest / 60 % 60,
            second: rest % 60,
            zone,
        }
    }

    fn format(&self, format: &[u8], out: &mut Vec<u8>) {
        let mut bytes = format.iter().copied();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                out.push(byte);
                continue;
            }
            let mut letter = bytes.next();
            let mut flag = None;
            while matches!(letter, Some(b'-' | b'_' | b'0' | b'^' | b'E' | b'O')) {
                flag = letter;
                letter = bytes.next();
            }
            let Some(letter) = letter else {
                out.push(b'%');
                return;
            };
            let start = out.len();
            self.part(letter, out);
            match flag {
                // `%-d`: without what fills it.
                Some(b'-') => {
                    let filling = out[start..]
                        .iter()
                        .take_while(|byte| b"0 ".contains(byte))
                        .count();
                    let filling = filling.min(out.len() - start - 1);
                    out.drain(start..start + filling);
                }
                Some(b'_') => out[start..]
                    .iter_mut()
                    .take_while(|byte| **byte == b'0')
                    .for_each(|byte| *byte = b' '),
                Some(b'^') => out[start..].make_ascii_uppercase(),
                _ => {}
            }
        }
    }

    fn part(&self, letter: u8, out: &mut Vec<u8>) {
        let twelve = match self.hour % 12 {
            0 => 12,
            hour => hour,
        };
        let weekday = WEEKDAYS[self.week_day as usize];
        let month = MONTHS[self.month];
        let text = match letter {
            b'a' => weekday[..3].to_owned(),
            b'A' => weekday.to_owned(),
            b'b' | b'h' => month[..3].to_owned(),
            b'B' => month.to_owned(),
            b'c' => return self.format(b"%a %b %e %H:%M:%S %Y", out),
            b'C' => format!("{:02}", self.year / 100),
            b'd' => format!("{:02}", self.day),
            b'D' | b'x' => return self.format(b"%m/%d/%y", out),
            b'e' => format!("{:2}", self.day),
            b'F' => return self.format(b"%Y-%m-%d", out),
            b'g' => format!("{:02}", self.week_year().0 % 100),
            b'G' => self.week_year().0.to_string(),
            b'H' => format!("{:02}", self.hour),
            b'I' => format!("{twelve:02}"),
            b'j' => format!("{:03}", self.year_day + 1),
            b'k' => format!("{:2}", self.hour),
            b'l' => format!("{twelve:2}"),
            b'm' => format!("{:02}", self.month + 1),
            b'M' => format!("{:02}", self.minute),
            b'n' => "\n".to_owned(),
            b'p' => if self.hour < 12 { "AM" } else { "PM" }.to_owned(),
            b'P' => if self.hour < 12 { "am" } else { "pm" }.to_owned(),
            b'r' => return self.format(b"%I:%M:%S %p", out),
            b'R' => return self.format(b"%H:%M", out),
            b's' => self.seconds.to_string(),
            b'S' => format!("{:02}", self.second),
            b't' => "\t".to_owned(),
            b'T' | b'X' => return self.format(b"%H:%M:%S", out),
            b'u' => if self.week_day == 0 { 7 } else { self.week_day }.to_string(),
            b'U' => format!("{:02}", (self.year_day + 7 - self.week_day) / 7),
            b'V' => format!("{:02}", self.week_year().1),
            b'w' => self.week_day.to_string(),
            b'W' => format!("{:02}", (self.year_day + 7 - (self.week_day + 6) % 7) / 7),
            b'y' => format!("{:02}", self.year.rem_euclid(100)),
            b'Y' => self.year.to_string(),
            b'z' => "+0000".to_owned(),
            b'Z' => self.zone.to_owned(),
            b'%' => "%".to_owned(),
            other => format!("%{}", char::from(other)),
        };
        out.extend(text.into_bytes());
    }

    /// ISO 8601's year and week.
    fn week_year(&self) -> (i64, i64) {
        let monday = (self.week_day + 6) % 7;
        let week = (self.year_day - monday + 10) / 7;
        let weeks = |year: i64| {
            let first = (days_before(year, 0) + 4).rem_euclid(7);
            if first == 4 || (first == 3 && is_leap(year)) {
                53
            } else {
                52
            }
        };
        match week {
            0 => (self.year - 1, weeks(self.year - 1)),
            week if week > weeks(self.year) => (self.year + 1, 1),
            week => (self.year, week),
        }
    }
}

//! Times.

use crate::value::Value;
use gnu::time;
use isobox_guest::stat::Time;

type Answer = Result<Value, Value>;

pub fn now(_: &Value, _: &[Value]) -> Answer {
    let now = time::now();
    Ok(Value::Number(
        now.seconds as f64 + f64::from(now.nanoseconds) / 1e9,
    ))
}

/// Year, month from 0, day, hour, minute, seconds, weekday and day of the year from 0.
pub fn broken_down(input: &Value, _: &[Value]) -> Answer {
    let Value::Number(moment) = input else {
        return Err(Value::from("gmtime() requires a number"));
    };
    let whole = moment.floor();
    let at = Time {
        seconds: whole as i64,
        nanoseconds: 0,
    };
    let field = |format: &str| {
        time::format(at, format)
            .trim()
            .parse::<f64>()
            .unwrap_or(0.0)
    };
    Ok(Value::array(
        [
            field("%Y"),
            field("%m") - 1.0,
            field("%d"),
            field("%H"),
            field("%M"),
            field("%S") + (moment - whole),
            field("%w"),
            field("%j") - 1.0,
        ]
        .map(Value::Number)
        .to_vec(),
    ))
}

/// The seconds of a time that is broken down.
pub fn seconds(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::Array(_) => {}
        _ => return Err(Value::from("mktime requires array of 6 numbers")),
    }
    match moment(input) {
        Some(time) => Ok(Value::Number(time.seconds as f64)),
        None => Err(Value::from("mktime requires parsed datetime inputs")),
    }
}

fn moment(value: &Value) -> Option<Time> {
    let Value::Array(parts) = value else {
        return None;
    };
    let mut numbers = [0_i64; 6];
    for (at, number) in numbers.iter_mut().enumerate() {
        let Some(Value::Number(part)) = parts.get(at) else {
            return None;
        };
        *number = part.floor() as i64;
    }
    let [year, month, day, hour, minute, second] = numbers;
    let seconds = days(year, month + 1, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(Time {
        seconds,
        nanoseconds: 0,
    })
}

/// Days since 1970, in the proleptic Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

pub fn format(input: &Value, arguments: &[Value]) -> Answer {
    let parsed = match input {
        Value::Number(number) => Some(Time {
            seconds: number.floor() as i64,
            nanoseconds: 0,
        }),
        other => moment(other),
    };
    let Some(at) = parsed else {
        return Err(Value::from("strftime/1 requires parsed datetime inputs"));
    };
    match &arguments[0] {
        Value::String(format) => Ok(Value::from(time::format(at, format))),
        _ => Err(Value::from("strftime/1 requires a string format")),
    }
}

pub fn parse(input: &Value, arguments: &[Value]) -> Answer {
    let Value::String(text) = input else {
        return Err(Value::from(format!(
            "strptime/1 requires string inputs and arguments"
        )));
    };
    let Value::String(format) = &arguments[0] else {
        return Err(Value::from(
            "strptime/1 requires string inputs and arguments",
        ));
    };
    let mut parser = Parser {
        rest: text,
        fields: [1900, 0, 0, 0, 0, 0],
        seconds: None,
    };
    match parser.format(format) {
        Some(()) if parser.rest.is_empty() => Ok(parser.value()),
        _ => Err(Value::from(format!(
            "date \"{text}\" does not match format \"{format}\""
        ))),
    }
}

/// `strptime`.
struct Parser<'a> {
    rest: &'a str,
    /// Year, month from 0, day, hour, minute, second.
    fields: [i64; 6],
    seconds: Option<i64>,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const LONG_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const LONG_DAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

impl Parser<'_> {
    fn format(&mut self, format: &str) -> Option<()> {
        let mut letters = format.chars();
        while let Some(c) = letters.next() {
            if c.is_whitespace() {
                self.rest = self.rest.trim_start();
            } else if c != '%' {
                self.rest = self.rest.strip_prefix(c)?;
            } else {
                self.field(letters.next()?)?;
            }
        }
        Some(())
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        self.rest = self.rest.trim_start();
        let length = self
            .rest
            .bytes()
            .take(digits)
            .take_while(u8::is_ascii_digit)
            .count();
        let number = self.rest[..length].parse().ok()?;
        self.rest = &self.rest[length..];
        Some(number)
    }

    fn name(&mut self, long: &[&str], short: &[&str]) -> Option<i64> {
        let lower = self.rest.to_ascii_lowercase();
        for names in [long, short] {
            if let Some(at) = names.iter().position(|name| lower.starts_with(name)) {
                self.rest = &self.rest[names[at].len()..];
                return Some(at as i64);
            }
        }
        None
    }

    fn field(&mut self, letter: char) -> Option<()> {
        match letter {
            'Y' => self.fields[0] = self.number(4)?,
            'y' => {
                let year = self.number(2)?;
                self.fields[0] = if year < 69 { 2000 + year } else { 1900 + year };
            }
            'm' => self.fields[1] = self.number(2)? - 1,
            'd' | 'e' => self.fields[2] = self.number(2)?,
            'H' | 'k' | 'I' | 'l' => self.fields[3] = self.number(2)?,
            'M' => self.fields[4] = self.number(2)?,
            'S' => self.fields[5] = self.number(2)?,
            'j' => {
                self.number(3)?;
            }
            'b' | 'B' | 'h' => self.fields[1] = self.name(&LONG_MONTHS, &MONTHS)?,
            'a' | 'A' => {
                self.name(&LONG_DAYS, &DAYS)?;
            }
            'p' => {
                let after = self.name(&["am", "pm"], &[])? == 1;
                self.fields[3] = self.fields[3] % 12 + if after { 12 } else { 0 };
            }
            's' => self.seconds = Some(self.number(20)?),
            'Z' => {
                let length = self
                    .rest
                    .bytes()
                    .take_while(u8::is_ascii_alphabetic)
                    .count();
                self.rest = &self.rest[length..];
            }
            'z' => {
                let rest = self.rest.strip_prefix('Z').map(|rest| (rest, 0));
                let (rest, _) = match rest {
                    Some(found) => found,
                    None => {
                        let digits = self.rest.strip_prefix(['+', '-'])?;
                        let length = digits
                            .bytes()
                            .take_while(|b| b.is_ascii_digit() || *b == b':')
                            .count();
                        (&digits[length..], 0)
                    }
                };
                self.rest = rest;
            }
            'T' => self.format("%H:%M:%S")?,
            'R' => self.format("%H:%M")?,
            'D' => self.format("%m/%d/%y")?,
            'F' => self.format("%Y-%m-%d")?,
            'c' => self.format("%a %b %e %H:%M:%S %Y")?,
            'n' | 't' => self.rest = self.rest.trim_start(),
            '%' => self.rest = self.rest.strip_prefix('%')?,
            _ => return None,
        }
        Some(())
    }

    fn value(&self) -> Value {
        if let Some(seconds) = self.seconds {
            return broken_down(&Value::Number(seconds as f64), &[]).unwrap_or_default();
        }
        let [year, month, day, ..] = self.fields;
        let weekday = (days(year, month + 1, day) + 4).rem_euclid(7);
        let year_day = days(year, month + 1, day) - days(year, 1, 1);
        let mut parts: Vec<Value> = self
            .fields
            .iter()
            .map(|field| Value::Number(*field as f64))
            .collect();
        parts.extend([weekday, year_day].map(|number| Value::Number(number as f64)));
        Value::array(parts)
    }
}

//! Dates as people say them: `yesterday`, `2 weeks ago`, `last monday`, `noon`.

use super::calendar::{Broken, DAYS, MONTHS, named};
use super::exact;

const NUMBERS: [&str; 11] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
];

/// The time that a text means, seen from `now`. git finds one in every text.
pub fn approximate(text: &str, now: i64) -> i64 {
    if let Some((seconds, _)) = exact::parse(text, now) {
        return seconds;
    }
    let mut reader = Reader {
        broken: Broken::of(now),
        now,
        number: 0,
        dated: false,
        timed: false,
    };
    for word in words(text) {
        reader.word(&word.to_ascii_lowercase());
    }
    reader.settle();
    let seconds = reader.broken.seconds();
    seconds.min(now.max(seconds.min(now)))
}

/// Letters, and numbers with their times (`10:30`), by themselves.
fn words(text: &str) -> Vec<&str> {
    let split = text.split(|c: char| !c.is_ascii_alphanumeric() && !":-/".contains(c));
    let mut found = Vec::new();
    for piece in split.filter(|piece| !piece.is_empty()) {
        let end = piece.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let (digits, letters) = piece.split_at(end);
        found.extend(
            [digits, letters]
                .into_iter()
                .filter(|part| !part.is_empty()),
        );
    }
    found
}

struct Reader {
    broken: Broken,
    now: i64,
    /// A number that waits for its unit.
    number: i64,
    dated: bool,
    timed: bool,
}

impl Reader {
    fn word(&mut self, word: &str) {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.digits(word);
        }
        if let Some(number) = NUMBERS.iter().position(|name| *name == word) {
            self.number = number as i64;
            return;
        }
        match word {
            "ago" | "the" | "at" | "on" | "of" => {}
            "last" => self.number = 1,
            "now" | "today" => {}
            "yesterday" => self.back(86400),
            "noon" => self.at_hour(12),
            "midnight" => self.at_hour(0),
            "tea" => self.at_hour(17),
            "am" => self.half_day(0),
            "pm" => self.half_day(12),
            "never" => self.broken = Broken::of(0),
            _ => self.unit(word),
        }
    }

    fn unit(&mut self, word: &str) {
        if let Some(month) = named(&MONTHS, word) {
            self.broken.month = month as i64;
            self.dated = true;
            if self.number > 0 && self.number < 32 {
                self.broken.day = self.number;
                self.number = 0;
            }
            if self.broken.seconds() > self.now {
                self.broken.year -= 1;
            }
            return;
        }
        if let Some(day) = named(&DAYS, word) {
            let mut back = self.broken.weekday - day as i64;
            let weeks = if self.number > 0 { self.number - 1 } else { 0 };
            if back <= 0 {
                back += 7;
            }
            self.number = 0;
            return self.back((back + weeks * 7) * 86400);
        }
        let number = std::mem::take(&mut self.number);
        let stem = word.strip_suffix('s').unwrap_or(word);
        let begins = |unit: &str| unit == stem || stem.len() >= 3 && unit.starts_with(stem);
        if begins("second") {
            self.back(number);
        } else if begins("minute") {
            self.back(number * 60);
        } else if begins("hour") {
            self.back(number * 3600);
        } else if begins("day") {
            self.back(number * 86400);
        } else if begins("week") {
            self.back(number * 604_800);
        } else if begins("month") {
            self.broken.month -= number;
            self.broken = Broken::of(self.broken.seconds());
        } else if begins("year") {
            self.broken.year -= number;
        }
    }

    fn digits(&mut self, word: &str) {
        if let Some((hour, rest)) = word.split_once(':') {
            let mut rest = rest.split(':').map(|part| part.parse().unwrap_or(0));
            self.broken.hour = hour.parse().unwrap_or(0);
            self.broken.minute = rest.next().unwrap_or(0);
            self.broken.second = rest.next().unwrap_or(0);
            self.timed = true;
            return;
        }
        let number: i64 = word.parse().unwrap_or(0);
        match word.len() {
            4 if (1970..2100).contains(&number) => self.broken.year = number,
            _ if self.dated && number < 32 => self.broken.day = number,
            _ => self.number = number,
        }
    }

    fn back(&mut self, seconds: i64) {
        self.broken = Broken::of(self.broken.seconds() - seconds);
    }

    fn at_hour(&mut self, hour: i64) {
        if self.broken.hour < hour && !self.dated {
            self.back(86400);
        }
        (self.broken.hour, self.broken.minute, self.broken.second) = (hour, 0, 0);
        self.timed = true;
    }

    fn half_day(&mut self, add: i64) {
        if self.number > 0 {
            (self.broken.hour, self.broken.minute, self.broken.second) = (self.number, 0, 0);
            self.number = 0;
        }
        self.broken.hour = self.broken.hour % 12 + add;
        self.timed = true;
    }

    /// A number at the end is a day of the month.
    fn settle(&mut self) {
        if (1..32).contains(&self.number) {
            self.broken.day = self.number;
        }
    }
}

//! `expr`. uutils' own needs a regular expression library in C; this one reads GNU's basic ones with `regex-lite`.

use crate::help::PACKAGE;
use gnu::help::wrong;
use gnu::quote::in_prose;
use isobox_guest::Arguments;
use regex_lite::Regex;

/// A value is empty or zero.
const FALSE: i32 = 1;
const SYNTAX: i32 = 2;

pub fn expr(arguments: Arguments) -> i32 {
    let mut words: Vec<String> = gnu::words(arguments).collect();
    match words.first().map(String::as_str) {
        Some("--help") if words.len() == 1 => {
            PACKAGE.print("expr");
            return 0;
        }
        Some("--version") if words.len() == 1 => {
            println!("expr (isobox coreutils) {}", env!("CARGO_PKG_VERSION"));
            return 0;
        }
        Some("--") => drop(words.remove(0)),
        _ => {}
    }
    if words.is_empty() {
        wrong("expr", "missing operand");
        return SYNTAX;
    }
    let mut reader = Reader {
        words: &words,
        at: 0,
    };
    match reader.whole() {
        Ok(value) => {
            println!("{value}");
            if is_false(&value) { FALSE } else { 0 }
        }
        Err(message) => {
            eprintln!("expr: {message}");
            SYNTAX
        }
    }
}

/// Values are texts; arithmetic reads them as numbers.
type Value = Result<String, String>;

fn is_false(value: &str) -> bool {
    value.is_empty() || number(value) == Some(0)
}

fn number(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// A recursive descent: `|` below `&` below comparisons below sums below products below `:`.
struct Reader<'a> {
    words: &'a [String],
    at: usize,
}

impl<'a> Reader<'a> {
    fn whole(&mut self) -> Value {
        let value = self.either()?;
        match self.words.get(self.at) {
            Some(extra) => Err(format!(
                "syntax error: unexpected argument {}",
                in_prose(extra)
            )),
            None => Ok(value),
        }
    }

    /// The next word if it is one of `operators`.
    fn takes(&mut self, operators: &[&str]) -> Option<&'a str> {
        let word = self
            .words
            .get(self.at)
            .filter(|word| operators.contains(&word.as_str()))?;
        self.at += 1;
        Some(word)
    }

    fn either(&mut self) -> Value {
        let mut left = self.both()?;
        while self.takes(&["|"]).is_some() {
            let right = self.both()?;
            if is_false(&left) {
                left = if is_false(&right) {
                    "0".to_owned()
                } else {
                    right
                };
            }
        }
        Ok(left)
    }

    fn both(&mut self) -> Value {
        let mut left = self.comparison()?;
        while self.takes(&["&"]).is_some() {
            let right = self.comparison()?;
            if is_false(&left) || is_false(&right) {
                left = "0".to_owned();
            }
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Value {
        let mut left = self.sum()?;
        while let Some(operator) = self.takes(&["<", "<=", "=", "==", "!=", ">=", ">"]) {
            let right = self.sum()?;
            let ordering = match (number(&left), number(&right)) {
                (Some(left), Some(right)) => left.cmp(&right),
                _ => left.cmp(&right),
            };
            let holds = match operator {
                "<" => ordering.is_lt(),
                "<=" => ordering.is_le(),
                "!=" => ordering.is_ne(),
                ">=" => ordering.is_ge(),
                ">" => ordering.is_gt(),
                _ => ordering.is_eq(),
            };
            left = u8::from(holds).to_string();
        }
        Ok(left)
    }

    fn sum(&mut self) -> Value {
        let mut left = self.product()?;
        while let Some(operator) = self.takes(&["+", "-"]) {
            left = arithmetic(&left, operator, &self.product()?)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Value {
        let mut left = self.matching()?;
        while let Some(operator) = self.takes(&["*", "/", "%"]) {
            left = arithmetic(&left, operator, &self.matching()?)?;
        }
        Ok(left)
    }

    fn matching(&mut self) -> Value {
        let mut left = self.term()?;
        while self.takes(&[":"]).is_some() {
            left = matched(&left, &self.term()?)?;
        }
        Ok(left)
    }

    fn term(&mut self) -> Value {
        let last = self
            .words
            .get(self.at.wrapping_sub(1))
            .map_or("", String::as_str);
        let word = self
            .words
            .get(self.at)
            .ok_or_else(|| format!("syntax error: missing argument after {}", in_prose(last)))?;
        self.at += 1;
        match word.as_str() {
            "+" => {
                let word = self.words.get(self.at).ok_or_else(|| {
                    format!("syntax error: missing argument after {}", in_prose("+"))
                })?;
                self.at += 1;
                Ok(word.clone())
            }
            "(" => {
                let value = self.either()?;
                match self.takes(&[")"]) {
                    Some(_) => Ok(value),
                    None => Err(format!(
                        "syntax error: expecting ')' after {}",
                        in_prose(&self.words[self.at - 1])
                    )),
                }
            }
            ")" => Err("syntax error: unexpected ')'".to_owned()),
            "length" => Ok(self.term()?.chars().count().to_string()),
            "match" => {
                let text = self.term()?;
                matched(&text, &self.term()?)
            }
            "index" => {
                let text = self.term()?;
                let set = self.term()?;
                Ok(text
                    .chars()
                    .position(|c| set.contains(c))
                    .map_or(0, |at| at + 1)
                    .to_string())
            }
            "substr" => {
                let (text, start, length) = (self.term()?, self.term()?, self.term()?);
                Ok(substring(&text, &start, &length))
            }
            _ => Ok(word.clone()),
        }
    }
}

fn arithmetic(left: &str, operator: &str, right: &str) -> Value {
    let (Some(left), Some(right)) = (number(left), number(right)) else {
        return Err("non-integer argument".to_owned());
    };
    let result = match operator {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        _ if right == 0 => return Err("division by zero".to_owned()),
        "/" => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    result
        .map(|result| result.to_string())
        .ok_or_else(|| "Numerical result out of range".to_owned())
}

fn substring(text: &str, start: &str, length: &str) -> String {
    match (number(start), number(length)) {
        (Some(start), Some(length)) if start > 0 && length > 0 => {
            let (start, length) = (usize::try_from(start - 1), usize::try_from(length));
            text.chars()
                .skip(start.unwrap_or(usize::MAX))
                .take(length.unwrap_or(usize::MAX))
                .collect()
        }
        _ => String::new(),
    }
}

/// The first group, or the length of the match when the pattern has none; anchored at the start.
fn matched(text: &str, pattern: &str) -> Value {
    let regex = Regex::new(&format!("^(?s:{})", translate(pattern)))
        .map_err(|_| "Invalid regular expression".to_owned())?;
    let has_group = regex.captures_len() > 1;
    Ok(match regex.captures(text) {
        Some(found) if has_group => found.get(1).map_or("", |group| group.as_str()).to_owned(),
        Some(found) => found[0].chars().count().to_string(),
        None if has_group => String::new(),
        None => "0".to_owned(),
    })
}

/// A basic regular expression as an extended one: there `\(` groups and `(` is itself.
fn translate(pattern: &str) -> String {
    let mut out = String::new();
    let mut letters = pattern
        .strip_prefix('^')
        .unwrap_or(pattern)
        .chars()
        .peekable();
    let mut starts = true;
    while let Some(letter) = letters.next() {
        let started = std::mem::take(&mut starts);
        match letter {
            '\\' => match letters.next() {
                Some(special @ ('(' | '|')) => {
                    out.push(special);
                    starts = true;
                }
                Some(special @ (')' | '{' | '}' | '+' | '?')) => out.push(special),
                Some(class @ ('w' | 'W' | 's' | 'S' | 'b' | 'B')) => out.extend(['\\', class]),
                Some(other) => out.push_str(&regex_lite::escape(&other.to_string())),
                None => out.push_str("\\\\"),
            },
            '[' => bracket(&mut letters, &mut out),
            '*' if started => out.push_str("\\*"),
            '(' | ')' | '{' | '}' | '+' | '?' | '|' => out.extend(['\\', letter]),
            '$' if letters.peek().is_some_and(|next| *next != '\\') => out.push_str("\\$"),
            _ => out.push(letter),
        }
    }
    out
}

/// A bracket expression, in which a backslash is itself.
fn bracket(letters: &mut std::iter::Peekable<std::str::Chars>, out: &mut String) {
    out.push('[');
    out.extend(letters.next_if_eq(&'^'));
    if letters.next_if_eq(&']').is_some() {
        out.push_str("\\]");
    }
    while let Some(letter) = letters.next() {
        match letter {
            ']' => break,
            '[' if letters.peek() == Some(&':') => {
                out.push('[');
                for inner in letters.by_ref() {
                    out.push(inner);
                    if inner == ']' {
                        break;
                    }
                }
            }
            '[' | '\\' | '&' | '~' => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out.push(']');
}

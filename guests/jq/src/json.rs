//! Values as text.

use crate::value::{Map, Value};
use std::rc::Rc;

/// How values are written.
#[derive(Clone, Debug)]
pub struct Style {
    /// What a level is indented by; nothing for one line.
    pub indent: Option<String>,
    pub sort_keys: bool,
    pub ascii: bool,
    pub color: bool,
}

/// A value on one line.
pub fn compact(value: &Value) -> String {
    let style = Style {
        indent: None,
        sort_keys: false,
        ascii: false,
        color: false,
    };
    let mut text = String::new();
    write(value, &style, &mut text);
    text
}

/// Appends a value.
pub fn write(value: &Value, style: &Style, text: &mut String) {
    Writer { style, text }.value(value, 0);
}

struct Writer<'a> {
    style: &'a Style,
    text: &'a mut String,
}

const RESET: &str = "\x1b[0m";

impl Writer<'_> {
    fn value(&mut self, value: &Value, level: usize) {
        let color = match value {
            Value::Null => "\x1b[1;30m",
            Value::Bool(_) | Value::Number(_) => "\x1b[0;39m",
            Value::String(_) => "\x1b[0;32m",
            Value::Array(_) | Value::Object(_) => "\x1b[1;39m",
        };
        if self.style.color {
            self.text.push_str(color);
        }
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(true) => self.text.push_str("true"),
            Value::Bool(false) => self.text.push_str("false"),
            Value::Number(number) => self.text.push_str(&format_number(*number)),
            Value::String(string) => self.string(string),
            Value::Array(values) => self.array(values, level, color),
            Value::Object(map) => self.object(map, level, color),
        }
        if self.style.color {
            self.text.push_str(RESET);
        }
    }

    fn array(&mut self, values: &[Value], level: usize, color: &str) {
        if values.is_empty() {
            return self.text.push_str("[]");
        }
        self.text.push('[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.colored(color, ",");
            }
            self.line(level + 1);
            self.value(value, level + 1);
        }
        if self.style.color {
            self.text.push_str(color);
        }
        self.line(level);
        self.colored(color, "]");
    }

    fn object(&mut self, map: &Map, level: usize, color: &str) {
        if map.is_empty() {
            return self.text.push_str("{}");
        }
        self.text.push('{');
        let mut entries: Vec<(&Rc<str>, &Value)> = map.iter().collect();
        if self.style.sort_keys {
            entries.sort_by(|a, b| a.0.cmp(b.0));
        }
        for (at, (key, value)) in entries.iter().enumerate() {
            if at > 0 {
                self.colored(color, ",");
            }
            self.line(level + 1);
            if self.style.color {
                self.text.push_str(RESET);
                self.text.push_str("\x1b[34;1m");
            }
            self.string(key);
            if self.style.color {
                self.text.push_str(RESET);
            }
            self.colored(color, ":");
            if self.style.indent.is_some() {
                self.text.push(' ');
            }
            if self.style.color {
                self.text.push_str(RESET);
            }
            self.value(value, level + 1);
        }
        if self.style.color {
            self.text.push_str(color);
        }
        self.line(level);
        self.colored(color, "}");
    }

    fn colored(&mut self, color: &str, mark: &str) {
        if self.style.color {
            self.text.push_str(color);
        }
        self.text.push_str(mark);
    }

    fn line(&mut self, level: usize) {
        if let Some(indent) = &self.style.indent {
            self.text.push('\n');
            for _ in 0..level {
                self.text.push_str(indent);
            }
        }
    }

    fn string(&mut self, string: &str) {
        self.text.push('"');
        let mut plain = 0;
        for (at, c) in string.char_indices() {
            let escape = match c {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                '\u{8}' => "\\b",
                '\u{c}' => "\\f",
                '\0'..='\u{1f}' | '\u{7f}' => "u",
                c if !c.is_ascii() && self.style.ascii => "u",
                _ => continue,
            };
            self.text.push_str(&string[plain..at]);
            plain = at + c.len_utf8();
            match escape {
                "u" => {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        self.text.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                escape => self.text.push_str(escape),
            }
        }
        self.text.push_str(&string[plain..]);
        self.text.push('"');
    }
}

/// A number with as many digits as it needs.
pub fn format_number(number: f64) -> String {
    if number.is_nan() {
        return "null".to_owned();
    }
    let number = number.clamp(-f64::MAX, f64::MAX);
    if number == 0.0 {
        return if number.is_sign_negative() { "-0" } else { "0" }.to_owned();
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return (number as i64).to_string();
    }
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let sign = if number < 0.0 { "-" } else { "" };
    let count = digits.len() as i32;
    if point <= -4 || point > count + 15 {
        let fraction = if count > 1 {
            format!(".{}", &digits[1..])
        } else {
            String::new()
        };
        let power = point - 1;
        let direction = if power < 0 { '-' } else { '+' };
        return format!(
            "{sign}{}{fraction}e{direction}{:02}",
            &digits[..1],
            power.abs()
        );
    }
    if point <= 0 {
        return format!("{sign}0.{}{digits}", "0".repeat((-point) as usize));
    }
    if point >= count {
        return format!("{sign}{digits}{}", "0".repeat((point - count) as usize));
    }
    let (whole, fraction) = digits.split_at(point as usize);
    format!("{sign}{whole}.{fraction}")
}

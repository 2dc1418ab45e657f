//! The functions of awk for texts, numbers, files and arrays as a whole.

use crate::array::Element;
use crate::ast::{ArrayRef, Builtin, Expr, Place};
use crate::interpreter::{Interpreter, Run};
use crate::text;
use crate::value::{Value, looks_numeric};

impl Interpreter {
    fn length_of(&self, text: &[u8]) -> usize {
        match self.utf8 {
            true => text::length(text),
            false => text.len(),
        }
    }

    /// `length`, `isarray`, `typeof`: what they look at may be an array.
    pub fn inspection(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        let Some(subject) = arguments.first() else {
            let text = self.field(0.0)?.bytes(&self.convfmt);
            self.warn_of_bytes(&text);
            return Ok(Value::Number(self.length_of(&text) as f64));
        };
        let array = match self.named_array(subject) {
            Some(array) => Some(self.array(&array)?),
            None => self.element_array(subject)?,
        };
        Ok(match (which, array) {
            (Builtin::Length, Some(array)) => Value::Number(array.borrow().len() as f64),
            (Builtin::Length, None) => {
                let text = self.text(subject)?;
                self.warn_of_bytes(&text);
                Value::Number(self.length_of(&text) as f64)
            }
            (Builtin::Isarray, array) => Value::Number(f64::from(u8::from(array.is_some()))),
            (_, Some(_)) => Value::text("array"),
            (_, None) => Value::text(match subject {
                Expr::Regex(_) => "number",
                subject => match self.value(subject)? {
                    Value::Unset if matches!(subject, Expr::Place(Place::Field(_))) => "unassigned",
                    Value::Unset => "untyped",
                    Value::Number(_) => "number",
                    Value::Text(_) => "string",
                    Value::Input(text) => match looks_numeric(&text) {
                        Some(_) => "strnum",
                        None => "string",
                    },
                },
            }),
        })
    }

    /// The array that an element is.
    fn element_array(&mut self, subject: &Expr) -> Run<Option<crate::array::Shared>> {
        let Expr::Place(Place::Element(array, subscripts)) = subject else {
            return Ok(None);
        };
        let array: &ArrayRef = array;
        let array = self.array(array)?;
        let index = self.index(subscripts)?;
        let array = array.borrow();
        Ok(match array.get(&index) {
            Some(Element::Array(inner)) => Some(std::rc::Rc::clone(inner)),
            _ => None,
        })
    }

    pub fn text_builtin(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        if which == Builtin::Sprintf {
            return Ok(Value::text(self.formatted(arguments)?));
        }
        let text = self.text(&arguments[0])?;
        Ok(match which {
            Builtin::Substr => {
                let start = self.number(&arguments[1])?;
                let length = match arguments.get(2) {
                    Some(length) => Some(self.number(length)?),
                    None => None,
                };
                Value::text(self.substring(&text, start, length))
            }
            Builtin::Index => {
                let sought = self.text(&arguments[1])?;
                let found = match self.ignore_case {
                    true => memchr::memmem::find(
                        &text.to_ascii_lowercase(),
                        &sought.to_ascii_lowercase(),
                    ),
                    false => memchr::memmem::find(&text, &sought),
                };
                let place = match found {
                    Some(at) => self.length_of(&text[..at]) + 1,
                    None => 0,
                };
                Value::Number(place as f64)
            }
            Builtin::Tolower => Value::text(self.converted(&text, false)),
            Builtin::Toupper => Value::text(self.converted(&text, true)),
            _ => Value::Number(strtonum(&text)),
        })
    }

    /// As gawk counts: what begins before the text begins with it, with the whole length.
    fn substring(&self, text: &[u8], start: f64, length: Option<f64>) -> Vec<u8> {
        let start = if start.is_nan() {
            1.0
        } else {
            start.trunc().max(1.0)
        };
        let length = length.map_or(f64::INFINITY, f64::trunc);
        if length.is_nan() || length < 1.0 || start > text.len() as f64 {
            return Vec::new();
        }
        let first = start as usize - 1;
        let count = if length > text.len() as f64 {
            text.len()
        } else {
            length as usize
        };
        if !self.utf8 {
            return text[first..(first + count).min(text.len())].to_vec();
        }
        let from = text::offset(text, first);
        let to = from + text::offset(&text[from..], count);
        text[from..to].to_vec()
    }

    fn converted(&self, text: &[u8], upper: bool) -> Vec<u8> {
        if text.is_ascii() || !self.utf8 {
            return if upper {
                text.to_ascii_uppercase()
            } else {
                text.to_ascii_lowercase()
            };
        }
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            let piece = &text[at..at + text::character(&text[at..])];
            at += piece.len();
            let letter = std::str::from_utf8(piece)
                .ok()
                .and_then(|text| text.chars().next());
            let Some(letter) = letter else {
                out.extend_from_slice(piece);
                continue;
            };
            let changed: Vec<char> = match upper {
                true => letter.to_uppercase().collect(),
                false => letter.to_lowercase().collect(),
            };
            // As `towupper`: one character stays one.
            let single = if changed.len() == 1 {
                changed[0]
            } else {
                letter
            };
            out.extend_from_slice(single.encode_utf8(&mut [0; 4]).as_bytes());
        }
        out
    }

    pub fn number_builtin(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        let mut numbers = Vec::with_capacity(arguments.len());
        for argument in arguments {
            numbers.push(self.number(argument)?);
        }
        let first = numbers.first().copied().unwrap_or(0.0);
        Ok(Value::Number(match which {
            Builtin::Atan2 => first.atan2(numbers[1]),
            Builtin::Cos => first.cos(),
            Builtin::Sin => first.sin(),
            Builtin::Exp => {
                let result = first.exp();
                if result.is_infinite() && first.is_finite() {
                    let argument = self.shown(first);
                    self.warn(&format!("exp: argument {argument} is out of range"));
                }
                result
            }
            Builtin::Int => first.trunc() + 0.0,
            Builtin::Log => {
                if first < 0.0 {
                    let argument = self.shown(first);
                    self.warn(&format!("log: received negative argument {argument}"));
                    return Ok(Value::Number(-f64::NAN.abs()));
                }
                first.ln()
            }
            Builtin::Sqrt => {
                if first < 0.0 {
                    let argument = self.shown(first);
                    self.warn(&format!("sqrt: called with negative argument {argument}"));
                    return Ok(Value::Number(-f64::NAN.abs()));
                }
                first.sqrt()
            }
            Builtin::Rand => self.random.fraction(),
            Builtin::Srand => {
                let seed = match arguments.is_empty() {
                    true => now() as f64,
                    false => first,
                };
                self.random = crate::random::Random::new(seed as i64 as u32);
                std::mem::replace(&mut self.seed, seed)
            }
            which => self.bits(which, &numbers)?,
        }))
    }

    fn shown(&self, number: f64) -> String {
        String::from_utf8_lossy(&crate::value::number_text(number, b"%.6g")).into_owned()
    }

    /// The functions on bits, which take no negative numbers.
    fn bits(&mut self, which: Builtin, numbers: &[f64]) -> Run<f64> {
        let name = match which {
            Builtin::And => "and",
            Builtin::Or => "or",
            Builtin::Xor => "xor",
            Builtin::Lshift => "lshift",
            Builtin::Rshift => "rshift",
            _ => "compl",
        };
        if let Some((at, number)) = numbers
            .iter()
            .enumerate()
            .find(|(_, number)| **number < 0.0)
        {
            let (at, number) = (at + 1, self.shown(*number));
            let message = match which {
                Builtin::And | Builtin::Or | Builtin::Xor => {
                    format!("{name}: argument {at} negative value {number} is not allowed")
                }
                Builtin::Compl => format!("compl({number}): negative value is not allowed"),
                _ => format!(
                    "{name}({}, {}): negative values are not allowed",
                    self.shown(numbers[0]),
                    self.shown(numbers[1])
                ),
            };
            return Err(self.fatal(&message));
        }
        let whole: Vec<u64> = numbers.iter().map(|number| *number as u64).collect();
        let result = match which {
            Builtin::And => whole.iter().fold(u64::MAX, |all, bits| all & bits),
            Builtin::Or => whole.iter().fold(0, |all, bits| all | bits),
            Builtin::Xor => whole.iter().fold(0, |all, bits| all ^ bits),
            Builtin::Lshift => whole[0].checked_shl(whole[1] as u32).unwrap_or(0),
            Builtin::Rshift => whole[0].checked_shr(whole[1] as u32).unwrap_or(0),
            _ => !whole[0] & ((1 << 53) - 1),
        };
        Ok(result as f64)
    }

    pub fn stream_builtin(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        let Some(name) = arguments.first() else {
            let result = self.streams.flush();
            return Ok(Value::Number(if result.is_ok() { 0.0 } else { -1.0 }));
        };
        let name = self.text(name)?;
        Ok(Value::Number(match which {
            Builtin::Close => self.streams.close(&name).unwrap_or(-1.0),
            Builtin::Fflush if name.is_empty() => {
                let _ = self.streams.flush();
                0.0
            }
            Builtin::Fflush => match self.streams.flush_one(&name) {
                true => 0.0,
                false => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    self.warn(&format!(
                        "fflush: `{name}' is not an open file, pipe or co-process"
                    ));
                    -1.0
                }
            },
            _ => self.streams.run(&name).unwrap_or(127.0),
        }))
    }
}

/// The seconds since 1970.
pub fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |time| time.as_secs() as i64)
}

/// Numbers as programs write them: hexadecimal, octal, decimal.
fn strtonum(text: &[u8]) -> f64 {
    let trimmed = text.trim_ascii_start();
    let (negative, digits) = match trimmed.first() {
        Some(b'-') => (true, &trimmed[1..]),
        Some(b'+') => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let base = match digits {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', rest @ ..] if !rest.contains(&b'.') && !rest.contains(&b'e') => 8,
        _ => return crate::value::leading_number(text),
    };
    let digits = if base == 16 { &digits[2..] } else { digits };
    let value = digits
        .iter()
        .map_while(|digit| char::from(*digit).to_digit(base))
        .fold(0.0, |value, digit| {
            value * f64::from(base) + f64::from(digit)
        });
    if negative { -value } else { value }
}

//! Values: numbers, strings, and strings from outside that may be numbers.

use std::cmp::Ordering;
use std::rc::Rc;

#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Unset,
    Number(f64),
    Text(Rc<Vec<u8>>),
    /// From input: it counts as a number when it looks like one.
    Input(Rc<Vec<u8>>),
}

impl Value {
    pub fn text(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Text(Rc::new(bytes.into()))
    }

    pub fn input(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Input(Rc::new(bytes.into()))
    }

    pub fn number(&self) -> f64 {
        match self {
            Self::Unset => 0.0,
            Self::Number(number) => *number,
            Self::Text(text) | Self::Input(text) => leading_number(text),
        }
    }

    pub fn is_true(&self) -> bool {
        match self {
            Self::Unset => false,
            Self::Number(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Input(text) => match looks_numeric(text) {
                Some(number) => number != 0.0,
                None => !text.is_empty(),
            },
        }
    }

    /// The number that a comparison takes it for, unless it is a string.
    fn as_number(&self) -> Option<f64> {
        match self {
            Self::Unset => Some(0.0),
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
            Self::Input(text) => looks_numeric(text),
        }
    }

    /// The string; numbers as `format` (`CONVFMT`, `OFMT`) has them.
    pub fn bytes(&self, format: &[u8]) -> Rc<Vec<u8>> {
        match self {
            Self::Unset => Rc::default(),
            Self::Number(number) => Rc::new(number_text(*number, format)),
            Self::Text(text) | Self::Input(text) => Rc::clone(text),
        }
    }

    /// As awk compares: numbers if both are, else strings.
    pub fn compare(&self, other: &Self, format: &[u8]) -> Option<Ordering> {
        match (self.as_number(), other.as_number()) {
            (Some(one), Some(two)) => one.partial_cmp(&two),
            _ => Some(self.bytes(format).cmp(&other.bytes(format))),
        }
    }
}

/// A number as a string: whole ones without a fraction, others by a format.
pub fn number_text(number: f64, format: &[u8]) -> Vec<u8> {
    if number == number.trunc() && number.abs() < 1e16 {
        return whole_text(number as i64);
    }
    if number.is_nan() {
        return if number.is_sign_negative() {
            b"-nan".to_vec()
        } else {
            b"+nan".to_vec()
        };
    }
    if number.is_infinite() {
        return if number < 0.0 {
            b"-inf".to_vec()
        } else {
            b"+inf".to_vec()
        };
    }
    if number == number.trunc() {
        return format!("{number:.0}").into_bytes();
    }
    let mut out = Vec::new();
    crate::format::format_number(format, number, &mut out);
    out
}

fn whole_text(number: i64) -> Vec<u8> {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    digits[at..].to_vec()
}

/// The number that all of a text is, blanks around it left aside.
pub fn looks_numeric(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii();
    let (number, length) = parse_number(text)?;
    (length == text.len()).then_some(number)
}

/// The number that a text begins with, or zero.
pub fn leading_number(text: &[u8]) -> f64 {
    parse_number(text.trim_ascii_start()).map_or(0.0, |(number, _)| number)
}

/// A decimal number at the start of a text, and its length.
fn parse_number(text: &[u8]) -> Option<(f64, usize)> {
    let signed = matches!(text.first(), Some(b'+' | b'-'));
    let negative = text.first() == Some(&b'-');
    let mut at = usize::from(signed);
    let start = at;
    let mut whole = 0_u64;
    while let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
        whole = whole.wrapping_mul(10).wrapping_add((digit - b'0').into());
        at += 1;
    }
    let mut digits = at - start;
    let is_whole = !matches!(text.get(at), Some(b'.' | b'e' | b'E'));
    if is_whole && digits > 0 && digits < 16 {
        let number = whole as f64;
        return Some((if negative { -number } else { number }, at));
    }
    if text.get(at) == Some(&b'.') {
        at += 1;
        let fraction = at;
        while text.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        digits += at - fraction;
    }
    if digits == 0 {
        return special_number(text, start, negative);
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let mut end = at + 1;
        end += usize::from(matches!(text.get(end), Some(b'+' | b'-')));
        if text.get(end).is_some_and(u8::is_ascii_digit) {
            while text.get(end).is_some_and(u8::is_ascii_digit) {
                end += 1;
            }
            at = end;
        }
    }
    let number = std::str::from_utf8(&text[..at]).ok()?.parse().ok()?;
    Some((number, at))
}

/// `+inf`, `-nan`: only with a sign.
fn special_number(text: &[u8], start: usize, negative: bool) -> Option<(f64, usize)> {
    let word = text.get(start..start + 3)?.to_ascii_lowercase();
    let ends = !text.get(start + 3).is_some_and(u8::is_ascii_alphanumeric);
    if start == 0 || !ends {
        return None;
    }
    let number = match &word[..] {
        b"inf" => f64::INFINITY,
        b"nan" => f64::NAN,
        _ => return None,
    };
    Some((if negative { -number } else { number }, start + 3))
}

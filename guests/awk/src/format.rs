//! `printf`.

use crate::value::Value;

/// One conversion: `%-5.2f`.
#[derive(Default, Debug)]
struct Conversion {
    left: bool,
    plus: bool,
    space: bool,
    alternative: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// Formats one number, as `CONVFMT` and `OFMT` do.
pub fn format_number(format: &[u8], number: f64, out: &mut Vec<u8>) {
    if format == b"%.6g" {
        out.extend(general(number, 6, false).into_bytes());
        return;
    }
    let _ = format_all(
        format,
        &mut std::iter::once(Value::Number(number)),
        true,
        b"%.6g",
        out,
    );
}

/// Formats values, of which each conversion takes one; the place of the conversion there is none for.
pub fn format_all(
    format: &[u8],
    values: &mut dyn Iterator<Item = Value>,
    utf8: bool,
    convfmt: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), usize> {
    let mut at = 0;
    while at < format.len() {
        let Some(percent) = memchr::memchr(b'%', &format[at..]) else {
            break;
        };
        out.extend_from_slice(&format[at..at + percent]);
        at += percent;
        let start = at;
        at += 1;
        let mut conversion = Conversion::default();
        while let Some(flag) = format.get(at) {
            match flag {
                b'-' => conversion.left = true,
                b'+' => conversion.plus = true,
                b' ' => conversion.space = true,
                b'#' => conversion.alternative = true,
                b'0' => conversion.zero = true,
                b'\'' => {}
                _ => break,
            }
            at += 1;
        }
        let width = size(format, &mut at, values);
        if width.is_some_and(|width| width < 0) {
            conversion.left = true;
        }
        conversion.width = width
            .map_or(0, |width| width.unsigned_abs() as usize)
            .min(1 << 24);
        if format.get(at) == Some(&b'.') {
            at += 1;
            let precision = size(format, &mut at, values).unwrap_or(0);
            conversion.precision = usize::try_from(precision)
                .ok()
                .map(|size| size.min(1 << 24));
        }
        // Each of them may stand once.
        let mut sizes: Vec<u8> = Vec::new();
        while let Some(size) = format
            .get(at)
            .filter(|byte| b"hlL".contains(byte) && !sizes.contains(byte))
        {
            sizes.push(*size);
            at += 1;
        }
        let Some(letter) = format.get(at) else {
            out.extend_from_slice(&format[start..]);
            return Ok(());
        };
        at += 1;
        if *letter == b'%' {
            out.push(b'%');
            continue;
        }
        if !b"cdiouxXeEfFgGaAs".contains(letter) {
            out.extend_from_slice(&format[start..at]);
            continue;
        }
        let Some(value) = values.next() else {
            return Err(start);
        };
        convert(*letter, &conversion, &value, utf8, convfmt, out);
    }
    out.extend_from_slice(format.get(at..).unwrap_or_default());
    Ok(())
}

/// A width or precision: digits, or `*` and a value.
fn size(format: &[u8], at: &mut usize, values: &mut dyn Iterator<Item = Value>) -> Option<i64> {
    if format.get(*at) == Some(&b'*') {
        *at += 1;
        return Some(values.next().unwrap_or_default().number() as i64);
    }
    let start = *at;
    let mut size = 0_i64;
    while let Some(digit) = format.get(*at).filter(|byte| byte.is_ascii_digit()) {
        size = size
            .saturating_mul(10)
            .saturating_add((digit - b'0').into());
        *at += 1;
    }
    (*at > start).then_some(size)
}

fn convert(
    letter: u8,
    conversion: &Conversion,
    value: &Value,
    utf8: bool,
    convfmt: &[u8],
    out: &mut Vec<u8>,
) {
    match letter {
        b's' => {
            let text = value.bytes(convfmt);
            let text = match conversion.precision {
                Some(most) => prefix(&text, most, utf8),
                None => &text,
            };
            pad_text(text, conversion, utf8, out);
        }
        b'c' => pad_text(&character(value, utf8), conversion, utf8, out),
        _ => {
            let number = value.number();
            let text = if number.is_finite() {
                match letter {
                    b'd' | b'i' => whole(number, conversion),
                    b'o' | b'x' | b'X' | b'u' => unsigned(number, letter, conversion),
                    _ => float(number, letter, conversion),
                }
            } else {
                special(number, conversion)
            };
            pad_number(&text, conversion, letter, number.is_finite(), out);
        }
    }
}

fn special(number: f64, _conversion: &Conversion) -> String {
    match (number.is_nan(), number.is_sign_negative()) {
        (true, true) => "-nan",
        (true, false) => "+nan",
        (false, true) => "-inf",
        (false, false) => "+inf",
    }
    .to_owned()
}

fn character(value: &Value, utf8: bool) -> Vec<u8> {
    let number = match value {
        Value::Number(number) => Some(*number),
        Value::Input(text) => crate::value::looks_numeric(text),
        Value::Unset => None,
        Value::Text(_) => None,
    };
    match (number, value) {
        (Some(number), _) => {
            let code = number as u32;
            match char::from_u32(code).filter(|_| utf8 && code > 127) {
                Some(c) => c.to_string().into_bytes(),
                None => vec![code as u8],
            }
        }
        // As in gawk, an empty text gives the byte that ends texts in C.
        (None, Value::Text(text) | Value::Input(text)) if !text.is_empty() => {
            prefix(text, 1, utf8).to_vec()
        }
        _ => vec![0],
    }
}

/// At most so many characters.
fn prefix(text: &[u8], most: usize, utf8: bool) -> &[u8] {
    if !utf8 || text.is_ascii() {
        return &text[..most.min(text.len())];
    }
    &text[..crate::text::offset(text, most)]
}

fn pad_text(text: &[u8], conversion: &Conversion, utf8: bool, out: &mut Vec<u8>) {
    let length = if utf8 {
        crate::text::length(text)
    } else {
        text.len()
    };
    let padding = conversion.width.saturating_sub(length);
    if !conversion.left {
        out.extend(std::iter::repeat_n(b' ', padding));
    }
    out.extend_from_slice(text);
    if conversion.left {
        out.extend(std::iter::repeat_n(b' ', padding));
    }
}

fn sign(negative: bool, conversion: &Conversion) -> &'static str {
    match (negative, conversion.plus, conversion.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    }
}

fn whole(number: f64, conversion: &Conversion) -> String {
    let number = number.trunc();
    let digits = format!("{:.0}", number.abs());
    let digits = with_precision(digits, conversion, number == 0.0);
    format!("{}{digits}", sign(number < 0.0, conversion))
}

fn with_precision(digits: String, conversion: &Conversion, is_zero: bool) -> String {
    match conversion.precision {
        Some(0) if is_zero => String::new(),
        Some(least) if digits.len() < least => {
            format!("{}{digits}", "0".repeat(least - digits.len()))
        }
        _ => digits,
    }
}

/// Numbers that are negative or too big are printed otherwise, as gawk does.
fn unsigned(number: f64, letter: u8, conversion: &Conversion) -> String {
    let number = number.trunc();
    if !(0.0..18_446_744_073_709_551_616.0).contains(&number) {
        return match letter {
            b'u' if number < 0.0 => whole(number, conversion),
            _ => general(
                number,
                conversion.precision.unwrap_or(6),
                conversion.alternative,
            ),
        };
    }
    let value = number as u64;
    let digits = match letter {
        b'o' => format!("{value:o}"),
        b'x' => format!("{value:x}"),
        b'X' => format!("{value:X}"),
        _ => format!("{value}"),
    };
    let digits = with_precision(digits, conversion, value == 0);
    let mark = match letter {
        _ if !conversion.alternative || value == 0 => "",
        b'o' => "0",
        b'x' => "0x",
        b'X' => "0X",
        _ => "",
    };
    format!("{mark}{digits}")
}

/// More digits than any number has; `format!` takes no more than 65,535.
const PRECISION_MAX: usize = 60_000;

fn float(number: f64, letter: u8, conversion: &Conversion) -> String {
    let precision = conversion.precision.unwrap_or(6).min(PRECISION_MAX);
    let size = number.abs();
    let text = match letter {
        b'f' | b'F' => {
            let point = if precision == 0 && conversion.alternative {
                "."
            } else {
                ""
            };
            format!("{size:.precision$}{point}")
        }
        b'e' | b'E' => exponential(size, precision),
        b'a' | b'A' => hexadecimal(size),
        _ => general(size, precision, conversion.alternative),
    };
    let text = format!("{}{text}", sign(number.is_sign_negative(), conversion));
    match letter.is_ascii_uppercase() {
        true => text.to_ascii_uppercase(),
        false => text,
    }
}

/// C's `%e`.
fn exponential(size: f64, precision: usize) -> String {
    let text = format!("{size:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// C's `%g`.
fn general(number: f64, precision: usize, keep_zeros: bool) -> String {
    let precision = precision.clamp(1, PRECISION_MAX);
    let size = number.abs();
    let minus = if number.is_sign_negative() { "-" } else { "" };
    if size == 0.0 {
        let zeros = if keep_zeros {
            format!("0.{}", "0".repeat(precision - 1))
        } else {
            "0".to_owned()
        };
        return format!("{minus}{zeros}");
    }
    let scientific = format!("{size:.*e}", precision - 1);
    let exponent: i32 = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    let limit = i32::try_from(precision).unwrap_or(i32::MAX);
    let text = if exponent < -4 || exponent >= limit {
        exponential(size, precision - 1)
    } else {
        format!("{size:.*}", (limit - 1 - exponent).max(0) as usize)
    };
    let text = match (keep_zeros, text.split_once('e')) {
        (true, _) => text,
        (false, Some((mantissa, exponent))) => format!("{}e{exponent}", trimmed(mantissa)),
        (false, None) => trimmed(&text).to_owned(),
    };
    format!("{minus}{text}")
}

fn trimmed(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

/// C's `%a`.
fn hexadecimal(size: f64) -> String {
    if size == 0.0 {
        return "0x0p+0".to_owned();
    }
    let bits = size.to_bits();
    let (exponent, fraction) = ((bits >> 52) as i64 & 0x7ff, bits & ((1 << 52) - 1));
    let (lead, exponent) = if exponent == 0 {
        (0, -1022)
    } else {
        (1, exponent - 1023)
    };
    let digits = format!("{fraction:013x}");
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    format!("0x{lead}{point}{digits}p{exponent:+}")
}

fn pad_number(text: &str, conversion: &Conversion, letter: u8, is_finite: bool, out: &mut Vec<u8>) {
    let padding = conversion.width.saturating_sub(text.len());
    let is_whole = matches!(letter, b'd' | b'i' | b'o' | b'x' | b'X' | b'u');
    let zeros = conversion.zero
        && !conversion.left
        && is_finite
        && !(is_whole && conversion.precision.is_some());
    if zeros {
        let lead = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let lead = if text[lead..].starts_with("0x") || text[lead..].starts_with("0X") {
            lead + 2
        } else {
            lead
        };
        out.extend_from_slice(&text.as_bytes()[..lead]);
        out.extend(std::iter::repeat_n(b'0', padding));
        out.extend_from_slice(&text.as_bytes()[lead..]);
        return;
    }
    if !conversion.left {
        out.extend(std::iter::repeat_n(b' ', padding));
    }
    out.extend_from_slice(text.as_bytes());
    if conversion.left {
        out.extend(std::iter::repeat_n(b' ', padding));
    }
}

//! `@csv`, `@sh` and the others.

use crate::json;
use crate::value::Value;

type Text = Result<String, Value>;

/// A value in a format.
pub fn format(name: &str, value: &Value) -> Text {
    let text = || match value {
        Value::String(text) => text.to_string(),
        other => json::compact(other),
    };
    Ok(match name {
        "text" => text(),
        "json" => json::compact(value),
        "html" => escape(&text(), |c| match c {
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            '&' => Some("&amp;"),
            '\'' => Some("&#39;"),
            '"' => Some("&quot;"),
            _ => None,
        }),
        "uri" => uri(&text()),
        "csv" => {
            return row(value, "csv", ",", |text| {
                format!("\"{}\"", text.replace('"', "\"\""))
            });
        }
        "tsv" => {
            return row(value, "tsv", "\t", |text| {
                escape(text, |c| match c {
                    '\t' => Some("\\t"),
                    '\n' => Some("\\n"),
                    '\r' => Some("\\r"),
                    '\\' => Some("\\\\"),
                    _ => None,
                })
            });
        }
        "sh" => return shell(value),
        "base64" => base64(text().as_bytes()),
        "base64d" => return base64_decoded(&text(), value),
        "base32" => base32(text().as_bytes()),
        _ => return Err(Value::from(format!("{name} is not a valid format"))),
    })
}

fn escape(text: &str, escaped: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match escaped(c) {
            Some(escape) => out.push_str(escape),
            None => out.push(c),
        }
    }
    out
}

fn uri(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(byte.into())
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn row(value: &Value, name: &str, separator: &str, quote: impl Fn(&str) -> String) -> Text {
    let Value::Array(values) = value else {
        return Err(Value::from(format!(
            "{} cannot be {name}-formatted, only an array can be",
            value.described()
        )));
    };
    let cell = |value: &Value| match value {
        Value::Null => Ok(String::new()),
        Value::Bool(_) | Value::Number(_) => Ok(json::compact(value)),
        Value::String(text) => Ok(quote(text)),
        other => Err(Value::from(format!(
            "{} is not valid in a csv row",
            other.described()
        ))),
    };
    Ok(values
        .iter()
        .map(cell)
        .collect::<Result<Vec<_>, Value>>()?
        .join(separator))
}

fn shell(value: &Value) -> Text {
    let word = |value: &Value| match value {
        Value::String(text) => Ok(format!("'{}'", text.replace('\'', "'\\''"))),
        Value::Array(_) | Value::Object(_) => Err(Value::from(format!(
            "{} can not be escaped for shell",
            value.described()
        ))),
        other => Ok(json::compact(other)),
    };
    match value {
        Value::Array(values) => Ok(values
            .iter()
            .map(word)
            .collect::<Result<Vec<_>, Value>>()?
            .join(" ")),
        other => word(other),
    }
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            match at <= chunk.len() {
                true => out.push(BASE64[(bits >> (18 - 6 * at) & 63) as usize].into()),
                false => out.push('='),
            }
        }
    }
    out
}

fn base64_decoded(text: &str, value: &Value) -> Text {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    let letters = text
        .bytes()
        .filter_map(|byte| BASE64.iter().position(|letter| *letter == byte));
    for code in letters {
        bits = bits << 6 | code as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    if bytes.is_empty() && !text.trim_end_matches('=').is_empty() {
        return Err(Value::from(format!(
            "{} is not valid base64 data",
            value.described()
        )));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, at| {
            bits << 8 | u64::from(chunk.get(at).copied().unwrap_or(0))
        });
        let letters = (chunk.len() * 8).div_ceil(5);
        for at in 0..8 {
            match at < letters {
                true => out.push(LETTERS[(bits >> (35 - 5 * at) & 31) as usize].into()),
                false => out.push('='),
            }
        }
    }
    out
}

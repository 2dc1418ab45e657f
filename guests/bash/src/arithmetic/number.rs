//! Constants: `12`, `017`, `0xff`, `36#zz`.

/// Why a constant is none; bash's message.
pub type Problem = &'static str;

/// The value of a token that begins with a digit.
pub fn constant(token: &str) -> Result<i64, Problem> {
    if let Some((base, digits)) = token.split_once('#') {
        let base = decimal(base)?;
        if !(2..=64).contains(&base) {
            return Err("invalid arithmetic base");
        }
        if digits.is_empty() {
            return Err("invalid integer constant");
        }
        return in_base(digits, base);
    }
    if let Some(digits) = token.strip_prefix("0x").or(token.strip_prefix("0X")) {
        return in_base(digits, 16);
    }
    match token.strip_prefix('0') {
        Some(digits) if !digits.is_empty() => in_base(digits, 8),
        _ => decimal(token),
    }
}

fn decimal(digits: &str) -> Result<i64, Problem> {
    in_base(digits, 10)
}

fn in_base(digits: &str, base: i64) -> Result<i64, Problem> {
    let mut value = 0i64;
    for c in digits.chars() {
        let digit = match c {
            '0'..='9' => i64::from(c as u32 - '0' as u32),
            'a'..='z' => i64::from(c as u32 - 'a' as u32) + 10,
            'A'..='Z' if base <= 36 => i64::from(c as u32 - 'A' as u32) + 10,
            'A'..='Z' => i64::from(c as u32 - 'A' as u32) + 36,
            '@' => 62,
            '_' => 63,
            _ => return Err("invalid number"),
        };
        if digit >= base {
            return Err("value too great for base");
        }
        value = value.wrapping_mul(base).wrapping_add(digit);
    }
    Ok(value)
}

/// A text that is nothing but a decimal number, as most values are.
pub fn plain(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (first, rest) = digits.as_bytes().split_first()?;
    let plain = match first {
        b'0' => rest.is_empty(),
        b'1'..=b'9' => digits.len() <= 18 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    plain.then(|| text.parse().ok()).flatten()
}

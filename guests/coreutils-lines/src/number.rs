//! Counts on the command line.

/// A number with an optional suffix, which is a multiplier.
///
/// # Errors
/// What stands behind the text in GNU's message: nothing, or that it is too large.
pub fn with_suffix(text: &str) -> Result<u64, &'static str> {
    const TOO_LARGE: &str = ": Value too large for defined data type";
    let digits = text.len()
        - text
            .trim_start_matches(|letter: char| letter.is_ascii_digit())
            .len();
    if digits == 0 {
        return Err("");
    }
    let factor = factor(&text[digits..]).ok_or("")?;
    let number = text[..digits].parse::<u64>().ok();
    number
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .ok_or(TOO_LARGE)
}

/// What a suffix multiplies by: nothing when there is none such, and nothing inside when it is too large.
fn factor(suffix: &str) -> Option<Option<u64>> {
    let (letter, base) = match suffix.as_bytes() {
        [] => return Some(Some(1)),
        [b'b'] => return Some(Some(512)),
        [letter] | [letter, b'i', b'B'] => (*letter, 1024_u64),
        [letter, b'B'] => (*letter, 1000),
        _ => return None,
    };
    let power = match letter {
        b'k' | b'K' => 1,
        letter => "MGTPEZY".find(letter as char)? as u32 + 2,
    };
    Some(base.checked_pow(power))
}

//! Sizes as text: in blocks, and as people read them.

/// How sizes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Whole blocks of so many bytes, rounded up.
    Blocks(u64),
    /// Powers of 1024 with a letter: `1.5K`.
    Human,
    /// Powers of 1000 with a letter: `1.6k`.
    Si,
}

impl Scale {
    /// `bytes` in this scale.
    pub fn show(self, bytes: u64) -> String {
        match self {
            Self::Blocks(block) => bytes.div_ceil(block).to_string(),
            Self::Human => human(bytes, 1024),
            Self::Si => human(bytes, 1000),
        }
    }

    /// The scale that GNU's `--block-size` calls `word`: `1K`, `M`, `kB`, `human-readable`, `512`.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "human-readable" => return Some(Self::Human),
            "si" => return Some(Self::Si),
            _ => {}
        }
        let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let count = if digits == 0 {
            1
        } else {
            word[..digits].parse::<u64>().ok()?
        };
        let (letter, base) = match word[digits..].as_bytes() {
            [] => return (count > 0).then_some(Self::Blocks(count)),
            [letter] | [letter, b'i', b'B'] => (*letter, 1024_u64),
            [letter, b'B'] => (*letter, 1000),
            _ => return None,
        };
        let power = "KMGTPE".find(letter.to_ascii_uppercase() as char)? as u32 + 1;
        count
            .checked_mul(base.checked_pow(power)?)
            .filter(|block| *block > 0)
            .map(Self::Blocks)
    }
}

/// One decimal below ten, none above, always rounded up, in whole numbers.
fn human(bytes: u64, base: u64) -> String {
    if bytes < base {
        return bytes.to_string();
    }
    let mut unit = base;
    let mut letters = (if base == 1000 { "kMGTPE" } else { "KMGTPE" }).chars();
    let mut letter = letters.next().unwrap_or('?');
    loop {
        let tenths = (u128::from(bytes) * 10).div_ceil(u128::from(unit));
        let whole = u128::from(bytes).div_ceil(u128::from(unit));
        if tenths < 100 {
            return format!("{}.{}{letter}", tenths / 10, tenths % 10);
        }
        if whole < u128::from(base) {
            return format!("{whole}{letter}");
        }
        match letters.next() {
            Some(next) => (letter, unit) = (next, unit.saturating_mul(base)),
            None => return format!("{whole}{letter}"),
        }
    }
}

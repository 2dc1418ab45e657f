//! How much of one file is in another, as git estimates it: by the bytes of equal lines, or of pieces of 64 bytes.

use std::collections::BTreeMap;

use super::rename::SCORE_MAX;

const HASH_BASE: u32 = 107_927;
const PIECE_MAX: u32 = 64;

/// Bytes of each piece's hash.
pub struct Spans(BTreeMap<u32, u64>);

impl Spans {
    /// `text` says that CRLF counts as LF.
    pub fn of(bytes: &[u8], text: bool) -> Self {
        let mut spans = BTreeMap::new();
        let (mut low, mut high, mut length) = (0u32, 0u32, 0u32);
        let mut add = |low: u32, high: u32, length: u32| {
            let hash = low.wrapping_add(high.wrapping_mul(0x61)) % HASH_BASE;
            *spans.entry(hash).or_insert(0) += u64::from(length);
        };
        for (at, &byte) in bytes.iter().enumerate() {
            if text && byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            let before = low;
            low = (low << 7) ^ (high >> 25);
            high = (high << 7) ^ (before >> 25);
            low = low.wrapping_add(u32::from(byte));
            length += 1;
            if length >= PIECE_MAX || byte == b'\n' {
                add(low, high, length);
                (low, high, length) = (0, 0, 0);
            }
        }
        if length > 0 {
            add(low, high, length);
        }
        Self(spans)
    }

    /// The bytes that stand in both.
    pub fn shared(&self, other: &Spans) -> u64 {
        self.0
            .iter()
            .map(|(hash, count)| other.0.get(hash).map_or(0, |there| *count.min(there)))
            .sum()
    }
}

/// Whether sizes alone say that the score can't reach `least`.
pub fn too_different(old: usize, new: usize, least: u32) -> bool {
    let (most, fewest) = (old.max(new) as u64, old.min(new) as u64);
    most * u64::from(SCORE_MAX - least) < (most - fewest) * u64::from(SCORE_MAX)
}

/// The score of two files of these sizes that share bytes.
pub fn score(shared: u64, old: usize, new: usize) -> u32 {
    match old.max(new) {
        _ if new == 0 => 0,
        largest => (shared * u64::from(SCORE_MAX) / largest as u64) as u32,
    }
}

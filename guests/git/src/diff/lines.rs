//! A file as lines, and lines as small numbers: two lines are the same when their numbers are.

use std::collections::HashMap;

/// What of the white space of a line doesn't count when lines are compared.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Whitespace {
    /// `-w`
    pub all: bool,
    /// `-b`
    pub change: bool,
    /// `--ignore-space-at-eol`
    pub at_end: bool,
    /// `--ignore-cr-at-eol`
    pub cr_at_end: bool,
}

impl Whitespace {
    pub fn any(self) -> bool {
        self.all || self.change || self.at_end || self.cr_at_end
    }
}

/// Git's `isspace`, which knows no form feed and no vertical tab.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Splits behind each newline; the last line may have none.
pub fn split(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::with_capacity(bytes.len() / 32 + 1);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        lines.push(&bytes[start..=end]);
        start = end + 1;
    }
    if start < bytes.len() {
        lines.push(&bytes[start..]);
    }
    lines
}

/// The lines of both sides as numbers, and how many numbers there are.
pub struct Classes {
    pub old: Vec<u32>,
    pub new: Vec<u32>,
    pub count: usize,
}

/// Gives equal lines equal numbers.
pub fn classify(old: &[&[u8]], new: &[&[u8]], ignored: Whitespace) -> Classes {
    if ignored.any() {
        let keys = |lines: &[&[u8]]| -> Vec<Vec<u8>> {
            lines.iter().map(|line| comparable(line, ignored)).collect()
        };
        let (old, new) = (keys(old), keys(new));
        return number(old.iter().map(Vec::as_slice), new.iter().map(Vec::as_slice));
    }
    number(old.iter().copied(), new.iter().copied())
}

fn number<'a>(old: impl Iterator<Item = &'a [u8]>, new: impl Iterator<Item = &'a [u8]>) -> Classes {
    let mut numbers: HashMap<&[u8], u32, Quick> =
        HashMap::with_capacity_and_hasher(old.size_hint().0 + 16, Quick);
    let mut class = |line| {
        let next = numbers.len() as u32;
        *numbers.entry(line).or_insert(next)
    };
    let old = old.map(&mut class).collect();
    let new = new.map(&mut class).collect();
    Classes {
        old,
        new,
        count: numbers.len(),
    }
}

/// A line without what doesn't count.
pub fn comparable(line: &[u8], ignored: Whitespace) -> Vec<u8> {
    if ignored.all {
        return line
            .iter()
            .copied()
            .filter(|&byte| !is_space(byte))
            .collect();
    }
    if ignored.change {
        return with_single_spaces(line);
    }
    if ignored.at_end {
        return trim_end(line).to_vec();
    }
    match line.strip_suffix(b"\n") {
        Some(text) => {
            let mut key = text.strip_suffix(b"\r").unwrap_or(text).to_vec();
            key.push(b'\n');
            key
        }
        None => line.to_vec(),
    }
}

fn with_single_spaces(line: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(line.len());
    for &byte in trim_end(line) {
        if !is_space(byte) {
            key.push(byte);
        } else if key.last() != Some(&b' ') {
            key.push(b' ');
        }
    }
    key
}

/// Without white space behind.
pub fn trim_end(line: &[u8]) -> &[u8] {
    let kept = line
        .iter()
        .rposition(|&byte| !is_space(byte))
        .map_or(0, |last| last + 1);
    &line[..kept]
}

/// A hasher that is the same in every run and reads eight bytes at a time.
#[derive(Clone, Copy)]
pub struct Quick;

impl std::hash::BuildHasher for Quick {
    type Hasher = QuickHasher;
    fn build_hasher(&self) -> QuickHasher {
        QuickHasher(0)
    }
}

pub struct QuickHasher(u64);

impl std::hash::Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.mix(u64::from_le_bytes(word.try_into().unwrap_or_default()));
        }
        let mut last = [0; 8];
        let rest = words.remainder();
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}

impl QuickHasher {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }
}

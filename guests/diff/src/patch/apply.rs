//! Finding where a hunk belongs, and applying it there.

use super::hunk::{Does, Hunk};

/// A file as it is patched.
pub struct Target<'a> {
    /// The lines of the file, with their newlines.
    pub lines: Vec<&'a [u8]>,
    pub output: Vec<u8>,
    /// How many lines of the file are in the output, or left out of it.
    frozen: usize,
    /// How far hunks were found from where they said.
    pub in_offset: isize,
    /// How much longer the output is than the file so far.
    pub out_offset: isize,
    pub ignore_whitespace: bool,
}

impl<'a> Target<'a> {
    pub fn new(bytes: &'a [u8], ignore_whitespace: bool) -> Self {
        Self {
            lines: bytes.split_inclusive(|byte| *byte == b'\n').collect(),
            output: Vec::with_capacity(bytes.len()),
            frozen: 0,
            in_offset: 0,
            out_offset: 0,
            ignore_whitespace,
        }
    }

    /// The line, counted from 1, that the hunk belongs to, with so much of its context left away.
    pub fn locate(&mut self, hunk: &Hunk, fuzz: isize) -> Option<usize> {
        let pattern: Vec<&Vec<u8>> = hunk.old().collect();
        let first = hunk.old_first as isize;
        let guess = first + self.in_offset;
        let length = pattern.len() as isize;
        let (prefix, suffix) = (
            hunk.prefix_context() as isize,
            hunk.suffix_context() as isize,
        );
        let context = prefix.max(suffix);
        let prefix_fuzz = fuzz + prefix - context;
        let suffix_fuzz = fuzz + suffix - context;
        let total = self.lines.len() as isize;
        let highest = total - (length - suffix_fuzz) + 1;
        let lowest = self.frozen as isize + 1;
        let most_after = highest - guess;
        let mut most_before = guess - lowest;
        let most = most_after.max(most_before);
        if length == 0 {
            return usize::try_from(guess).ok();
        }
        if guess <= most_before {
            most_before = guess - 1;
        }
        if prefix_fuzz < 0 && first <= 1 {
            // Only at the beginning, and without leading or trailing context only all of the file.
            if suffix_fuzz < 0 && (length != total || prefix < self.frozen as isize) {
                return None;
            }
            let offset = 1 - guess;
            let fits = self.frozen as isize <= prefix
                && offset <= most_after
                && self.matches(&pattern, guess + offset, 0, suffix_fuzz.max(0));
            return fits.then(|| self.found(guess, offset));
        }
        let prefix_fuzz = prefix_fuzz.max(0);
        if suffix_fuzz < 0 {
            let offset = guess - (total - length + 1);
            let fits =
                offset <= most_before && self.matches(&pattern, guess - offset, prefix_fuzz, 0);
            return fits.then(|| self.found(guess, -offset));
        }
        let least = if most_after < 0 {
            guess - highest
        } else if most_before < 0 {
            guess - lowest
        } else {
            0
        };
        for offset in least..=most {
            if offset <= most_after
                && self.matches(&pattern, guess + offset, prefix_fuzz, suffix_fuzz)
            {
                return Some(self.found(guess, offset));
            }
            if 0 < offset
                && offset <= most_before
                && self.matches(&pattern, guess - offset, prefix_fuzz, suffix_fuzz)
            {
                return Some(self.found(guess, -offset));
            }
        }
        None
    }

    fn found(&mut self, guess: isize, offset: isize) -> usize {
        self.in_offset += offset;
        (guess + offset) as usize
    }

    fn matches(
        &self,
        pattern: &[&Vec<u8>],
        at: isize,
        prefix_fuzz: isize,
        suffix_fuzz: isize,
    ) -> bool {
        let Ok(at) = usize::try_from(at - 1) else {
            return false;
        };
        let (start, end) = (
            prefix_fuzz as usize,
            pattern.len().saturating_sub(suffix_fuzz as usize),
        );
        (start..end).all(|line| {
            self.lines
                .get(at + line)
                .is_some_and(|there| match self.ignore_whitespace {
                    true => squeezed(pattern[line]) == squeezed(there),
                    false => **pattern[line] == **there,
                })
        })
    }

    /// Applies a hunk at a line; the context stays as the file has it. Answers false when that line is behind.
    pub fn apply(&mut self, hunk: &Hunk, at: usize) -> bool {
        if at == 0 || at - 1 < self.frozen {
            return false;
        }
        self.copy_to(at - 1);
        for (does, line) in &hunk.lines {
            match does {
                Does::Stay => self.copy_to(self.frozen + 1),
                Does::Go => self.frozen += 1,
                Does::Come => {
                    self.complete();
                    self.output.extend_from_slice(line);
                }
            }
        }
        self.out_offset += hunk.new_lines().count() as isize - hunk.old().count() as isize;
        true
    }

    /// Copies what is behind the last hunk.
    pub fn finish(&mut self) {
        self.copy_to(self.lines.len());
    }

    fn copy_to(&mut self, line: usize) {
        while self.frozen < line.min(self.lines.len()) {
            self.complete();
            self.output.extend_from_slice(self.lines[self.frozen]);
            self.frozen += 1;
        }
    }

    /// A line that is no longer the last gets its newline.
    fn complete(&mut self) {
        if self.output.last().is_some_and(|last| *last != b'\n') {
            self.output.push(b'\n');
        }
    }
}

/// A line with its blanks made one each, and none at its end.
fn squeezed(line: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(line.len());
    for byte in line.trim_ascii_end() {
        match byte {
            b' ' | b'\t' if text.last() == Some(&b' ') => {}
            b' ' | b'\t' => text.push(b' '),
            byte => text.push(*byte),
        }
    }
    text
}

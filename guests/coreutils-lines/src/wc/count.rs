//! Counting through the pieces of a file.

use gnu::scan;
use unicode_width::UnicodeWidthChar as _;

#[derive(Clone, Copy)]
pub struct Wanted {
    pub lines: bool,
    pub words: bool,
    pub characters: bool,
    pub bytes: bool,
    pub longest: bool,
}

impl Wanted {
    /// How many numbers are shown.
    pub fn columns(self) -> usize {
        [
            self.lines,
            self.words,
            self.characters,
            self.bytes,
            self.longest,
        ]
        .iter()
        .filter(|wanted| **wanted)
        .count()
    }

    pub fn only_bytes(self) -> bool {
        self.bytes && self.columns() == 1
    }
}

#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub lines: u64,
    pub words: u64,
    pub characters: u64,
    pub bytes: u64,
    pub longest: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.words += other.words;
        self.characters += other.characters;
        self.bytes += other.bytes;
        self.longest = self.longest.max(other.longest);
    }
}

pub struct Counting {
    wanted: Wanted,
    counts: Counts,
    utf8: bool,
    in_word: bool,
    /// How wide the line is so far.
    column: u64,
    /// A character whose bytes are not all there yet.
    begun: Vec<u8>,
}

impl Counting {
    pub fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            counts: Counts::default(),
            utf8: gnu::locale::is_utf8(),
            in_word: false,
            column: 0,
            begun: Vec::new(),
        }
    }

    pub fn piece(&mut self, piece: &[u8]) {
        self.counts.bytes += piece.len() as u64;
        let wanted = self.wanted;
        if wanted.lines {
            self.counts.lines += scan::count(b'\n', piece) as u64;
        }
        if !wanted.words && !wanted.longest && !(wanted.characters && self.utf8) {
            return;
        }
        if self.begun.is_empty() && !wanted.longest && piece.is_ascii() {
            return self.ascii(piece);
        }
        match self.utf8 {
            true => self.characters(piece),
            false => piece.iter().for_each(|byte| match byte {
                0..=0x7F => self.character(char::from(*byte)),
                _ => {}
            }),
        }
    }

    pub fn finish(mut self) -> Counts {
        if !self.utf8 {
            self.counts.characters = self.counts.bytes;
        }
        self.counts.longest = self.counts.longest.max(self.column);
        self.counts
    }

    fn ascii(&mut self, piece: &[u8]) {
        self.counts.characters += piece.len() as u64;
        if self.wanted.words {
            self.counts.words += scan::count_words(piece, &mut self.in_word) as u64;
        }
    }

    /// Bytes that are no characters count for nothing.
    fn characters(&mut self, piece: &[u8]) {
        let joined;
        let mut rest = piece;
        if !self.begun.is_empty() {
            joined = [&self.begun[..], piece].concat();
            self.begun.clear();
            rest = &joined;
        }
        while !rest.is_empty() {
            let (text, after) = match std::str::from_utf8(rest) {
                Ok(text) => (text, None),
                Err(error) => {
                    let text = &rest[..error.valid_up_to()];
                    (
                        std::str::from_utf8(text).unwrap_or_default(),
                        Some(error.error_len()),
                    )
                }
            };
            for character in text.chars() {
                self.counts.characters += 1;
                self.character(character);
            }
            rest = &rest[text.len()..];
            match after {
                None => break,
                Some(Some(_)) => rest = &rest[1..],
                Some(None) => {
                    self.begun = rest.to_vec();
                    break;
                }
            }
        }
    }

    fn character(&mut self, character: char) {
        match character {
            '\n' | '\r' | '\x0C' => {
                self.counts.longest = self.counts.longest.max(self.column);
                self.column = 0;
                self.in_word = false;
            }
            '\t' => {
                self.column += 8 - self.column % 8;
                self.in_word = false;
            }
            '\x0B' => self.in_word = false,
            _ if character.is_control() => {}
            _ => {
                self.column += character.width().unwrap_or(0) as u64;
                let begins = !is_space(character);
                if begins && !self.in_word {
                    self.counts.words += 1;
                }
                self.in_word = begins;
            }
        }
    }
}

/// What glibc takes for white space, and spaces that do not break.
fn is_space(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202F}'
                | '\u{205F}'
                | '\u{2060}'
                | '\u{3000}'
    )
}

//! The characters of a script, and what is said of a place in it.

use crate::BAD_USAGE;

/// Where a script comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Which `-e` it is.
    Expression(usize),
    File(String),
}

pub struct Source {
    text: Vec<u8>,
    at: usize,
    origin: Origin,
    line: usize,
}

impl Source {
    pub fn new(text: Vec<u8>, origin: Origin) -> Self {
        Self {
            text,
            at: 0,
            origin,
            line: 1,
        }
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The next byte.
    pub fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied()?;
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
        }
        Some(byte)
    }

    /// Puts back what [`Source::next`] gave; nothing goes back behind the end.
    pub fn back(&mut self, byte: Option<u8>) {
        if let Some(byte) = byte {
            self.at -= 1;
            if byte == b'\n' {
                self.line -= 1;
            }
        }
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The next byte that is neither a space nor a tab.
    pub fn next_nonblank(&mut self) -> Option<u8> {
        loop {
            match self.next() {
                Some(b' ' | b'\t') => {}
                byte => return byte,
            }
        }
    }

    /// A number whose first digit is read; none is zero.
    pub fn number(&mut self, first: Option<u8>) -> u64 {
        let mut value = 0_u64;
        let mut byte = first;
        while let Some(digit) = byte.filter(u8::is_ascii_digit) {
            value = value
                .saturating_mul(10)
                .saturating_add((digit - b'0').into());
            byte = self.next();
        }
        self.back(byte);
        value
    }

    pub fn rest_of_line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        while let Some(byte) = self.next().filter(|byte| *byte != b'\n') {
            line.push(byte);
        }
        line
    }

    /// Whether the script begins with a line `#n`, of which `#` is read.
    pub fn is_quiet_mark(&self) -> bool {
        self.at == 1
            && self.text.starts_with(b"#n")
            && matches!(self.text.get(2), None | Some(b'\n'))
    }

    /// Says what is wrong here.
    pub fn wrong(&self, message: &str) -> i32 {
        wrong(&self.origin, self.line, self.at, message)
    }
}

/// Says what is wrong at a place of a script; the status to end with.
pub fn wrong(origin: &Origin, line: usize, at: usize, message: &str) -> i32 {
    match origin {
        Origin::Expression(number) => {
            eprintln!("sed: -e expression #{number}, char {at}: {message}");
        }
        Origin::File(name) => eprintln!("sed: file {name} line {line}: {message}"),
    }
    BAD_USAGE
}

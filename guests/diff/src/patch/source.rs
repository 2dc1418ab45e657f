//! The patch's text, line by line.

use super::Fatal;
use isobox_guest::plain;
use std::io::Read;

/// The lines of the patch, and where reading is.
pub struct Source {
    bytes: Vec<u8>,
    at: usize,
    /// How many lines have been read.
    pub line: usize,
    /// Whether lines lose a carriage return at their end.
    pub strip_carriage_returns: bool,
}

impl Source {
    /// Reads all of the patch.
    pub fn open(name: Option<&str>) -> Result<Self, Fatal> {
        let mut bytes = Vec::new();
        match name {
            None | Some("-") => {
                if let Err(error) = std::io::stdin().read_to_end(&mut bytes) {
                    return Fatal::of(format!("read error : {}", plain(&error)));
                }
            }
            Some(name) => match std::fs::read(name) {
                Ok(read) => bytes = read,
                Err(error) => {
                    return Fatal::of(format!("Can't open patch file {name} : {}", plain(&error)));
                }
            },
        }
        Ok(Self {
            bytes,
            at: 0,
            line: 0,
            strip_carriage_returns: false,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next line with its newline, which stays to be read.
    pub fn peek(&self) -> Option<&[u8]> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        Some(&rest[..end])
    }

    /// Takes the next line.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = self.peek()?.to_vec();
        self.at += line.len();
        self.line += 1;
        if self.strip_carriage_returns && line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            line.push(b'\n');
        }
        Some(line)
    }

    /// Where reading is, to come back to.
    pub fn mark(&self) -> (usize, usize) {
        (self.at, self.line)
    }

    pub fn back_to(&mut self, (at, line): (usize, usize)) {
        (self.at, self.line) = (at, line);
    }
}

/// A line without its newline, as text.
pub fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

//! The words that are read.

use super::Failure;
use super::options::Options;
use crate::help::quoted;
use gnu::stream::read_behind;
use isobox_guest::{plain, process};
use std::fs::File;
use std::os::fd::{FromRawFd, IntoRawFd};

/// How much is read at once.
const PIECE: usize = 1 << 14;

/// A word, and whether a line of input ends with it.
pub struct Item {
    pub text: String,
    pub ends_line: bool,
}

/// Where words come from.
pub struct Input<'a> {
    file: File,
    buffer: Vec<u8>,
    /// How much of the buffer was taken.
    at: usize,
    options: &'a Options,
    ended: bool,
    warned: bool,
}

impl<'a> Input<'a> {
    /// Opens the input. The commands' own input is empty, unless `-a` leaves standard input to them.
    pub fn open(options: &'a Options) -> Result<Self, Failure> {
        let file = match options.file.as_deref() {
            None | Some("-") => take_standard_input(),
            Some(name) => File::open(name).map_err(|error| {
                Failure::new(format!(
                    "Cannot open input file {}: {}",
                    quoted(name),
                    plain(&error)
                ))
            })?,
        };
        Ok(Self {
            file,
            buffer: Vec::new(),
            at: 0,
            options,
            ended: false,
            warned: false,
        })
    }

    /// The next word.
    pub fn next(&mut self) -> Result<Option<Item>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let item = match self.options.delimiter {
            Some(delimiter) => self.delimited(delimiter),
            None => self.word(),
        }?;
        let Some(item) = item else {
            self.ended = true;
            return Ok(None);
        };
        if self.options.delimiter.is_none() && self.options.end.as_ref() == Some(&item.text) {
            self.ended = true;
            return Ok(None);
        }
        Ok(Some(item))
    }

    #[inline]
    fn byte(&mut self) -> Result<Option<u8>, Failure> {
        let byte = self.rest()?.first().copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// What was read and not taken; nothing at the end.
    #[inline]
    fn rest(&mut self) -> Result<&[u8], Failure> {
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            read_behind(&self.file, &mut self.buffer, PIECE)
                .map_err(|error| Failure::new(plain(&error)))?;
        }
        Ok(&self.buffer[self.at..])
    }

    /// Takes the bytes that mean nothing but themselves.
    fn take_plain(&mut self, text: &mut Vec<u8>, special: impl Fn(u8) -> bool) {
        let rest = &self.buffer[self.at..];
        let length = rest.iter().position(|byte| special(*byte));
        let length = length.unwrap_or(rest.len());
        text.extend_from_slice(&rest[..length]);
        self.at += length;
    }

    fn delimited(&mut self, delimiter: u8) -> Result<Option<Item>, Failure> {
        let mut text = Vec::new();
        loop {
            match self.byte()? {
                None if text.is_empty() => return Ok(None),
                None => break,
                Some(byte) if byte == delimiter => break,
                Some(byte) => {
                    text.push(byte);
                    self.take_plain(&mut text, |byte| byte == delimiter);
                }
            }
        }
        Ok(Some(Item {
            text: lossy(text),
            ends_line: true,
        }))
    }

    /// A word between blanks, or with `-I` a line, with its quotes taken away.
    fn word(&mut self) -> Result<Option<Item>, Failure> {
        let whole_lines = self.options.replace.is_some();
        let mut text = Vec::new();
        let mut begun = false;
        loop {
            match self.byte()? {
                None if !begun => return Ok(None),
                None => {
                    return Ok(Some(Item {
                        text: lossy(text),
                        ends_line: true,
                    }));
                }
                Some(b'\n') if !begun => {}
                Some(b'\n') => {
                    return Ok(Some(Item {
                        text: lossy(text),
                        ends_line: true,
                    }));
                }
                Some(b' ' | b'\t') if !begun => {}
                // A blank before the end of the line lets the line go on, with -L.
                Some(b' ' | b'\t') if !whole_lines => {
                    return Ok(Some(Item {
                        text: lossy(text),
                        ends_line: false,
                    }));
                }
                Some(quote @ (b'\'' | b'"')) => {
                    begun = true;
                    self.quoted_part(quote, &mut text)?;
                }
                Some(b'\\') => {
                    begun = true;
                    if let Some(byte) = self.byte()? {
                        text.push(byte);
                    }
                }
                Some(0) => {
                    begun = true;
                    self.warn_of_zero();
                    text.push(0);
                }
                Some(byte) => {
                    begun = true;
                    text.push(byte);
                    self.take_plain(&mut text, |byte| {
                        matches!(byte, 0 | b'\n' | b' ' | b'\t' | b'\'' | b'"' | b'\\')
                    });
                }
            }
        }
    }

    fn quoted_part(&mut self, quote: u8, text: &mut Vec<u8>) -> Result<(), Failure> {
        loop {
            match self.byte()? {
                Some(byte) if byte == quote => return Ok(()),
                None | Some(b'\n') => {
                    let kind = if quote == b'"' { "double" } else { "single" };
                    return Err(Failure::new(format!(
                        "unmatched {kind} quote; by default quotes are special to xargs unless you use the -0 option"
                    )));
                }
                Some(byte) => text.push(byte),
            }
        }
    }

    fn warn_of_zero(&mut self) {
        if !self.warned {
            self.warned = true;
            eprintln!(
                "xargs: WARNING: a NUL character occurred in the input.  It cannot be passed through in the argument list.  Did you mean to use the --null option?"
            );
        }
    }
}

/// A word as it is passed on: a zero byte would end it.
fn lossy(mut text: Vec<u8>) -> String {
    if let Some(end) = text.iter().position(|byte| *byte == 0) {
        text.truncate(end);
    }
    String::from_utf8(text)
        .unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned())
}

/// Standard input under another number, with nothing left in its place.
fn take_standard_input() -> File {
    let number = process::duplicate(0, 10, true).unwrap_or(0);
    if number != 0
        && let Ok(empty) = File::open("/dev/null")
    {
        let _ = process::duplicate_to(empty.into_raw_fd() as u32, 0);
    }
    // SAFETY: the number was made here, and nobody else closes it.
    unsafe { File::from_raw_fd(number as _) }
}

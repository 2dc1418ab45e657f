//! Records from a file or a pipe.

use gnu::{scan, stream};
use posix_regex::Regex;
use std::fs::File;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd as _;
use std::rc::Rc;

const PIECE: usize = 64 << 10;

/// What ends records.
#[derive(Clone)]
pub enum Separator {
    Byte(u8),
    /// Empty lines.
    Paragraph,
    Regex(Rc<Regex>),
}

/// Bytes of an open file, and what was read of them too early.
pub struct Reader {
    source: Source,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
}

enum Source {
    File(File),
    Open(ManuallyDrop<File>),
}

impl Reader {
    pub fn file(file: File) -> Self {
        Self::new(Source::File(file))
    }

    /// A descriptor that stays open.
    pub fn descriptor(number: i32) -> Self {
        // SAFETY: the descriptor is open for as long as the process runs, and never closed here.
        Self::new(Source::Open(ManuallyDrop::new(unsafe {
            File::from_raw_fd(number)
        })))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            at: 0,
            ended: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let length = self.buffer.len();
        // Records that are longer than a piece are read in ever bigger ones.
        let file = match &self.source {
            Source::File(file) => file,
            Source::Open(file) => &**file,
        };
        let result = stream::read_behind(file, &mut self.buffer, PIECE.max(length));
        self.ended = !matches!(result, Ok(count) if count > 0);
        result.map(|_| ())
    }

    /// Puts the next record into `record` and what ended it into `terminator`; whether there was one.
    pub fn read(
        &mut self,
        separator: &Separator,
        record: &mut Vec<u8>,
        terminator: &mut Vec<u8>,
    ) -> io::Result<bool> {
        terminator.clear();
        match separator {
            Separator::Byte(byte) => self.read_byte(*byte, record, terminator),
            Separator::Paragraph => self.read_paragraph(record, terminator),
            Separator::Regex(regex) => self.read_regex(regex, record, terminator),
        }
    }

    fn read_byte(
        &mut self,
        byte: u8,
        record: &mut Vec<u8>,
        terminator: &mut Vec<u8>,
    ) -> io::Result<bool> {
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(length) = scan::find(byte, &rest[searched..]) {
                let length = searched + length;
                record.extend_from_slice(&rest[..length]);
                terminator.push(byte);
                self.at += length + 1;
                return Ok(true);
            }
            if self.ended {
                return Ok(self.take_rest(record));
            }
            searched = rest.len();
            self.fill()?;
        }
    }

    fn take_rest(&mut self, record: &mut Vec<u8>) -> bool {
        let rest = &self.buffer[self.at..];
        record.extend_from_slice(rest);
        let any = !rest.is_empty();
        self.at = self.buffer.len();
        any
    }

    fn read_all(&mut self) -> io::Result<()> {
        while !self.ended {
            self.fill()?;
        }
        Ok(())
    }

    fn read_paragraph(
        &mut self,
        record: &mut Vec<u8>,
        terminator: &mut Vec<u8>,
    ) -> io::Result<bool> {
        self.read_all()?;
        while self.buffer.get(self.at) == Some(&b'\n') {
            self.at += 1;
        }
        let rest = &self.buffer[self.at..];
        if rest.is_empty() {
            return Ok(false);
        }
        let end = memchr::memmem::find(rest, b"\n\n");
        let Some(end) = end else {
            let body = rest.strip_suffix(b"\n").unwrap_or(rest);
            record.extend_from_slice(body);
            terminator.extend_from_slice(&rest[body.len()..]);
            self.at = self.buffer.len();
            return Ok(true);
        };
        record.extend_from_slice(&rest[..end]);
        let newlines = rest[end..]
            .iter()
            .take_while(|byte| **byte == b'\n')
            .count();
        terminator.extend(std::iter::repeat_n(b'\n', newlines));
        self.at += end + newlines;
        Ok(true)
    }

    fn read_regex(
        &mut self,
        regex: &Regex,
        record: &mut Vec<u8>,
        terminator: &mut Vec<u8>,
    ) -> io::Result<bool> {
        loop {
            let rest = &self.buffer[self.at..];
            let found = regex.scan(rest).find(0).filter(|(from, to)| from < to);
            // A match at the end of what is known could become longer.
            if let Some((from, to)) = found.filter(|(_, to)| self.ended || *to < rest.len()) {
                record.extend_from_slice(&rest[..from]);
                terminator.extend_from_slice(&rest[from..to]);
                self.at += to;
                return Ok(true);
            }
            if self.ended {
                // A newline at the very end of the input belongs to no record.
                return Ok(self.take_rest(record));
            }
            self.fill()?;
        }
    }
}

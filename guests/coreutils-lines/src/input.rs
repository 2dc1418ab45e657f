//! What is read: a file or standard input, in pieces of whole lines.

use gnu::stream;
use memchr::memrchr;
use std::fs::File;
use std::io;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

/// How much is read at once: what a pipe holds.
const PIECE: usize = 64 << 10;

/// An open file; standard input stays open.
pub enum Input {
    Standard(ManuallyDrop<File>),
    File(File),
}

impl Input {
    /// # Errors
    /// What opening the file says.
    pub fn open(name: &str) -> io::Result<Self> {
        match name {
            "-" => Ok(Self::Standard(stream::stdin())),
            name => File::open(name).map(Self::File),
        }
    }

    /// Whether it is a file of known length, in which one can go to and fro.
    pub fn length(&self) -> Option<u64> {
        let metadata = self.metadata().ok()?;
        metadata.is_file().then_some(metadata.len())
    }
}

impl Deref for Input {
    type Target = File;

    fn deref(&self) -> &File {
        match self {
            Self::Standard(file) => file,
            Self::File(file) => file,
        }
    }
}

impl DerefMut for Input {
    fn deref_mut(&mut self) -> &mut File {
        match self {
            Self::Standard(file) => file,
            Self::File(file) => file,
        }
    }
}

/// The pieces of a file.
pub struct Pieces {
    input: Input,
    buffer: Vec<u8>,
    /// How much of the buffer was given out.
    given: usize,
    ended: bool,
}

impl Pieces {
    pub fn new(input: Input) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    /// The next bytes, however they come. Nothing at the end.
    ///
    /// # Errors
    /// What reading says.
    pub fn next(&mut self) -> io::Result<Option<&mut [u8]>> {
        self.buffer.clear();
        let any = self.read_more()?;
        Ok(any.then_some(&mut self.buffer))
    }

    /// The next whole lines that end in `end`; the last may lack it. Nothing at the end.
    ///
    /// # Errors
    /// What reading says.
    pub fn next_lines(&mut self, end: u8) -> io::Result<Option<&[u8]>> {
        self.buffer.drain(..self.given);
        self.given = 0;
        while !self.ended {
            let known = self.buffer.len();
            if !self.read_more()? {
                break;
            }
            if let Some(place) = memrchr(end, &self.buffer[known..]) {
                self.given = known + place + 1;
                return Ok(Some(&self.buffer[..self.given]));
            }
        }
        self.given = self.buffer.len();
        Ok(Some(&self.buffer[..]).filter(|rest| !rest.is_empty()))
    }

    /// Reads behind what is in the buffer; answers whether there was more.
    fn read_more(&mut self) -> io::Result<bool> {
        let known = self.buffer.len();
        // Long lines are read in ever bigger pieces.
        let count = stream::read_behind(&self.input, &mut self.buffer, PIECE.max(known))?;
        self.ended = count == 0;
        Ok(count > 0)
    }
}

/// The lines of a piece, without what ends them.
pub fn lines(piece: &[u8], end: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let line = match gnu::scan::find(end, rest) {
            Some(length) => {
                let line = &rest[..length];
                rest = &rest[length + 1..];
                line
            }
            None => std::mem::take(&mut rest),
        };
        Some(line)
    })
}

/// What is open as standard input when there are no operands.
pub fn or_standard_input(operands: Vec<String>) -> Vec<String> {
    match operands.is_empty() {
        true => vec!["-".to_owned()],
        false => operands,
    }
}

/// How messages call it.
pub fn shown(name: &str) -> &str {
    match name {
        "-" => "standard input",
        name => name,
    }
}

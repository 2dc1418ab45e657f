//! What is compared.

use super::options::Options;
use isobox_guest::stat::{Kind, Time, stat};
use std::io::{self, Read};
use std::path::Path;

/// A file or a directory.
pub enum Input {
    Directory,
    /// Compared as an empty file.
    Absent,
    File(Vec<u8>, Time),
}

impl Input {
    /// Reads what `name` stands for; `-` is standard input.
    pub fn open(name: &str, options: &Options) -> io::Result<Self> {
        let mut bytes = Vec::new();
        if name == "-" {
            io::stdin().read_to_end(&mut bytes)?;
            return Ok(Self::File(options.stripped(bytes), gnu::time::now()));
        }
        let found = stat(Path::new(name), true)?;
        if found.kind == Kind::Directory {
            return Ok(Self::Directory);
        }
        let bytes = std::fs::read(name)?;
        Ok(Self::File(options.stripped(bytes), found.modified))
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::File(bytes, _) => bytes,
            _ => &[],
        }
    }

    /// When the file was last changed; what is absent, never.
    pub fn time(&self) -> Time {
        match self {
            Self::File(_, time) => *time,
            _ => Time {
                seconds: 0,
                nanoseconds: 0,
            },
        }
    }

    /// The kind in GNU's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File(bytes, _) if bytes.is_empty() => "regular empty file",
            _ => "regular file",
        }
    }
}

impl Options {
    fn stripped(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        if self.strip_carriage_returns {
            let mut kept = Vec::with_capacity(bytes.len());
            for (at, byte) in bytes.iter().enumerate() {
                if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
                    kept.push(*byte);
                }
            }
            bytes = kept;
        }
        bytes
    }
}

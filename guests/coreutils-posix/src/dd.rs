//! `dd`: uutils' own reports its progress from a thread, which the machine has not.

use crate::help::PACKAGE;
use crate::size::Scale;
use gnu::help::wrong;
use gnu::quote::{in_prose, quoted};
use gnu::time;
use gnu::words;
use isobox_guest::{Arguments, plain};
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};

const DEFAULT_BLOCK_BYTES: usize = 512;
/// More would be refused by any machine's memory.
const BLOCK_BYTES_MAX: u64 = 1 << 30;

pub fn dd(arguments: Arguments) -> i32 {
    let mut dd = Dd::default();
    for word in words(arguments) {
        match word.as_str() {
            "--help" => {
                PACKAGE.print("dd");
                return 0;
            }
            "--version" => {
                println!("dd (isobox coreutils) {}", env!("CARGO_PKG_VERSION"));
                return 0;
            }
            _ => {}
        }
        if let Err(message) = dd.operand(&word) {
            return match message.starts_with("unrecognized") {
                true => wrong("dd", &message),
                false => complain(&message),
            };
        }
    }
    dd.run().map_or_else(|message| complain(&message), |()| 0)
}

fn complain(message: &str) -> i32 {
    eprintln!("dd: {message}");
    1
}

/// The operands, and what was copied so far.
#[derive(Default)]
struct Dd {
    input: Option<String>,
    output: Option<String>,
    input_block: Option<usize>,
    output_block: Option<usize>,
    count: Option<u64>,
    skip: u64,
    seek: u64,
    conversions: Vec<String>,
    flags: Vec<String>,
    status: String,
    read: Records,
    written: Records,
    bytes: u64,
}

/// Whole and partial records.
#[derive(Default)]
struct Records {
    whole: u64,
    partial: u64,
}

impl Records {
    fn add(&mut self, bytes: usize, block: usize) {
        match bytes == block {
            true => self.whole += 1,
            false => self.partial += 1,
        }
    }
}

const CONVERSIONS: &[&str] = &[
    "lcase",
    "ucase",
    "swab",
    "sync",
    "notrunc",
    "nocreat",
    "excl",
    "noerror",
    "fdatasync",
    "fsync",
    "sparse",
];
const FLAGS: &[&str] = &[
    "append",
    "fullblock",
    "count_bytes",
    "skip_bytes",
    "seek_bytes",
    "direct",
    "directory",
    "dsync",
    "sync",
    "nonblock",
    "noatime",
    "nofollow",
    "noctty",
    "nocache",
];

impl Dd {
    fn operand(&mut self, word: &str) -> Result<(), String> {
        let (name, value) = word
            .split_once('=')
            .ok_or_else(|| format!("unrecognized operand {}", in_prose(word)))?;
        match name {
            "if" => self.input = Some(value.to_owned()),
            "of" => self.output = Some(value.to_owned()),
            "ibs" => self.input_block = Some(block(value)?),
            "obs" => self.output_block = Some(block(value)?),
            "bs" => {
                (self.input_block, self.output_block) = (Some(block(value)?), Some(block(value)?))
            }
            "cbs" => drop(block(value)?),
            "count" => self.count = Some(self.amount(value, "count_bytes")?),
            "skip" | "iseek" => self.skip = self.amount(value, "skip_bytes")?,
            "seek" | "oseek" => self.seek = self.amount(value, "seek_bytes")?,
            "status" => self.status = status(value)?,
            "conv" => list(value, CONVERSIONS, "conversion", &mut self.conversions)?,
            "iflag" => list(value, FLAGS, "input flag", &mut self.flags)?,
            "oflag" => list(value, FLAGS, "output flag", &mut self.flags)?,
            _ => return Err(format!("unrecognized operand {}", in_prose(word))),
        }
        Ok(())
    }

    /// A number of blocks; one that ends in `B` is of bytes, which the flag then says.
    fn amount(&mut self, value: &str, flag: &str) -> Result<u64, String> {
        match value
            .strip_suffix('B')
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        {
            Some(digits) => {
                self.flags.push(flag.to_owned());
                number(digits)
            }
            None => number(value),
        }
    }

    fn converts(&self, name: &str) -> bool {
        self.conversions.iter().any(|conversion| conversion == name)
    }

    fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }

    fn input_block(&self) -> usize {
        self.input_block.unwrap_or(DEFAULT_BLOCK_BYTES)
    }

    fn output_block(&self) -> usize {
        self.output_block.unwrap_or(DEFAULT_BLOCK_BYTES)
    }

    fn run(&mut self) -> Result<(), String> {
        let start = time::now();
        let mut input = self.open_input()?;
        let mut output = self.open_output()?;
        let copied = self.copy(&mut *input, &mut *output);
        self.report(start);
        copied
    }

    fn open_input(&self) -> Result<Box<dyn Read>, String> {
        let skip = if self.flag("skip_bytes") {
            self.skip
        } else {
            self.skip.saturating_mul(self.input_block() as u64)
        };
        let Some(name) = &self.input else {
            let mut input = io::stdin();
            let skipped = io::copy(&mut (&mut input).take(skip), &mut io::sink());
            return skipped
                .map(|_| Box::new(input) as Box<dyn Read>)
                .map_err(|error| plain(&error));
        };
        let mut file = File::open(name)
            .map_err(|error| format!("failed to open {}: {}", quoted(name), plain(&error)))?;
        if skip > 0 {
            file.seek(SeekFrom::Start(skip))
                .map_err(|error| format!("{}: cannot skip: {}", quoted(name), plain(&error)))?;
        }
        Ok(Box::new(file))
    }

    fn open_output(&self) -> Result<Box<dyn Write>, String> {
        let Some(name) = &self.output else {
            return Ok(Box::new(io::stdout()));
        };
        let failed =
            |error: io::Error| format!("failed to open {}: {}", quoted(name), plain(&error));
        let seek = if self.flag("seek_bytes") {
            self.seek
        } else {
            self.seek.saturating_mul(self.output_block() as u64)
        };
        let mut options = File::options();
        options.write(true).append(self.flag("append"));
        match (self.converts("excl"), self.converts("nocreat")) {
            (true, _) => options.create_new(true),
            (false, absent) => options.create(!absent),
        };
        let mut file = options.open(name).map_err(failed)?;
        if !self.converts("notrunc") && !self.flag("append") {
            // A device takes no length, and needs none.
            let _ = file.set_len(seek);
        }
        if seek > 0 {
            file.seek(SeekFrom::Start(seek))
                .map_err(|error| format!("{}: cannot seek: {}", quoted(name), plain(&error)))?;
        }
        Ok(Box::new(file))
    }

    fn copy(&mut self, input: &mut dyn Read, output: &mut dyn Write) -> Result<(), String> {
        let block = self.input_block();
        let name = quoted(self.input.as_deref().unwrap_or("standard input"));
        let mut pending = Vec::new();
        let mut buffer = vec![0; block];
        let mut left = self.count;
        while left != Some(0) {
            let wanted = match left {
                Some(bytes) if self.flag("count_bytes") => {
                    usize::try_from(bytes).map_or(block, |bytes| bytes.min(block))
                }
                _ => block,
            };
            let read = read_block(input, &mut buffer[..wanted], self.flag("fullblock"));
            let count = read.map_err(|error| format!("error reading {name}: {}", plain(&error)))?;
            if count == 0 {
                break;
            }
            self.read.add(count, block);
            left = left.map(|left| {
                left - if self.flag("count_bytes") {
                    count as u64
                } else {
                    1
                }
            });
            pending.extend_from_slice(&buffer[..count]);
            let padded = if self.converts("sync") { block } else { count };
            pending.resize(pending.len() + padded - count, 0);
            let start = pending.len() - padded;
            self.convert(&mut pending[start..]);
            self.drain(&mut pending, output, self.input_block == self.output_block)?;
        }
        self.drain(&mut pending, output, true)?;
        output.flush().map_err(|error| self.write_error(&error))
    }

    fn convert(&self, bytes: &mut [u8]) {
        if self.converts("swab") {
            bytes.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
        }
        if self.converts("lcase") {
            bytes.make_ascii_lowercase();
        }
        if self.converts("ucase") {
            bytes.make_ascii_uppercase();
        }
    }

    /// Writes the whole blocks of `pending`; with `all` what is left of them too.
    fn drain(
        &mut self,
        pending: &mut Vec<u8>,
        output: &mut dyn Write,
        all: bool,
    ) -> Result<(), String> {
        let block = self.output_block();
        let whole = if all {
            pending.len()
        } else {
            pending.len() / block * block
        };
        for chunk in pending[..whole].chunks(block) {
            output
                .write_all(chunk)
                .map_err(|error| self.write_error(&error))?;
            self.written.add(chunk.len(), block);
            self.bytes += chunk.len() as u64;
        }
        pending.drain(..whole);
        Ok(())
    }

    fn write_error(&self, error: &io::Error) -> String {
        format!(
            "error writing {}: {}",
            quoted(self.output.as_deref().unwrap_or("standard output")),
            plain(error)
        )
    }

    /// The records on one line each and the bytes, the time and the rate on another, as GNU's.
    fn report(&self, start: isobox_guest::stat::Time) {
        if self.status == "none" {
            return;
        }
        eprintln!(
            "{}+{} records in\n{}+{} records out",
            self.read.whole, self.read.partial, self.written.whole, self.written.partial
        );
        if self.status == "noxfer" {
            return;
        }
        let now = time::now();
        let nanoseconds = (i128::from(now.seconds) - i128::from(start.seconds)) * 1_000_000_000
            + i128::from(now.nanoseconds)
            - i128::from(start.nanoseconds);
        let nanoseconds = nanoseconds.max(1) as u128;
        let rate =
            u64::try_from(u128::from(self.bytes) * 1_000_000_000 / nanoseconds).unwrap_or(u64::MAX);
        let noun = if self.bytes == 1 { "byte" } else { "bytes" };
        let mut sizes = String::new();
        if self.bytes >= 1000 {
            sizes = format!(" ({}", unit(self.bytes, Scale::Si));
            if self.bytes >= 1024 {
                sizes = format!("{sizes}, {}", unit(self.bytes, Scale::Human));
            }
            sizes.push(')');
        }
        let seconds = format!(
            "{}.{:06}",
            nanoseconds / 1_000_000_000,
            nanoseconds / 1000 % 1_000_000
        );
        eprintln!(
            "{} {noun}{sizes} copied, {seconds} s, {}/s",
            self.bytes,
            unit(rate, Scale::Si)
        );
    }
}

/// `1.0k` as `dd` writes it: `1.0 kB`, in powers of 1024 `1.0 KiB`.
fn unit(bytes: u64, scale: Scale) -> String {
    let shown = scale.show(bytes);
    match shown.strip_suffix(|c: char| c.is_ascii_alphabetic()) {
        Some(digits) => {
            let letter = &shown[digits.len()..];
            format!(
                "{digits} {letter}{}",
                if scale == Scale::Human { "iB" } else { "B" }
            )
        }
        None => format!("{shown} B"),
    }
}

/// One read, or as many as fill the block.
fn read_block(input: &mut dyn Read, buffer: &mut [u8], full: bool) -> io::Result<usize> {
    let mut filled = 0;
    loop {
        let count = input.read(&mut buffer[filled..])?;
        filled += count;
        if count == 0 || !full || filled == buffer.len() {
            return Ok(filled);
        }
    }
}

fn list(value: &str, known: &[&str], what: &str, into: &mut Vec<String>) -> Result<(), String> {
    for word in value.split(',') {
        if !known.contains(&word) {
            return Err(format!(
                "invalid {what}: {}\nTry 'dd --help' for more information.",
                in_prose(word)
            ));
        }
        into.push(word.to_owned());
    }
    Ok(())
}

fn status(value: &str) -> Result<String, String> {
    match value {
        "none" | "noxfer" | "progress" => Ok(value.to_owned()),
        _ => Err(format!(
            "invalid status level: {}\nTry 'dd --help' for more information.",
            in_prose(value)
        )),
    }
}

fn block(value: &str) -> Result<usize, String> {
    match number(value)? {
        0 => Err(format!("invalid number: {}", in_prose(value))),
        bytes if bytes > BLOCK_BYTES_MAX => Err("memory exhausted".to_owned()),
        bytes => Ok(bytes as usize),
    }
}

/// `4k`, `1M`, `2x512`, `3b`.
fn number(value: &str) -> Result<u64, String> {
    let invalid = || format!("invalid number: {}", in_prose(value));
    value.split('x').try_fold(1_u64, |product, factor| {
        let digits = factor.len()
            - factor
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        let count: u64 = factor[..digits].parse().map_err(|_| invalid())?;
        let unit = match &factor[digits..] {
            "" | "c" => 1,
            "w" => 2,
            "b" => 512,
            suffix => match Scale::named(suffix) {
                Some(Scale::Blocks(bytes)) => bytes,
                _ => return Err(invalid()),
            },
        };
        count
            .checked_mul(unit)
            .and_then(|bytes| bytes.checked_mul(product))
            .ok_or_else(invalid)
    })
}

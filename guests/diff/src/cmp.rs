//! `cmp`: the first byte in which two files differ, or all of them.

use crate::help::{PACKAGE, wrong};
use gnu::getopt::{Order, Parsed, Spec, Takes, read};
use isobox_guest::{Arguments, plain};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("b", "print-bytes", Nothing),
    Spec("i", "ignore-initial", Value),
    Spec("l", "verbose", Nothing),
    Spec("n", "bytes", Value),
    Spec("s", "quiet", Nothing),
    Spec("", "silent", Nothing),
    Spec("", "help", Nothing),
    Spec("v", "version", Nothing),
];

pub fn cmp(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    let parsed = match read(words.iter().cloned(), SPECS, Order::Permute) {
        Ok(parsed) => parsed,
        Err(message) => return wrong("cmp", &message),
    };
    if let Some(status) = PACKAGE.answered("cmp", &parsed) {
        return status;
    }
    let job = match Job::new(&parsed) {
        Ok(job) => job,
        Err(message) => return wrong("cmp", &message),
    };
    match job.run() {
        Ok(status) => status,
        Err((name, error)) => {
            if !job.silent {
                eprintln!("cmp: {name}: {}", plain(&error));
            }
            2
        }
    }
}

/// What was asked for.
struct Job {
    names: [String; 2],
    skips: [u64; 2],
    limit: u64,
    print_bytes: bool,
    all: bool,
    silent: bool,
}

/// A file that could not be read, and why.
type Failure = (String, io::Error);

impl Job {
    fn new(parsed: &Parsed) -> Result<Self, String> {
        let mut skips = [0, 0];
        if let Some(text) = parsed.value("ignore-initial") {
            let (first, second) = text.split_once(':').unwrap_or((text, text));
            let invalid = || format!("invalid --ignore-initial value '{text}'");
            skips = [
                size(first).ok_or_else(invalid)?,
                size(second).ok_or_else(invalid)?,
            ];
        }
        let limit = match parsed.value("bytes") {
            None => u64::MAX,
            Some(text) => size(text).ok_or_else(|| format!("invalid --bytes value '{text}'"))?,
        };
        let silent = parsed.has("quiet") || parsed.has("silent");
        if silent && parsed.has("verbose") {
            return Err("options -l and -s are incompatible".to_owned());
        }
        let mut operands = parsed.operands.iter();
        let first = operands.next().ok_or("missing operand after 'cmp'")?;
        let second = operands.next().map_or("-", String::as_str);
        for skip in &mut skips {
            if let Some(text) = operands.next() {
                *skip =
                    size(text).ok_or_else(|| format!("invalid --ignore-initial value '{text}'"))?;
            }
        }
        if let Some(extra) = operands.next() {
            return Err(format!("extra operand '{extra}'"));
        }
        Ok(Self {
            names: [first.clone(), second.to_owned()],
            skips,
            limit,
            print_bytes: parsed.has("print-bytes"),
            all: parsed.has("verbose"),
            silent,
        })
    }

    fn run(&self) -> Result<i32, Failure> {
        let [first, second] = [self.read(0)?, self.read(1)?];
        let shorter = first.len().min(second.len());
        if self.all {
            self.list(&first, &second)?;
        } else if let Some(at) = first_difference(&first[..shorter], &second[..shorter]) {
            self.tell_first(&first, &second, at);
            return Ok(1);
        }
        if first.len() != second.len() {
            let side = usize::from(second.len() < first.len());
            self.tell_end(side, if side == 0 { &first } else { &second });
            return Ok(1);
        }
        let differs = self.all && first != second;
        Ok(i32::from(differs))
    }

    /// The bytes of a file that are compared.
    fn read(&self, side: usize) -> Result<Vec<u8>, Failure> {
        let name = &self.names[side];
        let fail = |error| (name.clone(), error);
        let mut bytes = Vec::new();
        let limit = self.limit.saturating_add(self.skips[side]);
        let source: &mut dyn Read = match &name[..] {
            "-" => &mut io::stdin(),
            _ => {
                if std::path::Path::new(name).is_dir() {
                    return Err(fail(io::Error::from_raw_os_error(libc::EISDIR)));
                }
                &mut File::open(name).map_err(fail)?
            }
        };
        source.take(limit).read_to_end(&mut bytes).map_err(fail)?;
        let skip = usize::try_from(self.skips[side])
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        bytes.drain(..skip);
        Ok(bytes)
    }

    fn tell_first(&self, first: &[u8], second: &[u8], at: usize) {
        if self.silent {
            return;
        }
        let line = memchr::memchr_iter(b'\n', &first[..at]).count() + 1;
        print!(
            "{} {} differ: byte {}, line {line}",
            self.names[0],
            self.names[1],
            at + 1
        );
        if self.print_bytes {
            let (a, b) = (first[at], second[at]);
            print!(" is {a:3o} {} {b:3o} {}", shown(a), shown(b));
        }
        println!();
    }

    fn list(&self, first: &[u8], second: &[u8]) -> Result<(), Failure> {
        let longest = (first.len().max(second.len()) as u64).min(self.limit);
        let width = longest.to_string().len();
        let mut out = BufWriter::new(io::stdout());
        for (at, (a, b)) in first
            .iter()
            .zip(second)
            .enumerate()
            .filter(|(_, (a, b))| a != b)
        {
            let place = at + 1;
            let written = match self.print_bytes {
                true => writeln!(
                    out,
                    "{place:>width$} {a:3o} {:<4} {b:3o} {}",
                    shown(*a),
                    shown(*b)
                ),
                false => writeln!(out, "{place:>width$} {a:3o} {b:3o}"),
            };
            written.map_err(|error| ("write error".to_owned(), error))?;
        }
        out.flush()
            .map_err(|error| ("write error".to_owned(), error))
    }

    fn tell_end(&self, side: usize, bytes: &[u8]) {
        if self.silent {
            return;
        }
        let _ = io::stdout().flush();
        let name = &self.names[side];
        if bytes.is_empty() {
            return eprintln!("cmp: EOF on {name} which is empty");
        }
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        let count = bytes.len();
        match (self.all, bytes.ends_with(b"\n")) {
            (true, _) => eprintln!("cmp: EOF on {name} after byte {count}"),
            (false, true) => eprintln!("cmp: EOF on {name} after byte {count}, line {lines}"),
            (false, false) => eprintln!(
                "cmp: EOF on {name} after byte {count}, in line {}",
                lines + 1
            ),
        }
    }
}

/// Where two runs of bytes of the same length first differ.
fn first_difference(first: &[u8], second: &[u8]) -> Option<usize> {
    const BLOCK: usize = 1 << 12;
    let mut start = 0;
    for (a, b) in first.chunks(BLOCK).zip(second.chunks(BLOCK)) {
        if a != b {
            return a
                .iter()
                .zip(b)
                .position(|(a, b)| a != b)
                .map(|at| start + at);
        }
        start += a.len();
    }
    None
}

/// A byte as `-b` shows it.
fn shown(byte: u8) -> String {
    let (prefix, low) = if byte >= 128 {
        ("M-", byte - 128)
    } else {
        ("", byte)
    };
    match low {
        0..32 => format!("{prefix}^{}", char::from(low + 64)),
        127 => format!("{prefix}^?"),
        low => format!("{prefix}{}", char::from(low)),
    }
}

/// A number of bytes with a suffix.
fn size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    let suffix = &text[digits.len()..];
    let power = |letter: &str| {
        "kmgtpezy"
            .find(&letter.to_lowercase())
            .map(|at| at as u32 + 1)
    };
    let (base, exponent) = match suffix {
        "" => return Some(number),
        "kB" | "KB" => (1000_u64, 1),
        _ if suffix.len() == 2 && suffix.ends_with('B') => (1000, power(&suffix[..1])?),
        _ if suffix.len() == 1 => (1024, power(suffix)?),
        _ if suffix.len() == 3 && suffix.ends_with("iB") => (1024, power(&suffix[..1])?),
        _ => return None,
    };
    number.checked_mul(base.checked_pow(exponent)?)
}

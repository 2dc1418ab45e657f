//! `cat`: files one after another, of whatever kind they are; uutils' version takes only regular files on WASI.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::words;
use isobox_guest::stat::{Kind, Stat, fstat};
use isobox_guest::{Arguments, plain};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::sync::{Mutex, PoisonError};

static SPECS: &[Spec] = &[
    Spec("A", "show-all", Takes::Nothing),
    Spec("b", "number-nonblank", Takes::Nothing),
    Spec("e", "", Takes::Nothing),
    Spec("E", "show-ends", Takes::Nothing),
    Spec("n", "number", Takes::Nothing),
    Spec("s", "squeeze-blank", Takes::Nothing),
    Spec("t", "", Takes::Nothing),
    Spec("T", "show-tabs", Takes::Nothing),
    Spec("u", "", Takes::Nothing),
    Spec("v", "show-nonprinting", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

/// Bytes read at once: what a pipe holds.
const BLOCK_BYTES: usize = 64 << 10;

/// Not on the heap, where it would be zeroed first.
static BLOCK: Mutex<[u8; BLOCK_BYTES]> = Mutex::new([0; BLOCK_BYTES]);

/// What is done with the bytes on their way.
#[derive(Default)]
struct Changes {
    number: bool,
    number_nonblank: bool,
    ends: bool,
    tabs: bool,
    nonprinting: bool,
    squeeze: bool,
}

/// Where in the output we stand, across files.
struct Place {
    line: u64,
    at_line_start: bool,
    blank_lines: u32,
    /// A carriage return that may turn out to belong to the end of a line.
    held_return: bool,
}

pub fn cat(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("cat", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("cat", &parsed) {
        return status;
    }
    let changes = Changes::of(&parsed);
    let mut place = Place {
        line: 0,
        at_line_start: true,
        blank_lines: 0,
        held_return: false,
    };
    let standard_input = ["-".to_owned()];
    let names = match &parsed.operands[..] {
        [] => &standard_input[..],
        names => names,
    };
    let mut status = 0;
    for name in names {
        match copy(name, &changes, &mut place) {
            Ok(()) => {}
            Err(Failure::Input(reason)) => {
                eprintln!("cat: {name}: {reason}");
                status = 1;
            }
            Err(Failure::Output(error)) => {
                eprintln!("cat: write error: {}", plain(&error));
                return 1;
            }
        }
    }
    if place.held_return
        && let Err(error) = io::stdout().write_all(b"\r")
    {
        eprintln!("cat: write error: {}", plain(&error));
        return 1;
    }
    status
}

enum Failure {
    Input(String),
    Output(io::Error),
}

impl Changes {
    fn of(parsed: &Parsed) -> Changes {
        let has = |key| parsed.has(key);
        let all = has("show-all");
        Changes {
            number: has("number") && !has("number-nonblank"),
            number_nonblank: has("number-nonblank"),
            ends: has("show-ends") || all || has("e"),
            tabs: has("show-tabs") || all || has("t"),
            nonprinting: has("show-nonprinting") || all || has("e") || has("t"),
            squeeze: has("squeeze-blank"),
        }
    }

    fn any(&self) -> bool {
        self.number
            || self.number_nonblank
            || self.ends
            || self.tabs
            || self.nonprinting
            || self.squeeze
    }
}

fn copy(name: &str, changes: &Changes, place: &mut Place) -> Result<(), Failure> {
    let input = |error: io::Error| Failure::Input(plain(&error));
    if name == "-" {
        return stream(&mut io::stdin().lock(), 0, changes, place);
    }
    let mut file = File::open(name).map_err(input)?;
    let stat = fstat(file.as_raw_fd()).map_err(input)?;
    if stat.kind == Kind::Directory {
        return Err(Failure::Input("Is a directory".to_owned()));
    }
    if would_never_end(&stat) {
        return Err(Failure::Input("input file is output file".to_owned()));
    }
    let descriptor = file.as_raw_fd();
    stream(&mut file, descriptor, changes, place)
}

/// Whether a file is written to as it is read, and has something to read.
fn would_never_end(input: &Stat) -> bool {
    input.kind == Kind::Regular
        && input.bytes > 0
        && fstat(1).is_ok_and(|output| {
            output.kind == Kind::Regular
                && (output.device, output.inode) == (input.device, input.inode)
        })
}

fn stream(
    input: &mut impl Read,
    descriptor: i32,
    changes: &Changes,
    place: &mut Place,
) -> Result<(), Failure> {
    if fstat(descriptor).is_ok_and(|stat| stat.kind == Kind::Directory) {
        return Err(Failure::Input("Is a directory".to_owned()));
    }
    let mut block = BLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let mut changed = Vec::new();
    // Past Rust's own buffer, which looks for line ends.
    let mut output = unbuffered_stdout();
    loop {
        let length = match input.read(&mut *block) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::Input(plain(&error))),
        };
        let bytes = if changes.any() {
            changed.clear();
            change(&block[..length], changes, place, &mut changed);
            &changed[..]
        } else {
            &block[..length]
        };
        output.write_all(bytes).map_err(Failure::Output)?;
    }
}

/// Standard output without a buffer in front.
fn unbuffered_stdout() -> impl Write {
    use std::mem::ManuallyDrop;
    use std::os::fd::FromRawFd;

    struct Stdout(ManuallyDrop<File>);
    impl Write for Stdout {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    // SAFETY: descriptor 1 is not closed, for the file is never dropped.
    Stdout(ManuallyDrop::new(unsafe { File::from_raw_fd(1) }))
}

fn change(bytes: &[u8], changes: &Changes, place: &mut Place, out: &mut Vec<u8>) {
    for &byte in bytes {
        if byte == b'\n' {
            end_line(changes, place, out);
            continue;
        }
        place.blank_lines = 0;
        if std::mem::take(&mut place.at_line_start) && (changes.number || changes.number_nonblank) {
            number(place, out);
        }
        if std::mem::take(&mut place.held_return) {
            out.push(b'\r');
        }
        match byte {
            b'\r' if changes.ends && !changes.nonprinting => place.held_return = true,
            b'\t' if changes.tabs => out.extend(b"^I"),
            b'\t' => out.push(b'\t'),
            _ if changes.nonprinting => show(byte, out),
            _ => out.push(byte),
        }
    }
}

fn end_line(changes: &Changes, place: &mut Place, out: &mut Vec<u8>) {
    if place.at_line_start {
        place.blank_lines += 1;
        if changes.squeeze && place.blank_lines > 1 {
            return;
        }
        if changes.number {
            number(place, out);
        }
    }
    if std::mem::take(&mut place.held_return) {
        out.extend(b"^M");
    }
    if changes.ends {
        out.push(b'$');
    }
    out.push(b'\n');
    place.at_line_start = true;
}

fn number(place: &mut Place, out: &mut Vec<u8>) {
    place.line += 1;
    out.extend(format!("{:6}\t", place.line).bytes());
}

/// `^A`, `M-b`, `M-^?`: what has no shape of its own.
fn show(byte: u8, out: &mut Vec<u8>) {
    let low = byte & 0x7f;
    if byte >= 0x80 {
        out.extend(b"M-");
    }
    match low {
        0x7f => out.extend(b"^?"),
        0..0x20 => out.extend([b'^', low + 0x40]),
        _ => out.push(low),
    }
}

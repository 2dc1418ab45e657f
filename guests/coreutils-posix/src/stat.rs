//! `stat`.

use crate::df::FILE_SYSTEM;
use crate::help::PACKAGE;
use crate::user::{group_name, user_name};
use gnu::getopt::{Order, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::{self, Style, quoted};
use gnu::time;
use gnu::words;
use isobox_guest::stat::{FILE_GID, FILE_UID, Kind, Stat, Time};
use isobox_guest::{Arguments, plain};
use std::io;
use std::path::Path;

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("L", "dereference", Nothing),
    Spec("f", "file-system", Nothing),
    Spec("c", "format", Value),
    Spec("", "printf", Value),
    Spec("t", "terse", Nothing),
    Spec("", "cached", Value),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

const LONG: &str = "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n\
    Device: %Hd,%Ld\tInode: %-10i  Links: %h\n\
    Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n\
    Access: %x\nModify: %y\nChange: %z\n Birth: %w\n";
const TERSE: &str = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";
const LONG_SYSTEM: &str = "  File: \"%n\"\n    ID: %-8i Namelen: %-7l Type: %T\nBlock size: %-10s Fundamental block size: %S\n";
const TERSE_SYSTEM: &str = "%n %i %l %t %s %S\n";

const BLOCK_BYTES: u64 = 512;
const PAGE_BYTES: u64 = 4096;
const NAME_BYTES_MAX: u64 = 255;

pub fn stat(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("stat", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("stat", &parsed) {
        return status;
    }
    if parsed.operands.is_empty() {
        return wrong("stat", "missing operand");
    }
    let system = parsed.has("file-system");
    let format = match (parsed.value("printf"), parsed.value("format")) {
        (Some(format), _) => unescape(format),
        (_, Some(format)) => format!("{format}\n"),
        _ => match (parsed.has("terse"), system) {
            (true, true) => TERSE_SYSTEM,
            (true, false) => TERSE,
            (false, true) => LONG_SYSTEM,
            (false, false) => LONG,
        }
        .to_owned(),
    };
    // Only in the default layout does a plain name go without its quotes.
    let style = if parsed.has("format") || parsed.has("printf") {
        Style::ShellEscapeAlways
    } else {
        Style::Literal
    };
    let mut status = 0;
    for name in &parsed.operands {
        match look(name, parsed.has("dereference") || system) {
            Ok(stat) => print!(
                "{}",
                Subject {
                    name,
                    stat,
                    system,
                    style
                }
                .format(&format)
            ),
            Err(error) => {
                let what = if system {
                    "cannot read file system information for"
                } else {
                    "cannot statx"
                };
                eprintln!("stat: {what} {}: {}", quoted(name), plain(&error));
                status = 1;
            }
        }
    }
    status
}

/// `-` is standard input.
fn look(name: &str, follow: bool) -> io::Result<Stat> {
    match name {
        "-" => isobox_guest::stat::fstat(0),
        name => isobox_guest::stat::stat(Path::new(name), follow),
    }
}

/// What the directives of a format speak of.
struct Subject<'a> {
    name: &'a str,
    stat: Stat,
    system: bool,
    style: Style,
}

impl Subject<'_> {
    fn format(&self, format: &str) -> String {
        let mut text = String::new();
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            let directive = Directive::read(&rest[at + 1..]);
            text.push_str(&directive.pad(self.value(&directive)));
            rest = &rest[at + 1 + directive.length..];
        }
        text + rest
    }

    fn value(&self, directive: &Directive) -> String {
        match (directive.letter, self.system) {
            (None, _) => "%".to_owned(),
            (Some('%'), _) => "%".to_owned(),
            (Some('n'), _) => self.name.to_owned(),
            (Some(letter), true) => system_value(letter),
            (Some(letter), false) => self.file_value(letter, directive.half),
        }
    }

    fn file_value(&self, letter: char, half: Option<char>) -> String {
        let stat = &self.stat;
        match letter {
            'N' => self.quoted_name(),
            'a' => format!("{:o}", stat.mode),
            'A' => stat.letters(),
            'b' => stat.blocks.to_string(),
            'B' => BLOCK_BYTES.to_string(),
            'd' => match half {
                Some('H') => (stat.device >> 8).to_string(),
                Some('L') => (stat.device & 0xff).to_string(),
                _ => stat.device.to_string(),
            },
            'D' => format!("{:x}", stat.device),
            'f' => format!("{:x}", stat.raw_mode()),
            'F' => kind_name(stat).to_owned(),
            'g' => FILE_GID.to_string(),
            'G' => group_name(false),
            'u' => FILE_UID.to_string(),
            'U' => user_name(false),
            'h' => stat.links.to_string(),
            'i' => stat.inode.to_string(),
            'm' => "/".to_owned(),
            'o' => PAGE_BYTES.to_string(),
            's' => stat.bytes.to_string(),
            't' | 'T' | 'r' | 'R' | 'W' => "0".to_owned(),
            'C' => "?".to_owned(),
            'w' => "-".to_owned(),
            'x' => stamp(stat.accessed),
            'y' => stamp(stat.modified),
            'z' => stamp(stat.changed),
            'X' => stat.accessed.seconds.to_string(),
            'Y' => stat.modified.seconds.to_string(),
            'Z' => stat.changed.seconds.to_string(),
            _ => "?".to_owned(),
        }
    }

    fn quoted_name(&self) -> String {
        let name = quote::apply(self.name, self.style);
        match std::fs::read_link(self.name) {
            Ok(target) if self.stat.kind == Kind::Symlink => {
                format!(
                    "{name} -> {}",
                    quote::apply(&target.to_string_lossy(), self.style)
                )
            }
            _ => name,
        }
    }
}

fn system_value(letter: char) -> String {
    match letter {
        'i' | 't' => "0".to_owned(),
        'l' => NAME_BYTES_MAX.to_string(),
        's' | 'S' => PAGE_BYTES.to_string(),
        'T' => FILE_SYSTEM.to_owned(),
        // Sizes, which preview 1 doesn't tell.
        _ => "?".to_owned(),
    }
}

fn stamp(time: Time) -> String {
    time::format(time, "%Y-%m-%d %H:%M:%S.%N %z")
}

fn kind_name(stat: &Stat) -> &'static str {
    match stat.kind {
        Kind::Regular if stat.bytes == 0 => "regular empty file",
        Kind::Regular => "regular file",
        Kind::Directory => "directory",
        Kind::Symlink => "symbolic link",
        Kind::CharacterDevice => "character special file",
        Kind::BlockDevice => "block special file",
        Kind::Pipe => "fifo",
        Kind::Socket => "socket",
    }
}

/// `%-10s`: flags, width, precision, `H` or `L`, and the letter.
#[derive(Default)]
struct Directive {
    left: bool,
    zeros: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
    half: Option<char>,
    letter: Option<char>,
    /// Bytes after the percent sign.
    length: usize,
}

impl Directive {
    fn read(text: &str) -> Self {
        let mut directive = Self::default();
        let mut letters = text.char_indices().peekable();
        while let Some((_, flag)) = letters.next_if(|(_, c)| "-0#+ '".contains(*c)) {
            directive.left |= flag == '-';
            directive.zeros |= flag == '0';
            directive.alternate |= flag == '#';
        }
        while let Some((_, digit)) = letters.next_if(|(_, c)| c.is_ascii_digit()) {
            directive.width = directive
                .width
                .saturating_mul(10)
                .saturating_add(digit as usize - '0' as usize);
        }
        if letters.next_if(|(_, c)| *c == '.').is_some() {
            let mut precision = 0_usize;
            while let Some((_, digit)) = letters.next_if(|(_, c)| c.is_ascii_digit()) {
                precision = precision
                    .saturating_mul(10)
                    .saturating_add(digit as usize - '0' as usize);
            }
            directive.precision = Some(precision);
        }
        directive.half = letters.next_if(|(_, c)| "HL".contains(*c)).map(|(_, c)| c);
        directive.letter = letters.next().map(|(_, c)| c);
        directive.length = letters.peek().map_or(text.len(), |(at, _)| *at);
        directive
    }

    fn pad(&self, value: String) -> String {
        let is_time = matches!(
            self.letter,
            Some('x' | 'y' | 'z' | 'X' | 'Y' | 'Z' | 'w' | 'W')
        );
        let value = match self.precision {
            Some(most) if !is_time => value.chars().take(most).collect(),
            _ => value,
        };
        let value = match self.letter {
            Some('a') if self.alternate => format!("0{value}"),
            Some('f' | 'D' | 't' | 'T') if self.alternate => format!("0x{value}"),
            _ => value,
        };
        // A machine's memory is no place for a field wider than any terminal.
        let width = self.width.min(4096);
        match (self.left, self.zeros) {
            (true, _) => format!("{value:<width$}"),
            (_, true) => format!("{value:0>width$}"),
            _ => format!("{value:>width$}"),
        }
    }
}

/// The backslash escapes of `--printf`.
fn unescape(format: &str) -> String {
    let mut text = String::new();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('a') => text.push('\u{7}'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('v') => text.push('\u{b}'),
            Some('e') => text.push('\u{1b}'),
            Some('0') => text.push('\0'),
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
    }
    text
}

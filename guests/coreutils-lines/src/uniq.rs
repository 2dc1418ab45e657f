//! `uniq`: lines that follow their like.

use crate::help::PACKAGE;
use crate::input::{Input, Pieces, lines};
use crate::number;
use gnu::decimal::Decimal;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::scan;
use gnu::stream::Output;
use isobox_guest::{Arguments, plain};
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::IntoRawFd as _;

static SPECS: &[Spec] = &[
    Spec("c", "count", Takes::Nothing),
    Spec("d", "repeated", Takes::Nothing),
    Spec("D", "", Takes::Nothing),
    Spec("", "all-repeated", Takes::Maybe),
    Spec("f", "skip-fields", Takes::Value),
    Spec("", "group", Takes::Maybe),
    Spec("i", "ignore-case", Takes::Nothing),
    Spec("s", "skip-chars", Takes::Value),
    Spec("u", "unique", Takes::Nothing),
    Spec("z", "zero-terminated", Takes::Nothing),
    Spec("w", "check-chars", Takes::Value),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

/// What is put between groups.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    None,
    Prepend,
    Append,
    Separate,
    Both,
}

struct Uniq {
    count: bool,
    /// Lines without their like are shown, and the first of those with.
    singles: bool,
    repeated: bool,
    /// All lines of a group are shown.
    all: bool,
    gap: Gap,
    skip_fields: usize,
    skip_bytes: usize,
    check_bytes: usize,
    ignore_case: bool,
    end: u8,
}

pub fn uniq(arguments: Arguments) -> i32 {
    let words = modern(gnu::words(arguments).collect());
    let Some(parsed) = parse("uniq", words.into_iter(), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("uniq", &parsed) {
        return status;
    }
    let uniq = match Uniq::read(&parsed) {
        Ok(uniq) => uniq,
        Err(Wrong::Usage(message)) => return wrong("uniq", &message),
        Err(Wrong::Value(message)) => {
            eprintln!("uniq: {message}");
            return 1;
        }
    };
    let (input, out) = match &parsed.operands[..] {
        [] => ("-", "-"),
        [input] => (&input[..], "-"),
        [input, out] => (&input[..], &out[..]),
        [_, _, extra, ..] => return wrong("uniq", &format!("extra operand ‘{extra}’")),
    };
    match uniq.run(input, out) {
        Ok(()) => 0,
        Err(message) => {
            eprintln!("uniq: {message}");
            1
        }
    }
}

enum Wrong {
    Usage(String),
    Value(String),
}

/// `-N` skips fields, as it was long ago.
fn modern(words: Vec<String>) -> Vec<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let takes_value = |word: &str| {
        let long = ["--skip-fields", "--skip-chars", "--check-chars"].contains(&word);
        long || (!word.starts_with("--")
            && word.starts_with('-')
            && word.ends_with(['f', 's', 'w']))
    };
    let (mut options, mut is_value) = (true, false);
    words
        .into_iter()
        .map(|word| {
            options &= word != "--";
            let is_option = options && !is_value;
            is_value = is_option && takes_value(&word);
            match word.strip_prefix('-') {
                Some(number) if is_option && digits(number) => format!("-f{number}"),
                _ => word,
            }
        })
        .collect()
}

fn method(key: &str, value: &str, known: &[(&str, Gap)]) -> Result<Gap, Wrong> {
    let mut begins = known.iter().filter(|(name, _)| name.starts_with(value));
    match (begins.next(), begins.next()) {
        (Some((_, gap)), None) => Ok(*gap),
        (first, _) => {
            let what = if first.is_some() {
                "ambiguous"
            } else {
                "invalid"
            };
            let names: String = known
                .iter()
                .map(|(name, _)| format!("\n  - ‘{name}’"))
                .collect();
            Err(Wrong::Usage(format!(
                "{what} argument ‘{value}’ for ‘--{key}’\nValid arguments are:{names}"
            )))
        }
    }
}

impl Uniq {
    fn read(parsed: &Parsed) -> Result<Self, Wrong> {
        let mut uniq = Self {
            count: parsed.has("count"),
            singles: !parsed.has("repeated"),
            repeated: !parsed.has("unique"),
            all: false,
            gap: Gap::None,
            skip_fields: 0,
            skip_bytes: 0,
            check_bytes: usize::MAX,
            ignore_case: parsed.has("ignore-case"),
            end: if parsed.has("zero-terminated") {
                0
            } else {
                b'\n'
            },
        };
        let mut grouped = false;
        for (key, value) in &parsed.options {
            let value = value.as_deref();
            let amount = |what: &str| {
                let value = value.unwrap_or_default();
                match number::with_suffix(value) {
                    Ok(number) if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                        Ok(usize::try_from(number).unwrap_or(usize::MAX))
                    }
                    // What is too large is as good as no bound.
                    Err(reason) if !reason.is_empty() => Ok(usize::MAX),
                    _ => Err(Wrong::Value(format!("{value}: invalid number of {what}"))),
                }
            };
            match *key {
                "skip-fields" => uniq.skip_fields = amount("fields to skip")?,
                "skip-chars" => uniq.skip_bytes = amount("bytes to skip")?,
                "check-chars" => uniq.check_bytes = amount("bytes to compare")?,
                "D" | "all-repeated" => {
                    let known = [
                        ("none", Gap::None),
                        ("prepend", Gap::Prepend),
                        ("separate", Gap::Separate),
                    ];
                    (uniq.all, uniq.singles) = (true, false);
                    uniq.gap = value.map_or(Ok(Gap::None), |value| method(key, value, &known))?;
                }
                "group" => {
                    let known = [
                        ("prepend", Gap::Prepend),
                        ("append", Gap::Append),
                        ("separate", Gap::Separate),
                        ("both", Gap::Both),
                    ];
                    grouped = true;
                    uniq.gap =
                        value.map_or(Ok(Gap::Separate), |value| method(key, value, &known))?;
                }
                _ => {}
            }
        }
        let usage = |message: &str| Err(Wrong::Usage(message.to_owned()));
        if grouped && (uniq.count || !uniq.singles || !uniq.repeated) {
            return usage("--group is mutually exclusive with -c/-d/-D/-u");
        }
        if uniq.all && uniq.count {
            return usage("printing all duplicated lines and repeat counts is meaningless");
        }
        uniq.all |= grouped;
        Ok(uniq)
    }

    fn run(&self, input: &str, out: &str) -> Result<(), String> {
        let reader = Input::open(input).map_err(|error| format!("{input}: {}", plain(&error)))?;
        let mut output = match out {
            "-" => Output::stdout(),
            out => {
                let file =
                    File::create(out).map_err(|error| format!("{out}: {}", plain(&error)))?;
                Output::descriptor(file.into_raw_fd())
            }
        };
        match self.filter(Pieces::new(reader), &mut output) {
            Err(_) => Err(format!("error reading '{input}'")),
            Ok(written) => written
                .and_then(|()| output.flush())
                .map_err(|error| format!("write error: {}", plain(&error))),
        }
    }

    /// The outer error is one of reading, the inner one of writing.
    fn filter(&self, mut pieces: Pieces, output: &mut Output) -> io::Result<io::Result<()>> {
        let mut group = Group {
            first: Vec::new(),
            count: 0,
            out: Vec::new(),
            any: false,
        };
        while let Some(piece) = pieces.next_lines(self.end)? {
            for line in lines(piece, self.end) {
                self.line(line, &mut group);
            }
            if let Err(error) = output.put(&group.out) {
                return Ok(Err(error));
            }
            group.out.clear();
        }
        self.finish(&mut group);
        if group.any && matches!(self.gap, Gap::Append | Gap::Both) {
            group.out.push(self.end);
        }
        Ok(output.put(&group.out))
    }

    fn line(&self, line: &[u8], group: &mut Group) {
        if group.count > 0 && self.alike(&group.first, line) {
            group.count += 1;
            if self.all {
                // Of a group that is only shown when it is one, the first line waited.
                if group.count == 2 && !self.singles {
                    self.begin_group(group);
                    self.show_first(group);
                }
                self.show(line, &mut group.out);
            }
            return;
        }
        self.finish(group);
        group.first.clear();
        group.first.extend_from_slice(line);
        group.count = 1;
        if self.all && self.singles {
            self.begin_group(group);
            self.show(line, &mut group.out);
        }
    }

    /// What is said of a group when it ends.
    fn finish(&self, group: &mut Group) {
        if group.count == 0 || self.all {
            return;
        }
        let wanted = if group.count == 1 {
            self.singles
        } else {
            self.repeated
        };
        if !wanted {
            return;
        }
        if self.count {
            let mut room = Decimal::new();
            group.out.extend_from_slice(room.padded(group.count, 7));
            group.out.push(b' ');
        }
        self.show_first(group);
    }

    fn begin_group(&self, group: &mut Group) {
        let before = match self.gap {
            Gap::None => false,
            Gap::Prepend | Gap::Both => true,
            Gap::Append | Gap::Separate => group.any,
        };
        if before {
            group.out.push(self.end);
        }
        group.any = true;
    }

    fn show_first(&self, group: &mut Group) {
        group.out.extend_from_slice(&group.first);
        group.out.push(self.end);
    }

    fn show(&self, line: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(line);
        out.push(self.end);
    }

    fn alike(&self, one: &[u8], other: &[u8]) -> bool {
        let (one, other) = (self.compared(one), self.compared(other));
        match self.ignore_case {
            false => scan::same(one, other),
            true => one.eq_ignore_ascii_case(other),
        }
    }

    /// The part of a line that counts.
    fn compared<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let mut rest = line;
        for _ in 0..self.skip_fields {
            if rest.is_empty() {
                break;
            }
            let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
            rest = &rest[blanks..];
            let field = rest.iter().take_while(|byte| !is_blank(**byte)).count();
            rest = &rest[field..];
        }
        rest = &rest[self.skip_bytes.min(rest.len())..];
        &rest[..self.check_bytes.min(rest.len())]
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

struct Group {
    first: Vec<u8>,
    count: u64,
    out: Vec<u8>,
    /// One was shown.
    any: bool,
}

//! The options of `xargs`.

use gnu::getopt::{Order, Parsed, Spec, Takes, parse as getopt};
use isobox_guest::Arguments;

use Takes::{Maybe, Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("0", "null", Nothing),
    Spec("a", "arg-file", Value),
    Spec("d", "delimiter", Value),
    Spec("E", "", Value),
    Spec("e", "eof", Maybe),
    Spec("I", "", Value),
    Spec("i", "replace", Maybe),
    Spec("L", "", Value),
    Spec("l", "max-lines", Maybe),
    Spec("n", "max-args", Value),
    Spec("P", "max-procs", Value),
    Spec("r", "no-run-if-empty", Nothing),
    Spec("s", "max-chars", Value),
    Spec("t", "verbose", Nothing),
    Spec("x", "exit", Nothing),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

/// Bytes of a command line unless `-s` says otherwise.
const LINE_BYTES: usize = 128 * 1024;

/// What was asked for.
pub struct Options {
    pub command: Vec<String>,
    pub file: Option<String>,
    pub delimiter: Option<u8>,
    pub end: Option<String>,
    pub replace: Option<String>,
    pub max_words: Option<usize>,
    pub max_lines: Option<usize>,
    pub max_processes: usize,
    pub max_bytes: usize,
    pub not_when_empty: bool,
    pub verbose: bool,
    pub exit_when_too_long: bool,
}

/// The command line after `xargs`, or the status to end with.
pub fn parse(arguments: Arguments) -> Result<Parsed, i32> {
    getopt("xargs", gnu::words(arguments), SPECS, Order::OptionsFirst).ok_or(1)
}

impl Options {
    pub fn new(parsed: &Parsed) -> Result<Self, i32> {
        let mut options = Self {
            command: parsed.operands.clone(),
            file: None,
            delimiter: None,
            end: None,
            replace: None,
            max_words: None,
            max_lines: None,
            max_processes: 1,
            max_bytes: LINE_BYTES,
            not_when_empty: false,
            verbose: false,
            exit_when_too_long: false,
        };
        if options.command.is_empty() {
            options.command.push("echo".to_owned());
        }
        for (key, value) in &parsed.options {
            options.take(key, value.as_deref())?;
        }
        Ok(options)
    }

    fn take(&mut self, key: &str, value: Option<&str>) -> Result<(), i32> {
        let text = value.unwrap_or_default();
        match key {
            "null" => self.delimiter = Some(0),
            "delimiter" => self.delimiter = Some(delimiter(text)?),
            "arg-file" => self.file = Some(text.to_owned()),
            "E" | "eof" => self.end = value.filter(|end| !end.is_empty()).map(str::to_owned),
            "I" | "replace" => {
                self.replace = Some(value.unwrap_or("{}").to_owned());
                self.exclude("replace", "--replace/-I/-i");
            }
            "L" | "max-lines" => {
                let most = value.map_or(Ok(1), |text| number(text, 'L', 1))?;
                self.max_lines = Some(most);
                self.exclude(
                    "max-lines",
                    if key == "L" { "-L" } else { "--max-lines/-l" },
                );
            }
            "max-args" => {
                self.max_words = Some(number(text, 'n', 1)?);
                self.exclude("max-args", "--max-args/-n");
                if self.replace.is_some() && self.max_words == Some(1) {
                    self.max_words = None;
                }
            }
            "max-procs" => {
                let most = number(text, 'P', 0)?;
                self.max_processes = if most == 0 { usize::MAX } else { most };
            }
            "max-chars" => self.max_bytes = number(text, 's', 1)?.min(LINE_BYTES),
            "no-run-if-empty" => self.not_when_empty = true,
            "verbose" => self.verbose = true,
            "exit" => self.exit_when_too_long = true,
            _ => {}
        }
        Ok(())
    }

    /// `-I`, `-L` and `-n` replace each other, the last one given holds.
    fn exclude(&mut self, given: &str, name: &str) {
        let warn = |other: &str| {
            eprintln!(
                "xargs: warning: options {other} and {name} are mutually exclusive, ignoring previous {other} value"
            );
        };
        if given != "max-lines" && self.max_lines.take().is_some() {
            warn("--max-lines");
        }
        if given != "max-args" && self.max_words.take().is_some() {
            warn("--max-args");
        }
        // `-n 1` beside `-I` says nothing new.
        let keeps = given == "max-args" && self.max_words == Some(1);
        if given != "replace" && !keeps && self.replace.take().is_some() {
            warn("--replace");
        }
    }

    /// The bytes that the command and its own arguments take.
    pub fn initial_bytes(&self) -> usize {
        self.command.iter().map(|word| word.len() + 1).sum()
    }
}

fn number(text: &str, option: char, least: usize) -> Result<usize, i32> {
    let help = "Try 'xargs --help' for more information.";
    let Ok(value) = text.trim_start().parse::<i64>() else {
        eprintln!("xargs: invalid number \"{text}\" for -{option} option\n{help}");
        return Err(1);
    };
    match usize::try_from(value).ok().filter(|value| *value >= least) {
        Some(value) => Ok(value),
        None => {
            eprintln!("xargs: value {text} for -{option} option should be >= {least}\n{help}");
            Err(1)
        }
    }
}

/// One byte, or an escape that stands for one.
fn delimiter(text: &str) -> Result<u8, i32> {
    let fail = |message: String| {
        eprintln!("xargs: {message}");
        Err(1)
    };
    let bytes = text.as_bytes();
    match bytes {
        [one] => Ok(*one),
        [b'\\', rest @ ..] => match escape(rest) {
            Some(byte) => Ok(byte),
            None => fail(format!(
                "Invalid escape sequence {text} in input delimiter specification."
            )),
        },
        _ => fail(format!(
            "Invalid input delimiter specification {text}: the delimiter must be either a single character or an escape sequence starting with \\."
        )),
    }
}

fn escape(rest: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(rest).ok()?;
    Some(match rest {
        [b'a'] => 7,
        [b'b'] => 8,
        [b'f'] => 12,
        [b'n'] => b'\n',
        [b'r'] => b'\r',
        [b't'] => b'\t',
        [b'v'] => 11,
        [b'\\'] => b'\\',
        [b'x', ..] => u8::from_str_radix(&text[1..], 16).ok()?,
        _ => u8::from_str_radix(text, 8).ok()?,
    })
}

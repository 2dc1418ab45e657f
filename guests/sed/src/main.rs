//! `sed`, as GNU sed 4.9 answers.
//!
//! [`source`] reads characters of a script and knows where they stand, [`parse`] makes commands of them ([`command`]),
//! [`input`] reads lines from the files one after the other, [`execute`] runs the commands on them, [`substitute`] is `s`, and
//! [`output`] writes.

mod address;
mod command;
mod escapes;
mod execute;
mod help;
mod input;
mod output;
mod parse;
mod parse_s;
mod parse_text;
mod source;
mod substitute;

use gnu::getopt::{Order, Spec, Takes, read};
use isobox_guest::{Arguments, plain};
use source::{Origin, Source};
use std::io::Read as _;

isobox_guest::commands! {
    freeze: (),
    "sed" => sed,
}

/// The command line or the script is wrong.
const BAD_USAGE: i32 = 1;
/// A file could not be read.
const BAD_INPUT: i32 = 2;
/// Something failed while running.
const PANIC: i32 = 4;

static SPECS: &[Spec] = &[
    Spec("b", "binary", Takes::Nothing),
    Spec("E", "regexp-extended", Takes::Nothing),
    Spec("r", "", Takes::Nothing),
    Spec("", "debug", Takes::Nothing),
    Spec("i", "in-place", Takes::Maybe),
    Spec("e", "expression", Takes::Value),
    Spec("f", "file", Takes::Value),
    Spec("l", "line-length", Takes::Value),
    Spec("n", "quiet", Takes::Nothing),
    Spec("", "posix", Takes::Nothing),
    Spec("", "silent", Takes::Nothing),
    Spec("s", "separate", Takes::Nothing),
    Spec("", "sandbox", Takes::Nothing),
    Spec("u", "unbuffered", Takes::Nothing),
    Spec("z", "null-data", Takes::Nothing),
    Spec("", "zero-terminated", Takes::Nothing),
    Spec("", "follow-symlinks", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

/// What the options say.
pub struct Options {
    pub quiet: bool,
    pub extended: bool,
    pub posix: bool,
    pub sandbox: bool,
    /// Each file has its own line numbers and its own last line.
    pub separate: bool,
    /// Edits in place; the suffix of the copies, which may be empty.
    pub in_place: Option<String>,
    pub unbuffered: bool,
    pub follow_links: bool,
    /// What ends a line.
    pub end: u8,
    /// Where `l` breaks lines.
    pub line_length: usize,
    pub utf8: bool,
}

fn sed(arguments: Arguments) -> i32 {
    match run(arguments) {
        Ok(status) | Err(status) => status,
    }
}

fn run(arguments: Arguments) -> Result<i32, i32> {
    let parsed = read(gnu::words(arguments), SPECS, Order::Permute).map_err(|message| {
        eprintln!("sed: {message}\n{}", help::HELP);
        BAD_USAGE
    })?;
    let mut options = initial();
    let mut parser = parse::Parser::default();
    let mut any_script = false;
    for (key, value) in &parsed.options {
        let value = value.as_deref();
        match *key {
            "expression" => {
                any_script = true;
                let number = parser.expressions + 1;
                let text = value.unwrap_or_default().as_bytes().to_vec();
                parser.add(Source::new(text, Origin::Expression(number)), &mut options)?;
            }
            "file" => {
                any_script = true;
                parser.add(script_file(value.unwrap_or_default())?, &mut options)?;
            }
            "help" => {
                println!("{}", help::HELP);
                return Ok(0);
            }
            "version" => {
                println!("{}", help::VERSION);
                return Ok(0);
            }
            key => set(&mut options, key, value)?,
        }
    }
    let mut operands = parsed.operands;
    if !any_script {
        if operands.is_empty() {
            eprintln!("{}", help::HELP);
            return Err(BAD_USAGE);
        }
        let script = operands.remove(0).into_bytes();
        parser.add(Source::new(script, Origin::Expression(1)), &mut options)?;
    }
    let program = parser.finish(&options)?;
    execute::Machine::new(program, &options, operands).run()
}

fn initial() -> Options {
    Options {
        quiet: false,
        extended: false,
        posix: false,
        sandbox: false,
        separate: false,
        in_place: None,
        unbuffered: false,
        follow_links: false,
        end: b'\n',
        line_length: 70,
        utf8: posix_regex::locale_is_utf8(),
    }
}

fn set(options: &mut Options, key: &str, value: Option<&str>) -> Result<(), i32> {
    match key {
        "quiet" | "silent" => options.quiet = true,
        "regexp-extended" | "r" => options.extended = true,
        "posix" => options.posix = true,
        "sandbox" => options.sandbox = true,
        "separate" => options.separate = true,
        "unbuffered" => options.unbuffered = true,
        "null-data" | "zero-terminated" => options.end = 0,
        "follow-symlinks" => options.follow_links = true,
        "in-place" => {
            options.separate = true;
            options.in_place = Some(value.unwrap_or_default().to_owned());
        }
        "line-length" => {
            // As `atoi`: what is no number is zero, which breaks nothing.
            let text = value.unwrap_or_default();
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            options.line_length = text[..digits].parse().unwrap_or(0);
        }
        "debug" => {
            eprintln!("sed: unrecognized option '--debug'\n{}", help::HELP);
            return Err(BAD_USAGE);
        }
        _ => {}
    }
    Ok(())
}

fn script_file(name: &str) -> Result<Source, i32> {
    let mut text = Vec::new();
    let result = match name {
        "-" | "/dev/stdin" => gnu::stream::stdin().read_to_end(&mut text),
        name => std::fs::File::open(name).and_then(|mut file| file.read_to_end(&mut text)),
    };
    match result {
        Ok(_) => Ok(Source::new(text, Origin::File(name.to_owned()))),
        Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => {
            eprintln!("sed: couldn't read {name}: Is a directory");
            Err(PANIC)
        }
        Err(error) => {
            eprintln!("sed: couldn't open file {name}: {}", plain(&error));
            Err(PANIC)
        }
    }
}

//! `xargs`: builds command lines out of words that are read, and runs them.

mod input;
mod options;
mod run;

use crate::help::PACKAGE;
use input::{Input, Item};
use isobox_guest::Arguments;
use options::Options;
use run::Runner;

pub fn xargs(arguments: Arguments) -> i32 {
    let parsed = match options::parse(arguments) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    if let Some(status) = PACKAGE.answered("xargs", &parsed) {
        return status;
    }
    let options = match Options::new(&parsed) {
        Ok(options) => options,
        Err(status) => return status,
    };
    match go(&options) {
        Ok(status) => status,
        Err(Failure { message, status }) => {
            eprintln!("xargs: {message}");
            status
        }
    }
}

/// Why xargs stops early.
pub struct Failure {
    pub message: String,
    pub status: i32,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status: 1,
        }
    }
}

fn go(options: &Options) -> Result<i32, Failure> {
    let mut input = Input::open(options)?;
    let mut runner = Runner::new(options);
    let result = match &options.replace {
        Some(mark) => replace_each(&mut input, &mut runner, mark),
        None => gather(&mut input, &mut runner, options),
    };
    let ended = runner.finish();
    result?;
    ended
}

/// `-I`: a command for every line.
fn replace_each(input: &mut Input, runner: &mut Runner, mark: &str) -> Result<(), Failure> {
    while let Some(item) = input.next()? {
        runner.run_replaced(mark, &item.text)?;
    }
    Ok(())
}

/// Fills command lines as far as the bounds allow.
fn gather(input: &mut Input, runner: &mut Runner, options: &Options) -> Result<(), Failure> {
    let initial = options.initial_bytes();
    let mut words: Vec<String> = Vec::new();
    let mut bytes = initial;
    let mut lines = 0;
    let mut ran = false;
    if initial > options.max_bytes {
        return Err(Failure::new(
            "cannot fit single argument within argument list size limit",
        ));
    }
    while let Some(Item { text, ends_line }) = input.next()? {
        let length = text.len() + 1;
        if initial + length > options.max_bytes {
            return Err(Failure::new("argument line too long"));
        }
        if bytes + length > options.max_bytes {
            if options.exit_when_too_long {
                return Err(Failure::new("argument list too long"));
            }
            runner.run(std::mem::take(&mut words))?;
            (bytes, lines, ran) = (initial, 0, true);
        }
        bytes += length;
        words.push(text);
        lines += usize::from(ends_line);
        let full = options.max_words.is_some_and(|most| words.len() >= most)
            || options.max_lines.is_some_and(|most| lines >= most);
        if full {
            runner.run(std::mem::take(&mut words))?;
            (bytes, lines, ran) = (initial, 0, true);
        }
    }
    if !words.is_empty() || (!ran && !options.not_when_empty) {
        runner.run(words)?;
    }
    Ok(())
}

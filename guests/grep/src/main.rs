//! `grep`, `egrep`, `fgrep` and `rgrep`, as GNU grep 3.8 answers.
//!
//! [`options`] reads the command line, [`pattern`] makes a matcher of the patterns, [`walk`] goes through the operands and
//! directories, [`search`] goes through one file and [`print`] writes what is found.

mod exclude;
mod help;
mod options;
mod pattern;
mod perl;
mod print;
mod search;
mod walk;

use isobox_guest::Arguments;
use options::Syntax;

isobox_guest::commands! {
    freeze: (),
    "egrep" => egrep,
    "fgrep" => fgrep,
    "grep" => grep,
    "rgrep" => rgrep,
}

/// An error: GNU's status for it.
const TROUBLE: i32 = 2;

fn grep(arguments: Arguments) -> i32 {
    run(gnu::words(arguments).collect(), None)
}

fn egrep(arguments: Arguments) -> i32 {
    run(gnu::words(arguments).collect(), Some(Syntax::Extended))
}

fn fgrep(arguments: Arguments) -> i32 {
    run(gnu::words(arguments).collect(), Some(Syntax::Fixed))
}

fn rgrep(arguments: Arguments) -> i32 {
    let mut words = vec!["-r".to_owned()];
    words.extend(gnu::words(arguments));
    run(words, None)
}

fn run(words: Vec<String>, syntax: Option<Syntax>) -> i32 {
    let command = match options::read(words, syntax) {
        Ok(command) => command,
        Err(status) => return status,
    };
    let matcher = match pattern::compile(&command.options) {
        Ok(matcher) => matcher,
        Err(message) => {
            eprintln!("grep: {message}");
            return TROUBLE;
        }
    };
    walk::walk(&command.options, &command.operands, matcher)
}

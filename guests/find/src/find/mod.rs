//! `find`: walks trees and evaluates an expression at each file. The entries of a directory come in the order of their names.

mod date;
mod evaluate;
mod exec;
mod expression;
mod parse;
mod pattern;
mod predicates;
mod printf;
mod walk;

use crate::help::PACKAGE;
use expression::{Options, Program};
use isobox_guest::Arguments;

pub fn find(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    if words
        .iter()
        .any(|word| matches!(&word[..], "-help" | "--help"))
    {
        PACKAGE.print("find");
        return 0;
    }
    if words
        .iter()
        .any(|word| matches!(&word[..], "-version" | "--version"))
    {
        println!("find (isobox findutils) {}", env!("CARGO_PKG_VERSION"));
        return 0;
    }
    match read(&words) {
        Ok((starts, program)) => walk::run(&starts, program),
        Err(message) => {
            eprintln!("find: {message}");
            1
        }
    }
}

/// The command line: `-H`, `-L`, `-P`, the places to start from, the expression.
fn read(words: &[String]) -> Result<(Vec<String>, Program), String> {
    let mut options = Options::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        match &word[..] {
            "-H" => options.follow_starts = true,
            "-L" => (options.follow, options.follow_starts) = (true, true),
            "-P" => (options.follow, options.follow_starts) = (false, false),
            "--" => {
                at += 1;
                break;
            }
            word if word.starts_with("-O") => {}
            _ => break,
        }
        at += 1;
    }
    let length = words[at..]
        .iter()
        .take_while(|word| !begins_expression(word))
        .count();
    let mut starts = words[at..at + length].to_vec();
    if starts.is_empty() {
        starts.push(".".to_owned());
    }
    let program = parse::parse(&words[at + length..], options)?;
    Ok((starts, program))
}

/// Whether a word cannot be a place to start from.
fn begins_expression(word: &str) -> bool {
    (word.starts_with('-') && word.len() > 1) || matches!(word, "(" | ")" | "!" | ",")
}

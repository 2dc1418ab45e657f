//! `tar`: GNU's format, ustar, and pax headers when reading.

mod create;
mod extract;
mod header;
mod names;
mod options;
mod reader;
mod transform;

use crate::help::PACKAGE;
use isobox_guest::Arguments;
use options::{Action, Options};

/// Why tar stops at once.
pub struct Fatal(pub String);

/// What tar says when it stops.
const NOT_RECOVERABLE: &str = "Error is not recoverable: exiting now";

pub fn tar(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    let options = match options::read(words) {
        Ok(Some(options)) => options,
        Ok(None) => {
            PACKAGE.print("tar");
            return 0;
        }
        Err(message) => {
            eprintln!("tar: {message}\nTry 'tar --help' or 'tar --usage' for more information.");
            // A wrong option has a status of its own.
            return if message.contains(" option")
                && message.contains('\'')
                && !message.starts_with(['Y', 'O'])
            {
                64
            } else {
                2
            };
        }
    };
    let outcome = match options.action {
        Action::Create => create::create(&options),
        Action::Append | Action::Update => create::append(&options),
        Action::List | Action::Extract => extract::run(&options),
    };
    use std::io::Write;
    let _ = std::io::stdout().flush();
    match outcome {
        Ok(true) => 0,
        Ok(false) => {
            eprintln!("tar: Exiting with failure status due to previous errors");
            2
        }
        Err(Fatal(message)) => {
            eprintln!("{message}\ntar: {NOT_RECOVERABLE}");
            2
        }
    }
}

/// Prints a line; nobody who reads it is no reason to go on.
fn say(line: &str) {
    use std::io::Write;
    if let Err(error) = writeln!(std::io::stdout(), "{line}") {
        eprintln!("tar: stdout: write error: {}", isobox_guest::plain(&error));
        std::process::exit(2);
    }
}

/// The archive cannot be opened. With a packed one it is the child that GNU tar begins which says so.
pub fn cannot_open(options: &Options, name: &str, reason: &str) -> Fatal {
    Fatal(match options.codec {
        Some(_) => format!(
            "tar (child): {name}: Cannot open: {reason}\ntar (child): {NOT_RECOVERABLE}\ntar: Child returned status 2"
        ),
        None => format!("tar: {name}: Cannot open: {reason}"),
    })
}

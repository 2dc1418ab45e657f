//! `patch`: applies unified, context and normal diffs, and git's headers of files made, removed, renamed and given modes.

mod apply;
mod file;
mod header;
mod hunk;
mod job;
mod options;
mod reject;
mod source;

use crate::help::{PACKAGE, wrong};
use gnu::getopt::{Order, read};
use isobox_guest::Arguments;
use job::Job;
use options::Options;

/// Why `patch` gives up.
pub struct Fatal(pub String);

impl Fatal {
    fn of<T>(message: impl Into<String>) -> Result<T, Self> {
        Err(Self(message.into()))
    }
}

pub fn patch(arguments: Arguments) -> i32 {
    let parsed = match read(gnu::words(arguments), options::SPECS, Order::Permute) {
        Ok(parsed) => parsed,
        Err(message) => return wrong("patch", &message),
    };
    if let Some(status) = PACKAGE.answered("patch", &parsed) {
        return status;
    }
    if let Some(extra) = parsed.operands.get(2) {
        return wrong("patch", &format!("{}: extra operand", quoted(extra)));
    }
    let outcome = Options::new(&parsed).and_then(|options| Job::new(&options)?.run());
    match outcome {
        Ok(status) => status,
        Err(Fatal(message)) => {
            use std::io::Write;
            let _ = std::io::stdout().flush();
            eprintln!("patch: **** {message}");
            2
        }
    }
}

/// A name as messages show it.
fn quoted(name: &str) -> String {
    gnu::quote::apply(name, gnu::quote::Style::Shell)
}

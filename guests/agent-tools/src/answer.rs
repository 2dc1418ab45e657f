//! What a call answers: text for the model on standard output, and a status that says how it went.

use std::fs::File;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;

use crate::arguments::Arguments;

/// The tool did what it could, and this came of it: a file that isn't there, a text that doesn't occur.
pub const FAILED: i32 = 1;

/// The call itself cannot be meant: an argument is missing, or of no use.
pub const UNUSABLE: i32 = 2;

/// The network's policy says no.
pub const DENIED: i32 = 3;

/// What a tool answers: what the model reads, or why there is nothing.
pub type Answer = Result<String, Failure>;

/// A failure in the model's language.
#[derive(Debug)]
pub struct Failure {
    words: String,
    status: i32,
}

/// The tool tried and failed.
pub fn failed(words: impl Into<String>) -> Failure {
    Failure {
        words: words.into(),
        status: FAILED,
    }
}

/// The call cannot be meant.
pub fn unusable(words: impl Into<String>) -> Failure {
    Failure {
        words: words.into(),
        status: UNUSABLE,
    }
}

/// The policy says no.
pub fn denied(words: impl Into<String>) -> Failure {
    Failure {
        words: words.into(),
        status: DENIED,
    }
}

/// Reads the arguments, calls the tool, prints its answer and returns its status.
pub fn give(tool: fn(&Arguments) -> Answer) -> i32 {
    let answer = Arguments::from_stdin().and_then(|arguments| tool(&arguments));
    let (text, status) = match answer {
        Ok(text) => (text, 0),
        Err(failure) => (failure.words, failure.status),
    };
    match print(&text) {
        Ok(()) => status,
        Err(_) => FAILED,
    }
}

/// One write, past the library's buffer, which would make two of a text without a newline at its end.
fn print(text: &str) -> io::Result<()> {
    // SAFETY: nobody else uses standard output, and it isn't closed.
    let mut stdout = ManuallyDrop::new(unsafe { File::from_raw_fd(1) });
    stdout.write_all(text.as_bytes())
}

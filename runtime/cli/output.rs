//! What isobox itself prints.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use anyhow::Context;
use isobox::{HostFailure, RunError};

/// Writes all of a text. That nobody reads any more is the same failure as while a command runs.
pub fn print(out: &mut dyn Write, text: &str) -> anyhow::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            Err(RunError::Host(HostFailure::OutputClosed).into())
        }
        written => written.context("cannot write the output"),
    }
}

/// Prints one JSON object to stdout.
pub fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    print(&mut io::stdout(), &text)
}

/// Says something on stderr. If nobody reads there, there is nobody to be told.
pub fn say(message: impl Display) {
    let _ = writeln!(io::stderr(), "isobox: {message}");
}

//! `rg`, as ripgrep 15 answers, on ripgrep's own crates.
//!
//! [`flags`] reads the command line into [`options`], [`settings`] settles what follows from them, [`walk`] goes through the paths,
//! [`search`] through a file with the [`matcher`] of the patterns, and [`summary`] tells `--stats`.

mod flags;
mod help;
mod matcher;
mod messages;
mod options;
mod output;
mod paths;
mod patterns;
mod perl;
mod search;
mod settings;
mod summary;
mod walk;

use isobox_guest::{Arguments, process};
use options::{Mode, Options};
use output::Output;
use settings::Settings;
use std::io::{self, Write as _};

isobox_guest::commands! {
    freeze: (),
    "rg" => rg,
}

/// Why a run ends early.
enum Failure {
    Message(String),
    /// Nobody reads standard output, which is no error.
    Unread,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Message(message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Message(error.to_string()),
        }
    }
}

fn rg(arguments: Arguments) -> i32 {
    // Ripgrep ends with its own status when nobody reads on.
    let _ = process::set_action(process::signal::PIPE, process::Action::Ignore);
    match run(arguments) {
        Ok(status) => status,
        Err(Failure::Unread) => 0,
        Err(Failure::Message(message)) => {
            messages::say(&message);
            2
        }
    }
}

fn run(arguments: Arguments) -> Result<i32, Failure> {
    let options = match flags::read(arguments.skip(1).collect())? {
        flags::Wish::Options(options) => *options,
        flags::Wish::Text(text, status) => {
            let mut stdout = gnu::stream::Output::stdout();
            stdout.put(text.as_bytes())?;
            stdout.flush()?;
            return Ok(status);
        }
    };
    messages::configure(&options);
    let mode = options.mode;
    if mode == Mode::Types {
        return list_types(&options);
    }
    let settings = Settings::new(options)?;
    let matched = match mode {
        Mode::Files => walk::list(&settings)?,
        _ if !settings.can_match() => false,
        _ => search::search(&settings)?,
    };
    Ok(match (matched, messages::errored()) {
        (true, false) => 0,
        (true, true) if settings.options.quiet => 0,
        (_, true) => 2,
        (false, false) => 1,
    })
}

/// `--type-list`
fn list_types(options: &Options) -> Result<i32, Failure> {
    let types = settings::types(options)?;
    let mut output = Output::new(options);
    for definition in types.definitions() {
        writeln!(
            output,
            "{}: {}",
            definition.name(),
            definition.globs().join(", ")
        )?;
    }
    output.flush()?;
    Ok(i32::from(types.definitions().is_empty()))
}

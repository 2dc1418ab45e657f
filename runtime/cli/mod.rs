//! The command line: a file a subcommand. The only room where errors lose their types.

mod call;
mod contract;
mod mounts;
mod output;
mod progress;
mod run;
mod session;
mod terms;
mod tools;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

/// Exit codes of isobox's own errors, as docker has them. A guest can end with the same: `--json` tells them apart.
mod exit {
    /// Isobox itself failed: bad options, an unreadable folder, a failure of the host.
    pub const FAILED: u8 = 125;
    /// Nobody reads stdout any more, as a process that `SIGPIPE` ended.
    pub const OUTPUT_CLOSED: u8 = 141;

    /// The code of an error.
    pub fn of(error: &anyhow::Error) -> u8 {
        match error.downcast_ref() {
            Some(isobox::RunError::Host(isobox::HostFailure::OutputClosed)) => OUTPUT_CLOSED,
            _ => FAILED,
        }
    }
}

#[derive(Parser)]
#[command(name = "isobox", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    subcommand: Subcommands,
}

#[derive(Subcommand)]
enum Subcommands {
    Run(Box<run::Arguments>),
    Call(Box<call::Arguments>),
    Session(session::Arguments),
    Tools(tools::Arguments),
    Contract(contract::Arguments),
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Printing help can fail only when nobody reads it.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(exit::FAILED),
            };
        }
    };
    match arguments.subcommand {
        Subcommands::Run(arguments) => run::main(*arguments),
        Subcommands::Call(arguments) => call::main(*arguments),
        Subcommands::Session(arguments) => session::main(arguments),
        Subcommands::Tools(arguments) => tools::main(arguments),
        Subcommands::Contract(arguments) => contract::main(arguments),
    }
}

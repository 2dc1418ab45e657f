//! `isobox call`: one call of a tool in a fresh session.

use std::io;
use std::process::ExitCode;

use clap::Args;
use isobox::CallResult;

use super::exit;
use super::mounts::Mounts;
use super::output::{print, print_json, say};
use super::terms::{Terms, runtime};

const AFTER_HELP: &str = "\
Exit status:
  0    the tool did what it was asked to
  1    it did not: the tool failed, or met a bound, or the call is not valid
  125  isobox itself failed: bad options, another contract, the host
  141  nobody reads isobox's output any more

Example:
  isobox call bash '{\"command\": \"ls /usr/bin | wc -l\"}'";

/// Call one tool in a fresh session, as an agent does
#[derive(Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct Arguments {
    /// The tool: `isobox tools` lists them
    tool: String,

    /// Its arguments, as JSON
    #[arg(default_value = "{}")]
    json: String,

    /// Names the machine's entropy
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Print the whole result as JSON instead of what a model reads
    #[arg(long = "json", help_heading = "Output")]
    as_json: bool,

    /// Print the JSON Schema of --json's object, and call nothing
    #[arg(long, help_heading = "Output")]
    json_schema: bool,

    #[command(flatten)]
    mounts: Mounts,

    #[command(flatten)]
    terms: Terms,
}

/// Makes the call.
pub fn main(arguments: Arguments) -> ExitCode {
    match call(&arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            say(format_args!("{error:#}"));
            ExitCode::from(exit::of(&error))
        }
    }
}

fn call(arguments: &Arguments) -> anyhow::Result<u8> {
    if arguments.json_schema {
        print_json(&schemars::schema_for!(CallResult))?;
        return Ok(0);
    }
    let mut session = runtime(arguments.terms.contract()?)?.session(arguments.seed);
    arguments.mounts.copy_into(&mut session)?;
    let result = session.call(&arguments.tool, arguments.json.as_str())?;
    match arguments.as_json {
        true => print_json(&result)?,
        false => print(&mut io::stdout(), &result.content)?,
    }
    Ok(result.is_error.into())
}

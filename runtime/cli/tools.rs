//! `isobox tools`: what an agent may call.

use std::io;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use isobox::{Contract, Dialect};

use super::exit;
use super::output::{print, print_json, say};
use super::terms::Terms;

/// List the tools of a contract
#[derive(Args)]
pub struct Arguments {
    /// Print the definitions as a client wants them, as JSON
    #[arg(long, value_name = "CLIENT")]
    format: Option<Format>,

    #[command(flatten)]
    terms: Terms,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// OpenAI's Responses API
    Openai,
    /// OpenAI's Chat Completions API
    OpenaiChat,
    /// Anthropic's Messages API
    Anthropic,
    /// The Model Context Protocol
    Mcp,
}

/// Lists the tools.
pub fn main(arguments: Arguments) -> ExitCode {
    let listed = arguments
        .terms
        .contract()
        .and_then(|contract| list(&contract, arguments.format));
    match listed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("{error:#}"));
            ExitCode::from(exit::of(&error))
        }
    }
}

fn list(contract: &Contract, format: Option<Format>) -> anyhow::Result<()> {
    let Some(format) = format else {
        let names = contract.tools.iter().map(|tool| tool.name().len());
        let width = names.max().unwrap_or(0);
        let lines = contract.tools.iter().map(|tool| {
            let description = &tool.manifest().description;
            let sentence = description
                .split_inclusive(". ")
                .next()
                .unwrap_or("")
                .trim();
            format!("{:width$}  {sentence}\n", tool.name())
        });
        return print(&mut io::stdout(), &lines.collect::<String>());
    };
    let dialect = match format {
        Format::Openai => Dialect::OpenAi,
        Format::OpenaiChat => Dialect::OpenAiChat,
        Format::Anthropic => Dialect::Anthropic,
        Format::Mcp => Dialect::Mcp,
    };
    let definitions = contract.tools.iter().map(|tool| tool.definition(dialect));
    print_json(&definitions.collect::<Vec<_>>())
}

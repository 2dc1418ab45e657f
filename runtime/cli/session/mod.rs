//! `isobox session`: sessions over JSON Lines, on stdin and stdout.

mod answer;
mod request;
mod sessions;

use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::exit;
use super::output::{print, print_json, say};
use super::terms::{Terms, runtime};
use answer::{Answer, Failure, FailureKind};
use request::Request;
use sessions::Sessions;

/// Longest line that is read, in bytes: several times what a call's arguments may be.
const LINE_BYTES_MAX: u64 = 64 << 20;

const LONG_ABOUT: &str = "\
Lead sessions by JSON Lines: a request a line on stdin, an answer a line on stdout, in the same order.

Each request is an object with `op`, and an `id` of any kind that comes back with the answer. An answer has either `result` or \
`error`. A line that is no request is answered with an error that names the line and the field, and the next is read.";

const AFTER_HELP: &str = "\
Operations, with their fields beside `id` and `op`; `session` is the one that
was opened last where it is left out:
  open        seed, import [{from, to}]    a new session
  call        session, tool, args          calls a tool
  files       session, write, read, list   writes, then reads, then lists
  snapshot    session                      remembers a session as it is
  restore     snapshot                     a new session that goes on from there
  fork        session, seed                a second session that goes on alone
  transcript  session, from                its lines, or those from one on
  close       session                      forgets it

Example:
  printf '%s\\n' '{\"id\":1,\"op\":\"open\",\"seed\":1}' \\
    '{\"id\":2,\"op\":\"call\",\"tool\":\"bash\",\"args\":{\"command\":\"ls\"}}' | isobox session

Exit status:
  0    stdin ended
  125  isobox itself failed: bad options, another contract, the host
  141  nobody reads isobox's output any more";

/// Lead sessions by JSON Lines on stdin and stdout
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_long_help = AFTER_HELP)]
pub struct Arguments {
    /// Print the JSON Schemas of requests and answers, and lead no session
    #[arg(long)]
    json_schema: bool,

    #[command(flatten)]
    terms: Terms,
}

/// Answers requests until there are no more.
pub fn main(arguments: Arguments) -> ExitCode {
    let done = match arguments.json_schema {
        true => print_json(&serde_json::json!({
            "request": schemars::schema_for!(Request),
            "answer": schemars::schema_for!(Answer),
        })),
        false => serve(&arguments.terms),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let status = exit::of(&error);
            if status != exit::OUTPUT_CLOSED {
                say(format_args!("{error:#}"));
            }
            ExitCode::from(status)
        }
    }
}

fn serve(terms: &Terms) -> anyhow::Result<()> {
    let mut sessions = Sessions::new(runtime(terms.contract()?)?);
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    for number in 1.. {
        let answer = match read_line(&mut input).context("stdin")? {
            Line::End => break,
            Line::Text(text) if text.trim_ascii().is_empty() => continue,
            Line::Text(text) => answer(&mut sessions, number, &text),
            Line::TooLong => Answer::failed(
                None,
                Failure::new(
                    FailureKind::Request,
                    format!("line {number}: longer than {LINE_BYTES_MAX} bytes"),
                ),
            ),
        };
        let text = serde_json::to_string(&answer)? + "\n";
        print(&mut output, &text)?;
    }
    Ok(output.flush()?)
}

fn answer(sessions: &mut Sessions, number: u64, line: &[u8]) -> Answer {
    let (id, request) = Request::read(line);
    let done = match request {
        Ok(request) => sessions.answer(request),
        Err(mut failure) => {
            failure.message = format!("line {number}: {}", failure.message);
            failure.line = Some(number);
            Err(failure)
        }
    };
    match done {
        Ok(result) => Answer::done(id, result),
        Err(failure) => Answer::failed(id, failure),
    }
}

enum Line {
    Text(Vec<u8>),
    TooLong,
    End,
}

/// Reads one line; of one that is too long only the end is looked for.
fn read_line(input: &mut impl BufRead) -> io::Result<Line> {
    let mut text = Vec::new();
    let read = input
        .by_ref()
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut text)?;
    if read == 0 {
        return Ok(Line::End);
    }
    if text.last() == Some(&b'\n') || (read as u64) < LINE_BYTES_MAX {
        return Ok(Line::Text(text));
    }
    input.skip_until(b'\n')?;
    Ok(Line::TooLong)
}

//! Running text: `eval`, traps, `source`, and the script itself.

use std::path::Path;
use std::rc::Rc;

use isobox_guest::stat::{self, Kind};

use super::traps::event;
use crate::flow::{Flow, Result};
use crate::shell::{Frame, Shell};
use crate::syntax::{Aftermath, Reader, Reading, SyntaxError, Warning};
use crate::text::{self, Text};

/// How far a text was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    All,
    /// There was nothing to run.
    Nothing,
    /// The rest is no script.
    UntilError,
}

impl Shell {
    /// Parses and runs a text: `eval`, traps, `-c`. Syntax errors are complained about; their status is 2.
    pub fn run_text(&mut self, text: &str, context: &str) -> Result {
        self.check_depth(context)?;
        let first_line = self.line.max(1);
        self.trace_level = self.trace_level.saturating_add(1);
        let outcome = self.run_lines(Text::from(text), context, first_line);
        self.trace_level = self.trace_level.saturating_sub(1);
        match outcome? {
            Ran::All => Ok(self.status),
            Ran::Nothing => Ok(self.settle(0)),
            Ran::UntilError => Ok(self.finish(2)),
        }
    }

    /// Runs a file in this shell: `source`.
    pub fn run_file(&mut self, path: &str, arguments: Option<Vec<Text>>) -> Result {
        self.check_depth("source")?;
        let bytes = match self.read_sourced(path) {
            Ok(bytes) => bytes,
            Err(message) => {
                let who = if message == IS_DIRECTORY { ".: " } else { "" };
                self.complain(format_args!("{who}{path}: {message}"));
                return Ok(1);
            }
        };
        let given = arguments.is_some();
        let positional = match arguments {
            Some(arguments) => std::mem::replace(&mut self.positional, Rc::new(arguments)),
            None => self.positional.clone(),
        };
        let before = self.positional.clone();
        self.frames.push(Frame {
            function: "source".into(),
            source: path.into(),
            call_line: self.line,
            arguments: Rc::new(vec![path.into()]),
            is_function: false,
        });
        let (line, frozen) = (self.line, std::mem::take(&mut self.line_frozen));
        let hidden = self.hide_traps(if self.options.functrace {
            &[]
        } else {
            &[event::DEBUG]
        });
        self.trace_level = self.trace_level.saturating_add(1);
        let outcome = self.run_lines(Text::from(text::decode(&bytes)), "", 1);
        self.trace_level = self.trace_level.saturating_sub(1);
        let outcome = match outcome {
            Ok(Ran::All) => Ok(self.status),
            Ok(Ran::Nothing) => Ok(self.settle(0)),
            Ok(Ran::UntilError) => Ok(self.finish(2)),
            Err(Flow::Return(status)) => Ok(self.finish(status)),
            Err(flow) => Err(flow),
        };
        self.reveal_traps(hidden);
        let outcome = match outcome {
            Ok(status) => self.run_trap(event::RETURN).map(|()| status),
            outcome => outcome,
        };
        self.frames.pop();
        self.line = line;
        self.line_frozen = frozen;
        // A file that sets its arguments sets its caller's, unless it was given its own.
        if given && Rc::ptr_eq(&before, &self.positional) {
            self.positional = positional;
        }
        outcome
    }

    /// The bytes of a file to source, which may be one of this shell's own descriptors.
    fn read_sourced(&mut self, path: &str) -> std::result::Result<Vec<u8>, &'static str> {
        match super::redirect::own_descriptor(path) {
            Some(_) => {
                super::subshell::read_file(self, path).map_err(|error| super::spawn::words(&error))
            }
            None => read_script(path),
        }
    }

    /// Runs a text command by command.
    pub fn run_lines(&mut self, text: Text, context: &str, first_line: u32) -> Result<Ran> {
        self.mentions_pid |= text.contains("BASHPID");
        let mut reader = Reader::new(text.clone());
        let mut ran = Ran::Nothing;
        loop {
            let from = reader.offset();
            let reading = Reading {
                options: &self.options,
                aliases: &self.aliases,
                first_line,
            };
            let read = reader.next(&reading);
            if self.options.verbose {
                self.show_read(text.get(from..reader.offset()).unwrap_or_default());
            }
            self.show_warnings(reader.take_warnings());
            match read {
                Ok(Some(program)) => {
                    ran = Ran::All;
                    self.run_program(&program)?;
                }
                Ok(None) => return Ok(ran),
                Err(error) => {
                    if let Some(ran) = self.meet_syntax_error(&error, context)? {
                        return Ok(ran);
                    }
                }
            }
        }
    }

    /// `set -v`
    pub(super) fn show_read(&mut self, lines: &str) {
        let newline = if lines.is_empty() || lines.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let _ = self.write(2, &text::encode(&format!("{lines}{newline}")));
    }

    pub fn show_warnings(&mut self, warnings: Vec<Warning>) {
        for warning in warnings {
            let source = self.message_source();
            let line = format!(
                "{source}: line {}: warning: {}\n",
                warning.line, warning.message
            );
            let _ = self.write(2, &text::encode(&line));
        }
    }

    /// Prints `bash: -c: line 1: syntax error …`; `None` when the text is read on.
    pub fn meet_syntax_error(&mut self, error: &SyntaxError, context: &str) -> Result<Option<Ran>> {
        let mut source = self.message_source().to_string();
        if !context.is_empty() {
            source.push_str(": ");
            source.push_str(context);
        }
        for message in &error.messages {
            let line = format!("{source}: line {}: {message}\n", error.line);
            let _ = self.write(2, &text::encode(&line));
        }
        match error.aftermath {
            Aftermath::Ends => {
                self.finish(2);
                Ok(Some(Ran::UntilError))
            }
            Aftermath::KeepsStatus => Ok(Some(Ran::UntilError)),
            Aftermath::NextLine => {
                self.finish(1);
                Ok(None)
            }
            Aftermath::LeavesShell
                if context.is_empty() && self.frames.iter().all(Frame::is_main) =>
            {
                Err(Flow::Exit(2))
            }
            Aftermath::LeavesShell => Err(Flow::Exit(127)),
        }
    }
}

const IS_DIRECTORY: &str = "is a directory";

/// The bytes of a script, or why it is none, in bash's words.
fn read_script(path: &str) -> std::result::Result<Vec<u8>, &'static str> {
    let bytes = text::encode(path);
    let path = Path::new(std::str::from_utf8(&bytes).unwrap_or_default());
    let known = stat::stat(path, true).map_err(|error| super::spawn::words(&error))?;
    if known.kind == Kind::Directory {
        return Err(IS_DIRECTORY);
    }
    let bytes = std::fs::read(path).map_err(|error| super::spawn::words(&error))?;
    if is_binary(&bytes) {
        return Err("cannot execute binary file");
    }
    Ok(bytes)
}

/// Whether a file is no text: a zero byte in its first line, of which the first 80 bytes count.
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .take(80)
        .take_while(|&&byte| byte != b'\n')
        .any(|&byte| byte == 0)
}

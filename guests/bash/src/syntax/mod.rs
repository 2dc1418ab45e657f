//! Text to a tree and back.
//!
//! Scripts are read as bash reads them: line by line, what a word is depending on the tokens before it ([`lexer`]), each command
//! parsed as soon as it is complete ([`parser`], [`compound`], [`condition`]). So what stands before a syntax error is run, aliases and
//! options count from the next line on, errors come in bash's words with bash's line, and words keep the text they have in the source.

mod assignment;
pub mod ast;
mod compound;
mod condition;
mod error;
mod here;
mod input;
mod lexer;
mod pairs;
mod parser;
mod print;
mod substitution;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;

use crate::options::Options;
use crate::text::Text;
use ast::Program;
pub use error::{Aftermath, SyntaxError, Warning};
use input::{Input, Source};
use parser::{Parser, State};
pub use print::{print_command, print_function};
pub use substitution::{parse_substitution, substitution_end};

/// What a script is read with.
pub struct Reading<'a> {
    pub options: &'a Options,
    pub aliases: &'a BTreeMap<Text, Text>,
    /// The number of the first line.
    pub first_line: u32,
}

/// A script being read, top-level command by top-level command (a line, or the lines of a compound command).
pub struct Reader {
    input: Input<'static>,
    warnings: Vec<Warning>,
}

impl Reader {
    pub fn new(source: Text) -> Reader {
        Reader {
            input: Input::new(Source::Kept(source)),
            warnings: Vec::new(),
        }
    }

    /// The commands of the next line that has any; `None` at the end. Behind an error, reading goes on with the next line.
    pub fn next(&mut self, reading: &Reading<'_>) -> Result<Option<Program>, SyntaxError> {
        self.next_or(reading, &mut || None)
    }

    /// The same when the source may end in the middle of a command: `more` is asked for the lines that follow.
    pub fn next_or(
        &mut self,
        reading: &Reading<'_>,
        more: &mut dyn FnMut() -> Option<Text>,
    ) -> Result<Option<Program>, SyntaxError> {
        self.input.begin(reading.first_line);
        let mut parser = Parser {
            input: &mut self.input,
            more,
            reading,
            warnings: &mut self.warnings,
            state: State::new(),
            depth: 0,
            found: None,
        };
        match parser.line() {
            Ok(Some(list)) => Ok(Some(Program {
                commands: vec![list],
            })),
            Ok(None) => Ok(None),
            Err(error) => {
                self.input.discard_line();
                Err(*error)
            }
        }
    }

    /// Where in the source the next commands begin, in bytes.
    pub fn offset(&self) -> usize {
        self.input.offset()
    }

    /// What has been noticed about the commands read last: `bash: line 2: warning: …`.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }
}

/// A whole text at once, as `$( )` has it.
pub fn parse(source: &str, reading: &Reading<'_>) -> Result<Program, SyntaxError> {
    let mut reader = Reader::new(source.into());
    let mut program = Program::default();
    while let Some(line) = reader.next(reading)? {
        program.commands.extend(line.commands);
    }
    Ok(program)
}

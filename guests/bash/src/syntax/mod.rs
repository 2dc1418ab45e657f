//! Text to a tree and back. OWNER: syntax.

pub mod ast;

use crate::options::Options;
use crate::text::Text;
use ast::{Arithmetic, Command, Program};
use std::collections::BTreeMap;

/// What a script is read with.
pub struct Reading<'a> {
    pub options: &'a Options,
    pub aliases: &'a BTreeMap<Text, Text>,
    /// The number of the first line.
    pub first_line: u32,
}

/// Why a text is no script: in bash's words, without the shell's name in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub line: u32,
    /// One message a line of output: "syntax error near unexpected token `)'", then "`the line'" …
    pub messages: Vec<String>,
}

/// A script being read, top-level command by top-level command (a line, or the lines of a compound command), so that what stands before
/// a syntax error is run, and aliases and `extglob` count from the next line on, as in bash.
pub struct Reader {
    _source: Text,
}

impl Reader {
    pub fn new(_source: Text) -> Reader {
        todo!()
    }

    /// The next commands; `None` at the end. When neither aliases are expanded nor anything is wrong, that may be the whole rest at once;
    /// `Program::commands` then still holds one element a top-level line.
    pub fn next(&mut self, _reading: &Reading<'_>) -> Result<Option<Program>, SyntaxError> {
        todo!()
    }

    /// Where in the source the next commands begin, in bytes.
    pub fn offset(&self) -> usize {
        todo!()
    }
}

/// A whole text at once, as `eval`, traps and `$( )` have it.
pub fn parse(_source: &str, _reading: &Reading<'_>) -> Result<Program, SyntaxError> {
    todo!()
}

/// A function as `declare -f` prints it: `name () \n{ \n    …\n}`.
pub fn print_function(_function: &ast::Function) -> String {
    todo!()
}

/// A command as `jobs`, `BASH_COMMAND` and messages show it: on one line.
pub fn print_command(_command: &Command) -> String {
    todo!()
}

#[allow(dead_code)]
fn _unused(_: Arithmetic) {}

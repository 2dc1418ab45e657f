//! Running the tree: lists, pipelines, commands, functions, subshells, children. OWNER: execute.

pub mod jobs;
pub mod traps;

use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::{List, Program};
use crate::text::Text;

impl Shell {
    /// Runs a parsed text; its status is `$?`.
    pub fn run_program(&mut self, _program: &Program) -> Result {
        todo!()
    }

    pub fn run_list(&mut self, _list: &List) -> Result {
        todo!()
    }

    /// Parses and runs a text: `eval`, traps, `-c`. Syntax errors are complained about; their status is 2.
    pub fn run_text(&mut self, _text: &str, _context: &str) -> Result {
        todo!()
    }

    /// Runs a file in this shell: `source`.
    pub fn run_file(&mut self, _path: &str, _arguments: Option<Vec<Text>>) -> Result {
        todo!()
    }

    /// The output of a command substitution without its trailing newlines; `$?` is its status.
    pub fn substitute(&mut self, _program: &Program) -> Result<Text> {
        todo!()
    }

    /// `<(…)` (`read`) and `>(…)`: the path under which the command can be reached, `/dev/fd/63`.
    pub fn process_substitution(&mut self, _program: &Program, _read: bool) -> Result<Text> {
        todo!()
    }

    /// Calls a function or builtin or program by name, with these words: what `command`, `builtin`, `exec -a`, completion and traps need.
    pub fn call(&mut self, _words: &[Text]) -> Result {
        todo!()
    }

    /// Where `PATH` (or another list) has an executable file of that name; a name with a slash is itself.
    pub fn find_program(&self, _name: &str) -> Option<Text> {
        todo!()
    }

    /// All of them, for `type -a`.
    pub fn find_programs(&self, _name: &str) -> Vec<Text> {
        todo!()
    }
}

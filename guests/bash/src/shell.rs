//! The state of a shell, all of it: what a subshell copies, and what a child that is a subshell is handed.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::descriptors::Descriptors;
use crate::execute::jobs::Jobs;
use crate::execute::traps::Traps;
use crate::options::Options;
use crate::syntax::ast::Function;
use crate::text::Text;
use crate::variables::Variables;

/// A shell. Cloning it is cheap (everything big is shared until it is changed), and a clone is a subshell.
#[derive(Clone, Serialize, Deserialize)]
pub struct Shell {
    pub variables: Variables,
    pub functions: Rc<BTreeMap<Text, Rc<Function>>>,
    pub aliases: Rc<BTreeMap<Text, Text>>,
    pub options: Options,
    /// `$0`.
    pub name: Text,
    /// `$1` and on.
    pub positional: Rc<Vec<Text>>,
    /// Functions and sourced files being run, the outermost first.
    pub frames: Vec<Frame>,
    pub traps: Traps,
    pub jobs: Jobs,
    /// `$?`.
    pub status: i32,
    /// `$!`.
    pub last_background: Option<u32>,
    /// `$$`: the number of the shell that is no subshell.
    pub shell_pid: u32,
    /// `BASH_SUBSHELL`.
    pub subshell_depth: u32,
    /// `PWD` as the shell keeps it, links not resolved.
    pub directory: Text,
    /// `pushd`'s stack below the current directory, the next one first.
    pub directory_stack: Vec<Text>,
    /// Commands remembered by `hash`: path and hits.
    pub hashed: Rc<BTreeMap<Text, (Text, u32)>>,
    /// The line being run, for `LINENO` and messages.
    pub line: u32,
    /// Loops around the current command, for `break` and `continue`.
    pub loop_depth: u32,
    /// Where errors do not end the shell: conditions of `if`, `while`, `&&`, `||`, `!`.
    pub errexit_suppressed: u32,
    /// `getopts`: the place inside the current word.
    pub getopts_offset: usize,
    /// State of `RANDOM`.
    pub random: u32,
    /// What `SECONDS` counts from, in nanoseconds of the monotonic clock; assigning moves it.
    pub seconds_from_ns: i64,
    /// `BASH_COMMAND`, `BASH_EXECUTION_STRING`.
    pub current_command: Text,
    pub execution_string: Option<Text>,
    /// `$_`.
    pub last_argument: Text,
    #[serde(skip)]
    pub descriptors: Descriptors,
}

/// A function call or a sourced file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frame {
    /// The function's name; `source` for a file; `main` for the script itself.
    pub function: Text,
    /// The file its text stands in (`BASH_SOURCE`).
    pub source: Text,
    /// The line it was called from (`BASH_LINENO`).
    pub call_line: u32,
    /// Its own arguments, for `BASH_ARGV`.
    pub arguments: Rc<Vec<Text>>,
    /// A sourced file has no scope of local variables.
    pub is_function: bool,
}

impl Shell {
    /// Prints `bash: line 3: message` to standard error, as bash does for what a script did wrong.
    pub fn complain(&mut self, message: impl std::fmt::Display) {
        let line = format!("{}{message}\n", self.message_prefix());
        let _ = self.write(2, line.as_bytes());
    }

    /// `bash: line 3: ` for `-c` and standard input, `./script: line 3: ` for a file.
    pub fn message_prefix(&self) -> String {
        let source = self.frames.last().map_or(&self.name, |frame| &frame.source);
        let source = if &**source == "environment" || source.is_empty() {
            &self.name
        } else {
            source
        };
        format!("{source}: line {}: ", self.line)
    }

    /// Prints a text to a descriptor of the shell's. An error is complained about by builtins as `write error`.
    pub fn print(&mut self, text: &str) -> std::io::Result<()> {
        let bytes = crate::text::encode(text);
        self.write(1, &bytes)
    }

    /// Writes bytes to one of the shell's descriptors.
    pub fn write(&mut self, descriptor: u32, bytes: &[u8]) -> std::io::Result<()> {
        self.descriptors.write(descriptor, bytes)
    }
}

//! The state of a shell, all of it: what a subshell copies, and what a child that is a subshell is handed.

use std::collections::BTreeMap;
use std::rc::Rc;

use isobox_guest::process::signal;
use serde::{Deserialize, Serialize};

use crate::builtins;
use crate::descriptors::Descriptors;
use crate::execute::jobs::Jobs;
use crate::execute::traps::Traps;
use crate::flow::Flow;
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
    /// What the script itself was given.
    pub main_arguments: Rc<Vec<Text>>,
    /// Functions and sourced files being run, the outermost first.
    pub frames: Vec<Frame>,
    pub traps: Traps,
    pub builtins: builtins::State,
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
    /// What `SECONDS` counts from, in nanoseconds of the monotonic clock; assigning moves it.
    pub seconds_from_ns: i64,
    /// `BASH_COMMAND`, `BASH_EXECUTION_STRING`.
    pub current_command: Text,
    pub execution_string: Option<Text>,
    /// `$_`.
    pub last_argument: Text,
    /// What the last command substitution of the current command ended with: the status of a command without a name.
    pub substitution_status: Option<i32>,
    /// The `DEBUG` trap has run for the command that this shell was made for.
    pub debug_done: bool,
    /// The script names `BASHPID` somewhere, so that subshells may have to be processes.
    pub mentions_pid: bool,
    /// `LINENO` stays what it is: the handler of `DEBUG`, `ERR` or `RETURN` runs.
    pub line_frozen: bool,
    /// A subshell inside its parent's process.
    pub in_process_subshell: bool,
    /// Nobody reads what this shell wrote: it ends as by `SIGPIPE`, and says no more.
    pub broken_pipe: bool,
    /// How deep commands stand in other commands' texts, for `PS4`.
    pub trace_level: u32,
    /// `exec` without a command keeps the redirections of the command that runs it.
    pub keep_redirects: bool,
    /// The `PATH` that `hashed` was filled from.
    pub hashed_for: Text,
    /// Descriptors of process substitutions, closed when the command that made them is done.
    #[serde(skip)]
    pub substituted: Vec<u32>,
    /// Numbers that children do not get: the ends of coprocesses.
    #[serde(skip)]
    pub private_descriptors: Vec<u32>,
    /// The foreground child that a signal ended, until it has been told of: its number and how.
    #[serde(skip)]
    pub death: Option<(u32, u32)>,
    /// The pipeline that this shell is the last stage of tells of it.
    #[serde(skip)]
    pub keeps_death: bool,
    /// A trap that ran inside of a builtin leaves the ordinary course when the builtin returns.
    #[serde(skip)]
    pub flow_within: Option<Flow>,
    /// The file mode mask before this subshell, once it may have changed it.
    #[serde(skip)]
    pub umask_before: Option<u32>,
    /// `--state`: where the state is written at the end.
    #[serde(skip)]
    pub state_file: Option<Text>,
    /// `-i`.
    pub interactive: bool,
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
    /// A shell that knows nothing of its surroundings yet.
    pub fn new(name: Text, options: Options, variables: Variables) -> Shell {
        Shell {
            variables,
            functions: Rc::default(),
            aliases: Rc::default(),
            options,
            name,
            positional: Rc::default(),
            main_arguments: Rc::default(),
            frames: Vec::new(),
            traps: Traps::default(),
            builtins: builtins::State::default(),
            jobs: Jobs::default(),
            status: 0,
            last_background: None,
            shell_pid: 0,
            subshell_depth: 0,
            directory: "/".into(),
            directory_stack: Vec::new(),
            hashed: Rc::default(),
            line: 0,
            loop_depth: 0,
            errexit_suppressed: 0,
            getopts_offset: 0,
            seconds_from_ns: 0,
            current_command: "".into(),
            execution_string: None,
            last_argument: "".into(),
            substitution_status: None,
            debug_done: false,
            mentions_pid: false,
            line_frozen: false,
            in_process_subshell: false,
            broken_pipe: false,
            trace_level: 0,
            keep_redirects: false,
            hashed_for: "".into(),
            substituted: Vec::new(),
            private_descriptors: Vec::new(),
            death: None,
            keeps_death: false,
            flow_within: None,
            umask_before: None,
            state_file: None,
            interactive: false,
            descriptors: Descriptors::default(),
        }
    }

    /// Prints `bash: line 3: message` to standard error, as bash does for what a script did wrong.
    pub fn complain(&mut self, message: impl std::fmt::Display) {
        if self.broken_pipe {
            return;
        }
        let line = format!("{}{message}\n", self.message_prefix());
        let _ = self.write(2, line.as_bytes());
    }

    /// `bash: line 3: ` for `-c` and standard input, `./script: line 3: ` for a file, `environment: line 3: ` in a function of `-c`.
    pub fn message_prefix(&self) -> String {
        let source = self.message_source();
        if self.interactive {
            return format!("{source}: ");
        }
        format!("{source}: line {}: ", self.line)
    }

    /// Whom messages name: the file of the innermost function or sourced file, else `$0`.
    pub fn message_source(&self) -> &Text {
        let source = self.frames.last().map_or(&self.name, |frame| &frame.source);
        if source.is_empty() {
            &self.name
        } else {
            source
        }
    }

    /// Prints a text to a descriptor of the shell's. An error is complained about by builtins as `write error`.
    pub fn print(&mut self, text: &str) -> std::io::Result<()> {
        let bytes = crate::text::encode(text);
        self.write(1, &bytes)
    }

    /// Writes bytes to one of the shell's descriptors.
    pub fn write(&mut self, descriptor: u32, bytes: &[u8]) -> std::io::Result<()> {
        let outcome = self.descriptors.write(descriptor, bytes);
        if let Err(error) = &outcome
            && error.raw_os_error() == Some(libc::EPIPE)
            && self.traps.get(signal::PIPE).is_none()
        {
            self.broken_pipe = true;
        }
        outcome
    }
}

impl Frame {
    /// The script itself.
    pub fn is_main(&self) -> bool {
        !self.is_function && &*self.function == "main"
    }
}

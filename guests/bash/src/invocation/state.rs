//! `--state FILE`: a shell's state as a script of declarations, read at the beginning and written at the end.
//!
//! So a session's shell need not live on between two calls: what one call leaves behind is data, and the next one begins with it. Jobs,
//! descriptors and the `EXIT` trap's running are not state: the trap itself is kept.

use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use super::{Initial, USUAL};

use crate::descriptors::{Capture, Target};
use crate::expand::quote;
use crate::flow::Flow;
use crate::options::Options;
use crate::shell::Shell;
use crate::text::{self, Text};
use crate::variables::{Variable, Variables};

/// Variables that belong to a process, not to a session, or that are made up and cannot be set.
const NOT_KEPT: &[&str] = &[
    "BASHOPTS",
    "BASHPID",
    "BASH_ALIASES",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_ARGV0",
    "BASH_CMDS",
    "BASH_COMMAND",
    "BASH_EXECUTION_STRING",
    "BASH_LINENO",
    "BASH_SOURCE",
    "BASH_SUBSHELL",
    "BASH_VERSINFO",
    "COMP_WORDBREAKS",
    "COPROC",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HISTCMD",
    "LINENO",
    "PIPESTATUS",
    "PPID",
    "RANDOM",
    "SHELLOPTS",
    "SRANDOM",
    "UID",
    "_",
];

/// The variable that goes on counting from call to call, though nobody sets it.
const COUNTS_ON: &str = "SECONDS";

impl Shell {
    /// Restores a state; false when there is none yet.
    pub(super) fn restore_state(&mut self, path: &str) -> io::Result<bool> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let silence = || Some(Target::Capture(Rc::new(Capture::default())));
        let before = [1, 2].map(|number| (number, self.descriptors.replace(number, silence())));
        let outcome = self.run_lines(text::decode(&bytes).into(), "", 1);
        // The last line says what `$?` is; with `errexit` that looks like the end.
        if let Err(Flow::Exit(status)) = outcome {
            self.status = status;
        }
        for (number, entry) in before {
            self.descriptors.restore(number, entry);
        }
        Ok(true)
    }

    /// Writes the state; the file changes at once or not at all.
    pub(super) fn save_state(&mut self, path: &str, status: i32) -> io::Result<()> {
        let script = self.state_script(status);
        let beside = format!("{path}.new");
        std::fs::write(&beside, text::encode(&script))?;
        std::fs::rename(&beside, path)
    }

    /// What differs from a shell that just began.
    fn state_script(&mut self, status: i32) -> String {
        let usual = USUAL.with_borrow_mut(Option::take);
        let usual = usual.unwrap_or_else(Initial::new);
        let usual_options = Options {
            invoked_by: self.options.invoked_by,
            ..usual.options
        };
        let (set_options, shopt_options) = match self.options == usual_options {
            true => (String::new(), String::new()),
            false => (self.said(&["set", "+o"]), self.said(&["shopt", "-p"])),
        };
        let mut script = String::from("# The state of a shell, as `bash --state` keeps it.\n");
        script.push_str(&shopt_options);
        script.push_str(&format!(
            "builtin cd -- {}\n",
            quote::single(&self.directory)
        ));
        script.push_str(&self.variables_script(&usual.variables));
        script.push_str(&self.said(&["declare", "-f"]));
        script.push_str(&self.said(&["declare", "-xF"]));
        script.push_str(&self.said(&["declare", "-rF"]));
        for directory in self.directory_stack.clone().iter().rev() {
            script.push_str(&format!(
                "pushd -n -- {} >/dev/null\n",
                quote::single(directory)
            ));
        }
        script.push_str(&format!("umask {}\n", self.said(&["umask"]).trim_end()));
        script.push_str(&positional_script(&self.positional));
        script.push_str(&self.said(&["alias", "-p"]));
        script.push_str(&self.said(&["trap", "-p"]));
        script.push_str(&set_options);
        script.push_str(&format!("(exit {status})\n"));
        script
    }

    fn variables_script(&mut self, usual: &Variables) -> String {
        let usual: BTreeMap<&Text, &Rc<Variable>> = usual.visible().collect();
        let names: Vec<Text> = (self.variables.visible())
            .filter(|(name, variable)| COUNTS_ON == &***name || usual.get(name) != Some(variable))
            .map(|(name, _)| name.clone())
            .filter(|name| !NOT_KEPT.contains(&&**name))
            .collect();
        let mut script = String::new();
        // References last: what is declared through one must be there.
        let (references, plain): (Vec<Text>, Vec<Text>) = names.into_iter().partition(|name| {
            self.variable_itself(name)
                .is_some_and(|variable| variable.attributes.nameref)
        });
        for name in plain.iter().chain(&references) {
            script.push_str(&self.said(&["declare", "-p", name]));
        }
        script
    }

    /// What a builtin prints.
    fn said(&mut self, words: &[&str]) -> String {
        let words: Vec<Text> = words.iter().map(|&word| word.into()).collect();
        let capture = Rc::new(Capture::default());
        let output = self
            .descriptors
            .replace(1, Some(Target::Capture(capture.clone())));
        let errors = self
            .descriptors
            .replace(2, Some(Target::Capture(Rc::default())));
        let _ = self.call_builtin(&words);
        self.descriptors.restore(2, errors);
        self.descriptors.restore(1, output);
        text::decode(&capture.bytes.borrow()).into_owned()
    }
}

fn positional_script(arguments: &[Text]) -> String {
    let mut script = String::from("set --");
    for argument in arguments {
        script.push(' ');
        script.push_str(&quote::single(argument));
    }
    script.push('\n');
    script
}

//! How a shell begins: options, `-c`, script files, standard input, state handed over. OWNER: execute.

mod arguments;
mod environment;
mod reading;
mod state;

use std::cell::RefCell;

use isobox_guest::Arguments;
use isobox_guest::process::{self, Action, signal};

use crate::execute;
use crate::execute::traps::event;
use crate::options::Options;
use crate::shell::Shell;
use crate::text::{self, Text};
use crate::variables::Variables;
use arguments::{Invocation, Source};

/// What every shell begins with.
struct Initial {
    variables: Variables,
    options: Options,
}

thread_local! {
    static INITIAL: RefCell<Option<Initial>> = const { RefCell::new(None) };
    /// What a state need not say.
    static USUAL: RefCell<Option<Initial>> = const { RefCell::new(None) };
}

/// What every start repeats, computed when the guest is pinned. Calls no import.
pub fn freeze() {
    INITIAL.with_borrow_mut(|initial| {
        initial.get_or_insert_with(Initial::new);
    });
    USUAL.with_borrow_mut(|usual| {
        usual.get_or_insert_with(Initial::new);
    });
}

impl Initial {
    fn new() -> Initial {
        let mut variables = Variables::initial();
        environment::add_usual(&mut variables);
        Initial {
            variables,
            options: Options::default(),
        }
    }
}

pub fn bash(arguments: Arguments) -> i32 {
    begin(arguments, false)
}

pub fn sh(arguments: Arguments) -> i32 {
    begin(arguments, true)
}

fn begin(arguments: Arguments, called_sh: bool) -> i32 {
    if let Some(status) = execute::run_handed_over() {
        return status;
    }
    let words: Vec<Text> = arguments
        .map(|argument| text::decode(argument.as_encoded_bytes()).into())
        .collect();
    let initial = INITIAL
        .with_borrow_mut(Option::take)
        .unwrap_or_else(Initial::new);
    let options = if called_sh {
        Options::of_sh()
    } else {
        initial.options
    };
    let name = words.first().cloned().unwrap_or_else(|| "bash".into());
    let mut shell = Shell::new(name, options, initial.variables);
    let status = match Invocation::parse(&mut shell, &words) {
        Ok(invocation) => shell.run_invocation(invocation),
        Err(status) => status,
    };
    // The process ends: nobody needs what it would take time to free.
    std::mem::forget(shell);
    status
}

impl Shell {
    fn run_invocation(&mut self, invocation: Invocation) -> i32 {
        if let Some(file) = &invocation.state {
            self.state_file = Some(absolute(file));
        }
        if let Err(status) = self.take_surroundings() {
            return status;
        }
        self.main_arguments = self.positional.clone();
        let status = match invocation.source {
            Source::Text(text) => self.run_string(text),
            Source::File(path) => self.run_script(&path),
            Source::Input => self.run_input(),
        };
        if self.broken_pipe {
            let _ = process::set_action(signal::PIPE, Action::Default);
            let _ = process::kill(process::ids().0 as i32, signal::PIPE);
        }
        status
    }

    /// `-c`
    fn run_string(&mut self, text: Text) -> i32 {
        self.execution_string = Some(text.clone());
        self.set_quietly("BASH_EXECUTION_STRING", text.clone());
        let outcome = self.run_lines(text, "-c", 1);
        self.end_main(outcome)
    }

    /// A script file.
    fn run_script(&mut self, path: &str) -> i32 {
        let text = match reading::script(self, path) {
            Ok(text) => text,
            Err(status) => return status,
        };
        self.name = path.into();
        self.frames.push(crate::shell::Frame {
            function: "main".into(),
            source: path.into(),
            call_line: 0,
            arguments: self.positional.clone(),
            is_function: false,
        });
        self.run_startup_file();
        let outcome = self.run_lines(text, "", 1);
        self.end_main(outcome)
    }

    fn end_main(&mut self, outcome: crate::flow::Result<execute::text::Ran>) -> i32 {
        let outcome = outcome.map(|_| self.status);
        match self.state_file.take() {
            None => self.end(outcome),
            Some(file) => self.end_with_state(&file, outcome),
        }
    }

    /// The session goes on: its `EXIT` trap is kept, not run.
    fn end_with_state(&mut self, file: &str, outcome: crate::flow::Result) -> i32 {
        let trap = self.traps.get(event::EXIT).cloned();
        let options = self.options.clone();
        self.options.xtrace = false;
        self.options.noexec = false;
        self.set_trap(event::EXIT, None);
        let status = self.end(outcome);
        self.set_trap(event::EXIT, trap);
        self.options = options;
        if let Err(error) = self.save_state(file, status) {
            let line = format!("{}: {file}: {}\n", self.name, execute::words(&error));
            let _ = self.write(2, &text::encode(&line));
            return 1;
        }
        status
    }

    /// `BASH_ENV`
    fn run_startup_file(&mut self) {
        if self.options.posix || self.options.called_sh {
            return;
        }
        let Some(file) = self.get("BASH_ENV").filter(|file| !file.is_empty()) else {
            return;
        };
        let word = crate::syntax::ast::Word::new(format!("\"{file}\""));
        if let Ok(path) = self.expand_word(&word)
            && std::path::Path::new(&*path).exists()
        {
            let _ = self.run_file(&path, None);
        }
    }
}

/// A path that stays right when the shell goes elsewhere.
fn absolute(path: &Text) -> Text {
    match std::env::current_dir() {
        Ok(directory) if !path.starts_with('/') => directory.join(&**path).to_string_lossy().into(),
        _ => path.clone(),
    }
}

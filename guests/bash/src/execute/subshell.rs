//! Subshells: copies of the shell in its own process.

use std::path::Path;
use std::rc::Rc;

use isobox_guest::process::{self, Action, signal};

use super::child::Task;
use super::jobs;
use super::traps::untrapped_action;
use crate::descriptors::{self, Capture, Opening, Target};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::{Command, CommandKind, List, Program, RedirectKind, Word};
use crate::syntax::print_command;
use crate::text::{self, Text};

impl Shell {
    /// `( … )`
    pub(super) fn run_subshell(&mut self, list: &List, command: &Command) -> Result {
        if self.mentions_pid && print_command(command).contains("BASHPID") {
            let status = self.run_in_child(Task::List(list), |_| {})?;
            return Ok(self.finish(status));
        }
        let status = self.in_subshell(|shell| shell.run_list(list))?;
        Ok(self.finish(status))
    }

    /// Runs something in a process of its own, and waits for it: it asks for the process's number.
    fn run_in_child(&mut self, task: Task<'_>, prepare: impl FnOnce(&mut Shell)) -> Result {
        let mut shell = self.clone();
        shell.enter_subshell();
        prepare(&mut shell);
        match shell.begin_child(task, false, false) {
            Ok(child) => self.await_child(child),
            Err(error) => Err(self.fork_failed(&error)),
        }
    }

    /// Runs something in a copy of this shell; only its status comes back.
    pub(super) fn in_subshell(&mut self, run: impl FnOnce(&mut Shell) -> Result) -> Result {
        self.check_depth("subshell")?;
        note_broken_pipes();
        let mut subshell = self.clone();
        subshell.enter_subshell();
        subshell.in_process_subshell = true;
        Ok(self.end_subshell(subshell, run))
    }

    /// What becomes of a copy that is a subshell.
    pub(super) fn enter_subshell(&mut self) {
        self.subshell_depth += 1;
        self.loop_depth = 0;
        self.umask_before = None;
        self.traps
            .enter_subshell(self.options.functrace, self.options.errtrace);
    }

    /// Runs a subshell to its end and puts back what it shares with this shell: directory, mask, signals.
    pub(super) fn end_subshell(
        &mut self,
        mut subshell: Shell,
        run: impl FnOnce(&mut Shell) -> Result,
    ) -> i32 {
        let outcome = run(&mut subshell);
        let status = subshell.end(outcome);
        if subshell.directory != self.directory {
            let bytes = text::encode(&self.directory);
            if let Ok(directory) = std::str::from_utf8(&bytes) {
                let _ = std::env::set_current_dir(Path::new(directory));
            }
        }
        if let Some(mask) = subshell.umask_before {
            process::set_umask(mask);
        }
        self.restore_signal_actions(&subshell);
        status
    }

    /// The status of a shell that ends, its `EXIT` trap run.
    pub fn end(&mut self, outcome: Result) -> i32 {
        let status = match outcome {
            Ok(status) | Err(Flow::Exit(status) | Flow::Return(status) | Flow::Discard(status)) => {
                status
            }
            Err(Flow::Break(_) | Flow::Continue(_)) => 0,
        };
        if self.broken_pipe {
            return 128 + signal::PIPE as i32;
        }
        self.run_exit_trap(status)
    }

    /// Signals do in this process what this shell wants again, not what its subshell wanted.
    fn restore_signal_actions(&self, subshell: &Shell) {
        for (number, _) in subshell.traps.listed() {
            if !(1..64).contains(&number) || subshell.traps.get(number) == self.traps.get(number) {
                continue;
            }
            let action = match self.traps.get(number) {
                None => untrapped_action(number),
                Some(command) if command.is_empty() => Action::Ignore,
                Some(_) => Action::Note,
            };
            jobs::set_trapped(number, self.traps.is_trapped(number));
            let _ = process::set_action(number, action);
        }
    }

    /// The output of a command substitution without its trailing newlines; `$?` is its status.
    pub fn substitute(&mut self, program: &Program) -> Result<Text> {
        self.check_depth("command substitution")?;
        let capture = Rc::new(Capture::default());
        let status = match read_file_shortcut(program) {
            Some(word) => self.capture_file(word, &capture)?,
            None if self.mentions_pid => self.run_in_child(Task::Program(program), |shell| {
                shell.prepare_capture(&capture);
            })?,
            None => self.capture_program(program, &capture),
        };
        capture.finish();
        let bytes = std::mem::take(&mut *capture.bytes.borrow_mut());
        self.status = status;
        self.substitution_status = Some(status);
        Ok(self.substituted_text(bytes))
    }

    fn capture_program(&mut self, program: &Program, capture: &Rc<Capture>) -> i32 {
        let mut subshell = self.clone();
        subshell.enter_subshell();
        subshell.in_process_subshell = true;
        subshell.prepare_capture(capture);
        self.end_subshell(subshell, |shell| shell.run_program(program))
    }

    /// What distinguishes the subshell of a command substitution.
    fn prepare_capture(&mut self, capture: &Rc<Capture>) {
        self.trace_level = self.trace_level.saturating_add(1);
        if !self.options.inherit_errexit && !self.options.posix {
            self.options.errexit = false;
            self.errexit_suppressed = 0;
        }
        self.descriptors
            .replace(1, Some(Target::Capture(capture.clone())));
    }

    /// `$(<file)`
    fn capture_file(&mut self, word: &Word, capture: &Rc<Capture>) -> Result<i32> {
        let path = self.expand_target(word)?;
        match read_file(self, &path) {
            Ok(bytes) => {
                *capture.bytes.borrow_mut() = bytes;
                Ok(0)
            }
            Err(error) => {
                self.complain(format_args!("{path}: {}", super::spawn::words(&error)));
                Ok(1)
            }
        }
    }

    fn substituted_text(&mut self, mut bytes: Vec<u8>) -> Text {
        while bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        if bytes.contains(&0) {
            self.complain("warning: command substitution: ignored null byte in input");
            bytes.retain(|&byte| byte != 0);
        }
        text::decode(&bytes).into()
    }
}

thread_local! {
    static BROKEN_PIPES_NOTED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// A subshell that writes where nobody reads ends alone: the process must survive the signal.
pub(super) fn note_broken_pipes() {
    if !BROKEN_PIPES_NOTED.replace(true)
        && let Ok(before @ Action::Ignore) = process::set_action(signal::PIPE, Action::Note)
    {
        let _ = process::set_action(signal::PIPE, before);
    }
}

/// Whether broken pipes are noted though they may not be trapped.
pub(super) fn notes_broken_pipes() -> bool {
    BROKEN_PIPES_NOTED.get()
}

/// The file of `$(<file)`, when that is all there is.
fn read_file_shortcut(program: &Program) -> Option<&Word> {
    let [list] = &*program.commands else {
        return None;
    };
    let [item] = &*list.0 else {
        return None;
    };
    let pipeline = &item.chain.first;
    if item.background || !item.chain.rest.is_empty() || pipeline.negated || pipeline.time.is_some()
    {
        return None;
    }
    let [
        Command {
            kind: CommandKind::Simple(simple),
            redirects,
            ..
        },
    ] = &*pipeline.commands
    else {
        return None;
    };
    match &**redirects {
        [redirect] if simple.arguments.is_empty() && simple.assignments.is_empty() => {
            match &redirect.kind {
                RedirectKind::Read(word) => Some(word),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The bytes of a file, or of what one of the shell's own descriptors leads to.
pub(super) fn read_file(shell: &mut Shell, path: &str) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(number) = super::redirect::own_descriptor(path) {
        let mut buffer = [0; 4096];
        loop {
            match shell.descriptors.read(number, &mut buffer)? {
                0 => return Ok(bytes),
                count => bytes.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            }
        }
    }
    let opened = descriptors::open(path, Opening::Read)?;
    let mut buffer = vec![0; super::spawn::PIPE_BYTES];
    loop {
        match descriptors::read_machine(opened.number, &mut buffer)? {
            0 => return Ok(bytes),
            count => bytes.extend_from_slice(buffer.get(..count).unwrap_or_default()),
        }
    }
}

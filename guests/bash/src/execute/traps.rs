//! `trap`: which command runs on which signal or event. OWNER: execute.

use std::collections::BTreeMap;
use std::rc::Rc;

use isobox_guest::process::{self, Action, signal};
use serde::{Deserialize, Serialize};

use super::{collect, jobs, subshell};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;

/// What can be trapped besides signals, which have their own numbers.
pub mod event {
    pub const EXIT: u32 = 0;
    pub const DEBUG: u32 = 65;
    pub const ERR: u32 = 66;
    pub const RETURN: u32 = 67;
}

/// Signals have numbers below this.
const SIGNALS: u32 = 65;

/// The traps of a shell.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Traps {
    handlers: Rc<BTreeMap<u32, Text>>,
    /// What the shell that this is a subshell of trapped: listed, never run, and forgotten when the subshell sets a trap itself.
    inherited: Rc<BTreeMap<u32, Text>>,
    /// Handlers that are running, by number: an event does not trap itself.
    running: Vec<u32>,
    /// Whether a signal has a handler, so that a shell without one asks the machine nothing.
    catches_signals: bool,
}

impl Traps {
    /// The command of a trap; empty when the signal is ignored.
    pub fn get(&self, number: u32) -> Option<&Text> {
        self.handlers.get(&number)
    }

    /// Whether the signal or event runs a command.
    pub fn is_trapped(&self, number: u32) -> bool {
        self.get(number).is_some_and(|command| !command.is_empty())
    }

    /// Whether nothing at all is trapped.
    pub fn is_empty(&self) -> bool {
        self.handlers.is_empty()
    }

    /// Whether a handler is being run.
    pub fn is_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// What `trap -p` lists, by number.
    pub fn listed(&self) -> impl Iterator<Item = (u32, &Text)> {
        let shown = if self.inherited.is_empty() {
            &self.handlers
        } else {
            &self.inherited
        };
        shown.iter().map(|(&number, command)| (number, command))
    }

    /// Which signals are ignored, a bit each, as a child inherits them.
    pub fn ignored(&self) -> u64 {
        self.handlers
            .iter()
            .filter(|(number, command)| **number < 64 && **number > 0 && command.is_empty())
            .fold(0, |bits, (number, _)| bits | 1 << number)
    }

    /// What is left of them in a subshell: what is ignored stays so, `DEBUG`, `RETURN` and `ERR` stay where they are inherited.
    pub fn enter_subshell(&mut self, functrace: bool, errtrace: bool) {
        if self.handlers.is_empty() {
            return;
        }
        self.inherited = self.handlers.clone();
        let stays = |number: u32, command: &Text| match number {
            event::DEBUG | event::RETURN => functrace,
            event::ERR => errtrace,
            event::EXIT => false,
            _ => command.is_empty(),
        };
        Rc::make_mut(&mut self.handlers).retain(|&number, command| stays(number, command));
        self.catches_signals = false;
        self.running.clear();
    }

    /// Takes an event's command away for a while.
    pub(super) fn take(&mut self, number: u32) -> Option<Text> {
        if !self.handlers.contains_key(&number) {
            return None;
        }
        Rc::make_mut(&mut self.handlers).remove(&number)
    }

    /// Gives an event its command back, unless it has another one by now.
    pub(super) fn put_back(&mut self, number: u32, command: Text) {
        Rc::make_mut(&mut self.handlers)
            .entry(number)
            .or_insert(command);
    }

    fn set(&mut self, number: u32, command: Option<Text>) {
        self.inherited = Rc::default();
        let handlers = Rc::make_mut(&mut self.handlers);
        match command {
            Some(command) => handlers.insert(number, command),
            None => handlers.remove(&number),
        };
        self.catches_signals = (handlers.iter())
            .any(|(number, command)| (1..SIGNALS).contains(number) && !command.is_empty());
    }
}

impl Shell {
    /// Sets a trap, or with `None` takes it away; an empty command ignores the signal.
    pub fn set_trap(&mut self, number: u32, command: Option<Text>) {
        if (1..SIGNALS).contains(&number) {
            let action = match &command {
                None => untrapped_action(number),
                Some(command) if command.is_empty() => Action::Ignore,
                Some(_) => Action::Note,
            };
            jobs::set_trapped(
                number,
                command.as_ref().is_some_and(|command| !command.is_empty()),
            );
            // KILL and STOP cannot be trapped; bash accepts the trap and never runs it.
            let _ = process::set_action(number, action);
        }
        self.traps.set(number, command);
    }

    /// Runs what is trapped on signals that came since; called between commands.
    pub fn run_pending_traps(&mut self) -> Result<()> {
        if !self.traps.catches_signals {
            return Ok(());
        }
        while let Some(number) = jobs::next_signal() {
            self.run_trap(number)?;
        }
        Ok(())
    }

    /// The same inside of a builtin; false when the builtin is to end, and the shell with it or what it runs.
    pub fn run_traps_within(&mut self) -> bool {
        match self.run_pending_traps() {
            Ok(()) => true,
            Err(flow) => {
                self.flow_within = Some(flow);
                false
            }
        }
    }

    /// After an interrupted wait: the signal that has a handler, which is run, or `None` when what came concerns nobody.
    pub(super) fn run_interrupting_trap(&mut self) -> Result<Option<u32>> {
        let mut first = None;
        jobs::hold_signals();
        if !self.traps.catches_signals {
            return Ok(None);
        }
        while let Some(number) = jobs::next_signal() {
            if self.traps.is_trapped(number) {
                first.get_or_insert(number);
                self.run_trap(number)?;
            }
        }
        Ok(first)
    }

    /// Runs a trap's command, if there is one; `$?` stays what it was.
    pub(super) fn run_trap(&mut self, number: u32) -> Result<()> {
        self.run_trap_for_status(number).map(|_| ())
    }

    /// The `EXIT` trap, once; what it says may change the status.
    pub(super) fn run_exit_trap(&mut self, status: i32) -> i32 {
        self.status = status;
        if !self.traps.is_trapped(event::EXIT) {
            return status;
        }
        let Some(command) = self.traps.get(event::EXIT).cloned() else {
            return status;
        };
        self.traps.set(event::EXIT, None);
        self.loop_depth = 0;
        self.line = 1;
        let outcome = self.run_lines(command, "exit trap", 1);
        match outcome {
            Err(Flow::Exit(status)) => status,
            Err(Flow::Return(status)) if self.frames.is_empty() => status,
            _ => status,
        }
    }

    /// Runs a trap's command and says what its last command's status was, for `extdebug`.
    pub(super) fn run_trap_for_status(&mut self, number: u32) -> Result<Option<i32>> {
        let Some(command) = self.traps.get(number).cloned() else {
            return Ok(None);
        };
        if command.is_empty() || self.traps.running.contains(&number) {
            return Ok(None);
        }
        let (status, line) = (self.status, self.line);
        let pipe_statuses = self.pipe_statuses().to_vec();
        let frozen = self.line_frozen;
        self.traps.running.push(number);
        match number {
            event::DEBUG | event::ERR | event::RETURN => self.line_frozen = true,
            _ => self.line = 1,
        }
        let outcome = self.run_text(&command, "trap");
        self.line_frozen = frozen;
        self.traps.running.retain(|&running| running != number);
        let said = self.status;
        self.line = line;
        self.set_pipe_statuses(&pipe_statuses);
        self.status = status;
        match outcome {
            Err(Flow::Exit(status)) => Err(Flow::Exit(status)),
            Err(Flow::Return(status)) if number != event::DEBUG => Err(Flow::Return(status)),
            Err(Flow::Return(status)) => Ok(Some(status)),
            Err(flow @ (Flow::Break(_) | Flow::Continue(_))) => Err(flow),
            Err(Flow::Discard(status)) => Ok(Some(status)),
            Ok(_) => Ok(Some(said)),
        }
    }
}

/// What a signal does that nothing is trapped on: two are noted because the shell itself wants to know.
pub(super) fn untrapped_action(number: u32) -> Action {
    match number {
        signal::PIPE if subshell::notes_broken_pipes() => Action::Note,
        signal::CHLD if collect::notes_children() => Action::Note,
        _ => Action::Default,
    }
}

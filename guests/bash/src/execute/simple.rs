//! Simple commands: assignments, words, redirections, and whom the first word calls.

use std::rc::Rc;

use crate::builtins::{self, Entry, Operand};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::{Argument, Command, Function, Redirect, Simple, Word};
use crate::syntax::print_command;
use crate::text::Text;
use crate::variables::NewValue;

/// Whom a command's name calls.
pub(super) enum Callee {
    Function(Rc<Function>),
    Builtin(&'static Entry),
    Program,
}

impl Shell {
    pub(super) fn run_simple(&mut self, simple: &Simple, command: &Command) -> Result {
        if !std::mem::take(&mut self.debug_done) && self.run_debug_trap(command)? {
            return Ok(self.status);
        }
        self.substitution_status = None;
        if !self.traps.is_running() && asks_for_command(simple) {
            self.current_command = print_command(command).into();
        }
        let operands = self.expand_operands(simple)?;
        if operands.is_empty() {
            return self.run_assignments(simple, &command.redirects);
        }
        let last = operands.last().map(last_argument);
        let name = operands.first().map(operand_text).unwrap_or_default();
        let callee = self.callee(&name);
        let outcome = if simple.assignments.is_empty() {
            self.run_expanded(&callee, &operands, &command.redirects)
        } else {
            self.run_assigned(simple, &callee, &operands, &command.redirects)
        };
        if let Some(last) = last {
            self.last_argument = last;
        }
        if !self.keeps_death
            && let Some(death) = self.death.take()
        {
            self.report_death(death, || print_command(command));
        }
        outcome
    }

    /// With assignments in front: for as long as the command runs, but for good in front of a special builtin in posix mode.
    fn run_assigned(
        &mut self,
        simple: &Simple,
        callee: &Callee,
        operands: &[Operand],
        redirects: &[Redirect],
    ) -> Result {
        if self.options.posix && matches!(callee, Callee::Builtin(entry) if entry.special) {
            for written in &simple.assignments {
                let assignment = self.expand_assignment(written)?;
                self.trace_assignment(written, &assignment)?;
                self.assign(&assignment)?;
            }
            return self.run_expanded(callee, operands, redirects);
        }
        self.push_temporary(&[])?;
        let outcome = match self.assign_temporarily(simple) {
            Ok(()) => self.run_expanded(callee, operands, redirects),
            Err(flow) => Err(flow),
        };
        self.pop_temporary();
        outcome
    }

    /// A readonly variable is complained about; the command runs all the same.
    pub(super) fn assign_temporarily(&mut self, simple: &Simple) -> Result<()> {
        for written in &simple.assignments {
            let assignment = self.expand_assignment(written)?;
            self.trace_assignment(written, &assignment)?;
            match self.add_temporary(&assignment) {
                Ok(()) | Err(Flow::Discard(_)) => {}
                Err(flow) => return Err(flow),
            }
        }
        Ok(())
    }

    /// The words of a command, expanded.
    pub(super) fn expand_operands(&mut self, simple: &Simple) -> Result<Vec<Operand>> {
        let all_words = simple
            .arguments
            .iter()
            .all(|argument| matches!(argument, Argument::Word(_)));
        let declares = !all_words && self.is_declaration(simple);
        if !declares {
            let words = simple.arguments.iter().map(Argument::word);
            let fields = self.expand_words(words)?;
            return Ok(fields.into_iter().map(Operand::Text).collect());
        }
        let mut operands = Vec::with_capacity(simple.arguments.len());
        for argument in &simple.arguments {
            match argument {
                Argument::Word(word) => {
                    let fields = self.expand_words(std::iter::once(word))?;
                    operands.extend(fields.into_iter().map(Operand::Text));
                }
                Argument::Assignment(assignment, _) => {
                    operands.push(Operand::Assignment(self.expand_assignment(assignment)?));
                }
            }
        }
        Ok(operands)
    }

    /// Whether the command, as it is written, takes assignments as operands; in posix mode `command` may stand in front.
    fn is_declaration(&self, simple: &Simple) -> bool {
        for argument in &simple.arguments {
            let name = &*argument.word().raw;
            if self.options.posix && name == "command" {
                continue;
            }
            return builtins::find(self, name).is_some_and(|entry| entry.declaration);
        }
        false
    }

    /// A command without a name: its assignments stay, its redirections only happen.
    fn run_assignments(&mut self, simple: &Simple, redirects: &[Redirect]) -> Result {
        for written in &simple.assignments {
            let assignment = self.expand_assignment(written)?;
            self.trace_assignment(written, &assignment)?;
            self.assign(&assignment)
                .map_err(|flow| self.fatal_under_errexit(flow))?;
        }
        let status = self.substitution_status.unwrap_or(0);
        if !redirects.is_empty() {
            match self.redirect(redirects)? {
                Ok(undo) => self.restore_descriptors(undo),
                Err(status) => return Ok(self.finish(status)),
            }
        }
        self.last_argument = "".into();
        Ok(self.finish(status))
    }

    fn run_expanded(
        &mut self,
        callee: &Callee,
        operands: &[Operand],
        redirects: &[Redirect],
    ) -> Result {
        self.trace_command(operands)?;
        if redirects.is_empty() {
            let outcome = self.run_called(callee, operands);
            self.keep_redirects = false;
            return self.finish_called(outcome);
        }
        let redirected = match self.redirect(redirects) {
            // A program's redirections are the child's business, which alone ends.
            Err(Flow::Exit(status)) if matches!(callee, Callee::Program) => Err(status),
            redirected => redirected?,
        };
        let undo = match redirected {
            Ok(undo) => undo,
            Err(status) => {
                if self.options.posix && matches!(callee, Callee::Builtin(entry) if entry.special) {
                    return Err(Flow::Exit(status));
                }
                return Ok(self.finish(status));
            }
        };
        let outcome = self.run_called(callee, operands);
        if std::mem::take(&mut self.keep_redirects) {
            self.keep_for_good(undo);
        } else {
            self.restore_descriptors(undo);
        }
        self.finish_called(outcome)
    }

    fn finish_called(&mut self, outcome: Result) -> Result {
        if self.broken_pipe {
            return Err(Flow::Exit(141));
        }
        if let Some(flow) = self.flow_within.take() {
            return Err(flow);
        }
        outcome.map(|status| self.finish(status))
    }

    /// Functions come before builtins, but in posix mode not before the special ones.
    pub(super) fn callee(&self, name: &str) -> Callee {
        let builtin = builtins::find(self, name);
        if let Some(entry) = builtin
            && entry.special
            && self.options.posix
        {
            return Callee::Builtin(entry);
        }
        if let Some(function) = self.functions.get(name) {
            return Callee::Function(function.clone());
        }
        builtin.map_or(Callee::Program, Callee::Builtin)
    }

    fn run_called(&mut self, callee: &Callee, operands: &[Operand]) -> Result {
        match callee {
            Callee::Builtin(entry) => self.run_builtin(entry, operands),
            Callee::Function(function) => self.call_function(&function.clone(), &texts(operands)),
            Callee::Program => self.run_program_file(&texts(operands)),
        }
    }

    pub(super) fn run_builtin(&mut self, entry: &Entry, operands: &[Operand]) -> Result {
        if self.in_process_subshell && self.umask_before.is_none() && entry.name == "umask" {
            self.umask_before = Some(isobox_guest::process::umask());
        }
        (entry.run)(self, operands)
    }

    /// Calls a function or builtin or program by name, with these words: what `command`, `builtin`, `exec -a`, completion and traps need.
    pub fn call(&mut self, words: &[Text]) -> Result {
        let Some(name) = words.first() else {
            return Ok(0);
        };
        let operands: Vec<Operand> = words.iter().cloned().map(Operand::Text).collect();
        let callee = self.callee(name);
        self.run_called(&callee, &operands)
    }

    /// As [`Self::call`], functions left out: what `command NAME` does.
    pub fn call_no_function(&mut self, operands: &[Operand]) -> Result {
        let name = operands.first().map(operand_text).unwrap_or_default();
        match builtins::find(self, &name) {
            Some(entry) => self.run_builtin(entry, operands),
            None => self.run_program_file(&texts(operands)),
        }
    }

    /// Calls a builtin whatever the name means otherwise; 127 when there is none.
    pub fn call_builtin(&mut self, words: &[Text]) -> Result {
        let operands: Vec<Operand> = words.iter().cloned().map(Operand::Text).collect();
        let name = words.first().map_or("", |name| name);
        match builtins::find(self, name) {
            Some(entry) => self.run_builtin(entry, &operands),
            None => Ok(127),
        }
    }
}

impl Argument {
    /// The word as it stands in the source.
    pub(super) fn word(&self) -> &Word {
        match self {
            Argument::Word(word) | Argument::Assignment(_, word) => word,
        }
    }
}

/// Whether a command shows itself; otherwise only traps do that.
fn asks_for_command(simple: &Simple) -> bool {
    const NAME: &str = "BASH_COMMAND";
    let mut words = simple.arguments.iter().map(Argument::word);
    words.any(|word| word.raw.len() > NAME.len() && word.raw.contains(NAME))
}

/// Operands as words; an assignment as it would be written.
pub(super) fn texts(operands: &[Operand]) -> Vec<Text> {
    operands.iter().map(operand_text).collect()
}

pub(super) fn operand_text(operand: &Operand) -> Text {
    match operand {
        Operand::Text(text) => text.clone(),
        Operand::Assignment(assignment) => {
            let equals = if assignment.append { "+=" } else { "=" };
            let value = match &assignment.value {
                NewValue::Scalar(value) => value,
                NewValue::Array(_) => "",
            };
            format!("{}{equals}{value}", assignment.name).into()
        }
    }
}

/// What `$_` becomes.
fn last_argument(operand: &Operand) -> Text {
    match operand {
        Operand::Text(text) => text.clone(),
        Operand::Assignment(assignment) => assignment.name.clone(),
    }
}

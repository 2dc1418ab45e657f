//! Commands made of commands: groups, conditions, loops, `case`.

use super::traps::event;
use crate::builtins::condition::condition;
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::{
    AfterArm, Arithmetic, CaseArm, Command, CommandKind, Condition, List, Word,
};
use crate::syntax::print_command;
use crate::text::Text;
use crate::variables::is_name;

/// What a loop does after a round.
enum Round {
    Next,
    Leave,
}

impl Shell {
    /// Runs one command of a pipeline. Whether its failing matters is the pipeline's concern.
    pub(super) fn run_command(&mut self, command: &Command) -> Result {
        if self.options.noexec {
            return Ok(self.status);
        }
        self.run_pending_traps()?;
        if !self.line_frozen {
            self.line = command.line;
        }
        let substituted = self.substituted.len();
        let outcome = match &command.kind {
            CommandKind::Simple(simple) => self.run_simple(simple, command),
            CommandKind::Function(function) => self
                .define_function(function)
                .map(|status| self.finish(status)),
            _ if command.redirects.is_empty() => self.run_compound(command),
            _ => self.run_redirected(command),
        };
        if self.substituted.len() > substituted {
            self.close_substituted(substituted);
        }
        outcome
    }

    fn run_redirected(&mut self, command: &Command) -> Result {
        let undo = match self.redirect(&command.redirects)? {
            Ok(undo) => undo,
            Err(status) => {
                self.finish(status);
                return self.check_failure(status);
            }
        };
        let outcome = self.run_compound(command);
        self.restore_descriptors(undo);
        outcome
    }

    fn run_compound(&mut self, command: &Command) -> Result {
        self.check_depth("compound command")?;
        match &command.kind {
            CommandKind::Group(list) => self.run_list(list),
            CommandKind::Subshell(list) => self.run_subshell(list, command),
            CommandKind::If {
                branches,
                otherwise,
            } => self.run_if(branches, otherwise.as_ref()),
            CommandKind::While {
                condition,
                body,
                until,
            } => self.run_while(condition, body, *until),
            CommandKind::For {
                variable,
                words,
                body,
            } => self.run_for(command, variable, words.as_deref(), body),
            CommandKind::ArithmeticFor {
                initial,
                condition,
                update,
                body,
            } => self.run_arithmetic_for(
                [initial.as_ref(), condition.as_ref(), update.as_ref()],
                body,
            ),
            CommandKind::Select {
                variable,
                words,
                body,
            } => self.run_select(command, variable, words.as_deref(), body),
            CommandKind::Case { word, arms } => self.run_case(command, word, arms),
            CommandKind::Arithmetic(arithmetic) => self.run_arithmetic(command, arithmetic),
            CommandKind::Condition(condition) => self.run_condition(command, condition),
            CommandKind::Coprocess { name, body } => self.run_coprocess(name.as_ref(), body),
            CommandKind::Simple(_) | CommandKind::Function(_) => Ok(self.status),
        }
    }

    fn run_if(&mut self, branches: &[(List, List)], otherwise: Option<&List>) -> Result {
        for (condition, body) in branches {
            if self.suppressing_errexit(|shell| shell.run_list(condition))? == 0 {
                return self.run_list(body);
            }
        }
        match otherwise {
            Some(body) => self.run_list(body),
            None => Ok(self.settle(0)),
        }
    }

    fn run_while(&mut self, condition: &List, body: &List, until: bool) -> Result {
        let mut status = 0;
        loop {
            let round = self.run_round(|shell| {
                let asked = shell.suppressing_errexit(|shell| shell.run_list(condition));
                // `until continue` is over, for `continue` has succeeded.
                if until && matches!(asked, Err(Flow::Continue(0 | 1))) {
                    return Ok(None);
                }
                if (asked? == 0) == until {
                    return Ok(None);
                }
                shell.run_list(body).map(Some)
            })?;
            match round {
                (Round::Leave, Some(ended)) => return Ok(self.settle(ended)),
                (Round::Leave, None) => return Ok(self.settle(status)),
                (Round::Next, ended) => status = ended.unwrap_or(0),
            }
        }
    }

    /// One round of a loop: what `break` and `continue` in it mean for it. Without a status of its own, the loop is over.
    fn run_round(
        &mut self,
        round: impl FnOnce(&mut Shell) -> Result<Option<i32>>,
    ) -> Result<(Round, Option<i32>)> {
        self.loop_depth += 1;
        let outcome = round(self);
        self.loop_depth = self.loop_depth.saturating_sub(1);
        let outermost = self.loop_depth == 0;
        match outcome {
            Ok(Some(status)) => Ok((Round::Next, Some(status))),
            Ok(None) => Ok((Round::Leave, None)),
            Err(Flow::Break(levels)) if levels <= 1 || outermost => {
                Ok((Round::Leave, Some(self.status)))
            }
            Err(Flow::Break(levels)) => Err(Flow::Break(levels - 1)),
            Err(Flow::Continue(levels)) if levels <= 1 || outermost => {
                Ok((Round::Next, Some(self.status)))
            }
            Err(Flow::Continue(levels)) => Err(Flow::Continue(levels - 1)),
            Err(flow) => Err(flow),
        }
    }

    fn run_for(
        &mut self,
        command: &Command,
        variable: &Text,
        words: Option<&[Word]>,
        body: &List,
    ) -> Result {
        if !is_name(variable) {
            self.complain(format_args!("`{variable}': not a valid identifier"));
            return Ok(self.finish(1));
        }
        let values = self.loop_words(words)?;
        let mut status = 0;
        for value in values {
            self.set_line(command);
            self.trace_loop("for", variable, words)?;
            if self.run_debug_trap(command)? {
                continue;
            }
            if self.set_loop_variable(variable, value)? {
                return Ok(self.finish(1));
            }
            match self.run_body(body)? {
                (Round::Next, ended) => status = ended,
                (Round::Leave, ended) => return Ok(self.settle(ended)),
            }
        }
        Ok(self.settle(status))
    }

    pub(super) fn loop_words(&mut self, words: Option<&[Word]>) -> Result<Vec<Text>> {
        match words {
            Some(words) => self.expand_words(words),
            None => Ok(self.positional.to_vec()),
        }
    }

    /// True when the loop is to end, because the variable can't be set.
    pub(super) fn set_loop_variable(&mut self, variable: &str, value: Text) -> Result<bool> {
        let is_reference = self
            .variable_itself(variable)
            .is_some_and(|variable| variable.attributes.nameref);
        if is_reference {
            self.set_quietly(variable, value);
            return Ok(false);
        }
        match self.set(variable, value) {
            Ok(()) => Ok(false),
            Err(Flow::Discard(_)) => Ok(true),
            Err(flow) => Err(flow),
        }
    }

    fn run_body(&mut self, body: &List) -> Result<(Round, i32)> {
        let (round, status) = self.run_round(|shell| shell.run_list(body).map(Some))?;
        Ok((round, status.unwrap_or(0)))
    }

    /// A round of `select`: `None` to go on, or the status to leave with.
    pub(super) fn run_select_round(&mut self, body: &List) -> Result<Option<i32>> {
        Ok(match self.run_body(body)? {
            (Round::Next, _) => None,
            (Round::Leave, status) => Some(status),
        })
    }

    fn run_arithmetic_for(&mut self, parts: [Option<&Arithmetic>; 3], body: &List) -> Result {
        let [initial, condition, update] = parts;
        let line = self.line;
        if self.evaluate_part(initial, line)?.is_none() {
            return Ok(self.finish(1));
        }
        let mut status = 0;
        loop {
            match self.evaluate_part(condition, line)? {
                None => return Ok(self.finish(1)),
                Some(0) => return Ok(self.settle(status)),
                Some(_) => {}
            }
            match self.run_body(body)? {
                (Round::Next, ended) => status = ended,
                (Round::Leave, ended) => return Ok(self.settle(ended)),
            }
            if self.evaluate_part(update, line)?.is_none() {
                return Ok(self.finish(1));
            }
        }
    }

    /// A part of `for ((…;…;…))`: 1 when it is left out, `None` after an error.
    fn evaluate_part(&mut self, part: Option<&Arithmetic>, line: u32) -> Result<Option<i64>> {
        let Some(part) = part else {
            return Ok(Some(1));
        };
        if !self.line_frozen {
            self.line = line;
        }
        self.trace_arithmetic(part)?;
        if self.run_debug_trap_for(|| format!("(({}))", part.word.raw))? {
            return Ok(Some(0));
        }
        self.evaluate_command(part)
    }

    /// Errors of an arithmetic command end only itself.
    fn evaluate_command(&mut self, arithmetic: &Arithmetic) -> Result<Option<i64>> {
        match self.evaluate_in(arithmetic, "((") {
            Ok(value) => Ok(Some(value)),
            Err(Flow::Discard(_)) => Ok(None),
            Err(flow) => Err(flow),
        }
    }

    fn run_arithmetic(&mut self, command: &Command, arithmetic: &Arithmetic) -> Result {
        self.trace_arithmetic(arithmetic)?;
        if self.run_debug_trap(command)? {
            return Ok(self.status);
        }
        let value = self.evaluate_command(arithmetic)?;
        Ok(self.finish(if value.unwrap_or(0) == 0 { 1 } else { 0 }))
    }

    fn run_condition(&mut self, command: &Command, asked: &Condition) -> Result {
        if self.run_debug_trap(command)? {
            return Ok(self.status);
        }
        let status = match condition(self, asked) {
            Ok(true) => 0,
            Ok(false) => 1,
            Err(Flow::Discard(status)) => status,
            Err(flow) => return Err(flow),
        };
        Ok(self.finish(status))
    }

    fn run_case(&mut self, command: &Command, word: &Word, arms: &[CaseArm]) -> Result {
        self.trace_case(word)?;
        if self.run_debug_trap(command)? {
            return Ok(self.status);
        }
        let subject = self.expand_word(word)?;
        let mut falls = false;
        let mut status = 0;
        for arm in arms {
            if !falls && !self.matches_arm(&subject, arm)? {
                continue;
            }
            self.settle(0);
            status = self.run_list(&arm.body)?;
            match arm.after {
                AfterArm::Leave => break,
                AfterArm::FallThrough => falls = true,
                AfterArm::TryNext => falls = false,
            }
        }
        Ok(self.settle(status))
    }

    fn matches_arm(&mut self, subject: &str, arm: &CaseArm) -> Result<bool> {
        for pattern in &arm.patterns {
            if self.expand_pattern(pattern)?.matches(subject) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Sets `$?` alone: `PIPESTATUS` is that of the last simple command or pipeline.
    pub(super) fn settle(&mut self, status: i32) -> i32 {
        self.status = status;
        status
    }

    pub(super) fn set_line(&mut self, command: &Command) {
        if !self.line_frozen {
            self.line = command.line;
        }
    }

    /// Runs the `DEBUG` trap in front of a command; true when `extdebug` says to leave the command out.
    pub(super) fn run_debug_trap(&mut self, command: &Command) -> Result<bool> {
        if self.traps.is_empty() || self.traps.is_running() {
            return Ok(false);
        }
        self.current_command = shown_head(command).into();
        self.run_debug_handler()
    }

    /// The same when a function begins: its call is still the command.
    pub(super) fn run_debug_trap_again(&mut self) -> Result<bool> {
        if self.traps.is_empty() || self.traps.is_running() {
            return Ok(false);
        }
        self.run_debug_handler()
    }

    pub(super) fn run_debug_trap_for(&mut self, shown: impl FnOnce() -> String) -> Result<bool> {
        if self.traps.is_empty() || self.traps.is_running() {
            return Ok(false);
        }
        self.current_command = shown().into();
        self.run_debug_handler()
    }

    fn run_debug_handler(&mut self) -> Result<bool> {
        if !self.traps.is_trapped(event::DEBUG) {
            return Ok(false);
        }
        let said = self.run_trap_for_status(event::DEBUG)?;
        if !self.options.extdebug {
            return Ok(false);
        }
        match said {
            None | Some(0) => Ok(false),
            Some(2) if !self.frames.is_empty() => Err(Flow::Return(self.status)),
            Some(_) => {
                self.settle(0);
                Ok(true)
            }
        }
    }
}

/// What `BASH_COMMAND` says of a command: of a loop, only how it begins.
fn shown_head(command: &Command) -> String {
    let words = |keyword: &str, variable: &str, words: Option<&[Word]>| {
        let mut head = format!("{keyword} {variable}");
        if let Some(words) = words {
            head.push_str(" in");
            for word in words {
                head.push(' ');
                head.push_str(&word.raw);
            }
        }
        head
    };
    match &command.kind {
        CommandKind::For {
            variable,
            words: list,
            ..
        } => words("for", variable, list.as_deref()),
        CommandKind::Select {
            variable,
            words: list,
            ..
        } => words("select", variable, list.as_deref()),
        CommandKind::Case { word, .. } => format!("case {} in ", word.raw),
        _ => print_command(command),
    }
}

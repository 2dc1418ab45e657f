//! Pipelines, and what runs in the background.
//!
//! The last command of a pipeline runs in this process, on a copy of the shell. An earlier one is begun as the program it is, or, when
//! it is a builtin that only writes, run into a buffer; anything else is a child that is a shell.

use std::io;
use std::rc::Rc;

use super::child::Task;
use super::jobs;
use super::simple::{Callee, operand_text, texts};
use super::spawn::{Child, PIPE_BYTES};
use crate::builtins::{Entry, Operand};
use crate::descriptors::{Capture, OwnedDescriptor, Target};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::{
    Argument, Assignment, AssignmentValue, Chain, Command, CommandKind, Connector, Pipeline,
    RedirectKind, Simple, Word,
};
use crate::syntax::print_command;
use crate::text::Text;

/// A stage that has begun, or is over already.
enum Stage {
    Running(u32),
    Over(i32),
    /// It wrote more at once than a program would, into a pipe that may not be read.
    Written(i32, Rc<OwnedDescriptor>),
}

/// How much a program writes at once.
const CHUNK: usize = 4096;

impl Shell {
    pub(super) fn run_pipeline(&mut self, pipeline: &Pipeline) -> Result {
        match pipeline.time {
            None => self.run_untimed(pipeline),
            Some(format) => self.timed(format, |shell| shell.run_untimed(pipeline)),
        }
    }

    fn run_untimed(&mut self, pipeline: &Pipeline) -> Result {
        if pipeline.negated {
            let status = self.suppressing_errexit(|shell| shell.run_stages(&pipeline.commands))?;
            return Ok(self.settle(if status == 0 { 1 } else { 0 }));
        }
        let status = self.run_stages(&pipeline.commands)?;
        match &*pipeline.commands {
            [command] if !command.kind.fails_itself() => Ok(status),
            _ => self.check_failure(status),
        }
    }

    fn run_stages(&mut self, commands: &[Command]) -> Result {
        match commands {
            [] => Ok(self.settle(0)),
            [command] => self.run_command(command),
            [firsts @ .., last] => self.run_connected(firsts, last),
        }
    }

    fn run_connected(&mut self, firsts: &[Command], last: &Command) -> Result {
        self.check_depth("pipeline")?;
        let mut stages = Vec::with_capacity(firsts.len());
        let mut input = None;
        for command in firsts {
            let (read_end, write_end) = match OwnedDescriptor::pipe() {
                Ok(ends) => ends,
                Err(error) => {
                    self.complain(format_args!("pipe error: {}", super::spawn::words(&error)));
                    return Err(Flow::Discard(1));
                }
            };
            let stage = self.begin_stage(command, input.take(), write_end)?;
            stages.push(match stage {
                Stage::Written(status, _) => Stage::Written(status, read_end.clone()),
                stage => stage,
            });
            input = Some(read_end);
        }
        let last_status = self.run_last_stage(last, input)?;
        let mut statuses = Vec::with_capacity(stages.len() + 1);
        let mut ends = Vec::new();
        for (stage, command) in stages.into_iter().zip(firsts) {
            statuses.push(match stage {
                Stage::Over(status) => status,
                Stage::Running(pid) => {
                    let raw = self.await_end(pid, Vec::new());
                    ends.push((pid, raw, command));
                    jobs::status_of(raw)
                }
                Stage::Written(_, pipe) if super::collect::has_something(&pipe) => 141,
                Stage::Written(status, _) => status,
            });
        }
        statuses.push(last_status);
        let failed = statuses.iter().rev().copied().find(|&status| status != 0);
        let status = match failed {
            Some(failed) if self.options.pipefail => failed,
            _ => last_status,
        };
        if let Some((pid, raw)) = self.death.take() {
            ends.push((pid, raw, last));
            self.set_line(last);
            self.report_deaths(&ends);
        }
        self.set_pipe_statuses(&statuses);
        self.run_pending_traps()?;
        Ok(self.settle(status))
    }

    /// In this shell itself with `lastpipe`, else on a copy.
    fn run_last_stage(&mut self, last: &Command, input: Option<Rc<OwnedDescriptor>>) -> Result {
        let input = input.map(Target::Open);
        if self.options.lastpipe && !self.options.monitor {
            let before = self.descriptors.replace(0, input);
            let outcome = self.run_command(last);
            self.descriptors.restore(0, before);
            return outcome;
        }
        if self.run_stage_debug_trap(last)? {
            return Ok(0);
        }
        let mut death = None;
        let status = self.in_subshell(|shell| {
            shell.descriptors.replace(0, input);
            shell.keeps_death = matches!(last.kind, CommandKind::Simple(_));
            shell.debug_done = shell.keeps_death;
            let outcome = shell.run_in_own_shell(last);
            death = shell.death.take();
            outcome
        });
        self.death = death;
        status
    }

    /// The `DEBUG` trap of a stage is run by the shell that begins it.
    fn run_stage_debug_trap(&mut self, command: &Command) -> Result<bool> {
        match command.kind {
            CommandKind::Simple(_) => {
                self.set_line(command);
                self.run_debug_trap(command)
            }
            _ => Ok(false),
        }
    }

    /// Runs a command in a shell that was made for it: `( … )` needs no other.
    pub(super) fn run_in_own_shell(&mut self, command: &Command) -> Result {
        let CommandKind::Subshell(list) = &command.kind else {
            return self.run_command(command);
        };
        let undo = match self.redirect(&command.redirects)? {
            Ok(undo) => undo,
            Err(status) => return Ok(self.finish(status)),
        };
        let outcome = self.run_list(list);
        self.restore_descriptors(undo);
        outcome
    }

    fn begin_stage(
        &mut self,
        command: &Command,
        input: Option<Rc<OwnedDescriptor>>,
        output: Rc<OwnedDescriptor>,
    ) -> Result<Stage> {
        super::subshell::note_broken_pipes();
        if self.run_stage_debug_trap(command)? {
            return Ok(Stage::Over(0));
        }
        let mut shell = self.clone();
        shell.debug_done = true;
        shell.enter_subshell();
        shell.in_process_subshell = true;
        if let Some(input) = input {
            shell.descriptors.replace(0, Some(Target::Open(input)));
        }
        shell.descriptors.replace(1, Some(Target::Open(output)));
        shell.substituted.clear();
        let outcome = match &command.kind {
            CommandKind::Simple(simple) if !is_entangled(simple, command) => {
                shell.begin_simple_stage(simple, command)
            }
            _ => shell.begin_shell_stage(command),
        };
        match outcome {
            Ok(stage) => Ok(stage),
            Err(Flow::Discard(254)) => Err(Flow::Discard(254)),
            Err(flow) => Ok(Stage::Over(shell.end(Err(flow)))),
        }
    }

    fn begin_simple_stage(&mut self, simple: &Simple, command: &Command) -> Result<Stage> {
        self.set_line(command);
        let operands = self.expand_operands(simple)?;
        let name = operands.first().map(operand_text).unwrap_or_default();
        match self.callee(&name) {
            Callee::Program if !operands.is_empty() => {
                self.begin_program_stage(simple, command, operands)
            }
            Callee::Builtin(entry) if entry.plain && simple.assignments.is_empty() => {
                self.run_builtin_stage(entry, command, &operands)
            }
            _ => self.begin_shell_stage(command),
        }
    }

    fn begin_program_stage(
        &mut self,
        simple: &Simple,
        command: &Command,
        operands: Vec<Operand>,
    ) -> Result<Stage> {
        if !simple.assignments.is_empty() {
            self.push_temporary(&[])?;
            self.assign_temporarily(simple)?;
        }
        self.trace_command(&operands)?;
        if let Err(status) = self.redirect(&command.redirects)? {
            return Ok(Stage::Over(status));
        }
        let words = texts(&operands);
        let handled = self.functions.contains_key("command_not_found_handle");
        if handled
            && words
                .first()
                .is_some_and(|name| self.find_program(name).is_none())
        {
            return self.begin_shell_stage(command);
        }
        Ok(match self.begin_program(&words, false, true) {
            Ok(child) => Stage::Running(child.pid),
            Err(status) => Stage::Over(status),
        })
    }

    /// Runs a builtin that only writes, and puts what it wrote into the pipe.
    fn run_builtin_stage(
        &mut self,
        entry: &Entry,
        command: &Command,
        operands: &[Operand],
    ) -> Result<Stage> {
        self.trace_command(operands)?;
        let pipe = self.descriptors.target(1);
        let buffer = Rc::new(Capture::default());
        self.descriptors
            .replace(1, Some(Target::Capture(buffer.clone())));
        let status = match self.redirect(&command.redirects)? {
            Ok(_) => self.run_builtin(entry, operands)?,
            Err(status) => return Ok(Stage::Over(status)),
        };
        self.descriptors.table.clear();
        self.descriptors.replace(1, pipe);
        let bytes = std::mem::take(&mut *buffer.bytes.borrow_mut());
        if bytes.len() > PIPE_BYTES {
            return self.begin_task(Task::Write(&bytes)).map(Stage::Running);
        }
        let _ = self.write(1, &bytes);
        match &self.descriptors.target(1) {
            Some(Target::Open(pipe)) if bytes.len() > CHUNK => {
                Ok(Stage::Written(status, pipe.clone()))
            }
            _ => Ok(Stage::Over(status)),
        }
    }

    fn begin_shell_stage(&mut self, command: &Command) -> Result<Stage> {
        self.begin_task(Task::Command(command)).map(Stage::Running)
    }

    fn begin_task(&mut self, task: Task<'_>) -> Result<u32> {
        match self.begin_child(task, false, true) {
            Ok(child) => Ok(child.pid),
            Err(error) => Err(self.fork_failed(&error)),
        }
    }

    /// There is no room for another process.
    pub(super) fn fork_failed(&mut self, error: &io::Error) -> Flow {
        Flow::Discard(self.complain_of_program("bash", "bash", error))
    }

    /// `… &`
    pub(super) fn run_background(&mut self, chain: &Chain) -> Result {
        let child = self.begin_background(chain)?;
        self.last_background = Some(child.pid);
        let group = self.options.monitor.then_some(child.pid);
        let number = self.jobs.add(&[child.pid], chain_shown(chain), group);
        if self.interactive {
            let line = format!("[{number}] {}\n", child.pid);
            let _ = self.write(2, line.as_bytes());
        }
        Ok(self.finish(0))
    }

    fn begin_background(&mut self, chain: &Chain) -> Result<Child> {
        let alone = chain.only_command();
        if let Some(command) = alone {
            self.run_stage_debug_trap(command)?;
        }
        let mut shell = self.clone();
        shell.debug_done =
            alone.is_some_and(|command| matches!(command.kind, CommandKind::Simple(_)));
        shell.enter_subshell();
        shell.in_process_subshell = true;
        if let Some(child) = shell.begin_background_program(chain)? {
            return Ok(child);
        }
        shell
            .begin_child(Task::Chain(chain), true, true)
            .map_err(|error| self.fork_failed(&error))
    }

    /// A single program needs no shell to begin it.
    fn begin_background_program(&mut self, chain: &Chain) -> Result<Option<Child>> {
        let Some(command) = chain.only_command() else {
            return Ok(None);
        };
        let CommandKind::Simple(simple) = &command.kind else {
            return Ok(None);
        };
        let stands_alone = simple.assignments.is_empty()
            && !self.options.xtrace
            && self.traps.is_empty()
            && !is_entangled(simple, command);
        if !stands_alone {
            return Ok(None);
        }
        let name = simple
            .arguments
            .first()
            .map(|argument| &argument.word().raw);
        let is_literal = name.is_some_and(|name| name.bytes().all(is_literal_byte));
        if !is_literal {
            return Ok(None);
        }
        self.set_line(command);
        let Ok(operands) = self.expand_operands(simple) else {
            return Ok(None);
        };
        let words = texts(&operands);
        let found = words.first().is_some_and(|name| {
            matches!(self.callee(name), Callee::Program) && self.find_program(name).is_some()
        });
        if !found || self.redirect(&command.redirects)?.is_err() {
            return Ok(None);
        }
        Ok(self.begin_program(&words, true, true).ok())
    }
}

impl Chain {
    /// The command, if there is only one and nothing is done with its status.
    pub(super) fn only_command(&self) -> Option<&Command> {
        let plain = self.rest.is_empty() && !self.first.negated && self.first.time.is_none();
        match &*self.first.commands {
            [command] if plain => Some(command),
            _ => None,
        }
    }
}

impl CommandKind {
    /// Whether its own status counts for `set -e`: compound commands fail through what is in them.
    fn fails_itself(&self) -> bool {
        matches!(
            self,
            CommandKind::Simple(_)
                | CommandKind::Subshell(_)
                | CommandKind::Arithmetic(_)
                | CommandKind::Condition(_)
        )
    }
}

fn is_literal_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte)
}

/// Whether a command's expansions and redirections run commands or may wait, so that it must run beside the others.
fn is_entangled(simple: &Simple, command: &Command) -> bool {
    let words = simple.arguments.iter().map(Argument::word);
    words.into_iter().any(runs_commands)
        || simple.assignments.iter().any(assigns_commands)
        || command
            .redirects
            .iter()
            .any(|redirect| match &redirect.kind {
                RedirectKind::Read(word) => runs_commands(word) || may_block(word),
                RedirectKind::Write(word)
                | RedirectKind::Clobber(word)
                | RedirectKind::Append(word)
                | RedirectKind::OutputAndError { word, .. } => {
                    runs_commands(word) || may_block(word)
                }
                RedirectKind::ReadWrite(word)
                | RedirectKind::DuplicateInput(word)
                | RedirectKind::DuplicateOutput(word)
                | RedirectKind::HereString(word) => runs_commands(word),
                RedirectKind::HereDocument(here) => here.expand && runs_commands(&here.body),
            })
}

fn assigns_commands(assignment: &Assignment) -> bool {
    match &assignment.value {
        AssignmentValue::Scalar(word) => runs_commands(word),
        AssignmentValue::Array(elements) => {
            elements.iter().any(|element| runs_commands(&element.value))
        }
    }
}

/// Whether expanding a word runs commands, or tells which process it is in.
fn runs_commands(word: &Word) -> bool {
    let raw = word.raw.as_bytes();
    raw.contains(&b'`')
        || raw.windows(2).any(|pair| pair == b"<(" || pair == b">(")
        || (raw.windows(2).enumerate())
            .any(|(place, pair)| pair == b"$(" && raw.get(place + 2) != Some(&b'('))
        || word.raw.contains("BASHPID")
}

/// Whether opening a file may wait for somebody else: a named pipe, or a name that is not known yet.
fn may_block(word: &Word) -> bool {
    use isobox_guest::stat::{Kind, stat};
    if &*word.raw == "/dev/null" {
        return false;
    }
    if word.raw.contains(['$', '*', '?', '[', '~']) {
        return true;
    }
    let path = word.raw.replace(['"', '\'', '\\'], "");
    stat(std::path::Path::new(&path), true).is_ok_and(|known| known.kind == Kind::Pipe)
}

/// A job's command as `jobs` shows it.
fn chain_shown(chain: &Chain) -> Text {
    let mut shown = pipeline_shown(&chain.first);
    for (connector, pipeline) in &chain.rest {
        shown.push_str(match connector {
            Connector::And => " && ",
            Connector::Or => " || ",
        });
        shown.push_str(&pipeline_shown(pipeline));
    }
    shown.into()
}

fn pipeline_shown(pipeline: &Pipeline) -> String {
    let commands: Vec<String> = pipeline.commands.iter().map(print_command).collect();
    let time = if pipeline.time.is_some() { "time " } else { "" };
    let not = if pipeline.negated { "! " } else { "" };
    format!("{time}{not}{}", commands.join(" | "))
}

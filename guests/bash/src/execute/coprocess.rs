//! `coproc`: a background command with a pipe to it and a pipe from it.

use super::child::Task;
use crate::descriptors::{OwnedDescriptor, Target};
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::{Command, Word};
use crate::syntax::print_command;
use crate::text::Text;

impl Shell {
    pub(super) fn run_coprocess(&mut self, name: Option<&Word>, body: &Command) -> Result {
        let name: Text = match name {
            Some(name) => self.expand_word(name)?,
            None => "COPROC".into(),
        };
        let (from_read, from_write, to_read, to_write) =
            match (OwnedDescriptor::pipe(), OwnedDescriptor::pipe()) {
                (Ok((from_read, from_write)), Ok((to_read, to_write))) => {
                    (from_read, from_write, to_read, to_write)
                }
                (Err(error), _) | (_, Err(error)) => {
                    self.complain(format_args!("pipe error: {}", super::spawn::words(&error)));
                    return Ok(self.finish(1));
                }
            };
        let mut shell = self.clone();
        shell.enter_subshell();
        shell.in_process_subshell = true;
        shell.descriptors.replace(0, Some(Target::Open(to_read)));
        shell.descriptors.replace(1, Some(Target::Open(from_write)));
        let child = shell
            .begin_child(Task::Command(body), false, true)
            .map_err(|error| self.fork_failed(&error))?;
        drop(shell);
        let reading = self.descriptors.high_number();
        self.descriptors
            .replace(reading, Some(Target::Open(from_read)));
        // Where bash ends up after it has moved both pipes out of the way.
        let mut writing = reading.saturating_sub(3);
        if self.descriptors.is_open(writing) {
            writing = self.descriptors.high_number();
        }
        self.descriptors
            .replace(writing, Some(Target::Open(to_write)));
        self.private_descriptors.extend([reading, writing]);
        self.set_indexed(
            &name,
            vec![reading.to_string().into(), writing.to_string().into()],
        )?;
        self.set(&format!("{name}_PID"), child.pid.to_string())?;
        self.last_background = Some(child.pid);
        let shown = format!("coproc {name} {}", print_command(body));
        self.jobs.add(&[child.pid], shown.into(), None);
        Ok(self.finish(0))
    }
}

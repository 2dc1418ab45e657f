//! Process substitution: a command behind the name of a file.

use super::child::Task;
use crate::descriptors::{OwnedDescriptor, Target};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::Program;
use crate::text::Text;

impl Shell {
    /// `<(…)` (`read`) and `>(…)`: the path under which the command can be reached, `/dev/fd/63`.
    pub fn process_substitution(&mut self, program: &Program, read: bool) -> Result<Text> {
        let (read_end, write_end) = match OwnedDescriptor::pipe() {
            Ok(ends) => ends,
            Err(error) => {
                self.complain(format_args!("pipe error: {}", super::spawn::words(&error)));
                return Err(Flow::Discard(1));
            }
        };
        let (ours, theirs, their_number) = match read {
            true => (read_end, write_end, 1),
            false => (write_end, read_end, 0),
        };
        let mut shell = self.clone();
        shell.enter_subshell();
        shell.in_process_subshell = true;
        for number in &self.substituted {
            shell.descriptors.table.remove(number);
        }
        shell
            .descriptors
            .replace(their_number, Some(Target::Open(theirs)));
        let child = shell
            .begin_child(Task::Program(program), false, true)
            .map_err(|error| self.fork_failed(&error))?;
        drop(shell);
        let number = self.descriptors.high_number();
        self.descriptors.replace(number, Some(Target::Open(ours)));
        self.substituted.push(number);
        self.last_background = Some(child.pid);
        self.jobs.note_loose(child.pid);
        Ok(format!("/dev/fd/{number}").into())
    }

    /// Closes the descriptors of process substitutions made since there were so many.
    pub(super) fn close_substituted(&mut self, since: usize) {
        for number in self.substituted.split_off(since) {
            self.descriptors.table.remove(&number);
        }
    }
}

//! Subshells that are processes: a shell and what it is to run, handed over as bytes.

use std::cell::RefCell;
use std::io;

use isobox_guest::process;
use serde::{Deserialize, Serialize};

use super::spawn::{Child, Launch};
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::{Chain, Command, List, Program};
use crate::text::Text;

/// What a child shell runs.
#[derive(Clone, Copy, Serialize)]
pub(super) enum Task<'a> {
    Command(&'a Command),
    Chain(&'a Chain),
    Program(&'a Program),
    List(&'a List),
    /// Writes what is too long for a pipe.
    Write(&'a [u8]),
}

/// The same, as the child reads it.
#[derive(Deserialize)]
enum Received {
    Command(Command),
    Chain(Chain),
    Program(Program),
    List(List),
    Write(Vec<u8>),
}

impl Shell {
    /// Begins a child that is this shell, a subshell already, and runs the task.
    pub(super) fn begin_child(
        &mut self,
        task: Task<'_>,
        background: bool,
        detached: bool,
    ) -> io::Result<Child> {
        self.jobs.become_foreign();
        let handover = postcard::to_allocvec(&(&*self, task))
            .map_err(|_| io::Error::from_raw_os_error(libc::ENOMEM))?;
        let arguments = self.own_arguments();
        let own_program = self.own_program();
        self.launch(&Launch {
            path: &own_program,
            arguments: &arguments,
            handover: &handover,
            background,
            detached,
        })
    }

    /// Where this shell's own program is, for children that are shells.
    pub(super) fn own_program(&self) -> Text {
        thread_local! {
            static FOUND: RefCell<Option<Text>> = const { RefCell::new(None) };
        }
        let find = || {
            if let Ok(path) = std::fs::read_link("/proc/self/exe") {
                return path.to_string_lossy().into();
            }
            let on_path = self.find_programs("bash").into_iter().next();
            on_path.unwrap_or_else(|| "/bin/bash".into())
        };
        FOUND.with_borrow_mut(|found| found.get_or_insert_with(find).clone())
    }

    /// As the process's own arguments read, which a forked shell would show too.
    fn own_arguments(&self) -> Vec<Text> {
        match &self.execution_string {
            Some(text) => vec!["bash".into(), "-c".into(), text.clone()],
            None => vec!["bash".into(), self.name.clone()],
        }
    }

    fn run_task(&mut self, task: &Received) -> Result {
        match task {
            Received::Command(command) => {
                let status = self.run_in_own_shell(command)?;
                self.check_failure(status)
            }
            Received::Chain(chain) => match chain.only_command() {
                Some(command) => {
                    let status = self.run_in_own_shell(command)?;
                    self.check_failure(status)
                }
                None => self.run_chain(chain),
            },
            Received::List(list) => self.run_list(list),
            Received::Program(program) => self.run_program(program),
            Received::Write(bytes) => Ok(self.write(1, bytes).map_or(1, |()| 0)),
        }
    }
}

/// Runs what this process was handed; `None` when it was handed nothing and begins as a shell of its own.
pub fn run_handed_over() -> Option<i32> {
    let handover = process::handover();
    if handover.is_empty() {
        return None;
    }
    let Ok((mut shell, task)) = postcard::from_bytes::<(Shell, Received)>(&handover) else {
        return Some(126);
    };
    shell.in_process_subshell = false;
    let outcome = shell.run_task(&task);
    Some(shell.end(outcome))
}

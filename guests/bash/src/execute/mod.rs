//! Running the tree: lists, pipelines, commands, functions, subshells, children. OWNER: execute.

mod child;
mod collect;
mod compound;
mod coprocess;
mod exec;
mod function;
pub mod jobs;
mod list;
mod lookup;
mod pipeline;
mod redirect;
mod select;
mod simple;
mod spawn;
mod subshell;
mod substitution;
pub mod text;
mod timing;
pub mod traps;
mod xtrace;

pub use child::run_handed_over;
pub use spawn::{describe_signal, words};

use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::Program;

/// Bytes of stack that a command can need before it asks again.
const STACK_RESERVE: usize = 160 << 10;

impl Shell {
    /// Runs a parsed text; its status is `$?`.
    pub fn run_program(&mut self, program: &Program) -> Result {
        for list in &program.commands {
            match self.run_list(list) {
                Err(Flow::Discard(status)) if self.subshell_depth == 0 => {
                    self.finish(status);
                }
                outcome => _ = outcome?,
            }
        }
        Ok(self.status)
    }

    /// Ends what nests too deep while there is still room to say so.
    pub(super) fn check_depth(&mut self, what: &str) -> Result<()> {
        let marker = 0_u8;
        // The stack lies at the bottom of memory and grows downwards.
        let left = &raw const marker as usize;
        if left > STACK_RESERVE {
            return Ok(());
        }
        self.complain(format_args!(
            "{what}: maximum function nesting level exceeded"
        ));
        self.status = 1;
        Err(Flow::Exit(1))
    }

    /// Sets `$?` and `PIPESTATUS`.
    pub(super) fn finish(&mut self, status: i32) -> i32 {
        self.status = status;
        self.set_pipe_statuses(&[status]);
        status
    }
}

//! Lists, and pipelines joined by `&&` and `||`.

use super::traps::event;
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::{Chain, Connector, List};

impl Shell {
    pub fn run_list(&mut self, list: &List) -> Result {
        for item in &list.0 {
            if item.background {
                self.run_background(&item.chain)?;
            } else {
                self.run_chain(&item.chain)?;
            }
        }
        Ok(self.status)
    }

    /// Only the last pipeline of a chain can end the shell by failing.
    pub(super) fn run_chain(&mut self, chain: &Chain) -> Result {
        if chain.rest.is_empty() {
            return self.run_pipeline(&chain.first);
        }
        let mut status = self.suppressing_errexit(|shell| shell.run_pipeline(&chain.first))?;
        for (place, (connector, pipeline)) in chain.rest.iter().enumerate() {
            if (status == 0) != (*connector == Connector::And) {
                continue;
            }
            status = if place + 1 == chain.rest.len() {
                self.run_pipeline(pipeline)?
            } else {
                self.suppressing_errexit(|shell| shell.run_pipeline(pipeline))?
            };
        }
        Ok(status)
    }

    /// Runs something whose failing is a question, not an error.
    pub(super) fn suppressing_errexit(&mut self, run: impl FnOnce(&mut Shell) -> Result) -> Result {
        self.errexit_suppressed += 1;
        let outcome = run(self);
        self.errexit_suppressed = self.errexit_suppressed.saturating_sub(1);
        outcome
    }

    /// What failing means: the `ERR` trap, and with `set -e` the end.
    pub(super) fn check_failure(&mut self, status: i32) -> Result {
        if status != 0 && self.errexit_suppressed == 0 {
            self.run_trap(event::ERR)?;
            if self.options.errexit {
                return Err(Flow::Exit(status));
            }
        }
        Ok(status)
    }
}

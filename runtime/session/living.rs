//! Processes that outlive their call: frozen until the next, and brought back by replay where only plain data was kept.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::command::Command;
use super::outcome::RunResult;
use super::run::RunError;
use super::{Runtime, Session};
use crate::digest::Digest;
use crate::engine::HostFailure;
use crate::machine::fs::Tree;
use crate::machine::scheduler::Futures;
use crate::machine::{Machine, SharedMachine};
use crate::wasi::Host;

/// What a session with living processes holds beside its machine as it is seen from outside. A machine's plain data do not
/// bring a process back, which stands in the middle of its code; what happened since none lived does.
pub struct Living {
    /// The machine when no process lived.
    quiet: Machine,
    /// What happened since.
    events: Vec<Event>,
    /// The processes, unless they are still to be brought back. A clone has none.
    running: Option<Running>,
}

/// What changes a session.
#[derive(Clone)]
enum Event {
    /// A call was made, with this result.
    Call(Arc<Command>, Digest),
    /// From outside the tree became this one, and the seed this.
    Edit(Tree, u64),
}

/// A machine and the futures that run its processes.
pub struct Running {
    pub machine: SharedMachine,
    pub futures: Futures<HostFailure>,
    pub host: Arc<Host>,
    pub watchdog: Option<Duration>,
}

impl Running {
    fn new(runtime: &Runtime, machine: Machine) -> Running {
        let futures = Futures::default();
        let host = Host {
            engine: runtime.engine().clone(),
            launcher: Arc::new(runtime.clone()),
            births: futures.births(),
            faults: runtime.faults().clone(),
            watch: Mutex::new(Box::new(|| std::ops::ControlFlow::Continue(()))),
        };
        Running {
            machine: SharedMachine::new(machine),
            futures,
            host: Arc::new(host),
            watchdog: runtime.watchdog(),
        }
    }
}

impl Running {
    /// The machine as it is seen from outside until the next call, and what goes on in that, if anything does.
    pub fn freeze(self) -> (Machine, Option<Running>) {
        let machine = self.machine.lock();
        if machine.processes.alive() > 0 {
            let seen = machine.clone();
            drop(machine);
            return (seen, Some(self));
        }
        drop(machine);
        drop(self.futures);
        (self.machine.into_inner(), None)
    }
}

impl Session {
    /// The processes that go on in the next call, if there are any, and in any case the machine they run on. Until they are
    /// kept again they count as lost, as they are when the host fails.
    pub(super) fn take_running(&mut self) -> Running {
        let living = self.living.as_mut();
        living
            .and_then(|living| living.running.take())
            .unwrap_or_else(|| Running::new(&self.runtime, self.machine.clone()))
    }

    /// After a call: keeps what lives on, and how it came to be.
    pub(super) fn keep(
        &mut self,
        before: Machine,
        running: Option<Running>,
        command: &Command,
        result: &RunResult,
    ) {
        let Some(running) = running else {
            self.living = None;
            return;
        };
        let living = self.living.get_or_insert_with(|| Living {
            quiet: before,
            events: Vec::new(),
            running: None,
        });
        let command = Arc::new(command.unobserved());
        let digest = result.digest();
        living.events.push(Event::Call(command, digest));
        living.running = Some(running);
    }

    /// After a change from outside: notes it, if it has to be made again.
    pub(super) fn note_edit(&mut self) {
        let Some(living) = &mut self.living else {
            return;
        };
        if let Some(Event::Edit(..)) = living.events.last() {
            living.events.pop();
        }
        let edit = Event::Edit(self.machine.tree.clone(), self.machine.seed());
        living.events.push(edit);
    }

    /// Brings living processes back, where there are none to go on: what happened since none lived happens once more.
    pub(super) fn revive(&mut self) -> Result<(), RunError> {
        let Some(living) = &self.living else {
            return Ok(());
        };
        if living.running.is_some() {
            return Ok(());
        }
        let mut replay = Session::new(self.runtime.clone(), living.quiet.clone());
        for event in &living.events {
            match event {
                Event::Call(command, digest) => {
                    if replay.run_revived(command)?.digest() != *digest {
                        return Err(RunError::Replay);
                    }
                }
                Event::Edit(tree, seed) => {
                    replay.machine.tree = tree.clone();
                    replay.machine.set_seed(*seed);
                    replay.note_edit();
                }
            }
        }
        let state = |session: &Session| (session.tree_digest(), session.elapsed_ns());
        if state(&replay) != state(self) {
            return Err(RunError::Replay);
        }
        self.machine = replay.machine;
        self.living = replay.living;
        Ok(())
    }
}

impl Clone for Living {
    fn clone(&self) -> Living {
        Living {
            quiet: self.quiet.clone(),
            events: self.events.clone(),
            running: None,
        }
    }
}

impl fmt::Debug for Living {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Living")
            .field("events", &self.events.len())
            .field("running", &self.running.is_some())
            .finish_non_exhaustive()
    }
}

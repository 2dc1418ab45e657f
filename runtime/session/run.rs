//! One run, from command to result.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::{InstancePre, Store, Trap};

use super::command::Command;
use super::outcome::{LimitKind, Outcome, RunResult};
use super::program::{self, ProgramError};
use super::{Runtime, Session};
use crate::engine::{HostFailure, TrapClass, classify};
use crate::limits::ARGUMENT_BYTES_MAX;
use crate::machine::fs::{FollowLast, InodeNumber, changes};
use crate::machine::scheduler::{self, Stopped};
use crate::machine::{Machine, SharedMachine, Streams};
use crate::wasi::{Process, ProcessOptions, Stop};

/// Fuel after which a guest gives way to its host, in units. It has no part in any result.
const SLICE_FUEL: u64 = 10_000_000;

/// Bytes of a page of linear memory: the unit in which wasmtime tells what a module needs.
const PAGE_BYTES: u64 = 1 << 16;

/// Why a run has no result. The session is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The command cannot be begun.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// Only the host decided: never a guest's result.
    #[error("host failure: {0}")]
    Host(HostFailure),
}

/// Not by thiserror's `from`, which would make the failure a source of the error that tells it already.
impl From<HostFailure> for RunError {
    fn from(failure: HostFailure) -> RunError {
        RunError::Host(failure)
    }
}

impl Session {
    /// Runs one command to its end.
    ///
    /// # Errors
    /// When the command cannot be begun, or the host fails. The session is then as it was before; what a guest does
    /// wrong is never an error but an [`Outcome`].
    ///
    /// # Example
    /// ```
    /// use isobox::{Command, Runtime, SessionOptions};
    /// let mut session = Runtime::new()?.session(SessionOptions::default())?;
    /// let result = session.run(&Command::new("wc").arg("-w").stdin("two words\n"))?;
    /// assert_eq!(result.stdout.bytes, b"2\n");
    /// assert_eq!(result.status(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(&mut self, command: &Command) -> Result<RunResult, RunError> {
        let prepared = Prepared::new(&self.runtime, &self.machine, command)?;
        let before = self.machine.clone();
        let (outcome, fuel, mut after) =
            prepared.execute(&self.runtime, self.machine.clone(), command)?;
        let (stdout, stderr) = std::mem::take(&mut after.streams).finish();
        let started_ns = before.clock.elapsed_ns();
        let result = RunResult {
            outcome,
            stdout,
            stderr,
            started_ns,
            elapsed_ns: after.clock.elapsed_ns() - started_ns,
            fuel,
            tree_before: before.tree.digest(),
            tree_after: after.tree.digest(),
            changes: changes(&before.tree, &after.tree),
        };
        self.machine = after;
        Ok(result)
    }
}

/// A command whose program was found and linked.
struct Prepared {
    linked: InstancePre<Process>,
    options: ProcessOptions,
}

impl Prepared {
    fn new(runtime: &Runtime, machine: &Machine, command: &Command) -> Result<Prepared, RunError> {
        let environment = command.full_environment();
        check_strings(command, &environment)?;
        check_stdin(command, machine)?;
        let directory = |path: &str| {
            let inode = machine
                .tree
                .lookup(InodeNumber::ROOT, path.as_bytes(), FollowLast::Yes);
            let is_directory = |inode: &InodeNumber| machine.tree.entries(*inode).map(drop);
            inode
                .and_then(|inode| is_directory(&inode).map(|()| inode))
                .map_err(|errno| ProgramError::Directory {
                    directory: path.to_owned(),
                    errno,
                })
        };
        let cwd = directory(&command.cwd)?;
        let path = environment
            .iter()
            .find(|(name, _)| name == "PATH")
            .map_or("", |(_, value)| value);
        let executable = program::find(&machine.tree, &command.program, cwd, path)?;
        let linked = runtime.linked(&command.program, executable)?;
        check_memory(&linked, machine, &command.program)?;
        let preopens = command
            .preopens
            .iter()
            .map(|(name, path)| Ok((Arc::from(name.as_str()), directory(path)?)))
            .collect::<Result<_, ProgramError>>()?;
        let arguments = std::iter::once(command.argument_zero()).chain(&command.arguments);
        Ok(Prepared {
            linked,
            options: ProcessOptions {
                arguments: arguments.map(|text| text.clone().into_bytes()).collect(),
                environment: environment
                    .iter()
                    .map(|(name, value)| format!("{name}={value}").into_bytes())
                    .collect(),
                preopens,
            },
        })
    }

    /// Runs the guest on the machine and returns the machine as it is afterwards.
    fn execute(
        self,
        runtime: &Runtime,
        mut machine: Machine,
        command: &Command,
    ) -> Result<(Outcome, u64, Machine), RunError> {
        machine.streams = Streams::new(
            command.stdin.clone(),
            &machine.limits,
            command.observer.clone(),
        );
        let fuel_max = machine.limits.fuel_max;
        let machine = SharedMachine::new(machine);
        let process = Process::begin(&machine, self.options).map_err(|errno| {
            invalid(
                command,
                format!("its descriptors cannot be opened: {errno}"),
            )
        })?;
        let mut store = Store::new(runtime.engine(), process);
        store.limiter(|process| process);
        let begun = scheduler::run(
            &machine,
            start(&mut store, &self.linked),
            watch(runtime.watchdog()),
        );
        let stop = match begun {
            Ok(Ok(())) => Ok(finished(&mut store)),
            Ok(Err(error)) => stop_of(&mut store, &error),
            Err(Stopped::Deadlock) => Ok(Outcome::Deadlocked),
            Err(Stopped::ByWatch) => Err(HostFailure::Watchdog),
        };
        let fuel = fuel_max - store.data().fuel.left;
        store.data_mut().end();
        drop(store);
        Ok((stop?, fuel, machine.into_inner()))
    }
}

/// Instantiates the guest and runs it to its end. Fuel is given only then: what instantiation itself costs
/// depends on the host.
async fn start(store: &mut Store<Process>, linked: &InstancePre<Process>) -> wasmtime::Result<()> {
    store.fuel_async_yield_interval(Some(SLICE_FUEL))?;
    let machine = store.data().machine.clone();
    let granted = store.data_mut().grant(&machine.lock());
    // An endless loop in a start section ends with the fuel, or at the deadline, as one in `_start` does.
    store.set_fuel(granted)?;
    let instance = linked.instantiate_async(&mut *store).await?;
    let memory = instance.get_memory(&mut *store, "memory");
    let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
    let process = store.data_mut();
    process.memory = memory;
    process.started = true;
    store.set_fuel(granted)?;
    start.call_async(store, ()).await
}

/// The guest returned from `_start`: it pays for what it computed since its last host call.
fn finished(store: &mut Store<Process>) -> Outcome {
    let in_store = store.get_fuel().unwrap_or(0);
    let process = store.data_mut();
    let machine = process.machine.clone();
    match process.account(&mut machine.lock(), in_store, 0) {
        Ok(()) => Outcome::Exited { status: 0 },
        Err(_) => Outcome::LimitReached {
            limit: LimitKind::Deadline,
        },
    }
}

/// What a guest's error means: an outcome, or the host's failure.
fn stop_of(store: &mut Store<Process>, error: &wasmtime::Error) -> Result<Outcome, HostFailure> {
    let stop = match (error.downcast_ref::<Stop>(), error.downcast_ref::<Trap>()) {
        (Some(stop), _) => stop.clone(),
        (None, Some(trap)) => match classify(*trap) {
            TrapClass::Guest(signal) => Stop::Signal(signal),
            TrapClass::OutOfFuel => {
                let process = store.data_mut();
                let machine = process.machine.clone();
                process.ran_dry(&mut machine.lock())
            }
            TrapClass::Host(failure) => Stop::Host(failure),
        },
        // Neither of the two: instantiation failed, which after all checks is for want of memory.
        (None, None) => Stop::Host(HostFailure::Memory(format!("{error:#}"))),
    };
    match stop {
        Stop::Exit(status) => Ok(Outcome::Exited { status }),
        Stop::Signal(signal) => Ok(Outcome::Signalled { signal }),
        Stop::OutOfFuel => Ok(Outcome::LimitReached {
            limit: LimitKind::Fuel,
        }),
        Stop::Deadline => Ok(Outcome::LimitReached {
            limit: LimitKind::Deadline,
        }),
        Stop::OutputFlood => Ok(Outcome::LimitReached {
            limit: LimitKind::Output,
        }),
        Stop::Host(failure) => Err(failure),
    }
}

/// The operator's watchdog: the one place where a run looks at the host's clock, and all it can do is give up.
#[expect(
    clippy::disallowed_methods,
    reason = "host time decides only host failures"
)]
fn watch(watchdog: Option<Duration>) -> impl FnMut() -> ControlFlow<()> {
    let begun = watchdog.map(|limit| (Instant::now(), limit));
    move || match begun {
        Some((begun, limit)) if begun.elapsed() > limit => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }
}

fn check_strings(command: &Command, environment: &[(String, String)]) -> Result<(), ProgramError> {
    let arguments = command.arguments.iter().chain([command.argument_zero()]);
    let strings = arguments.chain(environment.iter().flat_map(|(name, value)| [name, value]));
    let mut bytes = 0;
    for string in strings {
        if string.contains('\0') {
            return Err(invalid(
                command,
                "an argument or variable holds a zero byte".to_owned(),
            ));
        }
        bytes += string.len() as u64 + 1;
    }
    if let Some((name, _)) = environment
        .iter()
        .find(|(name, _)| name.is_empty() || name.contains('='))
    {
        return Err(invalid(
            command,
            format!("`{name}` cannot be a variable's name"),
        ));
    }
    if bytes > ARGUMENT_BYTES_MAX as u64 {
        return Err(invalid(
            command,
            format!("argument list too long: {bytes} bytes, the bound is {ARGUMENT_BYTES_MAX}"),
        ));
    }
    Ok(())
}

fn check_stdin(command: &Command, machine: &Machine) -> Result<(), ProgramError> {
    let (given, bound) = (command.stdin.len() as u64, machine.limits.stdin_bytes_max);
    if given > bound {
        return Err(invalid(
            command,
            format!("standard input of {given} bytes is beyond the bound of {bound}"),
        ));
    }
    Ok(())
}

/// What a module needs to begin with, against the machine's bounds.
fn check_memory(
    linked: &InstancePre<Process>,
    machine: &Machine,
    program: &str,
) -> Result<(), ProgramError> {
    let needs = linked.module().resources_required();
    let limits = &machine.limits;
    let needed = [
        (
            "bytes",
            needs
                .max_initial_memory_size
                .unwrap_or(0)
                .saturating_mul(PAGE_BYTES),
            limits.memory_bytes_max,
        ),
        (
            "table elements",
            needs.max_initial_table_size.unwrap_or(0),
            limits.table_elements_max.into(),
        ),
    ];
    match needed.iter().find(|(_, needed, bound)| needed > bound) {
        Some(&(what, needed, bound)) => Err(ProgramError::Memory {
            program: program.to_owned(),
            what,
            needed,
            bound,
        }),
        None => Ok(()),
    }
}

fn invalid(command: &Command, reason: String) -> ProgramError {
    ProgramError::Invalid {
        program: command.program.clone(),
        reason,
    }
}

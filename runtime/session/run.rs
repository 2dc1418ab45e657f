//! One run, from command to result.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::InstancePre;

use super::command::Command;
use super::living::Running;
use super::outcome::{LimitKind, Outcome, RunResult};
use super::program::{self, Executable, ProgramError};
use super::{Runtime, Session};
use crate::engine::{HostFailure, Signal};
use crate::limits::ARGUMENT_BYTES_MAX;
use crate::machine::fs::{FollowLast, InodeNumber, changes};
use crate::machine::scheduler::{CallEnd, Stopped};
use crate::machine::{Birth, Bound, Errno, Machine, Pid, Program, Status, Streams, UMASK};
use crate::wasi::{Found, Image, LaunchError, Launcher, Process, first_descriptors, live};

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
    /// The session's processes were to be brought back by making its calls once more, and these came out otherwise.
    #[error(
        "the session's processes cannot be brought back: its calls came out otherwise than before"
    )]
    Replay,
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
    /// use isobox::{Command, Contract, Runtime};
    /// let mut session = Runtime::new(Contract::default())?.session(7);
    /// let result = session.run(&Command::new("wc").arg("-w").stdin("two words\n"))?;
    /// assert_eq!(result.stdout.bytes, b"2\n");
    /// assert_eq!(result.status(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(&mut self, command: &Command) -> Result<RunResult, RunError> {
        let result = self.run_unrecorded(command)?;
        self.record_run(command, &result);
        Ok(result)
    }

    /// The same, for who writes it down.
    pub(super) fn run_unrecorded(&mut self, command: &Command) -> Result<RunResult, RunError> {
        self.revive()?;
        self.run_revived(command)
    }

    /// The same, when the processes of earlier calls are there to go on.
    pub(super) fn run_revived(&mut self, command: &Command) -> Result<RunResult, RunError> {
        let prepared = Prepared::new(&self.runtime, &self.machine, command)?;
        let before = self.machine.clone();
        let mut running = self.take_running();
        let end = running.call(&before, prepared, command)?;
        let written = running.machine.lock().end_call_view().finish();
        let (after, running) = running.freeze();
        let started_ns = before.clock.elapsed_ns();
        let result = RunResult {
            outcome: outcome(end),
            stdout: written.stdout,
            stderr: written.stderr,
            shown: written.shown,
            started_ns,
            elapsed_ns: after.clock.elapsed_ns() - started_ns,
            fuel: fuel_of(command, &before) - after.budget.fuel_left,
            processes_alive: after.processes.alive() as u64,
            tree_before: before.tree.digest(),
            tree_after: after.tree.digest(),
            changes: changes(&before.tree, &after.tree),
        };
        self.machine = after;
        self.keep(before, running, command, &result);
        Ok(result)
    }
}

/// The fuel that a command has.
fn fuel_of(command: &Command, machine: &Machine) -> u64 {
    let most = machine.limits.fuel_max;
    command.fuel_max.map_or(most, |fuel| fuel.min(most))
}

/// How a call ended, as its result tells.
fn outcome(end: CallEnd) -> Outcome {
    match end {
        CallEnd::Ended(Status::Exited(status)) => Outcome::Exited { status },
        CallEnd::Ended(Status::Signalled(signal)) => Outcome::Signalled {
            // No other ends a process.
            signal: Signal::from_number(signal).unwrap_or(Signal::Kill),
        },
        CallEnd::UsedUp(bound) => Outcome::LimitReached {
            limit: match bound {
                Bound::Fuel => LimitKind::Fuel,
                Bound::Deadline => LimitKind::Deadline,
                Bound::Output => LimitKind::Output,
            },
        },
        CallEnd::Deadlock => Outcome::Deadlocked,
    }
}

/// A command whose program was found and linked.
pub(super) struct Prepared {
    image: Image,
    memory_bytes: u64,
    preopens: Vec<(Arc<str>, InodeNumber)>,
}

impl Prepared {
    fn new(runtime: &Runtime, machine: &Machine, command: &Command) -> Result<Prepared, RunError> {
        let environment = command.full_environment(&runtime.contract().environment);
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
        let search = environment
            .iter()
            .find(|(name, _)| name == "PATH")
            .map_or("", |(_, value)| value);
        let arguments = std::iter::once(command.argument_zero()).chain(&command.arguments);
        let arguments = arguments.map(|text| text.clone().into_bytes()).collect();
        let found = program::find(&machine.tree, &command.program, cwd, search, arguments)?;
        let linked = runtime.linked(&command.program, found.executable)?;
        let memory_bytes = check_memory(&linked, machine, &command.program)?;
        machine
            .check_room_for_process(memory_bytes)
            .map_err(|errno| ProgramError::Path {
                program: command.program.clone(),
                errno,
            })?;
        let preopens = command
            .preopens
            .iter()
            .map(|(name, path)| Ok((Arc::from(name.as_str()), directory(path)?)))
            .collect::<Result<_, ProgramError>>()?;
        let program = Program {
            path: found.path.into_bytes(),
            arguments: found.arguments,
            environment: environment
                .iter()
                .map(|(name, value)| format!("{name}={value}").into_bytes())
                .collect(),
            cwd: command.cwd.clone().into_bytes(),
        };
        Ok(Prepared {
            image: Image {
                linked,
                program: Arc::new(program),
                handover: Arc::from([]),
            },
            memory_bytes,
            preopens,
        })
    }
}

impl Running {
    /// Runs a command's process, and those that are there already, until it ends. `before` is the machine as it was
    /// seen, and perhaps changed, from outside.
    fn call(
        &mut self,
        before: &Machine,
        prepared: Prepared,
        command: &Command,
    ) -> Result<CallEnd, RunError> {
        self.host.set_watch(Box::new(watch(self.watchdog)));
        self.begin(before, prepared, command).map_err(|errno| {
            invalid(
                command,
                format!("its descriptors cannot be opened: {errno}"),
            )
        })?;
        let host = self.host.clone();
        let end = self.futures.run_call(&self.machine, || host.watch());
        end.map_err(|stopped| match stopped {
            Stopped::ByWatch => HostFailure::Watchdog.into(),
            Stopped::ByHost(failure) => failure.into(),
        })
    }

    fn begin(
        &mut self,
        before: &Machine,
        prepared: Prepared,
        command: &Command,
    ) -> Result<(), Errno> {
        let mut machine = self.machine.lock();
        machine.tree = before.tree.clone();
        machine.set_seed(before.seed());
        let streams = Streams::new(
            command.stdin.clone(),
            &machine.limits,
            command.observer.clone(),
        );
        let deadline_ns = machine.limits.deadline_ns;
        machine.begin_call(
            streams.showing(command.shown),
            fuel_of(command, before),
            command.deadline_ns.unwrap_or(u64::MAX).min(deadline_ns),
        );
        let descriptors = first_descriptors(&mut machine, prepared.preopens)?;
        let number = machine.begin_process(Birth {
            parent: Pid::INIT,
            group: None,
            program: prepared.image.program.clone(),
            descriptors,
            ignored: 0,
            umask: UMASK,
            memory_bytes: prepared.memory_bytes,
        });
        drop(machine);
        let future = live(&self.machine, number, &self.host, prepared.image);
        self.futures.births().add(number, future);
        Ok(())
    }
}

/// Finds and links what processes of the machine begin.
impl Launcher for Runtime {
    fn find(&self, machine: &Machine, program: Program) -> Result<Found, LaunchError> {
        let tree = &machine.tree;
        let errno = |error: ProgramError| LaunchError::Errno(error.errno());
        let path = std::str::from_utf8(&program.path);
        let path = path.map_err(|_| LaunchError::Errno(Errno::IllegalBytes))?;
        let cwd = tree
            .lookup(InodeNumber::ROOT, &program.cwd, FollowLast::Yes)
            .map_err(LaunchError::Errno)?;
        let found = program::at_path(tree, path, cwd, program.arguments).map_err(errno)?;
        let module = match &found.executable {
            Executable::Pinned(_) => None,
            Executable::Module(content) => Some((content.digest(), content.size())),
        };
        let (runtime, name) = (self.clone(), path.to_owned());
        let link = move |machine: &Machine| {
            let linked = runtime
                .linked(&name, found.executable)
                .map_err(|error| match error {
                    RunError::Program(error) => errno(error),
                    RunError::Host(failure) => LaunchError::Host(failure),
                    RunError::Replay => LaunchError::Errno(Errno::NoExec),
                })?;
            check_memory(&linked, machine, &name).map_err(errno)?;
            Ok(linked)
        };
        Ok(Found {
            program: Program {
                path: found.path.into_bytes(),
                arguments: found.arguments,
                environment: program.environment,
                cwd: program.cwd,
            },
            module,
            link: Box::new(link),
        })
    }
}

/// The operator's watchdog: the one place where a run looks at the host's clock, and all it can do is give up.
#[expect(
    clippy::disallowed_methods,
    reason = "host time decides only host failures"
)]
fn watch(watchdog: Option<Duration>) -> impl FnMut() -> ControlFlow<()> + Send + 'static {
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

/// What a module needs to begin with, against the machine's bounds: its linear memory, in bytes.
fn check_memory(
    linked: &InstancePre<Process>,
    machine: &Machine,
    program: &str,
) -> Result<u64, ProgramError> {
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
        None => Ok(needed[0].1),
    }
}

fn invalid(command: &Command, reason: String) -> ProgramError {
    ProgramError::Invalid {
        program: command.program.clone(),
        reason,
    }
}

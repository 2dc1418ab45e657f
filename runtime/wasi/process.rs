//! One guest process as the interface sees it: its memory, its fuel, and where its machine is.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard};

use wasmtime::{InstancePre, Memory, ResourceLimiter};

use crate::digest::Digest;
use crate::engine::{Faults, HostBoundary, HostFailure};
use crate::machine::scheduler::Births;
use crate::machine::{Errno, Machine, Pid, Program, SharedMachine};

/// A module that is linked, and what it begins with.
#[derive(Clone)]
pub struct Image {
    pub linked: InstancePre<Process>,
    /// The executable and its arguments; of a script its interpreter's.
    pub program: Arc<Program>,
    /// Bytes for `process_handover`.
    pub handover: Arc<[u8]>,
}

/// Finds what a path names and makes it ready to run.
pub trait Launcher: Send + Sync {
    /// The module that a program means, with the arguments it is run with: a script's are its interpreter's.
    fn find(&self, machine: &Machine, program: Program) -> Result<Found, LaunchError>;
}

/// A program that was found.
pub struct Found {
    pub program: Program,
    /// Of a module that isn't pinned the digest of its content, and its bytes.
    pub module: Option<(Digest, u64)>,
    /// Makes it ready to run, which may take compiling it.
    pub link: Link,
}

pub type Link = Box<dyn FnOnce(&Machine) -> Result<InstancePre<Process>, LaunchError>>;

/// Why a program cannot be run.
#[derive(Debug)]
pub enum LaunchError {
    /// The guest's doing.
    Errno(Errno),
    /// The host's.
    Host(HostFailure),
}

/// What all processes of a session share beside their machine. Watch and births outlive a call.
pub struct Host {
    pub engine: wasmtime::Engine,
    pub launcher: Arc<dyn Launcher>,
    pub births: Births<HostFailure>,
    /// Failures on purpose.
    pub faults: Faults,
    /// The operator's watch, asked now and then whether to go on.
    pub watch: Mutex<Watch>,
}

/// Asked now and then; `Break` ends the run as a host failure.
pub type Watch = Box<dyn FnMut() -> ControlFlow<()> + Send>;

impl Host {
    /// Exchanges the watch for that of another call.
    pub fn set_watch(&self, watch: Watch) {
        *self.lock_watch() = watch;
    }

    /// Whether the operator's watch lets the run go on.
    pub fn watch(&self) -> ControlFlow<()> {
        (*self.lock_watch())()
    }

    fn lock_watch(&self) -> MutexGuard<'_, Watch> {
        self.watch
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The state behind one guest instance.
pub struct Process {
    pub number: Pid,
    pub machine: SharedMachine,
    pub host: Arc<Host>,
    pub program: Arc<Program>,
    pub handover: Arc<[u8]>,
    /// The guest's linear memory, known once it is instantiated.
    pub memory: Option<Memory>,
    /// Whether `_start` was called: before, while the module is instantiated, host calls are refused.
    pub started: bool,
    /// What takes this one's place, once it asked for that.
    pub next: Option<Image>,
    /// What the store held when its fuel was last set.
    granted: u64,
    /// The store of a call's first process never holds more than the call's budget, so that it ends exactly there.
    is_first: bool,
    host_calls: u64,
    memory_bytes: u64,
    table_elements_max: u32,
}

/// Host calls between two looks at the watch.
const HOST_CALLS_PER_WATCH: u64 = 1024;

/// Why a process stops other than by a trap of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// `proc_exit`.
    Exit(u8),
    /// A signal, by Linux's number.
    Signal(u8),
    /// Another program takes its place.
    Exec,
    /// A bound of the call was met.
    UsedUp,
    /// The host's doing.
    Host(HostFailure),
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Stop {}

impl Process {
    /// What stands behind the instance of an image. The machine knows the process already, and its first memory.
    pub fn new(machine: &SharedMachine, number: Pid, host: &Arc<Host>, image: &Image) -> Process {
        let locked = machine.lock();
        let task = locked.processes.get(number);
        Process {
            number,
            machine: machine.clone(),
            host: host.clone(),
            program: image.program.clone(),
            handover: image.handover.clone(),
            memory: None,
            started: false,
            next: None,
            granted: 0,
            is_first: locked.first == number,
            host_calls: 0,
            memory_bytes: task.map_or(0, |task| task.memory_bytes),
            table_elements_max: locked.limits.table_elements_max,
        }
    }

    /// Counts a host call; every so often the operator's watch may end the run there. A guest that calls often is seldom
    /// seen by the scheduler.
    pub fn count_host_call(&mut self) -> Result<(), Stop> {
        self.host_calls += 1;
        if self.host_calls.is_multiple_of(HOST_CALLS_PER_WATCH) && self.host.watch().is_break() {
            return Err(Stop::Host(HostFailure::Watchdog));
        }
        Ok(())
    }

    /// Fuel the guest used since this was last asked; `in_store` is what the store still holds.
    pub fn count_fuel(&mut self, in_store: u64) -> u64 {
        let used = self.granted.saturating_sub(in_store);
        self.granted = self.granted.min(in_store);
        used
    }

    /// Fuel the store may hold from here on.
    pub fn grant(&mut self, machine: &Machine) -> u64 {
        self.granted = machine.fuel_to_bound();
        if !self.is_first {
            // It may live on into the next call, and must not run dry while that has fuel.
            self.granted = self.granted.saturating_add(machine.limits.fuel_max);
        }
        self.granted
    }

    /// Whether linear memory may grow to a size: within the machine's bounds.
    fn may_grow_to(&mut self, bytes: u64) -> bool {
        if bytes <= self.memory_bytes {
            return true;
        }
        let mut machine = self.machine.lock();
        let may = machine.check_room_for_memory(bytes, self.memory_bytes);
        if may.is_ok() {
            machine.set_memory(self.number, bytes);
            self.memory_bytes = bytes;
        }
        may.is_ok()
    }
}

/// Growth is refused at the contract's bounds, with the guest's −1; that the host cannot give what the bounds
/// allow is the host's failure and ends the run.
impl ResourceLimiter for Process {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if self.started && self.host.faults.fails(HostBoundary::Memory) {
            let failure = HostFailure::Memory("on purpose".to_owned());
            return Err(Stop::Host(failure).into());
        }
        Ok(is_within(desired, maximum) && self.may_grow_to(desired as u64))
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Stop::Host(HostFailure::Memory(format!("{error:#}"))).into())
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(is_within(desired, maximum) && desired as u64 <= self.table_elements_max.into())
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Stop::Host(HostFailure::Memory(format!("{error:#}"))).into())
    }
}

/// Whether growth keeps to the maximum that the module itself declares. Beyond, as beyond the machine's bounds, the guest
/// gets its −1, so that whatever fails later is the host's doing alone.
fn is_within(desired: usize, maximum: Option<usize>) -> bool {
    maximum.is_none_or(|maximum| desired <= maximum)
}

//! One guest process as the interface sees it: its arguments, descriptors, memory, and what it may use.

use std::ops::ControlFlow;
use std::sync::Arc;

use wasmtime::{Memory, ResourceLimiter};

use crate::engine::{HostFailure, Signal};
use crate::machine::fs::InodeNumber;
use crate::machine::{
    Descriptor, Descriptors, Entropy, Listing, Machine, Object, Result, Rights, SharedMachine,
    Stream,
};
use crate::wasi::preview1::rights;

/// What a process is begun with.
#[derive(Clone, Debug, Default)]
pub struct ProcessOptions {
    /// `argv`, the program's name first.
    pub arguments: Vec<Vec<u8>>,
    /// `NAME=VALUE`, in the order the guest sees.
    pub environment: Vec<Vec<u8>>,
    /// Further names under which a directory is offered from the start, `/` always being there.
    pub preopens: Vec<(Arc<str>, InodeNumber)>,
}

/// The state behind one guest instance.
pub struct Process {
    pub number: u64,
    pub machine: SharedMachine,
    pub arguments: Vec<Vec<u8>>,
    pub environment: Vec<Vec<u8>>,
    pub descriptors: Descriptors,
    pub entropy: Entropy,
    /// The guest's linear memory, known once it is instantiated.
    pub memory: Option<Memory>,
    /// Whether `_start` was called: before, while the module is instantiated, host calls are refused.
    pub started: bool,
    pub fuel: FuelAccount,
    /// On the monotonic clock, in nanoseconds.
    pub deadline_ns: u64,
    /// The operator's watch, asked now and then whether to go on.
    watch: Watch,
    host_calls: u64,
    memory_bytes_max: u64,
    table_elements_max: u32,
}

/// Asked now and then; `Break` ends the run as a host failure.
pub type Watch = Box<dyn FnMut() -> ControlFlow<()> + Send>;

/// Host calls between two looks at the watch.
const HOST_CALLS_PER_WATCH: u64 = 1024;

/// The fuel of a process, of which the store holds only as much as the virtual deadline leaves time for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuelAccount {
    /// What was left when the clock last looked.
    pub left: u64,
    /// The part of it that the store does not hold.
    pub withheld: u64,
}

/// Why a process ended other than by a trap of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// `proc_exit`.
    Exit(u8),
    /// `proc_raise`.
    Signal(Signal),
    /// The fuel does not pay for the host call.
    OutOfFuel,
    /// The virtual deadline is past.
    Deadline,
    /// It wrote more than a run may write.
    OutputFlood,
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
    /// Begins a process: descriptors 0 to 2 are the streams, 3 is `/`, then the further preopens.
    pub fn begin(
        machine: &SharedMachine,
        options: ProcessOptions,
        watch: Watch,
    ) -> Result<Process> {
        let mut locked = machine.lock();
        let (number, entropy) = locked.begin_process();
        let limits = locked.limits.clone();
        let mut descriptors = Descriptors::new(limits.open_files_max);
        for (stream, base) in [
            (Stream::Stdin, rights::STREAM_IN),
            (Stream::Stdout, rights::STREAM_OUT),
            (Stream::Stderr, rights::STREAM_OUT),
        ] {
            let file = locked.open_files.add(Object::Stream(stream), 0);
            descriptors.add(Descriptor {
                file,
                rights: Rights {
                    base,
                    inheriting: 0,
                },
                preopened_as: None,
            })?;
        }
        let root = (Arc::from("/"), InodeNumber::ROOT);
        for (name, inode) in std::iter::once(root).chain(options.preopens) {
            locked.tree.hold(inode);
            let directory = Object::Directory {
                inode,
                listing: Listing::default(),
            };
            let file = locked.open_files.add(directory, 0);
            descriptors.add(Descriptor {
                file,
                rights: Rights {
                    base: rights::DIRECTORY,
                    inheriting: rights::ALL,
                },
                preopened_as: Some(name),
            })?;
        }
        // What it took to find the program is nobody's to pay.
        locked.tree.take_work();
        let deadline_ns = locked.clock.elapsed_ns().saturating_add(limits.deadline_ns);
        drop(locked);
        Ok(Process {
            number,
            machine: machine.clone(),
            arguments: options.arguments,
            environment: options.environment,
            descriptors,
            entropy,
            memory: None,
            started: false,
            fuel: FuelAccount {
                left: limits.fuel_max,
                withheld: 0,
            },
            deadline_ns,
            watch,
            host_calls: 0,
            memory_bytes_max: limits.memory_bytes_max,
            table_elements_max: limits.table_elements_max,
        })
    }

    /// Counts a host call; every so often the operator's watch may end the run there. A guest that calls often is never
    /// seen by the scheduler, whose slices begin anew with each call.
    pub fn count_host_call(&mut self) -> std::result::Result<(), Stop> {
        self.host_calls += 1;
        if self.host_calls.is_multiple_of(HOST_CALLS_PER_WATCH) && (self.watch)().is_break() {
            return Err(Stop::Host(HostFailure::Watchdog));
        }
        Ok(())
    }

    /// Lets the clock see the fuel used since it last looked, and `price` more for a host call.
    /// `in_store` is what the store still holds.
    pub fn account(
        &mut self,
        machine: &mut Machine,
        in_store: u64,
        price: u64,
    ) -> std::result::Result<(), Stop> {
        let left = in_store.saturating_add(self.fuel.withheld);
        let paid = left.checked_sub(price);
        self.spend_to(machine, paid.unwrap_or(0));
        if paid.is_none() {
            return Err(Stop::OutOfFuel);
        }
        if machine.clock.elapsed_ns() >= self.deadline_ns {
            return Err(Stop::Deadline);
        }
        Ok(())
    }

    /// How much fuel the store may hold now: what computing until the deadline takes.
    pub fn grant(&mut self, machine: &Machine) -> u64 {
        let time_left_ns = self.deadline_ns.saturating_sub(machine.clock.elapsed_ns());
        let granted = self
            .fuel
            .left
            .min(time_left_ns / machine.time_model.fuel_ns);
        self.fuel.withheld = self.fuel.left - granted;
        granted
    }

    /// The store ran dry: which bound was met.
    pub fn ran_dry(&mut self, machine: &mut Machine) -> Stop {
        let withheld = self.fuel.withheld;
        self.spend_to(machine, withheld);
        if withheld > 0 {
            machine.clock.advance_to(self.deadline_ns);
            return Stop::Deadline;
        }
        Stop::OutOfFuel
    }

    /// What is used moves the clock, but not past the deadline: there the process ends.
    fn spend_to(&mut self, machine: &mut Machine, left: u64) {
        let used = self.fuel.left.saturating_sub(left);
        self.fuel.left = left;
        let used_ns = used.saturating_mul(machine.time_model.fuel_ns.get());
        let until_ns = machine.clock.elapsed_ns().saturating_add(used_ns);
        machine.clock.advance_to(until_ns.min(self.deadline_ns));
    }

    /// Closes everything the process has open.
    pub fn end(&mut self) {
        let mut machine = self.machine.lock();
        for descriptor in self.descriptors.drain() {
            machine.close(descriptor.file);
        }
    }
}

/// Growth is refused at the contract's bound, with the guest's −1; that the host cannot give what the bound
/// allows is the host's failure and ends the run.
impl ResourceLimiter for Process {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(is_within(desired, maximum, self.memory_bytes_max))
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
        Ok(is_within(desired, maximum, self.table_elements_max.into()))
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Stop::Host(HostFailure::Memory(format!("{error:#}"))).into())
    }
}

/// Whether growth keeps to the machine's bound and to the maximum that the module itself declares. Beyond either the guest
/// gets its −1, so that whatever fails later is the host's doing alone.
fn is_within(desired: usize, maximum: Option<usize>, bound: u64) -> bool {
    maximum.is_none_or(|maximum| desired <= maximum) && desired as u64 <= bound
}

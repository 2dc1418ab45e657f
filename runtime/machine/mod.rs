//! What a guest sees: the file tree, open files, the clock, entropy, the network, the standard streams.
//!
//! Nothing of the host is in this room: no clock, no entropy, no files, no threads, no floating point. A process
//! is a future that somebody hands to the [`scheduler`]; the machine knows no WebAssembly.

mod base;
mod budget;
mod clock;
mod device;
mod entropy;
mod errno;
pub mod fs;
mod network;
mod open_files;
mod pipes;
mod proc;
mod processes;
pub mod scheduler;
mod streams;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

pub use base::Identity;
pub use budget::{Bound, Budget, Meter};
pub use clock::{Clock, HostCall, TimeModel};
pub use device::Device;
pub use entropy::{Entropy, Interface};
pub use errno::{Errno, Result};
pub use network::{
    Exchanges, Fixture, FixtureError, Fixtures, Network, NoResponse, Request, Unmatched,
};
pub use open_files::{
    Descriptor, Descriptors, FileId, Listing, Object, OpenFile, OpenFiles, Rights,
};
pub use pipes::{Moved, Pipe, PipeEnds, PipeId, PipeReady, Pipes};
pub use processes::{
    Action, Birth, GroupWish, Pid, Processes, Program, SIGNALS_MAX, Signals, State, Status, Task,
    UMASK, signal,
};
pub use streams::{
    Capture, Captured, OutputObserver, Shown, Stream, StreamWrite, Streams, Written,
};

use crate::digest::Digest;
use crate::limits::Limits;
use fs::{InodeNumber, Tree};

/// Counts the ways in which machine, interface and tool calls ever answered: it moves with every change that a guest or an agent
/// could notice and that no other part of the contract tells.
pub const BEHAVIOR: u32 = 1;

/// The whole state of one machine, but for the futures that run its processes. Cloning it costs what is open, not what
/// the tree holds.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The file tree.
    pub tree: Tree,
    /// Virtual time.
    pub clock: Clock,
    /// What moves the clock.
    pub time_model: TimeModel,
    /// The bounds.
    pub limits: Limits,
    /// What is open.
    pub open_files: OpenFiles,
    /// The pipes that are open.
    pub pipes: Pipes,
    /// The network, and what was asked of it.
    pub exchanges: Exchanges,
    /// The processes.
    pub processes: Processes,
    /// The standard streams of the call.
    pub streams: Streams,
    /// What the call may use.
    pub budget: Budget,
    /// Whose turn it is.
    pub turn: Turn,
    /// Counts calls.
    pub call: u64,
    /// The first process of the call, and how it ended.
    pub first: Pid,
    first_ended: Option<Status>,
    /// The modules that processes began, by the digests of their contents.
    modules: BTreeSet<Digest>,
    /// Who sleeps until when on the monotonic clock, in nanoseconds.
    sleepers: BTreeSet<(u64, Pid)>,
    seed: u64,
}

/// The turn of one process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn {
    /// Whose it is.
    pub process: Pid,
    /// What the process used.
    pub meter: Meter,
    /// Why it pauses, where it was not by its fuel.
    pub pause: Option<Pause>,
    /// Whether it goes on beyond its slice, for a little.
    pub is_overtime: bool,
    /// Whether it was stopped just now.
    pub stopped: bool,
    killed: Option<u8>,
}

/// Why a process pauses in a host call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// It gives way to others.
    GivesWay,
    /// It waits to be woken.
    Waits,
}

/// What a machine follows from.
#[derive(Clone, Debug, Default)]
pub struct MachineOptions {
    /// Names the machine's entropy.
    pub seed: u64,
    /// Where the clock begins, in nanoseconds since 1970.
    pub epoch_ns: u64,
    /// The bounds.
    pub limits: Limits,
    /// What moves the clock.
    pub time_model: TimeModel,
    /// Where requests lead. Default: nowhere.
    pub network: Network,
    /// Who the machine and its user are.
    pub identity: Identity,
}

impl Machine {
    /// A machine with the directories, small files and devices every tool expects, and no programs yet.
    pub fn new(options: MachineOptions) -> Result<Machine> {
        let clock = Clock::new(options.epoch_ns);
        let mut machine = Machine {
            tree: Tree::new((&options.limits).into(), clock.now_ns()),
            clock,
            time_model: options.time_model,
            limits: options.limits,
            open_files: OpenFiles::default(),
            pipes: Pipes::default(),
            exchanges: Exchanges::new(options.network),
            processes: Processes::default(),
            streams: Streams::default(),
            budget: Budget::default(),
            turn: Turn::default(),
            call: 0,
            first: Pid::NONE,
            first_ended: None,
            modules: BTreeSet::new(),
            sleepers: BTreeSet::new(),
            seed: options.seed,
        };
        machine.furnish(&options.identity)?;
        Ok(machine)
    }

    fn furnish(&mut self, identity: &Identity) -> Result<()> {
        let now_ns = self.clock.now_ns();
        let root = InodeNumber::ROOT;
        for (path, mode) in base::DIRECTORIES {
            self.tree
                .make_directory(root, path.as_bytes(), mode, now_ns)?;
        }
        for (path, target) in base::LINKS {
            self.tree
                .make_symlink(target.as_bytes(), root, path.as_bytes(), now_ns)?;
        }
        self.tree
            .make_directories(identity.home.as_bytes(), now_ns)?;
        for (path, text) in base::files(identity) {
            let how = fs::OpenHow {
                write: true,
                create: true,
                mode: 0o644,
                ..fs::OpenHow::default()
            };
            let file = self.tree.open(root, path.as_bytes(), how, now_ns)?;
            self.tree.write(file, 0, text.as_bytes(), now_ns)?;
        }
        for device in Device::ALL {
            let path = format!("/dev/{}", device.name());
            self.tree
                .make_device(device, root, path.as_bytes(), now_ns)?;
        }
        proc::place(&mut self.tree, now_ns)
    }

    /// The seed that names the machine's entropy.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// A process begins a module that isn't pinned, of this content and size: the first to do so pays for it.
    pub fn pay_for_module(&mut self, content: Digest, bytes: u64) -> Result<(), Bound> {
        if self.modules.contains(&content) {
            return Ok(());
        }
        let price = self.time_model.module_fuel_per_byte;
        self.spend(bytes.saturating_mul(price))?;
        self.modules.insert(content);
        Ok(())
    }

    /// It was no module after all.
    pub fn forget_module(&mut self, content: Digest) {
        self.modules.remove(&content);
    }

    /// Begins another call: with streams and a budget of its own. Processes of earlier calls go on in it.
    pub fn begin_call(&mut self, streams: Streams, fuel: u64, time_ns: u64) {
        self.call += 1;
        self.streams = streams;
        self.budget = Budget {
            fuel_left: fuel,
            deadline_ns: self.clock.elapsed_ns().saturating_add(time_ns),
            used_up: None,
        };
        self.first = Pid::NONE;
        self.first_ended = None;
        self.tree.offer_view(true);
        // What it took to find the program is nobody's to pay.
        self.tree.take_work();
    }

    /// Puts down what is seen of a machine between calls: no `/proc`, and the streams of the last call, which are returned.
    pub fn end_call_view(&mut self) -> Streams {
        self.tree.offer_view(false);
        std::mem::take(&mut self.streams)
    }

    /// Whether a process began in an earlier call, so that the end of this one isn't its own.
    pub fn outlives_call(&self, process: Pid) -> bool {
        let task = self.processes.get(process);
        task.is_ok_and(|task| task.call != self.call)
    }

    /// How the first process of the call ended, if it did.
    pub fn first_ended(&self) -> Option<Status> {
        self.first_ended
    }

    /// Continues with other entropy, as a fork with a seed of its own does.
    pub fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Closes one reference to an open file; its inode may go with it, and whoever has the other end of its pipe learns of it.
    pub fn close(&mut self, file: FileId) {
        let Some(object) = self.open_files.close(file) else {
            return;
        };
        if let Object::Pipe { pipe, ends, .. } = object {
            let woken = self.pipes.close(pipe, ends);
            self.wake_all(woken);
        }
        if let Some(inode) = object.inode() {
            self.tree.release(inode);
        }
    }

    /// Opens an end of a pipe, or both; whoever waits for that is woken. A named pipe's inode is held.
    pub fn open_pipe(&mut self, pipe: PipeId, ends: PipeEnds, flags: u16) -> Result<FileId> {
        let inode = self.pipes.get(pipe)?.inode();
        if let Some(inode) = inode {
            self.tree.hold(inode);
        }
        let woken = self.pipes.open(pipe, ends);
        self.wake_all(woken);
        Ok(self
            .open_files
            .add(Object::Pipe { pipe, inode, ends }, flags))
    }
}

/// A machine that its processes and their scheduler share. They all live on one thread: the lock is never waited for.
#[derive(Clone, Debug)]
pub struct SharedMachine(Arc<Mutex<Machine>>);

impl SharedMachine {
    /// Shares a machine.
    pub fn new(machine: Machine) -> SharedMachine {
        SharedMachine(Arc::new(Mutex::new(machine)))
    }

    /// The machine, for the length of one host call or one step of the scheduler.
    pub fn lock(&self) -> MutexGuard<'_, Machine> {
        // A poisoned machine belongs to a run that panicked; whoever holds it next throws it away.
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The machine itself, once nobody else shares it; a copy if somebody still does.
    pub fn into_inner(self) -> Machine {
        match Arc::try_unwrap(self.0) {
            Ok(mutex) => mutex
                .into_inner()
                .unwrap_or_else(|poisoned| poisoned.into_inner()),
            Err(shared) => SharedMachine(shared).lock().clone(),
        }
    }
}

//! What a guest sees: the file tree, open files, the clock, entropy, the standard streams.
//!
//! Nothing of the host is in this room: no clock, no entropy, no files, no threads, no floating point. A process
//! is a future that somebody hands to [`scheduler::run`]; the machine knows no WebAssembly.

mod clock;
mod device;
mod entropy;
mod errno;
pub mod fs;
mod open_files;
pub mod scheduler;
mod streams;

use std::sync::{Arc, Mutex, MutexGuard};

pub use clock::{Clock, HostCall, TimeModel};
pub use device::Device;
pub use entropy::{Entropy, Interface};
pub use errno::{Errno, Result};
pub use open_files::{
    Descriptor, Descriptors, FileId, Listing, Object, OpenFile, OpenFiles, Rights,
};
pub use streams::{Capture, Captured, OutputObserver, Stream, StreamWrite, Streams};

use crate::limits::Limits;
use fs::{InodeNumber, Tree};

/// The whole state of one machine. Between runs no file is open and cloning is O(1).
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
    /// What is open, while a run lasts.
    pub open_files: OpenFiles,
    /// The standard streams of the run.
    pub streams: Streams,
    /// Who sleeps until when.
    pub sleepers: scheduler::Sleepers,
    seed: u64,
    processes_begun: u64,
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
}

/// Directories of a new machine with their modes, parents first.
const DIRECTORIES: [(&str, u16); 11] = [
    ("/dev", 0o755),
    ("/etc", 0o755),
    ("/home", 0o755),
    ("/home/user", 0o755),
    ("/tmp", 0o1777),
    ("/usr", 0o755),
    ("/usr/bin", 0o755),
    ("/usr/lib", 0o755),
    ("/usr/lib/isobox", 0o755),
    ("/var", 0o755),
    ("/var/tmp", 0o1777),
];

impl Machine {
    /// A machine with the directories and devices every tool expects, and no programs yet.
    pub fn new(options: MachineOptions) -> Result<Machine> {
        let clock = Clock::new(options.epoch_ns);
        let mut machine = Machine {
            tree: Tree::new((&options.limits).into(), clock.now_ns()),
            clock,
            time_model: options.time_model,
            limits: options.limits,
            open_files: OpenFiles::default(),
            streams: Streams::default(),
            sleepers: scheduler::Sleepers::default(),
            seed: options.seed,
            processes_begun: 0,
        };
        machine.furnish()?;
        Ok(machine)
    }

    fn furnish(&mut self) -> Result<()> {
        let now_ns = self.clock.now_ns();
        let root = InodeNumber::ROOT;
        for (path, mode) in DIRECTORIES {
            self.tree
                .make_directory(root, path.as_bytes(), mode, now_ns)?;
        }
        self.tree.make_symlink(b"usr/bin", root, b"/bin", now_ns)?;
        for device in Device::ALL {
            let path = format!("/dev/{}", device.name());
            self.tree
                .make_device(device, root, path.as_bytes(), now_ns)?;
        }
        Ok(())
    }

    /// The seed that names the machine's entropy.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Begins another process: its number, and the entropy that belongs to it alone.
    pub fn begin_process(&mut self) -> (u64, Entropy) {
        self.processes_begun += 1;
        let number = self.processes_begun;
        (number, Entropy::new(self.seed, number))
    }

    /// Continues with other entropy, as a fork with a seed of its own does.
    pub fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Closes one reference to an open file; its inode may go with it.
    pub fn close(&mut self, file: FileId) {
        if let Some(inode) = self.open_files.close(file) {
            self.tree.release(inode);
        }
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

//! The runtime: engine, interface and guests, shared by all sessions of a process.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use wasmtime::InstancePre;

use super::program::{Executable, ProgramError};
use super::recent::Recent;
use super::run::RunError;
use super::{Session, SessionOptions};
use crate::digest::Digest;
use crate::engine::{
    CacheFolder, CompileProgress, Engine, EngineError, EngineOptions, ModuleError,
};
use crate::guests::{self, Guest, GuestsError};
use crate::machine::fs::{Content, InodeNumber};
use crate::machine::{Errno, Machine, MachineOptions};
use crate::wasi::{Interface, LinkError, Process};

/// Most linked modules kept in memory at once; what a fuller runtime forgets, the least recently used, is linked again
/// from the cache.
const LINKED_MAX: usize = 128;

/// What sessions run on: the engine, the guests and their compiled modules. Cloning it is O(1), and all clones are one.
///
/// A program makes one and keeps it.
#[derive(Clone)]
pub struct Runtime(Arc<Shared>);

struct Shared {
    engine: Engine,
    interface: Interface,
    guests: Vec<Guest>,
    linked: Mutex<Recent<Digest, InstancePre<Process>>>,
    /// The digests of modules by those of the files that hold them.
    digests: Mutex<Recent<Digest, Digest>>,
    /// Held by whoever compiles.
    compiling: Mutex<()>,
    /// The machine that was last begun with, to begin the next like it.
    base: Mutex<Option<(SessionOptions, Machine)>>,
    watchdog: Option<Duration>,
}

/// What a runtime is made with.
#[derive(Default)]
pub struct RuntimeOptions {
    /// Where compiled modules are kept. Default: `$ISOBOX_CACHE`, else the platform's cache folder.
    pub cache: CacheFolder,
    /// How many guests can run at once; address space is reserved for each. Default: 1,024.
    pub processes_max: Option<u32>,
    /// Who is told when a module has to be compiled. Default: nobody.
    pub progress: Option<Box<dyn CompileProgress>>,
    /// Host time after which a run is given up as a host failure. Default: never; fuel ends every run.
    pub watchdog: Option<Duration>,
}

/// Why a runtime or a session cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The engine or its cache.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The guests compiled into this program.
    #[error(transparent)]
    Guests(#[from] GuestsError),
    /// The limits leave no room for the directories and programs of a new machine.
    #[error("the limits leave no room for a new machine's own files: {0}")]
    Limits(Errno),
}

impl Runtime {
    /// A runtime with the usual options.
    ///
    /// # Errors
    /// When the cache folder is refused or the engine cannot start on this host.
    pub fn new() -> Result<Runtime, RuntimeError> {
        Runtime::with_options(RuntimeOptions::default())
    }

    /// A runtime with options of one's own.
    ///
    /// # Errors
    /// As [`Runtime::new`].
    pub fn with_options(options: RuntimeOptions) -> Result<Runtime, RuntimeError> {
        let engine = Engine::new(EngineOptions {
            cache: options.cache,
            processes_max: options.processes_max,
            progress: options.progress,
        })?;
        let interface =
            Interface::new(&engine).map_err(|error| EngineError::Start(format!("{error:#}")))?;
        Ok(Runtime(Arc::new(Shared {
            engine,
            interface,
            guests: guests::pinned()?,
            linked: Mutex::new(Recent::new(LINKED_MAX)),
            digests: Mutex::new(Recent::new(LINKED_MAX)),
            compiling: Mutex::default(),
            base: Mutex::default(),
            watchdog: options.watchdog,
        })))
    }

    /// A new session on a new machine.
    ///
    /// # Errors
    /// When the limits leave no room for the machine's own files.
    pub fn session(&self, options: SessionOptions) -> Result<Session, RuntimeError> {
        let seed = options.seed;
        let mut machine = self.base(options)?;
        machine.set_seed(seed);
        Ok(Session::new(self.clone(), machine))
    }

    /// The pinned guests that `/usr/bin` of every machine lists.
    pub fn guests(&self) -> &[Guest] {
        &self.0.guests
    }

    pub(super) fn watchdog(&self) -> Option<Duration> {
        self.0.watchdog
    }

    pub(super) fn engine(&self) -> &wasmtime::Engine {
        self.0.engine.inner()
    }

    /// The machine every session with these options begins with, whatever its seed.
    fn base(&self, options: SessionOptions) -> Result<Machine, RuntimeError> {
        let options = SessionOptions { seed: 0, ..options };
        let mut base = lock(&self.0.base);
        if let Some((known, machine)) = &*base
            && *known == options
        {
            return Ok(machine.clone());
        }
        let machine = self.furnish(&options).map_err(RuntimeError::Limits)?;
        machine.tree.digest();
        *base = Some((options, machine.clone()));
        Ok(machine)
    }

    fn furnish(&self, options: &SessionOptions) -> Result<Machine, Errno> {
        let mut machine = Machine::new(MachineOptions {
            seed: options.seed,
            epoch_ns: options.epoch_ns,
            limits: options.limits.clone(),
            time_model: options.time_model.clone(),
            network: options.network.clone(),
        })?;
        let now_ns = machine.clock.now_ns();
        let mut programs: Vec<(String, &Guest)> = self
            .0
            .guests
            .iter()
            .flat_map(|guest| guest.paths().map(move |path| (path, guest)))
            .collect();
        programs.sort_by(|a, b| a.0.cmp(&b.0));
        for (path, guest) in programs {
            let tree = &mut machine.tree;
            tree.make_pinned(guest.pin(), InodeNumber::ROOT, path.as_bytes(), now_ns)?;
        }
        Ok(machine)
    }

    /// The linked module of an executable: compiled at most once, linked at most once while it is remembered.
    pub(super) fn linked(
        &self,
        name: &str,
        executable: Executable,
    ) -> Result<InstancePre<Process>, RunError> {
        let digest = match &executable {
            Executable::Pinned(digest) => *digest,
            Executable::Module(content) => self.digest_of(content),
        };
        if let Some(linked) = self.recall(digest) {
            return Ok(linked);
        }
        let guest = self.0.guests.iter().find(|guest| guest.digest() == digest);
        let name = guest.map_or(name, Guest::name);
        if let Some(module) = self.0.engine.cached(digest) {
            return self.link(name, digest, &module);
        }
        // One at a time, for the compiler uses all processors itself; whoever waited finds it done.
        let _turn = lock(&self.0.compiling);
        if let Some(linked) = self.recall(digest) {
            return Ok(linked);
        }
        let wasm = match executable {
            Executable::Module(content) => content.to_vec(),
            Executable::Pinned(_) => guest.map(Guest::wasm).unwrap_or_default(),
        };
        let module = self.0.engine.compile(name, digest, &wasm);
        let module = module.map_err(|error| match error {
            ModuleError::Refused { .. } => format_error(name, error.to_string()),
            ModuleError::Host(failure) => failure.into(),
        })?;
        self.link(name, digest, &module)
    }

    /// BLAKE3 of a module, computed once while it is remembered.
    fn digest_of(&self, content: &Content) -> Digest {
        let key = content.digest();
        if let Some(digest) = lock(&self.0.digests).get(&key) {
            return digest;
        }
        let digest = Digest::of_bytes(&content.to_vec());
        lock(&self.0.digests).insert(key, digest);
        digest
    }

    fn recall(&self, digest: Digest) -> Option<InstancePre<Process>> {
        lock(&self.0.linked).get(&digest)
    }

    /// Links a module and remembers it.
    fn link(
        &self,
        name: &str,
        digest: Digest,
        module: &wasmtime::Module,
    ) -> Result<InstancePre<Process>, RunError> {
        let linked = self
            .0
            .interface
            .link(name, module)
            .map_err(|error: LinkError| format_error(name, error.to_string()))?;
        lock(&self.0.linked).insert(digest, linked.clone());
        Ok(linked)
    }
}

fn format_error(name: &str, reason: String) -> RunError {
    RunError::Program(ProgramError::Format {
        program: name.to_owned(),
        reason,
    })
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("guests", &self.0.guests)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

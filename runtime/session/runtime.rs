//! The runtime: engine, interface and guests, shared by all sessions of a process.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use wasmtime::InstancePre;

use super::Session;
use super::program::{Executable, ProgramError};
use super::recent::Recent;
use super::run::RunError;
use crate::contract::Contract;
use crate::digest::Digest;
use crate::engine::{
    CacheFolder, CompileProgress, Engine, EngineError, EngineOptions, Faults, HostFaults,
    ModuleError,
};
use crate::guests::Guest;
use crate::machine::fs::{Content, InodeNumber};
use crate::machine::{Errno, Identity, Machine, MachineOptions};
use crate::wasi::{Interface, LinkError, Process};

/// Most linked modules kept in memory at once; what a fuller runtime forgets, the least recently used, is linked again
/// from the cache.
const LINKED_MAX: usize = 128;

/// What sessions run on: a contract, the engine, the guests and their compiled modules. Cloning it is O(1), and all clones are one.
///
/// A program makes one and keeps it.
#[derive(Clone)]
pub struct Runtime {
    workshop: Arc<Workshop>,
    terms: Arc<Terms>,
}

/// The engine and what it compiled, for whatever contracts.
struct Workshop {
    engine: Engine,
    interface: Interface,
    linked: Mutex<Recent<Digest, InstancePre<Process>>>,
    /// The digests of modules by those of the files that hold them.
    digests: Mutex<Recent<Digest, Digest>>,
    /// Held by whoever compiles.
    compiling: Mutex<()>,
    watchdog: Option<Duration>,
}

/// A contract, and the machine that every session under it begins with, whatever its seed.
struct Terms {
    contract: Contract,
    digest: Digest,
    base: Machine,
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
    /// Failures of the host that tests make. Default: none.
    #[doc(hidden)]
    pub host_faults: Option<Arc<dyn HostFaults>>,
}

/// Why a runtime or a session cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The engine or its cache.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The limits leave no room for the directories and programs of a new machine.
    #[error("the limits leave no room for a new machine's own files: {0}")]
    Limits(Errno),
}

impl Runtime {
    /// A runtime under a contract, with the usual options.
    ///
    /// # Errors
    /// When the cache folder is refused, the engine cannot start on this host, or the contract's limits leave no room for the
    /// files that a machine begins with.
    ///
    /// ```
    /// use isobox::{Contract, Runtime};
    /// let runtime = Runtime::new(Contract::default())?;
    /// assert_eq!(runtime.contract_digest(), Contract::default().digest());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(contract: Contract) -> Result<Runtime, RuntimeError> {
        Runtime::with_options(contract, RuntimeOptions::default())
    }

    /// A runtime with options of one's own.
    ///
    /// # Errors
    /// As [`Runtime::new`].
    pub fn with_options(
        contract: Contract,
        options: RuntimeOptions,
    ) -> Result<Runtime, RuntimeError> {
        let engine = Engine::new(EngineOptions {
            cache: options.cache,
            processes_max: options.processes_max,
            progress: options.progress,
            faults: Faults(options.host_faults),
        })?;
        let interface =
            Interface::new(&engine).map_err(|error| EngineError::Start(format!("{error:#}")))?;
        let workshop = Workshop {
            engine,
            interface,
            linked: Mutex::new(Recent::new(LINKED_MAX)),
            digests: Mutex::new(Recent::new(LINKED_MAX)),
            compiling: Mutex::default(),
            watchdog: options.watchdog,
        };
        Ok(Runtime {
            workshop: Arc::new(workshop),
            terms: Arc::new(Terms::new(contract)?),
        })
    }

    /// The same engine and compiled modules under another contract.
    ///
    /// # Errors
    /// When its limits leave no room for the files that a machine begins with.
    pub fn under(&self, contract: Contract) -> Result<Runtime, RuntimeError> {
        Ok(Runtime {
            workshop: self.workshop.clone(),
            terms: Arc::new(Terms::new(contract)?),
        })
    }

    /// A new session on a new machine, its entropy named by the seed.
    pub fn session(&self, seed: u64) -> Session {
        let mut machine = self.terms.base.clone();
        machine.set_seed(seed);
        Session::new(self.clone(), machine)
    }

    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.terms.contract
    }

    /// The digest of the contract, computed once.
    pub fn contract_digest(&self) -> Digest {
        self.terms.digest
    }

    pub(super) fn watchdog(&self) -> Option<Duration> {
        self.workshop.watchdog
    }

    pub(super) fn faults(&self) -> &Faults {
        self.workshop.engine.faults()
    }

    pub(super) fn engine(&self) -> &wasmtime::Engine {
        self.workshop.engine.inner()
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
        let guest = self
            .contract()
            .guests
            .iter()
            .find(|guest| guest.digest() == digest);
        let name = guest.map_or(name, Guest::name);
        if let Some(module) = self.workshop.engine.cached(digest) {
            return self.link(name, digest, &module);
        }
        // One at a time, for the compiler uses all processors itself; whoever waited finds it done.
        let _turn = lock(&self.workshop.compiling);
        if let Some(linked) = self.recall(digest) {
            return Ok(linked);
        }
        let wasm = match executable {
            Executable::Module(content) => content.to_vec(),
            Executable::Pinned(_) => guest.map(Guest::wasm).unwrap_or_default(),
        };
        let module = self.workshop.engine.compile(name, digest, &wasm);
        let module = module.map_err(|error| match error {
            ModuleError::Refused { .. } => format_error(name, error.to_string()),
            ModuleError::Host(failure) => failure.into(),
        })?;
        self.link(name, digest, &module)
    }

    /// BLAKE3 of a module, computed once while it is remembered.
    fn digest_of(&self, content: &Content) -> Digest {
        let key = content.digest();
        if let Some(digest) = lock(&self.workshop.digests).get(&key) {
            return digest;
        }
        let digest = Digest::of_bytes(&content.to_vec());
        lock(&self.workshop.digests).insert(key, digest);
        digest
    }

    fn recall(&self, digest: Digest) -> Option<InstancePre<Process>> {
        lock(&self.workshop.linked).get(&digest)
    }

    /// Links a module and remembers it.
    fn link(
        &self,
        name: &str,
        digest: Digest,
        module: &wasmtime::Module,
    ) -> Result<InstancePre<Process>, RunError> {
        let linked = self
            .workshop
            .interface
            .link(name, module)
            .map_err(|error: LinkError| format_error(name, error.to_string()))?;
        lock(&self.workshop.linked).insert(digest, linked.clone());
        Ok(linked)
    }
}

impl Terms {
    fn new(contract: Contract) -> Result<Terms, RuntimeError> {
        let base = furnish(&contract).map_err(RuntimeError::Limits)?;
        base.tree.digest();
        Ok(Terms {
            digest: contract.digest(),
            base,
            contract,
        })
    }
}

/// The machine that a session begins with: the contract's directories and commands.
fn furnish(contract: &Contract) -> Result<Machine, Errno> {
    let mut machine = Machine::new(MachineOptions {
        seed: 0,
        epoch_ns: contract.environment.epoch_ns,
        limits: contract.limits.clone(),
        time_model: contract.time.clone(),
        network: contract.network.clone(),
        identity: Identity {
            user: contract.environment.user.clone(),
            home: contract.environment.home.clone(),
            hostname: contract.environment.hostname.clone(),
        },
    })?;
    let now_ns = machine.clock.now_ns();
    let cwd = contract.environment.cwd.as_bytes();
    machine.tree.make_directories(cwd, now_ns)?;
    let mut programs: Vec<(String, &Guest)> = contract
        .guests
        .iter()
        .flat_map(|guest| guest.paths().map(move |path| (path, guest)))
        .collect();
    programs.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, guest) in programs {
        let tree = &mut machine.tree;
        let folder = guest.install().as_bytes();
        tree.make_directories(folder, now_ns)?;
        tree.make_pinned(guest.pin(), InodeNumber::ROOT, path.as_bytes(), now_ns)?;
    }
    contract.base.copy_into(&mut machine.tree, now_ns)?;
    Ok(machine)
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
            .field("contract", &self.contract_digest())
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

//! wasmtime behind one door: the pinned profile, the module cache, the meaning of traps.
//!
//! This room compiles and hands out modules; it knows no files of a machine and no WASI.

mod cache;
mod faults;
mod profile;
mod trap;

use std::fmt;

use crate::digest::Digest;
use cache::ModuleCache;
pub use cache::{CacheError, CacheFolder};
pub use faults::{Faults, HostBoundary, HostFaults};
pub use profile::digest as profile_digest;
pub use trap::{HostFailure, Signal, TrapClass, classify};

/// The compiler and its cache of compiled modules.
pub struct Engine {
    inner: wasmtime::Engine,
    cache: Option<ModuleCache>,
    progress: Box<dyn CompileProgress>,
    faults: Faults,
}

/// What an engine is made with.
#[derive(Default)]
pub struct EngineOptions {
    /// Where compiled modules are kept between processes.
    pub cache: CacheFolder,
    /// How many guest processes can live at once; memory is reserved for each, not used.
    pub processes_max: Option<u32>,
    /// Who is told when a module has to be compiled.
    pub progress: Option<Box<dyn CompileProgress>>,
    /// Failures on purpose.
    pub faults: Faults,
}

/// Is told when a module has to be compiled, which takes seconds for a large one.
pub trait CompileProgress: Send + Sync {
    /// Compilation of the named module, of this many bytes, begins.
    fn begin(&self, name: &str, bytes: usize);
    /// It is over.
    fn end(&self);
}

struct Silent;

impl CompileProgress for Silent {
    fn begin(&self, _: &str, _: usize) {}
    fn end(&self) {}
}

/// Why an engine cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The folder for compiled modules is not fit to be one.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// wasmtime refuses to start on this host.
    #[error("the WebAssembly engine cannot start on this host: {0}")]
    Start(String),
}

/// Why a module cannot be had: the module's own fault, the same everywhere, or the host's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// The bytes are no module of this profile.
    #[error("{name} is no WebAssembly module this profile accepts: {reason}")]
    Refused { name: String, reason: String },
    /// What was compiled cannot be loaded here and now.
    #[error(transparent)]
    Host(HostFailure),
}

impl Engine {
    pub fn new(options: EngineOptions) -> Result<Engine, EngineError> {
        let inner = profile::engine(options.processes_max.unwrap_or(PROCESSES_MAX))
            .map_err(|error| EngineError::Start(format!("{error:#}")))?;
        let cache = ModuleCache::open(&options.cache, &inner)?;
        Ok(Engine {
            inner,
            cache,
            progress: options.progress.unwrap_or_else(|| Box::new(Silent)),
            faults: options.faults,
        })
    }

    /// The failures on purpose.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// wasmtime's own engine, for linkers and stores.
    pub fn inner(&self) -> &wasmtime::Engine {
        &self.inner
    }

    /// The module with this plain digest, if the cache has it.
    pub fn cached(&self, digest: Digest) -> Option<wasmtime::Module> {
        if self.faults.fails(HostBoundary::CacheRead) {
            return None;
        }
        let file = self.cache.as_ref()?.load(digest)?;
        // SAFETY: the cache's folder belongs to this user alone, its key covers profile and compiler, and the file's
        // BLAKE3 was just found to be the one noted when this profile's compiler wrote it.
        unsafe { wasmtime::Module::deserialize_open_file(&self.inner, file) }.ok()
    }

    /// Compiles a module, whose plain digest the caller knows, and keeps it in the cache.
    pub fn compile(
        &self,
        name: &str,
        digest: Digest,
        wasm: &[u8],
    ) -> Result<wasmtime::Module, ModuleError> {
        let refused = |reason: String| ModuleError::Refused {
            name: name.to_owned(),
            reason,
        };
        profile::check_tables(wasm).map_err(refused)?;
        self.progress.begin(name, wasm.len());
        let compiled = self.inner.precompile_module(wasm);
        self.progress.end();
        let compiled = compiled.map_err(|error| refused(format!("{error:#}")))?;
        if let Some(cache) = &self.cache
            && !self.faults.fails(HostBoundary::CacheWrite)
        {
            // A cache that cannot be written to, on a full disk say, costs time and nothing else.
            if cache.store(digest, &compiled).is_ok()
                && let Some(module) = self.cached(digest)
            {
                return Ok(module);
            }
        }
        if self.faults.fails(HostBoundary::Load) {
            let failure = HostFailure::Memory("on purpose".to_owned());
            return Err(ModuleError::Host(failure));
        }
        // SAFETY: the bytes come from this engine's own compiler, a moment ago, and never left this process.
        let module = unsafe { wasmtime::Module::deserialize(&self.inner, &compiled) };
        module.map_err(|error| ModuleError::Host(unloadable(&error)))
    }
}

/// Whose failure it is that what this compiler made cannot be loaded: never the module's, which compiled.
fn unloadable(error: &wasmtime::Error) -> HostFailure {
    let reason = format!("{error:#}");
    match error.chain().any(lacks_memory) {
        true => HostFailure::Memory(reason),
        false => HostFailure::Engine(reason),
    }
}

/// Whether a cause is an answer of the host's system, which on loading is asked for nothing but memory.
fn lacks_memory(cause: &(dyn std::error::Error + 'static)) -> bool {
    #[cfg(unix)]
    if cause.is::<rustix::io::Errno>() {
        return true;
    }
    cause.is::<std::io::Error>() || cause.is::<wasmtime::OutOfMemory>()
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// Guest processes that can live at once, unless the options say otherwise.
const PROCESSES_MAX: u32 = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> Engine {
        Engine::new(EngineOptions {
            cache: CacheFolder::None,
            processes_max: Some(1),
            ..EngineOptions::default()
        })
        .unwrap()
    }

    fn compile(wasm: &[u8]) -> Result<wasmtime::Module, ModuleError> {
        engine().compile("test", Digest::of_bytes(wasm), wasm)
    }

    #[test]
    fn what_does_not_compile_is_the_modules_fault() {
        let refused = compile(b"\0asm nonsense");
        assert!(matches!(refused, Err(ModuleError::Refused { .. })));
        let tables = wat::parse_str("(module (table 1000001 funcref))").unwrap();
        assert!(matches!(compile(&tables), Err(ModuleError::Refused { .. })));
    }

    /// A host without memory once made every module "no executable".
    #[test]
    fn what_does_not_load_is_the_hosts() {
        let error = wasmtime::Error::from(std::io::Error::from_raw_os_error(12)).context("mmap");
        assert!(matches!(unloadable(&error), HostFailure::Memory(_)));
        let error = wasmtime::Error::from(rustix::io::Errno::NOMEM).context("mprotect");
        assert!(matches!(unloadable(&error), HostFailure::Memory(_)));
        let error = wasmtime::Error::msg("anything else");
        assert!(matches!(unloadable(&error), HostFailure::Engine(_)));
    }
}

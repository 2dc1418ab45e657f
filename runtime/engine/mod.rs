//! wasmtime behind one door: the pinned profile, the module cache, the meaning of traps.
//!
//! This room compiles and hands out modules; it knows no files of a machine and no WASI.

mod cache;
mod profile;
mod trap;

use std::fmt;

use crate::digest::Digest;
use cache::ModuleCache;
pub use cache::{CacheError, CacheFolder};
pub use profile::digest as profile_digest;
pub use trap::{HostFailure, Signal, TrapClass, classify};

/// The compiler and its cache of compiled modules.
pub struct Engine {
    inner: wasmtime::Engine,
    cache: Option<ModuleCache>,
    progress: Box<dyn CompileProgress>,
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

/// Why an engine or a module cannot be had.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum EngineError {
    /// The folder for compiled modules is not fit to be one.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// wasmtime refuses to start on this host.
    #[error("the WebAssembly engine cannot start on this host: {0}")]
    Start(String),
    /// The bytes are no module of this profile.
    #[error("{name} is no WebAssembly module this profile accepts: {reason}")]
    Module { name: String, reason: String },
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
        })
    }

    /// wasmtime's own engine, for linkers and stores.
    pub fn inner(&self) -> &wasmtime::Engine {
        &self.inner
    }

    /// The compiled module of these bytes, whose plain digest the caller knows: from the cache, else compiled and kept there.
    pub fn module(
        &self,
        name: &str,
        digest: Digest,
        wasm: impl FnOnce() -> Vec<u8>,
    ) -> Result<wasmtime::Module, EngineError> {
        let module = match self.cached(digest) {
            Some(module) => module,
            None => self.compiled(name, digest, &wasm())?,
        };
        profile::check_tables(&module).map_err(|reason| refused(name, reason))?;
        Ok(module)
    }

    fn compiled(
        &self,
        name: &str,
        digest: Digest,
        wasm: &[u8],
    ) -> Result<wasmtime::Module, EngineError> {
        self.progress.begin(name, wasm.len());
        let compiled = self.inner.precompile_module(wasm);
        self.progress.end();
        let compiled = compiled.map_err(|error| refused(name, format!("{error:#}")))?;
        if let Some(cache) = &self.cache {
            // A cache that cannot be written to, on a full disk say, costs time and nothing else.
            if cache.store(digest, &compiled).is_ok()
                && let Some(module) = self.cached(digest)
            {
                return Ok(module);
            }
        }
        // SAFETY: the bytes come from this engine's own compiler, a moment ago, and never left this process.
        let module = unsafe { wasmtime::Module::deserialize(&self.inner, &compiled) };
        // What compiled and doesn't load has more tables than the pool has room for: it checks nothing else.
        module.map_err(|_| refused(name, profile::too_many_tables()))
    }

    fn cached(&self, digest: Digest) -> Option<wasmtime::Module> {
        let file = self.cache.as_ref()?.load(digest)?;
        // SAFETY: the cache's folder belongs to this user alone, its key covers profile and compiler, and the file's
        // BLAKE3 was just found to be the one noted when this profile's compiler wrote it.
        unsafe { wasmtime::Module::deserialize_open_file(&self.inner, file) }.ok()
    }
}

fn refused(name: &str, reason: String) -> EngineError {
    EngineError::Module {
        name: name.to_owned(),
        reason,
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// Guest processes that can live at once, unless the options say otherwise.
const PROCESSES_MAX: u32 = 256;

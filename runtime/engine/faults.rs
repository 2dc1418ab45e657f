//! Failures of the host, made on purpose by tests: the one way to see that none of them reaches a guest or leaves a trace.

use std::sync::Arc;

/// Where the host can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostBoundary {
    /// A place in the pool for another process.
    Pool,
    /// Memory that a guest's grows into.
    Memory,
    /// Memory that a compiled module is loaded into.
    Load,
    /// Reading a compiled module from the cache.
    CacheRead,
    /// Writing one to the disk.
    CacheWrite,
}

/// Decides, each time the host is asked, whether it fails.
pub trait HostFaults: Send + Sync {
    /// Whether the host fails here and now.
    fn fails(&self, at: HostBoundary) -> bool;
}

/// The failures of a runtime; usually none.
#[derive(Clone, Default)]
pub struct Faults(pub Option<Arc<dyn HostFaults>>);

impl Faults {
    /// Whether the host fails here and now.
    pub fn fails(&self, at: HostBoundary) -> bool {
        self.0.as_ref().is_some_and(|faults| faults.fails(at))
    }
}

//! Snapshots: a session between two calls, to go back to.

use super::Session;
use crate::digest::{Digest, Fields};

/// A session as it was at one moment. Taking one and going on from it is O(1); it shares what does not change.
///
/// ```
/// use isobox::{Contract, Runtime};
///
/// let mut session = Runtime::new(Contract::default())?.session(7);
/// let snapshot = session.snapshot();
/// session.write_file("/workspace/notes", b"to be forgotten")?;
/// session = snapshot.session();
/// assert!(session.read_file("/workspace/notes").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Snapshot(Session);

impl Snapshot {
    /// A session that goes on from here. What it does from now on is what the snapshot's own session would have done.
    pub fn session(&self) -> Session {
        self.0.fork()
    }

    /// Names the snapshot by everything that a session follows from here on: file tree, time, seed, and what was done so far.
    pub fn digest(&self) -> Digest {
        Fields::of("isobox.snapshot")
            .digest(self.0.tree_digest())
            .number(self.0.elapsed_ns())
            .number(self.0.seed())
            .digest(self.0.transcript().digest())
            .finish()
    }
}

impl Session {
    /// The session as it is now: O(1).
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.fork())
    }
}

//! How a run ended and what came of it.

use serde::Serialize;

use crate::digest::{Digest, Fields};
use crate::engine::Signal;
use crate::machine::Captured;
use crate::machine::fs::Changes;

/// How a guest ended. A guest's failure is an outcome; only the host's is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// It ended by itself.
    Exited {
        /// Its exit status.
        status: u8,
    },
    /// It did what a native process would be killed for, or raised the signal itself.
    Signalled {
        /// The signal.
        signal: Signal,
    },
    /// It met a bound of its machine.
    LimitReached {
        /// Which bound.
        limit: LimitKind,
    },
    /// It waited for what could never come.
    Deadlocked,
}

/// The bounds that end a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// `fuel_max`.
    Fuel,
    /// `deadline_ns`.
    Deadline,
    /// `written_bytes_max`.
    Output,
}

impl Outcome {
    /// The status as a shell shows it: 128 and the signal's number for a signal, 124 for the deadline (as `timeout`),
    /// 152 for fuel (as `SIGXCPU`), 153 for output (as `SIGXFSZ`), 137 for a deadlock (as whoever finds it would `SIGKILL`).
    pub fn status(self) -> u8 {
        match self {
            Outcome::Exited { status } => status,
            Outcome::Signalled { signal } => 128 + signal.number(),
            Outcome::LimitReached {
                limit: LimitKind::Deadline,
            } => 124,
            Outcome::LimitReached {
                limit: LimitKind::Fuel,
            } => 128 + Signal::Xcpu.number(),
            Outcome::LimitReached {
                limit: LimitKind::Output,
            } => 128 + Signal::Xfsz.number(),
            Outcome::Deadlocked => 128 + Signal::Kill.number(),
        }
    }

    /// Whether it ended by itself with status 0.
    pub fn success(self) -> bool {
        self == Outcome::Exited { status: 0 }
    }
}

/// What came of one run. All of it follows from the session's options and the runs so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunResult {
    /// How the guest ended.
    pub outcome: Outcome,
    /// What it wrote to stdout.
    pub stdout: Captured,
    /// What it wrote to stderr.
    pub stderr: Captured,
    /// The output as it is shown, where that was asked for.
    pub(super) shown: Option<Captured>,
    /// When it began: nanoseconds of virtual time since the session began.
    pub started_ns: u64,
    /// How long it took, in nanoseconds of virtual time.
    pub elapsed_ns: u64,
    /// Fuel used: executed operators and the price of host calls. After a trap: up to the last host call before it, and the
    /// whole slices since.
    pub fuel: u64,
    /// Processes that have not ended: frozen, they go on in the session's next call.
    pub processes_alive: u64,
    /// The file tree before.
    pub tree_before: Digest,
    /// The file tree after.
    pub tree_after: Digest,
    /// What changed in the file tree.
    pub changes: Changes,
}

impl RunResult {
    /// The outcome as a shell shows it.
    pub fn status(&self) -> u8 {
        self.outcome.status()
    }

    /// One digest of everything here, also of output that was cut. The changes follow from the two trees.
    pub fn digest(&self) -> Digest {
        let outcome = match self.outcome {
            Outcome::Exited { status } => (0, u64::from(status)),
            Outcome::Signalled { signal } => (1, u64::from(signal.number())),
            Outcome::LimitReached { limit } => (2, limit as u64),
            Outcome::Deadlocked => (3, 0),
        };
        let fields = Fields::of("isobox.run")
            .number(outcome.0)
            .number(outcome.1)
            .digest(self.stdout.digest)
            .digest(self.stderr.digest)
            .number(self.started_ns)
            .number(self.elapsed_ns)
            .number(self.fuel)
            .digest(self.tree_before)
            .digest(self.tree_after);
        match self.processes_alive {
            0 => fields.finish(),
            alive => fields.number(alive).finish(),
        }
    }
}

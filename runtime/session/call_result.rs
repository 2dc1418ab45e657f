//! What comes of a call.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::report::OutputReport;
use crate::digest::{Digest, ParseDigestError};
use crate::engine::Signal;
use crate::machine::fs::Change;

/// What came of one call: what the model reads, and what everybody else wants to know. The same session gives the same on every host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CallResult {
    /// The session.
    pub session: SessionId,
    /// The number of the call in its session, from 0.
    pub call: u64,
    /// The digest of the contract.
    pub contract: Digest,
    /// The tool that was called.
    pub tool: String,
    /// What the model reads.
    pub content: String,
    /// How many bytes of the tool's output are missing from `content`.
    pub content_cut_bytes: u64,
    /// Whether the call failed, so that the model is told.
    pub is_error: bool,
    /// How the call ended.
    pub outcome: CallOutcome,
    /// Whose doing the outcome is.
    pub origin: Origin,
    /// Whether a reward may follow from the result: never from a host's failure.
    pub train: bool,
    /// What the tool wrote to stdout.
    pub stdout: OutputReport,
    /// What the tool wrote to stderr.
    pub stderr: OutputReport,
    /// Virtual nanoseconds since the session began, when the call began.
    pub started_ns: u64,
    /// Virtual nanoseconds the call took.
    pub elapsed_ns: u64,
    /// Executed operators and the price of host calls.
    pub fuel: u64,
    /// Processes that have not ended; they go on in the next call.
    pub processes_alive: u64,
    /// Digest of the file tree before the call.
    pub tree_before: Digest,
    /// Digest of the file tree after the call.
    pub tree_after: Digest,
    /// The paths that changed, in the order of their bytes, but for what tools keep in /run/isobox.
    pub changes: Vec<Change>,
    /// How many more paths changed than `changes` lists.
    pub changes_omitted: u64,
    /// The digest of the call's line in the transcript, and so of everything up to here.
    pub digest: Digest,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CallOutcome {
    /// The tool ended by itself.
    Exit {
        /// Its exit status.
        exit_code: u8,
    },
    /// A signal ended the tool.
    Signal {
        /// The signal.
        signal: Signal,
    },
    /// The call met its deadline in virtual time.
    Timeout,
    /// The call, or the session, met a bound.
    Limit {
        /// Which bound.
        which: SessionLimit,
    },
    /// The tool waited for what could never come.
    Deadlock,
    /// A policy of the contract denied what the tool was to do.
    Denied,
    /// There is no such tool, or its arguments are not valid. Nothing was run.
    InvalidCall,
}

/// The bounds that a call can meet, beside its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionLimit {
    /// `limits.fuel_max`, or the tool's own.
    Fuel,
    /// `limits.written_bytes_max`.
    Output,
    /// `session.calls_max`.
    Calls,
    /// `session.fuel_max`.
    SessionFuel,
    /// `session.elapsed_ns_max`.
    SessionTime,
}

/// Whose doing an outcome is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The tool's, and with it the agent's.
    Tool,
    /// Noise: it was injected.
    Injected,
    /// The host's. Only errors have it.
    Host,
}

/// Names a session by what it follows from: contract, base, seed, and of a fork with another seed what came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(Digest);

impl SessionId {
    pub(super) fn new(digest: Digest) -> SessionId {
        SessionId(digest)
    }
}

/// A result as it stands in the transcript, its keys in the order of their bytes. Output is told by its digest, for the content says
/// what the model read of it.
#[derive(Serialize)]
pub struct Record<'a> {
    changes: &'a [Change],
    changes_omitted: u64,
    content: &'a str,
    content_cut_bytes: u64,
    elapsed_ns: u64,
    fuel: u64,
    is_error: bool,
    origin: Origin,
    outcome: Value,
    processes_alive: u64,
    started_ns: u64,
    stderr: Stream,
    stdout: Stream,
    train: bool,
    tree_after: Digest,
    tree_before: Digest,
}

#[derive(Serialize)]
struct Stream {
    blake3: Digest,
    cut_bytes: u64,
    written_bytes: u64,
}

impl CallResult {
    /// The result as it stands in the transcript.
    pub(super) fn record(&self) -> Record<'_> {
        let stream = |report: &OutputReport| Stream {
            blake3: report.blake3,
            cut_bytes: report.cut_bytes,
            written_bytes: report.written_bytes,
        };
        Record {
            changes: &self.changes,
            changes_omitted: self.changes_omitted,
            content: &self.content,
            content_cut_bytes: self.content_cut_bytes,
            elapsed_ns: self.elapsed_ns,
            fuel: self.fuel,
            is_error: self.is_error,
            origin: self.origin,
            outcome: json!(self.outcome),
            processes_alive: self.processes_alive,
            started_ns: self.started_ns,
            stderr: stream(&self.stderr),
            stdout: stream(&self.stdout),
            train: self.train,
            tree_after: self.tree_after,
            tree_before: self.tree_before,
        }
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SessionId {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(SessionId)
    }
}

impl Serialize for SessionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SessionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Digest::deserialize(deserializer).map(SessionId)
    }
}

impl JsonSchema for SessionId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SessionId".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Digest::json_schema(generator)
    }
}

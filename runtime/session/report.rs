//! A run's result as one JSON object, with its schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;

use super::Session;
use super::outcome::{Outcome, RunResult};
use crate::digest::Digest;
use crate::machine::Captured;
use crate::machine::fs::Change;

/// The one object that `isobox run --json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(transform = exactly_one)]
pub enum Report {
    /// The command was run.
    Run(Box<RunReport>),
    /// It was not, or has no result.
    Error(ErrorReport),
}

/// No object is of both forms, and the schema says so.
fn exactly_one(schema: &mut schemars::Schema) {
    if let Some(forms) = schema.remove("anyOf") {
        schema.insert("oneOf".to_owned(), forms);
    }
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ErrorReport {
    /// The error.
    pub error: ErrorDetails,
}

/// What is known of an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ErrorDetails {
    /// What happened, for people to read.
    pub message: String,
    /// The exit status that goes with it: 125 for isobox itself, 126 and 127 for a command that cannot be begun.
    pub status: u8,
    /// Whether the same call can succeed when it is made again: the host failed, for the time being.
    pub retryable: bool,
}

/// What came of a run, as `isobox run --json` prints it. The same run gives the same bytes on every host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RunReport {
    /// The digest of the contract.
    pub contract: Digest,
    /// The seed that names the machine's entropy.
    pub seed: u64,
    /// How the guest ended.
    pub outcome: Outcome,
    /// The outcome as a shell shows it, 0 to 255.
    pub status: u8,
    /// What the guest wrote to stdout.
    pub stdout: OutputReport,
    /// What the guest wrote to stderr.
    pub stderr: OutputReport,
    /// Virtual nanoseconds since the machine began, when the run began.
    pub started_ns: u64,
    /// Virtual nanoseconds the run took.
    pub elapsed_ns: u64,
    /// Executed operators and the price of host calls.
    pub fuel: u64,
    /// Processes that had not ended.
    pub processes_alive: u64,
    /// Digest of the file tree before the run.
    pub tree_before: Digest,
    /// Digest of the file tree after the run.
    pub tree_after: Digest,
    /// The paths that changed, in the order of their bytes.
    pub changes: Vec<Change>,
    /// How many more paths changed than `changes` lists.
    pub changes_omitted: u64,
    /// One digest of the run: outcome, output, times, fuel and both trees, from which the changes follow.
    pub digest: Digest,
}

/// What was kept of one output stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OutputReport {
    /// The bytes as text; where they are not UTF-8, U+FFFD stands for them and `base64` has them exactly.
    pub text: String,
    /// The bytes in Base64, only when they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// How many bytes the guest wrote.
    pub written_bytes: u64,
    /// How many of them were cut out of the middle, because they are beyond the bound.
    pub cut_bytes: u64,
    /// BLAKE3 of everything the guest wrote.
    pub blake3: Digest,
}

impl RunResult {
    /// The result as it is printed, with what its session follows from.
    pub fn report(&self, session: &Session) -> RunReport {
        RunReport {
            contract: session.runtime().contract_digest(),
            seed: session.seed(),
            outcome: self.outcome,
            status: self.status(),
            stdout: OutputReport::new(&self.stdout),
            stderr: OutputReport::new(&self.stderr),
            started_ns: self.started_ns,
            elapsed_ns: self.elapsed_ns,
            fuel: self.fuel,
            processes_alive: self.processes_alive,
            tree_before: self.tree_before,
            tree_after: self.tree_after,
            changes: self.changes.paths.clone(),
            changes_omitted: self.changes.omitted,
            digest: self.digest(),
        }
    }
}

impl OutputReport {
    /// Of a stream that nobody wrote to.
    pub(super) fn empty() -> OutputReport {
        OutputReport {
            text: String::new(),
            base64: None,
            written_bytes: 0,
            cut_bytes: 0,
            blake3: Digest::of_bytes(&[]),
        }
    }

    pub(super) fn new(captured: &Captured) -> OutputReport {
        let text = String::from_utf8_lossy(&captured.bytes);
        let exact = matches!(text, std::borrow::Cow::Borrowed(_));
        OutputReport {
            base64: (!exact).then(|| BASE64.encode(&captured.bytes)),
            text: text.into_owned(),
            written_bytes: captured.written,
            cut_bytes: captured.cut,
            blake3: captured.digest,
        }
    }
}

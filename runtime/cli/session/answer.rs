//! What a client is answered.

use isobox::{CallResult, Digest, Origin, SessionId};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// One answer: a result or an error, with the id of its request.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Answer {
    /// As the request had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    /// What came of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Done>,
    /// Why nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

/// What came of a request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Done {
    /// A call was made.
    Call(Box<CallResult>),
    /// A session was opened, by `open`, `restore` or `fork`.
    Opened {
        /// Its number.
        session: u64,
        /// What it follows from.
        session_id: SessionId,
        /// The digest of the contract.
        contract: Digest,
        /// The digest of its file tree.
        tree: Digest,
    },
    /// Files were written, read and listed.
    Files {
        /// The files that were read.
        read: Vec<FileRead>,
        /// The names in the directory that was listed; those of directories end in a slash.
        #[serde(skip_serializing_if = "Option::is_none")]
        list: Option<Vec<String>>,
        /// The digest of the file tree.
        tree: Digest,
    },
    /// A session is remembered.
    Snapshot {
        /// The snapshot's number.
        snapshot: u64,
        /// Everything that a session follows from here on.
        digest: Digest,
    },
    /// What was done in a session.
    Transcript {
        /// The lines, each of canonical JSON.
        lines: Vec<String>,
        /// The digest of the last.
        digest: Digest,
    },
    /// A session is forgotten.
    Closed {
        /// Its number.
        closed: u64,
    },
}

/// A file that was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileRead {
    /// Its path.
    pub path: String,
    /// Its content, where that is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its content in Base64, where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// Why a request came to nothing. The sessions are as they were.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// What is wrong, for people to read.
    pub message: String,
    /// The line of stdin, if it is no request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The field, if one is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whether the same request can succeed when it is made again.
    pub retryable: bool,
    /// `host` where only the host decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Never: no reward follows from an error.
    pub train: bool,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The line is no request, or its fields have no meaning.
    Request,
    /// There is no such session or snapshot.
    Unknown,
    /// A file cannot be read, written or imported.
    File,
    /// The host failed.
    Host,
}

impl Answer {
    pub fn done(id: Option<Value>, done: Done) -> Answer {
        Answer {
            id,
            result: Some(done),
            error: None,
        }
    }

    pub fn failed(id: Option<Value>, failure: Failure) -> Answer {
        Answer {
            id,
            result: None,
            error: Some(failure),
        }
    }
}

impl Failure {
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            line: None,
            field: None,
            retryable: false,
            origin: None,
            train: false,
        }
    }
}

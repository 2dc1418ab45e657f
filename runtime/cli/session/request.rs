//! What a client can ask for.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Failure, FailureKind};

/// One request. Beside these fields it has `id`, anything, which comes back with the answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// Opens a session.
    Open(Open),
    /// Calls a tool.
    Call(Call),
    /// Writes files, then reads files, then lists a directory.
    Files(Files),
    /// Remembers a session as it is.
    Snapshot(OfSession),
    /// Opens a session that goes on from a snapshot.
    Restore(Restore),
    /// Opens a session that goes on from another, which does not notice.
    Fork(Fork),
    /// What was done in a session.
    Transcript(TranscriptOf),
    /// Forgets a session.
    Close(OfSession),
}

const OPS: &str = "open, call, files, snapshot, restore, fork, transcript, close";

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Open {
    /// Names the session's entropy.
    pub seed: u64,
    /// Folders or files of the host that are copied into the machine.
    pub import: Vec<Import>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// A path of the host.
    pub from: String,
    /// A path inside the machine.
    pub to: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The session. Default: the one that was opened last.
    pub session: Option<u64>,
    /// The tool's name.
    pub tool: String,
    /// Its arguments: an object, or a text that is one in JSON.
    #[serde(default = "no_arguments", alias = "arguments")]
    pub args: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// The session. Default: the one that was opened last.
    pub session: Option<u64>,
    /// Files to write; directories above them are made.
    #[serde(default)]
    pub write: Vec<File>,
    /// Paths of files to read.
    #[serde(default)]
    pub read: Vec<String>,
    /// A directory to list.
    pub list: Option<String>,
}

/// A file with its content, as text or in Base64.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its path inside the machine.
    pub path: String,
    /// Its content, where that is text.
    pub text: Option<String>,
    /// Its content in Base64.
    pub base64: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfSession {
    /// The session. Default: the one that was opened last.
    pub session: Option<u64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// The snapshot.
    pub snapshot: u64,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    /// The session. Default: the one that was opened last.
    pub session: Option<u64>,
    /// Other entropy from here on. Default: the same.
    pub seed: Option<u64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TranscriptOf {
    /// The session. Default: the one that was opened last.
    pub session: Option<u64>,
    /// The first line, the header being 0.
    #[serde(default)]
    pub from: u64,
}

fn no_arguments() -> Value {
    Value::Object(Default::default())
}

impl Request {
    /// Reads a line: the id, if there is one, and the request, or what is wrong with it.
    pub fn read(line: &[u8]) -> (Option<Value>, Result<Request, Failure>) {
        let mut members = match serde_json::from_slice(line) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return (None, Err(wrong("a request has to be an object", None))),
            Err(error) => return (None, Err(wrong(format!("no JSON: {error}"), None))),
        };
        let id = members.remove("id");
        let request = match members.remove("op") {
            Some(Value::String(op)) => Request::of(&op, Value::Object(members)),
            Some(_) => Err(wrong(format!("`op` has to be one of {OPS}"), Some("op"))),
            None => Err(wrong(format!("`op` is missing: one of {OPS}"), Some("op"))),
        };
        (id, request)
    }

    fn of(op: &str, members: Value) -> Result<Request, Failure> {
        match op {
            "open" => fields(members).map(Request::Open),
            "call" => fields(members).map(Request::Call),
            "files" => fields(members).map(Request::Files),
            "snapshot" => fields(members).map(Request::Snapshot),
            "restore" => fields(members).map(Request::Restore),
            "fork" => fields(members).map(Request::Fork),
            "transcript" => fields(members).map(Request::Transcript),
            "close" => fields(members).map(Request::Close),
            _ => Err(wrong(
                format!("`op` has to be one of {OPS}, not `{op}`"),
                Some("op"),
            )),
        }
    }
}

/// Reads the fields of an operation; what does not fit is told with the path of its field.
fn fields<T: DeserializeOwned>(members: Value) -> Result<T, Failure> {
    serde_path_to_error::deserialize(members).map_err(|error| {
        let path = error.path().to_string();
        match path.as_str() {
            "." => wrong(error.inner().to_string(), None),
            _ => wrong(format!("`{path}`: {}", error.inner()), Some(&path)),
        }
    })
}

fn wrong(message: impl Into<String>, field: Option<&str>) -> Failure {
    Failure {
        field: field.map(str::to_owned),
        ..Failure::new(FailureKind::Request, message)
    }
}

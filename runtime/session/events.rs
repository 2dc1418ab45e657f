//! What is done in a session beside calls, as the transcript has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::Session;
use super::call_result::SessionId;
use super::command::Command;
use super::outcome::RunResult;
use crate::digest::Digest;

/// Larger files stand in the transcript by their digest alone, in bytes.
const INLINE_BYTES_MAX: usize = 64 << 10;

impl Session {
    /// A command was run that is no tool's.
    pub(super) fn record_run(&mut self, command: &Command, result: &RunResult) {
        self.used.fuel = self.used.fuel.saturating_add(result.fuel);
        let request = json!({
            "program": command.program,
            "argv0": command.argument_zero(),
            "arguments": command.arguments,
            "cwd": command.cwd,
            "environment": command.environment,
            "preopens": command.preopens,
            "stdin": contents(&command.stdin),
            "fuel_max": command.fuel_max,
            "deadline_ns": command.deadline_ns,
        });
        let came = json!({
            "outcome": result.outcome,
            "digest": result.digest(),
            "tree_after": result.tree_after,
        });
        self.transcript.add(None, "run", request, Some(came));
    }

    /// A file was written from outside.
    pub(super) fn record_file(&mut self, op: &str, path: &str, bytes: &[u8]) {
        let request = json!({ "path": path, "content": contents(bytes) });
        self.record_edit(op, request);
    }

    /// Directories were made from outside.
    pub(super) fn record_directories(&mut self, path: &str) {
        self.record_edit("make_directories", json!({ "path": path }));
    }

    /// Files of the host were copied in.
    pub(super) fn record_import(&mut self, path: &str) {
        self.record_edit("import", json!({ "path": path }));
    }

    fn record_edit(&mut self, op: &str, request: Value) {
        let came = json!({ "tree_after": self.tree_digest() });
        self.transcript.add(None, op, request, Some(came));
    }

    /// The entropy is another from here on, and with it the session.
    pub(super) fn record_seed(&mut self, seed: u64) {
        let request = json!({ "seed": seed });
        let digest = self.transcript.add(None, "seed", request, None::<()>);
        self.id = SessionId::new(digest);
    }
}

/// What a file or stream holds: as text, as Base64 where it is none, by its digest where it is large.
fn contents(bytes: &[u8]) -> Value {
    let mut members = Map::new();
    if bytes.len() > INLINE_BYTES_MAX {
        members.insert("bytes".to_owned(), json!(bytes.len()));
        members.insert("blake3".to_owned(), json!(Digest::of_bytes(bytes)));
        return Value::Object(members);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => members.insert("text".to_owned(), json!(text)),
        Err(_) => members.insert("base64".to_owned(), json!(BASE64.encode(bytes))),
    };
    Value::Object(members)
}

//! An episode of 30 calls as an agent makes them: a bug in a small project is found, mended and tested.

use std::path::PathBuf;

use isobox::{Arguments, CallResult, Import, Runtime, Session};
use serde_json::Value;

/// The project, a folder of the host.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/episode/project")
}

/// The calls, each with `tool` and `args`.
pub fn calls() -> Vec<Value> {
    include_str!("../episode/calls.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A session with the project in its place.
pub fn open(runtime: &Runtime, seed: u64) -> Session {
    let mut session = runtime.session(seed);
    session
        .import(&project(), "/workspace", &Import::default())
        .unwrap();
    session
}

/// Makes one of the calls.
pub fn make(session: &mut Session, call: &Value) -> CallResult {
    let arguments = match &call["args"] {
        Value::String(text) => Arguments::from(text.as_str()),
        arguments => Arguments::from(arguments.clone()),
    };
    session
        .call(call["tool"].as_str().unwrap(), arguments)
        .unwrap()
}

//! What the tests share: the program, one runtime, one folder of compiled modules, and guests written call by call.

#![allow(dead_code, reason = "each test uses its part")]

pub mod episode;
pub mod guest;

use std::path::PathBuf;
use std::process::{self, Output};
use std::sync::OnceLock;

use isobox::{CacheFolder, Command, Contract, Limits, RunResult, Runtime, RuntimeOptions, Session};

/// The guest that tests the machine from inside.
pub const PROBE: &str = "/usr/lib/isobox/probe";

/// The folder of compiled modules that all tests share, so that each guest is compiled once.
pub fn cache() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("isobox-cache")
}

/// `isobox`, with the shared cache.
pub fn isobox() -> process::Command {
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_isobox"));
    command.env("ISOBOX_CACHE", cache());
    command
}

/// `isobox run` with these words.
pub fn isobox_run<'a>(words: impl IntoIterator<Item = &'a str>) -> Output {
    isobox()
        .arg("run")
        .args(words)
        .output()
        .expect("isobox starts")
}

/// A runtime for the whole test program.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let options = RuntimeOptions {
            cache: CacheFolder::At(cache()),
            ..RuntimeOptions::default()
        };
        Runtime::with_options(Contract::default(), options).expect("the runtime starts")
    })
}

pub fn session() -> Session {
    runtime().session(0)
}

pub fn session_with(limits: Limits) -> Session {
    session_under(Contract {
        limits,
        ..Contract::default()
    })
}

/// A session under a contract of one's own.
pub fn session_under(contract: Contract) -> Session {
    let runtime = runtime().under(contract);
    runtime.expect("the limits leave room").session(0)
}

/// Runs a module, given in the text format, in a session of its own.
pub fn run_wat(text: &str, limits: Limits) -> RunResult {
    let mut session = session_with(limits);
    add(&mut session, text);
    session.run(&Command::new("guest")).expect("the guest runs")
}

/// Puts a module, given in the text format, on the machine's `PATH` as `guest`.
pub fn add(session: &mut Session, text: &str) {
    let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    session.add_program("guest", &wasm).expect("there is room");
}

/// A new folder under cargo's own for tests, empty.
pub fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // Left behind by a run before this one, perhaps with modes that forbid looking.
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("the test folder can be made");
    path
}

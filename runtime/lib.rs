//! Isobox runs AI agents' tools in a machine whose every bit follows from its inputs.
//!
//! Tools are WASI modules, run under wasmtime. What they see — files, clock, entropy, limits — is the machine's own:
//! nothing of the host reaches them, so a run on a laptop, in a training cluster and in production is the same run.
//!
//! ```
//! use isobox::{Command, Contract, Runtime};
//!
//! let runtime = Runtime::new(Contract::default())?;
//! let mut session = runtime.session(7);
//! session.make_directories("/workspace")?;
//! session.write_file("/workspace/fruit", b"pear\napple\nquince\n")?;
//!
//! // A fork shares everything with its origin, and neither sees what the other does.
//! let mut fork = session.fork();
//! let sorted = fork.run(&Command::new("sort").args(["fruit", "-o", "fruit"]).cwd("/workspace"))?;
//! assert!(sorted.outcome.success());
//! assert_eq!(fork.read_file("/workspace/fruit")?, b"apple\npear\nquince\n");
//! assert_eq!(session.read_file("/workspace/fruit")?, b"pear\napple\nquince\n");
//!
//! // The same again is the same, bit for bit: output, virtual time, fuel, file tree.
//! let again = session.run(&Command::new("sort").args(["fruit", "-o", "fruit"]).cwd("/workspace"))?;
//! assert_eq!(again.digest(), sorted.digest());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A guest's failure is an [`Outcome`]; an `Err` says that the command could not be begun, or that the host failed.

#![warn(missing_docs)]

mod contract;
mod digest;
mod engine;
mod guests;
mod host_files;
pub mod limits;
pub mod machine;
mod session;
mod wasi;

pub use contract::{
    Base, Content, Contract, ContractChange, ContractChanges, ContractError, ContractFile,
    ContractMismatch, Dialect, Difference, EPOCH_NS, Environment, Invocation, Lock, Manifest,
    Parameter, ParameterType, Requirement, SessionLimits, Side, Step, Tool, Version,
    canonical as canonical_json, changes as contract_changes, parse_epoch,
};
pub use digest::{Digest, ParseDigestError};
pub use engine::{
    CacheError, CacheFolder, CompileProgress, EngineError, HostFailure, Signal, profile_digest,
};
#[doc(hidden)]
pub use engine::{HostBoundary, HostFaults};
pub use guests::Guest;
pub use host_files::{
    ExportError, Import, ImportError, ImportProgress, check_target as check_export_target, patch,
};
pub use limits::Limits;
pub use machine::fs::{Change, ChangeKind, Changes};
pub use machine::{
    Captured, Errno, Fixture, FixtureError, Network, OutputObserver, Stream, TimeModel, Unmatched,
};
pub use session::{
    Arguments, CallError, CallOutcome, CallResult, Command, ErrorDetails, ErrorReport, FileError,
    LimitKind, Origin, Outcome, OutputReport, ProgramError, Report, RunError, RunReport, RunResult,
    Runtime, RuntimeError, RuntimeOptions, Session, SessionId, SessionLimit, Snapshot, Transcript,
};

/// The README's program runs, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

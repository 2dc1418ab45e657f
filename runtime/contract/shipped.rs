//! The contract that ships with this program.

use std::path::Path;
use std::sync::OnceLock;

use super::{Contract, Lock, file};

/// The manifests in `tools/`, by name.
static MANIFESTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/manifests.rs"));

/// The file of the shipped contract.
pub const TEXT: &str = include_str!("../../tools/contract.toml");

/// Its lock.
pub const LOCK: &str = include_str!("../../tools/contract.lock");

/// The manifest of a shipped tool.
pub fn manifest(name: &str) -> Option<&'static str> {
    let found = MANIFESTS.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text)
}

/// The shipped tools.
pub fn tools() -> impl Iterator<Item = &'static str> {
    MANIFESTS.iter().map(|(name, _)| *name)
}

/// The shipped contract.
///
/// # Panics
/// When the program itself is damaged: its own contract is none. A test reads it.
pub fn contract() -> Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    let read = || match file::parse(TEXT, Path::new("tools/contract.toml")) {
        Ok(contract) => contract,
        Err(error) => panic!("the contract in this program is damaged: {error}"),
    };
    CONTRACT.get_or_init(read).clone()
}

impl Contract {
    /// The text of the shipped contract's file, to begin one's own with.
    pub fn shipped_text() -> &'static str {
        TEXT
    }

    /// The lock of the shipped contract, as it is committed.
    ///
    /// # Errors
    /// Never, unless this program is damaged.
    pub fn shipped_lock() -> Result<Lock, String> {
        Lock::parse(LOCK)
    }
}

//! `tools/guests.lock`: which binaries are pinned, and from which sources they were made.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::{fs, io};

/// The whole lock.
#[derive(Default, Serialize, Deserialize)]
pub struct Lock {
    /// The version of the format: 1.
    pub version: u32,
    /// The digest of `guests/`, see [`crate::sources::digest`].
    pub sources: String,
    /// The guests, by name.
    #[serde(default)]
    pub guest: Vec<Guest>,
}

/// One pinned binary.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    pub name: String,
    /// The compressed module, beside the lock.
    pub file: String,
    /// BLAKE3 of the uncompressed module.
    pub blake3: String,
    /// Length of the uncompressed module.
    pub bytes: u64,
    /// The directory of the machine's tree that its commands appear in.
    pub install: String,
    /// The names it answers to, sorted.
    pub commands: Vec<String>,
}

impl Lock {
    /// The lock at `path`; an empty one when there is none yet.
    pub fn read(path: &Path) -> Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => {
                toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    /// Writes the lock, with the toolchain in a comment: other toolchains make other bytes.
    pub fn write(&self, path: &Path, toolchain: &str) -> Result<()> {
        let body = toml::to_string(self)?;
        let text = format!(
            "# Written by guests/build with {toolchain}.\n# Don't edit: change guests/ and build.\n{body}"
        );
        fs::write(path, text).with_context(|| format!("writing {}", path.display()))
    }
}

//! Guests: WASI modules, each known by its digest. Most come with this program; a contract can add its own.

use std::fmt;
use std::io::Read;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use crate::digest::Digest;
use crate::machine::fs::{Content, Pinned, PinnedSource};

/// The compressed binaries, by the file names of the lock.
static BINARIES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/guests.rs"));

/// What is known of them.
static LOCK: &str = include_str!("../tools/guests.lock");

/// One guest: a module that answers to several command names.
#[derive(Clone)]
pub struct Guest(Arc<Inner>);

struct Inner {
    entry: Entry,
    binary: Binary,
    content: OnceLock<Content>,
}

/// Where a guest's module is.
enum Binary {
    /// In this program.
    Compressed(&'static [u8]),
    /// In a contract's own file.
    Own(Content),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lock {
    version: u32,
    #[serde(rename = "sources")]
    _sources: Digest,
    guest: Vec<Entry>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    file: String,
    blake3: Digest,
    bytes: u64,
    install: String,
    commands: Vec<String>,
}

/// The lock that is compiled in does not fit what is compiled in with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pinned guests of this program are damaged: {0}")]
pub struct GuestsError(String);

/// Every pinned guest, in the lock's order.
pub fn pinned() -> Result<Vec<Guest>, GuestsError> {
    let lock: Lock = toml::from_str(LOCK).map_err(|error| GuestsError(error.to_string()))?;
    if lock.version != 1 {
        return Err(GuestsError(format!(
            "lock version {} is unknown",
            lock.version
        )));
    }
    lock.guest.into_iter().map(Guest::new).collect()
}

impl Guest {
    fn new(entry: Entry) -> Result<Guest, GuestsError> {
        let binary = BINARIES.iter().find(|(file, _)| *file == entry.file);
        let (_, compressed) =
            binary.ok_or_else(|| GuestsError(format!("{} is missing", entry.file)))?;
        Ok(Guest(Arc::new(Inner {
            entry,
            binary: Binary::Compressed(compressed),
            content: OnceLock::new(),
        })))
    }

    /// A guest of a contract's own, whose commands stand in `/usr/local/bin`.
    pub(crate) fn own(name: &str, commands: Vec<String>, wasm: Vec<u8>) -> Guest {
        let entry = Entry {
            name: name.to_owned(),
            file: String::new(),
            blake3: Digest::of_bytes(&wasm),
            bytes: wasm.len() as u64,
            install: "/usr/local/bin".to_owned(),
            commands,
        };
        Guest(Arc::new(Inner {
            entry,
            binary: Binary::Own(Content::from(&wasm[..])),
            content: OnceLock::new(),
        }))
    }

    /// Whether it came with this program.
    pub fn is_shipped(&self) -> bool {
        matches!(self.0.binary, Binary::Compressed(_))
    }

    /// The folder of its commands inside the machine.
    pub fn install(&self) -> &str {
        &self.0.entry.install
    }

    /// The guest's name, such as `coreutils-text`.
    pub fn name(&self) -> &str {
        &self.0.entry.name
    }

    /// BLAKE3 of the module.
    pub fn digest(&self) -> Digest {
        self.0.entry.blake3
    }

    /// The commands it answers to.
    pub fn commands(&self) -> &[String] {
        &self.0.entry.commands
    }

    /// The paths of its commands inside the machine.
    pub fn paths(&self) -> impl Iterator<Item = String> + '_ {
        let Entry {
            install, commands, ..
        } = &self.0.entry;
        commands
            .iter()
            .map(move |command| format!("{install}/{command}"))
    }

    /// The module.
    ///
    /// # Panics
    /// When the program itself is damaged: the bytes compiled into it are not those of its lock.
    pub fn wasm(&self) -> Vec<u8> {
        let Inner { entry, binary, .. } = &*self.0;
        let compressed = match binary {
            Binary::Compressed(compressed) => *compressed,
            Binary::Own(content) => return content.to_vec(),
        };
        let mut wasm = Vec::with_capacity(entry.bytes as usize);
        let decoder = ruzstd::decoding::StreamingDecoder::new(compressed);
        let decoded = decoder.is_ok_and(|mut decoder| decoder.read_to_end(&mut wasm).is_ok());
        assert!(
            decoded && Digest::of_bytes(&wasm) == entry.blake3,
            "the pinned guest {} in this program is damaged",
            entry.name
        );
        wasm
    }

    /// The guest as an executable file of the tree.
    pub fn pin(&self) -> Pinned {
        Pinned {
            digest: self.digest(),
            size: self.0.entry.bytes,
            source: Arc::new(self.clone()),
        }
    }
}

impl PartialEq for Guest {
    fn eq(&self, other: &Guest) -> bool {
        self.0.entry == other.0.entry
    }
}

impl PinnedSource for Guest {
    fn content(&self) -> Content {
        let unpacked = || Content::from(&self.wasm()[..]);
        match &self.0.binary {
            Binary::Compressed(_) => self.0.content.get_or_init(unpacked).clone(),
            Binary::Own(content) => content.clone(),
        }
    }
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guest").field(&self.name()).finish()
    }
}

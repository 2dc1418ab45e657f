//! `contract.lock`: the digest of every part and of the whole.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::parts::{self, Parts};
use super::{Contract, ContractError, file};
use crate::digest::Digest;
use crate::host_files;

/// The format of the lock.
const FORMAT: u32 = 1;

/// The digests that a contract had when it was locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    format: u32,
    contract: Digest,
    parts: Parts,
}

/// A part that is not what the lock says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Difference {
    /// The part, such as `guests.bash`.
    pub part: String,
    /// Its digest in the lock, if it is there.
    pub locked: Option<Digest>,
    /// Its digest here, if it is here.
    pub here: Option<Digest>,
    /// Who says otherwise than the lock.
    pub side: Side,
}

/// Who says otherwise than a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The contract's file, or one that it names.
    File,
    /// This program: its engine, machine or guests.
    Program,
    /// The lock itself.
    Lock,
}

impl Lock {
    /// The lock of a contract as it is now.
    pub fn of(contract: &Contract) -> Lock {
        let parts = contract.parts();
        Lock {
            format: FORMAT,
            contract: parts::whole(&parts),
            parts,
        }
    }

    /// Reads the text of a lock.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Lock, String> {
        let lock: Lock = toml::from_str(text).map_err(|error| error.to_string())?;
        match lock.format {
            FORMAT => Ok(lock),
            other => Err(format!(
                "format {other} is unknown; this isobox writes {FORMAT}"
            )),
        }
    }

    /// Reads a lock.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read(path: &Path) -> Result<Lock, ContractError> {
        let text = match host_files::read_text(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(ContractError::NoLock {
                    path: path.to_owned(),
                });
            }
            Err(error) => {
                return Err(ContractError::Read {
                    path: path.to_owned(),
                    error,
                });
            }
        };
        Lock::parse(&text).map_err(|reason| ContractError::Invalid {
            path: path.to_owned(),
            reason,
        })
    }

    /// Where the lock of a contract stands: `contract.lock` beside `contract.toml`.
    pub fn path_beside(contract: &Path) -> PathBuf {
        file::path_of(contract).with_extension("lock")
    }

    /// The digest of the whole, as it was locked.
    pub fn contract(&self) -> Digest {
        self.contract
    }

    /// The lock as a text, the same for the same contract.
    pub fn to_toml(&self) -> String {
        let mut text = String::from("# Written by `isobox contract lock`. Don't edit.\n");
        text += &format!(
            "format = {}\ncontract = \"{}\"\n\n[parts]\n",
            self.format, self.contract
        );
        for (name, digest) in &self.parts {
            text += &format!("\"{name}\" = \"{digest}\"\n");
        }
        text
    }

    /// Every part of a contract that is not what the lock says, in the order of their names.
    pub fn differences(&self, contract: &Contract) -> Vec<Difference> {
        if parts::whole(&self.parts) != self.contract {
            return vec![Difference {
                part: "contract".to_owned(),
                locked: Some(self.contract),
                here: Some(parts::whole(&self.parts)),
                side: Side::Lock,
            }];
        }
        let here = contract.parts();
        let mut names: Vec<&String> = self.parts.keys().chain(here.keys()).collect();
        names.sort_unstable();
        names.dedup();
        names
            .into_iter()
            .filter(|name| self.parts.get(*name) != here.get(*name))
            .map(|name| Difference {
                part: name.clone(),
                locked: self.parts.get(name).copied(),
                here: here.get(name).copied(),
                side: side_of(name, contract),
            })
            .collect()
    }
}

/// Who brings a part along.
fn side_of(part: &str, contract: &Contract) -> Side {
    let guest = part.strip_prefix("guests.");
    let is_own = |name: &str| {
        let guest = contract.guests.iter().find(|guest| guest.name() == name);
        guest.is_none_or(|guest| !guest.is_shipped())
    };
    match guest {
        _ if parts::OF_THE_PROGRAM.contains(&part) => Side::Program,
        Some(name) if !is_own(name) => Side::Program,
        _ => Side::File,
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference {
            part,
            locked,
            here,
            side,
        } = self;
        let who = match side {
            Side::File => "the contract's files have",
            Side::Program => "this isobox has",
            Side::Lock => {
                return f.write_str(
                    "the lock's own digest does not fit its parts: it was edited or damaged",
                );
            }
        };
        match (locked, here) {
            (Some(locked), Some(here)) => {
                write!(
                    f,
                    "{part}: the lock has {}, {who} {}",
                    short(locked),
                    short(here)
                )
            }
            (Some(_), None) => write!(f, "{part}: it is in the lock, and {who} none"),
            (None, _) => write!(f, "{part}: {who} it, and it is not in the lock"),
        }
    }
}

/// The beginning of a digest, enough to tell two apart.
fn short(digest: &Digest) -> String {
    digest.to_string()[..12].to_owned()
}

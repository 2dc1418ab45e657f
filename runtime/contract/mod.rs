//! The promise: one file that says what the runtime is, the lock that holds its digests, and what differs between two.

mod base;
mod canonical;
mod changes;
mod definitions;
mod environment;
mod error;
mod file;
mod lock;
mod manifest;
mod parameters;
mod parts;
mod require;
mod shipped;
mod version;

use std::path::Path;

pub use base::Base;
pub use canonical::canonical;
pub use changes::{ContractChange, ContractChanges, changes};
pub use definitions::Dialect;
pub use environment::{EPOCH_NS, Environment, parse_epoch};
pub use error::ContractError;
pub use file::{ContractFile, SessionLimits};
pub use lock::{Difference, Lock, Side};
pub use manifest::{Content, Invocation, Manifest, Tool};
pub use parameters::{Parameter, ParameterType};
pub use require::{ContractMismatch, Requirement};
pub use version::{Step, Version};

use crate::digest::Digest;
use crate::guests::Guest;
use crate::limits::Limits;
use crate::machine::{Network, TimeModel};

/// What the runtime is: guests, tools, time, bounds, environment, network, noise. Two runtimes whose contracts have the same digest
/// answer alike.
///
/// [`Contract::default`] is the contract that ships with this program. A contract of one's own is a file, read by [`Contract::load`],
/// or the shipped one with other fields:
///
/// ```
/// use isobox::{Contract, Limits};
///
/// let shipped = Contract::default();
/// let small = Contract { limits: Limits { fuel_max: 1_000_000, ..Limits::default() }, ..Contract::default() };
/// assert_ne!(small.digest(), shipped.digest());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// Its version: what moves it is in [`changes`].
    pub version: Version,
    /// The guests whose commands the machine has.
    pub guests: Vec<Guest>,
    /// What an agent may call, in the order in which they are listed.
    pub tools: Vec<Tool>,
    /// What moves the virtual clock.
    pub time: TimeModel,
    /// The bounds of the machine and of each call.
    pub limits: Limits,
    /// The bounds of a session.
    pub session: SessionLimits,
    /// What surrounds every command.
    pub environment: Environment,
    /// Where requests lead.
    pub network: Network,
    /// The files that a machine begins with.
    pub base: Base,
}

impl Contract {
    /// Reads a contract, a file or a folder with a `contract.toml`, and holds it against the lock beside it.
    ///
    /// # Errors
    /// When a file cannot be read or says something that has no meaning, when there is no lock, and when the lock, the file and
    /// this program differ: the error names every part.
    pub fn load(path: &Path) -> Result<Contract, ContractError> {
        let contract = Contract::read(path)?;
        let lock_path = Lock::path_beside(path);
        let lock = Lock::read(&lock_path)?;
        match lock.differences(&contract) {
            differences if differences.is_empty() => Ok(contract),
            differences => Err(ContractError::Differs {
                lock: lock_path,
                differences,
            }),
        }
    }

    /// Reads a contract without a look at its lock, to write that or to compare.
    ///
    /// # Errors
    /// As [`Contract::load`], but for what the lock says.
    pub fn read(path: &Path) -> Result<Contract, ContractError> {
        file::read(&file::path_of(path))
    }

    /// The digest of the whole.
    pub fn digest(&self) -> Digest {
        parts::whole(&self.parts())
    }

    /// The digest of each part, by its name, such as `guests.bash`.
    pub fn parts(&self) -> parts::Parts {
        parts::of(self)
    }

    /// The tool of this name.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name() == name)
    }
}

impl Default for Contract {
    /// The contract that ships with this program.
    fn default() -> Contract {
        shipped::contract()
    }
}

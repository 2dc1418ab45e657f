//! What a caller demands of a contract before anything runs.

use std::path::Path;
use std::str::FromStr;

use super::lock::{Difference, Lock};
use super::{Contract, ContractError};
use crate::digest::Digest;

/// A contract that a caller demands: by its digest, or by its lock, which also tells what differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The digest of the whole.
    Digest(Digest),
    /// The digests of all parts.
    Lock(Box<Lock>),
}

/// A refusal: the contract is another than the one demanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the contract here is {here}, and {required} is required: {}",
    why(first)
)]
pub struct ContractMismatch {
    /// The digest that was demanded.
    pub required: Digest,
    /// The digest of the contract here.
    pub here: Digest,
    /// The first part that differs, where more than a digest was given.
    pub first: Option<Box<Difference>>,
}

impl Requirement {
    /// Reads 64 hexadecimal digits, or else the lock at a path.
    ///
    /// # Errors
    /// When it is neither a digest nor the path of a lock.
    pub fn read(text: &str) -> Result<Requirement, ContractError> {
        match Digest::from_str(text) {
            Ok(digest) => Ok(Requirement::Digest(digest)),
            Err(_) => Ok(Requirement::Lock(Box::new(Lock::read(Path::new(text))?))),
        }
    }

    fn digest(&self) -> Digest {
        match self {
            Requirement::Digest(digest) => *digest,
            Requirement::Lock(lock) => lock.contract(),
        }
    }
}

impl Contract {
    /// Refuses to go on unless this is the contract that is demanded.
    ///
    /// # Errors
    /// When it is another; the error names the first part that differs, if a lock was given.
    ///
    /// ```
    /// use isobox::{Contract, Requirement};
    /// let contract = Contract::default();
    /// assert!(contract.require(&Requirement::Digest(contract.digest())).is_ok());
    /// ```
    pub fn require(&self, requirement: &Requirement) -> Result<(), ContractMismatch> {
        let (required, here) = (requirement.digest(), self.digest());
        let first = match requirement {
            Requirement::Digest(_) => None,
            Requirement::Lock(lock) => {
                let differences = lock.differences(self).into_iter();
                differences.map(Box::new).next()
            }
        };
        match required == here && first.is_none() {
            true => Ok(()),
            false => Err(ContractMismatch {
                required,
                here,
                first,
            }),
        }
    }
}

fn why(first: &Option<Box<Difference>>) -> String {
    match first {
        Some(difference) => difference.to_string(),
        None => "give its lock in place of its digest to see which part differs".to_owned(),
    }
}

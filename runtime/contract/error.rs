//! Why a contract cannot be had.

use std::path::PathBuf;

use super::lock::Difference;

/// Why a contract cannot be had. Nothing is run under a contract that is not wholly understood and wholly fulfilled.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum ContractError {
    /// A file that it consists of.
    #[error("{}: {error}", path.display())]
    Read {
        path: PathBuf,
        error: std::io::Error,
    },
    /// A file that is not what it should be.
    #[error("{}: {reason}", path.display())]
    Invalid { path: PathBuf, reason: String },
    /// There is no lock.
    #[error("{}: there is no lock; `isobox contract lock` writes it", path.display())]
    NoLock { path: PathBuf },
    /// The lock says otherwise than the file, or than this program.
    #[error("{}: the contract is not what was locked: {}", lock.display(), list(differences))]
    Differs {
        lock: PathBuf,
        differences: Vec<Difference>,
    },
}

fn list(differences: &[Difference]) -> String {
    let texts: Vec<String> = differences.iter().map(Difference::to_string).collect();
    texts.join("; ")
}

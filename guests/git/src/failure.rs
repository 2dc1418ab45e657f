//! What ends a command early: a message in git's words and an exit status.

use std::io;

/// A message for standard error, complete but for its last newline, and the status to end with. An empty message prints nothing.
#[derive(Debug)]
pub struct Failure {
    pub status: i32,
    pub message: String,
}

/// What can fail as a command fails.
pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// `fatal: …`, status 128: git's `die`.
    pub fn fatal(message: impl AsRef<str>) -> Self {
        Self {
            status: 128,
            message: format!("fatal: {}", message.as_ref()),
        }
    }

    /// `error: …` with the status that the command gives it.
    pub fn error(status: i32, message: impl AsRef<str>) -> Self {
        Self {
            status,
            message: format!("error: {}", message.as_ref()),
        }
    }

    /// A message that already has its prefix.
    pub fn plain(status: i32, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// Ends with a status and says nothing more.
    pub fn silent(status: i32) -> Self {
        Self::plain(status, "")
    }

    /// What the system said about a path: `fatal: could not open 'x': No such file or directory`.
    pub fn system(what: impl AsRef<str>, error: &io::Error) -> Self {
        Self::fatal(format!("{}: {}", what.as_ref(), reason(error)))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::fatal(reason(&error))
    }
}

/// An error of the system as C's `strerror` words it.
pub fn reason(error: &io::Error) -> String {
    isobox_guest::plain(error)
}

//! The reasons for which a machine refuses an operation: POSIX's names, with preview 1's numbers.

use std::fmt;

/// An error number. The discriminants are those of WASI preview 1, so that no table translates them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub enum Errno {
    /// Permission denied.
    Access = 2,
    /// Bad file descriptor.
    BadDescriptor = 8,
    /// Directory in use, as the root is.
    Busy = 10,
    /// File exists.
    Exists = 20,
    /// Bad address.
    Fault = 21,
    /// File too large.
    FileTooBig = 22,
    /// Illegal byte sequence: a name that is not UTF-8.
    IllegalBytes = 25,
    /// Invalid argument.
    Invalid = 28,
    /// Is a directory.
    IsDirectory = 31,
    /// Too many levels of symbolic links.
    Loop = 32,
    /// Too many open files.
    TooManyFiles = 33,
    /// Too many links.
    TooManyLinks = 34,
    /// File name too long.
    NameTooLong = 37,
    /// No such file or directory.
    NoEntry = 44,
    /// No space left on device.
    NoSpace = 51,
    /// Not a directory.
    NotDirectory = 54,
    /// Directory not empty.
    NotEmpty = 55,
    /// Operation not supported.
    NotSupported = 58,
    /// Operation not permitted.
    NotPermitted = 63,
    /// Illegal seek.
    IllegalSeek = 70,
    /// Capabilities insufficient: a right the descriptor does not have.
    NotCapable = 76,
}

impl Errno {
    /// The words of the C library.
    pub fn text(self) -> &'static str {
        match self {
            Errno::Access => "Permission denied",
            Errno::BadDescriptor => "Bad file descriptor",
            Errno::Busy => "Device or resource busy",
            Errno::Exists => "File exists",
            Errno::Fault => "Bad address",
            Errno::FileTooBig => "File too large",
            Errno::IllegalBytes => "Invalid or incomplete multibyte or wide character",
            Errno::Invalid => "Invalid argument",
            Errno::IsDirectory => "Is a directory",
            Errno::Loop => "Too many levels of symbolic links",
            Errno::TooManyFiles => "Too many open files",
            Errno::TooManyLinks => "Too many links",
            Errno::NameTooLong => "File name too long",
            Errno::NoEntry => "No such file or directory",
            Errno::NoSpace => "No space left on device",
            Errno::NotDirectory => "Not a directory",
            Errno::NotEmpty => "Directory not empty",
            Errno::NotSupported => "Operation not supported",
            Errno::NotPermitted => "Operation not permitted",
            Errno::IllegalSeek => "Illegal seek",
            Errno::NotCapable => "Capabilities insufficient",
        }
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The outcome of an operation on a machine.
pub type Result<T, E = Errno> = std::result::Result<T, E>;

//! The reasons for which a machine refuses an operation: POSIX's names, with preview 1's numbers.

use std::fmt;

/// An error number. The discriminants are those of WASI preview 1, so that no table translates them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub enum Errno {
    /// Argument list too long.
    TooBig = 1,
    /// Permission denied.
    Access = 2,
    /// Resource temporarily unavailable: a read that would wait, or too many processes.
    Again = 6,
    /// Bad file descriptor.
    BadDescriptor = 8,
    /// Directory in use, as the root is.
    Busy = 10,
    /// No child processes.
    NoChild = 12,
    /// Connection refused.
    ConnectionRefused = 14,
    /// File exists.
    Exists = 20,
    /// Bad address.
    Fault = 21,
    /// File too large.
    FileTooBig = 22,
    /// Illegal byte sequence: a name that is not UTF-8.
    IllegalBytes = 25,
    /// Interrupted by a signal that is noted.
    Interrupted = 27,
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
    /// Too many pipes in the machine.
    TooManyPipes = 41,
    /// No such file or directory.
    NoEntry = 44,
    /// Exec format error.
    NoExec = 45,
    /// Cannot allocate memory.
    NoMemory = 48,
    /// No space left on device.
    NoSpace = 51,
    /// Not a directory.
    NotDirectory = 54,
    /// Directory not empty.
    NotEmpty = 55,
    /// Operation not supported.
    NotSupported = 58,
    /// No such device or address: a named pipe that nobody reads.
    NoDevice = 60,
    /// Operation not permitted.
    NotPermitted = 63,
    /// Nobody reads the pipe.
    BrokenPipe = 64,
    /// Illegal seek.
    IllegalSeek = 70,
    /// No such process.
    NoProcess = 71,
    /// Connection timed out.
    TimedOut = 73,
    /// Capabilities insufficient: a right the descriptor does not have.
    NotCapable = 76,
}

impl Errno {
    /// The words of the C library.
    pub fn text(self) -> &'static str {
        match self {
            Errno::TooBig => "Argument list too long",
            Errno::Access => "Permission denied",
            Errno::Again => "Resource temporarily unavailable",
            Errno::BadDescriptor => "Bad file descriptor",
            Errno::Busy => "Device or resource busy",
            Errno::NoChild => "No child processes",
            Errno::ConnectionRefused => "Connection refused",
            Errno::Exists => "File exists",
            Errno::Fault => "Bad address",
            Errno::FileTooBig => "File too large",
            Errno::IllegalBytes => "Invalid or incomplete multibyte or wide character",
            Errno::Interrupted => "Interrupted system call",
            Errno::Invalid => "Invalid argument",
            Errno::IsDirectory => "Is a directory",
            Errno::Loop => "Too many levels of symbolic links",
            Errno::TooManyFiles => "Too many open files",
            Errno::TooManyLinks => "Too many links",
            Errno::NameTooLong => "File name too long",
            Errno::TooManyPipes => "Too many open files in system",
            Errno::NoEntry => "No such file or directory",
            Errno::NoExec => "Exec format error",
            Errno::NoMemory => "Cannot allocate memory",
            Errno::NoSpace => "No space left on device",
            Errno::NotDirectory => "Not a directory",
            Errno::NotEmpty => "Directory not empty",
            Errno::NotSupported => "Operation not supported",
            Errno::NoDevice => "No such device or address",
            Errno::NotPermitted => "Operation not permitted",
            Errno::BrokenPipe => "Broken pipe",
            Errno::IllegalSeek => "Illegal seek",
            Errno::NoProcess => "No such process",
            Errno::TimedOut => "Connection timed out",
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

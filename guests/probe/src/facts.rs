//! What was seen, and preview 1 in a form that tells every answer.

use std::fmt::Write as _;
use wasi::{Errno, Fd, Fdflags, Filestat, Oflags, Rights};

/// The descriptor of `/`.
pub const ROOT: Fd = 3;

/// Everything a process may do with what it opens.
const ALL_RIGHTS: Rights = (1 << 30) - 1;

/// What a directory can be opened with: writing it like a file is refused.
const DIRECTORY_RIGHTS: Rights = ALL_RIGHTS & !(wasi::RIGHTS_FD_WRITE | wasi::RIGHTS_FD_ALLOCATE);

/// What one topic has seen, in order.
#[derive(Default)]
pub struct Facts {
    lines: Vec<String>,
}

impl Facts {
    /// Notes one fact.
    pub fn note(&mut self, what: &str, value: impl std::fmt::Display) {
        self.lines.push(format!("{what}: {value}"));
    }

    /// Notes what a call answered, a value or an errno.
    pub fn answer<T: std::fmt::Debug>(&mut self, what: &str, result: Result<T, Errno>) {
        match result {
            Ok(value) => self.note(what, format!("{value:?}")),
            Err(errno) => self.note(what, errno.name()),
        }
    }

    /// Notes the bytes, in hexadecimal.
    pub fn bytes(&mut self, what: &str, bytes: &[u8]) {
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        self.note(what, hex);
    }

    /// Prints the topic's line, and before it, when `verbose`, every fact.
    pub fn print(&self, topic: &str, verbose: bool) {
        if verbose {
            self.lines.iter().for_each(|line| println!("  {line}"));
        }
        println!(
            "{topic} {:016x} {}",
            digest(self.lines.join("\n").as_bytes()),
            self.lines.len()
        );
    }
}

/// FNV-1a: short, and enough to see a difference.
pub fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Opens the file at `path` below `/` for reading and writing.
pub fn open(path: &str, oflags: Oflags, fdflags: Fdflags) -> Result<Fd, Errno> {
    open_with(path, oflags, fdflags, ALL_RIGHTS)
}

fn open_with(path: &str, oflags: Oflags, fdflags: Fdflags, rights: Rights) -> Result<Fd, Errno> {
    // SAFETY: passes memory of this frame.
    unsafe {
        wasi::path_open(
            ROOT,
            wasi::LOOKUPFLAGS_SYMLINK_FOLLOW,
            path,
            oflags,
            rights,
            ALL_RIGHTS,
            fdflags,
        )
    }
}

/// Opens the directory at `path` below `/`.
pub fn open_directory(path: &str) -> Result<Fd, Errno> {
    open_with(path, wasi::OFLAGS_DIRECTORY, 0, DIRECTORY_RIGHTS)
}

/// Makes an empty file.
pub fn create(path: &str) -> Result<Fd, Errno> {
    open(path, wasi::OFLAGS_CREAT | wasi::OFLAGS_TRUNC, 0)
}

pub fn close(fd: Fd) -> Result<(), Errno> {
    // SAFETY: takes no memory.
    unsafe { wasi::fd_close(fd) }
}

pub fn write(fd: Fd, bytes: &[u8]) -> Result<usize, Errno> {
    let buffer = wasi::Ciovec {
        buf: bytes.as_ptr(),
        buf_len: bytes.len(),
    };
    // SAFETY: the buffer outlives the call.
    unsafe { wasi::fd_write(fd, &[buffer]) }
}

/// Reads at most `length` bytes.
pub fn read(fd: Fd, length: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; length];
    let buffer = wasi::Iovec {
        buf: bytes.as_mut_ptr(),
        buf_len: length,
    };
    // SAFETY: the buffer outlives the call.
    let count = unsafe { wasi::fd_read(fd, &[buffer])? };
    bytes.truncate(count);
    Ok(bytes)
}

/// What is known of the file at `path`, links followed.
pub fn stat(path: &str) -> Result<Filestat, Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_filestat_get(ROOT, wasi::LOOKUPFLAGS_SYMLINK_FOLLOW, path) }
}

/// A directory of its own for a topic, fresh, and gone with its content when the topic is done.
pub struct Scratch {
    path: String,
}

impl Scratch {
    /// Makes `/tmp/probe-<topic>`.
    pub fn new(topic: &str) -> Self {
        let scratch = Self {
            path: format!("tmp/probe-{topic}"),
        };
        scratch.remove();
        let _ = std::fs::create_dir_all(format!("/{}", scratch.path));
        scratch
    }

    /// A path in it, without the leading slash.
    pub fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    fn remove(&self) {
        let _ = std::fs::remove_dir_all(format!("/{}", self.path));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.remove();
    }
}

//! What `stat` tells of a file, in plain numbers.
//!
//! `std::fs::Metadata` holds the same, but on WASI it hides inode, links and mode behind an unstable feature.

use crate::mode::{PERMISSIONS, c_string};
use std::io;
use std::path::Path;

/// The one user of a machine, who owns every file.
pub const FILE_UID: u32 = 1000;
/// The one group of a machine.
pub const FILE_GID: u32 = 1000;

/// The device that a run's own standard streams are on.
pub const RUN_STREAMS: u64 = 2;

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Regular,
    Directory,
    Symlink,
    CharacterDevice,
    BlockDevice,
    Pipe,
    Socket,
}

impl Kind {
    /// The letter `ls -l` begins a line with.
    pub fn letter(self) -> char {
        match self {
            Self::Regular => '-',
            Self::Directory => 'd',
            Self::Symlink => 'l',
            Self::CharacterDevice => 'c',
            Self::BlockDevice => 'b',
            Self::Pipe => 'p',
            Self::Socket => 's',
        }
    }

    fn of(mode: u32) -> Self {
        match mode & libc::S_IFMT {
            libc::S_IFDIR => Self::Directory,
            libc::S_IFLNK => Self::Symlink,
            libc::S_IFCHR => Self::CharacterDevice,
            libc::S_IFBLK => Self::BlockDevice,
            libc::S_IFIFO => Self::Pipe,
            libc::S_IFSOCK => Self::Socket,
            _ => Self::Regular,
        }
    }
}

/// A time stamp: seconds since 1970 and the nanoseconds above them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    pub seconds: i64,
    pub nanoseconds: u32,
}

impl Time {
    fn of(time: libc::timespec) -> Self {
        Self {
            seconds: time.tv_sec,
            nanoseconds: time.tv_nsec as u32,
        }
    }
}

/// What is known of one file.
#[derive(Clone, Copy, Debug)]
pub struct Stat {
    pub device: u64,
    pub inode: u64,
    pub kind: Kind,
    /// The permission bits alone.
    pub mode: u32,
    pub links: u64,
    pub bytes: u64,
    /// Blocks of 512 bytes.
    pub blocks: u64,
    pub accessed: Time,
    pub modified: Time,
    pub changed: Time,
}

impl Stat {
    /// Kind and mode as `ls -l` prints them: `drwxr-xr-x`.
    pub fn letters(&self) -> String {
        let mut text = String::with_capacity(10);
        text.push(self.kind.letter());
        for (shift, special, set, unset) in [
            (6, 0o4000, 's', 'S'),
            (3, 0o2000, 's', 'S'),
            (0, 0o1000, 't', 'T'),
        ] {
            let bits = self.mode >> shift;
            text.push(if bits & 4 != 0 { 'r' } else { '-' });
            text.push(if bits & 2 != 0 { 'w' } else { '-' });
            text.push(match (self.mode & special != 0, bits & 1 != 0) {
                (true, true) => set,
                (true, false) => unset,
                (false, true) => 'x',
                (false, false) => '-',
            });
        }
        text
    }

    /// The mode with the bits of the kind, as C's `st_mode` holds both.
    pub fn raw_mode(&self) -> u32 {
        let kind = match self.kind {
            Kind::Regular => libc::S_IFREG,
            Kind::Directory => libc::S_IFDIR,
            Kind::Symlink => libc::S_IFLNK,
            Kind::CharacterDevice => libc::S_IFCHR,
            Kind::BlockDevice => libc::S_IFBLK,
            Kind::Pipe => libc::S_IFIFO,
            Kind::Socket => libc::S_IFSOCK,
        };
        kind | self.mode
    }

    fn of(stat: &libc::stat) -> Self {
        Self {
            device: stat.st_dev,
            inode: stat.st_ino,
            kind: Kind::of(stat.st_mode),
            mode: stat.st_mode & PERMISSIONS,
            links: stat.st_nlink,
            bytes: stat.st_size as u64,
            blocks: stat.st_blocks as u64,
            accessed: Time::of(stat.st_atim),
            modified: Time::of(stat.st_mtim),
            changed: Time::of(stat.st_ctim),
        }
    }
}

/// What is known of the file at `path`; of the link itself when `follow` is false and it is one.
///
/// # Errors
/// What the machine answers, most often that there is no such file.
pub fn stat(path: &Path, follow: bool) -> io::Result<Stat> {
    let path = c_string(path.as_os_str())?;
    // SAFETY: zeroes are a `stat`, and the path ends in a zero byte.
    unsafe {
        let mut out = std::mem::zeroed::<libc::stat>();
        let result = if follow {
            libc::stat(path.as_ptr(), &raw mut out)
        } else {
            libc::lstat(path.as_ptr(), &raw mut out)
        };
        if result != 0 {
            Err(io::Error::last_os_error())
        } else {
            Ok(Stat::of(&out))
        }
    }
}

/// What is known of the open file `fd`.
///
/// # Errors
/// When `fd` is not open.
pub fn fstat(fd: i32) -> io::Result<Stat> {
    // SAFETY: zeroes are a `stat`.
    unsafe {
        let mut out = std::mem::zeroed::<libc::stat>();
        if libc::fstat(fd, &raw mut out) != 0 {
            Err(io::Error::last_os_error())
        } else {
            Ok(Stat::of(&out))
        }
    }
}

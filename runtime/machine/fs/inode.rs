//! What a name leads to: a file, a directory, a symbolic link, a device, a named pipe.

use std::sync::{Arc, OnceLock};

use super::content::Content;
use super::entries::Entries;
use super::sparse::Merkle;
use crate::digest::{Digest, Fields};
use crate::machine::device::Device;

/// Names an inode within one tree; numbers count up from the root's 1 and are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InodeNumber(pub u64);

impl InodeNumber {
    /// The root directory.
    pub const ROOT: InodeNumber = InodeNumber(1);

    /// No inode's: of what is open and in no tree.
    pub const NONE: InodeNumber = InodeNumber(0);
}

/// One file, directory, link or device with what `stat` says of it.
#[derive(Clone, Debug)]
pub struct Inode {
    pub kind: Kind,
    /// The 12 permission bits.
    pub mode: u16,
    pub times: Times,
    /// The directories that hold an entry for it, one element an entry.
    pub parents: Vec<InodeNumber>,
    pub(super) digest: OnceLock<Digest>,
}

/// Virtual times of an inode, in nanoseconds since 1970. Reading does not move `accessed_ns`, as on a file
/// system mounted `noatime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Last access that was noted.
    pub accessed_ns: u64,
    /// Last change of the content.
    pub modified_ns: u64,
    /// Last change of content, names, mode or times.
    pub changed_ns: u64,
}

/// The kinds of inodes.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A regular file.
    File(Content),
    /// An executable that the runtime pins: its bytes are loaded only when somebody reads them.
    Pinned(Pinned),
    /// A directory.
    Directory {
        /// Its names.
        entries: Entries,
        /// How many of the entries are directories.
        directories: u32,
    },
    /// A symbolic link and its target.
    Symlink(Arc<[u8]>),
    /// A device file.
    Device(Device),
    /// A named pipe; what is in it is no part of the tree.
    Fifo,
}

/// A kind without its data: what directory listings and `stat` tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A regular file.
    Regular,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A device file.
    CharacterDevice,
    /// A named pipe.
    Fifo,
}

/// A pinned executable: known by digest and size, its bytes behind [`PinnedSource`].
#[derive(Clone, Debug)]
pub struct Pinned {
    /// BLAKE3 of its bytes.
    pub digest: Digest,
    /// In bytes.
    pub size: u64,
    /// Where its bytes are.
    pub source: Arc<dyn PinnedSource>,
}

/// Hands out the bytes of a pinned executable.
pub trait PinnedSource: std::fmt::Debug + Send + Sync {
    /// The whole file. Called when a guest reads or changes it, which is seldom.
    fn content(&self) -> Content;
}

impl Times {
    /// All three times at one moment.
    pub fn all(now_ns: u64) -> Times {
        Times {
            accessed_ns: now_ns,
            modified_ns: now_ns,
            changed_ns: now_ns,
        }
    }
}

impl Inode {
    pub fn new(kind: Kind, mode: u16, now_ns: u64) -> Inode {
        Inode {
            kind,
            mode,
            times: Times::all(now_ns),
            parents: Vec::new(),
            digest: OnceLock::new(),
        }
    }

    pub fn file_type(&self) -> FileType {
        match &self.kind {
            Kind::File(_) | Kind::Pinned(_) => FileType::Regular,
            Kind::Directory { .. } => FileType::Directory,
            Kind::Symlink(_) => FileType::Symlink,
            Kind::Device(_) => FileType::CharacterDevice,
            Kind::Fifo => FileType::Fifo,
        }
    }

    pub fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory { .. })
    }

    /// What `stat` calls the size: of a directory a fixed block, as ext4 shows.
    pub fn size(&self) -> u64 {
        match &self.kind {
            Kind::File(content) => content.size(),
            Kind::Pinned(pinned) => pinned.size,
            Kind::Directory { .. } => 4096,
            Kind::Symlink(target) => target.len() as u64,
            Kind::Device(_) | Kind::Fifo => 0,
        }
    }

    /// What `stat` calls the number of links: of a directory its name, its `.` and its children's `..`; of one
    /// that was removed none.
    pub fn links(&self) -> u64 {
        match self.kind {
            Kind::Directory { .. } if self.parents.is_empty() => 0,
            Kind::Directory { directories, .. } => 2 + u64::from(directories),
            _ => self.parents.len() as u64,
        }
    }
}

impl Merkle for Inode {
    fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| {
            let fields = Fields::of("isobox.inode")
                .number(self.mode.into())
                .number(self.links())
                .number(self.times.accessed_ns)
                .number(self.times.modified_ns)
                .number(self.times.changed_ns);
            match &self.kind {
                Kind::File(content) => fields.bytes(b"file").digest(content.digest()),
                Kind::Pinned(pinned) => fields.bytes(b"pinned").digest(pinned.digest),
                Kind::Directory { entries, .. } => {
                    fields.bytes(b"directory").digest(entries.digest())
                }
                Kind::Symlink(target) => fields.bytes(b"symlink").bytes(target),
                Kind::Device(device) => fields.bytes(b"device").bytes(device.name().as_bytes()),
                Kind::Fifo => fields.bytes(b"fifo"),
            }
            .finish()
        })
    }
}

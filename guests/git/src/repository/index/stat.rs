//! What the index remembers of a file, so that an unchanged one need not be read.

use std::path::Path;

use isobox_guest::stat::{Kind, Stat, Time, stat};

use super::Entry;
use crate::repository::{Oid, mode, path_of};

/// The fields of `stat` that the index keeps, cut to 32 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatData {
    pub changed: (u32, u32),
    pub modified: (u32, u32),
    pub device: u32,
    pub inode: u32,
    pub uid: u32,
    pub gid: u32,
    pub size: u32,
}

impl StatData {
    pub fn of(stat: &Stat) -> Self {
        let time = |time: Time| (time.seconds as u32, time.nanoseconds);
        Self {
            changed: time(stat.changed),
            modified: time(stat.modified),
            device: stat.device as u32,
            inode: stat.inode as u32,
            uid: isobox_guest::stat::FILE_UID,
            gid: isobox_guest::stat::FILE_GID,
            size: stat.bytes as u32,
        }
    }

    /// Whether a file that looks like this is surely the one that was added. Owner and device don't count: a copied repository, or one
    /// written on another system, would be read as a whole.
    pub fn same(&self, other: &StatData) -> bool {
        self.modified == other.modified
            && self.size == other.size
            && self.changed == other.changed
            && self.inode == other.inode
    }

    /// Whether the file was last changed before this time.
    pub fn is_older_than(&self, time: Time) -> bool {
        self.modified < (time.seconds as u32, time.nanoseconds)
    }
}

/// Whether a file that still looks as its entry says has other contents.
pub fn changed_behind(entry: &Entry) -> bool {
    let Ok(path) = path_of(&entry.path) else {
        return false;
    };
    let Ok(found) = stat(path, false) else {
        return false;
    };
    StatData::of(&found).same(&entry.stat) && contents_differ(path, found.kind, &entry.oid)
}

fn contents_differ(path: &Path, kind: Kind, oid: &Oid) -> bool {
    let contents = match kind {
        Kind::Symlink => {
            std::fs::read_link(path).map(|target| target.into_os_string().into_encoded_bytes())
        }
        _ => std::fs::read(path),
    };
    contents.is_ok_and(|contents| Oid::of("blob", &contents) != *oid)
}

/// The mode that the index has for a file; `None` for what git doesn't track.
pub fn index_mode(stat: &Stat) -> Option<u32> {
    match stat.kind {
        Kind::Regular if stat.mode & 0o100 != 0 => Some(mode::EXECUTABLE),
        Kind::Regular => Some(mode::FILE),
        Kind::Symlink => Some(mode::LINK),
        Kind::Directory => Some(mode::SUBMODULE),
        _ => None,
    }
}

//! Open files and the descriptors that lead to them, by POSIX's rules: a descriptor is the lowest free number,
//! and duplicates share one offset.

use std::collections::VecDeque;
use std::sync::Arc;

use super::device::Device;
use super::errno::{Errno, Result};
use super::fs::InodeNumber;
use super::streams::Stream;

/// Names an open file (POSIX: an open file description).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(usize);

/// What is shared by all descriptors of one `open`.
#[derive(Clone, Debug)]
pub struct OpenFile {
    /// What it stands for.
    pub object: Object,
    /// Where the next read or write begins, in bytes.
    pub offset: u64,
    /// The flags of `fcntl(F_SETFL)`, as the front end numbers them.
    pub flags: u16,
    references: u32,
}

/// What an open file stands for.
#[derive(Clone, Debug)]
pub enum Object {
    /// A regular file.
    File(InodeNumber),
    /// A directory.
    Directory {
        /// Its inode.
        inode: InodeNumber,
        /// Where its listing stands.
        listing: Listing,
    },
    /// A device.
    Device {
        /// Its inode.
        inode: InodeNumber,
        /// Which one.
        device: Device,
    },
    /// A standard stream.
    Stream(Stream),
}

/// The last entries that a directory's listing gave out, so that it goes on behind them whatever was removed or added
/// meanwhile. A listing that goes back further finds its place by counting.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Names with the cookies behind them, which count up.
    recent: VecDeque<(u64, Vec<u8>)>,
}

/// Enough for what a C library reads ahead, and little beside the memory of a guest.
const LISTING_NAMES_MAX: usize = 64;

impl Listing {
    /// Forgets everything: the listing begins anew.
    pub fn rewind(&mut self) {
        self.recent.clear();
    }

    /// Notes an entry that was given out with a cookie behind it.
    pub fn note(&mut self, cookie: u64, name: &[u8]) {
        if self.recent.len() == LISTING_NAMES_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back((cookie, name.to_vec()));
    }

    /// The name behind which a cookie stands, if it is one of the last.
    pub fn name_before(&self, cookie: u64) -> Option<&[u8]> {
        let found = self.recent.iter().rev().find(|(known, _)| *known == cookie);
        found.map(|(_, name)| &name[..])
    }
}

impl Object {
    /// The inode that stays alive while this is open.
    pub fn inode(&self) -> Option<InodeNumber> {
        match *self {
            Object::File(inode)
            | Object::Directory { inode, .. }
            | Object::Device { inode, .. } => Some(inode),
            Object::Stream(_) => None,
        }
    }
}

/// All open files of a machine.
#[derive(Clone, Debug, Default)]
pub struct OpenFiles {
    files: Vec<Option<OpenFile>>,
}

impl OpenFiles {
    /// Adds an open file with one reference. Its inode, if it has one, is the caller's to hold.
    pub fn add(&mut self, object: Object, flags: u16) -> FileId {
        let file = OpenFile {
            object,
            offset: 0,
            flags,
            references: 1,
        };
        let free = self.files.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            self.files.push(None);
            self.files.len() - 1
        });
        self.files[index] = Some(file);
        FileId(index)
    }

    /// Counts another descriptor for an open file.
    pub fn share(&mut self, id: FileId) {
        if let Some(file) = &mut self.files[id.0] {
            file.references += 1;
        }
    }

    /// An open file.
    pub fn get(&self, id: FileId) -> Result<&OpenFile> {
        self.files
            .get(id.0)
            .and_then(Option::as_ref)
            .ok_or(Errno::BadDescriptor)
    }

    /// An open file, for change.
    pub fn get_mut(&mut self, id: FileId) -> Result<&mut OpenFile> {
        self.files
            .get_mut(id.0)
            .and_then(Option::as_mut)
            .ok_or(Errno::BadDescriptor)
    }

    /// Takes back one reference; returns the inode to release when it was the last.
    pub fn close(&mut self, id: FileId) -> Option<InodeNumber> {
        let slot = self.files.get_mut(id.0)?;
        let file = slot.as_mut()?;
        file.references -= 1;
        if file.references > 0 {
            return None;
        }
        let inode = slot.take().and_then(|file| file.object.inode());
        while self.files.last().is_some_and(Option::is_none) {
            self.files.pop();
        }
        inode
    }
}

/// What a descriptor allows, as bits of the front end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// What it may be used for itself.
    pub base: u64,
    /// What descriptors opened through this one may have.
    pub inheriting: u64,
}

/// One entry of a process's descriptor table.
#[derive(Clone, Debug)]
pub struct Descriptor {
    /// The open file behind it.
    pub file: FileId,
    /// What it allows.
    pub rights: Rights,
    /// The name under which the front end offers this directory from the start.
    pub preopened_as: Option<Arc<str>>,
}

/// The descriptor table of one process.
#[derive(Clone, Debug)]
pub struct Descriptors {
    table: Vec<Option<Descriptor>>,
    /// Every number below is taken.
    lowest_free: usize,
    open_files_max: usize,
}

impl Descriptors {
    /// An empty table with a bound on its entries.
    pub fn new(open_files_max: u32) -> Descriptors {
        Descriptors {
            table: Vec::new(),
            lowest_free: 0,
            open_files_max: open_files_max as usize,
        }
    }

    /// Checks that one more descriptor can be given.
    pub fn check_room(&self) -> Result<()> {
        if self.lowest_free >= self.open_files_max {
            return Err(Errno::TooManyFiles);
        }
        Ok(())
    }

    /// Gives the lowest free number.
    pub fn add(&mut self, descriptor: Descriptor) -> Result<u32> {
        self.check_room()?;
        let number = self.lowest_free;
        if number == self.table.len() {
            self.table.push(None);
        }
        self.table[number] = Some(descriptor);
        let taken = self.table[number..]
            .iter()
            .take_while(|slot| slot.is_some());
        self.lowest_free += taken.count();
        Ok(number as u32)
    }

    /// The descriptor of a number.
    pub fn get(&self, number: u32) -> Result<&Descriptor> {
        self.table
            .get(number as usize)
            .and_then(Option::as_ref)
            .ok_or(Errno::BadDescriptor)
    }

    /// The descriptor of a number, for change.
    pub fn get_mut(&mut self, number: u32) -> Result<&mut Descriptor> {
        self.table
            .get_mut(number as usize)
            .and_then(Option::as_mut)
            .ok_or(Errno::BadDescriptor)
    }

    /// Frees a number; the open file behind it is the caller's to close.
    pub fn remove(&mut self, number: u32) -> Result<Descriptor> {
        let slot = self.table.get_mut(number as usize);
        let descriptor = slot.and_then(Option::take).ok_or(Errno::BadDescriptor)?;
        self.lowest_free = self.lowest_free.min(number as usize);
        Ok(descriptor)
    }

    /// Frees every number.
    pub fn drain(&mut self) -> impl Iterator<Item = Descriptor> + '_ {
        self.lowest_free = 0;
        self.table.drain(..).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor() -> Descriptor {
        Descriptor {
            file: FileId(0),
            rights: Rights {
                base: 0,
                inheriting: 0,
            },
            preopened_as: None,
        }
    }

    #[test]
    fn the_lowest_free_number_is_given_and_the_bound_is_kept() {
        let mut descriptors = Descriptors::new(4);
        for expected in 0..4 {
            assert_eq!(descriptors.add(descriptor()), Ok(expected));
        }
        assert_eq!(descriptors.add(descriptor()), Err(Errno::TooManyFiles));
        descriptors.remove(2).unwrap();
        descriptors.remove(1).unwrap();
        assert_eq!(descriptors.add(descriptor()), Ok(1));
        assert_eq!(descriptors.add(descriptor()), Ok(2));
        assert_eq!(descriptors.remove(7).unwrap_err(), Errno::BadDescriptor);
    }
}

//! Open files and the descriptors that lead to them, by POSIX's rules: a descriptor is the lowest free number,
//! and duplicates share one offset.

use std::collections::VecDeque;
use std::sync::Arc;

use super::device::Device;
use super::errno::{Errno, Result};
use super::fs::{Content, FileType, InodeNumber, Stat, Times};
use super::pipes::{PipeEnds, PipeId};
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
    /// A file that was made when it was opened, as those of `/proc` are.
    Made {
        /// What `stat` tells of it.
        stat: Stat,
        /// Its bytes.
        content: Content,
    },
    /// A standard stream.
    Stream {
        /// Which one.
        stream: Stream,
        /// The call that it was opened for: later calls have an input of their own, and this one is at its end.
        call: u64,
    },
    /// An end of a pipe, or both.
    Pipe {
        /// Which pipe.
        pipe: PipeId,
        /// Its inode, if it has a name.
        inode: Option<InodeNumber>,
        /// What can be done with it.
        ends: PipeEnds,
    },
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
    /// A file without a name, made now, that can only be read.
    pub fn made(content: Content, now_ns: u64) -> Object {
        let stat = Stat {
            inode: InodeNumber::NONE,
            file_type: FileType::Regular,
            mode: 0o400,
            links: 0,
            size: content.size(),
            times: Times::all(now_ns),
        };
        Object::Made { stat, content }
    }

    /// The inode that stays alive while this is open.
    pub fn inode(&self) -> Option<InodeNumber> {
        match *self {
            Object::File(inode)
            | Object::Directory { inode, .. }
            | Object::Device { inode, .. } => Some(inode),
            Object::Pipe { inode, .. } => inode,
            Object::Made { .. } | Object::Stream { .. } => None,
        }
    }
}

/// All open files of a machine.
#[derive(Clone, Debug, Default)]
pub struct OpenFiles {
    files: Vec<Option<OpenFile>>,
    /// Every place below is taken.
    lowest_free: usize,
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
        let taken = self.files[self.lowest_free..].iter();
        let index = self.lowest_free + taken.take_while(|slot| slot.is_some()).count();
        self.lowest_free = index + 1;
        match self.files.get_mut(index) {
            Some(slot) => *slot = Some(file),
            None => self.files.push(Some(file)),
        }
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

    /// Takes back one reference; returns what it stood for when it was the last.
    pub fn close(&mut self, id: FileId) -> Option<Object> {
        let slot = self.files.get_mut(id.0)?;
        let file = slot.as_mut()?;
        file.references -= 1;
        if file.references > 0 {
            return None;
        }
        let object = slot.take().map(|file| file.object);
        self.lowest_free = self.lowest_free.min(id.0);
        object
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
    /// Whether it is closed when another program begins.
    pub close_on_exec: bool,
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
        self.add_from(0, descriptor)
    }

    /// Gives the lowest free number from `lowest` on.
    pub fn add_from(&mut self, lowest: u32, descriptor: Descriptor) -> Result<u32> {
        let number = self.free_from(lowest)?;
        self.put(number, descriptor)?;
        Ok(number)
    }

    /// The lowest free number from `lowest` on; `EINVAL` when no number is that high.
    pub fn free_from(&self, lowest: u32) -> Result<u32> {
        if lowest as usize >= self.open_files_max && lowest > 0 {
            return Err(Errno::Invalid);
        }
        let start = self.lowest_free.max(lowest as usize);
        let taken = self.table.iter().skip(start);
        let number = start + taken.take_while(|slot| slot.is_some()).count();
        if number >= self.open_files_max {
            return Err(Errno::TooManyFiles);
        }
        Ok(number as u32)
    }

    /// Gives this very number, and returns what had it; `EBADF` when no number is that high.
    pub fn put(&mut self, number: u32, descriptor: Descriptor) -> Result<Option<Descriptor>> {
        let index = number as usize;
        if index >= self.open_files_max {
            return Err(Errno::BadDescriptor);
        }
        if index >= self.table.len() {
            self.table.resize_with(index + 1, || None);
        }
        let before = self.table[index].replace(descriptor);
        if index == self.lowest_free {
            let taken = self.table[index..].iter();
            self.lowest_free += taken.take_while(|slot| slot.is_some()).count();
        }
        Ok(before)
    }

    /// Whether a descriptor can have this number.
    pub fn has_number(&self, number: u32) -> bool {
        (number as usize) < self.open_files_max
    }

    /// Every descriptor there is, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Descriptor)> {
        let slots = (0..).zip(&self.table);
        slots.filter_map(|(number, slot)| Some((number, slot.as_ref()?)))
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
            close_on_exec: false,
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

    #[test]
    fn numbers_are_given_from_a_lowest_on_and_one_by_one() {
        let mut descriptors = Descriptors::new(8);
        assert_eq!(descriptors.add_from(5, descriptor()), Ok(5));
        assert_eq!(descriptors.add_from(5, descriptor()), Ok(6));
        assert_eq!(descriptors.add(descriptor()), Ok(0));
        assert!(descriptors.put(1, descriptor()).unwrap().is_none());
        assert!(descriptors.put(1, descriptor()).unwrap().is_some());
        assert_eq!(descriptors.add(descriptor()), Ok(2));
        assert_eq!(descriptors.add_from(6, descriptor()), Ok(7));
        assert_eq!(
            descriptors.add_from(6, descriptor()),
            Err(Errno::TooManyFiles)
        );
        assert_eq!(descriptors.add_from(8, descriptor()), Err(Errno::Invalid));
        let put = descriptors.put(8, descriptor()).map(drop);
        assert_eq!(put, Err(Errno::BadDescriptor));
        let numbers: Vec<u32> = descriptors.iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [0, 1, 2, 5, 6, 7]);
    }
}

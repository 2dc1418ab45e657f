//! Operations on names: open, make, link, rename, remove.

use super::content::Content;
use super::entries::Entries;
use super::inode::{Inode, InodeNumber, Kind, Pinned};
use super::path::{FollowLast, Last, Place, Wanted, check_path};
use super::tree::{Tree, entry_bytes};
use crate::limits::{DEPTH_MAX, LINKS_MAX};
use crate::machine::device::Device;
use crate::machine::errno::{Errno, Result};

/// How a path is opened: `open(2)`'s flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenHow {
    /// For reading: needs the read permission.
    pub read: bool,
    /// For writing: needs the write permission.
    pub write: bool,
    /// A missing file is made: `O_CREAT`.
    pub create: bool,
    /// A file that is there is `EEXIST`: `O_EXCL`.
    pub exclusive: bool,
    /// A file that is there is emptied: `O_TRUNC`.
    pub truncate: bool,
    /// Only a directory will do.
    pub directory: bool,
    /// A symbolic link at the end is `ELOOP` instead of followed.
    pub no_follow: bool,
    /// The 12 permission bits of a file that is created.
    pub mode: u16,
}

/// The permissions a directory's owner may have.
const WRITE: u16 = 0o200;
const READ: u16 = 0o400;
const SEARCH: u16 = 0o100;

impl Tree {
    /// Finds or makes what a path names, as `openat(2)` does. The inode is not held yet.
    pub fn open(
        &mut self,
        from: InodeNumber,
        path: &[u8],
        how: OpenHow,
        now_ns: u64,
    ) -> Result<InodeNumber> {
        if how.create && how.directory {
            return Err(Errno::Invalid);
        }
        let follow = if how.no_follow || (how.create && how.exclusive) {
            FollowLast::No
        } else {
            FollowLast::Yes
        };
        if !how.create {
            let inode = self.lookup(from, path, follow)?;
            return self.open_existing(inode, how, now_ns);
        }
        let place = self.resolve(from, path, Wanted::Name(follow))?;
        match place.inode {
            // A file cannot be made there, nor what is there be one.
            _ if place.slash && matches!(place.last, Last::Name(_)) => Err(Errno::IsDirectory),
            Some(inode) => self.open_existing(inode, how, now_ns),
            None => self.open_new(&place, how, now_ns),
        }
    }

    fn open_existing(
        &mut self,
        number: InodeNumber,
        how: OpenHow,
        now_ns: u64,
    ) -> Result<InodeNumber> {
        if how.create && how.exclusive {
            return Err(Errno::Exists);
        }
        let inode = self.inode(number)?;
        let is_file = match inode.kind {
            Kind::Symlink(_) if how.directory => return Err(Errno::NotDirectory),
            Kind::Symlink(_) => return Err(Errno::Loop),
            Kind::Directory { .. } if how.write || how.create || how.truncate => {
                return Err(Errno::IsDirectory);
            }
            Kind::Directory { .. } => false,
            _ if how.directory => return Err(Errno::NotDirectory),
            Kind::File(_) | Kind::Pinned(_) => true,
            Kind::Device(_) | Kind::Fifo => false,
        };
        let writes = how.write || (how.truncate && is_file);
        let wanted = if how.read { READ } else { 0 } | if writes { WRITE } else { 0 };
        if inode.mode & wanted != wanted {
            return Err(Errno::Access);
        }
        if how.truncate && is_file {
            self.set_size(number, 0, now_ns)?;
        }
        Ok(number)
    }

    fn open_new(&mut self, place: &Place, how: OpenHow, now_ns: u64) -> Result<InodeNumber> {
        let file = Inode::new(Kind::File(Content::default()), how.mode & 0o7777, now_ns);
        self.make(place, file)
    }

    /// Makes a directory.
    pub fn make_directory(
        &mut self,
        from: InodeNumber,
        path: &[u8],
        mode: u16,
        now_ns: u64,
    ) -> Result<InodeNumber> {
        let place = self.resolve(from, path, Wanted::Name(FollowLast::No))?;
        if place.inode.is_some() {
            return Err(Errno::Exists);
        }
        self.check_depth(place.directory)?;
        let kind = Kind::Directory {
            entries: Entries::default(),
            directories: 0,
        };
        self.make(&place, Inode::new(kind, mode & 0o7777, now_ns))
    }

    /// Makes a directory of mode 0755 and every missing one above it, as `mkdir -p` does.
    pub fn make_directories(&mut self, path: &[u8], now_ns: u64) -> Result<InodeNumber> {
        let mut current = InodeNumber::ROOT;
        for name in path
            .split(|byte| *byte == b'/')
            .filter(|name| !name.is_empty())
        {
            current = match self.make_directory(current, name, 0o755, now_ns) {
                Err(Errno::Exists) => self.lookup(current, name, FollowLast::Yes)?,
                made => made?,
            };
            self.entries(current)?;
        }
        Ok(current)
    }

    /// Makes a symbolic link.
    pub fn make_symlink(
        &mut self,
        target: &[u8],
        from: InodeNumber,
        path: &[u8],
        now_ns: u64,
    ) -> Result<InodeNumber> {
        check_path(target)?;
        self.make_special(from, path, Kind::Symlink(target.into()), 0o777, now_ns)
    }

    /// Makes a device file.
    pub fn make_device(
        &mut self,
        device: Device,
        from: InodeNumber,
        path: &[u8],
        now_ns: u64,
    ) -> Result<InodeNumber> {
        self.make_special(from, path, Kind::Device(device), 0o666, now_ns)
    }

    /// Makes a named pipe.
    pub fn make_fifo(
        &mut self,
        from: InodeNumber,
        path: &[u8],
        mode: u16,
        now_ns: u64,
    ) -> Result<InodeNumber> {
        self.make_special(from, path, Kind::Fifo, mode & 0o7777, now_ns)
    }

    /// Enters a pinned executable under a name.
    pub fn make_pinned(
        &mut self,
        pinned: Pinned,
        from: InodeNumber,
        path: &[u8],
        now_ns: u64,
    ) -> Result<InodeNumber> {
        self.make_special(from, path, Kind::Pinned(pinned), 0o755, now_ns)
    }

    /// Gives what `old` names a second name.
    pub fn link(
        &mut self,
        (old_from, old): (InodeNumber, &[u8]),
        follow: FollowLast,
        (new_from, new): (InodeNumber, &[u8]),
        now_ns: u64,
    ) -> Result<()> {
        let number = self.lookup(old_from, old, follow)?;
        let place = self.resolve(new_from, new, Wanted::Name(FollowLast::No))?;
        if place.inode.is_some() {
            return Err(Errno::Exists);
        }
        let name = new_name(&place)?;
        self.check_change(place.directory)?;
        let inode = self.inode(number)?;
        if inode.is_directory() {
            return Err(Errno::NotPermitted);
        }
        if inode.parents.len() >= LINKS_MAX {
            return Err(Errno::TooManyLinks);
        }
        if entry_bytes(name) > self.bytes_left() {
            return Err(Errno::NoSpace);
        }
        self.attach(place.directory, name, number, now_ns)
    }

    /// Removes a name that is no directory's.
    pub fn unlink(&mut self, from: InodeNumber, path: &[u8], now_ns: u64) -> Result<()> {
        let place = self.resolve(from, path, Wanted::Name(FollowLast::No))?;
        let Last::Name(name) = &place.last else {
            return Err(Errno::IsDirectory);
        };
        let is_directory = self.inode(place.existing()?)?.is_directory();
        match (place.slash, is_directory) {
            (true, false) => return Err(Errno::NotDirectory),
            (true, true) => return Err(Errno::IsDirectory),
            (false, _) => self.check_change(place.directory)?,
        }
        if is_directory {
            return Err(Errno::IsDirectory);
        }
        self.remove_entry(place.directory, name, now_ns)
    }

    /// Removes an empty directory.
    pub fn remove_directory(&mut self, from: InodeNumber, path: &[u8], now_ns: u64) -> Result<()> {
        let place = self.resolve(from, path, Wanted::Name(FollowLast::No))?;
        let name = match &place.last {
            Last::Name(name) => name,
            Last::Root => return Err(Errno::Busy),
            Last::Dot => return Err(Errno::Invalid),
            Last::DotDot => return Err(Errno::NotEmpty),
        };
        let number = place.existing()?;
        if self.is_view(number) {
            return Err(Errno::Busy);
        }
        self.check_change(place.directory)?;
        if !self.entries(number)?.is_empty() {
            return Err(Errno::NotEmpty);
        }
        self.remove_entry(place.directory, name, now_ns)
    }

    /// Moves what `old` names to `new`, replacing what is there, as `renameat(2)` does.
    pub fn rename(
        &mut self,
        (old_from, old): (InodeNumber, &[u8]),
        (new_from, new): (InodeNumber, &[u8]),
        now_ns: u64,
    ) -> Result<()> {
        let source = self.resolve(old_from, old, Wanted::Name(FollowLast::No))?;
        let target = self.resolve(new_from, new, Wanted::Name(FollowLast::No))?;
        let (Last::Name(old_name), Last::Name(new_name)) = (&source.last, &target.last) else {
            return Err(Errno::Busy);
        };
        let moved = source.existing()?;
        if self.is_view(moved) || target.inode.is_some_and(|inode| self.is_view(inode)) {
            return Err(Errno::Busy);
        }
        let moves_directory = self.inode(moved)?.is_directory();
        if !moves_directory && (source.slash || target.slash) {
            return Err(Errno::NotDirectory);
        }
        let elsewhere = source.directory != target.directory;
        if elsewhere && moves_directory {
            if self.stands_in(target.directory, moved)? {
                return Err(Errno::Invalid);
            }
            self.check_depth_of(moved, target.directory)?;
        }
        if elsewhere && self.holds(target.inode, source.directory)? {
            return Err(Errno::NotEmpty);
        }
        if target.inode == Some(moved) {
            return Ok(());
        }
        self.check_change(source.directory)?;
        self.check_change(target.directory)?;
        self.check_replace(target.inode, moved, elsewhere)?;
        if target.inode.is_some() {
            self.remove_entry(target.directory, new_name, now_ns)?;
        } else if entry_bytes(new_name) > self.bytes_left() + entry_bytes(old_name) {
            return Err(Errno::NoSpace);
        }
        self.detach(source.directory, old_name, now_ns)?;
        self.attach(target.directory, new_name, moved, now_ns)
    }

    /// The target of a symbolic link.
    pub fn read_link(&self, from: InodeNumber, path: &[u8]) -> Result<&[u8]> {
        let number = self.lookup(from, path, FollowLast::No)?;
        match self.kind(number)? {
            Kind::Symlink(target) => Ok(target),
            _ => Err(Errno::Invalid),
        }
    }

    fn make_special(
        &mut self,
        from: InodeNumber,
        path: &[u8],
        kind: Kind,
        mode: u16,
        now_ns: u64,
    ) -> Result<InodeNumber> {
        let place = self.resolve(from, path, Wanted::Name(FollowLast::No))?;
        if place.inode.is_some() {
            return Err(Errno::Exists);
        }
        new_name(&place)?;
        self.make(&place, Inode::new(kind, mode, now_ns))
    }

    /// Enters a new inode at a place that is free.
    fn make(&mut self, place: &Place, inode: Inode) -> Result<InodeNumber> {
        let Last::Name(name) = &place.last else {
            return Err(Errno::Exists);
        };
        self.check_change(place.directory)?;
        self.add(place.directory, name, inode)
    }

    /// Strikes out a name; the caller checked that it may go.
    fn remove_entry(&mut self, directory: InodeNumber, name: &[u8], now_ns: u64) -> Result<()> {
        let number = self.detach(directory, name, now_ns)?;
        self.free_if_gone(number);
        Ok(())
    }

    /// Whether entries of this directory may be made and removed.
    fn check_change(&self, directory: InodeNumber) -> Result<()> {
        let inode = self.inode(directory)?;
        if inode.parents.is_empty() {
            return Err(Errno::NoEntry);
        }
        if inode.mode & (WRITE | SEARCH) != WRITE | SEARCH {
            return Err(Errno::Access);
        }
        Ok(())
    }

    /// Whether `moved` may take the place of what stands where it goes, if anything does.
    fn check_replace(
        &self,
        replaced: Option<InodeNumber>,
        moved: InodeNumber,
        elsewhere: bool,
    ) -> Result<()> {
        let moved = self.inode(moved)?;
        let replaced = replaced.map(|replaced| self.inode(replaced)).transpose()?;
        match replaced.map(Inode::is_directory) {
            Some(true) if !moved.is_directory() => return Err(Errno::IsDirectory),
            Some(false) if moved.is_directory() => return Err(Errno::NotDirectory),
            _ => {}
        }
        // Another parent is another `..`: a change of the directory itself.
        if elsewhere && moved.is_directory() && moved.mode & WRITE == 0 {
            return Err(Errno::Access);
        }
        match replaced.map(|replaced| &replaced.kind) {
            Some(Kind::Directory { entries, .. }) if !entries.is_empty() => Err(Errno::NotEmpty),
            _ => Ok(()),
        }
    }

    /// Whether `directory` stands below what may be a directory, or is it.
    fn holds(&self, ancestor: Option<InodeNumber>, directory: InodeNumber) -> Result<bool> {
        match ancestor {
            Some(ancestor) if self.inode(ancestor)?.is_directory() => {
                self.stands_in(directory, ancestor)
            }
            _ => Ok(false),
        }
    }

    fn check_depth(&self, directory: InodeNumber) -> Result<()> {
        self.stands_in(directory, InodeNumber(0)).map(drop)
    }

    /// Checks that nothing below `moved` would stand too deep if `moved` stood in `directory`.
    fn check_depth_of(&self, moved: InodeNumber, directory: InodeNumber) -> Result<()> {
        let mut above = 0;
        let mut current = directory;
        while let Ok(parent) = self.parent(current)
            && parent != current
        {
            above += 1;
            current = parent;
        }
        let mut pending = vec![(moved, above + 1)];
        while let Some((inode, depth)) = pending.pop() {
            if depth > DEPTH_MAX {
                return Err(Errno::NameTooLong);
            }
            let Kind::Directory {
                entries,
                directories,
            } = self.kind(inode)?
            else {
                continue;
            };
            if *directories > 0 {
                self.note_work(entries.len() as u64);
                pending.extend(entries.iter().map(|(_, inode)| (inode, depth + 1)));
            }
        }
        Ok(())
    }

    /// Whether `directory` is `ancestor` or stands below it. Too deep a nesting is `ENAMETOOLONG`:
    /// the walk up has a bound.
    fn stands_in(&self, mut directory: InodeNumber, ancestor: InodeNumber) -> Result<bool> {
        for _ in 0..DEPTH_MAX {
            self.note_work(1);
            if directory == ancestor {
                return Ok(true);
            }
            match self.parent(directory) {
                Ok(parent) if parent != directory => directory = parent,
                // The root, or a directory that was removed.
                _ => return Ok(false),
            }
        }
        Err(Errno::NameTooLong)
    }
}

/// The name under which something that is no directory can be made.
fn new_name(place: &Place) -> Result<&[u8]> {
    match &place.last {
        Last::Name(_) if place.slash => Err(Errno::NoEntry),
        Last::Name(name) => Ok(name),
        _ => Err(Errno::Exists),
    }
}

//! The tree itself: the inode table, what it costs, and operations on one inode.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::content::Content;
use super::entries::Entries;
use super::inode::{FileType, Inode, InodeNumber, Kind, Times};
use super::sparse::Sparse;
use super::view::View;
use crate::digest::{Digest, Fields};
use crate::limits::{DEPTH_MAX, ENTRY_BYTES, INODE_BYTES, Limits};
use crate::machine::errno::{Errno, Result};

/// A persistent file tree; cloning it is O(1).
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) inodes: Sparse<Inode>,
    next_inode: u64,
    inode_count: u64,
    bytes: u64,
    /// How often each inode is open: an open file lives on without a name.
    held: BTreeMap<InodeNumber, u32>,
    limits: TreeLimits,
    work: Work,
    pub(super) view: View,
}

/// Steps taken in looking things up that nobody has paid for yet. It is no part of what the tree is.
#[derive(Debug, Default)]
struct Work(AtomicU64);

impl Clone for Work {
    fn clone(&self) -> Self {
        Work(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}

/// The bounds of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeLimits {
    /// Content, names and inodes together, in bytes.
    pub bytes_max: u64,
    /// Inodes.
    pub inodes_max: u64,
    /// Apparent size of one file, in bytes.
    pub file_bytes_max: u64,
}

/// What `stat` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// `st_ino`.
    pub inode: InodeNumber,
    /// The kind of file in `st_mode`.
    pub file_type: FileType,
    /// The permission bits of `st_mode`.
    pub mode: u16,
    /// `st_nlink`.
    pub links: u64,
    /// `st_size`, in bytes.
    pub size: u64,
    /// `st_atim`, `st_mtim`, `st_ctim`.
    pub times: Times,
}

/// A new value of an inode's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewTime {
    /// As it was: `UTIME_OMIT`.
    Keep,
    /// The machine's time: `UTIME_NOW`.
    Now,
    /// This one, in nanoseconds since 1970.
    At(u64),
}

impl From<&Limits> for TreeLimits {
    fn from(limits: &Limits) -> Self {
        TreeLimits {
            bytes_max: limits.tree_bytes_max,
            inodes_max: limits.inodes_max,
            file_bytes_max: limits.file_bytes_max,
        }
    }
}

impl Tree {
    /// A tree of nothing but its root directory, of mode 0755.
    pub fn new(limits: TreeLimits, now_ns: u64) -> Tree {
        let mut root = Inode::new(
            Kind::Directory {
                entries: Entries::default(),
                directories: 0,
            },
            0o755,
            now_ns,
        );
        root.parents.push(InodeNumber::ROOT);
        let mut inodes = Sparse::default();
        inodes.insert(InodeNumber::ROOT.0, root);
        Tree {
            inodes,
            next_inode: InodeNumber::ROOT.0 + 1,
            inode_count: 1,
            bytes: INODE_BYTES,
            held: BTreeMap::new(),
            limits,
            work: Work::default(),
            view: View::default(),
        }
    }

    /// The Merkle digest of everything a guest can learn of the tree. After a change it costs what changed.
    pub fn digest(&self) -> Digest {
        Fields::of("isobox.tree")
            .number(self.next_inode)
            .digest(self.inodes.digest())
            .finish()
    }

    /// What the tree's content, names and inodes count for, in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many inodes there are.
    pub fn inode_count(&self) -> u64 {
        self.inode_count
    }

    /// The bounds the tree keeps.
    pub fn limits(&self) -> TreeLimits {
        self.limits
    }

    /// Exchanges the bounds. What is there already stays, also above them.
    pub fn set_limits(&mut self, limits: TreeLimits) {
        self.limits = limits;
    }

    /// Notes steps of a lookup, so that they can be paid for.
    pub fn note_work(&self, steps: u64) {
        self.work.0.fetch_add(steps, Ordering::Relaxed);
    }

    /// The steps noted since this was last asked.
    pub fn take_work(&self) -> u64 {
        self.work.0.swap(0, Ordering::Relaxed)
    }

    /// What `stat` tells of an inode.
    pub fn stat(&self, number: InodeNumber) -> Result<Stat> {
        let inode = self.inode(number)?;
        Ok(Stat {
            inode: number,
            file_type: inode.file_type(),
            mode: inode.mode,
            links: inode.links(),
            size: inode.size(),
            times: inode.times,
        })
    }

    /// What an inode is, with its data.
    pub fn kind(&self, number: InodeNumber) -> Result<&Kind> {
        Ok(&self.inode(number)?.kind)
    }

    /// The entries of a directory.
    pub fn entries(&self, directory: InodeNumber) -> Result<&Entries> {
        let inode = match self.view.directory(directory) {
            Some(shown) => shown?,
            None => self.inode(directory)?,
        };
        match &inode.kind {
            Kind::Directory { entries, .. } => Ok(entries),
            _ => Err(Errno::NotDirectory),
        }
    }

    /// The directory that holds this directory; the root holds itself.
    pub fn parent(&self, directory: InodeNumber) -> Result<InodeNumber> {
        let inode = self.inode(directory)?;
        inode.parents.first().copied().ok_or(Errno::NoEntry)
    }

    /// A path to an inode that stands somewhere: of several the one in the directory that it was entered in first.
    pub fn path_of(&self, number: InodeNumber) -> Option<Vec<u8>> {
        let mut names = Vec::new();
        let mut current = number;
        for _ in 0..DEPTH_MAX {
            if current == InodeNumber::ROOT {
                let path: Vec<u8> = names
                    .iter()
                    .rev()
                    .flat_map(|name: &&[u8]| [b"/", *name].concat())
                    .collect();
                return Some(if path.is_empty() { b"/".to_vec() } else { path });
            }
            let parent = *self.inode(current).ok()?.parents.first()?;
            let entries = self.entries(parent).ok()?;
            self.note_work(entries.len() as u64);
            names.push(entries.iter().find(|(_, inode)| *inode == current)?.0);
            current = parent;
        }
        None
    }

    /// The content of a regular file.
    pub fn content(&self, file: InodeNumber) -> Result<Content> {
        match self.kind(file)? {
            Kind::File(content) => Ok(content.clone()),
            Kind::Pinned(pinned) => Ok(pinned.source.content()),
            Kind::Directory { .. } => Err(Errno::IsDirectory),
            Kind::Symlink(_) | Kind::Device(_) | Kind::Fifo => Err(Errno::Invalid),
        }
    }

    /// Copies out bytes of a regular file.
    pub fn read(&self, file: InodeNumber, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        match self.kind(file)? {
            Kind::File(content) => Ok(content.read(offset, buffer)),
            _ => Ok(self.content(file)?.read(offset, buffer)),
        }
    }

    /// Writes as many of the bytes as there is room for; none at all is `ENOSPC` or `EFBIG`.
    pub fn write(
        &mut self,
        file: InodeNumber,
        offset: u64,
        data: &[u8],
        now_ns: u64,
    ) -> Result<usize> {
        if data.is_empty() {
            return Ok(0);
        }
        self.unpin(file, u64::MAX)?;
        let size = self.stat(file)?.size;
        let end_max = self.size_max(size);
        if offset >= end_max {
            return Err(self.why_no_larger(offset.saturating_add(1)));
        }
        let length = data.len().min((end_max - offset) as usize);
        let end = offset + length as u64;
        self.writable_content(file)?.write(offset, &data[..length]);
        self.bytes += end.saturating_sub(size);
        self.touch(file, now_ns);
        Ok(length)
    }

    /// Cuts a regular file, or lets it grow by a hole.
    pub fn set_size(&mut self, file: InodeNumber, size: u64, now_ns: u64) -> Result<()> {
        self.unpin(file, size)?;
        let old = self.stat(file)?.size;
        if size > self.size_max(old) {
            return Err(self.why_no_larger(size));
        }
        self.writable_content(file)?.set_size(size);
        self.bytes = self.bytes - old + size;
        self.touch(file, now_ns);
        Ok(())
    }

    /// Sets the times of last access and modification. To keep both changes nothing.
    pub fn set_times(
        &mut self,
        number: InodeNumber,
        accessed: NewTime,
        modified: NewTime,
        now_ns: u64,
    ) -> Result<()> {
        if (accessed, modified) == (NewTime::Keep, NewTime::Keep) {
            return self.inode(number).map(drop);
        }
        let inode = self.inode_mut(number)?;
        let value = |new: NewTime, old: u64| match new {
            NewTime::Keep => old,
            NewTime::Now => now_ns,
            NewTime::At(time_ns) => time_ns,
        };
        inode.times = Times {
            accessed_ns: value(accessed, inode.times.accessed_ns),
            modified_ns: value(modified, inode.times.modified_ns),
            changed_ns: now_ns,
        };
        Ok(())
    }

    /// Sets the 12 permission bits.
    pub fn set_mode(&mut self, number: InodeNumber, mode: u16, now_ns: u64) -> Result<()> {
        let inode = self.inode_mut(number)?;
        inode.mode = mode & 0o7777;
        inode.times.changed_ns = now_ns;
        Ok(())
    }

    /// Notes that an inode was opened once more: it outlives its names until it is released.
    pub fn hold(&mut self, number: InodeNumber) {
        *self.held.entry(number).or_default() += 1;
    }

    /// Notes that an inode was closed once; the last to close a file without names frees it.
    pub fn release(&mut self, number: InodeNumber) {
        if let Some(count) = self.held.get_mut(&number) {
            *count -= 1;
            if *count == 0 {
                self.held.remove(&number);
                self.free_if_gone(number);
            }
        }
    }

    pub(super) fn inode(&self, number: InodeNumber) -> Result<&Inode> {
        if self.is_shown(number) {
            return self.view.inode(number);
        }
        self.inodes.get(number.0).ok_or(Errno::NoEntry)
    }

    /// An inode for change: its digest is forgotten.
    pub(super) fn inode_mut(&mut self, number: InodeNumber) -> Result<&mut Inode> {
        if self.is_view(number) {
            return Err(Errno::NotPermitted);
        }
        let inode = self.inodes.get_mut(number.0).ok_or(Errno::NoEntry)?;
        inode.digest.take();
        Ok(inode)
    }

    pub(super) fn entries_mut(
        &mut self,
        directory: InodeNumber,
    ) -> Result<(&mut Entries, &mut u32)> {
        match &mut self.inode_mut(directory)?.kind {
            Kind::Directory {
                entries,
                directories,
            } => Ok((entries, directories)),
            _ => Err(Errno::NotDirectory),
        }
    }

    /// Puts a new inode under a name that is free.
    pub(super) fn add(
        &mut self,
        directory: InodeNumber,
        name: &[u8],
        inode: Inode,
    ) -> Result<InodeNumber> {
        let content_bytes = own_bytes(&inode);
        let bytes = INODE_BYTES + content_bytes + entry_bytes(name);
        if self.inode_count >= self.limits.inodes_max || bytes > self.bytes_left() {
            return Err(Errno::NoSpace);
        }
        let number = InodeNumber(self.next_inode);
        let now_ns = inode.times.changed_ns;
        self.next_inode += 1;
        self.inode_count += 1;
        self.bytes += INODE_BYTES + content_bytes;
        self.inodes.insert(number.0, inode);
        self.attach(directory, name, number, now_ns)?;
        Ok(number)
    }

    /// Enters a name; the caller made sure that it is free and that there is room.
    pub(super) fn attach(
        &mut self,
        directory: InodeNumber,
        name: &[u8],
        number: InodeNumber,
        now_ns: u64,
    ) -> Result<()> {
        let inode = self.inode_mut(number)?;
        inode.parents.push(directory);
        inode.times.changed_ns = now_ns;
        let is_directory = inode.is_directory();
        let (entries, directories) = self.entries_mut(directory)?;
        entries.insert(name, number);
        *directories += u32::from(is_directory);
        self.bytes += entry_bytes(name);
        self.touch(directory, now_ns);
        Ok(())
    }

    /// Strikes out a name; the inode goes with its last name unless it is open.
    pub(super) fn detach(
        &mut self,
        directory: InodeNumber,
        name: &[u8],
        now_ns: u64,
    ) -> Result<InodeNumber> {
        let (entries, _) = self.entries_mut(directory)?;
        let number = entries.remove(name).ok_or(Errno::NoEntry)?;
        let inode = self.inode_mut(number)?;
        if let Some(position) = inode.parents.iter().position(|parent| *parent == directory) {
            inode.parents.swap_remove(position);
        }
        inode.times.changed_ns = now_ns;
        let is_directory = inode.is_directory();
        *self.entries_mut(directory)?.1 -= u32::from(is_directory);
        self.bytes -= entry_bytes(name);
        self.touch(directory, now_ns);
        Ok(number)
    }

    pub(super) fn free_if_gone(&mut self, number: InodeNumber) {
        if self.is_view(number) {
            return;
        }
        let gone = self
            .inode(number)
            .is_ok_and(|inode| inode.parents.is_empty());
        if gone && !self.held.contains_key(&number) {
            let bytes = self.inode(number).map_or(0, own_bytes);
            self.inodes.remove(number.0);
            self.inode_count -= 1;
            self.bytes -= INODE_BYTES + bytes;
        }
    }

    pub(super) fn bytes_left(&self) -> u64 {
        self.limits.bytes_max.saturating_sub(self.bytes)
    }

    /// How large a file of this size may become; what it is already, it may stay.
    fn size_max(&self, size: u64) -> u64 {
        let room = size.saturating_add(self.bytes_left());
        room.min(self.limits.file_bytes_max).max(size)
    }

    fn why_no_larger(&self, size: u64) -> Errno {
        if size > self.limits.file_bytes_max {
            Errno::FileTooBig
        } else {
            Errno::NoSpace
        }
    }

    /// Makes a pinned file an ordinary one, of which no more than `size` is wanted.
    fn unpin(&mut self, file: InodeNumber, size: u64) -> Result<()> {
        let Kind::Pinned(pinned) = self.kind(file)? else {
            return Ok(());
        };
        let kept = size.min(pinned.size);
        if kept > self.bytes_left() {
            return Err(Errno::NoSpace);
        }
        let content = if kept == 0 {
            Content::default()
        } else {
            let mut content = pinned.source.content();
            content.set_size(kept);
            content
        };
        self.bytes += kept;
        self.inode_mut(file)?.kind = Kind::File(content);
        Ok(())
    }

    /// A regular file's content for change.
    fn writable_content(&mut self, file: InodeNumber) -> Result<&mut Content> {
        match &mut self.inode_mut(file)?.kind {
            Kind::File(content) => Ok(content),
            Kind::Directory { .. } => Err(Errno::IsDirectory),
            _ => Err(Errno::Invalid),
        }
    }

    fn touch(&mut self, number: InodeNumber, now_ns: u64) {
        if let Ok(inode) = self.inode_mut(number) {
            inode.times.modified_ns = now_ns;
            inode.times.changed_ns = now_ns;
        }
    }
}

pub(super) fn entry_bytes(name: &[u8]) -> u64 {
    ENTRY_BYTES + name.len() as u64
}

/// What an inode's own data counts for; pinned executables belong to the runtime.
fn own_bytes(inode: &Inode) -> u64 {
    match &inode.kind {
        Kind::File(content) => content.size(),
        Kind::Symlink(target) => target.len() as u64,
        Kind::Pinned(_) | Kind::Directory { .. } | Kind::Device(_) | Kind::Fifo => 0,
    }
}

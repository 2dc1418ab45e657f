//! A directory whose entries are made when somebody looks: `/proc`. They count for nothing, neither in digests nor in
//! changes nor in what the tree may hold, and nobody can change them.
//!
//! Whoever meets one that was not made yet gets `ENOENT`, and the tree remembers which; it is made then, and the operation
//! tried once more.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::inode::{FileType, Inode, InodeNumber, Kind};
use super::tree::Tree;
use crate::machine::errno::{Errno, Result};

/// Inode numbers from here on are the view's; no tree holds so many of its own.
const VIEW_BASE: u64 = 1 << 62;

/// Where a number of the view says what kind of file it is.
const TYPE_SHIFT: u32 = 60;

/// What the view shows, for the length of one host call.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// The directory whose entries it makes.
    at: Option<InodeNumber>,
    /// Whether it makes them now; else the directory is empty.
    is_offered: bool,
    shown: BTreeMap<InodeNumber, Inode>,
    /// Where links lead that lead to what no path names.
    behind: BTreeMap<InodeNumber, InodeNumber>,
    wanted: Wanted,
}

/// The inode that was looked for and is to be made; 0 is none.
#[derive(Debug, Default)]
struct Wanted(AtomicU64);

impl Clone for Wanted {
    fn clone(&self) -> Self {
        Wanted(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}

/// The number of something in the view: its kind, and what tells it from others of that kind.
pub fn view_number(file_type: FileType, name: u64) -> InodeNumber {
    let kind = match file_type {
        FileType::Regular | FileType::Fifo => 0,
        FileType::Directory => 1,
        FileType::Symlink => 2,
        FileType::CharacterDevice => 3,
    };
    InodeNumber(VIEW_BASE | kind << TYPE_SHIFT | name)
}

/// What tells something in the view from others of its kind; none for what is not in it.
pub fn view_name(number: InodeNumber) -> Option<u64> {
    (number.0 >= VIEW_BASE).then_some(number.0 & ((1 << TYPE_SHIFT) - 1))
}

impl View {
    fn want(&self, number: InodeNumber) -> Errno {
        self.wanted.0.store(number.0, Ordering::Relaxed);
        Errno::NoEntry
    }

    /// What is shown under a number.
    pub fn inode(&self, number: InodeNumber) -> Result<&Inode> {
        match self.shown.get(&number) {
            Some(inode) => Ok(inode),
            None if self.is_offered => Err(self.want(number)),
            None => Err(Errno::NoEntry),
        }
    }

    /// The directory as it is shown, if this is the one, and the view makes it now.
    pub fn directory(&self, number: InodeNumber) -> Option<Result<&Inode>> {
        (self.at == Some(number) && self.is_offered).then(|| self.inode(number))
    }
}

impl Tree {
    /// Makes a directory the one that shows the view; nothing can be done to it from then on.
    pub fn place_view(&mut self, at: InodeNumber) {
        self.view.at = Some(at);
    }

    /// The directory that shows the view.
    pub fn view_place(&self) -> Option<InodeNumber> {
        self.view.at
    }

    /// Begins or ends to make what is looked for.
    pub fn offer_view(&mut self, is_offered: bool) {
        self.view.is_offered = is_offered;
        self.hide_view();
    }

    /// What was looked for since this was last asked, and has to be made.
    pub fn take_wanted(&self) -> Option<InodeNumber> {
        let wanted = self.view.wanted.0.swap(0, Ordering::Relaxed);
        (wanted > 0).then_some(InodeNumber(wanted))
    }

    /// Shows something until the view is hidden. `parent` is the directory that lists it; `behind` is where it leads, if it
    /// is a link to what no path names.
    pub fn show(
        &mut self,
        number: InodeNumber,
        kind: Kind,
        parent: InodeNumber,
        behind: Option<InodeNumber>,
        now_ns: u64,
    ) {
        let mode = match kind {
            Kind::Directory { .. } => 0o555,
            Kind::Symlink(_) => 0o777,
            Kind::Device(_) => 0o666,
            _ => 0o444,
        };
        let mut inode = Inode::new(kind, mode, now_ns);
        inode.parents.push(parent);
        self.view.shown.insert(number, inode);
        if let Some(behind) = behind {
            self.view.behind.insert(number, behind);
        }
    }

    /// Forgets what is shown.
    pub fn hide_view(&mut self) {
        self.view.shown.clear();
        self.view.behind.clear();
        self.view.wanted.0.store(0, Ordering::Relaxed);
    }

    /// The kind of file an inode is, which for a listing need not be made.
    pub fn file_type(&self, number: InodeNumber) -> Result<FileType> {
        if !self.is_view(number) || Some(number) == self.view.at {
            return Ok(self.stat(number)?.file_type);
        }
        Ok(match number.0 >> TYPE_SHIFT & 0b11 {
            0 => FileType::Regular,
            1 => FileType::Directory,
            2 => FileType::Symlink,
            _ => FileType::CharacterDevice,
        })
    }

    /// Where a link of the view leads that leads to what no path names.
    pub(super) fn behind(&self, link: InodeNumber) -> Option<InodeNumber> {
        self.view.behind.get(&link).copied()
    }

    /// Whether this is shown by the view, or the directory that shows it: nobody can change it.
    pub(super) fn is_view(&self, number: InodeNumber) -> bool {
        number.0 >= VIEW_BASE || self.view.at == Some(number)
    }

    /// Whether this is in the view.
    pub(super) fn is_shown(&self, number: InodeNumber) -> bool {
        number.0 >= VIEW_BASE
    }
}

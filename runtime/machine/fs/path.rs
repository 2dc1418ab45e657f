//! From a path to a place in the tree, by POSIX's rules.

use std::borrow::Cow;

use super::inode::{InodeNumber, Kind};
use super::tree::Tree;
use crate::limits::{NAME_BYTES_MAX, PATH_BYTES_MAX, SYMLINK_HOPS_MAX};
use crate::machine::errno::{Errno, Result};

/// Whether a symbolic link at the end of a path is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowLast {
    /// As `stat` does.
    Yes,
    /// As `lstat` does.
    No,
}

/// What a path is resolved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What stands there: a slash at the end leads through a symbolic link, and only to a directory.
    Inode(FollowLast),
    /// The name itself, to be made, changed or removed: a slash at the end is told, and leads nowhere.
    Name(FollowLast),
}

/// Where a path ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The directory that holds, or would hold, the last name.
    pub directory: InodeNumber,
    pub last: Last,
    /// What stands there, if anything does.
    pub inode: Option<InodeNumber>,
    /// The path ended in a slash.
    pub slash: bool,
}

/// The last component of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Last {
    Name(Vec<u8>),
    /// `/` alone.
    Root,
    Dot,
    DotDot,
}

impl Place {
    /// What stands there, or `ENOENT`.
    pub fn existing(&self) -> Result<InodeNumber> {
        self.inode.ok_or(Errno::NoEntry)
    }
}

impl Tree {
    /// The inode a path leads to, seen from a directory.
    pub fn lookup(
        &self,
        from: InodeNumber,
        path: &[u8],
        follow: FollowLast,
    ) -> Result<InodeNumber> {
        self.resolve(from, path, Wanted::Inode(follow))?.existing()
    }

    /// Where a path leads, seen from a directory; only its last name may be missing.
    pub(super) fn resolve(&self, from: InodeNumber, path: &[u8], wanted: Wanted) -> Result<Place> {
        check_path(path)?;
        let mut rest = Cow::Borrowed(path);
        let mut current = from;
        let mut hops = 0;
        loop {
            match self.walk(&mut current, &rest, wanted)? {
                Walked::Arrived(place) => return Ok(place),
                Walked::Link { target, after } => {
                    hops += 1;
                    if hops > SYMLINK_HOPS_MAX {
                        return Err(Errno::Loop);
                    }
                    rest = Cow::Owned([target, after].concat());
                }
            }
        }
    }

    /// Walks until the path ends or a symbolic link has to be followed.
    fn walk<'a>(
        &'a self,
        current: &mut InodeNumber,
        path: &'a [u8],
        wanted: Wanted,
    ) -> Result<Walked<'a>> {
        if path.first() == Some(&b'/') {
            *current = InodeNumber::ROOT;
        }
        let mut rest = strip_slashes(path);
        if rest.is_empty() {
            return Ok(Walked::Arrived(place_of_directory(*current, Last::Root)));
        }
        loop {
            self.note_work(1);
            let end = rest
                .iter()
                .position(|byte| *byte == b'/')
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let next = strip_slashes(after);
            let (is_last, slash) = (next.is_empty(), !after.is_empty());
            let (follow, slash_leads) = match wanted {
                Wanted::Inode(follow) => (follow == FollowLast::Yes, slash),
                Wanted::Name(follow) => (follow == FollowLast::Yes && !slash, false),
            };
            self.check_search(*current)?;
            let inode = match name {
                b"." => *current,
                // A name is wanted, and this is none: where it leads is not asked.
                b".." if is_last && matches!(wanted, Wanted::Name(_)) => *current,
                b".." => self.parent(*current)?,
                _ => {
                    check_name(name)?;
                    let found = self.entries(*current)?.get(name);
                    let place = || Place {
                        directory: *current,
                        last: Last::Name(name.to_vec()),
                        inode: found,
                        slash,
                    };
                    let Some(inode) = found else {
                        return if is_last {
                            Ok(Walked::Arrived(place()))
                        } else {
                            Err(Errno::NoEntry)
                        };
                    };
                    match self.kind(inode)? {
                        Kind::Symlink(target) if !is_last || slash_leads || follow => {
                            if let Some(behind) = self.behind(inode) {
                                if is_last {
                                    return Ok(Walked::Arrived(Place {
                                        inode: Some(behind),
                                        ..place()
                                    }));
                                }
                                *current = behind;
                                rest = next;
                                continue;
                            }
                            return Ok(Walked::Link { target, after });
                        }
                        Kind::Directory { .. } => {}
                        _ if !is_last || slash_leads => return Err(Errno::NotDirectory),
                        _ => {}
                    }
                    if is_last {
                        return Ok(Walked::Arrived(place()));
                    }
                    inode
                }
            };
            if is_last {
                let last = match name {
                    b"." => Last::Dot,
                    _ => Last::DotDot,
                };
                return Ok(Walked::Arrived(place_of_directory(inode, last)));
            }
            *current = inode;
            rest = next;
        }
    }

    /// Whether names may be looked up in this directory.
    fn check_search(&self, directory: InodeNumber) -> Result<()> {
        let inode = self.inode(directory)?;
        if !inode.is_directory() {
            return Err(Errno::NotDirectory);
        }
        if inode.mode & 0o100 == 0 {
            return Err(Errno::Access);
        }
        Ok(())
    }
}

enum Walked<'a> {
    Arrived(Place),
    Link { target: &'a [u8], after: &'a [u8] },
}

fn place_of_directory(inode: InodeNumber, last: Last) -> Place {
    Place {
        directory: inode,
        last,
        inode: Some(inode),
        slash: true,
    }
}

fn strip_slashes(path: &[u8]) -> &[u8] {
    let first = path.iter().position(|byte| *byte != b'/');
    &path[first.unwrap_or(path.len())..]
}

/// Checks that bytes are fit to be a path, or the target of a symbolic link.
pub(super) fn check_path(path: &[u8]) -> Result<()> {
    if path.is_empty() {
        return Err(Errno::NoEntry);
    }
    if path.len() >= PATH_BYTES_MAX {
        return Err(Errno::NameTooLong);
    }
    if path.contains(&0) {
        return Err(Errno::Invalid);
    }
    match std::str::from_utf8(path) {
        Ok(_) => Ok(()),
        Err(_) => Err(Errno::IllegalBytes),
    }
}

fn check_name(name: &[u8]) -> Result<()> {
    if name.len() > NAME_BYTES_MAX {
        return Err(Errno::NameTooLong);
    }
    Ok(())
}

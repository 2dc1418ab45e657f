//! What differs between two trees, by path. It costs what changed, not what there is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::inode::{Inode, InodeNumber, Kind};
use super::tree::Tree;
use crate::limits::{CHANGED_PATHS_MAX, DEPTH_MAX};

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was not there before.
    Created,
    /// It is not there any more.
    Removed,
    /// Its content, target or kind is another.
    Modified,
    /// Its permissions, or its times of access or modification, are others; its content is not.
    Metadata,
}

/// One path that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Change {
    /// Absolute, inside the machine.
    pub path: String,
    /// What happened to it.
    pub kind: ChangeKind,
}

/// What differs between two trees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// In the byte order of the paths.
    pub paths: Vec<Change>,
    /// How many more there are beyond the bound on the list.
    pub omitted: u64,
}

/// Lists what is different in `after`, path by path: how a path came to be what it is has no part in it. A directory
/// counts as changed only when its permissions are others: that its entries changed is told by the entries.
pub fn changes(before: &Tree, after: &Tree) -> Changes {
    let mut listing = Listing {
        before,
        after,
        changed: BTreeMap::new(),
        found: BTreeMap::new(),
        omitted: 0,
    };
    before
        .inodes
        .differences(&after.inodes, &mut |index, old, new| {
            if let (Some(old), Some(new)) = (old, new) {
                listing.compare(InodeNumber(index), old, new);
            }
        });
    listing.note_names();
    let paths = listing
        .found
        .into_iter()
        .map(|(path, kind)| Change {
            path: String::from_utf8_lossy(&path).into_owned(),
            kind,
        })
        .collect();
    Changes {
        paths,
        omitted: listing.omitted,
    }
}

struct Listing<'a> {
    before: &'a Tree,
    after: &'a Tree,
    /// The inodes that differ, under each directory that holds an entry for one now.
    changed: BTreeMap<InodeNumber, BTreeSet<InodeNumber>>,
    found: BTreeMap<Vec<u8>, ChangeKind>,
    omitted: u64,
}

impl Listing<'_> {
    /// Compares an inode that both trees have. What one alone has is found through the entry that leads there.
    fn compare(&mut self, number: InodeNumber, old: &Inode, new: &Inode) {
        if old.is_directory() && new.is_directory() {
            self.compare_entries(number);
        }
        if difference(old, new).is_some() {
            for parent in &new.parents {
                self.changed.entry(*parent).or_default().insert(number);
            }
        }
    }

    fn compare_entries(&mut self, directory: InodeNumber) {
        let (Ok(old), Ok(new)) = (
            self.before.entries(directory),
            self.after.entries(directory),
        ) else {
            return;
        };
        let (before, after) = (self.before, self.after);
        let gone = |(name, inode): &(&[u8], InodeNumber)| new.get(name) != Some(*inode);
        self.note_below(before, directory, old.iter().filter(gone));
        let come = |(name, inode): &(&[u8], InodeNumber)| old.get(name) != Some(*inode);
        self.note_below(after, directory, new.iter().filter(come));
    }

    /// Notes entries of a directory and everything below them.
    fn note_below<'e>(
        &mut self,
        tree: &Tree,
        directory: InodeNumber,
        entries: impl Iterator<Item = (&'e [u8], InodeNumber)>,
    ) {
        let mut entries = entries.peekable();
        if entries.peek().is_none() {
            return;
        }
        let Some(parent) = path_of(tree, directory) else {
            self.omitted += entries.count() as u64;
            return;
        };
        for (name, inode) in entries {
            let mut pending = vec![(join(&parent, name), inode)];
            while let Some((path, inode)) = pending.pop() {
                if let Ok(entries) = tree.entries(inode) {
                    let below = entries
                        .iter()
                        .map(|(name, inode)| (join(&path, name), inode));
                    pending.extend(below);
                }
                if !self.note(path) {
                    self.omitted += pending.len() as u64;
                    break;
                }
            }
        }
    }

    /// Notes every name that a changed inode has now. Each directory is gone through once, however many changed in it.
    fn note_names(&mut self) {
        for (parent, inodes) in std::mem::take(&mut self.changed) {
            if inodes.contains(&InodeNumber::ROOT) {
                self.note(b"/".to_vec());
            }
            let (Some(path), Ok(entries)) =
                (path_of(self.after, parent), self.after.entries(parent))
            else {
                continue;
            };
            for (name, _) in entries.iter().filter(|(_, inode)| inodes.contains(inode)) {
                self.note(join(&path, name));
            }
        }
    }

    /// Notes what happened to one path, if anything did; false when the list is full.
    fn note(&mut self, path: Vec<u8>) -> bool {
        let kind = match (at(self.before, &path), at(self.after, &path)) {
            (Some(old), Some(new)) => difference(old, new),
            (Some(_), None) => Some(ChangeKind::Removed),
            (None, Some(_)) => Some(ChangeKind::Created),
            (None, None) => None,
        };
        let Some(kind) = kind else { return true };
        if self.found.len() >= CHANGED_PATHS_MAX && !self.found.contains_key(&path) {
            self.omitted += 1;
            return false;
        }
        self.found.insert(path, kind);
        true
    }
}

/// What makes one inode differ from another.
fn difference(old: &Inode, new: &Inode) -> Option<ChangeKind> {
    let same = match (&old.kind, &new.kind) {
        (Kind::Directory { .. }, Kind::Directory { .. }) => {
            return (old.mode != new.mode).then_some(ChangeKind::Metadata);
        }
        (Kind::File(old), Kind::File(new)) => old.digest() == new.digest(),
        (Kind::Pinned(old), Kind::Pinned(new)) => old.digest == new.digest,
        (Kind::Symlink(old), Kind::Symlink(new)) => old == new,
        (Kind::Device(old), Kind::Device(new)) => old == new,
        _ => false,
    };
    let times = |inode: &Inode| (inode.times.accessed_ns, inode.times.modified_ns);
    match same {
        false => Some(ChangeKind::Modified),
        true if old.mode != new.mode || times(old) != times(new) => Some(ChangeKind::Metadata),
        true => None,
    }
}

/// What stands at an absolute path without links.
fn at<'a>(tree: &'a Tree, path: &[u8]) -> Option<&'a Inode> {
    let names = path
        .split(|byte| *byte == b'/')
        .filter(|name| !name.is_empty());
    let mut number = InodeNumber::ROOT;
    for name in names {
        number = tree.entries(number).ok()?.get(name)?;
    }
    tree.inode(number).ok()
}

/// The path of a directory; none when it is too deep to be named, or gone.
fn path_of(tree: &Tree, mut directory: InodeNumber) -> Option<Vec<u8>> {
    let mut names = Vec::new();
    while directory != InodeNumber::ROOT {
        let parent = tree.parent(directory).ok()?;
        let entries = tree.entries(parent).ok()?;
        let (name, _) = entries.iter().find(|(_, inode)| *inode == directory)?;
        names.push(name.to_vec());
        directory = parent;
        if names.len() > DEPTH_MAX as usize {
            return None;
        }
    }
    names.reverse();
    Some(
        names
            .iter()
            .flat_map(|name| [b"/", &name[..]].concat())
            .collect(),
    )
}

fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    [directory, b"/", name].concat()
}

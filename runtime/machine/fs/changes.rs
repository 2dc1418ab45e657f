//! What differs between two trees, by path. It costs what changed, not what there is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::entries::Entries;
use super::inode::{Inode, InodeNumber, Kind};
use super::tree::Tree;
use crate::limits::{CHANGED_PATHS_MAX, DEPTH_MAX, PATH_BYTES_MAX};

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
    /// What happened to it.
    pub kind: ChangeKind,
    /// Absolute, inside the machine.
    pub path: String,
}

/// What differs between two trees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// In the byte order of the paths.
    pub paths: Vec<Change>,
    /// How many more were met beyond the bound on the list, or with longer paths than any path may be; what lies
    /// below those is not counted.
    pub omitted: u64,
}

/// Lists what is different in `after`, path by path: how a path came to be what it is has no part in it. A directory
/// counts as changed only when its permissions are others: that its entries changed is told by the entries.
pub fn changes(before: &Tree, after: &Tree) -> Changes {
    let mut listing = Listing {
        before: Paths::new(before),
        after: Paths::new(after),
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
    before: Paths<'a>,
    after: Paths<'a>,
    /// The inodes that differ, under each directory that holds an entry for one now.
    changed: BTreeMap<InodeNumber, BTreeSet<InodeNumber>>,
    found: BTreeMap<Vec<u8>, ChangeKind>,
    omitted: u64,
}

impl<'a> Listing<'a> {
    /// Compares an inode that both trees have. What one alone has is found through the entry that leads there.
    fn compare(&mut self, number: InodeNumber, old: &'a Inode, new: &'a Inode) {
        if let (Kind::Directory { entries: old, .. }, Kind::Directory { entries: new, .. }) =
            (&old.kind, &new.kind)
        {
            self.compare_entries(number, old, new);
        }
        if difference(old, new).is_some() {
            for parent in &new.parents {
                self.changed.entry(*parent).or_default().insert(number);
            }
        }
    }

    fn compare_entries(&mut self, directory: InodeNumber, old: &'a Entries, new: &'a Entries) {
        old.differences(new, &mut |name, was, is| {
            if let Some(inode) = was {
                let path = self.before.path(directory, name);
                self.note_below(self.before.tree, path, inode);
            }
            if let Some(inode) = is {
                let path = self.after.path(directory, name);
                self.note_below(self.after.tree, path, inode);
            }
        });
    }

    /// Notes an entry and everything below it, as long as the list has room.
    fn note_below(&mut self, tree: &Tree, path: Option<Vec<u8>>, inode: InodeNumber) {
        let Some(mut path) = path.filter(|_| self.found.len() < CHANGED_PATHS_MAX) else {
            self.omitted += 1;
            return;
        };
        self.note(path.clone());
        let mut open = Vec::new();
        open.extend(
            tree.entries(inode)
                .map(|entries| (path.len(), entries.iter())),
        );
        while let Some((length, entries)) = open.last_mut() {
            path.truncate(*length);
            let Some((name, inode)) = entries.next() else {
                open.pop();
                continue;
            };
            if path.len() + 1 + name.len() >= PATH_BYTES_MAX
                || self.found.len() >= CHANGED_PATHS_MAX
            {
                self.omitted += 1;
                continue;
            }
            path.push(b'/');
            path.extend_from_slice(name);
            self.note(path.clone());
            open.extend(
                tree.entries(inode)
                    .map(|entries| (path.len(), entries.iter())),
            );
        }
    }

    /// Notes every name that a changed inode has now. Each directory is gone through once, however many changed in it.
    fn note_names(&mut self) {
        let tree = self.after.tree;
        for (parent, inodes) in std::mem::take(&mut self.changed) {
            if inodes.contains(&InodeNumber::ROOT) {
                self.note(b"/".to_vec());
            }
            let Ok(entries) = tree.entries(parent) else {
                continue;
            };
            for (name, _) in entries.iter().filter(|(_, inode)| inodes.contains(inode)) {
                match self.after.path(parent, name) {
                    Some(path) => self.note(path),
                    None => self.omitted += 1,
                }
            }
        }
    }

    /// Notes what happened to one path, if anything did.
    fn note(&mut self, path: Vec<u8>) {
        let kind = match (at(self.before.tree, &path), at(self.after.tree, &path)) {
            (Some(old), Some(new)) => difference(old, new),
            (Some(_), None) => Some(ChangeKind::Removed),
            (None, Some(_)) => Some(ChangeKind::Created),
            (None, None) => None,
        };
        let Some(kind) = kind else { return };
        if self.found.len() >= CHANGED_PATHS_MAX && !self.found.contains_key(&path) {
            self.omitted += 1;
            return;
        }
        self.found.insert(path, kind);
    }
}

/// The paths of a tree's directories, each found once.
struct Paths<'a> {
    tree: &'a Tree,
    known: BTreeMap<InodeNumber, Option<Vec<u8>>>,
    /// The names of the directories in a directory.
    names: BTreeMap<InodeNumber, BTreeMap<InodeNumber, &'a [u8]>>,
}

impl<'a> Paths<'a> {
    fn new(tree: &'a Tree) -> Paths<'a> {
        let root = (InodeNumber::ROOT, Some(Vec::new()));
        Paths {
            tree,
            known: BTreeMap::from([root]),
            names: BTreeMap::new(),
        }
    }

    /// The path of a name in a directory; none when no path is long enough to name it, or the directory is gone.
    fn path(&mut self, directory: InodeNumber, name: &[u8]) -> Option<Vec<u8>> {
        let path = join(self.directory(directory)?, name);
        (path.len() < PATH_BYTES_MAX).then_some(path)
    }

    fn directory(&mut self, directory: InodeNumber) -> Option<&[u8]> {
        let mut unknown = Vec::new();
        let mut current = directory;
        while !self.known.contains_key(&current) {
            unknown.push(current);
            current = match self.tree.parent(current) {
                Ok(parent) if unknown.len() <= DEPTH_MAX as usize => parent,
                _ => break,
            };
        }
        let mut parent = current;
        for directory in unknown.into_iter().rev() {
            let name = self.name(parent, directory);
            let above = self.known.get(&parent).and_then(Option::as_deref);
            let path = match (above, name) {
                (Some(above), Some(name)) => Some(join(above, name)),
                _ => None,
            };
            let path = path.filter(|path| path.len() < PATH_BYTES_MAX);
            self.known.insert(directory, path);
            parent = directory;
        }
        self.known.get(&directory)?.as_deref()
    }

    fn name(&mut self, parent: InodeNumber, directory: InodeNumber) -> Option<&'a [u8]> {
        let tree = self.tree;
        let names = self.names.entry(parent).or_insert_with(|| {
            let entries = tree.entries(parent).into_iter().flat_map(Entries::iter);
            entries
                .filter(|(_, inode)| tree.entries(*inode).is_ok())
                .map(|(name, inode)| (inode, name))
                .collect()
        });
        names.get(&directory).copied()
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
        (Kind::Fifo, Kind::Fifo) => true,
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

fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    [directory, b"/", name].concat()
}

//! Compares trees, the index and the working tree with each other.

use super::{File, Pair, Source};
use crate::failure::Outcome;
use crate::repository::index::{Entry, index_mode};
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Difference, compare};
use crate::repository::{Index, Oid, Repository, TreeEntry, mode};

/// What differs between two trees.
///
/// # Errors
/// A tree that can't be read.
pub fn trees(
    repository: &Repository,
    old: &Oid,
    new: &Oid,
    paths: &Pathspec,
    with_same: bool,
) -> Outcome<Vec<Pair>> {
    let mut walk = Trees {
        repository,
        paths,
        with_same,
        pairs: Vec::new(),
    };
    walk.folders(b"", Some(old), Some(new))?;
    Ok(walk.pairs)
}

struct Trees<'a> {
    repository: &'a Repository,
    paths: &'a Pathspec,
    with_same: bool,
    pairs: Vec<Pair>,
}

impl Trees<'_> {
    fn entries(&self, tree: Option<&Oid>) -> Outcome<Vec<TreeEntry>> {
        tree.map_or(Ok(Vec::new()), |tree| self.repository.objects().tree(tree))
    }

    fn folders(&mut self, prefix: &[u8], old: Option<&Oid>, new: Option<&Oid>) -> Outcome<()> {
        if old == new && !self.with_same {
            return Ok(());
        }
        let (old, new) = (self.entries(old)?, self.entries(new)?);
        let (mut a, mut b) = (old.iter().peekable(), new.iter().peekable());
        loop {
            let order = match (a.peek(), b.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(a), Some(b)) => {
                    crate::repository::tree_order((&a.name, a.mode), (&b.name, b.mode))
                }
            };
            let old = if order.is_le() { a.next() } else { None };
            let new = if order.is_ge() { b.next() } else { None };
            self.entry(prefix, old, new)?;
        }
    }

    fn entry(
        &mut self,
        prefix: &[u8],
        old: Option<&TreeEntry>,
        new: Option<&TreeEntry>,
    ) -> Outcome<()> {
        let same = match (old, new) {
            (Some(old), Some(new)) => old.oid == new.oid && old.mode == new.mode,
            _ => false,
        };
        let Some(name) = old.or(new).map(|entry| &entry.name) else {
            return Ok(());
        };
        if same && !self.with_same {
            return Ok(());
        }
        let path = [prefix, name].concat();
        let is_tree =
            |entry: Option<&TreeEntry>| entry.is_some_and(|entry| entry.mode == mode::TREE);
        if is_tree(old) || is_tree(new) {
            if self.paths.may_match_below(&path) {
                let below = [&path[..], b"/"].concat();
                let tree = |entry: Option<&TreeEntry>| {
                    entry
                        .filter(|entry| entry.mode == mode::TREE)
                        .map(|entry| entry.oid)
                };
                self.folders(&below, tree(old).as_ref(), tree(new).as_ref())?;
            }
            return Ok(());
        }
        if !self.paths.matches(&path) {
            return Ok(());
        }
        let file = |entry: Option<&TreeEntry>| {
            entry.map(|entry| File::stored(&path, entry.mode, entry.oid))
        };
        match (file(old), file(new)) {
            (Some(old), Some(_)) if same => self.pairs.push(Pair::same(old)),
            (old, new) => self.pairs.push(Pair::new(old, new)),
        }
        Ok(())
    }
}

/// What differs between two trees, folders not entered.
///
/// # Errors
/// A tree that can't be read.
pub fn folders(
    repository: &Repository,
    old: &Oid,
    new: &Oid,
    paths: &Pathspec,
) -> Outcome<Vec<Pair>> {
    let list = |tree: &Oid| -> Outcome<Vec<File>> {
        let entries = repository.objects().tree(tree)?;
        let mut files: Vec<File> = entries
            .iter()
            .map(|entry| File::stored(&entry.name, entry.mode, entry.oid))
            .collect();
        files.retain(|file| {
            paths.matches(&file.path)
                || file.mode == mode::TREE && paths.may_match_below(&file.path)
        });
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    };
    let mut pairs = Vec::new();
    merge(list(old)?, list(new)?, |old, new| match (&old, &new) {
        (Some(old), Some(new)) if old == new => {}
        _ => pairs.push(Pair::new(old, new)),
    });
    Ok(pairs)
}

/// All files of a tree, in the order of their paths.
///
/// # Errors
/// A tree that can't be read.
pub fn files(repository: &Repository, tree: Option<&Oid>, paths: &Pathspec) -> Outcome<Vec<File>> {
    let mut walk = Trees {
        repository,
        paths,
        with_same: false,
        pairs: Vec::new(),
    };
    walk.folders(b"", None, tree)?;
    let mut files: Vec<File> = walk.pairs.into_iter().filter_map(|pair| pair.new).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Merges two sorted lists of files by path.
fn merge(old: Vec<File>, new: Vec<File>, mut each: impl FnMut(Option<File>, Option<File>)) {
    let (mut a, mut b) = (old.into_iter().peekable(), new.into_iter().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (None, None) => return,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => a.path.cmp(&b.path),
        };
        let old = if order.is_le() { a.next() } else { None };
        let new = if order.is_ge() { b.next() } else { None };
        each(old, new);
    }
}

/// What differs between a tree (`None` before the first commit) and the index.
///
/// # Errors
/// A tree that can't be read.
pub fn tree_to_index(
    repository: &Repository,
    tree: Option<&Oid>,
    index: &Index,
    paths: &Pathspec,
    with_same: bool,
) -> Outcome<Vec<Pair>> {
    let (staged, unmerged) = staged(index, paths);
    let mut pairs = Vec::new();
    merge(files(repository, tree, paths)?, staged, |old, new| {
        match (&old, &new) {
            (Some(old), Some(new)) if old.oid == new.oid && old.mode == new.mode => {
                if with_same {
                    pairs.push(Pair::same(old.clone()));
                }
            }
            _ => pairs.push(Pair::new(old, new)),
        }
    });
    Ok(with_unmerged(pairs, &unmerged))
}

fn staged(index: &Index, paths: &Pathspec) -> (Vec<File>, Vec<Vec<u8>>) {
    let (mut files, mut unmerged) = (Vec::new(), Vec::<Vec<u8>>::new());
    for entry in index
        .entries()
        .iter()
        .filter(|entry| paths.matches(&entry.path))
    {
        if entry.stage == 0 && !entry.intent_to_add {
            files.push(File::stored(&entry.path, entry.mode, entry.oid));
        } else if entry.stage != 0 && unmerged.last() != Some(&entry.path) {
            unmerged.push(entry.path.clone());
        }
    }
    (files, unmerged)
}

/// Paths in conflict are unmerged rather than gone.
fn with_unmerged(mut pairs: Vec<Pair>, unmerged: &[Vec<u8>]) -> Vec<Pair> {
    if !unmerged.is_empty() {
        pairs.retain(|pair| {
            unmerged
                .binary_search_by(|path| path[..].cmp(pair.path()))
                .is_err()
        });
        pairs.extend(unmerged.iter().map(|path| Pair::unmerged(path)));
        pairs.sort_by(|a, b| a.path().cmp(b.path()));
    }
    pairs
}

/// What differs between the index and the working tree. A path in conflict is unmerged, and compared with `stage`, when it isn't 0.
///
/// # Errors
/// A file that can't be read.
pub fn index_to_worktree(
    source: &Source,
    repository: &Repository,
    index: &Index,
    paths: &Pathspec,
    stage: u8,
    with_same: bool,
) -> Outcome<Vec<Pair>> {
    let mut pairs = Vec::new();
    let mut unmerged: Vec<Vec<u8>> = Vec::new();
    for entry in index
        .entries()
        .iter()
        .filter(|entry| paths.matches(&entry.path))
    {
        if entry.stage != 0 {
            if unmerged.last() != Some(&entry.path) {
                unmerged.push(entry.path.clone());
                pairs.push(Pair::unmerged(&entry.path));
            }
            if entry.stage != stage {
                continue;
            }
        }
        let old = File::stored(&entry.path, entry.mode, entry.oid);
        match current(source, repository, index, entry)? {
            Some(new) if new == old => {
                if with_same {
                    pairs.push(Pair::same(old));
                }
            }
            new if entry.intent_to_add => pairs.push(Pair::new(None, new)),
            new => pairs.push(Pair::new(Some(old), new)),
        }
    }
    Ok(pairs)
}

/// The file of an entry as it is: the entry's own when it is unchanged, `None` when it is gone.
fn current(
    source: &Source,
    repository: &Repository,
    index: &Index,
    entry: &Entry,
) -> Outcome<Option<File>> {
    let (difference, found) = compare(repository, source.converter(repository), index, entry)?;
    let same = File::stored(&entry.path, entry.mode, entry.oid);
    Ok(match (difference, found) {
        (Difference::None, _) => Some(same),
        (Difference::Deleted, _) | (_, None) => None,
        (_, Some(found)) => {
            let Some(mut found_mode) = index_mode(&found) else {
                return Ok(None);
            };
            let both_regular =
                found_mode & 0o170_000 == 0o100_000 && entry.mode & 0o170_000 == 0o100_000;
            if both_regular && repository.config().bool("core.filemode")? == Some(false) {
                found_mode = entry.mode;
            }
            Some(File::on_disk(&entry.path, found_mode))
        }
    })
}

/// What differs between a tree and the working tree, as far as the index knows its files.
///
/// # Errors
/// A tree or a file that can't be read.
pub fn tree_to_worktree(
    source: &Source,
    repository: &Repository,
    tree: &Oid,
    index: &Index,
    paths: &Pathspec,
    with_same: bool,
) -> Outcome<Vec<Pair>> {
    let mut present: Vec<File> = Vec::new();
    let mut unmerged: Vec<Vec<u8>> = Vec::new();
    for entry in index
        .entries()
        .iter()
        .filter(|entry| paths.matches(&entry.path))
    {
        if entry.stage != 0 {
            if unmerged.last() == Some(&entry.path) {
                continue;
            }
            unmerged.push(entry.path.clone());
        }
        present.extend(current(source, repository, index, entry)?);
    }
    let mut pairs = Vec::new();
    merge(
        files(repository, Some(tree), paths)?,
        present,
        |old, new| pairs.push((old, new)),
    );
    let mut differing = Vec::new();
    for (old, new) in pairs {
        let same = match (&old, &new) {
            (Some(old), Some(new)) => {
                old.mode == new.mode && old.oid == super::object_name(source, new)?
            }
            _ => false,
        };
        if !same {
            differing.push(Pair::new(old, new));
        } else if let (true, Some(old)) = (with_same, old) {
            differing.push(Pair::same(old));
        }
    }
    Ok(differing)
}

//! Whether files are as the index says.

use isobox_guest::stat::{Kind, Stat, stat};

use super::{Converter, content_of};
use crate::failure::Outcome;
use crate::repository::index::{Entry, Index, StatData, index_mode};
use crate::repository::{Oid, Repository, mode, path_of};

/// How a file differs from its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    None,
    /// Other contents or another mode.
    Modified,
    /// A link where a file was, or the like.
    Type,
    Deleted,
    /// It was only announced, by `add -N`.
    Added,
}

/// Compares a file with its entry. Contents are read only when what the index remembers of the file doesn't fit, or is too young
/// to be trusted.
///
/// # Errors
/// The file can't be read.
pub fn compare(
    repository: &Repository,
    converter: &Converter,
    index: &Index,
    entry: &Entry,
) -> Outcome<(Difference, Option<Stat>)> {
    if entry.skip_worktree || entry.assume_unchanged {
        return Ok((Difference::None, None));
    }
    let Some(found) = present(&entry.path) else {
        return Ok((Difference::Deleted, None));
    };
    if found.kind == Kind::Directory && entry.mode != mode::SUBMODULE {
        return Ok((Difference::Deleted, None));
    }
    let fits = StatData::of(&found).same(&entry.stat);
    if !fits && behind_link(&entry.path) {
        return Ok((Difference::Deleted, None));
    }
    if entry.intent_to_add {
        return Ok((Difference::Added, Some(found)));
    }
    let difference = match index_mode(&found) {
        Some(now) if kind_of(now) != kind_of(entry.mode) => Difference::Type,
        None => Difference::Type,
        Some(mode::SUBMODULE) => submodule(entry),
        Some(now) => {
            let mode_changed = now != entry.mode && trusts_modes(repository);
            let young = index
                .written()
                .is_none_or(|written| !entry.stat.is_older_than(written));
            match mode_changed
                || (!fits || young) && contents_changed(repository, converter, entry, &found)?
            {
                true => Difference::Modified,
                false => Difference::None,
            }
        }
    };
    Ok((difference, Some(found)))
}

/// Gives entries whose files are the same the stat data of now; whether any changed.
///
/// # Errors
/// A file that can't be read.
pub fn refresh(repository: &Repository, converter: &Converter, index: &mut Index) -> Outcome<bool> {
    let mut fresh = Vec::new();
    for (at, entry) in index
        .entries()
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.stage == 0)
    {
        if let (Difference::None, Some(found)) = compare(repository, converter, index, entry)? {
            let now = StatData::of(&found);
            if now != entry.stat {
                fresh.push((at, now));
            }
        }
    }
    for (at, now) in &fresh {
        index.entries_mut()[*at].stat = *now;
    }
    Ok(!fresh.is_empty())
}

/// What is at a path.
fn present(path: &[u8]) -> Option<Stat> {
    stat(path_of(path).ok()?, false).ok()
}

/// Whether the way to a path leads through a link, so that what is there isn't this path's.
fn behind_link(path: &[u8]) -> bool {
    let linked = |parent: &std::path::Path| {
        stat(parent, false).is_ok_and(|found| found.kind == Kind::Symlink)
    };
    let parents = path_of(path)
        .into_iter()
        .flat_map(|file| file.ancestors().skip(1));
    parents
        .filter(|parent| !parent.as_os_str().is_empty())
        .any(linked)
}

fn kind_of(file_mode: u32) -> u32 {
    file_mode & 0o170_000
}

fn trusts_modes(repository: &Repository) -> bool {
    !matches!(repository.config().bool("core.filemode"), Ok(Some(false)))
}

fn contents_changed(
    repository: &Repository,
    converter: &Converter,
    entry: &Entry,
    found: &Stat,
) -> Outcome<bool> {
    let contents = content_of(repository, converter, &entry.path, found, Some(&entry.oid))?;
    Ok(Oid::of("blob", &contents) != entry.oid)
}

/// A submodule differs when another commit is checked out in it; one that isn't there is as it should be.
fn submodule(entry: &Entry) -> Difference {
    let inner = path_of(&entry.path)
        .ok()
        .and_then(|path| Repository::at(path, &crate::repository::Surroundings::default()));
    match inner.as_ref().and_then(Repository::head) {
        Some(head) if head != entry.oid => Difference::Modified,
        _ => Difference::None,
    }
}

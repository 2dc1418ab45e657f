//! From one tree to another, with index and files, and nothing lost on the way.

use std::collections::BTreeSet;

use isobox_guest::stat::{Kind as FileKind, stat};

use super::{Converter, Difference, compare, remove_file, write_entry};
use crate::failure::Outcome;
use crate::repository::ignore::Ignore;
use crate::repository::index::{Entry, Index};
use crate::repository::pathspec::Pathspec;
use crate::repository::tree::File;
use crate::repository::{Oid, Repository, mode, path_of};

/// What stands in the way.
#[derive(Clone, Debug, Default)]
pub struct Refusal {
    /// Files with changes of their own.
    pub changed: Vec<Vec<u8>>,
    /// Untracked files that would be overwritten.
    pub overwritten: Vec<Vec<u8>>,
    /// Folders of untracked files that a file would replace.
    pub folders: Vec<Vec<u8>>,
}

impl Refusal {
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.overwritten.is_empty() && self.folders.is_empty()
    }

    /// git's words. `verb` is `checkout` or `merge`, `aim` what the user should do first: `switch branches`, `merge`.
    pub fn message(&self, verb: &str, aim: &str) -> String {
        let list = |paths: &[Vec<u8>]| -> String {
            paths
                .iter()
                .map(|path| format!("\t{}\n", String::from_utf8_lossy(path)))
                .collect()
        };
        let mut text = String::new();
        if !self.changed.is_empty() {
            text.push_str(&format!(
                "error: Your local changes to the following files would be overwritten by {verb}:\n{}Please commit your changes or stash them before you {aim}.\n",
                list(&self.changed)
            ));
        }
        if !self.folders.is_empty() {
            text.push_str(&format!(
                "error: Updating the following directories would lose untracked files in them:\n{}\n",
                list(&self.folders)
            ));
        }
        if !self.overwritten.is_empty() {
            text.push_str(&format!(
                "error: The following untracked working tree files would be overwritten by {verb}:\n{}Please move or remove them before you {aim}.\n",
                list(&self.overwritten)
            ));
        }
        text + "Aborting"
    }
}

/// What a switch does to index and files.
#[derive(Clone, Debug, Default)]
pub struct Switch {
    /// Paths to write, as the target has them.
    pub write: Vec<File>,
    /// Paths to remove.
    pub remove: Vec<Vec<u8>>,
    /// Paths whose own changes stay: those that both trees hold alike.
    pub kept: Vec<Vec<u8>>,
}

impl Switch {
    /// Makes it so, files and index.
    ///
    /// # Errors
    /// A file can't be written.
    pub fn apply(
        &self,
        repository: &Repository,
        converter: &Converter,
        index: &mut Index,
    ) -> Outcome<()> {
        for path in &self.remove {
            remove_file(path)?;
            index.remove(path);
        }
        for file in &self.write {
            let mut entry = Entry::new(&file.path, file.mode, file.oid);
            write_entry(repository, converter, &mut entry)?;
            index.add(entry);
        }
        Ok(())
    }
}

/// What it takes to go from one tree to another: git's two-way merge.
///
/// # Errors
/// An object or a file that can't be read.
pub fn switch(
    repository: &Repository,
    converter: &Converter,
    index: &Index,
    from: &Oid,
    to: &Oid,
) -> Outcome<Result<Switch, Refusal>> {
    let (from, to) = (repository.files(from)?, repository.files(to)?);
    let ignore = Ignore::standard(repository);
    let mut paths: BTreeSet<&[u8]> = from.iter().chain(&to).map(|file| &file.path[..]).collect();
    paths.extend(index.entries().iter().map(|entry| &entry.path[..]));
    let mut plan = Switch::default();
    let mut refusal = Refusal::default();
    for path in paths {
        let (old, new) = (find(&from, path), find(&to, path));
        let stages = index.stages(path);
        let same = |file: Option<&File>, entry: &Entry| {
            file.is_some_and(|file| file.mode == entry.mode && file.oid == entry.oid)
        };
        match stages {
            [] => match (old, new) {
                (None, Some(new)) => match in_the_way(index, &ignore, path)? {
                    Way::Free => plan.write.push(new.clone()),
                    Way::File => refusal.overwritten.push(path.to_vec()),
                    Way::Folder => refusal.folders.push(path.to_vec()),
                },
                (Some(old), Some(new)) if old != new => refusal.changed.push(path.to_vec()),
                _ => {}
            },
            [entry] if entry.stage == 0 => {
                if old == new {
                    if !same(new, entry)
                        || compare(repository, converter, index, entry)?.0 != Difference::None
                    {
                        plan.kept.push(path.to_vec());
                    }
                } else if same(new, entry) {
                    // The index is there already.
                } else if old.is_none() && new.is_none() {
                    plan.kept.push(path.to_vec());
                } else if same(old, entry) && is_clean(repository, converter, index, entry)? {
                    match new {
                        Some(new) => plan.write.push(new.clone()),
                        None => plan.remove.push(path.to_vec()),
                    }
                } else {
                    refusal.changed.push(path.to_vec());
                }
            }
            _ => refusal.changed.push(path.to_vec()),
        }
    }
    Ok(if refusal.is_empty() {
        Ok(plan)
    } else {
        Err(refusal)
    })
}

fn find<'a>(files: &'a [File], path: &[u8]) -> Option<&'a File> {
    files
        .binary_search_by(|file| file.path[..].cmp(path))
        .ok()
        .map(|at| &files[at])
}

/// A file that is gone may be written again or removed without loss.
fn is_clean(
    repository: &Repository,
    converter: &Converter,
    index: &Index,
    entry: &Entry,
) -> Outcome<bool> {
    let difference = compare(repository, converter, index, entry)?.0;
    Ok(matches!(difference, Difference::None | Difference::Deleted))
}

/// What stands where a file is to be written.
enum Way {
    Free,
    File,
    Folder,
}

fn in_the_way(index: &Index, ignore: &Ignore, path: &[u8]) -> Outcome<Way> {
    let Ok(found) = stat(path_of(path)?, false) else {
        return Ok(blocked_above(index, ignore, path));
    };
    if found.kind != FileKind::Directory {
        let linked = path
            .iter()
            .enumerate()
            .any(|(at, byte)| *byte == b'/' && is_tracked_file(index, &path[..at]));
        return Ok(if linked || ignore.is_ignored(path, false) {
            Way::Free
        } else {
            Way::File
        });
    }
    // A folder whose files are all tracked goes with them.
    let collect = super::Collect {
        all_files: true,
        ..super::Collect::default()
    };
    let found = super::untracked(index, ignore, &Pathspec::default(), collect)?;
    let start = [path, b"/"].concat();
    Ok(
        match found.paths.iter().any(|one| one.starts_with(&start)) {
            true => Way::Folder,
            false => Way::Free,
        },
    )
}

/// A file that isn't tracked may stand where a folder is needed.
fn blocked_above(index: &Index, ignore: &Ignore, path: &[u8]) -> Way {
    for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
        let above = &path[..at];
        let file = path_of(above).ok().and_then(|path| stat(path, false).ok());
        if file.is_some_and(|found| found.kind != FileKind::Directory)
            && !is_tracked_file(index, above)
            && !ignore.is_ignored(above, false)
        {
            return Way::File;
        }
    }
    Way::Free
}

fn is_tracked_file(index: &Index, path: &[u8]) -> bool {
    !index.stages(path).is_empty()
}

/// Makes index and files those of a tree, whatever they were; untracked files stay where they aren't in the way.
///
/// # Errors
/// A file can't be written.
pub fn reset_hard(
    repository: &Repository,
    converter: &Converter,
    index: &mut Index,
    to: &Oid,
) -> Outcome<()> {
    let files = repository.files(to)?;
    let mut gone: Vec<Vec<u8>> = index
        .entries()
        .iter()
        .map(|entry| entry.path.clone())
        .collect();
    gone.dedup();
    gone.retain(|path| find(&files, path).is_none());
    let mut entries = Vec::with_capacity(files.len());
    let mut write = Vec::new();
    for file in files {
        let kept = index
            .get(&file.path)
            .filter(|entry| entry.mode == file.mode && entry.oid == file.oid);
        match kept {
            Some(entry) if compare(repository, converter, index, entry)?.0 == Difference::None => {
                entries.push(entry.clone())
            }
            _ => write.push(Entry::new(&file.path, file.mode, file.oid)),
        }
    }
    for path in &gone {
        remove_file(path)?;
    }
    for mut entry in write {
        if entry.mode == mode::SUBMODULE && index.get(&entry.path).is_some() {
            entries.push(entry);
            continue;
        }
        write_entry(repository, converter, &mut entry)?;
        entries.push(entry);
    }
    index.replace_all(entries);
    Ok(())
}

//! Files as the index or a commit has them.

use super::{Asked, Command};
use crate::commands::operands::shown;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::index::Entry;
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::unknown;
use crate::repository::tree::File;
use crate::repository::worktree::{Converter, Difference, compare, remove_file, write_entry};
use crate::repository::{Index, Oid, Repository};

/// Restores the paths that were named, in index and working tree as asked.
///
/// # Errors
/// Paths that match nothing or are in conflict; files that can't be written.
pub fn restore(git: &mut Git, repository: &Repository, asked: &Asked) -> Outcome<i32> {
    let paths = Pathspec::parse(repository, &asked.paths)?;
    let source = source(repository, asked)?;
    let mut index = repository.index()?;
    let lock = index.lock()?;
    let files = match &source {
        Some(tree) => repository.files(tree)?,
        None => Vec::new(),
    };
    let overlay = asked.overlay.unwrap_or(true);
    check_known(&paths, &index, &files, source.is_some(), overlay)?;
    let converter = Converter::new(repository);
    let mut job = Job {
        repository,
        converter: &converter,
        paths: &paths,
        asked,
        written: 0,
    };
    match source {
        Some(_) => job.from_tree(&mut index, &files, overlay)?,
        None => job.from_index(git, &mut index)?,
    }
    let written = job.written;
    index.write_locked(lock)?;
    if asked.command == Command::Checkout && !asked.quiet && asked.dashes.is_none() {
        let plural = if written == 1 { "" } else { "s" };
        match &source {
            Some(tree) => {
                let name = repository.short(tree);
                git.warn(format!("Updated {written} path{plural} from {name}"));
            }
            None => git.warn(format!("Updated {written} path{plural} from the index")),
        }
    }
    Ok(0)
}

/// The tree that files come from; `None` for the index.
fn source(repository: &Repository, asked: &Asked) -> Outcome<Option<Oid>> {
    let name = match (&asked.source, &asked.start) {
        (Some(name), _) | (None, Some(name)) => name.clone(),
        (None, None) if asked.command == Command::Restore && asked.staged => "HEAD".to_owned(),
        (None, None) => return Ok(None),
    };
    let oid = match repository.rev(&name)? {
        Some(oid) => oid,
        None if name == "HEAD" => return Ok(Some(Oid::EMPTY_TREE)),
        None if asked.command == Command::Restore => {
            return Err(Failure::fatal(format!("could not resolve {name}")));
        }
        None => return Err(unknown(&name)),
    };
    let tree = repository
        .to_tree(&oid)
        .map_err(|_| Failure::fatal(format!("reference is not a tree: {name}")))?;
    Ok(Some(tree))
}

fn check_known(
    paths: &Pathspec,
    index: &Index,
    files: &[File],
    from_tree: bool,
    overlay: bool,
) -> Outcome<()> {
    let entries = index
        .entries()
        .iter()
        .map(|entry| &entry.path[..])
        .filter(|_| !from_tree || !overlay);
    let known = entries.chain(files.iter().map(|file| &file.path[..]));
    let unmatched = paths.unmatched(known);
    if unmatched.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = unmatched
        .iter()
        .map(|item| {
            format!(
                "error: pathspec '{}' did not match any file(s) known to git",
                item.word
            )
        })
        .collect();
    Err(Failure::plain(1, lines.join("\n")))
}

struct Job<'a> {
    repository: &'a Repository,
    converter: &'a Converter,
    paths: &'a Pathspec,
    asked: &'a Asked,
    written: usize,
}

impl Job<'_> {
    fn from_tree(&mut self, index: &mut Index, files: &[File], overlay: bool) -> Outcome<()> {
        if !overlay {
            let there = |path: &[u8]| {
                files
                    .binary_search_by(|file| file.path[..].cmp(path))
                    .is_ok()
            };
            let mut gone: Vec<Vec<u8>> = index
                .entries()
                .iter()
                .map(|entry| entry.path.clone())
                .collect();
            gone.dedup();
            for path in gone
                .iter()
                .filter(|path| self.paths.matches(path) && !there(path))
            {
                if self.asked.worktree {
                    remove_file(path)?;
                }
                if self.asked.staged {
                    index.remove(path);
                }
            }
        }
        for file in files.iter().filter(|file| self.paths.matches(&file.path)) {
            let old = index
                .get(&file.path)
                .filter(|old| old.mode == file.mode && old.oid == file.oid && !old.intent_to_add)
                .cloned();
            let mut entry = old
                .clone()
                .unwrap_or_else(|| Entry::new(&file.path, file.mode, file.oid));
            if self.asked.worktree {
                let same = old.is_some()
                    && compare(self.repository, self.converter, index, &entry)?.0
                        == Difference::None;
                if !same {
                    write_entry(self.repository, self.converter, &mut entry)?;
                    self.written += 1;
                } else if self.asked.staged {
                    continue;
                }
            }
            if self.asked.staged {
                index.add(entry);
            }
        }
        Ok(())
    }

    fn from_index(&mut self, git: &mut Git, index: &mut Index) -> Outcome<()> {
        let wanted: Vec<Entry> = index
            .entries()
            .iter()
            .filter(|entry| self.paths.matches(&entry.path))
            .cloned()
            .collect();
        self.check_conflicts(git, &wanted)?;
        for mut entry in wanted {
            if entry.stage != 0 {
                if entry.stage == self.asked.stage {
                    write_entry(self.repository, self.converter, &mut entry)?;
                    self.written += 1;
                }
                continue;
            }
            if entry.intent_to_add
                || compare(self.repository, self.converter, index, &entry)?.0 == Difference::None
            {
                continue;
            }
            write_entry(self.repository, self.converter, &mut entry)?;
            self.written += 1;
            index.add(entry);
        }
        Ok(())
    }

    /// Paths in conflict have no one version, unless a side is chosen that they have.
    fn check_conflicts(&mut self, git: &mut Git, wanted: &[Entry]) -> Outcome<()> {
        let mut last: &[u8] = b"";
        let mut failed = false;
        for entry in wanted.iter().filter(|entry| entry.stage != 0) {
            if entry.path == last {
                continue;
            }
            last = &entry.path;
            let path = shown(&entry.path);
            if self.asked.stage == 0 {
                if self.asked.force || self.asked.ignore_unmerged {
                    git.warn(format!("warning: path '{path}' is unmerged"));
                } else {
                    git.warn(format!("error: path '{path}' is unmerged"));
                    failed = true;
                }
            } else if !wanted
                .iter()
                .any(|one| one.path == entry.path && one.stage == self.asked.stage)
            {
                let side = if self.asked.stage == 2 {
                    "our"
                } else {
                    "their"
                };
                git.warn(format!("error: path '{path}' does not have {side} version"));
                failed = true;
            }
        }
        match failed {
            true => Err(Failure::silent(1)),
            false => Ok(()),
        }
    }
}

//! What goes into a commit: the index, with all that changed (`-a`), or with some paths alone.

use crate::commands::operands::shown;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::index::Entry;
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Converter, Difference, add_file, compare, refresh};
use crate::repository::{Index, Repository, path_of};

use super::options::Asked;

/// The index that is committed, and the one that stays.
pub struct Staged {
    pub commit: Index,
    pub after: Index,
}

/// Brings the index up to what is asked for, in memory.
///
/// # Errors
/// Paths that match nothing, files that can't be read.
pub fn stage(git: &mut Git, repository: &Repository, asked: &Asked) -> Outcome<Staged> {
    let mut index = repository.index()?;
    let converter = Converter::new(repository);
    if asked.paths.is_empty() {
        if asked.all {
            update(repository, &converter, &mut index, &Pathspec::default())?;
        } else {
            refresh(repository, &converter, &mut index)?;
        }
        conflicts(git, &index)?;
        return Ok(Staged {
            commit: index.clone(),
            after: index,
        });
    }
    let paths = Pathspec::parse(repository, &asked.paths)?;
    let tree = match repository.head() {
        Some(head) => repository.files(&repository.to_tree(&head)?)?,
        None => Vec::new(),
    };
    let known = index
        .entries()
        .iter()
        .map(|entry| &entry.path[..])
        .chain(tree.iter().map(|file| &file.path[..]));
    let unmatched = paths.unmatched(known);
    if !unmatched.is_empty() {
        let lines: Vec<String> = unmatched
            .iter()
            .map(|item| {
                format!(
                    "error: pathspec '{}' did not match any file(s) known to git",
                    item.word
                )
            })
            .collect();
        return Err(Failure::plain(1, lines.join("\n")));
    }
    if asked.include {
        update(repository, &converter, &mut index, &paths)?;
        conflicts(git, &index)?;
        return Ok(Staged {
            commit: index.clone(),
            after: index,
        });
    }
    if repository.git_dir().join("MERGE_HEAD").exists() {
        return Err(Failure::fatal("cannot do a partial commit during a merge."));
    }
    if repository.git_dir().join("CHERRY_PICK_HEAD").exists() {
        return Err(Failure::fatal(
            "cannot do a partial commit during a cherry-pick.",
        ));
    }
    let mut commit = index.clone();
    commit.replace_all(
        tree.iter()
            .map(|file| Entry::new(&file.path, file.mode, file.oid))
            .collect(),
    );
    for entry in index
        .entries()
        .iter()
        .filter(|entry| paths.matches(&entry.path))
    {
        commit.add(entry.clone().at_stage(0));
    }
    update(repository, &converter, &mut commit, &paths)?;
    update(repository, &converter, &mut index, &paths)?;
    Ok(Staged {
        commit,
        after: index,
    })
}

/// Takes in all changes of files that the index knows.
fn update(
    repository: &Repository,
    converter: &Converter,
    index: &mut Index,
    paths: &Pathspec,
) -> Outcome<()> {
    let mut known: Vec<Vec<u8>> = index
        .entries()
        .iter()
        .map(|entry| entry.path.clone())
        .filter(|path| paths.matches(path))
        .collect();
    known.dedup();
    for path in known {
        let Some(entry) = index.stages(&path).first() else {
            continue;
        };
        let found = match entry.stage {
            0 => match compare(repository, converter, index, entry)? {
                (Difference::None, None) => continue,
                (Difference::Deleted, _) => None,
                (_, found) => found,
            },
            _ => isobox_guest::stat::stat(path_of(&path)?, false).ok(),
        };
        match found {
            Some(found) => {
                add_file(repository, converter, index, &path, &found)?;
            }
            None => {
                index.remove(&path);
            }
        }
    }
    Ok(())
}

/// # Errors
/// Paths are in conflict.
fn conflicts(git: &mut Git, index: &Index) -> Outcome<()> {
    use std::io::Write as _;
    if !index.has_conflicts() {
        return Ok(());
    }
    let mut last: &[u8] = b"";
    for entry in index.entries().iter().filter(|entry| entry.stage != 0) {
        if entry.path != last {
            writeln!(git.out, "U\t{}", shown(&entry.path))?;
            last = &entry.path;
        }
    }
    Err(Failure::plain(
        128,
        "error: Committing is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\n\
         hint: as appropriate to mark resolution and make a commit.\nfatal: Exiting because of an unresolved conflict.",
    ))
}

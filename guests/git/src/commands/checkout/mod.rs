//! `checkout`, `switch` and `restore`: other branches, and files as they were.

mod options;
mod paths;
mod switch;

use options::{Asked, Command};
pub use switch::DETACHED;

use super::branches;
use super::status::collect::{self, Wanted};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::pathspec::Pathspec;
use crate::repository::{Index, Oid, Repository, path_of};

pub fn checkout(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let mut asked = options::checkout(&words)?;
    let repository = git.repository_with_worktree()?;
    split_words(&repository, &mut asked)?;
    run(git, &repository, &asked)
}

pub fn switch(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let mut asked = options::switch(&words)?;
    let repository = git.repository_with_worktree()?;
    let mut operands = std::mem::take(&mut asked.paths);
    let new = asked.new_branch.is_some() || asked.orphan.is_some();
    if operands.is_empty() && !new && !asked.detach {
        return Err(Failure::fatal("missing branch or commit argument"));
    }
    if operands.len() > 1 {
        return Err(Failure::fatal("only one reference expected"));
    }
    if let Some(word) = operands.pop() {
        if repository.rev(&dashed(&word))?.is_none() && !is_unborn(&repository, &word) {
            match guess(&repository, &asked, &word)? {
                true => {}
                false => return Err(Failure::fatal(format!("invalid reference: {word}"))),
            }
        }
        asked.start.get_or_insert(word);
    }
    run(git, &repository, &asked)
}

pub fn restore(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let asked = options::restore(&words)?;
    let repository = git.repository_with_worktree()?;
    if asked.paths.is_empty() {
        return Err(Failure::fatal("you must specify path(s) to restore"));
    }
    paths::restore(git, &repository, &asked)
}

fn run(git: &mut Git, repository: &Repository, asked: &Asked) -> Outcome<i32> {
    if !asked.paths.is_empty() {
        if asked.new_branch.is_some() || asked.orphan.is_some() {
            return Err(Failure::fatal(format!(
                "Cannot update paths and switch to branch '{}' at the same time.",
                asked
                    .new_branch
                    .clone()
                    .or(asked.orphan.clone())
                    .unwrap_or_default()
            )));
        }
        if asked.detach {
            return Err(Failure::fatal(
                "'--detach' cannot be used with updating paths",
            ));
        }
        return paths::restore(git, repository, asked);
    }
    if asked.stage > 0 {
        return Err(Failure::fatal(
            "'--ours/--theirs' cannot be used with switching branches",
        ));
    }
    switch::switch(git, repository, asked)
}

/// Which of the words is a branch or commit, and which are paths.
fn split_words(repository: &Repository, asked: &mut Asked) -> Outcome<()> {
    let words = std::mem::take(&mut asked.paths);
    let Some(first) = words.first().cloned() else {
        return Ok(());
    };
    if asked.dashes == Some(0) {
        asked.paths = words;
        return Ok(());
    }
    let revision = repository.rev(&dashed(&first))?.is_some() || is_unborn(repository, &first);
    if let Some(dashes) = asked.dashes {
        if dashes > 1 {
            return Err(Failure::fatal(format!(
                "only one reference expected, {dashes} given."
            )));
        }
        if !revision && (words.len() > 1 || !guess(repository, asked, &first)?) {
            return Err(Failure::fatal(format!("invalid reference: {first}")));
        }
        asked.start.get_or_insert(first);
        asked.paths = words[1..].to_vec();
        return Ok(());
    }
    let there = is_path(repository, &first);
    if revision {
        if there
            && words.len() == 1
            && asked.new_branch.is_none()
            && repository.full_ref_name(&first).is_none()
        {
            return Err(Failure::fatal(format!(
                "ambiguous argument '{first}': both revision and filename\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'"
            )));
        }
        asked.start.get_or_insert(first);
        asked.paths = words[1..].to_vec();
        return Ok(());
    }
    if !there && words.len() == 1 && guess(repository, asked, &first)? {
        asked.start = Some(first);
        return Ok(());
    }
    if asked.new_branch.is_some() && asked.start.is_none() {
        return Err(match words.len() {
            1 => Failure::fatal(format!(
                "'{first}' is not a commit and a branch '{}' cannot be created from it",
                asked.new_branch.clone().unwrap_or_default()
            )),
            _ => Failure::fatal(format!(
                "Cannot update paths and switch to branch '{}' at the same time.",
                asked.new_branch.clone().unwrap_or_default()
            )),
        });
    }
    asked.paths = words;
    Ok(())
}

/// Whether a name that isn't there is a remote's branch; then it is made.
fn guess(repository: &Repository, asked: &Asked, name: &str) -> Outcome<bool> {
    if !asked.guess || asked.new_branch.is_some() || asked.detach {
        return Ok(false);
    }
    Ok(branches::remotes_with(repository, name)?.len() == 1)
}

fn is_unborn(repository: &Repository, name: &str) -> bool {
    repository.head().is_none() && repository.head_branch().as_deref() == Some(name)
}

/// `-` is the branch before this one.
fn dashed(word: &str) -> String {
    if word == "-" {
        "@{-1}".to_owned()
    } else {
        word.to_owned()
    }
}

fn is_path(repository: &Repository, word: &str) -> bool {
    let Ok(path) = repository.from_top(word) else {
        return false;
    };
    let path = if path.is_empty() { b"." } else { &path[..] };
    path_of(path).is_ok_and(|path| path.symlink_metadata().is_ok())
}

/// What index and files have that a tree hasn't, a letter and a path each.
fn local_pairs(
    repository: &Repository,
    tree: &Oid,
    index: &Index,
) -> Outcome<Vec<(char, Vec<u8>)>> {
    let mut index = index.clone();
    let paths = Pathspec::default();
    let wanted = Wanted {
        paths: &paths,
        untracked: None,
        renames: None,
        base: None,
    };
    let found = collect::against_tree(repository, &mut index, &wanted, Some(tree))?;
    let each = found.lines.into_iter().map(|line| {
        let letter = match (line.staged, line.local) {
            _ if !line.stages.is_empty() => 'U',
            (_, 'D') | ('D', _) => 'D',
            ('A', _) => 'A',
            (' ', letter) => letter,
            (letter, _) => letter,
        };
        (letter, line.path)
    });
    Ok(each.collect())
}

//! What the commands that make commits share: commits, files beside the references, the way back.

use std::fs;

use crate::changes::{self, Pair, Source};
use crate::commands::advice;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::report::{self, Formats, Options};
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Converter, reset_hard};
use crate::repository::{Commit, Index, Kind, Oid, Repository, Role};

/// Writes a commit by the committer of now.
///
/// # Errors
/// Nobody said who that is; what writing says.
pub fn commit(
    repository: &Repository,
    tree: Oid,
    parents: Vec<Oid>,
    author: Option<Vec<u8>>,
    message: &[u8],
) -> Outcome<Oid> {
    let author = match author {
        Some(author) => author,
        None => repository.signature(Role::Author)?.line(),
    };
    let committer = repository.signature(Role::Committer)?.line();
    let commit = Commit {
        tree,
        parents,
        author,
        committer,
        encoding: None,
        message: message.to_vec(),
    };
    repository.objects().write(Kind::Commit, &commit.data())
}

/// What a file of the repository's folder holds.
pub fn read(repository: &Repository, name: &str) -> Option<String> {
    fs::read_to_string(repository.git_dir().join(name)).ok()
}

/// Writes a file of the repository's folder.
///
/// # Errors
/// What writing says.
pub fn write(repository: &Repository, name: &str, text: impl AsRef<[u8]>) -> Outcome<()> {
    let path = repository.git_dir().join(name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, text)?)
}

/// Removes files of the repository's folder, as far as they are there.
pub fn forget(repository: &Repository, names: &[&str]) {
    for name in names {
        let path = repository.git_dir().join(name);
        let _ = if path.is_dir() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        };
    }
}

pub fn exists(repository: &Repository, name: &str) -> bool {
    repository.git_dir().join(name).exists()
}

/// The names that a state has in a repository's folder once it is over.
pub const MERGE_STATE: [&str; 5] = [
    "MERGE_HEAD",
    "MERGE_MODE",
    "MERGE_MSG",
    "AUTO_MERGE",
    "SQUASH_MSG",
];

/// Makes index and files those of a commit.
///
/// # Errors
/// What can't be read or written.
pub fn reset_to(repository: &Repository, commit: &Oid) -> Outcome<()> {
    let mut index = repository.index()?;
    let lock = index.lock()?;
    let tree = repository.to_tree(commit)?;
    reset_hard(repository, &Converter::new(repository), &mut index, &tree)?;
    index.write_locked(lock)
}

/// The tree of HEAD; the empty one before the first commit.
///
/// # Errors
/// It can't be read.
pub fn head_tree(repository: &Repository) -> Outcome<Oid> {
    repository
        .head()
        .map_or(Ok(Oid::EMPTY_TREE), |head| repository.to_tree(&head))
}

/// What differs between HEAD and the index.
///
/// # Errors
/// What can't be read.
pub fn staged(repository: &Repository, index: &Index) -> Outcome<Vec<Pair>> {
    changes::tree_to_index(
        repository,
        Some(&head_tree(repository)?),
        index,
        &Pathspec::default(),
        false,
    )
}

/// What differs between the index and the working tree.
///
/// # Errors
/// What can't be read.
pub fn unstaged(repository: &Repository, index: &Index) -> Outcome<Vec<Pair>> {
    changes::index_to_worktree(
        &Source::of(repository),
        repository,
        index,
        &Pathspec::default(),
        0,
        false,
    )
}

/// The statistics and summary that end a merge.
///
/// # Errors
/// What can't be read.
pub fn diffstat(repository: &Repository, old: &Oid, new: &Oid) -> Outcome<Vec<u8>> {
    let mut options = Options::of(repository.config())?;
    options.formats = Formats {
        stat: true,
        summary: true,
        ..Formats::default()
    };
    let source = Source::of(repository);
    let pairs = changes::trees(
        repository,
        &repository.to_tree(old)?,
        &repository.to_tree(new)?,
        &Pathspec::default(),
        false,
    )?;
    let pairs = report::select(&source, pairs, &options)?;
    let mut text = Vec::new();
    report::show(&source, &pairs, &options, &mut text)?;
    Ok(text)
}

/// A message as commits have it: with one newline at its end.
pub fn ended(message: &str) -> String {
    let text = message.trim_end_matches('\n');
    if text.is_empty() {
        String::new()
    } else {
        format!("{text}\n")
    }
}

/// `# Conflicts:` with the paths, for the message of a commit that waits.
pub fn conflict_comment<'a>(paths: impl Iterator<Item = &'a Vec<u8>>) -> String {
    let mut text = "\n# Conflicts:\n".to_owned();
    for path in paths {
        text += &format!("#\t{}\n", String::from_utf8_lossy(path));
    }
    text
}

/// Refuses to go on over paths in conflict, in git's words.
///
/// # Errors
/// There are some.
pub fn no_conflicts(
    git: &mut Git,
    repository: &Repository,
    index: &Index,
    doing: &str,
) -> Outcome<()> {
    if !index.has_conflicts() {
        return Ok(());
    }
    let mut text = format!("error: {doing} is not possible because you have unmerged files.");
    if advice::wanted(repository.config(), "resolveConflict") {
        text += "\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\nhint: as appropriate to mark resolution and make a commit.";
    }
    git.warn(text);
    Err(Failure::fatal("Exiting because of an unresolved conflict."))
}

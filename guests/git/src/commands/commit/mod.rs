//! `commit`: the index becomes history.

mod options;
mod stage;
mod text;

use std::fs;
use std::io::Write as _;

use super::status::collect::{Found, Wanted, collect};
use super::{hooks, message, summary};
use crate::changes;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::report::{self, Formats, Options};
use crate::repository::date::{Style, show};
use crate::repository::pathspec::Pathspec;
use crate::repository::refs::Expected;
use crate::repository::{Commit, Index, Kind, Oid, Repository, Role, Signature, lock};
use options::Asked;
use stage::{Staged, stage};

const EMPTY_AMEND: &str = "You asked to amend the most recent commit, but doing so would make
it empty. You can repeat your command with --allow-empty, or you can
remove the commit entirely with \"git reset HEAD^\".";

const EMPTY_PICK: &str =
    "The previous cherry-pick is now empty, possibly due to conflict resolution.
If you wish to commit it anyway, use:

    git commit --allow-empty

Otherwise, please use 'git cherry-pick --skip'";

/// What waits in the repository for the commit that concludes it.
const WAITING: [&str; 6] = [
    "MERGE_HEAD",
    "MERGE_MSG",
    "MERGE_MODE",
    "SQUASH_MSG",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
];

pub fn commit(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let mut asked = options::read(&words)?;
    let repository = git.repository_with_worktree()?;
    asked.look.complete(&repository)?;
    let head = repository.head();
    let amended = amended(&repository, &asked, head)?;
    let index_lock = repository.index()?.lock()?;
    let mut staged = stage(git, &repository, &asked)?;
    if !asked.dry_run && !asked.no_verify {
        staged.after.write_locked(index_lock)?;
        if !hooks::run(&repository, "pre-commit", &[])? {
            return Ok(1);
        }
        if asked.paths.is_empty() {
            staged = Staged {
                commit: repository.index()?,
                after: repository.index()?,
            };
        }
    } else {
        drop(index_lock);
    }
    let base = match &amended {
        Some(commit) => commit.parents.first().copied(),
        None => head,
    };
    let (found, status) = status_of(&repository, &asked, &mut staged.commit, base)?;
    if asked.dry_run {
        git.out.write_all(&status)?;
        return Ok(i32::from(!found.committable()));
    }
    let begun = text::begin(&repository, &asked, amended.as_ref())?;
    let merging = amended.is_none() && repository.git_dir().join("MERGE_HEAD").exists();
    let amends_merge = amended
        .as_ref()
        .is_some_and(|commit| commit.parents.len() > 1);
    if !found.committable() && !merging && !asked.allow_empty && !amends_merge {
        return nothing(git, &repository, amended.is_some(), &status);
    }
    let author = text::author(&repository, &asked, amended.as_ref())?;
    let committer = repository.signature(Role::Committer)?;
    let mut shown = String::new();
    if begun.edited {
        shown = template(
            &repository,
            &asked,
            &staged.commit,
            &found,
            &author,
            &committer,
        )?;
    }
    let message = text::finish(&repository, &asked, begun, &shown)?;
    let (parents, kind) = parents(&repository, head, amended.as_ref())?;
    let made = Commit {
        tree: repository.write_tree(staged.commit.entries())?,
        parents,
        author: author.line(),
        committer: committer.line(),
        encoding: None,
        message: message.into_bytes(),
    };
    let oid = conclude(&repository, &mut staged, head, &made, kind)?;
    if !asked.quiet {
        let with_date = asked.date.is_some()
            || asked.reuse.is_some() && !asked.reset_author
            || amended.is_some() && !asked.reset_author
            || kind == "commit (cherry-pick)";
        git.out.write_all(&summary::of_commit(
            &repository,
            &oid,
            head.is_none(),
            with_date,
        )?)?;
    }
    let _ = git.out.flush();
    hooks::run(&repository, "post-commit", &[])?;
    Ok(0)
}

/// What the editor shows below the message: who and when, where that is not plain, and the status without hints.
fn template(
    repository: &Repository,
    asked: &Asked,
    index: &Index,
    found: &Found,
    author: &Signature,
    committer: &Signature,
) -> Outcome<String> {
    let mut text = String::new();
    if (&author.name, &author.email) != (&committer.name, &committer.email) {
        text.push_str(&format!(
            "Author:    {} <{}>\n",
            String::from_utf8_lossy(&author.name),
            String::from_utf8_lossy(&author.email)
        ));
    }
    if asked.date.is_some() || asked.reuse.is_some() || asked.amend && !asked.reset_author {
        let date = show(
            author.seconds,
            author.zone,
            &Style::Default,
            repository.now(),
        );
        text.push_str(&format!("Date:      {date}\n"));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    if asked
        .status
        .unwrap_or(repository.config().bool("commit.status")?.unwrap_or(true))
    {
        text.push_str(&String::from_utf8_lossy(&asked.look.text_for_template(
            repository,
            found,
            asked.amend,
        )?));
    }
    let mut out = text::commented(&text);
    if asked.look.verbose > 0 {
        out.push_str(message::SCISSORS);
        out.push_str(
            "# Do not modify or remove the line above.\n# Everything below it will be ignored.\n",
        );
        out.push_str(&String::from_utf8_lossy(&staged_diff(repository, index)?));
    }
    Ok(out)
}

fn amended(repository: &Repository, asked: &Asked, head: Option<Oid>) -> Outcome<Option<Commit>> {
    if !asked.amend {
        return Ok(None);
    }
    let Some(head) = head else {
        return Err(Failure::fatal("You have nothing to amend."));
    };
    for (name, what) in [("MERGE_HEAD", "merge"), ("CHERRY_PICK_HEAD", "cherry-pick")] {
        if repository.git_dir().join(name).exists() {
            return Err(Failure::fatal(format!(
                "You are in the middle of a {what} -- cannot amend."
            )));
        }
    }
    repository.objects().commit(&head).map(Some)
}

fn status_of(
    repository: &Repository,
    asked: &Asked,
    index: &mut Index,
    base: Option<Oid>,
) -> Outcome<(Found, Vec<u8>)> {
    let paths = Pathspec::default();
    let wanted: Wanted<'_> = asked.look.wanted(repository, &paths, base);
    let (found, _) = collect(repository, index, &wanted)?;
    let status = asked
        .look
        .text_for_commit(repository, &found, asked.amend)?;
    Ok((found, status))
}

/// There is nothing to commit: git shows the status, and what to do about it.
fn nothing(git: &mut Git, repository: &Repository, amending: bool, status: &[u8]) -> Outcome<i32> {
    git.out.write_all(status)?;
    if amending {
        git.warn(EMPTY_AMEND);
    } else if repository.git_dir().join("CHERRY_PICK_HEAD").exists() {
        git.warn(EMPTY_PICK);
    }
    Ok(1)
}

/// The parents of the new commit, and what the log calls it.
fn parents(
    repository: &Repository,
    head: Option<Oid>,
    amended: Option<&Commit>,
) -> Outcome<(Vec<Oid>, &'static str)> {
    if let Some(commit) = amended {
        return Ok((commit.parents.clone(), "commit (amend)"));
    }
    let Some(head) = head else {
        return Ok((Vec::new(), "commit (initial)"));
    };
    let mut parents = vec![head];
    let merged = fs::read_to_string(repository.git_dir().join("MERGE_HEAD")).unwrap_or_default();
    for line in merged.lines() {
        let oid = Oid::parse(line.trim().as_bytes())
            .ok_or_else(|| Failure::fatal(format!("Corrupt MERGE_HEAD file ({line})")))?;
        if !parents.contains(&oid) {
            parents.push(oid);
        }
    }
    if !merged.is_empty() {
        let whole = fs::read_to_string(repository.git_dir().join("MERGE_MODE")).unwrap_or_default();
        if whole.trim() != "no-ff" && parents.len() == 1 {
            parents.truncate(1);
        }
        return Ok((parents, "commit (merge)"));
    }
    let picking = repository.git_dir().join("CHERRY_PICK_HEAD").exists();
    Ok((
        parents,
        if picking {
            "commit (cherry-pick)"
        } else {
            "commit"
        },
    ))
}

/// Writes commit, reference and index, and clears what waited for the commit.
fn conclude(
    repository: &Repository,
    staged: &mut Staged,
    head: Option<Oid>,
    made: &Commit,
    kind: &str,
) -> Outcome<Oid> {
    let oid = repository.objects().write(Kind::Commit, &made.data())?;
    let expected = head.map_or(Expected::Nothing, Expected::Oid);
    let log = text::log_message(kind, &String::from_utf8_lossy(&made.message));
    repository.update_ref("HEAD", oid, expected, &log)?;
    for name in WAITING {
        lock::forget(&repository.git_dir().join(name));
    }
    staged.after.write()?;
    Ok(oid)
}

/// The differences that `-v` shows below a status: between the last commit and the index.
///
/// # Errors
/// What can't be read.
pub fn staged_diff(repository: &Repository, index: &Index) -> Outcome<Vec<u8>> {
    let options = Options {
        formats: Formats {
            patch: true,
            ..Formats::default()
        },
        ..Options::default()
    };
    let tree = match repository.head() {
        Some(head) => Some(repository.to_tree(&head)?),
        None => None,
    };
    let pairs = changes::tree_to_index(
        repository,
        tree.as_ref(),
        index,
        &Pathspec::default(),
        false,
    )?;
    let pairs = report::select(&crate::changes::Source::of(repository), pairs, &options)?;
    let mut out = Vec::new();
    report::show(
        &crate::changes::Source::of(repository),
        &pairs,
        &options,
        &mut out,
    )?;
    Ok(out)
}

//! What `commit` and its like print when they are done: `[main 1234567] subject`, and what changed.

use crate::changes;
use crate::failure::Outcome;
use crate::report::{self, Formats, Options};
use crate::repository::date::{Style, show};
use crate::repository::pathspec::Pathspec;
use crate::repository::{Oid, Repository, Signature};

/// The whole summary of a commit; `first` when there was none before.
///
/// # Errors
/// What can't be read.
pub fn of_commit(
    repository: &Repository,
    oid: &Oid,
    first: bool,
    with_date: bool,
) -> Outcome<Vec<u8>> {
    let commit = repository.objects().commit(oid)?;
    let place = match repository.head_ref() {
        Some(name) => name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned(),
        None => "detached HEAD".to_owned(),
    };
    let root = if first { " (root-commit)" } else { "" };
    let mut out = format!("[{place}{root} {}] ", repository.short(oid)).into_bytes();
    out.extend(commit.subject());
    out.push(b'\n');
    let (author, committer) = (
        Signature::parse(&commit.author),
        Signature::parse(&commit.committer),
    );
    if let (Some(author), Some(committer)) = (author, committer) {
        if (&author.name, &author.email) != (&committer.name, &committer.email) {
            out.extend([b" Author: ", &author.name[..], b" <", &author.email, b">\n"].concat());
        }
        if with_date {
            let date = show(
                author.seconds,
                author.zone,
                &Style::Default,
                repository.now(),
            );
            out.extend(format!(" Date: {date}\n").into_bytes());
        }
    }
    if commit.parents.len() <= 1 {
        let before = match commit.parents.first() {
            Some(parent) => repository.objects().commit(parent)?.tree,
            None => Oid::EMPTY_TREE,
        };
        out.extend(between(repository, &before, &commit.tree)?);
    }
    Ok(out)
}

/// How many lines changed between two trees, and which files came, went and changed their modes.
///
/// # Errors
/// What can't be read.
pub fn between(repository: &Repository, old: &Oid, new: &Oid) -> Outcome<Vec<u8>> {
    let options = Options {
        formats: Formats {
            shortstat: true,
            summary: true,
            ..Formats::default()
        },
        ..Options::default()
    };
    let pairs = changes::trees(repository, old, new, &Pathspec::default(), false)?;
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

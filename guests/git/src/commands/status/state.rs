//! Which branch is checked out, and what is going on in the repository.

use std::fs;

use crate::repository::{Oid, Repository, refs};

/// An operation that waits to be gone on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ongoing {
    Merge,
    Am,
    Rebase(Rebase),
    CherryPick(Option<Oid>),
    Revert(Option<Oid>),
}

/// A rebase that stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebase {
    pub branch: Option<String>,
    pub onto: Option<String>,
    pub done: Vec<String>,
    pub todo: Vec<String>,
    pub interactive: bool,
    /// It stopped for the user to change the commit, not for a conflict.
    pub editing: bool,
}

/// All that is going on.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub ongoing: Option<Ongoing>,
    /// A merge within a rebase tells of both.
    pub rebase: Option<Rebase>,
    /// The branch that a bisection began on.
    pub bisect: Option<String>,
}

impl State {
    pub fn of(repository: &Repository) -> State {
        let rebase = rebase(repository);
        let there = |name: &str| repository.git_dir().join(name).exists();
        let bisect = fs::read_to_string(repository.git_dir().join("BISECT_START")).ok();
        let sequencer =
            fs::read_to_string(repository.git_dir().join("sequencer/todo")).unwrap_or_default();
        let ongoing = if there("MERGE_HEAD") {
            Some(Ongoing::Merge)
        } else if there("rebase-apply/applying") {
            Some(Ongoing::Am)
        } else if let Some(rebase) = rebase.clone() {
            Some(Ongoing::Rebase(rebase))
        } else if there("CHERRY_PICK_HEAD") {
            Some(Ongoing::CherryPick(
                repository.resolve_ref("CHERRY_PICK_HEAD"),
            ))
        } else if there("REVERT_HEAD") {
            Some(Ongoing::Revert(repository.resolve_ref("REVERT_HEAD")))
        } else if sequencer.starts_with("pick") {
            Some(Ongoing::CherryPick(None))
        } else if sequencer.starts_with("revert") {
            Some(Ongoing::Revert(None))
        } else {
            None
        };
        State {
            ongoing,
            rebase,
            bisect: bisect.map(|text| text.trim().to_owned()),
        }
    }

    /// Whether the index is that of a merge or a cherry-pick, so that status doesn't tell how to unstage.
    pub fn is_merging(&self, repository: &Repository) -> bool {
        ["MERGE_HEAD", "CHERRY_PICK_HEAD"]
            .iter()
            .any(|name| repository.git_dir().join(name).exists())
    }
}

fn rebase(repository: &Repository) -> Option<Rebase> {
    let folder = ["rebase-merge", "rebase-apply"]
        .iter()
        .map(|name| repository.git_dir().join(name))
        .find(|folder| folder.is_dir())?;
    if folder.join("applying").exists() {
        return None;
    }
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
    let lines = |name: &str| -> Vec<String> {
        let text = read(name).unwrap_or_default();
        text.lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|line| shorten(repository, line))
            .collect()
    };
    let short = |text: String| match Oid::parse(text.trim().as_bytes()) {
        Some(oid) => repository.short(&oid),
        None => refs::shorten(text.trim()).to_owned(),
    };
    Some(Rebase {
        branch: read("head-name")
            .map(short)
            .filter(|name| name != "detached HEAD"),
        onto: read("onto").map(short),
        done: lines("done"),
        todo: lines("git-rebase-todo"),
        interactive: folder.join("interactive").exists(),
        editing: folder.join("amend").exists()
            || folder.join("stopped-sha").exists()
                && !repository.git_dir().join("MERGE_MSG").exists(),
    })
}

/// `pick <40 digits> subject` with the name cut short.
fn shorten(repository: &Repository, line: &str) -> String {
    let words: Vec<String> = line
        .split(' ')
        .enumerate()
        .map(|(at, word)| match Oid::parse(word.as_bytes()) {
            Some(oid) if at == 1 || at == 2 => repository.short(&oid),
            _ => word.to_owned(),
        })
        .collect();
    words.join(" ")
}

/// What a detached HEAD stands at, and whether it is still there: `HEAD detached at v1.0`, or `from` it.
pub fn detached(repository: &Repository) -> Option<(String, bool)> {
    let log = repository.reflog("HEAD");
    let (entry, target) = log.iter().rev().find_map(|entry| {
        let text = String::from_utf8_lossy(&entry.message).into_owned();
        let (_, target) = text
            .strip_prefix("checkout: moving from ")?
            .rsplit_once(" to ")?;
        Some((entry, target.to_owned()))
    })?;
    let named = repository.full_ref_name(&target).filter(|full| {
        let oid = repository.resolve_ref(full);
        full != "HEAD"
            && oid.is_some_and(|oid| {
                oid == entry.new || repository.peel(&oid).is_ok_and(|oid| oid == entry.new)
            })
    });
    let name = match named {
        Some(full) => refs::shorten(&full).to_owned(),
        None => repository.short(&entry.new),
    };
    Some((name, repository.head() == Some(entry.new)))
}

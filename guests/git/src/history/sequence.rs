//! One commit's change made again, or undone, on top of HEAD.

use std::io::Write as _;

use super::make::{self, conflict_comment};
use crate::commands::{advice, summary};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::merge::text::Favor;
use crate::merge::{Begun, Labels, begin, merge_trees};
use crate::repository::refs::Expected;
use crate::repository::{Commit, Oid, Repository};

/// What is done with a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Pick,
    Revert,
    Rebase,
}

impl Action {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pick => "cherry-pick",
            Self::Revert => "revert",
            Self::Rebase => "rebase",
        }
    }

    /// The reference that tells which commit waits.
    pub fn head(self) -> &'static str {
        match self {
            Self::Revert => "REVERT_HEAD",
            _ => "CHERRY_PICK_HEAD",
        }
    }
}

/// How.
#[derive(Clone, Default)]
pub struct How {
    pub no_commit: bool,
    /// `-x`
    pub say_origin: bool,
    pub signoff: bool,
    pub mainline: Option<usize>,
    pub favor: Favor,
    pub allow_empty: bool,
    pub keep_redundant: bool,
    pub drop_empty: bool,
    pub edit: bool,
    pub ff: bool,
    pub quiet: bool,
}

/// What came of it.
#[derive(PartialEq, Eq)]
pub enum Result {
    Done,
    /// Nothing was left of the change, and it was left out.
    Dropped,
    Conflict,
    Empty,
}

/// Does it.
///
/// # Errors
/// What stands in the way; what can't be read or written.
pub fn apply(
    git: &mut Git,
    repository: &Repository,
    action: Action,
    oid: &Oid,
    how: &How,
) -> Outcome<Result> {
    let commit = repository.objects().commit(oid)?;
    let parent = parent_of(&commit, oid, how.mainline)?;
    let head = repository.head();
    if how.ff && parent.is_some() && parent == head && action != Action::Revert && !how.no_commit {
        make::reset_to(repository, oid)?;
        repository.update_ref(
            "HEAD",
            *oid,
            Expected::Anything,
            &log_of(action, &commit, true),
        )?;
        return Ok(Result::Done);
    }
    let parent_tree = parent.map_or(Ok(Oid::EMPTY_TREE), |parent| repository.to_tree(&parent))?;
    let title = format!(
        "{} ({})",
        repository.short(oid),
        String::from_utf8_lossy(&commit.subject())
    );
    let (base, theirs) = match action {
        Action::Revert => (commit.tree, parent_tree),
        _ => (parent_tree, commit.tree),
    };
    let labels = match action {
        Action::Revert => Labels {
            base: title.clone(),
            ours: "HEAD".to_owned(),
            theirs: if parent.is_some() {
                format!("parent of {title}")
            } else {
                "(empty tree)".to_owned()
            },
        },
        _ => Labels {
            base: format!("parent of {title}"),
            ours: "HEAD".to_owned(),
            theirs: title.clone(),
        },
    };
    let mut index = repository.index()?;
    let ours = match how.no_commit {
        true => repository.write_tree(index.entries())?,
        false => make::head_tree(repository)?,
    };
    let merge = merge_trees(repository, [&base, &ours, &theirs], &labels, how.favor, 0)?;
    let begun = match how.no_commit {
        true => begin_over_index(repository, &mut index, &ours, &merge)?,
        false => begin(repository, &mut index, &ours, &merge, "merge", "merge")?,
    };
    if let Begun::Refused(text) = begun {
        git.warn(text);
        return Err(Failure::plain(
            128,
            format!("fatal: {} failed", action.name()),
        ));
    }
    let silent = action == Action::Rebase && merge.is_clean();
    for line in merge.messages.iter().filter(|_| !silent) {
        git.out.write_all(format!("{line}\n").as_bytes())?;
    }
    let mut message = message_of(&commit, oid, action, how)?;
    if how.signoff {
        let who = repository.signature(crate::repository::Role::Committer)?;
        let line = format!(
            "Signed-off-by: {} <{}>",
            String::from_utf8_lossy(&who.name),
            String::from_utf8_lossy(&who.email)
        );
        crate::commands::message::add_trailer(&mut message, &line);
    }
    if !merge.is_clean() {
        make::write(
            repository,
            "MERGE_MSG",
            message + &conflict_comment(merge.conflicts.keys()),
        )?;
        if !how.no_commit {
            repository.update_ref(action.head(), *oid, Expected::Anything, "")?;
        }
        let verb = if action == Action::Revert {
            "revert"
        } else {
            "apply"
        };
        let subject = String::from_utf8_lossy(&commit.subject()).into_owned();
        git.warn(format!(
            "error: could not {verb} {}... {subject}",
            repository.short(oid)
        ));
        return Ok(Result::Conflict);
    }
    if how.no_commit {
        make::write(repository, "MERGE_MSG", message)?;
        if action == Action::Revert {
            repository.update_ref("REVERT_HEAD", *oid, Expected::Anything, "")?;
        }
        return Ok(Result::Done);
    }
    if merge.tree == ours {
        let was_empty = commit.tree == parent_tree;
        let keep = if was_empty {
            how.allow_empty || action == Action::Rebase
        } else {
            how.keep_redundant
        };
        if !keep && how.drop_empty {
            return Ok(Result::Dropped);
        }
        if !keep {
            make::write(repository, "MERGE_MSG", message)?;
            if action != Action::Revert {
                repository.update_ref(action.head(), *oid, Expected::Anything, "")?;
            }
            return Ok(Result::Empty);
        }
    }
    finish(git, repository, action, &commit, merge.tree, message, how)?;
    Ok(Result::Done)
}

fn finish(
    git: &mut Git,
    repository: &Repository,
    action: Action,
    commit: &Commit,
    tree: Oid,
    message: String,
    how: &How,
) -> Outcome<()> {
    let author = (action != Action::Revert).then(|| commit.author.clone());
    let mut message = message;
    if how.edit {
        make::write(repository, "COMMIT_EDITMSG", &message)?;
        crate::commands::editor::edit(
            repository,
            &repository.git_dir().join("COMMIT_EDITMSG"),
            false,
        )?;
        message = crate::commands::message::strip(
            &make::read(repository, "COMMIT_EDITMSG").unwrap_or_default(),
            true,
        );
    }
    let new = make::commit(
        repository,
        tree,
        repository.head().into_iter().collect(),
        author,
        message.as_bytes(),
    )?;
    let subject =
        String::from_utf8_lossy(&crate::repository::subject(message.as_bytes())).into_owned();
    let log = match action {
        Action::Rebase => format!("rebase (pick): {subject}"),
        action => format!("{}: {subject}", action.name()),
    };
    repository.update_ref("HEAD", new, Expected::Anything, &log)?;
    if action != Action::Rebase && !how.quiet {
        let text = summary::of_commit(
            repository,
            &new,
            false,
            action == Action::Pick || has_own_date(repository, commit, action),
        )?;
        git.out.put(&text)?;
    }
    Ok(())
}

/// A revert's author is who works now, at the time of now: the date is told when it was given.
fn has_own_date(repository: &Repository, _: &Commit, action: Action) -> bool {
    action == Action::Revert
        && repository
            .surroundings()
            .variable("GIT_AUTHOR_DATE")
            .is_some()
}

fn log_of(action: Action, commit: &Commit, ff: bool) -> String {
    let subject = String::from_utf8_lossy(&commit.subject()).into_owned();
    match (action, ff) {
        (Action::Rebase, _) => format!("rebase (pick): {subject}"),
        (action, true) => format!("{}: fast-forward", action.name()),
        (action, false) => format!("{}: {subject}", action.name()),
    }
}

fn parent_of(commit: &Commit, oid: &Oid, mainline: Option<usize>) -> Outcome<Option<Oid>> {
    match (commit.parents.len(), mainline) {
        (2.., None) => Err(Failure::error(
            128,
            format!(
                "commit {oid} is a merge but no -m option was given.\nfatal: cherry-pick failed"
            ),
        )),
        (2.., Some(number)) => match number.checked_sub(1).and_then(|at| commit.parents.get(at)) {
            Some(parent) => Ok(Some(*parent)),
            None => Err(Failure::error(
                128,
                format!("commit {oid} does not have parent {number}\nfatal: cherry-pick failed"),
            )),
        },
        (_, Some(number)) if number > 1 => Err(Failure::error(
            128,
            format!(
                "mainline was specified but commit {oid} is not a merge.\nfatal: cherry-pick failed"
            ),
        )),
        _ => Ok(commit.parents.first().copied()),
    }
}

fn message_of(commit: &Commit, oid: &Oid, action: Action, how: &How) -> Outcome<String> {
    let text = String::from_utf8_lossy(&commit.message).into_owned();
    if action != Action::Revert {
        let mut message = make::ended(text.trim_start_matches('\n'));
        if how.say_origin {
            let has_trailers = message
                .trim_end()
                .rsplit("\n\n")
                .next()
                .is_some_and(|last| last.contains(": ") && message.contains("\n\n"));
            message += if has_trailers { "" } else { "\n" };
            message += &format!("(cherry picked from commit {oid})\n");
        }
        return Ok(message);
    }
    let subject = String::from_utf8_lossy(&commit.subject()).into_owned();
    let reverted = subject
        .strip_prefix("Revert \"")
        .and_then(|rest| rest.strip_suffix('"'));
    let title = match reverted {
        Some(original) if !original.starts_with("Revert \"") => format!("Reapply \"{original}\""),
        _ => format!("Revert \"{subject}\""),
    };
    let merge = match commit.parents.len() > 1 {
        true => format!(
            ", reversing\nchanges made to {}",
            commit.parents[how
                .mainline
                .unwrap_or(1)
                .saturating_sub(1)
                .min(commit.parents.len() - 1)]
        ),
        false => String::new(),
    };
    Ok(format!("{title}\n\nThis reverts commit {oid}{merge}.\n"))
}

/// With `-n` the index may differ from HEAD: the change goes on top of what it holds.
fn begin_over_index(
    repository: &Repository,
    index: &mut crate::repository::Index,
    ours: &Oid,
    merge: &crate::merge::Merge,
) -> Outcome<Begun> {
    let converter = crate::repository::worktree::Converter::new(repository);
    make::write(repository, "AUTO_MERGE", format!("{}\n", merge.tree))?;
    match crate::repository::worktree::switch(repository, &converter, index, ours, &merge.tree)? {
        Err(refusal) => Ok(Begun::Refused(refusal.message("merge", "merge"))),
        Ok(plan) => {
            let lock = index.lock()?;
            plan.apply(repository, &converter, index)?;
            for (path, stages) in &merge.conflicts {
                index.remove(path);
                for (number, version) in stages.iter().enumerate() {
                    if let Some((mode, oid)) = version {
                        index.add(
                            crate::repository::index::Entry::new(path, *mode, *oid)
                                .at_stage(number as u8 + 1),
                        );
                    }
                }
            }
            index.write_locked(lock)?;
            Ok(Begun::Done)
        }
    }
}

/// What git advises when a commit doesn't apply.
pub fn advise(git: &mut Git, repository: &Repository, action: Action) {
    let name = action.name();
    let text = match action {
        Action::Rebase => "Resolve all conflicts manually, mark them as resolved with\n\"git add/rm <conflicted_files>\", then run \"git rebase --continue\".\n\
                           You can instead skip this commit: run \"git rebase --skip\".\n\
                           To abort and get back to the state before \"git rebase\", run \"git rebase --abort\".".to_owned(),
        _ => format!(
            "After resolving the conflicts, mark them with\n\"git add/rm <pathspec>\", then run\n\"git {name} --continue\".\n\
             You can instead skip this commit with \"git {name} --skip\".\nTo abort and get back to the state before \"git {name}\",\nrun \"git {name} --abort\"."
        ),
    };
    advice::hint(git, repository.config(), "mergeConflict", &text);
}

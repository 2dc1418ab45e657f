//! `cherry-pick` and `revert`.

use std::io::Write as _;

use super::make;
use super::merge::favor;
use super::sequence::{Action, How, Result, advise, apply};
use crate::command_line::Syntax;
use crate::commands::{commit, status};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::refs::Expected;
use crate::repository::revision::{Walk, WalkOptions, bad_revision, tips};
use crate::repository::{Oid, Repository};

const PICK: Syntax = Syntax::new(include_str!("usage/cherry-pick.txt"));
const REVERT: Syntax = Syntax::new(include_str!("usage/revert.txt"));
const STATE: [&str; 5] = [
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "MERGE_MSG",
    "sequencer",
    "AUTO_MERGE",
];

pub fn cherry_pick(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    run(git, &words, Action::Pick, &PICK)
}

pub fn revert(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    run(git, &words, Action::Revert, &REVERT)
}

fn run(git: &mut Git, words: &[String], action: Action, syntax: &Syntax) -> Outcome<i32> {
    let parsed = syntax.parse(words)?;
    let mut how = How::default();
    let mut said_edit = None;
    for given in &parsed.options {
        match given.name.as_str() {
            "abort" => return abort(git, action),
            "continue" => return go_on(git, action, how),
            "skip" => return skip(git, action),
            "quit" => {
                make::forget(
                    &*git.repository()?,
                    &["CHERRY_PICK_HEAD", "REVERT_HEAD", "sequencer"],
                );
                return Ok(0);
            }
            "no-commit" => how.no_commit = given.on,
            "edit" => said_edit = Some(given.on),
            "signoff" => how.signoff = given.on,
            "mainline" => {
                how.mainline = Some(given.text().parse().map_err(|_| {
                    Failure::error(129, "option `mainline' expects a number greater than zero")
                })?)
            }
            "x" => how.say_origin = true,
            "ff" => how.ff = given.on,
            "allow-empty" => how.allow_empty = given.on,
            "keep-redundant-commits" => {
                (how.allow_empty, how.keep_redundant) = (given.on, given.on)
            }
            "empty" => match given.text().as_str() {
                "drop" => how.drop_empty = true,
                "keep" => how.keep_redundant = true,
                "stop" => {}
                other => {
                    return Err(Failure::error(
                        129,
                        format!("invalid value for 'empty': '{other}'"),
                    ));
                }
            },
            "strategy-option" => how.favor = favor(&given.text())?,
            "strategy"
            | "rerere-autoupdate"
            | "cleanup"
            | "allow-empty-message"
            | "no-verify"
            | "verify" => {}
            _ => return Err(syntax.refuse(given)),
        }
    }
    how.edit = said_edit.unwrap_or(action == Action::Revert && git_wants_editor(git));
    if parsed.operands.is_empty() {
        return Err(syntax.misused());
    }
    let repository = git.repository_with_worktree()?;
    let todo = commits(&repository, &parsed.operands, action)?;
    if todo.is_empty() {
        return Err(Failure::error(
            128,
            format!("empty commit set passed\nfatal: {} failed", action.name()),
        ));
    }
    in_progress(&repository, action)?;
    if !how.no_commit {
        clean_index(&repository, action)?;
    }
    let many = todo.len() > 1;
    if many {
        let head = repository.head().unwrap_or_default();
        make::write(&repository, "sequencer/head", format!("{head}\n"))?;
    }
    all(git, &repository, action, todo, &how, many)
}

/// Only a user at a terminal edits the message of a revert unasked.
fn git_wants_editor(_: &Git) -> bool {
    false
}

fn commits(repository: &Repository, words: &[String], action: Action) -> Outcome<Vec<Oid>> {
    let mut found = Vec::new();
    let mut ends = Vec::new();
    for word in words {
        ends.extend(tips(repository, word)?.ok_or_else(|| bad_revision(word))?);
    }
    if !ends.iter().any(|tip| tip.excluded) {
        for tip in &ends {
            found.push(repository.to_commit(&tip.oid)?);
        }
        return Ok(found);
    }
    let side = |excluded: bool| {
        ends.iter()
            .filter(|tip| tip.excluded == excluded)
            .map(|tip| repository.to_commit(&tip.oid))
            .collect::<Outcome<Vec<_>>>()
    };
    for oid in Walk::new(
        repository,
        side(false)?,
        side(true)?,
        WalkOptions::default(),
    )? {
        found.push(oid?);
    }
    if action == Action::Pick {
        found.reverse();
    }
    Ok(found)
}

fn in_progress(repository: &Repository, action: Action) -> Outcome<()> {
    if !make::exists(repository, "sequencer/todo") {
        return Ok(());
    }
    let name = action.name();
    Err(Failure::error(
        128,
        format!(
            "a {name} is already in progress\nhint: try \"git {name} (--continue | --skip | --abort | --quit)\"\nfatal: {name} failed"
        ),
    ))
}

fn clean_index(repository: &Repository, action: Action) -> Outcome<()> {
    let index = repository.index()?;
    let name = action.name();
    if index.has_conflicts() {
        let doing = if action == Action::Pick {
            "Cherry-picking"
        } else {
            "Reverting"
        };
        return Err(Failure::error(
            128,
            format!(
                "{doing} is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\n\
                 hint: as appropriate to mark resolution and make a commit.\nfatal: {name} failed"
            ),
        ));
    }
    if !make::staged(repository, &index)?.is_empty() {
        let text = format!(
            "your local changes would be overwritten by {name}.\nhint: commit your changes or stash them to proceed.\nfatal: {name} failed"
        );
        return Err(Failure::error(128, text));
    }
    Ok(())
}

fn save_todo(repository: &Repository, action: Action, todo: &[Oid]) -> Outcome<()> {
    let verb = if action == Action::Pick {
        "pick"
    } else {
        "revert"
    };
    let mut text = String::new();
    for oid in todo {
        let commit = repository.objects().commit(oid)?;
        text += &format!(
            "{verb} {} {}\n",
            repository.short(oid),
            String::from_utf8_lossy(&commit.subject())
        );
    }
    make::write(repository, "sequencer/todo", text)?;
    let head = repository.head().unwrap_or_default();
    make::write(repository, "sequencer/abort-safety", format!("{head}\n"))
}

fn all(
    git: &mut Git,
    repository: &Repository,
    action: Action,
    todo: Vec<Oid>,
    how: &How,
    many: bool,
) -> Outcome<i32> {
    for (at, oid) in todo.iter().enumerate() {
        let result = apply(git, repository, action, oid, how)?;
        match result {
            Result::Done | Result::Dropped => {
                make::forget(
                    repository,
                    if how.no_commit {
                        &["CHERRY_PICK_HEAD"]
                    } else {
                        &STATE[..3]
                    },
                );
            }
            Result::Conflict => {
                if many {
                    save_todo(repository, action, &todo[at..])?;
                }
                advise(git, repository, action);
                return Ok(1);
            }
            Result::Empty => {
                if many {
                    save_todo(repository, action, &todo[at..])?;
                }
                return empty(git, repository, action);
            }
        }
    }
    make::forget(repository, &["sequencer"]);
    Ok(0)
}

fn empty(git: &mut Git, repository: &Repository, action: Action) -> Outcome<i32> {
    if action == Action::Pick {
        git.warn(
            "The previous cherry-pick is now empty, possibly due to conflict resolution.\nIf you wish to commit it anyway, use:\n\n    git commit --allow-empty\n\n\
             Otherwise, please use 'git cherry-pick --skip'",
        );
    }
    let _ = repository;
    status::status(git, Vec::new())?;
    Ok(1)
}

fn abort(git: &mut Git, action: Action) -> Outcome<i32> {
    let repository = git.repository_with_worktree()?;
    if !["CHERRY_PICK_HEAD", "REVERT_HEAD", "sequencer/todo"]
        .iter()
        .any(|name| make::exists(&repository, name))
    {
        return Err(Failure::error(
            128,
            format!(
                "no cherry-pick or revert in progress\nfatal: {} failed",
                action.name()
            ),
        ));
    }
    let saved = make::read(&repository, "sequencer/head")
        .and_then(|text| Oid::parse(text.trim().as_bytes()));
    let to = saved
        .or(repository.head())
        .ok_or_else(|| Failure::fatal("cannot resolve HEAD"))?;
    repository.update_ref(
        "ORIG_HEAD",
        repository.head().unwrap_or(to),
        Expected::Anything,
        "",
    )?;
    make::reset_to(&repository, &to)?;
    repository.update_ref(
        "HEAD",
        to,
        Expected::Anything,
        &format!("reset: moving to {to}"),
    )?;
    make::forget(&repository, &STATE);
    Ok(0)
}

fn skip(git: &mut Git, action: Action) -> Outcome<i32> {
    let repository = git.repository_with_worktree()?;
    let waits =
        make::exists(&repository, action.head()) || make::exists(&repository, "sequencer/todo");
    if !waits {
        return Err(Failure::error(
            128,
            format!("no {0} in progress\nfatal: {0} failed", action.name()),
        ));
    }
    let head = repository
        .head()
        .ok_or_else(|| Failure::fatal("cannot resolve HEAD"))?;
    repository.update_ref("ORIG_HEAD", head, Expected::Anything, "")?;
    make::reset_to(&repository, &head)?;
    repository.update_ref(
        "HEAD",
        head,
        Expected::Anything,
        &format!("reset: moving to {head}"),
    )?;
    make::forget(&repository, &STATE[..3]);
    make::forget(&repository, &["AUTO_MERGE"]);
    rest(git, &repository, action, How::default())
}

/// The commits behind the one that waited.
fn rest(git: &mut Git, repository: &Repository, action: Action, how: How) -> Outcome<i32> {
    let Some(text) = make::read(repository, "sequencer/todo") else {
        return Ok(0);
    };
    let mut todo = Vec::new();
    for line in text.lines().skip(1) {
        if let Some(name) = line.split(' ').nth(1) {
            todo.push(repository.commit_named(name)?);
        }
    }
    all(git, repository, action, todo, &how, true)
}

fn go_on(git: &mut Git, action: Action, how: How) -> Outcome<i32> {
    let repository = git.repository_with_worktree()?;
    let waiting =
        make::exists(&repository, "CHERRY_PICK_HEAD") || make::exists(&repository, "REVERT_HEAD");
    if !waiting && !make::exists(&repository, "sequencer/todo") {
        return Err(Failure::error(
            128,
            format!(
                "no cherry-pick or revert in progress\nfatal: {} failed",
                action.name()
            ),
        ));
    }
    if waiting {
        let words: &[&str] = &["--no-edit", "--cleanup=strip"];
        let status = commit::commit(git, words.iter().map(|word| (*word).to_owned()).collect())?;
        git.out.flush()?;
        if status != 0 {
            return Ok(status);
        }
    }
    rest(git, &repository, action, how)
}

//! `branch`: listing, making, renaming and removing branches.

use std::io::Write as _;

use super::atoms::Format;
use super::list::{Choice, fits};
use crate::command_line::Syntax;
use crate::commands::advice;
use crate::commands::branches::{self, NewBranch, Track};
use crate::commands::status::state::{Ongoing, State, detached};
use crate::commands::tracking::Tracking;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::config::{Change, change, remove_section, rename_section};
use crate::repository::refs::{Expected, Reference, shorten};
use crate::repository::revision::is_ancestor;
use crate::repository::{Oid, Repository, lock};

const SYNTAX: Syntax = Syntax::new(include_str!("../usage/branch.txt")).help_on_stderr();

/// What is asked for.
#[derive(Default)]
struct Asked {
    verbose: usize,
    quiet: bool,
    force: bool,
    remotes: bool,
    all: bool,
    list: bool,
    action: Option<Action>,
    upstream: Option<String>,
    track: Track,
    choice: Choice,
    format: Option<String>,
    abbreviation: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Delete,
    Move,
    Copy,
    ShowCurrent,
    SetUpstream,
    UnsetUpstream,
}

pub fn branch(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "verbose" => asked.verbose = if given.on { asked.verbose + 1 } else { 0 },
            "quiet" => asked.quiet = given.on,
            "force" => asked.force = given.on,
            "remotes" => asked.remotes = true,
            "all" => asked.all = true,
            "list" => asked.list = given.on,
            "delete" | "D" => {
                asked.action = Some(Action::Delete);
                asked.force |= given.name == "D";
            }
            "move" | "M" => {
                asked.action = Some(Action::Move);
                asked.force |= given.name == "M";
            }
            "copy" | "C" => {
                asked.action = Some(Action::Copy);
                asked.force |= given.name == "C";
            }
            "show-current" => asked.action = given.on.then_some(Action::ShowCurrent),
            "set-upstream-to" => {
                asked.action = Some(Action::SetUpstream);
                asked.upstream = given.value.clone();
            }
            "unset-upstream" => asked.action = Some(Action::UnsetUpstream),
            "track" => {
                asked.track = if given.on {
                    Track::Always
                } else {
                    Track::Never
                }
            }
            "format" => asked.format = given.value.clone(),
            "abbrev" => {
                asked.abbreviation = if given.on {
                    given.value.as_ref().and_then(|text| text.parse().ok())
                } else {
                    Some(40)
                }
            }
            "create-reflog" | "color" | "column" => {}
            _ if asked.choice.take(given) => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let operands = parsed.operands;
    match asked.action {
        Some(Action::ShowCurrent) => {
            if let Some(name) = repository.head_branch() {
                writeln!(git.out, "{name}")?;
            }
            Ok(0)
        }
        Some(Action::Delete) => delete(git, &repository, &asked, &operands),
        Some(Action::Move | Action::Copy) => rename(&repository, &asked, &operands),
        Some(Action::SetUpstream) => follow(git, &repository, &asked, &operands),
        Some(Action::UnsetUpstream) => unfollow(&repository, &operands),
        None if asked.list
            || operands.is_empty()
            || asked.choice.lists()
            || asked.choice.has_sort() && operands.is_empty() =>
        {
            list(git, &repository, &mut asked, &operands)
        }
        None => make(git, &repository, &asked, &operands),
    }
}

fn make(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    operands: &[String],
) -> Outcome<i32> {
    if asked.remotes || asked.all {
        return Err(Failure::fatal(
            "the '-a', and '-r', options to 'git branch' do not take a branch name.\nDid you mean to use: -a|-r --list <pattern>?",
        ));
    }
    let (name, start) = match operands {
        [name] => (name, "HEAD"),
        [name, start] => (name, start.as_str()),
        _ => return Err(SYNTAX.misused()),
    };
    let start = if start == "HEAD" && operands.len() == 1 {
        repository
            .head_branch()
            .unwrap_or_else(|| "HEAD".to_owned())
    } else {
        start.to_owned()
    };
    branches::create(
        git,
        repository,
        &NewBranch {
            name,
            start: &start,
            force: asked.force,
            track: asked.track,
            quiet: asked.quiet,
        },
    )?;
    Ok(0)
}

fn delete(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    operands: &[String],
) -> Outcome<i32> {
    if operands.is_empty() {
        return Err(Failure::fatal("branch name required"));
    }
    let (prefix, kind) = if asked.remotes {
        ("refs/remotes/", "remote-tracking branch")
    } else {
        ("refs/heads/", "branch")
    };
    let mut status = 0;
    for name in operands {
        let name = previous(repository, name);
        let full = format!("{prefix}{name}");
        if repository.head_ref().as_deref() == Some(&full) {
            let top = repository
                .worktree()
                .unwrap_or(repository.git_dir())
                .display()
                .to_string();
            git.warn(format!(
                "error: cannot delete branch '{name}' used by worktree at '{top}'"
            ));
            status = 1;
            continue;
        }
        let Some(oid) = repository.resolve_ref(&full) else {
            git.warn(format!("error: {kind} '{name}' not found"));
            status = 1;
            continue;
        };
        if !asked.remotes && !asked.force && !is_merged(git, repository, &name, &oid)? {
            git.warn(format!("error: the branch '{name}' is not fully merged"));
            let text = format!("If you are sure you want to delete it, run 'git branch -D {name}'");
            advice::hint(git, repository.config(), "forceDeleteBranch", &text);
            status = 1;
            continue;
        }
        repository.delete_ref(&full, Expected::Anything)?;
        if !asked.remotes {
            remove_section(
                &repository.common_dir().join("config"),
                &format!("branch.{name}"),
            )?;
        }
        if !asked.quiet {
            let short = repository.short(&oid);
            writeln!(git.out, "Deleted {kind} {name} (was {short}).")?;
        }
    }
    Ok(status)
}

/// Whether nothing is lost: the upstream, or HEAD, has it all.
fn is_merged(git: &mut Git, repository: &Repository, name: &str, oid: &Oid) -> Outcome<bool> {
    let upstream = repository.upstream(name);
    let target = upstream
        .as_deref()
        .and_then(|name| repository.resolve_ref(name));
    let head = repository.head();
    let Some(reference) = target.or(head) else {
        return Ok(false);
    };
    let merged = is_ancestor(repository, oid, &reference)?;
    if let (Some(target), Some(head), Some(upstream)) = (target, head, upstream)
        && target != head
    {
        let in_head = is_ancestor(repository, oid, &head)?;
        if merged && !in_head {
            git.warn(format!(
                "warning: deleting branch '{name}' that has been merged to\n         '{upstream}', but not yet merged to HEAD"
            ));
        } else if !merged && in_head {
            git.warn(format!(
                "warning: not deleting branch '{name}' that is not yet merged to\n         '{upstream}', even though it is merged to HEAD"
            ));
        }
    }
    Ok(merged)
}

fn previous(repository: &Repository, name: &str) -> String {
    let number = name
        .strip_prefix("@{-")
        .and_then(|rest| rest.strip_suffix('}'))
        .and_then(|text| text.parse().ok());
    let number = if name == "-" { Some(1) } else { number };
    number
        .and_then(|number| crate::repository::revision::previous_branch(repository, number))
        .unwrap_or_else(|| name.to_owned())
}

fn rename(repository: &Repository, asked: &Asked, operands: &[String]) -> Outcome<i32> {
    let copy = asked.action == Some(Action::Copy);
    let (old, new) = match operands {
        [] => return Err(Failure::fatal("branch name required")),
        [new] => match repository.head_branch() {
            Some(branch) => (branch, new),
            None => {
                return Err(Failure::fatal(format!(
                    "cannot {} the current branch while not on any",
                    if copy { "copy" } else { "rename" }
                )));
            }
        },
        [old, new] => (old.clone(), new),
        _ => {
            return Err(Failure::fatal(format!(
                "too many arguments for a {} operation",
                if copy { "copy" } else { "rename" }
            )));
        }
    };
    let (from, to) = (format!("refs/heads/{old}"), format!("refs/heads/{new}"));
    let current = repository.head_ref().as_deref() == Some(&from);
    let oid = repository.resolve_ref(&from);
    if oid.is_none() && !current {
        return Err(Failure::fatal(format!("no branch named '{old}'")));
    }
    branches::check_name(repository, new)?;
    if from != to && repository.read_ref(&to).is_some() && !asked.force {
        return Err(Failure::fatal(format!(
            "a branch named '{new}' already exists"
        )));
    }
    let verb = if copy { "copied" } else { "renamed" };
    let message = format!("Branch: {verb} {from} to {to}");
    if let Some(oid) = oid.filter(|_| from != to) {
        let log = repository.reflog(&from);
        if !copy {
            repository.delete_ref(&from, Expected::Anything)?;
        }
        lock::replace(&repository.ref_path(&to), format!("{oid}\n").as_bytes())?;
        repository.write_reflog(&to, &log)?;
        repository.append_reflog(&to, oid, oid, &message)?;
        if current && !copy {
            repository.append_reflog("HEAD", oid, Oid::ZERO, &message)?;
            lock::replace(
                &repository.git_dir().join("HEAD"),
                format!("ref: {to}\n").as_bytes(),
            )?;
            repository.append_reflog("HEAD", Oid::ZERO, oid, &message)?;
        }
    } else if current && !copy {
        lock::replace(
            &repository.git_dir().join("HEAD"),
            format!("ref: {to}\n").as_bytes(),
        )?;
    }
    let file = repository.common_dir().join("config");
    if copy {
        copy_settings(repository, &old, new)?;
    } else {
        rename_section(&file, &format!("branch.{old}"), &format!("branch.{new}"))?;
    }
    Ok(0)
}

fn copy_settings(repository: &Repository, old: &str, new: &str) -> Outcome<()> {
    let start = format!("branch.{old}.");
    for setting in repository.config().settings() {
        if let (Some(name), Some(value)) = (setting.key.strip_prefix(&start), &setting.value) {
            change(
                &repository.common_dir().join("config"),
                &format!("branch.{new}.{name}"),
                &Change::Set(value),
                |_| true,
            )?;
        }
    }
    Ok(())
}

fn follow(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    operands: &[String],
) -> Outcome<i32> {
    let upstream = asked.upstream.clone().unwrap_or_default();
    let branch = match operands {
        [] => repository.head_branch().ok_or_else(|| {
            Failure::fatal(format!(
                "could not set upstream of HEAD to {upstream} when it does not point to any branch"
            ))
        })?,
        [name] => name.clone(),
        _ => return Err(Failure::fatal("too many arguments to set new upstream")),
    };
    if repository
        .read_ref(&format!("refs/heads/{branch}"))
        .is_none()
    {
        return Err(match operands.is_empty() {
            true => Failure::fatal(format!("no commit on branch '{branch}' yet")),
            false => Failure::fatal(format!("branch '{branch}' does not exist")),
        });
    }
    let target = repository
        .full_ref_name(&upstream)
        .filter(|full| full.starts_with("refs/heads/") || full.starts_with("refs/remotes/"));
    let Some(target) = target else {
        if repository.rev(&upstream)?.is_some() {
            return Err(Failure::fatal(format!(
                "cannot set up tracking information; starting point '{upstream}' is not a branch"
            )));
        }
        let hint = advice::text_of(
            repository.config(),
            "setUpstreamFailure",
            "\nIf you are planning on basing your work on an upstream\nbranch that already exists at the remote, you may need to\nrun \"git fetch\" to retrieve it.\n\n\
             If you are planning to push out a new local branch that\nwill track its remote counterpart, you may want to use\n\"git push -u\" to set the upstream config as you push.",
        );
        let hint = hint.map_or(String::new(), |hint| format!("\n{hint}"));
        return Err(Failure::fatal(format!(
            "the requested upstream branch '{upstream}' does not exist{hint}"
        )));
    };
    branches::set_upstream(git, repository, &branch, &target, asked.quiet)?;
    Ok(0)
}

fn unfollow(repository: &Repository, operands: &[String]) -> Outcome<i32> {
    let branch = match operands {
        [] => repository.head_branch().ok_or_else(|| {
            Failure::fatal("could not unset upstream of HEAD when it does not point to any branch")
        })?,
        [name] => name.clone(),
        _ => return Err(Failure::fatal("too many arguments to unset upstream")),
    };
    let file = repository.common_dir().join("config");
    if repository
        .config()
        .get(&format!("branch.{branch}.merge"))
        .is_none()
    {
        return Err(Failure::fatal(format!(
            "Branch '{branch}' has no upstream information"
        )));
    }
    change(
        &file,
        &format!("branch.{branch}.remote"),
        &Change::Unset,
        |_| true,
    )?;
    change(
        &file,
        &format!("branch.{branch}.merge"),
        &Change::Unset,
        |_| true,
    )?;
    Ok(0)
}

fn list(
    git: &mut Git,
    repository: &Repository,
    asked: &mut Asked,
    patterns: &[String],
) -> Outcome<i32> {
    asked
        .choice
        .sort_by_default(repository.config().get("branch.sort"));
    let mut refs = Vec::new();
    if !asked.remotes {
        refs.extend(repository.refs("refs/heads/")?);
    }
    if asked.remotes || asked.all {
        refs.extend(repository.refs("refs/remotes/")?);
    }
    let shown = |one: &Reference| match (asked.all, one.name.strip_prefix("refs/remotes/")) {
        (true, Some(rest)) => format!("remotes/{rest}"),
        _ => shorten(&one.name).to_owned(),
    };
    refs.retain(|one| fits(patterns, shorten(&one.name), asked.choice.ignore_case));
    asked.choice.keep(repository, &mut refs)?;
    asked.choice.sort(repository, &mut refs)?;
    let mut first = detached_head(repository, asked, patterns)?;
    asked.choice.keep(repository, &mut first)?;
    let head = first.first().map(|_| head_text(repository));
    if let Some(format) = &asked.format {
        let format = Format::parse(format)?;
        for one in first.iter().chain(&refs) {
            let mut text = format.text(repository, one)?;
            if one.name == "HEAD"
                && let Some(head) = &head
            {
                text = String::from_utf8_lossy(&text)
                    .replacen("HEAD", head, 1)
                    .into_bytes();
            }
            git.out.write_all(&text)?;
            writeln!(git.out)?;
        }
        return Ok(0);
    }
    let names: Vec<String> = first
        .iter()
        .map(|_| head.clone().unwrap_or_default())
        .chain(refs.iter().map(shown))
        .collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    let current = repository.head_ref();
    for (one, name) in first.iter().chain(&refs).zip(&names) {
        let mark = if one.name == "HEAD" || current.as_deref() == Some(&one.name) {
            "* "
        } else {
            "  "
        };
        write!(git.out, "{mark}")?;
        line(git, repository, asked, one, name, width)?;
    }
    Ok(0)
}

/// HEAD by itself, when no branch is checked out.
fn detached_head(
    repository: &Repository,
    asked: &Asked,
    patterns: &[String],
) -> Outcome<Vec<Reference>> {
    let listed = !asked.remotes && patterns.is_empty() && repository.head_ref().is_none();
    let found = repository.head().filter(|_| listed);
    Ok(found
        .map(|oid| Reference {
            name: "HEAD".to_owned(),
            oid,
            symbolic: None,
        })
        .into_iter()
        .collect())
}

fn head_text(repository: &Repository) -> String {
    let state = State::of(repository);
    if let Some(Ongoing::Rebase(rebase)) = &state.ongoing {
        return match &rebase.branch {
            Some(branch) => format!("(no branch, rebasing {branch})"),
            None => format!(
                "(no branch, rebasing detached HEAD {})",
                repository
                    .head()
                    .map(|oid| repository.short(&oid))
                    .unwrap_or_default()
            ),
        };
    }
    if let Some(branch) = state.bisect {
        return format!("(no branch, bisect started on {branch})");
    }
    match detached(repository) {
        Some((name, true)) => format!("(HEAD detached at {name})"),
        Some((name, false)) => format!("(HEAD detached from {name})"),
        None => "(no branch)".to_owned(),
    }
}

fn line(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    one: &Reference,
    name: &str,
    width: usize,
) -> Outcome<()> {
    if let Some(target) = &one.symbolic {
        let pad = if asked.verbose > 0 { width } else { 0 };
        writeln!(git.out, "{name:pad$} -> {}", shorten(target))?;
        return Ok(());
    }
    if asked.verbose == 0 {
        writeln!(git.out, "{name}")?;
        return Ok(());
    }
    let short = match asked.abbreviation {
        Some(length) => repository.objects().abbreviate(&one.oid, length),
        None => repository.short(&one.oid),
    };
    let subject = repository.objects().commit(&one.oid)?.subject();
    let mut tracking = String::new();
    if let Some(branch) = one.name.strip_prefix("refs/heads/")
        && let Some(found) = Tracking::of(repository, branch)?
    {
        let brief = found.brief();
        tracking = match (asked.verbose > 1, brief.is_empty()) {
            (true, true) => format!("[{}] ", found.name()),
            (true, false) => format!("[{}: {brief}] ", found.name()),
            (false, true) => String::new(),
            (false, false) => format!("[{brief}] "),
        };
    }
    writeln!(
        git.out,
        "{name:width$} {short} {tracking}{}",
        String::from_utf8_lossy(&subject)
    )?;
    Ok(())
}

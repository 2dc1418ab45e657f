//! Making branches, and what they follow.

use std::io::Write as _;

use super::advice;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::config::{Change, change};
use crate::repository::refs::{Expected, is_valid, shorten};
use crate::repository::{Oid, Repository};

/// Whether a new branch follows what it begins at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Track {
    /// When that is a remote's branch (`branch.autoSetupMerge`).
    #[default]
    Auto,
    Never,
    Always,
}

/// A branch to be made.
pub struct NewBranch<'a> {
    pub name: &'a str,
    /// As the user named it.
    pub start: &'a str,
    pub force: bool,
    pub track: Track,
    pub quiet: bool,
}

/// git's words for a name that a branch can't have.
///
/// # Errors
/// It can't.
pub fn check_name(repository: &Repository, name: &str) -> Outcome<()> {
    if is_valid(&format!("refs/heads/{name}")) && !name.starts_with('-') && name != "HEAD" {
        return Ok(());
    }
    let hint = advice::text_of(
        repository.config(),
        "refSyntax",
        "See `man git check-ref-format`",
    );
    let hint = hint.map_or(String::new(), |hint| format!("\n{hint}"));
    Err(Failure::fatal(format!(
        "'{name}' is not a valid branch name{hint}"
    )))
}

/// Makes a branch; its commit.
///
/// # Errors
/// There is one of that name, or nothing to begin at.
pub fn create(git: &mut Git, repository: &Repository, new: &NewBranch<'_>) -> Outcome<Oid> {
    check_name(repository, new.name)?;
    let full = format!("refs/heads/{}", new.name);
    let exists = repository.read_ref(&full).is_some();
    if exists && !new.force {
        return Err(Failure::fatal(format!(
            "a branch named '{}' already exists",
            new.name
        )));
    }
    if exists && repository.head_ref().as_deref() == Some(&full) && git.command == "branch" {
        let top = repository
            .worktree()
            .unwrap_or(repository.git_dir())
            .display();
        return Err(Failure::fatal(format!(
            "cannot force update the branch '{}' used by worktree at '{top}'",
            new.name
        )));
    }
    let not_valid = || Failure::fatal(format!("not a valid object name: '{}'", new.start));
    let found = repository.rev(new.start)?.ok_or_else(not_valid)?;
    let oid = repository.to_commit(&found).map_err(|failure| {
        Failure::plain(
            128,
            format!(
                "{}\nfatal: not a valid branch point: '{}'",
                failure.message, new.start
            ),
        )
    })?;
    let message = match exists {
        true => format!("branch: Reset to {}", new.start),
        false => format!("branch: Created from {}", new.start),
    };
    let expected = if exists {
        Expected::Anything
    } else {
        Expected::Nothing
    };
    repository.update_ref(&full, oid, expected, &message)?;
    let target = repository.full_ref_name(new.start);
    follow_start(git, repository, new, target)?;
    Ok(oid)
}

fn follow_start(
    git: &mut Git,
    repository: &Repository,
    new: &NewBranch<'_>,
    target: Option<String>,
) -> Outcome<()> {
    let setting = repository
        .config()
        .get("branch.autosetupmerge")
        .unwrap_or("true")
        .to_owned();
    let remote = target
        .as_deref()
        .is_some_and(|name| name.starts_with("refs/remotes/"));
    let local = target
        .as_deref()
        .is_some_and(|name| name.starts_with("refs/heads/"));
    let wanted = match new.track {
        Track::Never => false,
        Track::Always => true,
        Track::Auto => match setting.as_str() {
            "always" => remote || local,
            "false" => false,
            _ => remote,
        },
    };
    if !wanted {
        return Ok(());
    }
    match target.filter(|_| remote || local) {
        Some(target) => set_upstream(git, repository, new.name, &target, new.quiet),
        None if new.track == Track::Always => Err(Failure::fatal(
            "cannot set up tracking information; starting point is not a branch",
        )),
        None => Ok(()),
    }
}

/// Has a branch follow another one, named as a whole.
///
/// # Errors
/// No remote fetches into it; what writing says.
pub fn set_upstream(
    git: &mut Git,
    repository: &Repository,
    branch: &str,
    target: &str,
    quiet: bool,
) -> Outcome<()> {
    let (remote, merge) = match target.strip_prefix("refs/remotes/") {
        None => (".".to_owned(), target.to_owned()),
        Some(_) => source_of(repository, target).ok_or_else(|| {
            Failure::fatal(format!(
                "cannot set up tracking information; starting point '{}' is not a branch",
                shorten(target)
            ))
        })?,
    };
    if remote == "." && target == format!("refs/heads/{branch}") {
        git.warn(format!(
            "warning: not setting branch '{branch}' as its own upstream"
        ));
        return Ok(());
    }
    let file = repository.common_dir().join("config");
    change(
        &file,
        &format!("branch.{branch}.remote"),
        &Change::Set(&remote),
        |_| true,
    )?;
    change(
        &file,
        &format!("branch.{branch}.merge"),
        &Change::Set(&merge),
        |_| true,
    )?;
    if repository
        .config()
        .get("branch.autosetuprebase")
        .is_some_and(|value| {
            value == "always" || value == if remote == "." { "local" } else { "remote" }
        })
    {
        change(
            &file,
            &format!("branch.{branch}.rebase"),
            &Change::Set("true"),
            |_| true,
        )?;
    }
    if !quiet {
        writeln!(
            git.out,
            "branch '{branch}' set up to track '{}'.",
            shorten(target)
        )?;
    }
    Ok(())
}

/// The remote, and its branch, that a remote-tracking branch is fetched from.
pub fn source_of(repository: &Repository, tracking: &str) -> Option<(String, String)> {
    repository
        .config()
        .subsections("remote")
        .into_iter()
        .find_map(|remote| {
            let key = format!("remote.{remote}.fetch");
            let source = repository.config().all(&key).find_map(|spec| {
                let (from, to) = spec.trim_start_matches('+').split_once(':')?;
                match to.strip_suffix('*') {
                    Some(start) => Some(from.replace('*', tracking.strip_prefix(start)?)),
                    None => (to == tracking).then(|| from.to_owned()),
                }
            });
            source.map(|source| (remote, source))
        })
}

/// Remote branches of this name: what `checkout NAME` may mean.
///
/// # Errors
/// References that can't be listed.
pub fn remotes_with(repository: &Repository, name: &str) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    for remote in repository.config().subsections("remote") {
        let full = format!("refs/remotes/{remote}/{name}");
        if repository.resolve_ref(&full).is_some() {
            found.push(full);
        }
    }
    Ok(found)
}

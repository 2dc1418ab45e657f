//! `pull`: fetch, then merge or rebase.

use std::fs;

use crate::command_line::Syntax;
use crate::commands::{self, remote};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::{Oid, Repository};

const SYNTAX: Syntax = Syntax::new(include_str!("../usage/pull.txt"));

const DIVERGED: &str =
    "hint: You have divergent branches and need to specify how to reconcile them.
hint: You can do so by running one of the following commands sometime before
hint: your next pull:
hint:
hint:   git config pull.rebase false  # merge
hint:   git config pull.rebase true   # rebase
hint:   git config pull.ff only       # fast-forward only
hint:
hint: You can replace \"git config\" with \"git config --global\" to set a default
hint: preference for all repositories. You can also pass --rebase, --no-rebase,
hint: or --ff-only on the command line to override the configured default per
hint: invocation.
fatal: Need to specify how to reconcile divergent branches.";

pub fn pull(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut merge: Vec<String> = Vec::new();
    let mut fetch: Vec<String> = Vec::new();
    let mut rebase = None;
    let mut forward = None;
    for given in &parsed.options {
        let long = format!("--{}{}", if given.on { "" } else { "no-" }, given.name);
        match given.name.as_str() {
            "rebase" => rebase = Some(given.on && given.value.as_deref() != Some("false")),
            "ff-only" => forward = Some("only"),
            "ff" => forward = Some(if given.on { "yes" } else { "no" }),
            "quiet" => {
                merge.push(long.clone());
                fetch.push(long);
            }
            "commit" | "edit" | "stat" | "squash" | "no-stat" | "n" => merge.push(long),
            "strategy" | "strategy-option" => merge.push(format!("{long}={}", given.text())),
            "all" | "tags" | "prune" | "force" | "dry-run" => fetch.push(long),
            "verbose" | "progress" | "autostash" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository_with_worktree()?;
    let setting = repository
        .config()
        .get("pull.rebase")
        .map(|value| value != "false");
    let ff_setting = repository.config().get("pull.ff").map(str::to_owned);
    let rebase = rebase.or(setting);
    let forward = forward.map(str::to_owned).or(ff_setting);
    fetch.extend(parsed.operands.iter().cloned());
    repository.act_for(
        [&["pull".to_owned()], &parsed.operands[..]]
            .concat()
            .join(" "),
    );
    super::fetch(git, fetch).map_err(|failure| Failure {
        status: 1,
        ..failure
    })?;
    let Some(target) = target(&repository)? else {
        return Err(nothing_to_merge(&repository, &parsed.operands));
    };
    let diverged = match repository.head() {
        Some(head) => {
            use crate::repository::revision::is_ancestor;
            !is_ancestor(&repository, &head, &target.0)?
                && !is_ancestor(&repository, &target.0, &head)?
        }
        None => false,
    };
    if diverged && rebase.is_none() && forward.is_none() {
        return Err(Failure::plain(128, DIVERGED));
    }
    if diverged && forward.as_deref() == Some("only") && rebase != Some(true) {
        return Err(Failure::fatal("Not possible to fast-forward, aborting."));
    }
    if repository.head().is_none() {
        return unborn(git, &target.0);
    }
    let command = if rebase == Some(true) {
        "rebase"
    } else {
        "merge"
    };
    match forward.as_deref() {
        Some("only") if command == "merge" => merge.push("--ff-only".to_owned()),
        Some("no" | "false") if command == "merge" => {
            merge.push("--no-ff".to_owned());
            merge.extend(["-m".to_owned(), target.1.clone()]);
        }
        _ if command == "merge" && diverged => merge.extend(["-m".to_owned(), target.1.clone()]),
        _ => {}
    }
    merge.push(target.0.hex());
    let run = commands::find(command).ok_or_else(|| commands::help::unknown(command))?;
    run(git, merge)
}

/// The commit to merge, and the message of the merge.
fn target(repository: &Repository) -> Outcome<Option<(Oid, String)>> {
    let text = fs::read_to_string(repository.git_dir().join("FETCH_HEAD")).unwrap_or_default();
    let Some(line) = text.lines().find(|line| line.get(40..42) == Some("\t\t")) else {
        return Ok(None);
    };
    let oid = Oid::parse(line.get(..40).unwrap_or_default().as_bytes())
        .ok_or_else(|| Failure::fatal("corrupt FETCH_HEAD"))?;
    let what = line.get(42..).unwrap_or_default();
    let branch = repository
        .head_branch()
        .filter(|branch| !matches!(branch.as_str(), "master" | "main"));
    let into = branch.map_or(String::new(), |branch| format!(" into {branch}"));
    Ok(Some((oid, format!("Merge {what}{into}"))))
}

fn nothing_to_merge(repository: &Repository, operands: &[String]) -> Failure {
    let Some(branch) = repository.head_branch() else {
        return Failure::plain(
            1,
            "You are not currently on a branch.\nPlease specify which branch you want to merge with.\nSee git-pull(1) for details.\n\n    git pull <remote> <branch>\n",
        );
    };
    let remote = operands
        .first()
        .cloned()
        .unwrap_or_else(|| remote::default_remote(repository));
    if repository.upstream(&branch).is_none() {
        let shown = if repository.config().subsections("remote").len() == 1 {
            remote
        } else {
            "<remote>".to_owned()
        };
        return Failure::plain(
            1,
            format!(
                "There is no tracking information for the current branch.\nPlease specify which branch you want to merge with.\nSee git-pull(1) for details.\n\n    \
                 git pull <remote> <branch>\n\nIf you wish to set tracking information for this branch you can do so with:\n\n    git branch --set-upstream-to={shown}/<branch> {branch}\n"
            ),
        );
    }
    let merge = repository
        .config()
        .get(&format!("branch.{branch}.merge"))
        .unwrap_or_default()
        .to_owned();
    Failure::plain(
        1,
        format!(
            "Your configuration specifies to merge with the ref '{merge}'\nfrom the remote, but no such ref was fetched."
        ),
    )
}

/// Into a branch without commits.
fn unborn(git: &mut Git, target: &Oid) -> Outcome<i32> {
    let run = commands::find("reset").ok_or_else(|| commands::help::unknown("reset"))?;
    run(
        git,
        vec!["-q".to_owned(), "--hard".to_owned(), target.hex()],
    )
}

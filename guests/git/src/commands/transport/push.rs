//! `push`: what this repository has into another one.

use std::io::Write as _;

use super::{copy, line, open};
use crate::command_line::Syntax;
use crate::commands::{branches, remote};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::refs::{Expected, shorten};
use crate::repository::revision::is_ancestor;
use crate::repository::{Oid, Repository};

const SYNTAX: Syntax = Syntax::new(include_str!("../usage/push.txt"));

#[derive(Default)]
struct Asked {
    quiet: bool,
    force: bool,
    all: bool,
    tags: bool,
    delete: bool,
    dry_run: bool,
    upstream: bool,
}

/// One reference to set there.
struct Job {
    /// As we name it; empty to remove.
    from: String,
    /// As the command line named it.
    shown: String,
    new: Option<Oid>,
    to: String,
    force: bool,
}

pub fn push(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "quiet" => asked.quiet = given.on,
            "force" | "force-with-lease" => asked.force = given.on,
            "all" | "branches" => asked.all = given.on,
            "tags" => asked.tags = given.on,
            "delete" => asked.delete = given.on,
            "dry-run" => asked.dry_run = given.on,
            "set-upstream" => asked.upstream = given.on,
            "verbose" | "progress" | "verify" | "thin" | "porcelain" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let name = parsed.operands.first().cloned();
    let specs = parsed.operands.get(1..).unwrap_or_default();
    if name.is_none() && repository.config().subsections("remote").is_empty() {
        return Err(Failure::fatal(
            "No configured push destination.\nEither specify the URL from the command-line or configure a remote repository using\n\n    git remote add <name> <url>\n\n\
             and then push using the remote name\n\n    git push <name>\n",
        ));
    }
    let name = name.unwrap_or_else(|| remote::default_remote(&repository));
    let key = format!("remote.{name}.pushurl");
    let url = repository
        .config()
        .get(&key)
        .map(str::to_owned)
        .or_else(|| remote::url(&repository, &name))
        .unwrap_or_else(|| name.clone());
    let jobs = jobs(&repository, &asked, &name, specs).map_err(|mut failure| {
        if failure.message.contains("src refspec") {
            failure
                .message
                .push_str(&format!("\nerror: failed to push some refs to '{url}'"));
        }
        failure
    })?;
    let top = repository
        .worktree()
        .unwrap_or(repository.git_dir())
        .to_owned();
    let target = open(&url, &top, &git.surroundings)?;
    send(git, &repository, &target, &asked, &name, &url, &jobs)
}

fn jobs(
    repository: &Repository,
    asked: &Asked,
    remote_name: &str,
    specs: &[String],
) -> Outcome<Vec<Job>> {
    let mut jobs = Vec::new();
    let whole = |prefix: &str, jobs: &mut Vec<Job>| -> Outcome<()> {
        for one in repository.refs(prefix)? {
            jobs.push(Job {
                shown: shorten(&one.name).to_owned(),
                from: one.name.clone(),
                new: Some(one.oid),
                to: one.name,
                force: asked.force,
            });
        }
        Ok(())
    };
    if asked.all {
        whole("refs/heads/", &mut jobs)?;
    }
    for spec in specs {
        jobs.push(job(repository, asked, spec)?);
    }
    if asked.tags {
        whole("refs/tags/", &mut jobs)?;
    }
    if jobs.is_empty() && !asked.tags {
        jobs.push(current(repository, asked, remote_name)?);
    }
    Ok(jobs)
}

fn job(repository: &Repository, asked: &Asked, spec: &str) -> Outcome<Job> {
    let (force, spec) = match spec.strip_prefix('+') {
        Some(spec) => (true, spec),
        None => (asked.force, spec),
    };
    let (from, to) = match spec.split_once(':') {
        Some((from, to)) => (from, to),
        None if asked.delete => ("", spec),
        None => (spec, spec),
    };
    let whole = |name: &str, like: &str| match name.starts_with("refs/") {
        true => name.to_owned(),
        false if like.starts_with("refs/tags/") => format!("refs/tags/{name}"),
        false => format!("refs/heads/{name}"),
    };
    if from.is_empty() {
        return Ok(Job {
            from: String::new(),
            shown: String::new(),
            new: None,
            to: whole(to, ""),
            force,
        });
    }
    let failed = || Failure::error(1, format!("src refspec {from} does not match any"));
    let oid = repository.rev(from)?.ok_or_else(failed)?;
    let full = repository
        .full_ref_name(from)
        .unwrap_or_else(|| from.to_owned());
    let full = if full == "HEAD" {
        repository.head_ref().unwrap_or(full)
    } else {
        full
    };
    let to = if spec.contains(':') {
        whole(to, &full)
    } else {
        full.clone()
    };
    Ok(Job {
        from: full,
        shown: from.to_owned(),
        new: Some(oid),
        to,
        force,
    })
}

/// The branch that is checked out, to where it is fetched from: `push.default` is `simple`.
fn current(repository: &Repository, asked: &Asked, remote_name: &str) -> Outcome<Job> {
    let Some(branch) = repository.head_branch() else {
        return Err(Failure::fatal(format!(
            "You are not currently on a branch.\nTo push the history leading to the current (detached HEAD)\nstate now, use\n\n    git push {remote_name} HEAD:<name-of-remote-branch>\n"
        )));
    };
    let full = format!("refs/heads/{branch}");
    let default = repository
        .config()
        .get("push.default")
        .unwrap_or("simple")
        .to_owned();
    let merge = repository
        .config()
        .get(&format!("branch.{branch}.merge"))
        .map(str::to_owned);
    let own = remote::default_remote(repository) == remote_name;
    let new = repository.resolve_ref(&full);
    if default == "current" || !own {
        return Ok(Job {
            shown: branch.clone(),
            from: full.clone(),
            new,
            to: full,
            force: asked.force,
        });
    }
    let Some(merge) = merge else {
        if repository.config().bool("push.autosetupremote")? == Some(true) {
            return Ok(Job {
                shown: branch.clone(),
                from: full.clone(),
                new,
                to: full,
                force: asked.force,
            });
        }
        return Err(Failure::fatal(format!(
            "The current branch {branch} has no upstream branch.\nTo push the current branch and set the remote as upstream, use\n\n    git push --set-upstream {remote_name} {branch}\n\n\
             To have this happen automatically for branches without a tracking\nupstream, see 'push.autoSetupRemote' in 'git help config'.\n"
        )));
    };
    if default == "simple" && merge != full {
        let upstream = shorten(&merge);
        return Err(Failure::fatal(format!(
            "The upstream branch of your current branch does not match\nthe name of your current branch.  To push to the upstream branch\non the remote, use\n\n    git push {remote_name} HEAD:{upstream}\n\n\
             To push to the branch of the same name on the remote, use\n\n    git push {remote_name} HEAD\n\nTo choose either option permanently, see push.default in 'git help config'.\n\n\
             To avoid automatically configuring an upstream branch when its name\nwon't match the local branch, see option 'simple' of branch.autoSetupMerge\nin 'git help config'.\n"
        )));
    }
    Ok(Job {
        shown: branch.clone(),
        from: full,
        new,
        to: merge,
        force: asked.force,
    })
}

const FETCH_FIRST: &str =
    "hint: Updates were rejected because the remote contains work that you do not
hint: have locally. This is usually caused by another repository pushing to
hint: the same ref. If you want to integrate the remote changes, use
hint: 'git pull' before pushing again.
hint: See the 'Note about fast-forwards' in 'git push --help' for details.";

const BEHIND: &str = "hint: Updates were rejected because the tip of your current branch is behind
hint: its remote counterpart. If you want to integrate the remote changes,
hint: use 'git pull' before pushing again.
hint: See the 'Note about fast-forwards' in 'git push --help' for details.";

fn send(
    git: &mut Git,
    repository: &Repository,
    target: &Repository,
    asked: &Asked,
    name: &str,
    url: &str,
    jobs: &[Job],
) -> Outcome<i32> {
    let mut lines = Vec::new();
    let mut hint = None;
    let mut failed = false;
    for job in jobs {
        let old = target.resolve_ref(&job.to);
        let from = shorten(&job.shown);
        let to = shorten(&job.to);
        let current = target.config().bool("core.bare")? != Some(true)
            && target.head_ref().as_deref() == Some(&job.to);
        let Some(new) = job.new else {
            match old {
                Some(_) => {
                    lines.push(format!(" - {:17} {to}", "[deleted]"));
                    if !asked.dry_run {
                        target.delete_ref(&job.to, Expected::Anything)?;
                        forget_tracking(repository, name, &job.to)?;
                    }
                }
                None => {
                    git.warn(format!(
                        "error: unable to delete '{to}': remote ref does not exist"
                    ));
                    failed = true;
                }
            }
            continue;
        };
        if old == Some(new) {
            continue;
        }
        if current
            && old.is_some()
            && !matches!(
                target.config().get("receive.denycurrentbranch"),
                Some("ignore" | "warn" | "false" | "updateInstead")
            )
        {
            refuse_checked_out(git, &job.to);
            lines.push(
                line('!', "[remote rejected]", from, to, 0, "")
                    .trim_end()
                    .to_owned()
                    + " (branch is currently checked out)",
            );
            failed = true;
            continue;
        }
        let (mark, what, note) = match old {
            None if job.to.starts_with("refs/tags/") => ('*', "[new tag]".to_owned(), ""),
            None => (
                '*',
                if job.to.starts_with("refs/heads/") {
                    "[new branch]"
                } else {
                    "[new reference]"
                }
                .to_owned(),
                "",
            ),
            Some(old) => {
                let known = repository.objects().has(&old);
                let forward = known
                    && !job.to.starts_with("refs/tags/")
                    && is_ancestor(repository, &old, &new)?;
                let short = |oid: &Oid| {
                    if known {
                        repository.short(oid)
                    } else {
                        target.short(oid)
                    }
                };
                match (forward, job.force) {
                    (true, _) => (
                        ' ',
                        format!("{}..{}", short(&old), repository.short(&new)),
                        "",
                    ),
                    (false, true) => (
                        '+',
                        format!("{}...{}", short(&old), repository.short(&new)),
                        "forced update",
                    ),
                    (false, false) => {
                        let why = if job.to.starts_with("refs/tags/") {
                            "already exists"
                        } else if known {
                            "non-fast-forward"
                        } else {
                            "fetch first"
                        };
                        lines.push(format!(" ! {:17} {from} -> {to} ({why})", "[rejected]"));
                        hint = Some(if known { BEHIND } else { FETCH_FIRST });
                        failed = true;
                        continue;
                    }
                }
            }
        };
        let note = if note.is_empty() {
            String::new()
        } else {
            format!(" ({note})")
        };
        lines.push(format!(" {mark} {what:17} {from} -> {to}{note}"));
        if !asked.dry_run {
            copy::needed(repository, target, &[new])?;
            target.update_ref(&job.to, new, Expected::Anything, "push")?;
            track(repository, name, &job.to, new)?;
        }
    }
    report(git, asked, url, &lines, failed);
    if asked.upstream && !failed {
        for job in jobs
            .iter()
            .filter(|job| job.from.starts_with("refs/heads/"))
        {
            let tracking = format!("refs/remotes/{name}/{}", shorten(&job.to));
            branches::set_upstream(git, repository, shorten(&job.from), &tracking, asked.quiet)?;
        }
    }
    if failed {
        git.warn(format!("error: failed to push some refs to '{url}'"));
        if let Some(hint) = hint {
            git.warn(hint);
        }
    }
    let _ = git.out.flush();
    Ok(i32::from(failed))
}

fn report(git: &mut Git, asked: &Asked, url: &str, lines: &[String], failed: bool) {
    if asked.quiet && !failed {
        return;
    }
    match lines.is_empty() {
        true if failed => {}
        true => git.warn("Everything up-to-date"),
        false => {
            git.warn(format!("To {url}"));
            lines.iter().for_each(|line| git.warn(line));
        }
    }
}

/// Our picture of the remote's branch.
fn track(repository: &Repository, name: &str, to: &str, new: Oid) -> Outcome<()> {
    let has_rule = repository
        .config()
        .all(&format!("remote.{name}.fetch"))
        .next()
        .is_some();
    match to.strip_prefix("refs/heads/").filter(|_| has_rule) {
        Some(branch) => repository.update_ref(
            &format!("refs/remotes/{name}/{branch}"),
            new,
            Expected::Anything,
            "update by push",
        ),
        None => Ok(()),
    }
}

fn forget_tracking(repository: &Repository, name: &str, to: &str) -> Outcome<()> {
    let full = format!("refs/remotes/{name}/{}", shorten(to));
    match repository.read_ref(&full) {
        Some(_) => repository.delete_ref(&full, Expected::Anything),
        None => Ok(()),
    }
}

fn refuse_checked_out(git: &mut Git, name: &str) {
    let text = format!(
        "error: refusing to update checked out branch: {name}\nerror: By default, updating the current branch in a non-bare repository\n\
         is denied, because it will make the index and work tree inconsistent\nwith what you pushed, and will require 'git reset --hard' to match\n\
         the work tree to HEAD.\n\nYou can set the 'receive.denyCurrentBranch' configuration variable\nto 'ignore' or 'warn' in the remote repository to allow pushing into\n\
         its current branch; however, this is not recommended unless you\narranged to update its work tree to match what you pushed in some\nother way.\n\n\
         To squelch this message and still keep the default behaviour, set\n'receive.denyCurrentBranch' configuration variable to 'refuse'."
    );
    for line in text.lines() {
        let end = if line.is_empty() { "" } else { "        " };
        git.warn(format!("remote: {line}{end}"));
    }
}

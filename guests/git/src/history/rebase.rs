//! `rebase`: commits made again on top of another one.

use std::io::Write as _;

use super::make;
use super::merge::favor;
use super::sequence::{Action, How, Result, advise, apply};
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::log::commit_pairs;
use crate::report;
use crate::repository::pathspec::Pathspec;
use crate::repository::refs::Expected;
use crate::repository::revision::{Order, Walk, WalkOptions, merge_bases};
use crate::repository::worktree::{Converter, switch};
use crate::repository::{Oid, Repository, Signature};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/rebase.txt"));
const FOLDER: &str = "rebase-merge";
const STATE: [&str; 4] = [FOLDER, "MERGE_MSG", "CHERRY_PICK_HEAD", "AUTO_MERGE"];

#[derive(Default)]
struct Request {
    onto: Option<String>,
    root: bool,
    force: bool,
    quiet: bool,
    keep_base: bool,
    how: How,
}

pub fn rebase(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut request = Request::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "abort" => return abort(git),
            "continue" => return go_on(git),
            "skip" => return skip(git),
            "quit" => {
                make::forget(&*git.repository()?, &STATE);
                return Ok(0);
            }
            "onto" => request.onto = given.value.clone(),
            "root" => request.root = given.on,
            "force-rebase" => request.force = given.on,
            "no-ff" => request.force = true,
            "quiet" => request.quiet = given.on,
            "keep-base" => request.keep_base = given.on,
            "strategy-option" => request.how.favor = favor(&given.text())?,
            "merge"
            | "stat"
            | "no-stat"
            | "n"
            | "strategy"
            | "empty"
            | "fork-point"
            | "verify"
            | "no-verify"
            | "ff"
            | "rerere-autoupdate"
            | "reschedule-failed-exec"
            | "verbose"
            | "autosquash"
            | "reapply-cherry-picks" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository_with_worktree()?;
    if make::exists(&repository, FOLDER) {
        let folder = repository.git_dir().join(FOLDER);
        let folder = repository
            .worktree()
            .and_then(|top| folder.strip_prefix(top).ok())
            .unwrap_or(&folder);
        return Err(Failure::fatal(format!(
            "It seems that there is already a {FOLDER} directory, and\nI wonder if you are in the middle of another rebase.  If that is the\ncase, please try\n\
             \tgit rebase (--continue | --abort | --skip)\nIf that is not the case, please\n\trm -fr \"{}\"\nand run me again.  I am stopping in case you still have something\nvaluable there.\n",
            folder.display()
        )));
    }
    begin(git, &repository, request, &parsed.operands)
}

fn begin(
    git: &mut Git,
    repository: &Repository,
    request: Request,
    operands: &[String],
) -> Outcome<i32> {
    let (upstream_name, branch) = match (request.root, operands) {
        (true, branch) => (None, branch.first()),
        (false, []) => (Some(default_upstream(repository)?), None),
        (false, [upstream, branch @ ..]) => (Some(upstream.clone()), branch.first()),
    };
    let upstream = match &upstream_name {
        Some(name) => Some(
            repository
                .rev(name)?
                .and_then(|oid| repository.to_commit(&oid).ok())
                .ok_or_else(|| Failure::fatal(format!("invalid upstream '{name}'")))?,
        ),
        None => None,
    };
    let head_name = match branch {
        Some(branch) => match repository.read_ref(&format!("refs/heads/{branch}")) {
            Some(_) => Some(format!("refs/heads/{branch}")),
            None if repository.rev(branch)?.is_some() => None,
            None => return Err(Failure::fatal(format!("no such branch/commit '{branch}'"))),
        },
        None => repository.head_ref(),
    };
    let original = match branch {
        Some(branch) => repository.commit_named(branch)?,
        None => repository
            .head()
            .ok_or_else(|| Failure::fatal("Could not resolve HEAD to a commit"))?,
    };
    let onto_name = request
        .onto
        .clone()
        .or(upstream_name.clone())
        .unwrap_or_default();
    let onto = match &request.onto {
        Some(name) => repository
            .rev(name)?
            .and_then(|oid| repository.to_commit(&oid).ok())
            .ok_or_else(|| Failure::fatal(format!("Does not point to a valid commit '{name}'")))?,
        None if request.keep_base => *merge_bases(
            repository,
            &original,
            &upstream.into_iter().collect::<Vec<_>>(),
        )?
        .first()
        .ok_or_else(|| Failure::fatal("need exactly one merge base"))?,
        None => upstream.ok_or_else(|| Failure::fatal("--root without --onto is not supported"))?,
    };
    require_clean(git, repository)?;
    let bases = merge_bases(
        repository,
        &original,
        &upstream.into_iter().collect::<Vec<_>>(),
    )?;
    let up_to_date = upstream.is_some()
        && bases == [onto]
        && is_linear(repository, &onto, &original)?
        && request.onto.is_none();
    if up_to_date && !request.force {
        if branch.is_some() {
            checkout(repository, head_name.as_deref(), &original, "rebase")?;
        }
        if !request.quiet {
            let name = head_name.as_deref().map_or("HEAD", |name| {
                name.strip_prefix("refs/heads/").unwrap_or(name)
            });
            let text = match head_name {
                Some(_) => format!("Current branch {name} is up to date.\n"),
                None => "HEAD is up to date.\n".to_owned(),
            };
            git.out.write_all(text.as_bytes())?;
        }
        return Ok(0);
    }
    let todo = todo(repository, upstream, &original, &onto)?;
    repository.update_ref("ORIG_HEAD", original, Expected::Anything, "")?;
    move_to(git, repository, &onto)?;
    repository.detach_ref(
        "HEAD",
        onto,
        &format!("rebase (start): checkout {onto_name}"),
    )?;
    save(
        repository,
        "head-name",
        head_name.as_deref().unwrap_or("detached HEAD"),
    )?;
    save(repository, "onto", &onto.hex())?;
    save(repository, "orig-head", &original.hex())?;
    save(repository, "interactive", "")?;
    save(repository, "end", &todo.len().to_string())?;
    if request.quiet {
        save(repository, "quiet", "")?;
    }
    all(git, repository, todo, &request.how, 0)
}

fn default_upstream(repository: &Repository) -> Outcome<String> {
    let branch = repository.head_branch();
    let words = |what: String| {
        println!("{what}");
        Failure::silent(1)
    };
    let Some(branch) = branch else {
        return Err(words("You are not currently on a branch.\nPlease specify which branch you want to rebase against.\nSee git-rebase(1) for details.\n\n    git rebase '<branch>'\n".to_owned()));
    };
    repository.upstream(&branch).ok_or_else(|| {
        words(format!(
            "There is no tracking information for the current branch.\nPlease specify which branch you want to rebase against.\nSee git-rebase(1) for details.\n\n    git rebase '<branch>'\n\n\
             If you wish to set tracking information for this branch you can do so with:\n\n    git branch --set-upstream-to=<remote>/<branch> {branch}\n"
        ))
    })
}

fn require_clean(git: &mut Git, repository: &Repository) -> Outcome<()> {
    let index = repository.index()?;
    let mut dirty = false;
    if !make::unstaged(repository, &index)?.is_empty() {
        git.warn("error: cannot rebase: You have unstaged changes.");
        dirty = true;
    }
    if !make::staged(repository, &index)?.is_empty() {
        let text = match dirty {
            true => "error: additionally, your index contains uncommitted changes.",
            false => "error: cannot rebase: Your index contains uncommitted changes.",
        };
        git.warn(text);
        dirty = true;
    }
    match dirty {
        true => Err(Failure::plain(1, "error: Please commit or stash them.")),
        false => Ok(()),
    }
}

fn is_linear(repository: &Repository, base: &Oid, head: &Oid) -> Outcome<bool> {
    let mut walk = Walk::new(repository, vec![*head], vec![*base], WalkOptions::default())?;
    while let Some(oid) = walk.next().transpose()? {
        if walk.commit(&oid)?.parents.len() > 1 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The commits to make again, the oldest first: no merges, and none whose change upstream has.
fn todo(
    repository: &Repository,
    upstream: Option<Oid>,
    head: &Oid,
    onto: &Oid,
) -> Outcome<Vec<Oid>> {
    let without: Vec<Oid> = upstream
        .into_iter()
        .chain([*onto].into_iter().filter(|_| upstream.is_none()))
        .collect();
    let options = || WalkOptions {
        order: Order::Topological,
        ..WalkOptions::default()
    };
    let mut theirs = Vec::new();
    if let Some(upstream) = upstream {
        for oid in Walk::new(repository, vec![upstream], vec![*head], options())? {
            theirs.push(change_of(repository, &oid?)?);
        }
    }
    let mut walk = Walk::new(repository, vec![*head], without, options())?;
    let mut todo = Vec::new();
    while let Some(oid) = walk.next().transpose()? {
        if walk.commit(&oid)?.parents.len() > 1 {
            continue;
        }
        if !theirs.is_empty() && theirs.contains(&change_of(repository, &oid)?) {
            continue;
        }
        todo.push(oid);
    }
    todo.reverse();
    Ok(todo)
}

/// What a commit changed, without line numbers.
fn change_of(repository: &Repository, oid: &Oid) -> Outcome<Vec<u8>> {
    let commit = repository.objects().commit(oid)?;
    if commit.parents.len() > 1 {
        return Ok(oid.hex().into_bytes());
    }
    let text = patch_of(repository, &commit)?;
    let lines = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.starts_with(b"@@") && !line.starts_with(b"index "));
    Ok(lines.collect::<Vec<_>>().join(&b'\n'))
}

fn patch_of(repository: &Repository, commit: &crate::repository::Commit) -> Outcome<Vec<u8>> {
    let source = crate::changes::Source::of(repository);
    let pairs = commit_pairs(repository, commit, &Pathspec::default())?;
    let mut options = report::Options::of(repository.config())?;
    options.formats.patch = true;
    let mut text = Vec::new();
    report::show(&source, &pairs, &options, &mut text)?;
    Ok(text)
}

fn move_to(git: &mut Git, repository: &Repository, onto: &Oid) -> Outcome<()> {
    let converter = Converter::new(repository);
    let mut index = repository.index()?;
    let plan = switch(
        repository,
        &converter,
        &index,
        &make::head_tree(repository)?,
        &repository.to_tree(onto)?,
    )?;
    let plan = match plan {
        Ok(plan) => plan,
        Err(refusal) => {
            git.warn(refusal.message("checkout", "switch branches"));
            return Err(Failure::error(1, "could not detach HEAD"));
        }
    };
    let lock = index.lock()?;
    plan.apply(repository, &converter, &mut index)?;
    index.write_locked(lock)
}

fn checkout(repository: &Repository, name: Option<&str>, oid: &Oid, why: &str) -> Outcome<()> {
    make::reset_to(repository, oid)?;
    match name {
        Some(name) => repository.set_symbolic_ref(
            "HEAD",
            name,
            Some(&format!(
                "{why}: checkout {}",
                name.strip_prefix("refs/heads/").unwrap_or(name)
            )),
        ),
        None => repository.detach_ref("HEAD", *oid, why),
    }
}

fn save(repository: &Repository, name: &str, text: &str) -> Outcome<()> {
    let ended = if text.is_empty() {
        String::new()
    } else {
        format!("{text}\n")
    };
    make::write(repository, &format!("{FOLDER}/{name}"), ended)
}

fn saved(repository: &Repository, name: &str) -> Option<String> {
    make::read(repository, &format!("{FOLDER}/{name}"))
        .map(|text| text.trim_end_matches('\n').to_owned())
}

fn line_of(repository: &Repository, oid: &Oid) -> Outcome<String> {
    let commit = repository.objects().commit(oid)?;
    Ok(format!(
        "pick {oid} {}\n",
        String::from_utf8_lossy(&commit.subject())
    ))
}

fn all(
    git: &mut Git,
    repository: &Repository,
    todo: Vec<Oid>,
    how: &How,
    before: usize,
) -> Outcome<i32> {
    let quiet = saved(repository, "quiet").is_some();
    let total = before + todo.len();
    let how = How {
        ff: true,
        drop_empty: true,
        quiet: true,
        ..how.clone()
    };
    for (at, oid) in todo.iter().enumerate() {
        let number = before + at + 1;
        save(repository, "msgnum", &number.to_string())?;
        let mut done = make::read(repository, &format!("{FOLDER}/done")).unwrap_or_default();
        done += &line_of(repository, oid)?;
        make::write(repository, &format!("{FOLDER}/done"), done)?;
        let mut rest = String::new();
        for oid in &todo[at + 1..] {
            rest += &line_of(repository, oid)?;
        }
        make::write(repository, &format!("{FOLDER}/git-rebase-todo"), rest)?;
        if !quiet {
            git.out.flush()?;
            eprint!("Rebasing ({number}/{total})\r");
        }
        match apply(git, repository, Action::Rebase, oid, &how)? {
            Result::Done => {}
            Result::Dropped => {
                let commit = repository.objects().commit(oid)?;
                let subject = String::from_utf8_lossy(&commit.subject()).into_owned();
                git.warn(format!(
                    "dropping {oid} {subject} -- patch contents already upstream"
                ));
            }
            Result::Conflict | Result::Empty => return stop(git, repository, oid),
        }
        make::forget(repository, &STATE[1..3]);
    }
    finish(git, repository, quiet)
}

fn stop(git: &mut Git, repository: &Repository, oid: &Oid) -> Outcome<i32> {
    let commit = repository.objects().commit(oid)?;
    repository.update_ref("REBASE_HEAD", *oid, Expected::Anything, "")?;
    make::forget(repository, &["CHERRY_PICK_HEAD"]);
    save(repository, "stopped-sha", &oid.hex())?;
    make::write(
        repository,
        &format!("{FOLDER}/patch"),
        patch_of(repository, &commit)?,
    )?;
    make::write(
        repository,
        &format!("{FOLDER}/message"),
        make::read(repository, "MERGE_MSG").unwrap_or_default(),
    )?;
    if let Some(who) = Signature::parse(&commit.author) {
        let quote = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\'', "'\\''");
        let sign = if who.zone < 0 { '-' } else { '+' };
        let text = format!(
            "GIT_AUTHOR_NAME='{}'\nGIT_AUTHOR_EMAIL='{}'\nGIT_AUTHOR_DATE='@{} {sign}{:04}'\n",
            quote(&who.name),
            quote(&who.email),
            who.seconds,
            who.zone.abs()
        );
        make::write(repository, &format!("{FOLDER}/author-script"), text)?;
    }
    advise(git, repository, Action::Rebase);
    let subject = String::from_utf8_lossy(&commit.subject()).into_owned();
    git.warn(format!(
        "Could not apply {}... {subject}",
        repository.short(oid)
    ));
    Ok(1)
}

fn finish(git: &mut Git, repository: &Repository, quiet: bool) -> Outcome<i32> {
    let name = saved(repository, "head-name").unwrap_or_default();
    let onto = saved(repository, "onto").unwrap_or_default();
    let head = repository.head().unwrap_or_default();
    if name.starts_with("refs/") {
        repository.update_ref(
            &name,
            head,
            Expected::Anything,
            &format!("rebase (finish): {name} onto {onto}"),
        )?;
        repository.set_symbolic_ref(
            "HEAD",
            &name,
            Some(&format!("rebase (finish): returning to {name}")),
        )?;
    }
    make::forget(repository, &STATE[..3]);
    if !quiet {
        git.out.flush()?;
        let what = if name.starts_with("refs/") {
            name
        } else {
            "detached HEAD".to_owned()
        };
        eprint!("Successfully rebased and updated {what}.\n");
    }
    Ok(0)
}

fn waiting(git: &mut Git) -> Outcome<std::rc::Rc<Repository>> {
    let repository = git.repository_with_worktree()?;
    match make::exists(&repository, FOLDER) {
        true => Ok(repository),
        false => Err(Failure::fatal("no rebase in progress")),
    }
}

fn abort(git: &mut Git) -> Outcome<i32> {
    let repository = waiting(git)?;
    let name = saved(&repository, "head-name").unwrap_or_default();
    let original = saved(&repository, "orig-head")
        .and_then(|text| Oid::parse(text.as_bytes()))
        .ok_or_else(|| Failure::fatal("could not read orig-head"))?;
    make::reset_to(&repository, &original)?;
    if name.starts_with("refs/") {
        repository.set_symbolic_ref(
            "HEAD",
            &name,
            Some(&format!("rebase (abort): returning to {name}")),
        )?;
    } else {
        repository.detach_ref(
            "HEAD",
            original,
            &format!("rebase (abort): returning to {original}"),
        )?;
    }
    make::forget(&repository, &STATE);
    make::forget(&repository, &["REBASE_HEAD"]);
    Ok(0)
}

fn rest(git: &mut Git, repository: &Repository) -> Outcome<i32> {
    let text = saved(repository, "git-rebase-todo").unwrap_or_default();
    let mut todo = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        match (words.next(), words.next()) {
            (Some("pick" | "p"), Some(name)) => todo.push(repository.commit_named(name)?),
            (Some(verb), Some(_)) if !verb.is_empty() => {
                return Err(Failure::error(1, format!("invalid command '{verb}'")));
            }
            _ => {}
        }
    }
    let before = saved(repository, "msgnum")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    all(git, repository, todo, &How::default(), before)
}

fn skip(git: &mut Git) -> Outcome<i32> {
    let repository = waiting(git)?;
    let head = repository
        .head()
        .ok_or_else(|| Failure::fatal("could not resolve HEAD"))?;
    make::reset_to(&repository, &head)?;
    make::forget(&repository, &STATE[1..]);
    rest(git, &repository)
}

fn go_on(git: &mut Git) -> Outcome<i32> {
    let repository = waiting(git)?;
    let index = repository.index()?;
    if index.has_conflicts() || !make::unstaged(&repository, &index)?.is_empty() {
        let mut paths: Vec<String> = Vec::new();
        for entry in index.entries().iter().filter(|entry| entry.stage != 0) {
            let line = format!("{}: needs merge", String::from_utf8_lossy(&entry.path));
            if paths.last() != Some(&line) {
                paths.push(line);
            }
        }
        for line in paths {
            git.out.write_all(format!("{line}\n").as_bytes())?;
        }
        git.out.write_all(
            b"You must edit all merge conflicts and then\nmark them as resolved using git add\n",
        )?;
        return Ok(1);
    }
    let stopped = saved(&repository, "stopped-sha").and_then(|text| Oid::parse(text.as_bytes()));
    if let Some(stopped) = stopped
        && !make::staged(&repository, &index)?.is_empty()
    {
        commit_stopped(git, &repository, &stopped)?;
    }
    make::forget(&repository, &STATE[1..]);
    rest(git, &repository)
}

fn commit_stopped(git: &mut Git, repository: &Repository, stopped: &Oid) -> Outcome<()> {
    let original = repository.objects().commit(stopped)?;
    let file = repository.git_dir().join("MERGE_MSG");
    crate::commands::editor::edit(repository, &file, true)?;
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let message = crate::commands::message::strip(&text, true);
    let tree = repository.write_tree(repository.index()?.entries())?;
    let new = make::commit(
        repository,
        tree,
        repository.head().into_iter().collect(),
        Some(original.author.clone()),
        message.as_bytes(),
    )?;
    let subject = message.lines().next().unwrap_or_default().to_owned();
    repository.update_ref(
        "HEAD",
        new,
        Expected::Anything,
        &format!("rebase (continue): {subject}"),
    )?;
    let text = crate::commands::summary::of_commit(repository, &new, false, false)?;
    git.out.put(&text)?;
    Ok(())
}

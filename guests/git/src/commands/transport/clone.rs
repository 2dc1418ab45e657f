//! `clone`: a repository like another one.

use std::fs;
use std::path::{Path, PathBuf};

use super::{copy, local, unreachable};
use crate::command_line::Syntax;
use crate::commands::checkout::DETACHED;
use crate::commands::{advice, init};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::config::{Change, change, valid_key};
use crate::repository::worktree::{self, Converter};
use crate::repository::{Oid, Repository, Surroundings, lock};

const SYNTAX: Syntax = Syntax::new(include_str!("../usage/clone.txt"));

#[derive(Default)]
struct Asked {
    quiet: bool,
    no_checkout: bool,
    bare: bool,
    mirror: bool,
    origin: Option<String>,
    branch: Option<String>,
    single: bool,
    tags: bool,
    depth: bool,
    settings: Vec<String>,
}

pub fn clone(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked {
        tags: true,
        ..Asked::default()
    };
    for given in &parsed.options {
        match given.name.as_str() {
            "quiet" => asked.quiet = given.on,
            "no-checkout" => asked.no_checkout = true,
            "checkout" => asked.no_checkout = !given.on,
            "bare" => asked.bare = given.on,
            "mirror" => (asked.bare, asked.mirror) = (given.on, given.on),
            "origin" => asked.origin = given.value.clone(),
            "branch" => asked.branch = given.value.clone(),
            "single-branch" => asked.single = given.on,
            "tags" => asked.tags = given.on,
            "no-tags" => asked.tags = false,
            "depth" => asked.depth = given.on,
            "config" => asked.settings.push(given.text()),
            "verbose" | "progress" | "local" | "no-hardlinks" | "hardlinks" | "shared"
            | "template" | "recurse-submodules" | "jobs" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let (url, folder) = match &parsed.operands[..] {
        [url] => (url.clone(), None),
        [url, folder] => (url.clone(), Some(folder.clone())),
        [] => return Err(SYNTAX.misused_with("fatal: You must specify a repository to clone.\n")),
        _ => return Err(SYNTAX.misused_with("fatal: Too many arguments.\n")),
    };
    let folder = folder.unwrap_or_else(|| default_folder(&url, asked.bare));
    run(git, &asked, &url, &folder)
}

/// The last part of an address.
fn default_folder(url: &str, bare: bool) -> String {
    let trimmed = url.trim_end_matches('/');
    let trimmed = trimmed
        .strip_suffix("/.git")
        .unwrap_or(trimmed)
        .trim_end_matches('/');
    let last = trimmed.rsplit(['/', ':']).next().unwrap_or(trimmed);
    let name = last.strip_suffix(".git").unwrap_or(last);
    if bare {
        format!("{name}.git")
    } else {
        name.to_owned()
    }
}

fn run(git: &mut Git, asked: &Asked, url: &str, folder: &str) -> Outcome<i32> {
    let here = std::env::current_dir()?;
    let far = unreachable(url);
    let path = local(url, &here);
    if far.is_none() && !path.exists() && !path.with_extension("git").exists() {
        return Err(Failure::fatal(format!("repository '{url}' does not exist")));
    }
    let target = here.join(folder);
    let occupied =
        fs::read_dir(&target).is_ok_and(|mut entries| entries.next().is_some()) || target.is_file();
    if occupied {
        return Err(Failure::fatal(format!(
            "destination path '{folder}' already exists and is not an empty directory."
        )));
    }
    if !asked.quiet {
        let what = if asked.bare { "bare repository " } else { "" };
        git.warn(format!("Cloning into {what}'{folder}'..."));
    }
    if let Some(failure) = far {
        return Err(failure);
    }
    let Some(source) = Repository::at(&path, &git.surroundings) else {
        return Err(Failure::plain(
            128,
            format!(
                "fatal: '{url}' does not appear to be a git repository\n{}",
                super::NO_ACCESS
            ),
        ));
    };
    if asked.depth && !url.starts_with("file://") && !asked.quiet {
        git.warn("warning: --depth is ignored in local clones; use file:// instead.");
    }
    let absolute = path.canonicalize().unwrap_or(path);
    let shown = if url.starts_with("file://") {
        url.to_owned()
    } else {
        absolute.display().to_string()
    };
    let existed = target.exists();
    let made = make(git, asked, &source, &shown, &target);
    if made.is_err() && !existed {
        let _ = fs::remove_dir_all(&target);
    }
    made
}

fn make(
    git: &mut Git,
    asked: &Asked,
    source: &Repository,
    url: &str,
    target: &Path,
) -> Outcome<i32> {
    let git_dir: PathBuf = if asked.bare {
        target.to_owned()
    } else {
        target.join(".git")
    };
    fs::create_dir_all(target)?;
    let origin = asked.origin.clone().unwrap_or_else(|| "origin".to_owned());
    let refs = source.refs("refs/")?;
    let head = source.head_ref();
    let (branch, commit) = checked_out(source, asked, &origin, head.as_deref())?;
    init::create(&git_dir, asked.bare, branch.as_deref().unwrap_or("master"))?;
    copy::all(source.objects().folder(), &git_dir.join("objects"))?;
    for other in source.objects().alternates() {
        copy::all(other.folder(), &git_dir.join("objects"))?;
    }
    configure(asked, &git_dir, &origin, url, branch.as_deref())?;
    let surroundings = Surroundings {
        settings: git.surroundings.settings.clone(),
        ..Surroundings::default()
    };
    let start = std::env::current_dir()?;
    std::env::set_current_dir(target)?;
    let repository = Repository::discover(&surroundings)?;
    let outcome = fill(
        git,
        asked,
        &repository,
        &Origin {
            name: &origin,
            url,
            refs,
            head,
            branch,
            commit,
        },
    );
    std::env::set_current_dir(start)?;
    outcome
}

/// The branch that is checked out, and its commit.
fn checked_out(
    source: &Repository,
    asked: &Asked,
    origin: &str,
    head: Option<&str>,
) -> Outcome<(Option<String>, Option<Oid>)> {
    let Some(name) = &asked.branch else {
        let branch = head
            .and_then(|name| name.strip_prefix("refs/heads/"))
            .map(str::to_owned);
        return Ok((branch, source.head()));
    };
    if let Some(oid) = source.resolve_ref(&format!("refs/heads/{name}")) {
        return Ok((Some(name.clone()), Some(oid)));
    }
    match source.resolve_ref(&format!("refs/tags/{name}")) {
        Some(oid) => Ok((None, Some(source.to_commit(&oid)?))),
        None => Err(Failure::fatal(format!(
            "Remote branch {name} not found in upstream {origin}"
        ))),
    }
}

fn configure(
    asked: &Asked,
    git_dir: &Path,
    origin: &str,
    url: &str,
    branch: Option<&str>,
) -> Outcome<()> {
    let file = git_dir.join("config");
    let set = |key: &str, value: &str| change(&file, key, &Change::Set(value), |_| true);
    for setting in &asked.settings {
        let (key, value) = setting.split_once('=').unwrap_or((setting, "true"));
        valid_key(key)?;
        set(key, value)?;
    }
    set(&format!("remote.{origin}.url"), url)?;
    let spec = match (asked.mirror, asked.bare, asked.single, branch) {
        (true, ..) => Some("+refs/*:refs/*".to_owned()),
        (_, true, ..) => None,
        (_, _, true, Some(branch)) => Some(format!(
            "+refs/heads/{branch}:refs/remotes/{origin}/{branch}"
        )),
        _ => Some(format!("+refs/heads/*:refs/remotes/{origin}/*")),
    };
    if !asked.tags {
        set(&format!("remote.{origin}.tagOpt"), "--no-tags")?;
    }
    if let Some(spec) = spec {
        set(&format!("remote.{origin}.fetch"), &spec)?;
    }
    if asked.mirror {
        set(&format!("remote.{origin}.mirror"), "true")?;
    }
    Ok(())
}

/// What is known of the repository that is cloned.
struct Origin<'a> {
    name: &'a str,
    url: &'a str,
    refs: Vec<crate::repository::refs::Reference>,
    head: Option<String>,
    branch: Option<String>,
    commit: Option<Oid>,
}

fn fill(
    git: &mut Git,
    asked: &Asked,
    repository: &Repository,
    origin: &Origin<'_>,
) -> Outcome<i32> {
    let mut packed = Vec::new();
    for one in &origin.refs {
        let name = match (one.name.strip_prefix("refs/heads/"), asked.bare) {
            (Some(_), true) => one.name.clone(),
            (Some(branch), false) => {
                if asked.single && origin.branch.as_deref() != Some(branch) {
                    continue;
                }
                format!("refs/remotes/{}/{branch}", origin.name)
            }
            (None, _) if one.name.starts_with("refs/tags/") && asked.tags || asked.mirror => {
                one.name.clone()
            }
            _ => continue,
        };
        packed.push((name, one.oid));
    }
    if !packed.is_empty() {
        repository.write_packed_refs(&packed)?;
    }
    let message = format!("clone: from {}", origin.url);
    let Some(commit) = origin.commit else {
        git.warn("warning: You appear to have cloned an empty repository.");
        if !asked.quiet {
            git.warn("done.");
        }
        if let (Some(branch), false) = (&origin.branch, asked.bare) {
            follow(repository, origin.name, branch)?;
        }
        return Ok(0);
    };
    if !asked.bare && origin.head.is_some() {
        let target = origin
            .head
            .as_deref()
            .and_then(|name| name.strip_prefix("refs/heads/"))
            .unwrap_or_default();
        let full = format!("refs/remotes/{}/{target}", origin.name);
        if repository.resolve_ref(&full).is_some() {
            repository.set_symbolic_ref(
                &format!("refs/remotes/{}/HEAD", origin.name),
                &full,
                Some(&message),
            )?;
        }
    }
    match &origin.branch {
        Some(branch) if !asked.bare => {
            let full = format!("refs/heads/{branch}");
            lock::replace(
                &repository.ref_path(&full),
                format!("{commit}\n").as_bytes(),
            )?;
            repository.append_reflog(&full, Oid::ZERO, commit, &message)?;
            repository.append_reflog("HEAD", Oid::ZERO, commit, &message)?;
            follow(repository, origin.name, branch)?;
        }
        Some(_) => {}
        None => {
            repository.detach_ref("HEAD", commit, &message)?;
            if !asked.no_checkout && advice::wanted(repository.config(), "detachedHead") {
                git.warn(format!("Note: switching to '{commit}'.\n{DETACHED}"));
            }
        }
    }
    if !asked.quiet {
        git.warn("done.");
    }
    if !asked.bare && !asked.no_checkout {
        let mut index = repository.index()?;
        worktree::reset_hard(
            repository,
            &Converter::new(repository),
            &mut index,
            &repository.to_tree(&commit)?,
        )?;
        index.write()?;
    }
    Ok(0)
}

fn follow(repository: &Repository, origin: &str, branch: &str) -> Outcome<()> {
    let file = repository.common_dir().join("config");
    change(
        &file,
        &format!("branch.{branch}.remote"),
        &Change::Set(origin),
        |_| true,
    )?;
    change(
        &file,
        &format!("branch.{branch}.merge"),
        &Change::Set(&format!("refs/heads/{branch}")),
        |_| true,
    )?;
    Ok(())
}

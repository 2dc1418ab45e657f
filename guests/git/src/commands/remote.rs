//! `remote`: other repositories by name.

use std::io::Write as _;

use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::Repository;
use crate::repository::config::{Change, change, remove_section, rename_section};
use crate::repository::refs::{Expected, is_valid};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/remote.txt")).ending_at_operand();
const ADD: Syntax = Syntax::new(
    "usage: git remote add [<options>] <name> <url>

    -f, --[no-]fetch      fetch the remote branches
    --[no-]tags           import all tags and associated objects when fetching
                          or do not fetch any tag at all (--no-tags)
    -t, --[no-]track <branch>
                          branch(es) to track
    -m, --[no-]master <branch>
                          master branch
    --[no-]mirror[=(push|fetch)]
                          set up remote as a mirror to push to or fetch from
",
);

pub fn remote(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut verbose = false;
    for given in &parsed.options {
        match given.name.as_str() {
            "verbose" => verbose = given.on,
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let Some((command, words)) = parsed.operands.split_first() else {
        return list(git, &repository, verbose);
    };
    match command.as_str() {
        "add" => add(git, &repository, words),
        "rm" | "remove" => remove(&repository, words),
        "rename" => rename(&repository, words),
        "get-url" => get_url(git, &repository, words),
        "set-url" => set_url(&repository, words),
        "show" => list(git, &repository, false),
        "prune" | "update" => Ok(0),
        other => Err(SYNTAX.misused_with(&format!("error: unknown subcommand: `{other}'"))),
    }
}

fn list(git: &mut Git, repository: &Repository, verbose: bool) -> Outcome<i32> {
    let mut names = repository.config().subsections("remote");
    names.sort();
    for name in names {
        if !verbose {
            writeln!(git.out, "{name}")?;
            continue;
        }
        let url = url(repository, &name).unwrap_or_else(|| name.clone());
        let push = repository
            .config()
            .get(&format!("remote.{name}.pushurl"))
            .unwrap_or(&url)
            .to_owned();
        writeln!(git.out, "{name}\t{url} (fetch)\n{name}\t{push} (push)")?;
    }
    Ok(0)
}

/// Where a remote is.
pub fn url(repository: &Repository, name: &str) -> Option<String> {
    repository
        .config()
        .all(&format!("remote.{name}.url"))
        .next()
        .map(str::to_owned)
}

fn exists(repository: &Repository, name: &str) -> bool {
    repository
        .config()
        .subsections("remote")
        .iter()
        .any(|one| one == name)
}

fn missing(name: &str) -> Failure {
    Failure::error(2, format!("No such remote '{name}'"))
}

/// As `remove` and `rename` say it.
fn unknown(name: &str) -> Failure {
    Failure::error(2, format!("No such remote: '{name}'"))
}

fn add(git: &mut Git, repository: &Repository, words: &[String]) -> Outcome<i32> {
    let parsed = ADD.parse(words)?;
    let mut tracked: Vec<String> = Vec::new();
    let (mut fetch, mut tags, mut mirror) = (false, None, None);
    for given in &parsed.options {
        match given.name.as_str() {
            "fetch" => fetch = given.on,
            "track" => tracked.push(given.text()),
            "tags" => tags = Some(given.on),
            "mirror" => mirror = given.value.clone(),
            _ => return Err(ADD.refuse(given)),
        }
    }
    let [name, url] = &parsed.operands[..] else {
        return Err(ADD.misused());
    };
    if exists(repository, name) {
        return Err(Failure::error(3, format!("remote {name} already exists.")));
    }
    if !is_valid(&format!("refs/remotes/{name}/x")) {
        return Err(Failure::fatal(format!(
            "'{name}' is not a valid remote name"
        )));
    }
    let file = repository.common_dir().join("config");
    let set = |key: &str, value: &str, add: bool| {
        let how = if add {
            Change::Add(value)
        } else {
            Change::Set(value)
        };
        change(&file, &format!("remote.{name}.{key}"), &how, |_| true)
    };
    set("url", url, false)?;
    if mirror.as_deref() == Some("fetch") {
        set("fetch", "+refs/*:refs/*", true)?;
    } else if tracked.is_empty() {
        set(
            "fetch",
            &format!("+refs/heads/*:refs/remotes/{name}/*"),
            true,
        )?;
    } else {
        for branch in tracked {
            set(
                "fetch",
                &format!("+refs/heads/{branch}:refs/remotes/{name}/{branch}"),
                true,
            )?;
        }
    }
    if let Some(tags) = tags {
        set("tagOpt", if tags { "--tags" } else { "--no-tags" }, false)?;
    }
    if fetch && let Some(fetch) = super::find("fetch") {
        writeln!(git.out, "Updating {name}")?;
        return fetch(git, vec![name.clone()]);
    }
    Ok(0)
}

fn remove(repository: &Repository, words: &[String]) -> Outcome<i32> {
    let [name] = words else {
        return Err(Failure::plain(129, "usage: git remote remove <name>\n"));
    };
    if !exists(repository, name) {
        return Err(unknown(name));
    }
    let file = repository.common_dir().join("config");
    for one in repository.refs(&format!("refs/remotes/{name}/"))? {
        repository.delete_ref(&one.name, Expected::Anything)?;
    }
    for branch in repository.config().subsections("branch") {
        if repository.config().get(&format!("branch.{branch}.remote")) == Some(name) {
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
        }
    }
    remove_section(&file, &format!("remote.{name}"))?;
    Ok(0)
}

fn rename(repository: &Repository, words: &[String]) -> Outcome<i32> {
    let words: Vec<&String> = words
        .iter()
        .filter(|word| !word.starts_with("--"))
        .collect();
    let [old, new] = words[..] else {
        return Err(Failure::plain(
            129,
            "usage: git remote rename [--[no-]progress] <old> <new>\n",
        ));
    };
    if !exists(repository, old) {
        return Err(unknown(old));
    }
    if exists(repository, new) {
        return Err(Failure::error(3, format!("remote {new} already exists.")));
    }
    let file = repository.common_dir().join("config");
    rename_section(&file, &format!("remote.{old}"), &format!("remote.{new}"))?;
    let specs: Vec<String> = repository
        .config()
        .all(&format!("remote.{old}.fetch"))
        .map(str::to_owned)
        .collect();
    change(
        &file,
        &format!("remote.{new}.fetch"),
        &Change::Unset,
        |_| true,
    )?;
    for spec in specs {
        let spec = spec.replace(
            &format!("refs/remotes/{old}/"),
            &format!("refs/remotes/{new}/"),
        );
        change(
            &file,
            &format!("remote.{new}.fetch"),
            &Change::Add(&spec),
            |_| true,
        )?;
    }
    for branch in repository.config().subsections("branch") {
        if repository.config().get(&format!("branch.{branch}.remote")) == Some(old) {
            change(
                &file,
                &format!("branch.{branch}.remote"),
                &Change::Set(new),
                |_| true,
            )?;
        }
    }
    for one in repository.refs(&format!("refs/remotes/{old}/"))? {
        let name = one.name.replacen(
            &format!("refs/remotes/{old}/"),
            &format!("refs/remotes/{new}/"),
            1,
        );
        let message = format!("remote: renamed {} to {name}", one.name);
        match &one.symbolic {
            Some(target) => {
                let target = target.replacen(
                    &format!("refs/remotes/{old}/"),
                    &format!("refs/remotes/{new}/"),
                    1,
                );
                repository.set_symbolic_ref(&name, &target, None)?;
            }
            None => repository.update_ref(&name, one.oid, Expected::Anything, &message)?,
        }
        repository.delete_ref(&one.name, Expected::Anything)?;
    }
    Ok(0)
}

fn get_url(git: &mut Git, repository: &Repository, words: &[String]) -> Outcome<i32> {
    let names: Vec<&String> = words
        .iter()
        .filter(|word| !word.starts_with("--"))
        .collect();
    let [name] = names[..] else {
        return Err(Failure::plain(
            129,
            "usage: git remote get-url [--push] [--all] <name>\n",
        ));
    };
    match url(repository, name).filter(|_| exists(repository, name)) {
        Some(url) => writeln!(git.out, "{url}")?,
        None => return Err(missing(name)),
    }
    Ok(0)
}

fn set_url(repository: &Repository, words: &[String]) -> Outcome<i32> {
    let push = words.iter().any(|word| word == "--push");
    let add = words.iter().any(|word| word == "--add");
    let operands: Vec<&String> = words
        .iter()
        .filter(|word| !word.starts_with("--"))
        .collect();
    let (name, url) = match operands[..] {
        [name, url] | [name, url, _] => (name, url),
        _ => {
            return Err(Failure::plain(
                129,
                "usage: git remote set-url [--push] <name> <newurl> [<oldurl>]\n",
            ));
        }
    };
    if !exists(repository, name) {
        return Err(missing(name));
    }
    let key = format!("remote.{name}.{}", if push { "pushurl" } else { "url" });
    let how = if add {
        Change::Add(url)
    } else {
        Change::Set(url)
    };
    change(&repository.common_dir().join("config"), &key, &how, |_| {
        true
    })?;
    Ok(0)
}

/// The remote that a branch is fetched from by default.
pub fn default_remote(repository: &Repository) -> String {
    let branch = repository.head_branch();
    let configured = branch.and_then(|branch| {
        repository
            .config()
            .get(&format!("branch.{branch}.remote"))
            .map(str::to_owned)
    });
    configured.unwrap_or_else(|| match &repository.config().subsections("remote")[..] {
        [only] => only.clone(),
        _ => "origin".to_owned(),
    })
}

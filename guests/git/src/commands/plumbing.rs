//! Small commands that scripts build on: `merge-base`, `check-ignore`, `write-tree`, `commit-tree`, `count-objects`, `check-ref-format`, `var`.

use std::fs;
use std::io::Write as _;

use super::operands::standard_input;
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::ignore::Ignore;
use crate::repository::revision::{is_ancestor, merge_bases};
use crate::repository::{Commit, Kind, Oid, Role, loose_path, path_of, refs};

const MERGE_BASE: Syntax = Syntax::new(include_str!("usage/merge-base.txt"));
const CHECK_IGNORE: Syntax = Syntax::new(include_str!("usage/check-ignore.txt"));
const WRITE_TREE: Syntax = Syntax::new(include_str!("usage/write-tree.txt"));
const COMMIT_TREE: Syntax = Syntax::new(include_str!("usage/commit-tree.txt")).help_on_stderr();
const COUNT_OBJECTS: Syntax = Syntax::new(include_str!("usage/count-objects.txt"));

pub fn merge_base(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = MERGE_BASE.parse(&words)?;
    let (mut all, mut ancestor, mut octopus, mut independent) = (false, false, false, false);
    for given in &parsed.options {
        match given.name.as_str() {
            "all" => all = given.on,
            "is-ancestor" => ancestor = true,
            "octopus" => octopus = true,
            "independent" => independent = true,
            _ => return Err(MERGE_BASE.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let mut commits = Vec::new();
    for word in &parsed.operands {
        let oid = repository
            .rev(word)?
            .ok_or_else(|| Failure::fatal(format!("Not a valid object name {word}")))?;
        let commit = repository.to_commit(&oid);
        commits
            .push(commit.map_err(|_| Failure::fatal(format!("Not a valid commit name {word}")))?);
    }
    if ancestor {
        let [one, two] = commits[..] else {
            return Err(Failure::fatal("--is-ancestor takes exactly two commits"));
        };
        return Ok(i32::from(!is_ancestor(&repository, &one, &two)?));
    }
    if independent {
        for one in &commits {
            let mut reached = false;
            for other in commits.iter().filter(|other| *other != one) {
                reached = reached || is_ancestor(&repository, one, other)?;
            }
            if !reached {
                writeln!(git.out, "{one}")?;
            }
        }
        return Ok(0);
    }
    if commits.len() < 2 && !octopus {
        return Err(MERGE_BASE.misused());
    }
    let mut found = match octopus {
        false => merge_bases(&repository, &commits[0], &commits[1..])?,
        true => {
            let mut bases = vec![commits[0]];
            for commit in &commits[1..] {
                let mut next = Vec::new();
                for base in &bases {
                    next.extend(merge_bases(&repository, base, &[*commit])?);
                }
                bases = next;
            }
            bases
        }
    };
    found.truncate(if all { usize::MAX } else { 1 });
    for oid in &found {
        writeln!(git.out, "{oid}")?;
    }
    Ok(i32::from(found.is_empty()))
}

pub fn check_ignore(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = CHECK_IGNORE.parse(&words)?;
    let (mut quiet, mut verbose, mut stdin, mut zeros, mut unmatched, mut no_index) =
        (false, false, false, false, false, false);
    for given in &parsed.options {
        match given.name.as_str() {
            "quiet" => quiet = given.on,
            "verbose" => verbose = given.on,
            "stdin" => stdin = given.on,
            "z" => zeros = true,
            "non-matching" => unmatched = given.on,
            "no-index" => no_index = true,
            _ => return Err(CHECK_IGNORE.refuse(given)),
        }
    }
    let mut paths = parsed.operands.clone();
    if stdin {
        if !paths.is_empty() {
            return Err(Failure::fatal("cannot specify pathnames with --stdin"));
        }
        let split = if zeros { '\0' } else { '\n' };
        paths = String::from_utf8_lossy(&standard_input()?)
            .split(split)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
    } else if paths.is_empty() {
        return Err(Failure::fatal("no path specified"));
    }
    if quiet && paths.len() > 1 {
        return Err(Failure::fatal(
            "--quiet is only valid with a single pathname",
        ));
    }
    if unmatched && !verbose {
        return Err(Failure::fatal(
            "--non-matching is only valid with --verbose",
        ));
    }
    let repository = git.repository_with_worktree()?;
    let ignore = Ignore::standard(&repository);
    let index = repository.index()?;
    let mut count = 0;
    for word in &paths {
        let path = repository.from_top(word)?;
        let folder = word.ends_with('/') || path_of(&path).is_ok_and(|path| path.is_dir());
        let tracked =
            !no_index && (!index.stages(&path).is_empty() || !index.below(&path).is_empty());
        let pattern = ignore
            .deciding(&path, folder)
            .filter(|_| !tracked && !path.is_empty());
        let pattern = pattern.filter(|pattern| verbose || !pattern.negated);
        count += usize::from(pattern.is_some());
        if quiet {
            continue;
        }
        match (pattern, verbose) {
            (Some(pattern), true) => writeln!(
                git.out,
                "{}:{}:{}\t{word}",
                pattern.source, pattern.line, pattern.text
            )?,
            (Some(_), false) => writeln!(git.out, "{word}")?,
            (None, _) if unmatched => writeln!(git.out, "::\t{word}")?,
            (None, _) => {}
        }
    }
    Ok(i32::from(count == 0))
}

pub fn write_tree(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = WRITE_TREE.parse(&words)?;
    let mut missing_ok = false;
    for given in &parsed.options {
        match given.name.as_str() {
            "missing-ok" => missing_ok = given.on,
            _ => return Err(WRITE_TREE.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let index = repository.index()?;
    if !missing_ok {
        for entry in index
            .entries()
            .iter()
            .filter(|entry| entry.mode != crate::repository::mode::SUBMODULE)
        {
            if !repository.objects().has(&entry.oid) {
                let path = String::from_utf8_lossy(&entry.path);
                return Err(Failure::plain(
                    128,
                    format!(
                        "error: invalid object {:06o} {} for '{path}'\nfatal: git-write-tree: error building trees",
                        entry.mode, entry.oid
                    ),
                ));
            }
        }
    }
    let oid = repository.write_tree(index.entries())?;
    writeln!(git.out, "{oid}")?;
    Ok(0)
}

pub fn commit_tree(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = COMMIT_TREE.parse(&words)?;
    let repository = git.repository()?;
    let mut parents: Vec<Oid> = Vec::new();
    let mut message: Option<String> = None;
    let mut add = |text: String| {
        let text = if text.ends_with('\n') {
            text
        } else {
            format!("{text}\n")
        };
        message = Some(match message.take() {
            Some(before) => format!("{before}\n{text}"),
            None => text,
        });
    };
    for given in &parsed.options {
        match given.name.as_str() {
            "p" => {
                let name = given.text();
                let oid = repository
                    .rev(&name)?
                    .ok_or_else(|| Failure::fatal(format!("not a valid object name {name}")))?;
                let oid = repository.to_commit(&oid)?;
                match parents.contains(&oid) {
                    true => git.warn(format!("error: duplicate parent {oid} ignored")),
                    false => parents.push(oid),
                }
            }
            "m" => add(given.text()),
            "F" => match given.text().as_str() {
                "-" => add(String::from_utf8_lossy(&standard_input()?).into_owned()),
                file => add(fs::read_to_string(file).map_err(|error| {
                    Failure::system(format!("git commit-tree: failed to open '{file}'"), &error)
                })?),
            },
            "gpg-sign" if !given.on => {}
            _ => return Err(COMMIT_TREE.refuse(given)),
        }
    }
    let [name] = &parsed.operands[..] else {
        return Err(Failure::fatal("must give exactly one tree"));
    };
    let tree = repository
        .rev(name)?
        .ok_or_else(|| Failure::fatal(format!("not a valid object name {name}")))?;
    repository
        .objects()
        .read_kind(&tree, Kind::Tree)
        .map_err(|_| Failure::fatal(format!("{tree} is not a valid 'tree' object")))?;
    let message = match message {
        Some(message) => message,
        None => String::from_utf8_lossy(&standard_input()?).into_owned(),
    };
    let commit = Commit {
        tree,
        parents,
        author: repository.signature(Role::Author)?.line(),
        committer: repository.signature(Role::Committer)?.line(),
        encoding: None,
        message: message.into_bytes(),
    };
    let oid = repository.objects().write(Kind::Commit, &commit.data())?;
    writeln!(git.out, "{oid}")?;
    Ok(0)
}

pub fn count_objects(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = COUNT_OBJECTS.parse(&words)?;
    let (mut verbose, mut human) = (false, false);
    for given in &parsed.options {
        match given.name.as_str() {
            "verbose" => verbose = given.on,
            "human-readable" => human = given.on,
            _ => return Err(COUNT_OBJECTS.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let objects = repository.objects();
    let loose = objects.loose();
    let blocks = |oid: &Oid| {
        isobox_guest::stat::stat(&loose_path(objects.folder(), oid), false)
            .map_or(0, |stat| stat.blocks * 512)
    };
    let size: u64 = loose.iter().map(blocks).sum();
    let shown = |bytes: u64| match human {
        false => (bytes / 1024).to_string(),
        true if bytes >= 1 << 20 => format!("{:.2} MiB", bytes as f64 / f64::from(1 << 20)),
        true if bytes >= 1 << 10 => format!("{:.2} KiB", bytes as f64 / 1024.0),
        true => format!("{bytes} bytes"),
    };
    if !verbose {
        let unit = if human { "" } else { " kilobytes" };
        writeln!(git.out, "{} objects, {}{unit}", loose.len(), shown(size))?;
        return Ok(0);
    }
    let packs = objects.packed();
    let in_packs: usize = packs.iter().map(|(_, names)| names.len()).sum();
    let bytes = |path: &std::path::Path| fs::metadata(path).map_or(0, |found| found.len());
    let pack_size: u64 = packs
        .iter()
        .map(|(path, _)| bytes(path) + bytes(&path.with_extension("idx")))
        .sum();
    let both = loose
        .iter()
        .filter(|oid| {
            packs
                .iter()
                .any(|(_, names)| names.binary_search(oid).is_ok())
        })
        .count();
    writeln!(
        git.out,
        "count: {}\nsize: {}\nin-pack: {in_packs}\npacks: {}\nsize-pack: {}\nprune-packable: {both}\ngarbage: 0\nsize-garbage: {}",
        loose.len(),
        shown(size),
        packs.len(),
        shown(pack_size),
        shown(0),
    )?;
    Ok(0)
}

pub fn check_ref_format(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let usage = || Failure::plain(129, include_str!("usage/check-ref-format.txt"));
    let (mut onelevel, mut normalize, mut branch) = (false, false, false);
    let mut name = None;
    for word in &words {
        match word.as_str() {
            "--allow-onelevel" => onelevel = true,
            "--no-allow-onelevel" => onelevel = false,
            "--normalize" | "--print" => normalize = true,
            "--branch" => branch = true,
            _ if name.is_none() && !word.starts_with('-') => name = Some(word.clone()),
            _ => return Err(usage()),
        }
    }
    let mut name = name.ok_or_else(usage)?;
    if branch {
        if !refs::is_valid(&format!("refs/heads/{name}")) || name.starts_with('-') {
            return Err(Failure::fatal(format!(
                "'{name}' is not a valid branch name"
            )));
        }
        writeln!(git.out, "{name}")?;
        return Ok(0);
    }
    if normalize {
        name = name
            .split('/')
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("/");
    }
    if !refs::is_valid(&name) || !onelevel && !name.contains('/') {
        return Ok(1);
    }
    if normalize {
        writeln!(git.out, "{name}")?;
    }
    Ok(0)
}

pub fn var(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let [name] = &words[..] else {
        return Err(Failure::plain(129, include_str!("usage/var.txt")));
    };
    let config = git.config()?;
    let text = match name.as_str() {
        "GIT_AUTHOR_IDENT" => {
            crate::repository::identity::signature(&git.surroundings, &config, Role::Author)?.line()
        }
        "GIT_COMMITTER_IDENT" => {
            crate::repository::identity::signature(&git.surroundings, &config, Role::Committer)?
                .line()
        }
        "GIT_DEFAULT_BRANCH" => config.get("init.defaultbranch").unwrap_or("master").into(),
        "GIT_EDITOR" => {
            let variable = |name: &str| {
                git.surroundings
                    .variable(name)
                    .filter(|value| !value.is_empty())
            };
            match variable("GIT_EDITOR")
                .or_else(|| config.get("core.editor").map(str::to_owned))
                .or_else(|| variable("EDITOR"))
            {
                Some(editor) => editor.into_bytes(),
                None => return Ok(1),
            }
        }
        "GIT_PAGER" => b"cat".to_vec(),
        _ => return Err(Failure::plain(129, include_str!("usage/var.txt"))),
    };
    git.out.write_all(&text)?;
    writeln!(git.out)?;
    Ok(0)
}

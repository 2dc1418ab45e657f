//! `rev-list`: commits, and the objects they need.

use std::collections::HashSet;
use std::io::Write as _;

use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::{Order, Tip, Walk, WalkOptions, is_ancestor, split_words};
use crate::repository::{Kind, Oid, Repository, Signature, date, mode};

const USAGE: &str = include_str!("usage/rev-list.txt");

#[derive(Default)]
struct Asked {
    options: WalkOptions,
    count: bool,
    limit: Option<usize>,
    skip: usize,
    reverse: bool,
    parents: bool,
    children: bool,
    objects: bool,
    names: bool,
    abbreviate: bool,
    timestamp: bool,
    oneline: bool,
    no_merges: bool,
    merges: bool,
    since: Option<i64>,
    until: Option<i64>,
    author: Option<String>,
    left_right: bool,
    left_only: bool,
    right_only: bool,
    quiet: bool,
    not: bool,
}

pub fn rev_list(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    if words.is_empty() || words[0] == "-h" {
        return Err(Failure::plain(129, USAGE));
    }
    let repository = git.repository()?;
    let mut asked = Asked {
        names: true,
        ..Asked::default()
    };
    let mut operands = Vec::new();
    let mut dashes = None;
    let mut tips: Vec<Tip> = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word == "--" {
            dashes = Some(operands.len());
            operands.extend(words);
            break;
        }
        if word.len() > 1 && word.starts_with('-') && dashes.is_none() {
            option(&repository, &mut asked, &mut tips, &word, &mut words)?;
        } else if asked.not && !word.starts_with('^') {
            operands.push(format!("^{word}"));
        } else {
            operands.push(word);
        }
    }
    let given = !tips.is_empty();
    let (found, paths) = split_words(&repository, &operands, dashes)?;
    tips.extend(found);
    if tips.is_empty() && !given {
        return Err(Failure::plain(129, USAGE));
    }
    if !paths.is_empty() {
        asked.options.paths = Some(Pathspec::parse(&repository, &paths)?);
    }
    run(git, &repository, asked, &tips)
}

fn option(
    repository: &Repository,
    asked: &mut Asked,
    tips: &mut Vec<Tip>,
    word: &str,
    words: &mut impl Iterator<Item = String>,
) -> Outcome<()> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (word, None),
    };
    let mut needed = || value.clone().or_else(|| words.next()).unwrap_or_default();
    let number = |text: &str| {
        text.parse::<usize>()
            .map_err(|_| Failure::fatal(format!("'{text}': not an integer")))
    };
    match name {
        "--count" => asked.count = true,
        "-n" | "--max-count" => asked.limit = needed().parse().ok(),
        "--skip" => asked.skip = number(&needed())?,
        "--reverse" => asked.reverse = !asked.reverse,
        "--topo-order" => asked.options.order = Order::Topological,
        "--date-order" => asked.options.order = Order::DateTopological,
        "--author-date-order" => asked.options.order = Order::AuthorDate,
        "--first-parent" => asked.options.first_parent = true,
        "--full-history" => asked.options.full_history = true,
        "--parents" => asked.parents = true,
        "--children" => asked.children = true,
        "--objects" | "--objects-edge" => asked.objects = true,
        "--no-object-names" => asked.names = false,
        "--object-names" => asked.names = true,
        "--abbrev-commit" => asked.abbreviate = true,
        "--no-abbrev-commit" => asked.abbreviate = false,
        "--timestamp" => asked.timestamp = true,
        "--oneline" | "--pretty" if name == "--oneline" || value.as_deref() == Some("oneline") => {
            asked.oneline = true
        }
        "--no-merges" => asked.no_merges = true,
        "--merges" => asked.merges = true,
        "--since" | "--after" => asked.since = Some(date::approximate(&needed(), repository.now())),
        "--until" | "--before" => {
            asked.until = Some(date::approximate(&needed(), repository.now()))
        }
        "--max-age" => asked.since = needed().parse().ok(),
        "--min-age" => asked.until = needed().parse().ok(),
        "--author" => asked.author = Some(needed()),
        "--left-right" => asked.left_right = true,
        "--left-only" => asked.left_only = true,
        "--right-only" => asked.right_only = true,
        "--quiet" => asked.quiet = true,
        "--not" => asked.not = !asked.not,
        "--all" | "--branches" | "--tags" | "--remotes" => {
            let prefix = match name {
                "--branches" => "refs/heads/",
                "--tags" => "refs/tags/",
                "--remotes" => "refs/remotes/",
                _ => "refs/",
            };
            for one in repository.refs(prefix)? {
                tips.push(Tip {
                    oid: one.oid,
                    excluded: asked.not,
                    word: one.name,
                    side: None,
                });
            }
            if let (true, Some(oid)) = (name == "--all", repository.head()) {
                tips.push(Tip {
                    oid,
                    excluded: asked.not,
                    word: "HEAD".to_owned(),
                    side: None,
                });
            }
        }
        _ if name[1..].bytes().all(|byte| byte.is_ascii_digit()) => {
            asked.limit = name[1..].parse().ok()
        }
        _ if name.starts_with("-n") => asked.limit = name[2..].parse().ok(),
        _ => return Err(Failure::plain(129, USAGE)),
    }
    Ok(())
}

fn run(git: &mut Git, repository: &Repository, asked: Asked, tips: &[Tip]) -> Outcome<i32> {
    let mut from = Vec::new();
    let mut without = Vec::new();
    let mut others = Vec::new();
    for tip in tips {
        let peeled = repository.peel(&tip.oid)?;
        match repository.objects().read(&peeled)?.kind {
            Kind::Commit if tip.excluded => without.push(peeled),
            Kind::Commit => {
                from.push(peeled);
                if asked.objects && peeled != tip.oid {
                    others.push((tip.oid, tip.word.clone()));
                }
            }
            _ if asked.objects && !tip.excluded => others.push((tip.oid, String::new())),
            _ => {}
        }
    }
    let excluded = without.clone();
    let mut walk = Walk::new(repository, from, without, asked.options.clone())?;
    let mut shown = Vec::new();
    let mut skip = asked.skip;
    while let Some(oid) = walk.next() {
        let oid = oid?;
        let commit = walk.commit(&oid)?;
        if asked.no_merges && commit.parents.len() > 1 || asked.merges && commit.parents.len() < 2 {
            continue;
        }
        let time = commit.time();
        if asked.since.is_some_and(|since| time < since)
            || asked.until.is_some_and(|until| time > until)
        {
            continue;
        }
        if let Some(author) = &asked.author {
            let who = Signature::parse(&commit.author)
                .map(|who| who.line())
                .unwrap_or_default();
            if !String::from_utf8_lossy(&who).contains(author.as_str()) {
                continue;
            }
        }
        let side = side(repository, tips, &oid)?;
        if asked.left_only && side != Some('<') || asked.right_only && side != Some('>') {
            continue;
        }
        if skip > 0 {
            skip -= 1;
            continue;
        }
        if asked.limit.is_some_and(|limit| shown.len() >= limit) {
            break;
        }
        shown.push((oid, side));
    }
    if asked.reverse {
        shown.reverse();
    }
    if asked.quiet {
        return Ok(0);
    }
    if asked.count {
        if asked.left_right {
            let left = shown.iter().filter(|(_, side)| *side == Some('<')).count();
            writeln!(git.out, "{left}\t{}", shown.len() - left)?;
        } else {
            writeln!(git.out, "{}", shown.len())?;
        }
        return Ok(0);
    }
    for (oid, side) in &shown {
        let line = line(repository, &asked, &mut walk, &shown, oid, *side)?;
        writeln!(git.out, "{line}")?;
    }
    if asked.objects {
        let commits: Vec<Oid> = shown.iter().map(|(oid, _)| *oid).collect();
        objects(git, repository, asked.names, &commits, &excluded, &others)?;
    }
    Ok(0)
}

/// Which side of `a...b` a commit is on.
fn side(repository: &Repository, tips: &[Tip], oid: &Oid) -> Outcome<Option<char>> {
    let Some(left) = tips.iter().find(|tip| tip.side == Some('<')) else {
        return Ok(None);
    };
    Ok(Some(if is_ancestor(repository, oid, &left.oid)? {
        '<'
    } else {
        '>'
    }))
}

fn line(
    repository: &Repository,
    asked: &Asked,
    walk: &mut Walk<'_>,
    shown: &[(Oid, Option<char>)],
    oid: &Oid,
    side: Option<char>,
) -> Outcome<String> {
    let name = |oid: &Oid| {
        if asked.abbreviate || asked.oneline {
            repository.short(oid)
        } else {
            oid.hex()
        }
    };
    let mut text = String::new();
    if asked.timestamp {
        text.push_str(&format!("{} ", walk.commit(oid)?.time()));
    }
    if asked.left_right {
        text.extend(side);
    }
    text.push_str(&name(oid));
    if asked.parents {
        for parent in walk.rewritten_parents(oid)? {
            text.push_str(&format!(" {}", name(&parent)));
        }
    }
    if asked.children {
        for (child, _) in shown {
            if walk.rewritten_parents(child)?.contains(oid) {
                text.push_str(&format!(" {}", name(child)));
            }
        }
    }
    if asked.oneline {
        text.push_str(&format!(
            " {}",
            String::from_utf8_lossy(&walk.commit(oid)?.subject())
        ));
    }
    Ok(text)
}

/// Trees and blobs of commits, each once, without those of excluded commits.
fn objects(
    git: &mut Git,
    repository: &Repository,
    names: bool,
    commits: &[Oid],
    excluded: &[Oid],
    others: &[(Oid, String)],
) -> Outcome<()> {
    let mut seen = HashSet::new();
    let mut nothing = |_: &Oid, _: &[u8]| Ok(());
    for oid in excluded {
        each_object(
            repository,
            &repository.to_tree(oid)?,
            &mut Vec::new(),
            &mut seen,
            &mut nothing,
        )?;
    }
    let out = &mut git.out;
    let mut show = |oid: &Oid, path: &[u8]| -> Outcome<()> {
        match names {
            true => writeln!(out, "{oid} {}", String::from_utf8_lossy(path))?,
            false => writeln!(out, "{oid}")?,
        }
        Ok(())
    };
    for (oid, word) in others {
        if repository.objects().read(oid)?.kind == Kind::Tag && seen.insert(*oid) {
            show(oid, word.as_bytes())?;
        }
    }
    for oid in commits {
        each_object(
            repository,
            &repository.to_tree(oid)?,
            &mut Vec::new(),
            &mut seen,
            &mut show,
        )?;
    }
    for (oid, _) in others {
        let oid = repository.peel(oid)?;
        match repository.objects().read(&oid)?.kind {
            Kind::Tree => each_object(repository, &oid, &mut Vec::new(), &mut seen, &mut show)?,
            Kind::Blob if seen.insert(oid) => show(&oid, b"")?,
            _ => {}
        }
    }
    Ok(())
}

/// Calls for a tree and all in it that wasn't seen yet.
///
/// # Errors
/// A tree that can't be read.
pub fn each_object(
    repository: &Repository,
    tree: &Oid,
    path: &mut Vec<u8>,
    seen: &mut HashSet<Oid>,
    call: &mut impl FnMut(&Oid, &[u8]) -> Outcome<()>,
) -> Outcome<()> {
    if !seen.insert(*tree) {
        return Ok(());
    }
    call(tree, path)?;
    for entry in repository.objects().tree(tree)? {
        let length = path.len();
        if length > 0 {
            path.push(b'/');
        }
        path.extend(&entry.name);
        match entry.mode {
            mode::TREE => each_object(repository, &entry.oid, path, seen, call)?,
            mode::SUBMODULE => {}
            _ if seen.insert(entry.oid) => call(&entry.oid, path)?,
            _ => {}
        }
        path.truncate(length);
    }
    Ok(())
}

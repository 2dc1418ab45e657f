//! Keeping a repository in order: `gc`, `prune`, `fsck`, `pack-refs`.

use std::collections::HashSet;
use std::fs;
use std::io::Write as _;

use super::rev_list::each_object;
use crate::command_line::Syntax;
use crate::failure::Outcome;
use crate::git::Git;
use crate::repository::{Commit, Kind, Oid, Repository, Tag, TreeEntries, loose_path, mode};

const GC: Syntax = Syntax::new(include_str!("usage/gc.txt")).help_on_stderr();
const PRUNE: Syntax = Syntax::new(include_str!("usage/prune.txt"));
const FSCK: Syntax = Syntax::new(include_str!("usage/fsck.txt"));
const PACK_REFS: Syntax = Syntax::new(include_str!("usage/pack-refs.txt"));

/// References into one file; loose objects stay as they are, which any git may pack.
pub fn gc(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = GC.parse(&words)?;
    let mut prune_now = false;
    for given in &parsed.options {
        match given.name.as_str() {
            "prune" => prune_now = given.text() == "now",
            "quiet" | "aggressive" | "auto" | "force" | "detach" | "cruft"
            | "keep-largest-pack" | "max-cruft-size" => {}
            _ => return Err(GC.refuse(given)),
        }
    }
    let repository = git.repository()?;
    repository.pack_refs()?;
    if prune_now {
        remove_unreachable(git, &repository, false, false)?;
    }
    Ok(0)
}

pub fn pack_refs(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = PACK_REFS.parse(&words)?;
    for given in &parsed.options {
        match given.name.as_str() {
            "all" | "prune" | "auto" => {}
            _ => return Err(PACK_REFS.refuse(given)),
        }
    }
    git.repository()?.pack_refs()?;
    Ok(0)
}

pub fn prune(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = PRUNE.parse(&words)?;
    let (mut dry, mut verbose) = (false, false);
    for given in &parsed.options {
        match given.name.as_str() {
            "dry-run" => dry = given.on,
            "verbose" => verbose = given.on,
            "progress" | "expire" | "exclude-promisor-objects" => {}
            _ => return Err(PRUNE.refuse(given)),
        }
    }
    let repository = git.repository()?;
    remove_unreachable(git, &repository, dry, verbose || dry)?;
    Ok(0)
}

fn remove_unreachable(
    git: &mut Git,
    repository: &Repository,
    dry: bool,
    tell: bool,
) -> Outcome<()> {
    let mut missing = Vec::new();
    let reached = reachable(repository, &mut missing)?;
    let mut loose = repository.objects().loose();
    loose.sort();
    for oid in loose.iter().filter(|oid| !reached.contains(oid)) {
        if tell {
            let kind = repository
                .objects()
                .find(oid)
                .ok()
                .flatten()
                .map_or("unknown", |object| object.kind.name());
            writeln!(git.out, "{oid} {kind}")?;
        }
        if !dry {
            let path = loose_path(repository.objects().folder(), oid);
            fs::remove_file(&path)?;
            let _ = path.parent().map(fs::remove_dir);
        }
    }
    Ok(())
}

/// All objects that references, logs, HEAD and the index lead to; those that aren't there are told apart.
fn reachable(repository: &Repository, missing: &mut Vec<(Kind, Oid)>) -> Outcome<HashSet<Oid>> {
    let mut pending: Vec<(Kind, Oid)> = Vec::new();
    let mut names = vec!["HEAD".to_owned()];
    for one in repository.refs("refs/")? {
        pending.push((Kind::Commit, one.oid));
        names.push(one.name);
    }
    pending.extend(repository.head().map(|oid| (Kind::Commit, oid)));
    for name in names {
        for entry in repository.reflog(&name) {
            let known = [entry.old, entry.new]
                .into_iter()
                .filter(|oid| repository.objects().has(oid));
            pending.extend(known.map(|oid| (Kind::Commit, oid)));
        }
    }
    if let Ok(index) = repository.index() {
        let entries = index
            .entries()
            .iter()
            .filter(|entry| entry.mode != mode::SUBMODULE);
        pending.extend(entries.map(|entry| (Kind::Blob, entry.oid)));
    }
    let mut seen = HashSet::new();
    while let Some((kind, oid)) = pending.pop() {
        if seen.contains(&oid) {
            continue;
        }
        let Ok(Some(object)) = repository.objects().find(&oid) else {
            seen.insert(oid);
            missing.push((kind, oid));
            continue;
        };
        match object.kind {
            Kind::Tree => walk_tree(repository, &oid, &mut seen, missing)?,
            Kind::Commit => {
                seen.insert(oid);
                if let Some(commit) = Commit::parse(&object.data) {
                    pending.extend(commit.parents.iter().map(|parent| (Kind::Commit, *parent)));
                    pending.push((Kind::Tree, commit.tree));
                }
            }
            Kind::Tag => {
                seen.insert(oid);
                pending.extend(Tag::parse(&object.data).map(|tag| (tag.kind, tag.object)));
            }
            Kind::Blob => {
                seen.insert(oid);
            }
        }
    }
    Ok(seen)
}

fn walk_tree(
    repository: &Repository,
    tree: &Oid,
    seen: &mut HashSet<Oid>,
    missing: &mut Vec<(Kind, Oid)>,
) -> Outcome<()> {
    let mut blobs = Vec::new();
    let walked = each_object(repository, tree, &mut Vec::new(), seen, &mut |oid, _| {
        blobs.push(*oid);
        Ok(())
    });
    if walked.is_err() {
        missing.push((Kind::Tree, *tree));
    }
    missing.extend(
        blobs
            .into_iter()
            .filter(|oid| !repository.objects().has(oid))
            .map(|oid| (Kind::Blob, oid)),
    );
    Ok(())
}

pub fn fsck(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = FSCK.parse(&words)?;
    let (mut dangling, mut unreachable) = (true, false);
    for given in &parsed.options {
        match given.name.as_str() {
            "dangling" => dangling = given.on,
            "unreachable" => unreachable = given.on,
            "full" | "strict" | "progress" | "connectivity-only" | "cache" | "reflogs"
            | "verbose" | "name-objects" => {}
            _ => return Err(FSCK.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let mut status = 0;
    let mut all: Vec<Oid> = repository.objects().loose();
    all.extend(
        repository
            .objects()
            .packed()
            .into_iter()
            .flat_map(|(_, names)| names),
    );
    all.sort();
    all.dedup();
    let mut pointed = HashSet::new();
    for oid in &all {
        match repository.objects().find(oid) {
            Ok(Some(object)) => {
                if Oid::of(object.kind.name(), &object.data) != *oid {
                    git.warn(format!("error: {oid}: hash-path mismatch"));
                    status |= 1;
                }
                targets(&object, &mut pointed);
            }
            Ok(None) => {}
            Err(failure) => {
                git.warn(failure.message.replace("fatal: ", "error: "));
                status |= 1;
            }
        }
    }
    let mut missing = Vec::new();
    let reached = reachable(&repository, &mut missing)?;
    missing.sort();
    missing.dedup();
    for (kind, oid) in missing {
        writeln!(git.out, "missing {kind} {oid}")?;
        status |= 2;
    }
    for oid in all.iter().filter(|oid| !reached.contains(oid)) {
        let Ok(Some(object)) = repository.objects().find(oid) else {
            continue;
        };
        if unreachable {
            writeln!(git.out, "unreachable {} {oid}", object.kind)?;
        } else if dangling && !pointed.contains(oid) {
            writeln!(git.out, "dangling {} {oid}", object.kind)?;
        }
    }
    Ok(status)
}

/// The objects that an object names.
fn targets(object: &crate::repository::Object, pointed: &mut HashSet<Oid>) {
    match object.kind {
        Kind::Commit => {
            if let Some(commit) = Commit::parse(&object.data) {
                pointed.insert(commit.tree);
                pointed.extend(commit.parents);
            }
        }
        Kind::Tree => pointed.extend(
            TreeEntries::of(&object.data)
                .flatten()
                .map(|entry| entry.oid),
        ),
        Kind::Tag => pointed.extend(Tag::parse(&object.data).map(|tag| tag.object)),
        Kind::Blob => {}
    }
}

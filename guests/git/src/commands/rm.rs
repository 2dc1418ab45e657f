//! `rm`: files out of index and working tree.

use std::io::Write as _;

use super::operands::{PathFile, shown};
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::index::Entry;
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Converter, Difference, compare, remove_file};
use crate::repository::{Index, Repository, mode, path_of};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/rm.txt"));

#[derive(Default)]
struct Asked {
    dry_run: bool,
    quiet: bool,
    cached: bool,
    force: bool,
    recursive: bool,
    ignore_unmatched: bool,
}

pub fn rm(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    let mut file = PathFile::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "dry-run" => asked.dry_run = given.on,
            "quiet" => asked.quiet = given.on,
            "cached" => asked.cached = given.on,
            "force" => asked.force = given.on,
            "r" => asked.recursive = true,
            "ignore-unmatch" => asked.ignore_unmatched = given.on,
            "sparse" => {}
            _ if file.take(given) => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let words = file.words(&parsed)?;
    if words.is_empty() {
        return Err(Failure::fatal(
            "No pathspec was given. Which files should I remove?",
        ));
    }
    let repository = git.repository_with_worktree()?;
    run(git, &repository, &asked, &words)
}

fn run(git: &mut Git, repository: &Repository, asked: &Asked, words: &[String]) -> Outcome<i32> {
    let paths = Pathspec::parse(repository, words)?;
    let mut index = repository.index()?;
    let lock = index.lock()?;
    let mut found: Vec<Vec<u8>> = index
        .entries()
        .iter()
        .map(|entry| entry.path.clone())
        .filter(|path| paths.matches(path))
        .collect();
    found.dedup();
    for item in paths
        .items()
        .iter()
        .filter(|item| !item.is_exclude() && !item.word.is_empty())
    {
        let mut hits = found
            .iter()
            .filter(|path| item.matches(path, false))
            .peekable();
        if hits.peek().is_none() && !asked.ignore_unmatched {
            return Err(Failure::fatal(format!(
                "pathspec '{}' did not match any files",
                item.word
            )));
        }
        let below = |path: &&Vec<u8>| {
            item.path.is_empty() || path.starts_with(&[&item.path[..], b"/"].concat())
        };
        if !asked.recursive && hits.clone().any(|path| below(&path)) {
            let word = if item.path.is_empty() {
                "."
            } else {
                item.word.as_str()
            };
            return Err(Failure::fatal(format!(
                "not removing '{word}' recursively without -r"
            )));
        }
    }
    if !asked.force {
        check(repository, asked, &index, &found)?;
    }
    for path in &found {
        if !asked.quiet {
            writeln!(git.out, "rm '{}'", shown(path))?;
        }
    }
    if asked.dry_run {
        return Ok(0);
    }
    let modes: Vec<(Vec<u8>, u32)> = found
        .iter()
        .map(|path| {
            (
                path.clone(),
                index.stages(path).first().map_or(0, |entry| entry.mode),
            )
        })
        .collect();
    found.iter().for_each(|path| {
        index.remove(path);
    });
    if !asked.cached {
        for (path, file_mode) in modes {
            if file_mode == mode::SUBMODULE {
                let _ = std::fs::remove_dir_all(path_of(&path)?);
            } else {
                remove_file(&path)?;
            }
        }
    }
    index.write_locked(lock)?;
    Ok(0)
}

/// Nothing is removed that the last commit doesn't hold.
fn check(repository: &Repository, asked: &Asked, index: &Index, found: &[Vec<u8>]) -> Outcome<()> {
    let converter = Converter::new(repository);
    let tree = match repository.head() {
        Some(head) => Some(repository.to_tree(&head)?),
        None => None,
    };
    let (mut both, mut staged, mut local) = (Vec::new(), Vec::new(), Vec::new());
    for path in found {
        let [entry] = index.stages(path) else {
            continue;
        };
        let difference = compare(repository, &converter, index, entry)?.0;
        if difference == Difference::Deleted {
            continue;
        }
        let changed = difference != Difference::None;
        let committed = match &tree {
            Some(tree) => repository.at_path(tree, path)?,
            None => None,
        };
        let same = |entry: &Entry| {
            committed
                .as_ref()
                .is_some_and(|old| old.oid == entry.oid && old.mode == entry.mode)
        };
        let unlike_commit = !same(entry);
        match (changed, unlike_commit) {
            (true, true) if !asked.cached || !entry.intent_to_add => both.push(path),
            (_, true) if !asked.cached => staged.push(path),
            (true, false) if !asked.cached => local.push(path),
            _ => {}
        }
    }
    let mut text = Vec::new();
    let mut tell = |paths: &[&Vec<u8>], one: &str, many: &str, help: &str| {
        if !paths.is_empty() {
            let lines: String = paths
                .iter()
                .map(|path| format!("    {}\n", shown(path)))
                .collect();
            text.push(format!(
                "error: {}\n{lines}{help}",
                if paths.len() == 1 { one } else { many }
            ));
        }
    };
    tell(
        &both,
        "the following file has staged content different from both the\nfile and the HEAD:",
        "the following files have staged content different from both the\nfile and the HEAD:",
        "(use -f to force removal)",
    );
    tell(
        &staged,
        "the following file has changes staged in the index:",
        "the following files have changes staged in the index:",
        "(use --cached to keep the file, or -f to force removal)",
    );
    tell(
        &local,
        "the following file has local modifications:",
        "the following files have local modifications:",
        "(use --cached to keep the file, or -f to force removal)",
    );
    match text.is_empty() {
        true => Ok(()),
        false => Err(Failure::plain(1, text.join("\n"))),
    }
}

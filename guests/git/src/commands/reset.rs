//! `reset`: the branch, the index and the files back to a commit.

use std::io::Write as _;

use super::operands::{PathFile, shown};
use super::status::collect::{Wanted, against_tree};
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::index::Entry;
use crate::repository::pathspec::Pathspec;
use crate::repository::refs::Expected;
use crate::repository::revision::unknown;
use crate::repository::worktree::{self, Converter};
use crate::repository::{Index, Oid, Repository, lock, path_of};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/reset.txt"));

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    Soft,
    #[default]
    Mixed,
    Hard,
    Merge,
    Keep,
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Mode::Soft => "soft",
            Mode::Mixed => "mixed",
            Mode::Hard => "hard",
            Mode::Merge => "merge",
            Mode::Keep => "keep",
        }
    }
}

#[derive(Default)]
struct Asked {
    mode: Option<Mode>,
    quiet: bool,
    intent: bool,
    no_refresh: bool,
}

pub fn reset(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    let mut file = PathFile::default();
    let mut from_file = false;
    for given in &parsed.options {
        match given.name.as_str() {
            "soft" => asked.mode = Some(Mode::Soft),
            "mixed" => asked.mode = Some(Mode::Mixed),
            "hard" => asked.mode = Some(Mode::Hard),
            "merge" => asked.mode = Some(Mode::Merge),
            "keep" => asked.mode = Some(Mode::Keep),
            "quiet" => asked.quiet = given.on,
            "no-refresh" => asked.no_refresh = given.on,
            "refresh" => asked.no_refresh = !given.on,
            "intent-to-add" => asked.intent = given.on,
            "recurse-submodules" if !given.on => {}
            _ if file.take(given) => from_file = true,
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let (revision, mut paths) = split(&repository, &parsed.operands, parsed.dashes)?;
    if from_file {
        paths = file.words(&crate::command_line::Parsed {
            operands: paths,
            ..Default::default()
        })?;
    }
    asked.quiet = asked.quiet || repository.config().bool("reset.quiet")? == Some(true);
    let target = target(&repository, &revision, !paths.is_empty())?;
    if !paths.is_empty() {
        return match asked.mode {
            None => some_paths(git, &repository, &asked, target, &paths),
            Some(Mode::Mixed) => {
                git.warn("warning: --mixed with paths is deprecated; use 'git reset -- <paths>' instead.");
                some_paths(git, &repository, &asked, target, &paths)
            }
            Some(mode) => Err(Failure::fatal(format!(
                "Cannot do {} reset with paths.",
                mode.name()
            ))),
        };
    }
    whole(git, &repository, &asked, target, &revision)
}

/// The revision and the paths.
fn split(
    repository: &Repository,
    words: &[String],
    dashes: Option<usize>,
) -> Outcome<(String, Vec<String>)> {
    let head = || "HEAD".to_owned();
    match (words, dashes) {
        ([], _) => Ok((head(), Vec::new())),
        (_, Some(0)) => Ok((head(), words.to_vec())),
        ([first, rest @ ..], Some(_)) => Ok((first.clone(), rest.to_vec())),
        ([first, rest @ ..], None) => {
            if repository.rev(first)?.is_some() {
                let there = |word: &String| {
                    let path = repository.from_top(word).unwrap_or_default();
                    path_of(&path).is_ok_and(|path| path.symlink_metadata().is_ok())
                };
                if rest.is_empty() && there(first) && repository.full_ref_name(first).is_none() {
                    return Err(Failure::fatal(format!(
                        "ambiguous argument '{first}': both revision and filename\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'"
                    )));
                }
                return Ok((first.clone(), rest.to_vec()));
            }
            for word in words {
                let path = repository.from_top(word)?;
                let path_there = path.is_empty()
                    || path_of(&path).is_ok_and(|path| path.symlink_metadata().is_ok());
                if !path_there && !word.contains(['*', '?', '[']) && !word.starts_with(':') {
                    return Err(unknown(word));
                }
            }
            Ok((head(), words.to_vec()))
        }
    }
}

/// The commit, or for paths the tree, to go back to; `None` before the first commit.
fn target(repository: &Repository, revision: &str, for_paths: bool) -> Outcome<Option<Oid>> {
    if revision == "HEAD" && repository.head().is_none() {
        return Ok(None);
    }
    let what = if for_paths { "tree" } else { "revision" };
    let failed = || Failure::fatal(format!("Failed to resolve '{revision}' as a valid {what}."));
    let oid = repository.rev(revision)?.ok_or_else(failed)?;
    match for_paths {
        true => repository.to_tree(&oid).map(Some).map_err(|_| failed()),
        false => match repository.to_commit(&oid) {
            Ok(oid) => Ok(Some(oid)),
            Err(_) => Err(Failure::fatal(format!(
                "Could not parse object '{revision}'."
            ))),
        },
    }
}

fn some_paths(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    tree: Option<Oid>,
    words: &[String],
) -> Outcome<i32> {
    let paths = Pathspec::parse(repository, words)?;
    let mut index = repository.index()?;
    let lock = index.lock()?;
    to_tree(
        repository,
        asked,
        &mut index,
        tree.unwrap_or(Oid::EMPTY_TREE),
        &paths,
    )?;
    tell_unstaged(git, repository, asked, &mut index)?;
    index.write_locked(lock)?;
    Ok(0)
}

/// Index entries of these paths as a tree has them; those that are the same keep what is known of their files.
fn to_tree(
    repository: &Repository,
    asked: &Asked,
    index: &mut Index,
    tree: Oid,
    paths: &Pathspec,
) -> Outcome<()> {
    let files = repository.files(&tree)?;
    let mut entries: Vec<Entry> = index
        .entries()
        .iter()
        .filter(|entry| !paths.matches(&entry.path))
        .cloned()
        .collect();
    for file in files.iter().filter(|file| paths.matches(&file.path)) {
        let kept = index.get(&file.path).filter(|entry| {
            entry.mode == file.mode && entry.oid == file.oid && !entry.intent_to_add
        });
        entries.push(
            kept.cloned()
                .unwrap_or_else(|| Entry::new(&file.path, file.mode, file.oid)),
        );
    }
    if asked.intent {
        let gone = |entry: &&Entry| {
            paths.matches(&entry.path)
                && files
                    .binary_search_by(|file| file.path.cmp(&entry.path))
                    .is_err()
        };
        let empty = repository
            .objects()
            .write(crate::repository::Kind::Blob, b"")?;
        for entry in index.entries().iter().filter(gone) {
            let mut announced = Entry::new(&entry.path, entry.mode, empty);
            announced.intent_to_add = true;
            entries.push(announced);
        }
    }
    index.replace_all(entries);
    Ok(())
}

fn tell_unstaged(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    index: &mut Index,
) -> Outcome<()> {
    if repository.is_bare() || asked.no_refresh {
        return Ok(());
    }
    let converter = Converter::new(repository);
    worktree::refresh(repository, &converter, index)?;
    if asked.quiet {
        return Ok(());
    }
    let everything = Pathspec::default();
    let wanted = Wanted {
        paths: &everything,
        untracked: None,
        renames: None,
        base: None,
    };
    let found = against_tree(repository, index, &wanted, None)?;
    let lines: Vec<_> = found
        .lines
        .iter()
        .filter(|line| line.local != ' ' || !line.stages.is_empty())
        .collect();
    if !lines.is_empty() {
        writeln!(git.out, "Unstaged changes after reset:")?;
    }
    for line in lines {
        let letter = if line.stages.is_empty() {
            line.local
        } else {
            'U'
        };
        writeln!(git.out, "{letter}\t{}", shown(&line.path))?;
    }
    Ok(())
}

fn whole(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    target: Option<Oid>,
    revision: &str,
) -> Outcome<i32> {
    let mode = asked.mode.unwrap_or_default();
    if repository.is_bare() && mode != Mode::Soft {
        return Err(Failure::fatal(match mode {
            Mode::Mixed => "mixed reset is not allowed in a bare repository",
            _ => "this operation must be run in a work tree",
        }));
    }
    let mut index = repository.index()?;
    if matches!(mode, Mode::Soft | Mode::Keep)
        && (index.has_conflicts() || repository.git_dir().join("MERGE_HEAD").exists())
    {
        return Err(Failure::fatal(format!(
            "Cannot do a {} reset in the middle of a merge.",
            mode.name()
        )));
    }
    let tree = match &target {
        Some(commit) => repository.to_tree(commit)?,
        None => Oid::EMPTY_TREE,
    };
    if mode != Mode::Soft {
        let lock = index.lock()?;
        match mode {
            Mode::Hard => {
                worktree::reset_hard(repository, &Converter::new(repository), &mut index, &tree)?
            }
            Mode::Mixed => {
                to_tree(repository, asked, &mut index, tree, &Pathspec::default())?;
            }
            _ => careful(git, repository, &mut index, mode, &tree, revision)?,
        }
        if mode == Mode::Mixed {
            tell_unstaged(git, repository, asked, &mut index)?;
        }
        index.write_locked(lock)?;
    }
    if let Some(commit) = target {
        if let Some(head) = repository.head() {
            lock::replace(
                &repository.git_dir().join("ORIG_HEAD"),
                format!("{head}\n").as_bytes(),
            )?;
        }
        repository.update_ref(
            "HEAD",
            commit,
            Expected::Anything,
            &format!("reset: moving to {revision}"),
        )?;
        if mode == Mode::Hard && !asked.quiet {
            let subject = repository.objects().commit(&commit)?.subject();
            writeln!(
                git.out,
                "HEAD is now at {} {}",
                repository.short(&commit),
                String::from_utf8_lossy(&subject)
            )?;
        }
    }
    for name in [
        "MERGE_HEAD",
        "MERGE_MSG",
        "MERGE_MODE",
        "SQUASH_MSG",
        "CHERRY_PICK_HEAD",
        "REVERT_HEAD",
        "AUTO_MERGE",
    ] {
        lock::forget(&repository.git_dir().join(name));
    }
    Ok(0)
}

/// `--keep` and `--merge`: changes of the working tree stay, or nothing is done.
fn careful(
    git: &mut Git,
    repository: &Repository,
    index: &mut Index,
    mode: Mode,
    tree: &Oid,
    revision: &str,
) -> Outcome<()> {
    let converter = Converter::new(repository);
    let head = match repository.head() {
        Some(head) => repository.to_tree(&head)?,
        None => Oid::EMPTY_TREE,
    };
    if mode == Mode::Merge {
        let mut clean = index.clone();
        let paths = Pathspec::default();
        let wanted = Wanted {
            paths: &paths,
            untracked: None,
            renames: None,
            base: None,
        };
        let found = against_tree(repository, &mut clean, &wanted, Some(&head))?;
        if let Some(line) = found
            .lines
            .iter()
            .find(|line| line.staged != ' ' && line.local != ' ' && line.stages.is_empty())
        {
            let path = shown(&line.path);
            return Err(Failure::plain(
                128,
                format!(
                    "error: Entry '{path}' not uptodate. Cannot merge.\nfatal: Could not reset index file to revision '{revision}'."
                ),
            ));
        }
        let changed: Vec<Vec<u8>> = found
            .lines
            .iter()
            .filter(|line| line.staged == ' ' && line.stages.is_empty())
            .map(|line| line.path.clone())
            .collect();
        let kept: Vec<Entry> = index
            .entries()
            .iter()
            .filter(|entry| changed.contains(&entry.path))
            .cloned()
            .collect();
        let same = |entry: &Entry| {
            repository
                .at_path(tree, &entry.path)
                .ok()
                .flatten()
                .is_some_and(|there| there.oid == entry.oid && there.mode == entry.mode)
        };
        if let Some(entry) = kept.iter().find(|entry| !same(entry)) {
            let path = shown(&entry.path);
            return Err(Failure::plain(
                128,
                format!(
                    "error: Entry '{path}' not uptodate. Cannot merge.\nfatal: Could not reset index file to revision '{revision}'."
                ),
            ));
        }
        let mut rest = index.clone();
        rest.retain(|entry| !changed.contains(&entry.path));
        return reset_around(repository, &converter, index, rest, &kept, tree);
    }
    match worktree::switch(repository, &converter, index, &head, tree)? {
        Ok(plan) => {
            plan.apply(repository, &converter, index)?;
            to_tree(
                repository,
                &Asked::default(),
                index,
                *tree,
                &Pathspec::default(),
            )
        }
        Err(refusal) => {
            let path = refusal
                .changed
                .iter()
                .chain(&refusal.overwritten)
                .next()
                .map(|path| shown(path))
                .unwrap_or_default();
            git.warn(format!("error: Entry '{path}' not uptodate. Cannot merge."));
            Err(Failure::fatal(format!(
                "Could not reset index file to revision '{revision}'."
            )))
        }
    }
}

/// A hard reset of all but some entries.
fn reset_around(
    repository: &Repository,
    converter: &Converter,
    index: &mut Index,
    mut rest: Index,
    kept: &[Entry],
    tree: &Oid,
) -> Outcome<()> {
    for entry in kept {
        rest.add(entry.clone());
    }
    let mut saved = Vec::new();
    for entry in kept {
        saved.push((entry.clone(), std::fs::read(path_of(&entry.path)?).ok()));
    }
    worktree::reset_hard(repository, converter, &mut rest, tree)?;
    for (entry, contents) in saved {
        match contents {
            Some(contents) => std::fs::write(path_of(&entry.path)?, contents)?,
            None => worktree::remove_file(&entry.path)?,
        }
        rest.add(entry);
    }
    *index = rest;
    Ok(())
}

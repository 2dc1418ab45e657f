//! `add`: files as they are, into the index.

use std::io::Write as _;

use super::advice;
use super::operands::{PathFile, shown};
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::ignore::Ignore;
use crate::repository::index::Entry;
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Collect, Converter, Difference, add_file, compare, untracked};
use crate::repository::{Index, Kind, Oid, Repository, mode, path_of};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/add.txt"));

/// What is asked for.
#[derive(Default)]
struct Asked {
    dry_run: bool,
    verbose: bool,
    force: bool,
    update: bool,
    intent: bool,
    all: Option<bool>,
    renormalize: bool,
    refresh: bool,
    ignore_errors: bool,
    ignore_missing: bool,
    chmod: Option<bool>,
}

pub fn add(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    let mut file = PathFile::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "dry-run" => asked.dry_run = given.on,
            "verbose" => asked.verbose = given.on,
            "force" => asked.force = given.on,
            "update" => asked.update = given.on,
            "intent-to-add" => asked.intent = given.on,
            "all" => asked.all = Some(given.on),
            "ignore-removal" => asked.all = Some(!given.on),
            "renormalize" => asked.renormalize = given.on,
            "refresh" => asked.refresh = given.on,
            "ignore-errors" => asked.ignore_errors = given.on,
            "ignore-missing" => asked.ignore_missing = given.on,
            "sparse" => {}
            "chmod" => match given.text().as_str() {
                "+x" => asked.chmod = Some(true),
                "-x" => asked.chmod = Some(false),
                other => {
                    return Err(Failure::fatal(format!(
                        "--chmod param '{other}' must be either -x or +x"
                    )));
                }
            },
            _ if file.take(given) => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    if asked.all == Some(true) && asked.update {
        return Err(Failure::fatal(
            "options '-A' and '-u' cannot be used together",
        ));
    }
    if asked.ignore_missing && !asked.dry_run {
        return Err(Failure::fatal(
            "the option '--ignore-missing' requires '--dry-run'",
        ));
    }
    let words = file.words(&parsed)?;
    let repository = git.repository_with_worktree()?;
    let everything = asked.update || asked.all == Some(true) || asked.renormalize;
    if words.is_empty() && !everything {
        git.warn("Nothing specified, nothing added.");
        advice::hint(
            git,
            repository.config(),
            "addEmptyPathspec",
            "Maybe you wanted to say 'git add .'?",
        );
        return Ok(0);
    }
    run(git, &repository, &asked, &words)
}

fn run(git: &mut Git, repository: &Repository, asked: &Asked, words: &[String]) -> Outcome<i32> {
    let paths = Pathspec::parse(repository, words)?;
    let mut index = repository.index()?;
    let lock = match asked.dry_run {
        true => None,
        false => Some(index.lock()?),
    };
    let converter = Converter::new(repository);
    if asked.refresh {
        crate::repository::worktree::refresh(repository, &converter, &mut index)?;
    } else {
        let mut status = 0;
        let new = match asked.update || asked.renormalize {
            true => Vec::new(),
            false => new_files(git, repository, asked, &paths, &index, &mut status)?,
        };
        if asked.update && !words.is_empty() {
            let tracked = index.entries().iter().map(|entry| &entry.path[..]);
            if let Some(item) = paths.unmatched(tracked).first() {
                return Err(Failure::fatal(format!(
                    "pathspec '{}' did not match any files",
                    item.word
                )));
            }
        }
        let tracked = Tracked {
            repository,
            converter: &converter,
            asked,
            paths: &paths,
        };
        tracked.update(git, &mut index)?;
        for path in new {
            add_new(git, repository, &converter, asked, &mut index, &path)?;
        }
        if let Some(executable) = asked.chmod {
            change_modes(git, asked, &paths, &mut index, executable, &mut status);
        }
        if let Some(lock) = lock {
            index.write_locked(lock)?;
        }
        return Ok(status);
    }
    if let Some(lock) = lock {
        index.write_locked(lock)?;
    }
    Ok(0)
}

/// Untracked files that are meant; says what is ignored, and fails for what isn't there.
fn new_files(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    paths: &Pathspec,
    index: &Index,
    status: &mut i32,
) -> Outcome<Vec<Vec<u8>>> {
    let ignore = match asked.force {
        true => Ignore::nothing(repository),
        false => Ignore::standard(repository),
    };
    let collect = Collect {
        all_files: true,
        ..Collect::default()
    };
    let found = untracked(index, &ignore, paths, collect)?;
    let known = found
        .paths
        .iter()
        .map(Vec::as_slice)
        .chain(index.entries().iter().map(|entry| &entry.path[..]));
    let mut ignored = Vec::new();
    for item in paths.unmatched(known) {
        let there = path_of(&item.path).is_ok_and(|path| path.symlink_metadata().is_ok());
        let folder = path_of(&item.path).is_ok_and(std::path::Path::is_dir);
        if !item.path.is_empty()
            && (there || asked.ignore_missing)
            && ignore.is_ignored(&item.path, folder)
        {
            ignored.push(shown(ignored_part(&ignore, &item.path)));
        } else if !there && !asked.ignore_missing {
            return Err(Failure::fatal(format!(
                "pathspec '{}' did not match any files",
                item.word
            )));
        }
    }
    if !ignored.is_empty() {
        ignored.sort();
        git.warn(format!(
            "The following paths are ignored by one of your .gitignore files:\n{}",
            ignored.join("\n")
        ));
        advice::hint(
            git,
            repository.config(),
            "addIgnoredFile",
            "Use -f if you really want to add them.",
        );
        *status = 1;
    }
    Ok(found.paths)
}

/// The folder of a path that is ignored, or the path itself.
fn ignored_part<'a>(ignore: &Ignore, path: &'a [u8]) -> &'a [u8] {
    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    let mut folders = slashes.map(|(at, _)| &path[..at]);
    folders
        .find(|folder| ignore.is_ignored(folder, true))
        .unwrap_or(path)
}

fn add_new(
    git: &mut Git,
    repository: &Repository,
    converter: &Converter,
    asked: &Asked,
    index: &mut Index,
    path: &[u8],
) -> Outcome<()> {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    let found = isobox_guest::stat::stat(path_of(path)?, false)
        .map_err(|error| Failure::system(format!("{}: unable to stat", shown(path)), &error))?;
    if asked.dry_run || asked.verbose {
        writeln!(git.out, "add '{}'", shown(path))?;
    }
    if asked.dry_run {
        return Ok(());
    }
    if asked.intent {
        let empty = repository.objects().write(Kind::Blob, b"")?;
        let file_mode = crate::repository::index::index_mode(&found).unwrap_or(mode::FILE);
        let mut entry = Entry::new(path, file_mode, empty);
        entry.intent_to_add = true;
        index.add(entry);
        return Ok(());
    }
    warn_about_line_ends(git, converter, path, &found)?;
    if found.kind == isobox_guest::stat::Kind::Directory {
        warn_about_repository(git, repository, path);
    }
    add_file(repository, converter, index, path, &found)?;
    Ok(())
}

fn warn_about_line_ends(
    git: &mut Git,
    converter: &Converter,
    path: &[u8],
    found: &isobox_guest::stat::Stat,
) -> Outcome<()> {
    if found.kind == isobox_guest::stat::Kind::Regular
        && converter.may_change(path)
        && let Ok(contents) = std::fs::read(path_of(path)?)
        && let Some(warning) = converter.warning(path, &contents)
    {
        git.warn(warning);
    }
    Ok(())
}

fn warn_about_repository(git: &mut Git, repository: &Repository, path: &[u8]) {
    let path = shown(path);
    git.warn(format!("warning: adding embedded git repository: {path}"));
    let text = format!(
        "You've added another git repository inside your current repository.\nClones of the outer repository will not contain the contents of\n\
         the embedded repository and will not know how to obtain it.\nIf you meant to add a submodule, use:\n\n\tgit submodule add <url> {path}\n\n\
         If you added this path by mistake, you can remove it from the\nindex with:\n\n\tgit rm --cached {path}\n\nSee \"git help submodule\" for more information."
    );
    advice::hint(git, repository.config(), "addEmbeddedRepo", &text);
}

/// The files that the index knows already.
struct Tracked<'a> {
    repository: &'a Repository,
    converter: &'a Converter,
    asked: &'a Asked,
    paths: &'a Pathspec,
}

impl Tracked<'_> {
    fn update(&self, git: &mut Git, index: &mut Index) -> Outcome<()> {
        let removals = self.asked.all != Some(false);
        let mut known: Vec<Vec<u8>> = index
            .entries()
            .iter()
            .map(|entry| entry.path.clone())
            .collect();
        known.dedup();
        for path in known.iter().filter(|path| self.paths.matches(path)) {
            let stages = index.stages(path);
            let Some(entry) = stages.first() else {
                continue;
            };
            let (difference, found) = match entry.stage {
                0 => compare(self.repository, self.converter, index, entry)?,
                _ => conflicted(path),
            };
            match (difference, found) {
                (Difference::None, Some(found)) if !self.asked.renormalize => {
                    self.refresh(index, path, &found);
                }
                (Difference::None, None) => {}
                (Difference::Deleted, _) if removals => self.remove(git, index, path)?,
                (Difference::Deleted, _) => {}
                (_, Some(found)) => {
                    if self.asked.dry_run || self.asked.verbose {
                        writeln!(git.out, "add '{}'", shown(path))?;
                    }
                    if !self.asked.dry_run {
                        if !self.asked.renormalize {
                            warn_about_line_ends(git, self.converter, path, &found)?;
                        }
                        self.add(index, path, &found)?;
                    }
                }
                (_, None) => {}
            }
        }
        Ok(())
    }

    fn add(&self, index: &mut Index, path: &[u8], found: &isobox_guest::stat::Stat) -> Outcome<()> {
        if self.asked.renormalize
            && let Some(entry) = index.get(path)
        {
            let mut blank = entry.clone();
            blank.oid = Oid::ZERO;
            index.add(blank);
        }
        add_file(self.repository, self.converter, index, path, found).map(|_| ())
    }

    fn refresh(&self, index: &mut Index, path: &[u8], found: &isobox_guest::stat::Stat) {
        if let Some(entry) = index.get(path) {
            let mut fresh = entry.clone();
            fresh.stat = crate::repository::index::StatData::of(found);
            index.add(fresh);
        }
    }

    fn remove(&self, git: &mut Git, index: &mut Index, path: &[u8]) -> Outcome<()> {
        if self.asked.dry_run || self.asked.verbose {
            writeln!(git.out, "remove '{}'", shown(path))?;
        }
        if !self.asked.dry_run {
            index.remove(path);
        }
        Ok(())
    }
}

/// A path in conflict is settled by what its file is now.
fn conflicted(path: &[u8]) -> (Difference, Option<isobox_guest::stat::Stat>) {
    match path_of(path)
        .ok()
        .and_then(|path| isobox_guest::stat::stat(path, false).ok())
    {
        Some(found) => (Difference::Modified, Some(found)),
        None => (Difference::Deleted, None),
    }
}

fn change_modes(
    git: &mut Git,
    asked: &Asked,
    paths: &Pathspec,
    index: &mut Index,
    executable: bool,
    status: &mut i32,
) {
    for entry in index
        .entries_mut()
        .iter_mut()
        .filter(|entry| paths.matches(&entry.path))
    {
        if !matches!(entry.mode, mode::FILE | mode::EXECUTABLE) {
            let sign = if executable { '+' } else { '-' };
            git.warn(format!(
                "error: cannot chmod {sign}x '{}'",
                shown(&entry.path)
            ));
            *status = 1;
        } else if !asked.dry_run {
            entry.mode = if executable {
                mode::EXECUTABLE
            } else {
                mode::FILE
            };
        }
    }
}

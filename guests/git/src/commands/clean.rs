//! `clean`: untracked files away.

use std::fs;
use std::io::Write as _;

use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome, reason};
use crate::git::Git;
use crate::repository::ignore::Ignore;
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Collect, untracked};
use crate::repository::{Repository, path_of, quote};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/clean.txt"));

#[derive(Default)]
struct Asked {
    quiet: bool,
    dry_run: bool,
    force: usize,
    folders: bool,
    ignored_too: bool,
    only_ignored: bool,
    exclude: Vec<String>,
}

pub fn clean(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "quiet" => asked.quiet = given.on,
            "dry-run" => asked.dry_run = given.on,
            "force" => asked.force = if given.on { asked.force + 1 } else { 0 },
            "d" => asked.folders = true,
            "x" => asked.ignored_too = true,
            "X" => asked.only_ignored = true,
            "exclude" => asked.exclude.push(given.text()),
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository_with_worktree()?;
    let needs_force = repository
        .config()
        .bool("clean.requireforce")?
        .unwrap_or(true);
    if needs_force && asked.force == 0 && !asked.dry_run {
        return Err(Failure::fatal(
            "clean.requireForce is true and -f not given: refusing to clean",
        ));
    }
    if asked.ignored_too && asked.only_ignored {
        return Err(Failure::fatal(
            "options '-x' and '-X' cannot be used together",
        ));
    }
    run(git, &repository, &asked, &parsed.operands)
}

fn run(git: &mut Git, repository: &Repository, asked: &Asked, words: &[String]) -> Outcome<i32> {
    let mut default = Vec::new();
    if words.is_empty() && !repository.prefix().is_empty() {
        default.push(".".to_owned());
    }
    let paths = Pathspec::parse(repository, if words.is_empty() { &default } else { words })?;
    let mut ignore = match asked.ignored_too {
        true => Ignore::nothing(repository),
        false => Ignore::standard(repository),
    };
    asked
        .exclude
        .iter()
        .for_each(|pattern| ignore.add_pattern(pattern));
    let index = repository.index()?;
    let collect = Collect {
        ignored: asked.only_ignored,
        empty_folders: true,
        ..Collect::default()
    };
    let found = untracked(&index, &ignore, &paths, collect)?;
    let list = if asked.only_ignored {
        found.ignored
    } else {
        found.paths
    };
    let quote_high = repository.config().bool("core.quotepath")?.unwrap_or(true);
    let mut status = 0;
    for path in list {
        let folder = path.ends_with(b"/");
        let inside = words.iter().any(|word| {
            repository
                .from_top(word)
                .is_ok_and(|top| [&top[..], b"/"].concat() == path)
        });
        if folder && !asked.folders && !inside {
            continue;
        }
        let shown =
            String::from_utf8_lossy(&quote::quoted(&repository.from_here(&path), quote_high))
                .into_owned();
        let nested = folder && path_of(&path)?.join(".git").exists();
        if nested && asked.force < 2 {
            if !asked.quiet && asked.dry_run {
                writeln!(git.out, "Would skip repository {shown}")?;
            }
            continue;
        }
        if folder && holds_ignored(asked, &ignore, &path) {
            status |= clean_inside(git, repository, asked, &ignore, &path)?;
            continue;
        }
        if !asked.quiet {
            writeln!(
                git.out,
                "{} {shown}",
                if asked.dry_run {
                    "Would remove"
                } else {
                    "Removing"
                }
            )?;
        }
        if asked.dry_run {
            continue;
        }
        let file = path_of(&path)?;
        let removed = if folder {
            fs::remove_dir_all(file)
        } else {
            fs::remove_file(file)
        };
        if let Err(error) = removed {
            git.warn(format!(
                "warning: failed to remove {shown}: {}",
                reason(&error)
            ));
            status = 1;
        }
    }
    Ok(status)
}

/// A folder with ignored files isn't removed as a whole.
fn holds_ignored(asked: &Asked, ignore: &Ignore, folder: &[u8]) -> bool {
    if asked.only_ignored {
        return false;
    }
    let Ok(entries) = path_of(folder).and_then(|path| Ok(fs::read_dir(path)?)) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = [folder, &entry.file_name().into_encoded_bytes()[..]].concat();
        let inner = entry.file_type().is_ok_and(|kind| kind.is_dir());
        ignore.is_ignored_here(&path, inner)
            || inner && holds_ignored(asked, ignore, &[&path[..], b"/"].concat())
    })
}

fn clean_inside(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    ignore: &Ignore,
    folder: &[u8],
) -> Outcome<i32> {
    let mut names: Vec<(Vec<u8>, bool)> = fs::read_dir(path_of(folder)?)?
        .flatten()
        .map(|entry| {
            (
                entry.file_name().into_encoded_bytes(),
                entry.file_type().is_ok_and(|kind| kind.is_dir()),
            )
        })
        .collect();
    names.sort();
    for (name, is_folder) in names {
        let path = [folder, &name[..]].concat();
        let below = [&path[..], b"/"].concat();
        if ignore.is_ignored_here(&path, is_folder) {
            continue;
        }
        if is_folder && holds_ignored(asked, ignore, &below) {
            clean_inside(git, repository, asked, ignore, &below)?;
            continue;
        }
        let whole = if is_folder { below } else { path };
        if !asked.quiet {
            let shown = String::from_utf8_lossy(&repository.from_here(&whole)).into_owned();
            writeln!(
                git.out,
                "{} {shown}",
                if asked.dry_run {
                    "Would remove"
                } else {
                    "Removing"
                }
            )?;
        }
        if !asked.dry_run {
            let file = path_of(&whole)?;
            if is_folder {
                fs::remove_dir_all(file)?
            } else {
                fs::remove_file(file)?
            }
        }
    }
    Ok(0)
}

//! `mv`: other names for files.

use std::fs;
use std::io::Write as _;

use super::operands::shown;
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::index::Entry;
use crate::repository::{Index, Repository, path_of};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/mv.txt"));

#[derive(Default)]
struct Asked {
    verbose: bool,
    dry_run: bool,
    force: bool,
    skip: bool,
}

/// One file or folder that moves.
struct Move {
    from: Vec<u8>,
    to: Vec<u8>,
    /// Whether it is a folder, whose entries follow it.
    folder: bool,
    overwrites: bool,
}

pub fn mv(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "verbose" => asked.verbose = given.on,
            "dry-run" => asked.dry_run = given.on,
            "force" => asked.force = given.on,
            "k" => asked.skip = true,
            "sparse" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let Some((target, sources)) = parsed
        .operands
        .split_last()
        .filter(|(_, sources)| !sources.is_empty())
    else {
        return Err(SYNTAX.misused());
    };
    let repository = git.repository_with_worktree()?;
    let mut index = repository.index()?;
    let lock = index.lock()?;
    let moves = plan(&repository, &index, &asked, sources, target)?;
    for one in &moves {
        if one.overwrites && (asked.verbose || asked.dry_run) {
            git.warn(format!("warning: overwriting '{}'", shown(&one.to)));
        }
    }
    for one in &moves {
        tell(git, &asked, &index, one)?;
        if asked.dry_run {
            continue;
        }
        let (from, to) = (path_of(&one.from)?, path_of(&one.to)?);
        fs::rename(from, to).map_err(|error| {
            Failure::system(format!("renaming '{}' failed", shown(&one.from)), &error)
        })?;
        rename(&mut index, one);
    }
    if !asked.dry_run {
        index.write_locked(lock)?;
    }
    Ok(0)
}

fn tell(git: &mut Git, asked: &Asked, index: &Index, one: &Move) -> Outcome<()> {
    if !asked.verbose && !asked.dry_run {
        return Ok(());
    }
    let mut names = vec![(one.from.clone(), one.to.clone())];
    if one.folder {
        names.extend(index.below(&one.from).iter().map(|entry| {
            (
                entry.path.clone(),
                [&one.to[..], &entry.path[one.from.len()..]].concat(),
            )
        }));
    }
    if asked.dry_run {
        for (from, to) in &names {
            writeln!(
                git.out,
                "Checking rename of '{}' to '{}'",
                shown(from),
                shown(to)
            )?;
        }
    }
    for (from, to) in &names {
        writeln!(git.out, "Renaming {} to {}", shown(from), shown(to))?;
    }
    Ok(())
}

fn plan(
    repository: &Repository,
    index: &Index,
    asked: &Asked,
    sources: &[String],
    target: &str,
) -> Outcome<Vec<Move>> {
    let to = repository.from_top(target)?;
    let is_folder =
        |path: &[u8]| path.is_empty() || path_of(path).is_ok_and(std::path::Path::is_dir);
    let into = is_folder(&to);
    if !into && (sources.len() > 1) {
        return Err(Failure::fatal(format!(
            "destination '{}' is not a directory",
            shown(&to)
        )));
    }
    if !into && target.ends_with('/') && !is_folder(&repository.from_top(&sources[0])?) {
        let (from, shown_to) = (
            repository.from_top(&sources[0])?,
            format!("{}/", shown(&to)),
        );
        return Err(Failure::fatal(format!(
            "destination directory does not exist, source={}, destination={shown_to}",
            shown(&from)
        )));
    }
    let mut moves: Vec<Move> = Vec::new();
    for source in sources {
        let from = repository.from_top(source)?;
        let name = &from[memchr::memrchr(b'/', &from).map_or(0, |at| at + 1)..];
        let to = match (into, to.is_empty()) {
            (true, true) => name.to_vec(),
            (true, false) => [&to[..], b"/", name].concat(),
            (false, _) => to.clone(),
        };
        match check(index, asked, &from, &to, &moves) {
            Ok(one) => moves.push(one),
            Err(_) if asked.skip => {}
            Err(what) => {
                return Err(Failure::fatal(format!(
                    "{what}, source={}, destination={}",
                    shown(&from),
                    shown(&to)
                )));
            }
        }
    }
    Ok(moves)
}

fn check(
    index: &Index,
    asked: &Asked,
    from: &[u8],
    to: &[u8],
    moves: &[Move],
) -> Result<Move, &'static str> {
    let file = path_of(from).map_err(|_| "bad source")?;
    let Ok(found) = file.symlink_metadata() else {
        return Err("bad source");
    };
    let folder = found.is_dir() && index.get(from).is_none();
    let inside = [from, b"/"].concat();
    if to == from || to.starts_with(&inside) {
        return Err("can not move directory into itself");
    }
    let there = path_of(to)
        .ok()
        .and_then(|path| path.symlink_metadata().ok());
    if folder {
        if index.below(from).is_empty() {
            return Err("source directory is empty");
        }
        if there.is_some() {
            return Err("destination already exists");
        }
        return Ok(Move {
            from: from.to_vec(),
            to: to.to_vec(),
            folder,
            overwrites: false,
        });
    }
    match index.stages(from) {
        [] => return Err("not under version control"),
        [entry] if entry.stage == 0 => {}
        _ => return Err("conflicted"),
    }
    let mut overwrites = false;
    if let Some(there) = there {
        match asked.force && !there.is_dir() {
            true => overwrites = true,
            false if there.is_dir() => return Err("destination already exists"),
            false => return Err("destination exists"),
        }
    }
    if moves.iter().any(|one| one.to == to) {
        return Err("multiple sources for the same target");
    }
    Ok(Move {
        from: from.to_vec(),
        to: to.to_vec(),
        folder,
        overwrites,
    })
}

fn rename(index: &mut Index, one: &Move) {
    let moved: Vec<Entry> = match one.folder {
        true => index.below(&one.from).to_vec(),
        false => index.stages(&one.from).to_vec(),
    };
    for mut entry in moved {
        index.remove(&entry.path);
        entry.path = [&one.to[..], &entry.path[one.from.len()..]].concat();
        index.add(entry);
    }
}

//! `hash-object`: the names that contents would have, or have from now on.

use std::fs;
use std::io::Write as _;

use super::operands::standard_input;
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::worktree::Converter;
use crate::repository::{Commit, Kind, Oid, Repository, Tag, TreeEntries};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/hash-object.txt"));

pub fn hash_object(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let (mut kind, mut write, mut stdin, mut paths, mut filters, mut literally, mut path) =
        (Kind::Blob, false, false, false, true, false, None);
    for given in &parsed.options {
        match given.name.as_str() {
            "t" => {
                let name = given.text();
                kind = Kind::named(name.as_bytes())
                    .ok_or_else(|| Failure::fatal(format!("invalid object type \"{name}\"")))?;
            }
            "w" => write = true,
            "stdin" => stdin = given.on,
            "stdin-paths" => paths = given.on,
            "no-filters" => filters = false,
            "filters" => filters = given.on,
            "literally" => literally = given.on,
            "path" => path = given.value.clone(),
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let here = std::env::current_dir()?;
    let repository = match (git.repository(), write) {
        (Ok(repository), _) => Some(repository),
        (Err(failure), true) => return Err(failure),
        (Err(_), false) => None,
    };
    let mut store = |bytes: Vec<u8>, name: Option<&str>| -> Outcome<()> {
        let bytes = match (&repository, name) {
            (Some(repository), Some(name)) if filters && kind == Kind::Blob => {
                convert(repository, name, bytes)
            }
            _ => bytes,
        };
        if !literally {
            check(kind, &bytes)?;
        }
        let oid = match &repository {
            Some(repository) if write => repository.objects().write(kind, &bytes)?,
            _ => Oid::of(kind.name(), &bytes),
        };
        writeln!(git.out, "{oid}")?;
        Ok(())
    };
    if stdin {
        store(standard_input()?, path.as_deref())?;
    }
    let mut files = parsed.operands.clone();
    if paths {
        files.extend(
            String::from_utf8_lossy(&standard_input()?)
                .lines()
                .map(str::to_owned),
        );
    }
    for file in &files {
        let bytes = fs::read(here.join(file)).map_err(|error| {
            Failure::system(format!("could not open '{file}' for reading"), &error)
        })?;
        store(bytes, Some(path.as_deref().unwrap_or(file)))?;
    }
    Ok(0)
}

fn convert(repository: &Repository, name: &str, bytes: Vec<u8>) -> Vec<u8> {
    match repository.from_top(name) {
        Ok(path) => Converter::new(repository).to_object(&path, bytes, || None),
        Err(_) => bytes,
    }
}

/// Objects that others are to read must be such as their kind has it.
fn check(kind: Kind, bytes: &[u8]) -> Outcome<()> {
    let good = match kind {
        Kind::Blob => true,
        Kind::Tree => TreeEntries::of(bytes).all(|entry| entry.is_some()),
        Kind::Commit => Commit::parse(bytes).is_some_and(|commit| !commit.author.is_empty()),
        Kind::Tag => Tag::parse(bytes).is_some(),
    };
    match good {
        true => Ok(()),
        false if kind == Kind::Tree => Err(Failure::plain(
            128,
            "error: too-short tree object\nerror: object fails fsck: badTree: cannot be parsed as a tree\nfatal: refusing to create malformed object",
        )),
        false => Err(Failure::plain(
            128,
            format!(
                "error: object fails fsck: corrupt {kind}\nfatal: refusing to create malformed object"
            ),
        )),
    }
}

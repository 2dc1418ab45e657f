//! `reflog`: what references named before.

use std::io::Write as _;

use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::Repository;

const USAGE: &str = include_str!("usage/reflog.txt");

pub fn reflog(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let repository = git.repository()?;
    match words.first().map(String::as_str) {
        Some("-h") => Err(Failure::plain(129, USAGE)),
        Some("exists") => {
            let [_, name] = &words[..] else {
                return Err(Failure::plain(129, USAGE));
            };
            Ok(i32::from(!repository.has_reflog(name)))
        }
        Some("list") => list(git, &repository),
        Some("delete") => delete(&repository, &words[1..]),
        Some("expire") => expire(&repository, &words[1..]),
        Some("show") => show(git, &words[1..]),
        _ => show(git, &words),
    }
}

/// `log -g --abbrev-commit --oneline`
fn show(git: &mut Git, words: &[String]) -> Outcome<i32> {
    let mut line: Vec<String> = ["-g", "--abbrev-commit", "--pretty=oneline"]
        .map(str::to_owned)
        .to_vec();
    line.extend_from_slice(words);
    match super::find("log") {
        Some(log) => log(git, line),
        None => Err(super::help::unknown("log")),
    }
}

fn list(git: &mut Git, repository: &Repository) -> Outcome<i32> {
    if repository.has_reflog("HEAD") {
        writeln!(git.out, "HEAD")?;
    }
    for one in repository.refs("refs/")? {
        if repository.has_reflog(&one.name) {
            writeln!(git.out, "{}", one.name)?;
        }
    }
    Ok(0)
}

/// Takes single entries out: `main@{2}`.
fn delete(repository: &Repository, words: &[String]) -> Outcome<i32> {
    let names: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    if names.is_empty() {
        return Err(Failure::error(255, "no reflog specified to delete"));
    }
    for word in names {
        let parts = word
            .rsplit_once("@{")
            .and_then(|(name, rest)| Some((name, rest.strip_suffix('}')?.parse::<usize>().ok()?)));
        let Some((name, number)) = parts else {
            return Err(Failure::error(255, format!("no reflog for '{word}'")));
        };
        let full = repository
            .full_ref_name(name)
            .ok_or_else(|| Failure::error(255, format!("no reflog for '{word}'")))?;
        let mut entries = repository.reflog(&full);
        if let Some(at) = entries.len().checked_sub(number + 1) {
            entries.remove(at);
            repository.write_reflog(&full, &entries)?;
        }
    }
    Ok(0)
}

/// Only what is asked to go at once goes: nothing here is older than git keeps.
fn expire(repository: &Repository, words: &[String]) -> Outcome<i32> {
    let now = words.iter().any(|word| {
        matches!(
            word.as_str(),
            "--expire=now" | "--expire=all" | "--expire-unreachable=now"
        )
    });
    let everything = words.iter().any(|word| word == "--all");
    let dry = words
        .iter()
        .any(|word| matches!(word.as_str(), "-n" | "--dry-run"));
    if !now || dry {
        return Ok(0);
    }
    let mut names: Vec<String> = Vec::new();
    if everything {
        names.push("HEAD".to_owned());
        names.extend(repository.refs("refs/")?.into_iter().map(|one| one.name));
    }
    names.extend(
        words
            .iter()
            .filter(|word| !word.starts_with('-'))
            .filter_map(|word| repository.full_ref_name(word)),
    );
    for name in names.iter().filter(|name| repository.has_reflog(name)) {
        repository.write_reflog(name, &[])?;
    }
    Ok(0)
}

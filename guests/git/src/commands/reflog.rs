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

/// Entries, a line each; what is to be shown otherwise is the business of `log -g`.
fn show(git: &mut Git, words: &[String]) -> Outcome<i32> {
    let plain = |word: &String| {
        !word.starts_with('-')
            || word
                .strip_prefix("-n")
                .unwrap_or(&word[1..])
                .bytes()
                .all(|byte| byte.is_ascii_digit())
    };
    if !words.iter().all(plain) {
        let mut line: Vec<String> = ["-g", "--abbrev-commit", "--pretty=oneline"]
            .map(str::to_owned)
            .to_vec();
        line.extend_from_slice(words);
        let log = super::find("log").ok_or_else(|| super::help::unknown("log"))?;
        return log(git, line);
    }
    let mut limit = usize::MAX;
    let mut name = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            Some("n") => {
                limit = words
                    .next()
                    .and_then(|word| word.parse().ok())
                    .unwrap_or(limit)
            }
            Some(number) => limit = number.trim_start_matches('n').parse().unwrap_or(limit),
            None => name = Some(word.clone()),
        }
    }
    let repository = git.repository()?;
    let shown = name.clone().unwrap_or_else(|| "HEAD".to_owned());
    if name.is_none() && repository.head().is_none() {
        let branch = repository.head_branch().unwrap_or_default();
        return Err(Failure::fatal(format!(
            "your current branch '{branch}' does not have any commits yet"
        )));
    }
    let Some(full) = repository.full_ref_name(&shown) else {
        return Err(match repository.rev(&shown)? {
            Some(_) => Failure::silent(0),
            None => crate::repository::revision::unknown(&shown),
        });
    };
    for (number, entry) in repository
        .reflog(&full)
        .iter()
        .rev()
        .enumerate()
        .take(limit)
    {
        let short = repository.short(&entry.new);
        let shown = if shown == "@" { "HEAD" } else { &shown };
        writeln!(
            git.out,
            "{short} {shown}@{{{number}}}: {}",
            String::from_utf8_lossy(&entry.message)
        )?;
    }
    Ok(0)
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

//! `@{…}`: what a reference named before, the branch before this one, and the branch that one follows.

use crate::failure::{Failure, Outcome};
use crate::repository::{Oid, Repository, date};

/// The object of `name@{…}`; `braces` may be several (`@{u}@{1}`).
pub fn resolve(repository: &Repository, name: &str, braces: &str) -> Outcome<Option<Oid>> {
    let Some((inner, rest)) = braces[2..].split_once('}') else {
        return Ok(None);
    };
    if let Some(number) = inner.strip_prefix('-') {
        let Some(name) = number
            .parse()
            .ok()
            .and_then(|number| previous_branch(repository, number))
        else {
            return Ok(None);
        };
        let full = repository.full_ref_name(&name).unwrap_or(name);
        return go_on(repository, &full, rest);
    }
    if matches!(
        inner.to_ascii_lowercase().as_str(),
        "u" | "upstream" | "push"
    ) {
        let full = upstream(repository, name)?;
        return go_on(repository, &full, rest);
    }
    let full = match name {
        "" => repository.head_ref().unwrap_or_else(|| "HEAD".to_owned()),
        name => match repository.full_ref_name(name) {
            Some(full) => full,
            None => return Ok(None),
        },
    };
    match inner.parse::<usize>() {
        Ok(number) => nth(repository, name, &full, number),
        Err(_) => Ok(at_time(repository, &full, inner)),
    }
}

/// The name that was checked out `number` checkouts ago.
pub fn previous_branch(repository: &Repository, number: usize) -> Option<String> {
    let log = repository.reflog("HEAD");
    let moves = log.iter().rev().filter_map(|entry| {
        let text = String::from_utf8_lossy(&entry.message).into_owned();
        let (from, _) = text
            .strip_prefix("checkout: moving from ")?
            .split_once(" to ")?;
        Some(from.to_owned())
    });
    moves.into_iter().nth(number.checked_sub(1)?)
}

fn go_on(repository: &Repository, full: &str, rest: &str) -> Outcome<Option<Oid>> {
    match rest.strip_prefix("@{") {
        Some(_) => resolve(repository, full, rest),
        None => match repository.resolve_ref(full) {
            None => repository.rev(full),
            found => Ok(found),
        },
    }
}

/// The whole name of what a branch follows; HEAD's when the name is empty.
pub fn upstream(repository: &Repository, name: &str) -> Outcome<String> {
    let branch = match name {
        "" | "@" | "HEAD" => repository
            .head_branch()
            .ok_or_else(|| Failure::fatal("HEAD does not point to a branch"))?,
        name => name.strip_prefix("refs/heads/").unwrap_or(name).to_owned(),
    };
    if repository
        .read_ref(&format!("refs/heads/{branch}"))
        .is_none()
    {
        return Err(Failure::fatal(format!("no such branch: '{branch}'")));
    }
    let found = repository.upstream(&branch);
    found.ok_or_else(|| Failure::fatal(format!("no upstream configured for branch '{branch}'")))
}

fn nth(repository: &Repository, name: &str, full: &str, number: usize) -> Outcome<Option<Oid>> {
    let log = repository.reflog(full);
    let Some(last) = log.last() else {
        let shown = if name.is_empty() {
            crate::repository::refs::shorten(full)
        } else {
            name
        };
        return match number {
            0 => Ok(repository.resolve_ref(full)),
            _ => Err(Failure::fatal(format!("log for '{shown}' is empty"))),
        };
    };
    if number == 0 {
        return Ok(Some(last.new));
    }
    match log.len().checked_sub(number) {
        Some(at) => Ok(log
            .get(at)
            .map(|entry| entry.old)
            .filter(|oid| !oid.is_zero())),
        None => {
            let shown = if name.is_empty() {
                crate::repository::refs::shorten(full)
            } else {
                name
            };
            Err(Failure::fatal(format!(
                "log for '{shown}' only has {} entries",
                log.len()
            )))
        }
    }
}

/// What a reference named at a time; the oldest it knows when the time is before that.
fn at_time(repository: &Repository, full: &str, text: &str) -> Option<Oid> {
    let time = date::approximate(text, repository.now());
    let log = repository.reflog(full);
    let when = |who: &[u8]| crate::repository::Signature::parse(who).map_or(0, |who| who.seconds);
    let found = log.iter().rev().find(|entry| when(&entry.who) <= time);
    match (found, log.first()) {
        (Some(entry), _) => Some(entry.new),
        (None, Some(first)) if first.old.is_zero() => Some(first.new),
        (None, Some(first)) => Some(first.old),
        (None, None) => repository.resolve_ref(full),
    }
}

//! Which references are listed, and in which order.

use std::cmp::Ordering;

use super::atoms::Format;
use crate::command_line::Given;
use crate::failure::{Failure, Outcome};
use crate::repository::refs::Reference;
use crate::repository::revision::is_ancestor;
use crate::repository::{Oid, Repository, wildmatch};

/// What options choose.
#[derive(Default)]
pub struct Choice {
    contains: Vec<(String, bool)>,
    merged: Vec<(String, bool)>,
    points_at: Option<String>,
    sort: Vec<String>,
    pub ignore_case: bool,
}

impl Choice {
    /// Takes an option; whether it is one of these.
    pub fn take(&mut self, given: &Given) -> bool {
        let value = given.value.clone().unwrap_or_else(|| "HEAD".to_owned());
        match given.name.as_str() {
            "contains" => self.contains.push((value, true)),
            "no-contains" => self.contains.push((value, false)),
            "merged" => self.merged.push((value, true)),
            "no-merged" => self.merged.push((value, false)),
            "points-at" => self.points_at = Some(value),
            "sort" if given.on => self.sort.push(value),
            "sort" => self.sort.clear(),
            "ignore-case" => self.ignore_case = given.on,
            _ => return false,
        }
        true
    }

    /// Whether an option was given that only lists have.
    pub fn lists(&self) -> bool {
        !self.contains.is_empty() || !self.merged.is_empty() || self.points_at.is_some()
    }

    pub fn has_sort(&self) -> bool {
        !self.sort.is_empty()
    }

    /// Sorts by this unless something else is asked for.
    pub fn sort_by_default(&mut self, key: Option<&str>) {
        if self.sort.is_empty() {
            self.sort.extend(key.map(str::to_owned));
        }
    }

    /// Keeps what is chosen.
    ///
    /// # Errors
    /// git's words for names that are no commits.
    pub fn keep(&self, repository: &Repository, refs: &mut Vec<Reference>) -> Outcome<()> {
        if let Some(name) = &self.points_at {
            let wanted = repository.rev(name)?.ok_or_else(|| malformed(name))?;
            refs.retain(|one| {
                one.oid == wanted || repository.peel(&one.oid).is_ok_and(|oid| oid == wanted)
            });
        }
        for (name, wanted) in &self.contains {
            let commit = commit(repository, name)?;
            self.retain(repository, refs, *wanted, |tip| {
                is_ancestor(repository, &commit, tip)
            })?;
        }
        for (name, wanted) in &self.merged {
            let commit = commit(repository, name)?;
            self.retain(repository, refs, *wanted, |tip| {
                is_ancestor(repository, tip, &commit)
            })?;
        }
        Ok(())
    }

    fn retain(
        &self,
        repository: &Repository,
        refs: &mut Vec<Reference>,
        wanted: bool,
        holds: impl Fn(&Oid) -> Outcome<bool>,
    ) -> Outcome<()> {
        let mut kept = Vec::new();
        for one in refs.drain(..) {
            if let Ok(tip) = repository.to_commit(&one.oid)
                && holds(&tip)? == wanted
            {
                kept.push(one);
            }
        }
        *refs = kept;
        Ok(())
    }

    /// Sorts, the first key counting most.
    ///
    /// # Errors
    /// A key that isn't known.
    pub fn sort(&self, repository: &Repository, refs: &mut [Reference]) -> Outcome<()> {
        for key in &self.sort {
            let (reverse, name) = match key.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, key.as_str()),
            };
            let (version, name) = match name
                .strip_prefix("version:")
                .or_else(|| name.strip_prefix("v:"))
            {
                Some(name) => (true, name),
                None => (false, name),
            };
            let date = name.ends_with("date");
            let format = Format::parse(&if date {
                format!("%({name}:unix)")
            } else {
                format!("%({name})")
            })?;
            let mut keyed: Vec<(Vec<u8>, Reference)> = Vec::new();
            for one in refs.iter() {
                keyed.push((format.text(repository, one)?, one.clone()));
            }
            keyed.sort_by(|(a, one), (b, two)| {
                let order = if version {
                    versions(a, b)
                } else if date || name == "objectsize" {
                    number(a).cmp(&number(b))
                } else if self.ignore_case {
                    a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase())
                } else {
                    a.cmp(b)
                };
                let order = if reverse { order.reverse() } else { order };
                if self.sort.len() == 1 {
                    order.then_with(|| one.name.cmp(&two.name))
                } else {
                    order
                }
            });
            for (place, (_, one)) in refs.iter_mut().zip(keyed) {
                *place = one;
            }
        }
        Ok(())
    }
}

fn number(text: &[u8]) -> i64 {
    std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

/// Numbers within names count as numbers.
fn versions(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        match (a.first(), b.first()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (one, two) = (digits(a), digits(b));
                let order = one.0.cmp(&two.0).then(two.1.cmp(&one.1));
                if order.is_ne() {
                    return order;
                }
                (a, b) = (&a[one.1..], &b[two.1..]);
            }
            (Some(x), Some(y)) if x != y => return x.cmp(y),
            _ => (a, b) = (&a[1..], &b[1..]),
        }
    }
}

fn digits(text: &[u8]) -> (u128, usize) {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = text[..length]
        .iter()
        .take(38)
        .fold(0u128, |value, byte| value * 10 + u128::from(byte - b'0'));
    (value, length)
}

fn commit(repository: &Repository, name: &str) -> Outcome<Oid> {
    let oid = repository.rev(name)?.ok_or_else(|| malformed_error(name))?;
    repository.to_commit(&oid).map_err(|failure| {
        Failure::plain(
            129,
            format!("{}\nerror: no such commit {name}", failure.message),
        )
    })
}

fn malformed(name: &str) -> Failure {
    Failure::error(129, format!("malformed object name '{name}'"))
}

fn malformed_error(name: &str) -> Failure {
    Failure::error(129, format!("malformed object name {name}"))
}

/// Whether a short name fits one of the patterns; all do when there is none.
pub fn fits(patterns: &[String], name: &str, fold: bool) -> bool {
    patterns.is_empty()
        || patterns
            .iter()
            .any(|pattern| wildmatch::matches(pattern.as_bytes(), name.as_bytes(), false, fold))
}

//! `:/text` and `^{/text}`: the youngest commit whose message matches.

use posix_regex::{Dialect, Options, Regex};

use super::{Walk, WalkOptions};
use crate::failure::{Failure, Outcome};
use crate::repository::{Kind, Oid, Repository};

/// From all references.
pub fn from_all(repository: &Repository, pattern: &str) -> Outcome<Option<Oid>> {
    let mut starts = Vec::new();
    for one in repository.refs("refs/")? {
        let oid = repository.peel(&one.oid)?;
        if repository.objects().read(&oid)?.kind == Kind::Commit {
            starts.push(oid);
        }
    }
    starts.extend(repository.head());
    from(repository, starts, pattern)
}

/// From these commits.
pub fn from(repository: &Repository, starts: Vec<Oid>, pattern: &str) -> Outcome<Option<Oid>> {
    let (pattern, negated) = match pattern.strip_prefix('!') {
        Some(rest) if rest.starts_with('!') => (rest, false),
        Some(rest) => match rest.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => return Ok(None),
        },
        None => (pattern, false),
    };
    let regex = Regex::new(pattern.as_bytes(), &Options::new(Dialect::EXTENDED))
        .map_err(|_| Failure::fatal(format!("invalid regular expression: {pattern}")))?;
    for oid in Walk::new(repository, starts, Vec::new(), WalkOptions::default())? {
        let oid = oid?;
        let message = repository.objects().commit(&oid)?.message;
        if regex.is_match(&message) != negated {
            return Ok(Some(oid));
        }
    }
    Ok(None)
}

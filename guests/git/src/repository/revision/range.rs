//! Words of a command line as the ends of a walk: `a..b`, `a...b`, `^a`, `a^@`, `a^!`.

use super::{bad_revision, merge_bases, unknown};
use crate::failure::{Failure, Outcome};
use crate::repository::{Oid, Repository};

/// One end: where a walk begins, or what it leaves out with all its ancestors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    pub oid: Oid,
    pub excluded: bool,
    /// As the command line named it.
    pub word: String,
    /// `Some('<')` and `Some('>')` for the sides of `a...b`.
    pub side: Option<char>,
}

/// The tips that a word names; `None` when it names no object.
///
/// # Errors
/// What can't be read, and short names of several objects.
pub fn tips(repository: &Repository, word: &str) -> Outcome<Option<Vec<Tip>>> {
    let tip = |oid, excluded| Tip {
        oid,
        excluded,
        word: word.to_owned(),
        side: None,
    };
    if let Some(dots) = word.find("..")
        && !word.starts_with(':')
        && !word[..dots].contains(':')
    {
        let three = word[dots + 2..].starts_with('.');
        let (from, to) = (&word[..dots], &word[dots + if three { 3 } else { 2 }..]);
        if from.is_empty() && to.is_empty() && !three {
            return Ok(None);
        }
        let name = |text: &str| {
            if text.is_empty() {
                "HEAD".to_owned()
            } else {
                text.to_owned()
            }
        };
        let (Some(a), Some(b)) = (repository.rev(&name(from))?, repository.rev(&name(to))?) else {
            return Ok(None);
        };
        if !three {
            return Ok(Some(vec![tip(a, true), tip(b, false)]));
        }
        let (a, b) = (repository.to_commit(&a)?, repository.to_commit(&b)?);
        let mut found: Vec<Tip> = merge_bases(repository, &a, &[b])?
            .into_iter()
            .map(|oid| tip(oid, true))
            .collect();
        found.push(Tip {
            side: Some('<'),
            ..tip(a, false)
        });
        found.push(Tip {
            side: Some('>'),
            ..tip(b, false)
        });
        return Ok(Some(found));
    }
    if let Some(rest) = word.strip_prefix('^') {
        return Ok(repository.rev(rest)?.map(|oid| vec![tip(oid, true)]));
    }
    if let Some(base) = word.strip_suffix("^@") {
        return parents(repository, base)?.map_or(Ok(None), |(_, parents)| {
            Ok(Some(
                parents.into_iter().map(|oid| tip(oid, false)).collect(),
            ))
        });
    }
    if let Some(base) = word.strip_suffix("^!") {
        return parents(repository, base)?.map_or(Ok(None), |(oid, parents)| {
            let mut found = vec![tip(oid, false)];
            found.extend(parents.into_iter().map(|oid| tip(oid, true)));
            Ok(Some(found))
        });
    }
    if let Some((base, number)) = word.rsplit_once("^-")
        && let Some(number) = if number.is_empty() {
            Some(1)
        } else {
            number.parse::<usize>().ok()
        }
    {
        return parents(repository, base)?.map_or(Ok(None), |(oid, parents)| {
            let parent = number.checked_sub(1).and_then(|at| parents.get(at));
            Ok(parent.map(|parent| vec![tip(*parent, true), tip(oid, false)]))
        });
    }
    Ok(repository.rev(word)?.map(|oid| vec![tip(oid, false)]))
}

fn parents(repository: &Repository, base: &str) -> Outcome<Option<(Oid, Vec<Oid>)>> {
    let Some(oid) = repository.rev(base)? else {
        return Ok(None);
    };
    let oid = repository.to_commit(&oid)?;
    Ok(Some((oid, repository.objects().commit(&oid)?.parents)))
}

/// Splits operands into tips and paths as git does: up to `--` all are revisions; without it, up to the first that is none, which must
/// be a path then, as must be all after it.
///
/// # Errors
/// A word that is neither, or both.
pub fn split_words(
    repository: &Repository,
    words: &[String],
    dashes: Option<usize>,
) -> Outcome<(Vec<Tip>, Vec<String>)> {
    let mut found = Vec::new();
    if let Some(count) = dashes {
        for word in &words[..count] {
            let named = tips(repository, word)?.ok_or_else(|| bad_revision(word))?;
            found.extend(named);
        }
        return Ok((found, words[count..].to_vec()));
    }
    for (at, word) in words.iter().enumerate() {
        match tips(repository, word)? {
            Some(named) => {
                if is_path(repository, word) && !word.contains("..") {
                    return Err(Failure::fatal(format!(
                        "ambiguous argument '{word}': both revision and filename\nUse '--' to separate paths from revisions, like this:\n\
                         'git <command> [<revision>...] -- [<file>...]'"
                    )));
                }
                found.extend(named);
            }
            None => {
                for path in &words[at..] {
                    check_path(repository, path, at > 0 || path != word)?;
                }
                return Ok((found, words[at..].to_vec()));
            }
        }
    }
    Ok((found, Vec::new()))
}

fn check_path(repository: &Repository, word: &str, _after: bool) -> Outcome<()> {
    let magic = word.starts_with(':') || word.contains(['*', '?', '[']);
    match magic || is_path(repository, word) {
        true => Ok(()),
        false => Err(unknown(word)),
    }
}

/// Whether a word names a file of the working tree.
fn is_path(repository: &Repository, word: &str) -> bool {
    if repository.is_bare() {
        return false;
    }
    let Ok(path) = repository.from_top(word) else {
        return false;
    };
    let path = if path.is_empty() { b"." } else { &path[..] };
    crate::repository::path_of(path).is_ok_and(|path| path.symlink_metadata().is_ok())
}

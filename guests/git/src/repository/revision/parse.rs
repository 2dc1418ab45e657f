//! One name for one object.

use super::{at, search};
use crate::failure::{Failure, Outcome};
use crate::repository::{Kind, Oid, Repository, Tag};

/// The object that a text names.
pub fn object(repository: &Repository, text: &str) -> Outcome<Option<Oid>> {
    if let Some(pattern) = text.strip_prefix(":/") {
        return search::from_all(repository, pattern);
    }
    if let Some(path) = text.strip_prefix(':') {
        return in_index(repository, path);
    }
    if let Some((revision, path)) = split_path(text) {
        let Some(oid) = object(repository, revision)? else {
            return Ok(None);
        };
        let Some(tree) = peel_to(repository, &oid, Some(Kind::Tree))? else {
            return Ok(None);
        };
        let path = from_revision(repository, path)?;
        return Ok(repository.at_path(&tree, &path)?.map(|entry| entry.oid));
    }
    let end = suffix_start(text);
    let (base, mut suffixes) = text.split_at(end);
    let Some(mut oid) = named(repository, base)? else {
        return Ok(None);
    };
    while !suffixes.is_empty() {
        match suffix(repository, &oid, suffixes)? {
            Some((found, rest)) => (oid, suffixes) = (found, rest),
            None => return Ok(None),
        }
    }
    Ok(Some(oid))
}

/// Takes tags off, down to an object of a kind (a commit's tree counts as one), or to anything but a tag.
pub fn peel_to(repository: &Repository, oid: &Oid, kind: Option<Kind>) -> Outcome<Option<Oid>> {
    let mut oid = *oid;
    loop {
        let Some(object) = repository.objects().find(&oid)? else {
            return Ok(None);
        };
        match (object.kind, kind) {
            (found, Some(wanted)) if found == wanted => return Ok(Some(oid)),
            (Kind::Tag, _) => match Tag::parse(&object.data) {
                Some(tag) => oid = tag.object,
                None => return Ok(None),
            },
            (_, None) => return Ok(Some(oid)),
            (Kind::Commit, Some(Kind::Tree)) => {
                return Ok(Some(repository.objects().commit(&oid)?.tree));
            }
            _ => return Ok(None),
        }
    }
}

/// `REV:path`: the colon outside braces.
fn split_path(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ':' if depth <= 0 => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

/// `./` and `../` are seen from the folder git was called in.
fn from_revision(repository: &Repository, path: &str) -> Outcome<Vec<u8>> {
    match path.starts_with("./") || path.starts_with("../") || path == "." || path == ".." {
        true => repository.from_top(path),
        false => Ok(path.as_bytes().to_vec()),
    }
}

/// `:path`, or `:2:path` of a conflict.
fn in_index(repository: &Repository, path: &str) -> Outcome<Option<Oid>> {
    let (stage, path) = match path.as_bytes() {
        [digit @ b'0'..=b'3', b':', ..] => (digit - b'0', &path[2..]),
        _ => (0, path),
    };
    let path = from_revision(repository, path)?;
    Ok(repository
        .index()?
        .at_stage(&path, stage)
        .map(|entry| entry.oid))
}

/// Where `^` and `~` begin.
fn suffix_start(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '^' | '~' if depth <= 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// A reference, the name of an object, or what `describe` says; with `@{…}` behind it.
fn named(repository: &Repository, base: &str) -> Outcome<Option<Oid>> {
    if base.ends_with('}')
        && let Some(start) = base.find("@{")
    {
        return at::resolve(repository, &base[..start], &base[start..]);
    }
    if let Some(oid) = Oid::parse(base.as_bytes()) {
        return Ok(Some(oid));
    }
    if let Some(name) = repository.full_ref_name(base) {
        return Ok(repository.resolve_ref(&name));
    }
    if let Some((_, digits)) = base.rsplit_once("-g")
        && let Some(oid) = short(repository, digits)?
    {
        return Ok(Some(oid));
    }
    short(repository, base)
}

/// Digits that one object's name begins with.
fn short(repository: &Repository, digits: &str) -> Outcome<Option<Oid>> {
    if digits.len() < 4 || digits.len() > 40 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Ok(None);
    }
    let digits = digits.to_ascii_lowercase();
    let found = repository.objects().with_prefix(&digits);
    match found.len() {
        0 | 1 => Ok(found.first().copied()),
        _ => preferred(repository, &digits, &found).map(Some),
    }
}

/// Of several objects git takes the only commit.
fn preferred(repository: &Repository, digits: &str, found: &[Oid]) -> Outcome<Oid> {
    let mut commits = Vec::new();
    for oid in found {
        if repository.objects().read(oid)?.kind == Kind::Commit {
            commits.push(*oid);
        }
    }
    match commits[..] {
        [only] => Ok(only),
        _ => Err(ambiguous(repository, digits, found)),
    }
}

fn ambiguous(repository: &Repository, digits: &str, found: &[Oid]) -> Failure {
    let mut text =
        format!("error: short object ID {digits} is ambiguous\nhint: The candidates are:");
    let mut candidates: Vec<_> = found
        .iter()
        .filter_map(|oid| Some((repository.objects().find(oid).ok()??.kind, *oid)))
        .collect();
    candidates.sort_by_key(|(kind, oid)| (kind_rank(*kind), *oid));
    for (kind, oid) in candidates {
        let short = repository.short(&oid);
        let more = match repository.objects().commit(&oid) {
            Ok(commit) if kind == Kind::Commit => {
                let who = crate::repository::Signature::parse(&commit.committer);
                let date = who.map_or(String::new(), |who| {
                    crate::repository::date::show(
                        who.seconds,
                        who.zone,
                        &crate::repository::date::Style::Short,
                        0,
                    )
                });
                format!(" {date} - {}", String::from_utf8_lossy(&commit.subject()))
            }
            _ => String::new(),
        };
        text.push_str(&format!("\nhint:   {short} {kind}{more}"));
    }
    text.push_str(&format!(
        "\nfatal: ambiguous argument '{digits}': unknown revision or path not in the working tree.\n\
         Use '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'"
    ));
    Failure::plain(128, text)
}

fn kind_rank(kind: Kind) -> u8 {
    match kind {
        Kind::Tag => 0,
        Kind::Commit => 1,
        Kind::Tree => 2,
        Kind::Blob => 3,
    }
}

/// Applies the first of the suffixes; the object, and the suffixes that are left.
fn suffix<'a>(
    repository: &Repository,
    oid: &Oid,
    text: &'a str,
) -> Outcome<Option<(Oid, &'a str)>> {
    if let Some(rest) = text.strip_prefix("^{") {
        let Some((kind, rest)) = rest.split_once('}') else {
            return Ok(None);
        };
        return Ok(braces(repository, oid, kind)?.map(|oid| (oid, rest)));
    }
    let (sign, rest) = text.split_at(1);
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let number: usize = match digits {
        0 => 1,
        _ => match rest[..digits].parse() {
            Ok(number) => number,
            Err(_) => return Ok(None),
        },
    };
    let rest = &rest[digits..];
    if !rest.is_empty() && !rest.starts_with(['^', '~']) {
        return Ok(None);
    }
    let Some(mut oid) = peel_to(repository, oid, Some(Kind::Commit))? else {
        return Ok(None);
    };
    let parent = |oid: &Oid, at: usize| -> Outcome<Option<Oid>> {
        Ok(repository.objects().commit(oid)?.parents.get(at).copied())
    };
    if sign == "^" {
        let found = if number == 0 {
            Some(oid)
        } else {
            parent(&oid, number - 1)?
        };
        return Ok(found.map(|oid| (oid, rest)));
    }
    for _ in 0..number {
        match parent(&oid, 0)? {
            Some(next) => oid = next,
            None => return Ok(None),
        }
    }
    Ok(Some((oid, rest)))
}

/// `^{commit}`, `^{}`, `^{/text}`.
fn braces(repository: &Repository, oid: &Oid, inner: &str) -> Outcome<Option<Oid>> {
    if let Some(pattern) = inner.strip_prefix('/') {
        let Some(start) = peel_to(repository, oid, Some(Kind::Commit))? else {
            return Ok(None);
        };
        return search::from(repository, vec![start], pattern);
    }
    match inner {
        "" => peel_to(repository, oid, None),
        "object" => Ok(repository.objects().has(oid).then_some(*oid)),
        name => match Kind::named(name.as_bytes()) {
            Some(kind) => peel_to(repository, oid, Some(kind)),
            None => Ok(None),
        },
    }
}

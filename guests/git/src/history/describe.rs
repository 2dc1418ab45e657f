//! `describe`: a commit by the nearest tag.

use std::collections::{BinaryHeap, HashMap, HashSet};
use std::io::Write as _;

use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::{Kind, Oid, Repository, Tag, wildmatch};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/describe.txt"));

#[derive(Default)]
struct Request {
    all: bool,
    tags: bool,
    long: bool,
    always: bool,
    exact: bool,
    contains: bool,
    first_parent: bool,
    abbreviation: Option<usize>,
    candidates: Option<usize>,
    matching: Vec<String>,
    excluding: Vec<String>,
    dirty: Option<String>,
}

/// A name a commit may be called by; higher ranks win.
#[derive(Clone)]
struct Name {
    rank: u8,
    time: i64,
    text: String,
}

pub fn describe(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut request = Request::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "all" => request.all = given.on,
            "tags" => request.tags = given.on,
            "long" => request.long = given.on,
            "always" => request.always = given.on,
            "exact-match" => request.exact = given.on,
            "contains" => request.contains = given.on,
            "first-parent" => request.first_parent = given.on,
            "abbrev" => {
                request.abbreviation = if given.on {
                    given.text().parse().ok()
                } else {
                    Some(0)
                }
            }
            "candidates" => request.candidates = given.text().parse().ok(),
            "match" => request.matching.push(given.text()),
            "exclude" => request.excluding.push(given.text()),
            "dirty" | "broken" => {
                request.dirty = given
                    .on
                    .then(|| given.value.clone().unwrap_or_else(|| "-dirty".to_owned()))
            }
            "debug" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    if request.contains {
        return Err(Failure::fatal("--contains is not supported"));
    }
    let repository = git.repository()?;
    let words = if parsed.operands.is_empty() {
        vec!["HEAD".to_owned()]
    } else {
        parsed.operands.clone()
    };
    let names = names(&repository, &request)?;
    if names.is_empty() && !request.always {
        return Err(Failure::fatal("No names found, cannot describe anything."));
    }
    for word in &words {
        let oid = repository
            .rev(word)?
            .ok_or_else(|| Failure::fatal(format!("Not a valid object name {word}")))?;
        let oid = repository.to_commit(&oid)?;
        let mut text = one(&repository, &request, &names, &oid)?;
        if let Some(suffix) = &request.dirty {
            let index = repository.index()?;
            let dirty = !super::make::staged(&repository, &index)?.is_empty()
                || !super::make::unstaged(&repository, &index)?.is_empty();
            text += if dirty { suffix } else { "" };
        }
        git.out.write_all(format!("{text}\n").as_bytes())?;
    }
    Ok(0)
}

fn names(repository: &Repository, request: &Request) -> Outcome<HashMap<Oid, Name>> {
    let mut names: HashMap<Oid, Name> = HashMap::new();
    for reference in repository.refs("refs/")? {
        let tag = reference.name.strip_prefix("refs/tags/");
        if tag.is_none() && !request.all {
            continue;
        }
        let short = tag.unwrap_or(reference.name.trim_start_matches("refs/"));
        let fits = |pattern: &String| {
            wildmatch::matches(pattern.as_bytes(), short.as_bytes(), false, false)
        };
        if !request.matching.is_empty() && !request.matching.iter().any(fits)
            || request.excluding.iter().any(fits)
        {
            continue;
        }
        let object = repository.objects().read(&reference.oid)?;
        let annotated = object.kind == Kind::Tag;
        let rank = match (annotated, tag.is_some()) {
            (true, _) => 2,
            (false, true) => 1,
            _ => 0,
        };
        if rank < 2 && !request.tags && !request.all {
            continue;
        }
        let parsed = if annotated {
            Tag::parse(&object.data)
        } else {
            None
        };
        let time = parsed
            .as_ref()
            .and_then(|tag| {
                tag.tagger
                    .as_deref()
                    .and_then(crate::repository::Signature::parse)
            })
            .map_or(0, |who| who.seconds);
        let text = match (&parsed, request.all, tag) {
            (_, true, Some(tag)) => format!("tags/{tag}"),
            (_, true, None) => short.to_owned(),
            (Some(parsed), ..) => String::from_utf8_lossy(&parsed.name).into_owned(),
            _ => short.to_owned(),
        };
        let oid = repository.peel(&reference.oid)?;
        let better = names.get(&oid).is_none_or(|known| {
            known.rank < rank || known.rank == rank && rank == 2 && known.time < time
        });
        if better {
            names.insert(oid, Name { rank, time, text });
        }
    }
    Ok(names)
}

fn one(
    repository: &Repository,
    request: &Request,
    names: &HashMap<Oid, Name>,
    oid: &Oid,
) -> Outcome<String> {
    let short = |text: &str, depth: usize| match request.abbreviation {
        Some(0) => text.to_owned(),
        Some(length) => format!(
            "{text}-{depth}-g{}",
            repository.objects().abbreviate(oid, length)
        ),
        None => format!("{text}-{depth}-g{}", repository.short(oid)),
    };
    if let Some(name) = names.get(oid) {
        return Ok(if request.long {
            short(&name.text, 0)
        } else {
            name.text.clone()
        });
    }
    if request.exact || request.candidates == Some(0) {
        return Err(Failure::fatal(format!("no tag exactly matches '{oid}'")));
    }
    let mut best: Option<(usize, usize, String)> = None;
    let limit = request.candidates.unwrap_or(10);
    for (order, (found, name)) in nearest(repository, request, names, oid, limit)?
        .into_iter()
        .enumerate()
    {
        let depth = distance(repository, oid, &found, request.first_parent)?;
        if best
            .as_ref()
            .is_none_or(|(least, place, _)| (depth, order) < (*least, *place))
        {
            best = Some((depth, order, name));
        }
    }
    match best {
        Some((depth, _, name)) => Ok(short(&name, depth)),
        None if request.always => Ok(match request.abbreviation {
            Some(length) if length > 0 => repository.objects().abbreviate(oid, length),
            _ => repository.short(oid),
        }),
        None => Err(Failure::fatal(
            match only_light(repository, request, oid)? {
                true => format!(
                    "No annotated tags can describe '{oid}'.\nHowever, there were unannotated tags: try --tags."
                ),
                false => {
                    format!("No tags can describe '{oid}'.\nTry --always, or create some tags.")
                }
            },
        )),
    }
}

/// Whether only tags without annotation were met.
fn only_light(repository: &Repository, request: &Request, oid: &Oid) -> Outcome<bool> {
    let wider = Request {
        tags: true,
        ..Request::default()
    };
    let names = names(repository, &wider)?;
    Ok(!request.tags && !nearest(repository, request, &names, oid, 1)?.is_empty())
}

/// The first named commits on the way back, the youngest first.
fn nearest(
    repository: &Repository,
    request: &Request,
    names: &HashMap<Oid, Name>,
    oid: &Oid,
    limit: usize,
) -> Outcome<Vec<(Oid, String)>> {
    let mut found = Vec::new();
    let mut seen = HashSet::from([*oid]);
    let mut queue = BinaryHeap::from([(repository.objects().commit(oid)?.time(), *oid)]);
    while let Some((_, oid)) = queue.pop() {
        if let Some(name) = names.get(&oid) {
            found.push((oid, name.text.clone()));
            if found.len() >= limit {
                break;
            }
        }
        let commit = repository.objects().commit(&oid)?;
        let parents = commit
            .parents
            .iter()
            .take(if request.first_parent { 1 } else { usize::MAX });
        for parent in parents {
            if seen.insert(*parent) {
                queue.push((repository.objects().commit(parent)?.time(), *parent));
            }
        }
    }
    Ok(found)
}

/// How many commits the one has that the other hasn't.
fn distance(repository: &Repository, of: &Oid, from: &Oid, first_parent: bool) -> Outcome<usize> {
    let options = crate::repository::revision::WalkOptions {
        first_parent,
        ..Default::default()
    };
    let mut count = 0;
    for oid in crate::repository::revision::Walk::new(repository, vec![*of], vec![*from], options)?
    {
        oid?;
        count += 1;
    }
    Ok(count)
}

//! `shortlog`: commits by who made them.

use std::collections::BTreeMap;
use std::io::Read as _;

use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::log::LogOptions;
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::{Walk, WalkOptions, split_words};
use crate::repository::{Repository, Signature};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/shortlog.txt"));

#[derive(Default)]
struct Request {
    by_count: bool,
    summary: bool,
    email: bool,
    committer: bool,
}

pub fn shortlog(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    if words == ["-h"] {
        SYNTAX.parse(&words)?;
    }
    let mut request = Request::default();
    let mut rest = Vec::new();
    for word in &words {
        match word.as_str() {
            "--numbered" => request.by_count = true,
            "--summary" => request.summary = true,
            "--email" => request.email = true,
            "--committer" | "--group=committer" => request.committer = true,
            "--group=author" => {}
            word if word.len() > 1
                && word.starts_with('-')
                && word[1..].chars().all(|letter| "nsec".contains(letter)) =>
            {
                request.by_count |= word.contains('n');
                request.summary |= word.contains('s');
                request.email |= word.contains('e');
                request.committer |= word.contains('c');
            }
            _ => rest.push(word.clone()),
        }
    }
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    match git.repository() {
        Ok(repository) if !rest.is_empty() => {
            from_history(&repository, &request, &rest, &mut groups)?
        }
        _ => from_input(&request, &mut groups)?,
    }
    let mut groups: Vec<(String, Vec<String>)> = groups.into_iter().collect();
    if request.by_count {
        groups.sort_by_key(|(_, subjects)| std::cmp::Reverse(subjects.len()));
    }
    let mut text = String::new();
    for (name, subjects) in groups {
        if request.summary {
            text += &format!("{:6}\t{name}\n", subjects.len());
            continue;
        }
        text += &format!("{name} ({}):\n", subjects.len());
        subjects
            .iter()
            .rev()
            .for_each(|subject| text += &format!("      {subject}\n"));
        text.push('\n');
    }
    git.out.put(text.as_bytes())?;
    Ok(0)
}

fn title(request: &Request, line: &[u8]) -> String {
    let Some(who) = Signature::parse(line) else {
        return String::new();
    };
    let name = String::from_utf8_lossy(&who.name).into_owned();
    match request.email {
        true => format!("{name} <{}>", String::from_utf8_lossy(&who.email)),
        false => name,
    }
}

/// The subject without `[PATCH …]` in front.
fn tidy(subject: &str) -> String {
    let rest = subject
        .strip_prefix("[PATCH")
        .and_then(|rest| rest.split_once(']'))
        .map_or(subject, |(_, rest)| rest.trim_start());
    if rest.is_empty() {
        "<none>".to_owned()
    } else {
        rest.to_owned()
    }
}

fn from_history(
    repository: &Repository,
    request: &Request,
    words: &[String],
    groups: &mut BTreeMap<String, Vec<String>>,
) -> Outcome<()> {
    let mut options = LogOptions::of(repository.config())?;
    options.read(repository, words)?;
    let (mut tips, paths) = split_words(repository, &options.operands, options.dashes)?;
    let refs = crate::log::from_refs(repository, &options.refs)?;
    tips.extend(refs);
    if !tips.iter().any(|tip| !tip.excluded) {
        tips.push(crate::log::default_tip(repository)?);
    }
    let paths = Pathspec::parse(repository, &paths)?;
    let side = |excluded: bool| {
        tips.iter()
            .filter(|tip| tip.excluded == excluded)
            .map(|tip| repository.to_commit(&tip.oid))
            .collect::<Outcome<Vec<_>>>()
    };
    let walk_options = WalkOptions {
        first_parent: options.first_parent,
        paths: (!paths.is_empty()).then_some(paths),
        ..WalkOptions::default()
    };
    let mut walk = Walk::new(repository, side(false)?, side(true)?, walk_options)?;
    let filter = options.filter.clone().ready()?;
    let (mut skip, mut left) = (options.skip, options.max.unwrap_or(usize::MAX));
    while let (Some(oid), true) = (walk.next().transpose()?, left > 0) {
        let commit = walk.commit(&oid)?;
        if !filter.passes(&commit) {
            continue;
        }
        if skip > 0 {
            skip -= 1;
            continue;
        }
        left -= 1;
        let who = title(
            request,
            if request.committer {
                &commit.committer
            } else {
                &commit.author
            },
        );
        groups
            .entry(who)
            .or_default()
            .push(tidy(&String::from_utf8_lossy(&commit.subject())));
    }
    Ok(())
}

/// The output of `git log` on standard input.
fn from_input(request: &Request, groups: &mut BTreeMap<String, Vec<String>>) -> Outcome<()> {
    let mut text = Vec::new();
    (&*gnu::stream::stdin())
        .read_to_end(&mut text)
        .map_err(|error| Failure::system("shortlog", &error))?;
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines();
    let key = if request.committer {
        "Commit: "
    } else {
        "Author: "
    };
    while let Some(line) = lines.next() {
        let Some(who) = line.strip_prefix(key) else {
            continue;
        };
        let mut rest = lines
            .by_ref()
            .skip_while(|line| !line.is_empty())
            .skip_while(|line| line.trim().is_empty());
        let subject = rest.next().unwrap_or("").trim();
        let who = title(request, format!("{} 0 +0000", who.trim_start()).as_bytes());
        groups.entry(who).or_default().push(tidy(subject));
    }
    Ok(())
}

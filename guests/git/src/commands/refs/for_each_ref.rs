//! `for-each-ref`: references in any form.

use std::io::Write as _;

use super::atoms::Format;
use super::list::Choice;
use crate::command_line::Syntax;
use crate::failure::Outcome;
use crate::git::Git;
use crate::repository::wildmatch;

const SYNTAX: Syntax = Syntax::new(include_str!("../usage/for-each-ref.txt"));

pub fn for_each_ref(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut choice = Choice::default();
    let mut format = "%(objectname) %(objecttype)\t%(refname)".to_owned();
    let mut count = usize::MAX;
    let mut exclude = Vec::new();
    for given in &parsed.options {
        match given.name.as_str() {
            "format" => format = given.text(),
            "count" => count = given.text().parse().unwrap_or(usize::MAX),
            "exclude" => exclude.push(given.text()),
            "omit-empty" | "color" => {}
            _ if choice.take(given) => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let format = Format::parse(&format)?;
    let mut refs = repository.refs("refs/")?;
    let fits =
        |patterns: &[String], name: &str| patterns.iter().any(|pattern| matches(pattern, name));
    refs.retain(|one| {
        (parsed.operands.is_empty() || fits(&parsed.operands, &one.name))
            && !fits(&exclude, &one.name)
    });
    choice.keep(&repository, &mut refs)?;
    choice.sort(&repository, &mut refs)?;
    for one in refs
        .iter()
        .take(if count == 0 { usize::MAX } else { count })
    {
        let text = format.text(&repository, one)?;
        git.out.write_all(&text)?;
        writeln!(git.out)?;
    }
    Ok(0)
}

/// A pattern is a glob of the whole name, or its beginning up to a slash.
fn matches(pattern: &str, name: &str) -> bool {
    let begins = name
        .strip_prefix(pattern)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || pattern.ends_with('/'));
    begins || wildmatch::matches(pattern.as_bytes(), name.as_bytes(), true, false)
}

//! The options of `commit`.

use crate::command_line::{Parsed, Syntax};
use crate::commands::operands::PathFile;
use crate::commands::status::Look;
use crate::failure::{Failure, Outcome};

pub const SYNTAX: Syntax = Syntax::new(include_str!("../usage/commit.txt"))
    .help_on_stderr()
    .with_hidden(
        "    --[no-]allow-empty
    --[no-]allow-empty-message
    --[no-]fixup <commit>
    --[no-]squash <commit>
    --[no-]no-post-rewrite",
    );

/// What a command line asks for.
#[derive(Default)]
pub struct Asked {
    pub messages: Vec<String>,
    pub file: Option<String>,
    /// `-C` and `-c`.
    pub reuse: Option<String>,
    pub fixup: Option<String>,
    pub squash: Option<String>,
    pub template: Option<String>,
    pub author: Option<String>,
    pub date: Option<String>,
    pub reset_author: bool,
    pub amend: bool,
    pub edit: Option<bool>,
    pub cleanup: Option<String>,
    pub signoff: bool,
    pub trailers: Vec<String>,
    pub all: bool,
    pub include: bool,
    pub only: bool,
    pub no_verify: bool,
    pub quiet: bool,
    pub dry_run: bool,
    pub status: Option<bool>,
    pub allow_empty: bool,
    pub allow_empty_message: bool,
    pub look: Look,
    pub paths: Vec<String>,
}

/// Reads a command line.
///
/// # Errors
/// git's words for what it doesn't know, and for options that don't go together.
pub fn read(words: &[String]) -> Outcome<Asked> {
    let parsed = SYNTAX.parse(words)?;
    let mut asked = Asked::default();
    let mut file = PathFile::default();
    take(&mut asked, &parsed, &mut file)?;
    asked.paths = file.words(&parsed)?;
    check(&asked)?;
    Ok(asked)
}

fn take(asked: &mut Asked, parsed: &Parsed, file: &mut PathFile) -> Outcome<()> {
    for given in &parsed.options {
        let value = || given.value.clone();
        match given.name.as_str() {
            "message" if given.on => asked.messages.push(given.text()),
            "message" => asked.messages.clear(),
            "file" => asked.file = value(),
            "author" => asked.author = value(),
            "date" => asked.date = value(),
            "reuse-message" => asked.reuse = value(),
            "reedit-message" => {
                asked.reuse = value();
                asked.edit = asked.edit.or(Some(true));
            }
            "fixup" => asked.fixup = value(),
            "squash" => asked.squash = value(),
            "template" => asked.template = value(),
            "reset-author" => asked.reset_author = given.on,
            "trailer" => asked.trailers.push(given.text()),
            "signoff" => asked.signoff = given.on,
            "edit" => asked.edit = Some(given.on),
            "cleanup" => asked.cleanup = value(),
            "status" => asked.status = Some(given.on),
            "all" => asked.all = given.on,
            "include" => asked.include = given.on,
            "only" => asked.only = given.on,
            "no-verify" => asked.no_verify = true,
            "verify" => asked.no_verify = !given.on,
            "amend" => asked.amend = given.on,
            "allow-empty" => asked.allow_empty = given.on,
            "allow-empty-message" => asked.allow_empty_message = given.on,
            "quiet" => asked.quiet = given.on,
            "dry-run" => asked.dry_run = given.on,
            "gpg-sign" if !given.on => {}
            "post-rewrite" | "no-post-rewrite" => {}
            "short" | "porcelain" | "long" | "null" => {
                asked.dry_run = given.on;
                asked.look.take(given)?;
            }
            _ if file.take(given) || asked.look.take(given)? => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    Ok(())
}

fn check(asked: &Asked) -> Outcome<()> {
    let clash = |one: &str, two: &str| {
        Err(Failure::fatal(format!(
            "options '{one}' and '{two}' cannot be used together"
        )))
    };
    let sources = [(asked.reuse.is_some(), "-C"), (asked.file.is_some(), "-F")];
    let given: Vec<&str> = sources
        .iter()
        .filter(|(given, _)| *given)
        .map(|(_, name)| *name)
        .collect();
    if let [one, two, ..] = given[..] {
        return clash(one, two);
    }
    if let (Some(one), false) = (given.first(), asked.messages.is_empty()) {
        return clash("-m", one);
    }
    if asked.reset_author && asked.author.is_some() {
        return clash("--reset-author", "--author");
    }
    if asked.reset_author && !asked.amend && asked.reuse.is_none() {
        return Err(Failure::fatal(
            "--reset-author can be used only with -C, -c or --amend.",
        ));
    }
    if asked.all && !asked.paths.is_empty() {
        return Err(Failure::fatal(format!(
            "paths '{} ...' with -a does not make sense",
            asked.paths[0]
        )));
    }
    let ways: Vec<&str> = [
        (asked.include, "-i/--include"),
        (asked.only, "-o/--only"),
        (asked.all, "-a/--all"),
    ]
    .iter()
    .filter(|(given, _)| *given)
    .map(|(_, name)| *name)
    .collect();
    if let [one, two, ..] = ways[..] {
        return clash(one, two);
    }
    if asked.paths.is_empty() && (asked.include || asked.only && !asked.amend) {
        return Err(Failure::fatal(
            "No paths with --include/--only does not make sense.",
        ));
    }
    Ok(())
}

//! `tag`: names for commits that stay.

use std::fs;
use std::io::Write as _;

use super::atoms::Format;
use super::list::{Choice, fits};
use crate::command_line::Syntax;
use crate::commands::editor;
use crate::commands::message::{Cleanup, clean};
use crate::commands::operands::standard_input;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::refs::{Expected, is_valid, shorten};
use crate::repository::{Kind, Oid, Repository, Role, lock};

const SYNTAX: Syntax = Syntax::new(include_str!("../usage/tag.txt"));

#[derive(Default)]
struct Asked {
    list: bool,
    lines: Option<usize>,
    delete: bool,
    verify: bool,
    annotate: bool,
    messages: Vec<String>,
    file: Option<String>,
    edit: bool,
    force: bool,
    cleanup: Option<String>,
    format: Option<String>,
    choice: Choice,
}

pub fn tag(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "list" => asked.list = true,
            "n" => {
                asked.lines = Some(
                    given
                        .value
                        .as_ref()
                        .and_then(|text| text.parse().ok())
                        .unwrap_or(1),
                )
            }
            "delete" => asked.delete = true,
            "verify" => asked.verify = true,
            "annotate" => asked.annotate = given.on,
            "message" => asked.messages.push(given.text()),
            "file" => asked.file = given.value.clone(),
            "edit" => asked.edit = given.on,
            "force" => asked.force = given.on,
            "cleanup" => asked.cleanup = given.value.clone(),
            "format" => asked.format = given.value.clone(),
            "create-reflog" | "column" | "color" | "omit-empty" => {}
            _ if asked.choice.take(given) => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let operands = &parsed.operands;
    if asked.delete {
        return delete(git, &repository, operands);
    }
    if asked.verify {
        return verify(git, &repository, operands);
    }
    let making = asked.annotate || !asked.messages.is_empty() || asked.file.is_some();
    if asked.list || operands.is_empty() && !making || asked.choice.lists() || asked.lines.is_some()
    {
        return list(git, &repository, &mut asked, operands);
    }
    let (name, object) = match &operands[..] {
        [name] => (name, "HEAD"),
        [name, object] => (name, object.as_str()),
        [] => return Err(SYNTAX.misused()),
        _ => return Err(Failure::fatal("too many arguments")),
    };
    make(git, &repository, &asked, name, object, making)
}

fn list(
    git: &mut Git,
    repository: &Repository,
    asked: &mut Asked,
    patterns: &[String],
) -> Outcome<i32> {
    asked
        .choice
        .sort_by_default(repository.config().get("tag.sort"));
    let mut refs = repository.refs("refs/tags/")?;
    refs.retain(|one| fits(patterns, shorten(&one.name), asked.choice.ignore_case));
    asked.choice.keep(repository, &mut refs)?;
    asked.choice.sort(repository, &mut refs)?;
    let format = match (&asked.format, asked.lines) {
        (Some(format), _) => Format::parse(format)?,
        (None, Some(lines)) if lines > 0 => {
            Format::parse(&format!("%(refname:strip=2)\t%(contents:lines={lines})"))?
        }
        _ => Format::parse("%(refname:strip=2)")?,
    };
    for one in refs {
        let mut text = format.text(repository, &one)?;
        if asked.format.is_none()
            && let Some(tab) = memchr::memchr(b'\t', &text)
        {
            let rest = text.split_off(tab + 1);
            text.pop();
            let name = String::from_utf8_lossy(&text).into_owned();
            text = format!("{name:15} ").into_bytes();
            text.extend(rest);
        }
        git.out.write_all(&text)?;
        writeln!(git.out)?;
    }
    Ok(0)
}

fn delete(git: &mut Git, repository: &Repository, names: &[String]) -> Outcome<i32> {
    let mut status = 0;
    for name in names {
        let full = format!("refs/tags/{name}");
        match repository.resolve_ref(&full) {
            Some(oid) => {
                repository.delete_ref(&full, Expected::Anything)?;
                let short = repository.short(&oid);
                writeln!(git.out, "Deleted tag '{name}' (was {short})")?;
            }
            None => {
                git.warn(format!("error: tag '{name}' not found."));
                status = 1;
            }
        }
    }
    Ok(status)
}

/// Nothing here is signed.
fn verify(git: &mut Git, repository: &Repository, names: &[String]) -> Outcome<i32> {
    for name in names {
        match repository.resolve_ref(&format!("refs/tags/{name}")) {
            None => git.warn(format!("error: tag '{name}' not found.")),
            Some(oid) => {
                let object = repository.objects().read(&oid)?;
                match object.kind {
                    Kind::Tag => {
                        git.out.write_all(&object.data)?;
                        git.warn("error: no signature found");
                    }
                    kind => git.warn(format!(
                        "error: {name}: cannot verify a non-tag object of type {kind}."
                    )),
                }
            }
        }
    }
    Ok(i32::from(!names.is_empty()))
}

fn make(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    name: &str,
    object: &str,
    annotated: bool,
) -> Outcome<i32> {
    let found = repository
        .rev(object)?
        .ok_or_else(|| Failure::fatal(format!("Failed to resolve '{object}' as a valid ref.")))?;
    let full = format!("refs/tags/{name}");
    if !is_valid(&full) || name.starts_with('-') {
        return Err(Failure::fatal(format!("'{name}' is not a valid tag name.")));
    }
    let old = repository.resolve_ref(&full);
    if old.is_some() && !asked.force {
        return Err(Failure::fatal(format!("tag '{name}' already exists")));
    }
    let oid = match annotated {
        true => annotate(repository, asked, name, &found)?,
        false => found,
    };
    repository.update_ref(&full, oid, old.map_or(Expected::Nothing, Expected::Oid), "")?;
    if let Some(old) = old.filter(|old| *old != oid) {
        let short = repository.short(&old);
        writeln!(git.out, "Updated tag '{name}' (was {short})")?;
    }
    Ok(0)
}

/// Writes the object of an annotated tag.
fn annotate(repository: &Repository, asked: &Asked, name: &str, object: &Oid) -> Outcome<Oid> {
    let given = !asked.messages.is_empty() || asked.file.is_some();
    let mut text = match &asked.file {
        Some(file) if file == "-" => String::from_utf8_lossy(&standard_input()?).into_owned(),
        Some(file) => fs::read_to_string(file)
            .map_err(|error| Failure::system(format!("could not open or read '{file}'"), &error))?,
        None => asked
            .messages
            .iter()
            .map(|text| format!("{}\n", text.trim_end_matches('\n')))
            .collect::<Vec<_>>()
            .join("\n"),
    };
    let edited = !given || asked.edit;
    if edited {
        let file = repository.git_dir().join("TAG_EDITMSG");
        let comment = format!(
            "\n#\n# Write a message for tag:\n#   {name}\n# Lines starting with '#' will be ignored.\n"
        );
        lock::replace(&file, format!("{text}{comment}").as_bytes())?;
        let edited =
            editor::edit(repository, &file, true).and_then(|()| Ok(fs::read_to_string(&file)?));
        lock::forget(&file);
        text = edited?;
    }
    let cleanup = match asked.cleanup.as_deref() {
        Some("verbatim") => Cleanup::Verbatim,
        Some("whitespace") => Cleanup::Whitespace,
        Some("strip") | None => Cleanup::Strip,
        Some(other) => return Err(Failure::fatal(format!("Invalid cleanup mode {other}"))),
    };
    let message = clean(&text, cleanup);
    if message.is_empty() && !given {
        return Err(Failure::fatal("no tag message?"));
    }
    let tagger = repository.signature(Role::Committer)?.line();
    let kind = repository.objects().read(object)?.kind;
    let mut data = format!("object {object}\ntype {kind}\ntag {name}\ntagger ").into_bytes();
    data.extend(tagger);
    data.extend(format!("\n\n{message}").into_bytes());
    repository.objects().write(Kind::Tag, &data)
}

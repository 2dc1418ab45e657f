//! `cat-file`: objects as they are.

use std::io::Write as _;

use super::operands::standard_input;
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::revision::missing_path;
use crate::repository::{Kind, Object, Oid, Repository, Tag, TreeEntries, mode, quote};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/cat-file.txt"));

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Exists,
    Print,
    Type,
    Size,
    Batch,
    Check,
}

pub fn cat_file(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut action = None;
    let mut format = "%(objectname) %(objecttype) %(objectsize)".to_owned();
    let (mut all, mut zeros) = (false, false);
    for given in &parsed.options {
        let next = match given.name.as_str() {
            "e" => Action::Exists,
            "p" => Action::Print,
            "t" => Action::Type,
            "s" => Action::Size,
            "batch" | "batch-check" => {
                if let Some(text) = &given.value {
                    format.clone_from(text);
                }
                if given.name == "batch" {
                    Action::Batch
                } else {
                    Action::Check
                }
            }
            "batch-all-objects" => {
                all = true;
                continue;
            }
            "z" | "Z" => {
                zeros = true;
                continue;
            }
            "buffer" | "unordered" | "allow-unknown-type" => continue,
            _ => return Err(SYNTAX.refuse(given)),
        };
        if action.is_some_and(|before| before != next) {
            return Err(SYNTAX.misused_with("error: options cannot be used together"));
        }
        action = Some(next);
    }
    let repository = git.repository()?;
    match (action, &parsed.operands[..]) {
        (Some(Action::Batch | Action::Check), []) => batch(
            git,
            &repository,
            action == Some(Action::Batch),
            &format,
            all,
            zeros,
        ),
        (Some(Action::Batch | Action::Check), _) => {
            Err(SYNTAX.misused_with("fatal: batch modes take no arguments\n"))
        }
        (Some(action), [name]) => one(git, &repository, action, name),
        (None, [kind, name]) => typed(git, &repository, kind, name),
        (Some(action), []) => {
            let letter = match action {
                Action::Exists => "-e",
                Action::Print => "-p",
                Action::Type => "-t",
                _ => "-s",
            };
            Err(SYNTAX.misused_with(&format!("fatal: <object> required with '{letter}'\n")))
        }
        (Some(_), _) => Err(SYNTAX.misused_with("fatal: too many arguments\n")),
        (None, [_]) => Err(SYNTAX
            .misused_with("fatal: only two arguments allowed in <type> <object> mode, not 1\n")),
        (None, _) => Err(SYNTAX.misused()),
    }
}

fn find(repository: &Repository, name: &str) -> Outcome<Oid> {
    match repository.rev(name)? {
        Some(oid) => Ok(oid),
        None => Err(missing_path(repository, name)?
            .unwrap_or_else(|| Failure::fatal(format!("Not a valid object name {name}")))),
    }
}

fn one(git: &mut Git, repository: &Repository, action: Action, name: &str) -> Outcome<i32> {
    let oid = find(repository, name)?;
    if action == Action::Exists {
        return Ok(i32::from(!repository.objects().has(&oid)));
    }
    let Some(object) = repository.objects().find(&oid)? else {
        return Err(match action {
            Action::Print => Failure::fatal(format!("Not a valid object name {name}")),
            _ => Failure::fatal("git cat-file: could not get object info"),
        });
    };
    match action {
        Action::Type => writeln!(git.out, "{}", object.kind)?,
        Action::Size => writeln!(git.out, "{}", object.data.len())?,
        _ => git.out.write_all(&pretty(&object)?)?,
    }
    Ok(0)
}

/// An object as `-p` prints it.
fn pretty(object: &Object) -> Outcome<Vec<u8>> {
    if object.kind != Kind::Tree {
        return Ok(object.data.clone());
    }
    let mut out = Vec::new();
    for entry in TreeEntries::of(&object.data) {
        let entry = entry.ok_or_else(|| Failure::fatal("corrupt tree file"))?;
        out.extend(
            format!(
                "{:06o} {} {}\t",
                entry.mode,
                mode::kind(entry.mode),
                entry.oid
            )
            .into_bytes(),
        );
        out.extend(quote::quoted(&entry.name, true));
        out.push(b'\n');
    }
    Ok(out)
}

/// `cat-file TYPE OBJECT`: tags are followed to it.
fn typed(git: &mut Git, repository: &Repository, kind: &str, name: &str) -> Outcome<i32> {
    let kind = Kind::named(kind.as_bytes())
        .ok_or_else(|| Failure::fatal(format!("invalid object type \"{kind}\"")))?;
    let mut oid = find(repository, name)?;
    loop {
        let object = repository
            .objects()
            .find(&oid)?
            .ok_or_else(|| Failure::fatal(format!("git cat-file {name}: bad file")))?;
        if object.kind == kind {
            git.out.write_all(&object.data)?;
            return Ok(0);
        }
        oid = match object.kind {
            Kind::Tag => match Tag::parse(&object.data) {
                Some(tag) => tag.object,
                None => return Err(Failure::fatal(format!("git cat-file {name}: bad file"))),
            },
            Kind::Commit if kind == Kind::Tree => repository.objects().commit(&oid)?.tree,
            _ => return Err(Failure::fatal(format!("git cat-file {name}: bad file"))),
        };
    }
}

fn batch(
    git: &mut Git,
    repository: &Repository,
    contents: bool,
    format: &str,
    all: bool,
    zeros: bool,
) -> Outcome<i32> {
    let mut names: Vec<String> = Vec::new();
    if all {
        let mut oids = repository.objects().with_prefix("");
        oids.sort();
        names.extend(oids.iter().map(Oid::hex));
    } else {
        let input = standard_input()?;
        let text = String::from_utf8_lossy(&input).into_owned();
        let split = if zeros { '\0' } else { '\n' };
        names.extend(
            text.strip_suffix(split)
                .unwrap_or(&text)
                .split(split)
                .map(str::to_owned)
                .filter(|_| !text.is_empty()),
        );
    }
    for line in names {
        let (name, rest) = match format.contains("%(rest)") {
            true => line.split_once([' ', '\t']).unwrap_or((&line, "")),
            false => (&line[..], ""),
        };
        let found = match repository.rev(name) {
            Ok(Some(oid)) => repository.objects().find(&oid)?.map(|object| (oid, object)),
            Ok(None) => None,
            Err(_) => {
                writeln!(git.out, "{name} ambiguous")?;
                continue;
            }
        };
        let Some((oid, object)) = found else {
            writeln!(git.out, "{name} missing")?;
            continue;
        };
        let text = format
            .replace("%(objectname)", &oid.hex())
            .replace("%(objecttype)", object.kind.name())
            .replace("%(objectsize)", &object.data.len().to_string())
            .replace("%(rest)", rest);
        writeln!(git.out, "{text}")?;
        if contents {
            git.out.write_all(&object.data)?;
            writeln!(git.out)?;
        }
    }
    Ok(0)
}

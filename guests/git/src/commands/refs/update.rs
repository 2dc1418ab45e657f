//! `update-ref` and `symbolic-ref`: references by their whole names.

use std::io::Write as _;

use crate::command_line::Syntax;
use crate::commands::operands::standard_input;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::refs::{Expected, Target, is_valid, shorten};
use crate::repository::{Oid, Repository};

const UPDATE: Syntax = Syntax::new(include_str!("../usage/update-ref.txt"));
const SYMBOLIC: Syntax = Syntax::new(include_str!("../usage/symbolic-ref.txt"));

pub fn update_ref(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = UPDATE.parse(&words)?;
    let (mut message, mut delete, mut detach, mut stdin, mut zeros) =
        (String::new(), false, false, false, false);
    for given in &parsed.options {
        match given.name.as_str() {
            "m" => message = given.text(),
            "d" => delete = true,
            "deref" => detach = !given.on,
            "no-deref" => detach = given.on,
            "stdin" => stdin = given.on,
            "z" => zeros = true,
            "create-reflog" => {}
            _ => return Err(UPDATE.refuse(given)),
        }
    }
    let repository = git.repository()?;
    if stdin {
        return from_stdin(&repository, &message, zeros);
    }
    let (name, values) = parsed
        .operands
        .split_first()
        .ok_or_else(|| UPDATE.misused())?;
    if delete {
        let expected = match values {
            [] => Expected::Anything,
            [old] => expected(&repository, old)?,
            _ => return Err(UPDATE.misused()),
        };
        repository.delete_ref(name, expected)?;
        return Ok(0);
    }
    let (new, before) = match values {
        [new] => (new, Expected::Anything),
        [new, old] => (new, expected(&repository, old)?),
        _ => return Err(UPDATE.misused()),
    };
    let new = repository
        .rev(new)?
        .ok_or_else(|| Failure::fatal(format!("{new}: not a valid SHA1")))?;
    set(&repository, name, new, before, &message, detach)?;
    Ok(0)
}

fn set(
    repository: &Repository,
    name: &str,
    new: Oid,
    before: Expected,
    message: &str,
    detach: bool,
) -> Outcome<()> {
    if name != "HEAD"
        && !name.starts_with("refs/")
        && !name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        || !is_valid(name)
    {
        return Err(Failure::fatal(format!(
            "update_ref failed for ref '{name}': refusing to update ref with bad name '{name}'"
        )));
    }
    if new.is_zero() {
        return repository.delete_ref(name, before);
    }
    if !repository.objects().has(&new) {
        return Err(Failure::fatal(format!(
            "update_ref failed for ref '{name}': cannot update ref '{name}': trying to write ref '{name}' with nonexistent object {new}"
        )));
    }
    match detach {
        true => repository.detach_ref(name, new, message),
        false => repository.update_ref(name, new, before, message),
    }
}

fn expected(repository: &Repository, text: &str) -> Outcome<Expected> {
    if text.is_empty() || text.bytes().all(|byte| byte == b'0') && text.len() == 40 {
        return Ok(Expected::Nothing);
    }
    let oid = repository
        .rev(text)?
        .ok_or_else(|| Failure::fatal(format!("{text}: not a valid old SHA1")))?;
    Ok(Expected::Oid(oid))
}

/// `create`, `update`, `delete` and `verify` lines.
fn from_stdin(repository: &Repository, message: &str, zeros: bool) -> Outcome<i32> {
    if zeros {
        return Err(Failure::fatal(
            "option -z with --stdin is not supported here",
        ));
    }
    let bytes = standard_input()?;
    let object = |word: &str| {
        repository
            .rev(word)?
            .ok_or_else(|| Failure::fatal(format!("invalid object name: {word}")))
    };
    for line in String::from_utf8_lossy(&bytes).lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["create", name, new] => set(
                repository,
                name,
                object(new)?,
                Expected::Nothing,
                message,
                false,
            )?,
            ["update", name, new] => set(
                repository,
                name,
                object(new)?,
                Expected::Anything,
                message,
                false,
            )?,
            ["update", name, new, old] => set(
                repository,
                name,
                object(new)?,
                expected(repository, old)?,
                message,
                false,
            )?,
            ["delete", name] => repository.delete_ref(name, Expected::Anything)?,
            ["delete", name, old] => repository.delete_ref(name, expected(repository, old)?)?,
            ["start" | "prepare" | "commit"] => {}
            _ => return Err(Failure::fatal(format!("unknown command: {line}"))),
        }
    }
    Ok(0)
}

pub fn symbolic_ref(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYMBOLIC.parse(&words)?;
    let (mut quiet, mut delete, mut short, mut recurse, mut message) =
        (false, false, false, true, None);
    for given in &parsed.options {
        match given.name.as_str() {
            "quiet" => quiet = given.on,
            "delete" => delete = given.on,
            "short" => short = given.on,
            "recurse" => recurse = given.on,
            "m" => message = given.value.clone(),
            _ => return Err(SYMBOLIC.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let symbolic = |name: &str| match repository.read_ref(name) {
        Some(Target::Symbolic(target)) => Ok(Some(target)),
        Some(Target::Oid(_)) if quiet => Ok(None),
        Some(Target::Oid(_)) => Err(Failure::fatal(format!("ref {name} is not a symbolic ref"))),
        None if quiet => Ok(None),
        None => Err(Failure::fatal(format!("ref {name} is not a symbolic ref"))),
    };
    match (&parsed.operands[..], delete) {
        ([name], true) => {
            if symbolic(name)
                .map_err(|_| Failure::fatal(format!("Cannot delete {name}, not a symbolic ref")))?
                .is_none()
            {
                return Ok(1);
            }
            if name == "HEAD" {
                return Err(Failure::fatal(format!("deleting '{name}' is not allowed")));
            }
            repository.delete_ref(name, Expected::Anything)?;
            Ok(0)
        }
        ([name], false) => {
            let Some(mut target) = symbolic(name)? else {
                return Ok(1);
            };
            if recurse {
                while let Some(Target::Symbolic(next)) = repository.read_ref(&target) {
                    target = next;
                }
            }
            writeln!(
                git.out,
                "{}",
                if short { shorten(&target) } else { &target }
            )?;
            Ok(0)
        }
        ([name, target], false) => {
            if name == "HEAD" && !target.starts_with("refs/") {
                return Err(Failure::fatal("Refusing to point HEAD outside of refs/"));
            }
            if !is_valid(target) {
                return Err(Failure::fatal(format!(
                    "Refusing to set '{name}' to invalid ref '{target}'"
                )));
            }
            repository.set_symbolic_ref(
                name,
                target,
                Some(message.as_deref().unwrap_or_default()),
            )?;
            Ok(0)
        }
        _ => Err(SYMBOLIC.misused()),
    }
}

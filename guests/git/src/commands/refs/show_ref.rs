//! `show-ref`: references and the objects they name.

use std::io::Write as _;

use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::refs::Reference;
use crate::repository::{Kind, Oid, Repository};

const SYNTAX: Syntax =
    Syntax::new(include_str!("../usage/show-ref.txt")).with_hidden("    --[no-]heads");

#[derive(Default)]
struct Asked {
    tags: bool,
    branches: bool,
    head: bool,
    dereference: bool,
    verify: bool,
    exists: bool,
    quiet: bool,
    digits: Option<usize>,
}

pub fn show_ref(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "tags" => asked.tags = given.on,
            "branches" | "heads" => asked.branches = given.on,
            "head" => asked.head = given.on,
            "dereference" => asked.dereference = given.on,
            "verify" => asked.verify = given.on,
            "exists" => asked.exists = given.on,
            "quiet" => asked.quiet = given.on,
            "hash" | "abbrev" => {
                asked.digits = Some(
                    given
                        .value
                        .as_ref()
                        .and_then(|text| text.parse().ok())
                        .unwrap_or(40),
                )
            }
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    if asked.exists {
        let [name] = &parsed.operands[..] else {
            return Err(Failure::fatal("--exists requires exactly one reference"));
        };
        return match repository.read_ref(name) {
            Some(_) => Ok(0),
            None => Err(Failure::error(2, "reference does not exist")),
        };
    }
    if asked.verify {
        return verify(git, &repository, &asked, &parsed.operands);
    }
    let mut found = 0;
    let mut refs = Vec::new();
    if asked.head
        && let Some(oid) = repository.head()
    {
        refs.push(Reference {
            name: "HEAD".to_owned(),
            oid,
            symbolic: None,
        });
    }
    refs.extend(repository.refs("refs/")?.into_iter().filter(|one| {
        let kinds = !asked.tags && !asked.branches;
        let kind = asked.tags && one.name.starts_with("refs/tags/")
            || asked.branches && one.name.starts_with("refs/heads/");
        let ends =
            |pattern: &String| one.name == *pattern || one.name.ends_with(&format!("/{pattern}"));
        (kinds || kind) && (parsed.operands.is_empty() || parsed.operands.iter().any(ends))
    }));
    for one in refs {
        found += 1;
        show(git, &repository, &asked, &one.name, &one.oid)?;
    }
    Ok(i32::from(found == 0))
}

fn verify(git: &mut Git, repository: &Repository, asked: &Asked, names: &[String]) -> Outcome<i32> {
    if names.is_empty() {
        return Err(Failure::fatal("--verify requires a reference"));
    }
    for name in names {
        let whole = name.starts_with("refs/") || name == "HEAD";
        match repository.resolve_ref(name).filter(|_| whole) {
            Some(oid) => show(git, repository, asked, name, &oid)?,
            None if asked.quiet => return Ok(1),
            None => return Err(Failure::fatal(format!("'{name}' - not a valid ref"))),
        }
    }
    Ok(0)
}

fn show(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    name: &str,
    oid: &Oid,
) -> Outcome<()> {
    if asked.quiet {
        return Ok(());
    }
    let mut line = |oid: &Oid, suffix: &str| -> Outcome<()> {
        match asked.digits {
            Some(length) => writeln!(git.out, "{}", repository.objects().abbreviate(oid, length))?,
            None => writeln!(git.out, "{oid} {name}{suffix}")?,
        }
        Ok(())
    };
    line(oid, "")?;
    if asked.dereference && repository.objects().read(oid)?.kind == Kind::Tag {
        line(&repository.peel(oid)?, "^{}")?;
    }
    Ok(())
}

//! `fetch`: what another repository has that this one hasn't.

use super::{copy, line, open, shown};
use crate::command_line::Syntax;
use crate::commands::remote;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::refs::{Expected, Reference, shorten};
use crate::repository::revision::is_ancestor;
use crate::repository::{Oid, Repository, lock};

const SYNTAX: Syntax = Syntax::new(include_str!("../usage/fetch.txt"));

#[derive(Default)]
struct Asked {
    quiet: bool,
    all: bool,
    prune: bool,
    tags: Option<bool>,
    force: bool,
    dry_run: bool,
}

pub fn fetch(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "quiet" => asked.quiet = given.on,
            "all" => asked.all = given.on,
            "prune" => asked.prune = given.on,
            "tags" => asked.tags = Some(given.on),
            "n" => asked.tags = Some(false),
            "force" => asked.force = given.on,
            "dry-run" => asked.dry_run = given.on,
            "verbose" | "progress" | "jobs" | "multiple" | "auto-gc" | "auto-maintenance"
            | "recurse-submodules" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let names = match (parsed.operands.first(), asked.all) {
        (_, true) => repository.config().subsections("remote"),
        (Some(name), false) => vec![name.clone()],
        (None, false) => vec![remote::default_remote(&repository)],
    };
    let specs = parsed.operands.get(1..).unwrap_or_default();
    for name in names {
        from(git, &repository, &asked, &name, specs)?;
    }
    Ok(0)
}

/// A rule: which of the other's references become which of ours.
struct Rule {
    from: String,
    to: String,
    force: bool,
}

impl Rule {
    fn parse(text: &str) -> Rule {
        let (force, text) = match text.strip_prefix('+') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (from, to) = text.split_once(':').unwrap_or((text, ""));
        Rule {
            from: from.to_owned(),
            to: to.to_owned(),
            force,
        }
    }

    /// What a reference of the other's becomes here.
    fn map(&self, name: &str) -> Option<String> {
        match self.from.strip_suffix('*') {
            Some(start) => Some(self.to.replace('*', name.strip_prefix(start)?)),
            None => {
                let same = [
                    self.from.clone(),
                    format!("refs/heads/{}", self.from),
                    format!("refs/tags/{}", self.from),
                ];
                same.iter().any(|one| one == name).then(|| {
                    match self.to.contains('/') || self.to.is_empty() {
                        true => self.to.clone(),
                        false => format!("refs/heads/{}", self.to),
                    }
                })
            }
        }
    }
}

fn from(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    name: &str,
    specs: &[String],
) -> Outcome<()> {
    let url = remote::url(repository, name).unwrap_or_else(|| name.to_owned());
    let top = repository
        .worktree()
        .unwrap_or(repository.git_dir())
        .to_owned();
    let source = open(&url, &top, &git.surroundings)?;
    let refs = source.refs("refs/")?;
    let configured: Vec<Rule> = repository
        .config()
        .all(&format!("remote.{name}.fetch"))
        .map(Rule::parse)
        .collect();
    let asked_for: Vec<Rule> = specs.iter().map(|spec| Rule::parse(spec)).collect();
    let head = Reference {
        name: "HEAD".to_owned(),
        oid: source.head().unwrap_or_default(),
        symbolic: None,
    };
    let mut wanted: Vec<(&Reference, Option<String>, bool)> = Vec::new();
    for rule in &asked_for {
        let found = refs
            .iter()
            .chain((!head.oid.is_zero()).then_some(&head))
            .find(|one| rule.map(&one.name).is_some());
        let one = found
            .ok_or_else(|| Failure::fatal(format!("couldn't find remote ref {}", rule.from)))?;
        wanted.push((
            one,
            rule.map(&one.name).filter(|to| !to.is_empty()),
            rule.force,
        ));
        if rule.to.is_empty() {
            wanted.extend(
                configured
                    .iter()
                    .filter_map(|rule| Some((one, Some(rule.map(&one.name)?), rule.force))),
            );
        }
    }
    if asked_for.is_empty() {
        for one in &refs {
            wanted.extend(
                configured
                    .iter()
                    .filter_map(|rule| Some((one, Some(rule.map(&one.name)?), rule.force))),
            );
        }
        if configured.is_empty() && !head.oid.is_zero() {
            wanted.push((&head, None, false));
        }
    }
    let tips: Vec<Oid> = wanted.iter().map(|(one, ..)| one.oid).collect();
    copy::needed(&source, repository, &tips)?;
    for one in refs.iter().filter(|one| one.name.starts_with("refs/tags/")) {
        let follow = source
            .peel(&one.oid)
            .is_ok_and(|oid| repository.objects().has(&oid))
            && asked.tags.is_none();
        let known = wanted.iter().any(|(wanted, ..)| wanted.name == one.name);
        if (follow || asked.tags == Some(true))
            && !known
            && repository.read_ref(&one.name).is_none()
        {
            copy::needed(&source, repository, &[one.oid])?;
            wanted.push((one, Some(one.name.clone()), false));
        }
    }
    let lines = update(repository, asked, &wanted, !asked_for.is_empty())?;
    write_fetch_head(repository, &url, &wanted, asked_for.is_empty())?;
    let gone = if asked.prune {
        prune(repository, asked, &refs, &configured)?
    } else {
        Vec::new()
    };
    if !asked.quiet && !(lines.is_empty() && gone.is_empty()) {
        git.warn(format!("From {}", shown(&url)));
        gone.iter().chain(&lines).for_each(|line| git.warn(line));
    }
    Ok(())
}

/// Sets our references; a line for each that changed.
fn update(
    repository: &Repository,
    asked: &Asked,
    wanted: &[(&Reference, Option<String>, bool)],
    named: bool,
) -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    let width = wanted
        .iter()
        .map(|(one, ..)| shorten(&one.name).len())
        .max()
        .unwrap_or(0)
        .max(10);
    for (one, to, force) in wanted {
        let short = shorten(&one.name);
        let kind = if one.name.starts_with("refs/tags/") {
            "tag"
        } else if one.name.starts_with("refs/heads/") {
            "branch"
        } else {
            "ref"
        };
        let Some(to) = to else {
            if named || one.name == "HEAD" {
                lines.push(line(
                    '*',
                    kind_of_head(&one.name),
                    short,
                    "FETCH_HEAD",
                    width,
                    "",
                ));
            }
            continue;
        };
        let old = repository.resolve_ref(to);
        let (mark, what, note, message) = match old {
            Some(old) if old == one.oid => continue,
            None => (' ', format!("[new {kind}]"), "", "storing head"),
            Some(old) => {
                let forward =
                    repository.to_commit(&old).is_ok() && is_ancestor(repository, &old, &one.oid)?;
                let dots = if forward { ".." } else { "..." };
                let what = format!(
                    "{}{dots}{}",
                    repository.short(&old),
                    repository.short(&one.oid)
                );
                match (forward, *force || asked.force) {
                    (true, _) => (' ', what, "", "fast-forward"),
                    (false, true) => ('+', what, "forced update", "forced-update"),
                    (false, false) => {
                        lines.push(line(
                            '!',
                            "[rejected]",
                            short,
                            shorten(to),
                            width,
                            "non-fast-forward",
                        ));
                        continue;
                    }
                }
            }
        };
        let mark = if old.is_none() { '*' } else { mark };
        lines.push(line(mark, &what, short, shorten(to), width, note));
        if !asked.dry_run {
            repository.update_ref(
                to,
                one.oid,
                Expected::Anything,
                &format!("fetch: {message}"),
            )?;
        }
    }
    Ok(lines)
}

fn kind_of_head(name: &str) -> &'static str {
    if name.starts_with("refs/tags/") {
        "tag"
    } else {
        "branch"
    }
}

/// What was fetched, for the merge that may follow.
fn write_fetch_head(
    repository: &Repository,
    url: &str,
    wanted: &[(&Reference, Option<String>, bool)],
    by_rules: bool,
) -> Outcome<()> {
    let branch = repository.head_branch();
    let merge = branch.and_then(|branch| {
        repository
            .config()
            .get(&format!("branch.{branch}.merge"))
            .map(str::to_owned)
    });
    let mut first = Vec::new();
    let mut rest = Vec::new();
    for (one, ..) in wanted {
        let what = match one.name.strip_prefix("refs/heads/") {
            Some(name) => format!("branch '{name}' of {}", shown(url)),
            None if one.name == "HEAD" => shown(url).to_owned(),
            None => format!("tag '{}' of {}", shorten(&one.name), shown(url)),
        };
        let merged = if by_rules {
            merge.as_deref() == Some(&one.name) || one.name == "HEAD"
        } else {
            true
        };
        let mark = if merged { "" } else { "not-for-merge" };
        let line = format!("{}\t{mark}\t{what}\n", one.oid);
        if merged {
            first.push(line)
        } else {
            rest.push(line)
        }
    }
    first.extend(rest);
    first.dedup();
    lock::replace(
        &repository.git_dir().join("FETCH_HEAD"),
        first.concat().as_bytes(),
    )
}

/// References that the other doesn't have any more go.
fn prune(
    repository: &Repository,
    asked: &Asked,
    refs: &[Reference],
    rules: &[Rule],
) -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    let kept: Vec<String> = refs
        .iter()
        .flat_map(|one| rules.iter().filter_map(|rule| rule.map(&one.name)))
        .collect();
    for rule in rules {
        let Some(start) = rule.to.strip_suffix('*') else {
            continue;
        };
        for one in repository.refs(start)? {
            if !kept.contains(&one.name) && one.symbolic.is_none() {
                lines.push(line('-', "[deleted]", "(none)", shorten(&one.name), 10, ""));
                if !asked.dry_run {
                    repository.delete_ref(&one.name, Expected::Anything)?;
                }
            }
        }
    }
    Ok(lines)
}

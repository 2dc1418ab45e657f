//! `rev-parse`: names made exact, and where the repository is.

use std::io::Write as _;
use std::path::Path;

use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::refs::shorten;
use crate::repository::revision::{Tip, missing_path, tips, unknown};
use crate::repository::{Oid, Repository, path_of};

/// How names are shown.
#[derive(Default)]
struct Look {
    verify: bool,
    quiet: bool,
    short: Option<usize>,
    /// `--abbrev-ref`, `--symbolic-full-name`, `--symbolic`.
    names: Option<Names>,
    not: bool,
    revisions_only: bool,
    no_revisions: bool,
    flags_only: bool,
    no_flags: bool,
    absolute: Option<bool>,
    default: Option<String>,
    found: usize,
    /// The one line of `--verify`, which is only written when there is no other.
    line: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Short,
    Full,
    AsGiven,
}

pub fn rev_parse(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    if words.len() == 1 && words[0] == "-h" {
        return Err(Failure::plain(129, include_str!("usage/rev-parse.txt")));
    }
    let here = std::env::current_dir()?;
    let repository = git.repository()?;
    let mut look = Look::default();
    let mut words = words.into_iter();
    let mut only_paths = false;
    while let Some(word) = words.next() {
        if only_paths {
            look.other(git, &word)?;
            continue;
        }
        if word == "--" {
            only_paths = true;
            if !look.revisions_only && !look.verify {
                writeln!(git.out, "--")?;
            }
            continue;
        }
        if word.len() > 1 && word.starts_with('-') {
            if look.option(&word, &mut words)? {
                continue;
            }
            if place(git, &repository, &here, &look, &word, &mut words)? {
                continue;
            }
            if listed(git, &repository, &mut look, &word)? {
                continue;
            }
            if look.verify {
                return Err(look.single());
            }
            if !look.no_flags && !look.revisions_only {
                writeln!(git.out, "{word}")?;
            }
            continue;
        }
        look.name(git, &repository, &word)?;
    }
    if look.found == 0
        && let Some(name) = look.default.clone()
    {
        look.name(git, &repository, &name)?;
    }
    if look.verify && look.found != 1 {
        return Err(look.single());
    }
    if let Some(line) = look.line {
        writeln!(git.out, "{line}")?;
    }
    Ok(0)
}

impl Look {
    fn option(&mut self, word: &str, words: &mut impl Iterator<Item = String>) -> Outcome<bool> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        match name {
            "--verify" => self.verify = true,
            "-q" | "--quiet" => self.quiet = true,
            "--short" => {
                self.verify = true;
                self.short = Some(value.and_then(|text| text.parse().ok()).unwrap_or(0));
            }
            "--abbrev-ref" => self.names = Some(Names::Short),
            "--symbolic-full-name" => self.names = Some(Names::Full),
            "--symbolic" => self.names = Some(Names::AsGiven),
            "--not" => self.not = !self.not,
            "--revs-only" => self.revisions_only = true,
            "--no-revs" => self.no_revisions = true,
            "--flags" => self.flags_only = true,
            "--no-flags" => self.no_flags = true,
            "--end-of-options" => {}
            "--path-format" => self.absolute = Some(value == Some("absolute")),
            "--default" => {
                self.default = words.next();
                if self.default.is_none() {
                    return Err(Failure::fatal("--default requires an argument"));
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn single(&self) -> Failure {
        match self.quiet {
            true => Failure::silent(1),
            false => Failure::fatal("Needed a single revision"),
        }
    }

    fn name(&mut self, git: &mut Git, repository: &Repository, word: &str) -> Outcome<()> {
        match tips(repository, word)? {
            Some(found) if !found.is_empty() => {
                if self.verify && found.len() > 1 {
                    return Err(self.single());
                }
                // git names the right end of a range first.
                let mut found = found;
                if found.len() > 1 && word.contains("..") {
                    found.reverse();
                    found.sort_by_key(|tip| tip.excluded);
                }
                for tip in found {
                    self.show(git, repository, word, &tip)?;
                }
                Ok(())
            }
            _ if self.verify => Err(self.single()),
            _ if self.revisions_only => Ok(()),
            _ => {
                let path = repository.from_top(word)?;
                let there = path.is_empty()
                    || path_of(&path).is_ok_and(|path| path.symlink_metadata().is_ok());
                match there {
                    true => self.other(git, word),
                    false => {
                        writeln!(git.out, "{word}")?;
                        if let Some(failure) = missing_path(repository, word)? {
                            return Err(failure);
                        }
                        Err(unknown(word))
                    }
                }
            }
        }
    }

    fn other(&mut self, git: &mut Git, word: &str) -> Outcome<()> {
        if !self.revisions_only && !self.flags_only {
            writeln!(git.out, "{word}")?;
        }
        Ok(())
    }

    fn show(
        &mut self,
        git: &mut Git,
        repository: &Repository,
        word: &str,
        tip: &Tip,
    ) -> Outcome<()> {
        self.found += 1;
        if self.no_revisions || self.flags_only {
            return Ok(());
        }
        let mark = if tip.excluded != self.not { "^" } else { "" };
        if let Some(names) = self.names {
            let name = word.trim_start_matches('^');
            let name = match (names, full_name(repository, name)?) {
                (Names::AsGiven, _) => Some(name.to_owned()),
                (_, None) => None,
                (Names::Full, Some(full)) => Some(full),
                (Names::Short, Some(full)) => Some(shorten(&full).to_owned()),
            };
            if let Some(name) = name {
                writeln!(git.out, "{mark}{name}")?;
                return Ok(());
            }
            if names == Names::Full {
                return Ok(());
            }
        }
        let text = self.text(repository, &tip.oid);
        match self.verify {
            true => self.line = Some(format!("{mark}{text}")),
            false => writeln!(git.out, "{mark}{text}")?,
        }
        Ok(())
    }

    fn text(&self, repository: &Repository, oid: &Oid) -> String {
        match self.short {
            Some(0) => repository.short(oid),
            Some(length) => repository.objects().abbreviate(oid, length),
            None => oid.hex(),
        }
    }
}

/// The reference that a name stands for.
fn full_name(repository: &Repository, name: &str) -> Outcome<Option<String>> {
    let inner = name
        .rsplit_once("@{")
        .and_then(|(base, rest)| Some((base, rest.strip_suffix('}')?)));
    if let Some((base, inner)) = inner {
        if let Some(number) = inner.strip_prefix('-') {
            let previous = number.parse().ok().and_then(|number| {
                crate::repository::revision::previous_branch(repository, number)
            });
            return Ok(previous.and_then(|name| repository.full_ref_name(&name)));
        }
        if matches!(
            inner.to_ascii_lowercase().as_str(),
            "u" | "upstream" | "push"
        ) {
            return crate::repository::revision::upstream(repository, base).map(Some);
        }
        return Ok(None);
    }
    let Some(full) = repository.full_ref_name(name) else {
        return Ok(None);
    };
    Ok(Some(match full.as_str() {
        "HEAD" => repository.head_ref().unwrap_or(full),
        _ => full,
    }))
}

/// `--git-dir` and its like.
fn place(
    git: &mut Git,
    repository: &Repository,
    here: &Path,
    look: &Look,
    word: &str,
    words: &mut impl Iterator<Item = String>,
) -> Outcome<bool> {
    let shown = |path: &Path| match look.absolute {
        Some(true) => path.display().to_string(),
        Some(false) => relative(here, path),
        None if here.join(".git") == path => ".git".to_owned(),
        None if here == path => ".".to_owned(),
        None => path.display().to_string(),
    };
    let truth = |value: bool| if value { "true" } else { "false" }.to_owned();
    let inside_git = here.starts_with(repository.git_dir());
    let text = match word {
        "--git-dir" => match (look.absolute, repository.surroundings().variable("GIT_DIR")) {
            (None, Some(named)) => named,
            _ => shown(repository.git_dir()),
        },
        "--absolute-git-dir" => repository.git_dir().display().to_string(),
        "--git-common-dir" => match look.absolute {
            None if !repository.prefix().is_empty() => relative(here, repository.common_dir()),
            _ => shown(repository.common_dir()),
        },
        "--show-toplevel" => match repository.worktree() {
            Some(top) => top.display().to_string(),
            None => return Err(Failure::fatal("this operation must be run in a work tree")),
        },
        "--show-prefix" => String::from_utf8_lossy(repository.prefix()).into_owned(),
        "--show-cdup" => "../".repeat(
            repository
                .prefix()
                .iter()
                .filter(|byte| **byte == b'/')
                .count(),
        ),
        "--is-inside-work-tree" => truth(!repository.is_bare() && !inside_git),
        "--is-inside-git-dir" => truth(inside_git),
        "--is-bare-repository" => truth(repository.config().bool("core.bare")? == Some(true)),
        "--is-shallow-repository" => truth(repository.common_dir().join("shallow").exists()),
        "--show-object-format" | "--show-object-format=storage" => "sha1".to_owned(),
        "--show-ref-format" => "files".to_owned(),
        "--shared-index-path" => return Ok(true),
        "--git-path" => {
            let Some(name) = words.next() else {
                return Err(Failure::fatal("--git-path requires an argument"));
            };
            let base = shown(repository.git_dir());
            format!("{base}/{name}")
        }
        "--show-superproject-working-tree" => return Ok(true),
        "--local-env-vars" => LOCAL_VARIABLES.join("\n"),
        _ => return Ok(false),
    };
    writeln!(git.out, "{text}")?;
    Ok(true)
}

const LOCAL_VARIABLES: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
];

fn relative(here: &Path, path: &Path) -> String {
    let shared = here
        .ancestors()
        .find(|above| path.starts_with(above))
        .unwrap_or(Path::new("/"));
    let ups = here
        .strip_prefix(shared)
        .map_or(0, |rest| rest.components().count());
    let rest = path
        .strip_prefix(shared)
        .unwrap_or(path)
        .display()
        .to_string();
    match (ups, rest.is_empty()) {
        (0, true) => "./".to_owned(),
        (_, true) => "../".repeat(ups),
        _ => format!("{}{rest}", "../".repeat(ups)),
    }
}

/// `--all`, `--branches`, `--tags`, `--remotes`, `--glob=…`.
fn listed(git: &mut Git, repository: &Repository, look: &mut Look, word: &str) -> Outcome<bool> {
    let (name, pattern) = word.split_once('=').unwrap_or((word, ""));
    let prefix = match name {
        "--all" | "--glob" => "refs/",
        "--branches" => "refs/heads/",
        "--tags" => "refs/tags/",
        "--remotes" => "refs/remotes/",
        "--disambiguate" => {
            for oid in repository.objects().with_prefix(pattern) {
                writeln!(git.out, "{oid}")?;
            }
            return Ok(true);
        }
        _ => return Ok(false),
    };
    let pattern = match pattern {
        "" => String::new(),
        pattern => {
            let whole = if name == "--glob" && pattern.starts_with("refs/") {
                pattern.to_owned()
            } else {
                format!("{prefix}{pattern}")
            };
            if whole.contains(['*', '?', '[']) {
                whole
            } else {
                format!("{}/*", whole.trim_end_matches('/'))
            }
        }
    };
    for one in repository.refs(prefix)? {
        if pattern.is_empty()
            || crate::repository::wildmatch::matches(
                pattern.as_bytes(),
                one.name.as_bytes(),
                false,
                false,
            )
        {
            let tip = Tip {
                oid: one.oid,
                excluded: false,
                word: one.name.clone(),
                side: None,
            };
            look.show(git, repository, &one.name, &tip)?;
        }
    }
    Ok(true)
}

//! `ls-files`: what the index holds, and what it doesn't.

use std::io::Write as _;

use crate::command_line::{Given, Syntax};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::ignore::Ignore;
use crate::repository::index::Entry;
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Collect, Converter, Difference, compare, untracked};
use crate::repository::{Index, Repository, path_of, quote};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/ls-files.txt")).help_on_stderr();

#[derive(Default)]
struct Asked {
    cached: bool,
    deleted: bool,
    modified: bool,
    others: bool,
    ignored: bool,
    stage: bool,
    unmerged: bool,
    directory: bool,
    no_empty: bool,
    tags: bool,
    lower: bool,
    zeros: bool,
    full_name: bool,
    error_unmatch: bool,
    deduplicate: bool,
    abbreviation: Option<usize>,
    format: Option<String>,
    patterns: Vec<String>,
    files: Vec<String>,
    per_folder: Vec<String>,
    standard: bool,
}

impl Asked {
    fn take(&mut self, given: &Given) -> Outcome<()> {
        match given.name.as_str() {
            "cached" => self.cached = given.on,
            "deleted" => self.deleted = given.on,
            "modified" => self.modified = given.on,
            "others" => self.others = given.on,
            "ignored" => self.ignored = given.on,
            "stage" => self.stage = given.on,
            "unmerged" => self.unmerged = given.on,
            "directory" => self.directory = given.on,
            "empty-directory" => self.no_empty = !given.on,
            "t" => self.tags = true,
            "v" => (self.tags, self.lower) = (true, true),
            "z" => self.zeros = true,
            "full-name" => self.full_name = true,
            "error-unmatch" => self.error_unmatch = given.on,
            "deduplicate" => self.deduplicate = given.on,
            "abbrev" => {
                self.abbreviation = given.on.then(|| {
                    given
                        .value
                        .as_ref()
                        .and_then(|text| text.parse().ok())
                        .unwrap_or(7)
                })
            }
            "format" => self.format = given.value.clone(),
            "exclude" => self.patterns.push(given.text()),
            "exclude-from" => self.files.push(given.text()),
            "exclude-per-directory" => self.per_folder.push(given.text()),
            "exclude-standard" => self.standard = true,
            "sparse" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
        Ok(())
    }
}

pub fn ls_files(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        asked.take(given)?;
    }
    let listed = asked.deleted || asked.modified || asked.others || asked.unmerged;
    if asked.ignored && !asked.others && !asked.cached {
        return Err(Failure::fatal(
            "ls-files -i must be used with either -o or -c",
        ));
    }
    let chosen = !asked.patterns.is_empty()
        || !asked.files.is_empty()
        || !asked.per_folder.is_empty()
        || asked.standard;
    if asked.ignored && !chosen {
        return Err(Failure::fatal(
            "ls-files --ignored needs some exclude pattern",
        ));
    }
    asked.stage |= asked.unmerged;
    asked.cached |= !listed || asked.stage && !asked.others && !asked.modified && !asked.deleted;
    let here = std::env::current_dir()?;
    let repository = git.repository()?;
    let mut words = parsed.operands.clone();
    if words.is_empty() && !repository.prefix().is_empty() {
        words.push(".".to_owned());
    }
    let paths = Pathspec::parse(&repository, &words)?;
    let index = repository.index()?;
    let ignore = ignore(&repository, &asked, &here)?;
    let quote_high = repository.config().bool("core.quotepath")?.unwrap_or(true);
    let lister = Lister {
        repository: &repository,
        asked: &asked,
        paths: &paths,
        index: &index,
        ignore: &ignore,
        quote_high,
    };
    lister.others(git)?;
    lister.cached(git)?;
    if asked.error_unmatch {
        let unmatched = paths.unmatched(index.entries().iter().map(|entry| &entry.path[..]));
        if !unmatched.is_empty() && !parsed.operands.is_empty() {
            for item in unmatched {
                git.warn(format!(
                    "error: pathspec '{}' did not match any file(s) known to git",
                    item.word
                ));
            }
            git.warn("Did you forget to 'git add'?");
            return Ok(1);
        }
    }
    Ok(0)
}

fn ignore(repository: &Repository, asked: &Asked, here: &std::path::Path) -> Outcome<Ignore> {
    let mut ignore = if asked.standard {
        Ignore::standard(repository)
    } else {
        Ignore::nothing(repository)
    };
    for file in &asked.files {
        if !ignore.add_file(&here.join(file).to_string_lossy(), file) {
            return Err(Failure::fatal(format!("cannot use {file} as exclude file")));
        }
    }
    asked
        .per_folder
        .iter()
        .for_each(|name| ignore.add_per_folder(name));
    asked
        .patterns
        .iter()
        .for_each(|pattern| ignore.add_pattern(pattern));
    Ok(ignore)
}

struct Lister<'a> {
    repository: &'a Repository,
    asked: &'a Asked,
    paths: &'a Pathspec,
    index: &'a Index,
    ignore: &'a Ignore,
    quote_high: bool,
}

impl Lister<'_> {
    fn others(&self, git: &mut Git) -> Outcome<()> {
        if !self.asked.others {
            return Ok(());
        }
        let collect = Collect {
            all_files: !self.asked.directory,
            ignored: self.asked.ignored,
            each_ignored: false,
            empty_folders: self.asked.directory && !self.asked.no_empty,
        };
        let found = untracked(self.index, self.ignore, self.paths, collect)?;
        let list = if self.asked.ignored {
            found.ignored
        } else {
            found.paths
        };
        for path in list {
            let tag = if self.asked.tags { "? " } else { "" };
            self.line(git, tag, &path)?;
        }
        Ok(())
    }

    fn cached(&self, git: &mut Git) -> Outcome<()> {
        let asked = self.asked;
        if !asked.cached && !asked.deleted && !asked.modified {
            return Ok(());
        }
        let converter = Converter::new(self.repository);
        let mut last: Option<&[u8]> = None;
        for entry in self
            .index
            .entries()
            .iter()
            .filter(|entry| self.paths.matches(&entry.path))
        {
            if asked.unmerged && entry.stage == 0
                || asked.ignored && asked.cached && !self.ignore.is_ignored(&entry.path, false)
            {
                continue;
            }
            let mut times = 0;
            if asked.cached {
                times += 1;
                let tag = if entry.stage > 0 {
                    'M'
                } else if entry.skip_worktree {
                    'S'
                } else {
                    'H'
                };
                self.entry(git, entry, tag, last)?;
                last = Some(&entry.path);
            }
            if asked.deleted || asked.modified {
                let difference = match entry.stage {
                    0 => compare(self.repository, &converter, self.index, entry)?.0,
                    _ if path_of(&entry.path).is_ok_and(|path| path.symlink_metadata().is_ok()) => {
                        Difference::Modified
                    }
                    _ => Difference::Deleted,
                };
                if asked.deleted
                    && difference == Difference::Deleted
                    && !(asked.deduplicate && times > 0)
                {
                    times += 1;
                    self.entry(git, entry, 'R', last)?;
                    last = Some(&entry.path);
                }
                if asked.modified
                    && difference != Difference::None
                    && !(asked.deduplicate && times > 0)
                {
                    self.entry(git, entry, 'C', last)?;
                    last = Some(&entry.path);
                }
            }
        }
        Ok(())
    }

    fn entry(&self, git: &mut Git, entry: &Entry, tag: char, last: Option<&[u8]>) -> Outcome<()> {
        if self.asked.deduplicate && last == Some(&entry.path) && !self.asked.stage {
            return Ok(());
        }
        let oid = match self.asked.abbreviation {
            Some(length) => self.repository.objects().abbreviate(&entry.oid, length),
            None => entry.oid.hex(),
        };
        if let Some(format) = &self.asked.format {
            let text = format
                .replace("%(objectmode)", &format!("{:06o}", entry.mode))
                .replace("%(objectname)", &oid)
                .replace("%(objecttype)", crate::repository::mode::kind(entry.mode))
                .replace("%(stage)", &entry.stage.to_string())
                .replace(
                    "%(path)",
                    &String::from_utf8_lossy(&self.shown(&entry.path)),
                );
            writeln!(git.out, "{text}")?;
            return Ok(());
        }
        let tag = if self.asked.lower && entry.assume_unchanged {
            tag.to_ascii_lowercase()
        } else {
            tag
        };
        let mut start = if self.asked.tags {
            format!("{tag} ")
        } else {
            String::new()
        };
        if self.asked.stage {
            start.push_str(&format!("{:06o} {oid} {}\t", entry.mode, entry.stage));
        }
        self.line(git, &start, &entry.path)
    }

    fn line(&self, git: &mut Git, start: &str, path: &[u8]) -> Outcome<()> {
        git.out.write_all(start.as_bytes())?;
        git.out.write_all(&self.shown(path))?;
        git.out
            .write_all(if self.asked.zeros { b"\0" } else { b"\n" })?;
        Ok(())
    }

    fn shown(&self, path: &[u8]) -> Vec<u8> {
        let path = if self.asked.full_name {
            path.to_vec()
        } else {
            self.repository.from_here(path)
        };
        if self.asked.zeros {
            path
        } else {
            quote::quoted(&path, self.quote_high)
        }
    }
}

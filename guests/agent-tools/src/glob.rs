//! `glob`: paths that match a pattern, the newest first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use gnu::glob::Glob;
use isobox_guest::stat::{Time, stat};

use crate::answer::{Answer, failed, unusable};
use crate::arguments::Arguments;
use crate::files;

/// Most paths that are shown: the reference's number.
const SHOWN_MAX: usize = 200;

/// Most directory entries that are looked at, so that no pattern walks a large tree many times over.
const LOOKED_AT_MAX: usize = 500_000;

/// Longest pattern, in bytes: no path is longer.
const PATTERN_BYTES_MAX: usize = 4096;

/// Most patterns that one with braces stands for.
const PATTERNS_MAX: usize = 64;

pub fn glob(arguments: &Arguments) -> Answer {
    let pattern = arguments.text("pattern")?;
    let root = arguments.optional_text("path")?.unwrap_or_default();
    if pattern.starts_with('/') {
        return Err(failed(
            "glob: absolute pattern not permitted; pass a relative pattern (and optionally path)",
        ));
    }
    if pattern.split('/').any(|part| part == "..") {
        return Err(failed("glob: '..' is not permitted in the pattern"));
    }
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err(unusable(format!(
            "glob: the pattern is longer than {PATTERN_BYTES_MAX} bytes"
        )));
    }
    let patterns = match alternatives(pattern) {
        Some(patterns) if !pattern.is_empty() => patterns,
        Some(_) => return Err(unusable("glob: the pattern is empty")),
        None => {
            return Err(unusable(format!(
                "glob: the braces stand for more than {PATTERNS_MAX} patterns"
            )));
        }
    };
    let root = files::absolute(root).map_err(|error| {
        let words = isobox_guest::plain(&error);
        failed(format!("glob: {words}"))
    })?;
    let mut walk = Walk::default();
    for pattern in &patterns {
        walk.find(&root, pattern);
    }
    Ok(walk.newest())
}

/// The patterns that one with braces stands for; nothing when there are too many.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut pending = VecDeque::from([pattern.to_owned()]);
    let mut plain = Vec::new();
    while let Some(pattern) = pending.pop_front() {
        match first_braces(&pattern) {
            None => plain.push(pattern),
            Some((before, choices, after)) => {
                let expanded = choices
                    .iter()
                    .map(|choice| [before, choice, after].concat());
                pending.extend(expanded);
            }
        }
        if plain.len() + pending.len() > PATTERNS_MAX {
            return None;
        }
    }
    Some(plain)
}

/// What stands before, in and behind the first braces that hold a comma.
fn first_braces(pattern: &str) -> Option<(&str, Vec<&str>, &str)> {
    let opens = pattern.match_indices('{');
    opens
        .map(|(open, _)| open)
        .find_map(|open| braces(pattern, open))
}

/// The same for the braces that begin at `open`.
fn braces(pattern: &str, open: usize) -> Option<(&str, Vec<&str>, &str)> {
    let (mut depth, mut start, mut choices) = (0, open + 1, Vec::new());
    for (at, letter) in pattern[open..].char_indices() {
        let at = open + at;
        match letter {
            '{' => depth += 1,
            ',' if depth == 1 => {
                choices.push(&pattern[start..at]);
                start = at + 1;
            }
            '}' if depth == 1 => {
                let after = &pattern[at + 1..];
                choices.push(&pattern[start..at]);
                return (choices.len() > 1).then_some((&pattern[..open], choices, after));
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A component of a pattern.
enum Part {
    /// Directories, none or any depth.
    Anywhere,
    Name(String),
    Pattern(Glob),
}

#[derive(Default)]
struct Walk {
    /// What matches, with when it was changed.
    found: BTreeMap<PathBuf, Option<Time>>,
    looked_at: usize,
}

impl Walk {
    fn find(&mut self, root: &Path, pattern: &str) {
        let mut parts: Vec<Part> = Vec::new();
        for part in pattern.split('/').filter(|part| !matches!(*part, "" | ".")) {
            let part = match part {
                "**" if matches!(parts.last(), Some(Part::Anywhere)) => continue,
                "**" => Part::Anywhere,
                name if name.contains(['*', '?', '[']) => Part::Pattern(Glob::new(name, false)),
                name => Part::Name(name.to_owned()),
            };
            parts.push(part);
        }
        // Not by recursion: a pattern can have as many parts as a path.
        let mut pending = vec![(root.to_owned(), &parts[..])];
        while let Some((directory, parts)) = pending.pop() {
            if let Some((part, rest)) = parts.split_first() {
                let reached = self.step(&directory, part, rest);
                pending.extend(reached.into_iter().map(|path| (path, rest)));
            }
        }
    }

    /// Where one part leads from a directory. What the last part leads to is found.
    fn step(&mut self, directory: &Path, part: &Part, rest: &[Part]) -> Vec<PathBuf> {
        let reached = match part {
            // `..` was refused, and what isn't there leads nowhere.
            Part::Name(name) => {
                let path = directory.join(name);
                let is_there = fs::symlink_metadata(&path).is_ok();
                is_there.then_some(path).into_iter().collect()
            }
            Part::Pattern(pattern) => {
                let entries = self.entries(directory).into_iter();
                let matching = entries.filter(|(name, _)| pattern.matches(name));
                matching.map(|(name, _)| directory.join(name)).collect()
            }
            Part::Anywhere => self.anywhere(directory, rest.is_empty()),
        };
        if !rest.is_empty() {
            return reached;
        }
        reached.into_iter().for_each(|path| self.note(path));
        Vec::new()
    }

    /// A directory and all below it, links not followed; or, if files count too, all that is in them.
    fn anywhere(&mut self, directory: &Path, with_files: bool) -> Vec<PathBuf> {
        let mut reached = match with_files {
            true => Vec::new(),
            false => vec![directory.to_owned()],
        };
        let mut pending = vec![directory.to_owned()];
        while let Some(directory) = pending.pop() {
            for (name, is_directory) in self.entries(&directory) {
                let path = directory.join(name);
                if is_directory || with_files {
                    reached.push(path.clone());
                }
                if is_directory {
                    pending.push(path);
                }
            }
        }
        reached
    }

    fn entries(&mut self, directory: &Path) -> Vec<(String, bool)> {
        let Ok(listing) = fs::read_dir(directory) else {
            return Vec::new();
        };
        let room = LOOKED_AT_MAX.saturating_sub(self.looked_at);
        let entries: Vec<(String, bool)> = listing
            .take(room)
            .filter_map(Result::ok)
            .map(|entry| {
                let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
                (
                    entry.file_name().to_string_lossy().into_owned(),
                    is_directory,
                )
            })
            .collect();
        self.looked_at += entries.len();
        entries
    }

    fn note(&mut self, path: PathBuf) {
        let changed = stat(&path, true).ok().map(|stat| stat.modified);
        self.found.insert(path, changed);
    }

    /// The paths as they are shown: by time, those of the same time by name.
    fn newest(self) -> String {
        let is_cut = self.looked_at >= LOOKED_AT_MAX;
        let mut found: Vec<(PathBuf, Option<Time>)> = self.found.into_iter().collect();
        found.sort_by_key(|(_, changed)| Reverse(*changed));
        let mut lines: Vec<String> = found
            .iter()
            .take(SHOWN_MAX)
            .map(|(path, _)| path.to_string_lossy().into_owned())
            .collect();
        if lines.is_empty() {
            lines.push("no matches".to_owned());
        }
        if found.len() > SHOWN_MAX {
            let all = found.len();
            lines.push(format!("[the newest {SHOWN_MAX} of {all} matches]"));
        }
        if is_cut {
            lines.push(format!(
                "[looked at {LOOKED_AT_MAX} entries and no further]"
            ));
        }
        lines.join("\n")
    }
}

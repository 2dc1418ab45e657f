//! Pathspecs: which paths a command is about.

use std::path::Path;

use super::{Repository, wildmatch};
use crate::failure::{Failure, Outcome};

/// One pattern of paths.
#[derive(Clone, Debug)]
pub struct Item {
    /// As the command line had it.
    pub word: String,
    /// From the top of the working tree, without a slash at its end.
    pub path: Vec<u8>,
    folder_only: bool,
    exclude: bool,
    literal: bool,
    glob: bool,
    fold: bool,
}

/// All that a command line named; without items it is every path.
#[derive(Clone, Debug, Default)]
pub struct Pathspec {
    items: Vec<Item>,
}

impl Pathspec {
    /// Reads the words of a command line.
    ///
    /// # Errors
    /// git's words for paths outside the repository and unknown magic.
    pub fn parse<S: AsRef<str>>(repository: &Repository, words: &[S]) -> Outcome<Pathspec> {
        let mut items = Vec::new();
        for word in words {
            let item = parse(repository, word.as_ref())?;
            items.push(item);
        }
        if !items.is_empty() && items.iter().all(|item| item.exclude) {
            items.push(Item {
                word: String::new(),
                path: repository
                    .prefix()
                    .strip_suffix(b"/")
                    .unwrap_or_default()
                    .to_vec(),
                folder_only: false,
                exclude: false,
                literal: true,
                glob: false,
                fold: false,
            });
        }
        Ok(Pathspec { items })
    }

    /// Whether it names nothing, which stands for everything.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Whether a path (of a file) is meant.
    pub fn matches(&self, path: &[u8]) -> bool {
        self.matches_as(path, false)
    }

    /// Whether a path is meant, a folder's or a file's.
    pub fn matches_as(&self, path: &[u8], folder: bool) -> bool {
        if self.items.is_empty() {
            return true;
        }
        let hit = |exclude: bool| {
            self.items
                .iter()
                .any(|item| item.exclude == exclude && item.matches(path, folder))
        };
        hit(false) && !hit(true)
    }

    /// Whether something below a folder (without its slash) may be meant, so that a walk has to enter it.
    pub fn may_match_below(&self, folder: &[u8]) -> bool {
        self.items.is_empty()
            || self
                .items
                .iter()
                .any(|item| !item.exclude && item.may_match_below(folder))
    }

    /// The items, in order, with whether each matches one of the paths: what `pathspec … did not match any files` is about.
    pub fn unmatched<'a>(&self, paths: impl Iterator<Item = &'a [u8]>) -> Vec<&Item> {
        let mut seen = vec![false; self.items.len()];
        for path in paths {
            for (item, seen) in self.items.iter().zip(&mut seen) {
                *seen = *seen || item.matches(path, false);
            }
        }
        let pairs = self.items.iter().zip(seen);
        pairs
            .filter(|(item, seen)| !seen && !item.exclude && !item.word.is_empty())
            .map(|(item, _)| item)
            .collect()
    }
}

impl Item {
    pub fn matches(&self, path: &[u8], folder: bool) -> bool {
        if self.path.is_empty() {
            return true;
        }
        let same = |a: &[u8], b: &[u8]| {
            if self.fold {
                a.eq_ignore_ascii_case(b)
            } else {
                a == b
            }
        };
        let length = self.path.len();
        if path.len() >= length && same(&path[..length], &self.path) {
            if path.len() == length && (!self.folder_only || folder)
                || path.get(length) == Some(&b'/')
            {
                return true;
            }
        }
        self.is_pattern() && wildmatch::matches(&self.path, path, self.glob, self.fold)
    }

    pub fn is_exclude(&self) -> bool {
        self.exclude
    }

    fn is_pattern(&self) -> bool {
        !self.literal && wildmatch::is_pattern(&self.path)
    }

    fn may_match_below(&self, folder: &[u8]) -> bool {
        if self.path.is_empty() || self.matches(folder, true) {
            return true;
        }
        let plain = match self.is_pattern() {
            true => self
                .path
                .iter()
                .position(|byte| wildmatch::is_pattern(&[*byte]))
                .unwrap_or(0),
            false => self.path.len(),
        };
        let fixed = &self.path[..plain];
        let shared = fixed.len().min(folder.len());
        let begins = fixed[..shared].eq_ignore_ascii_case(&folder[..shared]);
        let deeper = self.path.get(folder.len()) == Some(&b'/');
        begins && (folder.len() > fixed.len() || self.is_pattern() || deeper)
    }
}

fn parse(repository: &Repository, word: &str) -> Outcome<Item> {
    let mut item = Item {
        word: word.to_owned(),
        path: Vec::new(),
        folder_only: false,
        exclude: false,
        literal: repository.surroundings().literal_pathspecs,
        glob: false,
        fold: false,
    };
    if word.is_empty() {
        return Err(Failure::fatal(
            "empty string is not a valid pathspec. please use . instead if you meant to match all paths",
        ));
    }
    let mut top = false;
    let mut rest = word;
    if !item.literal
        && let Some(magic) = word.strip_prefix(":(")
    {
        let Some((names, path)) = magic.split_once(')') else {
            return Err(Failure::fatal(format!(
                "Missing ')' at the end of pathspec magic in '{word}'"
            )));
        };
        for name in names.split(',').filter(|name| !name.is_empty()) {
            match name {
                "top" => top = true,
                "exclude" => item.exclude = true,
                "literal" => item.literal = true,
                "glob" => item.glob = true,
                "icase" => item.fold = true,
                _ => {
                    return Err(Failure::fatal(format!(
                        "Invalid pathspec magic '{name}' in '{word}'"
                    )));
                }
            }
        }
        rest = path;
    } else if !item.literal
        && let Some(mut magic) = word.strip_prefix(':')
    {
        while let Some(c) = magic.chars().next() {
            match c {
                '/' => top = true,
                '!' | '^' => item.exclude = true,
                ':' => {
                    magic = &magic[1..];
                    break;
                }
                c if c.is_ascii_punctuation() && !wildmatch::is_pattern(&[c as u8]) && c != '.' => {
                    return Err(Failure::fatal(format!(
                        "Unimplemented pathspec magic '{c}' in '{word}'"
                    )));
                }
                _ => break,
            }
            magic = &magic[1..];
        }
        rest = magic;
    }
    item.path = if top {
        normal(b"", rest.as_bytes())
    } else {
        named(repository, rest)
    }
    .ok_or_else(|| outside(repository, word))?;
    item.folder_only = rest.ends_with('/') && !item.path.is_empty();
    Ok(item)
}

/// A word of the command line as a path from the top of the working tree.
///
/// # Errors
/// It leads out of the repository.
pub fn from_top(repository: &Repository, word: &str) -> Outcome<Vec<u8>> {
    named(repository, word).ok_or_else(|| {
        let top = repository.worktree().unwrap_or(repository.git_dir());
        Failure::fatal(format!(
            "'{word}' is outside repository at '{}'",
            top.display()
        ))
    })
}

fn named(repository: &Repository, word: &str) -> Option<Vec<u8>> {
    if word.starts_with('/') {
        let top = repository.worktree().unwrap_or(Path::new("/"));
        let whole = super::open::absolute(Path::new("/"), Path::new(word));
        let inside = whole.strip_prefix(top).ok()?;
        return Some(inside.as_os_str().as_encoded_bytes().to_vec());
    }
    normal(repository.prefix(), word.as_bytes())
}

fn outside(repository: &Repository, word: &str) -> Failure {
    let top = repository.worktree().unwrap_or(repository.git_dir());
    Failure::fatal(format!(
        "{word}: '{word}' is outside repository at '{}'",
        top.display()
    ))
}

/// `prefix` and `path` together, without empty parts, `.` and `..`; `None` when it climbs out.
fn normal(prefix: &[u8], path: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = prefix
        .split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty())
        .collect();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join(&b'/'))
}

//! What `.gitignore`, `info/exclude` and `core.excludesFile` leave out.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::rc::Rc;

use super::{Repository, config, wildmatch};

/// One line of a file of patterns.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The file, as git names it, and the line in it.
    pub source: String,
    pub line: usize,
    /// The line itself.
    pub text: String,
    pub negated: bool,
    folder_only: bool,
    /// Whether only the last part of a path counts.
    name_only: bool,
    body: Vec<u8>,
    /// The folder of the file, with its slash.
    base: Vec<u8>,
}

/// All patterns, those of folders read when they are asked about.
pub struct Ignore {
    /// The user's, the repository's, and the command line's after them.
    common: Vec<Pattern>,
    folders: RefCell<HashMap<Vec<u8>, Rc<Vec<Pattern>>>>,
    per_folder: Vec<String>,
    fold: bool,
}

impl Ignore {
    /// What counts by default.
    pub fn standard(repository: &Repository) -> Ignore {
        let mut ignore = Ignore::nothing(repository);
        ignore.per_folder.push(".gitignore".to_owned());
        let home = || {
            let variable = |name: &str| {
                repository
                    .surroundings()
                    .variable(name)
                    .filter(|value| !value.is_empty())
            };
            let folder = variable("XDG_CONFIG_HOME")
                .or_else(|| variable("HOME").map(|home| format!("{home}/.config")));
            folder.map(|folder| format!("{folder}/git/ignore"))
        };
        let named = repository
            .config()
            .get("core.excludesfile")
            .map(config::expand_home);
        if let Some(file) = named.or_else(home) {
            ignore.add_file(&file, &file);
        }
        let exclude = repository.common_dir().join("info/exclude");
        let shown = ".git/info/exclude";
        ignore.add_file(&exclude.to_string_lossy(), shown);
        ignore
    }

    /// No patterns yet: `ls-files` without `--exclude-standard`.
    pub fn nothing(repository: &Repository) -> Ignore {
        Ignore {
            common: Vec::new(),
            folders: RefCell::default(),
            per_folder: Vec::new(),
            fold: matches!(repository.config().bool("core.ignorecase"), Ok(Some(true))),
        }
    }

    /// Adds a file of patterns that counts everywhere; whether it could be read.
    pub fn add_file(&mut self, path: &str, shown: &str) -> bool {
        let Ok(bytes) = fs::read(path) else {
            return false;
        };
        self.common.extend(parse(&bytes, shown, b""));
        true
    }

    /// Adds a pattern of the command line.
    pub fn add_pattern(&mut self, text: &str) {
        self.common.extend(parse(text.as_bytes(), "", b""));
    }

    /// Has files of this name count in their folders.
    pub fn add_per_folder(&mut self, name: &str) {
        self.per_folder.push(name.to_owned());
    }

    /// The pattern that decides about a path, its folders looked at first: what is in an ignored folder is ignored.
    pub fn deciding(&self, path: &[u8], folder: bool) -> Option<Pattern> {
        for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            if let Some(found) = self
                .last_match(&path[..at], true)
                .filter(|found| !found.negated)
            {
                return Some(found);
            }
        }
        self.last_match(path, folder)
    }

    /// Whether a path is ignored, its folders looked at too.
    pub fn is_ignored(&self, path: &[u8], folder: bool) -> bool {
        self.deciding(path, folder)
            .is_some_and(|pattern| !pattern.negated)
    }

    /// Whether a path is ignored whose folder is known not to be.
    pub fn is_ignored_here(&self, path: &[u8], folder: bool) -> bool {
        self.last_match(path, folder)
            .is_some_and(|pattern| !pattern.negated)
    }

    fn last_match(&self, path: &[u8], folder: bool) -> Option<Pattern> {
        let mut end = memchr::memrchr(b'/', path).map_or(0, |at| at + 1);
        loop {
            let patterns = self.of_folder(&path[..end]);
            if let Some(found) = patterns
                .iter()
                .rev()
                .find(|pattern| pattern.matches(path, folder, self.fold))
            {
                return Some(found.clone());
            }
            if end == 0 {
                break;
            }
            end = memchr::memrchr(b'/', &path[..end - 1]).map_or(0, |at| at + 1);
        }
        self.common
            .iter()
            .rev()
            .find(|pattern| pattern.matches(path, folder, self.fold))
            .cloned()
    }

    /// The patterns of a folder (`a/b/`).
    fn of_folder(&self, folder: &[u8]) -> Rc<Vec<Pattern>> {
        if let Some(found) = self.folders.borrow().get(folder) {
            return found.clone();
        }
        let mut patterns = Vec::new();
        for name in &self.per_folder {
            let file = [folder, name.as_bytes()].concat();
            let path = super::path_of(&file);
            if let Some(bytes) = path.ok().and_then(|path| fs::read(path).ok()) {
                patterns.extend(parse(&bytes, &String::from_utf8_lossy(&file), folder));
            }
        }
        let patterns = Rc::new(patterns);
        self.folders
            .borrow_mut()
            .insert(folder.to_vec(), patterns.clone());
        patterns
    }
}

impl Pattern {
    fn matches(&self, path: &[u8], folder: bool, fold: bool) -> bool {
        if self.folder_only && !folder {
            return false;
        }
        let Some(inside) = path.strip_prefix(&self.base[..]) else {
            return false;
        };
        let name = match self.name_only {
            true => &inside[memchr::memrchr(b'/', inside).map_or(0, |at| at + 1)..],
            false => inside,
        };
        match wildmatch::is_pattern(&self.body) {
            true => wildmatch::matches(&self.body, name, true, fold),
            false if fold => self.body.eq_ignore_ascii_case(name),
            false => self.body == name,
        }
    }
}

/// The patterns of a file.
pub fn parse(bytes: &[u8], source: &str, base: &[u8]) -> Vec<Pattern> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines
        .filter_map(|(at, line)| one(line, source, at + 1, base))
        .collect()
}

fn one(line: &[u8], source: &str, number: usize, base: &[u8]) -> Option<Pattern> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.starts_with(b"#") {
        return None;
    }
    let text = without_spaces(line);
    let (negated, body) = match text.strip_prefix(b"!") {
        Some(body) => (true, body),
        None => (false, text),
    };
    let (folder_only, body) = match body.strip_suffix(b"/") {
        Some(body) => (true, body),
        None => (false, body),
    };
    if body.is_empty() {
        return None;
    }
    let name_only = !body.contains(&b'/');
    Some(Pattern {
        source: source.to_owned(),
        line: number,
        text: String::from_utf8_lossy(text).into_owned(),
        negated,
        folder_only,
        name_only,
        body: body.strip_prefix(b"/").unwrap_or(body).to_vec(),
        base: base.to_vec(),
    })
}

/// Without the spaces at the end, but for one behind a backslash.
fn without_spaces(line: &[u8]) -> &[u8] {
    let mut end = line.len();
    while end > 0 && line[end - 1] == b' ' {
        if end > 1 && line[end - 2] == b'\\' {
            break;
        }
        end -= 1;
    }
    &line[..end]
}

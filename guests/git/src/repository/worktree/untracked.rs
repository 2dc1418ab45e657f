//! Files that the index doesn't know.

use std::fs;

use crate::failure::Outcome;
use crate::repository::ignore::Ignore;
use crate::repository::index::Index;
use crate::repository::pathspec::Pathspec;
use crate::repository::{mode, path_of};

/// What is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Collect {
    /// Every file, instead of a folder for all that is in it.
    pub all_files: bool,
    /// Ignored files too.
    pub ignored: bool,
    /// Ignored files one by one, instead of a folder for all that is in it.
    pub each_ignored: bool,
    /// Folders without files too.
    pub empty_folders: bool,
}

/// What was found, by path. A folder has a slash at its end.
#[derive(Clone, Debug, Default)]
pub struct Untracked {
    pub paths: Vec<Vec<u8>>,
    pub ignored: Vec<Vec<u8>>,
}

/// Goes through the working tree.
///
/// # Errors
/// None but of the system.
pub fn untracked(
    index: &Index,
    ignore: &Ignore,
    paths: &Pathspec,
    collect: Collect,
) -> Outcome<Untracked> {
    let mut finder = Finder {
        index,
        ignore,
        paths,
        collect,
        found: Untracked::default(),
    };
    finder.tracked_folder(b"");
    let mut found = finder.found;
    found.paths.sort();
    found.ignored.sort();
    Ok(found)
}

struct Finder<'a> {
    index: &'a Index,
    ignore: &'a Ignore,
    paths: &'a Pathspec,
    collect: Collect,
    found: Untracked,
}

/// What a folder that isn't tracked holds.
#[derive(Default)]
struct Contents {
    paths: Vec<Vec<u8>>,
    ignored: Vec<Vec<u8>>,
    empty: bool,
}

impl Finder<'_> {
    /// A folder (empty, or with a slash) that holds tracked files.
    fn tracked_folder(&mut self, folder: &[u8]) {
        for (name, is_folder) in list(folder) {
            let path = [folder, &name[..]].concat();
            let known = self.index.stages(&path);
            if !known.is_empty() && (!is_folder || known[0].mode == mode::SUBMODULE) {
                continue;
            }
            if !is_folder {
                self.file(path);
            } else if !self.index.below(&path).is_empty() {
                if self.paths.may_match_below(&path) {
                    self.tracked_folder(&[&path[..], b"/"].concat());
                }
            } else if self.paths.may_match_below(&path) {
                self.new_folder(path);
            }
        }
    }

    fn file(&mut self, path: Vec<u8>) {
        if !self.paths.matches(&path) {
            return;
        }
        match self.ignore.is_ignored_here(&path, false) {
            false => self.found.paths.push(path),
            true if self.collect.ignored => self.found.ignored.push(path),
            true => {}
        }
    }

    fn new_folder(&mut self, path: Vec<u8>) {
        if self.ignore.is_ignored_here(&path, true) {
            self.ignored_folder(path);
            return;
        }
        let whole = self.paths.matches_as(&path, true);
        let folder = [&path[..], b"/"].concat();
        if is_repository(&path) {
            if whole {
                self.found.paths.push(folder);
            }
            return;
        }
        let contents = self.contents(&folder);
        if self.collect.all_files || !whole {
            self.found.paths.extend(contents.paths);
            self.found.ignored.extend(contents.ignored);
            return;
        }
        if !contents.paths.is_empty() || contents.empty && self.collect.empty_folders {
            // Where the index has a file, a folder isn't called another one.
            if self.index.stages(&path).is_empty() {
                self.found.paths.push(folder);
            }
            self.found.ignored.extend(contents.ignored);
        } else if !contents.ignored.is_empty() {
            match self.collect.each_ignored {
                true => self.found.ignored.extend(contents.ignored),
                false => self.found.ignored.push(folder),
            }
        }
    }

    /// A folder that a pattern leaves out.
    fn ignored_folder(&mut self, path: Vec<u8>) {
        if !self.collect.ignored {
            return;
        }
        let folder = [&path[..], b"/"].concat();
        if self.collect.all_files && !self.collect.each_ignored {
            let mut files = Vec::new();
            all_files(&folder, &mut files);
            self.found
                .ignored
                .extend(files.into_iter().filter(|path| self.paths.matches(path)));
        } else if self.paths.matches_as(&path, true) {
            self.found.ignored.push(folder);
        }
    }

    /// All files in a folder that holds no tracked ones, those in its folders too.
    fn contents(&self, folder: &[u8]) -> Contents {
        let mut contents = Contents {
            empty: true,
            ..Contents::default()
        };
        for (name, is_folder) in list(folder) {
            let path = [folder, &name[..]].concat();
            let below = [&path[..], b"/"].concat();
            let ignored = self.ignore.is_ignored_here(&path, is_folder);
            if is_folder && !self.paths.may_match_below(&path)
                || !is_folder && !self.paths.matches(&path)
            {
                continue;
            }
            contents.empty = false;
            if ignored {
                if !self.collect.ignored {
                    continue;
                }
                match is_folder {
                    true if self.collect.all_files && !self.collect.each_ignored => {
                        all_files(&below, &mut contents.ignored)
                    }
                    true => contents.ignored.push(below),
                    false => contents.ignored.push(path),
                }
            } else if !is_folder {
                contents.paths.push(path);
            } else if is_repository(&path) {
                contents.paths.push(below);
            } else {
                let inner = self.contents(&below);
                contents.empty = false;
                let collapse = !self.collect.all_files
                    && inner.paths.is_empty()
                    && !inner.ignored.is_empty()
                    && !self.collect.each_ignored;
                if collapse {
                    contents.ignored.push(below);
                } else {
                    contents.paths.extend(inner.paths);
                    contents.ignored.extend(inner.ignored);
                }
            }
        }
        contents
    }
}

fn all_files(folder: &[u8], files: &mut Vec<Vec<u8>>) {
    for (name, is_folder) in list(folder) {
        let path = [folder, &name[..]].concat();
        match is_folder {
            true => all_files(&[&path[..], b"/"].concat(), files),
            false => files.push(path),
        }
    }
}

/// Names in a folder, and whether they are folders; without `.git`.
fn list(folder: &[u8]) -> Vec<(Vec<u8>, bool)> {
    let folder = if folder.is_empty() { b"." } else { folder };
    let Some(entries) = path_of(folder)
        .ok()
        .and_then(|path| fs::read_dir(path).ok())
    else {
        return Vec::new();
    };
    let each = entries.flatten().filter_map(|entry| {
        let kind = entry.file_type().ok()?;
        let tracked = kind.is_dir() || kind.is_file() || kind.is_symlink();
        let name = entry.file_name().into_encoded_bytes();
        (tracked && name != b".git").then(|| (name, kind.is_dir()))
    });
    each.collect()
}

/// Whether a folder is a working tree of its own.
fn is_repository(path: &[u8]) -> bool {
    path_of(path).is_ok_and(|path| {
        path.join(".git").exists() && crate::repository::repository_folder(path).is_some()
    })
}

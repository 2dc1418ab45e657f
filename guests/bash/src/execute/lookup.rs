//! Where programs are: `PATH`, and what `hash` remembers.

use std::path::Path;
use std::rc::Rc;

use isobox_guest::stat::{self, Kind};

use crate::shell::Shell;
use crate::text::{self, Text};

/// What a search on `PATH` brings.
pub(super) enum Search {
    Found(Text),
    /// Only a file that may not be executed.
    NotExecutable(Text),
    /// There is no `PATH` to search on.
    NoPath,
    Missing,
}

/// What stands under a path, as far as running it goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Candidate {
    Executable,
    File,
    Other,
}

impl Shell {
    /// Where `PATH` (or another list) has an executable file of that name; a name with a slash is itself.
    pub fn find_program(&self, name: &str) -> Option<Text> {
        if name.contains('/') {
            return (candidate(name) == Candidate::Executable).then(|| name.into());
        }
        if let Some(path) = self.hashed_program(name) {
            return Some(path);
        }
        match self.search_path(name) {
            Search::Found(path) => Some(path),
            _ => None,
        }
    }

    /// All of them, for `type -a`.
    pub fn find_programs(&self, name: &str) -> Vec<Text> {
        if name.contains('/') {
            return self.find_program(name).into_iter().collect();
        }
        let path = self.get("PATH").unwrap_or_default();
        directories(&path)
            .map(|directory| join(directory, name))
            .filter(|path| candidate(path) == Candidate::Executable)
            .map(Text::from)
            .collect()
    }

    /// What `hash` remembers for a name.
    fn hashed_program(&self, name: &str) -> Option<Text> {
        let (path, _) = self.hashed.get(name)?;
        let valid = self.get("PATH").is_some_and(|path| path == self.hashed_for);
        valid.then(|| path.clone())
    }

    /// Finds the program of a command and remembers where it is.
    pub(super) fn locate(&mut self, name: &str) -> Search {
        if let Some(path) = self.hashed_program(name) {
            if let Some(entry) = Rc::make_mut(&mut self.hashed).get_mut(name) {
                entry.1 += 1;
            }
            return Search::Found(path);
        }
        let search = self.search_path(name);
        if let Search::Found(path) = &search
            && self.options.hashall
        {
            self.remember_program(name, path.clone(), 1);
        }
        search
    }

    /// `hash NAME`, with a number of hits. A new `PATH` makes everything forgotten.
    pub fn remember_program(&mut self, name: &str, path: Text, hits: u32) {
        let searched = self.get("PATH").unwrap_or_default();
        let hashed = Rc::make_mut(&mut self.hashed);
        if searched != self.hashed_for {
            hashed.clear();
            self.hashed_for = searched;
        }
        hashed.insert(name.into(), (path, hits));
    }

    pub(super) fn search_path(&self, name: &str) -> Search {
        let Some(path) = self.get("PATH").filter(|path| !path.is_empty()) else {
            return Search::NoPath;
        };
        let mut refused = None;
        for directory in directories(&path) {
            let path = join(directory, name);
            match candidate(&path) {
                Candidate::Executable => return Search::Found(path.into()),
                Candidate::File if refused.is_none() => refused = Some(path),
                _ => {}
            }
        }
        match refused {
            Some(path) => Search::NotExecutable(path.into()),
            None => Search::Missing,
        }
    }
}

/// The directories of a list; an empty one is the current directory.
fn directories(list: &str) -> impl Iterator<Item = &str> {
    list.split(':')
        .map(|directory| if directory.is_empty() { "." } else { directory })
}

fn join(directory: &str, name: &str) -> String {
    let slash = if directory.ends_with('/') { "" } else { "/" };
    format!("{directory}{slash}{name}")
}

fn candidate(path: &str) -> Candidate {
    let bytes = text::encode(path);
    let Ok(path) = std::str::from_utf8(&bytes) else {
        return Candidate::Other;
    };
    match stat::stat(Path::new(path), true) {
        Ok(known) if known.kind == Kind::Directory => Candidate::Other,
        Ok(known) if known.mode & 0o111 != 0 => Candidate::Executable,
        Ok(_) => Candidate::File,
        Err(_) => Candidate::Other,
    }
}

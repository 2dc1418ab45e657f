//! A repository: its objects, references, settings, index and working tree.

pub mod attributes;
pub mod config;
pub mod date;
pub mod identity;
pub mod ignore;
pub mod index;
pub mod lock;
mod objects;
mod oid;
mod open;
pub mod pathspec;
pub mod quote;
pub mod refs;
pub mod revision;
mod surroundings;
pub mod tree;
pub mod wildmatch;
pub mod worktree;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
pub use config::Config;
pub use identity::{Role, Signature};
pub use index::Index;
pub use objects::{
    Commit, Kind, Object, Objects, Tag, TreeEntries, TreeEntry, loose_path, mode, subject,
    tree_order,
};
pub use oid::Oid;
pub use open::{absolute, is_repository, repository_folder};
pub use surroundings::Surroundings;

/// A repository that was found or made.
pub struct Repository {
    git_dir: PathBuf,
    common_dir: PathBuf,
    worktree: Option<PathBuf>,
    /// The folder that git was called in, seen from the top of the working tree: empty or with a slash at its end.
    prefix: Vec<u8>,
    config: Config,
    objects: Objects,
    surroundings: Surroundings,
    now: OnceCell<i64>,
    /// What logs call changes that one command makes for another: `pull`.
    reflog_action: OnceCell<String>,
}

impl Repository {
    /// `.git`, absolute.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Where what all working trees share is: `.git` but in a linked working tree.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The top of the working tree, absolute, which is the current directory; `None` in a bare repository.
    pub fn worktree(&self) -> Option<&Path> {
        self.worktree.as_deref()
    }

    pub fn is_bare(&self) -> bool {
        self.worktree.is_none()
    }

    /// The folder that git was called in, seen from the top: empty, or `a/b/`.
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Where the index is.
    pub fn index_path(&self) -> PathBuf {
        match self.surroundings.variable("GIT_INDEX_FILE") {
            Some(path) => PathBuf::from(path),
            None => self.git_dir.join("index"),
        }
    }

    /// # Errors
    /// A corrupt index.
    pub fn index(&self) -> Outcome<Index> {
        Index::read(&self.index_path())
    }

    /// Has logs name `action` where a merge or a fetch would name itself.
    pub fn act_for(&self, action: String) {
        let _ = self.reflog_action.set(action);
    }

    /// The clock, read once.
    pub fn now(&self) -> i64 {
        *self.now.get_or_init(|| self.surroundings.now())
    }

    /// Author or committer of what is made now.
    ///
    /// # Errors
    /// git's words when nobody said who it is.
    pub fn signature(&self, role: Role) -> Outcome<Signature> {
        identity::signature(&self.surroundings, &self.config, role)
    }

    /// The committer for a log, which may be nobody in particular.
    fn committer_for_log(&self) -> Outcome<Vec<u8>> {
        let nobody = || Signature {
            name: b"user".to_vec(),
            email: b"user@localhost.(none)".to_vec(),
            seconds: self.now(),
            zone: 0,
        };
        Ok(self
            .signature(Role::Committer)
            .unwrap_or_else(|_| nobody())
            .line())
    }

    /// An object's name at the length this repository abbreviates to (`core.abbrev`, seven digits or more).
    ///
    /// # Errors
    /// A setting that is no number.
    pub fn short(&self, oid: &Oid) -> String {
        self.objects.abbreviate(oid, self.abbreviation_length())
    }

    /// How many digits abbreviated names have at least.
    pub fn abbreviation_length(&self) -> usize {
        match self.config.get("core.abbrev") {
            Some("no" | "off" | "false") => 40,
            Some(number) if number != "auto" => number.parse().unwrap_or(7),
            _ => self.objects.abbreviation_length(),
        }
    }

    /// A word of the command line as a path from the top of the working tree, `..` and `.` resolved.
    ///
    /// # Errors
    /// It leads out of the repository.
    pub fn from_top(&self, word: &str) -> Outcome<Vec<u8>> {
        pathspec::from_top(self, word)
    }

    /// A path from the top as the command line would say it: from the folder git was called in.
    pub fn from_here(&self, path: &[u8]) -> Vec<u8> {
        quote::relative(path, &self.prefix)
    }
}

/// A path's bytes for the system. Names of a machine are UTF-8.
///
/// # Errors
/// They aren't.
pub fn path_of(bytes: &[u8]) -> Outcome<&Path> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Path::new(text)),
        Err(_) => Err(Failure::fatal(format!(
            "unable to create file {}: Illegal byte sequence",
            String::from_utf8_lossy(bytes)
        ))),
    }
}

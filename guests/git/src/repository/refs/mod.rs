//! References: names for objects, loose or packed, and the log of what they named before.

mod name;
mod packed;
mod reflog;
mod update;

use std::fs;
use std::path::{Path, PathBuf};

use super::{Oid, Repository};
use crate::failure::Outcome;
pub use name::{is_valid, shorten};
pub use reflog::LogEntry;
pub use update::Expected;

/// How long a chain of symbolic references may be.
const CHAIN_MAX: usize = 5;

/// What a reference holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Oid(Oid),
    Symbolic(String),
}

/// A reference that was listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The whole name: `refs/heads/main`.
    pub name: String,
    pub oid: Oid,
    /// What it points at when it is symbolic.
    pub symbolic: Option<String>,
}

impl Repository {
    /// What a reference of this whole name holds (`HEAD`, `refs/heads/main`).
    pub fn read_ref(&self, name: &str) -> Option<Target> {
        match fs::read(self.ref_path(name)) {
            Ok(bytes) => parse(&bytes),
            Err(_) => packed::find(self.common_dir(), name).map(Target::Oid),
        }
    }

    /// The object that a reference names in the end; `None` when there is none, or not yet.
    pub fn resolve_ref(&self, name: &str) -> Option<Oid> {
        self.follow_ref(name).1
    }

    /// The last name of a chain of symbolic references, and the object it names.
    pub fn follow_ref(&self, name: &str) -> (String, Option<Oid>) {
        let mut name = name.to_owned();
        for _ in 0..CHAIN_MAX {
            match self.read_ref(&name) {
                Some(Target::Symbolic(next)) => name = next,
                Some(Target::Oid(oid)) => return (name, Some(oid)),
                None => return (name, None),
            }
        }
        (name, None)
    }

    /// The commit that is checked out; `None` before the first one.
    pub fn head(&self) -> Option<Oid> {
        self.resolve_ref("HEAD")
    }

    /// The whole name of the branch that is checked out; `None` when HEAD is detached.
    pub fn head_ref(&self) -> Option<String> {
        match self.read_ref("HEAD") {
            Some(Target::Symbolic(name)) => Some(name),
            _ => None,
        }
    }

    /// The branch that is checked out, without `refs/heads/`.
    pub fn head_branch(&self) -> Option<String> {
        self.head_ref()?
            .strip_prefix("refs/heads/")
            .map(str::to_owned)
    }

    /// All references whose names begin like this (`refs/heads/`, `refs/`), by name. Those that name nothing are left out.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub fn refs(&self, prefix: &str) -> Outcome<Vec<Reference>> {
        let mut names: Vec<String> = packed::all(self.common_dir())
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        collect(&self.common_dir().join("refs"), "refs", &mut names);
        names.sort();
        names.dedup();
        let found = names
            .into_iter()
            .filter(|name| name.starts_with(prefix))
            .filter_map(|name| {
                let symbolic = match self.read_ref(&name)? {
                    Target::Symbolic(target) => Some(target),
                    Target::Oid(_) => None,
                };
                let oid = self.resolve_ref(&name)?;
                Some(Reference {
                    name,
                    oid,
                    symbolic,
                })
            });
        Ok(found.collect())
    }

    /// What an annotated tag stands for, as far as `packed-refs` or the objects tell: the object behind all tags.
    ///
    /// # Errors
    /// An object that can't be read.
    pub fn peel(&self, oid: &Oid) -> Outcome<Oid> {
        let mut oid = *oid;
        loop {
            let object = self.objects().read(&oid)?;
            if object.kind != super::Kind::Tag {
                return Ok(oid);
            }
            match super::Tag::parse(&object.data) {
                Some(tag) => oid = tag.object,
                None => return Ok(oid),
            }
        }
    }

    /// Where a loose reference would be.
    pub fn ref_path(&self, name: &str) -> PathBuf {
        match name.starts_with("refs/") && !name.starts_with("refs/bisect/") {
            true => self.common_dir().join(name),
            false => self.git_dir().join(name),
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Target> {
    let text = String::from_utf8_lossy(bytes);
    if let Some(name) = text.strip_prefix("ref:") {
        return Some(Target::Symbolic(name.trim().to_owned()));
    }
    let digits = text.get(..40)?;
    let ends = text[40..].is_empty() || text[40..].starts_with(char::is_whitespace);
    Oid::parse(digits.as_bytes())
        .filter(|_| ends)
        .map(Target::Oid)
}

/// The names of the files below a folder.
fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), &name, names),
            Ok(_) if !name.ends_with(".lock") => names.push(name),
            _ => {}
        }
    }
}

//! What differs between two sets of files: trees, the index, the working tree.

mod compare;
mod outside;
mod rename;
mod similar;

use std::cell::OnceCell;
use std::rc::Rc;

use isobox_guest::stat::stat;

use crate::failure::{Failure, Outcome};
use crate::repository::attributes::Value;
use crate::repository::worktree::{Converter, content_of};
use crate::repository::{Kind, Oid, Repository, mode, path_of};

pub use compare::{files, folders, index_to_worktree, tree_to_index, tree_to_worktree, trees};
pub use outside::{between as outside, content as outside_content};
pub use rename::{Detection, SCORE_MAX, detect};

/// Where a file's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Object,
    /// The working tree; the name of the object isn't known.
    Disk,
    /// A file outside any repository, by the name it is shown under.
    Outside,
}

/// One side of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: Vec<u8>,
    pub mode: u32,
    /// Zero for files of the working tree.
    pub oid: Oid,
    pub place: Place,
}

impl File {
    pub fn stored(path: &[u8], mode: u32, oid: Oid) -> Self {
        Self {
            path: path.to_vec(),
            mode,
            oid,
            place: Place::Object,
        }
    }

    pub fn on_disk(path: &[u8], mode: u32) -> Self {
        Self {
            path: path.to_vec(),
            mode,
            oid: Oid::ZERO,
            place: Place::Disk,
        }
    }

    pub fn is_regular(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }
}

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Added,
    Deleted,
    Modified,
    TypeChanged,
    Renamed,
    Copied,
    Unmerged,
    /// Only looked at as a source of copies.
    Same,
}

impl Status {
    pub fn letter(self) -> char {
        match self {
            Self::Added => 'A',
            Self::Deleted => 'D',
            Self::Modified => 'M',
            Self::TypeChanged => 'T',
            Self::Renamed => 'R',
            Self::Copied => 'C',
            Self::Unmerged => 'U',
            Self::Same => ' ',
        }
    }
}

/// A path that differs, or two for renames.
#[derive(Clone, Debug)]
pub struct Pair {
    pub old: Option<File>,
    pub new: Option<File>,
    pub status: Status,
    /// How similar, of [`SCORE_MAX`].
    pub score: u32,
}

impl Pair {
    pub fn new(old: Option<File>, new: Option<File>) -> Self {
        let status = match (&old, &new) {
            (Some(old), Some(new)) if (old.mode ^ new.mode) & 0o170_000 != 0 => Status::TypeChanged,
            (Some(_), Some(_)) => Status::Modified,
            (Some(_), None) => Status::Deleted,
            _ => Status::Added,
        };
        Self {
            old,
            new,
            status,
            score: 0,
        }
    }

    pub fn unmerged(path: &[u8]) -> Self {
        let file = File::stored(path, 0, Oid::ZERO);
        Self {
            old: Some(file.clone()),
            new: Some(file),
            status: Status::Unmerged,
            score: 0,
        }
    }

    pub fn same(file: File) -> Self {
        Self {
            old: Some(file.clone()),
            new: Some(file),
            status: Status::Same,
            score: 0,
        }
    }

    /// The path it is sorted and shown under.
    pub fn path(&self) -> &[u8] {
        self.new
            .as_ref()
            .or(self.old.as_ref())
            .map_or(b"", |file| &file.path)
    }

    pub fn old_path(&self) -> &[u8] {
        self.old
            .as_ref()
            .or(self.new.as_ref())
            .map_or(b"", |file| &file.path)
    }

    /// The pair as `-R` shows it.
    pub fn reversed(self) -> Self {
        let status = match self.status {
            Status::Added => Status::Deleted,
            Status::Deleted => Status::Added,
            status => status,
        };
        Self {
            old: self.new,
            new: self.old,
            status,
            score: self.score,
        }
    }
}

/// Where the bytes of files come from: a repository and its working tree, or the system's files.
pub struct Source<'a> {
    pub repository: Option<&'a Repository>,
    converter: OnceCell<Converter>,
}

impl<'a> Source<'a> {
    pub fn of(repository: &'a Repository) -> Self {
        Self {
            repository: Some(repository),
            converter: OnceCell::new(),
        }
    }

    /// Without a repository.
    pub fn outside() -> Self {
        Self {
            repository: None,
            converter: OnceCell::new(),
        }
    }

    /// What converts between files and objects.
    pub fn converter(&self, repository: &Repository) -> &Converter {
        self.converter.get_or_init(|| Converter::new(repository))
    }

    /// Whether a file is no text: by its attributes, or its bytes.
    pub fn is_binary(&self, path: &[u8], bytes: &[u8]) -> bool {
        let Some(repository) = self.repository else {
            return is_binary(bytes);
        };
        match self.converter(repository).attributes().get(path, "diff") {
            Value::Set | Value::Text(_) => false,
            Value::Unset => true,
            Value::Unspecified => is_binary(bytes),
        }
    }
}

/// The bytes of a file, as a repository would store them.
///
/// # Errors
/// An object or a file that can't be read.
pub fn content(source: &Source, file: &File) -> Outcome<Rc<Vec<u8>>> {
    match (file.place, source.repository) {
        _ if file.mode == mode::SUBMODULE => Ok(Rc::new(
            format!("Subproject commit {}\n", file.oid).into_bytes(),
        )),
        (Place::Object, Some(repository)) => {
            let object = repository.objects().read_kind(&file.oid, Kind::Blob)?;
            Ok(Rc::new(object.data.clone()))
        }
        (Place::Disk, Some(repository)) => on_disk(repository, source.converter(repository), file),
        _ => outside_content(file),
    }
}

fn on_disk(repository: &Repository, converter: &Converter, file: &File) -> Outcome<Rc<Vec<u8>>> {
    let name = String::from_utf8_lossy(&file.path);
    let found = stat(path_of(&file.path)?, false)
        .map_err(|error| Failure::system(format!("could not open '{name}'"), &error))?;
    let stored = (!file.oid.is_zero()).then_some(&file.oid);
    Ok(Rc::new(content_of(
        repository, converter, &file.path, &found, stored,
    )?))
}

/// The name of a file's object, computed when it isn't known.
///
/// # Errors
/// As [`content`].
pub fn object_name(source: &Source, file: &File) -> Outcome<Oid> {
    let is_input = file.place == Place::Outside && file.path == b"-";
    if file.place == Place::Object || file.mode == mode::SUBMODULE || is_input {
        return Ok(file.oid);
    }
    Ok(Oid::of("blob", &content(source, file)?))
}

/// Whether bytes are no text: a NUL is among the first 8,000.
pub fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some()
}

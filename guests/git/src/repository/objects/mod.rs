//! The objects of a repository: what they hold, and where they are.

mod loose;
mod model;
mod pack;
mod zlib;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::Oid;
use crate::failure::{Failure, Outcome};
pub use loose::loose_path;
pub use model::{Commit, Kind, Object, Tag, TreeEntries, TreeEntry, mode, subject, tree_order};
use pack::Pack;

/// How many bytes of objects are kept at hand.
const CACHE_BYTES: usize = 32 << 20;

/// Where objects are read from and written to.
pub struct Objects {
    folder: PathBuf,
    packs: OnceCell<Vec<Pack>>,
    alternates: OnceCell<Vec<Objects>>,
    cache: RefCell<Cache>,
}

#[derive(Default)]
struct Cache {
    objects: HashMap<Oid, Rc<Object>>,
    bytes: usize,
}

impl Objects {
    pub fn at(folder: PathBuf) -> Self {
        Self {
            folder,
            packs: OnceCell::new(),
            alternates: OnceCell::new(),
            cache: RefCell::default(),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The object of this name; `None` when there is none.
    ///
    /// # Errors
    /// git's words for an object that is corrupt.
    pub fn find(&self, oid: &Oid) -> Outcome<Option<Rc<Object>>> {
        if let Some(object) = self.cache.borrow().objects.get(oid) {
            return Ok(Some(object.clone()));
        }
        let Some(object) = self.load(oid)? else {
            return Ok(None);
        };
        let object = Rc::new(object);
        self.remember(*oid, &object);
        Ok(Some(object))
    }

    /// The object of this name, which must be there.
    ///
    /// # Errors
    /// `fatal: unable to read …` when it isn't.
    pub fn read(&self, oid: &Oid) -> Outcome<Rc<Object>> {
        self.find(oid)?
            .ok_or_else(|| Failure::fatal(format!("unable to read {oid}")))
    }

    /// The object, when it is of this kind.
    ///
    /// # Errors
    /// It is missing or of another kind.
    pub fn read_kind(&self, oid: &Oid, kind: Kind) -> Outcome<Rc<Object>> {
        let object = self.read(oid)?;
        if object.kind == kind {
            return Ok(object);
        }
        Err(Failure::error(
            128,
            format!("object {oid} is a {}, not a {kind}", object.kind),
        ))
    }

    /// # Errors
    /// It is missing, or no commit.
    pub fn commit(&self, oid: &Oid) -> Outcome<Commit> {
        let object = self.read_kind(oid, Kind::Commit)?;
        Commit::parse(&object.data)
            .ok_or_else(|| Failure::fatal(format!("could not parse commit {oid}")))
    }

    /// The entries of a tree, in its order.
    ///
    /// # Errors
    /// It is missing, or no tree.
    pub fn tree(&self, oid: &Oid) -> Outcome<Vec<TreeEntry>> {
        if *oid == Oid::EMPTY_TREE {
            return Ok(Vec::new());
        }
        let object = self.read_kind(oid, Kind::Tree)?;
        TreeEntries::of(&object.data)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Failure::fatal(format!("corrupt tree file {oid}")))
    }

    /// Whether there is such an object.
    pub fn has(&self, oid: &Oid) -> bool {
        *oid == Oid::EMPTY_TREE
            || self.cache.borrow().objects.contains_key(oid)
            || self.packs().iter().any(|pack| pack.position(oid).is_some())
            || loose::exists(&self.folder, oid)
            || self.alternates().iter().any(|one| one.has(oid))
    }

    /// Writes an object, unless it is there.
    ///
    /// # Errors
    /// What writing says.
    pub fn write(&self, kind: Kind, data: &[u8]) -> Outcome<Oid> {
        let oid = Oid::of(kind.name(), data);
        if oid == Oid::EMPTY_TREE && !loose::exists(&self.folder, &oid) || !self.has(&oid) {
            loose::write(&self.folder, &oid, kind, data)?;
        }
        Ok(oid)
    }

    /// The names of all objects that begin with these digits, sorted.
    pub fn with_prefix(&self, digits: &str) -> Vec<Oid> {
        let mut found = loose::with_prefix(&self.folder, digits);
        for pack in self.packs() {
            found.extend(pack.with_prefix(digits));
        }
        for one in self.alternates() {
            found.extend(one.with_prefix(digits));
        }
        found.sort();
        found.dedup();
        found
    }

    /// The shortest digits, of `length` at least, that name this object and no other.
    pub fn abbreviate(&self, oid: &Oid, length: usize) -> String {
        let hex = oid.hex();
        let length = length.clamp(4, 40);
        let others = self.with_prefix(&hex[..length]);
        let shared = |other: &Oid| {
            let other = other.hex();
            hex.bytes()
                .zip(other.bytes())
                .take_while(|(a, b)| a == b)
                .count()
        };
        let needed = others
            .iter()
            .filter(|other| *other != oid)
            .map(|other| shared(other) + 1)
            .max();
        hex[..needed.unwrap_or(0).max(length).min(40)].to_owned()
    }

    /// The length that git chooses for abbreviated names: seven, and more in a repository of many objects.
    pub fn abbreviation_length(&self) -> usize {
        let packed: usize = self.packs().iter().map(Pack::len).sum();
        let bits = usize::BITS - packed.leading_zeros();
        (bits.div_ceil(2) as usize).max(7)
    }

    /// Every loose object.
    pub fn loose(&self) -> Vec<Oid> {
        loose::with_prefix(&self.folder, "")
    }

    /// The packs' files (`.pack`) and the objects they hold.
    pub fn packed(&self) -> Vec<(PathBuf, Vec<Oid>)> {
        self.packs()
            .iter()
            .map(|pack| (pack.path().to_owned(), pack.with_prefix("")))
            .collect()
    }

    /// Where other objects are, as `info/alternates` says.
    pub fn alternates(&self) -> &[Objects] {
        self.alternates.get_or_init(|| {
            let list =
                std::fs::read_to_string(self.folder.join("info/alternates")).unwrap_or_default();
            list.lines()
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(|line| Objects::at(self.folder.join(line)))
                .collect()
        })
    }

    fn packs(&self) -> &[Pack] {
        self.packs.get_or_init(|| pack::all(&self.folder))
    }

    fn load(&self, oid: &Oid) -> Outcome<Option<Object>> {
        for pack in self.packs() {
            if let Some(object) = pack.read(oid, self)? {
                return Ok(Some(object));
            }
        }
        if let Some(object) = loose::read(&self.folder, oid)? {
            return Ok(Some(object));
        }
        for one in self.alternates() {
            if let Some(object) = one.load(oid)? {
                return Ok(Some(object));
            }
        }
        let empty = || Object {
            kind: Kind::Tree,
            data: Vec::new(),
        };
        Ok((*oid == Oid::EMPTY_TREE).then(empty))
    }

    fn remember(&self, oid: Oid, object: &Rc<Object>) {
        let mut cache = self.cache.borrow_mut();
        if object.data.len() > CACHE_BYTES / 4 {
            return;
        }
        if cache.bytes + object.data.len() > CACHE_BYTES {
            *cache = Cache::default();
        }
        cache.bytes += object.data.len();
        cache.objects.insert(oid, object.clone());
    }
}

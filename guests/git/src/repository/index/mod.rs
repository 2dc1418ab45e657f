//! The index: what the next commit will hold, and what the files were like when they were added.

mod format;
mod stat;

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use isobox_guest::stat::Time;

use super::lock::{self, Lock};
use super::{Oid, mode};
use crate::failure::{Failure, Outcome};
pub use stat::{StatData, index_mode};

/// One path of the index. A path in conflict has up to three, of stages 1 to 3: the base, ours, theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: Vec<u8>,
    pub stage: u8,
    pub mode: u32,
    pub oid: Oid,
    pub stat: StatData,
    pub assume_unchanged: bool,
    pub skip_worktree: bool,
    pub intent_to_add: bool,
}

impl Entry {
    /// An entry without stat data: it will be compared with its file when next looked at.
    pub fn new(path: &[u8], mode: u32, oid: Oid) -> Self {
        Self {
            path: path.to_vec(),
            stage: 0,
            mode,
            oid,
            stat: StatData::default(),
            assume_unchanged: false,
            skip_worktree: false,
            intent_to_add: false,
        }
    }

    pub fn at_stage(mut self, stage: u8) -> Self {
        self.stage = stage;
        self
    }

    fn order(&self, path: &[u8], stage: u8) -> Ordering {
        self.path[..].cmp(path).then(self.stage.cmp(&stage))
    }
}

/// All entries, sorted by path and stage.
#[derive(Clone, Debug, Default)]
pub struct Index {
    file: PathBuf,
    entries: Vec<Entry>,
    /// When the file was written: entries as young as that may have changed unseen.
    written: Option<Time>,
}

impl Index {
    /// Reads an index; a file that isn't there is an empty one.
    ///
    /// # Errors
    /// git's words for one that is corrupt.
    pub fn read(file: &Path) -> Outcome<Index> {
        let mut index = Index {
            file: file.to_owned(),
            ..Index::default()
        };
        match std::fs::read(file) {
            Ok(bytes) => {
                index.written = isobox_guest::stat::stat(file, true)
                    .ok()
                    .map(|stat| stat.modified);
                index.entries = format::parse(&bytes)?;
                Ok(index)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(index),
            Err(error) => Err(Failure::system(
                format!("{}: index file open failed", file.display()),
                &error,
            )),
        }
    }

    /// Writes it in place of the one that was read.
    ///
    /// # Errors
    /// Another process has the lock; what writing says.
    pub fn write(&mut self) -> Outcome<()> {
        self.smudge_racy();
        lock::replace(&self.file, &format::bytes(&self.entries))
    }

    /// Takes the lock first: what commands do that change files meanwhile.
    ///
    /// # Errors
    /// Another process has it.
    pub fn lock(&self) -> Outcome<Lock> {
        Lock::take(&self.file)
    }

    /// Writes it under a lock that is held.
    ///
    /// # Errors
    /// What writing says.
    pub fn write_locked(&mut self, lock: Lock) -> Outcome<()> {
        self.smudge_racy();
        lock.commit(&format::bytes(&self.entries))
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    /// When the index was last written.
    pub fn written(&self) -> Option<Time> {
        self.written
    }

    /// The entry of a path that is not in conflict.
    pub fn get(&self, path: &[u8]) -> Option<&Entry> {
        self.at_stage(path, 0)
    }

    pub fn at_stage(&self, path: &[u8], stage: u8) -> Option<&Entry> {
        self.place(path, stage).ok().map(|at| &self.entries[at])
    }

    /// All entries of a path: one, or the stages of a conflict.
    pub fn stages(&self, path: &[u8]) -> &[Entry] {
        let from = self.entries.partition_point(|entry| entry.path[..] < *path);
        let count = self.entries[from..]
            .iter()
            .take_while(|entry| entry.path == path)
            .count();
        &self.entries[from..from + count]
    }

    /// All entries below a folder (without its slash).
    pub fn below(&self, folder: &[u8]) -> &[Entry] {
        let start = [folder, b"/"].concat();
        let from = self.entries.partition_point(|entry| entry.path < start);
        let end = self.entries[from..].partition_point(|entry| entry.path.starts_with(&start));
        &self.entries[from..from + end]
    }

    /// Adds an entry in place of those of its path, of other stages too when it is of stage 0, and of files where it needs a
    /// folder or below it.
    pub fn add(&mut self, entry: Entry) {
        match self.place(&entry.path, entry.stage) {
            Ok(at) if entry.stage == 0 && self.stages(&entry.path).len() == 1 => {
                self.entries[at] = entry;
                return;
            }
            Ok(at) if entry.stage != 0 => {
                self.entries[at] = entry;
                return;
            }
            _ => {}
        }
        if entry.stage == 0 {
            self.remove(&entry.path);
        } else if let Ok(at) = self.place(&entry.path, 0) {
            self.entries.remove(at);
        }
        self.make_room(&entry.path, entry.stage);
        let at = self.place(&entry.path, entry.stage).unwrap_or_else(|at| at);
        self.entries.insert(at, entry);
    }

    /// Removes a path with all its stages; whether it was there.
    pub fn remove(&mut self, path: &[u8]) -> bool {
        let from = self.entries.partition_point(|entry| entry.path[..] < *path);
        let count = self.entries[from..]
            .iter()
            .take_while(|entry| entry.path == path)
            .count();
        self.entries.drain(from..from + count);
        count > 0
    }

    /// Keeps the entries that `keep` wants.
    pub fn retain(&mut self, keep: impl FnMut(&Entry) -> bool) {
        self.entries.retain(keep);
    }

    /// Puts all entries in place of those there are, in any order.
    pub fn replace_all(&mut self, mut entries: Vec<Entry>) {
        entries.sort_by(|a, b| a.order(&b.path, b.stage));
        self.entries = entries;
    }

    /// Whether some path is in conflict.
    pub fn has_conflicts(&self) -> bool {
        self.entries.iter().any(|entry| entry.stage != 0)
    }

    fn place(&self, path: &[u8], stage: u8) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|entry| entry.order(path, stage))
    }

    /// A file and a folder can't have one name, within a stage.
    fn make_room(&mut self, path: &[u8], stage: u8) {
        for (at, byte) in path.iter().enumerate() {
            if *byte == b'/'
                && let Ok(found) = self.place(&path[..at], stage)
            {
                self.entries.remove(found);
            }
        }
        if !self.below(path).is_empty() {
            let start = [path, b"/"].concat();
            self.entries
                .retain(|entry| entry.stage != stage || !entry.path.starts_with(&start));
        }
    }

    /// A file that was changed after it was added, in the same tick of the clock, would look clean from now on: its size is
    /// forgotten, so that it is compared again. git does the same for entries that are as young as the index was.
    fn smudge_racy(&mut self) {
        let Some(written) = self.written else { return };
        for entry in &mut self.entries {
            let young =
                entry.stage == 0 && !entry.stat.is_older_than(written) && entry.stat.size != 0;
            if young && entry.mode != mode::SUBMODULE && stat::changed_behind(entry) {
                entry.stat.size = 0;
            }
        }
    }
}

//! What a patch writes in the end. All its operations are tried in memory first, each on what those before it made; only
//! then is anything written, and what was written is taken back when something of it fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use isobox_guest::stat::{Kind, stat};

use super::{Dialect, Operation, hunks};
use crate::files::{self, FILE_BYTES_MAX};

/// The files of a patch as they shall be, by path: text, or gone.
pub struct Plan {
    dialect: Dialect,
    files: BTreeMap<String, Option<String>>,
}

impl Plan {
    pub fn new(dialect: Dialect) -> Self {
        Plan {
            dialect,
            files: BTreeMap::new(),
        }
    }

    /// Adds an operation.
    ///
    /// # Errors
    /// In words, when it cannot be done.
    pub fn add(&mut self, operation: &Operation) -> Result<(), String> {
        match operation {
            Operation::Create { path, content } => self.create(path, content),
            Operation::Delete { path } => self.delete(path),
            Operation::Update {
                path,
                move_to,
                hunks,
            } => {
                let before = self.content(path)?;
                let after = hunks::apply(&before, hunks, path, self.dialect)?;
                if let Some(to) = move_to {
                    self.check_target(to)?;
                    self.files.insert(path.clone(), None);
                }
                let target = move_to.as_ref().unwrap_or(path);
                self.files.insert(target.clone(), Some(after));
                Ok(())
            }
        }
    }

    fn create(&mut self, path: &str, content: &str) -> Result<(), String> {
        let is_there = match self.files.get(path) {
            Some(planned) => planned.is_some(),
            None => files::exists(path),
        };
        if is_there && self.dialect == Dialect::Operation {
            return Err(format!(
                "apply_patch cannot create {path} because it already exists. Use an update_file operation to change an \
                 existing file."
            ));
        }
        self.check_target(path)?;
        self.files.insert(path.to_owned(), Some(content.to_owned()));
        Ok(())
    }

    fn delete(&mut self, path: &str) -> Result<(), String> {
        let words = |reason: &str| format!("Failed to delete file {path}: {reason}");
        match self.files.get(path) {
            Some(Some(_)) => {}
            Some(None) => return Err(words("No such file or directory")),
            None => match stat(Path::new(path), false) {
                Ok(stat) if stat.kind == Kind::Directory => return Err(words("Is a directory")),
                Ok(_) => {}
                Err(error) => return Err(words(&isobox_guest::plain(&error))),
            },
        }
        self.files.insert(path.to_owned(), None);
        Ok(())
    }

    /// A file as the operations before this one leave it.
    fn content(&self, path: &str) -> Result<String, String> {
        let words = |reason: &str| format!("Failed to read file to update {path}: {reason}");
        match self.files.get(path) {
            Some(Some(content)) => Ok(content.clone()),
            Some(None) => Err(words("no such file or directory")),
            None => {
                files::load(path, FILE_BYTES_MAX).map_err(|trouble| words(&trouble.to_string()))
            }
        }
    }

    /// Whether a file can be put at a path.
    fn check_target(&self, path: &str) -> Result<(), String> {
        if path.is_empty() {
            return Err("Failed to write file: the path is empty".to_owned());
        }
        match stat(Path::new(path), true) {
            Ok(stat) if stat.kind != Kind::Regular => {
                Err(format!("Failed to write file {path}: not a regular file"))
            }
            _ => Ok(()),
        }
    }

    /// Writes everything, then deletes.
    ///
    /// # Errors
    /// In words; everything is then as it was.
    pub fn carry_out(&self) -> Result<(), String> {
        let mut written: Vec<(&str, Option<Vec<u8>>)> = Vec::new();
        // One file alone is there or not: there is nothing to take back.
        let is_one = self.files.len() == 1;
        for (path, content) in &self.files {
            let Some(content) = content else {
                continue;
            };
            let before = (!is_one).then(|| files::regular(path).ok()).flatten();
            let before = before.and_then(|stat| files::load_bytes(path, &stat).ok());
            if let Err(trouble) = files::store(path, content.as_bytes()) {
                take_back(&written);
                return Err(format!("Failed to write file {path}: {trouble}"));
            }
            written.push((path, before));
        }
        let gone = self.files.iter().filter(|(_, content)| content.is_none());
        for (path, _) in gone {
            match fs::remove_file(path) {
                // A file that the patch itself made and deleted was never there.
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    take_back(&written);
                    let words = isobox_guest::plain(&error);
                    return Err(format!("Failed to delete file {path}: {words}"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn take_back(written: &[(&str, Option<Vec<u8>>)]) {
    for (path, before) in written {
        // What was just written can be written again.
        let _ = match before {
            Some(before) => files::store(path, before).is_ok(),
            None => fs::remove_file(path).is_ok(),
        };
    }
}

//! Files that are replaced as a whole, under a lock that other gits honour.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// A file that will take another's place: `NAME.lock`, made so that only one process has it.
pub struct Lock {
    path: PathBuf,
    lock: PathBuf,
    done: bool,
}

impl Lock {
    /// Takes the lock.
    ///
    /// # Errors
    /// git's words when another process has it.
    pub fn take(path: &Path) -> Outcome<Lock> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let lock = PathBuf::from(name);
        match fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&lock)
        {
            Ok(_) => Ok(Lock {
                path: path.to_owned(),
                lock,
                done: false,
            }),
            Err(error) => Err(Failure::fatal(taken(&lock, &error))),
        }
    }

    /// Writes the contents and puts them in place.
    ///
    /// # Errors
    /// What writing says.
    pub fn commit(mut self, contents: &[u8]) -> Outcome<()> {
        let written = fs::File::create(&self.lock)
            .and_then(|mut file| file.write_all(contents))
            .and_then(|()| fs::rename(&self.lock, &self.path));
        self.done = written.is_ok();
        written.map_err(|error| {
            Failure::system(format!("unable to write '{}'", self.path.display()), &error)
        })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.done {
            forget(&self.lock);
        }
    }
}

/// Removes a file that may not be there.
pub fn forget(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Replaces a file as a whole.
///
/// # Errors
/// Another process has the lock; what writing says.
pub fn replace(path: &Path, contents: &[u8]) -> Outcome<()> {
    if let Some(parent) = path.parent() {
        let _ = fs::create_dir_all(parent);
    }
    Lock::take(path)?.commit(contents)
}

fn taken(lock: &Path, error: &io::Error) -> String {
    let reason = crate::failure::reason(error);
    let first = format!("Unable to create '{}': {reason}.", lock.display());
    if error.kind() != io::ErrorKind::AlreadyExists {
        return first;
    }
    format!(
        "{first}\n\nAnother git process seems to be running in this repository, e.g.\nan editor opened by 'git commit'. Please make sure all processes\n\
         are terminated then try again. If it still fails, a git process\nmay have crashed in this repository earlier:\nremove the file manually to continue."
    )
}

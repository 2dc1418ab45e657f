//! What every command is handed: its surroundings, its output, and the repository once it asks for it.

use std::cell::OnceCell;
use std::io::Write as _;
use std::rc::Rc;

use gnu::stream::Output;

use crate::failure::{Failure, Outcome};
use crate::repository::{Config, Repository, Surroundings};

/// One run of git.
pub struct Git {
    /// The name of the command, an alias resolved.
    pub command: String,
    /// What was said before the command's name, and the environment.
    pub surroundings: Surroundings,
    /// Standard output. Flushed when the command ends, and by [`Git::warn`] before it writes to standard error.
    pub out: Output,
    repository: OnceCell<Rc<Repository>>,
}

impl Git {
    pub fn new(surroundings: Surroundings) -> Self {
        Self {
            command: String::new(),
            surroundings,
            out: Output::stdout(),
            repository: OnceCell::new(),
        }
    }

    /// The repository that holds the current directory. The first call discovers it and goes to the top of its working tree.
    ///
    /// # Errors
    /// git's words when there is none.
    pub fn repository(&self) -> Outcome<Rc<Repository>> {
        if let Some(found) = self.repository.get() {
            if let Some(top) = found.worktree() {
                std::env::set_current_dir(top)?;
            }
            return Ok(found.clone());
        }
        let found = Rc::new(Repository::discover(&self.surroundings)?);
        Ok(self.repository.get_or_init(|| found).clone())
    }

    /// The repository, when it has a working tree; else git's `this operation must be run in a work tree`.
    ///
    /// # Errors
    /// No repository, no working tree.
    pub fn repository_with_worktree(&self) -> Outcome<Rc<Repository>> {
        let repository = self.repository()?;
        match repository.worktree() {
            Some(_) => Ok(repository),
            None => Err(Failure::fatal("this operation must be run in a work tree")),
        }
    }

    /// Settings outside any repository, or the repository's when there is one.
    ///
    /// # Errors
    /// A settings file that cannot be read.
    pub fn config(&self) -> Outcome<Config> {
        match self.repository() {
            Ok(repository) => Ok(repository.config().clone()),
            Err(_) => Config::outside(&self.surroundings),
        }
    }

    /// Writes a line to standard error, after all that standard output still holds.
    pub fn warn(&mut self, line: impl AsRef<str>) {
        let _ = self.out.flush();
        eprintln!("{}", line.as_ref());
    }
}

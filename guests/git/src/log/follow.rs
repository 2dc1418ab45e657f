//! `--follow`: one file through its renames.

use crate::changes::{Detection, Pair, Source, Status, detect, trees};
use crate::failure::Outcome;
use crate::repository::pathspec::Pathspec;
use crate::repository::{Oid, Repository};

/// The file, under the name it has in the commits that come next.
pub struct Follow {
    pub path: Vec<u8>,
}

impl Follow {
    /// What a commit changed of the file; the name goes back with a rename.
    ///
    /// # Errors
    /// A tree that can't be read.
    pub fn pairs(
        &mut self,
        source: &Source,
        repository: &Repository,
        old: &Oid,
        new: &Oid,
    ) -> Outcome<Vec<Pair>> {
        let all = Pathspec::default();
        let pairs = trees(repository, old, new, &all, false)?;
        let mut own: Vec<Pair> = pairs
            .iter()
            .filter(|pair| pair.path() == self.path)
            .cloned()
            .collect();
        if own.iter().any(|pair| pair.status == Status::Added) {
            let detection = Detection {
                copies: true,
                ..Detection::default()
            };
            let mut only: Vec<Pair> = pairs
                .into_iter()
                .filter(|pair| pair.old.is_some() || pair.path() == self.path)
                .collect();
            only = detect(source, only, detection)?;
            own = only
                .into_iter()
                .filter(|pair| pair.path() == self.path)
                .collect();
            if let Some(pair) = own
                .iter()
                .find(|pair| matches!(pair.status, Status::Renamed | Status::Copied))
            {
                self.path = pair.old_path().to_vec();
            }
        }
        Ok(own)
    }
}

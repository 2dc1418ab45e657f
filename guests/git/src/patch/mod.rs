//! Patches: read from text, and applied to text.

mod apply;
pub mod binary;
mod header;
mod hunk;
mod names;
mod parse;

pub use apply::{Applied, Matching, Rejected, apply};
pub use hunk::Hunk;
pub use parse::{Reading, parse};

use crate::repository::Oid;

/// What a patch does to one file.
#[derive(Clone, Debug, Default)]
pub struct FilePatch {
    pub old_name: Option<Vec<u8>>,
    pub new_name: Option<Vec<u8>>,
    pub old_mode: Option<u32>,
    pub new_mode: Option<u32>,
    /// `None` for patches that don't tell.
    pub creates: Option<bool>,
    pub deletes: Option<bool>,
    pub renames: bool,
    pub copies: bool,
    pub score: u32,
    pub old_oid: Option<String>,
    pub new_oid: Option<String>,
    pub hunks: Vec<Hunk>,
    pub binary: bool,
    /// The literal contents a binary patch makes, and those it undoes.
    pub forward: Option<Binary>,
    pub backward: Option<Binary>,
    /// Whether names are seen from the top of the working tree, as git's own patches have them.
    pub from_top: bool,
}

/// One direction of a binary patch, still packed.
#[derive(Clone, Debug)]
pub struct Binary {
    pub literal: bool,
    pub size: usize,
    pub packed: Vec<u8>,
}

impl FilePatch {
    /// The name it is spoken of by.
    pub fn name(&self) -> &[u8] {
        self.old_name
            .as_deref()
            .or(self.new_name.as_deref())
            .unwrap_or_default()
    }

    /// Puts a folder in front of its names.
    pub fn below(&mut self, folder: &[u8]) {
        for name in [&mut self.old_name, &mut self.new_name]
            .into_iter()
            .flatten()
        {
            *name = [folder, name].concat();
        }
    }

    pub fn is_new(&self) -> bool {
        self.creates == Some(true)
    }

    pub fn is_delete(&self) -> bool {
        self.deletes == Some(true)
    }

    /// Lines added and removed.
    pub fn counts(&self) -> (usize, usize) {
        let lines = || self.hunks.iter().flat_map(|hunk| &hunk.lines);
        (
            lines().filter(|line| line.sign == b'+').count(),
            lines().filter(|line| line.sign == b'-').count(),
        )
    }

    /// What undoes it.
    pub fn reverse(&mut self) {
        std::mem::swap(&mut self.old_name, &mut self.new_name);
        std::mem::swap(&mut self.old_mode, &mut self.new_mode);
        std::mem::swap(&mut self.creates, &mut self.deletes);
        std::mem::swap(&mut self.old_oid, &mut self.new_oid);
        std::mem::swap(&mut self.forward, &mut self.backward);
        self.hunks.iter_mut().for_each(Hunk::reverse);
    }

    /// The full names of the objects, when the patch tells them.
    pub fn full_names(&self) -> Option<(Oid, Oid)> {
        let parse = |text: &Option<String>| Oid::parse(text.as_ref()?.as_bytes());
        Some((parse(&self.old_oid)?, parse(&self.new_oid)?))
    }
}

//! Merging: of texts, of trees, and of whole histories with several ancestors.

mod ancestor;
mod finish;
mod paths;
pub mod text;
mod trees;

pub use ancestor::merge_commits;
pub use finish::{Begun, begin};
pub use trees::{Labels, Merge, merge_trees};

//! The file tree: what a guest's paths lead to.
//!
//! [`Tree`] is persistent: cloning it is O(1), and a clone shares everything until one of the two changes.
//! Inodes stand in a table (`sparse`), a directory's names in an ordered map (`entries`), a file's bytes
//! in chunks (`content`); each of the three knows its Merkle digest and recomputes only what changed.

mod changes;
mod content;
mod entries;
mod inode;
mod names;
mod path;
mod sparse;
mod tree;
mod view;

pub use changes::{Change, ChangeKind, Changes, changes};
pub use content::Content;
pub use entries::Entries;
pub use inode::{FileType, InodeNumber, Kind, Pinned, PinnedSource, Times};
pub use names::OpenHow;
pub use path::FollowLast;
pub use tree::{NewTime, Stat, Tree, TreeLimits};
pub use view::{view_name, view_number};

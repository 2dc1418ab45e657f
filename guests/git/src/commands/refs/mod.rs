//! Commands that list references and change them.

mod atoms;
mod branch;
mod for_each_ref;
mod list;
mod show_ref;
mod tag;
mod update;

pub use branch::branch;
pub use for_each_ref::for_each_ref;
pub use show_ref::show_ref;
pub use tag::tag;
pub use update::{symbolic_ref, update_ref};

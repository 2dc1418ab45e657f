//! Between the host's files and the tree: in and out by copy only, through capabilities of `cap-std`.

mod export;
mod import;
mod patch;
mod read;

pub use export::{ExportError, check_target, export};
pub use import::{Import, ImportError, ImportProgress, import};
pub use patch::patch;
pub use read::{is_folder, read, read_text};

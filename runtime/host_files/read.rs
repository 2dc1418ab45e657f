//! Files that the operator names: contracts, their locks, manifests and modules.

use std::fs;
use std::io;
use std::path::Path;

/// All of a file.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// All of a file of text.
pub fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}

/// Whether a path is that of a folder.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

//! The files that every machine of a contract begins with, beside its own.

use std::path::Path;

use crate::digest::Digest;
use crate::host_files::{self, Import};
use crate::limits::Limits;
use crate::machine::Errno;
use crate::machine::fs::{InodeNumber, Kind, OpenHow, Tree};

/// The files that a contract's machines begin with: copies, taken when the contract is read. Cloning is O(1).
#[derive(Clone, Debug, Default)]
pub struct Base(Option<Tree>);

impl Base {
    /// Adds a copy of what is at a path of the host.
    pub(super) fn import(&mut self, host: &Path, guest: &str, now_ns: u64) -> Result<(), String> {
        if !guest.starts_with('/') {
            return Err(format!(
                "`{guest}` is a path inside the machine and has to begin with `/`"
            ));
        }
        let empty = || Tree::new((&Limits::default()).into(), now_ns);
        let mut tree = self.0.take().unwrap_or_else(empty);
        if let Some((folder, _)) = guest
            .trim_end_matches('/')
            .rsplit_once('/')
            .filter(|(folder, _)| !folder.is_empty())
        {
            let made = tree.make_directories(folder.as_bytes(), now_ns);
            made.map_err(|errno| format!("{folder}: {errno}"))?;
        }
        let imported = host_files::import(&tree, host, guest, now_ns, &Import::default());
        self.0 = Some(imported.map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Names all of the files.
    pub fn digest(&self) -> Digest {
        self.0.as_ref().map_or(Digest::NOTHING, Tree::digest)
    }

    /// Puts the files into the tree of a machine.
    pub(crate) fn copy_into(&self, tree: &mut Tree, now_ns: u64) -> Result<(), Errno> {
        let Some(base) = &self.0 else {
            return Ok(());
        };
        let mut pending = vec![(InodeNumber::ROOT, Vec::new())];
        while let Some((directory, path)) = pending.pop() {
            for (name, inode) in base.entries(directory)?.iter() {
                let path = [&path[..], b"/", name].concat();
                match base.kind(inode)? {
                    Kind::Directory { .. } => {
                        tree.make_directories(&path, now_ns)?;
                        pending.push((inode, path));
                    }
                    Kind::Symlink(target) => {
                        tree.make_symlink(target, InodeNumber::ROOT, &path, now_ns)?;
                    }
                    _ => copy_file(base, inode, tree, &path, now_ns)?,
                }
            }
        }
        Ok(())
    }
}

impl PartialEq for Base {
    fn eq(&self, other: &Base) -> bool {
        self.digest() == other.digest()
    }
}

fn copy_file(
    base: &Tree,
    file: InodeNumber,
    tree: &mut Tree,
    path: &[u8],
    now_ns: u64,
) -> Result<(), Errno> {
    let how = OpenHow {
        write: true,
        create: true,
        truncate: true,
        mode: base.stat(file)?.mode,
        ..OpenHow::default()
    };
    let content = base.content(file)?.to_vec();
    let inode = tree.open(InodeNumber::ROOT, path, how, now_ns)?;
    match tree.write(inode, 0, &content, now_ns)? {
        written if written == content.len() => Ok(()),
        _ => Err(Errno::NoSpace),
    }
}

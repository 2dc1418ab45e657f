//! Writes a part of a tree to an empty or new folder of the host.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::machine::Errno;
use crate::machine::fs::{Content, FollowLast, InodeNumber, Kind, Tree};

/// Why a part of a tree cannot be written to the host.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum ExportError {
    #[error("{path} in the machine: {errno}")]
    Machine { path: String, errno: Errno },
    #[error(
        "{path} is not empty: an export needs an empty or new folder, so that nothing of yours is mixed up or overwritten"
    )]
    NotEmpty { path: String },
    #[error("{path} is there already: the export of a single file needs a new name")]
    Exists { path: String },
    #[error("cannot write {path}: {error}")]
    Host { path: String, error: io::Error },
}

/// Writes what is at the path `guest`: a directory to an empty or new folder, a file to a new file. Symbolic links are
/// written as links and never followed, devices and named pipes are left out, times are the host's.
pub fn export(tree: &Tree, guest: &str, host: &Path) -> Result<(), ExportError> {
    let inode = tree
        .lookup(InodeNumber::ROOT, guest.as_bytes(), FollowLast::Yes)
        .map_err(|errno| ExportError::Machine {
            path: guest.to_owned(),
            errno,
        })?;
    let export = Export { tree, host };
    if tree.entries(inode).is_ok() {
        export.directory(inode)
    } else {
        export.single_file(inode, guest)
    }
}

/// Checks, before anything is run, that an export can go there.
pub fn check_target(host: &Path) -> Result<(), ExportError> {
    let path = host.display().to_string();
    match std::fs::read_dir(host).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(ExportError::NotEmpty { path }),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(ExportError::Exists { path })
        }
        _ => Ok(()),
    }
}

struct Export<'a> {
    tree: &'a Tree,
    host: &'a Path,
}

impl Export<'_> {
    fn directory(&self, inode: InodeNumber) -> Result<(), ExportError> {
        let here = |error| self.host_error("", error);
        std::fs::create_dir_all(self.host).map_err(here)?;
        let folder = Dir::open_ambient_dir(self.host, ambient_authority()).map_err(here)?;
        if folder.entries().map_err(here)?.next().is_some() {
            return Err(ExportError::NotEmpty {
                path: self.host.display().to_string(),
            });
        }
        let mut directories = Vec::new();
        let mut pending = vec![(String::new(), inode)];
        while let Some((prefix, directory)) = pending.pop() {
            let entries = self.tree.entries(directory);
            let entries = entries.map_err(|errno| self.machine_error(&prefix, errno))?;
            for (name, inode) in entries.iter() {
                let path = format!("{prefix}{}", String::from_utf8_lossy(name));
                if self.entry(&folder, &path, inode)? {
                    pending.push((format!("{path}/"), inode));
                    directories.push((path, inode));
                }
            }
        }
        // Last, so that a directory that may not be written to can be filled first; the deepest first of all.
        for (path, inode) in directories.iter().rev() {
            self.set_mode(&folder, path, *inode)?;
        }
        Ok(())
    }

    /// Writes one entry; true when it is a directory, which is filled later.
    fn entry(&self, folder: &Dir, path: &str, inode: InodeNumber) -> Result<bool, ExportError> {
        let failed = |error| self.host_error(path, error);
        let kind = self.tree.kind(inode);
        match kind.map_err(|errno| self.machine_error(path, errno))? {
            Kind::Directory { .. } => {
                folder.create_dir(path).map_err(failed)?;
                return Ok(true);
            }
            Kind::Symlink(target) => {
                let target = String::from_utf8_lossy(target);
                folder.symlink_contents(&*target, path).map_err(failed)?;
            }
            Kind::File(_) | Kind::Pinned(_) => {
                let content = self.tree.content(inode);
                let content = content.map_err(|errno| self.machine_error(path, errno))?;
                let file = folder.create(path).map_err(failed)?;
                write_content(&content, file).map_err(failed)?;
                self.set_mode(folder, path, inode)?;
            }
            Kind::Device(_) | Kind::Fifo => {}
        }
        Ok(false)
    }

    fn single_file(&self, inode: InodeNumber, guest: &str) -> Result<(), ExportError> {
        let content = self.tree.content(inode);
        let content = content.map_err(|errno| self.machine_error(guest, errno))?;
        let (parent, name) = match (self.host.parent(), self.host.file_name()) {
            (Some(parent), Some(name)) if parent.as_os_str().is_empty() => (Path::new("."), name),
            (Some(parent), Some(name)) => (parent, name),
            _ => {
                return Err(ExportError::Exists {
                    path: self.host.display().to_string(),
                });
            }
        };
        let here = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => ExportError::Exists {
                path: self.host.display().to_string(),
            },
            _ => self.host_error("", error),
        };
        let folder = Dir::open_ambient_dir(parent, ambient_authority()).map_err(here)?;
        let mut options = cap_std::fs::OpenOptions::new();
        let file = folder
            .open_with(name, options.write(true).create_new(true))
            .map_err(here)?;
        write_content(&content, file).map_err(here)?;
        self.set_mode(&folder, &name.to_string_lossy(), inode)
    }

    #[cfg(unix)]
    fn set_mode(&self, folder: &Dir, path: &str, inode: InodeNumber) -> Result<(), ExportError> {
        use cap_std::fs::{Permissions, PermissionsExt};
        let stat = self.tree.stat(inode);
        let mode = stat.map_err(|errno| self.machine_error(path, errno))?.mode;
        // No set-user-ID program leaves a machine.
        let permissions = Permissions::from_mode(u32::from(mode & 0o777));
        folder
            .set_permissions(path, permissions)
            .map_err(|error| self.host_error(path, error))
    }

    #[cfg(not(unix))]
    fn set_mode(&self, _: &Dir, _: &str, _: InodeNumber) -> Result<(), ExportError> {
        Ok(())
    }

    fn host_error(&self, path: &str, error: io::Error) -> ExportError {
        ExportError::Host {
            path: self.host.join(path).display().to_string(),
            error,
        }
    }

    fn machine_error(&self, path: &str, errno: Errno) -> ExportError {
        ExportError::Machine {
            path: path.to_owned(),
            errno,
        }
    }
}

/// Writes what is stored and leaves the holes to the host's file system.
fn write_content(content: &Content, file: cap_std::fs::File) -> io::Result<()> {
    let mut file = file.into_std();
    file.set_len(content.size())?;
    let mut buffer = Vec::new();
    for (offset, length) in content.extents() {
        buffer.resize(length, 0);
        let length = content.read(offset, &mut buffer);
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(&buffer[..length])?;
    }
    Ok(())
}

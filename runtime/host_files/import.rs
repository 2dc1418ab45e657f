//! Copies a folder of the host into a tree. What enters depends on names and contents alone: entries come sorted,
//! times are the machine's, modes are 0755 or 0644.

use std::io::{self, Read};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, FileType, Metadata};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::limits::{DEPTH_MAX, ENTRY_BYTES, INODE_BYTES};
use crate::machine::Errno;
use crate::machine::fs::{FollowLast, InodeNumber, Kind, OpenHow, Tree};

/// The file in the imported folder that lists what stays out, in `.gitignore`'s syntax.
const IGNORE_FILE: &str = ".isoboxignore";

/// How an import is done.
#[derive(Default)]
pub struct Import<'a> {
    /// What stays out, in `.gitignore`'s syntax, beside what `.isoboxignore` says.
    pub exclude: &'a [String],
    /// Who is told how far it is.
    pub progress: Option<&'a dyn ImportProgress>,
}

/// Is told how far an import is.
pub trait ImportProgress {
    /// Copying begins: so many bytes in so many files.
    fn begin(&self, bytes: u64, files: u64);
    /// So many bytes more are done.
    fn advance(&self, bytes: u64);
    /// It is over.
    fn end(&self);
}

/// Why a folder cannot be imported. Nothing of it was, then.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum ImportError {
    #[error("cannot read {path}: {error}")]
    Host { path: String, error: io::Error },
    #[error(
        "{path} is {kind}: a machine holds files, directories and symbolic links. Leave it out with --exclude or {IGNORE_FILE}"
    )]
    Kind { path: String, kind: &'static str },
    #[error(
        "{path}: the name is not UTF-8, as names in a machine are. Rename it, or leave it out with --exclude or {IGNORE_FILE}"
    )]
    Name { path: String },
    #[error("{path}: `{pattern}` is no pattern: {reason}")]
    Pattern {
        path: String,
        pattern: String,
        reason: String,
    },
    #[error(
        "{path} is too large: {bytes} bytes in {files} files and directories, and the tree has room for {bytes_left} bytes \
         in {inodes_left}. Leave out what is not needed with --exclude or {IGNORE_FILE}, or import a smaller folder"
    )]
    TooLarge {
        path: String,
        bytes: u64,
        files: u64,
        bytes_left: u64,
        inodes_left: u64,
    },
    #[error("{path}: nested deeper than {DEPTH_MAX} directories")]
    TooDeep { path: String },
    #[error("{path} in the machine is {kind}, and an import goes through directories alone")]
    InTheWay { path: String, kind: String },
    #[error("cannot make {path} in the machine: {errno}")]
    Machine { path: String, errno: Errno },
}

/// One thing to import, found and not yet copied.
struct Found {
    /// Relative to the folder, `/` between names.
    path: String,
    what: What,
}

enum What {
    Directory,
    File { bytes: u64, executable: bool },
    Symlink { target: String },
}

/// The tree with a folder or file of the host copied to the path `guest`.
pub fn import(
    tree: &Tree,
    host: &Path,
    guest: &str,
    now_ns: u64,
    how: &Import<'_>,
) -> Result<Tree, ImportError> {
    let host_error = |error| ImportError::Host {
        path: host.display().to_string(),
        error,
    };
    // Asked before it is opened: opening a named pipe would wait for somebody to write to it.
    let metadata = std::fs::metadata(host).map_err(host_error)?;
    let metadata = Metadata::from_just_metadata(metadata);
    if metadata.is_file() {
        return import_file(tree, host, guest, now_ns);
    }
    if !metadata.is_dir() {
        return Err(ImportError::Kind {
            path: host.display().to_string(),
            kind: kind_name(metadata.file_type()),
        });
    }
    let folder = Dir::open_ambient_dir(host, ambient_authority()).map_err(host_error)?;
    let survey = Survey {
        host,
        folder: &folder,
        ignored: ignored(host, &folder, how.exclude)?,
    };
    let found = survey.all()?;
    check_size(tree, host, &found)?;
    let mut copy = Copy {
        tree: tree.clone(),
        host,
        guest: guest.trim_end_matches('/'),
        now_ns,
    };
    copy.all(&folder, &found, how.progress)?;
    Ok(copy.tree)
}

fn import_file(tree: &Tree, host: &Path, guest: &str, now_ns: u64) -> Result<Tree, ImportError> {
    let host_error = |error| ImportError::Host {
        path: host.display().to_string(),
        error,
    };
    let mut file = File::open_ambient(host, ambient_authority()).map_err(host_error)?;
    let metadata = file.metadata().map_err(host_error)?;
    let found = Found {
        path: String::new(),
        what: What::File {
            bytes: metadata.len(),
            executable: is_executable(&metadata),
        },
    };
    check_size(tree, host, std::slice::from_ref(&found))?;
    let mut copy = Copy {
        tree: tree.clone(),
        host,
        guest,
        now_ns,
    };
    if let Some((parent, _)) = guest.rsplit_once('/') {
        copy.directories(parent)?;
    }
    copy.file(guest, &mut file, is_executable(&metadata), &mut |_| {})?;
    Ok(copy.tree)
}

fn ignored(host: &Path, folder: &Dir, exclude: &[String]) -> Result<Gitignore, ImportError> {
    let listed = match folder.read_to_string(IGNORE_FILE) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(ImportError::Host {
                path: host.join(IGNORE_FILE).display().to_string(),
                error,
            });
        }
    };
    let mut builder = GitignoreBuilder::new("");
    let listed = listed.lines().map(|line| (IGNORE_FILE, line));
    let given = exclude
        .iter()
        .map(|pattern| ("--exclude", pattern.as_str()));
    for (source, pattern) in listed.chain(given) {
        builder
            .add_line(None, pattern)
            .map_err(|error| ImportError::Pattern {
                path: source.to_owned(),
                pattern: pattern.to_owned(),
                reason: error.to_string(),
            })?;
    }
    builder.build().map_err(|error| ImportError::Pattern {
        path: IGNORE_FILE.to_owned(),
        pattern: String::new(),
        reason: error.to_string(),
    })
}

/// Finds everything under a folder, without following a link.
struct Survey<'a> {
    host: &'a Path,
    folder: &'a Dir,
    ignored: Gitignore,
}

impl Survey<'_> {
    /// Everything, each directory before what it holds, names in the order of their bytes.
    fn all(&self) -> Result<Vec<Found>, ImportError> {
        let mut found = Vec::new();
        let mut pending = self.directory("")?;
        while let Some((path, file_type)) = pending.pop() {
            if path.matches('/').count() >= DEPTH_MAX as usize {
                return Err(ImportError::TooDeep {
                    path: self.shown(&path),
                });
            }
            let what = self.what(&path, file_type)?;
            if matches!(what, What::Directory) {
                pending.extend(self.directory(&path)?);
            }
            found.push(Found { path, what });
        }
        Ok(found)
    }

    /// The entries of one directory that are not left out, in reverse order, ready to be popped.
    fn directory(&self, path: &str) -> Result<Vec<(String, FileType)>, ImportError> {
        let failed = |error| self.host_error(path, error);
        let at = if path.is_empty() { "." } else { path };
        let mut entries = Vec::new();
        for entry in self.folder.read_dir(at).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let file_type = entry.file_type().map_err(failed)?;
            let below = Path::new(path).join(entry.file_name());
            if self.ignored.matched(&below, file_type.is_dir()).is_ignore() {
                continue;
            }
            let Some(below) = below.to_str() else {
                return Err(ImportError::Name {
                    path: self.host.join(below).display().to_string(),
                });
            };
            entries.push((below.to_owned(), file_type));
        }
        entries.sort_by(|a, b| b.0.as_bytes().cmp(a.0.as_bytes()));
        Ok(entries)
    }

    fn what(&self, path: &str, file_type: FileType) -> Result<What, ImportError> {
        if file_type.is_dir() {
            return Ok(What::Directory);
        }
        if file_type.is_symlink() {
            let target = self.folder.read_link_contents(path);
            let target = target.map_err(|error| self.host_error(path, error))?;
            let target = target.into_os_string().into_string();
            return target
                .map(|target| What::Symlink { target })
                .map_err(|_| ImportError::Name {
                    path: format!("the target of {}", self.shown(path)),
                });
        }
        if !file_type.is_file() {
            return Err(ImportError::Kind {
                path: self.shown(path),
                kind: kind_name(file_type),
            });
        }
        let metadata = self.folder.symlink_metadata(path);
        let metadata = metadata.map_err(|error| self.host_error(path, error))?;
        Ok(What::File {
            bytes: metadata.len(),
            executable: is_executable(&metadata),
        })
    }

    fn shown(&self, path: &str) -> String {
        self.host.join(path).display().to_string()
    }

    fn host_error(&self, path: &str, error: io::Error) -> ImportError {
        ImportError::Host {
            path: self.shown(path),
            error,
        }
    }
}

/// Refuses, before anything is read, what the tree has no room for.
fn check_size(tree: &Tree, host: &Path, found: &[Found]) -> Result<(), ImportError> {
    let bytes = found.iter().map(|found| {
        let own = match &found.what {
            What::Directory => 0,
            What::File { bytes, .. } => *bytes,
            What::Symlink { target } => target.len() as u64,
        };
        own + INODE_BYTES + ENTRY_BYTES + file_name(&found.path).len() as u64
    });
    let (bytes, files) = (bytes.sum::<u64>(), found.len() as u64);
    let limits = tree.limits();
    let bytes_left = limits.bytes_max.saturating_sub(tree.bytes());
    let inodes_left = limits.inodes_max.saturating_sub(tree.inode_count());
    if bytes > bytes_left || files > inodes_left {
        return Err(ImportError::TooLarge {
            path: host.display().to_string(),
            bytes,
            files,
            bytes_left,
            inodes_left,
        });
    }
    Ok(())
}

/// Copies what was found.
struct Copy<'a> {
    tree: Tree,
    host: &'a Path,
    guest: &'a str,
    now_ns: u64,
}

impl Copy<'_> {
    fn all(
        &mut self,
        folder: &Dir,
        found: &[Found],
        progress: Option<&dyn ImportProgress>,
    ) -> Result<(), ImportError> {
        let sizes = found.iter().filter_map(|found| match found.what {
            What::File { bytes, .. } => Some(bytes),
            _ => None,
        });
        let Some(progress) = progress else {
            return self.everything(folder, found, &mut |_| {});
        };
        progress.begin(sizes.clone().sum(), sizes.count() as u64);
        let copied = self.everything(folder, found, &mut |bytes| progress.advance(bytes));
        progress.end();
        copied
    }

    fn everything(
        &mut self,
        folder: &Dir,
        found: &[Found],
        advance: &mut dyn FnMut(u64),
    ) -> Result<(), ImportError> {
        self.directories(self.guest)?;
        for found in found {
            self.one(folder, found, advance)?;
        }
        Ok(())
    }

    fn one(
        &mut self,
        folder: &Dir,
        found: &Found,
        advance: &mut dyn FnMut(u64),
    ) -> Result<(), ImportError> {
        let path = format!("{}/{}", self.guest, found.path);
        match &found.what {
            What::Directory => self.directory(&path),
            What::Symlink { target } => self
                .tree
                .make_symlink(
                    target.as_bytes(),
                    InodeNumber::ROOT,
                    path.as_bytes(),
                    self.now_ns,
                )
                .map(drop)
                .map_err(|errno| self.machine_error(&path, errno)),
            What::File { executable, .. } => {
                let host = self.host.join(&found.path).display().to_string();
                let mut file = folder
                    .open(&found.path)
                    .map_err(|error| ImportError::Host { path: host, error })?;
                self.file(&path, &mut file, *executable, advance)
            }
        }
    }

    /// A directory and every missing one above it.
    fn directories(&mut self, path: &str) -> Result<(), ImportError> {
        let slashes = path.match_indices('/').map(|(at, _)| at);
        for end in slashes.chain([path.len()]).filter(|end| *end > 0) {
            self.directory(&path[..end])?;
        }
        Ok(())
    }

    /// A directory; one that is there already is shared by several imports. A link to one is not followed: what is
    /// imported would stand elsewhere than it was put.
    fn directory(&mut self, path: &str) -> Result<(), ImportError> {
        let root = InodeNumber::ROOT;
        let made = self
            .tree
            .make_directory(root, path.as_bytes(), 0o755, self.now_ns);
        match made {
            Ok(_) => Ok(()),
            Err(Errno::Exists) => self.check_directory(path),
            Err(errno) => Err(self.machine_error(path, errno)),
        }
    }

    fn check_directory(&self, path: &str) -> Result<(), ImportError> {
        let inode = self
            .tree
            .lookup(InodeNumber::ROOT, path.as_bytes(), FollowLast::No);
        let kind = inode.and_then(|inode| self.tree.kind(inode));
        let kind = match kind.map_err(|errno| self.machine_error(path, errno))? {
            Kind::Directory { .. } => return Ok(()),
            Kind::Symlink(to) => format!("a symbolic link to {}", String::from_utf8_lossy(to)),
            Kind::Device(_) => "a device".to_owned(),
            Kind::Fifo => "a named pipe".to_owned(),
            Kind::File(_) | Kind::Pinned(_) => "a file".to_owned(),
        };
        Err(ImportError::InTheWay {
            path: path.to_owned(),
            kind,
        })
    }

    fn file(
        &mut self,
        path: &str,
        file: &mut File,
        executable: bool,
        advance: &mut dyn FnMut(u64),
    ) -> Result<(), ImportError> {
        let how = OpenHow {
            write: true,
            create: true,
            exclusive: true,
            mode: if executable { 0o755 } else { 0o644 },
            ..OpenHow::default()
        };
        let opened = self
            .tree
            .open(InodeNumber::ROOT, path.as_bytes(), how, self.now_ns);
        let inode = opened.map_err(|errno| self.machine_error(path, errno))?;
        let mut buffer = vec![0; 64 << 10];
        let mut offset = 0;
        loop {
            let length = read_full(file, &mut buffer).map_err(|error| ImportError::Host {
                path: self.host.display().to_string(),
                error,
            })?;
            let written = self
                .tree
                .write(inode, offset, &buffer[..length], self.now_ns);
            match written {
                Ok(written) if written == length => {}
                Ok(_) => return Err(self.machine_error(path, Errno::NoSpace)),
                Err(errno) => return Err(self.machine_error(path, errno)),
            }
            offset += length as u64;
            advance(length as u64);
            if length < buffer.len() {
                return Ok(());
            }
        }
    }

    fn machine_error(&self, path: &str, errno: Errno) -> ImportError {
        ImportError::Machine {
            path: path.to_owned(),
            errno,
        }
    }
}

/// Reads until the buffer is full or the file ends.
fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use cap_std::fs::MetadataExt;
    metadata.mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn kind_name(file_type: FileType) -> &'static str {
    use cap_std::fs::FileTypeExt;
    if file_type.is_socket() {
        "a socket"
    } else if file_type.is_fifo() {
        "a named pipe"
    } else if file_type.is_block_device() || file_type.is_char_device() {
        "a device"
    } else {
        "neither file nor directory"
    }
}

#[cfg(not(unix))]
fn kind_name(_: FileType) -> &'static str {
    "neither file nor directory"
}

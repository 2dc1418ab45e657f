//! Files as the tools read and write them: text, whole or not at all, of a bounded size.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use isobox_guest::mode;
use isobox_guest::stat::{Kind, Stat, stat};

/// Largest file that a tool takes in whole, in bytes, where no smaller bound is its own: far above what anybody edits by
/// hand, and small beside a guest's memory.
pub const FILE_BYTES_MAX: u64 = 64 << 20;

/// Where in a file a zero byte says that it is no text: what ripgrep and git look at.
const BINARY_LOOK_BYTES: usize = 8 << 10;

/// Most symbolic links that lead to one file: the machine's own bound.
const LINKS_MAX: u32 = 40;

/// Why a file cannot be had or put down.
#[derive(Debug)]
pub enum Trouble {
    Io(io::Error),
    Irregular(Kind),
    TooLarge { bytes: u64, limit: u64 },
    Binary { bytes: u64 },
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Trouble::Io(error)
    }
}

/// The reason in small letters, the same everywhere.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The C library has other words for it than Linux.
            Trouble::Io(error) if error.raw_os_error() == Some(wasi_errno::LOOP) => {
                f.write_str("too many levels of symbolic links")
            }
            Trouble::Io(error) => f.write_str(&isobox_guest::plain(error).to_lowercase()),
            Trouble::Irregular(Kind::Directory) => f.write_str("is a directory"),
            Trouble::Irregular(_) => f.write_str("not a regular file"),
            Trouble::TooLarge { bytes, limit } => {
                write!(f, "{bytes} bytes, exceeds {limit}-byte limit")
            }
            Trouble::Binary { bytes } => {
                write!(f, "not valid UTF-8 text (binary file of {bytes} bytes)")
            }
        }
    }
}

/// Whether there is something at a path, links followed.
pub fn exists(path: &str) -> bool {
    stat(Path::new(path), true).is_ok()
}

/// What is known of a regular file.
pub fn regular(path: &str) -> Result<Stat, Trouble> {
    let stat = stat(Path::new(path), true)?;
    match stat.kind {
        Kind::Regular => Ok(stat),
        kind => Err(Trouble::Irregular(kind)),
    }
}

/// The text of a file.
pub fn load(path: &str, limit: u64) -> Result<String, Trouble> {
    let stat = regular(path)?;
    let bytes = stat.bytes;
    if bytes > limit {
        return Err(Trouble::TooLarge { bytes, limit });
    }
    text(load_bytes(path, &stat)?)
}

/// All bytes of a regular file.
pub fn load_bytes(path: &str, stat: &Stat) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut content = vec![0; stat.bytes as usize];
    match content.is_empty() {
        // Files of `/proc` do not say how much they hold.
        true => file
            .take(FILE_BYTES_MAX)
            .read_to_end(&mut content)
            .map(drop)?,
        false => file.read_exact(&mut content)?,
    }
    Ok(content)
}

/// The bytes as text, unless they are something else.
pub fn text(content: Vec<u8>) -> Result<String, Trouble> {
    let bytes = content.len() as u64;
    let looked_at = &content[..content.len().min(BINARY_LOOK_BYTES)];
    if memchr::memchr(0, looked_at).is_some() {
        return Err(Trouble::Binary { bytes });
    }
    String::from_utf8(content).map_err(|_| Trouble::Binary { bytes })
}

/// Puts down a whole file, new or in the place of another, whose mode it keeps. It is written beside and renamed, so that
/// there is either the old file or the new one. Missing directories are made.
pub fn store(path: &str, content: &[u8]) -> Result<(), Trouble> {
    let target = through_links(path)?;
    let before = match stat(&target, true) {
        Ok(before) => Some(before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(before) = &before {
        check_writable(before)?;
    }
    match before {
        // Other names of the file would keep the old one.
        Some(before) if before.links > 1 => Ok(fs::write(&target, content)?),
        before => Ok(replace(&target, content, before.map(|before| before.mode))?),
    }
}

fn check_writable(before: &Stat) -> Result<(), Trouble> {
    if before.kind != Kind::Regular {
        return Err(Trouble::Irregular(before.kind));
    }
    // To rename takes no permission of the file itself, to write does.
    if before.mode & 0o200 == 0 {
        return Err(io::Error::from_raw_os_error(wasi_errno::ACCESS).into());
    }
    Ok(())
}

fn replace(target: &Path, content: &[u8], mode: Option<u32>) -> io::Result<()> {
    let (mut file, beside) = match open_beside(target) {
        // The directory is not to be written to, the file in it is.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && mode.is_some() => {
            return fs::write(target, content);
        }
        opened => opened?,
    };
    let written = file
        .write_all(content)
        .and_then(|()| mode.map_or(Ok(()), |mode| mode::set(&beside, false, mode)))
        .and_then(|()| fs::rename(&beside, target));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Opens a new file in the directory of another, which is made when it is missing.
fn open_beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let directory = target.parent().unwrap_or(Path::new(""));
    let mut number = 0;
    loop {
        let beside = directory.join(format!(".isobox-edit-{number}"));
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside);
        match opened {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound && number == 0 => {
                fs::create_dir_all(directory)?;
                number = 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Where a path leads when a symbolic link stands at its end, so that the link stays.
fn through_links(path: &str) -> io::Result<PathBuf> {
    let mut path = PathBuf::from(path);
    for _ in 0..LINKS_MAX {
        let Ok(link) = fs::read_link(&path) else {
            return Ok(path);
        };
        path = path.parent().unwrap_or(Path::new("")).join(link);
    }
    Err(io::Error::from_raw_os_error(wasi_errno::LOOP))
}

/// The path from `/` on, without `.` and `..`.
pub fn absolute(path: &str) -> io::Result<PathBuf> {
    let mut whole = PathBuf::from("/");
    for component in std::env::current_dir()?.join(path).components() {
        match component {
            Component::Normal(name) => whole.push(name),
            Component::ParentDir => {
                whole.pop();
            }
            _ => {}
        }
    }
    Ok(whole)
}

/// Preview 1's numbers of the errors that are made here.
mod wasi_errno {
    pub const ACCESS: i32 = 2;
    pub const LOOP: i32 = 32;
}

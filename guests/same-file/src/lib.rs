//! The part of the crate `same-file` that `walkdir` and `ignore` use, on WASI, where the crate itself answers only errors: following links they
//! could not tell a loop.

use std::fs::File;
use std::io;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::path::Path;

/// An open file, equal to others by device and inode.
#[derive(Debug)]
pub struct Handle {
    identity: (u64, u64),
    /// Open for as long as the handle lives, so that the inode is not used for another file.
    file: ManuallyDrop<File>,
    is_standard: bool,
}

impl Handle {
    /// # Errors
    /// What opening the file says, or `fstat`.
    pub fn from_path<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Self::from_file(File::open(path)?)
    }

    /// # Errors
    /// What `fstat` says.
    pub fn from_file(file: File) -> io::Result<Self> {
        Self::new(file, false)
    }

    /// # Errors
    /// What `fstat` says.
    pub fn stdin() -> io::Result<Self> {
        Self::standard(0)
    }

    /// # Errors
    /// What `fstat` says.
    pub fn stdout() -> io::Result<Self> {
        Self::standard(1)
    }

    pub fn as_file(&self) -> &File {
        &self.file
    }

    fn standard(descriptor: i32) -> io::Result<Self> {
        // SAFETY: a standard stream is open for as long as the process runs, and not closed with the handle.
        Self::new(unsafe { File::from_raw_fd(descriptor) }, true)
    }

    fn new(file: File, is_standard: bool) -> io::Result<Self> {
        let mut handle = Self {
            identity: (0, 0),
            file: ManuallyDrop::new(file),
            is_standard,
        };
        handle.identity = identity(handle.file.as_raw_fd())?;
        Ok(handle)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if !self.is_standard {
            // SAFETY: dropped here and nowhere else.
            unsafe { ManuallyDrop::drop(&mut self.file) }
        }
    }
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

impl Eq for Handle {}

/// Whether two paths name one file.
///
/// # Errors
/// What opening either says.
pub fn is_same_file<P: AsRef<Path>, Q: AsRef<Path>>(one: P, other: Q) -> io::Result<bool> {
    Ok(Handle::from_path(one)? == Handle::from_path(other)?)
}

fn identity(descriptor: i32) -> io::Result<(u64, u64)> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `status` is writable memory of the right size, and filled when the answer is 0.
    unsafe {
        match libc::fstat(descriptor, status.as_mut_ptr()) {
            0 => {
                let status = status.assume_init();
                Ok((status.st_dev, status.st_ino))
            }
            _ => Err(io::Error::last_os_error()),
        }
    }
}

//! Permission bits, which preview 1 leaves out: the import module `isobox_v1`.
//!
//! Every function answers a WASI errno, `0` for success. A mode is the 12 permission bits (`0o7777`): set-uid, set-gid,
//! sticky and three times `rwx`. Paths are relative to the directory descriptor, as in `path_filestat_get`, and bit 0
//! of `lookupflags` follows a symbolic link in the last component. A host that answers `ENOSYS` has no modes; then the
//! callers fall back to what a umask of 022 gives.

use std::ffi::{CString, OsStr};
use std::io;
use std::path::Path;

/// The functions the machine adds to preview 1, as they are imported.
pub mod raw {
    #[link(wasm_import_module = "isobox_v1")]
    unsafe extern "C" {
        /// Writes the mode of the file at `path`, relative to the directory `fd`, to `mode_out`.
        pub fn path_mode_get(
            fd: i32,
            lookupflags: i32,
            path: *const u8,
            path_len: usize,
            mode_out: *mut u32,
        ) -> i32;
        /// Sets the mode of the file at `path`, relative to the directory `fd`.
        pub fn path_mode_set(
            fd: i32,
            lookupflags: i32,
            path: *const u8,
            path_len: usize,
            mode: u32,
        ) -> i32;
        /// Writes the mode of the open file `fd` to `mode_out`.
        pub fn fd_mode_get(fd: i32, mode_out: *mut u32) -> i32;
        /// Sets the mode of the open file `fd`.
        pub fn fd_mode_set(fd: i32, mode: u32) -> i32;
    }
}

/// The permission bits of a mode.
pub const PERMISSIONS: u32 = 0o7777;

/// The descriptor of `/`: the machine opens it first, after the three standard streams.
pub(crate) const ROOT_FD: i32 = 3;

const LOOKUP_SYMLINK_FOLLOW: i32 = 1;

/// The mode of the file at `path`, in the current directory when it is relative.
///
/// # Errors
/// What the machine answers: no such file, no modes (`ENOSYS`).
pub fn get(path: &Path, follow: bool) -> io::Result<u32> {
    let path = below_root(path)?;
    let mut mode = 0;
    // SAFETY: the path's bytes and `mode` outlive the call.
    let errno = unsafe {
        raw::path_mode_get(
            ROOT_FD,
            lookup(follow),
            path.as_ptr(),
            path.len(),
            &raw mut mode,
        )
    };
    answer(errno).map(|()| mode & PERMISSIONS)
}

/// Sets the mode of the file at `path`, in the current directory when it is relative.
///
/// # Errors
/// What the machine answers: no such file, a symbolic link not followed, no modes (`ENOSYS`).
pub fn set(path: &Path, follow: bool, mode: u32) -> io::Result<()> {
    let path = below_root(path)?;
    // SAFETY: the path's bytes outlive the call.
    answer(unsafe {
        raw::path_mode_set(
            ROOT_FD,
            lookup(follow),
            path.as_ptr(),
            path.len(),
            mode & PERMISSIONS,
        )
    })
}

/// The lookup flags that follow, or don't, a symbolic link in the last component.
pub(crate) fn lookup(follow: bool) -> i32 {
    if follow { LOOKUP_SYMLINK_FOLLOW } else { 0 }
}

/// The current directory joined with `path`, without the leading slash that `ROOT_FD` stands for.
pub(crate) fn below_root(path: &Path) -> io::Result<String> {
    if path.as_os_str().is_empty() {
        return Err(io::Error::from_raw_os_error(libc::ENOENT));
    }
    let absolute = if path.is_absolute() {
        path.to_path_buf()
    } else {
        std::env::current_dir()?.join(path)
    };
    let text = absolute
        .to_str()
        .ok_or_else(|| io::Error::from_raw_os_error(libc::EILSEQ))?;
    let below = text.trim_start_matches('/');
    Ok(if below.is_empty() {
        ".".to_owned()
    } else {
        below.to_owned()
    })
}

fn answer(errno: i32) -> io::Result<()> {
    match errno {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}

/// `text` as C reads it.
///
/// # Errors
/// `EINVAL` when it holds a zero byte.
pub(crate) fn c_string(text: &OsStr) -> io::Result<CString> {
    CString::new(text.as_encoded_bytes()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

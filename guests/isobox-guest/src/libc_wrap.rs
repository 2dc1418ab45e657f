//! `stat`, `fstat`, `chmod` and `fchmod` with permission bits, put in front of wasi-libc's by the linker's `--wrap`.
//!
//! wasi-libc resolves a path to a preopened directory and a rest of the path before it calls
//! `__wasilibc_nocwd_fstatat`, so wrapping that one function serves `stat`, `lstat`, `fstatat` and with them Rust's
//! `Metadata`. Its own `chmod` only ever says that it is not implemented.

use crate::mode::{self, PERMISSIONS, raw};
use crate::stat::{FILE_GID, FILE_UID};
use libc::{AT_SYMLINK_NOFOLLOW, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, c_char, c_int, mode_t, stat};
use std::ffi::{CStr, OsStr};
use std::os::wasi::ffi::OsStrExt;
use std::path::Path;

/// `stat` counts in blocks of 512 bytes, and a file takes whole pages of 4096, as on the usual Linux file systems.
const BLOCKS_PER_PAGE: i64 = 8;
const PAGE_BYTES: i64 = 4096;

unsafe extern "C" {
    fn __real___wasilibc_nocwd_fstatat(
        fd: c_int,
        path: *const c_char,
        out: *mut stat,
        flags: c_int,
    ) -> c_int;
    fn __real_fstat(fd: c_int, out: *mut stat) -> c_int;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap___wasilibc_nocwd_fstatat(
    fd: c_int,
    path: *const c_char,
    out: *mut stat,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's promise, that of `fstatat`.
    unsafe {
        let result = __real___wasilibc_nocwd_fstatat(fd, path, out, flags);
        if result == 0 {
            let follow = mode::lookup(flags & AT_SYMLINK_NOFOLLOW == 0);
            let bytes = CStr::from_ptr(path).to_bytes();
            complete(&mut *out, |mode| {
                raw::path_mode_get(fd, follow, bytes.as_ptr(), bytes.len(), mode)
            });
        }
        result
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_fstat(fd: c_int, out: *mut stat) -> c_int {
    // SAFETY: the caller's promise, that of `fstat`.
    unsafe {
        let result = __real_fstat(fd, out);
        if result == 0 {
            complete(&mut *out, |mode| raw::fd_mode_get(fd, mode));
        }
        result
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_chmod(path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise, that of `chmod`.
    let path = unsafe { CStr::from_ptr(path) };
    match mode::set(Path::new(OsStr::from_bytes(path.to_bytes())), true, mode) {
        Ok(()) => 0,
        Err(error) => fail(error.raw_os_error().unwrap_or(libc::EIO)),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_fchmod(fd: c_int, mode: mode_t) -> c_int {
    // SAFETY: takes no pointer.
    match unsafe { raw::fd_mode_set(fd, mode & PERMISSIONS) } {
        0 => 0,
        errno => fail(errno),
    }
}

/// Fills in what preview 1 does not tell: permission bits, owner, blocks.
fn complete(stat: &mut stat, mode_get: impl FnOnce(*mut u32) -> i32) {
    // Preview 1 has no number for pipes: what is of no kind that it knows is one.
    let kind = match stat.st_mode & S_IFMT {
        0 => S_IFIFO,
        kind => kind,
    };
    let mut mode = 0;
    if mode_get(&raw mut mode) != 0 {
        mode = if kind == S_IFDIR { 0o755 } else { 0o644 };
    }
    stat.st_mode = kind | (mode & PERMISSIONS);
    stat.st_uid = FILE_UID;
    stat.st_gid = FILE_GID;
    stat.st_blksize = 4096;
    // A short link lies in its inode.
    let bytes = if kind == S_IFLNK { 0 } else { stat.st_size };
    stat.st_blocks = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * BLOCKS_PER_PAGE;
}

fn fail(errno: i32) -> c_int {
    // SAFETY: libc's own errno.
    unsafe { *libc::__errno_location() = errno };
    -1
}

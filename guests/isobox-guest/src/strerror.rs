//! `strerror_r` with glibc's words, put in front of wasi-libc's: messages read as they do on Linux.
//!
//! Rust's `std::io::Error` asks it. A program's own function is found before the library's.

use libc::{c_char, c_int};
use std::ffi::CStr;

/// Where glibc says otherwise than wasi-libc.
const TEXTS: [(c_int, &str); 23] = [
    (libc::ELOOP, "Too many levels of symbolic links"),
    (libc::ENAMETOOLONG, "File name too long"),
    (libc::ERANGE, "Numerical result out of range"),
    (libc::EDOM, "Numerical argument out of domain"),
    (libc::EOVERFLOW, "Value too large for defined data type"),
    (
        libc::EILSEQ,
        "Invalid or incomplete multibyte or wide character",
    ),
    (libc::EBUSY, "Device or resource busy"),
    (libc::ENOMEM, "Cannot allocate memory"),
    (libc::EXDEV, "Invalid cross-device link"),
    (libc::EMFILE, "Too many open files"),
    (libc::ENOTSUP, "Operation not supported"),
    (libc::ESPIPE, "Illegal seek"),
    (libc::EIO, "Input/output error"),
    (libc::ECHILD, "No child processes"),
    (libc::ENOTTY, "Inappropriate ioctl for device"),
    (libc::ENODEV, "No such device"),
    (libc::ENXIO, "No such device or address"),
    (libc::EDQUOT, "Disk quota exceeded"),
    (libc::ESTALE, "Stale file handle"),
    (libc::EMLINK, "Too many links"),
    (libc::EFAULT, "Bad address"),
    (libc::EDEADLK, "Resource deadlock avoided"),
    // Preview 1's own: a descriptor without the right.
    (libc::ENOTCAPABLE, "Operation not permitted"),
];

/// `strerror_r` of POSIX; what doesn't fit is cut.
///
/// # Safety
/// As `strerror_r`'s: `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn strerror_r(errno: c_int, buffer: *mut c_char, size: usize) -> c_int {
    let known = TEXTS.iter().find(|(known, _)| *known == errno);
    // SAFETY: the library's text is a constant of its own; the caller gave the buffer.
    unsafe {
        let text = match known {
            Some((_, text)) => text.as_bytes(),
            None => CStr::from_ptr(libc::strerror(errno)).to_bytes(),
        };
        let length = text.len().min(size.saturating_sub(1));
        buffer.copy_from_nonoverlapping(text.as_ptr().cast(), length);
        if size > 0 {
            *buffer.add(length) = 0;
        }
    }
    0
}

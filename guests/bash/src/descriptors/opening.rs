//! Opening files for redirections.

use std::ffi::CString;
use std::io;
use std::rc::Rc;

use super::OwnedDescriptor;
use crate::text;

/// How a redirection opens its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Read,
    /// `>`: made or emptied.
    Write,
    /// `>` under `noclobber`, when there is no file yet.
    Create,
    /// `>` to something that is no regular file, under `noclobber`.
    Existing,
    Append,
    ReadWrite,
}

/// Opens a file; the caller decides about its words when it can't be.
pub fn open(path: &str, opening: Opening) -> io::Result<Rc<OwnedDescriptor>> {
    if path.is_empty() {
        return Err(io::Error::from_raw_os_error(libc::ENOENT));
    }
    let path = CString::new(&*text::encode(path))
        .map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    let flags = match opening {
        Opening::Read => libc::O_RDONLY,
        Opening::Write => libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC,
        Opening::Create => libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL,
        Opening::Existing => libc::O_WRONLY,
        Opening::Append => libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND,
        Opening::ReadWrite => libc::O_RDWR | libc::O_CREAT,
    };
    loop {
        // SAFETY: the path ends in a zero byte and outlives the call.
        let number = unsafe { libc::open(path.as_ptr(), flags, 0o666) };
        if number >= 0 {
            return Ok(OwnedDescriptor::new(number as u32, false));
        }
        match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::EINTR) => {}
            error => return Err(error),
        }
    }
}

/// A file without a name that holds these bytes, to be read from its beginning.
pub fn nameless_file(bytes: &[u8]) -> io::Result<Rc<OwnedDescriptor>> {
    for number in 0..u32::MAX {
        let path = format!("/tmp/sh-thd.{number}");
        let written = match open(&path, Opening::Create) {
            Ok(written) => written,
            Err(error) if error.raw_os_error() == Some(libc::EEXIST) => continue,
            Err(error) => return Err(error),
        };
        let outcome =
            super::write_all(written.number, bytes).and_then(|()| open(&path, Opening::Read));
        let _ = std::fs::remove_file(&path);
        return outcome;
    }
    Err(io::Error::from_raw_os_error(libc::EEXIST))
}

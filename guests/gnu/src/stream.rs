//! Standard output in big pieces: Rust's own looks for newlines in all that is written.

use std::fs::File;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd as _, FromRawFd as _};

/// How much is collected before it is written.
const PIECE: usize = 64 << 10;

/// A descriptor that is written to in pieces, and left open.
pub struct Output {
    file: ManuallyDrop<File>,
    pending: Vec<u8>,
}

impl Output {
    /// Standard output.
    pub fn stdout() -> Self {
        Self::descriptor(1)
    }

    /// Any open descriptor.
    pub fn descriptor(number: i32) -> Self {
        // SAFETY: the descriptor is open for as long as the process runs, and never closed here.
        let file = ManuallyDrop::new(unsafe { File::from_raw_fd(number) });
        Self {
            file,
            pending: Vec::new(),
        }
    }

    /// Adds bytes, and writes when there are many.
    ///
    /// # Errors
    /// What writing says.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() >= PIECE {
            self.flush()?;
            return self.file.write_all(bytes);
        }
        self.pending.extend_from_slice(bytes);
        match self.pending.len() >= PIECE {
            true => self.flush(),
            false => Ok(()),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let result = self.file.write_all(&self.pending);
        self.pending.clear();
        result
    }
}

/// Standard input without a buffer of Rust's, left open.
pub fn stdin() -> ManuallyDrop<File> {
    // SAFETY: as for `Output`.
    ManuallyDrop::new(unsafe { File::from_raw_fd(0) })
}

/// Reads at most `room` bytes behind what is in `buffer`, and answers how many there were. Unlike `Read::read` this needs no memory that was cleared first,
/// which for small files costs more than all else.
///
/// # Errors
/// What reading says.
pub fn read_behind(file: &File, buffer: &mut Vec<u8>, room: usize) -> io::Result<usize> {
    buffer.reserve(room);
    let known = buffer.len();
    loop {
        // SAFETY: there is room for so many bytes, and as many of them are part of the buffer as were written.
        let count = unsafe {
            let free = buffer.as_mut_ptr().add(known);
            libc::read(file.as_raw_fd(), free.cast(), room)
        };
        if let Ok(count) = usize::try_from(count) {
            // SAFETY: as above.
            unsafe { buffer.set_len(known + count) };
            return Ok(count);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

//! wasi-libc's `write`, put in front of it: what utilities write to standard error passes through [`words`] a line at a time.
//!
//! A program's own `write` is found before the library's. Rust writes a message to standard error piece by piece; a line
//! goes out at once, which saves the host calls, too.

use crate::words::{Line, explained, reworded};
use libc::{STDERR_FILENO, c_int, c_void, iovec};
use std::cell::RefCell;

/// The end of what was written that is no whole line yet.
struct Pending {
    bytes: Vec<u8>,
    /// What follows explains an error.
    explains: bool,
    /// What follows isn't shown.
    silent: bool,
    /// Whether an exit shows the rest.
    at_exit: bool,
}

thread_local! {
    static PENDING: RefCell<Pending> = const { RefCell::new(Pending { bytes: Vec::new(), explains: false, silent: false, at_exit: false }) };
}

/// `write` of POSIX.
///
/// # Safety
/// As `write`'s: `buffer` holds `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn write(fd: c_int, buffer: *const c_void, length: usize) -> isize {
    // SAFETY: the caller's promise.
    let bytes = unsafe { std::slice::from_raw_parts(buffer.cast(), length) };
    if fd != STDERR_FILENO {
        return put(fd, bytes);
    }
    PENDING.with_borrow_mut(|pending| pending.add(bytes));
    length as isize
}

impl Pending {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            self.show(&line);
        }
        if self.bytes.ends_with(b"? ") {
            // A question: nobody answers what they haven't read.
            self.flush();
        } else if !self.bytes.is_empty() && !self.at_exit {
            // SAFETY: the function takes nothing and returns nothing.
            self.at_exit = unsafe { libc::atexit(flush_at_exit) } == 0;
        }
    }

    /// Shows a line, its newline included, in GNU's words.
    fn show(&mut self, line: &[u8]) {
        if self.silent {
            return;
        }
        let text = std::str::from_utf8(&line[..line.len() - 1]);
        if self.explains {
            text.ok().and_then(explained).iter().for_each(say);
            return;
        }
        match text.map_or(Line::Kept, reworded) {
            Line::Kept => _ = put(STDERR_FILENO, line),
            Line::Instead(text) => say(&text),
            Line::Error(text) => {
                say(&text);
                self.explains = true;
            }
            Line::Last(text) => {
                say(&text);
                self.silent = true;
            }
        }
    }

    fn flush(&mut self) {
        let rest = std::mem::take(&mut self.bytes);
        if !self.silent && !self.explains && !rest.is_empty() {
            put(STDERR_FILENO, &rest);
        }
    }
}

extern "C" fn flush_at_exit() {
    PENDING.with_borrow_mut(Pending::flush);
}

fn say(text: &String) {
    put(STDERR_FILENO, format!("{text}\n").as_bytes());
}

/// What the library's `write` does.
fn put(fd: c_int, bytes: &[u8]) -> isize {
    let part = iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    // SAFETY: one part, which is there.
    unsafe { libc::writev(fd, &raw const part, 1) }
}

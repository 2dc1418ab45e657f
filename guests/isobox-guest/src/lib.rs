//! What every guest of Isobox shares.
//!
//! * [`commands!`] makes one guest out of several commands: a table, the `main` that dispatches on `argv[0]`, and
//!   the two exports that the pinning step reads (`isobox_commands`) and runs (`isobox_freeze`).
//! * [`enter_working_directory`] gives the program the current directory that preview 1 does not have.
//! * [`http`] asks the machine's network.
//! * [`mode`] reads and writes permission bits through the machine's extension of preview 1, `isobox_v1`.
//! * `libc_wrap` makes `stat`, `fstat`, `chmod` and `fchmod` of wasi-libc agree with those bits, so that programs
//!   written for a POSIX system, ours or others', need not know the extension.
//! * `strerror` words errors as glibc does.

use std::ffi::OsString;
use std::os::wasi::ffi::OsStringExt;

pub mod http;
mod libc_wrap;
pub mod mode;
mod multicall;
pub mod process;
pub mod program;
pub mod stat;
mod strerror;

pub use multicall::{plain, run};

/// The arguments of a command, its own name first.
pub type Arguments = std::vec::IntoIter<OsString>;

/// A command: its arguments to its exit status.
pub type Command = fn(Arguments) -> i32;

/// Goes to the directory the process was begun in, or to `/` when that is gone.
///
/// Preview 1 has no current directory: wasi-libc keeps one in the guest and starts it at `/`. So a guest calls this before anything
/// that resolves a path. It never fails: a shell that has deleted its directory still runs commands.
pub fn enter_working_directory() {
    let directory = match process::cwd() {
        Some(bytes) => OsString::from_vec(bytes),
        None => std::env::var_os("PWD").unwrap_or_else(|| OsString::from("/")),
    };
    if std::env::set_current_dir(&directory).is_err() {
        let _ = std::env::set_current_dir("/");
    }
}

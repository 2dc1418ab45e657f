//! What goes to standard error, and whether anything went wrong.

use crate::options::Options;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

static WANTED: AtomicBool = AtomicBool::new(true);
static IGNORE_FILES_WANTED: AtomicBool = AtomicBool::new(true);
static ERRORED: AtomicBool = AtomicBool::new(false);

/// Which messages are wanted.
pub fn configure(options: &Options) {
    WANTED.store(!options.no_messages, Ordering::Relaxed);
    IGNORE_FILES_WANTED.store(!options.no_ignore_messages, Ordering::Relaxed);
}

/// Whether an error was told, or kept silent, so far.
pub fn errored() -> bool {
    ERRORED.load(Ordering::Relaxed)
}

/// An error about one file, which ends nothing but makes the status 2.
pub fn error(message: &str) {
    ERRORED.store(true, Ordering::Relaxed);
    warn(message);
}

/// Something to know that leaves the status alone.
pub fn warn(message: &str) {
    if WANTED.load(Ordering::Relaxed) {
        say(message);
    }
}

/// Something wrong with an ignore file.
pub fn warn_of_ignore_file(message: &str) {
    if IGNORE_FILES_WANTED.load(Ordering::Relaxed) {
        warn(message);
    }
}

/// Says it, wanted or not.
pub fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "rg: {}", with_linux_numbers(message));
}

/// `(os error 44)` is WASI's number for what Linux calls 2.
fn with_linux_numbers(message: &str) -> String {
    const MARK: &str = "(os error ";
    let Some((before, rest)) = message.rsplit_once(MARK) else {
        return message.to_owned();
    };
    let Some((number, after)) = rest.split_once(')') else {
        return message.to_owned();
    };
    let number = number.parse().map_or(0, linux_number);
    format!("{before}{MARK}{number}){after}")
}

fn linux_number(errno: u32) -> u32 {
    match errno {
        2 => 13,
        8 => 9,
        10 => 16,
        25 => 84,
        27 => 4,
        28 => 22,
        29 => 5,
        31 => 21,
        32 => 40,
        33 => 24,
        37 => 36,
        41 => 23,
        44 => 2,
        48 => 12,
        51 => 28,
        52 => 38,
        54 => 20,
        55 => 39,
        58 => 95,
        60 => 6,
        63 => 1,
        64 => 32,
        69 => 30,
        70 => 29,
        76 => 1,
        other => other,
    }
}

//! Reading directories: order, cookies, buffers too small, changes in between.

use crate::facts::{Facts, Scratch, close, create, open_directory};
use wasi::{Errno, Fd};

/// The head of an entry: next cookie, inode, length of the name, type.
const HEAD_BYTES: usize = 24;

/// The names are made in this order.
const NAMES: [&str; 8] = ["m", "b", "zz", "a", "Z", "10", "9", "é"];

struct Entry {
    next: u64,
    kind: u8,
    name: String,
}

pub fn readdir(facts: &mut Facts) {
    let scratch = Scratch::new("readdir");
    for name in NAMES {
        let _ = create(&scratch.at(name)).and_then(close);
    }
    let _ = std::fs::create_dir(format!("/{}", scratch.at("directory")));
    let directory = match open_directory(&scratch.at("")) {
        Ok(fd) => fd,
        Err(errno) => return facts.note("open", errno.name()),
    };
    whole(facts, "whole", directory);
    for length in [
        0,
        1,
        HEAD_BYTES - 1,
        HEAD_BYTES,
        HEAD_BYTES + 1,
        HEAD_BYTES * 2,
        100,
    ] {
        facts.answer(
            &format!("filled of {length} bytes"),
            fill(directory, length, 0).map(|bytes| bytes.len()),
        );
    }
    one_by_one(facts, directory);
    facts.answer(
        "past the end",
        fill(directory, 4096, u64::MAX).map(|bytes| bytes.len()),
    );
    while_deleting(facts, &scratch, directory);
    facts.answer("close", close(directory));
}

fn whole(facts: &mut Facts, what: &str, directory: Fd) {
    match fill(directory, 1 << 16, 0) {
        Ok(bytes) => facts.note(what, show(&entries(&bytes))),
        Err(errno) => facts.note(what, errno.name()),
    }
}

fn show(entries: &[Entry]) -> String {
    let shown: Vec<String> = entries
        .iter()
        .map(|entry| format!("{}/{}/{}", entry.name, entry.kind, entry.next))
        .collect();
    shown.join(" ")
}

/// A buffer for one entry at a time, each call from where the last entry points.
fn one_by_one(facts: &mut Facts, directory: Fd) {
    let (mut cookie, mut names) = (0, Vec::new());
    while let Ok(bytes) = fill(directory, HEAD_BYTES + 16, cookie) {
        let Some(entry) = entries(&bytes).into_iter().next() else {
            break;
        };
        cookie = entry.next;
        names.push(entry.name);
        if names.len() > 2 * NAMES.len() + 8 {
            break;
        }
    }
    facts.note("one by one", names.join(" "));
}

/// Deletes each name as soon as it is read: every other one must still come.
fn while_deleting(facts: &mut Facts, scratch: &Scratch, directory: Fd) {
    let (mut cookie, mut names) = (0, Vec::new());
    while let Ok(bytes) = fill(directory, HEAD_BYTES + 16, cookie) {
        let Some(entry) = entries(&bytes).into_iter().next() else {
            break;
        };
        cookie = entry.next;
        let _ = std::fs::remove_file(format!("/{}", scratch.at(&entry.name)));
        names.push(entry.name);
        if names.len() > 2 * NAMES.len() + 8 {
            break;
        }
    }
    facts.note("while deleting", names.join(" "));
    whole(facts, "afterwards", directory);
}

fn fill(directory: Fd, length: usize, cookie: u64) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; length];
    // SAFETY: the vector has the length passed.
    let count = unsafe { wasi::fd_readdir(directory, bytes.as_mut_ptr(), length, cookie)? };
    bytes.truncate(count);
    Ok(bytes)
}

/// The entries that are in `bytes` as a whole.
fn entries(mut bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    while bytes.len() >= HEAD_BYTES {
        let number = |from: usize, to: usize| {
            bytes[from..to]
                .iter()
                .rev()
                .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
        };
        let length = number(16, 20) as usize;
        let Some(name) = bytes.get(HEAD_BYTES..HEAD_BYTES + length) else {
            break;
        };
        entries.push(Entry {
            next: number(0, 8),
            kind: bytes[20],
            name: String::from_utf8_lossy(name).into_owned(),
        });
        bytes = &bytes[HEAD_BYTES + length..];
    }
    entries
}

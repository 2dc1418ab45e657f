//! Files: what is known of them, descriptors, positions, names taken away while they are open.

use crate::facts::{Facts, ROOT, Scratch, close, create, open, read, stat as look, write};
use wasi::{Errno, Fd, Filestat, Whence};

/// The facts of a file that don't depend on when it was made or on what was made before it.
fn shape(stat: Filestat) -> String {
    format!(
        "{} links {} size {}",
        stat.filetype.raw(),
        stat.nlink,
        stat.size
    )
}

fn seek_to(fd: Fd, offset: i64, whence: Whence) -> Result<u64, Errno> {
    // SAFETY: takes no memory.
    unsafe { wasi::fd_seek(fd, offset, whence) }
}

fn unlink_file(path: &str) -> Result<(), Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_unlink_file(ROOT, path) }
}

fn rename(from: &str, to: &str) -> Result<(), Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_rename(ROOT, from, ROOT, to) }
}

fn link(from: &str, to: &str) -> Result<(), Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_link(ROOT, 0, from, ROOT, to) }
}

pub fn stat(facts: &mut Facts) {
    let scratch = Scratch::new("stat");
    let (path, other, linked) = (
        scratch.at("file"),
        scratch.at("renamed"),
        scratch.at("linked"),
    );
    let Ok(fd) = create(&path) else {
        return facts.note("create", "failed");
    };
    let Ok(made) = look(&path) else {
        return facts.note("stat", "failed");
    };
    facts.note("made", shape(made));
    facts.note("inode", made.ino);
    facts.note("device", made.dev);
    facts.note(
        "times",
        format!("{} {} {}", made.atim, made.mtim, made.ctim),
    );
    let step = |facts: &mut Facts, what: &str, path: &str| match look(path) {
        Ok(now) => {
            let times = [now.atim, now.mtim, now.ctim].map(|time| time.wrapping_sub(made.mtim));
            facts.note(
                what,
                format!(
                    "{} same inode {} times +{times:?}",
                    shape(now),
                    now.ino == made.ino
                ),
            );
        }
        Err(errno) => facts.note(what, errno.name()),
    };
    facts.answer("write", write(fd, b"hello"));
    step(facts, "written", &path);
    facts.answer("rename", rename(&path, &other));
    step(facts, "renamed", &other);
    facts.answer("link", link(&other, &linked));
    step(facts, "linked", &linked);
    // SAFETY: take no memory.
    facts.answer("truncate", unsafe { wasi::fd_filestat_set_size(fd, 2) });
    step(facts, "truncated", &other);
    let flags = wasi::FSTFLAGS_ATIM | wasi::FSTFLAGS_MTIM;
    facts.answer("set times", unsafe {
        wasi::fd_filestat_set_times(fd, made.mtim + 7, made.mtim + 9, flags)
    });
    step(facts, "times set", &other);
    facts.answer("unlink", unlink_file(&other));
    step(facts, "a name gone", &linked);
    facts.answer("close", close(fd));
    for (name, path) in [
        ("root", "."),
        ("its own directory", &scratch.at("")),
        ("/dev/null", "dev/null"),
    ] {
        match look(path) {
            Ok(stat) => facts.note(name, format!("{} inode {}", shape(stat), stat.ino)),
            Err(errno) => facts.note(name, errno.name()),
        }
    }
}

/// The lowest free number is given, also after holes were made.
pub fn fds(facts: &mut Facts) {
    let scratch = Scratch::new("fds");
    let path = scratch.at("file");
    let opened: Vec<Fd> = (0..5).filter_map(|_| create(&path).ok()).collect();
    facts.note("opened", format!("{opened:?}"));
    let [a, b, c, d, e] = opened[..] else { return };
    facts.answer("closed", close(b).and(close(d)));
    let again: Vec<_> = (0..3).filter_map(|_| create(&path).ok()).collect();
    facts.note("opened again", format!("{again:?}"));
    // SAFETY: takes no memory.
    facts.answer("renumbered onto another", unsafe {
        wasi::fd_renumber(a, c)
    });
    facts.answer("the number left", close(a));
    facts.answer("the lowest then", create(&path));
    for fd in [a, b, c, d, e].into_iter().chain(again) {
        let _ = close(fd);
    }
    for fd in 0..4 {
        // SAFETY: take no memory.
        let known = unsafe { wasi::fd_fdstat_get(fd) };
        let shown = known.map(|stat| (stat.fs_filetype.raw(), stat.fs_flags, stat.fs_rights_base));
        facts.answer(&format!("descriptor {fd}"), shown);
    }
}

fn seek_file(facts: &mut Facts, fd: Fd) {
    facts.answer("write", write(fd, b"0123456789"));
    facts.answer("to the start", seek_to(fd, 0, wasi::WHENCE_SET));
    facts.answer("before the start", seek_to(fd, -1, wasi::WHENCE_SET));
    facts.answer("back from the end", seek_to(fd, -3, wasi::WHENCE_END));
    facts.answer("read", read(fd, 10));
    facts.answer("read at the end", read(fd, 10));
    facts.answer("far past the end", seek_to(fd, 1 << 20, wasi::WHENCE_CUR));
    facts.answer("write there", write(fd, b"x"));
    // SAFETY: take no memory.
    facts.answer("where", unsafe { wasi::fd_tell(fd) });
    facts.answer("into the hole", seek_to(fd, 100, wasi::WHENCE_SET));
    facts.answer("read the hole", read(fd, 4));
    facts.answer("to no place", seek_to(fd, i64::MAX, wasi::WHENCE_CUR));
    facts.answer("allocate", unsafe { wasi::fd_allocate(fd, 0, 1 << 21) });
    facts.answer("advise", unsafe {
        wasi::fd_advise(fd, 0, 1, wasi::ADVICE_SEQUENTIAL)
    });
    facts.answer("too long", unsafe {
        wasi::fd_filestat_set_size(fd, u64::MAX)
    });
}

fn seek_standard(facts: &mut Facts) {
    for fd in 0..3 {
        facts.answer(
            &format!("descriptor {fd}"),
            seek_to(fd, 0, wasi::WHENCE_CUR),
        );
    }
}

pub fn append(facts: &mut Facts) {
    let scratch = Scratch::new("append");
    let path = scratch.at("file");
    let two = (
        open(&path, wasi::OFLAGS_CREAT, wasi::FDFLAGS_APPEND),
        open(&path, 0, 0),
    );
    let (Ok(appending), Ok(writing)) = two else {
        return facts.note("open", "failed");
    };
    for (fd, text) in [
        (appending, "aa"),
        (writing, "b"),
        (appending, "cc"),
        (writing, "ddd"),
        (appending, "e"),
    ] {
        facts.answer(text, write(fd, text.as_bytes()));
    }
    facts.answer("appending is at", seek_to(appending, 0, wasi::WHENCE_CUR));
    facts.answer(
        "after seeking",
        seek_to(appending, 0, wasi::WHENCE_SET).and_then(|_| write(appending, b"f")),
    );
    facts.answer(
        "content",
        seek_to(writing, 0, wasi::WHENCE_SET).and_then(|_| read(writing, 100)),
    );
    let buffer = wasi::Ciovec {
        buf: b"GG".as_ptr(),
        buf_len: 2,
    };
    // SAFETY: the buffer is static.
    facts.answer("write at a place", unsafe {
        wasi::fd_pwrite(appending, &[buffer], 0)
    });
    facts.answer("size", look(&path).map(|stat| stat.size));
    facts.answer("close", close(appending).and(close(writing)));
}

/// Files live on without a name, and a name taken over leaves the old file to who has it open.
pub fn unlink(facts: &mut Facts) {
    let scratch = Scratch::new("unlink");
    let (path, other) = (scratch.at("file"), scratch.at("other"));
    let (Ok(fd), Ok(taken)) = (create(&path), create(&other)) else {
        return facts.note("create", "failed");
    };
    facts.answer("write", write(fd, b"kept").and(write(taken, b"taken over")));
    facts.answer("unlink", unlink_file(&path));
    // SAFETY: take no memory.
    facts.answer(
        "without a name",
        unsafe { wasi::fd_filestat_get(fd) }.map(shape),
    );
    facts.answer("write on", write(fd, b" on"));
    facts.answer(
        "read back",
        seek_to(fd, 0, wasi::WHENCE_SET).and_then(|_| read(fd, 100)),
    );
    facts.answer("the name", look(&path).map(shape));
    facts.answer("a new file of that name", create(&path).and_then(close));
    facts.answer("rename over an open file", rename(&path, &other));
    facts.answer(
        "the one replaced",
        unsafe { wasi::fd_filestat_get(taken) }.map(shape),
    );
    facts.answer("the name now", look(&other).map(shape));
    facts.answer("close", close(fd).and(close(taken)));
}

pub fn seek(facts: &mut Facts) {
    let scratch = Scratch::new("seek");
    match create(&scratch.at("file")) {
        Ok(fd) => {
            seek_file(facts, fd);
            facts.answer("close", close(fd));
        }
        Err(errno) => facts.note("create", errno.name()),
    }
    seek_standard(facts);
}

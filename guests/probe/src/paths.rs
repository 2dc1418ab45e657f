//! How paths are resolved, and which errno each mistake gets.

use crate::facts::{Facts, ROOT, Scratch, close, create, open, open_directory, read, stat, write};
use wasi::Errno;

/// More symbolic links than a path may go through.
const LINKS: usize = 45;

fn symlink(content: &str, path: &str) -> Result<(), Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_symlink(content, ROOT, path) }
}

fn create_directory(path: &str) -> Result<(), Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_create_directory(ROOT, path) }
}

fn unlink(path: &str) -> Result<(), Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_unlink_file(ROOT, path) }
}

fn remove_directory(path: &str) -> Result<(), Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_remove_directory(ROOT, path) }
}

fn rename(from: &str, to: &str) -> Result<(), Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_rename(ROOT, from, ROOT, to) }
}

/// A file `f`, a directory `d` with a file `g`, and links to each.
fn furnish(topic: &str) -> Scratch {
    let scratch = Scratch::new(topic);
    let _ = create(&scratch.at("f")).and_then(close);
    let _ = create_directory(&scratch.at("d"));
    let _ = create(&scratch.at("d/g")).and_then(close);
    for (content, name) in [
        ("f", "to-f"),
        ("d", "to-d"),
        ("missing", "dangling"),
        ("../../../..", "up"),
        ("/", "root"),
    ] {
        let _ = symlink(content, &scratch.at(name));
    }
    scratch
}

pub fn paths(facts: &mut Facts) {
    let scratch = furnish("paths");
    let names = [
        "f",
        "./f",
        "d/../f",
        "d/g",
        "d/./g",
        "d//g",
        "to-d/g",
        "to-d/../f",
        "f/",
        "d/",
        "to-f/",
        "to-d/",
        "f/.",
        "f/..",
        "missing/..",
        "dangling",
        "dangling/",
        "up",
        "root",
        "root/tmp",
        "",
        ".",
        "..",
        "d/../../../../../../../../tmp",
    ];
    for name in names {
        facts.answer(
            &format!("'{name}'"),
            stat(&scratch.at(name)).map(|stat| stat.filetype.raw()),
        );
    }
    for path in ["/tmp", "//tmp", "../tmp", "", "tmp\0x"] {
        facts.answer(
            &format!("{path:?} of the root"),
            stat(path).map(|stat| stat.filetype.raw()),
        );
    }
    for length in [255, 256, 4095, 4096, 5000] {
        let name = "n".repeat(length);
        facts.answer(
            &format!("a name of {length}"),
            create(&scratch.at(&name)).and_then(close),
        );
    }
    let deep = "d/../".repeat(1000);
    facts.answer(
        "a path of 5000",
        stat(&scratch.at(&deep)).map(|stat| stat.filetype.raw()),
    );
}

/// The same letters as different bytes are different names, and bytes that aren't UTF-8 are no name.
pub fn names(facts: &mut Facts) {
    let scratch = Scratch::new("names");
    let names = [
        "\u{e9}",
        "e\u{301}",
        "E",
        "e",
        " ",
        "a\nb",
        "\u{1f600}",
        "-",
        "*",
        "\\",
    ];
    for (at, name) in names.iter().enumerate() {
        let made = create(&scratch.at(name)).and_then(|fd| {
            write(fd, &[at as u8])?;
            close(fd)
        });
        facts.answer(&format!("make {name:?}"), made);
    }
    for name in names {
        let content = open(&scratch.at(name), 0, 0).and_then(|fd| {
            let content = read(fd, 2);
            close(fd)?;
            content
        });
        facts.answer(&format!("read {name:?}"), content);
    }
    // SAFETY: the bytes are passed on as they are, and nobody reads them as text here.
    let no_text = unsafe { String::from_utf8_unchecked(vec![b'a', 0xff]) };
    facts.answer("no UTF-8", create(&scratch.at(&no_text)).and_then(close));
}

pub fn symlinks(facts: &mut Facts) {
    let scratch = Scratch::new("symlinks");
    facts.answer("the end", create(&scratch.at("0")).and_then(close));
    for at in 1..=LINKS {
        let _ = symlink(&(at - 1).to_string(), &scratch.at(&at.to_string()));
    }
    for at in [1, 8, 20, 39, 40, 41, LINKS] {
        facts.answer(
            &format!("through {at}"),
            stat(&scratch.at(&at.to_string())).map(|stat| stat.filetype.raw()),
        );
    }
    facts.answer(
        "a loop",
        symlink("b", &scratch.at("a")).and(symlink("a", &scratch.at("b"))),
    );
    facts.answer(
        "into the loop",
        stat(&scratch.at("a")).map(|stat| stat.filetype.raw()),
    );
    facts.answer("an empty link", symlink("", &scratch.at("empty")));
    facts.answer("over a file", symlink("x", &scratch.at("0")));
    facts.answer("an absolute link", symlink("/tmp", &scratch.at("absolute")));
    facts.answer(
        "through it",
        stat(&scratch.at("absolute")).map(|stat| stat.filetype.raw()),
    );
    for length in [0, 1, 2, 100] {
        let mut content = vec![0; length];
        // SAFETY: the vector has the length passed.
        let read =
            unsafe { wasi::path_readlink(ROOT, &scratch.at("10"), content.as_mut_ptr(), length) };
        facts.answer(
            &format!("read into {length}"),
            read.map(|count| content[..count.min(length)].to_vec()),
        );
    }
    facts.answer(
        "a path through a file",
        stat(&scratch.at("0/x")).map(|stat| stat.filetype.raw()),
    );
}

pub fn errno(facts: &mut Facts) {
    let scratch = furnish("errno");
    let at = |name: &str| scratch.at(name);
    let exclusive = wasi::OFLAGS_CREAT | wasi::OFLAGS_EXCL;
    facts.answer("open what is missing", open(&at("missing"), 0, 0));
    facts.answer(
        "open in what is missing",
        open(&at("missing/x"), wasi::OFLAGS_CREAT, 0),
    );
    facts.answer("make what is there", open(&at("f"), exclusive, 0));
    facts.answer(
        "make where a link dangles",
        open(&at("dangling"), exclusive, 0),
    );
    facts.answer("a file as a directory", open_directory(&at("f")));
    facts.answer(
        "truncate a directory",
        open(&at("d"), wasi::OFLAGS_TRUNC, 0),
    );
    facts.answer(
        "make with a slash",
        open(&at("new/"), wasi::OFLAGS_CREAT, 0),
    );
    facts.answer("make a directory that is there", create_directory(&at("d")));
    facts.answer("make a directory in a file", create_directory(&at("f/x")));
    facts.answer("remove a full directory", remove_directory(&at("d")));
    facts.answer("remove a file as a directory", remove_directory(&at("f")));
    facts.answer(
        "remove a link as a directory",
        remove_directory(&at("to-d")),
    );
    facts.answer("remove '.'", remove_directory(&at("d/.")));
    facts.answer("remove '..'", remove_directory(&at("d/..")));
    facts.answer("remove the root", remove_directory("."));
    facts.answer("unlink a directory", unlink(&at("d")));
    facts.answer("unlink what is missing", unlink(&at("missing")));
    facts.answer("unlink with a slash", unlink(&at("f/")));
    facts.answer(
        "rename a directory into itself",
        rename(&at("d"), &at("d/x")),
    );
    facts.answer("rename a file over a directory", rename(&at("f"), &at("d")));
    facts.answer("rename a directory over a file", rename(&at("d"), &at("f")));
    facts.answer("rename what is missing", rename(&at("missing"), &at("x")));
    facts.answer("rename to itself", rename(&at("f"), &at("f")));
    descriptors(facts, &scratch);
}

/// Mistakes with descriptors.
fn descriptors(facts: &mut Facts, scratch: &Scratch) {
    facts.answer("close what isn't open", close(9999));
    facts.answer("write to what isn't open", write(9999, b"x"));
    facts.answer("read what isn't open", read(9999, 1));
    let (Ok(directory), Ok(file)) = (open_directory(&scratch.at("d")), create(&scratch.at("f")))
    else {
        return facts.note("open", "failed");
    };
    facts.answer("read a directory", read(directory, 1));
    facts.answer("write a directory", write(directory, b"x"));
    // SAFETY: pass memory of this frame.
    unsafe {
        let mut entries = [0; 64];
        facts.answer(
            "list a file",
            wasi::fd_readdir(file, entries.as_mut_ptr(), entries.len(), 0),
        );
        facts.answer(
            "a path below a file",
            wasi::path_filestat_get(file, 0, "x").map(|_| ()),
        );
        facts.answer(
            "out of a directory",
            wasi::path_filestat_get(directory, 0, "..").map(|_| ()),
        );
        facts.answer(
            "seek a directory",
            wasi::fd_seek(directory, 0, wasi::WHENCE_SET),
        );
        facts.answer("renumber what isn't open", wasi::fd_renumber(9999, file));
        facts.answer("renumber to what isn't open", wasi::fd_renumber(file, 9998));
        facts.answer("a socket that is none", wasi::sock_shutdown(file, 3));
    }
    facts.answer("close", close(directory).and(close(file)));
}

//! `read` and `write`.

use serde_json::{Value, json};

use crate::desk::Desk;

fn read(path: &str) -> Value {
    json!({"file_path": path})
}

fn read_lines(path: &str, first: i64, last: i64) -> Value {
    json!({"file_path": path, "view_range": [first, last]})
}

#[test]
fn a_file_is_read_as_it_is() {
    let mut desk = Desk::new()
        .with("a", "one\r\ntwo\n\tthree")
        .with("empty", "");
    desk.answers("read", read("a"), "one\r\ntwo\n\tthree");
    desk.answers("read", read("empty"), "");
    desk.answers("read", read_lines("a", 2, 2), "two");
    desk.answers("read", read_lines("a", 2, 0), "two\n\tthree");
    desk.answers("read", read_lines("a", -3, 1), "one\r");
    desk.answers("read", read_lines("a", 3, 2), "");
    desk.answers("read", read_lines("a", 9, 12), "");
    desk.answers(
        "read",
        json!({"file_path": "a", "view_range": []}),
        "one\r\ntwo\n\tthree",
    );
}

#[test]
fn large_files_are_read_by_lines() {
    let lines: String = (1..=100_000).map(|n| format!("line {n}\n")).collect();
    let long = format!("short\n{}\nend\n", "x".repeat(300_000));
    let mut desk = Desk::new().with("large", &lines).with("long", &long);
    desk.fails(
        "read",
        read("large"),
        1,
        "read: large is 1088895 bytes, exceeds 262144-byte limit. Use the view_range parameter to read specific line \
         ranges, e.g. view_range: [1, 500].",
    );
    desk.answers(
        "read",
        read_lines("large", 99_998, 99_999),
        "line 99998\nline 99999",
    );
    desk.answers(
        "read",
        read_lines("large", 99_999, -1),
        "line 99999\nline 100000\n",
    );
    desk.fails(
        "read",
        read_lines("large", 1, 90_000),
        1,
        "read: view_range [1, 90000] of large exceeds 262144-byte limit. Narrow the view_range to read a smaller portion.",
    );
    desk.fails(
        "read",
        read_lines("long", 2, 2),
        1,
        "read: line 2 of long alone exceeds 262144-byte limit. The read tool cannot return part of a line, so view_range \
         cannot narrow this further.",
    );
    desk.answers("read", read_lines("long", 3, 3), "end");
}

#[test]
fn what_cannot_be_read_is_named() {
    let mut desk = Desk::new()
        .with("a", "x")
        .with("image.png", b"\x89PNG\r\n\x1a\n\0");
    for (arguments, status, words) in [
        (read("gone"), 1, "read: gone: no such file or directory"),
        (read("/tmp"), 1, "read: /tmp: is a directory"),
        (read("/dev/zero"), 1, "read: /dev/zero: not a regular file"),
        (read(""), 2, "read: file_path is empty"),
        (
            read("image.png"),
            1,
            "read: image.png: not valid UTF-8 text (binary file of 9 bytes)",
        ),
        (json!({}), 2, "Parameter `file_path` is required"),
        (
            json!({"file_path": 7}),
            2,
            "Parameter `file_path` must be a string",
        ),
        (
            json!({"file_path": "a", "view_range": [1, 2, 3]}),
            2,
            "read: view_range must be [start_line, end_line]",
        ),
    ] {
        desk.fails("read", arguments, status, words);
    }
}

#[test]
fn a_file_is_written() {
    let mut desk = Desk::new().with("old", "before");
    desk.bash("chmod 600 old");
    let write = |path: &str, content: &str| json!({"file_path": path, "content": content});
    desk.answers(
        "write",
        write("x/y/new", "é\r\n"),
        "wrote 4 bytes to x/y/new",
    );
    desk.answers("write", write("old", ""), "wrote 0 bytes to old");
    desk.holds("x/y/new", "é\r\n");
    desk.holds("old", "");
    assert_eq!(desk.bash("stat -c %a old x/y/new"), "600\n644\n");
    desk.fails(
        "write",
        write("/tmp", "x"),
        1,
        "write: /tmp: is a directory",
    );
    desk.fails(
        "write",
        write("old/x", "x"),
        1,
        "write: old/x: not a directory",
    );
    desk.fails("write", write("", "x"), 2, "write: file_path is empty");
    desk.fails(
        "write",
        json!({"file_path": "a"}),
        2,
        "Parameter `content` is required",
    );
}

//! `edit`.

use serde_json::{Value, json};

use crate::desk::Desk;

fn edit(path: &str, old: &str, new: &str, everywhere: bool) -> Value {
    json!({"file_path": path, "old_string": old, "new_string": new, "replace_all": everywhere})
}

#[test]
fn a_text_is_replaced_once_or_everywhere() {
    let mut desk = Desk::new().with("a", "x = 1\ny = x\n");
    let once = json!({"file_path": "a", "old_string": "x = 1", "new_string": "x = 2"});
    desk.answers("edit", once, "edited a (1 replacement(s))");
    desk.fails(
        "edit",
        edit("a", "x", "z", false),
        1,
        "edit: old_string appears 2 times in a (must be unique)",
    );
    desk.answers(
        "edit",
        edit("a", "x", "z", true),
        "edited a (2 replacement(s))",
    );
    desk.holds("a", "z = 2\ny = z\n");
}

#[test]
fn what_cannot_be_edited_is_named() {
    let mut desk = Desk::new()
        .with("a", "x\n")
        .with("binary", b"\xff\xfe")
        .with("large", "x".repeat((256 << 10) + 1))
        .with("locked", "x");
    desk.bash("chmod 444 locked; ln -s loop loop");
    for (path, words) in [
        ("a", "edit: old_string not found in a"),
        ("gone", "edit: gone: no such file or directory"),
        ("a/b", "edit: a/b: not a directory"),
        ("/home", "edit: /home: is a directory"),
        ("loop", "edit: loop: too many levels of symbolic links"),
        (
            "binary",
            "edit: binary: not valid UTF-8 text (cannot edit binary files)",
        ),
        (
            "large",
            "edit: large is 262145 bytes, exceeds 262144-byte limit. The edit tool loads the whole file and cannot modify \
             a file this large.",
        ),
    ] {
        desk.fails("edit", edit(path, "old", "new", false), 1, words);
    }
    desk.fails(
        "edit",
        edit("locked", "x", "y", false),
        1,
        "edit: locked: permission denied",
    );
    desk.fails(
        "edit",
        edit("a", "", "y", false),
        2,
        "edit: old_string is empty: give the text of a that is to be replaced",
    );
}

#[test]
fn the_ends_of_lines_are_kept() {
    let mut desk = Desk::new().with("a", "one\r\ntwo\r\none\r\ntwo");
    let (status, _) = desk.call("edit", edit("a", "one\ntwo", "1\n2", true));
    assert_eq!(status, 0);
    desk.holds("a", "1\r\n2\r\n1\r\n2");
}

#[test]
fn a_full_tree_leaves_the_file_as_it_was() {
    let mut desk = Desk::new().with("a", "x\n");
    desk.bash("head -c 2G /dev/zero > full 2>&1; true");
    let new = "y".repeat(200_000);
    desk.fails(
        "edit",
        edit("a", "x", &new, false),
        1,
        "edit: a: no space left on device",
    );
    desk.holds("a", "x\n");
    assert_eq!(desk.bash("ls -A"), "a\nfull\n");
}

//! `apply_patch`, in both forms.

use serde_json::{Value, json};

use crate::desk::Desk;

fn patch(lines: &[&str]) -> Value {
    let body = lines.join("\n");
    json!({"input": format!("*** Begin Patch\n{body}\n*** End Patch")})
}

fn update(path: &str, diff: &str) -> Value {
    json!({"type": "update_file", "path": path, "diff": diff})
}

#[test]
fn files_are_added_changed_moved_and_deleted() {
    let mut desk = Desk::new()
        .with("src/a.py", "def a():\n    pass\n")
        .with("src/b.py", "b = 1\n")
        .with("gone.txt", b"\0");
    desk.bash("chmod 755 src/a.py");
    let arguments = patch(&[
        "*** Add File: new/c.py",
        "+c = 3",
        "+",
        "*** Update File: src/a.py",
        "@@ def a():",
        "-    pass",
        "+    return 1",
        "*** Update File: src/b.py",
        "*** Move to: lib/b.py",
        "@@",
        "-b = 1",
        "+b = 2",
        "*** Delete File: gone.txt",
    ]);
    desk.answers(
        "apply_patch",
        arguments,
        "Success. Updated the following files:\nA new/c.py\nM src/a.py\nM lib/b.py\nD gone.txt\n",
    );
    desk.holds("new/c.py", "c = 3\n\n");
    desk.holds("src/a.py", "def a():\n    return 1\n");
    desk.holds("lib/b.py", "b = 2\n");
    assert!(!desk.has("src/b.py") && !desk.has("gone.txt"));
    assert_eq!(desk.bash("stat -c %a src/a.py"), "755\n");
}

#[test]
fn hunks_find_their_places() {
    let before = "class A:\n    def f(self):\n        x = 1\n        return x\n\nclass B:\n    def f(self):\n        x = 1\n        return x\n";
    for (hunks, after) in [
        // Two anchors lead to the second method.
        (
            vec![
                "@@ class B:",
                "@@     def f(self):",
                "-        x = 1",
                "+        x = 2",
            ],
            "class A:\n    def f(self):\n        x = 1\n        return x\n\nclass B:\n    def f(self):\n        x = 2\n        return x\n",
        ),
        // Without a mark the first hunk is looked for from the beginning.
        (
            vec![" class A:", "-    def f(self):", "+    def g(self):"],
            "class A:\n    def g(self):\n        x = 1\n        return x\n\nclass B:\n    def f(self):\n        x = 1\n        return x\n",
        ),
        // The same lines twice, one behind the other.
        (
            vec![
                "@@",
                "-        x = 1",
                "+        x = 3",
                "@@",
                "-        x = 1",
                "+        x = 4",
            ],
            "class A:\n    def f(self):\n        x = 3\n        return x\n\nclass B:\n    def f(self):\n        x = 4\n        return x\n",
        ),
        // At the end.
        (
            vec![
                "@@",
                "-        return x",
                "+        return 0",
                "*** End of File",
            ],
            "class A:\n    def f(self):\n        x = 1\n        return x\n\nclass B:\n    def f(self):\n        x = 1\n        return 0\n",
        ),
        // Spaces around lines do not matter, and lines that stay, stay.
        (
            vec!["@@ class B:", " def f(self):  ", "-x = 1", "+        x = 5"],
            "class A:\n    def f(self):\n        x = 1\n        return x\n\nclass B:\n    def f(self):\n        x = 5\n        return x\n",
        ),
        // An empty line stands for itself.
        (
            vec!["@@", "         return x", "", "-class B:", "+class C:"],
            "class A:\n    def f(self):\n        x = 1\n        return x\n\nclass C:\n    def f(self):\n        x = 1\n        return x\n",
        ),
        // One more hunk under the same anchor.
        (
            vec![
                "@@ class A:",
                "-        x = 1",
                "+        x = 6",
                "@@ class A:",
                "-        return x",
                "+        return 7",
            ],
            "class A:\n    def f(self):\n        x = 6\n        return 7\n\nclass B:\n    def f(self):\n        x = 1\n        return x\n",
        ),
        // Lines without any others come at the end, or behind the anchor.
        (
            vec!["@@", "+end"],
            "class A:\n    def f(self):\n        x = 1\n        return x\n\nclass B:\n    def f(self):\n        x = 1\n        return x\nend\n",
        ),
        (
            vec!["@@ class B:", "+    b = 1"],
            "class A:\n    def f(self):\n        x = 1\n        return x\n\nclass B:\n    b = 1\n    def f(self):\n        x = 1\n        return x\n",
        ),
    ] {
        let mut desk = Desk::new().with("a.py", before);
        let mut lines = vec!["*** Update File: a.py"];
        lines.extend(&hunks);
        let (status, text) = desk.call("apply_patch", patch(&lines));
        assert_eq!(
            (status, text.as_str()),
            (0, "Success. Updated the following files:\nM a.py\n"),
            "{hunks:?}"
        );
        desk.holds("a.py", after);
    }
}

#[test]
fn typographic_letters_are_those_of_the_keyboard() {
    let mut desk = Desk::new().with("a", "say “hi” — it’s\u{a0}me\n");
    let arguments = patch(&["*** Update File: a", "@@", "-say \"hi\" - it's me", "+bye"]);
    assert_eq!(desk.call("apply_patch", arguments).0, 0);
    desk.holds("a", "bye\n");
}

#[test]
fn the_ends_of_lines_are_kept() {
    let mut desk = Desk::new()
        .with("crlf", "one\r\ntwo\r\n")
        .with("open", "one\ntwo")
        .with("empty", "");
    let arguments = patch(&[
        "*** Update File: crlf",
        " one",
        "+and a half",
        "*** Update File: open",
        "-two",
        "+2",
        "*** Update File: empty",
        "@@",
        "+full",
    ]);
    assert_eq!(desk.call("apply_patch", arguments).0, 0);
    desk.holds("crlf", "one\r\nand a half\r\ntwo\r\n");
    desk.holds("open", "one\n2");
    desk.holds("empty", "full\n");
}

#[test]
fn models_wrap_patches_in_several_ways() {
    for text in [
        "\n  *** Begin Patch  \n*** Add File: a\n+x\n *** End Patch\n\n",
        "<<'EOF'\n*** Begin Patch\n*** Add File: a\n+x\n*** End Patch\nEOF\n",
        "*** Begin Patch\r\n*** Add File: a\r\n+x\r\n*** End Patch\r\n",
    ] {
        let mut desk = Desk::new();
        assert_eq!(
            desk.call("apply_patch", json!({"patch": text})).0,
            0,
            "{text:?}"
        );
        desk.holds("a", "x\n");
    }
}

#[test]
fn what_is_no_patch_is_said_to_be_none() {
    let mut desk = Desk::new().with("a", "x\n");
    for (text, words) in [
        (
            "bad",
            "Invalid patch: The first line of the patch must be '*** Begin Patch'",
        ),
        (
            "",
            "Invalid patch: The first line of the patch must be '*** Begin Patch'",
        ),
        (
            "*** Begin Patch\nbad",
            "Invalid patch: The last line of the patch must be '*** End Patch'",
        ),
        (
            "*** Begin Patch\n*** Frobnicate File: a\n*** End Patch",
            "Invalid patch hunk on line 2: '*** Frobnicate File: a' is not a valid hunk header. Valid hunk headers: '*** Add \
             File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
        ),
        (
            "*** Begin Patch\n*** Update File: a\n*** End Patch",
            "Invalid patch hunk on line 2: Update file hunk for path 'a' is empty",
        ),
        (
            "*** Begin Patch\n*** Update File: a\n@@\n*** End Patch",
            "Invalid patch hunk on line 4: Update hunk does not contain any lines",
        ),
        (
            "*** Begin Patch\n*** Update File: a\n@@\nx\n*** End Patch",
            "Invalid patch hunk on line 4: Unexpected line found in update hunk: 'x'. Every line should start with ' ' \
             (context line), '+' (added line), or '-' (removed line)",
        ),
        (
            "*** Begin Patch\n*** Add File: b\nx\n*** End Patch",
            "Invalid patch hunk on line 3: 'x' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** \
             Delete File: {path}', '*** Update File: {path}'",
        ),
    ] {
        desk.fails("apply_patch", json!({"input": text}), 2, words);
    }
    desk.fails(
        "apply_patch",
        json!({"input": "*** Begin Patch\n*** End Patch"}),
        1,
        "No files were modified.",
    );
    desk.fails("apply_patch", json!({}), 2, "Parameter `input` is required");
}

#[test]
fn all_of_a_patch_is_applied_or_nothing() {
    let mut desk = Desk::new()
        .with("a", "x\n")
        .with("locked", "y\n")
        .with("d/e", "");
    desk.bash("chmod 444 locked");
    for (last, words) in [
        (
            vec!["*** Update File: gone", "-x", "+y"],
            "Failed to read file to update gone: no such file or directory",
        ),
        (
            vec!["*** Update File: locked", "-z", "+y"],
            "Failed to find expected lines in locked:\nz",
        ),
        (
            vec!["*** Update File: locked", "@@ def f():", "-y", "+z"],
            "Failed to find context 'def f():' in locked",
        ),
        (
            vec!["*** Update File: locked", "-y", "+z"],
            "Failed to write file locked: permission denied",
        ),
        (
            vec!["*** Delete File: gone"],
            "Failed to delete file gone: No such file or directory",
        ),
        (
            vec!["*** Delete File: d"],
            "Failed to delete file d: Is a directory",
        ),
        (
            vec!["*** Add File: d", "+x"],
            "Failed to write file d: not a regular file",
        ),
    ] {
        let mut lines = vec![
            "*** Update File: a",
            "-x",
            "+changed",
            "*** Add File: b/new",
            "+x",
        ];
        lines.extend(last);
        desk.fails("apply_patch", patch(&lines), 1, words);
        desk.holds("a", "x\n");
        assert!(!desk.has("b/new"));
    }
}

#[test]
fn operations_of_one_patch_build_on_each_other() {
    let mut desk = Desk::new();
    let arguments = patch(&[
        "*** Add File: a",
        "+one",
        "*** Update File: a",
        "-one",
        "+two",
        "*** Update File: a",
        "*** Move to: b",
        " two",
        "+three",
        "*** Add File: c",
        "+x",
        "*** Delete File: c",
    ]);
    assert_eq!(desk.call("apply_patch", arguments).0, 0);
    desk.holds("b", "two\nthree\n");
    assert!(!desk.has("a") && !desk.has("c"));
}

#[test]
fn operations_are_applied() {
    let mut desk = Desk::new().with("a.py", "one\ntwo\nthree\n");
    desk.answers(
        "apply_patch",
        json!({"type": "create_file", "path": "d/b.py", "diff": "+x = 1\n+y = 2\n"}),
        "Created d/b.py",
    );
    // The reference's file ends without a newline.
    desk.holds("d/b.py", "x = 1\ny = 2");
    desk.answers(
        "apply_patch",
        update("a.py", "@@ one\n-two\n+2\n three\n"),
        "Updated a.py",
    );
    desk.answers(
        "apply_patch",
        json!({"operation": {"type": "update_file", "path": "a.py", "move_to": "c.py", "diff": "@@\n+zero\n"}}),
        "Updated a.py\nMoved a.py to c.py",
    );
    desk.holds("c.py", "zero\none\n2\nthree\n");
    desk.answers(
        "apply_patch",
        json!({"type": "delete_file", "path": "c.py"}),
        "Deleted c.py",
    );
    assert!(!desk.has("c.py") && !desk.has("a.py"));
}

#[test]
fn operations_that_cannot_be_applied_are_named() {
    let mut desk = Desk::new().with("a", "x\n");
    for (arguments, status, words) in [
        (
            json!({"type": "create_file", "path": "a", "diff": "+x"}),
            1,
            "apply_patch cannot create a because it already exists. Use an update_file operation to change an existing file.",
        ),
        (
            json!({"type": "create_file", "path": "b", "diff": "x"}),
            2,
            "Invalid Add File Line: x",
        ),
        (
            json!({"type": "update_file", "path": "a"}),
            2,
            "apply_patch operation update_file is missing a diff",
        ),
        (
            update("a", "@@\n-y\n"),
            1,
            "Failed to find expected lines in a:\ny",
        ),
        (
            update("a", "x"),
            2,
            "Invalid diff on line 1: Unexpected line found in update hunk: 'x'. Every line should start with ' ' (context \
             line), '+' (added line), or '-' (removed line)",
        ),
        (
            update("a", ""),
            2,
            "Invalid diff: it does not contain any hunk",
        ),
        (
            json!({"type": "rename_file", "path": "a"}),
            2,
            "Invalid apply_patch operation type: rename_file",
        ),
        (
            json!({"type": "delete_file", "path": ""}),
            2,
            "apply_patch operation is missing a path",
        ),
    ] {
        desk.fails("apply_patch", arguments, status, words);
    }
}

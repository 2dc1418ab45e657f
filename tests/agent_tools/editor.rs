//! `str_replace_based_edit_tool`.

use serde_json::{Value, json};

use crate::desk::Desk;

const TOOL: &str = "str_replace_based_edit_tool";

fn view(path: &str, range: Value) -> Value {
    json!({"command": "view", "path": path, "view_range": range})
}

fn replace(path: &str, old: &str, new: &str) -> Value {
    json!({"command": "str_replace", "path": path, "old_str": old, "new_str": new})
}

fn insert(path: &str, line: i64, text: &str) -> Value {
    json!({"command": "insert", "path": path, "insert_line": line, "insert_text": text})
}

#[test]
fn a_file_is_viewed_with_numbers() {
    let mut desk = Desk::new().with("a.txt", "one\n\ttwo\nthree\n");
    desk.answers(
        TOOL,
        json!({"command": "view", "path": "a.txt"}),
        "Here's the result of running `cat -n` on a.txt:\n     1\tone\n     2\t\ttwo\n     3\tthree\n     4\t\n",
    );
    desk.answers(
        TOOL,
        view("/home/user/a.txt", json!([2, 3])),
        "Here's the result of running `cat -n` on /home/user/a.txt:\n     2\t\ttwo\n     3\tthree\n",
    );
    desk.answers(
        TOOL,
        view("a.txt", json!([3, -1])),
        "Here's the result of running `cat -n` on a.txt:\n     3\tthree\n     4\t\n",
    );
}

#[test]
fn ranges_of_lines_are_checked() {
    let mut desk = Desk::new().with("a.txt", "one\ntwo\n").with("d/b", "");
    for (range, status, words) in [
        (
            json!([0, 2]),
            1,
            "Invalid `view_range`: [0, 2]. Its first element `0` should be within the range of lines of the file: [1, 3]",
        ),
        (
            json!([4, 5]),
            1,
            "Invalid `view_range`: [4, 5]. Its first element `4` should be within the range of lines of the file: [1, 3]",
        ),
        (
            json!([1, 9]),
            1,
            "Invalid `view_range`: [1, 9]. Its second element `9` should be smaller than the number of lines in the file: `3`",
        ),
        (
            json!([2, 1]),
            1,
            "Invalid `view_range`: [2, 1]. Its second element `1` should be larger or equal than its first `2`",
        ),
        (
            json!([1, -2]),
            1,
            "Invalid `view_range`: [1, -2]. Its second element `-2` should be larger or equal than its first `1`",
        ),
        (
            json!([1]),
            2,
            "Invalid `view_range`. It should be a list of two integers.",
        ),
        (
            json!(["1", "2"]),
            2,
            "Invalid `view_range`. It should be a list of two integers.",
        ),
    ] {
        desk.fails(TOOL, view("a.txt", range), status, words);
    }
    desk.fails(
        TOOL,
        view("d", json!([1, 2])),
        2,
        "The `view_range` parameter is not allowed when `path` points to a directory.",
    );
}

#[test]
fn a_directory_is_viewed_two_levels_deep() {
    let mut desk = Desk::new()
        .with("p/src/main.rs", "")
        .with("p/src/deep/er/x", "")
        .with("p/.git/config", "")
        .with("p/a", "");
    desk.answers(
        TOOL,
        json!({"command": "view", "path": "p"}),
        "Here's the files and directories up to 2 levels deep in p, excluding hidden items:\n\
         p\np/a\np/src\np/src/deep\np/src/main.rs\n\n",
    );
}

#[test]
fn long_files_are_clipped() {
    let mut desk = Desk::new().with("long", "z".repeat(20_000));
    let (status, text) = desk.call(TOOL, json!({"command": "view", "path": "long"}));
    assert_eq!(status, 0);
    assert!(text.contains("<response clipped><NOTE>"));
    assert_eq!(text.matches('z').count(), 16_000);
    let limited = json!({"command": "view", "path": "long", "max_characters": 10});
    let (_, text) = desk.call(TOOL, limited);
    assert_eq!(text.matches('z').count(), 10);
}

#[test]
fn a_new_file_is_created_and_an_old_one_kept() {
    let mut desk = Desk::new();
    let create = json!({"command": "create", "path": "new/dir/a.txt", "file_text": "é\n"});
    desk.answers(
        TOOL,
        create.clone(),
        "File created successfully at: new/dir/a.txt",
    );
    desk.holds("new/dir/a.txt", "é\n");
    desk.fails(
        TOOL,
        create,
        1,
        "File already exists at: new/dir/a.txt. Cannot overwrite files using command `create`.",
    );
    desk.fails(
        TOOL,
        json!({"command": "create", "path": "b"}),
        2,
        "Parameter `file_text` is required for command: create",
    );
}

#[test]
fn one_text_takes_the_place_of_another() {
    let lines: String = (1..=20).map(|number| format!("line {number};\n")).collect();
    let mut desk = Desk::new().with("a.txt", &lines);
    desk.answers(
        TOOL,
        replace("a.txt", "line 10;", "line ten;\nand a half;"),
        "The file a.txt has been edited. Here's the result of running `cat -n` on a snippet of a.txt:\n     \
         6\tline 6;\n     7\tline 7;\n     8\tline 8;\n     9\tline 9;\n    10\tline ten;\n    11\tand a half;\n    \
         12\tline 11;\n    13\tline 12;\n    14\tline 13;\n    15\tline 14;\nReview the changes and make sure they are as \
         expected. Edit the file again if necessary.",
    );
    desk.holds("a.txt", lines.replace("line 10;", "line ten;\nand a half;"));
    let deletion = json!({"command": "str_replace", "path": "a.txt", "old_str": "line 1;\n"});
    assert_eq!(desk.call(TOOL, deletion).0, 0);
    assert!(desk.bash("head -n 1 a.txt") == "line 2;\n");
}

#[test]
fn a_text_that_is_not_there_or_there_twice_is_not_replaced() {
    let content = "aa\nb\naa aa\nb\nc\n";
    let mut desk = Desk::new().with("a.txt", content);
    for (old, words) in [
        (
            "zz",
            "No replacement was performed, old_str `zz` did not appear verbatim in a.txt.",
        ),
        (
            "aa",
            "No replacement was performed. Multiple occurrences of old_str `aa` in lines [1, 3]. Please ensure it is unique",
        ),
        (
            "b\n",
            "No replacement was performed. Multiple occurrences of old_str `b\n` in lines [2, 4]. Please ensure it is unique",
        ),
        (
            "",
            "No replacement was performed, old_str is empty. Use the command `insert` to add lines.",
        ),
    ] {
        desk.fails(TOOL, replace("a.txt", old, "x"), 1, words);
    }
    desk.fails(
        TOOL,
        json!({"command": "str_replace", "path": "a.txt"}),
        2,
        "Parameter `old_str` is required for command: str_replace",
    );
    desk.holds("a.txt", content);
}

#[test]
fn occurrences_do_not_overlap() {
    let mut desk = Desk::new().with("a.txt", "aaa\n");
    assert_eq!(desk.call(TOOL, replace("a.txt", "aa", "b")).0, 0);
    desk.holds("a.txt", "ba\n");
}

#[test]
fn an_empty_file_can_be_filled() {
    let mut desk = Desk::new().with("a", "").with("b", "");
    assert_eq!(desk.call(TOOL, replace("a", "", "new\n")).0, 0);
    desk.holds("a", "new\n");
    desk.answers(
        TOOL,
        json!({"command": "view", "path": "b"}),
        "Here's the result of running `cat -n` on b:\n     1\t\n",
    );
    assert_eq!(desk.call(TOOL, insert("b", 0, "new")).0, 0);
    desk.holds("b", "new\n");
}

#[test]
fn lines_are_inserted() {
    let mut desk = Desk::new().with("a.txt", "one\ntwo\n");
    desk.answers(
        TOOL,
        insert("a.txt", 1, "between\n"),
        "The file a.txt has been edited. Here's the result of running `cat -n` on a snippet of the edited file:\n     \
         1\tone\n     2\tbetween\n     3\ttwo\n     4\t\nReview the changes and make sure they are as expected (correct \
         indentation, no duplicate lines, etc). Edit the file again if necessary.",
    );
    desk.holds("a.txt", "one\nbetween\ntwo\n");
    let older = json!({"command": "insert", "path": "a.txt", "insert_line": 0, "new_str": "zero"});
    assert_eq!(desk.call(TOOL, older).0, 0);
    assert_eq!(desk.call(TOOL, insert("a.txt", 5, "last")).0, 0);
    desk.holds("a.txt", "zero\none\nbetween\ntwo\nlast\n");
    desk.fails(
        TOOL,
        insert("a.txt", 7, "x"),
        1,
        "Invalid `insert_line` parameter: 7. It should be within the range of lines of the file: [0, 6]",
    );
    desk.fails(
        TOOL,
        insert("a.txt", -1, "x"),
        1,
        "Invalid `insert_line` parameter: -1. It should be within the range of lines of the file: [0, 6]",
    );
    for (arguments, name) in [
        (
            json!({"command": "insert", "path": "a.txt", "insert_text": "x"}),
            "insert_line",
        ),
        (
            json!({"command": "insert", "path": "a.txt", "insert_line": 1}),
            "insert_text",
        ),
    ] {
        let words = format!("Parameter `{name}` is required for command: insert");
        desk.fails(TOOL, arguments, 2, &words);
    }
}

#[test]
fn the_ends_of_lines_are_kept() {
    let mut desk = Desk::new()
        .with("crlf", "one\r\ntwo\r\nthree\r\n")
        .with("open", "one\ntwo");
    assert_eq!(
        desk.call(TOOL, replace("crlf", "one\ntwo", "1\n1.5\n2")).0,
        0
    );
    assert_eq!(desk.call(TOOL, insert("crlf", 1, "x\ny")).0, 0);
    desk.holds("crlf", "1\r\nx\r\ny\r\n1.5\r\n2\r\nthree\r\n");
    desk.answers(
        TOOL,
        view("crlf", json!([1, 2])),
        "Here's the result of running `cat -n` on crlf:\n     1\t1\n     2\tx\n",
    );
    assert_eq!(desk.call(TOOL, replace("open", "two", "2")).0, 0);
    desk.holds("open", "one\n2");
    assert_eq!(desk.call(TOOL, insert("open", 2, "three\n")).0, 0);
    desk.holds("open", "one\n2\nthree");
}

#[test]
fn what_cannot_be_edited_is_named() {
    let mut desk = Desk::new()
        .with("binary", b"\x7fELF\0\xff")
        .with("latin1", b"caf\xe9\n")
        .with("locked", "x\n")
        .with("d/x", "");
    desk.bash("chmod 444 locked; chmod 000 d/x");
    for (arguments, words) in [
        (
            json!({"command": "view", "path": "gone"}),
            "The path gone does not exist. Please provide a valid path.",
        ),
        (
            replace("gone", "a", "b"),
            "The path gone does not exist. Please provide a valid path.",
        ),
        (
            replace("d", "a", "b"),
            "The path d is a directory and only the `view` command can be used on directories",
        ),
        (
            json!({"command": "view", "path": "binary"}),
            "Ran into not valid UTF-8 text (binary file of 6 bytes) while trying to read binary",
        ),
        (
            json!({"command": "view", "path": "latin1"}),
            "Ran into not valid UTF-8 text (binary file of 5 bytes) while trying to read latin1",
        ),
        (
            replace("locked", "x", "y"),
            "Ran into permission denied while trying to write to locked",
        ),
        (
            json!({"command": "view", "path": "d/x"}),
            "Ran into permission denied while trying to read d/x",
        ),
        (
            json!({"command": "view", "path": "/dev/null"}),
            "Ran into not a regular file while trying to read /dev/null",
        ),
    ] {
        desk.fails(TOOL, arguments, 1, words);
    }
    desk.fails(
        TOOL,
        json!({"command": "undo_edit", "path": "a"}),
        2,
        "Unrecognized command undo_edit. The allowed commands for the str_replace_based_edit_tool tool are: view, create, \
         str_replace, insert",
    );
    desk.holds("locked", "x\n");
}

#[test]
fn large_files_are_edited() {
    let content = "0123456789abcde\n".repeat(640 << 10) + "the end\n";
    let mut desk = Desk::new().with("large", &content);
    assert_eq!(desk.call(TOOL, replace("large", "the end", "no end")).0, 0);
    assert_eq!(
        desk.bash("tail -n 1 large; wc -c < large"),
        "no end\n10485767\n"
    );
}

#[test]
fn modes_links_and_other_names_stay() {
    let mut desk = Desk::new().with("run.sh", "echo a\n").with("one", "a\n");
    desk.bash("chmod 751 run.sh; ln -s run.sh link; ln one two; mkdir shut; echo a > shut/in; chmod 555 shut");
    for path in ["link", "one", "shut/in"] {
        assert_eq!(desk.call(TOOL, replace(path, "a", "b")).0, 0, "{path}");
    }
    assert_eq!(
        desk.bash("cat link two shut/in; stat -c %a run.sh; readlink link; ls -A"),
        "echo b\nb\nb\n751\nrun.sh\nlink\none\nrun.sh\nshut\ntwo\n"
    );
}

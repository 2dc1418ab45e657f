//! `glob` and `grep`.

use serde_json::{Value, json};

use crate::desk::Desk;

fn glob(pattern: &str) -> Value {
    json!({"pattern": pattern})
}

/// A small project, its files made one after another.
fn project() -> Desk {
    let mut desk = Desk::new();
    desk.bash(
        "mkdir -p src/deep .git node_modules/m
         echo 'fn main() {}' > src/main.rs; echo 'fn deep() {} // TODO' > src/deep/lib.rs
         echo 'TODO: écrire' > notes.md; echo TODO > .hidden; echo TODO > .git/x; echo TODO > node_modules/m/y
         printf 'a\\0TODO\\n' > binary; ln -s src linked",
    );
    desk
}

#[test]
fn paths_are_found_newest_first() {
    let mut desk = project();
    for (pattern, found) in [
        ("*.md", "/home/user/notes.md"),
        (
            "**/*.rs",
            "/home/user/src/deep/lib.rs\n/home/user/src/main.rs",
        ),
        ("src/*.rs", "/home/user/src/main.rs"),
        ("src/**/l?b.r[a-z]", "/home/user/src/deep/lib.rs"),
        (
            "{notes.md,src/{main,gone}.rs}",
            "/home/user/notes.md\n/home/user/src/main.rs",
        ),
        ("{src}/*.rs", "no matches"),
        ("{src,{}/{main,lib}.rs", "no matches"),
        ("linked/*.rs", "/home/user/linked/main.rs"),
        (".hid*", "/home/user/.hidden"),
        ("*.py", "no matches"),
    ] {
        desk.answers("glob", glob(pattern), found);
    }
    desk.bash("touch src/main.rs");
    desk.answers(
        "glob",
        glob("**/*.rs"),
        "/home/user/src/main.rs\n/home/user/src/deep/lib.rs",
    );
    desk.answers(
        "glob",
        json!({"pattern": "*.rs", "path": "src/deep/../deep"}),
        "/home/user/src/deep/lib.rs",
    );
    desk.answers(
        "glob",
        json!({"pattern": "*", "path": "/gone"}),
        "no matches",
    );
}

#[test]
fn patterns_that_lead_elsewhere_are_refused() {
    let mut desk = Desk::new();
    desk.fails(
        "glob",
        glob("/etc/*"),
        1,
        "glob: absolute pattern not permitted; pass a relative pattern (and optionally path)",
    );
    desk.fails(
        "glob",
        glob("a/../*"),
        1,
        "glob: '..' is not permitted in the pattern",
    );
    desk.fails(
        "glob",
        glob(&"{".repeat(5000)),
        2,
        "glob: the pattern is longer than 4096 bytes",
    );
    desk.fails("glob", glob(""), 2, "glob: the pattern is empty");
    desk.fails(
        "glob",
        glob(&"{a,b}".repeat(12)),
        2,
        "glob: the braces stand for more than 64 patterns",
    );
}

#[test]
fn many_paths_are_cut() {
    let mut desk = Desk::new();
    desk.bash("mkdir m; cd m; for n in {100..349}; do : > f$n; done");
    let (status, text) = desk.call("glob", glob("m/*"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((status, lines.len()), (0, 201));
    assert_eq!(lines[0], "/home/user/m/f349");
    assert_eq!(lines[200], "[the newest 200 of 250 matches]");
}

#[test]
fn lines_are_found() {
    let mut desk = project();
    desk.answers(
        "grep",
        json!({"pattern": "TODO"}),
        "/home/user/.hidden:1:TODO\n/home/user/notes.md:1:TODO: écrire\n/home/user/src/deep/lib.rs:1:fn deep() {} // TODO",
    );
    desk.answers(
        "grep",
        json!({"pattern": r"^fn\s+\w+\(\)", "path": "src"}),
        "/home/user/src/main.rs:1:fn main() {}\n/home/user/src/deep/lib.rs:1:fn deep() {} // TODO",
    );
    desk.answers(
        "grep",
        json!({"pattern": "(?i)todo$", "path": "src/deep/lib.rs"}),
        "/home/user/src/deep/lib.rs:1:fn deep() {} // TODO",
    );
    desk.answers("grep", json!({"pattern": "nowhere"}), "no matches");
    desk.fails(
        "grep",
        json!({"pattern": "x", "path": "gone"}),
        1,
        "grep: gone: no such file or directory",
    );
    let (status, text) = desk.call("grep", json!({"pattern": "a(b"}));
    assert_eq!(status, 1);
    assert!(
        text.starts_with("grep: invalid regex: regex parse error:"),
        "{text}"
    );
}

#[test]
fn a_match_is_one_of_a_line() {
    let mut desk = Desk::new().with("a", "one\r\n\r\ntwo\nend");
    for (pattern, found) in [
        (r"e\s+t", "no matches"),
        (r"^$", "/home/user/a:2:"),
        (r"e$", "/home/user/a:1:one"),
        (
            r"[^x]",
            "/home/user/a:1:one\n/home/user/a:3:two\n/home/user/a:4:end",
        ),
        (r"\Atwo\z", "/home/user/a:3:two"),
        (r"d$", "/home/user/a:4:end"),
        ("(?-m)^t", "/home/user/a:3:two"),
        (r"n.*", "/home/user/a:1:one\n/home/user/a:4:end"),
    ] {
        desk.answers("grep", json!({"pattern": pattern, "path": "a"}), found);
    }
}

#[test]
fn long_lines_and_much_output_are_cut() {
    let mut desk = Desk::new()
        .with("line", "x".repeat(3000))
        .with("many", "match\n".repeat(20_000));
    let (_, text) = desk.call("grep", json!({"pattern": "x", "path": "line"}));
    assert!(text.ends_with("x[1000 more bytes in this line]"));
    let (status, text) = desk.call("grep", json!({"pattern": "match", "path": "many"}));
    assert_eq!(status, 0);
    assert!(text.len() < 102_500);
    assert!(text.ends_with("\n[output truncated at 102400 bytes]"));
}

#[test]
fn deep_trees_are_searched() {
    let mut desk = Desk::new();
    desk.bash("d=; for n in {1..1900}; do d=d/$d; done; mkdir -p $d; cd $d; echo found > file");
    let file = format!("/home/user/{}file", "d/".repeat(1900));
    desk.answers("glob", glob("**/file"), &file);
    desk.answers("glob", glob(&format!("{}f*", "d/".repeat(1900))), &file);
    desk.answers(
        "grep",
        json!({"pattern": "found"}),
        &format!("{file}:1:found"),
    );
}

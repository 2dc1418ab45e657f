//! `isobox run` as its manual describes it, one behaviour each, through the program itself.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn isobox() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_isobox"));
    program.env(
        "ISOBOX_CACHE",
        concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"),
    );
    program
}

fn run(arguments: &[&str]) -> Output {
    isobox().arg("run").args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Runs, asserts success, and returns stdout.
fn answer(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    stdout(&output).to_owned()
}

fn report(arguments: &[&str]) -> Value {
    let output = run(&[&["--json"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// A folder of the host with these files, and the `HOST:GUEST` that mounts it at `/w`.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mount = format!("{}:/w", folder.path().display());
    (folder, mount)
}

#[test]
fn reading_a_directory_says_that_it_is_one() {
    let output = run(&["cat", "/etc"]);
    assert_eq!(stderr(&output), "cat: /etc: Is a directory\n");
    let output = run(&["wc", "/etc"]);
    assert!(stderr(&output).contains("Is a directory"), "{output:?}");
}

#[test]
fn everything_after_the_command_is_its_own() {
    assert_eq!(
        answer(&["echo", "--seed", "3", "--", "-n"]),
        "--seed 3 -- -n\n"
    );
    assert_eq!(answer(&["--", "echo", "--json"]), "--json\n");
}

#[test]
fn the_commands_status_is_the_programs() {
    assert_eq!(run(&["false"]).status.code(), Some(1));
    assert_eq!(run(&["ls", "/nosuch"]).status.code(), Some(2));
}

#[test]
fn a_command_that_is_not_there_is_127_and_one_that_cannot_run_126() {
    let missing = run(&["nosuch"]);
    assert_eq!(missing.status.code(), Some(127));
    assert!(
        stderr(&missing).contains("nosuch: command not found"),
        "{missing:?}"
    );
    assert_eq!(run(&["/no/such"]).status.code(), Some(127));
    assert_eq!(run(&["/tmp"]).status.code(), Some(126));
    let (_folder, mount) = folder(&[("script", "#!/bin/sh\n")]);
    assert_eq!(
        run(&["--mount", &mount, "/w/script"]).status.code(),
        Some(126)
    );
}

#[test]
fn a_wrong_option_is_125_and_names_itself() {
    for (arguments, word) in [
        (&["--seed", "x", "true"][..], "--seed"),
        (&["--mount", "nowhere", "true"], "HOST:GUEST"),
        (
            &["--mount", "/no/such/folder:/w", "true"],
            "/no/such/folder",
        ),
        (&["--mount", "/tmp:w", "true"], "begin with `/`"),
        (&["--epoch", "yesterday", "true"], "2026-01-31T12:00:00Z"),
        (&["--deadline", "soon", "true"], "90s"),
        (&["--nosuch", "true"], "--nosuch"),
        (&["--cwd", "/nosuch", "true"], "/nosuch"),
        (&["--preopen", ".=/nosuch", "true"], "/nosuch"),
        (&[], "COMMAND"),
    ] {
        let output = run(arguments);
        let code = output.status.code();
        assert!(
            code == Some(125) || code == Some(127),
            "{arguments:?}: {output:?}"
        );
        assert!(stderr(&output).contains(word), "{arguments:?}: {output:?}");
    }
}

#[test]
fn a_mount_is_a_copy() {
    let (folder, mount) = folder(&[("a/b.txt", "before\n")]);
    answer(&["--mount", &mount, "rm", "-r", "/w/a"]);
    assert_eq!(
        fs::read_to_string(folder.path().join("a/b.txt")).unwrap(),
        "before\n"
    );
}

#[test]
fn a_single_file_can_be_mounted() {
    let (folder, _) = folder(&[("a.txt", "text\n")]);
    let mount = format!("{}:/deep/b.txt", folder.path().join("a.txt").display());
    assert_eq!(answer(&["--mount", &mount, "cat", "/deep/b.txt"]), "text\n");
}

#[test]
fn modes_become_0755_or_0644_and_times_the_machines() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, mount) = folder(&[("tool", ""), ("secret", "")]);
    for (name, mode) in [("tool", 0o700), ("secret", 0o600)] {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.path().join(name), permissions).unwrap();
    }
    let listing = answer(&[
        "--mount",
        &mount,
        "stat",
        "-c",
        "%n %a %Y",
        "/w/secret",
        "/w/tool",
    ]);
    assert_eq!(
        listing,
        "/w/secret 644 1767225600\n/w/tool 755 1767225600\n"
    );
}

#[test]
fn links_are_kept_and_never_followed() {
    let (folder, mount) = folder(&[("inside", "inside\n")]);
    for (target, name) in [
        ("inside", "near"),
        ("/etc/passwd", "far"),
        ("../../x", "up"),
    ] {
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    }
    let links = answer(&["--mount", &mount, "readlink", "/w/near", "/w/far", "/w/up"]);
    assert_eq!(links, "inside\n/etc/passwd\n../../x\n");
    assert_eq!(answer(&["--mount", &mount, "cat", "/w/near"]), "inside\n");
    let dangling = run(&["--mount", &mount, "cat", "/w/far"]);
    assert_eq!(
        stderr(&dangling),
        "cat: /w/far: No such file or directory\n"
    );
}

#[test]
fn what_has_no_place_in_a_machine_is_refused_by_name() {
    use std::os::unix::ffi::OsStrExt;
    let (with_socket, mount) = folder(&[]);
    std::os::unix::net::UnixListener::bind(with_socket.path().join("a-socket")).unwrap();
    let refused = run(&["--mount", &mount, "true"]);
    assert_eq!(refused.status.code(), Some(125));
    assert!(
        stderr(&refused).contains("a-socket is a socket"),
        "{refused:?}"
    );

    let (not_utf8, mount) = folder(&[]);
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    fs::write(not_utf8.path().join(name), "").unwrap();
    let refused = run(&["--mount", &mount, "true"]);
    assert_eq!(refused.status.code(), Some(125));
    assert!(stderr(&refused).contains("not UTF-8"), "{refused:?}");
    answer(&["--mount", &mount, "--exclude", "caf*", "true"]);
}

#[test]
fn exclude_and_isoboxignore_leave_files_out() {
    let files = [
        ("keep.rs", ""),
        ("a.log", ""),
        ("sub/b.log", ""),
        ("target/x", ""),
        ("sub/target", ""),
        (".isoboxignore", "# build products\n/target/\n"),
    ];
    let (_folder, mount) = folder(&files);
    let listing = answer(&["--mount", &mount, "--exclude", "*.log", "ls", "-RA", "/w"]);
    assert_eq!(
        listing,
        "/w:\n.isoboxignore\nkeep.rs\nsub\n\n/w/sub:\ntarget\n"
    );
}

#[test]
fn more_than_the_trees_limit_is_refused_with_size_and_help() {
    let (folder, mount) = folder(&[]);
    let large = fs::File::create(folder.path().join("large")).unwrap();
    large.set_len(3 << 30).unwrap();
    let refused = run(&["--mount", &mount, "true"]);
    assert_eq!(refused.status.code(), Some(125));
    for word in ["3221226", "1 files", "--exclude", ".isoboxignore"] {
        assert!(stderr(&refused).contains(word), "{word}: {refused:?}");
    }
}

#[test]
fn out_writes_what_is_there_afterwards_to_a_new_or_empty_folder() {
    let (_folder, mount) = folder(&[("a.txt", "2\n1\n"), ("gone", "")]);
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("new");
    let option = format!("/w={}", target.display());
    answer(&[
        "--mount", &mount, "--out", &option, "sort", "-o", "/w/b.txt", "/w/a.txt",
    ]);
    assert_eq!(fs::read_to_string(target.join("b.txt")).unwrap(), "1\n2\n");
    assert_eq!(fs::read_to_string(target.join("a.txt")).unwrap(), "2\n1\n");

    let refused = run(&["--mount", &mount, "--out", &option, "true"]);
    assert_eq!(refused.status.code(), Some(125));
    assert!(stderr(&refused).contains("not empty"), "{refused:?}");
}

#[test]
fn out_never_writes_through_a_link() {
    let out = tempfile::tempdir().unwrap();
    let option = format!("/w={}", out.path().join("new").display());
    let (_folder, mount) = folder(&[("x", "x\n")]);
    answer(&[
        "--mount", &mount, "--out", &option, "ln", "-s", "/tmp", "/w/link",
    ]);
    let link = fs::read_link(out.path().join("new/link")).unwrap();
    assert_eq!(link, Path::new("/tmp"));
}

#[test]
fn diff_prints_what_changed_as_a_patch() {
    let (_folder, mount) = folder(&[("a.txt", "b\na\n"), ("same", "")]);
    let patch = answer(&[
        "--mount", &mount, "--diff", "sort", "-o", "/w/a.txt", "/w/a.txt",
    ]);
    let expected = "diff --git a/w/a.txt b/w/a.txt\n--- a/w/a.txt\n+++ b/w/a.txt\n@@ -1,2 +1,2 @@\n+a\n b\n-a\n";
    assert_eq!(patch, expected);
}

#[test]
fn diff_tells_new_removed_binary_and_executable_files_in_gits_words() {
    let (_folder, mount) = folder(&[("gone", "x\n")]);
    let removed = answer(&["--mount", &mount, "--diff", "rm", "/w/gone"]);
    let expected = "diff --git a/w/gone b/w/gone\ndeleted file mode 100644\n--- a/w/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
    assert_eq!(removed, expected);
    let changed = answer(&["--mount", &mount, "--diff", "chmod", "+x", "/w/gone"]);
    assert_eq!(
        changed,
        "diff --git a/w/gone b/w/gone\nold mode 100644\nnew mode 100755\n"
    );
    let binary = answer(&["--diff", "cp", "/usr/lib/isobox/probe", "/tmp/p"]);
    assert!(
        binary.contains("Binary files /dev/null and b/tmp/p differ\n"),
        "{binary}"
    );
}

#[test]
fn cwd_env_and_stdin_are_the_commands() {
    assert_eq!(answer(&["--cwd", "/tmp", "pwd"]), "/tmp\n");
    assert_eq!(
        answer(&["--env", "A=1=2", "-e", "B=", "printenv", "A", "B"]),
        "1=2\n\n"
    );
    let (folder, _) = folder(&[("in", "one two\n")]);
    let file = folder.path().join("in").display().to_string();
    assert_eq!(answer(&["--stdin", &file, "wc", "-w"]), "2\n");
    assert_eq!(answer(&["cat"]), "");

    let mut piped = isobox();
    piped.args(["run", "--stdin", "-", "tr", "a-z", "A-Z"]);
    let mut child = piped
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"loud\n").unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"LOUD\n");
}

#[test]
fn the_environment_is_the_machines_own() {
    let environment = answer(&["printenv"]);
    let expected =
        "HOME=/home/user\nLANG=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin\nUSER=user\nPWD=/\n";
    assert_eq!(environment, expected);
}

#[test]
fn a_host_file_that_ends_in_wasm_is_run_and_module_puts_one_on_path() {
    let (folder, _) = folder(&[]);
    let file = folder.path().join("seven.wasm");
    let module = r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (func (export "_start") (call $exit (i32.const 7))))"#;
    fs::write(&file, wat::parse_str(module).unwrap()).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(run(&[file, "--its-own"]).status.code(), Some(7));
    assert_eq!(
        run(&["--module", &format!("seven={file}"), "seven"])
            .status
            .code(),
        Some(7)
    );
}

#[test]
fn the_epoch_is_where_the_clock_begins() {
    let date = answer(&[
        "--epoch",
        "2000-02-29T12:00:00+02:00",
        "date",
        "-u",
        "+%FT%T",
    ]);
    assert_eq!(date, "2000-02-29T10:00:00\n");
}

#[test]
fn the_seed_names_the_entropy() {
    let shuffled = |seed| answer(&["--seed", seed, "shuf", "-i", "1-20"]);
    assert_eq!(shuffled("1"), shuffled("1"));
    assert_ne!(shuffled("1"), shuffled("2"));
}

#[test]
fn sleeping_an_hour_costs_an_hour_of_virtual_time_alone() {
    let report = report(&["sleep", "3600"]);
    let elapsed_ns = report["elapsed_ns"].as_u64().unwrap();
    let fuel = report["fuel"].as_u64().unwrap();
    assert_eq!(elapsed_ns, 3_600_000_000_000 + fuel);
}

#[test]
fn bounds_end_a_command_with_documented_statuses() {
    let fuel = run(&["--fuel", "20000000", "yes"]);
    assert_eq!(fuel.status.code(), Some(152));
    let ended = stderr(&fuel).lines().last().unwrap();
    assert!(
        ended.starts_with("isobox: the command was ended"),
        "{ended}"
    );
    assert_eq!(
        run(&["--deadline", "5s", "sleep", "10"]).status.code(),
        Some(124)
    );
    let report = report(&["--deadline", "5s", "sleep", "10"]);
    assert_eq!(report["elapsed_ns"], 5_000_000_000u64);
    assert_eq!(report["outcome"]["kind"], "limit_reached");
}

#[test]
fn memory_is_bounded_in_bytes_with_units() {
    let refused = run(&["--memory", "64KiB", "true"]);
    assert_eq!(refused.status.code(), Some(126));
    assert!(
        stderr(&refused).contains("the machine's bound is 65536"),
        "{refused:?}"
    );
    answer(&["--memory", "64MiB", "true"]);
}

#[test]
fn json_is_one_object_of_the_documented_schema() {
    let schema: Value = serde_json::from_str(&answer(&["--json-schema"])).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (_folder, mount) = folder(&[("a", "b\na\n")]);
    let reports = [
        report(&["--mount", &mount, "sort", "-o", "/w/a", "/w/a"]),
        report(&["ls", "/nosuch"]),
        report(&["--fuel", "2000000", "yes"]),
        report(&["head", "-c", "9", "/dev/urandom"]),
    ];
    for report in &reports {
        assert!(validator.is_valid(report), "{report:#}");
    }
    assert_eq!(reports[0]["changes"][0]["path"], "/w/a");
    assert_eq!(reports[0]["changes"][0]["kind"], "modified");
    assert_ne!(reports[0]["tree_before"], reports[0]["tree_after"]);
    assert_eq!(reports[1]["status"], 2);
    assert!(reports[3]["stdout"]["base64"].is_string());
}

#[test]
fn with_json_isoboxs_own_errors_are_objects_too() {
    let report = report(&["nosuch"]);
    assert_eq!(report["error"]["status"], 127);
    assert_eq!(report["error"]["retryable"], false);
}

#[test]
fn output_that_nobody_reads_ends_the_run_quietly() {
    let mut program = isobox();
    program
        .args(["run", "yes"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert_eq!(output.stderr, b"");
}

#[test]
fn help_is_a_manual_page() {
    let help = answer(&["--help"]);
    for word in [
        "Exit status:",
        "Examples:",
        "--mount <HOST:GUEST>",
        "ISOBOX_CACHE",
        "--deadline",
    ] {
        assert!(help.contains(word), "{word}");
    }
}

//! `isobox run` as its manual describes it, one behaviour each, through the program itself.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use isobox::{CacheFolder, Contract, Limits, Runtime, RuntimeOptions, Session};
use serde_json::Value;

const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");

fn isobox() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_isobox"));
    program.env("ISOBOX_CACHE", CACHE);
    program
}

/// A machine that this process itself runs commands on.
fn session() -> Session {
    session_with(Limits::default())
}

fn session_with(limits: Limits) -> Session {
    let options = RuntimeOptions {
        cache: CacheFolder::At(CACHE.into()),
        ..RuntimeOptions::default()
    };
    let contract = Contract {
        limits,
        ..Contract::default()
    };
    Runtime::with_options(contract, options).unwrap().session(0)
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
    assert_eq!(answer(&["--seed", "3", "echo", "-n", "--", "x"]), "-- x");
    assert_eq!(run(&["--", "--nosuch"]).status.code(), Some(127));
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
        (&["--cwd", "/dev/null", "true"], "Not a directory"),
        (&["--preopen", ".=/nosuch", "true"], "/nosuch"),
        (&[], "COMMAND"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(125), "{arguments:?}: {output:?}");
        assert!(stderr(&output).contains(word), "{arguments:?}: {output:?}");
    }
}

/// What the program itself cannot be given, or only by a larger host, is the same error of the library.
#[test]
fn what_surrounds_a_command_being_wrong_says_nothing_of_the_command() {
    let mut session = session_with(Limits {
        stdin_bytes_max: 4,
        ..Limits::default()
    });
    let command = || isobox::Command::new("true");
    for (command, word) in [
        (command().cwd("/nosuch"), "the directory /nosuch: No such"),
        (command().preopen("x", "/dev/null"), "Not a directory"),
        (command().env("A=B", ""), "`A=B` cannot be"),
        (command().arg("\0"), "zero byte"),
        (command().arg("x".repeat(3 << 20)), "too long"),
        (command().stdin("12345"), "standard input"),
    ] {
        match session.run(&command).unwrap_err() {
            isobox::RunError::Program(error) => {
                assert_eq!(error.status(), 125, "{error}");
                assert!(error.to_string().contains(word), "{error}");
            }
            error => panic!("{error}"),
        }
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
fn a_new_machine_has_what_programs_look_for() {
    assert_eq!(
        answer(&["ls", "/"]),
        "bin\ndev\netc\nhome\nlib\nmedia\nmnt\nopt\nproc\nrun\nsbin\nsrv\ntmp\nusr\nvar\nworkspace\n"
    );
    let script = r#"
        IFS=: read -r name _ uid gid _ home shell <<<"$(grep ":$(id -u):" /etc/passwd)"
        [ "$name" = "$(whoami)" ] && [ "$name" = "$USER" ] && [ "$home" = "$HOME" ] && [ -x "$shell" ] && echo "$uid $gid"
        [ "$(cat /etc/hostname)" = "$(hostname)" ] && grep -c "$(hostname)" /etc/hosts
        . /etc/os-release && echo "$ID $VERSION_ID"
        echo ~ ~user ~root; id root; groups; id nobody
        IFS=:; for directory in $PATH; do [ -d "$directory" ] && echo "$directory"; done
        for directory in /tmp /var/tmp /run/lock; do stat -c '%a %n' "$directory"; done
        cat /root 2>&1 || true
    "#;
    assert_eq!(
        answer(&["bash", "-c", script]),
        "1000 1000\n2\ndebian 12\n/home/user /home/user /root\nuid=0(root) gid=0(root) groups=0(root)\nuser\n\
         uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n\
         /usr/local/bin\n/usr/bin\n/bin\n/usr/local/sbin\n/usr/sbin\n/sbin\n\
         1777 /tmp\n1777 /var/tmp\n1777 /run/lock\n\
         cat: /root: No such file or directory\n"
    );
}

#[test]
fn links_are_kept_and_never_followed() {
    let (folder, mount) = folder(&[("inside", "inside\n")]);
    for (target, name) in [
        ("inside", "near"),
        ("/etc/shadow", "far"),
        ("../../x", "up"),
    ] {
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    }
    let links = answer(&["--mount", &mount, "readlink", "/w/near", "/w/far", "/w/up"]);
    assert_eq!(links, "inside\n/etc/shadow\n../../x\n");
    assert_eq!(answer(&["--mount", &mount, "cat", "/w/near"]), "inside\n");
    let dangling = run(&["--mount", &mount, "cat", "/w/far"]);
    assert_eq!(
        stderr(&dangling),
        "cat: /w/far: No such file or directory\n"
    );
}

#[test]
fn a_mount_goes_through_directories_alone() {
    let (first, mount) = folder(&[("file", "x\n"), ("d/x", "")]);
    std::os::unix::fs::symlink("/etc", first.path().join("link")).unwrap();
    let (second, _) = folder(&[("link/passwd", ""), ("d/y", "")]);
    let second = second.path().display();
    for (guest, words) in [
        ("/w/file/below", "/w/file in the machine is a file"),
        (
            "/w/link/below",
            "/w/link in the machine is a symbolic link to /etc",
        ),
        (
            "/w/link",
            "/w/link in the machine is a symbolic link to /etc",
        ),
        ("/w", "/w/link in the machine is a symbolic link to /etc"),
        ("/dev/null", "/dev/null in the machine is a device"),
    ] {
        let refused = run(&[
            "--mount",
            &mount,
            "--mount",
            &format!("{second}:{guest}"),
            "true",
        ]);
        assert_eq!(refused.status.code(), Some(125), "{guest}");
        assert!(stderr(&refused).contains(words), "{guest}: {refused:?}");
    }
    let shared = format!("{second}/d:/w/d");
    let listing = answer(&["--mount", &mount, "--mount", &shared, "ls", "/w/d"]);
    assert_eq!(listing, "x\ny\n");
}

/// Counts beginnings and ends.
#[derive(Default)]
struct Ends(AtomicUsize, AtomicUsize);

impl isobox::ImportProgress for Ends {
    fn begin(&self, _: u64, _: u64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn advance(&self, _: u64) {}

    fn end(&self) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

/// A failed import once left its progress ticking on the terminal.
#[test]
fn the_progress_of_an_import_that_fails_ends_too() {
    let (host, _) = folder(&[("a", ""), ("b/c", "")]);
    let mut session = session();
    let progress = Ends::default();
    let how = isobox::Import {
        progress: Some(&progress),
        ..isobox::Import::default()
    };
    let first = session.import(host.path(), "/w", &how);
    let second = session.import(host.path(), "/w", &how);
    assert!(first.is_ok() && second.is_err(), "{second:?}");
    let [begun, ended] = [&progress.0, &progress.1].map(|count| count.load(Ordering::SeqCst));
    assert_eq!([begun, ended], [2, 2]);
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
fn a_named_pipe_is_refused_and_never_opened() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    for mounted in [pipe.as_path(), folder.path()] {
        let refused = run(&["--mount", &format!("{}:/w", mounted.display()), "true"]);
        assert_eq!(refused.status.code(), Some(125));
        assert!(
            stderr(&refused).contains("pipe is a named pipe"),
            "{refused:?}"
        );
    }
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

/// A logo that was touched, and a long text, were once "Binary files … differ".
#[test]
fn diff_says_nothing_of_what_has_the_same_content() {
    let (folder, mount) = folder(&[("logo.png", "\0"), ("small", "text\n")]);
    fs::write(folder.path().join("long"), "line\n".repeat(1 << 20)).unwrap();
    for name in ["logo.png", "small", "long"] {
        let file = format!("/w/{name}");
        assert_eq!(answer(&["--mount", &mount, "--diff", "touch", &file]), "");
    }
    let changed = answer(&["--mount", &mount, "--diff", "chmod", "+x", "/w/logo.png"]);
    assert!(changed.ends_with("new mode 100755\n"), "{changed}");
    let changed = answer(&["--mount", &mount, "--diff", "cp", "/w/small", "/w/logo.png"]);
    assert!(
        changed.ends_with("Binary files a/w/logo.png and b/w/logo.png differ\n"),
        "{changed}"
    );
}

/// Changes a file of each kind in each way that a patch can tell.
fn change_everything(session: &mut Session) {
    let mut run = |line: &str| {
        let mut words = line.split(' ');
        let command = isobox::Command::new(words.next().unwrap());
        let result = session.run(&command.args(words).cwd("/w")).unwrap();
        assert!(result.outcome.success(), "{line}: {result:?}");
    };
    run("rm deleted deleted-empty to-link a-file link to-file");
    run("rm -r folder");
    run("chmod +x mode mode-and-text");
    run("ln -s modified to-link");
    run("ln -s new link");
    run("ln -s nowhere new-link");
    run("mkdir -p a-file/below new/deep");
    run("touch new-empty");
    for (path, text) in [
        ("modified", "a\nb\nC\nd\ne\nf\ng\nh\ni\nJ\nk"),
        ("unfinished", "no newline\n"),
        ("returns", "a\rb\r\nd\rc\r"),
        ("mode-and-text", "new\n"),
        ("to-file", "a file now\n"),
        ("folder", "a file now\n"),
        ("a-file/below/x", "x\n"),
        ("new/deep/file", "new\n"),
        ("with space", "new\n"),
        ("with\ttab \"quotes\" \\ \u{e9}", "new\n"),
        ("new \u{1}\n\u{7f}", "new\n"),
    ] {
        session
            .write_file(&format!("/w/{path}"), text.as_bytes())
            .unwrap();
    }
}

/// Every file and link below a folder with what `git` tracks of it.
fn listing(folder: &Path) -> BTreeMap<PathBuf, (bool, Vec<u8>)> {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    let mut listing = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).unwrap();
            pending.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        let content = match metadata.is_symlink() {
            true => fs::read_link(&path)
                .unwrap()
                .as_os_str()
                .as_bytes()
                .to_vec(),
            false => fs::read(&path).unwrap(),
        };
        let executable = metadata.permissions().mode() & 0o100 != 0;
        let name = path.strip_prefix(folder).unwrap().to_owned();
        listing.insert(name, (executable, content));
    }
    listing
}

/// Whatever changes, `git apply` makes of the tree before what the machine made of it.
#[test]
fn git_apply_takes_a_diff_and_comes_to_the_same_tree() {
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("SKIPPED: git is not on this host");
        return;
    }
    let files = [
        ("modified", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"),
        ("unfinished", "no newline"),
        ("returns", "a\rb\r\nc\r"),
        ("deleted", "gone\n"),
        ("deleted-empty", ""),
        ("mode", "#!\n"),
        ("mode-and-text", "old\n"),
        ("to-link", "a file\n"),
        ("to-file-target", "pointed at\n"),
        ("folder/to-be-a-file", "x\n"),
        ("a-file", "to be a folder\n"),
        ("with space", "old\n"),
        ("with\ttab \"quotes\" \\ \u{e9}", "old\n"),
    ];
    let (before, _) = folder(&files);
    std::os::unix::fs::symlink("to-file-target", before.path().join("to-file")).unwrap();
    std::os::unix::fs::symlink("old", before.path().join("link")).unwrap();

    let mut session = session();
    let how = isobox::Import::default();
    session.import(before.path(), "/w", &how).unwrap();
    let untouched = session.fork();
    change_everything(&mut session);
    let (old, new) = (untouched.tree(), session.tree());
    let changes = isobox::machine::fs::changes(&old, &new);
    let patch = isobox::patch(&old, &new, &changes);

    let after = tempfile::tempdir().unwrap();
    session.export("/w", after.path()).unwrap();
    // The paths of a patch begin at the machine's root.
    let root = tempfile::tempdir().unwrap();
    let applied = root.path().join("w");
    untouched.export("/w", &applied).unwrap();
    let mut git = Command::new("git");
    git.args(["apply", "-"]).current_dir(root.path());
    git.env("GIT_CEILING_DIRECTORIES", root.path().parent().unwrap());
    let mut child = git
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(patch.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{patch}", stderr(&output));
    assert_eq!(listing(&applied), listing(after.path()), "{patch}");
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
    let expected = "HOME=/home/user\nLANG=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin\nUSER=user\nPWD=/\n";
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

/// Says its argument 0 and ends.
const WHO_AM_I: &str = r#"(module
    (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start") (local $length i32)
        (drop (call $args (i32.const 0) (i32.const 256)))
        (loop $next
            (if (i32.load8_u (i32.add (i32.const 256) (local.get $length))) (then
                (local.set $length (i32.add (local.get $length) (i32.const 1)))
                (br $next))))
        (i32.store (i32.const 16) (i32.const 256))
        (i32.store (i32.const 20) (local.get $length))
        (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))))"#;

#[test]
fn a_host_file_is_run_whatever_path_says_and_whatever_else_has_its_name() {
    let (folder, _) = folder(&[("other/tool.wasm", "not this one")]);
    let file = folder.path().join("tool.wasm");
    fs::write(&file, wat::parse_str(WHO_AM_I).unwrap()).unwrap();
    let file = file.to_str().unwrap();
    let other = format!("{}/other:/usr/local/bin", folder.path().display());
    for options in [
        &[][..],
        &["--env", "PATH=/usr/bin"],
        &["--env", "PATH="],
        &["--cwd", "/tmp"],
        &["--mount", &other],
        &["--module", &format!("tool.wasm={file}")],
    ] {
        assert_eq!(
            answer(&[options, &[file]].concat()),
            "tool.wasm",
            "{options:?}"
        );
    }
}

fn exits_with_7(folder: &Path) -> String {
    let file = folder.join("seven.wasm").display().to_string();
    let module = r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (func (export "_start") (call $exit (i32.const 7))))"#;
    fs::write(&file, wat::parse_str(module).unwrap()).unwrap();
    file
}

#[test]
fn the_usual_cache_may_be_missing_and_a_named_one_may_not() {
    let (folder, _) = folder(&[("file", "")]);
    let module = exits_with_7(folder.path());
    let unusable = folder.path().join("file/cache");
    let mut usual = isobox();
    usual
        .env_remove("ISOBOX_CACHE")
        .env("XDG_CACHE_HOME", &unusable);
    usual.env("HOME", &unusable);
    let output = usual.args(["run", &module]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let mut named = isobox();
    let output = named.env("ISOBOX_CACHE", &unusable).args(["run", &module]);
    let output = output.output().unwrap();
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    assert!(stderr(&output).contains("cannot be used"), "{output:?}");
}

#[test]
fn a_cache_that_others_can_write_to_is_refused_wherever_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _) = folder(&[("isobox/file", "")]);
    let module = exits_with_7(folder.path());
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder.path().join("isobox"), open).unwrap();
    let mut usual = isobox();
    usual
        .env_remove("ISOBOX_CACHE")
        .env("XDG_CACHE_HOME", folder.path());
    let output = usual.args(["run", &module]).output().unwrap();
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    assert!(stderr(&output).contains("refused"), "{output:?}");
}

/// Counts how often the compiler begins.
#[derive(Clone, Default)]
struct Compilations(Arc<AtomicUsize>);

impl isobox::CompileProgress for Compilations {
    fn begin(&self, _: &str, _: usize) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn end(&self) {}
}

/// Thirty-two sessions that begin at once were thirty-two compilations.
#[test]
fn what_many_threads_miss_is_compiled_once() {
    let compilations = Compilations::default();
    let runtime = Runtime::with_options(
        Contract::default(),
        RuntimeOptions {
            cache: CacheFolder::None,
            progress: Some(Box::new(compilations.clone())),
            ..RuntimeOptions::default()
        },
    );
    let mut session = runtime.unwrap().session(0);
    session
        .add_program("who", &wat::parse_str(WHO_AM_I).unwrap())
        .unwrap();
    let at_once = Barrier::new(32);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            let mut session = session.fork();
            let at_once = &at_once;
            scope.spawn(move || {
                at_once.wait();
                let result = session.run(&isobox::Command::new("who")).unwrap();
                assert_eq!(result.stdout.bytes, b"who");
            });
        }
    });
    assert_eq!(compilations.0.load(Ordering::SeqCst), 1);
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
    let hour_ns = 3_600_000_000_000;
    // A sleep begins when its own price is paid.
    assert_eq!(elapsed_ns, hour_ns + fuel);
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
fn with_json_isoboxs_own_errors_are_objects_of_the_schema_too() {
    let schema: Value = serde_json::from_str(&answer(&["--json-schema"])).unwrap();
    assert_eq!(schema["oneOf"].as_array().map(Vec::len), Some(2));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (arguments, status) in [
        (&["nosuch"][..], 127),
        (&["/tmp"], 126),
        (&["--cwd", "/nosuch", "true"], 125),
        (&["--mount", "/no/such/folder:/w", "true"], 125),
    ] {
        let report = report(arguments);
        assert!(validator.is_valid(&report), "{report:#}");
        assert_eq!(report["error"]["status"], status);
        assert_eq!(report["error"]["retryable"], false);
    }
    let neither = serde_json::json!({ "error": { "message": "", "status": 1 } });
    assert!(!validator.is_valid(&neither));
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

/// A pipe that nobody reads any more.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn what_isobox_prints_itself_can_find_nobody_to_read_it_too() {
    for arguments in [
        &["--json", "true"][..],
        &["--json", "nosuch"],
        &["--json-schema"],
        &["--diff", "touch", "/tmp/new"],
        &["--diff", "ln", "-s", "nowhere", "/tmp/link"],
    ] {
        let mut program = isobox();
        program.arg("run").args(arguments).stdout(closed());
        let output = program.stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(141), "{arguments:?}: {output:?}");
    }
}

/// Each of these once panicked, with status 101.
#[test]
fn a_closed_stderr_changes_no_status() {
    for (arguments, status) in [
        (&["nosuch"][..], 127),
        (&["--nosuch"], 125),
        (&["--fuel", "20000000", "sleep", "1"], 0),
        (&["--fuel", "20000000", "yes"], 152),
    ] {
        let mut program = isobox();
        program.arg("run").args(arguments).stderr(closed());
        let output = program.stdout(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
    }
}

/// Progress once flickered over every run; it is for what takes long.
#[test]
fn a_quick_run_draws_no_progress_on_a_terminal() {
    let (_folder, mount) = folder(&[("a", "text\n")]);
    // Once for the cache.
    answer(&["cat"]);
    let program = env!("CARGO_BIN_EXE_isobox");
    let line = format!("{program} run --mount {mount} cat /w/a");
    let mut terminal = Command::new("script");
    terminal
        .args(["-qec", &line, "/dev/null"])
        .env("ISOBOX_CACHE", CACHE);
    let Ok(output) = terminal.stdin(Stdio::null()).output() else {
        eprintln!("SKIPPED: script, which makes a terminal, is not on this host");
        return;
    };
    assert_eq!(stdout(&output), "text\r\n");
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

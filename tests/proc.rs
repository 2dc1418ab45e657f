//! `/proc` and `/dev/fd`: the process table as files.

mod common;

use common::guest::{Guest, OUT, Spawn, errno, rights};
use common::session;
use isobox::{Command, Session};

fn stdout(session: &mut Session, program: &str, arguments: &[&str]) -> String {
    let command = Command::new(program).args(arguments.iter().copied());
    let result = session.run(&command).unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(result.outcome.success(), "{}", text(&result.stderr.bytes));
    text(&result.stdout.bytes)
}

#[test]
fn a_process_reads_about_itself() {
    let mut session = session();
    assert_eq!(
        stdout(&mut session, "cat", &["/proc/self/cmdline"]),
        "cat\0/proc/self/cmdline\0"
    );
    let status = stdout(&mut session, "cat", &["/proc/self/status"]);
    assert!(
        status.starts_with("Name:\tcat\nUmask:\t0022\nState:\tR (running)\nTgid:\t3\n"),
        "{status}"
    );
    assert!(status.contains("\nPPid:\t1\n"), "{status}");
    let stat = stdout(&mut session, "cat", &["/proc/4/stat"]);
    assert!(stat.starts_with("4 (cat) R 1 4 4 0 -1 "), "{stat}");
    assert_eq!(stat.split(' ').count(), 52);
    assert_eq!(stdout(&mut session, "cat", &["/proc/self/comm"]), "cat\n");
    assert_eq!(stdout(&mut session, "readlink", &["/proc/self"]), "6\n");
    assert_eq!(
        stdout(&mut session, "readlink", &["/proc/self/exe"]),
        "/usr/bin/readlink\n"
    );
    let environ = stdout(&mut session, "cat", &["/proc/self/environ"]);
    assert!(environ.starts_with("HOME=/home/user\0"), "{environ}");
}

#[test]
fn the_directory_lists_processes_and_files() {
    let mut session = session();
    let names = stdout(&mut session, "ls", &["/proc"]);
    let names: Vec<&str> = names.lines().collect();
    let expected = [
        "2", "cpuinfo", "loadavg", "meminfo", "mounts", "self", "stat", "uptime", "version",
    ];
    assert_eq!(names, expected);
    let names = stdout(&mut session, "ls", &["/proc/self/"]);
    let expected = "cmdline\ncomm\ncwd\nenviron\nexe\nfd\nroot\nstat\nstatm\nstatus\n";
    assert_eq!(names, expected);
    // The directory that is being listed is open as 3, as on Linux.
    assert_eq!(
        stdout(&mut session, "ls", &["/proc/self/fd/"]),
        "0\n1\n2\n3\n"
    );
    assert_eq!(stdout(&mut session, "ls", &["/dev/fd/"]), "0\n1\n2\n3\n");
    for file in [
        "cpuinfo", "loadavg", "meminfo", "mounts", "stat", "uptime", "version",
    ] {
        let text = stdout(&mut session, "cat", &[&format!("/proc/{file}")]);
        assert!(text.ends_with('\n'), "{file}: {text}");
    }
    // Between calls there is nothing in it, and nothing of it counts.
    let result = session
        .run(&Command::new("ls").args(["-lR", "/proc"]))
        .unwrap();
    assert_eq!(result.tree_before, result.tree_after);
    assert_eq!(result.changes.paths, []);
}

#[test]
fn a_process_sees_others() {
    let mut session = session();
    let mut guest = Guest::new();
    let sleep = Spawn {
        path: "/usr/bin/sleep",
        arguments: &["sleep", "10"],
        ..Spawn::default()
    };
    guest.spawns(&sleep, 3);
    guest.sleeps(1_000_000_000);
    let stat = Spawn {
        path: "/usr/bin/cat",
        arguments: &["cat", "/proc/3/cmdline", "/proc/3/stat"],
        ..Spawn::default()
    };
    guest.spawns(&stat, 4);
    guest.waits(4, 0);
    guest.opens("proc/4/stat", 0, rights::FD_READ, errno::NOENT);
    guest.call("process_kill", [3, 19], errno::OK);
    guest.spawns(&stat, 5);
    guest.waits(5, 0);
    guest.call("process_kill", [3, 9], errno::OK);
    guest.spawns(&stat, 6);
    guest.call("process_wait", [6, -1, OUT, OUT + 4], errno::OK);
    let result = guest.run_in(&mut session);
    let seen = String::from_utf8_lossy(&result.stdout.bytes).into_owned();
    let lines: Vec<&str> = seen.lines().take(3).collect();
    let starts = [
        "sleep\x0010\x003 (sleep) S 2 2 2 ",
        "sleep\x0010\x003 (sleep) T 2 ",
        "3 (sleep) Z 2 ",
    ];
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line:?}");
    }
}

#[test]
fn opening_an_own_descriptor_by_name_duplicates_it() {
    let mut guest = Guest::new();
    guest.pipes(4, 5);
    // What is number 4 here is descriptor 3 to a shell.
    guest.open("dev/fd/4", 0, rights::FD_WRITE);
    guest.writes(6, "by name");
    guest.open("proc/self/fd/3", 0, rights::FD_READ);
    guest.reads(7, 9, "by name");
    guest.opens("dev/fd/99", 0, rights::FD_READ, errno::NOENT);
    guest.opens("proc/self/status", 0, rights::FD_WRITE, errno::ACCES);
    let (path, length) = guest.bytes("proc/self/fd/3");
    guest.call(
        "path_readlink",
        [3, path, length, OUT, 100, OUT + 200],
        errno::OK,
    );
    guest.holds(OUT, "pipe:[1]");
    let (cwd, cwd_length) = guest.bytes("proc/self/cwd/usr/bin");
    guest.call("path_filestat_get", [3, 1, cwd, cwd_length, OUT], errno::OK);
    guest.open("proc/self/stat", 0, rights::ALL & !rights::FD_WRITE);
    guest.call("fd_seek", [8, 0, 0, OUT], errno::OK);
    guest.reads(8, 3, "2 (");
    guest.run();
}

#[test]
fn proc_cannot_be_changed() {
    let mut guest = Guest::new();
    for name in ["proc", "proc/self", "proc/2"] {
        let (path, length) = guest.bytes(name);
        let (other, other_length) = guest.bytes("tmp/other");
        let call = [3, path, length, 3, other, other_length];
        guest.call("path_rename", call, errno::BUSY);
    }
    let (path, length) = guest.bytes("proc");
    guest.call("path_remove_directory", [3, path, length], errno::BUSY);
    guest.call("path_mode_set", [3, 0, path, length, 0o777], errno::PERM);
    let (path, length) = guest.bytes("proc/new");
    guest.call("path_create_directory", [3, path, length], errno::ACCES);
    let (path, length) = guest.bytes("proc/2/status");
    guest.call("path_unlink_file", [3, path, length], errno::ACCES);
    let (other, other_length) = guest.bytes("tmp/other");
    let call = [3, 0, path, length, 3, other, other_length];
    guest.call("path_link", call, errno::PERM);
    let mut session = session();
    guest.run_in(&mut session);
    assert!(session.write_file("/proc/file", b"").is_err());
}

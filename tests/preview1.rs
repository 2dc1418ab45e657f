//! WASI preview 1 as guests meet it: every call and its answer, told by small guests.

mod common;

use common::guest::{Guest, OUT, ROOT, errno, oflags, rights};
use common::{PROBE, run_wat, session};
use isobox::{Command, Limits, Outcome, Signal};

const CREATE: i64 = oflags::CREATE;
const READ_WRITE: i64 = rights::FD_READ | rights::FD_WRITE | rights::FD_SEEK | rights::FD_TELL;

/// `fdflags`.
const APPEND: i64 = 1;

/// What a second of virtual time is, in nanoseconds.
const SECOND_NS: u64 = 1_000_000_000;

// Rights.

#[test]
fn a_descriptor_opened_without_the_right_to_write_answers_ebadf() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, rights::FD_READ);
    let text = guest.text("x");
    guest.call("fd_write", [4, text, 1, OUT], errno::BADF);
    guest.call("fd_pwrite", [4, text, 1, 0, OUT], errno::BADF);
    guest.run();
}

#[test]
fn a_descriptor_opened_without_the_right_to_read_answers_ebadf() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, rights::FD_WRITE);
    let buffer = guest.text("x");
    guest.call("fd_read", [4, buffer, 1, OUT], errno::BADF);
    guest.run();
}

#[test]
fn other_rights_that_are_missing_answer_enotcapable() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, rights::FD_READ);
    guest.call("fd_seek", [4, 0, 0, OUT], errno::NOTCAPABLE);
    guest.call("fd_tell", [4, OUT], errno::NOTCAPABLE);
    guest.call("fd_filestat_get", [4, OUT], errno::NOTCAPABLE);
    guest.run();
}

#[test]
fn rights_can_be_given_up_and_not_taken_back() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.writes(4, "written");
    guest.call("fd_fdstat_set_rights", [4, rights::FD_READ, 0], errno::OK);
    let text = guest.text("more");
    guest.call("fd_write", [4, text, 1, OUT], errno::BADF);
    guest.call(
        "fd_fdstat_set_rights",
        [4, READ_WRITE, 0],
        errno::NOTCAPABLE,
    );
    guest.call(
        "fd_fdstat_set_rights",
        [4, rights::FD_READ, rights::FD_READ],
        errno::NOTCAPABLE,
    );
    guest.run();
}

#[test]
fn a_directory_passes_on_no_right_that_it_does_not_inherit() {
    let mut guest = Guest::new();
    guest.open(
        "tmp",
        oflags::DIRECTORY,
        rights::PATH_OPEN | rights::FD_READ | rights::FD_READDIR,
    );
    guest.opens_at(4, "file", 0, rights::FD_WRITE, 0, errno::NOTCAPABLE);
    guest.opens_at(4, "file", 0, rights::FD_READ, 0, errno::NOENT);
    // It may not create either: the right to was not asked for.
    guest.opens_at(4, "file", CREATE, rights::FD_READ, 0, errno::NOTCAPABLE);
    guest.run();
}

#[test]
fn what_a_descriptor_may_do_is_shown_by_fdstat() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.call("fd_fdstat_get", [4, OUT], errno::OK);
    guest.holds(OUT, [4]);
    guest.holds_u64(OUT + 8, READ_WRITE as u64);
    guest.call("fd_fdstat_get", [ROOT, OUT], errno::OK);
    guest.holds(OUT, [3]);
    guest.call("fd_fdstat_get", [1, OUT], errno::OK);
    guest.holds(OUT, [0]);
    guest.run();
}

// Descriptors.

#[test]
fn the_lowest_free_descriptor_is_given() {
    let mut guest = Guest::new();
    for fd in 4..8 {
        guest.open("tmp/file", CREATE, READ_WRITE);
        guest.holds_u32(OUT, fd);
    }
    guest.call("fd_close", [6], errno::OK);
    guest.call("fd_close", [4], errno::OK);
    for fd in [4, 6, 8] {
        guest.open("tmp/file", 0, READ_WRITE);
        guest.holds_u32(OUT, fd);
    }
    guest.call("fd_close", [99], errno::BADF);
    guest.run();
}

#[test]
fn renumbering_moves_a_descriptor_over_an_open_one() {
    let mut guest = Guest::new();
    guest.open("tmp/a", CREATE, READ_WRITE);
    guest.open("tmp/b", CREATE, READ_WRITE);
    guest.writes(4, "first");
    guest.call("fd_renumber", [4, 5], errno::OK);
    guest.call("fd_tell", [4, OUT], errno::BADF);
    // The offset has moved with it.
    guest.call("fd_tell", [5, OUT], errno::OK);
    guest.holds_u64(OUT, 5);
    guest.call("fd_renumber", [5, 5], errno::OK);
    guest.call("fd_renumber", [5, 9], errno::BADF);
    guest.call("fd_renumber", [9, 5], errno::BADF);
    let mut session = session();
    guest.run_in(&mut session);
    assert_eq!(session.read_file("/tmp/a"), Ok(b"first".to_vec()));
    assert_eq!(session.read_file("/tmp/b"), Ok(Vec::new()));
}

#[test]
fn the_root_is_preopened_and_then_what_the_command_names_in_its_order() {
    let mut guest = Guest::new();
    for (fd, name) in [(3, "/"), (4, "data"), (5, ".")] {
        guest.call("fd_prestat_get", [fd, OUT], errno::OK);
        guest.holds_u32(OUT, 0);
        guest.holds_u32(OUT + 4, name.len() as u32);
        guest.call("fd_prestat_dir_name", [fd, OUT, 100], errno::OK);
        guest.holds(OUT, name);
    }
    guest.call("fd_prestat_dir_name", [4, OUT, 3], errno::NAMETOOLONG);
    guest.call("fd_prestat_get", [6, OUT], errno::BADF);
    guest.call("fd_prestat_get", [1, OUT], errno::BADF);
    guest.opens_at(4, "file", CREATE, READ_WRITE, 0, errno::OK);
    guest.call("fd_prestat_get", [6, OUT], errno::BADF);

    let mut session = session();
    let command = Command::new("guest")
        .preopen("data", "/var/tmp")
        .preopen(".", "/tmp");
    guest.run_as(&mut session, command);
    assert_eq!(session.read_file("/var/tmp/file"), Ok(Vec::new()));
}

// Opening.

#[test]
fn exclusive_creation_refuses_what_is_there() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE | oflags::EXCLUSIVE, READ_WRITE);
    guest.opens(
        "tmp/file",
        CREATE | oflags::EXCLUSIVE,
        READ_WRITE,
        errno::EXIST,
    );
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.run();
}

#[test]
fn truncation_empties_a_file() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.writes(4, "long gone");
    guest.open("tmp/file", oflags::TRUNCATE, READ_WRITE);
    guest.reads(5, 100, "");
    // The first descriptor's offset is where it was: behind the end.
    guest.reads(4, 100, "");
    guest.writes(4, "x");
    guest.reads(5, 100, "\0\0\0\0\0\0\0\0\0x");
    guest.run();
}

#[test]
fn appending_writes_at_the_end_wherever_the_offset_is() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.writes(4, "one");
    guest.opens_at(ROOT, "tmp/file", 0, READ_WRITE, APPEND, errno::OK);
    guest.call("fd_seek", [5, 1, 0, OUT], errno::OK);
    guest.writes(5, "two");
    guest.call("fd_tell", [5, OUT], errno::OK);
    guest.holds_u64(OUT, 6);
    guest.call("fd_seek", [4, 0, 0, OUT], errno::OK);
    guest.reads(4, 100, "onetwo");
    guest.run();
}

#[test]
fn only_a_directory_opens_as_one() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.opens(
        "tmp/file",
        oflags::DIRECTORY,
        rights::FD_READ,
        errno::NOTDIR,
    );
    guest.opens("tmp/file/", 0, rights::FD_READ, errno::NOTDIR);
    guest.opens("tmp", 0, rights::FD_WRITE, errno::ISDIR);
    guest.open("tmp", oflags::DIRECTORY, rights::FD_READDIR);
    guest.call("fd_read", [5, OUT, 0, OUT], errno::ISDIR);
    guest.run();
}

#[test]
fn a_link_at_the_end_is_followed_only_when_asked() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.writes(4, "behind the link");
    let (target, target_len) = guest.bytes("file");
    let (path, path_len) = guest.bytes("tmp/link");
    guest.call(
        "path_symlink",
        [target, target_len, ROOT, path, path_len],
        errno::OK,
    );
    guest.open("tmp/link", 0, READ_WRITE);
    guest.reads(5, 100, "behind the link");
    guest.call(
        "path_open",
        [ROOT, 0, path, path_len, 0, READ_WRITE, 0, 0, OUT],
        errno::LOOP,
    );
    guest.call(
        "path_readlink",
        [ROOT, path, path_len, OUT + 8, 100, OUT],
        errno::OK,
    );
    guest.holds_u32(OUT, 4);
    guest.holds(OUT + 8, "file");
    guest.run();
}

#[test]
fn unknown_flags_are_invalid() {
    let mut guest = Guest::new();
    guest.opens("tmp/file", 16, READ_WRITE, errno::INVAL);
    guest.opens_at(ROOT, "tmp/file", CREATE, READ_WRITE, 32, errno::INVAL);
    guest.call("fd_fdstat_set_flags", [1, 32], errno::INVAL);
    guest.run();
}

// Files that are open lose their names and live on.

#[test]
fn an_unlinked_file_lives_until_it_is_closed() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.writes(4, "still here");
    let (path, length) = guest.bytes("tmp/file");
    guest.call("path_unlink_file", [ROOT, path, length], errno::OK);
    guest.opens("tmp/file", 0, rights::FD_READ, errno::NOENT);
    guest.call("fd_seek", [4, 0, 0, OUT], errno::OK);
    guest.reads(4, 100, "still here");
    guest.run();
}

#[test]
fn a_renamed_file_stays_open_and_replaces_its_target() {
    let mut guest = Guest::new();
    guest.open("tmp/old", CREATE, READ_WRITE);
    guest.writes(4, "moved");
    guest.open("tmp/new", CREATE, READ_WRITE);
    guest.writes(5, "replaced");
    let (old, old_len) = guest.bytes("tmp/old");
    let (new, new_len) = guest.bytes("tmp/new");
    guest.call(
        "path_rename",
        [ROOT, old, old_len, ROOT, new, new_len],
        errno::OK,
    );
    guest.writes(4, "!");
    // Whoever had the target open still reads the old one.
    guest.call("fd_seek", [5, 0, 0, OUT], errno::OK);
    guest.reads(5, 100, "replaced");
    let mut session = session();
    guest.run_in(&mut session);
    assert_eq!(session.read_file("/tmp/new"), Ok(b"moved!".to_vec()));
    assert!(session.read_file("/tmp/old").is_err());
}

#[test]
fn a_directory_that_holds_something_is_not_removed() {
    let mut guest = Guest::new();
    let (path, length) = guest.bytes("tmp");
    guest.open("tmp/file", CREATE, READ_WRITE);
    guest.call(
        "path_remove_directory",
        [ROOT, path, length],
        errno::NOTEMPTY,
    );
    guest.call("path_unlink_file", [ROOT, path, length], errno::ISDIR);
    guest.run();
}

// Devices.

#[test]
fn dev_null_is_empty_and_swallows() {
    let mut guest = Guest::new();
    guest.open("dev/null", 0, READ_WRITE);
    guest.writes(4, "gone");
    guest.reads(4, 100, "");
    guest.run();
}

#[test]
fn dev_zero_and_dev_full_read_as_zeros_and_dev_full_takes_nothing() {
    let mut guest = Guest::new();
    guest.open("dev/zero", 0, READ_WRITE);
    guest.open("dev/full", 0, READ_WRITE);
    guest.writes(4, "gone");
    guest.reads(4, 5, "\0\0\0\0\0");
    guest.reads(5, 5, "\0\0\0\0\0");
    let text = guest.text("x");
    guest.call("fd_write", [5, text, 1, OUT], errno::NOSPC);
    guest.run();
}

#[test]
fn dev_random_is_the_sessions_entropy() {
    let random = |device: &str, seed| {
        let mut session = session().fork_with_seed(seed);
        let command = Command::new("head").args(["-c", "32", device]);
        session.run(&command).unwrap().stdout.bytes
    };
    let bytes = random("/dev/random", 1);
    assert_eq!(bytes.len(), 32);
    assert_eq!(bytes, random("/dev/random", 1));
    assert_ne!(bytes, random("/dev/random", 2));
    assert_eq!(bytes, random("/dev/urandom", 1));
}

#[test]
fn dev_stdin_stdout_and_stderr_are_the_openers_own() {
    let mut guest = Guest::new();
    guest.open("dev/stdin", 0, rights::FD_READ);
    guest.open("dev/stdout", 0, rights::FD_WRITE);
    guest.open("dev/stderr", 0, rights::FD_WRITE);
    guest.reads(4, 3, "abc");
    // One stream, one offset.
    guest.reads(0, 100, "def");
    guest.writes(5, "to stdout");
    guest.writes(6, "to stderr");
    let result = guest.run_as(&mut session(), Command::new("guest").stdin("abcdef"));
    assert!(result.stdout.bytes.starts_with(b"to stdout"));
    assert_eq!(result.stderr.bytes, b"to stderr");
}

#[test]
fn standard_input_is_read_to_its_end_and_stays_there() {
    let mut guest = Guest::new();
    guest.reads(0, 4, "some");
    guest.reads(0, 100, " input");
    guest.reads(0, 100, "");
    guest.reads(0, 100, "");
    guest.call("fd_seek", [0, 0, 0, OUT], errno::SPIPE);
    guest.run_as(&mut session(), Command::new("guest").stdin("some input"));
}

// Time.

/// A subscription to a clock.
fn clock(user_data: u64, clock: u32, timeout_ns: u64, flags: u16) -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0..8].copy_from_slice(&user_data.to_le_bytes());
    bytes[16..20].copy_from_slice(&clock.to_le_bytes());
    bytes[24..32].copy_from_slice(&timeout_ns.to_le_bytes());
    bytes[40..42].copy_from_slice(&flags.to_le_bytes());
    bytes
}

/// A subscription to a descriptor: 1 to read, 2 to write.
fn descriptor(user_data: u64, kind: u8, fd: u32) -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0..8].copy_from_slice(&user_data.to_le_bytes());
    bytes[8] = kind;
    bytes[16..20].copy_from_slice(&fd.to_le_bytes());
    bytes
}

/// Polls, and expects these events: user data, errno, kind.
fn polls(guest: &mut Guest, subscriptions: &[[u8; 48]], events: &[(u64, u16, u8)]) {
    let (pointer, _) = guest.bytes(subscriptions.concat());
    let count = subscriptions.len() as i64;
    guest.call("poll_oneoff", [pointer, OUT + 0x100, count, OUT], errno::OK);
    guest.holds_u32(OUT, events.len() as u32);
    for (index, (user_data, errno, kind)) in events.iter().enumerate() {
        let event = OUT + 0x100 + 32 * index as i64;
        guest.holds_u64(event, *user_data);
        guest.holds_u16(event + 8, *errno);
        guest.holds(event + 10, [*kind]);
    }
}

const REALTIME: u32 = 0;
const MONOTONIC: u32 = 1;
const ABSOLUTE: u16 = 1;

#[test]
fn of_two_timeouts_the_earlier_one_ends_the_poll() {
    let mut guest = Guest::new();
    polls(
        &mut guest,
        &[
            clock(1, MONOTONIC, 2 * SECOND_NS, 0),
            clock(2, MONOTONIC, SECOND_NS, 0),
        ],
        &[(2, errno::OK, 0)],
    );
    let elapsed_ns = guest.run().elapsed_ns;
    assert!(
        (SECOND_NS..SECOND_NS + 10_000).contains(&elapsed_ns),
        "{elapsed_ns}"
    );
}

#[test]
fn equal_timeouts_are_told_together_in_the_order_of_the_subscriptions() {
    let mut guest = Guest::new();
    polls(
        &mut guest,
        &[
            clock(7, MONOTONIC, SECOND_NS, 0),
            clock(3, REALTIME, SECOND_NS, 0),
            clock(5, MONOTONIC, SECOND_NS, 0),
        ],
        &[(7, errno::OK, 0), (3, errno::OK, 0), (5, errno::OK, 0)],
    );
    guest.run();
}

#[test]
fn absolute_timeouts_are_times_of_their_clock() {
    let mut guest = Guest::new();
    let realtime_ns = isobox::EPOCH_NS + 90 * SECOND_NS;
    polls(
        &mut guest,
        &[clock(1, REALTIME, realtime_ns, ABSOLUTE)],
        &[(1, errno::OK, 0)],
    );
    polls(
        &mut guest,
        &[clock(2, MONOTONIC, 100 * SECOND_NS, ABSOLUTE)],
        &[(2, errno::OK, 0)],
    );
    // What is past is past.
    polls(
        &mut guest,
        &[clock(3, MONOTONIC, 5 * SECOND_NS, ABSOLUTE)],
        &[(3, errno::OK, 0)],
    );
    let elapsed_ns = guest.run().elapsed_ns;
    assert!(
        (100 * SECOND_NS..100 * SECOND_NS + 10_000).contains(&elapsed_ns),
        "{elapsed_ns}"
    );
}

#[test]
fn files_are_ready_at_once_and_timeouts_beside_them_are_not_waited_for() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, rights::ALL);
    polls(
        &mut guest,
        &[
            clock(1, MONOTONIC, SECOND_NS, 0),
            descriptor(2, 2, 4),
            descriptor(3, 1, 4),
            descriptor(4, 1, 0),
        ],
        &[(2, errno::OK, 2), (3, errno::OK, 1), (4, errno::OK, 1)],
    );
    assert!(guest.run().elapsed_ns < SECOND_NS);
}

#[test]
fn what_is_wrong_with_one_subscription_is_an_event_of_its_own() {
    let mut guest = Guest::new();
    polls(
        &mut guest,
        &[
            descriptor(1, 1, 99),
            descriptor(2, 1, 1),
            clock(3, 9, 0, 0),
            descriptor(4, 77, 0),
            descriptor(5, 2, 1),
        ],
        &[
            (1, errno::BADF, 1),
            (2, errno::BADF, 1),
            (3, errno::INVAL, 0),
            (4, errno::INVAL, 77),
            (5, errno::OK, 2),
        ],
    );
    guest.call("poll_oneoff", [OUT, OUT, 0, OUT], errno::INVAL);
    guest.run();
}

#[test]
fn every_look_at_the_clock_moves_it_by_the_price_of_a_look() {
    let mut guest = Guest::new();
    guest.call("clock_time_get", [1, 0, OUT], errno::OK);
    guest.call("clock_time_get", [1, 0, OUT + 8], errno::OK);
    guest.instructions(&format!(
        "(i64.store (i32.const {OUT}) (i64.sub (i64.load (i32.const {})) (i64.load (i32.const {OUT}))))",
        OUT + 8
    ));
    // 200 ns for the call, 1 ns for each of the operators from one call to the next.
    guest.holds_u64(OUT, 206);
    guest.call("clock_res_get", [1, OUT], errno::OK);
    guest.holds_u64(OUT, 1);
    guest.call("clock_time_get", [9, 0, OUT], errno::INVAL);
    guest.run();
}

#[test]
fn the_realtime_clock_begins_at_the_epoch_of_the_session() {
    let date = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M"]);
    assert_eq!(
        session().run(&date).unwrap().stdout.bytes,
        b"2026-01-01T00:00\n"
    );
}

#[test]
fn an_hour_of_sleep_is_an_hour_and_what_the_program_itself_costs() {
    let mut session = session();
    let nothing = session.run(&Command::new("sleep").arg("0")).unwrap();
    let hour = session.run(&Command::new("sleep").arg("3600")).unwrap();
    assert_eq!(hour.started_ns, nothing.elapsed_ns);
    // Virtual time is fuel and sleep, nothing else.
    assert_eq!(hour.elapsed_ns, 3600 * SECOND_NS + hour.fuel);
    assert!(hour.fuel < 5_000_000, "{}", hour.fuel);
}

// Ends.

#[test]
fn an_exit_status_keeps_its_low_eight_bits() {
    for (given, status) in [
        (0, 0),
        (7, 7),
        (255, 255),
        (256, 0),
        (257, 1),
        (u32::MAX, 255),
    ] {
        let guest = format!(
            r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                (memory (export "memory") 1)
                (func (export "_start") (call $exit (i32.const {}))))"#,
            given as i32
        );
        assert_eq!(
            run_wat(&guest, Limits::default()).outcome,
            Outcome::Exited { status }
        );
    }
}

fn raises(signal: i32) -> Outcome {
    let guest = format!(
        r#"(module (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (func (export "_start") (call $exit (call $raise (i32.const {signal})))))"#
    );
    run_wat(&guest, Limits::default()).outcome
}

#[test]
fn a_raised_signal_ends_the_guest_as_its_default_action_would() {
    for (number, signal) in [
        (2, Signal::Int),
        (6, Signal::Abrt),
        (9, Signal::Kill),
        (15, Signal::Term),
    ] {
        assert_eq!(raises(number), Outcome::Signalled { signal });
        assert_eq!(raises(number).status(), 128 + number as u8);
    }
}

#[test]
fn signals_that_are_ignored_by_default_are_ignored_and_others_are_invalid() {
    assert_eq!(raises(0), Outcome::Exited { status: 0 });
    assert_eq!(raises(16), Outcome::Exited { status: 0 });
    assert_eq!(
        raises(99),
        Outcome::Exited {
            status: errno::INVAL as u8
        }
    );
}

#[test]
fn a_module_without_a_memory_runs_and_all_its_pointers_are_bad() {
    let guest = r#"(module
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (func (export "_start") (call $exit (call $random (i32.const 0) (i32.const 8)))))"#;
    let outcome = run_wat(guest, Limits::default()).outcome;
    assert_eq!(
        outcome,
        Outcome::Exited {
            status: errno::FAULT as u8
        }
    );
}

#[test]
fn there_are_no_sockets() {
    let mut guest = Guest::new();
    let text = guest.text("x");
    for fd in [1, ROOT] {
        guest.call("sock_accept", [fd, 0, OUT], errno::NOTSUP);
        guest.call("sock_recv", [fd, text, 1, 0, OUT, OUT], errno::NOTSUP);
        guest.call("sock_send", [fd, text, 1, 0, OUT], errno::NOTSUP);
        guest.call("sock_shutdown", [fd, 0], errno::NOTSUP);
    }
    guest.call("sock_shutdown", [99, 0], errno::BADF);
    guest.run();
}

#[test]
fn permission_bits_are_read_and_set_by_the_extension() {
    let mut guest = Guest::new();
    guest.open(
        "tmp/file",
        CREATE,
        READ_WRITE | rights::FD_FILESTAT_SET_TIMES,
    );
    guest.call("fd_mode_get", [4, OUT], errno::OK);
    guest.holds_u32(OUT, 0o644);
    let (path, length) = guest.bytes("tmp/file");
    guest.call("path_mode_set", [ROOT, 1, path, length, 0o751], errno::OK);
    guest.call("fd_mode_get", [4, OUT], errno::OK);
    guest.holds_u32(OUT, 0o751);
    guest.call("fd_mode_set", [4, 0o10000], errno::INVAL);
    guest.open("tmp/file", 0, READ_WRITE);
    guest.call("fd_mode_set", [5, 0o644], errno::NOTCAPABLE);
    guest.run();
}

#[test]
fn the_prober_finds_all_its_topics() {
    let result = session().run(&Command::new(PROBE).arg("all")).unwrap();
    let lines = String::from_utf8(result.stdout.bytes).unwrap();
    assert_eq!(result.outcome, Outcome::Exited { status: 0 });
    assert_eq!(lines.lines().count(), 19, "{lines}");
}

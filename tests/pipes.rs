//! Pipes and named pipes between processes.

mod common;

use common::guest::{Guest, OUT, Spawn, errno, rights};
use common::session;
use isobox::{Command, Outcome, RunResult, Session, Signal};

const BY_SIGNAL: u32 = 0x100;
const READ: i64 = rights::FD_READ;
const WRITE: i64 = rights::FD_WRITE;

/// `fdflags`.
const NONBLOCK: i64 = 4;

/// Runs programs side by side, each one's stdout being the next one's stdin, and waits for all of them.
fn pipeline(session: &mut Session, stages: &[&[&str]], statuses: &[u32]) -> RunResult {
    let mut guest = Guest::silent();
    let mut input = 0;
    for (index, words) in stages.iter().enumerate() {
        let is_last = index + 1 == stages.len();
        let (mut output, mut next) = (1, 0);
        if !is_last {
            let mut free = (4..).filter(|number| *number != input);
            (next, output) = (free.next().unwrap(), free.next().unwrap());
            guest.pipes(next, output);
        }
        let spawn = Spawn {
            path: &format!("/usr/bin/{}", words[0]),
            arguments: words,
            environment: &["LC_ALL=C"],
            descriptors: &[(0, input), (1, output)],
            ..Spawn::default()
        };
        guest.spawns(&spawn, 3 + index as u32);
        if !is_last {
            guest.closes(&[output.into()]);
        }
        if input > 0 {
            guest.closes(&[input.into()]);
        }
        input = next;
    }
    for (number, status) in (3i64..).zip(statuses) {
        guest.call("process_wait", [number, -1, OUT, OUT + 4], errno::OK);
        guest.holds_u32(OUT, number as u32);
        guest.holds_u32(OUT + 4, *status);
    }
    guest.add_to(session, "pipeline");
    let result = session.run(&Command::new("pipeline")).unwrap();
    assert_eq!(result.outcome, Outcome::Exited { status: 0 });
    assert_eq!(result.processes_alive, 0);
    result
}

#[test]
fn a_writer_nobody_reads_is_ended_by_sigpipe() {
    let stages: &[&[&str]] = &[&["yes"], &["head", "-n", "2"]];
    let result = pipeline(&mut session(), stages, &[BY_SIGNAL | 13, 0]);
    assert_eq!(result.stdout.bytes, b"y\ny\n");
}

#[test]
fn a_pipeline_moves_more_than_a_pipe_holds() {
    let stages: &[&[&str]] = &[
        &["seq", "200000"],
        &["cat"],
        &["tac"],
        &["cat"],
        &["sort", "-n"],
        &["cat"],
        &["cat"],
        &["cat"],
        &["tail", "-n", "1"],
        &["cat"],
    ];
    let result = pipeline(&mut session(), stages, &[0; 10]);
    assert_eq!(result.stdout.bytes, b"200000\n");
    let again = pipeline(&mut session(), stages, &[0; 10]);
    assert_eq!(result.digest(), again.digest());
}

#[test]
fn a_pipe_ends_when_its_last_writer_closes_it() {
    let mut guest = Guest::new();
    guest.pipes(4, 5);
    guest.call("fd_duplicate", [5, 0, 0, OUT], errno::OK);
    guest.holds_u32(OUT, 6);
    guest.writes(5, "one");
    guest.closes(&[5]);
    guest.writes(6, "two");
    guest.reads(4, 4, "onet");
    guest.closes(&[6]);
    guest.reads(4, 9, "wo");
    guest.reads(4, 9, "");
    guest.reads(4, 9, "");
    guest.run();
}

#[test]
fn a_pipe_is_no_file() {
    let mut guest = Guest::new();
    guest.pipes(4, 5);
    let text = guest.text("x");
    guest.call("fd_seek", [4, 0, 0, OUT], errno::SPIPE);
    guest.call("fd_tell", [4, OUT], errno::SPIPE);
    guest.call("fd_pread", [4, text, 1, 0, OUT], errno::SPIPE);
    guest.call("fd_pwrite", [5, text, 1, 0, OUT], errno::SPIPE);
    guest.call("fd_write", [4, text, 1, OUT], errno::BADF);
    guest.call("fd_read", [5, text, 1, OUT], errno::BADF);
    guest.call("fd_filestat_get", [4, OUT], errno::OK);
    guest.holds(OUT + 16, [0]);
    guest.call("fd_mode_get", [4, OUT], errno::OK);
    guest.holds_u32(OUT, 0o600);
    guest.run();
}

#[test]
fn what_would_wait_answers_eagain_when_that_is_wished() {
    let mut guest = Guest::new();
    guest.pipes(4, 5);
    let buffer = guest.text("buffer");
    guest.call("fd_fdstat_set_flags", [4, NONBLOCK], errno::OK);
    guest.call("fd_fdstat_set_flags", [5, NONBLOCK], errno::OK);
    guest.call("fd_read", [4, buffer, 1, OUT], errno::AGAIN);
    // Fills it but for 100 bytes: a short write has to fit whole, a long one goes in in part.
    let most = guest.iovec((0x1_0000, 65436));
    guest.call("fd_write", [5, most, 1, OUT], errno::OK);
    guest.holds_u32(OUT, 65436);
    let short = guest.iovec((0x1_0000, 101));
    guest.call("fd_write", [5, short, 1, OUT], errno::AGAIN);
    let long = guest.iovec((0x1_0000, 5000));
    guest.call("fd_write", [5, long, 1, OUT], errno::OK);
    guest.holds_u32(OUT, 100);
    guest.call("fd_write", [5, long, 1, OUT], errno::AGAIN);
    guest.closes(&[4]);
    guest.call("signal_action", [13, 1, OUT], errno::OK);
    guest.call("fd_write", [5, long, 1, OUT], errno::PIPE);
    guest.call("signal_action", [13, 2, OUT], errno::OK);
    guest.call("fd_write", [5, long, 1, OUT], errno::PIPE);
    guest.call("signal_take", [OUT], errno::OK);
    guest.holds_u32(OUT, 13);
    guest.run();
}

#[test]
fn writing_to_a_pipe_without_a_reader_ends_a_process_with_141() {
    let mut guest = Guest::silent();
    guest.pipes(4, 5);
    guest.closes(&[4]);
    guest.writes(5, "x");
    let mut session = session();
    guest.add_to(&mut session, "guest");
    let result = session.run(&Command::new("guest")).unwrap();
    let signal = Signal::Pipe;
    assert_eq!(result.outcome, Outcome::Signalled { signal });
    assert_eq!(result.status(), 141);
}

/// A subscription to a descriptor (kind 1 reads, 2 writes) or to a time from now (kind 0, in nanoseconds).
fn subscription(kind: u8, value: u64) -> Vec<u8> {
    let mut bytes = vec![0; 48];
    bytes[0] = 7 + kind;
    bytes[8] = kind;
    match kind {
        0 => {
            bytes[16] = 1;
            bytes[24..32].copy_from_slice(&value.to_le_bytes());
        }
        _ => bytes[16..20].copy_from_slice(&(value as u32).to_le_bytes()),
    }
    bytes
}

#[test]
fn polling_a_pipe_waits_for_it_and_for_the_time() {
    let mut session = session();
    let mut writer = Guest::silent();
    writer.sleeps(1_000_000_000);
    writer.writes(1, "late");
    writer.add_to(&mut session, "writer");
    let mut guest = Guest::new();
    guest.pipes(4, 5);
    let short = guest
        .bytes([subscription(1, 4), subscription(0, 1000)].concat())
        .0;
    let long = guest
        .bytes([subscription(1, 4), subscription(0, 5_000_000_000)].concat())
        .0;
    let ready = guest
        .bytes([subscription(2, 5), subscription(1, 4)].concat())
        .0;
    let events = OUT + 0x100;
    let spawn = Spawn {
        path: "/usr/local/bin/writer",
        descriptors: &[(1, 5)],
        ..Spawn::default()
    };
    guest.spawns(&spawn, 3);
    guest.call("poll_oneoff", [ready, events, 2, OUT], errno::OK);
    guest.holds_u32(OUT, 1);
    guest.holds(events, [9]);
    guest.call("poll_oneoff", [short, events, 2, OUT], errno::OK);
    guest.holds_u32(OUT, 1);
    guest.holds(events, [7]);
    guest.call("poll_oneoff", [long, events, 2, OUT], errno::OK);
    guest.holds_u32(OUT, 1);
    guest.holds(events, [8]);
    // Four bytes, and no end yet.
    guest.holds_u64(events + 16, 4);
    guest.holds_u16(events + 24, 0);
    guest.closes(&[5]);
    guest.waits(3, 0);
    guest.reads(4, 9, "late");
    guest.call("poll_oneoff", [long, events, 2, OUT], errno::OK);
    guest.holds_u64(events + 16, 0);
    guest.holds_u16(events + 24, 1);
    let result = guest.run_in(&mut session);
    assert!((1_000_000_000..1_010_000_000).contains(&result.elapsed_ns));
}

fn make_fifo(guest: &mut Guest) {
    let (path, length) = guest.bytes("tmp/fifo");
    guest.call("path_make_fifo", [3, path, length, 0o666], errno::OK);
    guest.call("path_make_fifo", [3, path, length, 0o666], errno::EXIST);
    guest.call("path_filestat_get", [3, 0, path, length, OUT], errno::OK);
    guest.holds(OUT + 16, [0]);
    guest.call("path_mode_get", [3, 0, path, length, OUT], errno::OK);
    guest.holds_u32(OUT, 0o644);
}

#[test]
fn a_named_pipe_is_open_when_both_ends_are() {
    let mut session = session();
    let mut writer = Guest::silent();
    writer.sleeps(1_000_000);
    writer.open("tmp/fifo", 0, WRITE);
    writer.writes(4, "through a name");
    writer.add_to(&mut session, "writer");
    let mut guest = Guest::new();
    make_fifo(&mut guest);
    let spawn = Spawn {
        path: "/usr/local/bin/writer",
        ..Spawn::default()
    };
    guest.spawns(&spawn, 3);
    guest.open("tmp/fifo", 0, READ);
    guest.reads(4, 99, "through a name");
    guest.reads(4, 99, "");
    guest.waits(3, 0);
    let result = guest.run_in(&mut session);
    assert!(result.elapsed_ns >= 1_000_000);
    assert!(
        result
            .changes
            .paths
            .iter()
            .any(|change| change.path == "/tmp/fifo")
    );
    assert!(session.read_file("/tmp/fifo").is_err());
    // Nobody else comes.
    let mut alone = Guest::silent();
    alone.open("tmp/fifo", 0, READ);
    alone.add_to(&mut session, "alone");
    let alone = session.run(&Command::new("alone")).unwrap();
    assert_eq!(alone.outcome, Outcome::Deadlocked);
}

#[test]
fn a_named_pipe_need_not_be_met() {
    let mut guest = Guest::new();
    make_fifo(&mut guest);
    guest.opens_at(3, "tmp/fifo", 0, WRITE, NONBLOCK, errno::NXIO);
    guest.opens_at(3, "tmp/fifo", 0, READ, NONBLOCK, errno::OK);
    guest.reads(4, 9, "");
    guest.opens_at(3, "tmp/fifo", 0, WRITE, NONBLOCK, errno::OK);
    guest.writes(5, "x");
    guest.open("tmp/fifo", 0, READ | WRITE);
    guest.reads(6, 9, "x");
    guest.closes(&[4, 5, 6]);
    // What was in it is gone with its last end.
    guest.open("tmp/fifo", 0, READ | WRITE);
    guest.writes(4, "y");
    guest.closes(&[4]);
    guest.open("tmp/fifo", 0, rights::ALL);
    guest.call("fd_fdstat_set_flags", [4, NONBLOCK], errno::OK);
    let buffer = guest.text("buffer");
    guest.call("fd_read", [4, buffer, 1, OUT], errno::AGAIN);
    guest.run();
}

#[test]
fn a_signal_interrupts_the_opening_of_a_named_pipe() {
    let mut session = session();
    let mut child = Guest::silent();
    child.call("signal_action", [2, 2, OUT], errno::OK);
    child.opens("tmp/fifo", 0, READ, errno::INTR);
    child.call("fd_fdstat_get", [4, OUT], errno::BADF);
    child.add_to(&mut session, "child");
    let mut guest = Guest::new();
    make_fifo(&mut guest);
    let spawn = Spawn {
        path: "/usr/local/bin/child",
        ..Spawn::default()
    };
    guest.spawns(&spawn, 3);
    guest.sleeps(1_000_000);
    guest.call("process_kill", [3, 2], errno::OK);
    guest.waits(3, 0);
    // It is nobody's any more.
    guest.opens_at(3, "tmp/fifo", 0, WRITE, NONBLOCK, errno::NXIO);
    guest.run_in(&mut session);
}

//! Processes as guests begin them, wait for them and end them.

mod common;

use common::guest::{Guest, OUT, Spawn, errno};
use common::{run_wat, session, session_with};
use isobox::{Command, LimitKind, Limits, Outcome, Session, Signal};

/// A signal's bit in a status.
const BY_SIGNAL: u32 = 0x100;

const SECOND_NS: i64 = 1_000_000_000;

fn ended(limit: LimitKind) -> Outcome {
    Outcome::LimitReached { limit }
}

/// A program that exits with this status.
fn add_exit(session: &mut Session, name: &str, status: i64) {
    let mut guest = Guest::silent();
    guest.exits(status);
    guest.add_to(session, name);
}

/// A program that runs instructions.
fn add_wat(session: &mut Session, name: &str, instructions: &str) {
    let mut guest = Guest::silent();
    guest.instructions(instructions);
    guest.add_to(session, name);
}

fn program(path: &str) -> Spawn<'_> {
    Spawn {
        path,
        ..Spawn::default()
    }
}

const SPIN: &str = "(loop (br 0))";

#[test]
fn a_child_is_begun_and_waited_for() {
    let mut session = session();
    add_exit(&mut session, "seven", 7);
    let mut guest = Guest::new();
    guest.call("process_wait", [-1, -1, OUT, OUT], errno::CHILD);
    guest.spawns(&program("/usr/local/bin/seven"), 3);
    guest.waits(3, 7);
    guest.call("process_wait", [-1, 0, OUT, OUT], errno::CHILD);
    guest.call("process_wait", [3, 0, OUT, OUT], errno::CHILD);
    let result = guest.run_in(&mut session);
    assert_eq!(result.processes_alive, 0);
}

#[test]
fn a_child_has_the_arguments_environment_and_streams_it_is_given() {
    let mut session = session();
    let mut guest = Guest::new();
    let echo = Spawn {
        path: "usr/bin/echo",
        arguments: &["echo", "a b", "c"],
        ..Spawn::default()
    };
    guest.spawns(&echo, 3);
    guest.waits(3, 0);
    let env = Spawn {
        path: "/usr/bin/env",
        arguments: &["env"],
        environment: &["B=2", "PWD=/elsewhere", "A=1"],
        cwd: "/tmp",
        ..Spawn::default()
    };
    guest.spawns(&env, 4);
    guest.waits(4, 0);
    let result = guest.run_in(&mut session);
    let seen = String::from_utf8_lossy(&result.stdout.bytes).into_owned();
    assert!(
        seen.starts_with("a b c\nB=2\nPWD=/elsewhere\nA=1\n"),
        "{seen}"
    );
}

#[test]
fn what_cannot_be_begun_is_answered_with_the_reason() {
    let mut session = session();
    let text = b"no module at all";
    session.add_program("text", text).unwrap();
    session
        .add_program("broken", b"\0asm\x01\0\0\0 broken")
        .unwrap();
    let library = wat::parse_str(r#"(module (func (export "main")))"#).unwrap();
    session.add_program("library", &library).unwrap();
    let large =
        wat::parse_str(r#"(module (memory (export "memory") 65536) (func (export "_start")))"#);
    session.add_program("large", &large.unwrap()).unwrap();
    session.write_file("/tmp/file", b"\0asm").unwrap();
    session
        .add_program("script", b"#!/usr/bin/nothing -x\n")
        .unwrap();
    session
        .add_program("loop", b"#!/usr/local/bin/loop\n")
        .unwrap();
    let mut guest = Guest::new();
    for (path, errno) in [
        ("/usr/bin/nothing", errno::NOENT),
        ("/tmp/file", errno::ACCES),
        ("/tmp", errno::ACCES),
        ("/tmp/file/below", errno::NOTDIR),
        ("/usr/local/bin/text", errno::NOEXEC),
        ("/usr/local/bin/broken", errno::NOEXEC),
        ("/usr/local/bin/library", errno::NOEXEC),
        ("/usr/local/bin/large", errno::NOMEM),
        ("/usr/local/bin/script", errno::SRCH),
        ("/usr/local/bin/loop", errno::LOOP),
        ("", errno::NOENT),
    ] {
        guest.fails_to_spawn(&program(path), errno);
        let options = guest.options(&program(path));
        guest.call("process_exec", [options], errno);
    }
    let echo = "/usr/bin/echo";
    for (spawn, errno) in [
        (
            Spawn {
                cwd: "/nowhere",
                ..program(echo)
            },
            errno::NOENT,
        ),
        (
            Spawn {
                cwd: "/tmp/file",
                ..program(echo)
            },
            errno::NOTDIR,
        ),
        (
            Spawn {
                descriptors: &[(0, 9)],
                ..program(echo)
            },
            errno::BADF,
        ),
        (
            Spawn {
                descriptors: &[(3, 0)],
                ..program(echo)
            },
            errno::BADF,
        ),
        (
            Spawn {
                descriptors: &[(1024, 0)],
                ..program(echo)
            },
            errno::BADF,
        ),
        (
            Spawn {
                group: 99,
                ..program(echo)
            },
            errno::PERM,
        ),
    ] {
        guest.fails_to_spawn(&spawn, errno);
    }
    // Nothing of all that is left open.
    guest.pipes(4, 5);
    guest.run_in(&mut session);
}

#[test]
fn a_script_is_run_by_its_interpreter() {
    let mut session = session();
    session
        .add_program("script", b"#! /usr/bin/echo  one argument \nrest")
        .unwrap();
    session
        .add_program("nested", b"#!/usr/local/bin/script\n")
        .unwrap();
    let mut guest = Guest::new();
    let script = Spawn {
        path: "./script",
        arguments: &["ignored", "x", "y"],
        cwd: "/usr/local/bin",
        ..Spawn::default()
    };
    guest.spawns(&script, 3);
    guest.waits(3, 0);
    let result = guest.run_in(&mut session);
    let seen = String::from_utf8_lossy(&result.stdout.bytes).into_owned();
    assert!(seen.starts_with("one argument ./script x y\n"), "{seen}");
    // A command's own program is found in the same way.
    let result = session.run(&Command::new("nested").arg("z")).unwrap();
    let expected = b"one argument /usr/local/bin/script /usr/local/bin/nested z\n";
    assert_eq!(result.stdout.bytes, expected);
}

#[test]
fn a_program_takes_the_place_of_another_under_the_same_number() {
    let mut session = session();
    add_exit(&mut session, "nine", 9);
    let mut child = Guest::silent();
    // Close-on-exec: it is gone afterwards, and what isn't stays.
    child.pipes(4, 5);
    child.call("fd_cloexec_get", [4, OUT], errno::OK);
    child.holds_u32(OUT, 1);
    child.call("fd_cloexec_set", [5, 0], errno::OK);
    child.call("signal_action", [15, 1, OUT], errno::OK);
    child.call("signal_action", [10, 2, OUT], errno::OK);
    let next = Spawn {
        handover: b"to the next",
        descriptors: &[(9, 1)],
        ..program("/usr/local/bin/after")
    };
    let options = child.options(&next);
    child.call("process_exec", [options], errno::OK);
    child.add_to(&mut session, "before");
    let mut after = Guest::silent();
    after.call("process_ids", [OUT, OUT + 4, OUT + 8], errno::OK);
    after.holds_u32(OUT, 3);
    after.holds_u32(OUT + 4, 2);
    after.call("fd_fdstat_get", [4, OUT], errno::BADF);
    after.call("fd_fdstat_get", [5, OUT], errno::OK);
    after.call("fd_fdstat_get", [9, OUT], errno::OK);
    after.call("signal_action", [15, 0, OUT], errno::OK);
    after.holds_u32(OUT, 1);
    after.call("signal_action", [10, 0, OUT], errno::OK);
    after.holds_u32(OUT, 0);
    after.call("process_handover", [OUT, 100, OUT + 200], errno::OK);
    after.holds(OUT, "to the next");
    after.holds_u32(OUT + 200, 11);
    let options = after.options(&program("/usr/local/bin/nine"));
    after.call("process_exec", [options], errno::OK);
    after.add_to(&mut session, "after");
    let mut guest = Guest::new();
    guest.spawns(&program("/usr/local/bin/before"), 3);
    guest.waits(3, 9);
    guest.run_in(&mut session);
}

#[test]
fn children_are_waited_for_in_the_order_in_which_they_end() {
    let mut session = session();
    for (name, seconds) in [("slow", 3), ("fast", 1), ("middle", 2)] {
        let mut guest = Guest::silent();
        guest.sleeps(seconds * SECOND_NS);
        guest.exits(seconds);
        guest.add_to(&mut session, name);
    }
    let mut guest = Guest::new();
    for (name, number) in [("slow", 3), ("fast", 4), ("middle", 5)] {
        guest.spawns(&program(&format!("/usr/local/bin/{name}")), number);
    }
    // None has ended yet.
    guest.call("process_wait", [-1, 0, OUT, OUT + 4], errno::OK);
    guest.holds_u32(OUT, 0);
    // Half a second is not enough.
    guest.call("process_wait", [3, SECOND_NS / 2, OUT, OUT + 4], errno::OK);
    guest.holds_u32(OUT, 0);
    guest.waits(4, 1);
    guest.waits(5, 2);
    guest.call("process_wait", [3, -1, OUT, OUT + 4], errno::OK);
    guest.holds_u32(OUT, 3);
    guest.holds_u32(OUT + 4, 3);
    let result = guest.run_in(&mut session);
    let elapsed_ns = result.elapsed_ns as i64;
    assert!((3 * SECOND_NS..3 * SECOND_NS + 2_000_000).contains(&elapsed_ns));
}

#[test]
fn a_signal_ends_a_process_unless_it_is_ignored_or_noted() {
    let mut session = session();
    add_wat(&mut session, "spin", SPIN);
    let mut noting = Guest::silent();
    noting.call("signal_action", [15, 2, OUT], errno::OK);
    noting.call("fd_write", [1, 0, 0, OUT], errno::OK);
    // Waits for what never comes, until a signal interrupts it.
    noting.pipes(4, 5);
    let buffer = noting.text("buffer");
    noting.call("fd_read", [4, buffer, 1, OUT], errno::INTR);
    noting.call("signal_take", [OUT], errno::OK);
    noting.holds_u32(OUT, 15);
    noting.call("signal_take", [OUT], errno::OK);
    noting.holds_u32(OUT, 0);
    noting.exits(15);
    noting.add_to(&mut session, "noting");
    let mut guest = Guest::new();
    guest.spawns(&program("/usr/local/bin/spin"), 3);
    guest.call("process_kill", [3, 0], errno::OK);
    guest.call("process_kill", [3, 17], errno::OK);
    guest.call("process_kill", [3, 15], errno::OK);
    guest.waits(3, BY_SIGNAL | 15);
    guest.call("process_kill", [3, 0], errno::SRCH);
    guest.call("process_kill", [1, 9], errno::PERM);
    guest.call("process_kill", [2, 32], errno::INVAL);
    let ignoring = Spawn {
        ignored: 1 << 15,
        ..program("/usr/local/bin/spin")
    };
    guest.spawns(&ignoring, 4);
    guest.call("process_kill", [4, 15], errno::OK);
    guest.call("process_wait", [4, 1000, OUT, OUT + 4], errno::OK);
    guest.holds_u32(OUT, 0);
    guest.call("process_kill", [4, 9], errno::OK);
    guest.waits(4, BY_SIGNAL | 9);
    guest.spawns(&program("/usr/local/bin/noting"), 5);
    guest.sleeps(SECOND_NS);
    guest.call("process_kill", [5, 15], errno::OK);
    guest.waits(5, 15);
    guest.run_in(&mut session);
}

#[test]
fn a_process_can_end_itself_by_a_signal() {
    let mut guest = Guest::silent();
    guest.call("process_kill", [0, 1], errno::OK);
    let mut session = session();
    guest.add_to(&mut session, "guest");
    let result = session.run(&Command::new("guest")).unwrap();
    let signal = Signal::Hup;
    assert_eq!(result.outcome, Outcome::Signalled { signal });
}

#[test]
fn a_stopped_process_goes_on_when_it_is_told() {
    let mut session = session();
    let mut child = Guest::silent();
    child.sleeps(1000);
    child.exits(4);
    child.add_to(&mut session, "child");
    let mut guest = Guest::new();
    guest.spawns(&program("/usr/local/bin/child"), 3);
    guest.call("process_kill", [3, 19], errno::OK);
    guest.call("process_wait", [3, SECOND_NS, OUT, OUT + 4], errno::OK);
    guest.holds_u32(OUT, 0);
    guest.call("process_kill", [3, 18], errno::OK);
    guest.waits(3, 4);
    guest.run_in(&mut session);
}

#[test]
fn groups_are_made_joined_and_signalled() {
    let mut session = session();
    add_wat(&mut session, "spin", SPIN);
    let spin = "/usr/local/bin/spin";
    let mut guest = Guest::new();
    guest.spawns(
        &Spawn {
            group: 1,
            ..program(spin)
        },
        3,
    );
    guest.spawns(
        &Spawn {
            group: 3,
            ..program(spin)
        },
        4,
    );
    guest.spawns(&program(spin), 5);
    guest.call("process_group_set", [5, 3], errno::OK);
    guest.call("process_group_set", [5, 77], errno::PERM);
    guest.call("process_group_set", [77, 3], errno::SRCH);
    guest.call("process_kill", [-3, 2], errno::OK);
    for number in [3, 4, 5] {
        guest.call("process_wait", [-3, -1, OUT, OUT + 4], errno::OK);
        guest.holds_u32(OUT, number);
        guest.holds_u32(OUT + 4, BY_SIGNAL | 2);
    }
    guest.call("process_kill", [-3, 2], errno::SRCH);
    guest.spawns(&program(spin), 6);
    guest.call("process_kill", [-1, 9], errno::OK);
    guest.call("process_wait", [0, -1, OUT, OUT + 4], errno::OK);
    guest.holds_u32(OUT, 6);
    guest.run_in(&mut session);
}

#[test]
fn orphans_are_inits_and_nobody_waits_for_them() {
    let mut session = session();
    let mut orphan = Guest::silent();
    orphan.sleeps(SECOND_NS);
    orphan.call("process_ids", [OUT, OUT + 4, OUT + 8], errno::OK);
    orphan.holds_u32(OUT + 4, 1);
    orphan.writes(1, "orphan\n");
    orphan.add_to(&mut session, "orphan");
    let mut parent = Guest::silent();
    parent.spawns(&program("/usr/local/bin/orphan"), 4);
    parent.add_to(&mut session, "parent");
    let mut guest = Guest::new();
    guest.spawns(&program("/usr/local/bin/parent"), 3);
    guest.waits(3, 0);
    guest.call("process_wait", [-1, -1, OUT, OUT], errno::CHILD);
    guest.sleeps(2 * SECOND_NS);
    let result = guest.run_in(&mut session);
    assert!(result.stdout.bytes.starts_with(b"orphan\n"));
    assert_eq!(result.processes_alive, 0);
}

#[test]
fn waiting_for_one_another_is_a_deadlock() {
    let mut session = session();
    let mut child = Guest::silent();
    child.call("fd_read", [0, 0, 0, OUT], errno::OK);
    let buffer = child.text("buffer");
    child.call("fd_read", [4, buffer, 1, OUT], errno::OK);
    child.add_to(&mut session, "child");
    let mut guest = Guest::silent();
    guest.pipes(4, 5);
    guest.call("fd_cloexec_set", [4, 0], errno::OK);
    guest.spawns(&program("/usr/local/bin/child"), 3);
    guest.waits(3, 0);
    guest.add_to(&mut session, "guest");
    let result = session.run(&Command::new("guest")).unwrap();
    assert_eq!(result.outcome, Outcome::Deadlocked);
    assert_eq!(result.processes_alive, 0);
}

/// Begins itself twice, for ever.
fn fork_bomb() -> Guest {
    let mut guest = Guest::silent();
    let options = guest.options(&program("/usr/local/bin/bomb"));
    guest.instructions(&format!(
        "(loop (drop (call $process_spawn (i32.const {options}) (i32.const {OUT}))) (br 0))"
    ));
    guest
}

#[test]
fn a_fork_bomb_ends_with_the_fuel() {
    let limits = Limits {
        fuel_max: 20_000_000,
        processes_max: 20,
        memory_total_bytes_max: 1 << 30,
        ..Limits::default()
    };
    let run = || {
        let mut session = session_with(limits.clone());
        fork_bomb().add_to(&mut session, "bomb");
        let result = session.run(&Command::new("bomb")).unwrap();
        assert_eq!(result.outcome, ended(LimitKind::Fuel));
        assert_eq!(result.processes_alive, 0);
        assert!(
            session
                .run(&Command::new("true"))
                .unwrap()
                .outcome
                .success()
        );
        result.digest()
    };
    assert_eq!(run(), run());
}

#[test]
fn processes_and_their_memory_are_bounded() {
    let mut session = session_with(Limits {
        processes_max: 3,
        memory_total_bytes_max: 6 << 20,
        ..Limits::default()
    });
    let mut child = Guest::silent();
    child.sleeps(SECOND_NS);
    child.add_to(&mut session, "child");
    let mut guest = Guest::new();
    // Each has 2 MiB.
    guest.spawns(&program("/usr/local/bin/child"), 3);
    guest.spawns(&program("/usr/local/bin/child"), 4);
    guest.fails_to_spawn(&program("/usr/local/bin/child"), errno::AGAIN);
    guest.instructions(&format!(
        "(i32.store (i32.const {OUT}) (memory.grow (i32.const 1)))"
    ));
    guest.holds_u32(OUT, u32::MAX);
    guest.waits(3, 0);
    guest.instructions(&format!(
        "(i32.store (i32.const {OUT}) (memory.grow (i32.const 1)))"
    ));
    guest.holds_u32(OUT, 32);
    guest.fails_to_spawn(&program("/usr/local/bin/child"), errno::NOMEM);
    guest.run_in(&mut session);
}

#[test]
fn spinning_processes_share_the_time() {
    let run = || {
        let mut session = session_with(Limits {
            fuel_max: 100_000_000,
            ..Limits::default()
        });
        add_wat(&mut session, "spin", SPIN);
        let mut guest = Guest::new();
        guest.spawns(&program("/usr/local/bin/spin"), 3);
        guest.spawns(&program("/usr/local/bin/spin"), 4);
        // Both spin; the one that sleeps has its turn all the same, within two slices of its time.
        guest.sleeps(50_000_000);
        guest.call("process_kill", [3, 9], errno::OK);
        guest.call("process_kill", [4, 9], errno::OK);
        guest.waits(3, BY_SIGNAL | 9);
        guest.waits(4, BY_SIGNAL | 9);
        guest.call("process_times", [OUT, OUT + 8], errno::OK);
        guest.run_in(&mut session)
    };
    let result = run();
    assert!(
        (50_000_000..63_000_000).contains(&result.elapsed_ns),
        "{}",
        result.elapsed_ns
    );
    assert_eq!(result.digest(), run().digest());
}

#[test]
fn a_process_that_polls_gives_way_too() {
    let mut session = session();
    let mut poller = Guest::silent();
    let (path, length) = poller.bytes("tmp/file");
    poller.instructions(&format!(
        "(loop (br_if 0 (call $path_filestat_get (i32.const 3) (i32.const 0) (i32.const {path}) (i32.const {length}) (i32.const {OUT}))))"
    ));
    poller.add_to(&mut session, "poller");
    let mut guest = Guest::new();
    guest.spawns(&program("/usr/local/bin/poller"), 3);
    guest.call("sched_yield", [], errno::OK);
    guest.open("tmp/file", common::guest::oflags::CREATE, 0);
    guest.waits(3, 0);
    let result = guest.run_in(&mut session);
    assert!(result.elapsed_ns < 10_000_000, "{}", result.elapsed_ns);
}

#[test]
fn the_fuel_and_the_deadline_are_those_of_all_processes_together() {
    for (limits, bound) in [
        (
            Limits {
                fuel_max: 5_000_000,
                ..Limits::default()
            },
            LimitKind::Fuel,
        ),
        (
            Limits {
                deadline_ns: 5_000_000,
                ..Limits::default()
            },
            LimitKind::Deadline,
        ),
    ] {
        let mut session = session_with(limits);
        add_wat(&mut session, "spin", SPIN);
        let mut guest = Guest::silent();
        guest.spawns(&program("/usr/local/bin/spin"), 3);
        guest.call("process_wait", [-1, -1, OUT, OUT], errno::OK);
        guest.add_to(&mut session, "guest");
        let result = session.run(&Command::new("guest")).unwrap();
        assert_eq!(result.outcome, ended(bound));
        assert_eq!(result.elapsed_ns, 5_000_000);
        assert_eq!(result.processes_alive, 0);
    }
}

#[test]
fn a_process_reads_its_umask_limits_and_times() {
    let mut guest = Guest::new();
    guest.call("process_umask", [-1, OUT], errno::OK);
    guest.holds_u32(OUT, 0o022);
    guest.call("process_umask", [0o077, OUT], errno::OK);
    guest.open("tmp/file", common::guest::oflags::CREATE, 0);
    guest.call("fd_mode_get", [4, OUT], errno::OK);
    guest.holds_u32(OUT, 0o600);
    let (path, length) = guest.bytes("tmp/directory");
    guest.call("path_create_directory", [3, path, length], errno::OK);
    guest.call("path_mode_get", [3, 0, path, length, OUT], errno::OK);
    guest.holds_u32(OUT, 0o700);
    for (which, bound) in [(0, 1024), (1, 512), (2, 4 << 30), (3, 1 << 30)] {
        guest.call("process_limit", [which, OUT], errno::OK);
        guest.holds_u64(OUT, bound);
    }
    guest.call("process_limit", [4, OUT], errno::OK);
    guest.call("process_limit", [5, OUT], errno::INVAL);
    guest.run();
}

#[test]
fn a_childs_trap_is_the_childs_end() {
    let mut session = session();
    add_wat(&mut session, "trap", "(unreachable)");
    let mut guest = Guest::new();
    guest.spawns(&program("/usr/local/bin/trap"), 3);
    guest.waits(3, BY_SIGNAL | 6);
    guest.run_in(&mut session);
    let result = run_wat(
        r#"(module (memory (export "memory") 1) (func (export "_start") unreachable))"#,
        Limits::default(),
    );
    let signal = Signal::Abrt;
    assert_eq!(result.outcome, Outcome::Signalled { signal });
}

#[test]
fn who_is_the_first_to_begin_a_module_pays_for_it() {
    let elapsed_ns = |times: u32| {
        let mut session = session();
        add_exit(&mut session, "child", 0);
        let mut guest = Guest::new();
        for number in 3..3 + times {
            guest.spawns(&program("/usr/local/bin/child"), number);
            guest.waits(number, 0);
        }
        guest.run_in(&mut session).elapsed_ns
    };
    let [none, once, twice] = [0, 1, 2].map(elapsed_ns);
    assert!(once - none > 1_000_000, "{none} {once}");
    assert!(twice - once < 100_000, "{once} {twice}");
}

//! Guests that want more than their share, or mean to break something. Each ends in an outcome that is documented,
//! within its bounds; nothing panics, and the session goes on.

mod common;

use std::time::Duration;

use common::guest::{
    Guest, ISOBOX_V1, MEMORY_BYTES, OUT, PREVIEW1, ROOT, constant, errno, oflags, rights,
};
use common::{PROBE, add, cache, run_wat, session, session_with};
use isobox::{
    CacheFolder, Command, Contract, HostFailure, LimitKind, Limits, Outcome, RunError, RunResult,
    Runtime, RuntimeOptions, Signal, TimeModel,
};

const CREATE: i64 = oflags::CREATE;
const SECOND_NS: u64 = 1_000_000_000;
const MIB: u64 = 1 << 20;

/// Enough for anything here that ends by itself.
const FUEL: u64 = 500_000_000;

fn limits() -> Limits {
    Limits {
        fuel_max: FUEL,
        ..Limits::default()
    }
}

/// A module whose `_start` is this, with a page of memory.
fn module(body: &str) -> String {
    format!(r#"(module (memory (export "memory") 1) (func (export "_start") {body}))"#)
}

fn probe(words: &[&str], limits: Limits) -> RunResult {
    session_with(limits)
        .run(&Command::new(PROBE).args(words.iter().copied()))
        .expect("the prober runs")
}

fn printed(result: &RunResult) -> String {
    String::from_utf8(result.stdout.bytes.clone())
        .unwrap()
        .trim_end()
        .to_owned()
}

fn ended(limit: LimitKind) -> Outcome {
    Outcome::LimitReached { limit }
}

// Wild pointers.

/// Pointers and lengths that lead nowhere good, and the ends of what does.
const WILD: [i64; 7] = [
    0,
    1,
    MEMORY_BYTES - 1,
    MEMORY_BYTES,
    1 << 31,
    (1 << 32) - 1,
    (1 << 32) - 8,
];

/// Numbers of 64 bits at the edges of offsets, times and rights.
const EDGES: [i64; 4] = [0, 1 << 32, i64::MAX, -1];

/// Standard input, standard output, `/`, a file, `/dev/zero`, nothing.
const DESCRIPTORS: [i64; 6] = [0, 1, 3, 4, 5, 99];

/// Calls a function with every combination, and writes each errno to stdout.
fn wild_calls(name: &str, parameters: &str, memory: u8) -> String {
    let has = |kind| parameters.contains(kind);
    let only_zero = [0];
    let descriptors = if has('f') {
        &DESCRIPTORS[..]
    } else {
        &only_zero
    };
    let pointers = if has('p') { &WILD[..] } else { &only_zero };
    let lengths = if has('l') { &WILD[..] } else { &only_zero };
    let edges = if has('N') { &EDGES[..] } else { &only_zero };
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, rights::ALL);
    guest.open("dev/zero", 0, rights::ALL);
    guest.instructions(&format!(
        "(memory.fill (i32.const 0x20000) (i32.const {memory}) (i32.const {}))",
        MEMORY_BYTES - 0x2_0000
    ));
    let mut calls = 0;
    for fd in descriptors {
        for pointer in pointers {
            for length in lengths {
                for edge in edges {
                    let arguments: String = parameters
                        .chars()
                        .map(|parameter| match parameter {
                            'f' => constant(parameter, *fd),
                            'p' => constant(parameter, *pointer),
                            'l' => constant(parameter, *length),
                            'N' => constant(parameter, *edge),
                            _ => constant(parameter, calls % 4),
                        })
                        .collect();
                    // What answers no errno of preview 1 is a trap.
                    guest.instructions(&format!(
                        "(if (i32.gt_u (call ${name} {arguments}) (i32.const {})) (then unreachable))",
                        errno::LAST
                    ));
                    calls += 1;
                }
            }
        }
    }
    guest.wat()
}

#[test]
fn wild_pointers_to_any_function_are_answered_with_an_errno() {
    let functions = PREVIEW1
        .iter()
        .chain(&ISOBOX_V1)
        // What may end the guest by its own wish has no pointers.
        .filter(|(name, _)| !name.starts_with("proc_") && *name != "process_kill");
    for (name, parameters) in functions {
        for memory in [0, 0xff] {
            let mut session = session_with(limits());
            add(&mut session, &wild_calls(name, parameters, memory));
            let result = session
                .run(&Command::new("guest"))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let outcome = result.outcome;
            assert!(
                outcome.success() || outcome == ended(LimitKind::Deadline),
                "{name} over memory of {memory:#x}: {outcome:?}"
            );
            if name.ends_with("mode_set") {
                // A guest may lock everybody out of `/`, itself included.
                continue;
            }
            let next = session
                .run(&Command::new("echo").arg("still here"))
                .unwrap();
            assert_eq!(next.stdout.bytes, b"still here\n", "after {name}");
        }
    }
}

#[test]
fn pointers_to_the_pieces_of_a_read_or_write_are_checked_before_anything_is_done() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, rights::ALL);
    let good = guest.bytes("good");
    for (pointer, length) in [
        (MEMORY_BYTES, 1),
        (MEMORY_BYTES - 1, 2),
        ((1 << 32) - 1, 1),
        (0, (1 << 32) - 1),
    ] {
        let pair = |(pointer, length): (i64, i64)| {
            [
                (pointer as u32).to_le_bytes(),
                (length as u32).to_le_bytes(),
            ]
            .concat()
        };
        let pieces = guest
            .bytes([pair(good), pair((pointer, length))].concat())
            .0;
        guest.call("fd_write", [4, pieces, 2, OUT], errno::FAULT);
        guest.call("fd_read", [4, pieces, 2, OUT], errno::FAULT);
    }
    guest.call("fd_write", [4, OUT, 1025, OUT], errno::INVAL);
    let mut session = session();
    guest.run_in(&mut session);
    assert_eq!(session.read_file("/tmp/file"), Ok(Vec::new()));
}

#[test]
fn offsets_at_the_end_of_64_bits_are_answered() {
    let mut guest = Guest::new();
    guest.open("dev/zero", 0, rights::ALL);
    guest.open("tmp/file", CREATE, rights::ALL);
    let text = guest.text("x");
    for (offset, answer, no_room) in [
        (i64::MAX, errno::OK, errno::FBIG),
        (i64::MIN, errno::INVAL, errno::INVAL),
        (-1, errno::INVAL, errno::INVAL),
    ] {
        guest.call("fd_pread", [4, text, 1, offset, OUT], answer);
        guest.call("fd_pwrite", [4, text, 1, offset, OUT], answer);
        guest.call("fd_pread", [5, text, 1, offset, OUT], answer);
        guest.call("fd_pwrite", [5, text, 1, offset, OUT], no_room);
        guest.call("fd_allocate", [5, offset, 1], errno::FBIG);
    }
    guest.call("fd_seek", [5, -1, 0, OUT], errno::INVAL);
    guest.call("fd_seek", [5, i64::MAX, 0, OUT], errno::OK);
    guest.call("fd_write", [5, text, 1, OUT], errno::FBIG);
    guest.call("fd_seek", [5, 1, 1, OUT], errno::INVAL);
    guest.run();
}

// Files.

#[test]
fn a_million_opens_end_at_the_bound_of_descriptors() {
    assert_eq!(
        printed(&probe(&["open-many", "1000000"], limits())),
        "1020 opened, then MFILE"
    );
    let few = Limits {
        open_files_max: 7,
        ..limits()
    };
    assert_eq!(
        printed(&probe(&["open-many", "1000000"], few)),
        "3 opened, then MFILE"
    );
}

#[test]
fn what_a_run_leaves_open_is_closed_when_it_ends() {
    let mut session = session_with(limits());
    for _ in 0..3 {
        let result = session
            .run(&Command::new(PROBE).args(["open-many", "1000000"]))
            .unwrap();
        assert_eq!(printed(&result), "1020 opened, then MFILE");
    }
}

#[test]
fn opening_and_closing_goes_on_for_ever() {
    let mut guest = Guest::new();
    guest.open("tmp/file", CREATE, rights::ALL);
    let (path, length) = guest.bytes("tmp/file");
    guest.instructions(&format!(
        "(global.set $turns (i32.const 20000))
         (loop $again
            (if (call $path_open (i32.const 3) (i32.const 1) (i32.const {path}) (i32.const {length})
                    (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const {OUT})) (then unreachable))
            (if (i32.ne (i32.load (i32.const {OUT})) (i32.const 5)) (then unreachable))
            (if (call $fd_close (i32.const 5)) (then unreachable))
            (global.set $turns (i32.sub (global.get $turns) (i32.const 1)))
            (br_if $again (global.get $turns)))"
    ));
    guest.run();
}

#[test]
fn a_file_of_ten_gigabytes_is_too_big_and_one_of_two_has_no_room() {
    assert_eq!(
        printed(&probe(&["sparse", "10000000000"], limits())),
        "FBIG"
    );
    assert_eq!(
        printed(&probe(&["sparse", "2000000000"], limits())),
        "NOSPC"
    );
    assert_eq!(
        printed(&probe(&["sparse", "9223372036854775807"], limits())),
        "FBIG"
    );
    assert_eq!(
        printed(&probe(&["sparse", "1000000"], limits())),
        "1 byte written at 1000000"
    );
}

#[test]
fn directories_end_at_the_bound_of_inodes() {
    let few = Limits {
        inodes_max: 2_000,
        ..limits()
    };
    let first = probe(&["directory-bomb", "100000"], few.clone());
    assert!(
        printed(&first).contains("made, then NOSPC"),
        "{}",
        printed(&first)
    );
    assert_eq!(
        probe(&["directory-bomb", "100000"], few).digest(),
        first.digest()
    );
}

#[test]
fn directories_end_at_the_bound_of_bytes() {
    let small = Limits {
        tree_bytes_max: MIB,
        ..limits()
    };
    let said = printed(&probe(&["directory-bomb", "100000"], small));
    assert!(said.contains("made, then NOSPC"), "{said}");
}

#[test]
fn directories_inside_one_another_end_where_no_path_could_name_them() {
    let said = printed(&probe(&["directory-bomb", "5000"], limits()));
    assert!(said.contains("wide: 5000 made"), "{said}");
    assert!(said.contains("made, then NAMETOOLONG"), "{said}");
}

#[test]
fn a_deep_tree_is_digested_forked_and_dropped() {
    // Each level is made by a descriptor of the one above, so that paths stay short.
    let mut guest = Guest::new();
    let (name, length) = guest.bytes("d");
    guest.instructions(&format!(
        "(global.set $turns (i32.const 5000))
         (global.set $at (i32.const 3))
         (loop $again
            (br_if $again (i32.eqz (i32.or
                (call $path_create_directory (global.get $at) (i32.const {name}) (i32.const {length}))
                (i32.or
                    (call $path_open (global.get $at) (i32.const 0) (i32.const {name}) (i32.const {length})
                        (i32.const 2) (i64.const {all}) (i64.const {all}) (i32.const 0) (i32.const {OUT}))
                    (block (result i32)
                        (if (i32.ne (global.get $at) (i32.const 3))
                            (then (drop (call $fd_close (global.get $at)))))
                        (global.set $at (i32.load (i32.const {OUT})))
                        (global.set $turns (i32.sub (global.get $turns) (i32.const 1)))
                        (i32.eqz (global.get $turns))))))))",
        all = rights::ALL & !rights::FD_WRITE
    ));
    let mut session = session_with(limits());
    let result = guest.run_in(&mut session);
    assert!(
        result.changes.paths.len() > 1000,
        "{}",
        result.changes.paths.len()
    );
    let fork = session.fork();
    assert_eq!(fork.tree_digest(), session.tree_digest());
}

#[test]
fn a_loop_of_symbolic_links_ends() {
    assert_eq!(printed(&probe(&["symlink-loop"], limits())), "LOOP");
}

#[test]
fn a_listing_goes_on_through_tiny_buffers_while_files_are_deleted() {
    let list = |buffer_len: i64| {
        let mut guest = Guest::new();
        for name in ["a", "b", "c", "d"] {
            guest.open(&format!("tmp/{name}"), CREATE, rights::ALL);
        }
        guest.open("tmp", oflags::DIRECTORY, rights::FD_READDIR);
        // Half an entry fills the buffer: there is more, and the cookie asks for the same one again.
        guest.call("fd_readdir", [8, OUT + 8, buffer_len, 0, OUT], errno::OK);
        guest.holds_u32(OUT, buffer_len as u32);
        // The first entry is `.`, which says that the next is at cookie 1.
        guest.holds_u64(OUT + 8, 1);
        let (path, length) = guest.bytes("tmp/b");
        guest.call("path_unlink_file", [ROOT, path, length], errno::OK);
        // `a` is at cookie 2; `b` is gone, so that behind `a` comes `c`, and behind that `d`.
        guest.call("fd_readdir", [8, OUT + 8, buffer_len, 2, OUT], errno::OK);
        guest.holds_u64(OUT + 8, 3);
        guest.call("fd_readdir", [8, OUT + 8, buffer_len, 3, OUT], errno::OK);
        guest.holds_u64(OUT + 8, 4);
        guest.call("fd_readdir", [8, OUT + 8, buffer_len, 4, OUT], errno::OK);
        guest.holds_u64(OUT + 8, 5);
        guest.call("fd_readdir", [8, OUT + 8, buffer_len, 6, OUT], errno::OK);
        guest.holds_u32(OUT, 0);
        guest.call("fd_readdir", [8, OUT + 8, buffer_len, -1, OUT], errno::OK);
        guest.holds_u32(OUT, 0);
        guest.run();
    };
    for buffer_len in [24, 25] {
        list(buffer_len);
    }
}

#[test]
fn a_lookup_is_paid_for_by_its_steps_through_links_too() {
    let stat = |path: &str| {
        let mut guest = Guest::new();
        let long = "./".repeat(300);
        for link in 0..30 {
            let (target, target_len) = guest.bytes(format!("{long}l{}", link + 1));
            let (name, name_len) = guest.bytes(format!("tmp/l{link}"));
            guest.call(
                "path_symlink",
                [target, target_len, ROOT, name, name_len],
                errno::OK,
            );
        }
        let (path, path_len) = guest.bytes(path);
        guest.call(
            "path_filestat_get",
            [ROOT, 1, path, path_len, OUT],
            errno::NOENT,
        );
        guest.run().fuel
    };
    let steps = 30 * 300;
    let difference = stat("tmp/l0") - stat("tmp/xx");
    assert!(
        difference >= steps * TimeModel::default().step_fuel,
        "{difference}"
    );
}

#[test]
fn a_listing_is_paid_for_by_its_entries() {
    let list = |files: usize| {
        let mut guest = Guest::new();
        guest.open("tmp", oflags::DIRECTORY, rights::FD_READDIR);
        guest.call("fd_readdir", [4, 2000, 40_000, 0, OUT], errno::OK);
        let mut session = session_with(limits());
        for file in 0..files {
            session.write_file(&format!("/tmp/{file:04}"), b"").unwrap();
        }
        guest.run_in(&mut session).fuel
    };
    let difference = list(1000) - list(0);
    assert!(
        difference >= 1000 * 10 * TimeModel::default().step_fuel,
        "{difference}"
    );
}

#[test]
fn growth_past_the_maximum_that_a_module_declares_is_refused_as_the_standard_says() {
    let wat = r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1 2) (table $t 1 2 funcref)
        (func (export "_start")
            (if (i32.ne (memory.grow (i32.const 5)) (i32.const -1)) (then unreachable))
            (if (i32.ne (table.grow $t (ref.null func) (i32.const 5)) (i32.const -1)) (then unreachable))
            (call $exit (memory.grow (i32.const 1)))))"#;
    let mut session = session_with(limits());
    add(&mut session, wat);
    let result = session.run(&Command::new("guest")).unwrap();
    assert_eq!(result.outcome, Outcome::Exited { status: 1 });
}

#[test]
fn the_watchdog_ends_a_guest_that_does_nothing_but_call_the_host() {
    let mut guest = Guest::new();
    guest.instructions(
        "(loop $again (drop (call $sched_yield)) (drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 8))) (br $again))",
    );
    let runtime = Runtime::with_options(
        Contract::default(),
        RuntimeOptions {
            cache: CacheFolder::At(cache()),
            processes_max: Some(1),
            watchdog: Some(Duration::from_millis(50)),
            ..RuntimeOptions::default()
        },
    );
    let mut session = runtime.unwrap().session(0);
    add(&mut session, &guest.wat());
    let failure = session.run(&Command::new("guest")).unwrap_err();
    assert_eq!(failure, RunError::Host(HostFailure::Watchdog));
}

#[test]
fn what_changed_in_a_deep_tree_of_long_names_is_listed_within_bounds() {
    let mut guest = Guest::new();
    let (name, name_len) = guest.bytes("n".repeat(250));
    guest.instructions(&format!(
        "(global.set $turns (i32.const 3))
         (loop $again
            (drop (call $path_create_directory (global.get $turns) (i32.const {name}) (i32.const {name_len})))
            (drop (call $path_open (global.get $turns) (i32.const 0) (i32.const {name}) (i32.const {name_len})
                (i32.const 2) (i64.const {rights}) (i64.const {rights}) (i32.const 0) (i32.const 8)))
            (global.set $turns (i32.load (i32.const 8)))
            (br_if $again (i32.lt_u (global.get $turns) (i32.const 1000))))",
        rights = rights::ALL,
    ));
    let result = guest.run_with(limits());
    let longest = result
        .changes
        .paths
        .iter()
        .map(|change| change.path.len())
        .max();
    assert!(longest.unwrap() < 4096);
    assert_eq!(result.changes.paths.len(), 16);
    assert!(result.changes.omitted > 0);
}

#[test]
fn memory_grows_to_its_bound_and_no_further() {
    for (memory_bytes_max, pages) in [
        (64 * MIB, 1024),
        (64 * MIB + 65_535, 1024),
        (1024 * MIB, 16_384),
    ] {
        let bound = Limits {
            memory_bytes_max,
            ..limits()
        };
        let result = probe(&["grow"], bound.clone());
        assert_eq!(printed(&result), format!("{pages} pages"));
        assert_eq!(probe(&["grow"], bound).digest(), result.digest());
    }
}

#[test]
fn a_module_that_begins_with_more_memory_than_the_bound_is_refused() {
    let mut session = session_with(Limits {
        memory_bytes_max: 16 * MIB,
        ..limits()
    });
    add(
        &mut session,
        r#"(module (memory (export "memory") 257) (func (export "_start")))"#,
    );
    let error = session.run(&Command::new("guest")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "guest: cannot allocate memory: it begins with 16842752 bytes, the machine's bound is 16777216"
    );
    assert_eq!(status_of(&error), Some(126));
}

#[test]
fn tables_grow_to_their_bound_and_no_further() {
    let grow = |to: u32| {
        let table = format!(
            r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                (table $table 10 funcref) (memory (export "memory") 1)
                (func (export "_start")
                    (call $exit (i32.eq (i32.const -1)
                        (table.grow $table (ref.null func) (i32.const {}))))))"#,
            to - 10
        );
        run_wat(
            &table,
            Limits {
                table_elements_max: 1000,
                ..limits()
            },
        )
        .outcome
    };
    assert_eq!(grow(1000), Outcome::Exited { status: 0 });
    assert_eq!(grow(1001), Outcome::Exited { status: 1 });
}

#[test]
fn a_module_that_begins_with_a_larger_table_than_the_bound_is_refused() {
    for elements in [1_001, 1_000_001, 10_000_000] {
        let mut session = session_with(Limits {
            table_elements_max: 1000,
            ..limits()
        });
        let table = format!(
            r#"(module (table {elements} funcref) (memory (export "memory") 1) (func (export "_start")))"#
        );
        add(&mut session, &table);
        let error = session.run(&Command::new("guest")).unwrap_err();
        assert_eq!(status_of(&error), Some(126), "{error}");
    }
}

// Time and fuel.

#[test]
fn an_endless_loop_ends_with_the_last_of_its_fuel() {
    for fuel_max in [1, 10, 1_000_003] {
        let result = run_wat(
            &module("(loop (br 0))"),
            Limits {
                fuel_max,
                ..limits()
            },
        );
        assert_eq!(result.outcome, ended(LimitKind::Fuel));
        assert_eq!((result.fuel, result.elapsed_ns), (fuel_max, fuel_max));
        assert_eq!(result.status(), 152);
    }
}

#[test]
fn an_endless_loop_ends_at_the_deadline() {
    let bound = Limits {
        deadline_ns: SECOND_NS / 4,
        ..limits()
    };
    let result = run_wat(&module("(loop (br 0))"), bound.clone());
    assert_eq!(result.outcome, ended(LimitKind::Deadline));
    assert_eq!(
        (result.fuel, result.elapsed_ns),
        (SECOND_NS / 4, SECOND_NS / 4)
    );
    assert_eq!(result.status(), 124);
    assert_eq!(probe(&["spin"], bound.clone()).elapsed_ns, SECOND_NS / 4);
    assert_eq!(probe(&["spin"], bound).outcome, ended(LimitKind::Deadline));
}

#[test]
fn an_endless_loop_in_a_start_section_ends_too() {
    let guest = r#"(module (memory (export "memory") 1) (func $loop (loop (br 0))) (start $loop) (func (export "_start")))"#;
    let result = run_wat(
        guest,
        Limits {
            fuel_max: 1_000_000,
            ..limits()
        },
    );
    assert_eq!(result.outcome, ended(LimitKind::Fuel));
    assert_eq!(result.elapsed_ns, 1_000_000);
    let result = run_wat(
        guest,
        Limits {
            deadline_ns: 1_000_000,
            ..limits()
        },
    );
    assert_eq!(result.outcome, ended(LimitKind::Deadline));
    assert_eq!(result.elapsed_ns, 1_000_000);
}

#[test]
fn what_a_module_is_made_of_costs_no_fuel() {
    let data = "x".repeat(1 << 20);
    let guest = format!(
        r#"(module (memory (export "memory") 17) (data (i32.const 0) "{data}") (func (export "_start")))"#
    );
    let result = run_wat(
        &guest,
        Limits {
            fuel_max: 10,
            ..limits()
        },
    );
    assert!(result.outcome.success(), "{:?}", result.outcome);
    assert!(result.fuel <= 2, "{}", result.fuel);
}

/// `poll_oneoff` on one clock for the longest time there is.
fn sleeps_for_ever(clock: u32, flags: u16) -> Guest {
    let mut subscription = [0; 48];
    subscription[16..20].copy_from_slice(&clock.to_le_bytes());
    subscription[24..32].copy_from_slice(&u64::MAX.to_le_bytes());
    subscription[40..42].copy_from_slice(&flags.to_le_bytes());
    let mut guest = Guest::new();
    let (pointer, _) = guest.bytes(subscription);
    guest.instructions(&format!(
        "(drop (call $poll_oneoff (i32.const {pointer}) (i32.const {OUT}) (i32.const 1) (i32.const {OUT})))"
    ));
    guest
}

#[test]
fn a_sleep_for_ever_ends_at_the_deadline() {
    for (clock, flags) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let result = run_wat(
            &sleeps_for_ever(clock, flags).wat(),
            Limits {
                deadline_ns: 5 * SECOND_NS,
                ..limits()
            },
        );
        assert_eq!(result.outcome, ended(LimitKind::Deadline));
        assert!(
            result.elapsed_ns.abs_diff(5 * SECOND_NS) <= 1000,
            "{}",
            result.elapsed_ns
        );
    }
}

#[test]
fn a_spin_on_the_clock_ends() {
    let mut guest = Guest::new();
    guest.instructions(&format!(
        "(loop $again
            (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
            (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const {OUT})))
            (br_if $again (i64.lt_u (i64.load (i32.const {OUT})) (i64.const 10000000))))
        (i32.store (i32.const {OUT}) (global.get $turns))"
    ));
    // 200 ns for each look at the clock, 13 for what is around it.
    guest.holds_u32(OUT, 46_949);
    guest.run();
}

#[test]
fn four_billion_subscriptions_are_refused_before_they_are_read() {
    let mut guest = Guest::new();
    guest.call("poll_oneoff", [0, 0, -1, OUT], errno::INVAL);
    guest.call("poll_oneoff", [0, 0, 1 << 20, OUT], errno::INVAL);
    guest.call("poll_oneoff", [MEMORY_BYTES - 47, 0, 1, OUT], errno::FAULT);
    assert!(guest.run().fuel < 10_000);
}

#[test]
fn reading_zeros_for_ever_is_paid_for() {
    let guest = r#"(module
        (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 300)
        (data (i32.const 16) "dev/zero")
        (data (i32.const 32) "\00\00\01\00\00\00\00\01")
        (func (export "_start")
            (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 8)
                (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))
            (loop (drop (call $fd_read (i32.const 4) (i32.const 32) (i32.const 1) (i32.const 8))) (br 0))))"#;
    let result = run_wat(
        guest,
        Limits {
            fuel_max: 300_000_000,
            ..limits()
        },
    );
    assert_eq!(result.outcome, ended(LimitKind::Fuel));
    assert_eq!(result.fuel, 300_000_000);
}

#[test]
fn entropy_fills_all_of_a_memory() {
    let mut guest = Guest::new();
    guest.call("random_get", [0, MEMORY_BYTES + 1], errno::FAULT);
    guest.instructions(&format!(
        "(drop (call $random_get (i32.const 0x180000) (i32.const {})))",
        0x8_0000
    ));
    assert!(guest.run().outcome.success());
    let all = r#"(module (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1024)
        (func (export "_start") (call $exit (call $random (i32.const 0) (i32.const 0x4000000)))))"#;
    let result = run_wat(all, limits());
    assert!(result.outcome.success());
    // 100 ns for each of 65,536 KiB.
    assert!(
        (6_553_600..6_555_000).contains(&result.fuel),
        "{}",
        result.fuel
    );
}

// Recursion.

fn recursion(frames: u32) -> String {
    format!(
        r#"(module (memory (export "memory") 1)
            (func $down (param i32) (result i32)
                (if (result i32) (local.get 0)
                    (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
                    (else (i32.const 0))))
            (func (export "_start") (drop (call $down (i32.const {})))))"#,
        frames as i32
    )
}

#[test]
fn ten_thousand_frames_fit_on_the_stack() {
    assert!(run_wat(&recursion(10_000), limits()).outcome.success());
}

#[test]
fn endless_recursion_is_a_failure_of_the_host_and_leaves_the_session_as_it_was() {
    let mut session = session_with(limits());
    add(&mut session, &recursion(u32::MAX));
    let before = (session.tree_digest(), session.elapsed_ns());
    let error = session.run(&Command::new("guest")).unwrap_err();
    assert_eq!(error, RunError::Host(HostFailure::NativeStack));
    assert_eq!((session.tree_digest(), session.elapsed_ns()), before);
    assert!(
        session
            .run(&Command::new("true"))
            .unwrap()
            .outcome
            .success()
    );
}

#[test]
fn a_failure_of_the_host_is_told_once_and_is_status_125() {
    let folder = common::folder("hostile-recursion");
    let module = folder.join("recursion.wasm");
    std::fs::write(&module, wat::parse_str(recursion(u32::MAX)).unwrap()).unwrap();
    let output = common::isobox().arg("run").arg(&module).output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "isobox: host failure: the guest's recursion used up the native stack of 16 MiB\n"
    );
}

#[test]
fn recursion_that_keeps_its_frames_in_memory_is_the_guests_own_fault() {
    // Compilers put what has an address on a stack in linear memory, which ends at address 0 long before the native one.
    let result = probe(&["recurse"], limits());
    assert_eq!(
        result.outcome,
        Outcome::Signalled {
            signal: Signal::Segv
        }
    );
    assert_eq!(probe(&["recurse"], limits()).digest(), result.digest());
}

// Output and arguments.

#[test]
fn of_a_flood_of_output_head_and_tail_are_kept() {
    let bound = Limits {
        fuel_max: 20_000_000,
        output_bytes_max: 10_000,
        ..limits()
    };
    let result = probe(&["flood"], bound.clone());
    assert_eq!(result.outcome, ended(LimitKind::Fuel));
    let captured = &result.stdout;
    let mark = format!("\n[{} bytes cut]\n", captured.cut);
    assert_eq!(captured.written - captured.cut, 10_000);
    assert_eq!(captured.bytes.len(), 10_000 + mark.len());
    assert!(captured.bytes[5_000..].starts_with(mark.as_bytes()));
    assert!(captured.written > 10 * MIB, "{}", captured.written);
    assert_eq!(probe(&["flood"], bound).digest(), result.digest());
}

#[test]
fn too_many_arguments_are_refused() {
    let mut session = session();
    let long = "x".repeat(2 << 20);
    for command in [
        Command::new("echo").arg(long.clone()),
        Command::new("echo").env("LONG", long),
    ] {
        let error = session.run(&command).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("echo: argument list too long: 2097"),
            "{error}"
        );
        assert_eq!(status_of(&error), Some(125));
    }
    let fits = "x".repeat((2 << 20) - 1000);
    let result = session
        .run(&Command::new("echo").arg("-n").arg(fits.clone()))
        .unwrap();
    assert_eq!(result.stdout.bytes, fits.as_bytes());
}

#[test]
fn arguments_and_variables_that_c_could_not_hold_are_refused() {
    let mut session = session();
    let commands = [
        Command::new("echo").arg("a\0b"),
        Command::new("echo").env("A", "\0"),
        Command::new("echo").env("A=B", "C"),
    ];
    for command in commands {
        assert_eq!(status_of(&session.run(&command).unwrap_err()), Some(125));
    }
}

#[test]
fn too_much_input_is_refused() {
    let mut session = session_with(Limits {
        stdin_bytes_max: 10,
        ..limits()
    });
    let result = session
        .run(&Command::new("cat").stdin("0123456789"))
        .unwrap();
    assert_eq!(result.stdout.bytes, b"0123456789");
    let error = session
        .run(&Command::new("cat").stdin("0123456789+"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cat: standard input of 11 bytes is beyond the bound of 10"
    );
}

// Modules that are none.

fn refusal(bytes: &[u8]) -> (Option<u8>, String) {
    let mut session = session();
    session.add_program("guest", bytes).unwrap();
    let before = session.tree_digest();
    let error = session.run(&Command::new("guest")).unwrap_err();
    assert_eq!(session.tree_digest(), before);
    (status_of(&error), error.to_string())
}

fn status_of(error: &RunError) -> Option<u8> {
    match error {
        RunError::Program(error) => Some(error.status()),
        RunError::Host(_) | RunError::Replay => None,
    }
}

#[test]
fn all_imports_that_are_not_offered_are_named() {
    let wasm = wat::parse_str(
        r#"(module (import "env" "b" (func)) (import "wasi_snapshot_preview1" "fd_read_2" (func)) (import "env" "a" (func))
            (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32))) (func (export "_start")))"#,
    );
    let (status, said) = refusal(&wasm.unwrap());
    assert_eq!(status, Some(126));
    assert!(
        said.contains("`env::a`, `env::b`, `wasi_snapshot_preview1::fd_read_2`"),
        "{said}"
    );
    assert!(!said.contains("fd_close"), "{said}");
}

#[test]
fn what_cannot_be_run_is_refused_with_126_and_a_reason() {
    let whole = wat::parse_str(module("(nop)")).unwrap();
    let no_start = wat::parse_str(r#"(module (func (export "main")))"#).unwrap();
    let start_of_another_type =
        wat::parse_str(r#"(module (func (export "_start") (param i32)))"#).unwrap();
    let import_of_another_type = wat::parse_str(
        r#"(module (import "wasi_snapshot_preview1" "fd_close" (func)) (func (export "_start")))"#,
    )
    .unwrap();
    let cases: [(&[u8], &str); 9] = [
        (b"", "exec format error"),
        (b"\0asm", "exec format error"),
        (&[0xff; 1000], "exec format error"),
        (&whole[..whole.len() - 3], "exec format error"),
        (b"#!/usr/bin/nothing\necho hello\n", "bad interpreter"),
        (b"#! \n", "exec format error"),
        (&no_start, "exports no function `_start`"),
        (&start_of_another_type, "exports no function `_start`"),
        (&import_of_another_type, "fd_close"),
    ];
    for (bytes, reason) in cases {
        let (status, said) = refusal(bytes);
        assert_eq!(status, Some(126), "{said}");
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn a_start_section_may_not_call_the_host() {
    let guest = r#"(module (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (memory (export "memory") 1) (func $begin (drop (call $yield))) (start $begin) (func (export "_start")))"#;
    let result = run_wat(guest, limits());
    assert_eq!(
        result.outcome,
        Outcome::Signalled {
            signal: Signal::Abrt
        }
    );
    assert_eq!((result.fuel, result.elapsed_ns), (0, 0));
}

// Traps.

#[test]
fn each_trap_ends_like_the_signal_of_a_native_process_and_always_the_same() {
    let table = |body: &str| {
        format!(
            r#"(module (memory (export "memory") 1) (table 2 funcref) (elem (i32.const 0) $other)
                (func $other (param i32)) (func (export "_start") {body}))"#
        )
    };
    let traps = [
        (module("unreachable"), 134),
        (
            module("(drop (i32.div_s (i32.const 1) (i32.const 0)))"),
            136,
        ),
        (
            module("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))"),
            136,
        ),
        (
            module("(drop (i64.rem_u (i64.const 1) (i64.const 0)))"),
            136,
        ),
        (module("(drop (i32.trunc_f64_s (f64.const nan)))"), 136),
        (module("(drop (i32.trunc_f64_s (f64.const 1e99)))"), 136),
        (module("(drop (i32.load (i32.const 0x10000)))"), 139),
        (
            module("(drop (i32.load offset=0xffffffff (i32.const -1)))"),
            139,
        ),
        (
            module("(memory.fill (i32.const 0xffff) (i32.const 0) (i32.const 2))"),
            139,
        ),
        (table("(call_indirect (i32.const 0))"), 139),
        (table("(call_indirect (i32.const 1))"), 139),
        (table("(call_indirect (i32.const 2))"), 139),
    ];
    for (guest, status) in traps {
        let first = run_wat(&guest, limits());
        assert_eq!(first.status(), status, "{guest}");
        assert!(
            matches!(first.outcome, Outcome::Signalled { .. }),
            "{guest}"
        );
        assert_eq!(
            run_wat(&guest, limits()).digest(),
            first.digest(),
            "{guest}"
        );
    }
}

#[test]
fn the_probers_own_traps() {
    for (kind, status) in [("unreachable", 134), ("div0", 136), ("oob", 139)] {
        assert_eq!(probe(&["trap", kind], limits()).status(), status, "{kind}");
    }
}

#[test]
fn what_a_guest_leaves_in_memory_is_gone_for_the_next() {
    let writes = module("(memory.fill (i32.const 0) (i32.const 0xaa) (i32.const 0x10000))");
    let looks = module(
        "(local $at i32)
         (loop $again
            (if (i32.load8_u (local.get $at)) (then unreachable))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $at) (i32.const 0x10000))))",
    );
    for _ in 0..3 {
        assert!(run_wat(&writes, limits()).outcome.success());
        assert!(run_wat(&looks, limits()).outcome.success());
    }
}

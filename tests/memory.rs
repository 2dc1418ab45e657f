//! How much of the host's memory a hostile guest can take: what its limits say, and 64 MiB.
//!
//! Each case is a process of its own, whose peak is read when it ends. The tests of this file run nothing else, because
//! a child's peak counts from what its parent was at the fork.

#![cfg(target_os = "linux")]

mod common;

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use common::{PROBE, folder, isobox, isobox_run};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// What a run may need beside what its limits allow the guest.
const MARGIN_BYTES: u64 = 64 * MIB;

/// How a process ended, and the most memory it had.
struct Ended {
    status: i32,
    peak_bytes: u64,
}

#[expect(clippy::zombie_processes, reason = "wait4 waits for it")]
fn run(command: &mut Command) -> Ended {
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("isobox starts");
    let mut status = 0;
    // SAFETY: all-zero is a value of this plain structure.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the child is this process's own and nobody else waits for it; both pointers are to locals.
    let waited = unsafe { libc::wait4(child.id() as i32, &mut status, 0, &mut usage) };
    assert_eq!(waited, child.id() as i32);
    assert!(
        libc::WIFEXITED(status),
        "ended by signal {}",
        libc::WTERMSIG(status)
    );
    Ended {
        status: libc::WEXITSTATUS(status),
        peak_bytes: usage.ru_maxrss as u64 * KIB,
    }
}

/// The peak of a run that does nothing.
fn baseline_bytes() -> u64 {
    static BASELINE: OnceLock<u64> = OnceLock::new();
    *BASELINE.get_or_init(|| {
        // So that nothing is compiled where memory is measured.
        assert!(isobox_run([PROBE, "args"]).status.success());
        run(isobox().args(["run", PROBE, "args"])).peak_bytes
    })
}

/// Runs `isobox run` with these words; it must end with this status, and keep within its limits' bytes.
fn keeps_within(limit_bytes: u64, status: i32, words: &[&str]) {
    let bound = baseline_bytes() + limit_bytes + MARGIN_BYTES;
    let ended = run(isobox().arg("run").args(words));
    assert_eq!(ended.status, status, "{words:?}");
    assert!(
        ended.peak_bytes < bound,
        "{words:?}: {} KiB, the bound is {} KiB",
        ended.peak_bytes / KIB,
        bound / KIB
    );
}

/// Writes a module as a file and returns its path.
fn module(name: &str, text: &str) -> String {
    let path = folder(&format!("memory-{name}")).join(name);
    std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_flood_of_output_keeps_what_is_kept_and_no_more() {
    // Head and tail of stdout: 16 MiB; as JSON it is written out once more, and escaped.
    keeps_within(16 * MIB, 152, &["--fuel", "50000000", PROBE, "flood"]);
    keeps_within(
        3 * 16 * MIB,
        152,
        &["--json", "--fuel", "50000000", PROBE, "flood"],
    );
}

#[test]
fn memory_that_is_grown_and_not_used_is_not_taken() {
    keeps_within(0, 0, &["--memory", "1GiB", PROBE, "grow"]);
}

#[test]
fn memory_that_is_used_is_bounded() {
    let fills = module(
        "fills.wasm",
        r#"(module (memory (export "memory") 1)
            (func (export "_start")
                (loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
                (memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536)))))"#,
    );
    keeps_within(128 * MIB, 0, &["--memory", "128MiB", &fills]);
}

#[test]
fn entropy_for_all_of_memory_is_made_in_place() {
    let fills = module(
        "entropy.wasm",
        r#"(module (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
            (memory (export "memory") 2048)
            (func (export "_start") (drop (call $random (i32.const 0) (i32.const 0x8000000)))))"#,
    );
    keeps_within(128 * MIB, 0, &["--memory", "128MiB", &fills]);
}

#[test]
fn a_million_opens_take_little() {
    keeps_within(0, 0, &[PROBE, "open-many", "1000000"]);
}

#[test]
fn a_sparse_file_takes_little() {
    keeps_within(0, 0, &[PROBE, "sparse", "1000000000"]);
}

#[test]
fn directories_take_about_what_they_count_for() {
    keeps_within(
        32 * MIB,
        0,
        &["--tree", "32MB", PROBE, "directory-bomb", "1000000"],
    );
}

/// A guest that writes one byte into each page of 64 KiB of a file, from its end.
#[test]
fn scattered_writes_take_what_the_file_counts_for() {
    let scatters = module(
        "scatters.wasm",
        r#"(module
            (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_pwrite" (func $pwrite (param i32 i32 i32 i64 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 16) "tmp/file") (data (i32.const 32) "\10\00\00\00\01\00\00\00")
            (func (export "_start") (local $at i64)
                (drop (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 8)
                    (i32.const 1) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 8)))
                (local.set $at (i64.const 65535))
                (loop
                    (if (call $pwrite (i32.const 4) (i32.const 32) (i32.const 1) (local.get $at) (i32.const 8)) (then return))
                    (local.set $at (i64.add (local.get $at) (i64.const 65536)))
                    (br 0))))"#,
    );
    keeps_within(128 * MIB, 0, &["--tree", "128MiB", &scatters]);
}

#[test]
fn zeros_are_read_in_place() {
    let reads = module(
        "zeros.wasm",
        r#"(module
            (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 300)
            (data (i32.const 16) "dev/zero") (data (i32.const 32) "\00\00\01\00\00\00\00\01")
            (func (export "_start")
                (drop (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 8)
                    (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))
                (loop (drop (call $read (i32.const 4) (i32.const 32) (i32.const 1) (i32.const 8))) (br 0))))"#,
    );
    keeps_within(
        32 * MIB,
        152,
        &["--fuel", "100000000", "--memory", "32MiB", &reads],
    );
}

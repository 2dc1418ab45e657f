//! What a call costs, from a fresh machine to its digest: `cargo bench --bench call`.

use std::path::Path;
use std::process::Command as Process;
use std::{fs, hint};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use isobox::{Command, Contract, Import, Runtime, Session};

const MEGABYTE: usize = 1_000_000;

fn session(runtime: &Runtime) -> Session {
    runtime.session(0)
}

fn run(session: &mut Session, command: &Command) {
    let result = session.run(command).unwrap();
    assert!(result.outcome.success(), "{result:?}");
    hint::black_box(result);
}

/// Each on a machine of its own, and on one that has run it before.
fn small_commands(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let commands = [
        ("true", Command::new("true")),
        ("echo", Command::new("echo").arg("hello")),
        ("ls", Command::new("ls").args(["-la", "/usr/bin"])),
    ];
    for (name, command) in commands {
        let mut group = criterion.benchmark_group(name);
        run(&mut session(&runtime), &command);
        group.bench_function("fresh machine", |bencher| {
            bencher.iter(|| run(&mut session(&runtime), &command));
        });
        let mut warm = session(&runtime);
        group.bench_function("warm machine", |bencher| {
            bencher.iter(|| run(&mut warm, &command));
        });
    }
}

/// A module whose `_start` returns at once: the runtime's own share of every call.
fn instantiate(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let mut session = session(&runtime);
    let module = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;
    let module = wat::parse_str(module).unwrap();
    session.add_program("nothing", &module).unwrap();
    let command = Command::new("nothing");
    criterion.bench_function("instantiate", |bencher| {
        bencher.iter(|| run(&mut session, &command));
    });
    criterion.bench_function("new session", |bencher| {
        bencher.iter(|| runtime.session(0));
    });
}

/// A guest that does something `TIMES` times. What follows its memory is data for `process_spawn`: a path of 22 bytes at 64.
fn repeated(body: &str) -> Vec<u8> {
    let module = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
            (import "isobox_v1" "process_spawn" (func $spawn (param i32 i32) (result i32)))
            (import "isobox_v1" "process_wait" (func $wait (param i32 i64 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\40\00\00\00\16\00\00\00")
            (data (i32.const 24) "\40\00\00\00\01\00\00\00")
            (data (i32.const 52) "\01\00\00\00")
            (data (i32.const 64) "/usr/local/bin/nothing")
            (func (export "_start") (local $left i32)
                (local.set $left (i32.const {TIMES}))
                (loop
                    {body}
                    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                    (br_if 0 (local.get $left)))))"#
    );
    wat::parse_str(module).unwrap()
}

const TIMES: u64 = 1000;

/// What a host call costs, and a child that does nothing, begun and waited for.
fn host_calls(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let mut session = session(&runtime);
    let nothing = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;
    let nothing = wat::parse_str(nothing).unwrap();
    session.add_program("nothing", &nothing).unwrap();
    let mut group = criterion.benchmark_group("1000 times");
    group.throughput(Throughput::Elements(TIMES));
    for (name, body) in [
        (
            "clock_time_get",
            "(drop (call $clock (i32.const 1) (i64.const 0) (i32.const 256)))",
        ),
        (
            "a child process",
            "(if (call $spawn (i32.const 0) (i32.const 256)) (then unreachable))
             (if (call $wait (i32.const -1) (i64.const -1) (i32.const 256) (i32.const 260)) (then unreachable))",
        ),
    ] {
        let program = name.replace(' ', "-");
        session.add_program(&program, &repeated(body)).unwrap();
        let command = Command::new(program);
        group.bench_function(name, |bencher| {
            bencher.iter(|| run(&mut session, &command));
        });
    }
}

fn a_megabyte_of_text() -> Vec<u8> {
    let mut state = 1u32;
    let mut text = Vec::with_capacity(MEGABYTE + 80);
    while text.len() < MEGABYTE {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let number = state % 97;
        let line = format!("{state:010} the quick brown fox jumps over {number}\n");
        text.extend_from_slice(line.as_bytes());
    }
    text.truncate(MEGABYTE);
    text
}

fn one_megabyte(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let mut session = session(&runtime);
    session
        .write_file("/tmp/megabyte", &a_megabyte_of_text())
        .unwrap();
    let mut group = criterion.benchmark_group("1 MB");
    group.throughput(Throughput::Bytes(MEGABYTE as u64));
    group.sample_size(20);
    for program in ["cat", "wc", "sort", "sha256sum"] {
        let command = Command::new(program).arg("/tmp/megabyte");
        run(&mut session, &command);
        group.bench_function(program, |bencher| {
            bencher.iter(|| run(&mut session, &command));
        });
    }
}

/// A folder of directories of a hundred files each.
fn make_tree(folder: &Path, files: usize) {
    for file in 0..files {
        let directory = folder.join(format!("directory-{:03}", file / 100));
        fs::create_dir_all(&directory).unwrap();
        let text = format!("file {file}\n").repeat(100);
        fs::write(directory.join(format!("file-{file:05}.txt")), text).unwrap();
    }
}

fn imported(runtime: &Runtime, folder: &Path) -> Session {
    let mut session = session(runtime);
    session
        .import(folder, "/workspace", &Import::default())
        .unwrap();
    session
}

/// Import, fork and digest on trees of several sizes: only the import may depend on them.
fn trees(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    for files in [100, 1_000, 10_000] {
        let folder = tempfile::tempdir().unwrap();
        make_tree(folder.path(), files);
        let session = imported(&runtime, folder.path());
        let mut group = criterion.benchmark_group(format!("tree of {files} files"));
        group.sample_size(20);
        if files <= 1_000 {
            group.bench_function("import", |bencher| {
                bencher.iter(|| imported(&runtime, folder.path()));
            });
        }
        group.bench_function("fork", |bencher| bencher.iter(|| session.fork()));
        group.bench_function("digest after one write", |bencher| {
            let write = || {
                let mut fork = session.fork();
                fork.tree_digest();
                let file = "/workspace/directory-000/file-00050.txt";
                fork.write_file(file, b"other\n").unwrap();
                fork
            };
            bencher.iter_batched_ref(write, |fork| fork.tree_digest(), BatchSize::SmallInput);
        });
    }
}

fn isobox(cache: &Path, command: &str) {
    let mut program = Process::new(env!("CARGO_BIN_EXE_isobox"));
    program
        .args(["run", "--", command])
        .env("ISOBOX_CACHE", cache);
    assert!(program.status().unwrap().success());
}

/// The program itself, from its start to its end: a small guest, and the largest.
fn whole_process(criterion: &mut Criterion) {
    for command in ["true", "sort"] {
        let cache = tempfile::tempdir().unwrap();
        let mut group = criterion.benchmark_group(format!("isobox run -- {command}"));
        group.sample_size(10);
        isobox(cache.path(), command);
        group.bench_function("warm cache", |bencher| {
            bencher.iter(|| isobox(cache.path(), command));
        });
        group.bench_function("cold cache", |bencher| {
            let empty = || fs::remove_dir_all(cache.path()).unwrap();
            let run = |()| isobox(cache.path(), command);
            bencher.iter_batched(empty, run, BatchSize::PerIteration);
        });
    }
}

criterion_group!(
    benches,
    small_commands,
    instantiate,
    host_calls,
    one_megabyte,
    trees,
    whole_process
);
criterion_main!(benches);

//! What the tools take for a megabyte and for ten: `cargo bench --bench tools`. Beside the real ones and a peer: `cargo bench -p peers`.
//!
//! `ISOBOX_BENCH_MODULES` may name a folder of modules that are not pinned yet, each `COMMAND.wasm`.

#[path = "tool_lines.rs"]
mod lines;

use std::{env, fs, hint};

use criterion::{Criterion, criterion_group, criterion_main};
use isobox::{Command, Contract, Runtime, Session};

const MEGABYTE: usize = 1_000_000;

fn session(runtime: &Runtime, bytes: usize) -> Session {
    let mut session = runtime.session(0);
    for (name, contents) in lines::files(bytes) {
        let path = format!("/w/{name}");
        let (folder, _) = path.rsplit_once('/').unwrap();
        session.make_directories(folder).unwrap();
        session.write_file(&path, &contents).unwrap();
    }
    if let Some(folder) = env::var_os("ISOBOX_BENCH_MODULES") {
        for module in fs::read_dir(folder).unwrap() {
            let path = module.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            session
                .add_program(name, &fs::read(&path).unwrap())
                .unwrap();
        }
    }
    session
}

fn bash(script: &str) -> Command {
    Command::new("bash").args(["-c", script]).cwd("/w")
}

fn run(session: &mut Session, command: &Command) {
    let result = session.run(command).unwrap();
    assert!(result.outcome.success(), "{result:?}");
    hint::black_box(result);
}

fn tools(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    for (size, bytes) in [("1 MB", MEGABYTE), ("10 MB", 10 * MEGABYTE)] {
        let mut session = session(&runtime, bytes);
        let mut group = criterion.benchmark_group(size);
        group.sample_size(10);
        for line in lines::LINES {
            group.bench_function(line.name, |bencher| {
                let command = bash(line.script);
                run(&mut session, &bash(line.prepare));
                run(&mut session, &command);
                bencher.iter(|| run(&mut session, &command));
            });
        }
    }
}

criterion_group!(benches, tools);
criterion_main!(benches);

//! The shell's lines on three shells.

#[path = "../../shell_lines.rs"]
mod lines;

use std::hint;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use bashkit::{Bash, SessionLimits};
use criterion::{Criterion, criterion_group, criterion_main};
use isobox::{Command, Contract, Runtime};

fn isobox(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let mut session = runtime.session(0);
    session.make_directories("/w").unwrap();
    session
        .write_file("/w/f", &lines::a_megabyte_of_text())
        .unwrap();
    let mut group = criterion.benchmark_group("isobox");
    group.sample_size(30);
    for (name, script) in lines::LINES {
        let command = Command::new("bash").args(["-c", script]).cwd("/w");
        let mut run = || {
            let result = session.run(&command).unwrap();
            assert!(result.outcome.success(), "{result:?}");
            hint::black_box(result);
        };
        run();
        group.bench_function(name, |bencher| bencher.iter(&mut run));
    }
}

/// As a child process, the way an agent's harness calls it.
fn gnu_bash(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("f"), lines::a_megabyte_of_text()).unwrap();
    let mut group = criterion.benchmark_group("GNU bash");
    group.sample_size(30);
    for (name, script) in lines::LINES {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut bash = Process::new("bash");
                bash.args(["-c", script]).current_dir(folder);
                let output = bash.stdin(Stdio::null()).output().unwrap();
                assert!(output.status.success());
                hint::black_box(output);
            });
        });
    }
}

/// In this process: one shell kept for all, as we keep one session.
fn bashkit(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // Its bounds on a session would end the bench.
    let mut bash = Bash::builder()
        .session_limits(SessionLimits::unlimited())
        .build();
    let text = lines::a_megabyte_of_text();
    runtime
        .block_on(bash.fs().write_file(Path::new("/tmp/f"), &text))
        .unwrap();
    runtime.block_on(bash.exec("cd /tmp")).unwrap();
    let mut group = criterion.benchmark_group("bashkit");
    group.sample_size(30);
    for (name, script) in lines::LINES {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let result = runtime.block_on(bash.exec(script)).unwrap();
                assert_eq!(result.exit_code, 0);
                hint::black_box(result);
            });
        });
    }
}

criterion_group!(benches, isobox, gnu_bash, bashkit);
criterion_main!(benches);

//! The tools' lines in our machine, with the real tools as child processes, and in bashkit where it has them.

#[path = "../../tool_lines.rs"]
mod lines;

use std::hint;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use bashkit::{Bash, SessionLimits};
use criterion::{Criterion, criterion_group, criterion_main};
use isobox::{Command, Contract, Runtime};
use lines::LINES;

const SIZES: [(&str, usize); 2] = [("1 MB", 1_000_000), ("10 MB", 10_000_000)];

fn isobox(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    for (size, bytes) in SIZES {
        let mut session = runtime.session(0);
        for (name, contents) in lines::files(bytes) {
            let path = format!("/w/{name}");
            let (folder, _) = path.rsplit_once('/').unwrap();
            session.make_directories(folder).unwrap();
            session.write_file(&path, &contents).unwrap();
        }
        let mut group = criterion.benchmark_group(format!("isobox, {size}"));
        group.sample_size(10);
        for line in LINES {
            let bash = |script: &str| Command::new("bash").args(["-c", script]).cwd("/w");
            group.bench_function(line.name, |bencher| {
                let mut run = |script: &str| {
                    let result = session.run(&bash(script)).unwrap();
                    assert!(result.outcome.success(), "{result:?}");
                    hint::black_box(result);
                };
                run(line.prepare);
                run(line.script);
                bencher.iter(|| run(line.script));
            });
        }
    }
}

/// The real tools, begun by the real bash, which gives way to the last one. A tool that this machine lacks is left out.
fn real(criterion: &mut Criterion) {
    for (size, bytes) in SIZES {
        let folder = folder_of_files(bytes);
        let run = |script: &str| {
            let mut bash = Process::new("bash");
            bash.args(["-c", script]).current_dir(&folder);
            let output = bash.stdin(Stdio::null()).output().unwrap();
            output.status.success()
        };
        let mut group = criterion.benchmark_group(format!("real, {size}"));
        group.sample_size(10);
        for line in LINES {
            if run(line.prepare) && run(line.script) {
                group.bench_function(line.name, |bencher| bencher.iter(|| run(line.script)));
            }
        }
    }
}

fn folder_of_files(bytes: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tools-{bytes}"));
    for (name, contents) in lines::files(bytes) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
    }
    folder
}

/// In this process, of a megabyte alone, and what it can do of the lines.
fn bashkit(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut bash = Bash::builder()
        .session_limits(SessionLimits::unlimited())
        .build();
    let (size, bytes) = SIZES[0];
    for (name, contents) in lines::files(bytes) {
        let path = PathBuf::from(format!("/tmp/{name}"));
        runtime.block_on(async {
            let files = bash.fs();
            files.mkdir(path.parent().unwrap(), true).await.unwrap();
            files.write_file(&path, &contents).await.unwrap();
        });
    }
    runtime.block_on(bash.exec("cd /tmp")).unwrap();
    let mut group = criterion.benchmark_group(format!("bashkit, {size}"));
    group.sample_size(10);
    for line in LINES {
        let mut run = |script: &str| {
            let result = runtime.block_on(bash.exec(script));
            result.is_ok_and(|result| result.exit_code == 0)
        };
        if run(line.prepare) && run(line.script) {
            group.bench_function(line.name, |bencher| bencher.iter(|| run(line.script)));
        }
    }
}

criterion_group!(benches, isobox, real, bashkit);
criterion_main!(benches);

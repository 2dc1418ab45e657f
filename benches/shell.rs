//! What the shell costs: `cargo bench --bench shell`. Side by side with its peers: `cargo bench -p peers`.

#[path = "shell_lines.rs"]
mod lines;

use std::hint;

use criterion::{Criterion, criterion_group, criterion_main};
use isobox::{Command, Contract, Runtime, Session};

fn session(runtime: &Runtime) -> Session {
    let mut session = runtime.session(0);
    session.make_directories("/w").unwrap();
    session
        .write_file("/w/f", &lines::a_megabyte_of_text())
        .unwrap();
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

/// The lines that the peers run too.
fn scripts(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let mut session = session(&runtime);
    let mut group = criterion.benchmark_group("bash -c");
    group.sample_size(30);
    for (name, script) in lines::LINES {
        let command = bash(script);
        run(&mut session, &command);
        group.bench_function(name, |bencher| {
            bencher.iter(|| run(&mut session, &command));
        });
    }
}

/// One child more: the difference between 101 and 1 is a hundred times what a child costs, its own work included.
fn children(criterion: &mut Criterion) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let mut session = session(&runtime);
    let mut group = criterion.benchmark_group("children");
    group.sample_size(30);
    let direct = Command::new("true");
    run(&mut session, &direct);
    group.bench_function("true without a shell", |bencher| {
        bencher.iter(|| run(&mut session, &direct));
    });
    for (name, script) in [
        ("none", ":"),
        ("1 /bin/true", "/bin/true; :"),
        ("101 /bin/true", "for i in {1..101}; do /bin/true; done"),
        (
            "101 subshells in the background",
            "for i in {1..101}; do : & done; wait",
        ),
    ] {
        let command = bash(script);
        run(&mut session, &command);
        group.bench_function(name, |bencher| {
            bencher.iter(|| run(&mut session, &command));
        });
    }
}

criterion_group!(benches, scripts, children);
criterion_main!(benches);

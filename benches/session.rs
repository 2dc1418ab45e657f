//! What a session costs, and a tool's call in it: `cargo bench --bench session`.

use std::{fs, hint};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use isobox::{Contract, Runtime, Session};
use serde_json::{Value, json};

fn runtime() -> Runtime {
    Runtime::new(Contract::default()).unwrap()
}

fn call(session: &mut Session, tool: &str, arguments: &Value) {
    let result = session.call(tool, arguments.clone()).unwrap();
    assert!(!result.is_error, "{result:?}");
    hint::black_box(result);
}

fn sessions(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("session");
    group.bench_function("new", |bencher| bencher.iter(|| runtime.session(1)));
    let mut session = runtime.session(1);
    for number in 0..1000 {
        session
            .write_file(&format!("/tmp/{number}"), &[b'x'; 4096])
            .unwrap();
    }
    call(&mut session, "bash", &json!({ "command": "x=1" }));
    group.bench_function("fork", |bencher| bencher.iter(|| session.fork()));
    group.bench_function("snapshot and its digest", |bencher| {
        bencher.iter(|| session.snapshot().digest());
    });
    group.finish();
}

fn calls(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("tool call");
    let echo = json!({ "command": "echo hello" });
    let mut session = runtime.session(1);
    call(&mut session, "bash", &echo);
    group.bench_function("bash: echo hello", |bencher| {
        bencher.iter_batched_ref(
            || session.fork(),
            |session| call(session, "bash", &echo),
            BatchSize::SmallInput,
        );
    });
    session
        .write_file("/workspace/main.rs", SOURCE.repeat(50).as_bytes())
        .unwrap();
    let marked = format!("{}// mark\n{}", SOURCE.repeat(25), SOURCE.repeat(25));
    session
        .write_file("/workspace/main.rs", marked.as_bytes())
        .unwrap();
    let edits = [
        (
            "str_replace_based_edit_tool",
            json!({ "command": "str_replace", "path": "main.rs", "old_str": "// mark", "new_str": "// edited" }),
        ),
        (
            "edit",
            json!({ "file_path": "main.rs", "old_string": "// mark", "new_string": "// edited" }),
        ),
        ("read", json!({ "file_path": "main.rs" })),
        ("grep", json!({ "pattern": "mark", "path": "main.rs" })),
    ];
    for (tool, arguments) in edits {
        call(&mut session.fork(), tool, &arguments);
        group.bench_function(tool, |bencher| {
            bencher.iter_batched_ref(
                || session.fork(),
                |session| call(session, tool, &arguments),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

const SOURCE: &str = "fn number(text: &str) -> Option<u64> {\n    text.trim().parse().ok()\n}\n\n";

/// A new session and ten ordinary calls, over and over, on one core.
fn episodes(criterion: &mut Criterion) {
    let runtime = runtime();
    let calls = [
        ("bash", json!({ "command": "ls -la; pwd" })),
        (
            "write",
            json!({ "file_path": "main.sh", "content": "echo one\necho two\n" }),
        ),
        ("read", json!({ "file_path": "main.sh" })),
        ("bash", json!({ "command": "sh main.sh | sort -r" })),
        (
            "edit",
            json!({ "file_path": "main.sh", "old_string": "one", "new_string": "three" }),
        ),
        (
            "bash",
            json!({ "command": "grep -n three main.sh && sh main.sh" }),
        ),
        (
            "bash",
            json!({ "command": "for i in 1 2 3; do echo $i; done > numbers; wc -l < numbers" }),
        ),
        ("grep", json!({ "pattern": "echo", "path": "main.sh" })),
        (
            "bash",
            json!({ "command": "cat main.sh numbers | head -3" }),
        ),
        ("bash", json!({ "command": "rm numbers; ls" })),
    ];
    let episode = || {
        let mut session = runtime.session(1);
        for (tool, arguments) in &calls {
            call(&mut session, tool, arguments);
        }
        session
    };
    episode();
    let mut group = criterion.benchmark_group("episode");
    group.throughput(Throughput::Elements(1));
    group.bench_function("a new session and ten calls", |bencher| {
        bencher.iter(episode)
    });
    group.finish();
    report_memory(episode);
}

/// Prints what a session holds in memory between two calls, after an episode.
fn report_memory(episode: impl Fn() -> Session) {
    const SESSIONS: u64 = 2000;
    let before = resident_bytes();
    let sessions: Vec<Session> = (0..SESSIONS).map(|_| episode()).collect();
    let bytes = resident_bytes().saturating_sub(before) / SESSIONS;
    println!("memory of an idle session after ten calls: {bytes} bytes");
    drop(sessions);
}

fn resident_bytes() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let resident = pages
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    resident.unwrap_or(0) * 4096
}

criterion_group!(benches, sessions, calls, episodes);
criterion_main!(benches);

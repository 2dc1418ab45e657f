//! Processes that outlive the call they were begun in.

mod common;

use common::guest::{Guest, Spawn};
use common::{runtime, session, session_with};
use isobox::{
    CacheFolder, Command, Contract, HostFailure, LimitKind, Limits, Outcome, RunError, Runtime,
    RuntimeOptions, Session,
};

const MILLISECOND_NS: i64 = 1_000_000;

/// A session whose command `begin` leaves a process behind that says `tick` each 10 ms, five times.
fn session_with_ticker() -> Session {
    let mut session = session();
    add_ticker(&mut session);
    session
}

fn add_ticker(session: &mut Session) {
    let mut ticker = Guest::silent();
    for _ in 0..5 {
        ticker.sleeps(10 * MILLISECOND_NS);
        ticker.writes(1, "tick\n");
    }
    ticker.add_to(session, "ticker");
    let mut begin = Guest::silent();
    let ticker = Spawn {
        path: "/usr/local/bin/ticker",
        ..Spawn::default()
    };
    begin.instructions("(drop (call $sched_yield))");
    let options = begin.options(&ticker);
    begin.call("process_spawn", [options, common::guest::OUT], 0);
    begin.call("sched_yield", [], 0);
    begin.add_to(session, "begin");
}

fn sleep(milliseconds: u32) -> Command {
    Command::new("sleep").arg(format!("{}", f64::from(milliseconds) / 1000.0))
}

#[test]
fn a_background_process_goes_on_with_the_next_call() {
    let mut session = session_with_ticker();
    let begun = session.run(&Command::new("begin")).unwrap();
    assert_eq!(begun.outcome, Outcome::Exited { status: 0 });
    assert_eq!(
        (begun.processes_alive, &begun.stdout.bytes[..]),
        (1, &b""[..])
    );
    // No time passes between calls.
    let before_ns = session.elapsed_ns();
    let first = session.run(&sleep(25)).unwrap();
    assert_eq!(first.started_ns, before_ns);
    assert_eq!(first.stdout.bytes, b"tick\ntick\n");
    assert_eq!(first.processes_alive, 1);
    let second = session.run(&sleep(100)).unwrap();
    assert_eq!(second.stdout.bytes, b"tick\ntick\ntick\n");
    assert_eq!(second.processes_alive, 0);
}

#[test]
fn a_fork_of_a_session_with_living_processes_goes_on_as_the_original_does() {
    let mut session = session_with_ticker();
    session.run(&Command::new("begin")).unwrap();
    session.write_file("/tmp/edit", b"from outside").unwrap();
    session.run(&sleep(12)).unwrap();
    session.make_directories("/tmp/a/b").unwrap();
    let mut fork = session.fork();
    assert_eq!(fork.tree_digest(), session.tree_digest());
    assert_eq!(fork.elapsed_ns(), session.elapsed_ns());
    assert_eq!(fork.read_file("/tmp/edit").unwrap(), b"from outside");
    let mut other_seed = session.fork_with_seed(9);
    fork.write_file("/tmp/only-in-the-fork", b"").unwrap();
    let expected = session.run(&sleep(15)).unwrap();
    assert_eq!(expected.stdout.bytes, b"tick\n");
    let mut second_fork = fork.fork();
    let forked = fork.run(&sleep(15)).unwrap();
    assert_eq!(forked.stdout, expected.stdout);
    assert_eq!(forked.elapsed_ns, expected.elapsed_ns);
    assert_ne!(forked.tree_after, expected.tree_after);
    assert_eq!(
        second_fork.run(&sleep(15)).unwrap().digest(),
        forked.digest()
    );
    let other = other_seed.run(&Command::new("ls").arg("/tmp")).unwrap();
    assert_eq!(other.stdout.bytes, b"a\nedit\n");
    assert_eq!(other_seed.seed(), 9);
    // To their ends.
    let ends = [&mut session, &mut fork].map(|session| session.run(&sleep(100)).unwrap());
    assert_eq!(ends[0].stdout, ends[1].stdout);
    assert_eq!(ends[0].processes_alive, 0);
}

#[test]
fn a_host_failure_leaves_living_processes_as_they_were() {
    let options = RuntimeOptions {
        cache: CacheFolder::At(common::cache()),
        watchdog: Some(std::time::Duration::from_millis(300)),
        ..RuntimeOptions::default()
    };
    let runtime = Runtime::with_options(Contract::default(), options).unwrap();
    let mut session = runtime.session(0);
    add_ticker(&mut session);
    let mut spin = Guest::silent();
    spin.instructions("(loop (br 0))");
    spin.add_to(&mut session, "spin");
    session.run(&Command::new("begin")).unwrap();
    let failure = session.run(&Command::new("spin")).unwrap_err();
    assert_eq!(failure, RunError::Host(HostFailure::Watchdog));
    let result = session.run(&sleep(25)).unwrap();
    assert_eq!(result.stdout.bytes, b"tick\ntick\n");
    // What cannot be begun changes nothing either.
    session.run(&Command::new("nothing")).unwrap_err();
    let result = session.run(&sleep(15)).unwrap();
    assert_eq!(result.stdout.bytes, b"tick\ntick\n");
}

#[test]
fn a_bound_ends_the_processes_of_its_call_alone() {
    let limits = Limits {
        fuel_max: 25_000_000,
        ..Limits::default()
    };
    let mut session = session_with(limits);
    add_ticker(&mut session);
    let mut spin = Guest::silent();
    spin.instructions("(loop (br 0))");
    spin.add_to(&mut session, "spin");
    session.run(&Command::new("begin")).unwrap();
    for _ in 0..2 {
        let result = session.run(&Command::new("spin")).unwrap();
        let limit = LimitKind::Fuel;
        assert_eq!(result.outcome, Outcome::LimitReached { limit });
        assert_eq!(result.elapsed_ns, 25_000_000);
        assert_eq!(result.stdout.bytes, b"tick\ntick\n");
        assert_eq!(result.processes_alive, 1);
    }
    let result = session.run(&sleep(20)).unwrap();
    assert_eq!(result.stdout.bytes, b"tick\n");
    assert_eq!(result.processes_alive, 0);
}

#[test]
fn a_background_process_that_spins_shares_each_calls_fuel() {
    let limits = Limits {
        fuel_max: 20_000_000,
        ..Limits::default()
    };
    let run = || {
        let mut session = session_with(limits.clone());
        let mut spin = Guest::silent();
        spin.instructions("(loop (br 0))");
        spin.add_to(&mut session, "spin");
        let mut begin = Guest::silent();
        let spin = Spawn {
            path: "/usr/local/bin/spin",
            ..Spawn::default()
        };
        begin.spawns(&spin, 3);
        begin.sleeps(5 * MILLISECOND_NS);
        begin.add_to(&mut session, "begin");
        let mut digests = vec![session.run(&Command::new("begin")).unwrap().digest()];
        for _ in 0..2 {
            let result = session.run(&sleep(10)).unwrap();
            assert_eq!(result.processes_alive, 1);
            assert!((10_000_000..13_000_000).contains(&result.elapsed_ns));
            digests.push(result.digest());
        }
        // In all these calls it made none itself: at last its own time is up.
        let result = session.run(&sleep(1000)).unwrap();
        assert_eq!(result.outcome, Outcome::Exited { status: 0 });
        assert_eq!(result.processes_alive, 0);
        digests.push(result.digest());
        digests
    };
    assert_eq!(run(), run());
}

#[test]
fn input_belongs_to_its_call() {
    let mut session = session();
    let mut reader = Guest::silent();
    reader.sleeps(10 * MILLISECOND_NS);
    reader.reads(0, 99, "");
    reader.writes(1, "at its end\n");
    reader.add_to(&mut session, "reader");
    let mut begin = Guest::silent();
    let reader = Spawn {
        path: "/usr/local/bin/reader",
        ..Spawn::default()
    };
    begin.spawns(&reader, 3);
    begin.reads(0, 2, "in");
    begin.add_to(&mut session, "begin");
    session.run(&Command::new("begin").stdin("input")).unwrap();
    let result = session.run(&sleep(20).stdin("another input")).unwrap();
    assert_eq!(result.stdout.bytes, b"at its end\n");
}

#[test]
fn sessions_with_living_processes_are_the_same_on_every_thread() {
    let run = || {
        let mut session = runtime().session(0);
        add_ticker(&mut session);
        let commands = [Command::new("begin"), sleep(25), sleep(100)];
        commands.map(|command| session.run(&command).unwrap().digest())
    };
    let expected = run();
    let others: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(others.iter().all(|digests| *digests == expected));
}

#[test]
fn a_session_with_living_processes_can_go_to_another_thread() {
    let mut session = session_with_ticker();
    session.run(&Command::new("begin")).unwrap();
    let stdout = std::thread::scope(|scope| {
        let result = scope.spawn(move || session.run(&sleep(12)).unwrap().stdout);
        result.join().unwrap()
    });
    assert_eq!(stdout.bytes, b"tick\n");
}

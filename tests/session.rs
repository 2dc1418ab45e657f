//! Sessions and calls through the library: what an agent reads, what a trainer is told, and that all of it can be relied on.

mod common;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use common::episode::{calls, make, open};
use common::runtime;
use isobox::{
    CacheFolder, CallError, CallOutcome, CallResult, Contract, HostBoundary, HostFailure,
    HostFaults, Origin, Runtime, RuntimeOptions, Session, SessionLimit, SessionLimits, Snapshot,
    canonical_json,
};
use serde_json::{Value, json};

fn bash(session: &mut Session, command: &str) -> CallResult {
    session.call("bash", json!({ "command": command })).unwrap()
}

/// A session whose own bounds are these.
fn bounded(limits: SessionLimits) -> Session {
    let contract = Contract {
        session: limits,
        ..Contract::default()
    };
    runtime().under(contract).unwrap().session(1)
}

#[test]
fn sessions_can_be_handed_to_other_threads() {
    fn is_send<T: Send>() {}
    is_send::<Session>();
    is_send::<Snapshot>();
    is_send::<CallResult>();
}

#[test]
fn the_episode_ends_with_the_bug_mended() {
    let mut session = open(runtime(), 1);
    let results: Vec<CallResult> = calls()
        .iter()
        .map(|call| make(&mut session, call))
        .collect();
    let content = |call: usize| results[call].content.as_str();
    assert_eq!(content(2), "FAILED gaps\nok plain\n[exit status 1]\n");
    assert_eq!(content(5), "names 2\ntotal 10\nmean 5.00\n");
    assert_eq!(content(12), "ok gaps\nok plain\nstatus 0\n");
    assert_eq!(results[13].outcome, CallOutcome::InvalidCall);
    assert_eq!(
        content(13),
        "The arguments of `bash` are not valid: \"commnad\" is no parameter of this tool; it has `command`, `restart`, `timeout_ms`."
    );
    assert_eq!(content(14), "There is no tool `shell`.");
    assert!(
        content(15).starts_with("The arguments of `bash` are not valid: they are no JSON: EOF")
    );
    assert_eq!(
        content(20),
        "ok empty\nok gaps\nok plain\nLines without a value do not count.\n"
    );
    assert_eq!(results[22].outcome, CallOutcome::Exit { exit_code: 1 });
    assert_eq!(
        content(24),
        "actual
times
later
"
    );
    assert_eq!(
        (
            results[26].content_cut_bytes,
            results[26].stdout.written_bytes
        ),
        (300_000 - 102_400, 300_000)
    );
    assert_eq!(
        (results[27].outcome, content(27)),
        (CallOutcome::Timeout, "[timed out after 1500 ms]\n")
    );
    assert_eq!(results[28].outcome, CallOutcome::Denied);
    assert!(
        results
            .iter()
            .all(|result| result.train && result.origin == Origin::Tool)
    );
}

/// The digests that the same contract answers everywhere and for ever. They change only when the contract does.
#[test]
fn the_golden_digests_change_only_with_the_contract() {
    let golden: Value = serde_json::from_str(include_str!("episode/golden.json")).unwrap();
    let mut session = open(runtime(), 1);
    for call in calls() {
        make(&mut session, &call);
    }
    let contract = Contract::default();
    let actual = json!({
        "version": contract.version,
        "contract": contract.digest(),
        "transcript": session.transcript().digest(),
    });
    assert_eq!(actual, golden, "tests/episode/golden.json");
}

#[test]
fn every_fork_of_the_episode_goes_on_as_the_episode_did() {
    let calls = calls();
    let mut session = open(runtime(), 1);
    let mut forks = Vec::new();
    for call in &calls {
        forks.push(session.fork());
        make(&mut session, call);
    }
    let wanted = session.transcript().digest();
    for (made, mut fork) in forks.into_iter().enumerate() {
        for call in &calls[made..] {
            make(&mut fork, call);
        }
        assert_eq!(
            fork.transcript().digest(),
            wanted,
            "forked before call {made}"
        );
    }
}

#[test]
fn a_thousand_sessions_at_once_are_a_thousand_alone() {
    const SESSIONS: usize = 1000;
    let calls: Vec<Value> = [
        json!({ "tool": "bash", "args": { "command": "x=$RANDOM; echo $x > /tmp/x; sleep 0.$x & echo begun" } }),
        json!({ "tool": "edit", "args": { "file_path": "/tmp/x", "old_string": "\n", "new_string": " edited\n" } }),
        json!({ "tool": "bash", "args": { "command": "wait; echo $x; cat /tmp/x; head -c 4 /dev/urandom | xxd -p" } }),
    ]
    .into();
    let sessions: Vec<Mutex<Session>> = (0..SESSIONS)
        .map(|seed| Mutex::new(runtime().session(seed as u64)))
        .collect();
    // In turns: every session makes its first call before any makes its second.
    for call in &calls {
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while let Some(session) = sessions.get(next.fetch_add(1, Ordering::Relaxed)) {
                        make(&mut session.lock().unwrap(), call);
                    }
                });
            }
        });
    }
    let together: Vec<_> = sessions
        .iter()
        .map(|session| session.lock().unwrap().transcript().digest())
        .collect();
    let alone: Vec<_> = (0..SESSIONS)
        .map(|seed| {
            let mut session = runtime().session(seed as u64);
            calls.iter().for_each(|call| drop(make(&mut session, call)));
            session.transcript().digest()
        })
        .collect();
    assert_eq!(together, alone);
    let different: std::collections::BTreeSet<_> = alone.iter().collect();
    assert_eq!(different.len(), SESSIONS);
}

#[test]
fn forks_do_not_see_each_other() {
    let mut session = runtime().session(1);
    bash(
        &mut session,
        "name=origin; echo origin > /tmp/f; sleep 1000 &",
    );
    let mut fork = session.fork();
    bash(&mut fork, "name=fork; echo fork > /tmp/f; kill -9 -1");
    assert_eq!(
        bash(&mut session, "echo $name; cat /tmp/f; pgrep -c sleep").content,
        "origin\norigin\n1\n"
    );
    assert_eq!(
        bash(&mut fork, "echo $name; cat /tmp/f; pgrep -c sleep").content,
        "fork\nfork\n0\n[exit status 1]\n"
    );
}

#[test]
fn another_seed_is_another_session_from_there_on() {
    let mut session = runtime().session(1);
    bash(&mut session, "true");
    let mut same = session.fork();
    let mut other = session.fork_with_seed(2);
    let draw = "head -c 8 /dev/urandom | xxd -p";
    let (first, second) = (bash(&mut session, draw), bash(&mut same, draw));
    assert_eq!(first, second);
    let third = bash(&mut other, draw);
    assert_ne!(third.content, first.content);
    assert_ne!(third.session, first.session);
}

#[test]
fn a_snapshot_goes_on_as_its_session_would_have() {
    let mut session = runtime().session(1);
    bash(
        &mut session,
        "counter=1; (sleep 1; echo done > /tmp/done) &",
    );
    let snapshot = session.snapshot();
    let digest = snapshot.digest();
    let wanted = bash(
        &mut session,
        "sleep 2; echo $((counter + 1)); cat /tmp/done",
    );
    assert_eq!(wanted.content, "2\ndone\n");
    assert_ne!(session.snapshot().digest(), digest);
    let mut restored = snapshot.session();
    assert_eq!(restored.snapshot().digest(), digest);
    assert_eq!(
        bash(
            &mut restored,
            "sleep 2; echo $((counter + 1)); cat /tmp/done"
        ),
        wanted
    );
}

#[test]
fn the_shell_lives_from_call_to_call_until_it_is_restarted() {
    let mut session = runtime().session(1);
    bash(
        &mut session,
        "cd /tmp; x=5; f() { echo f of $x; }; sleep 1000 &",
    );
    assert_eq!(
        bash(&mut session, "f; pwd; pgrep -c sleep").content,
        "f of 5\n/tmp\n1\n"
    );
    let restarted = session.call("bash", json!({ "restart": true })).unwrap();
    assert_eq!(restarted.content, "bash session restarted\n");
    assert_eq!(
        bash(&mut session, "echo [$x]; pwd; pgrep -c sleep; ls /tmp").content,
        "[]\n/workspace\n0\n"
    );
    // It is neither a command nor a restart.
    let neither = session.call("bash", json!({ "restart": false })).unwrap();
    assert_eq!(neither.outcome, CallOutcome::InvalidCall);
    assert!(
        neither
            .content
            .contains("one of `command`, `restart` has to be given"),
        "{}",
        neither.content
    );
}

#[test]
fn output_is_shown_in_the_order_in_which_it_was_written() {
    let mut session = runtime().session(1);
    let result = bash(
        &mut session,
        "echo one; echo two >&2; echo three; ls nowhere; exit 4",
    );
    assert_eq!(
        result.content,
        "one\ntwo\nthree\nls: cannot access 'nowhere': No such file or directory\n[exit status 4]\n"
    );
    assert_eq!(result.stdout.text, "one\nthree\n");
    assert!(result.is_error);
    assert_eq!(result.outcome, CallOutcome::Exit { exit_code: 4 });
}

#[test]
fn what_ends_a_call_is_told_to_the_model() {
    let mut session = runtime().session(1);
    let signal = bash(&mut session, "echo before; kill -SEGV $$");
    assert_eq!(signal.content, "before\n[ended by SIGSEGV]\n");
    let deadlock = bash(&mut session, "mkfifo /tmp/p; cat /tmp/p");
    assert_eq!(
        (deadlock.outcome, deadlock.content.as_str()),
        (
            CallOutcome::Deadlock,
            "[ended: it waited for what can never come]\n"
        )
    );
    let contract = Contract {
        limits: isobox::Limits {
            fuel_max: 50_000_000,
            ..Default::default()
        },
        ..Contract::default()
    };
    let mut session = runtime().under(contract).unwrap().session(1);
    let fuel = bash(&mut session, "while :; do :; done");
    assert_eq!(
        fuel.outcome,
        CallOutcome::Limit {
            which: SessionLimit::Fuel
        }
    );
    assert_eq!(fuel.content, "[ended: it used up its computing time]\n");
    assert_eq!(fuel.fuel, 50_000_000);
}

#[test]
fn a_deadline_can_be_asked_for_within_the_tools_bounds() {
    let mut session = runtime().session(1);
    let timed = session
        .call(
            "bash",
            json!({ "command": "sleep 5; echo late", "timeout_ms": 5000 }),
        )
        .unwrap();
    assert_eq!(
        (timed.outcome, timed.elapsed_ns),
        (CallOutcome::Timeout, 5_000_000_000)
    );
    let timed = session
        .call(
            "bash",
            json!({ "command": "sleep 9999", "timeout_ms": 9_999_999 }),
        )
        .unwrap();
    assert_eq!(timed.elapsed_ns, 600_000_000_000);
    assert_eq!(bash(&mut session, "sleep 9999").elapsed_ns, 120_000_000_000);
}

#[test]
fn a_session_that_met_its_bounds_says_so_to_every_further_call() {
    let mut session = bounded(SessionLimits {
        calls_max: 2,
        ..Default::default()
    });
    bash(&mut session, "true");
    session.call("nothing", json!({})).unwrap();
    let third = bash(&mut session, "echo > /tmp/never");
    assert_eq!(
        third.outcome,
        CallOutcome::Limit {
            which: SessionLimit::Calls
        }
    );
    assert_eq!(third.content, "This session has made all of its calls.");
    assert_eq!(third.tree_before, third.tree_after);

    let mut session = bounded(SessionLimits {
        elapsed_ns_max: 3_000_000_000,
        ..Default::default()
    });
    bash(&mut session, "sleep 4");
    assert_eq!(
        bash(&mut session, "true").outcome,
        CallOutcome::Limit {
            which: SessionLimit::SessionTime
        }
    );

    let mut session = bounded(SessionLimits {
        fuel_max: 10_000_000,
        ..Default::default()
    });
    let spun = bash(&mut session, "while :; do :; done");
    assert_eq!(
        (spun.fuel, spun.outcome),
        (
            10_000_000,
            CallOutcome::Limit {
                which: SessionLimit::Fuel
            }
        )
    );
    assert_eq!(
        bash(&mut session, "true").outcome,
        CallOutcome::Limit {
            which: SessionLimit::SessionFuel
        }
    );

    let mut session = bounded(SessionLimits {
        arguments_bytes_max: 100,
        ..Default::default()
    });
    let long = bash(&mut session, &"x".repeat(200));
    assert_eq!(long.outcome, CallOutcome::InvalidCall);
    assert_eq!(
        long.content,
        "The arguments of `bash` are too long: 214 bytes of JSON, at most 100 are accepted."
    );
    assert!(!session.transcript().to_string().contains("xxxx"));
}

#[test]
fn an_agent_that_breaks_its_tools_reads_what_is_broken() {
    let mut session = runtime().session(1);
    bash(&mut session, "rm /usr/bin/bash");
    let broken = bash(&mut session, "echo hello");
    assert_eq!(broken.outcome, CallOutcome::Exit { exit_code: 127 });
    assert_eq!(broken.content, "/usr/bin/bash: No such file or directory");
    assert!(
        session
            .call("read", json!({ "file_path": "/etc/nothing" }))
            .unwrap()
            .is_error
    );
}

#[test]
fn every_line_of_the_transcript_names_the_one_before() {
    let mut session = open(runtime(), 1);
    session.write_file("/tmp/note", b"\xff binary").unwrap();
    bash(&mut session, "cat /tmp/note");
    session.run(&isobox::Command::new("true")).unwrap();
    let lines: Vec<Value> = session
        .transcript()
        .lines(0)
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ops: Vec<&str> = lines[1..]
        .iter()
        .map(|line| line["op"].as_str().unwrap())
        .collect();
    assert_eq!(ops, ["import", "write_file", "call", "run"]);
    assert_eq!(
        lines[0]["request"]["contract"],
        json!(Contract::default().digest())
    );
    for (line, text) in lines.iter().zip(session.transcript().lines(0)) {
        assert_eq!(canonical_json(line), text);
    }
    for pair in lines.windows(2) {
        assert_eq!(pair[1]["previous"], pair[0]["digest"]);
    }
    assert_eq!(lines[4]["digest"], json!(session.transcript().digest()));
    assert_eq!(session.transcript().lines(3).len(), 2);
}

/// Fails the host once, the `nth` time that it is asked at one boundary.
struct FailsOnce {
    at: HostBoundary,
    nth: u64,
    asked: AtomicU64,
}

impl HostFaults for FailsOnce {
    fn fails(&self, at: HostBoundary) -> bool {
        at == self.at && self.asked.fetch_add(1, Ordering::Relaxed) == self.nth
    }
}

fn failing(at: HostBoundary, nth: u64, cache: CacheFolder) -> Runtime {
    let options = RuntimeOptions {
        cache,
        host_faults: Some(Arc::new(FailsOnce {
            at,
            nth,
            asked: AtomicU64::new(0),
        })),
        ..RuntimeOptions::default()
    };
    Runtime::with_options(Contract::default(), options).unwrap()
}

/// A call that begins processes, grows memory, and leaves a process behind.
fn demanding() -> Value {
    json!({ "command": "seq 200000 | sort -rn | tail -1; echo $((++n)) >> /tmp/n; cat /tmp/n; sleep 1000 &" })
}

#[test]
fn a_host_failure_is_typed_and_leaves_no_trace() {
    let mut untroubled = runtime().session(1);
    let wanted: Vec<CallResult> = (0..3)
        .map(|_| untroubled.call("bash", demanding()).unwrap())
        .collect();
    let mut struck = 0;
    for at in [HostBoundary::Pool, HostBoundary::Memory] {
        for nth in (0..40).step_by(3) {
            let mut session = failing(at, nth, CacheFolder::At(common::cache())).session(1);
            for wanted in &wanted {
                let (tree, transcript) = (session.tree_digest(), session.transcript().digest());
                let mut answer = session.call("bash", demanding());
                if let Err(error) = &answer {
                    struck += 1;
                    assert!(
                        matches!(error, CallError::Host(HostFailure::Memory(_))),
                        "{error}"
                    );
                    assert!(error.retryable());
                    assert_eq!(
                        (session.tree_digest(), session.transcript().digest()),
                        (tree, transcript)
                    );
                    answer = session.call("bash", demanding());
                }
                assert_eq!(answer.unwrap(), *wanted, "{at:?} {nth}");
            }
        }
    }
    assert!(struck > 10, "only {struck} failures struck");
}

#[test]
fn a_cache_that_fails_costs_time_and_nothing_else() {
    let read = json!({ "file_path": "/etc/nothing" });
    let wanted = runtime().session(1).call("read", read.clone()).unwrap();
    for at in [HostBoundary::CacheRead, HostBoundary::CacheWrite] {
        let cache = CacheFolder::At(common::folder("failing-cache"));
        let mut session = failing(at, 0, cache).session(1);
        assert_eq!(
            session.call("read", read.clone()).unwrap(),
            wanted,
            "{at:?}"
        );
    }
    // Where there is no cache, what is compiled is loaded from memory, and that can fail.
    let mut session = failing(HostBoundary::Load, 0, CacheFolder::None).session(1);
    let error = session.call("read", read.clone()).unwrap_err();
    assert!(error.retryable(), "{error}");
    assert_eq!(session.call("read", read).unwrap(), wanted);
}

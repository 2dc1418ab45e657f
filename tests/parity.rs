//! What the real tools answer, and what the machine does: the tables of `tests/parity`, recorded on Debian 12.
//!
//! `tests/parity/record` records the answers again on a machine that has the tools.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use isobox::{Command, Contract, Runtime, Session};
use serde::Deserialize;

/// Where a case runs, in the machine as on the machine that recorded it.
const FOLDER: &str = "/tmp/parity";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    script: String,
    #[serde(default)]
    files: Vec<File>,
    /// Why the machine answers otherwise, on purpose.
    ours: Option<String>,
    #[serde(default)]
    stdout: String,
    stdout_base64: Option<String>,
    #[serde(default)]
    stderr: String,
    stderr_base64: Option<String>,
    status: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Of a folder when it ends in a slash.
    path: String,
    #[serde(default)]
    contents: String,
    #[serde(default)]
    base64: bool,
    #[serde(default)]
    executable: bool,
}

#[derive(PartialEq)]
struct Answer {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    status: u8,
}

impl Case {
    fn recorded(&self) -> Answer {
        Answer {
            stdout: bytes(&self.stdout, self.stdout_base64.as_deref()),
            stderr: bytes(&self.stderr, self.stderr_base64.as_deref()),
            status: self.status,
        }
    }

    fn run(&self, mut session: Session) -> Answer {
        session.make_directories(FOLDER).unwrap();
        for file in &self.files {
            let path = format!("{FOLDER}/{}", file.path);
            let (folder, name) = path.rsplit_once('/').unwrap();
            session.make_directories(folder).unwrap();
            if name.is_empty() {
                continue;
            }
            let contents = match file.base64 {
                true => STANDARD.decode(&file.contents).unwrap(),
                false => file.contents.as_bytes().to_vec(),
            };
            session.write_file(&path, &contents).unwrap();
            if file.executable {
                let chmod = Command::new("chmod").args(["755", &path]);
                assert!(session.run(&chmod).unwrap().outcome.success());
            }
        }
        let command = Command::new("bash")
            .args(["-c", &self.script])
            .cwd(FOLDER)
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC");
        let result = session.run(&command).unwrap();
        Answer {
            status: result.status(),
            stdout: result.stdout.bytes,
            stderr: result.stderr.bytes,
        }
    }
}

fn bytes(text: &str, base64: Option<&str>) -> Vec<u8> {
    match base64 {
        Some(text) => STANDARD.decode(text).unwrap(),
        None => text.as_bytes().to_vec(),
    }
}

fn cases(table: &str) -> Vec<Case> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/parity/{table}"));
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Every case of a table, on two threads; panics with what differs.
fn check(table: &str) {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let cases = cases(table);
    let next = AtomicUsize::new(0);
    let wrong: Vec<String> = thread::scope(|scope| {
        let worker = || {
            let mut wrong = Vec::new();
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                if case.ours.is_some() {
                    continue;
                }
                let session = runtime.session(0);
                let (recorded, answered) = (case.recorded(), case.run(session));
                if recorded != answered {
                    wrong.push(difference(case, &recorded, &answered));
                }
            }
            wrong
        };
        let workers = [scope.spawn(worker), scope.spawn(worker)];
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    assert!(
        wrong.is_empty(),
        "{table}: {} of {} cases answer otherwise than the real tools\n{}",
        wrong.len(),
        cases.len(),
        wrong.concat()
    );
}

fn difference(case: &Case, recorded: &Answer, answered: &Answer) -> String {
    let mut text = format!("\n=== {}\n{}\n", case.name, case.script);
    let streams = [
        ("stdout", &recorded.stdout, &answered.stdout),
        ("stderr", &recorded.stderr, &answered.stderr),
    ];
    for (stream, recorded, answered) in streams {
        if recorded != answered {
            let (recorded, answered) = (
                String::from_utf8_lossy(recorded),
                String::from_utf8_lossy(answered),
            );
            writeln!(
                text,
                "--- {stream}, real\n{recorded}--- {stream}, here\n{answered}"
            )
            .unwrap();
        }
    }
    if recorded.status != answered.status {
        writeln!(
            text,
            "--- status, real {}, here {}",
            recorded.status, answered.status
        )
        .unwrap();
    }
    text
}

#[test]
fn bash_answers_as_gnu_bash_does() {
    check("bash.jsonl");
}

macro_rules! tables {
    ($($test:ident: $table:literal,)+) => {
        $(
            #[test]
            fn $test() {
                check($table);
            }
        )+

        #[test]
        fn every_table_is_run() {
            let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/parity");
            let known = ["bash.jsonl", "record", $($table),+];
            for entry in fs::read_dir(folder).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                assert!(known.contains(&&*name), "{name} is run by no test");
            }
        }
    };
}

tables! {
    agents: "agents.jsonl",
    awk: "awk.jsonl",
    bc: "bc.jsonl",
    cmp: "cmp.jsonl",
    column: "column.jsonl",
    diff: "diff.jsonl",
    file: "file.jsonl",
    find: "find.jsonl",
    getopt: "getopt.jsonl",
    git: "git.jsonl",
    git_diff: "git-diff.jsonl",
    git_history: "git-history.jsonl",
    grep: "grep.jsonl",
    gzip: "gzip.jsonl",
    hexdump: "hexdump.jsonl",
    hostile: "hostile.jsonl",
    jq: "jq.jsonl",
    lines: "lines.jsonl",
    packers: "packers.jsonl",
    pagers: "pagers.jsonl",
    patch: "patch.jsonl",
    pipelines: "pipelines.jsonl",
    rev: "rev.jsonl",
    rg: "rg.jsonl",
    sed: "sed.jsonl",
    strings: "strings.jsonl",
    tar: "tar.jsonl",
    tree: "tree.jsonl",
    which: "which.jsonl",
    xargs: "xargs.jsonl",
    xxd: "xxd.jsonl",
}

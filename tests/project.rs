//! A real project of a few thousand files: the sources of crates this package depends on, as cargo keeps them. Scripts of about 30
//! lines search it, edit it, pack it and put it under version control, in the machine and with the real tools of this host.
//!
//! The files follow from `Cargo.lock`, so that they are the same wherever it is.

use std::path::{Path, PathBuf};
use std::process::{Command as HostCommand, Stdio};
use std::{env, fs};

use isobox::{Command, Contract, Digest, Import, Limits, Runtime, Session};
use serde::Deserialize;
use tempfile::TempDir;

/// Crates that every platform compiles, with many files of many kinds.
const CRATES: [&str; 15] = [
    "clap",
    "criterion",
    "futures-util",
    "jiff",
    "jsonschema",
    "object",
    "proptest",
    "regex-automata",
    "schemars",
    "serde_json",
    "wasmtime",
    "wasmtime-wasi",
    "wast",
    "winnow",
    "wit-parser",
];

/// Where the project is, in the machine.
const PROJECT: &str = "/home/user/project";

/// The scripts of `tests/project`, in the order in which they run: each goes on with what the one before left.
const SCRIPTS: [(&str, &str); 4] = [
    ("search", include_str!("project/search.sh")),
    ("edit", include_str!("project/edit.sh")),
    ("pack", include_str!("project/pack.sh")),
    ("diff", include_str!("project/diff.sh")),
];

const GIT: &str = include_str!("project/git.sh");

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// What a script printed, and how it ended.
#[derive(Debug, PartialEq)]
struct Answer {
    stdout: String,
    stderr: String,
    status: i32,
}

#[test]
fn scripts_over_thousands_of_files_answer_as_the_real_tools_do() {
    let project = project();
    let scripts: Vec<&str> = SCRIPTS.iter().map(|(_, script)| *script).collect();
    let (answers, digest) = in_the_machine(project.path(), &scripts);
    let (again, digest_again) = in_the_machine(project.path(), &scripts);
    assert_eq!(answers, again, "the same scripts, another answer");
    assert_eq!(digest, digest_again, "the same scripts, another tree");
    let tools = ["grep", "sed", "find", "sort", "tar", "diff", "patch"];
    if let Some(missing) = tools.iter().find(|tool| !is_gnu(tool)) {
        eprintln!("skipped: the real answers, for this host's {missing} isn't GNU's");
        return;
    }
    for ((name, script), answer) in SCRIPTS.iter().zip(&answers) {
        compare(name, answer, &on_the_host(project.path(), script));
    }
}

#[test]
fn git_keeps_thousands_of_files_as_the_real_one_does() {
    let project = project();
    let (answers, digest) = in_the_machine(project.path(), &[GIT]);
    let (_, digest_again) = in_the_machine(project.path(), &[GIT]);
    assert_eq!(digest, digest_again, "the same commands, another tree");
    match HostCommand::new("git").arg("--version").output() {
        Ok(_) => compare("git", &answers[0], &on_the_host(project.path(), GIT)),
        Err(_) => eprintln!("skipped: the real answers, for this host has no git"),
    }
}

/// The first line that differs says more than two whole texts.
fn compare(name: &str, here: &Answer, real: &Answer) {
    let streams = [
        ("stdout", &here.stdout, &real.stdout),
        ("stderr", &here.stderr, &real.stderr),
    ];
    for (stream, here, real) in streams {
        let mut lines = here.lines().zip(real.lines()).enumerate();
        if let Some((at, (here, real))) = lines.find(|(_, (here, real))| here != real) {
            panic!(
                "{name}, line {} of {stream}\n  here {here}\n  real {real}",
                at + 1
            );
        }
        assert_eq!(here, real, "{name}: {stream} is shorter or longer");
    }
    assert_eq!(here.status, real.status, "{name}: the status");
}

/// A copy of the crates, to be imported and to be given to the real tools.
fn project() -> TempDir {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    let lock: Lock = toml::from_str(&fs::read_to_string(lock).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut files = 0;
    for name in CRATES {
        let package = lock.package.iter().find(|package| package.name == name);
        let package = package.unwrap_or_else(|| panic!("Cargo.lock has no {name}"));
        let source = format!("{name}-{}", package.version);
        let source = sources()
            .into_iter()
            .map(|sources| sources.join(&source))
            .find(|source| source.is_dir())
            .unwrap_or_else(|| panic!("cargo has not unpacked {source}: `cargo fetch` does"));
        files += copy(&source, &folder.path().join(name));
    }
    assert!(files > 2000, "{files} files are no project to speak of");
    folder
}

/// Where cargo unpacks crates: a folder for each registry.
fn sources() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.unwrap_or_else(|| env::home_dir().unwrap().join(".cargo"));
    let mut found: Vec<PathBuf> = fs::read_dir(home.join("registry/src"))
        .expect("cargo keeps its crates in $CARGO_HOME/registry/src")
        .map(|entry| entry.unwrap().path())
        .collect();
    found.sort();
    found
}

/// Copies the files of a folder; what cargo itself puts there stays out.
fn copy(from: &Path, to: &Path) -> usize {
    fs::create_dir_all(to).unwrap();
    let mut files = 0;
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().unwrap().is_dir() {
            files += copy(&source, &target);
        } else if entry.file_name() != ".cargo-ok" {
            fs::copy(&source, &target).unwrap();
            files += 1;
        }
    }
    files
}

/// Runs the scripts one after the other in a new machine, and tells what the tree is in the end.
fn in_the_machine(project: &Path, scripts: &[&str]) -> (Vec<Answer>, Digest) {
    // A script of 30 lines over thousands of files computes for longer than one command of an agent may.
    let limits = Limits {
        fuel_max: 10 * Limits::default().fuel_max,
        ..Limits::default()
    };
    let contract = Contract {
        limits,
        ..Contract::default()
    };
    let runtime = Runtime::new(contract).unwrap();
    let mut session = runtime.session(0);
    session
        .import(project, PROJECT, &Import::default())
        .unwrap();
    let answers = scripts
        .iter()
        .map(|script| in_session(&mut session, script))
        .collect();
    (answers, session.tree_digest())
}

fn in_session(session: &mut Session, script: &str) -> Answer {
    let command = Command::new("bash")
        .args(["-c", script])
        .cwd(PROJECT)
        .env("TZ", "UTC");
    let result = session.run(&command).unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer {
        status: result.status().into(),
        stdout: text(result.stdout.bytes),
        stderr: text(result.stderr.bytes),
    }
}

/// Runs a script with the host's own tools.
fn on_the_host(project: &Path, script: &str) -> Answer {
    let output = HostCommand::new("bash")
        .args(["-c", script])
        .current_dir(project)
        .env_clear()
        .env("HOME", "/home/user")
        .env("LANG", "C.UTF-8")
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("TZ", "UTC")
        .env("USER", "user")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer {
        status: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn is_gnu(tool: &str) -> bool {
    let output = HostCommand::new(tool).arg("--version").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("GNU"))
}

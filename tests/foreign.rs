//! A module that others built, for any WASI runtime, works unchanged: CPython 3.12, standard library and all.
//!
//! `tests/fetch-cpython` fetches it. Where that is not possible the tests say so and pass, except in CI.

#![expect(
    clippy::disallowed_methods,
    reason = "whether this is CI is the host's to say"
)]

mod common;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use common::{folder, isobox};

/// The module's path, or nothing when it cannot be had here.
fn cpython() -> Option<PathBuf> {
    static FETCHED: OnceLock<Option<PathBuf>> = OnceLock::new();
    FETCHED.get_or_init(fetch).clone()
}

fn fetch() -> Option<PathBuf> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fetch-cpython");
    let fetched = Command::new(script).stderr(Stdio::inherit()).output();
    let path = fetched
        .ok()
        .filter(|output| output.status.success())
        .map(|output| {
            PathBuf::from(
                String::from_utf8(output.stdout)
                    .expect("a path in UTF-8")
                    .trim_end(),
            )
        });
    if path.is_none() {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "{script} failed, and CI has to run this test"
        );
        // Not by eprintln, which the test harness swallows.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: CPython could not be fetched (see tests/fetch-cpython), so nothing was tested\n",
        );
    }
    path
}

/// Runs a Python program, with `/workspace` as its working directory.
fn python(module: &PathBuf, options: &[&str], program: &str) -> Output {
    let output = isobox()
        .args(["run", "--cwd", "/workspace"])
        .args(options)
        .arg(module)
        .args(["-c", program])
        .output()
        .expect("isobox starts");
    assert!(output.status.success(), "{output:?}");
    output
}

/// The working directory is the guest's own affair in preview 1: CPython's C library begins at `/`.
const PROGRAM: &str = r#"
import hashlib, json, os, random, sys, time
os.chdir(os.environ["PWD"])
with open("prices.json") as file:
    prices = json.load(file)
prices["total"] = sum(prices.values())
with open("total.json", "w") as file:
    json.dump(prices, file, sort_keys=True)
os.mkdir("made")
os.rename("total.json", "made/total.json")
print(sys.version.split()[0], sys.platform, time.strftime("%Y-%m-%d", time.gmtime()))
print(hashlib.sha256(open("made/total.json", "rb").read()).hexdigest())
print(sorted(os.listdir(".")), os.environ["GREETING"])
print(set("abcdefgh"), random.random(), os.urandom(4).hex())
"#;

#[test]
fn cpython_reads_and_writes_files_and_answers_the_same_twice() {
    let Some(module) = cpython() else { return };
    let project = folder("foreign-project");
    std::fs::write(project.join("prices.json"), r#"{"pear": 3, "quince": 4}"#).unwrap();
    let mount = format!("{}:/workspace", project.display());
    let out = folder("foreign-out");
    let options = ["--mount", &mount, "--env", "GREETING=hello"];

    let export = format!("/workspace={}", out.display());
    let plain = python(
        &module,
        &[&options[..], &["--out", &export]].concat(),
        PROGRAM,
    );
    let text = String::from_utf8(plain.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "3.12.0 wasi 2026-01-01");
    assert_eq!(lines[2], "['made', 'prices.json'] hello");
    let total = std::fs::read_to_string(out.join("made/total.json")).unwrap();
    assert_eq!(total, r#"{"pear": 3, "quince": 4, "total": 7}"#);

    // The order of the set and the random numbers follow from the seed, as all else does.
    let json = |seed| {
        python(
            &module,
            &[&options[..], &["--json", "--seed", seed]].concat(),
            PROGRAM,
        )
        .stdout
    };
    let first = json("7");
    assert_eq!(json("7"), first);
    assert_ne!(json("8"), first);
}

#[test]
fn cpython_finds_modules_in_a_directory_under_another_name() {
    let Some(module) = cpython() else { return };
    let library = folder("foreign-library");
    std::fs::write(library.join("fruit.py"), "NAMES = ['pear', 'quince']\n").unwrap();
    let mount = format!("{}:/var/python", library.display());
    let workspace = format!("{}:/workspace", folder("foreign-empty").display());
    let options = [
        "--mount",
        &mount,
        "--mount",
        &workspace,
        "--preopen",
        "/lib=/var/python",
        "--env",
        "PYTHONPATH=/lib",
    ];
    let output = python(
        &module,
        &options,
        "import fruit; print(fruit.NAMES, fruit.__file__)",
    );
    assert_eq!(output.stdout, b"['pear', 'quince'] /lib/fruit.py\n");
}

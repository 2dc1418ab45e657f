//! The same command with the same seed gives the same bytes, whatever the host is like around it.
//!
//! The command is the prober, which looks at every side of the machine; each test varies one thing of the host.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "host time is one of the things that are varied"
)]

mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, SystemTime};

use common::{PROBE, cache, folder, isobox, isobox_run, runtime};
use isobox::{CacheFolder, Contract, Import, Runtime, RuntimeOptions};

/// What is varied around: `--mount` comes before it, on the host's own path.
const WORDS: [&str; 8] = [
    "--json",
    "--seed",
    "7",
    "--cwd",
    "/workspace",
    "--env",
    "FRUIT=quince",
    PROBE,
];

/// All the prober's topics but `clock`, which spins for a second of virtual time and has a test of its own.
const TOPICS: [&str; 18] = [
    "args",
    "environ",
    "entropy",
    "sleep",
    "readdir",
    "stat",
    "fds",
    "seek",
    "append",
    "unlink",
    "paths",
    "names",
    "symlinks",
    "errno",
    "float",
    "memory",
    "uninitialised",
    "invalid",
];

/// The files that the command finds in `/workspace`, in the order in which they are made here.
const FILES: [(&str, &str, u32); 4] = [
    ("b/deep/file", "deep\n", 0o644),
    ("Zebra", "stripes\n", 0o644),
    ("tool", "#!/bin/sh\n", 0o755),
    ("apple", "", 0o644),
];

fn make_project(path: &Path) {
    for (name, text, mode) in FILES {
        make_file(path, name, text, mode);
    }
    symlink("b/deep", path.join("link")).unwrap();
}

fn make_file(folder: &Path, name: &str, text: &str, mode: u32) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

fn project() -> &'static Path {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let path = folder("determinism-project");
        make_project(&path);
        path
    })
}

/// The answer that every variation has to give.
fn expected() -> &'static str {
    static EXPECTED: OnceLock<String> = OnceLock::new();
    EXPECTED.get_or_init(|| report(&mut command_in(isobox(), project())))
}

/// The command on a project folder, by `isobox` as it was prepared.
fn command_in(mut isobox: Command, project: &Path) -> Command {
    isobox
        .args([
            "run",
            "--mount",
            &format!("{}:/workspace", project.display()),
        ])
        .args(WORDS)
        .args(TOPICS);
    isobox
}

fn command() -> Command {
    command_in(isobox(), project())
}

/// The command behind a line of shell, such as one that sets a limit.
fn command_after(shell: &str) -> Command {
    let plain = command();
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{shell} && exec \"$0\" \"$@\"")])
        .arg(plain.get_program())
        .args(plain.get_args());
    command.env("ISOBOX_CACHE", cache());
    command
}

fn report(command: &mut Command) -> String {
    let output = command.output().expect("isobox starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what isobox prints is UTF-8")
}

#[test]
fn twice() {
    assert_eq!(report(&mut command()), expected());
    assert!(expected().contains("\"kind\": \"exited\""));
}

#[test]
fn from_another_folder() {
    assert_eq!(report(command().current_dir("/")), expected());
    assert_eq!(
        report(command().current_dir(folder("determinism-here"))),
        expected()
    );
}

#[test]
fn in_another_environment() {
    let noise = [
        ("TZ", "Pacific/Kiritimati"),
        ("LANG", "tr_TR.UTF-8"),
        ("LC_ALL", "de_DE.UTF-8"),
        ("HOME", "/nowhere"),
        ("USER", "somebody"),
        ("PATH", "/nowhere"),
        ("PWD", "/nowhere"),
        ("FRUIT", "the host's"),
        ("RUST_BACKTRACE", "full"),
        ("RUST_LOG", "trace"),
        ("WASMTIME_BACKTRACE_DETAILS", "1"),
        ("WASMTIME_LOG", "trace"),
        ("RAYON_NUM_THREADS", "1"),
        ("PYTHONHASHSEED", "5"),
        ("SOURCE_DATE_EPOCH", "1"),
        ("NO_COLOR", "1"),
        ("TERM", "dumb"),
        ("COLUMNS", "20"),
    ];
    assert_eq!(report(command().envs(noise)), expected());
    assert_eq!(
        report(command().env_clear().env("ISOBOX_CACHE", cache())),
        expected()
    );
}

/// Where a user without rights, who need not see this repository, finds the program and the project.
struct Elsewhere {
    place: PathBuf,
    uid: u32,
}

impl Elsewhere {
    fn new(name: &str) -> Elsewhere {
        let me = rustix::process::geteuid();
        let place = std::env::temp_dir().join(format!("isobox-{name}-{}", std::process::id()));
        make_project(&place.join("project"));
        fs::copy(env!("CARGO_BIN_EXE_isobox"), place.join("isobox")).unwrap();
        for path in [place.clone(), place.join("isobox"), place.join("project")] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        // Only root can run as somebody else.
        let uid = if me.is_root() { 65_534 } else { me.as_raw() };
        fs::create_dir(place.join("cache")).unwrap();
        chown(place.join("cache"), Some(uid), None).unwrap();
        Elsewhere { place, uid }
    }

    fn cache(&self) -> PathBuf {
        self.place.join("cache")
    }

    fn report(&self) -> String {
        let mut isobox = Command::new(self.place.join("isobox"));
        isobox
            .env("ISOBOX_CACHE", self.cache())
            .uid(self.uid)
            .current_dir(&self.place);
        report(&mut command_in(isobox, &self.place.join("project")))
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = fs::set_permissions(self.cache(), fs::Permissions::from_mode(0o700));
        let _ = fs::remove_dir_all(&self.place);
    }
}

#[test]
fn as_another_user() {
    assert_eq!(Elsewhere::new("user").report(), expected());
}

#[test]
fn under_another_umask() {
    assert_eq!(report(&mut command_after("umask 077")), expected());
}

#[test]
fn at_another_time() {
    let clock = || text(&isobox_run(["--json", PROBE, "clock"]).stdout);
    let (everything, first) = (expected(), clock());
    thread::sleep(Duration::from_millis(1100));
    assert_eq!(report(&mut command()), everything);
    assert_eq!(clock(), first);
}

#[test]
fn on_files_with_other_times_owners_and_modes_made_in_another_order() {
    let copy = folder("determinism-copy");
    symlink("b/deep", copy.join("link")).unwrap();
    for (name, text, mode) in FILES.iter().rev() {
        // Of the mode only "executable by its owner" counts.
        make_file(
            &copy,
            name,
            text,
            if mode & 0o100 == 0 { 0o600 } else { 0o711 },
        );
    }
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::open(copy.join("apple"))
        .unwrap()
        .set_modified(old)
        .unwrap();
    fs::File::open(copy.join("b"))
        .unwrap()
        .set_modified(old)
        .unwrap();
    fs::set_permissions(copy.join("b"), fs::Permissions::from_mode(0o2700)).unwrap();
    if rustix::process::geteuid().is_root() {
        chown(copy.join("Zebra"), Some(65_534), None).unwrap();
    }
    assert_eq!(report(&mut command_in(isobox(), &copy)), expected());
}

#[test]
fn with_few_descriptors_a_small_stack_and_little_address_space() {
    for limit in ["ulimit -n 32", "ulimit -s 256", "ulimit -c 0"] {
        assert_eq!(report(&mut command_after(limit)), expected(), "{limit}");
    }
    assert_eq!(report(&mut command_after("ulimit -v 12582912")), expected());
}

/// This test alone, in a process of its own in which no pool of memories can be reserved: two of 4 GiB are already
/// too much, and each guest's memory is allocated when it begins.
fn without_a_pool(test: &str) {
    let itself = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 8000000 && exec \"$0\" \"$@\""])
        .arg(itself);
    let output = command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    assert!(text(&output.stdout).contains("1 passed"));
}

#[test]
fn with_a_pool_and_without() {
    without_a_pool("in_this_process");
}

#[test]
#[ignore = "with_a_pool_and_without runs it"]
fn in_this_process() {
    assert_eq!(report_by(runtime(), 7), expected());
    for (module, answer) in shapes() {
        assert_eq!(begun(&module), answer);
    }
}

#[test]
fn what_modules_are_accepted_does_not_depend_on_the_pool() {
    for (module, answer) in shapes() {
        assert_eq!(begun(&module), answer);
    }
}

/// Modules that a pool could take exception to, and what comes of them.
fn shapes() -> [(String, Result<u8, String>); 4] {
    let module = |fields: &str| {
        format!(r#"(module {fields} (memory (export "memory") 1) (func (export "_start")))"#)
    };
    let shape = "guest: exec format error: guest is no WebAssembly module this profile accepts: \
        it has more than 4 tables, or one of more than 1000000 elements";
    [
        // 4.8 MB of them.
        (
            module(&"(global v128 (v128.const i64x2 1 2))".repeat(300_000)),
            Ok(0),
        ),
        (module(&"(table 1000000 funcref)".repeat(4)), Ok(0)),
        (module("(table 1000001 funcref)"), Err(shape.to_owned())),
        (
            module(&"(table 1 funcref)".repeat(5)),
            Err(shape.to_owned()),
        ),
    ]
}

/// The status of a module, or why it cannot be run.
fn begun(module: &str) -> Result<u8, String> {
    let mut session = common::session();
    common::add(&mut session, module);
    let result = session.run(&isobox::Command::new("guest"));
    result
        .map(|result| result.status())
        .map_err(|error| error.to_string())
}

#[test]
fn on_one_core_and_with_the_lowest_priority() {
    assert_eq!(
        report(&mut command_after("renice -n 19 -p $$ > /dev/null")),
        expected()
    );
    if Command::new("taskset")
        .args(["-c", "0", "true"])
        .status()
        .is_ok_and(|status| status.success())
    {
        assert_eq!(
            report(&mut command_after("taskset -p -c 0 $$ > /dev/null")),
            expected()
        );
    } else {
        eprintln!("skipped in part: there is no taskset here");
    }
}

#[test]
fn without_random_addresses() {
    let works =
        |program: &mut Command| program.output().is_ok_and(|output| output.status.success());
    if !works(Command::new("setarch").args(["-R", "true"])) {
        eprintln!("skipped: setarch -R is not allowed here");
        return;
    }
    let plain = command();
    let mut fixed = Command::new("setarch");
    fixed
        .arg("-R")
        .arg(plain.get_program())
        .args(plain.get_args())
        .env("ISOBOX_CACHE", cache());
    assert_eq!(report(&mut fixed), expected());
}

#[test]
fn thirty_two_processes_in_waves() {
    for _ in 0..4 {
        let wave: Vec<_> = (0..8)
            .map(|_| {
                command()
                    .stdout(std::process::Stdio::piped())
                    .spawn()
                    .expect("isobox starts")
            })
            .collect();
        for process in wave {
            let output = process.wait_with_output().unwrap();
            assert_eq!(text(&output.stdout), expected());
        }
    }
}

/// The same command through the library.
fn report_by(runtime: &Runtime, seed: u64) -> String {
    let mut session = runtime.session(seed);
    session
        .import(project(), "/workspace", &Import::default())
        .unwrap();
    let command = isobox::Command::new(PROBE)
        .args(TOPICS)
        .cwd("/workspace")
        .env("FRUIT", "quince");
    let result = session.run(&command).unwrap();
    serde_json::to_string_pretty(&result.report(&session)).unwrap() + "\n"
}

#[test]
fn thirty_two_threads_on_one_runtime() {
    let reports: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..32)
            .map(|_| scope.spawn(|| report_by(runtime(), 7)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for report in reports {
        assert_eq!(report, expected());
    }
}

#[test]
fn in_a_pool_of_any_size() {
    for processes_max in [1, 2, 300] {
        let runtime = Runtime::with_options(
            Contract::default(),
            RuntimeOptions {
                cache: CacheFolder::At(cache()),
                processes_max: Some(processes_max),
                ..RuntimeOptions::default()
            },
        );
        assert_eq!(
            report_by(&runtime.unwrap(), 7),
            expected(),
            "{processes_max}"
        );
    }
}

// The cache of compiled modules.

#[test]
fn with_a_cold_a_warm_and_a_damaged_cache() {
    let folder = folder("determinism-cache");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let run = || report(command().env("ISOBOX_CACHE", &folder));
    let compiled = || fs::read(only(&folder, "cwasm")).unwrap();

    assert_eq!(run(), expected(), "cold");
    let whole = compiled();
    assert_eq!(run(), expected(), "warm");

    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(only(&folder, "cwasm"), &damaged).unwrap();
    assert_eq!(run(), expected(), "with a bit flipped");
    assert!(compiled() == whole, "the file is mended");

    fs::write(only(&folder, "cwasm"), &whole[..middle]).unwrap();
    assert_eq!(run(), expected(), "cut short");
    fs::write(only(&folder, "blake3"), "nonsense").unwrap();
    assert_eq!(run(), expected(), "with its digest overwritten");
    assert!(compiled() == whole, "the file is mended again");
}

/// The only file in the folder with this extension.
fn only(folder: &Path, extension: &str) -> PathBuf {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn without_a_cache() {
    let runtime = Runtime::with_options(
        Contract::default(),
        RuntimeOptions {
            cache: CacheFolder::None,
            ..RuntimeOptions::default()
        },
    );
    assert_eq!(report_by(&runtime.unwrap(), 7), expected());
}

#[test]
fn with_a_cache_that_cannot_be_written_to() {
    let elsewhere = Elsewhere::new("cache");
    fs::set_permissions(elsewhere.cache(), fs::Permissions::from_mode(0o500)).unwrap();
    assert_eq!(elsewhere.report(), expected());
    assert_eq!(fs::read_dir(elsewhere.cache()).unwrap().count(), 0);
}

#[test]
fn compiled_modules_belong_to_their_user_alone() {
    let place = folder("determinism-private").join("made/on/demand");
    let mut command = command_after("umask 000");
    report(command.env("ISOBOX_CACHE", &place));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&place), 0o700);
    assert_eq!(mode(&only(&place, "cwasm")), 0o600);
    assert_eq!(mode(&only(&place, "blake3")), 0o600);
}

#[test]
fn a_cache_folder_that_others_can_write_to_is_refused() {
    for mode in [0o777, 0o770, 0o1777, 0o702] {
        let folder = folder("determinism-open");
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        let output = command().env("ISOBOX_CACHE", &folder).output().unwrap();
        assert_refused(
            &output,
            &format!("others can write to it (mode {mode:04o})"),
        );
    }
}

#[test]
fn a_cache_folder_of_somebody_else_is_refused() {
    let folder = folder("determinism-foreign");
    let theirs = if rustix::process::geteuid().is_root() {
        chown(&folder, Some(65_534), None).unwrap();
        folder
    } else {
        PathBuf::from("/usr")
    };
    let output = command().env("ISOBOX_CACHE", &theirs).output().unwrap();
    assert_refused(&output, "it belongs to user");
}

fn assert_refused(output: &Output, reason: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(125), "{said}");
    assert!(
        said.contains("the cache folder") && said.contains(reason),
        "{said}"
    );
    assert!(
        said.contains("chmod 700") && said.contains("ISOBOX_CACHE"),
        "{said}"
    );
}

// What is allowed to make a difference does.

#[test]
fn another_seed_is_another_answer() {
    assert_eq!(report_by(runtime(), 7), expected());
    let other = report_by(runtime(), 8);
    let line = |report: &str, topic: &str| {
        let report: serde_json::Value = serde_json::from_str(report).unwrap();
        let lines = report["stdout"]["text"].as_str().unwrap().to_owned();
        lines
            .lines()
            .find(|line| line.starts_with(topic))
            .unwrap()
            .to_owned()
    };
    assert_ne!(line(&other, "entropy "), line(expected(), "entropy "));
    // Only the entropy: what has nothing to do with it stays.
    assert_eq!(line(&other, "readdir "), line(expected(), "readdir "));
    assert_eq!(line(&other, "float "), line(expected(), "float "));
}

#[test]
fn another_epoch_is_another_date() {
    let date = |options: &[&'static str]| {
        let words = options.iter().copied().chain(["--", "date", "-u", "+%F"]);
        text(&isobox_run(words).stdout)
    };
    assert_eq!(date(&[]), "2026-01-01\n");
    assert_eq!(date(&["--epoch", "1999-12-31T23:59:59Z"]), "1999-12-31\n");
}

#[test]
fn the_environment_is_in_the_order_in_which_it_is_given() {
    let own = |words: &[&'static str]| {
        let said = text(&isobox_run(words.iter().copied().chain(["--", "printenv"])).stdout);
        said.lines()
            .filter(|line| line.len() == 3)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(own(&["-e", "B=1", "-e", "A=2"]), "B=1 A=2");
    assert_eq!(own(&["-e", "A=2", "-e", "B=1"]), "A=2 B=1");
    assert_eq!(own(&["-e", "A=2", "-e", "B=1", "-e", "A=3"]), "A=3 B=1");
}

#[test]
fn the_order_of_mounts_makes_no_difference() {
    let place = folder("determinism-mounts");
    make_file(&place, "one/file", "1", 0o644);
    make_file(&place, "two/file", "2", 0o644);
    make_file(&place, "inner/file", "3", 0o644);
    let mounts = ["one:/srv/b", "two:/srv/a", "inner:/srv/b/inner"];
    let tree = |order: [usize; 3]| {
        let mut isobox = isobox();
        isobox.current_dir(&place).args(["run", "--json"]);
        for index in order {
            isobox.args(["--mount", mounts[index]]);
        }
        let report: serde_json::Value = serde_json::from_str(&report(isobox.arg("true"))).unwrap();
        report["tree_before"].as_str().unwrap().to_owned()
    };
    let expected = tree([0, 1, 2]);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(tree(order), expected, "{order:?}");
    }
}

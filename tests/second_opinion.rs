//! The same guests, the same commands, two implementations of preview 1: the machine, and wasmtime's own
//! `wasmtime-wasi` on a real folder of this host. What a command prints, its status and the files it leaves must agree.
//!
//! Where they differ on purpose, the case stands in the second table with the reason; it must then really differ.

mod common;

use std::cmp;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, UNIX_EPOCH};

use common::guest::ISOBOX_V1;
use isobox::machine::fs::{InodeNumber, Kind, Tree};
use isobox::{Command, Contract, EPOCH_NS, Guest, Import, Outcome, Runtime, Session};
use wasmtime::{
    Caller, Config, Engine, Extern, FuncType, Linker, Module, OptLevel, Store, Val, ValType,
};
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{FsPerms, HostWallClock, I32Exit, WasiCtxBuilder};

/// Commands as a shell would read them, without a shell: words, quotes, and `< FILE` for standard input. They run in a
/// folder that holds `src` (the sources of this package's runtime) and what [`furnish`] adds.
const SAME: &[&str] = &[
    // Text tools.
    "grep -n a fruit",
    "grep -rc fn src",
    "sed -n 1,2p fruit",
    "sed -i s/a/b/ fruit",
    "awk '{print NR, $1}' fruit",
    "awk 'END {print NR}' numbers",
    "find nested",
    "find src -name '*.rs' -type f",
    "diff fruit numbers",
    "cmp fruit numbers",
    "jq -n '[1, 2]'",
    "jq -R . fruit",
    "gzip -nk fruit",
    "xz -k fruit",
    "rev fruit",
    "xxd fruit",
    // Names and texts.
    "basename src/session/mod.rs .rs",
    "basename -a -s .rs src/lib.rs src/main.rs",
    "dirname src/session/mod.rs src plain /a/b/",
    "echo one two  'three  four'",
    "echo -e 'tab\\there\\nline'",
    "printf '%s=%d|%5.2f|%x\\n' a 7 3.14159 255 b 8 2.5 16",
    "printf %b 'octal \\0101\\n'",
    "seq 3 2 11",
    "seq -w -s , 8 11",
    "seq 1 0.25 2",
    "expr 6 '*' 7",
    "expr length abcdef",
    "expr 1 / 0",
    "factor 360 97 18446744073709551615",
    "numfmt --to=iec 1024 1048576 1500",
    "numfmt --from=si 1K 2M x",
    "pathchk -p 'with space/a file' ok",
    "printenv HOME LANG PATH PWD USER",
    "env",
    "pwd",
    "true",
    "false",
    "yes --version",
    "date -u -d @86400 +%F_%T",
    "date -d 2024-02-29T12:00:00Z +%A,%j,%s",
    "date -d nonsense",
    // Looking at files.
    "cat fruit no-newline empty crlf",
    "cat -A crlf tabs",
    "cat -n < fruit",
    "cat missing fruit",
    "cat src",
    "cat 'été/naïve ☕.txt'",
    "cat links/to-file",
    "cat links/loop",
    "cat links/dangling",
    "cat fruit/",
    "cat links/to-file/",
    "cat nested/../fruit",
    "cat ../workspace/fruit",
    "cat ''",
    "head -n 2 fruit",
    "head -c 100 binary",
    "head -n -3 long",
    "tail -n 2 fruit",
    "tail -c +760 binary",
    "tail -n +998 long",
    "tac fruit no-newline",
    "nl -b a fruit",
    "od -A x -t x1z binary",
    "od -c crlf",
    "wc fruit empty no-newline binary long",
    "wc -lm 'été/naïve ☕.txt'",
    "wc -c < long",
    "fold -w 20 src/limits.rs",
    "fmt -w 40 src/lib.rs",
    "pr -t -2 fruit",
    "expand -t 4 tabs",
    "unexpand -a tabs",
    "cut -d , -f 2,3 table.csv",
    "cut -c 1-4 fruit",
    "paste -d : fruit numbers",
    "tr a-z A-Z < fruit",
    "tr -d '\\r' < crlf",
    "tr -s '\\n' < numbers",
    "sort fruit",
    "sort -n numbers",
    "sort -g numbers",
    "sort -t , -k 3,3nr -k 1,1 table.csv",
    "sort -u fruit no-newline",
    "sort -c fruit",
    "sort -R --random-source=binary fruit",
    "uniq -c sorted",
    "uniq -d < sorted",
    "comm sorted fruit",
    "join -t , left right",
    "tsort pairs",
    "ptx -G fruit",
    "shuf --random-source=binary fruit",
    "shuf -n 0 fruit",
    "md5sum fruit binary empty",
    "sha256sum src/lib.rs src/limits.rs",
    "sha1sum -c sums",
    "b2sum -l 128 binary",
    "cksum fruit binary",
    "cksum -a crc32b fruit",
    "sum fruit",
    "base64 binary",
    "base64 -d fruit",
    "base32 < no-newline",
    "basenc --base16 crlf",
    "test -d src",
    "test -L links/to-file",
    "test -e links/dangling",
    "test fruit -ef links/to-file",
    "test fruit -ef nested",
    "[ -s empty ]",
    "[ 1 -lt 2 ]",
    "[ 1 -lt 2",
    "ls",
    "ls -a nested",
    "ls -R nested links",
    "ls -F links src/machine",
    "ls -1 'with space' été",
    "ls missing fruit",
    "stat -c '%n %F' fruit empty nested links/to-dir links/dangling",
    "stat -c '%n %s' fruit empty links/to-dir",
    "stat -L -c '%F' links/to-dir",
    "stat -c %N links/to-file",
    "stat missing",
    "readlink links/to-file links/dangling",
    "readlink fruit",
    "readlink -f links/to-dir/machine/../lib.rs",
    "realpath links/to-dir/lib.rs links/up/fruit",
    "realpath -e links/dangling",
    "realpath links/loop",
    "du -b fruit long 'with space/a file'",
    // Changing files.
    "touch new 'été/ü'",
    "touch -d 2001-02-03T04:05:06Z fruit nested/a",
    "touch -c missing",
    "touch missing/new",
    "touch -r nested fruit",
    "truncate -s 4 fruit",
    "truncate -s +10000 binary new",
    "truncate -s 5 src",
    "cp fruit copy",
    "cp fruit numbers nested",
    "cp -r src copy",
    "cp -r nested nested/a/inside",
    "cp src copy",
    "cp -P links/to-file copied-link",
    "cp -rL links/to-dir copy",
    "cp fruit fruit",
    "cp missing copy",
    "cp binary 'with space'",
    "mv fruit renamed",
    "mv src nested moved",
    "mv fruit numbers nested",
    "mv src nested/a/b",
    "mv nested nested/a",
    "mv fruit missing/x",
    "mv -n fruit numbers",
    "mv links/to-file fruit-link",
    "mv fruit src/",
    "rm fruit links/to-dir links/dangling",
    "rm src",
    "rm -r src nested",
    "rm -rf missing src/session",
    "rm missing",
    "rm links/to-file/",
    "rmdir empty-directory",
    "rmdir nested",
    "rmdir links/to-dir",
    "rmdir -p nested/a/b/c/d fruit",
    "unlink fruit",
    "unlink src",
    "ln fruit hard",
    "ln -s fruit soft",
    "ln -s ../fruit links/soft",
    "ln fruit numbers",
    "ln src hard",
    "ln -sf numbers links/to-file",
    "link fruit hard",
    "link fruit src",
    "mkdir new new/below",
    "mkdir -p new/a/b/c nested/a",
    "mkdir fruit",
    "mkdir fruit/below",
    "mkdir missing/new",
    "mkdir links/dangling",
    "mkdir links/dangling/",
    "split -l 300 -d long part-",
    "split -b 100 binary",
    "csplit -s long 200 500",
    "tee one two < fruit",
    "tee -a fruit < numbers",
    "tee src < fruit",
    "sort -o fruit fruit",
    "sort -o sorted-numbers -n numbers",
    "uniq sorted sorted-once",
    "dd if=binary of=binary bs=64 skip=1 seek=20 count=2 conv=notrunc status=none",
    "dd if=long of=new bs=1000 count=1 status=none",
    "dd if=fruit of=sparse seek=100 bs=1024 status=none",
    "shred -n 0 -z -u fruit",
    "mktemp -d missing/XXXXXX",
    // The corners of paths and names.
    "ls -l fruit",
    "ls -Q 'été'",
    "ls -b 'with space'",
    "ls links/to-dir/",
    "ls -d links/to-dir links/to-dir/",
    "ls -L links/to-file",
    "ls links/dangling",
    "ls -L links/dangling",
    "ls links/loop/",
    "ls fruit/",
    "ls ''",
    "test -r fruit",
    "test -w fruit",
    "test -x fruit",
    "test fruit -nt numbers",
    "touch -a fruit",
    "touch -m -d @1000 fruit",
    "touch -h -d @5 links/to-file",
    "touch -h -d @5 links/dangling",
    "touch links/dangling",
    "touch src/",
    "touch fruit/",
    "touch newdir/",
    "touch ''",
    "touch .",
    "touch -d @1.5 fruit",
    "truncate -s 0 fruit",
    "truncate -s -3 fruit",
    "truncate -r long fruit",
    "truncate -c -s 5 missing",
    "truncate -s 5 missing/x",
    "truncate -s 5 links/dangling",
    "cp -rH links/to-dir copied",
    "cp -d links/dangling copied",
    "cp links/dangling copied",
    "cp fruit links/dangling",
    "cp -f fruit numbers",
    "cp -n fruit numbers",
    "cp -u fruit numbers",
    "cp -l fruit hard",
    "cp -s fruit soft",
    "cp --parents nested/a/b/c/d/deep empty-directory",
    "cp -T src nested",
    "cp -rT src nested",
    "cp -r src src/inside",
    "cp -r src/ src2/",
    "cp fruit ''",
    "cp --backup fruit numbers",
    "cp -b fruit numbers",
    "cp -v fruit numbers",
    "cp --sparse=always binary copy",
    "cp --reflink=always fruit copy",
    "cp fruit src/lib.rs/x",
    "cp src/lib.rs src/limits.rs 'with space'",
    "mv -b fruit numbers",
    "mv -v fruit x",
    "mv fruit x/",
    "mv src x/",
    "mv src/ x",
    "mv links/to-dir/ x",
    "mv links/to-dir x",
    "mv links/to-empty/ x",
    "mv fruit fruit",
    "mv missing x",
    "mv . x",
    "mv src ..",
    "mv src fruit",
    "mv -T src nested",
    "mv -T src empty-directory",
    "mv -T nested/a nested",
    "mv nested/a/b nested",
    "mv fruit numbers missing",
    "mv -t nested fruit numbers",
    "mv nested/a/b/c/d/deep links/dangling",
    "mv fruit links/to-file",
    "mv fruit links/to-dir",
    "rm -r links/to-dir",
    "rm -d empty-directory",
    "rm -d nested",
    "rm -rf .",
    "rm -r ..",
    "rm -v fruit numbers",
    "rm fruit fruit",
    "rm fruit/",
    "rm empty-directory/",
    "rm ''",
    "rm -f missing missing2",
    "rm -f fruit/x",
    "rm -r links",
    "rmdir empty-directory/.",
    "rmdir .",
    "rmdir /",
    "rmdir fruit",
    "rmdir missing",
    "rmdir ''",
    "rmdir --ignore-fail-on-non-empty nested",
    "rmdir -p nested/a/b/c/d",
    "rmdir -v empty-directory",
    "unlink missing",
    "unlink links/loop",
    "unlink ''",
    "ln missing hard",
    "ln fruit nested",
    "ln fruit nested/",
    "ln -s a b c nested",
    "ln -s '' x",
    "ln -s missing links/to-file",
    "ln -sfn src links/to-dir",
    "ln -sf src links/to-dir",
    "ln -sr fruit nested/soft",
    "ln -b fruit numbers",
    "ln -f fruit numbers",
    "ln -L links/to-file hard",
    "ln -P links/to-file hard",
    "ln fruit fruit",
    "ln -f fruit fruit",
    "ln -sT fruit nested",
    "link missing x",
    "link links/to-file x",
    "link fruit x/",
    "link fruit missing/x",
    "mkdir ''",
    "mkdir .",
    "mkdir /",
    "mkdir -p /",
    "mkdir -p fruit/x",
    "mkdir -p links/dangling/x",
    "mkdir -p links/to-dir/x",
    "mkdir -p links/to-file",
    "mkdir links/to-dir",
    "mkdir links/loop",
    "mkdir links/loop/x",
    "mkdir x/",
    "mkdir x/.",
    "mkdir fruit/",
    "mkdir -v x",
    "install missing x",
    "split fruit",
    "split -n 3 long",
    "split -l 300 long x/y",
    "split -b 1K --additional-suffix=.txt long p",
    "split -C 500 long",
    "split -d -a 3 -l 100 long q < fruit",
    "csplit long '/line 50/' '{*}'",
    "csplit long 2000",
    "csplit -f pre -n 4 long 3",
    "tee links/dangling < fruit",
    "tee links/loop < fruit",
    "tee missing/x < fruit",
    "tee < fruit",
    "sort missing",
    "sort -m sorted sorted",
    "sort -o missing/x fruit",
    "sort -o src fruit",
    "sort --files0-from=fruit",
    "sort -r -k2n long",
    "sort -h numbers",
    "sort -V long",
    "sort -M fruit",
    "sort -c numbers",
    "sort -C sorted",
    "sort -z fruit",
    "sort --debug fruit",
    "sort -s -f fruit",
    "uniq fruit src",
    "uniq missing",
    "uniq fruit missing/x",
    "uniq -D sorted",
    "uniq -f 1 -s 2 long",
    "comm sorted missing",
    "comm -12 sorted sorted",
    "comm --output-delimiter=: sorted sorted",
    "join left missing",
    "join -a 1 -a 2 -e X -o 0,1.2,2.2 -t , left right",
    "readlink -e links/up/..",
    "readlink -m a/b/../c",
    "readlink -f links/loop",
    "readlink ''",
    "realpath .",
    "realpath /",
    "realpath -s links/to-dir",
    "realpath --relative-to=src fruit",
    "realpath missing",
    "realpath -m a/b",
    "realpath missing/x",
    "realpath ''",
    "head missing",
    "head -n 1 -q fruit numbers",
    "head -c 5 < fruit",
    "tail -n 2 -v fruit",
    "tail -c 5 < fruit",
    "tail -n +2 < fruit",
    "cat -",
    "cat - fruit < numbers",
    "cat fruit - < numbers",
    "cat src/lib.rs/x",
    "cat links/to-dir/lib.rs",
    "cat links/up/links/up/fruit",
    "cat /workspace/fruit",
    "cat //workspace//fruit",
    "cat /workspace/../workspace/fruit",
    "cat ./././fruit",
    "cat src/../fruit",
    "cat missing/../fruit",
    "cat fruit/../fruit",
    "cat links/to-dir/../fruit",
    "cat nested/a/../../fruit",
    "cat -E -T tabs",
    "cat -s numbers",
    "cat -v binary",
    "cat -b fruit",
    "wc -L long",
    "wc missing fruit",
    "wc --files0-from=fruit",
    "wc - < fruit",
    "wc -w links/to-file",
    "test",
    "test a = a",
    "test 1 -eq x",
    "test -z ''",
    "test -s fruit -a -f numbers",
    "ls /home/user",
    "cat 'été'",
    "ls 'été/naïve ☕.txt'",
    "wc -m 'été/naïve ☕.txt'",
];

/// Commands that answer otherwise on purpose, with the reason.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "cat links/absolute",
        "the machine follows absolute links; wasmtime-wasi refuses them, as it cannot know that `/` is the whole world",
    ),
    (
        "ln -s /workspace/fruit soft",
        "the machine makes absolute links; wasmtime-wasi refuses them",
    ),
    (
        "chmod 600 fruit",
        "preview 1 has no modes; the machine adds them in `isobox_v1`",
    ),
    (
        "install -D -m 700 src/lib.rs new/place/lib.rs",
        "preview 1 has no modes; the machine adds them in `isobox_v1`",
    ),
    (
        "install -d new/one new/two",
        "preview 1 has no modes; the machine adds them in `isobox_v1`",
    ),
    (
        "rmdir empty-directory/",
        "the machine removes it, as Linux does; wasmtime-wasi asks the host for `empty-directory/.`",
    ),
    (
        "unlink links/to-dir/",
        "the machine says `Not a directory`, as Linux does; wasmtime-wasi lets the slash lead through the link",
    ),
    (
        "cat ../../fruit",
        "the machine's root is its own parent; wasmtime-wasi takes `..` there for an escape",
    ),
    (
        "sort src",
        "reading a directory is `Is a directory` in the machine, as on Linux; wasmtime-wasi says `Bad file descriptor`",
    ),
    (
        "wc src",
        "reading a directory is `Is a directory` in the machine, as on Linux; wasmtime-wasi says `Bad file descriptor`",
    ),
    (
        "rmdir links/to-empty/",
        "the machine says `Not a directory`, as Linux does; wasmtime-wasi asks the host for `links/to-empty/.`",
    ),
    (
        "cat /dev/null",
        "the machine has devices; the folder has none",
    ),
    ("ls /usr/bin/sort", "the machine lists its programs"),
    (
        "mktemp -u XXXXXXXXXX",
        "the machine's entropy follows from the seed",
    ),
    (
        "date +%s.%N",
        "the machine's clock moves with the work done, the other's stands still here",
    ),
    (
        "stat -c %i fruit",
        "inode numbers of the machine count from its own beginning",
    ),
];

/// Names of files and the folder are the same in both worlds.
const FOLDER: &str = "workspace";

#[test]
fn both_agree_wherever_they_are_not_meant_to_differ() {
    let worlds = Worlds::new();
    let mut disagreements = Vec::new();
    for line in SAME {
        let (ours, theirs) = worlds.run(line);
        if ours != theirs {
            disagreements.push(format!(
                "{line}\n   machine: {ours:?}\n    folder: {theirs:?}"
            ));
        }
    }
    let count = disagreements.len();
    assert!(
        count == 0,
        "{count} of {} commands disagree:\n{}",
        SAME.len(),
        disagreements.join("\n")
    );
}

#[test]
fn what_is_said_to_differ_differs() {
    let worlds = Worlds::new();
    for (line, reason) in DIFFERENT {
        let (ours, theirs) = worlds.run(line);
        assert_ne!(
            ours, theirs,
            "`{line}` is the same, but this is said of it: {reason}"
        );
    }
}

#[test]
fn the_table_reaches_every_guest_of_utilities() {
    let runtime = Runtime::new(Contract::default()).unwrap();
    let guests = runtime
        .contract()
        .guests
        .iter()
        // Without processes, or without a network, there is nothing to see of these; the last two have tables of recorded answers.
        .filter(|guest| {
            ![
                "probe",
                "bash",
                "processes",
                "agent-tools",
                "curl",
                "git",
                "rg",
            ]
            .contains(&guest.name())
        });
    for guest in guests {
        let reached = SAME
            .iter()
            .filter(|line| guest.commands().contains(&words(line)[0]))
            .count();
        assert!(reached >= 2, "{} is reached {reached} times", guest.name());
    }
}

/// What came of a command.
#[derive(PartialEq, Eq)]
struct Answer {
    status: u8,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    files: BTreeMap<String, File>,
    /// The files as they were, so that a message need not show those that stayed.
    before: BTreeMap<String, File>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let changed = self
            .files
            .iter()
            .filter(|(path, file)| self.before.get(*path) != Some(file));
        let removed: Vec<_> = self
            .before
            .keys()
            .filter(|path| !self.files.contains_key(*path))
            .collect();
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("stdout", &String::from_utf8_lossy(&self.stdout))
            .field("stderr", &String::from_utf8_lossy(&self.stderr))
            .field("changed", &changed.collect::<Vec<_>>())
            .field("removed", &removed)
            .finish()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum File {
    Regular {
        content: Vec<u8>,
        modified: Modified,
        links: u64,
    },
    Directory {
        modified: Modified,
    },
    Symlink {
        target: String,
    },
}

/// When a file was modified, as far as two clocks can agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Modified {
    /// As the folder was furnished.
    Never,
    /// While the command ran.
    Now,
    /// At a time that the command named.
    At(u64),
}

impl Modified {
    fn of(modified_ns: u64) -> Modified {
        match modified_ns.cmp(&EPOCH_NS) {
            cmp::Ordering::Equal => Modified::Never,
            cmp::Ordering::Greater => Modified::Now,
            cmp::Ordering::Less => Modified::At(modified_ns),
        }
    }
}

/// The machine and the folder, furnished alike.
struct Worlds {
    machine: Session,
    folder: Folder,
}

impl Worlds {
    fn new() -> Worlds {
        let runtime = Runtime::new(Contract::default()).unwrap();
        let folder = Folder::new(&runtime.contract().guests);
        furnish(&folder.workspace());
        let mut machine = runtime.session(0);
        let import = Import::default();
        machine
            .import(&folder.workspace(), &format!("/{FOLDER}"), &import)
            .unwrap();
        Worlds { machine, folder }
    }

    /// Runs one command in copies of both worlds.
    fn run(&self, line: &str) -> (Answer, Answer) {
        let mut words = words(line);
        let stdin = words.iter().position(|word| word == "<").map(|position| {
            let file = words.split_off(position).remove(1);
            self.machine
                .read_file(&format!("/{FOLDER}/{file}"))
                .unwrap()
        });
        let stdin = stdin.unwrap_or_default();
        (
            run_in_machine(self.machine.fork(), &words, &stdin),
            self.folder.run(&words, &stdin),
        )
    }
}

fn run_in_machine(mut session: Session, words: &[String], stdin: &[u8]) -> Answer {
    let before = files_of(&session.tree());
    let command = Command::new(&words[0])
        .args(&words[1..])
        .stdin(stdin)
        .cwd(format!("/{FOLDER}"));
    let result = session.run(&command).unwrap();
    assert!(
        matches!(result.outcome, Outcome::Exited { .. }),
        "{words:?} ended with {:?}",
        result.outcome
    );
    Answer {
        status: result.status(),
        stdout: result.stdout.bytes,
        stderr: result.stderr.bytes,
        files: files_of(&session.tree()),
        before,
    }
}

fn files_of(tree: &Tree) -> BTreeMap<String, File> {
    let mut files = BTreeMap::new();
    let folder = tree
        .entries(InodeNumber::ROOT)
        .unwrap()
        .get(FOLDER.as_bytes())
        .unwrap();
    collect(tree, folder, FOLDER, &mut files);
    files
}

fn collect(tree: &Tree, inode: InodeNumber, path: &str, files: &mut BTreeMap<String, File>) {
    let stat = tree.stat(inode).unwrap();
    let modified = Modified::of(stat.times.modified_ns);
    let file = match tree.kind(inode).unwrap() {
        Kind::Directory { entries, .. } => {
            for (name, inode) in entries.iter() {
                let name = std::str::from_utf8(name).unwrap();
                collect(tree, inode, &format!("{path}/{name}"), files);
            }
            File::Directory { modified }
        }
        Kind::Symlink(target) => File::Symlink {
            target: String::from_utf8(target.to_vec()).unwrap(),
        },
        _ => File::Regular {
            content: tree.content(inode).unwrap().to_vec(),
            modified,
            links: stat.links,
        },
    };
    files.insert(path.to_owned(), file);
}

/// The second opinion's engine and what it has compiled, shared by all tests.
struct Opinion {
    engine: Engine,
    linker: Linker<WasiP1Ctx>,
    /// By guest.
    modules: Mutex<BTreeMap<String, Module>>,
}

impl Opinion {
    fn get() -> &'static Opinion {
        static OPINION: OnceLock<Opinion> = OnceLock::new();
        OPINION.get_or_init(|| {
            // Only what is right counts here, so that nothing is spent on optimising.
            let engine = Engine::new(Config::new().cranelift_opt_level(OptLevel::None)).unwrap();
            Opinion {
                linker: linker(&engine).unwrap(),
                engine,
                modules: Mutex::default(),
            }
        })
    }

    /// A guest's module, compiled at most once.
    fn module(&self, guest: &Guest) -> Module {
        let mut modules = self.modules.lock().unwrap();
        let compile = || Module::new(&self.engine, guest.wasm()).unwrap();
        let name = guest.name().to_owned();
        modules.entry(name).or_insert_with(compile).clone()
    }
}

/// A folder of this host that wasmtime-wasi offers to guests as `/`.
struct Folder {
    /// By command.
    guests: BTreeMap<String, Guest>,
    path: PathBuf,
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl Folder {
    fn new(guests: &[Guest]) -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("second-opinion-{}-{count}", std::process::id());
        let guests = guests
            .iter()
            .flat_map(|guest| {
                guest
                    .commands()
                    .iter()
                    .map(|command| (command.clone(), guest.clone()))
            })
            .collect();
        Folder {
            guests,
            path: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name),
        }
    }

    /// What every command starts from.
    fn workspace(&self) -> PathBuf {
        self.path.join("furnished")
    }

    fn run(&self, words: &[String], stdin: &[u8]) -> Answer {
        let root = self.path.join("root");
        let workspace = root.join(FOLDER);
        // What the last command left alone is not copied again.
        if !root.exists() {
            copy(&self.workspace(), &workspace);
            for directory in ["tmp", "home/user"] {
                fs::create_dir_all(root.join(directory)).unwrap();
            }
        }
        let before = files_in(&workspace);

        let (stdout, stderr) = (
            MemoryOutputPipe::new(1 << 24),
            MemoryOutputPipe::new(1 << 24),
        );
        let mut builder = WasiCtxBuilder::new();
        builder
            .args(words)
            .envs(&[
                ("HOME", "/home/user"),
                ("LANG", "C.UTF-8"),
                (
                    "PATH",
                    "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
                ),
                ("USER", "user"),
                ("PWD", &format!("/{FOLDER}")),
            ])
            .stdin(MemoryInputPipe::new(stdin.to_vec()))
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            .wall_clock(Stopped)
            .allow_blocking_current_thread(true);
        builder
            .preopened_dir(&root, "/", FsPerms::ReadWrite)
            .unwrap();

        let guest = &self.guests[&words[0]];
        let opinion = Opinion::get();
        let mut store = Store::new(&opinion.engine, builder.build_p1());
        let instance = opinion
            .linker
            .instantiate(&mut store, &opinion.module(guest))
            .unwrap();
        let start = instance
            .get_typed_func::<(), ()>(&mut store, "_start")
            .unwrap();
        let status = match start.call(&mut store, ()) {
            Ok(()) => 0,
            Err(error) => error.downcast::<I32Exit>().unwrap().0 as u8,
        };
        let answer = Answer {
            status,
            stdout: stdout.contents().to_vec(),
            stderr: stderr.contents().to_vec(),
            files: files_in(&workspace),
            before,
        };
        if answer.files != answer.before {
            fs::remove_dir_all(&root).unwrap();
        }
        answer
    }
}

/// Preview 1, and an `isobox_v1` that answers as a host without modes and processes does.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<WasiP1Ctx>> {
    const NOT_IMPLEMENTED: i32 = 52;
    const MODULE: &str = "isobox_v1";
    let mut linker = Linker::new(engine);
    p1::add_to_linker_sync(&mut linker, |context| context)?;
    for (name, parameters) in ISOBOX_V1 {
        let kind = |letter| match letter {
            'N' => ValType::I64,
            _ => ValType::I32,
        };
        let parameters = parameters.chars().map(kind);
        let function = FuncType::new(engine, parameters, [ValType::I32]);
        linker.func_new(MODULE, name, function, |_, _, results| {
            results[0] = Val::I32(NOT_IMPLEMENTED);
            Ok(())
        })?;
    }
    // The mask that the machine's processes begin with.
    linker.allow_shadowing(true);
    linker.func_wrap(
        MODULE,
        "process_umask",
        |mut caller: Caller<'_, WasiP1Ctx>, _mask: i32, before: i32| {
            let memory = caller.get_export("memory").and_then(Extern::into_memory);
            let mask = 0o022_u32.to_le_bytes();
            memory.map_or(NOT_IMPLEMENTED, |memory| {
                i32::from(memory.write(&mut caller, before as usize, &mask).is_err())
            })
        },
    )?;
    Ok(linker)
}

/// A clock that stands a second after the machine's beginning.
struct Stopped;

impl HostWallClock for Stopped {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(EPOCH_NS) + Duration::from_secs(1)
    }
}

/// The words of a command line.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    for letter in line.chars() {
        match letter {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// Makes the files that the commands work on: a real source tree, and what real trees seldom hold.
fn furnish(folder: &Path) {
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime"),
        &folder.join("src"),
    );
    for directory in [
        "nested/a/b/c/d",
        "links",
        "empty-directory",
        "with space",
        "été",
    ] {
        fs::create_dir_all(folder.join(directory)).unwrap();
    }
    let long: String = (1..=1000)
        .map(|number| format!("line {number}\n"))
        .collect();
    let binary: Vec<u8> = (0..3).flat_map(|_| 0..=255).collect();
    let files: &[(&str, &[u8])] = &[
        ("fruit", b"pear\napple\nquince\napple\n"),
        ("numbers", b"10\n9\n-3\n2.5\n1e2\n\n\n"),
        ("sorted", b"apple\napple\npear\nquince\n"),
        ("empty", b""),
        ("no-newline", b"the last line has none"),
        ("crlf", b"one\r\ntwo\r\n"),
        ("tabs", b"a\tb\t\tc\n        eight\n"),
        (
            "table.csv",
            b"id,name,price\n1,pear,30\n2,apple,20\n3,fig,30\n",
        ),
        ("left", b"1,pear\n2,apple\n4,fig\n"),
        ("right", b"1,green\n3,blue\n4,violet\n"),
        ("pairs", b"a b\nb c\nd c\n"),
        ("sums", b"da39a3ee5e6b4b0d3255bfef95601890afd80709  empty\n"),
        ("with space/a file", b"in a folder with a space\n"),
        ("nested/a/b/c/d/deep", b"deep\n"),
        ("long", long.as_bytes()),
        ("binary", &binary),
        ("été/naïve ☕.txt", "Grüße\n日本語\n".as_bytes()),
    ];
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
    }
    let links = [
        ("to-file", "../fruit"),
        ("to-dir", "../src"),
        ("to-empty", "../empty-directory"),
        ("up", ".."),
        ("dangling", "nowhere"),
        ("loop", "loop"),
        ("absolute", "/workspace/fruit"),
    ];
    for (name, target) in links {
        std::os::unix::fs::symlink(target, folder.join("links").join(name)).unwrap();
    }
}

/// Copies a folder of the host; everything in the copy is as old as the machine.
fn copy(from: &Path, to: &Path) {
    let metadata = fs::symlink_metadata(from).unwrap();
    if metadata.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from).unwrap(), to).unwrap();
    }
    if metadata.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        fs::write(to, fs::read(from).unwrap()).unwrap();
    }
    let begin = UNIX_EPOCH + Duration::from_nanos(EPOCH_NS);
    fs::File::open(to).unwrap().set_modified(begin).unwrap();
}

fn files_in(folder: &Path) -> BTreeMap<String, File> {
    let mut files = BTreeMap::new();
    collect_host(folder, FOLDER, &mut files);
    files
}

fn collect_host(path: &Path, name: &str, files: &mut BTreeMap<String, File>) {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::symlink_metadata(path).unwrap();
    let modified_ns = metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec();
    let modified = Modified::of(modified_ns as u64);
    let file = if metadata.is_symlink() {
        let target = fs::read_link(path).unwrap();
        File::Symlink {
            target: target.into_os_string().into_string().unwrap(),
        }
    } else if metadata.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap().file_name().into_string().unwrap();
            collect_host(&path.join(&entry), &format!("{name}/{entry}"), files);
        }
        File::Directory { modified }
    } else {
        File::Regular {
            content: fs::read(path).unwrap(),
            modified,
            links: metadata.nlink(),
        }
    };
    files.insert(name.to_owned(), file);
}

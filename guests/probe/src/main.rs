//! Tests the machine from inside.
//!
//! `probe TOPIC...` or `probe all` prints a line a topic: its name, the digest of what was seen, and how many facts that
//! were; `probe -v TOPIC...` prints the facts too. The same contract, snapshot and seed must give the same lines
//! everywhere. The other commands are hostile: each tries to take more than its share, or to fail in a certain way.
//! It calls preview 1 directly, so that no library smooths over what the machine answers.

mod clock;
mod directories;
mod facts;
mod files;
mod hostile;
mod numbers;
mod paths;
mod process;

use facts::Facts;
use isobox_guest::Arguments;

/// What looks at one side of the machine.
type Topic = fn(&mut Facts);

const TOPICS: &[(&str, Topic)] = &[
    ("args", process::args),
    ("environ", process::environ),
    ("entropy", process::entropy),
    ("clock", clock::clock),
    ("sleep", clock::sleep),
    ("readdir", directories::readdir),
    ("stat", files::stat),
    ("fds", files::fds),
    ("seek", files::seek),
    ("append", files::append),
    ("unlink", files::unlink),
    ("paths", paths::paths),
    ("names", paths::names),
    ("symlinks", paths::symlinks),
    ("errno", paths::errno),
    ("float", numbers::float),
    ("memory", numbers::memory),
    ("uninitialised", numbers::uninitialised),
    ("invalid", process::invalid),
];

const USAGE: &str = "usage: probe [-v] all | TOPIC...\n       probe spin | recurse | flood | grow | open-many N | \
    sparse BYTES | directory-bomb N | symlink-loop | trap unreachable|div0|oob";

isobox_guest::commands! {
    freeze: (),
    "probe" => probe,
}

fn probe(arguments: Arguments) -> i32 {
    let words: Vec<String> = arguments
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(status) = hostile::run(&words) {
        return status;
    }
    let verbose = words.first() == Some(&"-v");
    let names = &words[usize::from(verbose)..];
    if names.is_empty() {
        eprintln!("{USAGE}");
        return 2;
    }
    let mut status = 0;
    for name in names {
        let chosen: Vec<_> = TOPICS
            .iter()
            .filter(|(topic, _)| topic == name || *name == "all")
            .collect();
        if chosen.is_empty() {
            eprintln!("probe: no topic '{name}'\n{USAGE}");
            status = 2;
        }
        for (topic, look) in chosen {
            let mut facts = Facts::default();
            look(&mut facts);
            facts.print(topic, verbose);
        }
    }
    status
}

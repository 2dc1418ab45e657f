//! The tree itself is tested: rooms know only the rooms below, pins fit their sources, and nothing of a workplace is in it.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the front door down. A room may know those that stand below it.
const ROOMS: [(&str, &[&str]); 7] = [
    (
        "session",
        &[
            "contract",
            "host_files",
            "guests",
            "wasi",
            "machine",
            "engine",
            "limits",
            "digest",
        ],
    ),
    (
        "contract",
        &[
            "host_files",
            "guests",
            "machine",
            "engine",
            "limits",
            "digest",
        ],
    ),
    ("host_files", &["machine", "limits", "digest"]),
    ("guests", &["machine", "digest"]),
    ("wasi", &["machine", "engine", "limits", "digest"]),
    ("machine", &["limits", "digest"]),
    ("engine", &["limits", "digest"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under a folder, sorted by path, without build products.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                if name != "target" && name != ".git" {
                    pending.push(path);
                }
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources(folder: &str) -> Vec<(String, String)> {
    files(&root().join(folder))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let name = path
                .strip_prefix(root())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn a_room_knows_only_the_rooms_below_it() {
    for (room, below) in ROOMS {
        for (file, text) in sources("runtime") {
            let inside = file.starts_with(&format!("runtime/{room}/"))
                || file == format!("runtime/{room}.rs");
            if !inside {
                continue;
            }
            for (number, line) in text.lines().enumerate() {
                let Some((_, rest)) = line.split_once("crate::") else {
                    continue;
                };
                let used = rest
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .next()
                    .unwrap();
                assert!(
                    used == room || below.contains(&used),
                    "{file}:{}: `{room}` must not know `{used}`",
                    number + 1
                );
            }
        }
    }
}

#[test]
fn the_outside_world_enters_only_at_the_edges() {
    let doors = [
        "runtime/host_files/",
        "runtime/cli/",
        "runtime/main.rs",
        "runtime/engine/cache.rs",
    ];
    let outside = [
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "std::thread",
        "cap_std",
        "println!",
    ];
    for (file, text) in sources("runtime") {
        if doors.iter().any(|door| file.starts_with(door)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap();
            for name in outside {
                assert!(
                    !code.contains(name),
                    "{file}:{}: {name} is of the outside world",
                    number + 1
                );
            }
        }
    }
}

#[test]
fn the_machine_has_no_floating_point_and_no_host_time() {
    for (file, text) in sources("runtime/machine") {
        for word in [
            "f32",
            "f64",
            "Instant",
            "SystemTime",
            "HashMap",
            "HashSet",
            "wasmtime",
        ] {
            let found = text
                .lines()
                .map(|line| line.split("//").next().unwrap())
                .any(|line| {
                    line.split(|c: char| !c.is_alphanumeric())
                        .any(|token| token == word)
                });
            assert!(!found, "{file}: {word} has no place in the machine");
        }
    }
}

#[test]
fn the_pinned_guests_were_built_from_the_sources_that_are_here() {
    let guests = root().join("guests");
    let ignored = fs::read_to_string(guests.join(".gitignore")).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    let mut sources: Vec<(String, PathBuf)> = files(&guests)
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&guests)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            (name, path)
        })
        .filter(|(name, _)| {
            !ignored
                .lines()
                .any(|line| line.trim_matches('/') == name.split('/').next().unwrap())
        })
        .collect();
    sources.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    for (name, path) in sources {
        let content = fs::read(path).unwrap();
        hasher.update(name.as_bytes());
        hasher.update(&[0]);
        hasher.update(&(content.len() as u64).to_le_bytes());
        hasher.update(&content);
    }
    let digest = hasher.finalize().to_string();
    let lock = fs::read_to_string(root().join("tools/guests.lock")).unwrap();
    let locked = lock
        .lines()
        .find_map(|line| line.strip_prefix("sources = "))
        .unwrap();
    assert_eq!(
        locked.trim_matches('"'),
        digest,
        "guests/ has changed and its pinned binaries have not: run guests/build and commit tools/"
    );
}

#[test]
fn every_pinned_guest_is_what_its_lock_says() {
    for guest in isobox::Contract::default().guests {
        assert_eq!(
            isobox::Digest::of_bytes(&guest.wasm()),
            guest.digest(),
            "{}",
            guest.name()
        );
        let mut sorted = guest.commands().to_vec();
        sorted.sort();
        assert_eq!(guest.commands(), sorted, "{}", guest.name());
    }
}

#[test]
fn the_repository_speaks_of_the_product_alone() {
    // Spelled in two halves, so that this list does not find itself.
    let foreign = [
        ("/work", "/"),
        ("/root", "/"),
        ("crates", ".io/"),
        ("static.crates", ".io"),
        ("deb.debian", ".org"),
    ];
    for path in files(root()) {
        let name = path
            .strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        if name.ends_with(".lock") || name.starts_with("target") || name == ".git" {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for (first, second) in foreign {
            let word = format!("{first}{second}");
            let found = text.lines().position(|line| line.contains(&word));
            assert_eq!(found, None, "{name} names {word}");
        }
    }
}

#[test]
fn no_source_file_hides_something_behind_its_length() {
    for folder in ["runtime", "benches"] {
        for (file, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= 600, "{file} has {lines} lines: what is it hiding?");
        }
    }
}

//! `cp`: uutils' own, but for devices, which it refuses to read on WASI: `cp /dev/null FILE` empties a file.

use isobox_guest::stat::{Kind, stat};
use isobox_guest::{Arguments, plain};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Options that say nothing about a copy of a device's bytes.
const PLAIN: [&str; 4] = ["-f", "--force", "-L", "--"];

pub fn cp(arguments: Arguments) -> i32 {
    let words: Vec<OsString> = arguments.collect();
    match of_device(&words) {
        Some((source, target)) => match copy(source, target) {
            Ok(()) => 0,
            Err(message) => {
                eprintln!("cp: {message}");
                1
            }
        },
        None => uu_cp::uumain(words.into_iter()),
    }
}

/// Source and target, when a device is all there is to copy.
fn of_device(words: &[OsString]) -> Option<(&Path, &Path)> {
    let is_option = |word: &&OsString| word.len() > 1 && word.to_string_lossy().starts_with('-');
    let (options, operands): (Vec<_>, Vec<_>) = words.iter().skip(1).partition(is_option);
    let [source, target] = operands[..] else {
        return None;
    };
    let source = Path::new(source);
    let plain = options
        .iter()
        .all(|word| PLAIN.iter().any(|plain| *word == plain));
    let device = || stat(source, true).is_ok_and(|found| found.kind == Kind::CharacterDevice);
    (plain && device()).then_some((source, Path::new(target)))
}

fn copy(source: &Path, target: &Path) -> Result<(), String> {
    let target: PathBuf = match (target.is_dir(), source.file_name()) {
        (true, Some(name)) => target.join(name),
        _ => target.to_owned(),
    };
    let told = |what: &str, path: &Path, error: io::Error| {
        format!("{what} '{}': {}", path.display(), plain(&error))
    };
    let mut from = File::open(source).map_err(|error| told("cannot open", source, error))?;
    let mut to = File::create(&target).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidFilename => told("cannot stat", &target, error),
        _ => told("cannot create regular file", &target, error),
    })?;
    io::copy(&mut from, &mut to)
        .map(drop)
        .map_err(|error| told("error writing", &target, error))
}

//! `mkdir`: uutils' own forgets `-m` on WASI.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::mode::{self, Change};
use gnu::quote::{in_prose, quoted};
use gnu::words;
use isobox_guest::{Arguments, plain};
use std::io;
use std::path::Path;

static SPECS: &[Spec] = &[
    Spec("m", "mode", Takes::Value),
    Spec("p", "parents", Takes::Nothing),
    Spec("v", "verbose", Takes::Nothing),
    Spec("Z", "context", Takes::Maybe),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

/// What a directory is made with before `-m` changes it.
const ALL: u32 = 0o777;

pub fn mkdir(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("mkdir", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("mkdir", &parsed) {
        return status;
    }
    if parsed.operands.is_empty() {
        return wrong("mkdir", "missing operand");
    }
    let change = match parsed.value("mode").map(|word| (word, mode::parse(word))) {
        Some((word, None)) => {
            eprintln!("mkdir: invalid mode {}", in_prose(word));
            return 1;
        }
        Some((_, change)) => change,
        None => None,
    };
    let mkdir = Mkdir {
        change,
        parents: parsed.has("parents"),
        verbose: parsed.has("verbose"),
    };
    let mut status = 0;
    for name in &parsed.operands {
        if let Err((path, error)) = mkdir.one(Path::new(name)) {
            eprintln!(
                "mkdir: cannot create directory {}: {}",
                in_prose(&path),
                plain(&error)
            );
            status = 1;
        }
    }
    status
}

struct Mkdir {
    change: Option<Change>,
    parents: bool,
    verbose: bool,
}

impl Mkdir {
    /// An error comes with the path it is about, which may be a parent's.
    fn one(&self, path: &Path) -> Result<(), (String, io::Error)> {
        if self.parents {
            if path.is_dir() {
                return Ok(());
            }
            let above: Vec<&Path> = path
                .ancestors()
                .skip(1)
                .take_while(|path| !path.as_os_str().is_empty() && !path.is_dir())
                .collect();
            above
                .into_iter()
                .rev()
                .try_for_each(|path| self.make_parent(path))?;
        }
        self.make(path)?;
        match &self.change {
            Some(change) => isobox_guest::mode::set(path, true, change.apply(ALL, true))
                .map_err(|error| named(path, error)),
            None => Ok(()),
        }
    }

    fn make_parent(&self, path: &Path) -> Result<(), (String, io::Error)> {
        match path.exists() {
            true => Err(named(path, io::Error::from_raw_os_error(libc::ENOTDIR))),
            false => self.make(path),
        }
    }

    fn make(&self, path: &Path) -> Result<(), (String, io::Error)> {
        std::fs::create_dir(path).map_err(|error| named(path, error))?;
        if self.verbose {
            println!(
                "mkdir: created directory {}",
                quoted(&path.to_string_lossy())
            );
        }
        Ok(())
    }
}

fn named(path: &Path, error: io::Error) -> (String, io::Error) {
    (path.to_string_lossy().into_owned(), error)
}

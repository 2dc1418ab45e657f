//! `ls`, `dir` and `vdir`.
//!
//! uutils' own show no real modes, owners, links or inodes on WASI, whose library hides them.

mod entry;
mod options;
mod show;

use entry::{Entry, operand, order, read_directory};
use gnu::quote::quoted;
use isobox_guest::{Arguments, plain};
use options::{Layout, Options};
use std::io::Write as _;
use std::path::Path;

/// An operand could not be shown.
const SERIOUS: i32 = 2;
/// Something below an operand could not be shown.
const MINOR: i32 = 1;

pub fn ls(arguments: Arguments) -> i32 {
    run("ls", arguments)
}

pub fn dir(arguments: Arguments) -> i32 {
    run("dir", arguments)
}

pub fn vdir(arguments: Arguments) -> i32 {
    run("vdir", arguments)
}

fn run(command: &'static str, arguments: Arguments) -> i32 {
    let (options, mut operands) = match options::read(command, arguments) {
        Ok(read) => read,
        Err(status) => return status,
    };
    let several = operands.len() > 1;
    if operands.is_empty() {
        operands.push(".".to_owned());
    }
    let mut listing = Listing {
        command,
        options,
        out: String::new(),
        status: 0,
        titled: several,
        any: false,
    };
    listing.operands(&operands);
    listing.flush();
    listing.status
}

/// A listing under way.
struct Listing {
    command: &'static str,
    options: Options,
    out: String,
    status: i32,
    /// Whether directories are shown under their names.
    titled: bool,
    /// Whether something stands above, so that a directory's name is set off by an empty line.
    any: bool,
}

impl Listing {
    fn operands(&mut self, names: &[String]) {
        let mut found: Vec<Entry> = Vec::new();
        for name in names {
            match operand(name, &self.options) {
                Ok(entry) => found.push(entry),
                Err(error) => {
                    self.complain(&format!("cannot access {}", quoted(name)), &error, SERIOUS)
                }
            }
        }
        order(&mut found, &self.options);
        let whole = self.options.directory;
        let (directories, files): (Vec<Entry>, Vec<Entry>) = found
            .into_iter()
            .partition(|entry| !whole && entry.is_directory());
        self.titled |= self.options.recursive;
        if !files.is_empty() {
            show::show(&files, &self.options, &mut self.out);
            self.any = true;
        }
        for entry in directories {
            self.directory(&entry.path, &entry.name, SERIOUS);
        }
    }

    fn directory(&mut self, path: &Path, title: &str, severity: i32) {
        let entries = match read_directory(path, &self.options) {
            Ok(entries) => entries,
            Err(error) => {
                return self.complain(
                    &format!("cannot open directory {}", quoted(title)),
                    &error,
                    severity,
                );
            }
        };
        if self.titled {
            let gap = if self.any { "\n" } else { "" };
            self.out.push_str(&format!("{gap}{title}:\n"));
        }
        self.any = true;
        if self.options.layout == Layout::Long || self.options.blocks {
            self.out
                .push_str(&format!("total {}", show::total(&entries, &self.options)));
            self.out.push(self.options.line_end);
        }
        show::show(&entries, &self.options, &mut self.out);
        self.flush();
        if self.options.recursive {
            self.below(&entries, title);
        }
    }

    fn below(&mut self, entries: &[Entry], title: &str) {
        let title = title.trim_end_matches('/');
        for entry in entries
            .iter()
            .filter(|entry| entry.is_directory() && entry.name != "." && entry.name != "..")
        {
            self.directory(&entry.path, &format!("{title}/{}", entry.name), MINOR);
        }
    }

    /// What was listed so far goes out before a message about what comes next.
    fn complain(&mut self, what: &str, error: &std::io::Error, severity: i32) {
        self.flush();
        eprintln!("{}: {what}: {}", self.command, plain(error));
        self.status = self.status.max(severity);
    }

    fn flush(&mut self) {
        let written = std::io::stdout().write_all(self.out.as_bytes());
        self.out.clear();
        if let Err(error) = written {
            eprintln!("{}: write error: {}", self.command, plain(&error));
            self.status = SERIOUS;
        }
    }
}

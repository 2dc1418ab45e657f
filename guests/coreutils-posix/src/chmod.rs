//! `chmod`.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::mode::{self, Change};
use gnu::quote::{in_prose, quoted};
use gnu::words;
use isobox_guest::stat::{Kind, Stat, stat};
use isobox_guest::{Arguments, plain};
use std::io;
use std::path::Path;

static SPECS: &[Spec] = &[
    Spec("c", "changes", Takes::Nothing),
    Spec("f", "silent", Takes::Nothing),
    Spec("", "quiet", Takes::Nothing),
    Spec("v", "verbose", Takes::Nothing),
    Spec("R", "recursive", Takes::Nothing),
    Spec("", "reference", Takes::Value),
    Spec("", "preserve-root", Takes::Nothing),
    Spec("", "no-preserve-root", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

pub fn chmod(arguments: Arguments) -> i32 {
    let (removals, others): (Vec<String>, Vec<String>) =
        words(arguments).partition(|word| is_removal(word));
    let Some(mut parsed) = parse("chmod", others.into_iter(), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("chmod", &parsed) {
        return status;
    }
    let change = match change(&mut parsed, &removals) {
        Ok(change) => change,
        Err(status) => return status,
    };
    let mut chmod = Chmod {
        change,
        changes: parsed.has("changes"),
        verbose: parsed.has("verbose"),
        quiet: parsed.has("silent") || parsed.has("quiet"),
        recursive: parsed.has("recursive"),
        preserve_root: parsed.has("preserve-root") && !parsed.has("no-preserve-root"),
        status: 0,
    };
    for name in &parsed.operands {
        chmod.operand(name);
    }
    chmod.status
}

/// Whether the word is a mode that takes permissions away, `-x`, and no option.
fn is_removal(word: &str) -> bool {
    word.strip_prefix('-')
        .and_then(|rest| rest.chars().next())
        .is_some_and(|letter| "rwxXstugo,+=01234567".contains(letter))
}

/// The change asked for, taken off the operands; or the status to end with.
fn change(parsed: &mut Parsed, removals: &[String]) -> Result<Change, i32> {
    if let Some(reference) = parsed.value("reference") {
        let reference = reference.to_owned();
        if parsed.operands.is_empty() {
            return Err(wrong("chmod", "missing operand"));
        }
        return match stat(Path::new(&reference), true) {
            Ok(stat) => Ok(Change::Absolute(stat.mode)),
            Err(error) => {
                eprintln!(
                    "chmod: failed to get attributes of {}: {}",
                    quoted(&reference),
                    plain(&error)
                );
                Err(1)
            }
        };
    }
    if parsed.operands.is_empty() && removals.is_empty() {
        return Err(wrong("chmod", "missing operand"));
    }
    let mode = if removals.is_empty() {
        parsed.operands.remove(0)
    } else {
        removals.join(",")
    };
    if parsed.operands.is_empty() {
        return Err(wrong(
            "chmod",
            &format!("missing operand after {}", in_prose(&mode)),
        ));
    }
    mode::parse(&mode).ok_or_else(|| wrong("chmod", &format!("invalid mode: {}", in_prose(&mode))))
}

struct Chmod {
    change: Change,
    changes: bool,
    verbose: bool,
    quiet: bool,
    recursive: bool,
    preserve_root: bool,
    status: i32,
}

impl Chmod {
    fn operand(&mut self, name: &str) {
        let path = Path::new(name);
        if self.recursive && self.preserve_root && path == Path::new("/") {
            self.status = 1;
            eprintln!("chmod: it is dangerous to operate recursively on '/'");
            return eprintln!("chmod: use --no-preserve-root to override this failsafe");
        }
        match stat(path, true) {
            Ok(stat) => self.tree(path, stat),
            Err(_) if isobox_guest::stat::stat(path, false).is_ok() => {
                self.complain(&format!(
                    "cannot operate on dangling symlink {}",
                    quoted(name)
                ));
            }
            Err(error) => self.fail("cannot access", path, &error),
        }
    }

    fn tree(&mut self, path: &Path, stat: Stat) {
        self.one(path, &stat);
        if self.recursive && stat.kind == Kind::Directory {
            match std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
                Ok(entries) => entries.iter().for_each(|entry| self.below(&entry.path())),
                Err(error) => self.fail("cannot read directory", path, &error),
            }
        }
    }

    /// Links met on the way are left alone, as GNU does.
    fn below(&mut self, path: &Path) {
        match stat(path, false) {
            Ok(stat) if stat.kind == Kind::Symlink => {
                if self.verbose {
                    println!(
                        "neither symbolic link {} nor referent has been changed",
                        quoted(&path.to_string_lossy())
                    );
                }
            }
            Ok(stat) => self.tree(path, stat),
            Err(error) => self.fail("cannot access", path, &error),
        }
    }

    fn one(&mut self, path: &Path, stat: &Stat) {
        let mode = self.change.apply(stat.mode, stat.kind == Kind::Directory);
        if let Err(error) = isobox_guest::mode::set(path, true, mode) {
            return self.fail("changing permissions of", path, &error);
        }
        let name = quoted(&path.to_string_lossy());
        let letters = |mode| Stat { mode, ..*stat }.letters()[1..].to_owned();
        if mode != stat.mode && (self.verbose || self.changes) {
            println!(
                "mode of {name} changed from {:04o} ({}) to {mode:04o} ({})",
                stat.mode,
                letters(stat.mode),
                letters(mode)
            );
        } else if mode == stat.mode && self.verbose {
            println!("mode of {name} retained as {mode:04o} ({})", letters(mode));
        }
    }

    fn fail(&mut self, what: &str, path: &Path, error: &io::Error) {
        self.complain(&format!(
            "{what} {}: {}",
            quoted(&path.to_string_lossy()),
            plain(error)
        ));
    }

    fn complain(&mut self, message: &str) {
        self.status = 1;
        if !self.quiet {
            eprintln!("chmod: {message}");
        }
    }
}

//! The walk over the trees.

use super::evaluate::{Evaluator, Visit};
use super::expression::{Options, Program};
use crate::help::quoted;
use isobox_guest::plain;
use isobox_guest::stat::{Kind, Stat, stat};
use std::io::{self, Write};
use std::path::Path;

/// Walks from each start and answers the status.
pub fn run(starts: &[String], program: Program) -> i32 {
    let mut walk = Walk {
        evaluator: Evaluator::new(&program),
        options: &program.options,
        above: Vec::new(),
        device: 0,
    };
    for start in starts {
        walk.start(start);
        if walk.evaluator.quit {
            break;
        }
    }
    walk.evaluator.finish()
}

struct Walk<'a> {
    evaluator: Evaluator<'a>,
    options: &'a Options,
    /// The directories that the walk is in, for loops of links.
    above: Vec<(u64, u64, String)>,
    device: u64,
}

impl Walk<'_> {
    fn start(&mut self, start: &str) {
        let stat = match look(start, self.options.follow_starts) {
            Ok(stat) => stat,
            Err(error) => return self.evaluator.complain(start, &error),
        };
        self.device = stat.device;
        let visit = Visit::new(start, 0, start.len(), stat.kind, Some(stat));
        self.visit(&visit);
    }

    /// Evaluates one file, and what is below it before or afterwards.
    fn visit(&mut self, visit: &Visit) {
        let directory = visit.kind == Kind::Directory;
        if directory && self.options.follow && self.is_loop(visit) {
            return;
        }
        let deep = directory && visit.depth < self.options.max_depth && self.on_device(visit);
        let shown = visit.depth >= self.options.min_depth;
        if self.options.depth_first {
            if deep {
                self.enter(visit);
            }
            if shown && !self.evaluator.quit {
                self.evaluator.evaluate(visit);
            }
            return;
        }
        let pruned = shown && self.evaluator.evaluate(visit);
        if deep && !pruned && !self.evaluator.quit {
            self.enter(visit);
        }
    }

    /// Whether the walk may go on to where a directory is mounted.
    fn on_device(&self, visit: &Visit) -> bool {
        let device = || visit.stat(self.options.follow).map(|stat| stat.device);
        !self.options.one_device || device() == Some(self.device)
    }

    /// Whether links have led back to a directory that the walk is in. Says so.
    fn is_loop(&mut self, visit: &Visit) -> bool {
        let Some(stat) = visit.stat(true) else {
            return false;
        };
        let above = self
            .above
            .iter()
            .find(|(device, inode, _)| (*device, *inode) == (stat.device, stat.inode));
        let Some((_, _, path)) = above else {
            return false;
        };
        let message = format!(
            "File system loop detected; {} is part of the same file system loop as {}.",
            quoted(visit.path),
            quoted(path)
        );
        self.evaluator.warn(&message);
        true
    }

    fn enter(&mut self, visit: &Visit) {
        let mut entries = match read(visit.path) {
            Ok(entries) => entries,
            Err(error) => return self.evaluator.complain(visit.path, &error),
        };
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        if self.options.follow
            && let Some(stat) = visit.stat(true)
        {
            self.above
                .push((stat.device, stat.inode, visit.path.to_owned()));
        }
        let mut path = visit.path.to_owned();
        if !path.ends_with('/') {
            path.push('/');
        }
        let length = path.len();
        for (name, kind) in entries {
            path.truncate(length);
            path.push_str(&name);
            let visit = match kind {
                Some(kind) if kind != Kind::Symlink || !self.options.follow => {
                    Visit::new(&path, visit.depth + 1, visit.start, kind, None)
                }
                _ => match look(&path, self.options.follow) {
                    Ok(stat) => {
                        Visit::new(&path, visit.depth + 1, visit.start, stat.kind, Some(stat))
                    }
                    Err(error) => {
                        self.evaluator.complain(&path, &error);
                        continue;
                    }
                },
            };
            self.visit(&visit);
            if self.evaluator.quit {
                break;
            }
        }
        if self.options.follow {
            self.above.pop();
        }
    }
}

/// The names in a directory, and their kinds where the directory tells them.
fn read(path: &str) -> io::Result<Vec<(String, Option<Kind>)>> {
    std::fs::read_dir(path)?
        .map(|entry| {
            let entry = entry?;
            let kind = entry.file_type().ok().and_then(|kind| {
                if kind.is_file() {
                    Some(Kind::Regular)
                } else if kind.is_dir() {
                    Some(Kind::Directory)
                } else if kind.is_symlink() {
                    Some(Kind::Symlink)
                } else {
                    None
                }
            });
            Ok((entry.file_name().to_string_lossy().into_owned(), kind))
        })
        .collect()
}

/// A file's `stat`; a link that leads nowhere is itself, one that leads to itself is an error.
pub fn look(path: &str, follow: bool) -> io::Result<Stat> {
    let path = Path::new(path);
    if !follow {
        return stat(path, false);
    }
    stat(path, true).or_else(|error| match error.raw_os_error() {
        Some(libc::ELOOP) => Err(error),
        _ => stat(path, false),
    })
}

/// Says that standard output cannot be written, and ends.
pub fn output_failed(error: &io::Error) -> ! {
    let _ = writeln!(io::stderr(), "find: ‘standard output’: {}", plain(error));
    std::process::exit(1)
}

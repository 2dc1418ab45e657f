//! The evaluation of the expression at one file.

use super::expression::{
    ModeTest, Node, Options, Predicate, Program, Sink, When, Which, nanoseconds,
};
use super::printf;
use super::walk::{look, output_failed};
use crate::help::quoted;
use isobox_guest::plain;
use isobox_guest::stat::{FILE_GID, FILE_UID, Kind, Stat, stat};
use std::cell::OnceCell;
use std::io::{self, BufWriter, Stdout, Write};
use std::path::Path;

/// The file that the walk is at.
pub struct Visit<'a> {
    pub path: &'a str,
    pub depth: usize,
    /// How long the place to start from is, as it was given.
    pub start: usize,
    pub kind: Kind,
    stat: OnceCell<Option<Stat>>,
}

impl<'a> Visit<'a> {
    pub fn new(path: &'a str, depth: usize, start: usize, kind: Kind, known: Option<Stat>) -> Self {
        let stat = OnceCell::new();
        if known.is_some() {
            let _ = stat.set(known);
        }
        Self {
            path,
            depth,
            start,
            kind,
            stat,
        }
    }

    /// What is known of the file, looked up when it is first asked for.
    pub fn stat(&self, follow: bool) -> Option<Stat> {
        *self.stat.get_or_init(|| look(self.path, follow).ok())
    }

    /// The last component.
    pub fn name(&self) -> &'a str {
        let path = self.path.trim_end_matches('/');
        match path {
            "" => "/",
            path => path.rsplit('/').next().unwrap_or(path),
        }
    }
}

/// What the evaluation needs and gathers.
pub struct Evaluator<'a> {
    program: &'a Program,
    pub output: BufWriter<Stdout>,
    pub status: i32,
    pub quit: bool,
    pruned: bool,
}

impl<'a> Evaluator<'a> {
    pub fn new(program: &'a Program) -> Self {
        Self {
            program,
            output: BufWriter::with_capacity(1 << 16, io::stdout()),
            status: 0,
            quit: false,
            pruned: false,
        }
    }

    fn options(&self) -> &'a Options {
        &self.program.options
    }

    /// Evaluates the expression; answers whether the directory is not to be entered.
    pub fn evaluate(&mut self, visit: &Visit) -> bool {
        self.pruned = false;
        let program = self.program;
        self.node(&program.root, visit);
        self.pruned
    }

    /// Runs what was gathered, and answers the status.
    pub fn finish(mut self) -> i32 {
        for exec in &self.program.gathering {
            self.flush();
            if !exec.borrow_mut().run_gathered() {
                self.status = 1;
            }
        }
        self.flush();
        self.status
    }

    /// Says what is wrong with a file; the walk goes on.
    pub fn complain(&mut self, path: &str, error: &io::Error) {
        self.warn(&format!("{}: {}", quoted(path), plain(error)));
    }

    pub fn warn(&mut self, message: &str) {
        self.flush();
        eprintln!("find: {message}");
        self.status = 1;
    }

    fn flush(&mut self) {
        if let Err(error) = self.output.flush() {
            output_failed(&error);
        }
    }

    fn node(&mut self, node: &'a Node, visit: &Visit) -> bool {
        match node {
            Node::And(left, right) => {
                self.node(left, visit) && !self.quit && self.node(right, visit)
            }
            Node::Or(left, right) => {
                self.node(left, visit) || (!self.quit && self.node(right, visit))
            }
            Node::Comma(left, right) => {
                self.node(left, visit);
                !self.quit && self.node(right, visit)
            }
            Node::Not(inner) => !self.node(inner, visit),
            Node::Leaf(predicate) => self.predicate(predicate, visit),
        }
    }

    fn predicate(&mut self, predicate: &'a Predicate, visit: &Visit) -> bool {
        match predicate {
            Predicate::Constant(answer) => *answer,
            Predicate::Name(glob) => glob.matches(visit.name()),
            Predicate::Path(glob) => glob.matches(visit.path),
            Predicate::LinkContent(glob) => link_content(visit).is_some_and(|it| glob.matches(&it)),
            Predicate::Regex(pattern) => pattern.matches(visit.path),
            Predicate::Type(kinds) => kinds.contains(&visit.kind),
            Predicate::OtherType(kinds) => kinds.contains(&self.other_kind(visit)),
            Predicate::Empty => self.empty(visit),
            Predicate::Access(bit) => {
                stat(Path::new(visit.path), true).is_ok_and(|stat| stat.mode & bit != 0)
            }
            Predicate::Prune => {
                self.pruned = true;
                true
            }
            Predicate::Quit => {
                self.quit = true;
                true
            }
            Predicate::Delete => self.delete(visit),
            Predicate::Print(sink, end) => {
                let line = [visit.path.as_bytes(), &[*end]].concat();
                self.write(sink, &line)
            }
            Predicate::Printf(sink, format) => {
                let text = format.apply(visit, self.options().follow);
                self.write(sink, text.as_bytes())
            }
            Predicate::List(sink) => match visit.stat(self.options().follow) {
                Some(stat) => {
                    let line = printf::listing(visit, &stat, self.options().now);
                    self.write(sink, line.as_bytes())
                }
                None => true,
            },
            Predicate::Exec(exec) => {
                self.flush();
                exec.borrow_mut().meet(visit, &mut self.status)
            }
            _ => visit
                .stat(self.options().follow)
                .is_some_and(|stat| of_stat(predicate, &stat)),
        }
    }

    fn write(&mut self, sink: &Sink, bytes: &[u8]) -> bool {
        let written = match sink {
            None => self.output.write_all(bytes),
            Some(file) => file.borrow_mut().write_all(bytes),
        };
        if let Err(error) = written {
            output_failed(&error);
        }
        true
    }

    /// What `-xtype` looks at: where the link leads, or with `-L` the link itself.
    fn other_kind(&self, visit: &Visit) -> Kind {
        let follow = !self.options().follow;
        look(visit.path, follow).map_or(visit.kind, |stat| stat.kind)
    }

    fn empty(&mut self, visit: &Visit) -> bool {
        match visit.kind {
            Kind::Regular => visit
                .stat(self.options().follow)
                .is_some_and(|stat| stat.bytes == 0),
            Kind::Directory => match std::fs::read_dir(visit.path) {
                Ok(mut entries) => entries.next().is_none(),
                Err(error) => {
                    self.complain(visit.path, &error);
                    false
                }
            },
            _ => false,
        }
    }

    fn delete(&mut self, visit: &Visit) -> bool {
        if visit.path == "." {
            return true;
        }
        let is_directory = visit.kind == Kind::Directory && !Path::new(visit.path).is_symlink();
        let removed = match is_directory {
            true => std::fs::remove_dir(visit.path),
            false => std::fs::remove_file(visit.path),
        };
        if let Err(error) = removed {
            self.warn(&format!(
                "cannot delete {}: {}",
                quoted(visit.path),
                plain(&error)
            ));
            return false;
        }
        true
    }
}

/// The tests that are of what `stat` tells.
fn of_stat(predicate: &Predicate, stat: &Stat) -> bool {
    match predicate {
        Predicate::Size(count, unit) => count.holds(stat.bytes.div_ceil(*unit) as i64),
        Predicate::Time(which, when) => happened(*when, time_of(stat, *which)),
        Predicate::Mode(ModeTest::Exactly, mode) => stat.mode == *mode,
        Predicate::Mode(ModeTest::All, mode) => stat.mode & mode == *mode,
        Predicate::Mode(ModeTest::Any, mode) => *mode == 0 || stat.mode & mode != 0,
        Predicate::Links(count) => count.holds(stat.links as i64),
        Predicate::Inode(number) => number.holds(stat.inode as i64),
        Predicate::Same(device, inode) => (stat.device, stat.inode) == (*device, *inode),
        Predicate::User(number) => number.holds(FILE_UID.into()),
        Predicate::Group(number) => number.holds(FILE_GID.into()),
        _ => false,
    }
}

fn time_of(stat: &Stat, which: Which) -> i128 {
    nanoseconds(match which {
        Which::Accessed => stat.accessed,
        Which::Changed => stat.changed,
        Which::Modified => stat.modified,
    })
}

fn happened(when: When, time: i128) -> bool {
    match when {
        When::After(moment) => time > moment,
        When::Before(moment) => time < moment,
        When::Within(moment, span) => time > moment && time <= moment + span,
    }
}

/// What a symbolic link holds.
pub fn link_content(visit: &Visit) -> Option<String> {
    if visit.kind != Kind::Symlink {
        return None;
    }
    let content = std::fs::read_link(visit.path).ok()?;
    Some(content.to_string_lossy().into_owned())
}

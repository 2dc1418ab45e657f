//! The expression as it is evaluated.

use super::exec::Exec;
use super::pattern::Pattern;
use super::printf::Format;
use gnu::glob::Glob;
use gnu::time;
use isobox_guest::stat::{Kind, Time};
use std::cell::RefCell;
use std::fs::File;
use std::io::BufWriter;
use std::rc::Rc;

/// What was asked for beside the expression.
pub struct Options {
    pub follow: bool,
    pub follow_starts: bool,
    pub depth_first: bool,
    pub max_depth: usize,
    pub min_depth: usize,
    pub one_device: bool,
    /// What ages of days are counted from, a day ahead: now, or the end of today with `-daystart`.
    pub day_end: Time,
    pub now: Time,
}

impl Options {
    pub fn new() -> Self {
        let now = time::now();
        Self {
            follow: false,
            follow_starts: false,
            depth_first: false,
            max_depth: usize::MAX,
            min_depth: 0,
            one_device: false,
            day_end: now,
            now,
        }
    }
}

/// A parsed command line.
pub struct Program {
    pub options: Options,
    pub root: Node,
    /// The commands that gather names and run at the end.
    pub gathering: Vec<Rc<RefCell<Exec>>>,
}

/// An expression.
pub enum Node {
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Comma(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Leaf(Predicate),
}

/// A number with `+`, `-` or nothing before it.
#[derive(Clone, Copy, Debug)]
pub enum Compare {
    More(i64),
    Less(i64),
    Equal(i64),
}

impl Compare {
    pub fn holds(self, value: i64) -> bool {
        match self {
            Self::More(than) => value > than,
            Self::Less(than) => value < than,
            Self::Equal(to) => value == to,
        }
    }
}

/// Which of a file's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Accessed,
    Changed,
    Modified,
}

/// A moment that a file's time is compared with, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub enum When {
    After(i128),
    Before(i128),
    /// Within so many nanoseconds after it.
    Within(i128, i128),
}

/// Where an action writes.
pub type Sink = Option<Rc<RefCell<BufWriter<File>>>>;

/// A test or an action.
pub enum Predicate {
    Constant(bool),
    Name(Glob),
    Path(Glob),
    LinkContent(Glob),
    Regex(Pattern),
    Type(Vec<Kind>),
    /// `-xtype`: of what the link leads to, or the other way round.
    OtherType(Vec<Kind>),
    Size(Compare, u64),
    Time(Which, When),
    Mode(ModeTest, u32),
    Empty,
    Links(Compare),
    Inode(Compare),
    Same(u64, u64),
    User(Compare),
    Group(Compare),
    Access(u32),
    Prune,
    Quit,
    Delete,
    Print(Sink, u8),
    Printf(Sink, Format),
    List(Sink),
    Exec(Rc<RefCell<Exec>>),
}

/// How `-perm` compares.
#[derive(Clone, Copy, Debug)]
pub enum ModeTest {
    Exactly,
    All,
    Any,
}

/// A time in nanoseconds.
pub fn nanoseconds(time: Time) -> i128 {
    i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanoseconds)
}

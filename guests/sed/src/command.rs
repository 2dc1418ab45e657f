//! A parsed script.

use crate::address::{Address, End};
use posix_regex::Regex;
use std::rc::Rc;

/// A pattern; nothing is the one that was used last.
pub type Pattern = Option<Rc<Regex>>;

pub struct Command {
    pub first: Option<Address>,
    pub last: Option<End>,
    pub negated: bool,
    pub action: Action,
}

pub enum Action {
    /// `{`: where the block ends.
    Block(usize),
    BlockEnd,
    /// `:`, `#` and `v`.
    Nothing,
    Append(Vec<u8>),
    Insert(Vec<u8>),
    Change(Vec<u8>),
    Branch(Target),
    BranchIf(Target),
    BranchUnless(Target),
    Delete,
    DeleteLine,
    FileName,
    Get,
    GetAppend,
    Hold,
    HoldAppend,
    List(Option<usize>),
    Next,
    NextAppend,
    Number,
    Print,
    PrintLine,
    Quit(i32),
    QuitSilently(i32),
    ReadFile(Vec<u8>),
    ReadLine(Vec<u8>),
    Substitute(Box<Substitution>),
    Write(usize),
    WriteLine(usize),
    Exchange,
    Transliterate(Box<Table>),
    Zap,
}

/// Where a branch leads: a command's number, or the end of the script.
pub type Target = usize;

pub struct Substitution {
    pub pattern: Pattern,
    pub replacement: Vec<Part>,
    pub global: bool,
    /// Which match is replaced first, from 1.
    pub number: u64,
    pub print: bool,
    pub file: Option<usize>,
}

/// A piece of a replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(Vec<u8>),
    Group(usize),
    Case(Case),
}

/// `\U`, `\L`, `\E`, `\u`, `\l`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    Upper,
    Lower,
    Neither,
    NextUpper,
    NextLower,
}

/// `y`: bytes, and beyond them characters.
pub struct Table {
    pub bytes: [u8; 256],
    pub characters: Vec<(Vec<u8>, Vec<u8>)>,
}

pub struct Program {
    pub commands: Vec<Command>,
    /// The files that `w` writes to; the first two are standard output and standard error.
    pub files: Vec<Vec<u8>>,
}

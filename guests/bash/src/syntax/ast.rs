//! The tree that is run, in the shape the executor wants: lines instead of spans, words that keep their
//! source text and are taken apart when they are first expanded, and everything serialisable, because a subshell that is a
//! process of its own is handed its commands and functions.

use std::cell::OnceCell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::expand::word::ParsedWord;
use crate::text::Text;

/// A parsed script, or the part of one that was read at once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Program {
    /// Top-level commands: each is run before the next is looked at, and an error of the kind `Discard` ends one of them.
    pub commands: Vec<List>,
}

/// Commands one after another.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct List(pub Vec<ListItem>);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListItem {
    pub chain: Chain,
    /// Ended by `&`.
    pub background: bool,
    /// Ended by a newline, without `;` or `&`: it is printed so inside `$( )`.
    pub ended_by_newline: bool,
}

/// Pipelines joined by `&&` and `||`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chain {
    pub first: Pipeline,
    pub rest: Vec<(Connector, Pipeline)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Connector {
    And,
    Or,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pipeline {
    pub time: Option<TimeFormat>,
    pub negated: bool,
    /// At least one; `|&` has become a redirection `2>&1` of the left command. Empty only after a bare `time` or `!`.
    pub commands: Vec<Command>,
}

/// How `time` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeFormat {
    /// `TIMEFORMAT`, or bash's own.
    Bash,
    /// `time -p`.
    Posix,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Command {
    /// Where it begins.
    pub line: u32,
    pub kind: CommandKind,
    /// In the order in which they are made. Those of a function definition belong to its body.
    pub redirects: Vec<Redirect>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum CommandKind {
    Simple(Simple),
    Group(List),
    Subshell(List),
    If {
        /// Conditions and what follows each.
        branches: Vec<(List, List)>,
        otherwise: Option<List>,
    },
    While {
        condition: List,
        body: List,
        /// `until`.
        until: bool,
    },
    For {
        variable: Text,
        /// `None` without `in`: the positional parameters.
        words: Option<Vec<Word>>,
        body: List,
    },
    ArithmeticFor {
        initial: Option<Arithmetic>,
        condition: Option<Arithmetic>,
        update: Option<Arithmetic>,
        body: List,
    },
    Select {
        variable: Text,
        words: Option<Vec<Word>>,
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<CaseArm>,
    },
    /// `(( … ))`.
    Arithmetic(Arithmetic),
    /// `[[ … ]]`.
    Condition(Condition),
    Function(Rc<Function>),
    Coprocess {
        name: Option<Word>,
        body: Box<Command>,
    },
}

/// Assignments and words. `a=1 b=2 env x`: two assignments, two arguments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Simple {
    pub assignments: Vec<Assignment>,
    pub arguments: Vec<Argument>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Argument {
    Word(Word),
    /// A word that looks like an assignment behind the command's name: an assignment for `declare` and its like, an ordinary word
    /// for everything else.
    Assignment(Assignment, Word),
}

/// `name=value`, `name[subscript]+=value`, `name=(…)`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Assignment {
    pub name: Text,
    /// The text between the brackets, not expanded.
    pub subscript: Option<Word>,
    pub append: bool,
    pub value: AssignmentValue,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum AssignmentValue {
    Scalar(Word),
    Array(Vec<ArrayElement>),
}

/// `word`, `[key]=word` or `[key]+=word` between the parentheses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArrayElement {
    pub key: Option<Word>,
    pub append: bool,
    pub value: Word,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseArm {
    pub patterns: Vec<Word>,
    pub body: List,
    pub after: AfterArm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AfterArm {
    /// `;;`
    Leave,
    /// `;&`
    FallThrough,
    /// `;;&`
    TryNext,
}

/// A defined function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Function {
    pub name: Text,
    /// The body with its redirections; `body.line` is where it begins.
    pub body: Command,
    /// The file it was defined in, as `BASH_SOURCE` shows it; filled in when it is defined.
    pub source: Text,
    /// Where the definition stands.
    pub line: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Condition {
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Parenthesised(Box<Condition>),
    /// `-f word`; the operator as it is written. A word alone is `-n`, marked by an empty operator.
    Unary(Text, Word),
    /// `word == word`; the operator as it is written.
    Binary(Text, Word, Word),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Redirect {
    pub descriptor: RedirectDescriptor,
    pub kind: RedirectKind,
    pub line: u32,
}

/// Which descriptor is redirected.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RedirectDescriptor {
    /// 0 for input, 1 for output.
    Default,
    Number(u32),
    /// `{name}>file`.
    Variable(Text),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RedirectKind {
    /// `<`
    Read(Word),
    /// `>`
    Write(Word),
    /// `>|`
    Clobber(Word),
    /// `>>`
    Append(Word),
    /// `<>`
    ReadWrite(Word),
    /// `<&word`: a number, `-`, a number and `-`.
    DuplicateInput(Word),
    /// `>&word`: the same; another word is a file for both outputs.
    DuplicateOutput(Word),
    /// `&>word`, `&>>word`
    OutputAndError {
        word: Word,
        append: bool,
    },
    HereDocument(Rc<HereDocument>),
    /// `<<<`
    HereString(Word),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HereDocument {
    /// As it stands behind `<<`, quotes included.
    pub delimiter: Text,
    /// `<<-`; the tabs are already gone from the body.
    pub strip_tabs: bool,
    /// The delimiter was not quoted.
    pub expand: bool,
    pub body: Body,
}

/// The text of a here-document, which comes to its redirection later than everything else.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Word", into = "Word")]
pub struct Body(OnceCell<Word>);

impl Body {
    pub(super) fn fill(&self, word: Word) {
        let _ = self.0.set(word);
    }
}

impl std::ops::Deref for Body {
    type Target = Word;

    fn deref(&self) -> &Word {
        self.0.get_or_init(|| Word::new(""))
    }
}

impl From<Word> for Body {
    fn from(word: Word) -> Body {
        Body(OnceCell::from(word))
    }
}

impl From<Body> for Word {
    fn from(body: Body) -> Word {
        (*body).clone()
    }
}

/// A word as it stands in the source. What it consists of is found when it is first needed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Word {
    pub raw: Text,
    #[serde(skip)]
    pub(crate) parsed: OnceCell<Rc<ParsedWord>>,
}

impl Word {
    pub fn new(raw: impl Into<Text>) -> Word {
        Word {
            raw: raw.into(),
            parsed: OnceCell::new(),
        }
    }
}

/// An arithmetic expression as it stands in the source. `parsed` keeps what the evaluator makes of it when it needs no expansion.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arithmetic {
    pub word: Word,
    #[serde(skip)]
    pub(crate) parsed: OnceCell<Rc<crate::arithmetic::Compiled>>,
}

impl Arithmetic {
    pub fn new(raw: impl Into<Text>) -> Arithmetic {
        Arithmetic {
            word: Word::new(raw),
            parsed: OnceCell::new(),
        }
    }
}

//! A parsed program.

use crate::value::Value;
use posix_regex::Regex;
use std::rc::Rc;

/// What can be assigned to.
#[derive(Clone, Debug)]
pub enum Place {
    Global(usize),
    Local(usize),
    Field(Box<Expr>),
    Element(ArrayRef, Vec<Expr>),
}

/// An array: a variable, or an element that is an array.
#[derive(Clone, Debug)]
pub enum ArrayRef {
    Global(usize),
    Local(usize),
    Element(Box<ArrayRef>, Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
}

/// Where `getline` reads from.
#[derive(Clone, Debug)]
pub enum Source {
    Main,
    File(Box<Expr>),
    Command(Box<Expr>),
}

/// A regular expression that stands in the program.
#[derive(Clone)]
pub struct Literal(pub Rc<Regex>, pub Value);

impl std::fmt::Debug for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{:?}/", self.1)
    }
}

#[derive(Clone, Debug)]
pub enum Expr {
    Constant(Value),
    Regex(Literal),
    Place(Place),
    /// An array's name where a value or an array can stand: an argument.
    Array(ArrayRef),
    Assign(Place, Box<Expr>),
    AssignWith(Arithmetic, Place, Box<Expr>, u32),
    /// By how much, and whether the value before is wanted.
    Step(Place, f64, bool),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Positive(Box<Expr>),
    Binary(Arithmetic, Box<Expr>, Box<Expr>, u32),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// Whether it is to match.
    Match(Box<Expr>, Box<Expr>, bool),
    In(Vec<Expr>, ArrayRef),
    Concat(Vec<Expr>),
    Call(usize, Vec<Expr>, u32),
    Builtin(Builtin, Vec<Expr>, u32),
    Getline(Source, Option<Place>),
    /// In parentheses.
    Group(Box<Expr>),
    /// `(a, b)`, before `in` or after `print`.
    List(Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builtin {
    And,
    Asort,
    Asorti,
    Atan2,
    Close,
    Compl,
    Cos,
    Exp,
    Fflush,
    Gensub,
    Gsub,
    Index,
    Int,
    Isarray,
    Length,
    Log,
    Lshift,
    Match,
    Mktime,
    Or,
    Patsplit,
    Rand,
    Rshift,
    Sin,
    Split,
    Sprintf,
    Sqrt,
    Srand,
    Strftime,
    Strtonum,
    Sub,
    Substr,
    System,
    Systime,
    Tolower,
    Toupper,
    Typeof,
    Xor,
}

/// Where `print` prints to.
#[derive(Clone, Debug)]
pub enum Target {
    Standard,
    File(Expr),
    Append(Expr),
    Pipe(Expr),
}

#[derive(Clone, Debug)]
pub enum Statement {
    Expression(Expr),
    Print(Vec<Expr>, Target),
    Printf(Vec<Expr>, Target),
    If(Expr, Box<Statement>, Option<Box<Statement>>),
    While(Expr, Box<Statement>),
    Do(Box<Statement>, Expr),
    For(
        Option<Box<Statement>>,
        Option<Expr>,
        Option<Box<Statement>>,
        Box<Statement>,
    ),
    ForIn(Place, ArrayRef, Box<Statement>),
    Switch(Expr, Vec<Case>),
    Block(Vec<Statement>),
    Next,
    NextFile,
    Exit(Option<Expr>),
    Return(Option<Expr>),
    Break,
    Continue,
    Delete(ArrayRef, Vec<Expr>),
    DeleteAll(ArrayRef),
    /// Notes the line of the program, for messages.
    Line(u32),
}

/// What `case` names (nothing: `default`), and what follows.
#[derive(Clone, Debug)]
pub struct Case(pub Option<Expr>, pub Vec<Statement>);

#[derive(Clone, Debug)]
pub enum Pattern {
    Always,
    Single(Expr),
    Range(Expr, Expr),
}

/// A rule; without an action it prints.
#[derive(Clone, Debug)]
pub struct Rule {
    pub pattern: Pattern,
    pub action: Option<Vec<Statement>>,
}

#[derive(Clone, Debug, Default)]
pub struct Function {
    pub name: String,
    pub parameters: Vec<String>,
    /// Which of them are arrays.
    pub arrays: Vec<bool>,
    pub body: Vec<Statement>,
    pub defined: bool,
}

#[derive(Default)]
pub struct Program {
    pub begin: Vec<Vec<Statement>>,
    pub rules: Vec<Rule>,
    pub end: Vec<Vec<Statement>>,
    pub functions: Vec<Function>,
    /// The names of the global variables; the first ones are awk's own.
    pub globals: Vec<String>,
    /// Which of them are arrays.
    pub arrays: Vec<bool>,
}

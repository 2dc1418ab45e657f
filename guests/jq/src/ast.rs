//! A program as it is evaluated. Names are resolved: a variable or function is the number of steps down the environment.

use crate::value::Value;

/// A node, which lives as long as the program runs.
pub type Ref = &'static Node;

/// What a native function is: the input and the arguments to a value.
pub type Native = fn(&Value, &[Value]) -> Result<Value, Value>;

/// A filter.
pub enum Node {
    Identity,
    Literal(Value),
    /// `@name` on the input.
    Format(&'static str),
    /// A string with interpolations, each in a format.
    Interpolated(&'static str, Vec<Piece>),
    Array(Option<Ref>),
    Object(Vec<(Ref, Ref)>),
    Negate(Ref),
    Pipe(Ref, Ref),
    Comma(Ref, Ref),
    Binary(Operator, Ref, Ref),
    And(Ref, Ref),
    Or(Ref, Ref),
    Alternative(Ref, Ref),
    Assign(Ref, Ref),
    Update(Ref, Ref),
    /// `+=` and the like.
    Arithmetic(Operator, Ref, Ref),
    /// `//=`
    DefaultUpdate(Ref, Ref),
    If(Ref, Ref, Option<Ref>),
    Try(Ref, Option<Ref>),
    Index(Ref, Ref),
    Slice(Ref, Option<Ref>, Option<Ref>),
    Iterate(Ref),
    /// A source, patterns that are tried in turn, how many variables they bind together, and the body.
    As(Ref, Vec<Pattern>, usize, Ref),
    Reduce(Ref, Vec<Pattern>, usize, Ref, Ref),
    Foreach(Ref, Vec<Pattern>, usize, Ref, Ref, Option<Ref>),
    Label(Ref),
    Break(usize),
    Variable(usize),
    /// `$ENV`
    Environment,
    /// A function, and a body in which it is known.
    Define(&'static Function, Ref),
    Call(usize, Vec<Ref>),
    CallGlobal(usize, Vec<Ref>),
    Native(Native, Vec<Ref>),
    Special(Special, Vec<Ref>),
}

/// A part of a string.
pub enum Piece {
    Text(String),
    Filter(Ref),
}

/// A function's parameters, and its body.
pub struct Function {
    /// Whether each parameter is a value too: `$name`.
    pub parameters: Vec<bool>,
    pub body: Ref,
}

/// What is bound out of a value. Variables are numbered in the order of their first appearance.
pub enum Pattern {
    Variable(usize),
    Array(Vec<Pattern>),
    /// The variable that a key is, the key, and what is below it.
    Object(Vec<(Option<usize>, Ref, Option<Pattern>)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Functions whose arguments are filters, or that do more than answer a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    Empty,
    Error,
    Path,
    GetPath,
    Range,
    Limit,
    First,
    IsEmpty,
    Until,
    While,
    Repeat,
    Recurse,
    Any,
    All,
    SortBy,
    GroupBy,
    MinBy,
    MaxBy,
    UniqueBy,
    Input,
    Inputs,
    InputFilename,
    Debug,
    Stderr,
    Halt,
    HaltError,
    Select,
    Map,
    Paths,
    Builtins,
}

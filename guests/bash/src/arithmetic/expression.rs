//! A compiled expression.

use crate::syntax::ast::Arithmetic;
use crate::text::Text;

/// An expression with its text, which messages show.
#[derive(Debug)]
pub struct Expression {
    pub text: Text,
    pub root: Node,
    /// Where the text has parameters (`$x`), whose values are taken before anything is evaluated.
    pub parameters: Vec<ParameterAt>,
}

#[derive(Debug)]
pub struct ParameterAt {
    pub start: usize,
    pub end: usize,
    pub parameter: Parameter,
}

#[derive(Debug)]
pub enum Parameter {
    Variable(Text),
    Positional(usize),
    /// `$#`
    Count,
    /// `$?`
    Status,
}

#[derive(Debug)]
pub enum Node {
    Number(i64),
    Variable(Box<Variable>),
    /// A parameter, by its number in [`Expression::parameters`].
    Parameter(usize),
    Unary(Unary, Box<Node>),
    /// With the place that a message about it shows.
    Binary(Binary, Box<(Node, Node)>, usize),
    And(Box<(Node, Node)>),
    Or(Box<(Node, Node)>),
    Condition(Box<(Node, Node, Node)>),
    Comma(Box<(Node, Node)>),
    Assign(Box<(Variable, Node)>),
    /// `a += b`
    Update(Binary, Box<(Variable, Node)>, usize),
    /// `++a`, by how much.
    Before(Box<Variable>, i64),
    /// `a++`, by how much.
    After(Box<Variable>, i64),
    /// What is wrong with the text, behind what was right.
    Wrong(Box<(Node, Problem)>),
}

#[derive(Debug)]
pub struct Variable {
    pub name: Text,
    pub subscript: Option<Arithmetic>,
    /// Where it stands in the text.
    pub at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Not,
    Complement,
    Minus,
    Plus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    BitOr,
    BitXor,
    BitAnd,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// A mistake in the text.
#[derive(Clone, Debug)]
pub struct Problem {
    pub message: &'static str,
    /// The rest of the text from here is shown.
    pub at: usize,
    /// Where what is shown ends; the end of the text mostly.
    pub end: usize,
}

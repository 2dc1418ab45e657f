//! Text to an expression.

use super::expression::{
    Binary, Expression, Node, Parameter, ParameterAt, Problem, Unary, Variable,
};
use super::lexer::{Lexer, Span, Token};
use crate::expand::name_length;
use crate::syntax::ast::Arithmetic;
use crate::text::Text;

/// Deeper than that, an expression is not nested.
const MAX_DEPTH: u32 = 200;

/// An expanded text.
pub fn compile(text: &Text) -> Expression {
    let (root, _) = Compiler::new(text, &[]).run();
    Expression {
        text: text.clone(),
        root,
        parameters: Vec::new(),
    }
}

/// A text of the source; nothing if it has to be expanded first.
pub fn prepare(text: &Text) -> Option<Expression> {
    if text.contains(['`', '\\', '"', '\'']) {
        return None;
    }
    let parameters = parameters(text)?;
    let spans: Vec<Span> = parameters
        .iter()
        .map(|parameter| Span {
            start: parameter.start,
            end: parameter.end,
        })
        .collect();
    let (root, faults) = Compiler::new(text, &spans).run();
    let dollars = !parameters.is_empty() || text.contains('$');
    // What is wrong, or changes what its subscripts would have been, is seen better in the expanded text.
    if dollars && (faults.wrong || (faults.has_effects && faults.dollar_in_subscript)) {
        return None;
    }
    Some(Expression {
        text: text.clone(),
        root,
        parameters,
    })
}

/// The plain parameters outside of subscripts; nothing if there is anything else to expand.
fn parameters(text: &str) -> Option<Vec<ParameterAt>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = None;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match c {
            '[' => {
                let end = crate::expand::closing_bracket(text, at + 1)?;
                at = end;
                before = Some(']');
                continue;
            }
            '$' => {
                let (parameter, end) = parameter(text, at)?;
                let joins = |c: char| c.is_ascii_alphanumeric() || "_#@$]}".contains(c);
                let after = text.get(end..).and_then(|rest| rest.chars().next());
                if before.is_some_and(joins) || after.is_some_and(|c| joins(c) || c == '[') {
                    return None;
                }
                found.push(ParameterAt {
                    start: at,
                    end,
                    parameter,
                });
                at = end;
                before = Some('}');
                continue;
            }
            c => {
                at += c.len_utf8();
                before = Some(c);
            }
        }
    }
    Some(found)
}

/// `$x`, `${x}`, `$1`, `$#`, `$?`, and where it ends.
fn parameter(text: &str, at: usize) -> Option<(Parameter, usize)> {
    let rest = text.get(at + 1..)?;
    if let Some(inside) = rest.strip_prefix('{') {
        let length = inside.find('}')?;
        let (parameter, end) = bare(inside.get(..length)?)?;
        return (end == length).then_some((parameter, at + 2 + length + 1));
    }
    let (parameter, length) = bare(rest)?;
    // `$12` is `$1` and a 2.
    let length = if matches!(parameter, Parameter::Positional(_)) {
        let (digit, _) = bare(rest.get(..1)?)?;
        return Some((digit, at + 2));
    } else {
        length
    };
    Some((parameter, at + 1 + length))
}

fn bare(text: &str) -> Option<(Parameter, usize)> {
    let first = text.chars().next()?;
    match first {
        '#' => Some((Parameter::Count, 1)),
        '?' => Some((Parameter::Status, 1)),
        c if c.is_ascii_digit() => {
            let length = text.bytes().take_while(u8::is_ascii_digit).count();
            let number = text.get(..length)?.parse().ok()?;
            (number > 0).then_some((Parameter::Positional(number), length))
        }
        _ => {
            let length = name_length(text);
            (length > 0).then(|| {
                let name = text.get(..length).unwrap_or_default();
                (Parameter::Variable(name.into()), length)
            })
        }
    }
}

/// What was noticed on the way.
#[derive(Clone, Copy, Default)]
struct Faults {
    wrong: bool,
    has_effects: bool,
    dollar_in_subscript: bool,
}

struct Compiler<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    problem: Option<Problem>,
    faults: Faults,
    depth: u32,
}

impl<'a> Compiler<'a> {
    fn new(text: &'a str, parameters: &'a [Span]) -> Compiler<'a> {
        Compiler {
            text,
            lexer: Lexer::new(text, parameters),
            problem: None,
            faults: Faults::default(),
            depth: 0,
        }
    }

    fn run(mut self) -> (Node, Faults) {
        if self.text.trim_ascii().is_empty() {
            return (Node::Number(0), self.faults);
        }
        self.advance();
        let root = self.comma();
        if self.lexer.current != Token::End {
            self.fail("syntax error in expression");
        }
        match self.problem {
            None => (root, self.faults),
            Some(problem) => {
                self.faults.wrong = true;
                (Node::Wrong(Box::new((root, problem))), self.faults)
            }
        }
    }

    /// Goes on to the next token; behind a mistake there is none.
    fn advance(&mut self) {
        if self.problem.is_some() {
            self.lexer.current = Token::End;
            return;
        }
        if let Err(problem) = self.lexer.advance() {
            self.problem = Some(problem);
            self.lexer.current = Token::End;
        }
    }

    fn fail(&mut self, message: &'static str) {
        if self.problem.is_none() {
            self.problem = Some(Problem {
                message,
                at: self.lexer.start,
                end: self.text.len(),
            });
        }
        self.lexer.current = Token::End;
    }

    fn failed(&self) -> bool {
        self.problem.is_some()
    }

    fn comma(&mut self) -> Node {
        let mut left = self.assignment();
        while self.lexer.current == Token::Comma {
            self.advance();
            let right = self.assignment();
            left = Node::Comma(Box::new((left, right)));
        }
        left
    }

    fn assignment(&mut self) -> Node {
        let Some(left) = self.nested(Self::condition) else {
            return Node::Number(0);
        };
        let operator = match self.lexer.current {
            Token::Assign => None,
            Token::Update(operator) => Some(operator),
            _ => return left,
        };
        let variable = match (left, self.lexer.previous) {
            (Node::Variable(variable), Token::Name { .. }) => *variable,
            (left, _) => {
                self.fail("attempted assignment to non-variable");
                return left;
            }
        };
        self.faults.has_effects = true;
        self.advance();
        let right = match self.nested(Self::assignment) {
            Some(right) => right,
            None => return Node::Number(0),
        };
        if self.failed() {
            return right;
        }
        match operator {
            None => Node::Assign(Box::new((variable, right))),
            Some(operator) => Node::Update(operator, Box::new((variable, right)), self.lexer.start),
        }
    }

    /// Something one level deeper, unless that is too deep.
    fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Node) -> Option<Node> {
        if self.depth >= MAX_DEPTH {
            self.fail("expression recursion level exceeded");
            return None;
        }
        self.depth += 1;
        let node = parse(self);
        self.depth -= 1;
        Some(node)
    }

    fn condition(&mut self) -> Node {
        let condition = self.binary(0);
        if self.lexer.current != Token::Question {
            return condition;
        }
        self.advance();
        if matches!(self.lexer.current, Token::End | Token::Colon) {
            self.fail("expression expected");
            return condition;
        }
        let yes = self.comma();
        if self.lexer.current != Token::Colon {
            self.fail("`:' expected for conditional expression");
            return condition;
        }
        self.advance();
        if self.lexer.current == Token::End {
            self.fail("expression expected");
            return condition;
        }
        let no = self.nested(Self::condition).unwrap_or(Node::Number(0));
        if self.failed() {
            return condition;
        }
        Node::Condition(Box::new((condition, yes, no)))
    }

    fn binary(&mut self, lowest: u8) -> Node {
        let mut left = self.unary();
        while let Some(level) = level(self.lexer.current).filter(|level| *level >= lowest) {
            let token = self.lexer.current;
            let operand = self.lexer.behind();
            self.advance();
            let right_associative = token == Token::Operator(Binary::Power);
            let next = if right_associative { level } else { level + 1 };
            let right = self
                .nested(|compiler| compiler.binary(next))
                .unwrap_or(Node::Number(0));
            // No longer a variable that something can be assigned to.
            self.lexer.previous = Token::End;
            let both = Box::new((left, right));
            if self.failed() {
                return Node::Comma(both);
            }
            left = match token {
                Token::And => Node::And(both),
                Token::Or => Node::Or(both),
                Token::Operator(operator @ Binary::Power) => {
                    Node::Binary(operator, both, self.lexer.start)
                }
                Token::Operator(operator) => Node::Binary(operator, both, operand),
                _ => return Node::Comma(both),
            };
        }
        left
    }

    fn unary(&mut self) -> Node {
        let operator = match self.lexer.current {
            Token::Not => Unary::Not,
            Token::Complement => Unary::Complement,
            Token::Operator(Binary::Subtract) => Unary::Minus,
            Token::Operator(Binary::Add) => Unary::Plus,
            _ => return self.operand(),
        };
        self.advance();
        let operand = self.nested(Self::unary).unwrap_or(Node::Number(0));
        self.lexer.previous = Token::End;
        Node::Unary(operator, Box::new(operand))
    }

    fn operand(&mut self) -> Node {
        match self.lexer.current {
            Token::Increment => self.step_before(1),
            Token::Decrement => self.step_before(-1),
            Token::Open => {
                self.advance();
                let inside = self.nested(Self::comma).unwrap_or(Node::Number(0));
                if self.lexer.current != Token::Close {
                    self.fail("missing `)'");
                    return inside;
                }
                self.advance();
                inside
            }
            Token::Number(value) => {
                self.advance();
                Node::Number(value)
            }
            Token::Parameter(number) => {
                self.advance();
                Node::Parameter(number)
            }
            Token::Name { start, end } => {
                let variable = self.variable(start, end);
                self.advance();
                let by = match self.lexer.current {
                    Token::Increment => 1,
                    Token::Decrement => -1,
                    _ => return Node::Variable(Box::new(variable)),
                };
                self.faults.has_effects = true;
                self.lexer.current = Token::Number(0);
                self.advance();
                Node::After(Box::new(variable), by)
            }
            _ => {
                self.fail("syntax error: operand expected");
                Node::Number(0)
            }
        }
    }

    fn step_before(&mut self, by: i64) -> Node {
        self.advance();
        let Token::Name { start, end } = self.lexer.current else {
            self.fail("identifier expected after pre-increment or pre-decrement");
            return Node::Number(0);
        };
        let variable = self.variable(start, end);
        self.faults.has_effects = true;
        self.lexer.current = Token::Number(0);
        self.advance();
        Node::Before(Box::new(variable), by)
    }

    fn variable(&mut self, start: usize, end: usize) -> Variable {
        let token = self.text.get(start..end).unwrap_or_default();
        let (name, subscript) = match token.split_once('[') {
            None => (token, None),
            Some((name, rest)) => (name, Some(rest.strip_suffix(']').unwrap_or(rest))),
        };
        if subscript.is_some_and(|subscript| subscript.contains('$')) {
            self.faults.dollar_in_subscript = true;
        }
        Variable {
            name: name.into(),
            subscript: subscript.map(Arithmetic::new),
            at: start,
        }
    }
}

/// How tightly an operator binds.
fn level(token: Token) -> Option<u8> {
    Some(match token {
        Token::Or => 1,
        Token::And => 2,
        Token::Operator(operator) => match operator {
            Binary::BitOr => 3,
            Binary::BitXor => 4,
            Binary::BitAnd => 5,
            Binary::Equal | Binary::NotEqual => 6,
            Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => 7,
            Binary::ShiftLeft | Binary::ShiftRight => 8,
            Binary::Add | Binary::Subtract => 9,
            Binary::Multiply | Binary::Divide | Binary::Remainder => 10,
            Binary::Power => 11,
        },
        _ => return None,
    })
}

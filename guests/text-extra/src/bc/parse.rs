//! bc's language.

use super::number::Number;

#[derive(Clone, Debug)]
pub enum Expression {
    /// A number as it is written: what it means depends on `ibase`.
    Number(String),
    Place(Place),
    Assign(Place, Option<char>, Box<Expression>),
    /// `++` and `--`, before or behind.
    Step(Place, bool, bool),
    Binary(&'static str, Box<Expression>, Box<Expression>),
    Negate(Box<Expression>),
    Not(Box<Expression>),
    Call(String, Vec<Expression>),
}

#[derive(Clone, Debug)]
pub enum Place {
    Name(String),
    Element(String, Box<Expression>),
}

#[derive(Clone, Debug)]
pub enum Statement {
    Show(Expression),
    Silent(Expression),
    Text(String),
    Print(Vec<Statement>),
    If(Expression, Box<Statement>, Option<Box<Statement>>),
    While(Expression, Box<Statement>),
    For(
        Option<Expression>,
        Option<Expression>,
        Option<Expression>,
        Box<Statement>,
    ),
    Block(Vec<Statement>),
    Break,
    Continue,
    Return(Option<Expression>),
    Define(String, Vec<String>, Vec<String>, Box<Statement>),
    Quit,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(String),
    Name(String),
    Text(String),
    Symbol(&'static str),
    End,
}

const SYMBOLS: [&str; 36] = [
    "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "+", "-",
    "*", "/", "%", "^", "=", "<", ">", "!", "(", ")", "[", "]", "{", "}", ";", ",", "\n", "~", "@",
    "&",
];

/// The words of a text, with their lines. Nothing when a character is none of bc's.
fn words(text: &str) -> Result<Vec<(Token, usize)>, usize> {
    let mut words = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c == '\n' {
            words.push((Token::Symbol("\n"), line));
            line += 1;
            1
        } else if c.is_whitespace() {
            1
        } else if rest.starts_with("\\\n") {
            line += 1;
            2
        } else if let Some(behind) = rest.strip_prefix("/*") {
            let end = behind.find("*/").map_or(rest.len(), |at| at + 4);
            line += rest[..end].matches('\n').count();
            end
        } else if c == '#' {
            rest.find('\n').unwrap_or(rest.len())
        } else if c == '"' {
            let end = rest[1..].find('"').map_or(rest.len() - 1, |at| at + 1);
            words.push((Token::Text(rest[1..end].to_owned()), line));
            line += rest[..end].matches('\n').count();
            (end + 1).min(rest.len())
        } else if c.is_ascii_digit() || c == '.' || c.is_ascii_uppercase() {
            let number = |c: char| c.is_ascii_digit() || c == '.' || c.is_ascii_uppercase();
            let end = rest.find(|c| !number(c)).unwrap_or(rest.len());
            words.push((Token::Number(rest[..end].to_owned()), line));
            end
        } else if c.is_ascii_lowercase() {
            let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let end = rest.find(|c| !name(c)).unwrap_or(rest.len());
            words.push((Token::Name(rest[..end].to_owned()), line));
            end
        } else {
            let symbol = SYMBOLS
                .iter()
                .find(|symbol| rest.starts_with(**symbol))
                .ok_or(line)?;
            words.push((Token::Symbol(symbol), line));
            symbol.len()
        };
        rest = &rest[length..];
    }
    Ok(words)
}

/// Reads line after line of statements.
pub struct Parser {
    words: Vec<(Token, usize)>,
    at: usize,
    pub line: usize,
}

/// The line of a syntax error.
type Parsed<T> = Result<T, usize>;

impl Parser {
    pub fn new(text: &str) -> Parsed<Self> {
        Ok(Self {
            words: words(text)?,
            at: 0,
            line: 1,
        })
    }

    fn peek(&self) -> &Token {
        self.words.get(self.at).map_or(&Token::End, |word| &word.0)
    }

    fn place(&self) -> usize {
        let last = self.words.last().map_or(1, |word| word.1);
        self.words.get(self.at).map_or(last, |word| word.1)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.line = self.place();
        self.at += 1;
        token
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.peek(), Token::Symbol(it) if *it == symbol)
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = self.is(symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Parsed<()> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(self.place() + usize::from(self.is("\n")))
    }

    fn blank_lines(&mut self) {
        while self.take("\n") {}
    }

    /// Goes to the next line after an error.
    pub fn skip_line(&mut self) {
        while *self.peek() != Token::End && !self.take("\n") {
            self.at += 1;
        }
    }

    /// The next line's statements; nothing at the end.
    pub fn next_line(&mut self) -> Parsed<Option<Vec<Statement>>> {
        self.blank_lines();
        if *self.peek() == Token::End {
            return Ok(None);
        }
        let mut statements = Vec::new();
        loop {
            if self.take("\n") || *self.peek() == Token::End {
                return Ok(Some(statements));
            }
            if self.take(";") {
                continue;
            }
            statements.push(self.statement()?);
            if !self.is(";") && !self.is("\n") && *self.peek() != Token::End {
                return Err(self.place());
            }
        }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        if let Token::Text(text) = self.peek().clone() {
            self.at += 1;
            return Ok(Statement::Text(text));
        }
        if self.take("{") {
            let mut statements = Vec::new();
            loop {
                while self.take(";") || self.take("\n") {}
                if self.take("}") {
                    return Ok(Statement::Block(statements));
                }
                if *self.peek() == Token::End {
                    return Err(self.place());
                }
                statements.push(self.statement()?);
            }
        }
        if let Token::Name(name) = self.peek().clone() {
            self.at += 1;
            match &name[..] {
                "if" => return self.conditional(),
                "while" => {
                    let condition = self.parenthesised()?;
                    self.blank_lines();
                    return Ok(Statement::While(condition, Box::new(self.statement()?)));
                }
                "for" => return self.counted(),
                "break" => return Ok(Statement::Break),
                "continue" => return Ok(Statement::Continue),
                "quit" | "halt" => return Ok(Statement::Quit),
                "define" => return self.definition(),
                "print" => {
                    let mut parts = vec![self.printed()?];
                    while self.take(",") {
                        parts.push(self.printed()?);
                    }
                    return Ok(Statement::Print(parts));
                }
                "return" => {
                    let ends =
                        self.is(";") || self.is("\n") || self.is("}") || *self.peek() == Token::End;
                    let value = if ends { None } else { Some(self.expression()?) };
                    return Ok(Statement::Return(value));
                }
                _ => self.at -= 1,
            }
        }
        let expression = self.expression()?;
        Ok(match expression {
            Expression::Assign(..) => Statement::Silent(expression),
            _ => Statement::Show(expression),
        })
    }

    fn printed(&mut self) -> Parsed<Statement> {
        match self.peek().clone() {
            Token::Text(text) => {
                self.at += 1;
                Ok(Statement::Text(text))
            }
            _ => self.expression().map(Statement::Show),
        }
    }

    fn parenthesised(&mut self) -> Parsed<Expression> {
        self.expect("(")?;
        let inner = self.expression()?;
        self.expect(")")?;
        Ok(inner)
    }

    fn conditional(&mut self) -> Parsed<Statement> {
        let condition = self.parenthesised()?;
        self.blank_lines();
        let then = Box::new(self.statement()?);
        let before = self.at;
        while self.take(";") || self.take("\n") {}
        if *self.peek() == Token::Name("else".to_owned()) {
            self.at += 1;
            self.blank_lines();
            return Ok(Statement::If(
                condition,
                then,
                Some(Box::new(self.statement()?)),
            ));
        }
        self.at = before;
        Ok(Statement::If(condition, then, None))
    }

    fn counted(&mut self) -> Parsed<Statement> {
        self.expect("(")?;
        let start = if self.is(";") {
            None
        } else {
            Some(self.expression()?)
        };
        self.expect(";")?;
        let condition = if self.is(";") {
            None
        } else {
            Some(self.expression()?)
        };
        self.expect(";")?;
        let step = if self.is(")") {
            None
        } else {
            Some(self.expression()?)
        };
        self.expect(")")?;
        self.blank_lines();
        Ok(Statement::For(
            start,
            condition,
            step,
            Box::new(self.statement()?),
        ))
    }

    fn names(&mut self, end: &str) -> Parsed<Vec<String>> {
        let mut names = Vec::new();
        while !self.take(end) {
            let Token::Name(mut name) = self.next() else {
                return Err(self.place());
            };
            if self.take("[") {
                self.expect("]")?;
                name.push_str("[]");
            }
            names.push(name);
            if !self.take(",") {
                self.expect(end)?;
                break;
            }
        }
        Ok(names)
    }

    fn definition(&mut self) -> Parsed<Statement> {
        let Token::Name(name) = self.next() else {
            return Err(self.place());
        };
        self.expect("(")?;
        let parameters = self.names(")")?;
        self.blank_lines();
        self.expect("{")?;
        self.blank_lines();
        let mut own = Vec::new();
        if *self.peek() == Token::Name("auto".to_owned()) {
            self.at += 1;
            let end = if self.words[self.at..]
                .iter()
                .take_while(|it| it.0 != Token::Symbol("\n"))
                .any(|it| it.0 == Token::Symbol(";"))
            {
                ";"
            } else {
                "\n"
            };
            own = self.names(end)?;
        }
        self.at -= 1;
        // The block's brace is read again, in place of what stood before its statements.
        self.words[self.at].0 = Token::Symbol("{");
        let body = self.statement()?;
        Ok(Statement::Define(name, parameters, own, Box::new(body)))
    }

    pub fn expression(&mut self) -> Parsed<Expression> {
        self.binary(0)
    }

    /// Operators by how they bind, from `||` up; below `^` stands the minus sign.
    fn binary(&mut self, level: usize) -> Parsed<Expression> {
        const LEVELS: [&[&str]; 5] = [
            &["||"],
            &["&&"],
            &["==", "!=", "<=", ">=", "<", ">"],
            &["+", "-"],
            &["*", "/", "%"],
        ];
        let Some(operators) = LEVELS.get(level) else {
            return self.power();
        };
        if level == 2 && self.take("!") {
            return Ok(Expression::Not(Box::new(self.binary(2)?)));
        }
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.is(operator)) {
            self.at += 1;
            left = Expression::Binary(operator, Box::new(left), Box::new(self.binary(level + 1)?));
        }
        Ok(left)
    }

    fn power(&mut self) -> Parsed<Expression> {
        let base = self.unary()?;
        if self.take("^") {
            return Ok(Expression::Binary(
                "^",
                Box::new(base),
                Box::new(self.power()?),
            ));
        }
        Ok(base)
    }

    fn unary(&mut self) -> Parsed<Expression> {
        if self.take("-") {
            return Ok(Expression::Negate(Box::new(self.unary()?)));
        }
        for (mark, up) in [("++", true), ("--", false)] {
            if self.take(mark) {
                return match self.unary()? {
                    Expression::Place(place) => Ok(Expression::Step(place, up, true)),
                    _ => Err(self.place()),
                };
            }
        }
        let operand = self.primary()?;
        let Expression::Place(place) = operand else {
            return Ok(operand);
        };
        for (mark, up) in [("++", true), ("--", false)] {
            if self.take(mark) {
                return Ok(Expression::Step(place, up, false));
            }
        }
        for mark in ["=", "+=", "-=", "*=", "/=", "%=", "^="] {
            if self.take(mark) {
                let operator = mark.chars().next().filter(|c| *c != '=');
                return Ok(Expression::Assign(
                    place,
                    operator,
                    Box::new(self.expression()?),
                ));
            }
        }
        Ok(Expression::Place(place))
    }

    fn primary(&mut self) -> Parsed<Expression> {
        match self.next() {
            Token::Number(text) => Ok(Expression::Number(text)),
            Token::Symbol("(") => {
                let inner = self.expression()?;
                self.expect(")")?;
                // In parentheses an assignment is printed.
                Ok(match inner {
                    Expression::Assign(..) => {
                        Expression::Binary("+", Box::new(inner), Box::new(zero()))
                    }
                    inner => inner,
                })
            }
            Token::Name(name) if self.take("(") => {
                let mut arguments = Vec::new();
                while !self.take(")") {
                    arguments.push(self.expression()?);
                    if !self.take(",") {
                        self.expect(")")?;
                        break;
                    }
                }
                Ok(Expression::Call(name, arguments))
            }
            Token::Name(name) if self.take("[") => {
                let index = self.expression()?;
                self.expect("]")?;
                Ok(Expression::Place(Place::Element(name, Box::new(index))))
            }
            Token::Name(name) => Ok(Expression::Place(Place::Name(name))),
            Token::Symbol("\n") => Err(self.line + 1),
            _ => Err(self.line),
        }
    }
}

fn zero() -> Expression {
    debug_assert!(Number::whole(0).is_zero());
    Expression::Number("0".to_owned())
}

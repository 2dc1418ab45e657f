//! Programs: by recursive descent, with every name resolved.

mod forms;

use crate::ast::{Function, Node, Operator, Ref};
use crate::builtins;
use crate::lex::{Part, Token, Wrong, words};
use crate::value::{Map, Value};
use std::cell::RefCell;

/// A name that a program can use.
#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Variable(String),
    Function(String, usize),
    Label(String),
}

/// The functions that are written in jq itself.
#[derive(Default)]
pub struct Globals {
    pub names: Vec<(String, usize)>,
    pub functions: Vec<&'static Function>,
}

thread_local! {
    pub static GLOBALS: RefCell<Globals> = RefCell::default();
}

/// Reads the functions written in jq: once, when the image is frozen.
pub fn prepare() {
    if GLOBALS.with_borrow(|globals| !globals.functions.is_empty()) {
        return;
    }
    let Ok(tokens) = words(builtins::PRELUDE) else {
        return;
    };
    let mut parser = Parser::new(tokens, builtins::PRELUDE.len());
    while parser.is_keyword("def") {
        if let Err(wrong) = parser.global() {
            unreachable!("{} at {} of the functions in jq", wrong.message, wrong.at);
        }
    }
}

/// Reads a program whose variables are `names`.
pub fn parse(text: &str, names: &[String]) -> Result<Ref, Wrong> {
    let tokens = words(text)?;
    let mut parser = Parser::new(tokens, text.len());
    parser.scope = names
        .iter()
        .map(|name| Entry::Variable(name.clone()))
        .collect();
    if parser.at_end() {
        return Ok(leak(Node::Identity));
    }
    let program = parser.program()?;
    if !parser.at_end() {
        return parser.unexpected(", expecting $end");
    }
    Ok(program)
}

fn leak(node: Node) -> Ref {
    Box::leak(Box::new(node))
}

/// How deep filters may be nested.
const DEPTH: usize = 2000;

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    end: usize,
    scope: Vec<Entry>,
    depth: usize,
}

type Parsed<T> = Result<T, Wrong>;

impl Parser {
    fn new(tokens: Vec<(Token, usize)>, end: usize) -> Self {
        Self {
            tokens,
            at: 0,
            end,
            scope: Vec::new(),
            depth: 0,
        }
    }

    fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|token| &token.0)
    }

    fn place(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or(self.end.saturating_sub(1), |token| token.1)
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some(Token::Symbol(it)) if *it == symbol)
    }

    fn is_keyword(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Keyword(it)) if *it == word)
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = self.is(symbol);
        self.at += usize::from(found);
        found
    }

    fn take_keyword(&mut self, word: &str) -> bool {
        let found = self.is_keyword(word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Parsed<()> {
        match self.take(symbol) {
            true => Ok(()),
            false => self.unexpected(""),
        }
    }

    fn expect_keyword(&mut self, word: &str) -> Parsed<()> {
        match self.take_keyword(word) {
            true => Ok(()),
            false => self.unexpected(""),
        }
    }

    fn unexpected<T>(&self, expecting: &str) -> Parsed<T> {
        let what = match self.peek() {
            None => "$end".to_owned(),
            Some(Token::Name(_)) => "IDENT".to_owned(),
            Some(Token::Field(_)) => "FIELD".to_owned(),
            Some(Token::Number(_)) => "LITERAL".to_owned(),
            Some(Token::Format(_)) => "FORMAT".to_owned(),
            Some(Token::String(_)) => "QQSTRING_START".to_owned(),
            Some(Token::Variable(name)) if name == "__loc__" => "'$'".to_owned(),
            Some(Token::Variable(_)) => "'$'".to_owned(),
            Some(Token::Keyword(word)) => (*word).to_owned(),
            Some(Token::Symbol("}" | ")" | "]")) => "INVALID_CHARACTER".to_owned(),
            Some(Token::Symbol(symbol)) if symbol.len() == 1 => format!("'{symbol}'"),
            Some(Token::Symbol(symbol)) => (*symbol).to_owned(),
        };
        Err(Wrong {
            message: format!(
                "syntax error, unexpected {what}{expecting} (Unix shell quoting issues?)"
            ),
            at: self.place(),
        })
    }

    fn wrong<T>(&self, message: String, at: usize) -> Parsed<T> {
        Err(Wrong { message, at })
    }

    /// A definition for all programs.
    fn global(&mut self) -> Parsed<()> {
        let (name, parameters) = self.head()?;
        let id = GLOBALS.with_borrow_mut(|globals| {
            globals.names.push((name, parameters.len()));
            globals.names.len() - 1
        });
        self.scope.clear();
        let body = self.body(&parameters)?;
        let function = Function {
            parameters: parameters.iter().map(|it| it.1).collect(),
            body,
        };
        GLOBALS.with_borrow_mut(|globals| {
            debug_assert_eq!(globals.functions.len(), id);
            globals.functions.push(Box::leak(Box::new(function)));
        });
        Ok(())
    }

    /// `module`, imports (there are no modules), definitions and a filter.
    fn program(&mut self) -> Parsed<Ref> {
        if self.is_keyword("import") || self.is_keyword("include") {
            let name = match self.tokens.get(self.at + 1) {
                Some((Token::String(parts), _)) => match &parts[..] {
                    [Part::Text(name)] => name.clone(),
                    _ => String::new(),
                },
                _ => String::new(),
            };
            return self.wrong(format!("module not found: {name}\n"), usize::MAX);
        }
        self.definitions(true)
    }

    /// Definitions, and the filter that may use them.
    fn definitions(&mut self, whole: bool) -> Parsed<Ref> {
        if !self.is_keyword("def") {
            return match whole && self.at_end() {
                true => Ok(leak(Node::Identity)),
                false => self.pipe(),
            };
        }
        let (name, parameters) = self.head()?;
        self.scope.push(Entry::Function(name, parameters.len()));
        let body = self.body(&parameters)?;
        let function = Function {
            parameters: parameters.iter().map(|it| it.1).collect(),
            body,
        };
        let rest = self.definitions(whole)?;
        self.scope.pop();
        Ok(leak(Node::Define(Box::leak(Box::new(function)), rest)))
    }

    /// `def name(parameters):`
    fn head(&mut self) -> Parsed<(String, Vec<(String, bool)>)> {
        self.expect_keyword("def")?;
        let name = match self.peek() {
            Some(Token::Name(name)) => name.clone(),
            Some(Token::Keyword(word)) => (*word).to_owned(),
            _ => return self.unexpected(", expecting IDENT"),
        };
        self.at += 1;
        let mut parameters = Vec::new();
        if self.take("(") {
            loop {
                match self.peek() {
                    Some(Token::Name(name)) => parameters.push((name.clone(), false)),
                    Some(Token::Variable(name)) => parameters.push((name.clone(), true)),
                    _ => return self.unexpected(""),
                }
                self.at += 1;
                if !self.take(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        self.expect(":")?;
        Ok((name, parameters))
    }

    fn body(&mut self, parameters: &[(String, bool)]) -> Parsed<Ref> {
        let outer = self.scope.len();
        for (name, is_value) in parameters {
            self.scope.push(Entry::Function(name.clone(), 0));
            if *is_value {
                self.scope.push(Entry::Variable(name.clone()));
            }
        }
        let body = self.definitions(false)?;
        self.scope.truncate(outer);
        self.expect(";")?;
        Ok(body)
    }

    fn pipe(&mut self) -> Parsed<Ref> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.wrong("memory exhausted".to_owned(), self.place());
        }
        let pipe = self.pipe_here();
        self.depth -= 1;
        pipe
    }

    fn pipe_here(&mut self) -> Parsed<Ref> {
        if self.is_keyword("def") {
            return self.definitions(false);
        }
        if self.take_keyword("label") {
            let Some(Token::Variable(name)) = self.peek().cloned() else {
                return self.unexpected(", expecting '$'");
            };
            self.at += 1;
            self.expect("|")?;
            self.scope.push(Entry::Label(name));
            let body = self.pipe()?;
            self.scope.pop();
            return Ok(leak(Node::Label(body)));
        }
        let left = self.comma()?;
        if self.is_keyword("as") {
            return self.unexpected("");
        }
        if self.take("|") {
            let right = self.pipe()?;
            return Ok(leak(Node::Pipe(left, right)));
        }
        Ok(left)
    }

    fn comma(&mut self) -> Parsed<Ref> {
        let mut left = self.alternative()?;
        while self.take(",") {
            left = leak(Node::Comma(left, self.alternative()?));
        }
        Ok(left)
    }

    fn alternative(&mut self) -> Parsed<Ref> {
        let left = self.assignment()?;
        if self.take("//") {
            return Ok(leak(Node::Alternative(left, self.alternative()?)));
        }
        Ok(left)
    }

    fn assignment(&mut self) -> Parsed<Ref> {
        let left = self.or()?;
        let Some(Token::Symbol(symbol)) = self.peek() else {
            return Ok(left);
        };
        let operator = match *symbol {
            "=" | "|=" | "//=" => None,
            "+=" => Some(Operator::Add),
            "-=" => Some(Operator::Subtract),
            "*=" => Some(Operator::Multiply),
            "/=" => Some(Operator::Divide),
            "%=" => Some(Operator::Modulo),
            _ => return Ok(left),
        };
        let symbol = *symbol;
        self.at += 1;
        let right = self.alternative()?;
        Ok(leak(match (operator, symbol) {
            (Some(operator), _) => Node::Arithmetic(operator, left, right),
            (None, "=") => Node::Assign(left, right),
            (None, "|=") => Node::Update(left, right),
            (None, _) => Node::DefaultUpdate(left, right),
        }))
    }

    fn or(&mut self) -> Parsed<Ref> {
        let mut left = self.and()?;
        while self.take_keyword("or") {
            left = leak(Node::Or(left, self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Ref> {
        let mut left = self.comparison()?;
        while self.take_keyword("and") {
            left = leak(Node::And(left, self.comparison()?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed<Ref> {
        let left = self.sum()?;
        let Some(Token::Symbol(symbol)) = self.peek() else {
            return Ok(left);
        };
        let operator = match *symbol {
            "==" => Operator::Equal,
            "!=" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            _ => return Ok(left),
        };
        self.at += 1;
        let right = self.sum()?;
        Ok(leak(Node::Binary(operator, left, right)))
    }

    fn sum(&mut self) -> Parsed<Ref> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Symbol("+")) => Operator::Add,
                Some(Token::Symbol("-")) => Operator::Subtract,
                _ => return Ok(left),
            };
            self.at += 1;
            left = leak(Node::Binary(operator, left, self.product()?));
        }
    }

    fn product(&mut self) -> Parsed<Ref> {
        let start = self.place();
        let mut left = self.unary()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Symbol("*")) => Operator::Multiply,
                Some(Token::Symbol("/")) => Operator::Divide,
                Some(Token::Symbol("%")) => Operator::Modulo,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.unary()?;
            if let (
                Operator::Divide,
                Node::Literal(Value::Number(_)),
                Node::Literal(Value::Number(0.0)),
            ) = (operator, left, right)
            {
                return self.wrong("Division by zero?".to_owned(), start);
            }
            left = leak(Node::Binary(operator, left, right));
        }
    }

    fn unary(&mut self) -> Parsed<Ref> {
        if self.take("-") {
            let operand = self.unary()?;
            return Ok(leak(match operand {
                Node::Literal(Value::Number(number)) => Node::Literal(Value::Number(-number)),
                _ => Node::Negate(operand),
            }));
        }
        if self.is_keyword("def") {
            return self.definitions(false);
        }
        let term = self.postfix()?;
        if self.take_keyword("as") {
            return self.binding(term);
        }
        Ok(term)
    }

    /// `term as $x | body`
    fn binding(&mut self, source: Ref) -> Parsed<Ref> {
        let (patterns, variables) = self.patterns()?;
        if !self.take("|") {
            return self.unexpected(", expecting '|'");
        }
        let count = variables.len();
        self.scope.extend(variables);
        let body = self.pipe()?;
        self.scope.truncate(self.scope.len() - count);
        Ok(leak(Node::As(source, patterns, count, body)))
    }

    /// A term, and what is picked out of it.
    fn postfix(&mut self) -> Parsed<Ref> {
        let mut term = self.term()?;
        loop {
            match self.peek().cloned() {
                Some(Token::Field(name)) => {
                    self.at += 1;
                    term = leak(Node::Index(term, leak(Node::Literal(Value::from(name)))));
                }
                Some(Token::Symbol(".")) => {
                    match self.tokens.get(self.at + 1).map(|token| &token.0) {
                        Some(Token::String(_)) => self.at += 1,
                        Some(Token::Symbol("[")) => {
                            self.at += 1;
                            return self.unexpected(", expecting FORMAT or QQSTRING_START");
                        }
                        _ => {
                            self.at += 1;
                            return self.unexpected(", expecting FORMAT or QQSTRING_START");
                        }
                    }
                    if let Some(Token::String(parts)) = self.peek().cloned() {
                        self.at += 1;
                        let key = self.string("text", parts)?;
                        term = leak(Node::Index(term, key));
                    }
                }
                Some(Token::Symbol("[")) => {
                    self.at += 1;
                    term = self.brackets(term)?;
                }
                Some(Token::Symbol("?")) => {
                    self.at += 1;
                    term = leak(Node::Try(term, None));
                }
                _ => return Ok(term),
            }
        }
    }

    /// What stands in brackets behind a term.
    fn brackets(&mut self, term: Ref) -> Parsed<Ref> {
        if self.take("]") {
            return Ok(leak(Node::Iterate(term)));
        }
        if self.take(":") {
            let to = self.pipe()?;
            self.expect("]")?;
            return Ok(leak(Node::Slice(term, None, Some(to))));
        }
        let index = self.pipe()?;
        if self.take(":") {
            let to = if self.is("]") {
                None
            } else {
                Some(self.pipe()?)
            };
            self.expect("]")?;
            return Ok(leak(Node::Slice(term, Some(index), to)));
        }
        self.expect("]")?;
        Ok(leak(Node::Index(term, index)))
    }

    fn term(&mut self) -> Parsed<Ref> {
        let at = self.place();
        let Some(token) = self.peek().cloned() else {
            return self.unexpected("");
        };
        self.at += 1;
        Ok(match token {
            Token::Number(number) => leak(Node::Literal(Value::Number(number))),
            Token::String(parts) => self.string("text", parts)?,
            Token::Format(name) => match self.peek().cloned() {
                Some(Token::String(parts)) => {
                    self.at += 1;
                    self.string(&name, parts)?
                }
                _ => leak(Node::Format(Box::leak(name.into_boxed_str()))),
            },
            Token::Field(name) => leak(Node::Index(
                leak(Node::Identity),
                leak(Node::Literal(Value::from(name))),
            )),
            Token::Symbol("..") => self.call("recurse", Vec::new(), at)?,
            Token::Symbol(".") => match self.peek().cloned() {
                Some(Token::String(parts)) => {
                    self.at += 1;
                    let key = self.string("text", parts)?;
                    leak(Node::Index(leak(Node::Identity), key))
                }
                _ => leak(Node::Identity),
            },
            Token::Variable(name) => self.variable(&name, at)?,
            Token::Symbol("(") => {
                let inner = self.pipe()?;
                self.expect(")")?;
                inner
            }
            Token::Symbol("[") => {
                if self.take("]") {
                    leak(Node::Array(None))
                } else {
                    let inner = self.pipe()?;
                    self.expect("]")?;
                    leak(Node::Array(Some(inner)))
                }
            }
            Token::Symbol("{") => self.object()?,
            Token::Name(name) => {
                let arguments = self.arguments()?;
                self.call(&name, arguments, at)?
            }
            Token::Keyword(word) => {
                self.at -= 1;
                self.keyword(word)?
            }
            Token::Symbol(_) => {
                self.at -= 1;
                let expecting = if matches!(token, Token::Symbol("}" | ")" | "]")) && self.at == 0 {
                    ", expecting $end"
                } else {
                    ""
                };
                return self.unexpected(expecting);
            }
        })
    }

    fn variable(&self, name: &str, at: usize) -> Parsed<Ref> {
        if name == "__loc__" {
            let mut map = Map::default();
            map.insert("file".into(), Value::from("<top-level>"));
            map.insert("line".into(), Value::Number(1.0));
            return Ok(leak(Node::Literal(Value::object(map))));
        }
        let wanted = Entry::Variable(name.to_owned());
        if let Some(steps) = self.scope.iter().rev().position(|entry| *entry == wanted) {
            return Ok(leak(Node::Variable(steps)));
        }
        if name == "ENV" {
            return Ok(leak(Node::Environment));
        }
        self.wrong(format!("${name} is not defined"), at)
    }

    fn arguments(&mut self) -> Parsed<Vec<Ref>> {
        let mut arguments = Vec::new();
        if self.take("(") {
            loop {
                arguments.push(self.pipe()?);
                if !self.take(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        Ok(arguments)
    }

    fn call(&self, name: &str, arguments: Vec<Ref>, at: usize) -> Parsed<Ref> {
        let arity = arguments.len();
        let wanted = Entry::Function(name.to_owned(), arity);
        if let Some(steps) = self.scope.iter().rev().position(|entry| *entry == wanted) {
            return Ok(leak(Node::Call(steps, arguments)));
        }
        let global = GLOBALS.with_borrow(|globals| {
            globals
                .names
                .iter()
                .rposition(|(known, count)| known == name && *count == arity)
        });
        if let Some(id) = global {
            return Ok(leak(Node::CallGlobal(id, arguments)));
        }
        if let Some(special) = builtins::special(name, arity) {
            return Ok(leak(Node::Special(special, arguments)));
        }
        match builtins::native(name, arity) {
            Some(native) => Ok(leak(Node::Native(native, arguments))),
            None => self.wrong(format!("{name}/{arity} is not defined"), at),
        }
    }
}

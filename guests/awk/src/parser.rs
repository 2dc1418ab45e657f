//! Programs: rules, functions and statements. Expressions are in [`crate::expression`].

use crate::ast::{ArrayRef, Function, Pattern, Place, Program, Rule, Statement};
use crate::lexer::{Lexer, Token};
use crate::variables::SPECIAL_NAMES;
use std::collections::BTreeMap;

/// How deep statements and expressions nest: they are walked by recursion.
const DEPTH_MAX: usize = 400;

pub struct Parser {
    pub lexer: Lexer,
    pub token: Token,
    pub program: Program,
    pub names: BTreeMap<String, usize>,
    pub functions: BTreeMap<String, usize>,
    /// The function whose body is read.
    pub function: Option<usize>,
    pub parameters: Vec<String>,
    /// Parameters that are handed on: function, parameter, callee, argument.
    pub handed_on: Vec<(usize, usize, usize, usize)>,
    /// `>` ends the expression: it stands in a `print`.
    pub in_print: bool,
    /// `in` ends the expression: it stands in the head of a `for`.
    pub no_in: bool,
    /// The action of `BEGIN` or `END` that is read.
    pub special: Option<&'static str>,
    pub origin: String,
    depth: usize,
    /// Where the last list of arguments was closed.
    pub closed_at: usize,
}

/// Everything that is wrong is said where it is noticed.
pub struct Failed(pub i32);
pub type Parsed<T> = Result<T, Failed>;

pub fn parse(text: Vec<u8>, origin: &str) -> Parsed<Program> {
    let mut parser = Parser {
        lexer: Lexer::new(text),
        token: Token::End,
        program: Program::default(),
        names: BTreeMap::new(),
        functions: BTreeMap::new(),
        function: None,
        parameters: Vec::new(),
        handed_on: Vec::new(),
        in_print: false,
        no_in: false,
        special: None,
        origin: origin.to_owned(),
        depth: 0,
        closed_at: 0,
    };
    for name in SPECIAL_NAMES {
        parser.global(name);
    }
    parser.advance()?;
    parser.items()?;
    parser.check_functions()?;
    parser.spread_arrays();
    Ok(parser.program)
}

impl Parser {
    pub fn advance(&mut self) -> Parsed<()> {
        match self.lexer.next(false) {
            Ok(token) => {
                self.token = token;
                Ok(())
            }
            Err(message) => Err(self.wrong_with(&message)),
        }
    }

    /// Reads the slash that was taken for a division as the beginning of a regular expression.
    pub fn advance_regex(&mut self) -> Parsed<Vec<u8>> {
        self.lexer.at = self.lexer.start;
        match self.lexer.next(true) {
            Ok(Token::Regex(text)) => {
                self.advance()?;
                Ok(text)
            }
            Ok(_) => Err(self.wrong()),
            Err(message) => Err(self.wrong_with(&message)),
        }
    }

    pub fn wrong(&self) -> Failed {
        let message = match self.token {
            Token::End | Token::Newline => "unexpected newline or end of string",
            _ => "syntax error",
        };
        self.wrong_with(message)
    }

    /// The line, and a caret below the place.
    pub fn wrong_with(&self, message: &str) -> Failed {
        self.wrong_at(self.lexer.start, message)
    }

    pub fn wrong_at(&self, place: usize, message: &str) -> Failed {
        let (text, column) = self.lexer.context(place);
        let line = self.lexer.line;
        let blanks: String = text
            .bytes()
            .take(column)
            .map(|byte| if byte == b'\t' { '\t' } else { ' ' })
            .collect();
        let origin = &self.origin;
        eprintln!("awk: {origin}:{line}: {text}\nawk: {origin}:{line}: {blanks}^ {message}");
        Failed(1)
    }

    /// Something that is no matter of syntax.
    pub fn error(&self, message: &str) -> Failed {
        eprintln!("awk: {}:{}: error: {message}", self.origin, self.lexer.line);
        Failed(1)
    }

    pub fn is_mark(&self, mark: &str) -> bool {
        matches!(self.token, Token::Mark(found) if found == mark)
    }

    pub fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.token, Token::Keyword(found) if found == keyword)
    }

    pub fn accept(&mut self, mark: &str) -> Parsed<bool> {
        let found = self.is_mark(mark);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub fn expect(&mut self, mark: &str) -> Parsed<()> {
        match self.accept(mark)? {
            true => Ok(()),
            false => Err(self.wrong()),
        }
    }

    pub fn skip_newlines(&mut self) -> Parsed<()> {
        while self.token == Token::Newline {
            self.advance()?;
        }
        Ok(())
    }

    pub fn skip_terminators(&mut self) -> Parsed<()> {
        while self.token == Token::Newline || self.is_mark(";") {
            self.advance()?;
        }
        Ok(())
    }

    pub fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.wrong_with("program nested too deeply"));
        }
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub fn global(&mut self, name: &str) -> usize {
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        let number = self.program.globals.len();
        self.program.globals.push(name.to_owned());
        self.program.arrays.push(false);
        self.names.insert(name.to_owned(), number);
        number
    }

    /// A variable by its name: a parameter or a global one.
    pub fn variable(&mut self, name: &str) -> Place {
        match self
            .parameters
            .iter()
            .position(|parameter| parameter == name)
        {
            Some(number) => Place::Local(number),
            None => Place::Global(self.global(name)),
        }
    }

    pub fn array(&mut self, name: &str) -> ArrayRef {
        match self.variable(name) {
            Place::Local(number) => {
                if let Some(function) = self.function {
                    self.program.functions[function].arrays[number] = true;
                }
                ArrayRef::Local(number)
            }
            Place::Global(number) => {
                self.program.arrays[number] = true;
                ArrayRef::Global(number)
            }
            _ => ArrayRef::Global(0),
        }
    }

    /// The number of a function, which may be defined later.
    pub fn function_number(&mut self, name: &str) -> usize {
        if let Some(number) = self.functions.get(name) {
            return *number;
        }
        let number = self.program.functions.len();
        self.program.functions.push(Function {
            name: name.to_owned(),
            ..Function::default()
        });
        self.functions.insert(name.to_owned(), number);
        number
    }

    fn check_functions(&self) -> Parsed<()> {
        match self
            .program
            .functions
            .iter()
            .find(|function| !function.defined)
        {
            Some(function) => {
                eprintln!(
                    "awk: {}:1: fatal: function `{}' not defined",
                    self.origin, function.name
                );
                Err(Failed(crate::interpreter::FATAL))
            }
            None => Ok(()),
        }
    }

    /// A parameter that is handed on as an array is one.
    fn spread_arrays(&mut self) {
        loop {
            let mut changed = false;
            for (function, parameter, callee, argument) in &self.handed_on {
                let is_array = self.program.functions[*callee].arrays.get(*argument) == Some(&true);
                let arrays = &mut self.program.functions[*function].arrays;
                if is_array && !arrays[*parameter] {
                    arrays[*parameter] = true;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn items(&mut self) -> Parsed<()> {
        loop {
            self.skip_terminators()?;
            match &self.token {
                Token::End => return Ok(()),
                Token::Keyword("function") => self.definition()?,
                Token::Keyword(name @ ("BEGIN" | "END")) => {
                    let name = *name;
                    self.advance()?;
                    self.special = Some(name);
                    let action = self.action()?;
                    self.special = None;
                    match name {
                        "BEGIN" => self.program.begin.push(action),
                        _ => self.program.end.push(action),
                    }
                }
                _ => self.rule()?,
            }
            match self.token {
                Token::End | Token::Newline => {}
                _ if self.is_mark(";") || self.is_mark("}") => {}
                // A rule may follow an action right away.
                _ => {}
            }
        }
    }

    fn rule(&mut self) -> Parsed<()> {
        let pattern = if self.is_mark("{") {
            Pattern::Always
        } else {
            let first = self.expression()?;
            match self.accept(",")? {
                true => {
                    self.skip_newlines()?;
                    Pattern::Range(first, self.expression()?)
                }
                false => Pattern::Single(first),
            }
        };
        let action = match self.is_mark("{") {
            true => Some(self.action()?),
            false => {
                if !matches!(self.token, Token::End | Token::Newline) && !self.is_mark(";") {
                    return Err(self.wrong());
                }
                None
            }
        };
        self.program.rules.push(Rule { pattern, action });
        Ok(())
    }

    fn definition(&mut self) -> Parsed<()> {
        self.advance()?;
        let name = match &self.token {
            Token::Name(name) | Token::Callee(name) => name.clone(),
            _ => return Err(self.wrong()),
        };
        self.advance()?;
        let number = self.function_number(&name);
        if self.program.functions[number].defined {
            return Err(self.error(&format!("function name `{name}' previously defined")));
        }
        self.expect("(")?;
        let mut parameters = Vec::new();
        while !self.is_mark(")") {
            let Token::Name(parameter) = &self.token else {
                return Err(self.wrong());
            };
            let parameter = parameter.clone();
            if parameter == name {
                return Err(self.error(&format!(
                    "function `{name}': cannot use function name as parameter name"
                )));
            }
            if let Some(first) = parameters.iter().position(|known| *known == parameter) {
                let (this, first) = (parameters.len() + 1, first + 1);
                let message = format!(
                    "function `{name}': parameter #{this}, `{parameter}', duplicates parameter #{first}"
                );
                return Err(self.error(&message));
            }
            parameters.push(parameter);
            self.advance()?;
            if !self.accept(",")? && !self.is_mark(")") {
                return Err(self.wrong());
            }
            self.skip_newlines()?;
        }
        self.advance()?;
        self.skip_newlines()?;
        let function = &mut self.program.functions[number];
        function.defined = true;
        function.arrays = vec![false; parameters.len()];
        function.parameters.clone_from(&parameters);
        self.parameters = parameters;
        self.function = Some(number);
        let body = self.action()?;
        self.program.functions[number].body = body;
        self.parameters.clear();
        self.function = None;
        Ok(())
    }

    /// Statements in braces.
    pub fn action(&mut self) -> Parsed<Vec<Statement>> {
        self.skip_newlines_if_brace_follows()?;
        self.expect("{")?;
        let statements = self.statements()?;
        self.expect("}")?;
        Ok(statements)
    }

    fn skip_newlines_if_brace_follows(&mut self) -> Parsed<()> {
        if self.function.is_some() {
            self.skip_newlines()?;
        }
        Ok(())
    }
}

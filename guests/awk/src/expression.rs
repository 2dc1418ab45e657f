//! Expressions, from the loosest operators to the tightest.

use crate::ast::{Arithmetic, ArrayRef, Builtin, Comparison, Expr, Literal, Place, Source};
use crate::builtin_table::builtin;
use crate::lexer::{Token, regex_text};
use crate::parser::{Failed, Parsed, Parser};
use crate::value::Value;
use posix_regex::{Dialect, Options, Regex};
use std::rc::Rc;

impl Parser {
    /// An expression in which neither `>` nor `in` ends it.
    pub fn free_expression(&mut self) -> Parsed<Expr> {
        let before = (self.in_print, self.no_in);
        (self.in_print, self.no_in) = (false, false);
        let expression = self.expression();
        (self.in_print, self.no_in) = before;
        expression
    }

    pub fn expression(&mut self) -> Parsed<Expr> {
        self.nested(Self::conditional)
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let condition = self.either()?;
        if !self.accept("?")? {
            return Ok(condition);
        }
        self.skip_newlines()?;
        let then = self.expression()?;
        self.skip_newlines()?;
        self.expect(":")?;
        self.skip_newlines()?;
        let otherwise = self.expression()?;
        Ok(Expr::Conditional(
            Box::new(condition),
            Box::new(then),
            Box::new(otherwise),
        ))
    }

    fn either(&mut self) -> Parsed<Expr> {
        let mut left = self.both()?;
        while self.accept("||")? {
            self.skip_newlines()?;
            left = Expr::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Parsed<Expr> {
        let mut left = self.membership()?;
        while self.accept("&&")? {
            self.skip_newlines()?;
            left = Expr::And(Box::new(left), Box::new(self.membership()?));
        }
        Ok(left)
    }

    fn membership(&mut self) -> Parsed<Expr> {
        let mut left = self.matching()?;
        while self.is_keyword("in") && !self.no_in {
            self.advance()?;
            let Token::Name(name) = self.token.clone() else {
                return Err(self.wrong());
            };
            self.advance()?;
            let array = self.array(&name);
            let array = self.subscripted(array)?;
            let indexes = match left {
                Expr::List(indexes) => indexes,
                single => vec![single],
            };
            left = Expr::In(indexes, array);
        }
        Ok(left)
    }

    fn matching(&mut self) -> Parsed<Expr> {
        let mut left = self.comparison()?;
        loop {
            let wanted = match self.token {
                Token::Mark("~") => true,
                Token::Mark("!~") => false,
                _ => return Ok(left),
            };
            self.advance()?;
            let right = self.comparison()?;
            left = Expr::Match(Box::new(left), Box::new(right), wanted);
        }
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let mut left = self.concatenation()?;
        loop {
            if self.is_mark("|") {
                let before = (
                    self.lexer.at,
                    self.lexer.line,
                    self.lexer.start,
                    self.token.clone(),
                );
                self.advance()?;
                if self.is_keyword("getline") {
                    self.advance()?;
                    let place = self.optional_place()?;
                    left = Expr::Getline(Source::Command(Box::new(left)), place);
                    continue;
                }
                (self.lexer.at, self.lexer.line, self.lexer.start, self.token) = before;
                return Ok(left);
            }
            let comparison = match self.token {
                Token::Mark("<") => Comparison::Less,
                Token::Mark("<=") => Comparison::LessEqual,
                Token::Mark("==") => Comparison::Equal,
                Token::Mark("!=") => Comparison::NotEqual,
                Token::Mark(">") if !self.in_print => Comparison::Greater,
                Token::Mark(">=") => Comparison::GreaterEqual,
                _ => return Ok(left),
            };
            self.advance()?;
            let right = self.concatenation()?;
            left = Expr::Compare(comparison, Box::new(left), Box::new(right));
        }
    }

    pub fn concatenation(&mut self) -> Parsed<Expr> {
        let first = self.sum()?;
        let mut parts = vec![first];
        while self.begins_operand() {
            parts.push(self.sum()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Expr::Concat(parts),
        })
    }

    /// Whether another operand follows without an operator.
    fn begins_operand(&self) -> bool {
        match &self.token {
            Token::Number(_)
            | Token::Text(_)
            | Token::Name(_)
            | Token::Callee(_)
            | Token::Builtin(_) => true,
            Token::Regex(_) => true,
            Token::Mark(mark) => matches!(*mark, "$" | "!" | "(" | "-" | "+" | "++" | "--"),
            _ => false,
        }
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.product()?;
        loop {
            let operation = match self.token {
                Token::Mark("+") => Arithmetic::Add,
                Token::Mark("-") => Arithmetic::Subtract,
                _ => return Ok(left),
            };
            let line = self.lexer.line;
            self.advance()?;
            left = Expr::Binary(operation, Box::new(left), Box::new(self.product()?), line);
        }
    }

    fn product(&mut self) -> Parsed<Expr> {
        let mut left = self.unary()?;
        loop {
            let operation = match self.token {
                Token::Mark("*") => Arithmetic::Multiply,
                Token::Mark("/") => Arithmetic::Divide,
                Token::Mark("%") => Arithmetic::Remainder,
                _ => return Ok(left),
            };
            let line = self.lexer.line;
            self.advance()?;
            let right = self.unary()?;
            let constants = (&left, &right);
            if let (Expr::Constant(Value::Number(_)), Expr::Constant(Value::Number(0.0))) =
                constants
            {
                match operation {
                    Arithmetic::Divide => return Err(self.error("division by zero attempted")),
                    Arithmetic::Remainder => {
                        return Err(self.error("division by zero attempted in `%'"));
                    }
                    _ => {}
                }
            }
            left = Expr::Binary(operation, Box::new(left), Box::new(right), line);
        }
    }

    pub fn unary(&mut self) -> Parsed<Expr> {
        let mark = match self.token {
            Token::Mark(mark @ ("!" | "-" | "+")) => mark,
            _ => return self.power(),
        };
        self.advance()?;
        let operand = Box::new(self.nested(Self::unary)?);
        Ok(match mark {
            "!" => Expr::Not(operand),
            "-" => Expr::Negative(operand),
            _ => Expr::Positive(operand),
        })
    }

    fn power(&mut self) -> Parsed<Expr> {
        let base = self.postfix()?;
        if !self.is_mark("^") {
            return Ok(base);
        }
        let line = self.lexer.line;
        self.advance()?;
        let exponent = self.nested(Self::exponent)?;
        Ok(Expr::Binary(
            Arithmetic::Power,
            Box::new(base),
            Box::new(exponent),
            line,
        ))
    }

    fn exponent(&mut self) -> Parsed<Expr> {
        if self.accept("-")? {
            return Ok(Expr::Negative(Box::new(self.exponent()?)));
        }
        if self.accept("+")? {
            return self.exponent();
        }
        if self.accept("!")? {
            return Ok(Expr::Not(Box::new(self.exponent()?)));
        }
        self.power()
    }

    /// A primary; `++` behind it, or an assignment to it.
    fn postfix(&mut self) -> Parsed<Expr> {
        let primary = self.primary()?;
        let Expr::Place(place) = primary else {
            return Ok(primary);
        };
        if self.accept("++")? {
            return Ok(Expr::Step(place, 1.0, true));
        }
        if self.accept("--")? {
            return Ok(Expr::Step(place, -1.0, true));
        }
        let line = self.lexer.line;
        let operation = match self.token {
            Token::Mark("=") => None,
            Token::Mark("+=") => Some(Arithmetic::Add),
            Token::Mark("-=") => Some(Arithmetic::Subtract),
            Token::Mark("*=") => Some(Arithmetic::Multiply),
            Token::Mark("/=") => Some(Arithmetic::Divide),
            Token::Mark("%=") => Some(Arithmetic::Remainder),
            Token::Mark("^=") => Some(Arithmetic::Power),
            _ => return Ok(Expr::Place(place)),
        };
        self.advance()?;
        self.skip_newlines()?;
        let value = Box::new(self.expression()?);
        Ok(match operation {
            None => Expr::Assign(place, value),
            Some(operation) => Expr::AssignWith(operation, place, value, line),
        })
    }

    /// What a `getline` assigns to.
    fn optional_place(&mut self) -> Parsed<Option<Place>> {
        let begins = matches!(self.token, Token::Name(_) | Token::Mark("$"));
        if !begins {
            return Ok(None);
        }
        match self.primary()? {
            Expr::Place(place) => Ok(Some(place)),
            _ => Err(self.wrong()),
        }
    }

    fn primary(&mut self) -> Parsed<Expr> {
        match self.token.clone() {
            Token::Number(number) => {
                self.advance()?;
                Ok(Expr::Constant(Value::Number(number)))
            }
            Token::Text(text) => {
                self.advance()?;
                Ok(Expr::Constant(Value::Text(text)))
            }
            Token::Regex(text) => {
                self.advance()?;
                self.literal(&text)
            }
            Token::Mark("/" | "/=") => {
                let text = self.advance_regex()?;
                self.literal(&text)
            }
            Token::Mark("$") => {
                self.advance()?;
                let operand = self.nested(Self::field_operand)?;
                Ok(Expr::Place(Place::Field(Box::new(operand))))
            }
            Token::Mark(mark @ ("++" | "--")) => {
                self.advance()?;
                match self.nested(Self::primary)? {
                    Expr::Place(place) => Ok(Expr::Step(
                        place,
                        if mark == "++" { 1.0 } else { -1.0 },
                        false,
                    )),
                    _ => Err(self.wrong()),
                }
            }
            Token::Mark("(") => self.group(),
            Token::Name(name) => {
                self.advance()?;
                self.named(&name)
            }
            Token::Callee(name) => self.call(&name),
            Token::Builtin(name) => self.builtin_call(&name),
            Token::Keyword("getline") => self.getline(),
            Token::Mark("@") => Err(self.wrong_with("indirect function calls are not supported")),
            _ => Err(self.wrong()),
        }
    }

    fn field_operand(&mut self) -> Parsed<Expr> {
        match self.token {
            Token::Mark("-") => {
                self.advance()?;
                Ok(Expr::Negative(Box::new(self.field_operand()?)))
            }
            Token::Mark("+") => {
                self.advance()?;
                self.field_operand()
            }
            Token::Mark("!") => {
                self.advance()?;
                Ok(Expr::Not(Box::new(self.field_operand()?)))
            }
            _ => self.primary(),
        }
    }

    fn getline(&mut self) -> Parsed<Expr> {
        self.advance()?;
        let place = self.optional_place()?;
        if self.accept("<")? {
            let file = self.nested(Self::primary)?;
            return Ok(Expr::Getline(Source::File(Box::new(file)), place));
        }
        Ok(Expr::Getline(Source::Main, place))
    }

    /// Parentheses: one expression, or a list before `in` or behind `print`.
    fn group(&mut self) -> Parsed<Expr> {
        self.advance()?;
        let first = self.free_expression()?;
        if self.accept(")")? {
            return Ok(Expr::Group(Box::new(first)));
        }
        let mut list = vec![first];
        while self.accept(",")? {
            self.skip_newlines()?;
            list.push(self.free_expression()?);
        }
        self.expect(")")?;
        if !self.is_keyword("in") && !self.in_print {
            return Err(self.wrong());
        }
        Ok(Expr::List(list))
    }

    fn named(&mut self, name: &str) -> Parsed<Expr> {
        if !self.is_mark("[") {
            return Ok(Expr::Place(self.variable(name)));
        }
        let mut array = self.array(name);
        loop {
            let subscripts = self.subscripts()?;
            if !self.is_mark("[") {
                return Ok(Expr::Place(Place::Element(array, subscripts)));
            }
            array = ArrayRef::Element(Box::new(array), subscripts);
        }
    }

    /// What follows an array's name where an array is wanted.
    pub fn subscripted(&mut self, mut array: ArrayRef) -> Parsed<ArrayRef> {
        while self.is_mark("[") {
            array = ArrayRef::Element(Box::new(array), self.subscripts()?);
        }
        Ok(array)
    }

    pub fn subscripts(&mut self) -> Parsed<Vec<Expr>> {
        self.expect("[")?;
        let mut list = vec![self.free_expression()?];
        while self.accept(",")? {
            self.skip_newlines()?;
            list.push(self.free_expression()?);
        }
        self.expect("]")?;
        Ok(list)
    }

    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        self.expect("(")?;
        let mut list = Vec::new();
        self.skip_newlines()?;
        while !self.is_mark(")") {
            list.push(self.free_expression()?);
            self.skip_newlines()?;
            if !self.accept(",")? && !self.is_mark(")") {
                return Err(self.wrong());
            }
            self.skip_newlines()?;
        }
        self.closed_at = self.lexer.start;
        self.advance()?;
        Ok(list)
    }

    fn call(&mut self, name: &str) -> Parsed<Expr> {
        let line = self.lexer.line;
        self.advance()?;
        let number = self.function_number(name);
        let arguments = self.arguments()?;
        if let Some(function) = self.function {
            for (at, argument) in arguments.iter().enumerate() {
                if let Expr::Place(Place::Local(parameter)) = argument {
                    self.handed_on.push((function, *parameter, number, at));
                }
            }
        }
        Ok(Expr::Call(number, arguments, line))
    }

    fn builtin_call(&mut self, name: &str) -> Parsed<Expr> {
        let line = self.lexer.line;
        let Some((which, least, most)) = builtin(name) else {
            return Err(self.wrong_with(&format!("function `{name}' is not supported")));
        };
        self.advance()?;
        let arguments = match self.is_mark("(") {
            true => self.arguments()?,
            false if which == Builtin::Length => Vec::new(),
            false => return Err(self.wrong()),
        };
        if arguments.len() < least || arguments.len() > most {
            let count = arguments.len();
            let message = format!("{count} is invalid as number of arguments for {name}");
            return Err(self.wrong_at(self.closed_at, &message));
        }
        if let (Builtin::Index, Some(Expr::Regex(_))) = (which, arguments.get(1)) {
            let message = "index: regexp constant as second argument is not allowed";
            eprintln!("awk: {}:{line}: fatal: {message}", self.origin);
            return Err(Failed(crate::interpreter::FATAL));
        }
        let arguments = self.with_arrays(which, arguments)?;
        Ok(Expr::Builtin(which, arguments, line))
    }

    /// The arguments that have to be arrays become such.
    fn with_arrays(&mut self, which: Builtin, mut arguments: Vec<Expr>) -> Parsed<Vec<Expr>> {
        let places: &[usize] = match which {
            Builtin::Split | Builtin::Patsplit => &[1, 3],
            Builtin::Asort | Builtin::Asorti => &[0, 1],
            Builtin::Match => &[2],
            _ => &[],
        };
        for at in places {
            if let Some(argument) = arguments.get_mut(*at) {
                let taken = std::mem::replace(argument, Expr::Constant(Value::Unset));
                let array = self.as_array(taken)?;
                arguments[*at] = Expr::Array(array);
            }
        }
        Ok(arguments)
    }

    fn as_array(&mut self, expression: Expr) -> Result<ArrayRef, Failed> {
        match expression {
            Expr::Place(Place::Global(number)) => {
                self.program.arrays[number] = true;
                Ok(ArrayRef::Global(number))
            }
            Expr::Place(Place::Local(number)) => {
                if let Some(function) = self.function {
                    self.program.functions[function].arrays[number] = true;
                }
                Ok(ArrayRef::Local(number))
            }
            Expr::Place(Place::Element(array, subscripts)) => {
                Ok(ArrayRef::Element(Box::new(array), subscripts))
            }
            _ => Err(self.error("argument is not an array")),
        }
    }

    fn literal(&mut self, text: &[u8]) -> Parsed<Expr> {
        let mut options = Options::new(Dialect::AWK);
        options.utf8 = posix_regex::locale_is_utf8();
        match Regex::new(&regex_text(text), &options) {
            Ok(regex) => Ok(Expr::Regex(Literal(Rc::new(regex), Value::text(text)))),
            Err(error) => {
                let text = String::from_utf8_lossy(text);
                Err(self.error(&format!("{error}: /{text}/")))
            }
        }
    }
}

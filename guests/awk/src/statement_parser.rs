//! Statements of a program's text.

use crate::ast::{ArrayRef, Case, Expr, Place, Statement, Target};
use crate::lexer::Token;
use crate::parser::{Failed, Parsed, Parser};

impl Parser {
    pub fn statements(&mut self) -> Parsed<Vec<Statement>> {
        let mut statements = Vec::new();
        loop {
            self.skip_terminators()?;
            if self.is_mark("}") {
                return Ok(statements);
            }
            if self.token == Token::End {
                return Err(self.wrong());
            }
            statements.push(Statement::Line(self.lexer.line));
            statements.push(self.statement()?);
        }
    }

    pub fn statement(&mut self) -> Parsed<Statement> {
        self.nested(Self::any_statement)
    }

    pub fn any_statement(&mut self) -> Parsed<Statement> {
        if self.accept("{")? {
            let statements = self.statements()?;
            self.expect("}")?;
            return Ok(Statement::Block(statements));
        }
        if self.accept(";")? {
            return Ok(Statement::Block(Vec::new()));
        }
        let keyword = match self.token {
            Token::Keyword(keyword) => keyword,
            _ => "",
        };
        match keyword {
            "if" => self.if_statement(),
            "while" => {
                let condition = self.condition()?;
                if self.accept(";")? {
                    return Ok(Statement::While(
                        condition,
                        Box::new(Statement::Block(Vec::new())),
                    ));
                }
                Ok(Statement::While(condition, Box::new(self.body()?)))
            }
            "do" => self.do_statement(),
            "for" => self.for_statement(),
            "switch" => self.switch_statement(),
            _ => {
                let statement = self.simple()?;
                self.end_of_simple()?;
                Ok(statement)
            }
        }
    }

    pub fn end_of_simple(&mut self) -> Parsed<()> {
        match self.token {
            Token::Newline => self.advance(),
            Token::End => Ok(()),
            _ if self.is_mark(";") => self.advance(),
            _ if self.is_mark("}") => Ok(()),
            _ => Err(self.wrong()),
        }
    }

    pub fn condition(&mut self) -> Parsed<Expr> {
        self.advance()?;
        self.expect("(")?;
        let condition = self.free_expression()?;
        self.expect(")")?;
        Ok(condition)
    }

    pub fn body(&mut self) -> Parsed<Statement> {
        self.skip_newlines()?;
        self.statement()
    }

    pub fn if_statement(&mut self) -> Parsed<Statement> {
        let condition = self.condition()?;
        let then = Box::new(self.body()?);
        let (at, line, start, token) = (
            self.lexer.at,
            self.lexer.line,
            self.lexer.start,
            self.token.clone(),
        );
        self.skip_terminators()?;
        if self.is_keyword("else") {
            self.advance()?;
            let otherwise = Box::new(self.body()?);
            return Ok(Statement::If(condition, then, Some(otherwise)));
        }
        self.lexer.at = at;
        self.lexer.line = line;
        self.lexer.start = start;
        self.token = token;
        Ok(Statement::If(condition, then, None))
    }

    pub fn do_statement(&mut self) -> Parsed<Statement> {
        self.advance()?;
        let body = self.body()?;
        self.skip_terminators()?;
        if !self.is_keyword("while") {
            return Err(self.wrong());
        }
        let condition = self.condition()?;
        self.end_of_simple()?;
        Ok(Statement::Do(Box::new(body), condition))
    }

    pub fn for_statement(&mut self) -> Parsed<Statement> {
        self.advance()?;
        self.expect("(")?;
        if let Some(head) = self.for_in_head()? {
            let body = Box::new(self.body()?);
            return Ok(Statement::ForIn(head.0, head.1, body));
        }
        let first = match self.is_mark(";") {
            true => None,
            false => Some(Box::new(self.simple()?)),
        };
        self.expect(";")?;
        self.skip_newlines()?;
        let condition = match self.is_mark(";") {
            true => None,
            false => Some(self.free_expression()?),
        };
        self.expect(";")?;
        self.skip_newlines()?;
        let step = match self.is_mark(")") {
            true => None,
            false => Some(Box::new(self.simple()?)),
        };
        self.expect(")")?;
        if self.accept(";")? {
            let body = Box::new(Statement::Block(Vec::new()));
            return Ok(Statement::For(first, condition, step, body));
        }
        let body = Box::new(self.body()?);
        Ok(Statement::For(first, condition, step, body))
    }

    /// `name in array)`, or nothing and nothing read.
    pub fn for_in_head(&mut self) -> Parsed<Option<(Place, ArrayRef)>> {
        let Token::Name(variable) = self.token.clone() else {
            return Ok(None);
        };
        let before = (
            self.lexer.at,
            self.lexer.line,
            self.lexer.start,
            self.token.clone(),
        );
        self.advance()?;
        if self.is_keyword("in") {
            self.advance()?;
            if let Token::Name(array) = self.token.clone() {
                self.advance()?;
                let array = self.array(&array);
                let array = self.subscripted(array)?;
                if self.accept(")")? {
                    return Ok(Some((self.variable(&variable), array)));
                }
            }
        }
        (self.lexer.at, self.lexer.line, self.lexer.start, self.token) = before;
        Ok(None)
    }

    pub fn switch_statement(&mut self) -> Parsed<Statement> {
        let subject = self.condition()?;
        self.skip_newlines()?;
        self.expect("{")?;
        let mut cases = Vec::new();
        loop {
            self.skip_terminators()?;
            let label = if self.is_keyword("case") {
                self.advance()?;
                Some(self.unary()?)
            } else if self.is_keyword("default") {
                self.advance()?;
                None
            } else {
                break;
            };
            self.expect(":")?;
            let mut body = Vec::new();
            loop {
                self.skip_terminators()?;
                if self.is_mark("}") || self.is_keyword("case") || self.is_keyword("default") {
                    break;
                }
                body.push(self.statement()?);
            }
            cases.push(Case(label, body));
        }
        self.expect("}")?;
        Ok(Statement::Switch(subject, cases))
    }

    /// A statement that ends with its line.
    pub fn simple(&mut self) -> Parsed<Statement> {
        let keyword = match self.token {
            Token::Keyword(keyword) => keyword,
            _ => "",
        };
        let plain = match keyword {
            "print" | "printf" => return self.print(keyword == "printf"),
            "delete" => return self.delete(),
            "next" | "nextfile" => {
                if let Some(rule) = self.special {
                    return Err(self.error(&format!("`{keyword}' used in {rule} action")));
                }
                match keyword {
                    "next" => Statement::Next,
                    _ => Statement::NextFile,
                }
            }
            "return" if self.function.is_none() => {
                return Err(self.wrong_with("`return' used outside function context"));
            }
            "break" => Statement::Break,
            "continue" => Statement::Continue,
            "exit" | "return" => {
                self.advance()?;
                let value = match self.ends_simple() {
                    true => None,
                    false => Some(self.expression()?),
                };
                return Ok(match keyword {
                    "exit" => Statement::Exit(value),
                    _ => Statement::Return(value),
                });
            }
            _ => return Ok(Statement::Expression(self.expression()?)),
        };
        self.advance()?;
        Ok(plain)
    }

    pub fn ends_simple(&self) -> bool {
        matches!(self.token, Token::End | Token::Newline) || self.is_mark(";") || self.is_mark("}")
    }

    pub fn delete(&mut self) -> Parsed<Statement> {
        self.advance()?;
        let parenthesis = self.accept("(")?;
        let Token::Name(name) = self.token.clone() else {
            return Err(self.wrong());
        };
        self.advance()?;
        let mut array = self.array(&name);
        let mut last = Vec::new();
        while self.is_mark("[") {
            if !last.is_empty() {
                array = ArrayRef::Element(Box::new(array), std::mem::take(&mut last));
            }
            last = self.subscripts()?;
        }
        if parenthesis {
            self.expect(")")?;
        }
        Ok(match last.is_empty() {
            true => Statement::DeleteAll(array),
            false => Statement::Delete(array, last),
        })
    }

    pub fn print(&mut self, formatted: bool) -> Parsed<Statement> {
        self.advance()?;
        let was = std::mem::replace(&mut self.in_print, true);
        let mut values = Vec::new();
        let is_bare =
            self.ends_simple() || self.is_mark(">") || self.is_mark(">>") || self.is_mark("|");
        if !is_bare {
            values.push(self.expression()?);
            while self.accept(",")? {
                self.skip_newlines()?;
                values.push(self.expression()?);
            }
        }
        if let [Expr::List(_)] = &values[..]
            && let Some(Expr::List(inner)) = values.pop()
        {
            values = inner;
        }
        let target = self.target()?;
        self.in_print = was;
        if formatted && values.is_empty() {
            eprintln!(
                "awk: {}:{}: fatal: printf: no arguments",
                self.origin, self.lexer.line
            );
            return Err(Failed(crate::interpreter::FATAL));
        }
        Ok(match formatted {
            true => Statement::Printf(values, target),
            false => Statement::Print(values, target),
        })
    }

    pub fn target(&mut self) -> Parsed<Target> {
        if self.accept(">")? {
            return Ok(Target::File(self.concatenation()?));
        }
        if self.accept(">>")? {
            return Ok(Target::Append(self.concatenation()?));
        }
        if self.accept("|")? {
            return Ok(Target::Pipe(self.concatenation()?));
        }
        if self.is_mark("|&") {
            return Err(self.wrong_with("two-way pipes with `|&' are not supported"));
        }
        Ok(Target::Standard)
    }
}

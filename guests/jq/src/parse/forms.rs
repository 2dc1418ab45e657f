//! Patterns, objects, strings, and what begins with a keyword.

use super::{Entry, Parsed, Parser, leak};
use crate::ast::{Node, Pattern, Piece, Ref};
use crate::lex::{Part, Token};
use crate::value::Value;

impl Parser {
    /// Patterns, and the variables that they bind together.
    pub(super) fn patterns(&mut self) -> Parsed<(Vec<Pattern>, Vec<Entry>)> {
        let mut names = Vec::new();
        let mut patterns = vec![self.pattern(&mut names)?];
        while self.take("?//") {
            patterns.push(self.pattern(&mut names)?);
        }
        Ok((patterns, names.into_iter().map(Entry::Variable).collect()))
    }

    fn pattern(&mut self, names: &mut Vec<String>) -> Parsed<Pattern> {
        if let Some(Token::Variable(name)) = self.peek().cloned() {
            self.at += 1;
            return Ok(Pattern::Variable(number_of(&name, names)));
        }
        if self.take("[") {
            let mut items = vec![self.pattern(names)?];
            while self.take(",") {
                items.push(self.pattern(names)?);
            }
            self.expect("]")?;
            return Ok(Pattern::Array(items));
        }
        if self.take("{") {
            let mut entries = vec![self.pattern_entry(names)?];
            while self.take(",") {
                entries.push(self.pattern_entry(names)?);
            }
            self.expect("}")?;
            return Ok(Pattern::Object(entries));
        }
        self.unexpected(", expecting '$' or '[' or '{'")
    }

    fn pattern_entry(
        &mut self,
        names: &mut Vec<String>,
    ) -> Parsed<(Option<usize>, Ref, Option<Pattern>)> {
        let mut variable = None;
        let key = match self.peek().cloned() {
            Some(Token::Variable(name)) => {
                self.at += 1;
                variable = Some(number_of(&name, names));
                leak(Node::Literal(Value::from(name)))
            }
            Some(Token::Name(name)) => {
                self.at += 1;
                leak(Node::Literal(Value::from(name)))
            }
            Some(Token::Keyword(word)) => {
                self.at += 1;
                leak(Node::Literal(Value::from(word)))
            }
            Some(Token::String(parts)) => {
                self.at += 1;
                self.string("text", parts)?
            }
            Some(Token::Symbol("(")) => {
                self.at += 1;
                let key = self.pipe()?;
                self.expect(")")?;
                key
            }
            _ => return self.unexpected(""),
        };
        let below = match self.take(":") {
            true => Some(self.pattern(names)?),
            false if variable.is_some() => None,
            false => return self.unexpected(", expecting ':'"),
        };
        Ok((variable, key, below))
    }

    pub(super) fn keyword(&mut self, word: &str) -> Parsed<Ref> {
        let at = self.place();
        match word {
            "if" => {
                self.at += 1;
                self.conditional().map_err(|mut wrong| {
                    if wrong.message.starts_with("syntax error, unexpected $end") {
                        wrong
                            .message
                            .push_str("\0Possibly unterminated 'if' statement");
                    }
                    wrong
                })
            }
            "try" => {
                self.at += 1;
                let body = self.try_body()?;
                let handler = match self.take_keyword("catch") {
                    true => Some(self.try_body()?),
                    false => None,
                };
                Ok(leak(Node::Try(body, handler)))
            }
            "reduce" => {
                self.at += 1;
                let (source, patterns, variables) = self.fold_head()?;
                self.expect("(")?;
                let start = self.pipe()?;
                self.expect(";")?;
                let count = variables.len();
                self.scope.extend(variables);
                let update = self.pipe()?;
                self.scope.truncate(self.scope.len() - count);
                self.expect(")")?;
                Ok(leak(Node::Reduce(source, patterns, count, start, update)))
            }
            "foreach" => {
                self.at += 1;
                let (source, patterns, variables) = self.fold_head()?;
                self.expect("(")?;
                let start = self.pipe()?;
                self.expect(";")?;
                let count = variables.len();
                self.scope.extend(variables);
                let update = self.pipe()?;
                let extract = if self.take(";") {
                    Some(self.pipe()?)
                } else {
                    None
                };
                self.scope.truncate(self.scope.len() - count);
                self.expect(")")?;
                Ok(leak(Node::Foreach(
                    source, patterns, count, start, update, extract,
                )))
            }
            "label" | "def" => self.pipe(),
            "break" => {
                self.at += 1;
                let Some(Token::Variable(name)) = self.peek().cloned() else {
                    return self.unexpected(", expecting '$'");
                };
                self.at += 1;
                let wanted = Entry::Label(name.clone());
                match self.scope.iter().rev().position(|entry| *entry == wanted) {
                    Some(steps) => Ok(leak(Node::Break(steps))),
                    None => self.wrong(format!("$*label-{name} is not defined"), at),
                }
            }
            _ => self.unexpected(""),
        }
    }

    fn try_body(&mut self) -> Parsed<Ref> {
        match self.take("-") {
            true => Ok(leak(Node::Negate(self.postfix()?))),
            false => self.postfix(),
        }
    }

    fn fold_head(&mut self) -> Parsed<(Ref, Vec<Pattern>, Vec<Entry>)> {
        let source = self.postfix()?;
        if !self.take_keyword("as") {
            return self.unexpected(", expecting FIELD or as or '.' or '['");
        }
        let (patterns, variables) = self.patterns()?;
        Ok((source, patterns, variables))
    }

    /// After `if` or `elif`.
    fn conditional(&mut self) -> Parsed<Ref> {
        let condition = self.pipe()?;
        self.expect_keyword("then")?;
        let then = self.pipe()?;
        let otherwise = if self.take_keyword("elif") {
            Some(self.conditional()?)
        } else if self.take_keyword("else") {
            let otherwise = self.pipe()?;
            self.expect_keyword("end")?;
            Some(otherwise)
        } else {
            self.expect_keyword("end")?;
            None
        };
        Ok(leak(Node::If(condition, then, otherwise)))
    }

    pub(super) fn object(&mut self) -> Parsed<Ref> {
        let mut entries = Vec::new();
        if self.take("}") {
            return Ok(leak(Node::Object(entries)));
        }
        loop {
            entries.push(self.entry()?);
            if !self.take(",") {
                break;
            }
            if self.is("}") {
                break;
            }
        }
        self.expect("}")?;
        Ok(leak(Node::Object(entries)))
    }

    fn entry(&mut self) -> Parsed<(Ref, Ref)> {
        let at = self.place();
        let Some(token) = self.peek().cloned() else {
            return self.unexpected("");
        };
        self.at += 1;
        let literal = |text: &str| leak(Node::Literal(Value::from(text)));
        let field = |key: Ref| leak(Node::Index(leak(Node::Identity), key));
        let (key, implied) = match token {
            Token::Variable(name) => {
                let value = self.variable(&name, at)?;
                return Ok((literal(&name), value));
            }
            Token::Name(name) => {
                let key = literal(&name);
                (key, Some(field(key)))
            }
            Token::Keyword(word) => {
                let key = literal(word);
                (key, Some(field(key)))
            }
            Token::Number(number) => {
                if !self.is(":") {
                    return self.unexpected("");
                }
                let text = crate::json::format_number(number);
                return self.wrong(format!("Cannot use number ({text}) as object key"), at - 1);
            }
            Token::String(parts) => {
                let key = self.string("text", parts)?;
                (key, Some(field(key)))
            }
            Token::Format(name) => match self.peek().cloned() {
                Some(Token::String(parts)) => {
                    self.at += 1;
                    let key = self.string(&name, parts)?;
                    (key, Some(field(key)))
                }
                _ => {
                    let key = leak(Node::Format(Box::leak(name.into_boxed_str())));
                    (key, Some(field(key)))
                }
            },
            Token::Symbol("(") => {
                let key = self.pipe()?;
                self.expect(")")?;
                (key, None)
            }
            _ => {
                self.at -= 1;
                return self.unexpected("");
            }
        };
        if self.take(":") {
            return Ok((key, self.object_value()?));
        }
        match implied {
            Some(value) => Ok((key, value)),
            None => self.unexpected(""),
        }
    }

    /// `ExpD`: terms joined by `|`; wider than jq's own, which takes no operators here.
    fn object_value(&mut self) -> Parsed<Ref> {
        let mut value = self.alternative()?;
        while self.take("|") {
            value = leak(Node::Pipe(value, self.alternative()?));
        }
        Ok(value)
    }

    pub(super) fn string(&mut self, format: &str, parts: Vec<Part>) -> Parsed<Ref> {
        if let [Part::Text(text)] = &parts[..] {
            return Ok(leak(Node::Literal(Value::from(&text[..]))));
        }
        let mut pieces = Vec::new();
        for part in parts {
            match part {
                Part::Text(text) if text.is_empty() => {}
                Part::Text(text) => pieces.push(Piece::Text(text)),
                Part::Interpolation(tokens, end) => {
                    let mut inner = Parser {
                        tokens,
                        at: 0,
                        end: end + 1,
                        scope: std::mem::take(&mut self.scope),
                        depth: self.depth,
                    };
                    let filter = inner.pipe().and_then(|filter| match inner.at_end() {
                        true => Ok(filter),
                        false => inner.unexpected(""),
                    });
                    self.scope = inner.scope;
                    pieces.push(Piece::Filter(filter?));
                }
            }
        }
        let format = Box::leak(format.to_owned().into_boxed_str());
        Ok(leak(Node::Interpolated(format, pieces)))
    }
}

/// A variable's number among those of its patterns.
fn number_of(name: &str, names: &mut Vec<String>) -> usize {
    if let Some(number) = names.iter().position(|known| known == name) {
        return number;
    }
    names.push(name.to_owned());
    names.len() - 1
}

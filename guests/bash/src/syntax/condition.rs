//! `[[ … ]]`, whose tokens are read in a way of their own.

use super::ast::{Condition, Word};
use super::error::{Aftermath, Parsed, SyntaxError};
use super::parser::Parser;
use super::token::{Kind, Token};

impl Parser<'_, '_> {
    /// Behind `[[`: the condition is put aside, `]]` is the token that comes next.
    pub(super) fn read_condition(&mut self) -> Parsed<Token> {
        let line = self.input.line;
        self.state.in_condition = true;
        let read = self.alternatives();
        let (condition, end) = match read {
            Ok(read) => read,
            Err(error) => return Err(self.keeps_status(error)),
        };
        if end.kind != Kind::ConditionEnd {
            let error = self.condition_error(line, &end);
            return Err(self.keeps_status(error));
        }
        self.state.in_condition = false;
        self.state.condition_begins = false;
        self.state.condition = Some(condition);
        self.state.condition_ended = true;
        Ok(Token::plain(Kind::ConditionCommand))
    }

    fn keeps_status(&self, error: Box<SyntaxError>) -> Box<SyntaxError> {
        if self.input.is_used_up() {
            return error;
        }
        error.then(Aftermath::KeepsStatus)
    }

    fn condition_error(&self, line: u32, token: &Token) -> Box<SyntaxError> {
        let message = match (token.kind, token.shown()) {
            (Kind::End, _) => "unexpected EOF while looking for `]]'".to_owned(),
            (kind, Some(shown)) if kind != Kind::Word => {
                format!("syntax error in conditional expression: unexpected token `{shown}'")
            }
            _ => "syntax error in conditional expression".to_owned(),
        };
        SyntaxError::new(line, message)
    }

    /// Terms joined by `||`, and the token behind them.
    fn alternatives(&mut self) -> Parsed<(Condition, Token)> {
        self.deeper()?;
        let (mut left, mut end) = self.conjunction()?;
        if end.kind == Kind::OrOr {
            let (right, behind) = self.alternatives()?;
            left = Condition::Or(Box::new(left), Box::new(right));
            end = behind;
        }
        self.depth -= 1;
        Ok((left, end))
    }

    fn conjunction(&mut self) -> Parsed<(Condition, Token)> {
        self.deeper()?;
        let (mut left, mut end) = self.term()?;
        if end.kind == Kind::AndAnd {
            let (right, behind) = self.conjunction()?;
            left = Condition::And(Box::new(left), Box::new(right));
            end = behind;
        }
        self.depth -= 1;
        Ok((left, end))
    }

    fn term(&mut self) -> Parsed<(Condition, Token)> {
        let token = self.condition_token()?;
        let line = self.input.line;
        let text = token.text.as_deref().unwrap_or_default();
        match token.kind {
            Kind::LeftParen => {
                let (inner, end) = self.alternatives().map_err(|mut error| {
                    error.messages.push("expected `)'".to_owned());
                    error
                })?;
                if end.kind != Kind::RightParen {
                    let message = match end.shown() {
                        Some(shown) => format!("unexpected token `{shown}', expected `)'"),
                        None => "expected `)'".to_owned(),
                    };
                    return Err(SyntaxError::new(line, message));
                }
                let end = self.condition_token()?;
                Ok((Condition::Parenthesised(Box::new(inner)), end))
            }
            Kind::Word if text == "!" => {
                self.deeper()?;
                let (inner, end) = self.term()?;
                self.depth -= 1;
                Ok((Condition::Not(Box::new(inner)), end))
            }
            Kind::Word if is_unary(text) => self.unary(token),
            Kind::Word => self.binary(token),
            Kind::ConditionEnd => Err(SyntaxError::silent(line)),
            // Bash shows the number its grammar has for one.
            Kind::Number => {
                let message = "unexpected token 284 in conditional command".to_owned();
                Err(SyntaxError::new(line, message))
            }
            kind => {
                let shown = kind.spelled();
                let message = format!("unexpected token `{shown}' in conditional command");
                Err(SyntaxError::new(line, message))
            }
        }
    }

    fn unary(&mut self, operator: Token) -> Parsed<(Condition, Token)> {
        let operand = self.read_token()?;
        if operand.kind != Kind::Word {
            return Err(self.wrong_operand(&operand, "unary"));
        }
        let end = self.condition_token()?;
        let condition = Condition::Unary(operator.text.unwrap_or_default(), word(operand));
        Ok((condition, end))
    }

    fn binary(&mut self, left: Token) -> Parsed<(Condition, Token)> {
        let operator = self.read_token()?;
        let text = match operator.kind {
            Kind::Word => operator.text.clone().unwrap_or_default(),
            _ => operator.kind.spelled().into(),
        };
        match operator.kind {
            Kind::Word if &*text == "=~" => self.state.regex = true,
            Kind::Word if is_binary(&text) => {
                self.state.extended_pattern = matches!(&*text, "=" | "==" | "!=");
            }
            Kind::Less | Kind::Greater => {}
            Kind::ConditionEnd | Kind::AndAnd | Kind::OrOr | Kind::RightParen => {
                return Ok((Condition::Unary("".into(), word(left)), operator));
            }
            _ => {
                let message = match operator.shown() {
                    Some(_) if operator.kind == Kind::Word => {
                        "conditional binary operator expected".to_owned()
                    }
                    Some(shown) => {
                        format!("unexpected token `{shown}', conditional binary operator expected")
                    }
                    None => "conditional binary operator expected".to_owned(),
                };
                return Err(SyntaxError::new(self.input.line, message));
            }
        }
        let right = self.read_token()?;
        self.state.regex = false;
        self.state.extended_pattern = false;
        if right.kind != Kind::Word {
            return Err(self.wrong_operand(&right, "binary"));
        }
        let end = self.condition_token()?;
        Ok((Condition::Binary(text, word(left), word(right)), end))
    }

    fn wrong_operand(&self, token: &Token, operator: &str) -> Box<SyntaxError> {
        let message = match token.shown() {
            Some(shown) => {
                format!("unexpected argument `{shown}' to conditional {operator} operator")
            }
            None => format!("unexpected argument to conditional {operator} operator"),
        };
        SyntaxError::new(self.input.line, message)
    }

    /// The next token that is no newline.
    fn condition_token(&mut self) -> Parsed<Token> {
        loop {
            let token = self.read_token()?;
            if token.kind != Kind::Newline {
                return Ok(token);
            }
        }
    }
}

fn word(token: Token) -> Word {
    Word::new(token.text.unwrap_or_default())
}

fn is_unary(text: &str) -> bool {
    text.len() == 2
        && text.starts_with('-')
        && text.ends_with([
            'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'k', 'n', 'o', 'p', 'r', 's', 't', 'u', 'v',
            'w', 'x', 'z', 'G', 'L', 'N', 'O', 'R', 'S',
        ])
}

fn is_binary(text: &str) -> bool {
    matches!(
        text,
        "=" | "==" | "!=" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "-nt" | "-ot" | "-ef"
    )
}

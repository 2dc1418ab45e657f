//! The operators of the expression. A predicate's own words are read first, one predicate after the other, because that is
//! the order in which mistakes are told.

use super::expression::{Node, Options, Predicate, Program};
use super::predicates::{self, Reader};

/// A word of the expression, once predicates have been read.
enum Token {
    Leaf(Predicate),
    Open,
    Close,
    Not(String),
    And(String),
    Or(String),
    Comma,
}

/// Reads the expression.
pub fn parse(words: &[String], options: Options) -> Result<Program, String> {
    let mut reader = Reader::new(words, options);
    let mut tokens = Vec::new();
    while let Some(word) = reader.next() {
        tokens.push(match &word[..] {
            "(" => Token::Open,
            ")" => Token::Close,
            "!" | "-not" => Token::Not(word),
            "-a" | "-and" => Token::And(word),
            "-o" | "-or" => Token::Or(word),
            "," => Token::Comma,
            _ => Token::Leaf(predicates::read(&word, &mut reader)?),
        });
    }
    reader.check()?;
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        last: None,
    };
    let root = match parser.tokens.peek() {
        None => None,
        Some(_) => Some(parser.comma()?),
    };
    if let Some(Token::Close) = parser.tokens.next() {
        return Err("you have too many ')'".to_owned());
    }
    let print = || Node::Leaf(Predicate::Print(None, b'\n'));
    let root = match root {
        None => print(),
        Some(root) if reader.has_action => root,
        Some(root) => Node::And(Box::new(root), Box::new(print())),
    };
    Ok(Program {
        options: reader.options,
        root,
        gathering: reader.gathering,
    })
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    /// The operator that was read last, for the message that nothing follows it.
    last: Option<String>,
}

impl Parser {
    fn comma(&mut self) -> Result<Node, String> {
        let mut left = self.or()?;
        while let Some(Token::Comma) = self.tokens.peek() {
            self.tokens.next();
            self.last = Some(",".to_owned());
            left = Node::Comma(Box::new(left), Box::new(self.or()?));
        }
        Ok(left)
    }

    fn or(&mut self) -> Result<Node, String> {
        let mut left = self.and()?;
        while let Some(Token::Or(_)) = self.tokens.peek() {
            if let Some(Token::Or(word)) = self.tokens.next() {
                self.last = Some(word);
            }
            left = Node::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Node, String> {
        let mut left = self.unary()?;
        loop {
            match self.tokens.peek() {
                Some(Token::And(_)) => {
                    if let Some(Token::And(word)) = self.tokens.next() {
                        self.last = Some(word);
                    }
                }
                Some(Token::Leaf(_) | Token::Open | Token::Not(_)) => {}
                _ => return Ok(left),
            }
            left = Node::And(Box::new(left), Box::new(self.unary()?));
        }
    }

    fn unary(&mut self) -> Result<Node, String> {
        match self.tokens.next() {
            Some(Token::Leaf(predicate)) => {
                self.last = None;
                Ok(Node::Leaf(predicate))
            }
            Some(Token::Not(word)) => {
                self.last = Some(word);
                Ok(Node::Not(Box::new(self.unary()?)))
            }
            Some(Token::Open) => self.parenthesised(),
            Some(Token::And(word)) => Err(nothing_before(&word)),
            Some(Token::Or(word)) => Err(nothing_before(&word)),
            Some(Token::Comma) => Err(nothing_before(",")),
            Some(Token::Close) => Err(match &self.last {
                Some(operator) => format!("expected an expression between '{operator}' and ')'"),
                None => "invalid expression; you have too many ')'".to_owned(),
            }),
            None => Err(match &self.last {
                Some(operator) => format!("expected an expression after '{operator}'"),
                None => "invalid expression; I was expecting to find a ')' somewhere but did not see one.".to_owned(),
            }),
        }
    }

    fn parenthesised(&mut self) -> Result<Node, String> {
        self.last = None;
        if let Some(Token::Close) = self.tokens.peek() {
            return Err("invalid expression; empty parentheses are not allowed.".to_owned());
        }
        let inner = self.comma()?;
        match self.tokens.next() {
            Some(Token::Close) => Ok(inner),
            _ => Err(
                "invalid expression; I was expecting to find a ')' somewhere but did not see one."
                    .to_owned(),
            ),
        }
    }
}

fn nothing_before(operator: &str) -> String {
    format!(
        "invalid expression; you have used a binary operator '{operator}' with nothing before it."
    )
}

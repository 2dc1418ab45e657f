//! `test` and `[`: POSIX's rules by the number of operands, then a grammar.

use super::condition::{self, Files};
use super::{MISUSED, Operand, whole_number, words};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;

pub use condition::is_regular_file;

pub fn test(shell: &mut Shell, operands: &[Operand]) -> Result {
    evaluate(shell, "test", &words(operands))
}

pub fn bracket(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    match words.split_last() {
        Some((last, words)) if &**last == "]" => evaluate(shell, "[", words),
        _ => {
            shell.complain("[: missing `]'");
            Ok(MISUSED)
        }
    }
}

fn evaluate(shell: &mut Shell, command: &str, words: &[Text]) -> Result {
    let mut test = Test {
        shell,
        words,
        at: 0,
        depth: 0,
        is_bracket: command == "[",
    };
    let outcome = test.run();
    match outcome {
        Ok(value) => Ok((!value).into()),
        Err(Wrong::Said(message)) => {
            shell.complain(format_args!("{command}: {message}"));
            Ok(MISUSED)
        }
        Err(Wrong::Left(Flow::Discard(status))) => Ok(status),
        Err(Wrong::Left(flow)) => Err(flow),
    }
}

/// Why a test has no answer.
enum Wrong {
    Said(String),
    Left(Flow),
}

impl From<Flow> for Wrong {
    fn from(flow: Flow) -> Self {
        Wrong::Left(flow)
    }
}

type Answer<T = bool> = std::result::Result<T, Wrong>;

struct Test<'a> {
    shell: &'a mut Shell,
    words: &'a [Text],
    at: usize,
    depth: usize,
    is_bracket: bool,
}

/// Parentheses and negations in each other beyond this are refused.
const DEEPEST: usize = 500;

impl Test<'_> {
    fn run(&mut self) -> Answer {
        let value = match self.words.len() {
            0 => return Ok(false),
            1 => return Ok(!self.word(0).is_empty()),
            2 => return self.two(),
            3 => return self.three(),
            4 if self.is(0, "!") => {
                self.at = 1;
                return self.three().map(|value| !value);
            }
            4 if self.is(0, "(") && self.is(3, ")") => {
                self.at = 1;
                return self.two();
            }
            _ => self.either()?,
        };
        match self.words.get(self.at) {
            None => Ok(value),
            Some(word) if word.starts_with('-') => {
                Err(Wrong::Said(format!("syntax error: `{word}' unexpected")))
            }
            Some(_) => Err(Wrong::Said("too many arguments".to_owned())),
        }
    }

    fn word(&self, ahead: usize) -> Text {
        let word = self.words.get(self.at + ahead);
        word.cloned().unwrap_or_default()
    }

    fn is(&self, ahead: usize, text: &str) -> bool {
        self.words
            .get(self.at + ahead)
            .is_some_and(|word| &**word == text)
    }

    fn two(&mut self) -> Answer {
        let operator = self.word(0);
        if &*operator == "!" {
            return Ok(self.word(1).is_empty());
        }
        if !condition::is_unary(&operator) {
            return Err(Wrong::Said(format!("{operator}: unary operator expected")));
        }
        self.unary()
    }

    fn three(&mut self) -> Answer {
        let operator = self.word(1);
        if is_binary(&operator) {
            return self.binary();
        }
        let filled = |word: Text| !word.is_empty();
        match &*operator {
            "-a" => return Ok(filled(self.word(0)) && filled(self.word(2))),
            "-o" => return Ok(filled(self.word(0)) || filled(self.word(2))),
            _ => {}
        }
        if self.is(0, "!") {
            self.at += 1;
            return self.two().map(|value| !value);
        }
        if self.is(0, "(") && self.is(2, ")") {
            return Ok(filled(operator));
        }
        Err(Wrong::Said(format!("{operator}: binary operator expected")))
    }

    fn either(&mut self) -> Answer {
        let mut value = self.both()?;
        while self.is(0, "-o") {
            self.at += 1;
            value |= self.both()?;
        }
        Ok(value)
    }

    fn both(&mut self) -> Answer {
        let mut value = self.term()?;
        while self.is(0, "-a") {
            self.at += 1;
            value &= self.term()?;
        }
        Ok(value)
    }

    fn term(&mut self) -> Answer {
        if self.at >= self.words.len() {
            return Err(Wrong::Said("argument expected".to_owned()));
        }
        if self.depth > DEEPEST {
            return Err(Wrong::Said("too many arguments".to_owned()));
        }
        if self.is(0, "!") {
            let mut value = false;
            while self.is(0, "!") {
                self.at += 1;
                value = !value;
            }
            return self.term().map(|term| term != value);
        }
        if self.is(0, "(") {
            return self.parenthesised();
        }
        if self.at + 3 <= self.words.len() && is_binary(&self.word(1)) {
            return self.binary();
        }
        if self.at + 2 <= self.words.len() && condition::is_unary(&self.word(0)) {
            return self.unary();
        }
        self.at += 1;
        Ok(!self.words[self.at - 1].is_empty())
    }

    fn parenthesised(&mut self) -> Answer {
        self.at += 1;
        self.depth += 1;
        let value = self.either()?;
        self.depth -= 1;
        match self.words.get(self.at) {
            None if self.is_bracket => Err(Wrong::Said("`)' expected, found ]".to_owned())),
            None => Err(Wrong::Said("`)' expected".to_owned())),
            Some(word) if &**word != ")" => Err(Wrong::Said(format!("`)' expected, found {word}"))),
            Some(_) => {
                self.at += 1;
                Ok(value)
            }
        }
    }

    fn unary(&mut self) -> Answer {
        let (operator, operand) = (self.word(0), self.word(1));
        self.at += 2;
        Ok(condition::unary(self.shell, &operator, &operand)?)
    }

    fn binary(&mut self) -> Answer {
        let (left, operator, right) = (self.word(0), self.word(1), self.word(2));
        self.at += 3;
        match &*operator {
            "=" | "==" => Ok(left == right),
            "!=" => Ok(left != right),
            "<" => Ok(condition::order(&left, &right).is_lt()),
            ">" => Ok(condition::order(&left, &right).is_gt()),
            "-nt" | "-ot" | "-ef" => Ok(Files::new(&left, &right).compare(&operator)),
            _ => {
                let (left, right) = (number(&left)?, number(&right)?);
                Ok(condition::compare(&operator, left, right))
            }
        }
    }
}

fn number(word: &str) -> Answer<i64> {
    whole_number(word).ok_or_else(|| Wrong::Said(format!("{word}: integer expression expected")))
}

fn is_binary(word: &str) -> bool {
    matches!(
        word,
        "=" | "=="
            | "!="
            | "<"
            | ">"
            | "-nt"
            | "-ot"
            | "-ef"
            | "-eq"
            | "-ne"
            | "-lt"
            | "-le"
            | "-gt"
            | "-ge"
    )
}

//! Compound commands.

use super::ast::{AfterArm, Arithmetic, CaseArm, Command, CommandKind, Condition, List, Word};
use super::error::{Parsed, SyntaxError};
use super::parser::Parser;
use super::token::{Kind, Token};

impl Parser<'_, '_> {
    /// A compound command with its redirections.
    pub(super) fn compound_command(&mut self) -> Parsed<Command> {
        let mut line = self.input.line;
        let token = self.take()?;
        let kind = match token.kind {
            Kind::LeftParen => self.subshell()?,
            Kind::LeftBrace => {
                let body = self.compound_list()?;
                self.expect(Kind::RightBrace)?;
                CommandKind::Group(body)
            }
            Kind::If => self.if_command()?,
            Kind::While => self.while_command(false)?,
            Kind::Until => self.while_command(true)?,
            Kind::For if self.peek()? == Kind::ArithmeticFor => self.arithmetic_for()?,
            Kind::For => {
                let (name, words, body) = self.for_command(&mut line)?;
                CommandKind::For {
                    variable: name.text.unwrap_or_default(),
                    words,
                    body,
                }
            }
            Kind::Select => {
                let (name, words, body) = self.for_command(&mut line)?;
                CommandKind::Select {
                    variable: name.text.unwrap_or_default(),
                    words,
                    body,
                }
            }
            Kind::Case => self.case_command(&mut line)?,
            Kind::ArithmeticCommand => {
                CommandKind::Arithmetic(Arithmetic::new(token.text.unwrap_or_default()))
            }
            Kind::ConditionStart => {
                let condition = self.condition_command()?;
                line = self.input.line;
                CommandKind::Condition(condition)
            }
            _ => return Err(self.unexpected(&token)),
        };
        Ok(Command {
            line,
            kind,
            redirects: self.redirects()?,
        })
    }

    /// `( … )` behind the parenthesis.
    pub(super) fn subshell(&mut self) -> Parsed<CommandKind> {
        let body = self.compound_list()?;
        self.expect(Kind::RightParen)?;
        Ok(CommandKind::Subshell(body))
    }

    fn if_command(&mut self) -> Parsed<CommandKind> {
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.compound_list()?;
            self.expect(Kind::Then)?;
            branches.push((condition, self.compound_list()?));
            match self.peek()? {
                Kind::Elif => self.advance(),
                Kind::Else => {
                    self.advance();
                    otherwise = Some(self.compound_list()?);
                    break;
                }
                _ => break,
            }
        }
        self.expect(Kind::Fi)?;
        Ok(CommandKind::If {
            branches,
            otherwise,
        })
    }

    fn while_command(&mut self, until: bool) -> Parsed<CommandKind> {
        let condition = self.compound_list()?;
        self.expect(Kind::Do)?;
        let body = self.compound_list()?;
        self.expect(Kind::Done)?;
        Ok(CommandKind::While {
            condition,
            body,
            until,
        })
    }

    /// `for` and `select` behind the reserved word.
    fn for_command(&mut self, line: &mut u32) -> Parsed<(Token, Option<Vec<Word>>, List)> {
        let name = self.expect(Kind::Word)?;
        *line = self.input.line;
        let mut words = None;
        if self.peek()? == Kind::Semicolon {
            self.advance();
            self.skip_newlines()?;
        } else {
            self.skip_newlines()?;
            if self.peek()? == Kind::In {
                self.advance();
                words = Some(self.for_words()?);
            }
        }
        Ok((name, words, self.loop_body()?))
    }

    fn for_words(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        while self.peek()? == Kind::Word {
            words.push(Word::new(self.take()?.text.unwrap_or_default()));
        }
        if !matches!(self.peek()?, Kind::Newline | Kind::Semicolon) {
            return Err(self.unexpected_next());
        }
        self.advance();
        self.skip_newlines()?;
        Ok(words)
    }

    /// `do … done` or `{ … }`.
    fn loop_body(&mut self) -> Parsed<List> {
        let end = match self.peek()? {
            Kind::Do => Kind::Done,
            Kind::LeftBrace => Kind::RightBrace,
            _ => return Err(self.unexpected_next()),
        };
        self.advance();
        let body = self.compound_list()?;
        self.expect(end)?;
        Ok(body)
    }

    fn arithmetic_for(&mut self) -> Parsed<CommandKind> {
        let line = self.input.line;
        let text = self.take()?.text.unwrap_or_default();
        let parts = split_expressions(&text);
        let wrong = match parts.len() {
            0..3 => Some("syntax error: arithmetic expression required"),
            3 => None,
            _ => Some("syntax error: `;' unexpected"),
        };
        if matches!(self.peek()?, Kind::Newline | Kind::Semicolon) {
            self.advance();
            self.skip_newlines()?;
        }
        let body = self.loop_body()?;
        if let Some(wrong) = wrong {
            let mut error = SyntaxError::new(line, wrong.to_owned());
            error.messages.push(format!("syntax error: `(({text}))'"));
            return Err(error);
        }
        let mut parts = parts
            .into_iter()
            .map(|part| (!part.is_empty()).then(|| Arithmetic::new(part)));
        let mut next = || parts.next().flatten();
        Ok(CommandKind::ArithmeticFor {
            initial: next(),
            condition: next(),
            update: next(),
            body,
        })
    }

    fn case_command(&mut self, line: &mut u32) -> Parsed<CommandKind> {
        let word = self.expect(Kind::Word)?;
        *line = self.input.line;
        self.skip_newlines()?;
        self.expect(Kind::In)?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.peek()? == Kind::Esac {
                break;
            }
            let (arm, last) = self.case_arm()?;
            arms.push(arm);
            if last {
                break;
            }
        }
        self.expect(Kind::Esac)?;
        Ok(CommandKind::Case {
            word: Word::new(word.text.unwrap_or_default()),
            arms,
        })
    }

    /// An arm, and whether none can follow.
    fn case_arm(&mut self) -> Parsed<(CaseArm, bool)> {
        if self.peek()? == Kind::LeftParen {
            self.advance();
        }
        let mut patterns = Vec::new();
        loop {
            let pattern = self.expect(Kind::Word)?;
            patterns.push(Word::new(pattern.text.unwrap_or_default()));
            if self.peek()? != Kind::Pipe {
                break;
            }
            self.advance();
        }
        self.expect(Kind::RightParen)?;
        self.skip_newlines()?;
        let body = match self.peek()? {
            kind if kind.begins_command() => self.compound_list()?,
            _ => List::default(),
        };
        let after = match self.peek()? {
            Kind::SemicolonSemicolon => Some(AfterArm::Leave),
            Kind::SemicolonAmpersand => Some(AfterArm::FallThrough),
            Kind::SemicolonSemicolonAmpersand => Some(AfterArm::TryNext),
            _ => None,
        };
        if after.is_some() {
            self.advance();
        }
        let arm = CaseArm {
            patterns,
            body,
            after: after.unwrap_or(AfterArm::Leave),
        };
        Ok((arm, after.is_none()))
    }

    pub(super) fn coprocess(&mut self) -> Parsed<Command> {
        let line = self.input.line;
        self.advance();
        let mut name = None;
        let next = self.peek()?;
        let body = if next == Kind::Word {
            let word = self.take()?;
            if self.peek()?.begins_compound_command() {
                name = word.text.map(Word::new);
                self.compound_command()?
            } else {
                self.simple_command_behind(Some(word))?
            }
        } else if next.begins_compound_command() {
            self.compound_command()?
        } else if matches!(next, Kind::Assignment | Kind::Number) || next.is_redirection() {
            self.simple_command_behind(None)?
        } else {
            return Err(self.unexpected_next());
        };
        Ok(Command {
            line,
            kind: CommandKind::Coprocess {
                name,
                body: Box::new(body),
            },
            redirects: Vec::new(),
        })
    }

    fn condition_command(&mut self) -> Parsed<Condition> {
        // The token holds nothing: the condition itself was put aside when it was read.
        self.expect(Kind::ConditionCommand)?;
        let condition = self.state.condition.take();
        self.expect(Kind::ConditionEnd)?;
        condition.ok_or_else(|| self.unexpected_next())
    }
}

/// The expressions of `for (( ; ; ))`, without the blanks in front of them.
fn split_expressions(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0);
    let mut quote = None;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote != Some(b'\'') => at += 1,
            _ if quote == Some(byte) => quote = None,
            _ if quote.is_some() => {}
            b'\'' | b'"' | b'`' => quote = Some(byte),
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth -= 1,
            b';' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default().trim_start());
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(text.get(start..).unwrap_or_default().trim_start());
    parts
}

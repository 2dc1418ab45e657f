//! Tokens, read as bash reads them: what a `+` or `-` is depends on the token before.

use super::expression::{Binary, Problem};
use super::number;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    End,
    Number(i64),
    /// A variable, its subscript included: from `start` to `end`.
    Name {
        start: usize,
        end: usize,
    },
    /// A parameter, by its number.
    Parameter(usize),
    Operator(Binary),
    And,
    Or,
    Not,
    Complement,
    Question,
    Colon,
    Comma,
    Open,
    Close,
    Assign,
    Update(Binary),
    Increment,
    Decrement,
}

impl Token {
    /// Whether an operand may follow, but no operator.
    fn is_operator(self) -> bool {
        !matches!(
            self,
            Token::Number(_) | Token::Name { .. } | Token::Parameter(_)
        )
    }
}

/// A parameter inside of an expression, found before it is read.
#[derive(Clone, Copy)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

pub struct Lexer<'a> {
    text: &'a str,
    /// Behind the current token.
    at: usize,
    pub current: Token,
    /// The token before it.
    pub previous: Token,
    /// Where messages point: the current token, or the last there was.
    pub start: usize,
    parameters: &'a [Span],
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str, parameters: &'a [Span]) -> Lexer<'a> {
        Lexer {
            text,
            at: 0,
            current: Token::End,
            previous: Token::End,
            start: 0,
            parameters,
        }
    }

    /// Where the text behind the current token goes on, blanks skipped.
    pub fn behind(&self) -> usize {
        self.skip_blanks(self.at)
    }

    /// Reads the next token.
    pub fn advance(&mut self) -> Result<(), Problem> {
        let at = self.skip_blanks(self.at);
        let before = self.current;
        if at >= self.text.len() {
            self.previous = before;
            self.current = Token::End;
            self.at = at;
            return Ok(());
        }
        self.start = at;
        let (token, end) = self.token(at, before)?;
        self.previous = before;
        self.current = token;
        self.at = end;
        Ok(())
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            at += 1;
        }
        at
    }

    fn problem(&self, message: &'static str) -> Problem {
        Problem {
            message,
            at: self.start,
            end: self.text.len(),
        }
    }

    fn token(&self, at: usize, before: Token) -> Result<(Token, usize), Problem> {
        if let Some(number) = self.parameters.iter().position(|span| span.start == at)
            && let Some(span) = self.parameters.get(number)
        {
            return Ok((Token::Parameter(number), span.end));
        }
        match self.byte(at) {
            Some(b) if b == b'_' || b.is_ascii_alphabetic() => self.name(at),
            Some(b) if b.is_ascii_digit() => self.number(at),
            _ => self.operator(at, before),
        }
    }

    fn name(&self, start: usize) -> Result<(Token, usize), Problem> {
        let mut end = start;
        while self
            .byte(end)
            .is_some_and(|b| b == b'_' || b.is_ascii_alphanumeric())
        {
            end += 1;
        }
        if self.byte(end) == Some(b'[') {
            end = crate::expand::closing_bracket(self.text, end + 1)
                .ok_or_else(|| self.problem("bad array subscript"))?;
        }
        Ok((Token::Name { start, end }, end))
    }

    fn number(&self, start: usize) -> Result<(Token, usize), Problem> {
        let mut end = start;
        while self
            .byte(end)
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'@' | b'_'))
        {
            end += 1;
        }
        let token = self.text.get(start..end).unwrap_or_default();
        match number::constant(token) {
            Ok(value) => Ok((Token::Number(value), end)),
            Err(message) => Err(Problem {
                message,
                at: start,
                end,
            }),
        }
    }

    fn operator(&self, at: usize, before: Token) -> Result<(Token, usize), Problem> {
        let rest = self.text.get(at..).unwrap_or_default();
        for (operator, token) in LONG {
            if rest.starts_with(operator) {
                return Ok((*token, at + operator.len()));
            }
        }
        if rest.starts_with("++") || rest.starts_with("--") {
            let token = if rest.starts_with('+') {
                Token::Increment
            } else {
                Token::Decrement
            };
            if matches!(before, Token::Name { .. }) {
                return Ok((token, at + 2));
            }
            let stepped = matches!(self.previous, Token::Increment | Token::Decrement);
            if matches!(before, Token::Number(_)) && stepped {
                return Err(self.problem(if token == Token::Increment {
                    "++: assignment requires lvalue"
                } else {
                    "--: assignment requires lvalue"
                }));
            }
            let behind = self.skip_blanks(at + 2);
            let name_follows = self
                .byte(behind)
                .is_some_and(|b| b == b'_' || b.is_ascii_alphabetic());
            if name_follows {
                return Ok((token, at + 2));
            }
        }
        for (operator, token) in UPDATES {
            if rest.starts_with(operator) {
                return Ok((*token, at + operator.len()));
            }
        }
        let token = match rest.bytes().next() {
            Some(b'=') => Token::Assign,
            Some(b'>') => Token::Operator(Binary::Greater),
            Some(b'<') => Token::Operator(Binary::Less),
            Some(b'+') => Token::Operator(Binary::Add),
            Some(b'-') => Token::Operator(Binary::Subtract),
            Some(b'*') => Token::Operator(Binary::Multiply),
            Some(b'/') => Token::Operator(Binary::Divide),
            Some(b'%') => Token::Operator(Binary::Remainder),
            Some(b'!') => Token::Not,
            Some(b'(') => Token::Open,
            Some(b')') => Token::Close,
            Some(b'&') => Token::Operator(Binary::BitAnd),
            Some(b'|') => Token::Operator(Binary::BitOr),
            Some(b'^') => Token::Operator(Binary::BitXor),
            Some(b'~') => Token::Complement,
            Some(b'?') => Token::Question,
            Some(b':') => Token::Colon,
            Some(b',') => Token::Comma,
            _ if before.is_operator() => {
                return Err(self.problem("syntax error: operand expected"));
            }
            _ => return Err(self.problem("syntax error: invalid arithmetic operator")),
        };
        Ok((token, at + 1))
    }
}

/// Operators of two characters and more, but those of one with `=`.
const LONG: &[(&str, Token)] = &[
    ("==", Token::Operator(Binary::Equal)),
    ("!=", Token::Operator(Binary::NotEqual)),
    (">=", Token::Operator(Binary::GreaterOrEqual)),
    ("<=", Token::Operator(Binary::LessOrEqual)),
    ("<<=", Token::Update(Binary::ShiftLeft)),
    (">>=", Token::Update(Binary::ShiftRight)),
    ("<<", Token::Operator(Binary::ShiftLeft)),
    (">>", Token::Operator(Binary::ShiftRight)),
    ("&&", Token::And),
    ("||", Token::Or),
    ("**", Token::Operator(Binary::Power)),
];

const UPDATES: &[(&str, Token)] = &[
    ("*=", Token::Update(Binary::Multiply)),
    ("/=", Token::Update(Binary::Divide)),
    ("%=", Token::Update(Binary::Remainder)),
    ("+=", Token::Update(Binary::Add)),
    ("-=", Token::Update(Binary::Subtract)),
    ("&=", Token::Update(Binary::BitAnd)),
    ("^=", Token::Update(Binary::BitXor)),
    ("|=", Token::Update(Binary::BitOr)),
];

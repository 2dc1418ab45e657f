//! The words of a program.

use std::rc::Rc;

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    End,
    Newline,
    Number(f64),
    Text(Rc<Vec<u8>>),
    /// A regular expression as it is written.
    Regex(Vec<u8>),
    Name(String),
    /// A name with a parenthesis right behind it.
    Callee(String),
    Builtin(String),
    Keyword(&'static str),
    /// An operator or a bracket.
    Mark(&'static str),
}

const KEYWORDS: [&str; 26] = [
    "BEGIN",
    "END",
    "BEGINFILE",
    "ENDFILE",
    "break",
    "case",
    "continue",
    "default",
    "delete",
    "do",
    "else",
    "exit",
    "for",
    "func",
    "function",
    "getline",
    "if",
    "in",
    "next",
    "nextfile",
    "print",
    "printf",
    "return",
    "switch",
    "while",
    "@include",
];

pub const BUILTINS: [&str; 39] = [
    "and",
    "asort",
    "asorti",
    "atan2",
    "close",
    "compl",
    "cos",
    "exp",
    "fflush",
    "gensub",
    "gsub",
    "index",
    "int",
    "isarray",
    "length",
    "log",
    "lshift",
    "match",
    "mktime",
    "or",
    "patsplit",
    "rand",
    "rshift",
    "sin",
    "split",
    "sprintf",
    "sqrt",
    "srand",
    "strftime",
    "strtonum",
    "sub",
    "substr",
    "system",
    "systime",
    "tolower",
    "toupper",
    "typeof",
    "xor",
    "dcgettext",
];

/// Longer ones first.
const MARKS: [&str; 49] = [
    "**=", "<<=", ">>=", "&&", "||", "==", "<=", ">=", "!=", "!~", "++", "--", "+=", "-=", "*=",
    "/=", "%=", "^=", "**", ">>", "|&", "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/",
    "%", "^", "!", ">", "<", "|", "?", ":", "~", "$", "=", "&", "@", "\\", "#", "`",
];

pub struct Lexer {
    text: Vec<u8>,
    pub at: usize,
    /// Where the last token begins.
    pub start: usize,
    pub line: u32,
}

impl Lexer {
    pub fn new(text: Vec<u8>) -> Self {
        Self {
            text,
            at: 0,
            start: 0,
            line: 1,
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Blanks, continued lines and comments.
    fn skip(&mut self) {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.peek(1) == b'\n' => {
                    self.at += 2;
                    self.line += 1;
                }
                b'\\' if self.peek(1) == b'\r' && self.peek(2) == b'\n' => {
                    self.at += 3;
                    self.line += 1;
                }
                b'#' => {
                    while self.at < self.text.len() && self.peek(0) != b'\n' {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// The next word. `regex` says whether a slash begins a regular expression here.
    pub fn next(&mut self, regex: bool) -> Result<Token, String> {
        self.skip();
        self.start = self.at;
        if self.at >= self.text.len() {
            return Ok(Token::End);
        }
        let byte = self.peek(0);
        if byte == b'\n' {
            self.at += 1;
            self.line += 1;
            return Ok(Token::Newline);
        }
        if byte.is_ascii_digit() || (byte == b'.' && self.peek(1).is_ascii_digit()) {
            return Ok(self.number());
        }
        if byte.is_ascii_alphabetic() || byte == b'_' {
            return Ok(self.name());
        }
        match byte {
            b'"' => return self.string(),
            b'/' if regex => {
                self.at += 1;
                return self.regex();
            }
            b'@' if self.peek(1) == b'/' => {
                self.at += 2;
                return self.regex();
            }
            _ => {}
        }
        let rest = &self.text[self.at..];
        match MARKS.iter().find(|mark| rest.starts_with(mark.as_bytes())) {
            Some(mark) => {
                self.at += mark.len();
                Ok(Token::Mark(match *mark {
                    "**" => "^",
                    "**=" => "^=",
                    mark => mark,
                }))
            }
            None => Err(format!("invalid char '{}' in expression", char::from(byte))),
        }
    }

    fn number(&mut self) -> Token {
        if self.peek(0) == b'0'
            && matches!(self.peek(1), b'x' | b'X')
            && self.peek(2).is_ascii_hexdigit()
        {
            self.at += 2;
            let mut value = 0.0;
            while let Some(digit) = char::from(self.peek(0)).to_digit(16) {
                value = value * 16.0 + f64::from(digit);
                self.at += 1;
            }
            return Token::Number(value);
        }
        let start = self.at;
        while self.peek(0).is_ascii_digit() {
            self.at += 1;
        }
        if self.peek(0) == b'.' {
            self.at += 1;
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
        }
        let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
        if matches!(self.peek(0), b'e' | b'E') && self.peek(1 + sign).is_ascii_digit() {
            self.at += 1 + sign;
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
        }
        let text = &self.text[start..self.at];
        let is_octal = text.len() > 1
            && text[0] == b'0'
            && text.iter().all(|byte| (b'0'..b'8').contains(byte));
        if is_octal {
            let value = text
                .iter()
                .fold(0.0, |value, byte| value * 8.0 + f64::from(byte - b'0'));
            return Token::Number(value);
        }
        Token::Number(crate::value::leading_number(text))
    }

    fn name(&mut self) -> Token {
        let start = self.at;
        while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' {
            self.at += 1;
        }
        let name = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
        if let Some(keyword) = KEYWORDS.iter().find(|keyword| **keyword == name) {
            return Token::Keyword(if *keyword == "func" {
                "function"
            } else {
                keyword
            });
        }
        if BUILTINS.contains(&name.as_str()) {
            return Token::Builtin(name);
        }
        match self.peek(0) {
            b'(' => Token::Callee(name),
            _ => Token::Name(name),
        }
    }

    fn string(&mut self) -> Result<Token, String> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek(0) {
                b'"' => break,
                b'\\' if self.at + 1 < self.text.len() => {
                    self.line += u32::from(self.peek(1) == b'\n');
                    self.at += 2;
                }
                b'\n' => return Err("unterminated string".to_owned()),
                0 if self.at >= self.text.len() => return Err("unterminated string".to_owned()),
                _ => self.at += 1,
            }
        }
        let text = unescape(&self.text[start..self.at], Some(self.line));
        self.at += 1;
        Ok(Token::Text(Rc::new(text)))
    }

    /// A regular expression whose slash is read.
    fn regex(&mut self) -> Result<Token, String> {
        let mut text = Vec::new();
        let mut bracket: Option<usize> = None;
        loop {
            let byte = self.peek(0);
            if self.at >= self.text.len() || byte == b'\n' {
                self.start += 1;
                return Err("unterminated regexp".to_owned());
            }
            self.at += 1;
            match byte {
                b'/' if bracket.is_none() => return Ok(Token::Regex(text)),
                b'\\' => {
                    let next = self.peek(0);
                    self.at += 1;
                    if next != b'/' {
                        text.push(b'\\');
                    }
                    if next != b'\n' {
                        text.push(next);
                    } else {
                        text.pop();
                    }
                    continue;
                }
                b'[' if bracket.is_none() => {
                    text.push(byte);
                    if self.peek(0) == b'^' {
                        text.push(b'^');
                        self.at += 1;
                    }
                    bracket = Some(text.len());
                    continue;
                }
                b'[' if self.peek(0) == b':' => {
                    text.push(byte);
                    while self.at < self.text.len() && self.peek(0) != b']' {
                        text.push(self.peek(0));
                        self.at += 1;
                    }
                    text.push(b']');
                    self.at += 1;
                    continue;
                }
                b']' if bracket.is_some_and(|start| text.len() > start) => bracket = None,
                _ => {}
            }
            text.push(byte);
        }
    }

    /// The line that holds a place, and how far in it that stands: for messages.
    pub fn context(&self, place: usize) -> (String, usize) {
        let start = place.min(self.text.len());
        let begin = self.text[..start]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let end = self.text[start..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.text.len(), |at| start + at);
        (
            String::from_utf8_lossy(&self.text[begin..end]).into_owned(),
            start - begin,
        )
    }
}

/// The escapes of strings. `line` is where the string stands, for the warning about those that mean nothing.
pub fn unescape(text: &[u8], line: Option<u32>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 >= text.len() {
            out.push(text[at]);
            at += 1;
            continue;
        }
        at += 1;
        let byte = text[at];
        at += 1;
        let plain = match byte {
            b'\\' | b'"' => byte,
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\n' => continue,
            b'0'..=b'7' => {
                let length = text[at..]
                    .iter()
                    .take(2)
                    .take_while(|byte| (b'0'..=b'7').contains(*byte))
                    .count();
                let digits = &text[at - 1..at + length];
                at += length;
                digits
                    .iter()
                    .fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'))
                    as u8
            }
            b'x' if text.get(at).is_some_and(u8::is_ascii_hexdigit) => {
                let length = text[at..]
                    .iter()
                    .take(2)
                    .take_while(|byte| byte.is_ascii_hexdigit())
                    .count();
                let digits = String::from_utf8_lossy(&text[at..at + length]).into_owned();
                at += length;
                u8::from_str_radix(&digits, 16).unwrap_or(0)
            }
            other => {
                if let Some(line) = line {
                    let other = char::from(other);
                    eprintln!(
                        "awk: cmd. line:{line}: warning: escape sequence `\\{other}' treated as plain `{other}'"
                    );
                }
                other
            }
        };
        out.push(plain);
    }
    out
}

/// A regular expression's escapes as posix-regex reads them: those for characters become characters.
pub fn regex_text(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 >= text.len() {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let byte = text[at + 1];
        let plain = match byte {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'"' | b'/' | b'&' => byte,
            b'0'..=b'7' | b'x' => {
                let end = (at + 2..text.len().min(at + 4))
                    .take_while(|index| {
                        text[*index].is_ascii_hexdigit() && (byte == b'x' || text[*index] < b'8')
                    })
                    .last()
                    .map_or(at + 2, |last| last + 1);
                let value = unescape(&text[at..end], None);
                at = end;
                for byte in value {
                    if b"\\^$.[]|()*+?{}".contains(&byte) {
                        out.push(b'\\');
                    }
                    out.push(byte);
                }
                continue;
            }
            other => {
                out.extend([b'\\', other]);
                at += 2;
                continue;
            }
        };
        out.push(plain);
        at += 2;
    }
    out
}

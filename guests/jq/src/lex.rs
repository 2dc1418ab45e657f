//! The words of a program.

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A name, with its modules: `a::b`.
    Name(String),
    Keyword(&'static str),
    /// `.name`
    Field(String),
    /// `$name`
    Variable(String),
    /// `@name`
    Format(String),
    Number(f64),
    /// A string's parts.
    String(Vec<Part>),
    Symbol(&'static str),
}

/// Text, or what stands in `\( )`.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Text(String),
    Interpolation(Vec<(Token, usize)>, usize),
}

const KEYWORDS: [&str; 19] = [
    "def", "if", "then", "elif", "else", "end", "as", "reduce", "foreach", "try", "catch", "label",
    "import", "include", "and", "or", "__loc__", "module", "break",
];

const SYMBOLS: [&str; 36] = [
    "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", "..", "::",
    ".", "[", "]", "(", ")", "{", "}", "|", ",", ":", ";", "=", "<", ">", "+", "-", "*", "/", "%",
    "?", "$",
];

/// What is wrong, and where.
#[derive(Debug)]
pub struct Wrong {
    pub message: String,
    pub at: usize,
}

/// The words of a text, each with its place.
pub fn words(text: &str) -> Result<Vec<(Token, usize)>, Wrong> {
    let mut lexer = Lexer { text, at: 0 };
    let (words, _) = lexer.until_close(false)?;
    Ok(words)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn wrong<T>(&self, message: impl Into<String>, at: usize) -> Result<T, Wrong> {
        Err(Wrong {
            message: message.into(),
            at,
        })
    }

    /// The words up to the parenthesis that closes an interpolation, or to the end; and where that is.
    fn until_close(&mut self, inner: bool) -> Result<(Vec<(Token, usize)>, usize), Wrong> {
        let mut words = Vec::new();
        let mut depth = 0;
        loop {
            self.skip_blanks();
            let start = self.at;
            if self.rest().is_empty() {
                return Ok((words, start));
            }
            let token = self.token()?;
            match token {
                Token::Symbol("(") => depth += 1,
                Token::Symbol(")") if depth == 0 && inner => return Ok((words, start)),
                Token::Symbol(")") => depth -= 1,
                _ => {}
            }
            words.push((token, start));
        }
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn token(&mut self) -> Result<Token, Wrong> {
        let start = self.at;
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or(' ');
        if first == '"' {
            self.at += 1;
            return self.string();
        }
        if first.is_ascii_digit()
            || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            return self.number();
        }
        for (mark, make) in [
            (".", Token::Field as fn(String) -> Token),
            ("$", Token::Variable),
            ("@", Token::Format),
        ] {
            if let Some(behind) = rest.strip_prefix(mark) {
                let name = name(behind, mark == "$");
                if !name.is_empty() {
                    let name = name.to_owned();
                    self.at += 1 + name.len();
                    return Ok(make(name));
                }
            }
        }
        let word = name(rest, true);
        if !word.is_empty() {
            self.at += word.len();
            let word = &self.text[start..self.at];
            return Ok(match KEYWORDS.iter().find(|keyword| **keyword == word) {
                Some(keyword) => Token::Keyword(keyword),
                None => Token::Name(word.to_owned()),
            });
        }
        match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            Some(symbol) => {
                self.at += symbol.len();
                Ok(Token::Symbol(symbol))
            }
            None => {
                let expecting = if start == 0 { ", expecting $end" } else { "" };
                let message = format!(
                    "syntax error, unexpected INVALID_CHARACTER{expecting} (Unix shell quoting issues?)"
                );
                self.wrong(message, start)
            }
        }
    }

    fn number(&mut self) -> Result<Token, Wrong> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| {
            bytes[from..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        };
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') {
            end += 1 + digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let text = &self.rest()[..end];
        let number = text.trim_end_matches('.').parse().unwrap_or(f64::NAN);
        self.at += end;
        Ok(Token::Number(number))
    }

    /// A string after its first quote.
    fn string(&mut self) -> Result<Token, Wrong> {
        let start = self.at - 1;
        let mut parts = Vec::new();
        let mut text = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else {
                return self.wrong(
                    "syntax error, unexpected $end, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END",
                    self.text.len().saturating_sub(1),
                );
            };
            self.at += c.len_utf8();
            match c {
                '"' => break,
                '\\' if self.rest().starts_with('(') => {
                    self.at += 1;
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    let (words, end) = self.until_close(true)?;
                    if self.rest().is_empty() && !self.text[end..].starts_with(')') {
                        return self.wrong("syntax error, unexpected $end", self.text.len() - 1);
                    }
                    parts.push(Part::Interpolation(words, end));
                }
                '\\' => match self.escape() {
                    Some(c) => text.push(c),
                    None => {
                        let end = self
                            .rest()
                            .find('"')
                            .map_or(self.text.len(), |at| self.at + at + 1);
                        let literal = &self.text[start..end];
                        return self.wrong(
                            format!(
                                "Invalid escape at line 1, column {} (while parsing '{literal}')",
                                literal.chars().count()
                            ),
                            start + 1,
                        );
                    }
                },
                c => text.push(c),
            }
        }
        parts.push(Part::Text(text));
        Ok(Token::String(parts))
    }

    fn escape(&mut self) -> Option<char> {
        let letter = self.rest().chars().next()?;
        self.at += letter.len_utf8();
        Some(match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '"' | '\\' | '/' => letter,
            'u' => return self.unicode(),
            _ => return None,
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
        let first = unit(self.rest())?;
        self.at += 4;
        if (0xd800..0xdc00).contains(&first)
            && let Some(second) = self.rest().strip_prefix("\\u").and_then(unit)
            && (0xdc00..0xe000).contains(&second)
        {
            self.at += 6;
            return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        }
        Some(char::from_u32(first).unwrap_or('\u{fffd}'))
    }
}

/// The name that a text begins with; with `modules` it may have `::` in it.
fn name(text: &str, modules: bool) -> &str {
    let bytes = text.as_bytes();
    if !bytes
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
    {
        return "";
    }
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        if byte.is_ascii_alphanumeric() || *byte == b'_' {
            end += 1;
        } else if modules
            && bytes[end..].starts_with(b"::")
            && bytes
                .get(end + 2)
                .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        {
            end += 2;
        } else {
            break;
        }
    }
    &text[..end]
}

//! Where quotes, `${…}`, `$(…)` and their like end, without taking them apart.
//!
//! All functions get a text and a byte offset behind what opens, and return the offset behind what closes; the end of the text, if
//! nothing does.

/// Deeper than that, what is nested is not followed any more.
const MAX_DEPTH: u32 = 200;

/// Behind one character, or one quoted or nested thing.
pub fn skip_one(text: &str, at: usize) -> usize {
    Scan { text, depth: 0 }.one(at)
}

/// Behind the `)` of `$(`.
pub fn command(text: &str, at: usize) -> usize {
    Scan { text, depth: 0 }.command(at)
}

/// Behind the closing double quote.
pub fn double(text: &str, at: usize) -> usize {
    Scan { text, depth: 0 }.double(at)
}

/// Behind the `}` of `${`.
pub fn braces(text: &str, at: usize, in_double: bool) -> usize {
    Scan { text, depth: 0 }.braces(at, in_double)
}

/// Behind the `]` of `[`.
pub fn brackets(text: &str, at: usize) -> usize {
    Scan { text, depth: 0 }.brackets(at)
}

/// Behind the `]` of `[`, if there is one.
pub fn closing_bracket(text: &str, at: usize) -> Option<usize> {
    let end = brackets(text, at);
    (end > at && text.as_bytes().get(end - 1) == Some(&b']')).then_some(end)
}

/// Behind the closing single quote.
pub fn single(text: &str, at: usize) -> usize {
    rest(text, at)
        .find('\'')
        .map_or(text.len(), |length| at + length + 1)
}

/// Behind the closing quote of `$'`.
pub fn ansi(text: &str, at: usize) -> usize {
    escaped_until(text, at, b'\'')
}

/// Behind the closing backquote.
pub fn backquotes(text: &str, at: usize) -> usize {
    escaped_until(text, at, b'`')
}

/// Behind the `))` of `$((`, if it is arithmetic.
pub fn arithmetic(text: &str, at: usize) -> Option<usize> {
    let scan = Scan { text, depth: 0 };
    let mut at = at;
    let mut level = 0usize;
    loop {
        match text.as_bytes().get(at)? {
            b'(' => level += 1,
            b')' if level > 0 => level -= 1,
            b')' => return rest(text, at).starts_with("))").then_some(at + 2),
            _ => {}
        }
        at = scan.one(at);
    }
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

fn escaped_until(text: &str, mut at: usize, close: u8) -> usize {
    while let Some(&byte) = text.as_bytes().get(at) {
        match byte {
            b'\\' => at = behind_escaped(text, at),
            byte if byte == close => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// Behind a backslash and the character it quotes.
pub fn behind_escaped(text: &str, at: usize) -> usize {
    let quoted = rest(text, at + 1).chars().next();
    at + 1 + quoted.map_or(0, char::len_utf8)
}

struct Scan<'a> {
    text: &'a str,
    depth: u32,
}

impl Scan<'_> {
    fn deeper(&self) -> Option<Self> {
        (self.depth < MAX_DEPTH).then_some(Scan {
            text: self.text,
            depth: self.depth + 1,
        })
    }

    fn starts(&self, at: usize, with: &str) -> bool {
        rest(self.text, at).starts_with(with)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn one(&self, at: usize) -> usize {
        match self.byte(at) {
            Some(b'\\') => behind_escaped(self.text, at),
            Some(b'\'') => single(self.text, at + 1),
            Some(b'"') => self.double(at + 1),
            Some(b'`') => backquotes(self.text, at + 1),
            Some(b'$') if self.starts(at, "$'") => ansi(self.text, at + 2),
            Some(b'$') => self.dollar(at, false),
            Some(b'<' | b'>') if self.byte(at + 1) == Some(b'(') => self.command(at + 2),
            Some(_) => at + self.width(at),
            None => self.text.len(),
        }
    }

    /// The length of the character here.
    fn width(&self, at: usize) -> usize {
        rest(self.text, at).chars().next().map_or(1, char::len_utf8)
    }

    fn dollar(&self, at: usize, in_double: bool) -> usize {
        let Some(deeper) = self.deeper() else {
            return at + 1;
        };
        match self.byte(at + 1) {
            Some(b'{') => deeper.braces(at + 2, in_double),
            Some(b'(') => match self.arithmetic_end(at) {
                Some(end) => end,
                None => deeper.command(at + 2),
            },
            Some(b'[') => deeper.brackets(at + 2),
            _ => at + 1,
        }
    }

    fn arithmetic_end(&self, at: usize) -> Option<usize> {
        if !self.starts(at, "$((") {
            return None;
        }
        let scan = self.deeper()?;
        let (mut at, mut level) = (at + 3, 0usize);
        loop {
            match scan.byte(at)? {
                b'(' => level += 1,
                b')' if level > 0 => level -= 1,
                b')' => return scan.starts(at, "))").then_some(at + 2),
                _ => {}
            }
            at = scan.one(at);
        }
    }

    fn double(&self, mut at: usize) -> usize {
        while let Some(byte) = self.byte(at) {
            at = match byte {
                b'"' => return at + 1,
                b'\\' => behind_escaped(self.text, at),
                b'`' => backquotes(self.text, at + 1),
                b'$' => self.dollar(at, true),
                _ => at + 1,
            };
        }
        self.text.len()
    }

    fn brackets(&self, mut at: usize) -> usize {
        let mut level = 0usize;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'[' => level += 1,
                b']' if level == 0 => return at + 1,
                b']' => level -= 1,
                _ => {}
            }
            at = self.one(at);
        }
        self.text.len()
    }

    fn braces(&self, start: usize, in_double: bool) -> usize {
        let mut at = start;
        while let Some(byte) = self.byte(at) {
            at = match byte {
                b'}' => return at + 1,
                b'\\' => behind_escaped(self.text, at),
                b'\'' => single(self.text, at + 1),
                b'"' => match self.deeper() {
                    Some(deeper) => deeper.double(at + 1),
                    None => at + 1,
                },
                b'`' => backquotes(self.text, at + 1),
                b'$' if self.starts(at, "$'") => ansi(self.text, at + 2),
                b'$' => self.dollar(at, in_double),
                b'<' | b'>' if !in_double && self.byte(at + 1) == Some(b'(') => {
                    match self.deeper() {
                        Some(deeper) => deeper.command(at + 2),
                        None => at + 2,
                    }
                }
                _ => at + 1,
            };
        }
        self.text.len()
    }

    /// Commands up to the `)` that ends them.
    fn command(&self, start: usize) -> usize {
        crate::syntax::substitution_end(self.text, start).unwrap_or(self.text.len())
    }
}

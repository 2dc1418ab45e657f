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
        let quotes_count = !(in_double && is_word_operand(rest(self.text, start)));
        let mut at = start;
        // `${#}`, `${'`: what follows the brace at once is a name, not a quote.
        while let Some(byte) = self.byte(at) {
            at = match byte {
                b'}' => return at + 1,
                b'\\' => behind_escaped(self.text, at),
                b'\'' if quotes_count => single(self.text, at + 1),
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

    /// Commands up to an unmatched `)`: quotes, comments, here-documents and the patterns of `case` may hold some of their own.
    fn command(&self, start: usize) -> usize {
        let Some(scan) = self.deeper() else {
            return self.text.len();
        };
        let mut at = start;
        // One for every `(` that is open; each remembers how many `case` are open in it.
        let mut open: Vec<usize> = vec![0];
        let mut documents: Vec<(String, bool)> = Vec::new();
        let mut command_position = true;
        while let Some(byte) = scan.byte(at) {
            match byte {
                b'#' if scan.begins_word(at, start) => {
                    at += rest(scan.text, at)
                        .find('\n')
                        .unwrap_or(scan.text.len() - at);
                    continue;
                }
                b'\n' => {
                    at += 1;
                    for (delimiter, strip) in documents.drain(..) {
                        at = scan.document(at, &delimiter, strip);
                    }
                    command_position = true;
                    continue;
                }
                b'<' if scan.starts(at, "<<") && !scan.starts(at, "<<<") => {
                    let strip = scan.starts(at, "<<-");
                    let (delimiter, end) = scan.delimiter(at + if strip { 3 } else { 2 });
                    documents.push((delimiter, strip));
                    at = end;
                    continue;
                }
                b'<' if scan.starts(at, "<<<") => {
                    at += 3;
                    continue;
                }
                b'(' => {
                    // Behind an open `case`, a `(` may begin a pattern; its `)` is then one more than are open.
                    if scan.pattern_begins(&open, at, start) {
                        at += 1;
                        continue;
                    }
                    open.push(0);
                    at += 1;
                    command_position = true;
                    continue;
                }
                b')' => {
                    at += 1;
                    command_position = true;
                    if open.last().is_some_and(|cases| *cases > 0) {
                        continue;
                    }
                    open.pop();
                    if open.is_empty() {
                        return at;
                    }
                    continue;
                }
                b';' | b'&' | b'|' => {
                    command_position = true;
                    at += 1;
                    continue;
                }
                byte if byte.is_ascii_alphabetic() && scan.begins_word(at, start) => {
                    let length = rest(scan.text, at)
                        .bytes()
                        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
                        .count();
                    let word = scan.text.get(at..at + length).unwrap_or_default();
                    let whole = !scan
                        .byte(at + length)
                        .is_some_and(|b| !b" \t\n;&|()<>".contains(&b));
                    if whole && command_position {
                        match word {
                            "case" => {
                                if let Some(cases) = open.last_mut() {
                                    *cases += 1;
                                }
                            }
                            "esac" => {
                                if let Some(cases) = open.last_mut() {
                                    *cases = cases.saturating_sub(1);
                                }
                            }
                            _ => {}
                        }
                    }
                    command_position = whole
                        && matches!(
                            word,
                            "do" | "then"
                                | "else"
                                | "elif"
                                | "if"
                                | "while"
                                | "until"
                                | "in"
                                | "time"
                        );
                    at += length;
                    continue;
                }
                b' ' | b'\t' => {
                    at += 1;
                    continue;
                }
                b'{' | b'!' => {}
                _ => command_position = false,
            }
            at = scan.one(at);
        }
        self.text.len()
    }

    fn begins_word(&self, at: usize, start: usize) -> bool {
        at == start
            || self
                .byte(at.wrapping_sub(1))
                .is_some_and(|b| b" \t\n;&|()<>".contains(&b))
    }

    /// Whether a `(` in an open `case` stands where a pattern begins: behind `in`, `;;`, `;&`.
    fn pattern_begins(&self, open: &[usize], at: usize, start: usize) -> bool {
        if open.last().is_none_or(|cases| *cases == 0) {
            return false;
        }
        let before = self.text.get(start..at).unwrap_or_default().trim_end();
        before.ends_with(";;")
            || before.ends_with(";&")
            || before.ends_with(" in")
            || before.ends_with("\nin")
    }

    /// The delimiter of a here-document, quotes removed, and where it ends.
    fn delimiter(&self, start: usize) -> (String, usize) {
        let mut at = start
            + rest(self.text, start)
                .bytes()
                .take_while(|b| *b == b' ' || *b == b'\t')
                .count();
        let mut delimiter = String::new();
        while let Some(c) = rest(self.text, at).chars().next() {
            match c {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' | '"' => {
                    let end = rest(self.text, at + 1)
                        .find(c)
                        .map_or(self.text.len(), |length| at + 1 + length);
                    delimiter.push_str(self.text.get(at + 1..end).unwrap_or_default());
                    at = (end + 1).min(self.text.len());
                }
                '\\' => {
                    let end = behind_escaped(self.text, at);
                    delimiter.push_str(self.text.get(at + 1..end).unwrap_or_default());
                    at = end;
                }
                c => {
                    delimiter.push(c);
                    at += c.len_utf8();
                }
            }
        }
        (delimiter, at)
    }

    /// Behind the body of a here-document.
    fn document(&self, start: usize, delimiter: &str, strip: bool) -> usize {
        let mut at = start;
        for line in rest(self.text, start).split_inclusive('\n') {
            let content = line.strip_suffix('\n').unwrap_or(line);
            let content = if strip {
                content.trim_start_matches('\t')
            } else {
                content
            };
            if content == delimiter {
                return at + line.len();
            }
            // The delimiter may be followed by the `)` at once.
            if content
                .strip_prefix(delimiter)
                .is_some_and(|rest| rest.starts_with(')'))
            {
                return at
                    + (line.len() - line.trim_start_matches('\t').len()) * usize::from(strip)
                    + delimiter.len();
            }
            at += line.len();
        }
        self.text.len()
    }
}

/// Whether what follows `${` is a name and `-`, `=`, `?` or `+`: then single quotes in double quotes are nothing special.
fn is_word_operand(text: &str) -> bool {
    let text = text.strip_prefix('!').unwrap_or(text);
    let name = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count();
    let name = if name == 0 { 1 } else { name };
    let Some(mut rest) = text.get(name..) else {
        return false;
    };
    if rest.starts_with('[') {
        let end = brackets(rest, 1);
        rest = rest.get(end..).unwrap_or_default();
    }
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    rest.starts_with(['-', '=', '?', '+'])
}

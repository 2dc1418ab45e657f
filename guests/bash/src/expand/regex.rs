//! Regular expressions of `=~`: POSIX's extended ones, handed to an engine that reads Perl's.

/// A regular expression from pieces of a word, of which some were quoted and stand for themselves.
pub(super) fn quoted(pieces: &[(&str, bool)]) -> String {
    let mut expression = String::new();
    for (text, quoted) in pieces {
        if !quoted {
            expression.push_str(text);
            continue;
        }
        for c in text.chars() {
            if c.is_ascii() && !c.is_ascii_alphanumeric() && c != '\n' && c != ' ' && c != '_' {
                expression.push('\\');
            }
            expression.push(c);
        }
    }
    expression
}

/// The same expression for `regex-lite`; an error if it is none.
pub fn translate(expression: &str) -> Result<String, ()> {
    let mut translation = Translation {
        chars: expression.chars().collect(),
        at: 0,
        text: String::with_capacity(expression.len() + 8),
        open: 0,
        repeatable: false,
    };
    translation.run()?;
    Ok(translation.text)
}

struct Translation {
    chars: Vec<char>,
    at: usize,
    text: String,
    /// Groups that are open.
    open: usize,
    /// Whether what stands in front can be repeated.
    repeatable: bool,
}

impl Translation {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn run(&mut self) -> Result<(), ()> {
        // A dot matches a line break too; `^` and `$` are the ends of the whole text.
        self.text.push_str("(?s)");
        while let Some(c) = self.peek(0) {
            self.at += 1;
            self.one(c)?;
        }
        if self.open > 0 { Err(()) } else { Ok(()) }
    }

    fn one(&mut self, c: char) -> Result<(), ()> {
        match c {
            '\\' => {
                let quoted = self.peek(0).ok_or(())?;
                self.at += 1;
                self.escaped(quoted);
                self.repeatable = true;
            }
            '[' => {
                self.bracket()?;
                self.repeatable = true;
            }
            '(' => {
                self.open += 1;
                self.text.push('(');
                self.repeatable = false;
            }
            ')' if self.open > 0 => {
                self.open -= 1;
                self.text.push(')');
                self.repeatable = true;
            }
            '*' | '+' | '?' => {
                if !self.repeatable {
                    // A star at the beginning stands for itself; the others are errors.
                    if c != '*' {
                        return Err(());
                    }
                    self.text.push_str("\\*");
                    self.repeatable = true;
                    return Ok(());
                }
                self.repeat(&c.to_string());
            }
            '{' => self.interval()?,
            '|' => {
                self.text.push('|');
                self.repeatable = false;
            }
            '^' | '$' => {
                self.text.push(c);
                self.repeatable = c == '$';
            }
            '.' => {
                self.text.push('.');
                self.repeatable = true;
            }
            c => {
                self.literal(c);
                self.repeatable = true;
            }
        }
        Ok(())
    }

    /// A repetition; one of a repetition gets a group, because `a+?` would mean something else.
    fn repeat(&mut self, operator: &str) {
        self.text.push_str(operator);
        // Perl's engines read a second operator as a modifier: `a**` is `a*`.
        while let Some(c @ ('*' | '+' | '?')) = self.peek(0) {
            self.at += 1;
            if c == '*' && !self.text.ends_with('*') {
                self.text.pop();
                self.text.push('*');
            }
        }
    }

    fn literal(&mut self, c: char) {
        if "\\.+*?()|[]{}^$#&-~".contains(c) {
            self.text.push('\\');
        }
        self.text.push(c);
    }

    fn escaped(&mut self, c: char) {
        match c {
            // GNU's.
            'w' => self.text.push_str("[[:alnum:]_]"),
            'W' => self.text.push_str("[^[:alnum:]_]"),
            's' => self.text.push_str("[[:space:]]"),
            'S' => self.text.push_str("[^[:space:]]"),
            'b' => self.text.push_str("\\b"),
            'B' => self.text.push_str("\\B"),
            '<' => self.text.push_str("\\b(?:\\b)"),
            '>' => self.text.push_str("\\b(?:\\b)"),
            '`' => self.text.push_str("\\A"),
            '\'' => self.text.push_str("\\z"),
            c => self.literal(c),
        }
    }

    fn interval(&mut self) -> Result<(), ()> {
        let length = self
            .chars
            .get(self.at..)
            .and_then(|rest| rest.iter().position(|c| *c == '}'));
        let inside: Option<String> = length
            .and_then(|length| self.chars.get(self.at..self.at + length))
            .map(|chars| chars.iter().collect());
        let valid = inside.as_deref().is_some_and(is_interval);
        if !valid {
            // GNU takes a brace that begins no interval for itself.
            let digit = self.peek(0).is_some_and(|c| c.is_ascii_digit());
            if digit || !self.repeatable {
                return Err(());
            }
            self.text.push_str("\\{");
            return Ok(());
        }
        if !self.repeatable {
            return Err(());
        }
        let inside = inside.unwrap_or_default();
        self.at += length.map_or(0, |length| length + 1);
        let inside = match inside.strip_prefix(',') {
            Some(most) => format!("0,{most}"),
            None => inside,
        };
        self.repeat(&format!("{{{inside}}}"));
        Ok(())
    }

    fn bracket(&mut self) -> Result<(), ()> {
        let mut set = String::from("[");
        if self.peek(0) == Some('^') {
            self.at += 1;
            set.push('^');
        }
        let first = self.at;
        loop {
            let c = self.peek(0).ok_or(())?;
            if c == ']' && self.at > first {
                self.at += 1;
                break;
            }
            if c == '['
                && let Some(mark @ (':' | '.' | '=')) = self.peek(1)
            {
                let name = self.enclosed(mark)?;
                if mark == ':' {
                    if !CLASSES.contains(&name.as_str()) {
                        return Err(());
                    }
                    set.push_str(&class(&name));
                    continue;
                }
                self.member(&name, &mut set)?;
                continue;
            }
            self.at += 1;
            self.member(&c.to_string(), &mut set)?;
        }
        set.push(']');
        self.text.push_str(&set);
        Ok(())
    }

    /// The name in `[:name:]`; the place is at its `[`.
    fn enclosed(&mut self, mark: char) -> Result<String, ()> {
        let start = self.at + 2;
        let mut end = start;
        while !(self.chars.get(end) == Some(&mark) && self.chars.get(end + 1) == Some(&']')) {
            if end >= self.chars.len() {
                return Err(());
            }
            end += 1;
        }
        self.at = end + 2;
        let name = self.chars.get(start..end).ok_or(())?;
        Ok(name.iter().collect())
    }

    /// A character of a set, or a range that begins with it.
    fn member(&mut self, low: &str, set: &mut String) -> Result<(), ()> {
        let mut chars = low.chars();
        let (Some(low), None) = (chars.next(), chars.next()) else {
            return Err(());
        };
        push_member(low, set);
        let is_range = self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']');
        if !is_range {
            return Ok(());
        }
        self.at += 1;
        let high = match (self.peek(0), self.peek(1)) {
            (Some('['), Some(mark @ ('.' | '='))) => {
                let name = self.enclosed(mark)?;
                name.chars().next().ok_or(())?
            }
            (Some(c), _) => {
                self.at += 1;
                c
            }
            _ => return Err(()),
        };
        if high < low {
            return Err(());
        }
        set.push('-');
        push_member(high, set);
        Ok(())
    }
}

fn push_member(c: char, set: &mut String) {
    if "\\[]^-&~".contains(c) {
        set.push('\\');
    }
    set.push(c);
}

fn is_interval(inside: &str) -> bool {
    let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let number = |text: &str| text.parse::<u32>().ok();
    if !digits(low) || !digits(high) || (low.is_empty() && !inside.contains(',')) {
        return false;
    }
    match (number(low), number(high)) {
        (Some(low), Some(high)) => low <= high && high <= 0x7fff,
        _ => true,
    }
}

const CLASSES: [&str; 13] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "xdigit",
];

/// A class as the engine spells it. It knows ASCII's only; letters beyond are added by range.
fn class(name: &str) -> String {
    match name {
        "alnum" | "alpha" => format!(
            "[:{name}:]\u{aa}\u{b5}\u{ba}\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{2c1}\u{370}-\u{373}\u{376}-\u{37d}\u{386}-\u{481}\u{48a}-\u{559}\u{560}-\u{588}\u{5d0}-\u{5ea}\u{620}-\u{64a}\u{904}-\u{939}\u{1e00}-\u{1fff}\u{3041}-\u{30ff}\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{ac00}-\u{d7a3}"
        ),
        "graph" | "print" => format!("[:{name}:]\u{a1}-\u{1ffff}"),
        _ => format!("[:{name}:]"),
    }
}

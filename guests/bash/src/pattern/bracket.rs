//! `[…]`.

use super::{fold, next};

/// A set of characters.
#[derive(Clone, Debug, Default)]
pub struct Bracket {
    negated: bool,
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
enum Item {
    Range(char, char),
    Class(Class),
    /// A class nobody knows: nothing is in it.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
enum Class {
    Alnum,
    Alpha,
    Ascii,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    Xdigit,
}

/// Where a set stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// In a pattern.
    Pattern,
    /// In a regular expression.
    Posix,
}

impl Bracket {
    /// What follows a `[`: the set and where it ends, or nothing if it is no set.
    pub fn parse(text: &str, start: usize) -> Option<(Bracket, usize)> {
        Self::parse_as(text, start, Dialect::Pattern)
    }

    /// The same in a regular expression, where a backslash is nothing special and mistakes are errors.
    pub fn parse_posix(text: &str, start: usize) -> Option<(Bracket, usize)> {
        Self::parse_as(text, start, Dialect::Posix)
    }

    fn parse_as(text: &str, start: usize, dialect: Dialect) -> Option<(Bracket, usize)> {
        let mut bracket = Bracket::default();
        let mut at = start;
        if let Some((c, after)) = next(text, at)
            && (c == '^' || (c == '!' && dialect == Dialect::Pattern))
        {
            bracket.negated = true;
            at = after;
        }
        let first = at;
        loop {
            let (c, after) = next(text, at)?;
            if c == ']' && at > first {
                return Some((bracket, after));
            }
            if let Some((name, end)) = enclosed(text, at, ':') {
                bracket.items.push(match Class::named(name) {
                    Some(class) => Item::Class(class),
                    None if dialect == Dialect::Posix => return None,
                    None => Item::Nothing,
                });
                at = end;
                continue;
            }
            let (low, end) = single(text, at, dialect)?;
            at = end;
            let high = range_end(text, at, dialect);
            let item = match (low, high) {
                (Some(low), Some((Some(high), end))) => {
                    at = end;
                    if high < low && dialect == Dialect::Posix {
                        return None;
                    }
                    Item::Range(low, high)
                }
                (_, Some((_, end))) => {
                    at = end;
                    Item::Nothing
                }
                (Some(low), None) => Item::Range(low, low),
                (None, None) => Item::Nothing,
            };
            bracket.items.push(item);
        }
    }

    pub fn contains(&self, c: char, nocase: bool) -> bool {
        self.items.iter().any(|item| item.contains(c, nocase)) != self.negated
    }
}

impl Item {
    fn contains(&self, c: char, nocase: bool) -> bool {
        let within = |c: char| match self {
            Item::Range(low, high) => (*low..=*high).contains(&c),
            Item::Class(class) => class.contains(c),
            Item::Nothing => false,
        };
        if within(c) {
            return true;
        }
        nocase && (within(fold(c)) || c.to_uppercase().next().is_some_and(within))
    }
}

/// `[:name:]`, `[.x.]`, `[=x=]` at a place: what is inside, and where it ends.
fn enclosed(text: &str, at: usize, mark: char) -> Option<(&str, usize)> {
    let inside = text.get(at..)?.strip_prefix('[')?.strip_prefix(mark)?;
    let end = inside.find([mark, ']']).filter(|&end| {
        inside
            .get(end..)
            .is_some_and(|rest| rest.starts_with(mark) && rest[1..].starts_with(']'))
    })?;
    Some((inside.get(..end)?, at + 2 + end + 2))
}

/// One member: a character, quoted or not, or a collating symbol. `None` inside for a symbol nobody knows.
fn single(text: &str, at: usize, dialect: Dialect) -> Option<(Option<char>, usize)> {
    for mark in ['.', '='] {
        if let Some((name, end)) = enclosed(text, at, mark) {
            let mut chars = name.chars();
            return Some(match (chars.next(), chars.next()) {
                (Some(c), None) => (Some(c), end),
                _ => (collating(name), end),
            });
        }
    }
    let (c, after) = next(text, at)?;
    if c == '\\' && dialect == Dialect::Pattern {
        let (quoted, after) = next(text, after)?;
        return Some((Some(quoted), after));
    }
    Some((Some(c), after))
}

/// The upper end of a range, if a range stands here.
fn range_end(text: &str, at: usize, dialect: Dialect) -> Option<(Option<char>, usize)> {
    let rest = text.get(at..)?.strip_prefix('-')?;
    if rest.starts_with(']') {
        return None;
    }
    single(text, at + 1, dialect)
}

/// POSIX's names of characters, those that are used.
fn collating(name: &str) -> Option<char> {
    Some(match name {
        "NUL" => '\0',
        "tab" => '\t',
        "newline" => '\n',
        "carriage-return" => '\r',
        "space" => ' ',
        "exclamation-mark" => '!',
        "quotation-mark" => '"',
        "number-sign" => '#',
        "dollar-sign" => '$',
        "percent-sign" => '%',
        "ampersand" => '&',
        "apostrophe" => '\'',
        "left-parenthesis" => '(',
        "right-parenthesis" => ')',
        "asterisk" => '*',
        "plus-sign" => '+',
        "comma" => ',',
        "hyphen" | "hyphen-minus" => '-',
        "period" | "full-stop" => '.',
        "slash" | "solidus" => '/',
        "colon" => ':',
        "semicolon" => ';',
        "less-than-sign" => '<',
        "equals-sign" => '=',
        "greater-than-sign" => '>',
        "question-mark" => '?',
        "commercial-at" => '@',
        "left-square-bracket" => '[',
        "backslash" | "reverse-solidus" => '\\',
        "right-square-bracket" => ']',
        "circumflex" | "circumflex-accent" => '^',
        "underscore" | "low-line" => '_',
        "grave-accent" => '`',
        "left-brace" | "left-curly-bracket" => '{',
        "vertical-line" => '|',
        "right-brace" | "right-curly-bracket" => '}',
        "tilde" => '~',
        _ => return None,
    })
}

impl Class {
    fn named(name: &str) -> Option<Class> {
        Some(match name {
            "alnum" => Class::Alnum,
            "alpha" => Class::Alpha,
            "ascii" => Class::Ascii,
            "blank" => Class::Blank,
            "cntrl" => Class::Cntrl,
            "digit" => Class::Digit,
            "graph" => Class::Graph,
            "lower" => Class::Lower,
            "print" => Class::Print,
            "punct" => Class::Punct,
            "space" => Class::Space,
            "upper" => Class::Upper,
            "word" => Class::Word,
            "xdigit" => Class::Xdigit,
            _ => return None,
        })
    }

    fn contains(self, c: char) -> bool {
        let printable = !c.is_control() && crate::text::unescaped(c).is_none();
        match self {
            Class::Alnum => c.is_alphanumeric(),
            Class::Alpha => c.is_alphabetic(),
            Class::Ascii => c.is_ascii(),
            Class::Blank => c == ' ' || c == '\t',
            Class::Cntrl => c.is_control(),
            Class::Digit => c.is_ascii_digit(),
            Class::Graph => printable && !c.is_whitespace(),
            Class::Lower => c.is_lowercase(),
            Class::Print => printable,
            Class::Punct => {
                c.is_ascii_punctuation()
                    || (!c.is_ascii() && printable && !c.is_alphanumeric() && !c.is_whitespace())
            }
            Class::Space => {
                c.is_ascii_whitespace() || c == '\x0b' || (!c.is_ascii() && c.is_whitespace())
            }
            Class::Upper => c.is_uppercase(),
            Class::Word => c.is_alphanumeric() || c == '_',
            Class::Xdigit => c.is_ascii_hexdigit(),
        }
    }
}

//! Sets of characters: brackets, `\w` and `\s`.

use crate::tree::Letter;

/// What a bracket expression holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    pub(crate) negated: bool,
    /// First and last characters.
    pub(crate) ranges: Vec<(u32, u32)>,
    /// Bytes that are no text.
    pub(crate) bytes: Vec<u8>,
    pub(crate) classes: Vec<Class>,
}

/// POSIX's classes, and GNU's `\w`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Alpha,
    Digit,
    Alnum,
    Upper,
    Lower,
    Space,
    Blank,
    Punct,
    Print,
    Graph,
    Cntrl,
    Xdigit,
    Word,
}

impl Class {
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"alpha" => Self::Alpha,
            b"digit" => Self::Digit,
            b"alnum" => Self::Alnum,
            b"upper" => Self::Upper,
            b"lower" => Self::Lower,
            b"space" => Self::Space,
            b"blank" => Self::Blank,
            b"punct" => Self::Punct,
            b"print" => Self::Print,
            b"graph" => Self::Graph,
            b"cntrl" => Self::Cntrl,
            b"xdigit" => Self::Xdigit,
            _ => return None,
        })
    }

    /// Its members in ASCII.
    pub(crate) fn ascii(self) -> &'static [(u8, u8)] {
        match self {
            Self::Alpha => &[(b'A', b'Z'), (b'a', b'z')],
            Self::Digit => &[(b'0', b'9')],
            Self::Alnum => &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')],
            Self::Upper => &[(b'A', b'Z')],
            Self::Lower => &[(b'a', b'z')],
            Self::Space => &[(b'\t', b'\r'), (b' ', b' ')],
            Self::Blank => &[(b'\t', b'\t'), (b' ', b' ')],
            Self::Punct => &[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')],
            Self::Print => &[(b' ', b'~')],
            Self::Graph => &[(b'!', b'~')],
            Self::Cntrl => &[(0, 31), (127, 127)],
            Self::Xdigit => &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')],
            Self::Word => &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')],
        }
    }

    /// The members beyond ASCII, in the syntax of the `regex` crate.
    pub(crate) fn beyond_ascii(self) -> Option<&'static str> {
        Some(match self {
            Self::Alpha | Self::Alnum | Self::Word => r"[\p{Alphabetic}&&[^\x00-\x7f]]",
            Self::Upper => r"[\p{Uppercase}&&[^\x00-\x7f]]",
            Self::Lower => r"[\p{Lowercase}&&[^\x00-\x7f]]",
            Self::Space | Self::Blank => {
                r"[\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]"
            }
            Self::Punct => r"[^\p{Alphabetic}\s\x00-\x9f]",
            Self::Print => r"[^\x00-\x9f]",
            Self::Graph => r"[^\s\x00-\x9f]",
            Self::Cntrl => r"[\x80-\x9f\u2028\u2029]",
            Self::Digit | Self::Xdigit => return None,
        })
    }

    fn contains(self, c: char) -> bool {
        if c.is_ascii() {
            let byte = c as u8;
            return self
                .ascii()
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&byte));
        }
        match self {
            Self::Alpha | Self::Alnum | Self::Word => c.is_alphabetic(),
            Self::Upper => c.is_uppercase(),
            Self::Lower => c.is_lowercase(),
            Self::Space | Self::Blank => is_wide_space(c),
            Self::Punct => !c.is_alphabetic() && !c.is_whitespace() && !c.is_control(),
            Self::Print => !c.is_control(),
            Self::Graph => !c.is_control() && !c.is_whitespace(),
            Self::Cntrl => c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'),
            Self::Digit | Self::Xdigit => false,
        }
    }
}

fn is_wide_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// Whether a word holds it.
pub(crate) fn is_word(c: char) -> bool {
    Class::Word.contains(c)
}

impl Set {
    pub(crate) fn class(class: Class, negated: bool) -> Self {
        Self {
            negated,
            classes: vec![class],
            ..Self::default()
        }
    }

    pub(crate) fn add(&mut self, letter: Letter) {
        match letter {
            Letter::Char(c) => self.ranges.push((c.into(), c.into())),
            Letter::Byte(byte) => self.bytes.push(byte),
        }
    }

    /// Whether what it holds is all in ASCII and listed, so that no text of others can match it.
    pub(crate) fn is_plain_ascii(&self) -> bool {
        !self.negated
            && self
                .classes
                .iter()
                .all(|class| class.beyond_ascii().is_none())
            && self.bytes.is_empty()
            && self.ranges.iter().all(|(_, last)| *last < 128)
    }

    /// Whether it matches a letter of the text.
    pub(crate) fn matches(&self, letter: Letter, ignore_case: bool) -> bool {
        let inside = match letter {
            Letter::Byte(byte) => return self.bytes.contains(&byte) && !self.negated,
            Letter::Char(c) if ignore_case => {
                self.holds(c)
                    || c.to_lowercase()
                        .chain(c.to_uppercase())
                        .any(|c| self.holds(c))
            }
            Letter::Char(c) => self.holds(c),
        };
        inside != self.negated
    }

    fn holds(&self, c: char) -> bool {
        let code = u32::from(c);
        self.ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&code))
            || self.classes.iter().any(|class| class.contains(c))
    }
}

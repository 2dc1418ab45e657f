//! Fields in the making: what was quoted is remembered, what was expanded is split.

use std::ops::Range;

use crate::shell::Shell;
use crate::text::Text;

/// The separators of fields.
#[derive(Clone, Debug)]
pub struct Ifs {
    characters: Option<Text>,
    is_blank: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ordinary,
    /// White space: however much of it there is, it separates once.
    Space,
    /// Each separates.
    Hard,
}

impl Ifs {
    pub fn of(shell: &Shell) -> Ifs {
        let characters = shell.get("IFS");
        Ifs {
            is_blank: characters.as_deref().is_none_or(|text| text == " \t\n"),
            characters,
        }
    }

    /// Whether the separators are space, tab and line break, as they mostly are.
    pub fn is_blank(&self) -> bool {
        self.is_blank
    }

    /// What `$*` is joined by.
    pub fn first(&self) -> Option<char> {
        match &self.characters {
            Some(characters) => characters.chars().next(),
            None => Some(' '),
        }
    }

    fn kind(&self, c: char) -> Kind {
        let separates = match &self.characters {
            Some(characters) if !self.is_blank => characters.contains(c),
            _ => matches!(c, ' ' | '\t' | '\n'),
        };
        match (separates, c) {
            (false, _) => Kind::Ordinary,
            (true, ' ' | '\t' | '\n') => Kind::Space,
            (true, _) => Kind::Hard,
        }
    }
}

/// What came before what is being added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    InField,
    /// White space ended a field; a hard separator still belongs to the same gap.
    AfterSpace,
    AfterHard,
}

/// A finished field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub text: String,
    /// Byte ranges of the text that stand for themselves.
    quoted: Vec<Range<usize>>,
    /// Whether anything outside of them may be special in a pattern.
    pub active: bool,
}

impl Field {
    /// As a pattern: what was quoted has backslashes.
    pub fn pattern(&self) -> String {
        let mut pattern = String::with_capacity(self.text.len() + 8);
        for (text, quoted) in self.pieces() {
            if quoted {
                push_escaped(&mut pattern, text);
            } else {
                pattern.push_str(text);
            }
        }
        pattern
    }

    /// Its pieces, and whether each was quoted.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let mut pieces = Vec::with_capacity(self.quoted.len() * 2 + 1);
        let mut at = 0;
        for range in &self.quoted {
            pieces.push((self.text.get(at..range.start).unwrap_or_default(), false));
            pieces.push((self.text.get(range.clone()).unwrap_or_default(), true));
            at = range.end;
        }
        pieces.push((self.text.get(at..).unwrap_or_default(), false));
        pieces.retain(|(text, _)| !text.is_empty());
        pieces
    }

    fn push_quoted(&mut self, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        if text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return;
        }
        match self.quoted.last_mut() {
            Some(last) if last.end == start => last.end = self.text.len(),
            _ => self.quoted.push(start..self.text.len()),
        }
    }

    fn push_active(&mut self, text: &str) {
        self.active = self.active || may_be_active(text);
        self.text.push_str(text);
    }
}

/// Puts a backslash in front of whatever a pattern could take for special.
pub fn push_escaped(pattern: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
}

fn may_be_active(text: &str) -> bool {
    text.contains(['*', '?', '[', '(', '\\'])
}

/// Whether an unquoted text may be a pattern for file names.
pub fn has_active(text: &str) -> bool {
    text.contains(['*', '?'])
        || text
            .find('[')
            .is_some_and(|at| text.get(at + 1..).is_some_and(|rest| rest.contains(']')))
        || ["@(", "!(", "+("].iter().any(|group| text.contains(group))
}

/// Fields, or the one field of where nothing is split.
pub struct Fields {
    pub ifs: Ifs,
    splits: bool,
    finished: Vec<Field>,
    current: Field,
    state: State,
}

impl Fields {
    pub fn split(ifs: Ifs) -> Fields {
        Fields {
            ifs,
            splits: true,
            finished: Vec::new(),
            current: Field::default(),
            state: State::Start,
        }
    }

    pub fn single(ifs: Ifs) -> Fields {
        Fields {
            splits: false,
            ..Fields::split(ifs)
        }
    }

    pub fn splits(&self) -> bool {
        self.splits
    }

    /// How much there is, to see later whether anything was added.
    pub fn mark(&self) -> (usize, usize) {
        (self.finished.len(), self.current.text.len())
    }

    /// Unquoted text of the source.
    pub fn literal(&mut self, text: &str) {
        if !text.is_empty() {
            self.current.push_active(text);
            self.state = State::InField;
        }
    }

    /// Quoted text; there is a field even if it is empty.
    pub fn quoted(&mut self, text: &str) {
        self.current.push_quoted(text);
        self.state = State::InField;
    }

    /// Text inside of double quotes.
    pub fn inside_quotes(&mut self, text: &str) {
        if !text.is_empty() {
            self.quoted(text);
        }
    }

    /// What an unquoted expansion brought.
    pub fn expanded(&mut self, text: &str) {
        if !self.splits {
            self.literal(text);
            return;
        }
        let mut ordinary = 0;
        for (at, c) in text.char_indices() {
            let kind = self.ifs.kind(c);
            if kind == Kind::Ordinary {
                continue;
            }
            self.literal(text.get(ordinary..at).unwrap_or_default());
            self.separate(kind);
            ordinary = at + c.len_utf8();
        }
        self.literal(text.get(ordinary..).unwrap_or_default());
    }

    fn separate(&mut self, kind: Kind) {
        match (self.state, kind) {
            (State::InField, _) => {
                self.finish_field();
                self.state = if kind == Kind::Hard {
                    State::AfterHard
                } else {
                    State::AfterSpace
                };
            }
            (_, Kind::Space | Kind::Ordinary) => {}
            (State::AfterSpace, Kind::Hard) => self.state = State::AfterHard,
            (State::Start | State::AfterHard, Kind::Hard) => {
                self.finish_field();
                self.state = State::AfterHard;
            }
        }
    }

    fn finish_field(&mut self) {
        self.finished.push(std::mem::take(&mut self.current));
    }

    /// Between two elements of `"$@"`.
    pub fn boundary(&mut self) {
        if self.state == State::InField {
            self.finish_field();
        }
        self.state = State::Start;
    }

    /// Between two elements of an unquoted `$@` or `$*`.
    pub fn soft_boundary(&mut self) {
        match self.ifs.first() {
            Some(c) => self.separate(self.ifs.kind(c)),
            None => self.boundary(),
        }
    }

    pub fn finish(mut self) -> Vec<Field> {
        if self.state == State::InField {
            self.finish_field();
        }
        self.finished
    }

    /// The one field of where nothing is split.
    pub fn finish_single(self) -> Field {
        self.current
    }
}

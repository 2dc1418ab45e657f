//! The text being read, line by line as bash reads it: what a line says may depend on what the lines before it did.

use crate::text::Text;

/// Lines of a script, one after another; the lines of the command being read stay in [`Input::text`].
pub(super) struct Input<'a> {
    source: Source<'a>,
    /// Where the next line of the source begins.
    next_line: usize,
    /// The lines of the current command, aliases replaced.
    pub text: String,
    pub position: usize,
    /// Lines read so far, counted from the first line's number: the number of the last one.
    pub line: u32,
    /// Where the last line begins in `text`.
    line_start: usize,
    ended: bool,
    /// The last line had no newline of its own.
    unterminated: bool,
    /// Escaped newlines that belong to no word's text, by their offset.
    pub removed: Vec<usize>,
    /// Aliases whose text is being read, the innermost last.
    aliases: Vec<AliasText>,
}

/// Where lines come from.
pub(super) enum Source<'a> {
    Kept(Text),
    Borrowed(&'a str),
}

impl std::ops::Deref for Source<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Source::Kept(text) => text,
            Source::Borrowed(text) => text,
        }
    }
}

/// The text of an alias in the input, by the distance of its end from the end of the input, which insertions leave alone.
struct AliasText {
    name: Text,
    after: usize,
    /// It ends in a blank: the next word may be an alias too.
    expands_next: bool,
}

/// Lines from somewhere else, when the source has no more.
pub(super) type More<'a> = &'a mut dyn FnMut() -> Option<Text>;

impl<'a> Input<'a> {
    pub fn new(source: Source<'a>) -> Input<'a> {
        Input {
            source,
            next_line: 0,
            text: String::new(),
            position: 0,
            line: 0,
            line_start: 0,
            ended: false,
            unterminated: false,
            removed: Vec::new(),
            aliases: Vec::new(),
        }
    }

    /// How much of the source has been used up.
    pub fn offset(&self) -> usize {
        self.next_line
            .saturating_sub(self.text.len().saturating_sub(self.position))
    }

    /// Before a command: forgets the lines of the one before.
    pub fn begin(&mut self, first_line: u32) {
        if self.next_line == 0 && self.text.is_empty() {
            self.line = first_line.wrapping_sub(1);
        }
        if self.position >= self.text.len() {
            self.text.clear();
            self.position = 0;
            self.line_start = 0;
            self.aliases.clear();
        }
        self.removed.clear();
    }

    /// Throws away what is left of the current line.
    pub fn discard_line(&mut self) {
        self.position = self.text.len();
    }

    /// The current line, for messages.
    pub fn current_line(&self) -> &str {
        self.text
            .get(self.line_start..)
            .unwrap_or_default()
            .trim_end_matches('\n')
    }

    /// Whether nothing is left to read.
    pub fn is_used_up(&self) -> bool {
        self.position >= self.text.len() && self.next_line >= self.source.len()
    }

    /// The next byte, lines being read as they are needed.
    pub fn next(&mut self, more: More<'_>) -> Option<u8> {
        if self.position >= self.text.len() && !self.read_line(more) {
            if !self.ended {
                self.ended = true;
                self.line = self.line.wrapping_add(1);
            }
            return None;
        }
        let byte = self.text.as_bytes().get(self.position).copied();
        self.position += 1;
        byte
    }

    /// The next byte behind escaped newlines, which are noted as removed.
    pub fn next_unescaped(&mut self, more: More<'_>) -> Option<u8> {
        loop {
            let byte = self.next(more)?;
            let behind = self.text.as_bytes().get(self.position);
            if byte != b'\\' || behind != Some(&b'\n') || self.at_last_backslash() {
                return Some(byte);
            }
            self.removed.push(self.position - 1);
            self.position += 1;
        }
    }

    /// Behind a backslash that nothing follows, not even a newline: it stands for itself.
    pub fn at_last_backslash(&self) -> bool {
        self.unterminated && self.position + 1 == self.text.len()
    }

    /// Goes back over the byte that was read last.
    pub fn back(&mut self) {
        self.position = self.position.saturating_sub(1);
    }

    /// The next byte if it is in the lines read so far.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    /// A whole line with its newline, for here-documents; the end of the input is not counted as a line.
    pub fn take_line(&mut self, more: More<'_>) -> Option<String> {
        if self.position >= self.text.len() && !self.read_line(more) {
            return None;
        }
        let rest = self.text.get(self.position..).unwrap_or_default();
        let length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        let line = rest.get(..length).unwrap_or_default().to_owned();
        self.position += length;
        Some(line)
    }

    /// Takes away what has been read of the current line but not used, so that what is read next are the lines behind it.
    pub fn set_rest_aside(&mut self) -> String {
        self.text.split_off(self.position.min(self.text.len()))
    }

    /// Puts a text in the place of everything from `start` on, and behind it the rest of a line that was set aside.
    pub fn put_back(&mut self, start: usize, text: &str, rest: &str) {
        self.text.truncate(start);
        self.text.push_str(text);
        self.position = self.text.len();
        self.text.push_str(rest);
        self.line_start = self.line_start.min(start);
    }

    /// The text between two offsets without the escaped newlines removed since `removed_before`.
    pub fn slice(&self, start: usize, end: usize, removed_before: usize) -> Text {
        let removed = self.removed.get(removed_before..).unwrap_or_default();
        if removed.is_empty() {
            return self.text.get(start..end).unwrap_or_default().into();
        }
        let mut result = String::new();
        let mut from = start;
        for &newline in removed.iter().filter(|&&at| at >= start && at < end) {
            result.push_str(self.text.get(from..newline).unwrap_or_default());
            from = newline + 2;
        }
        result.push_str(self.text.get(from..end).unwrap_or_default());
        result.into()
    }

    /// Puts the text of an alias in the place of its name and goes back to its beginning.
    pub fn replace_by_alias(&mut self, start: usize, end: usize, name: &Text, value: &str) {
        let mut text = value.to_owned();
        if !text.ends_with([' ', '\n', '(', ')', '<', '>', ';', '&', '|']) && !text.is_empty() {
            text.push(' ');
        }
        self.aliases.push(AliasText {
            name: name.clone(),
            after: self.text.len().saturating_sub(end),
            expands_next: value.ends_with([' ', '\t']),
        });
        self.text.replace_range(start..end, &text);
        self.position = start;
        self.line_start = self.line_start.min(start);
    }

    /// Notices the ends of aliases' texts that have been passed; whether the next word may be an alias because of one.
    pub fn leave_aliases(&mut self) -> bool {
        let mut expands_next = false;
        let left = self.text.len().saturating_sub(self.position);
        while let Some(alias) = self.aliases.pop_if(|alias| alias.after >= left) {
            expands_next |= alias.expands_next;
        }
        expands_next
    }

    pub fn is_inside_alias(&self, name: &str) -> bool {
        self.aliases.iter().any(|alias| &*alias.name == name)
    }

    fn read_line(&mut self, more: More<'_>) -> bool {
        let rest = self.source.get(self.next_line..).unwrap_or_default();
        let before = self.text.len();
        if rest.is_empty() {
            let Some(line) = more() else {
                return false;
            };
            self.text.push_str(&line);
        } else {
            let length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
            self.text.push_str(rest.get(..length).unwrap_or_default());
            self.next_line += length;
        }
        if !self.text.ends_with('\n') {
            // A backslash at the very end stands for itself.
            let backslashes = self.text.bytes().rev().take_while(|b| *b == b'\\');
            if backslashes.count() % 2 == 1 {
                self.text.push('\\');
            }
            self.text.push('\n');
            self.unterminated = true;
        }
        let added = self.text.len() - before;
        for alias in &mut self.aliases {
            alias.after += added;
        }
        self.line_start = before;
        self.line = self.line.wrapping_add(1);
        true
    }
}

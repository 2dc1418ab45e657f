//! What is written about lines that were found: names, numbers, offsets, colours.

use crate::options::Options;
use gnu::decimal::Decimal;
use gnu::stream::Output;
use std::io::Write as _;

/// The colours of `GREP_COLORS`.
pub struct Colors {
    selected_match: String,
    context_match: String,
    file_name: String,
    line_number: String,
    byte_number: String,
    separator: String,
    selected_line: String,
    context_line: String,
    /// `rv`: with `-v` the colours of selected and context lines change places.
    reversed: bool,
    /// `\33[K` after each.
    erase: bool,
}

impl Colors {
    pub fn from_environment() -> Self {
        let mut colors = Self {
            selected_match: "01;31".to_owned(),
            context_match: "01;31".to_owned(),
            file_name: "35".to_owned(),
            line_number: "32".to_owned(),
            byte_number: "32".to_owned(),
            separator: "36".to_owned(),
            selected_line: String::new(),
            context_line: String::new(),
            reversed: false,
            erase: true,
        };
        let wanted = std::env::var("GREP_COLORS").unwrap_or_default();
        for capability in wanted.split(':') {
            let (name, value) = capability.split_once('=').unwrap_or((capability, ""));
            if value
                .bytes()
                .any(|byte| byte != b';' && !byte.is_ascii_digit())
            {
                break;
            }
            colors.set(name, value);
        }
        colors
    }

    fn set(&mut self, name: &str, value: &str) {
        let slot = match name {
            "mt" => {
                value.clone_into(&mut self.selected_match);
                &mut self.context_match
            }
            "ms" => &mut self.selected_match,
            "mc" => &mut self.context_match,
            "fn" => &mut self.file_name,
            "ln" => &mut self.line_number,
            "bn" => &mut self.byte_number,
            "se" => &mut self.separator,
            "sl" => &mut self.selected_line,
            "cx" => &mut self.context_line,
            "rv" => return self.reversed = true,
            "ne" => return self.erase = false,
            _ => return,
        };
        value.clone_into(slot);
    }
}

/// Whether a line was selected or stands around one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Selected,
    Context,
}

impl Mark {
    fn letter(self) -> u8 {
        match self {
            Self::Selected => b':',
            Self::Context => b'-',
        }
    }
}

pub struct Printer<'a> {
    pub output: Output,
    pub options: &'a Options,
    colors: Option<Colors>,
    /// Standard output failed; said once at the end.
    pub failure: Option<std::io::Error>,
}

/// What stands before a line.
pub struct Head<'a> {
    pub name: Option<&'a str>,
    pub number: Option<u64>,
    pub offset: Option<u64>,
    /// How wide `-T` makes numbers: as the file's length is.
    pub width: usize,
}

impl<'a> Printer<'a> {
    pub fn new(options: &'a Options) -> Self {
        Self {
            output: Output::stdout(),
            options,
            colors: options.color.then(Colors::from_environment),
            failure: None,
        }
    }

    pub fn put(&mut self, bytes: &[u8]) {
        if let Err(error) = self.output.put(bytes) {
            self.failure.get_or_insert(error);
        }
    }

    pub fn flush(&mut self) {
        if let Err(error) = self.output.flush() {
            self.failure.get_or_insert(error);
        }
    }

    fn begin(&mut self, color: &str) {
        if color.is_empty() {
            return;
        }
        let erase = self.colors.as_ref().is_some_and(|colors| colors.erase);
        let text = format!("\x1b[{color}m{}", if erase { "\x1b[K" } else { "" });
        self.put(text.as_bytes());
    }

    fn end(&mut self, color: &str) {
        if color.is_empty() {
            return;
        }
        let erase = self.colors.as_ref().is_some_and(|colors| colors.erase);
        self.put(if erase { b"\x1b[m\x1b[K" } else { b"\x1b[m" });
    }

    fn colored(&mut self, text: &[u8], choose: impl Fn(&Colors) -> &String) {
        match self.colors.as_ref().map(|colors| choose(colors).clone()) {
            Some(color) => {
                self.begin(&color);
                self.put(text);
                self.end(&color);
            }
            None => self.put(text),
        }
    }

    pub fn file_name(&mut self, name: &str) {
        self.colored(name.as_bytes(), |colors| &colors.file_name);
    }

    fn separator(&mut self, text: &[u8]) {
        self.colored(text, |colors| &colors.separator);
    }

    /// A file's name alone in its line, as `-l` has it.
    pub fn listed_name(&mut self, name: &str) {
        self.file_name(name);
        self.put(if self.options.null { b"\0" } else { b"\n" });
    }

    pub fn count(&mut self, name: Option<&str>, count: u64) {
        if let Some(name) = name {
            self.file_name(name);
            match self.options.null {
                true => self.put(b"\0"),
                false => self.separator(b":"),
            }
        }
        self.put(format!("{count}\n").as_bytes());
    }

    /// What stands between groups of lines that don't follow each other.
    pub fn group_separator(&mut self) {
        if let Some(text) = &self.options.group_separator {
            let text = text.clone();
            self.separator(text.as_bytes());
            self.put(b"\n");
        }
    }

    fn head(&mut self, head: &Head<'_>, mark: Mark, is_empty: bool) {
        let separator = [mark.letter()];
        if let Some(name) = head.name {
            self.file_name(name);
            match self.options.null {
                true => self.put(b"\0"),
                false => self.separator(&separator),
            }
        }
        let tab = self.options.initial_tab;
        if let Some(number) = head.number {
            let width = if tab { head.width } else { 0 };
            let mut room = Decimal::new();
            self.colored(room.padded(number, width), |colors| &colors.line_number);
            self.separator(&separator);
        }
        if let Some(offset) = head.offset {
            let width = if tab { head.width } else { 0 };
            let text = format!("{offset:>width$}");
            self.colored(text.as_bytes(), |colors| &colors.byte_number);
            self.separator(&separator);
        }
        let any = head.name.is_some() || head.number.is_some() || head.offset.is_some();
        if tab && any && !is_empty {
            self.put(b"\t");
        }
    }

    /// A line, with its end; `matches` finds the next match from a place on.
    pub fn line(
        &mut self,
        head: &Head<'_>,
        mark: Mark,
        line: &[u8],
        mut matches: impl FnMut(usize) -> Option<(usize, usize)>,
    ) {
        let options = self.options;
        let holds_match = (mark == Mark::Selected) != options.invert;
        if options.only_matching {
            if holds_match {
                self.matching_parts(head, mark, line, matches);
            }
        } else {
            self.head(head, mark, line.len() <= 1);
            if let Some((line_color, match_color)) = self.line_colors(mark) {
                self.colored_line(line, holds_match, &line_color, &match_color, &mut matches);
            } else {
                self.put(line);
            }
        }
        if options.line_buffered {
            self.flush();
        }
    }

    /// The colours of a line and of the matches in it.
    fn line_colors(&self, mark: Mark) -> Option<(String, String)> {
        let colors = self.colors.as_ref()?;
        let selected = (mark == Mark::Selected) != (self.options.invert && colors.reversed);
        let line = match selected {
            true => &colors.selected_line,
            false => &colors.context_line,
        };
        let found = match mark {
            Mark::Selected => &colors.selected_match,
            Mark::Context => &colors.context_match,
        };
        Some((line.clone(), found.clone()))
    }

    fn matching_parts(
        &mut self,
        head: &Head<'_>,
        mark: Mark,
        line: &[u8],
        mut matches: impl FnMut(usize) -> Option<(usize, usize)>,
    ) {
        let mark = if self.options.invert {
            Mark::Context
        } else {
            mark
        };
        let mut at = 0;
        while let Some((start, end)) = matches(at) {
            at = end.max(at + 1);
            if start == end {
                at = at.max(start + 1);
                continue;
            }
            let head = Head {
                offset: head.offset.map(|offset| offset + start as u64),
                ..*head
            };
            self.head(&head, mark, false);
            self.colored(&line[start..end], |colors| match mark {
                Mark::Selected => &colors.selected_match,
                Mark::Context => &colors.context_match,
            });
            self.put(&[self.options.end]);
        }
    }

    fn colored_line(
        &mut self,
        line: &[u8],
        holds_match: bool,
        line_color: &str,
        match_color: &str,
        matches: &mut impl FnMut(usize) -> Option<(usize, usize)>,
    ) {
        let (mut written, mut at) = (0, 0);
        while let Some((start, end)) =
            matches(at).filter(|_| holds_match && !match_color.is_empty())
        {
            at = end.max(at + 1);
            if start == end {
                at = at.max(start + 1);
                continue;
            }
            self.begin(line_color);
            self.put(&line[written..start]);
            self.end(if start > written { line_color } else { "" });
            self.begin(match_color);
            self.put(&line[start..end]);
            self.end(match_color);
            written = end;
        }
        let body = line.len() - self.tail_length(&line[written..]);
        if !line_color.is_empty() && body > written {
            self.begin(line_color);
            self.put(&line[written..body]);
            self.end(line_color);
            written = body;
        }
        self.put(&line[written..]);
    }

    /// The end of a line and a carriage return before it, which have no colour.
    fn tail_length(&self, line: &[u8]) -> usize {
        let end = usize::from(line.last() == Some(&self.options.end));
        let before = line[..line.len() - end].last();
        end + usize::from(before == Some(&b'\r'))
    }
}

//! The options of `diff`.

use super::pattern::Pattern;
use crate::help::wrong;
use gnu::getopt::{Parsed, Spec, Takes};
use gnu::glob::Glob;

use Takes::{Maybe, Nothing, Value};

pub static SPECS: &[Spec] = &[
    Spec("", "normal", Nothing),
    Spec("q", "brief", Nothing),
    Spec("s", "report-identical-files", Nothing),
    Spec("c", "", Nothing),
    Spec("C", "", Value),
    Spec("", "context", Maybe),
    Spec("u", "", Nothing),
    Spec("U", "", Value),
    Spec("", "unified", Maybe),
    Spec("e", "ed", Nothing),
    Spec("n", "rcs", Nothing),
    Spec("y", "side-by-side", Nothing),
    Spec("W", "width", Value),
    Spec("", "left-column", Nothing),
    Spec("", "suppress-common-lines", Nothing),
    Spec("p", "show-c-function", Nothing),
    Spec("F", "show-function-line", Value),
    Spec("L", "label", Value),
    Spec("t", "expand-tabs", Nothing),
    Spec("T", "initial-tab", Nothing),
    Spec("", "tabsize", Value),
    Spec("", "suppress-blank-empty", Nothing),
    Spec("r", "recursive", Nothing),
    Spec("", "no-dereference", Nothing),
    Spec("N", "new-file", Nothing),
    Spec("", "unidirectional-new-file", Nothing),
    Spec("x", "exclude", Value),
    Spec("X", "exclude-from", Value),
    Spec("S", "starting-file", Value),
    Spec("i", "ignore-case", Nothing),
    Spec("E", "ignore-tab-expansion", Nothing),
    Spec("Z", "ignore-trailing-space", Nothing),
    Spec("b", "ignore-space-change", Nothing),
    Spec("w", "ignore-all-space", Nothing),
    Spec("B", "ignore-blank-lines", Nothing),
    Spec("I", "ignore-matching-lines", Value),
    Spec("a", "text", Nothing),
    Spec("", "strip-trailing-cr", Nothing),
    Spec("d", "minimal", Nothing),
    Spec("", "horizon-lines", Value),
    Spec("H", "speed-large-files", Nothing),
    Spec("", "color", Maybe),
    Spec("", "help", Nothing),
    Spec("v", "version", Nothing),
];

/// What a diff looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Normal,
    Unified,
    Context,
    Ed,
    Rcs,
    SideBySide,
}

impl Style {
    /// Whether it cannot tell that a last newline is missing.
    pub fn is_script(self) -> bool {
        self == Self::Ed
    }
}

/// Which white space counts, from all of it to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    Counts,
    IgnoreTabExpansion,
    IgnoreTrailing,
    IgnoreTabsAndTrailing,
    IgnoreChange,
    IgnoreAll,
}

impl Space {
    /// A line with the white space left that counts.
    pub fn squeeze(self, text: &[u8]) -> Vec<u8> {
        let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 11;
        let trimmed = match text.iter().rposition(|byte| !is_space(byte)) {
            Some(last) => &text[..=last],
            None => &[],
        };
        match self {
            Self::Counts => text.to_vec(),
            Self::IgnoreTabExpansion => expand_tabs(text),
            Self::IgnoreTrailing => trimmed.to_vec(),
            Self::IgnoreTabsAndTrailing => expand_tabs(trimmed),
            Self::IgnoreAll => text
                .iter()
                .copied()
                .filter(|byte| !is_space(byte))
                .collect(),
            Self::IgnoreChange => {
                let mut squeezed = Vec::with_capacity(trimmed.len());
                for byte in trimmed {
                    match is_space(byte) {
                        true if squeezed.last() == Some(&b' ') => {}
                        true => squeezed.push(b' '),
                        false => squeezed.push(*byte),
                    }
                }
                squeezed
            }
        }
    }
}

fn expand_tabs(text: &[u8]) -> Vec<u8> {
    let mut expanded = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'\t' => {
                let column = expanded.len() / 8 * 8 + 8;
                expanded.resize(column, b' ');
            }
            byte => expanded.push(*byte),
        }
    }
    expanded
}

/// What was asked for.
pub struct Options {
    pub style: Style,
    pub context: usize,
    pub brief: bool,
    pub report_identical: bool,
    pub width: usize,
    pub tab_size: usize,
    pub left_column: bool,
    pub suppress_common: bool,
    pub functions: Option<Pattern>,
    pub labels: Vec<String>,
    pub expand_tabs: bool,
    pub initial_tab: bool,
    pub suppress_blank_empty: bool,
    pub recursive: bool,
    pub follow: bool,
    pub new_file: bool,
    pub new_first_file: bool,
    pub excluded: Vec<Glob>,
    pub starting_file: Option<String>,
    pub ignore_case: bool,
    pub space: Space,
    pub ignore_blank_lines: bool,
    pub ignored_lines: Option<Pattern>,
    pub text: bool,
    pub strip_carriage_returns: bool,
    pub minimal: bool,
    pub color: bool,
    /// The options as they were given, for the headings of files in directories.
    pub words: String,
}

impl Options {
    pub fn new(parsed: &Parsed, words: String) -> Result<Self, i32> {
        let fail = |message: String| Err(wrong("diff", &message));
        let mut options = Self::empty(words);
        let mut style: Option<Style> = None;
        let mut context: Option<usize> = None;
        let mut ignored: Vec<&str> = Vec::new();
        let mut functions: Vec<&str> = Vec::new();
        for (key, value) in &parsed.options {
            let text = value.as_deref().unwrap_or_default();
            let wanted = match *key {
                "normal" => Some(Style::Normal),
                "c" | "C" | "context" => Some(Style::Context),
                "u" | "U" | "unified" => Some(Style::Unified),
                "ed" => Some(Style::Ed),
                "rcs" => Some(Style::Rcs),
                "side-by-side" => Some(Style::SideBySide),
                _ => None,
            };
            if let Some(wanted) = wanted {
                if style.is_some_and(|style| style != wanted) {
                    return fail("conflicting output style options".to_owned());
                }
                style = Some(wanted);
                if matches!(wanted, Style::Context | Style::Unified) {
                    let lines = match value {
                        None => 3,
                        Some(text) => match text.parse() {
                            Ok(lines) => lines,
                            Err(_) => return fail(format!("invalid context length '{text}'")),
                        },
                    };
                    context = Some(context.unwrap_or(0).max(lines));
                }
                continue;
            }
            match *key {
                "width" => {
                    options.width = number(text)
                        .ok_or_else(|| wrong("diff", &format!("invalid width '{text}'")))?
                }
                "tabsize" => {
                    options.tab_size = number(text)
                        .ok_or_else(|| wrong("diff", &format!("invalid tabsize '{text}'")))?
                }
                "horizon-lines" => {
                    if text.parse::<u64>().is_err() {
                        return fail(format!("invalid horizon length '{text}'"));
                    }
                }
                "label" if options.labels.len() == 2 => {
                    return fail("too many file label options".to_owned());
                }
                "label" => options.labels.push(text.to_owned()),
                "exclude" => options.excluded.push(Glob::new(text, false)),
                "exclude-from" => options.exclude_from(text)?,
                "starting-file" => options.starting_file = Some(text.to_owned()),
                "ignore-matching-lines" => ignored.push(text),
                "show-function-line" => functions.push(text),
                "show-c-function" => functions.push("^[[:alpha:]$_]"),
                "color" => {
                    options.color = match value.as_deref() {
                        Some("always") => true,
                        None | Some("auto" | "never") => false,
                        Some(other) => return fail(format!("invalid color '{other}'")),
                    }
                }
                key => options.flag(key),
            }
        }
        options.style = style.unwrap_or(match parsed.has("show-c-function") {
            true => Style::Context,
            false => Style::Normal,
        });
        let default = if matches!(options.style, Style::Context | Style::Unified) {
            3
        } else {
            0
        };
        options.context = context.unwrap_or(default);
        options.ignored_lines = Pattern::any(&ignored)?;
        options.functions = Pattern::any(&functions)?;
        Ok(options)
    }

    fn empty(words: String) -> Self {
        Self {
            style: Style::Normal,
            context: 0,
            brief: false,
            report_identical: false,
            width: 130,
            tab_size: 8,
            left_column: false,
            suppress_common: false,
            functions: None,
            labels: Vec::new(),
            expand_tabs: false,
            initial_tab: false,
            suppress_blank_empty: false,
            recursive: false,
            follow: true,
            new_file: false,
            new_first_file: false,
            excluded: Vec::new(),
            starting_file: None,
            ignore_case: false,
            space: Space::Counts,
            ignore_blank_lines: false,
            ignored_lines: None,
            text: false,
            strip_carriage_returns: false,
            minimal: false,
            color: false,
            words,
        }
    }

    fn flag(&mut self, key: &str) {
        match key {
            "brief" => self.brief = true,
            "report-identical-files" => self.report_identical = true,
            "left-column" => self.left_column = true,
            "suppress-common-lines" => self.suppress_common = true,
            "expand-tabs" => self.expand_tabs = true,
            "initial-tab" => self.initial_tab = true,
            "suppress-blank-empty" => self.suppress_blank_empty = true,
            "recursive" => self.recursive = true,
            "no-dereference" => self.follow = false,
            "new-file" => self.new_file = true,
            "unidirectional-new-file" => self.new_first_file = true,
            "ignore-case" => self.ignore_case = true,
            "ignore-tab-expansion" => self.ignore(Space::IgnoreTabExpansion),
            "ignore-trailing-space" => self.ignore(Space::IgnoreTrailing),
            "ignore-space-change" => self.ignore(Space::IgnoreChange),
            "ignore-all-space" => self.ignore(Space::IgnoreAll),
            "ignore-blank-lines" => self.ignore_blank_lines = true,
            "text" => self.text = true,
            "strip-trailing-cr" => self.strip_carriage_returns = true,
            "minimal" => self.minimal = true,
            _ => {}
        }
    }

    /// Adds what white space is ignored.
    fn ignore(&mut self, space: Space) {
        let both = [Space::IgnoreTabExpansion, Space::IgnoreTrailing];
        self.space =
            match self.space != space && both.contains(&self.space) && both.contains(&space) {
                true => Space::IgnoreTabsAndTrailing,
                false => self.space.max(space),
            };
    }

    fn exclude_from(&mut self, file: &str) -> Result<(), i32> {
        match std::fs::read(file) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let patterns = text.lines().filter(|line| !line.is_empty());
                self.excluded
                    .extend(patterns.map(|pattern| Glob::new(pattern, false)));
                Ok(())
            }
            Err(error) => {
                eprintln!("diff: {file}: {}", isobox_guest::plain(&error));
                Err(2)
            }
        }
    }

    /// Whether some changes count for nothing.
    pub fn ignores_changes(&self) -> bool {
        self.ignore_blank_lines || self.ignored_lines.is_some()
    }
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number > 0)
}

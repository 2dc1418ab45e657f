//! Reads the options that all commands that show differences share.

use super::options::{Colors, Options, Pickaxe, WordDiff};
use crate::changes::Detection;
use crate::diff::Algorithm;
use crate::failure::{Failure, Outcome};

impl Options {
    /// Takes in the option at the front of `words`; how many words it was, 0 for one that is none of ours.
    ///
    /// # Errors
    /// A value that is missing or no number.
    pub fn take(&mut self, words: &[String]) -> Outcome<usize> {
        let Some(word) = words.first() else {
            return Ok(0);
        };
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            return self.long(name, value, words);
        }
        match word.strip_prefix('-') {
            Some(short) if !short.is_empty() => self.short(short, words),
            _ => Ok(0),
        }
    }

    fn short(&mut self, short: &str, words: &[String]) -> Outcome<usize> {
        let letter = short.chars().next().unwrap_or('-');
        let rest = &short[letter.len_utf8()..];
        match (letter, rest) {
            ('p' | 'u', "") => self.formats.patch = true,
            ('s', "") => {
                self.formats = super::Formats {
                    nothing: true,
                    ..Default::default()
                }
            }
            ('w', "") => self.comparison.whitespace.all = true,
            ('b', "") => self.comparison.whitespace.change = true,
            ('W', "") => {
                self.context.function = true;
                self.formats.patch |= !self.formats.any();
            }
            ('a', "") => self.text = true,
            ('R', "") => self.reverse = true,
            ('z', "") => self.nul = true,
            ('D', "") => self.irreversible_delete = true,
            ('M', value) => self.renames(value, false, "invalid argument to find-renames")?,
            ('C', value) => self.renames(value, true, "invalid argument to find-copies")?,
            ('U', value) => self.lines_of_context(value)?,
            ('S' | 'G', value) => {
                let attached = !value.is_empty();
                let value = if attached {
                    value.to_owned()
                } else {
                    needs_value(words, &letter.to_string(), true)?
                };
                self.pickaxe = Some(match letter {
                    'S' if matches!(self.pickaxe, Some(Pickaxe::CountPattern(_))) => {
                        Pickaxe::CountPattern(value)
                    }
                    'S' => Pickaxe::Count(value),
                    _ => Pickaxe::Grep(value),
                });
                return Ok(if attached { 1 } else { 2 });
            }
            ('l', value) if !value.is_empty() => {
                let limit = number(value, "switch `l'")?;
                self.renames = self.renames.map(|renames| Detection { limit, ..renames });
            }
            _ => return Ok(0),
        }
        Ok(1)
    }

    fn lines_of_context(&mut self, value: &str) -> Outcome<()> {
        if !value.is_empty() {
            self.context.lines = number(value, "--unified")?;
        }
        self.formats.nothing = false;
        self.formats.patch = true;
        Ok(())
    }

    fn renames(&mut self, value: &str, copies: bool, wrong: &str) -> Outcome<()> {
        let mut detection = self
            .renames
            .filter(|_| self.renames_said)
            .unwrap_or_default();
        if !value.is_empty() {
            detection.least = Self::score(value).ok_or_else(|| Failure::error(129, wrong))?;
        }
        if copies && detection.copies && self.renames_said {
            self.copies_harder = true;
        }
        detection.copies |= copies;
        self.renames = Some(detection);
        self.renames_said = true;
        Ok(())
    }

    fn long(&mut self, name: &str, value: Option<&str>, words: &[String]) -> Outcome<usize> {
        if self.long_format(name, value)?
            || self.long_comparison(name, value)?
            || self.long_shape(name, value)?
        {
            return Ok(1);
        }
        let separate = |name: &str| -> Outcome<(String, usize)> {
            match value {
                Some(value) => Ok((value.to_owned(), 1)),
                None => Ok((needs_value(words, name, false)?, 2)),
            }
        };
        match name {
            "unified" => {
                self.lines_of_context(value.unwrap_or(""))?;
                Ok(1)
            }
            "inter-hunk-context" => {
                let (value, used) = separate(name)?;
                self.context.between = number(&value, "option `inter-hunk-context'")?;
                Ok(used)
            }
            "diff-algorithm" => {
                let (value, used) = separate(name)?;
                self.comparison.algorithm = match value.as_str() {
                    "myers" | "default" => Algorithm::Myers,
                    "minimal" => Algorithm::Minimal,
                    "patience" => Algorithm::Patience,
                    "histogram" => Algorithm::Histogram,
                    _ => {
                        return Err(Failure::error(
                            129,
                            "option diff-algorithm accepts \"myers\", \"minimal\", \"patience\" and \"histogram\"",
                        ));
                    }
                };
                Ok(used)
            }
            "src-prefix" | "dst-prefix" => {
                let (value, used) = separate(name)?;
                *(if name == "src-prefix" {
                    &mut self.old_prefix
                } else {
                    &mut self.new_prefix
                }) = value;
                Ok(used)
            }
            "diff-filter" => {
                let (value, used) = separate(name)?;
                if let Some(wrong) = value
                    .chars()
                    .find(|letter| !"ACDMRTUXB*acdmrtuxb".contains(*letter))
                {
                    return Err(Failure::error(
                        129,
                        format!("unknown change class '{wrong}' in --diff-filter={value}"),
                    ));
                }
                self.statuses = Some(value);
                Ok(used)
            }
            "word-diff-regex" => {
                let (value, used) = separate(name)?;
                self.word_pattern = Some(value);
                self.words = self.words.or(Some(WordDiff::Plain));
                Ok(used)
            }
            "stat-width" | "stat-name-width" | "stat-graph-width" | "stat-count" => {
                let (value, used) = separate(name)?;
                let number = Some(number(&value, &format!("--{name}"))?);
                match name {
                    "stat-width" => self.stat_width = number,
                    "stat-name-width" => self.stat_name_width = number,
                    "stat-graph-width" => self.stat_graph_width = number,
                    _ => self.stat_count = number,
                }
                self.formats.stat = true;
                Ok(used)
            }
            _ => Ok(0),
        }
    }

    fn long_format(&mut self, name: &str, value: Option<&str>) -> Outcome<bool> {
        let formats = &mut self.formats;
        match (name, value) {
            ("patch", None) => formats.patch = true,
            ("no-patch", None) => {
                *formats = super::Formats {
                    nothing: true,
                    ..Default::default()
                }
            }
            ("raw", None) => formats.raw = true,
            ("patch-with-raw", None) => (formats.raw, formats.patch) = (true, true),
            ("patch-with-stat", None) => (formats.stat, formats.patch) = (true, true),
            ("numstat", None) => formats.numstat = true,
            ("shortstat", None) => formats.shortstat = true,
            ("name-only", None) => formats.name_only = true,
            ("name-status", None) => formats.name_status = true,
            ("summary", None) => formats.summary = true,
            ("check", None) => formats.check = true,
            ("compact-summary", None) => (formats.stat, self.compact_summary) = (true, true),
            ("stat", None) => formats.stat = true,
            ("stat", Some(value)) => {
                formats.stat = true;
                if !value
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b',')
                {
                    return Err(Failure::error(
                        129,
                        format!("invalid --stat value: {value}"),
                    ));
                }
                let mut parts = value.split(',').map(|part| part.parse::<usize>().ok());
                self.stat_width = parts.next().flatten();
                self.stat_name_width = parts.next().flatten();
                self.stat_count = parts.next().flatten();
            }
            _ => return Ok(false),
        }
        if name != "no-patch" {
            self.formats.nothing = false;
        }
        Ok(true)
    }

    fn long_comparison(&mut self, name: &str, value: Option<&str>) -> Outcome<bool> {
        let comparison = &mut self.comparison;
        match (name, value) {
            ("ignore-all-space", None) => comparison.whitespace.all = true,
            ("ignore-space-change", None) => comparison.whitespace.change = true,
            ("ignore-space-at-eol", None) => comparison.whitespace.at_end = true,
            ("ignore-cr-at-eol", None) => comparison.whitespace.cr_at_end = true,
            ("ignore-blank-lines", None) => comparison.blank_lines = true,
            ("indent-heuristic", None) => comparison.no_indent = false,
            ("no-indent-heuristic", None) => comparison.no_indent = true,
            ("minimal", None) => comparison.algorithm = Algorithm::Minimal,
            ("no-minimal", None) => comparison.algorithm = Algorithm::Myers,
            ("patience", None) => comparison.algorithm = Algorithm::Patience,
            ("histogram", None) => comparison.algorithm = Algorithm::Histogram,
            ("find-renames", value) => self.renames(
                value.unwrap_or(""),
                false,
                "invalid argument to find-renames",
            )?,
            ("find-copies", value) => {
                self.renames(value.unwrap_or(""), true, "invalid argument to find-copies")?
            }
            ("find-copies-harder", None) => {
                self.renames("", true, "")?;
                self.copies_harder = true;
            }
            ("no-renames", None) => (self.renames, self.renames_said) = (None, true),
            ("rename-empty", None) => self.rename_empty(true),
            ("no-rename-empty", None) => self.rename_empty(false),
            ("pickaxe-all", None) => self.pickaxe_all = true,
            ("pickaxe-regex", None) => {
                self.pickaxe = Some(match self.pickaxe.take() {
                    Some(Pickaxe::Count(pattern)) => Pickaxe::CountPattern(pattern),
                    Some(other) => other,
                    None => Pickaxe::CountPattern(String::new()),
                });
            }
            ("function-context", None) => {
                self.context.function = true;
                self.formats.patch |= !self.formats.any();
            }
            ("no-function-context", None) => self.context.function = false,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn rename_empty(&mut self, empty: bool) {
        self.renames = self.renames.map(|renames| Detection { empty, ..renames });
    }

    fn long_shape(&mut self, name: &str, value: Option<&str>) -> Outcome<bool> {
        match (name, value) {
            ("abbrev", None) => self.abbreviation = None,
            ("abbrev", Some(value)) => {
                self.abbreviation = Some(number(value, "option `abbrev'")?.clamp(4, 40))
            }
            ("no-abbrev", None) => self.abbreviation = Some(40),
            ("full-index", None) => self.full_index = true,
            ("no-full-index", None) => self.full_index = false,
            ("binary", None) => {
                self.binary = true;
                self.formats.patch = true;
            }
            ("text", None) => self.text = true,
            ("no-prefix", None) => {
                (self.old_prefix, self.new_prefix) = (String::new(), String::new())
            }
            ("default-prefix", None) => {
                (self.old_prefix, self.new_prefix) = ("a/".to_owned(), "b/".to_owned())
            }
            ("relative", None) => self.relative = Some(Vec::new()),
            ("relative", Some(path)) => self.relative = Some(path.as_bytes().to_vec()),
            ("no-relative", None) => self.relative = None,
            ("exit-code", None) => self.exit_code = true,
            ("quiet", None) => (self.quiet, self.exit_code) = (true, true),
            ("irreversible-delete", None) => self.irreversible_delete = true,
            (
                "no-ext-diff"
                | "ext-diff"
                | "textconv"
                | "no-textconv"
                | "no-color-moved"
                | "ita-invisible-in-index",
                None,
            ) => {}
            ("ignore-submodules" | "submodule" | "ws-error-highlight", _) => {}
            ("color", None | Some("always")) => self.colors = Colors::ALWAYS,
            ("color", Some("never" | "auto" | "false")) | ("no-color", None) => {
                self.colors = Colors::NONE
            }
            ("color", Some(_)) => {
                return Err(Failure::error(
                    129,
                    "option `color' expects \"always\", \"auto\", or \"never\"",
                ));
            }
            ("word-diff", None | Some("plain")) => self.words = Some(WordDiff::Plain),
            ("word-diff", Some("porcelain")) => self.words = Some(WordDiff::Porcelain),
            ("word-diff", Some("color")) => {
                (self.words, self.colors) = (Some(WordDiff::Color), Colors::ALWAYS)
            }
            ("word-diff", Some("none")) => self.words = None,
            ("word-diff", Some(wrong)) => {
                return Err(Failure::error(
                    129,
                    format!("bad --word-diff argument: {wrong}"),
                ));
            }
            ("color-words", value) => {
                (self.words, self.colors) = (Some(WordDiff::Color), Colors::ALWAYS);
                self.word_pattern = value.map(str::to_owned).or(self.word_pattern.take());
            }
            ("output-indicator-new", Some(value)) => {
                self.signs[0] = value.bytes().next().unwrap_or(b'+')
            }
            ("output-indicator-old", Some(value)) => {
                self.signs[1] = value.bytes().next().unwrap_or(b'-')
            }
            ("output-indicator-context", Some(value)) => {
                self.signs[2] = value.bytes().next().unwrap_or(b' ')
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn number(value: &str, name: &str) -> Outcome<usize> {
    value
        .parse()
        .map_err(|_| Failure::error(129, format!("{name} expects a numerical value")))
}

fn needs_value(words: &[String], name: &str, short: bool) -> Outcome<String> {
    let kind = if short { "switch" } else { "option" };
    words
        .get(1)
        .cloned()
        .ok_or_else(|| Failure::error(129, format!("{kind} `{name}' requires a value")))
}

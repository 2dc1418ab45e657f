//! The options of `log`, `show` and their kin.

use super::Format;
use super::filter::{Filter, Kind};
use crate::failure::{Failure, Outcome};
use crate::report::{Colors, Options};
use crate::repository::date::{Style, approximate};
use crate::repository::revision::Order;
use crate::repository::{Config, Repository};

/// How the changes of a merge are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Merges {
    #[default]
    Nothing,
    /// `-m`: beside each parent.
    Each,
    FirstParent,
    /// `-c`
    Combined,
    /// `--cc`
    Dense,
}

/// All of them.
#[derive(Clone)]
pub struct LogOptions {
    pub diff: Options,
    pub format: Format,
    pub date: Style,
    pub abbreviate: Option<bool>,
    pub decorate: Option<bool>,
    pub graph: bool,
    pub reverse: bool,
    pub max: Option<usize>,
    pub skip: usize,
    pub filter: Filter,
    pub order: Order,
    pub first_parent: bool,
    pub full_history: bool,
    pub follow: bool,
    pub merges: Merges,
    pub merges_said: bool,
    pub left_right: bool,
    pub side: Option<char>,
    pub show_parents: bool,
    pub walk_reflog: bool,
    pub no_walk: bool,
    pub full_diff: bool,
    pub root_hidden: bool,
    pub boundary: bool,
    pub expand_tabs: usize,
    pub source: bool,
    /// `--all` and its like, in the order of the command line.
    pub refs: Vec<String>,
    pub operands: Vec<String>,
    pub dashes: Option<usize>,
}

impl LogOptions {
    /// As `log` begins.
    ///
    /// # Errors
    /// A setting that makes no sense.
    pub fn of(config: &Config) -> Outcome<LogOptions> {
        let mut options = LogOptions {
            diff: Options::of(config)?,
            format: Format::Medium,
            date: Style::Default,
            abbreviate: config.bool("log.abbrevcommit")?,
            decorate: None,
            graph: false,
            reverse: false,
            max: None,
            skip: 0,
            filter: Filter::default(),
            order: Order::Date,
            first_parent: false,
            full_history: false,
            follow: config.bool("log.follow")? == Some(true),
            merges: Merges::Nothing,
            merges_said: false,
            left_right: false,
            side: None,
            show_parents: false,
            walk_reflog: false,
            no_walk: false,
            full_diff: false,
            root_hidden: config.bool("log.showroot")? == Some(false),
            boundary: false,
            expand_tabs: 8,
            source: false,
            refs: Vec::new(),
            operands: Vec::new(),
            dashes: None,
        };
        if let Some(name) = config.get("format.pretty") {
            options.format = Format::named(name, config)?;
        }
        if let Some(name) = config.get("log.date") {
            options.date = style(name)?;
        }
        options.decorate = match config.get("log.decorate") {
            Some("short" | "full" | "true" | "yes" | "on") => Some(true),
            _ => None,
        };
        Ok(options)
    }

    /// Takes in the words of a command line.
    ///
    /// # Errors
    /// An option that is none, or has a value that is none.
    pub fn read(&mut self, repository: &Repository, words: &[String]) -> Outcome<()> {
        let mut at = 0;
        while at < words.len() {
            if self.dashes.is_some() || !words[at].starts_with('-') || words[at] == "-" {
                self.operands.push(words[at].clone());
                at += 1;
                continue;
            }
            if words[at] == "--" {
                self.dashes = Some(self.operands.len());
                at += 1;
                continue;
            }
            let used = match self.take(repository, &words[at..])? {
                0 => self.diff.take(&words[at..])?,
                used => used,
            };
            if used == 0 {
                return Err(Failure::fatal(format!(
                    "unrecognized argument: {}",
                    words[at]
                )));
            }
            at += used;
        }
        if self.diff.colors.on() {
            self.diff.colors = Colors::ALWAYS;
        }
        Ok(())
    }

    fn take(&mut self, repository: &Repository, words: &[String]) -> Outcome<usize> {
        let word = words[0].as_str();
        if let Some(number) = word
            .strip_prefix('-')
            .filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
        {
            self.max = Some(integer(number)?);
            return Ok(1);
        }
        if let Some(number) = word.strip_prefix("-n") {
            let (number, used) = match number {
                "" => (
                    words
                        .get(1)
                        .ok_or_else(|| Failure::error(128, "-n requires an argument"))?
                        .as_str(),
                    2,
                ),
                number => (number, 1),
            };
            self.max = count(number)?;
            return Ok(used);
        }
        if self.switch(word) || self.switch_of_walk(word) {
            return Ok(1);
        }
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        if matches!(name, "--pretty" | "--format") {
            match attached {
                Some(value) => self.format = Format::named(&value, repository.config())?,
                None if name == "--pretty" => self.format = Format::Medium,
                None => return Ok(0),
            }
            return Ok(1);
        }
        if let Some(value) = &attached
            && self.optional_value(repository, name, value)?
        {
            return Ok(1);
        }
        const VALUED: [&str; 17] = [
            "--max-count",
            "--skip",
            "--author",
            "--committer",
            "--grep",
            "--since",
            "--after",
            "--until",
            "--before",
            "--date",
            "--since-as-filter",
            "--min-parents",
            "--max-parents",
            "--encoding",
            "--glob",
            "--exclude",
            "--expand-tabs",
        ];
        if !VALUED.contains(&name) {
            return Ok(0);
        }
        let used = if attached.is_some() { 1 } else { 2 };
        let value = attached.or_else(|| words.get(1).cloned());
        let value =
            value.ok_or_else(|| Failure::fatal(format!("Option '{name}' requires a value")))?;
        self.valued(repository, name, value)?;
        Ok(used)
    }

    fn valued(&mut self, repository: &Repository, name: &str, value: String) -> Outcome<()> {
        match name {
            "--max-count" => self.max = count(&value)?,
            "--skip" => self.skip = integer(&value)?,
            "--author" => self.filter.authors.push(value),
            "--committer" => self.filter.committers.push(value),
            "--grep" => self.filter.messages.push(value),
            "--since" | "--after" | "--since-as-filter" => {
                self.filter.since = Some(approximate(&value, repository.now()))
            }
            "--until" | "--before" => {
                self.filter.until = Some(approximate(&value, repository.now()))
            }
            "--date" => self.date = style(&value)?,
            "--min-parents" => self.filter.parents_min = integer(&value)?,
            "--max-parents" => self.filter.parents_max = Some(integer(&value)?),
            "--glob" => self.refs.push(value),
            "--expand-tabs" => self.expand_tabs = integer(&value)?,
            _ => {}
        }
        Ok(())
    }

    fn optional_value(
        &mut self,
        repository: &Repository,
        name: &str,
        value: &str,
    ) -> Outcome<bool> {
        match name {
            "--decorate" => {
                self.decorate = match value {
                    "short" | "full" => Some(true),
                    "no" | "auto" => Some(false),
                    _ => {
                        return Err(Failure::fatal(format!(
                            "invalid --decorate option: {value}"
                        )));
                    }
                }
            }
            "--branches" => self.refs.push(format!("refs/heads/{value}")),
            "--tags" => self.refs.push(format!("refs/tags/{value}")),
            "--remotes" => self.refs.push(format!("refs/remotes/{value}")),
            "--diff-merges" => {
                self.merges = match value {
                    "off" | "none" => Merges::Nothing,
                    "first-parent" | "1" => Merges::FirstParent,
                    "separate" | "m" | "on" => Merges::Each,
                    "combined" | "c" => Merges::Combined,
                    "dense-combined" | "cc" => Merges::Dense,
                    _ => {
                        return Err(Failure::fatal(format!(
                            "invalid value for '--diff-merges': '{value}'"
                        )));
                    }
                };
                self.merges_said = true;
            }
            "--no-walk" => self.no_walk = true,
            "--show-notes" | "--notes" | "--show-linear-break" => {}
            _ => return Ok(false),
        }
        let _ = repository;
        Ok(true)
    }

    fn switch(&mut self, word: &str) -> bool {
        match word {
            "--oneline" => {
                self.format = Format::Oneline;
                self.abbreviate = Some(true);
            }
            "--abbrev-commit" => self.abbreviate = Some(true),
            "--no-abbrev-commit" => self.abbreviate = Some(false),
            "--decorate" => self.decorate = Some(true),
            "--no-decorate" => self.decorate = Some(false),
            "--graph" => self.graph = true,
            "--no-graph" => self.graph = false,
            "--relative-date" => self.date = Style::Relative,
            "--parents" => self.show_parents = true,
            "--left-right" => self.left_right = true,
            "--source" => self.source = true,
            "--no-expand-tabs" => self.expand_tabs = 0,
            "--expand-tabs" => self.expand_tabs = 8,
            "-m" => (self.merges, self.merges_said) = (Merges::Each, true),
            "-c" => (self.merges, self.merges_said) = (Merges::Combined, true),
            "--cc" => (self.merges, self.merges_said) = (Merges::Dense, true),
            "--no-diff-merges" => (self.merges, self.merges_said) = (Merges::Nothing, true),
            "--dd" => {
                (self.merges, self.merges_said) = (Merges::FirstParent, true);
                self.diff.formats.patch = true;
            }
            "--root"
            | "--no-notes"
            | "--notes"
            | "--show-notes"
            | "--no-show-signature"
            | "--no-mailmap"
            | "--use-mailmap"
            | "--mailmap"
            | "--no-use-mailmap"
            | "--clear-decorations"
            | "--no-color-moved"
            | "--no-pager" => {}
            "-q" | "--quiet" => self.diff.formats.nothing = true,
            _ => return false,
        }
        if matches!(word, "-c" | "--cc") && !self.diff.formats.any() {
            self.diff.formats.patch = true;
        }
        true
    }

    fn switch_of_walk(&mut self, word: &str) -> bool {
        match word {
            "--all" => self.refs.extend(["refs/".to_owned(), "HEAD".to_owned()]),
            "--branches" => self.refs.push("refs/heads/".to_owned()),
            "--tags" => self.refs.push("refs/tags/".to_owned()),
            "--remotes" => self.refs.push("refs/remotes/".to_owned()),
            "--reverse" => self.reverse = true,
            "--merges" => self.filter.parents_min = 2,
            "--no-merges" => self.filter.parents_max = Some(1),
            "--no-min-parents" => self.filter.parents_min = 0,
            "--no-max-parents" => self.filter.parents_max = None,
            "--first-parent" => self.first_parent = true,
            "--follow" => self.follow = true,
            "--no-follow" => self.follow = false,
            "--topo-order" => self.order = Order::Topological,
            "--date-order" => self.order = Order::DateTopological,
            "--author-date-order" => self.order = Order::AuthorDate,
            "--full-history" => self.full_history = true,
            "--full-diff" => self.full_diff = true,
            "--boundary" => self.boundary = true,
            "--no-walk" => self.no_walk = true,
            "--do-walk" => self.no_walk = false,
            "-g" | "--walk-reflogs" => self.walk_reflog = true,
            "--left-only" => self.side = Some('<'),
            "--right-only" => self.side = Some('>'),
            "-i" | "--regexp-ignore-case" => self.filter.ignore_case = true,
            "-E" | "--extended-regexp" | "-P" | "--perl-regexp" => {
                self.filter.kind = Kind::Extended
            }
            "-F" | "--fixed-strings" => self.filter.kind = Kind::Fixed,
            "--basic-regexp" => self.filter.kind = Kind::Basic,
            "--all-match" => self.filter.all_match = true,
            "--invert-grep" => self.filter.invert = true,
            _ => return false,
        }
        true
    }
}

fn style(name: &str) -> Outcome<Style> {
    Style::named(name).ok_or_else(|| Failure::fatal(format!("unknown date format {name}")))
}

fn integer(text: &str) -> Outcome<usize> {
    text.parse()
        .map_err(|_| Failure::fatal(format!("'{text}': not an integer")))
}

/// A number of commits; a negative one is all.
fn count(text: &str) -> Outcome<Option<usize>> {
    match text.parse::<i64>() {
        Ok(number) => Ok(usize::try_from(number).ok()),
        Err(_) => Err(Failure::fatal(format!("'{text}': not an integer"))),
    }
}

//! The styles of output: normal, unified, context, ed and RCS.

use super::lines::{Change, Lines};
use super::options::{Options, Style};
use gnu::quote;
use gnu::time;
use isobox_guest::stat::Time;
use std::io::{self, Write};

/// What is needed to print the changes between two files.
pub struct Output<'a, W> {
    pub options: &'a Options,
    pub out: &'a mut W,
    pub lines: [&'a Lines<'a>; 2],
    pub times: [Time; 2],
    pub names: [&'a str; 2],
    /// Whether the files are in directories that are compared.
    pub nested: bool,
    pub begun: bool,
}

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const CYAN: &str = "\x1b[36m";
const BOLD: &str = "\x1b[1m";
const RESET: &str = "\x1b[0m";

impl<W: Write> Output<'_, W> {
    /// Prints all changes.
    pub fn script(&mut self, script: &[Change]) -> io::Result<()> {
        match self.options.style {
            Style::Unified | Style::Context => self.hunks(script),
            Style::SideBySide => {
                self.begin()?;
                self.side_by_side(script)
            }
            Style::Ed => script.iter().rev().try_for_each(|change| self.ed(change)),
            Style::Rcs => script.iter().try_for_each(|change| self.rcs(change)),
            Style::Normal => script.iter().try_for_each(|change| self.normal(change)),
        }
    }

    /// Prints what stands before the first change, once.
    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        if self.nested {
            let quoted = |name: &str| quote::apply(name, quote::Style::Shell);
            let names = [0, 1].map(|side| {
                quoted(
                    self.options
                        .labels
                        .get(side)
                        .map_or(self.names[side], String::as_str),
                )
            });
            let words = &self.options.words;
            self.colored(
                BOLD,
                format!("diff{words} {} {}", names[0], names[1]).as_bytes(),
            )?;
            self.out.write_all(b"\n")?;
        }
        let marks = match self.options.style {
            Style::Unified => ["---", "+++"],
            Style::Context => ["***", "---"],
            _ => return Ok(()),
        };
        for side in 0..2 {
            let line = match self.options.labels.get(side) {
                Some(label) => format!("{} {label}", marks[side]),
                None => format!(
                    "{} {}\t{}",
                    marks[side],
                    heading_name(self.names[side]),
                    time::format(self.times[side], "%Y-%m-%d %H:%M:%S.%N %z")
                ),
            };
            self.colored(BOLD, line.as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn colored(&mut self, color: &str, text: &[u8]) -> io::Result<()> {
        if !self.options.color {
            return self.out.write_all(text);
        }
        self.out.write_all(color.as_bytes())?;
        self.out.write_all(text)?;
        self.out.write_all(RESET.as_bytes())
    }

    /// A line behind a mark, and what is said when its newline is missing.
    fn line(&mut self, color: &str, mark: &str, line: &[u8]) -> io::Result<()> {
        let (text, complete) = match line.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (line, false),
        };
        let mut whole = mark.as_bytes().to_vec();
        if self.options.suppress_blank_empty && text.is_empty() {
            while whole.last() == Some(&b' ') {
                whole.pop();
            }
        } else if self.options.initial_tab && !mark.is_empty() {
            while whole.last() == Some(&b' ') {
                whole.pop();
            }
            whole.push(b'\t');
        }
        self.expand(text, &mut whole);
        match color {
            "" => self.out.write_all(&whole)?,
            color => self.colored(color, &whole)?,
        }
        self.out.write_all(b"\n")?;
        if !complete && !self.options.style.is_script() {
            self.out.write_all(b"\\ No newline at end of file\n")?;
        }
        Ok(())
    }

    fn expand(&self, text: &[u8], whole: &mut Vec<u8>) {
        if !self.options.expand_tabs {
            return whole.extend_from_slice(text);
        }
        let mut column = 0;
        for byte in text {
            if *byte == b'\t' {
                let next = (column / self.options.tab_size + 1) * self.options.tab_size;
                whole.resize(whole.len() + next - column, b' ');
                column = next;
            } else {
                whole.push(*byte);
                column += 1;
            }
        }
    }

    fn changed_lines(&mut self, change: &Change, side: usize, mark: &str) -> io::Result<()> {
        let color = if side == 0 { RED } else { GREEN };
        for line in change.at[side]..change.end(side) {
            self.line(color, mark, self.lines[side].0[line])?;
        }
        Ok(())
    }

    fn normal(&mut self, change: &Change) -> io::Result<()> {
        if change.ignored {
            return Ok(());
        }
        self.begin()?;
        let heading = format!("{}{}{}", range(change, 0), letter(change), range(change, 1));
        self.colored(CYAN, heading.as_bytes())?;
        self.out.write_all(b"\n")?;
        self.changed_lines(change, 0, "< ")?;
        if change.count[0] > 0 && change.count[1] > 0 {
            self.out.write_all(b"---\n")?;
        }
        self.changed_lines(change, 1, "> ")
    }

    /// A command of an ed script; a line of only a dot is put in as two and made one.
    fn ed(&mut self, change: &Change) -> io::Result<()> {
        if change.ignored {
            return Ok(());
        }
        self.begin()?;
        writeln!(self.out, "{}{}", range(change, 0), letter(change))?;
        let mut inserting = change.count[1] > 0;
        for at in change.at[1]..change.end(1) {
            if !inserting {
                writeln!(self.out, "a")?;
                inserting = true;
            }
            let line = self.lines[1].0[at];
            if line.starts_with(b".\n") || line == b"." {
                self.out.write_all(b"..\n.\ns/.//\n")?;
                inserting = false;
            } else {
                self.line("", "", line)?;
            }
        }
        if inserting {
            writeln!(self.out, ".")?;
        }
        Ok(())
    }

    fn rcs(&mut self, change: &Change) -> io::Result<()> {
        if change.ignored {
            return Ok(());
        }
        self.begin()?;
        let [deleted, inserted] = change.count;
        if deleted > 0 {
            writeln!(self.out, "d{} {deleted}", change.at[0] + 1)?;
        }
        if inserted > 0 {
            writeln!(self.out, "a{} {inserted}", change.end(0))?;
            for at in change.at[1]..change.end(1) {
                self.out.write_all(self.lines[1].0[at])?;
            }
        }
        Ok(())
    }

    /// Changes that are close to each other, with the lines around them.
    fn hunks(&mut self, script: &[Change]) -> io::Result<()> {
        let context = self.options.context;
        let mut rest = script;
        let mut function_from = 0;
        let mut function = None;
        while !rest.is_empty() {
            let mut count = 1;
            while count < rest.len() {
                let apart = rest[count].at[0] - rest[count - 1].end(0);
                let ignored = rest[count - 1].ignored || rest[count].ignored;
                let most = if ignored {
                    context
                } else {
                    context.saturating_mul(2).saturating_add(1)
                };
                if apart >= most {
                    break;
                }
                count += 1;
            }
            let (hunk, behind) = rest.split_at(count);
            rest = behind;
            if hunk.iter().all(|change| change.ignored) {
                continue;
            }
            self.begin()?;
            let (first, last) = (hunk[0], hunk[count - 1]);
            let ranges = [0, 1].map(|side| {
                let start = first.at[side].saturating_sub(context);
                let end = last
                    .end(side)
                    .saturating_add(context)
                    .min(self.lines[side].len());
                (start, end)
            });
            if let Some(found) = self.function(function_from, ranges[0].0) {
                function = Some(found);
            }
            function_from = ranges[0].0;
            let function = function.map(<[u8]>::to_vec);
            match self.options.style {
                Style::Unified => self.unified_hunk(hunk, ranges, function.as_deref())?,
                _ => self.context_hunk(hunk, ranges, function.as_deref())?,
            }
        }
        Ok(())
    }

    /// The last line between two that `-p` or `-F` shows.
    fn function(&self, from: usize, to: usize) -> Option<&'static [u8]> {
        let pattern = self.options.functions.as_ref()?;
        let line = self.lines[0].0[from..to]
            .iter()
            .rev()
            .find(|line| pattern.is_match(line.strip_suffix(b"\n").unwrap_or(line)))?;
        let text = line.trim_ascii();
        let text = text[..text.len().min(40)].trim_ascii_end();
        Some(Box::leak(text.to_vec().into_boxed_slice()))
    }

    fn unified_hunk(
        &mut self,
        hunk: &[Change],
        ranges: [(usize, usize); 2],
        function: Option<&[u8]>,
    ) -> io::Result<()> {
        let heading = format!(
            "@@ -{} +{} @@",
            unified_range(ranges[0]),
            unified_range(ranges[1])
        );
        self.colored(CYAN, heading.as_bytes())?;
        if let Some(function) = function {
            self.out.write_all(b" ")?;
            self.out.write_all(function)?;
        }
        self.out.write_all(b"\n")?;
        let mut at = ranges[0].0;
        for change in hunk {
            self.common(&mut at, change.at[0], " ")?;
            self.changed_lines(change, 0, "-")?;
            self.changed_lines(change, 1, "+")?;
            at = change.end(0);
        }
        self.common(&mut at, ranges[0].1, " ")
    }

    fn common(&mut self, at: &mut usize, end: usize, mark: &str) -> io::Result<()> {
        while *at < end {
            self.line("", mark, self.lines[0].0[*at])?;
            *at += 1;
        }
        Ok(())
    }

    fn context_hunk(
        &mut self,
        hunk: &[Change],
        ranges: [(usize, usize); 2],
        function: Option<&[u8]>,
    ) -> io::Result<()> {
        self.out.write_all(b"***************")?;
        if let Some(function) = function {
            self.out.write_all(b" ")?;
            self.out.write_all(function)?;
        }
        self.out.write_all(b"\n")?;
        for side in 0..2 {
            let (before, behind) = [("***", "****"), ("---", "----")][side];
            let heading = format!("{before} {} {behind}", context_range(ranges[side]));
            self.colored(CYAN, heading.as_bytes())?;
            self.out.write_all(b"\n")?;
            if hunk.iter().any(|change| change.count[side] > 0) {
                self.context_side(hunk, ranges[side], side)?;
            }
        }
        Ok(())
    }

    fn context_side(
        &mut self,
        hunk: &[Change],
        range: (usize, usize),
        side: usize,
    ) -> io::Result<()> {
        let mut at = range.0;
        for change in hunk {
            for line in at..change.at[side] {
                self.line("", "  ", self.lines[side].0[line])?;
            }
            let mark = match change.count[1 - side] {
                0 => ["- ", "+ "][side],
                _ => "! ",
            };
            self.changed_lines(change, side, mark)?;
            at = change.end(side);
        }
        for line in at..range.1 {
            self.line("", "  ", self.lines[side].0[line])?;
        }
        Ok(())
    }
}

/// A name in a heading: with quotes when it has a blank or something that would break the line.
fn heading_name(name: &str) -> String {
    match name.contains(|c: char| c == ' ' || c == '"' || c == '\\' || c.is_control()) {
        true => quote::apply(name, quote::Style::C),
        false => name.to_owned(),
    }
}

fn letter(change: &Change) -> char {
    match change.count {
        [0, _] => 'a',
        [_, 0] => 'd',
        _ => 'c',
    }
}

/// `3`, or `3,5`; where nothing is, the line before.
fn range(change: &Change, side: usize) -> String {
    match change.count[side] {
        0 => change.at[side].to_string(),
        1 => (change.at[side] + 1).to_string(),
        _ => format!("{},{}", change.at[side] + 1, change.end(side)),
    }
}

fn unified_range((start, end): (usize, usize)) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => end.to_string(),
        count => format!("{},{count}", start + 1),
    }
}

fn context_range((start, end): (usize, usize)) -> String {
    match end - start {
        0 | 1 => end.to_string(),
        _ => format!("{},{end}", start + 1),
    }
}

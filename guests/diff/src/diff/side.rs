//! Two columns, `-y`.

use super::lines::Change;
use super::output::Output;
use std::io::{self, Write};

/// Where the columns stand.
struct Columns {
    half: usize,
    second: usize,
    tab: usize,
    expand_tabs: bool,
}

/// The least room between the columns.
const GUTTER: usize = 3;

impl Columns {
    fn new(width: usize, tab: usize, expand_tabs: bool) -> Self {
        let step = if expand_tabs { 1 } else { tab };
        let both = step + GUTTER;
        let unaligned = (width >> 1) + (both >> 1) + (width & both & 1);
        let offset = unaligned - unaligned % step;
        let half = offset
            .saturating_sub(GUTTER)
            .min(width.saturating_sub(offset));
        Self {
            half,
            second: if half > 0 { offset } else { width },
            tab,
            expand_tabs,
        }
    }
}

impl<W: Write> Output<'_, W> {
    /// Prints both files beside each other.
    pub fn side_by_side(&mut self, script: &[Change]) -> io::Result<()> {
        let options = self.options;
        let columns = Columns::new(options.width, options.tab_size, options.expand_tabs);
        let mut at = [0, 0];
        for change in script.iter().filter(|change| !change.ignored) {
            self.side_common(&columns, &mut at, change.at)?;
            let pairs = change.count[0].min(change.count[1]);
            for pair in 0..pairs {
                let [left, right] = [0, 1].map(|side| self.lines[side].0[change.at[side] + pair]);
                self.side_line(&columns, Some(left), '|', Some(right))?;
            }
            for line in change.at[1] + pairs..change.end(1) {
                self.side_line(&columns, None, '>', Some(self.lines[1].0[line]))?;
            }
            for line in change.at[0] + pairs..change.end(0) {
                self.side_line(&columns, Some(self.lines[0].0[line]), '<', None)?;
            }
            at = [change.end(0), change.end(1)];
        }
        self.side_common(
            &columns,
            &mut at,
            [self.lines[0].len(), self.lines[1].len()],
        )
    }

    fn side_common(
        &mut self,
        columns: &Columns,
        at: &mut [usize; 2],
        end: [usize; 2],
    ) -> io::Result<()> {
        if self.options.suppress_common {
            return Ok(());
        }
        while at[0] < end[0] && at[1] < end[1] {
            let [left, right] = [0, 1].map(|side| self.lines[side].0[at[side]]);
            match self.options.left_column {
                true => self.side_line(columns, Some(left), '(', None)?,
                false => self.side_line(columns, Some(left), ' ', Some(right))?,
            }
            *at = [at[0] + 1, at[1] + 1];
        }
        while at[1] < end[1] {
            self.side_line(columns, None, ')', Some(self.lines[1].0[at[1]]))?;
            at[1] += 1;
        }
        while at[0] < end[0] {
            self.side_line(columns, Some(self.lines[0].0[at[0]]), '(', None)?;
            at[0] += 1;
        }
        Ok(())
    }

    fn side_line(
        &mut self,
        columns: &Columns,
        left: Option<&[u8]>,
        mark: char,
        right: Option<&[u8]>,
    ) -> io::Result<()> {
        let complete = |line: &[u8]| line.ends_with(b"\n");
        let mut newline = left.is_some_and(complete);
        let mut line = Vec::new();
        let mut column = 0;
        if let Some(left) = left {
            column = half_line(left, 0, columns, &mut line);
        }
        if mark != ' ' {
            column = tab_to(
                column,
                (columns.half + columns.second - 1) / 2,
                columns,
                &mut line,
            ) + 1;
            let mark = match mark {
                '|' if newline != right.is_some_and(complete) => {
                    if newline {
                        '/'
                    } else {
                        '\\'
                    }
                }
                mark => mark,
            };
            line.push(mark as u8);
        }
        if let Some(right) = right {
            newline |= complete(right);
            if !right.starts_with(b"\n") {
                column = tab_to(column, columns.second, columns, &mut line);
                half_line(right, column, columns, &mut line);
            }
        }
        if newline {
            line.push(b'\n');
        }
        self.out.write_all(&line)
    }
}

/// Fills up with tabs and spaces.
fn tab_to(from: usize, to: usize, columns: &Columns, line: &mut Vec<u8>) -> usize {
    let mut from = from;
    if !columns.expand_tabs {
        let mut tab = from + columns.tab - from % columns.tab;
        while tab <= to {
            line.push(b'\t');
            from = tab;
            tab += columns.tab;
        }
    }
    line.extend(std::iter::repeat_n(b' ', to.saturating_sub(from)));
    to
}

/// What of a line fits into a column; answers where it ends.
fn half_line(text: &[u8], indent: usize, columns: &Columns, line: &mut Vec<u8>) -> usize {
    let bound = columns.half;
    let (mut taken, mut shown) = (0, 0);
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        match byte {
            b'\t' => {
                let spaces = columns.tab - taken % columns.tab;
                if taken == shown {
                    let stop = shown + spaces;
                    if columns.expand_tabs {
                        let stop = stop.min(bound);
                        line.extend(std::iter::repeat_n(b' ', stop.saturating_sub(shown)));
                        shown = shown.max(stop);
                    } else if stop < bound {
                        shown = stop;
                        line.push(b'\t');
                    }
                }
                taken += spaces;
                rest = behind;
            }
            b'\r' => {
                line.push(b'\r');
                tab_to(0, indent, columns, line);
                (taken, shown) = (0, 0);
                rest = behind;
            }
            _ => {
                let (length, width) = character(rest);
                taken += width;
                if taken <= bound {
                    shown = taken;
                    line.extend_from_slice(&rest[..length]);
                }
                rest = &rest[length..];
            }
        }
    }
    indent + shown
}

/// How many bytes the next character has, and how many columns it takes.
fn character(text: &[u8]) -> (usize, usize) {
    let length =
        (1..=4.min(text.len())).find(|length| std::str::from_utf8(&text[..*length]).is_ok());
    match length {
        Some(1) => (1, usize::from(!text[0].is_ascii_control())),
        Some(length) => (length, 1),
        None => (1, 0),
    }
}

//! `select`: a menu on standard error, an answer from standard input.

use crate::descriptors::ReadEnd;
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::{Command, List, Word};
use crate::text::{self, Text};
use crate::variables::is_name;

impl Shell {
    pub(super) fn run_select(
        &mut self,
        command: &Command,
        variable: &Text,
        words: Option<&[Word]>,
        body: &List,
    ) -> Result {
        if !is_name(variable) {
            self.complain(format_args!("`{variable}': not a valid identifier"));
            return Ok(self.finish(1));
        }
        let items = self.loop_words(words)?;
        self.trace_loop("select", variable, words)?;
        if items.is_empty() || self.run_debug_trap(command)? {
            return Ok(self.settle(0));
        }
        let mut shows_menu = true;
        loop {
            let Some(chosen) = self.ask(&items, shows_menu)? else {
                return Ok(self.finish(1));
            };
            self.set(variable, chosen)?;
            if let Some(status) = self.run_select_round(body)? {
                return Ok(self.settle(status));
            }
            shows_menu = self.get("REPLY").is_none_or(|reply| reply.is_empty());
        }
    }

    /// Shows the menu and reads a line into `REPLY`: the item of that number, or nothing; `None` at the end of the input.
    fn ask(&mut self, items: &[Text], mut shows_menu: bool) -> Result<Option<Text>> {
        loop {
            if shows_menu {
                let menu = menu(items, self.columns());
                let _ = self.write(2, &text::encode(&menu));
            }
            let prompt = self.get("PS3").unwrap_or_else(|| "#? ".into());
            let _ = self.write(2, &text::encode(&prompt));
            let Some(line) = self.read_answer()? else {
                let _ = self.write(1, b"\n");
                return Ok(None);
            };
            self.set("REPLY", line.clone())?;
            if line.is_empty() {
                shows_menu = true;
                continue;
            }
            let number = line.trim().parse::<usize>().ok();
            let chosen = number
                .and_then(|number| number.checked_sub(1))
                .and_then(|place| items.get(place));
            return Ok(Some(chosen.cloned().unwrap_or_default()));
        }
    }

    /// A line as `read` reads it: blanks around it gone, backslashes taken away.
    fn read_answer(&mut self) -> Result<Option<Text>> {
        let mut line = String::new();
        loop {
            let part = match self
                .descriptors
                .read_until(0, Some(b'\n'), usize::MAX, None)
            {
                Ok(part) => part,
                Err(_) => return Ok(None),
            };
            if part.ended == ReadEnd::Interrupted {
                self.run_pending_traps()?;
                continue;
            }
            line.push_str(&text::decode(&part.bytes));
            if part.ended == ReadEnd::EndOfFile {
                return Ok(None);
            }
            line.pop();
            if !line.ends_with('\\') {
                break;
            }
            line.pop();
        }
        Ok(Some(line.trim_matches([' ', '\t']).into()))
    }

    fn columns(&self) -> usize {
        self.get("COLUMNS")
            .and_then(|columns| columns.parse().ok())
            .filter(|&columns: &usize| columns > 0)
            .unwrap_or(80)
    }
}

/// The items in columns, numbered downwards, as bash lays them out.
fn menu(items: &[Text], columns: usize) -> String {
    let digits = items.len().to_string().len();
    let longest = items
        .iter()
        .map(|item| item.chars().count())
        .max()
        .unwrap_or(0);
    let width = longest + digits + 2 + 2;
    let mut across = (columns / width.max(1)).max(1);
    let mut rows = items.len().div_ceil(across);
    across = items.len().div_ceil(rows.max(1));
    if rows == 1 {
        rows = across;
    }
    let first_digits = rows.to_string().len();
    let mut text = String::new();
    for row in 0..rows {
        let mut position = 0;
        let mut place = row;
        loop {
            let digits = if position == 0 { first_digits } else { digits };
            let item = items.get(place).map_or("", |item| item);
            text.push_str(&format!("{:>digits$}) {item}", place + 1));
            let length = item.chars().count() + digits + 2;
            position += width;
            place += rows;
            if place >= items.len() {
                break;
            }
            indent(&mut text, position - width + length, position);
        }
        text.push('\n');
    }
    text
}

/// Goes from one column to another with tabs and blanks.
fn indent(text: &mut String, mut from: usize, to: usize) {
    while from < to {
        if to / 8 > from / 8 {
            text.push('\t');
            from += 8 - from % 8;
        } else {
            text.push(' ');
            from += 1;
        }
    }
}

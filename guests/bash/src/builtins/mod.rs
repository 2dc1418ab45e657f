//! The builtins.

mod aliases;
mod caller;
mod complete;
pub mod condition;
mod control;
mod declare;
mod directories;
mod echo;
mod escapes;
mod getopts;
mod help;
mod history;
mod jobs;
mod limits;
mod listing;
mod lookup;
mod mapfile;
mod operands;
mod options;
mod printf;
mod read;
mod table;
mod test;
mod traps;
mod unset;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::NewAssignment;

/// A builtin: its operands, its own name first, to its status. It prints its own messages, as `bash: line 3: cd: …`.
pub type Builtin = fn(&mut Shell, &[Operand]) -> Result;

/// An operand, expanded.
#[derive(Clone, Debug)]
pub enum Operand {
    Text(Text),
    /// Only for `declare`, `typeset`, `local`, `export`, `readonly`: `name=value` or `name=(…)` as it stood in the source.
    Assignment(NewAssignment),
}

/// A builtin of the table.
pub struct Entry {
    pub name: &'static str,
    pub run: Builtin,
    /// POSIX's special builtins: found before functions in posix mode, and assignments in front of them stay (posix mode).
    pub special: bool,
    /// Takes assignments as operands.
    pub declaration: bool,
    /// Certain not to read its input, to wait, to write without end or to change what a pipeline's later commands see:
    /// as a stage of a pipeline it need not be a process of its own (`echo`, `printf`, `pwd`, `true`, …).
    pub plain: bool,
}

/// What builtins keep from one call to the next.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// Switched off by `enable -n`.
    disabled: Rc<BTreeSet<String>>,
    /// `complete`'s specifications, as it prints them.
    completions: complete::Completions,
    /// What `ulimit` lowered, in the units it shows.
    limits: BTreeMap<char, u64>,
}

/// The builtin of a name, unless `enable -n` switched it off.
pub fn find(shell: &Shell, name: &str) -> Option<&'static Entry> {
    let entry = table::entry(name)?;
    (!shell.builtins.disabled.contains(name)).then_some(entry)
}

/// `$?` after a wrong use.
const MISUSED: i32 = 2;

/// The words of the operands behind the builtin's name.
fn words(operands: &[Operand]) -> Vec<Text> {
    operands.iter().skip(1).map(word).collect()
}

fn word(operand: &Operand) -> Text {
    match operand {
        Operand::Text(text) => text.clone(),
        Operand::Assignment(assignment) => declare::assignment_word(assignment),
    }
}

/// Prints how a builtin is used, to standard error.
fn usage(shell: &mut Shell, name: &str) -> i32 {
    let line = format!("{name}: usage: {}\n", help::synopsis(name));
    let _ = shell.write(2, line.as_bytes());
    MISUSED
}

/// Prints the output of a builtin, and complains when that fails.
fn print(shell: &mut Shell, name: &str, text: &str) -> i32 {
    let bytes = crate::text::encode(text);
    print_bytes(shell, name, &bytes)
}

fn print_bytes(shell: &mut Shell, name: &str, bytes: &[u8]) -> i32 {
    if bytes.is_empty() {
        return 0;
    }
    match shell.write(1, bytes) {
        Ok(()) => 0,
        Err(error) => {
            shell.complain(format_args!("{name}: write error: {}", reason(&error)));
            1
        }
    }
}

/// An error of the machine in C's words.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// What a failed assignment means to a builtin that goes on: its status.
fn forgive(outcome: Result<()>) -> Result {
    match outcome {
        Ok(()) => Ok(0),
        Err(Flow::Discard(status)) => Ok(status),
        Err(flow) => Err(flow),
    }
}

/// Sets an element. A subscript that is no expression ends the command line; a readonly array only this builtin.
fn set_element(shell: &mut Shell, name: &str, subscript: &str, value: Text) -> Result {
    let reference = shell.reference(name, Some(subscript))?;
    forgive(shell.assign_reference(&reference, value, false))
}

/// A whole number as bash's `legal_number` reads it: blanks around it, a sign, decimal digits.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let unsigned = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    let plain = !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

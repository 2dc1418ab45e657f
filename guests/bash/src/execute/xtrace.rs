//! `set -x`: what is about to be run, on standard error, as bash words it.

use crate::builtins::Operand;
use crate::expand::quote;
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::{Arithmetic, ArrayElement, Assignment, AssignmentValue, Word};
use crate::text;
use crate::variables::{NewAssignment, NewValue};

impl Shell {
    pub(super) fn trace_command(&mut self, operands: &[Operand]) -> Result<()> {
        if !self.options.xtrace {
            return Ok(());
        }
        let words: Vec<String> = operands
            .iter()
            .map(|operand| match operand {
                Operand::Text(text) => quote::traced(text),
                Operand::Assignment(assignment) => operand_shown(assignment),
            })
            .collect();
        self.trace_line(&words.join(" "))
    }

    /// Scalars are shown as they are assigned, arrays as they are written.
    pub(super) fn trace_assignment(
        &mut self,
        written: &Assignment,
        assignment: &NewAssignment,
    ) -> Result<()> {
        if !self.options.xtrace {
            return Ok(());
        }
        let value = match (&written.value, &assignment.value) {
            (AssignmentValue::Array(elements), _) => array_written(elements),
            (_, NewValue::Scalar(value)) => quote::when_needed(value),
            _ => String::new(),
        };
        self.trace_line(&format!("{}{value}", left_side(assignment)))
    }

    /// `for i in a "$b"`: the words as they are written.
    pub(super) fn trace_loop(
        &mut self,
        keyword: &str,
        variable: &str,
        words: Option<&[Word]>,
    ) -> Result<()> {
        if !self.options.xtrace {
            return Ok(());
        }
        let mut line = format!("{keyword} {variable} in");
        match words {
            Some(words) => {
                for word in words {
                    line.push(' ');
                    line.push_str(&word.raw);
                }
            }
            None => line.push_str(" \"$@\""),
        }
        self.trace_line(&line)
    }

    pub(super) fn trace_case(&mut self, word: &Word) -> Result<()> {
        if !self.options.xtrace {
            return Ok(());
        }
        let line = format!("case {} in", word.raw);
        self.trace_line(&line)
    }

    pub(super) fn trace_arithmetic(&mut self, arithmetic: &Arithmetic) -> Result<()> {
        if !self.options.xtrace {
            return Ok(());
        }
        let line = format!("(( {} ))", arithmetic.word.raw);
        self.trace_line(&line)
    }

    /// Prints a line behind `PS4`, whose first character tells how deep the command stands in other commands' texts.
    pub fn trace_line(&mut self, line: &str) -> Result<()> {
        let prompt = self.get("PS4").unwrap_or_default();
        self.options.xtrace = false;
        let status = self.status;
        let expanded = self.expand_prompt(&prompt);
        self.options.xtrace = true;
        self.status = status;
        let prompt = expanded?;
        let mut shown = String::with_capacity(prompt.len() + line.len() + 8);
        if let Some(first) = prompt.chars().next() {
            for _ in 0..self.trace_level.min(99) {
                shown.push(first);
            }
        }
        shown.push_str(&prompt);
        shown.push_str(line);
        shown.push('\n');
        let descriptor = self
            .get("BASH_XTRACEFD")
            .and_then(|number| number.parse().ok())
            .unwrap_or(2);
        let _ = self.write(descriptor, &text::encode(&shown));
        Ok(())
    }
}

fn array_written(elements: &[ArrayElement]) -> String {
    let written: Vec<String> = elements
        .iter()
        .map(|element| {
            let equals = if element.append { "+=" } else { "=" };
            match &element.key {
                Some(key) => format!("[{}]{equals}{}", key.raw, element.value.raw),
                None => element.value.raw.to_string(),
            }
        })
        .collect();
    format!("({})", written.join(" "))
}

/// An operand of `declare`, which bash quotes as a whole.
fn operand_shown(assignment: &NewAssignment) -> String {
    match &assignment.value {
        NewValue::Scalar(value) => {
            let whole = format!("{}{value}", left_side(assignment));
            quote::traced(&whole)
        }
        NewValue::Array(_) => format!(
            "{}{}",
            left_side(assignment),
            array_shown(&assignment.value)
        ),
    }
}

fn left_side(assignment: &NewAssignment) -> String {
    let subscript = match &assignment.subscript {
        Some(subscript) => format!("[{subscript}]"),
        None => String::new(),
    };
    let equals = if assignment.append { "+=" } else { "=" };
    format!("{}{subscript}{equals}", assignment.name)
}

fn array_shown(value: &NewValue) -> String {
    let NewValue::Array(elements) = value else {
        return String::new();
    };
    let shown: Vec<String> = elements
        .iter()
        .map(|element| {
            let value = quote::traced(&element.value);
            let equals = if element.append { "+=" } else { "=" };
            match &element.key {
                Some(key) => format!("[{key}]{equals}{value}"),
                None => value,
            }
        })
        .collect();
    format!("({})", shown.join(" "))
}

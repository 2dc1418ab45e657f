//! `set -x`: what is about to be run, on standard error, as bash words it.

use crate::builtins::Operand;
use crate::expand::quote;
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::{Arithmetic, ArrayElement, Assignment, AssignmentValue, Word};
use crate::text;
use crate::variables::{NewAssignment, NewElement, NewValue};

impl Shell {
    pub(super) fn trace_command(&mut self, operands: &[Operand]) -> Result<()> {
        if !self.options.xtrace {
            return Ok(());
        }
        self.trace_declared_arrays(operands)?;
        let words: Vec<String> = operands
            .iter()
            .map(|operand| match operand {
                Operand::Text(text) => quote::traced(text),
                Operand::Assignment(assignment) => operand_shown(assignment),
            })
            .collect();
        self.trace_line(&words.join(" "))?;
        self.trace_declared_scalars(operands)
    }

    /// `declare a=(1 2)`: the array is assigned before, and the command is told without it.
    fn trace_declared_arrays(&mut self, operands: &[Operand]) -> Result<()> {
        for operand in operands {
            if let Operand::Assignment(assignment) = operand
                && let NewValue::Array(elements) = &assignment.value
            {
                let shown = array_shown(elements);
                self.trace_line(&format!("{}{shown}", left_side(assignment)))?;
            }
        }
        Ok(())
    }

    /// `export a=1` and `readonly a=1` are told twice.
    fn trace_declared_scalars(&mut self, operands: &[Operand]) -> Result<()> {
        let exports = matches!(operands.first(), Some(Operand::Text(name)) if matches!(&**name, "export" | "readonly"));
        if !exports {
            return Ok(());
        }
        for operand in operands {
            if let Operand::Assignment(assignment) = operand
                && let NewValue::Scalar(value) = &assignment.value
            {
                let value = quote::traced(value);
                self.trace_line(&format!("{}{value}", left_side(assignment)))?;
            }
        }
        Ok(())
    }

    /// A test of `[[ ]]`, its operands expanded.
    pub fn trace_condition(&mut self, negated: bool, parts: &[&str]) -> Result<()> {
        if !self.options.xtrace {
            return Ok(());
        }
        let not = if negated { "! " } else { "" };
        self.trace_line(&format!("[[ {not}{} ]]", parts.join(" ")))
    }

    /// The right side of a test: in a pattern, what was quoted has backslashes.
    pub fn pattern_shown(&mut self, operator: &str, word: &Word) -> Result<String> {
        let text = self.expand_word(word)?;
        let quoted = word.raw.starts_with(['"', '\'']);
        Ok(match operator {
            "=" | "==" | "!=" if quoted => text.chars().flat_map(|c| ['\\', c]).collect(),
            "=~" if quoted => text
                .chars()
                .flat_map(|c| {
                    let special = r".[]*^$+?(){}|\".contains(c);
                    special.then_some('\\').into_iter().chain([c])
                })
                .collect(),
            _ => text.to_string(),
        })
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
            (_, NewValue::Scalar(value)) if value.is_empty() => String::new(),
            (_, NewValue::Scalar(value)) => quote::traced(value),
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
        let words: Vec<&str> = match words {
            Some(words) => words.iter().map(|word| &*word.raw).collect(),
            None => vec!["\"$@\""],
        };
        self.trace_line(&format!("{keyword} {variable} in {}", words.join(" ")))
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

/// An operand of `declare`, which bash quotes as a whole; an array is shown by its name.
fn operand_shown(assignment: &NewAssignment) -> String {
    match &assignment.value {
        NewValue::Scalar(value) => quote::traced(&format!("{}{value}", left_side(assignment))),
        NewValue::Array(_) => assignment.name.to_string(),
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

fn array_shown(elements: &[NewElement]) -> String {
    let shown: Vec<String> = elements
        .iter()
        .map(|element| {
            let value = quote::single(&element.value);
            let equals = if element.append { "+=" } else { "=" };
            match &element.key {
                Some(key) => format!("[{}]{equals}{value}", quote::single(key)),
                None => value,
            }
        })
        .collect();
    format!("({})", shown.join(" "))
}

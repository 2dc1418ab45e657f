//! `apply_patch`: OpenAI's patches, in both of their forms.
//!
//! [`envelope`] reads the text between `*** Begin Patch` and `*** End Patch`, [`section`] the hunks of one file, [`hunks`]
//! finds their places in a text and makes the new one, [`plan`] makes of all operations what is written in the end: all
//! of it or nothing. Where the two forms' references differ, [`Dialect`] says which one counts.

mod envelope;
mod hunks;
mod plan;
mod section;

use crate::answer::{Answer, Failure, failed, unusable};
use crate::arguments::Arguments;
use plan::Plan;

/// Which reference a patch is meant for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// The envelope, as Codex reads it.
    Envelope,
    /// An operation of the API's tool, as the agents SDK applies it.
    Operation,
}

/// What is to be done with one file.
enum Operation {
    Create {
        path: String,
        content: String,
    },
    Delete {
        path: String,
    },
    Update {
        path: String,
        move_to: Option<String>,
        hunks: Vec<section::Hunk>,
    },
}

pub fn apply_patch(arguments: &Arguments) -> Answer {
    for name in ["input", "patch"] {
        if let Some(patch) = arguments.optional_text(name)? {
            return apply_envelope(patch);
        }
    }
    match arguments.object("operation") {
        Some(operation) => apply_operation(&operation),
        None if arguments.optional_text("type")?.is_some() => apply_operation(arguments),
        None => Err(unusable("Parameter `input` is required")),
    }
}

fn apply_envelope(patch: &str) -> Answer {
    let operations = envelope::parse(patch).map_err(unusable)?;
    if operations.is_empty() {
        return Err(failed("No files were modified."));
    }
    let mut plan = Plan::new(Dialect::Envelope);
    for operation in &operations {
        plan.add(operation).map_err(failed)?;
    }
    plan.carry_out().map_err(failed)?;
    let mut lines = vec!["Success. Updated the following files:".to_owned()];
    for (letter, chosen) in [("A", 0), ("M", 1), ("D", 2)] {
        let named = operations.iter().map(|operation| match operation {
            Operation::Create { path, .. } => (0, path),
            Operation::Update { path, move_to, .. } => (1, move_to.as_ref().unwrap_or(path)),
            Operation::Delete { path } => (2, path),
        });
        let named = named.filter(|(kind, _)| *kind == chosen);
        lines.extend(named.map(|(_, path)| format!("{letter} {path}")));
    }
    Ok(lines.join("\n") + "\n")
}

fn apply_operation(arguments: &Arguments) -> Answer {
    let operation = read_operation(arguments)?;
    let mut plan = Plan::new(Dialect::Operation);
    plan.add(&operation).map_err(failed)?;
    plan.carry_out().map_err(failed)?;
    Ok(match operation {
        Operation::Create { path, .. } => format!("Created {path}"),
        Operation::Delete { path } => format!("Deleted {path}"),
        Operation::Update { path, move_to, .. } => match move_to {
            Some(to) => format!("Updated {path}\nMoved {path} to {to}"),
            None => format!("Updated {path}"),
        },
    })
}

fn read_operation(arguments: &Arguments) -> Result<Operation, Failure> {
    let kind = arguments.text("type")?;
    let path = arguments.text("path")?.to_owned();
    if path.is_empty() {
        return Err(unusable("apply_patch operation is missing a path"));
    }
    let diff = || {
        arguments
            .optional_text("diff")?
            .ok_or_else(|| unusable(format!("apply_patch operation {kind} is missing a diff")))
    };
    match kind {
        "create_file" => Ok(Operation::Create {
            content: section::added_content(diff()?).map_err(unusable)?,
            path,
        }),
        "update_file" => Ok(Operation::Update {
            hunks: section::parse_diff(diff()?).map_err(unusable)?,
            move_to: arguments.optional_text("move_to")?.map(str::to_owned),
            path,
        }),
        "delete_file" => Ok(Operation::Delete { path }),
        _ => Err(unusable(format!(
            "Invalid apply_patch operation type: {kind}"
        ))),
    }
}

//! The user's editor.

use std::path::Path;

use isobox_guest::process::{self, Ended};
use isobox_guest::program::Program;

use crate::failure::{Failure, Outcome};
use crate::repository::Repository;

/// What git says when a message is wanted and nobody gave one.
const SUPPLY: &str = "Please supply the message using either -m or -F option.";

/// Has the user edit a file.
///
/// # Errors
/// There is no editor, or it failed; `supply` adds what to do instead.
pub fn edit(repository: &Repository, file: &Path, supply: bool) -> Outcome<()> {
    let fail = |what: String| {
        let more = if supply {
            format!("\n{SUPPLY}")
        } else {
            String::new()
        };
        Failure::plain(1, format!("error: {what}{more}"))
    };
    let Some(editor) = name(repository) else {
        return Err(fail("Terminal is dumb, but EDITOR unset".to_owned()));
    };
    if editor == ":" {
        return Ok(());
    }
    let file = file.display().to_string();
    let words = ["/bin/sh", "-c", &format!("{editor} \"$@\""), &editor, &file];
    let ended = Program::find(&words)
        .and_then(|program| program.spawn())
        .and_then(|child| process::wait(child as i32, None));
    match ended {
        Ok(Some((_, Ended::Exited(0)))) => Ok(()),
        _ => Err(fail(format!(
            "there was a problem with the editor '{editor}'"
        ))),
    }
}

fn name(repository: &Repository) -> Option<String> {
    let variable = |name: &str| {
        repository
            .surroundings()
            .variable(name)
            .filter(|value| !value.is_empty())
    };
    let dumb = variable("TERM").is_none_or(|term| term == "dumb");
    variable("GIT_EDITOR")
        .or_else(|| repository.config().get("core.editor").map(str::to_owned))
        .or_else(|| variable("VISUAL").filter(|_| !dumb))
        .or_else(|| variable("EDITOR"))
        .or_else(|| (!dumb).then(|| "vi".to_owned()))
}

//! Programs of the user's that run before or after what git does.

use isobox_guest::process::{self, Ended};
use isobox_guest::program::{Program, check_executable};

use crate::failure::{Failure, Outcome};
use crate::repository::Repository;

/// Runs a hook, when there is one; whether it let git go on.
///
/// # Errors
/// It can't be begun.
pub fn run(repository: &Repository, name: &str, words: &[&str]) -> Outcome<bool> {
    let folder = match repository.config().get("core.hookspath") {
        Some(path) => crate::repository::config::expand_home(path).into(),
        None => repository.common_dir().join("hooks"),
    };
    let path = folder.join(name);
    let shown = path.display().to_string();
    if check_executable(&shown).is_err() {
        return Ok(true);
    }
    let mut environment: Vec<_> = std::env::vars_os().collect();
    environment.push((
        "GIT_INDEX_FILE".into(),
        repository.index_path().into_os_string(),
    ));
    let line: Vec<&str> = std::iter::once(&shown[..])
        .chain(words.iter().copied())
        .collect();
    let ended = Program::with_environment(&line, environment)
        .and_then(|program| program.spawn())
        .and_then(|child| process::wait(child as i32, None));
    match ended {
        Ok(Some((_, Ended::Exited(0)))) => Ok(true),
        Ok(_) => Ok(false),
        Err(error) => Err(Failure::error(
            1,
            format!("cannot run {shown}: {}", crate::failure::reason(&error)),
        )),
    }
}

//! Names that the settings give to command lines.

use isobox_guest::process::{self, Ended};
use isobox_guest::program::Program;

use crate::commands;
use crate::failure::{Failure, Outcome};
use crate::git::Git;

/// How many aliases may stand for each other in turn.
const CHAIN_MAX: usize = 16;

/// The command and its words when `name` is an alias, else both as they are.
///
/// # Errors
/// An alias that stands for itself; a shell command ends the run with its status.
pub fn resolve(
    git: &Git,
    mut name: String,
    mut words: Vec<String>,
) -> Outcome<(String, Vec<String>)> {
    let mut chain = vec![name.clone()];
    for _ in 0..CHAIN_MAX {
        if commands::find(&name).is_some() {
            return Ok((name, words));
        }
        let config = crate::repository::Config::outside(&git.surroundings)?;
        let config = if config.get(&format!("alias.{name}")).is_some() {
            config
        } else {
            settings(git)?
        };
        let Some(text) = config.get(&format!("alias.{name}")) else {
            return Ok((name, words));
        };
        if let Some(command) = text.strip_prefix('!') {
            return Err(shell(command, &words, git));
        }
        let mut pieces = split(text)
            .ok_or_else(|| Failure::fatal(format!("bad alias.{name} string: unclosed quote")))?
            .into_iter();
        let Some(next) = pieces.next() else {
            return Err(Failure::plain(
                1,
                format!("expansion of alias '{name}' failed; '' is not a git command"),
            ));
        };
        if next == name {
            return Err(Failure::fatal(format!("recursive alias: {name}")));
        }
        words = pieces.chain(words).collect();
        name = next;
        if let Some(at) = chain.iter().position(|one| *one == name) {
            return Err(looping(&chain, at));
        }
        chain.push(name.clone());
    }
    Err(looping(&chain, 0))
}

/// git's words for aliases that stand for each other.
fn looping(chain: &[String], at: usize) -> Failure {
    let mut text = format!(
        "alias loop detected: expansion of '{}' does not terminate:",
        chain[0]
    );
    for (number, name) in chain.iter().enumerate() {
        let mark = match number {
            number if number == at => " <==",
            number if number + 1 == chain.len() => " ==>",
            _ => "",
        };
        text.push_str(&format!(
            "
  {name}{mark}"
        ));
    }
    Failure::fatal(text)
}

/// The repository's settings, read without going to the top of its working tree.
fn settings(git: &Git) -> Outcome<crate::repository::Config> {
    let here = std::env::current_dir()?;
    let config = git.config();
    std::env::set_current_dir(here)?;
    config
}

/// `!command` runs in a shell, at the top of the working tree.
fn shell(command: &str, words: &[String], git: &Git) -> Failure {
    // The repository's top becomes the current directory.
    let _ = git.repository();
    let mut line = vec!["/bin/sh".to_owned(), "-c".to_owned()];
    if words.is_empty() {
        line.push(command.to_owned());
    } else {
        line.push(format!("{command} \"$@\""));
        line.push(command.to_owned());
        line.extend_from_slice(words);
    }
    let status = Program::find(&line)
        .and_then(|program| program.spawn())
        .and_then(|child| process::wait(child as i32, None));
    match status {
        Ok(Some((_, Ended::Exited(status)))) => Failure::silent(i32::from(status)),
        Ok(Some((_, Ended::Signalled(signal)))) => Failure::silent(128 + signal as i32),
        _ => Failure::fatal(format!("cannot run {command}: No such file or directory")),
    }
}

/// Words as a shell would split them, quotes taken off.
fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().push(letters.next()?),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

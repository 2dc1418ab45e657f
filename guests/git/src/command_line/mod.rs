//! What stands before the command's name, and which command it is.

mod alias;
mod options;

use std::io::Write as _;

use crate::commands;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::Surroundings;
pub use options::{Given, Parsed, Syntax};

/// What git says of options before the command that it doesn't have.
pub const USAGE: &str = "usage: git [-v | --version] [-h | --help] [-C <path>] [-c <name>=<value>]
           [--exec-path[=<path>]] [--html-path] [--man-path] [--info-path]
           [-p | --paginate | -P | --no-pager] [--no-replace-objects] [--no-lazy-fetch]
           [--no-optional-locks] [--no-advice] [--bare] [--git-dir=<path>]
           [--work-tree=<path>] [--namespace=<name>] [--config-env=<name>=<envvar>]
           <command> [<args>]";

/// Commands that may run outside a repository; all others say first that there is none.
const WITHOUT_REPOSITORY: [&str; 12] = [
    "apply",
    "check-ref-format",
    "clone",
    "config",
    "diff",
    "grep",
    "hash-object",
    "help",
    "init",
    "shortlog",
    "var",
    "version",
];

/// Runs one command line (without `git` itself); its exit status.
pub fn run(words: Vec<String>) -> i32 {
    let mut git = Git::new(Surroundings::default());
    let outcome = begin(&mut git, words);
    let flushed = git.out.flush();
    match outcome {
        Ok(status) if flushed.is_ok() => status,
        Ok(_) => {
            eprintln!("fatal: write failure on standard output");
            128
        }
        Err(failure) => {
            if !failure.message.is_empty() {
                eprintln!("{}", failure.message);
            }
            failure.status
        }
    }
}

fn begin(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    settings_of_environment(&mut git.surroundings)?;
    let mut words = words.into_iter();
    let mut command = None;
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            command = Some(word);
            break;
        }
        if let Some(name) = option(git, &word, &mut words)? {
            command = Some(name);
            break;
        }
    }
    let rest: Vec<String> = words.collect();
    match command {
        Some(name) => dispatch(git, name, rest),
        None => commands::help::overview(git),
    }
}

/// Takes one option; the command that it stands for, when it does.
fn option(
    git: &mut Git,
    word: &str,
    words: &mut impl Iterator<Item = String>,
) -> Outcome<Option<String>> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (word, None),
    };
    let mut needed = |what: &str, value: Option<String>| {
        value
            .or_else(|| words.next())
            .ok_or_else(|| Failure::plain(129, format!("{what}\n{USAGE}")))
    };
    match name {
        "-v" | "--version" => return Ok(Some("version".to_owned())),
        "-h" | "--help" => return Ok(Some("help".to_owned())),
        "-C" => {
            let folder = needed("no directory given for '-C' option", None)?;
            if !folder.is_empty() {
                std::env::set_current_dir(&folder).map_err(|error| {
                    Failure::system(format!("cannot change to '{folder}'"), &error)
                })?;
            }
        }
        "-c" => {
            let setting = needed("-c expects a configuration string", None)?;
            let (key, value) = match setting.split_once('=') {
                Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
                None => (setting, None),
            };
            crate::repository::config::valid_key(&key).map_err(|failure| {
                Failure::plain(
                    128,
                    format!(
                        "{}\nfatal: unable to parse command-line config",
                        failure.message
                    ),
                )
            })?;
            git.surroundings.settings.push((key, value));
        }
        "--git-dir" | "--work-tree" | "--namespace" => {
            let what = match name {
                "--git-dir" => "no directory given for '--git-dir' option",
                "--work-tree" => "no directory given for '--work-tree' option",
                _ => "no namespace given for --namespace",
            };
            let value = needed(what, value)?;
            let variable = match name {
                "--git-dir" => "GIT_DIR",
                "--work-tree" => "GIT_WORK_TREE",
                _ => "GIT_NAMESPACE",
            };
            git.surroundings
                .variables
                .insert(variable.to_owned(), value);
        }
        "--config-env" => {
            let setting = needed("no config key given for --config-env", value)?;
            let Some((key, variable)) = setting.rsplit_once('=') else {
                return Err(Failure::fatal(format!("invalid config format: {setting}")));
            };
            let value = git.surroundings.variable(variable).ok_or_else(|| {
                Failure::fatal(format!(
                    "missing environment variable '{variable}' for configuration '{key}'"
                ))
            })?;
            git.surroundings
                .settings
                .push((key.to_owned(), Some(value)));
        }
        "--bare" => git.surroundings.bare = true,
        "--literal-pathspecs" => git.surroundings.literal_pathspecs = true,
        "-p"
        | "--paginate"
        | "-P"
        | "--no-pager"
        | "--no-replace-objects"
        | "--no-lazy-fetch"
        | "--no-optional-locks"
        | "--no-advice" => {}
        "--exec-path" => {
            if value.is_none() {
                println!("/usr/lib/git-core");
                return Err(Failure::silent(0));
            }
        }
        _ => {
            return Err(Failure::plain(
                129,
                format!("unknown option: {word}\n{USAGE}"),
            ));
        }
    }
    Ok(None)
}

fn dispatch(git: &mut Git, name: String, words: Vec<String>) -> Outcome<i32> {
    let (name, words) = alias::resolve(git, name, words)?;
    match commands::find(&name) {
        Some(command) => {
            git.command = name;
            if !WITHOUT_REPOSITORY.contains(&git.command.as_str()) && words != ["-h"] {
                let here = std::env::current_dir()?;
                git.repository()?;
                std::env::set_current_dir(here)?;
            }
            command(git, words)
        }
        None => Err(commands::help::unknown(&name)),
    }
}

/// `GIT_CONFIG_COUNT`, `GIT_CONFIG_KEY_0`, `GIT_CONFIG_VALUE_0` and so on.
fn settings_of_environment(surroundings: &mut Surroundings) -> Outcome<()> {
    let Some(text) = surroundings.variable("GIT_CONFIG_COUNT") else {
        return Ok(());
    };
    let count: usize = match text.parse() {
        Ok(count) if count < 10_000 => count,
        Ok(_) => return Err(Failure::fatal("too many entries in GIT_CONFIG_COUNT")),
        Err(_) if text.is_empty() => 0,
        Err(_) => {
            return Err(Failure::error(
                128,
                "bogus count in GIT_CONFIG_COUNT\nfatal: unable to parse command-line config",
            ));
        }
    };
    for number in 0..count {
        let variable = |what: &str| surroundings.variable(&format!("GIT_CONFIG_{what}_{number}"));
        let missing = |what: &str| {
            Failure::plain(
                128,
                format!(
                    "error: missing config {what} GIT_CONFIG_{}_{number}\nfatal: unable to parse command-line config",
                    what.to_uppercase()
                ),
            )
        };
        let key = variable("KEY").ok_or_else(|| missing("key"))?;
        let value = variable("VALUE").ok_or_else(|| missing("value"))?;
        surroundings.settings.push((key, Some(value)));
    }
    Ok(())
}

//! The command line: flags by name, with their values, into [`Options`].
//!
//! Flags are tables, a file a group of them, as `--help` shows them.

mod filter;
mod flag;
mod input;
mod mode;
mod output;
mod search;
mod similar;

use crate::help;
use crate::messages;
use crate::options::Options;
pub use flag::Flag;
use flag::Set;
use lexopt::Arg;
use std::ffi::OsString;
use std::path::PathBuf;

/// The groups of flags, with their headings.
pub const GROUPS: [(&str, &[Flag]); 5] = [
    ("INPUT OPTIONS", input::FLAGS),
    ("SEARCH OPTIONS", search::FLAGS),
    ("FILTER OPTIONS", filter::FLAGS),
    ("OUTPUT OPTIONS", output::FLAGS),
    ("OUTPUT MODES AND OTHERS", mode::FLAGS),
];

/// What a command line asks for.
pub enum Wish {
    Options(Box<Options>),
    /// A text, such as help, and the status to end with.
    Text(String, i32),
}

/// Reads the command line, behind that of the file that `RIPGREP_CONFIG_PATH` names.
pub fn read(arguments: Vec<OsString>) -> Result<Wish, String> {
    let configured = match read_words(&arguments)? {
        Wish::Options(options) if !options.no_config => {
            messages::configure(&options);
            configuration()
        }
        wish => return Ok(wish),
    };
    if configured.is_empty() {
        return read_words(&arguments);
    }
    read_words(&[configured, arguments].concat())
}

fn read_words(arguments: &[OsString]) -> Result<Wish, String> {
    let mut options = Box::<Options>::default();
    let mut text = None;
    let mut words = lexopt::Parser::from_args(arguments);
    let wrong = |error: lexopt::Error| format!("invalid CLI arguments: {error}");
    while let Some(word) = words.next().map_err(wrong)? {
        let (flag, spelled, negated) = match word {
            Arg::Value(value) => {
                options.positional.push(PathBuf::from(value));
                continue;
            }
            Arg::Short('h') => {
                text = Some((help::short(), 0));
                continue;
            }
            Arg::Long("help") => {
                text = Some((help::long(), 0));
                continue;
            }
            Arg::Short('V') | Arg::Long("version") => {
                text = Some((help::version(), 0));
                continue;
            }
            Arg::Long("pcre2-version") => {
                text = Some((help::NO_PCRE2.to_owned(), 1));
                continue;
            }
            Arg::Short(letter) => match by_letter(letter) {
                Some(flag) => (flag, format!("-{letter}"), false),
                None => return Err(format!("unrecognized flag -{letter}")),
            },
            Arg::Long(name) => match by_name(name) {
                Some((flag, negated)) => (flag, format!("--{name}"), negated),
                None => return Err(similar::unrecognized(name)),
            },
        };
        let outcome = match (&flag.set, negated) {
            (Set::Switch(set), _) => {
                set(&mut options, !negated);
                Ok(())
            }
            (Set::Checked(set), _) => set(&mut options),
            (Set::Value { unset, .. }, true) => {
                unset(&mut options);
                Ok(())
            }
            (Set::Value { set, .. }, false) => {
                let value = words
                    .value()
                    .map_err(|error| format!("missing value for flag {spelled}: {error}"))?;
                set(&mut options, &value.to_string_lossy())
            }
        };
        outcome.map_err(|error| format!("error parsing flag {spelled}: {error}"))?;
    }
    Ok(match text {
        Some((text, status)) => Wish::Text(text, status),
        None => Wish::Options(options),
    })
}

fn all() -> impl Iterator<Item = &'static Flag> {
    GROUPS.iter().flat_map(|(_, flags)| flags.iter())
}

fn by_letter(letter: char) -> Option<&'static Flag> {
    all().find(|flag| flag.letter == Some(letter))
}

/// The flag, and whether the name is that of its opposite.
fn by_name(name: &str) -> Option<(&'static Flag, bool)> {
    all().find_map(|flag| {
        if flag.name == name || flag.alias == Some(name) {
            return Some((flag, false));
        }
        (flag.opposite == Some(name)).then_some((flag, true))
    })
}

/// The words of the configuration file, one a line.
fn configuration() -> Vec<OsString> {
    let Some(path) = std::env::var_os("RIPGREP_CONFIG_PATH").filter(|path| !path.is_empty()) else {
        return Vec::new();
    };
    let path = PathBuf::from(path);
    match std::fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes)
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(OsString::from)
            .collect(),
        Err(error) => {
            let path = path.display();
            messages::warn(&format!(
                "failed to read the file specified in RIPGREP_CONFIG_PATH: {path}: {error}"
            ));
            Vec::new()
        }
    }
}

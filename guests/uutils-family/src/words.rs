//! GNU's words for what uutils says in others: clap's errors, and quotes.
//!
//! uutils leaves what is wrong with a command line to clap, which says it in its own way, and it quotes everything with `'`, where
//! GNU has `‘` and `’` around what is no file name. All of it goes to standard error, line by line, so that one filter serves every utility.

use std::env;
use std::path::Path;

/// What becomes of a line.
pub enum Line {
    /// It stays.
    Kept,
    /// It is another.
    Instead(String),
    /// It is another, and what comes after it is clap's explanation: see [`explained`].
    Error(String),
    /// It is another, and nothing comes after it.
    Last(String),
}

/// Words after which GNU quotes as in prose: what follows is no name of a file.
const PROSE: [&str; 6] = [
    "invalid",
    "Invalid",
    "operand",
    "template",
    "multi-character tab",
    "must specify",
];

/// What a device that is full says, of standard output mostly.
const FULL: &str = "No space left on device";

/// Utilities that write files of their own naming.
const WRITES_FILES: [&str; 9] = [
    "cp", "csplit", "mktemp", "mv", "shred", "sort", "split", "tee", "truncate",
];

/// What a line of standard error is in GNU's words; without its newline.
pub fn reworded(line: &str) -> Line {
    let utility = utility();
    if let Some(error) = line.strip_prefix("error: ") {
        return clap_error(&utility, error);
    }
    let Some(message) = line
        .strip_prefix(&utility)
        .and_then(|rest| rest.strip_prefix(": "))
    else {
        return Line::Kept;
    };
    if message.starts_with("unexpected argument '") {
        return clap_error(&utility, message);
    }
    match rewritten(&utility, message).or_else(|| in_prose(&utility, message)) {
        Some(message) => Line::Instead(format!("{utility}: {message}")),
        None => Line::Kept,
    }
}

/// What GNU says where clap explains an error: which words are valid, and where help is.
pub fn explained(line: &str) -> Option<String> {
    if line.ends_with("try '--help'.") || line.starts_with("Try '") {
        return Some(format!("Try '{} --help' for more information.", utility()));
    }
    let values = line.trim_start().strip_prefix("[possible values: ")?;
    let values = values.trim_end_matches(']').split(", ");
    let values: Vec<String> = values
        .map(|value| format!("\n  - {}", quote(value)))
        .collect();
    Some(format!("Valid arguments are:{}", values.concat()))
}

/// Messages that GNU words otherwise.
fn rewritten(utility: &str, message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix("error: ") {
        return Some(rest.to_owned());
    }
    if let Some((rest, _)) = message.split_once(" (os error ") {
        return rewritten(utility, rest).or_else(|| Some(rest.to_owned()));
    }
    if let Some(rest) = message.strip_suffix(": Result too large") {
        let rest = in_prose(utility, rest).unwrap_or_else(|| rest.to_owned());
        return Some(format!("{rest}: Numerical result out of range"));
    }
    if message.ends_with(FULL) && !WRITES_FILES.contains(&utility) {
        return Some(match utility {
            "wc" => "write error".to_owned(),
            _ => format!("write error: {FULL}"),
        });
    }
    match utility {
        "paste" | "split" | "join" | "fold" | "sort" | "uniq" => nameless(utility, message),
        "cp" | "mv" if message.starts_with("target: '") => {
            let name = message["target: '".len()..].strip_suffix("' is not a directory")?;
            let reason = match Path::new(name).exists() {
                true => "Not a directory",
                false => "No such file or directory",
            };
            Some(format!("target '{name}': {reason}"))
        }
        "cp" => not_copied(message),
        "touch" => {
            let rest = message.strip_prefix("setting times of ")?;
            Some(format!("cannot touch {rest}"))
        }
        "seq" => {
            let option = message.strip_prefix("invalid floating point argument: '--")?;
            Some(format!("unrecognized option '--{option}"))
        }
        _ => None,
    }
}

/// GNU says which of the two files is the trouble.
fn not_copied(message: &str) -> Option<String> {
    if let Some(name) = message.strip_suffix(" is not a directory") {
        let slash = name.ends_with("/'") && name.starts_with('\'');
        return slash.then(|| format!("cannot create regular file {name}: Not a directory"));
    }
    if message == "Too many levels of symbolic links" {
        let source = words().find(|word| !word.starts_with('-'))?;
        return Some(format!("cannot stat '{source}': {message}"));
    }
    let (_, rest) = message.strip_prefix('\'')?.split_once("' -> '")?;
    let (target, reason) = rest.split_once("': ")?;
    let what = match reason {
        FULL => "error writing",
        "File name too long" => "cannot stat",
        _ => "cannot create regular file",
    };
    Some(format!("{what} '{target}': {reason}"))
}

/// Messages that lack the file's name: it is the first operand that is so.
fn nameless(utility: &str, message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix("Invalid argument for ") {
        let (what, value) = rest.split_once(": ")?;
        let what = match what {
            "skip-fields" => "fields to skip",
            "skip-chars" => "bytes to skip",
            _ => "bytes to compare",
        };
        return Some(format!("{value}: invalid number of {what}"));
    }
    let reason = message.rsplit(": ").next()?;
    let is_so: fn(&Path) -> bool = match reason {
        "No such file or directory" if reason == message => |path| !path.exists(),
        "Is a directory" => Path::is_dir,
        _ => return None,
    };
    let name = words().find(|word| !word.starts_with('-') && is_so(Path::new(word)))?;
    Some(match (utility, reason) {
        ("uniq", "Is a directory") => format!("error reading '{name}'"),
        ("sort", "Is a directory") => format!("read failed: {name}: {reason}"),
        ("join", "Is a directory") => format!("read error: {reason}"),
        _ => format!("{name}: {reason}"),
    })
}

/// The same with GNU's quotes for prose, if that is what it is.
fn in_prose(utility: &str, message: &str) -> Option<String> {
    let (begin, _) = next_quoted(message)?;
    let before = &message[..begin];
    let pattern = utility == "csplit" && begin == 0;
    let number = ["positive integer", "is too large"]
        .iter()
        .any(|end| message.ends_with(end));
    if !pattern && !number && !PROSE.iter().any(|word| before.contains(word)) {
        return None;
    }
    let mut text = String::new();
    let mut rest = message;
    while let Some((begin, end)) = next_quoted(rest) {
        text.push_str(&rest[..begin]);
        text.push_str(&quote(&rest[begin + 1..end]));
        rest = &rest[end + 1..];
    }
    Some(text + rest)
}

/// Where the first `'…'` begins and ends: between words, for a word may hold an apostrophe.
fn next_quoted(text: &str) -> Option<(usize, usize)> {
    let quotes = |begin: usize| {
        text[begin..]
            .match_indices('\'')
            .map(move |(at, _)| begin + at)
    };
    let begin = quotes(0).find(|at| *at == 0 || text[..*at].ends_with(' '))?;
    let ends = |at: &usize| {
        let next = text[at + 1..].chars().next();
        next.is_none_or(|next| " :;,.".contains(next))
    };
    quotes(begin + 1).find(ends).map(|end| (begin, end))
}

/// A word in a message, quoted as GNU does in the locale's character set.
fn quote(word: &str) -> String {
    gnu::quote::in_prose(word)
}

/// What clap found wrong, `error: ` taken off.
fn clap_error(utility: &str, error: &str) -> Line {
    let message = match quoted_parts(error)[..] {
        [argument, ..] if error.starts_with("unexpected argument") => unexpected(argument),
        [value, option, ..] if error.starts_with("unexpected value") => {
            match option.starts_with('-') {
                true => format!("option '{}' doesn't allow an argument", name_of(option)),
                false => format!("extra operand {}", quote(value)),
            }
        }
        [option, ..] if error.starts_with("a value is required") => value_missing(option),
        [value, option, ..] if error.starts_with("invalid value") => {
            match invalid_number(utility, name_of(option)) {
                Some(what) => {
                    return Line::Last(format!("{utility}: invalid {what}: {}", quote(value)));
                }
                None => format!(
                    "invalid argument {} for {}",
                    quote(value),
                    quote(name_of(option))
                ),
            }
        }
        _ if error.starts_with("the following required") || error.contains("values, but") => {
            missing(utility)
        }
        _ => error.to_owned(),
    };
    Line::Error(format!("{utility}: {message}"))
}

fn unexpected(argument: &str) -> String {
    match argument.strip_prefix("--") {
        Some(_) => {
            let joined = format!("{argument}=");
            let word = words().find(|word| word.starts_with(&joined));
            format!(
                "unrecognized option '{}'",
                word.as_deref().unwrap_or(argument)
            )
        }
        None if argument.starts_with('-') => format!("invalid option -- '{}'", &argument[1..]),
        None => format!("extra operand {}", quote(argument)),
    }
}

fn value_missing(option: &str) -> String {
    let last = words().last().unwrap_or_default();
    match last.starts_with("--") {
        true => format!("option '{}' requires an argument", name_of(option)),
        false => format!(
            "option requires an argument -- '{}'",
            last.chars().last().unwrap_or('-')
        ),
    }
}

/// What GNU calls the number that an option takes.
fn invalid_number(utility: &str, option: &str) -> Option<&'static str> {
    Some(match (utility, option) {
        ("nl", "--number-width") => "line number field width",
        ("nl", "--line-increment") => "line number increment",
        ("nl", "--starting-line-number") => "starting line number",
        ("nl", "--join-blank-lines") => "line number of blank lines",
        ("shuf", "--head-count") => "line count",
        ("shuf", "--input-range") => "input range",
        _ => return None,
    })
}

/// Operands are missing: which, depends on how many there are.
fn missing(utility: &str) -> String {
    let (options, operands): (Vec<String>, Vec<String>) =
        words().partition(|word| word.len() > 1 && word.starts_with('-'));
    let sized = |option: &String| {
        option.starts_with("-s") || option.starts_with("-r") || option.starts_with("--")
    };
    match (utility, operands.last()) {
        ("truncate", _) if !options.iter().any(sized) => {
            format!(
                "you must specify either {} or {}",
                quote("--size"),
                quote("--reference")
            )
        }
        ("cp" | "mv" | "touch" | "truncate" | "shred", None) => "missing file operand".to_owned(),
        ("cp" | "mv", Some(only)) => format!("missing destination file operand after '{only}'"),
        (_, Some(last)) => format!("missing operand after {}", quote(last)),
        (_, None) => "missing operand".to_owned(),
    }
}

/// `--delimiters` of `--delimiters <LIST>`.
fn name_of(option: &str) -> &str {
    option.split([' ', '=', '[']).next().unwrap_or(option)
}

/// What stands between `'` and `'`.
fn quoted_parts(text: &str) -> Vec<&str> {
    text.split('\'').skip(1).step_by(2).collect()
}

fn utility() -> String {
    let path = env::args_os().next().unwrap_or_default();
    let path = path.to_string_lossy();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The command line's words after the utility's name.
fn words() -> impl Iterator<Item = String> {
    env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
}

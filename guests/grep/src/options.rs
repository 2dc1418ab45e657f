//! The command line.

use crate::exclude::Globs;
use crate::{TROUBLE, help};
use gnu::getopt::{Order, Parsed, Spec, Takes, read as read_words};
use isobox_guest::plain;
use std::io::Read as _;

/// In GNU's order, in which it names those that an abbreviation may mean.
static SPECS: &[Spec] = &[
    Spec("G", "basic-regexp", Takes::Nothing),
    Spec("E", "extended-regexp", Takes::Nothing),
    Spec("F", "fixed-strings", Takes::Nothing),
    Spec("P", "perl-regexp", Takes::Nothing),
    Spec("A", "after-context", Takes::Value),
    Spec("B", "before-context", Takes::Value),
    Spec("", "binary-files", Takes::Value),
    Spec("U", "binary", Takes::Nothing),
    Spec("b", "byte-offset", Takes::Nothing),
    Spec("C", "context", Takes::Value),
    Spec("", "color", Takes::Maybe),
    Spec("", "colour", Takes::Maybe),
    Spec("c", "count", Takes::Nothing),
    Spec("D", "devices", Takes::Value),
    Spec("d", "directories", Takes::Value),
    Spec("", "exclude", Takes::Value),
    Spec("", "exclude-from", Takes::Value),
    Spec("", "exclude-dir", Takes::Value),
    Spec("f", "file", Takes::Value),
    Spec("l", "files-with-matches", Takes::Nothing),
    Spec("L", "files-without-match", Takes::Nothing),
    Spec("", "group-separator", Takes::Value),
    Spec("", "help", Takes::Nothing),
    Spec("", "include", Takes::Value),
    Spec("iy", "ignore-case", Takes::Nothing),
    Spec("", "no-ignore-case", Takes::Nothing),
    Spec("T", "initial-tab", Takes::Nothing),
    Spec("", "label", Takes::Value),
    Spec("", "line-buffered", Takes::Nothing),
    Spec("n", "line-number", Takes::Nothing),
    Spec("x", "line-regexp", Takes::Nothing),
    Spec("m", "max-count", Takes::Value),
    Spec("h", "no-filename", Takes::Nothing),
    Spec("", "no-group-separator", Takes::Nothing),
    Spec("s", "no-messages", Takes::Nothing),
    Spec("Z", "null", Takes::Nothing),
    Spec("z", "null-data", Takes::Nothing),
    Spec("o", "only-matching", Takes::Nothing),
    Spec("q", "quiet", Takes::Nothing),
    Spec("r", "recursive", Takes::Nothing),
    Spec("R", "dereference-recursive", Takes::Nothing),
    Spec("e", "regexp", Takes::Value),
    Spec("v", "invert-match", Takes::Nothing),
    Spec("", "silent", Takes::Nothing),
    Spec("a", "text", Takes::Nothing),
    Spec("u", "unix-byte-offsets", Takes::Nothing),
    Spec("V", "version", Takes::Nothing),
    Spec("H", "with-filename", Takes::Nothing),
    Spec("w", "word-regexp", Takes::Nothing),
    Spec("I", "", Takes::Nothing),
    Spec("0", "", Takes::Nothing),
    Spec("1", "", Takes::Nothing),
    Spec("2", "", Takes::Nothing),
    Spec("3", "", Takes::Nothing),
    Spec("4", "", Takes::Nothing),
    Spec("5", "", Takes::Nothing),
    Spec("6", "", Takes::Nothing),
    Spec("7", "", Takes::Nothing),
    Spec("8", "", Takes::Nothing),
    Spec("9", "", Takes::Nothing),
];

/// How patterns are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Basic,
    Extended,
    Fixed,
    Perl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// A line says that it matches.
    Mention,
    Text,
    WithoutMatch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directories {
    Read,
    Recurse,
    Skip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Nothing,
    Matching,
    NonMatching,
}

/// What the options say.
pub struct Options {
    pub syntax: Syntax,
    syntax_given: bool,
    /// The patterns, a line each; none at all matches nothing.
    pub patterns: Option<Vec<u8>>,
    pub ignore_case: bool,
    pub word: bool,
    pub whole_line: bool,
    /// What ends a line.
    pub end: u8,
    pub no_messages: bool,
    pub invert: bool,
    pub max_count: Option<u64>,
    pub byte_offset: bool,
    pub line_number: bool,
    pub line_buffered: bool,
    /// `-H`, `-h`.
    pub file_name: Option<bool>,
    pub label: Option<String>,
    pub only_matching: bool,
    pub quiet: bool,
    pub binary: Binary,
    pub directories: Directories,
    pub follow_links: bool,
    pub skip_devices: Option<bool>,
    pub globs: Globs,
    pub list: List,
    pub count: bool,
    pub initial_tab: bool,
    pub null: bool,
    pub before: Option<u64>,
    pub after: Option<u64>,
    pub group_separator: Option<String>,
    pub color: bool,
    /// Whether the locale's text is UTF-8.
    pub utf8: bool,
}

pub struct Command {
    pub options: Options,
    pub operands: Vec<String>,
}

/// Reads the command line; the status to end with when there is nothing to search for.
pub fn read(words: Vec<String>, syntax: Option<Syntax>) -> Result<Command, i32> {
    let parsed = read_words(words.into_iter(), SPECS, Order::Permute).map_err(|message| {
        eprintln!("grep: {message}\n{}", help::USAGE);
        TROUBLE
    })?;
    let mut options = initial(syntax);
    let mut patterns: Option<Vec<u8>> = None;
    let mut context = None;
    let mut digits = String::new();
    for (key, value) in &parsed.options {
        let value = value.as_deref().unwrap_or_default();
        if key.len() == 1 && key.as_bytes()[0].is_ascii_digit() {
            digits.push_str(key);
            context = Some(length(&digits)?);
            continue;
        }
        digits.clear();
        match *key {
            "regexp" => add_pattern(&mut patterns, value.as_bytes()),
            "file" => add_file(&mut patterns, value)?,
            "context" => context = Some(length(value)?),
            "before-context" => options.before = Some(length(value)?),
            "after-context" => options.after = Some(length(value)?),
            "help" => {
                println!("{}", help::HELP);
                return Err(0);
            }
            "version" => {
                println!("{}", help::VERSION);
                return Err(0);
            }
            key => set(&mut options, key, value)?,
        }
    }
    options.before = options.before.or(context);
    options.after = options.after.or(context);
    let operands = finish(&mut options, patterns, &parsed)?;
    Ok(Command { options, operands })
}

fn initial(syntax: Option<Syntax>) -> Options {
    Options {
        syntax: syntax.unwrap_or(Syntax::Basic),
        syntax_given: syntax.is_some(),
        patterns: None,
        ignore_case: false,
        word: false,
        whole_line: false,
        end: b'\n',
        no_messages: false,
        invert: false,
        max_count: None,
        byte_offset: false,
        line_number: false,
        line_buffered: false,
        file_name: None,
        label: None,
        only_matching: false,
        quiet: false,
        binary: Binary::Mention,
        directories: Directories::Read,
        follow_links: false,
        skip_devices: None,
        globs: Globs::default(),
        list: List::Nothing,
        count: false,
        initial_tab: false,
        null: false,
        before: None,
        after: None,
        group_separator: Some("--".to_owned()),
        color: false,
        utf8: posix_regex::locale_is_utf8(),
    }
}

fn set(options: &mut Options, key: &str, value: &str) -> Result<(), i32> {
    match key {
        "extended-regexp" => set_syntax(options, Syntax::Extended)?,
        "fixed-strings" => set_syntax(options, Syntax::Fixed)?,
        "basic-regexp" => set_syntax(options, Syntax::Basic)?,
        "perl-regexp" => set_syntax(options, Syntax::Perl)?,
        "ignore-case" => options.ignore_case = true,
        "no-ignore-case" => options.ignore_case = false,
        "word-regexp" => options.word = true,
        "line-regexp" => options.whole_line = true,
        "null-data" => options.end = 0,
        "no-messages" => options.no_messages = true,
        "invert-match" => options.invert = true,
        "max-count" => options.max_count = max_count(value)?,
        "byte-offset" => options.byte_offset = true,
        "line-number" => options.line_number = true,
        "line-buffered" => options.line_buffered = true,
        "with-filename" => options.file_name = Some(true),
        "no-filename" => options.file_name = Some(false),
        "label" => options.label = Some(value.to_owned()),
        "only-matching" => options.only_matching = true,
        "quiet" | "silent" => options.quiet = true,
        "binary-files" => options.binary = binary(value)?,
        "text" => options.binary = Binary::Text,
        "I" => options.binary = Binary::WithoutMatch,
        "directories" => options.directories = directories(value)?,
        "devices" => options.skip_devices = Some(devices(value)?),
        "recursive" | "dereference-recursive" => {
            options.directories = Directories::Recurse;
            options.follow_links = key == "dereference-recursive";
        }
        "include" => options.globs.add(value, true),
        "exclude" => options.globs.add(value, false),
        "exclude-from" => exclude_from(options, value)?,
        "exclude-dir" => options.globs.add_directory(value),
        "files-without-match" => options.list = List::NonMatching,
        "files-with-matches" => options.list = List::Matching,
        "count" => options.count = true,
        "initial-tab" => options.initial_tab = true,
        "null" => options.null = true,
        "group-separator" => options.group_separator = Some(value.to_owned()),
        "no-group-separator" => options.group_separator = None,
        "color" | "colour" => options.color = color(value)?,
        "unix-byte-offsets" => eprintln!("grep: warning: --unix-byte-offsets (-u) is obsolete"),
        _ => {}
    }
    Ok(())
}

fn set_syntax(options: &mut Options, syntax: Syntax) -> Result<(), i32> {
    if options.syntax_given && options.syntax != syntax {
        return Err(trouble("conflicting matchers specified"));
    }
    options.syntax = syntax;
    options.syntax_given = true;
    Ok(())
}

/// The patterns, and which operands are files.
fn finish(
    options: &mut Options,
    patterns: Option<Vec<u8>>,
    parsed: &Parsed,
) -> Result<Vec<String>, i32> {
    let mut operands = parsed.operands.clone();
    let mut patterns = match patterns {
        Some(patterns) => patterns,
        None if operands.is_empty() => {
            eprintln!("{}", help::USAGE);
            return Err(TROUBLE);
        }
        None => [operands.remove(0).as_bytes(), b"\n"].concat(),
    };
    // Each pattern ends with a newline by now; no newline at all is no pattern.
    options.patterns = patterns.pop().map(|_| patterns);
    let all_lines = options.patterns.as_ref().is_some_and(Vec::is_empty);
    let selects_nothing = all_lines
        && options.invert
        && !options.word
        && !options.whole_line
        && options.list != List::NonMatching;
    if options.max_count == Some(0) || selects_nothing {
        return Err(1);
    }
    Ok(operands)
}

fn add_pattern(patterns: &mut Option<Vec<u8>>, text: &[u8]) {
    let patterns = patterns.get_or_insert_default();
    patterns.extend_from_slice(text);
    patterns.push(b'\n');
}

/// Adds the lines of a file of patterns.
fn add_file(patterns: &mut Option<Vec<u8>>, name: &str) -> Result<(), i32> {
    let mut text = Vec::new();
    let result = match name {
        "-" => gnu::stream::stdin().read_to_end(&mut text),
        name => std::fs::File::open(name).and_then(|mut file| file.read_to_end(&mut text)),
    };
    if let Err(error) = result {
        eprintln!("grep: {name}: {}", plain(&error));
        return Err(TROUBLE);
    }
    let patterns = patterns.get_or_insert_default();
    patterns.extend_from_slice(&text);
    if text.last().is_some_and(|last| *last != b'\n') {
        patterns.push(b'\n');
    }
    Ok(())
}

fn exclude_from(options: &mut Options, name: &str) -> Result<(), i32> {
    let text = std::fs::read(name).map_err(|error| {
        eprintln!("grep: {name}: {}", plain(&error));
        TROUBLE
    })?;
    for line in String::from_utf8_lossy(&text).lines() {
        let line = line.trim_end();
        if !line.is_empty() {
            options.globs.add(line, false);
        }
    }
    Ok(())
}

fn trouble(message: &str) -> i32 {
    eprintln!("grep: {message}");
    TROUBLE
}

/// A number of lines; more than fit are all.
fn length(text: &str) -> Result<u64, i32> {
    let number = text.strip_prefix('+').unwrap_or(text);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(trouble(&format!("{text}: invalid context length argument")));
    }
    Ok(number.parse().unwrap_or(u64::MAX))
}

fn max_count(text: &str) -> Result<Option<u64>, i32> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(trouble("invalid max count"));
    }
    Ok(match text.starts_with('-') {
        true => None,
        false => digits.parse().ok(),
    })
}

fn binary(text: &str) -> Result<Binary, i32> {
    match text {
        "binary" => Ok(Binary::Mention),
        "text" => Ok(Binary::Text),
        "without-match" => Ok(Binary::WithoutMatch),
        _ => Err(trouble("unknown binary-files type")),
    }
}

fn directories(text: &str) -> Result<Directories, i32> {
    let all = ["read", "recurse", "skip"];
    let begins: Vec<&str> = all
        .iter()
        .copied()
        .filter(|name| !text.is_empty() && name.starts_with(text))
        .collect();
    match begins[..] {
        ["read"] => Ok(Directories::Read),
        ["recurse"] => Ok(Directories::Recurse),
        ["skip"] => Ok(Directories::Skip),
        _ => {
            let what = if begins.len() > 1 {
                "ambiguous"
            } else {
                "invalid"
            };
            eprintln!(
                "grep: {what} argument ‘{text}’ for ‘--directories’\nValid arguments are:\n  - ‘read’\n  - ‘recurse’\n  - ‘skip’\n{}",
                help::USAGE
            );
            Err(1)
        }
    }
}

fn devices(text: &str) -> Result<bool, i32> {
    match text {
        "read" => Ok(false),
        "skip" => Ok(true),
        _ => Err(trouble("unknown devices method")),
    }
}

/// A machine has no terminal, so that `auto` is `never`.
fn color(when: &str) -> Result<bool, i32> {
    match when {
        "always" | "yes" | "force" => Ok(true),
        "" | "never" | "no" | "none" | "auto" | "tty" | "if-tty" => Ok(false),
        _ => {
            println!("{}", help::HELP);
            Err(0)
        }
    }
}

//! What a word can be completed to.

use std::rc::Rc;

use super::Specification;
use super::specification::ACTIONS;
use crate::builtins::table::ENTRIES;
use crate::builtins::traps::short_name;
use crate::builtins::{help, lookup};
use crate::execute::jobs::JobState;
use crate::flow::Result;
use crate::options::{SET_NAMES, SHOPT_NAMES};
use crate::pattern::{Matching, Pattern};
use crate::shell::Shell;
use crate::syntax::ast::Word;
use crate::text::{Text, decode};

/// The functions of bash's line editor, for `compgen -A binding`.
const BINDINGS: &str = include_str!("bindings.txt");

pub fn matches(
    shell: &mut Shell,
    specification: &Rc<Specification>,
    word: &Text,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for &place in &specification.actions {
        if let Some((action, _)) = ACTIONS.get(usize::from(place)) {
            found.extend(of_action(shell, action, word));
        }
    }
    if let Some(pattern) = &specification.glob {
        let files = without_splitting(shell, |shell| {
            shell.expand_words([&Word::new(pattern.clone())])
        })?;
        found.extend(beginning(files.iter().map(|file| file.to_string()), word));
    }
    if let Some(list) = &specification.words {
        let words = listed_words(shell, list)?;
        found.extend(beginning(words.into_iter(), word));
    }
    if let Some(function) = &specification.function {
        found.extend(from_function(shell, function, word)?);
    }
    if let Some(command) = &specification.command {
        found.extend(from_command(shell, command, word)?);
    }
    if let Some(filter) = &specification.filter {
        filter_out(shell, filter, word, &mut found);
    }
    let prefix = specification.prefix.clone().unwrap_or_default();
    let suffix = specification.suffix.clone().unwrap_or_default();
    if !prefix.is_empty() || !suffix.is_empty() {
        for text in &mut found {
            *text = format!("{prefix}{text}{suffix}");
        }
    }
    if found.is_empty() && specification.has("dirnames") {
        found.extend(files(shell, word, true));
    }
    if found.is_empty() && specification.has("default") {
        found.extend(files(shell, word, false));
    }
    if specification.has("plusdirs") {
        found.extend(files(shell, word, true));
    }
    Ok(found)
}

fn beginning(words: impl Iterator<Item = String>, prefix: &str) -> Vec<String> {
    words.filter(|word| word.starts_with(prefix)).collect()
}

fn of_action(shell: &Shell, action: &str, word: &str) -> Vec<String> {
    let texts = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let all: Vec<String> = match action {
        "alias" => shell.aliases.keys().map(|name| name.to_string()).collect(),
        "arrayvar" => (shell.variables.visible())
            .filter(|(_, variable)| variable.is_array())
            .map(|(name, _)| name.to_string())
            .collect(),
        "binding" => texts(BINDINGS.lines().collect()),
        "builtin" => texts(ENTRIES.iter().map(|entry| entry.name).collect()),
        "command" => commands(shell),
        "directory" => return files(shell, word, true),
        "disabled" => shell.builtins.disabled.iter().cloned().collect(),
        "enabled" => ENTRIES
            .iter()
            .filter(|entry| !shell.builtins.disabled.contains(entry.name))
            .map(|entry| entry.name.to_owned())
            .collect(),
        "export" => (shell.variables.visible())
            .filter(|(_, variable)| variable.attributes.exported && variable.value.is_some())
            .map(|(name, _)| name.to_string())
            .collect(),
        "file" => return files(shell, word, false),
        "function" => shell
            .functions
            .keys()
            .map(|name| name.to_string())
            .collect(),
        "group" => first_fields("/etc/group"),
        "helptopic" => texts(help::topic_names().collect()),
        "hostname" => hosts(),
        "job" => job_commands(shell, None),
        "running" => job_commands(shell, Some(JobState::Running)),
        "keyword" => texts(lookup::KEYWORDS.to_vec()),
        "service" => services(),
        "setopt" => texts(SET_NAMES.iter().map(|(name, _)| *name).collect()),
        "shopt" => texts(SHOPT_NAMES.to_vec()),
        "signal" => signals(),
        "user" => first_fields("/etc/passwd"),
        "variable" => (shell.names_with_prefix("").iter())
            .map(|name| name.to_string())
            .collect(),
        _ => Vec::new(),
    };
    beginning(all.into_iter(), word)
}

fn commands(shell: &Shell) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if shell.options.expand_aliases {
        names.extend(shell.aliases.keys().map(|name| name.to_string()));
    }
    names.extend(lookup::KEYWORDS.iter().map(|&name| name.to_owned()));
    names.extend(shell.functions.keys().map(|name| name.to_string()));
    names.extend(ENTRIES.iter().map(|entry| entry.name.to_owned()));
    let path = shell.get("PATH").unwrap_or_else(|| "".into());
    for directory in path.split(':').filter(|directory| !directory.is_empty()) {
        let Ok(entries) = std::fs::read_dir(directory) else {
            continue;
        };
        let mut found: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| shell.find_program(&format!("{directory}/{name}")).is_some())
            .collect();
        found.sort();
        names.extend(found);
    }
    names
}

fn job_commands(shell: &Shell, state: Option<JobState>) -> Vec<String> {
    let wanted = |job: &&crate::execute::jobs::Job| state.is_none_or(|state| job.state() == state);
    let command = |text: &Text| text.split(' ').next().unwrap_or_default().to_owned();
    (shell.jobs.iter().filter(wanted))
        .map(|job| command(&job.command))
        .collect()
}

fn signals() -> Vec<String> {
    let mut names = vec!["EXIT".to_owned()];
    names.extend(
        (1..=64)
            .filter(|n| !(32..34).contains(n))
            .map(|n| format!("SIG{}", short_name(n))),
    );
    names.extend(["DEBUG", "ERR", "RETURN"].map(str::to_owned));
    names
}

/// What stands in front of the first colon of each line.
fn first_fields(path: &str) -> Vec<String> {
    let text = std::fs::read(path).unwrap_or_default();
    let text = decode(&text);
    let fields = text.lines().filter_map(|line| line.split(':').next());
    fields
        .filter(|field| !field.is_empty())
        .map(str::to_owned)
        .collect()
}

fn hosts() -> Vec<String> {
    let text = std::fs::read("/etc/hosts").unwrap_or_default();
    let text = decode(&text);
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    lines
        .flat_map(|line| line.split_whitespace().skip(1))
        .map(str::to_owned)
        .collect()
}

fn services() -> Vec<String> {
    let text = std::fs::read("/etc/services").unwrap_or_default();
    let text = decode(&text);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Files that begin with a word; a `~` in front stays.
fn files(shell: &Shell, word: &str, only_directories: bool) -> Vec<String> {
    let (directory, name) = match word.rfind('/') {
        Some(slash) => word.split_at(slash + 1),
        None => ("", word),
    };
    let place = match directory {
        "" => ".".to_owned(),
        _ => with_home(shell, directory),
    };
    let Ok(entries) = std::fs::read_dir(&place) else {
        return Vec::new();
    };
    let mut found: Vec<String> = entries
        .flatten()
        .filter(|entry| {
            !only_directories || std::fs::metadata(entry.path()).is_ok_and(|m| m.is_dir())
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|entry| entry.starts_with(name))
        .map(|entry| format!("{directory}{entry}"))
        .collect();
    found.sort();
    found
}

fn with_home(shell: &Shell, directory: &str) -> String {
    match directory.strip_prefix("~/") {
        Some(rest) => format!("{}/{rest}", shell.get("HOME").unwrap_or_else(|| "".into())),
        None => directory.to_owned(),
    }
}

/// The words of `-W`: split by `IFS` outside quotes, expanded, never matched against files.
fn listed_words(shell: &mut Shell, list: &str) -> Result<Vec<String>> {
    let separators = shell.get("IFS").unwrap_or_else(|| " \t\n".into());
    let mut words = Vec::new();
    for piece in split_outside_quotes(list, &separators) {
        let word = Word::new(piece);
        let expanded = without_files(shell, |shell| shell.expand_words([&word]))?;
        words.extend(expanded.iter().map(|word| word.to_string()));
    }
    Ok(words)
}

fn without_files<T>(shell: &mut Shell, run: impl FnOnce(&mut Shell) -> Result<T>) -> Result<T> {
    let (noglob, braces) = (shell.options.noglob, shell.options.braceexpand);
    (shell.options.noglob, shell.options.braceexpand) = (true, false);
    let outcome = run(shell);
    (shell.options.noglob, shell.options.braceexpand) = (noglob, braces);
    outcome
}

fn without_splitting<T>(shell: &mut Shell, run: impl FnOnce(&mut Shell) -> Result<T>) -> Result<T> {
    let nullglob = std::mem::replace(&mut shell.options.nullglob, true);
    let outcome = run(shell);
    shell.options.nullglob = nullglob;
    outcome
}

fn split_outside_quotes(list: &str, separators: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut quote = None;
    let mut escaped = false;
    for c in list.chars() {
        let separates = quote.is_none() && !escaped && separators.contains(c);
        if separates {
            if !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
            continue;
        }
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('\''), '\\') => {}
            (_, '\\') => escaped = true,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        piece.push(c);
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// `-F`: the function leaves its answers in `COMPREPLY`.
fn from_function(shell: &mut Shell, function: &Text, word: &Text) -> Result<Vec<String>> {
    for (name, value) in [
        ("COMP_LINE", ""),
        ("COMP_POINT", "0"),
        ("COMP_TYPE", "0"),
        ("COMP_KEY", "0"),
        ("COMP_CWORD", "-1"),
    ] {
        shell.set_quietly(name, value);
    }
    shell.set_indexed("COMP_WORDS", Vec::new())?;
    shell.unset_itself("COMPREPLY")?;
    let words = [function.clone(), "compgen".into(), word.clone(), "".into()];
    shell.call(&words)?;
    let replies = shell.values("COMPREPLY");
    for name in [
        "COMP_LINE",
        "COMP_POINT",
        "COMP_TYPE",
        "COMP_KEY",
        "COMP_CWORD",
        "COMP_WORDS",
        "COMPREPLY",
    ] {
        shell.unset_itself(name)?;
    }
    Ok(replies.iter().map(|reply| reply.to_string()).collect())
}

/// `-C`: the lines a command prints.
fn from_command(shell: &mut Shell, command: &Text, word: &Text) -> Result<Vec<String>> {
    let quoted = crate::builtins::listing::single_quoted(word);
    let source = Word::new(format!("$({command} compgen {quoted} '')"));
    let output = shell.expand_word(&source)?;
    Ok(output.lines().map(str::to_owned).collect())
}

/// `-X`: takes away what matches, or with `!` what doesn't; `&` is the word.
fn filter_out(shell: &Shell, filter: &str, word: &str, found: &mut Vec<String>) {
    let (keeps_matches, pattern) = match filter.strip_prefix('!') {
        Some(pattern) => (true, pattern),
        None => (false, filter),
    };
    let mut expanded = String::new();
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('&') => expanded.push('&'),
                Some(other) => expanded.extend(['\\', other]),
                None => expanded.push('\\'),
            },
            '&' => expanded.push_str(word),
            _ => expanded.push(c),
        }
    }
    let matching = Matching {
        extglob: true,
        nocase: shell.options.nocasematch,
    };
    let pattern = Pattern::new(&expanded, matching);
    found.retain(|text| pattern.matches(text) == keeps_matches);
}

//! `command`, `type`, `builtin`, `enable`, `hash`, `exec`: what a name means.

mod hash;

use std::rc::Rc;

use super::operands::{given, letters, none};
use super::table::{ENTRIES, entry};
use super::{Operand, print, words};
use crate::builtins::listing;
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::print_function;
use crate::text::Text;

pub use hash::hash;

pub const KEYWORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do",
    "done", "in", "function", "time", "{", "}", "!", "[[", "]]", "coproc",
];

/// What a name can mean, the first of which is what it does.
enum Meaning {
    Alias(Text),
    Keyword,
    Function(Text),
    Builtin,
    Hashed(Text),
    File(Text),
}

/// How the meanings are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `type name`, `command -V name`.
    Sentence,
    /// `type -t`.
    Word,
    /// `type -p`, `-P`.
    Path,
    /// `command -v`.
    Reusable,
}

#[derive(Clone, Copy)]
struct Search {
    all: bool,
    /// `-f`: no functions.
    no_functions: bool,
    /// `-P`: files alone.
    only_files: bool,
    style: Style,
}

pub fn kind(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "type", &words, "afptP") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let has = |letter| letters.contains(letter);
    let style = match letters.chars().rev().find(|c| "ptP".contains(*c)) {
        Some('t') => Style::Word,
        Some(_) => Style::Path,
        None => Style::Sentence,
    };
    let search = Search {
        all: has('a'),
        no_functions: has('f'),
        only_files: has('P'),
        style,
    };
    let mut status = 0;
    for name in &words[rest..] {
        if !describe(shell, "type", name, search) {
            if style == Style::Sentence {
                shell.complain(format_args!("type: {name}: not found"));
            }
            status = 1;
        }
    }
    Ok(status)
}

pub fn command(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "command", &words, "pvV") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let names = &words[rest..];
    let style = match letters.chars().rev().find(|c| "vV".contains(*c)) {
        None => return run(shell, &operands[rest + 1..], letters.contains('p')),
        Some('v') => Style::Reusable,
        Some(_) => Style::Sentence,
    };
    let search = Search {
        all: false,
        no_functions: false,
        only_files: false,
        style,
    };
    let mut found_any = names.is_empty();
    for name in names {
        let found = describe(shell, "command", name, search);
        if !found && style == Style::Sentence {
            shell.complain(format_args!("command: {name}: not found"));
        }
        found_any |= found;
    }
    Ok((!found_any).into())
}

/// `command name …`; with `-p` on the system's own `PATH`.
fn run(shell: &mut Shell, operands: &[Operand], standard_path: bool) -> Result {
    if operands.is_empty() {
        return Ok(0);
    }
    if !standard_path {
        return shell.call_no_function(operands);
    }
    let kept = shell.get("PATH");
    let hashed = Rc::clone(&shell.hashed);
    shell.set_quietly("PATH", "/bin:/usr/bin:/sbin:/usr/sbin");
    let outcome = shell.call_no_function(operands);
    match kept {
        Some(path) => shell.set_quietly("PATH", path),
        None => drop(shell.unset_itself("PATH")),
    }
    shell.hashed = hashed;
    outcome
}

/// Shows what a name means; `false` when it means nothing.
fn describe(shell: &mut Shell, command: &str, name: &Text, search: Search) -> bool {
    let meanings = meanings(shell, name, search);
    let found = !meanings.is_empty();
    let shown = if search.all { meanings.len() } else { 1 };
    let text: String = meanings
        .iter()
        .take(shown)
        .map(|meaning| text_of(meaning, name, search.style))
        .collect();
    print(shell, command, &text);
    found
}

fn meanings(shell: &Shell, name: &Text, search: Search) -> Vec<Meaning> {
    let mut meanings = Vec::new();
    if !search.only_files {
        if shell.options.expand_aliases
            && let Some(value) = shell.aliases.get(name)
        {
            meanings.push(Meaning::Alias(value.clone()));
        }
        if KEYWORDS.contains(&&**name) {
            meanings.push(Meaning::Keyword);
        }
        if !search.no_functions
            && let Some(function) = shell.functions.get(name)
        {
            meanings.push(Meaning::Function(print_function(function).into()));
        }
        if super::find(shell, name).is_some() {
            meanings.push(Meaning::Builtin);
        }
    }
    if search.all {
        let files = shell.find_programs(name);
        meanings.extend(files.into_iter().map(Meaning::File));
    } else if let Some((path, _)) = shell.hashed.get(name) {
        meanings.push(Meaning::Hashed(path.clone()));
    } else if let Some(path) = shell.find_program(name) {
        meanings.push(Meaning::File(path));
    }
    meanings
}

fn text_of(meaning: &Meaning, name: &str, style: Style) -> String {
    match style {
        Style::Sentence => match meaning {
            Meaning::Alias(value) => format!("{name} is aliased to `{value}'\n"),
            Meaning::Keyword => format!("{name} is a shell keyword\n"),
            Meaning::Function(body) => format!("{name} is a function\n{body}\n"),
            Meaning::Builtin => format!("{name} is a shell builtin\n"),
            Meaning::Hashed(path) => format!("{name} is hashed ({path})\n"),
            Meaning::File(path) => format!("{name} is {path}\n"),
        },
        Style::Word => format!("{}\n", word_for(meaning)),
        Style::Path => match meaning {
            Meaning::Hashed(path) | Meaning::File(path) => format!("{path}\n"),
            _ => String::new(),
        },
        Style::Reusable => match meaning {
            Meaning::Alias(value) => format!("alias {name}={}\n", listing::single_quoted(value)),
            Meaning::Hashed(path) | Meaning::File(path) => format!("{path}\n"),
            _ => format!("{name}\n"),
        },
    }
}

fn word_for(meaning: &Meaning) -> &'static str {
    match meaning {
        Meaning::Alias(_) => "alias",
        Meaning::Keyword => "keyword",
        Meaning::Function(_) => "function",
        Meaning::Builtin => "builtin",
        Meaning::Hashed(_) | Meaning::File(_) => "file",
    }
}

pub fn builtin(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let rest = match none(shell, "builtin", &words) {
        Ok(rest) => rest,
        Err(status) => return Ok(status),
    };
    let Some(name) = words.get(rest) else {
        return Ok(0);
    };
    match super::find(shell, name) {
        Some(entry) => (entry.run)(shell, &operands[rest + 1..]),
        None => {
            shell.complain(format_args!("builtin: {name}: not a shell builtin"));
            Ok(1)
        }
    }
}

pub fn exec(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "exec", &words, "cla:") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let has = |letter| options.iter().any(|option| option.letter == letter);
    let words = &words[rest..];
    let named = options
        .iter()
        .rev()
        .find_map(|option| option.argument.clone());
    let name = named.or_else(|| words.first().filter(|_| has('l')).cloned());
    let as_name = match name {
        Some(name) if has('l') => Some(format!("-{name}").into()),
        name => name,
    };
    shell.exec(words, as_name, has('c'))
}

pub fn enable(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "enable", &words, "adnpsf:") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let has = |letter| options.iter().any(|option| option.letter == letter);
    let names = &words[rest..];
    if let Some(file) = options.iter().find_map(|option| option.argument.as_ref())
        && !names.is_empty()
    {
        shell.complain(format_args!(
            "enable: cannot open shared object {file}: {file}: cannot open shared object file: No such file or directory"
        ));
        return Ok(1);
    }
    if names.is_empty() || has('p') {
        return Ok(list(shell, has('a'), has('n'), has('s')));
    }
    let mut status = 0;
    for name in names {
        if entry(name).is_none() {
            shell.complain(format_args!("enable: {name}: not a shell builtin"));
            status = 1;
        } else if has('d') {
            shell.complain(format_args!("enable: {name}: not dynamically loaded"));
            status = 1;
        } else if has('n') {
            Rc::make_mut(&mut shell.builtins.disabled).insert(name.to_string());
        } else {
            Rc::make_mut(&mut shell.builtins.disabled).remove(&**name);
        }
    }
    Ok(status)
}

fn list(shell: &mut Shell, all: bool, disabled: bool, special: bool) -> i32 {
    let text: String = ENTRIES
        .iter()
        .filter(|entry| !special || entry.special)
        .filter_map(|entry| {
            let off = shell.builtins.disabled.contains(entry.name);
            let shown = all || off == disabled;
            let minus = if off { "-n " } else { "" };
            shown.then(|| format!("enable {minus}{}\n", entry.name))
        })
        .collect();
    print(shell, "enable", &text)
}

//! The command line of a shell.

use std::rc::Rc;

use crate::options::Options;
use crate::shell::Shell;
use crate::text::{self, Text};

/// Where the commands come from.
pub(super) enum Source {
    Text(Text),
    File(Text),
    Input,
}

/// A command line, read. Options have been set in the shell, names and arguments too.
pub(super) struct Invocation {
    pub source: Source,
    /// `--state FILE`
    pub state: Option<Text>,
}

const VERSION: &str = "\
GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)
Copyright (C) 2022 Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>

This is free software; you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.
";

const LONG_OPTIONS: &str = "\t--debug\n\t--debugger\n\t--dump-po-strings\n\t--dump-strings\n\t--help\n\t--init-file\n\t--login\n\
\t--noediting\n\t--noprofile\n\t--norc\n\t--posix\n\t--pretty-print\n\t--rcfile\n\t--restricted\n\t--verbose\n\t--version\n";

/// What is gathered while options are read.
#[derive(Default)]
struct Gathered {
    runs_string: bool,
    reads_input: bool,
    state: Option<Text>,
}

impl Invocation {
    /// Reads a command line; `Err` is the status to end with at once.
    pub(super) fn parse(shell: &mut Shell, words: &[Text]) -> Result<Invocation, i32> {
        let mut gathered = Gathered::default();
        let mut rest = words.get(1..).unwrap_or_default();
        rest = long_options(shell, rest, &mut gathered)?;
        while let Some((word, behind)) = rest.split_first() {
            let letters = word
                .strip_prefix('-')
                .or_else(|| word.strip_prefix('+'))
                .filter(|letters| !letters.is_empty());
            if &**word == "-" || &**word == "--" {
                rest = behind;
                break;
            }
            let Some(letters) = letters else {
                break;
            };
            let on = word.starts_with('-');
            rest = short_options(shell, letters, on, behind, &mut gathered)?;
        }
        let source = source_of(shell, rest, &gathered)?;
        Ok(Invocation {
            source,
            state: gathered.state,
        })
    }
}

/// `--name`s, which come before the letters.
fn long_options<'a>(
    shell: &mut Shell,
    mut rest: &'a [Text],
    gathered: &mut Gathered,
) -> Result<&'a [Text], i32> {
    while let Some((word, behind)) = rest.split_first() {
        let name = match word.strip_prefix("--") {
            Some(name) if !name.is_empty() => name,
            _ => break,
        };
        rest = behind;
        match name {
            "version" => {
                let _ = shell.print(VERSION);
                return Err(0);
            }
            "help" => {
                let help = usage(&shell.name);
                let _ = shell.print(&help);
                return Err(0);
            }
            "posix" => shell.options.set_posix(true),
            "verbose" => shell.options.verbose = true,
            "login" | "noediting" | "noprofile" | "norc" | "debug" | "debugger" | "restricted" => {}
            "state" | "rcfile" | "init-file" => {
                let Some((file, behind)) = rest.split_first() else {
                    return Err(wrong(
                        shell,
                        &format!("--{name}: option requires an argument"),
                    ));
                };
                rest = behind;
                if name == "state" {
                    gathered.state = Some(file.clone());
                }
            }
            "dump-strings" | "dump-po-strings" | "pretty-print" => {
                return Err(wrong(shell, &format!("--{name}: not supported here")));
            }
            _ => {
                let message = format!("--{name}: invalid option");
                let status = wrong(shell, &message);
                let help = usage(&shell.name);
                let _ = shell.write(2, help.as_bytes());
                return Err(status);
            }
        }
    }
    Ok(rest)
}

fn short_options<'a>(
    shell: &mut Shell,
    letters: &str,
    on: bool,
    mut rest: &'a [Text],
    gathered: &mut Gathered,
) -> Result<&'a [Text], i32> {
    for letter in letters.chars() {
        match letter {
            'c' if on => gathered.runs_string = true,
            's' if on => gathered.reads_input = true,
            'l' | 'i' | 'r' | 'D' => {}
            'o' | 'O' => {
                let Some((name, behind)) = rest.split_first() else {
                    list_options(shell, letter, on);
                    continue;
                };
                rest = behind;
                let known = if letter == 'o' {
                    shell.options.switch_set_option(name, on)
                } else {
                    shell.options.switch_shopt(name, on)
                };
                if !known {
                    let kind = if letter == 'o' { "" } else { "shell " };
                    return Err(wrong(shell, &format!("{name}: invalid {kind}option name")));
                }
            }
            _ => {
                let Some(name) = Options::name_of_letter(letter) else {
                    let sign = if on { '-' } else { '+' };
                    let status = wrong(shell, &format!("{sign}{letter}: invalid option"));
                    let help = usage(&shell.name);
                    let _ = shell.write(2, help.as_bytes());
                    return Err(status);
                };
                shell.options.switch_set_option(name, on);
            }
        }
    }
    Ok(rest)
}

fn source_of(shell: &mut Shell, rest: &[Text], gathered: &Gathered) -> Result<Source, i32> {
    if gathered.runs_string {
        let Some((text, rest)) = rest.split_first() else {
            return Err(wrong(shell, "-c: option requires an argument"));
        };
        shell.options.invoked_by = Some('c');
        if let Some((name, rest)) = rest.split_first() {
            shell.name = name.clone();
            shell.positional = Rc::new(rest.to_vec());
        }
        return Ok(Source::Text(text.clone()));
    }
    match rest.split_first() {
        Some((path, rest)) if !gathered.reads_input => {
            shell.positional = Rc::new(rest.to_vec());
            Ok(Source::File(path.clone()))
        }
        _ => {
            shell.options.invoked_by = Some('s');
            shell.positional = Rc::new(rest.to_vec());
            Ok(Source::Input)
        }
    }
}

/// `-o` or `-O` without a name.
fn list_options(shell: &mut Shell, letter: char, on: bool) {
    let words: [Text; 2] = match (letter, on) {
        ('o', true) => ["set".into(), "-o".into()],
        ('o', false) => ["set".into(), "+o".into()],
        (_, true) => ["shopt".into(), "".into()],
        (_, false) => ["shopt".into(), "-p".into()],
    };
    let words: Vec<Text> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let _ = shell.call(&words);
}

fn wrong(shell: &mut Shell, message: &str) -> i32 {
    let line = format!("{}: {message}\n", shell.name);
    let _ = shell.write(2, &text::encode(&line));
    2
}

fn usage(name: &str) -> String {
    format!(
        "Usage:\t{name} [GNU long option] [option] ...\n\t{name} [GNU long option] [option] script-file ...\n\
GNU long options:\n{LONG_OPTIONS}Shell options:\n\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)\n\
\t-abefhkmnptuvxBCEHPT or -o option\n"
    )
}

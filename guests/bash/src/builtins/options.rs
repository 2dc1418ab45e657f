//! `set` and `shopt`.

use std::rc::Rc;

use super::operands::letters;
use super::{MISUSED, Operand, help, listing, operands, print, words};
use crate::flow::Result;
use crate::options::{Options, SET_NAMES, SHOPT_NAMES};
use crate::shell::Shell;
use crate::text::Text;

/// The letters that `set` takes besides `o`.
const LETTERS: &str = "abefhkmnptuvxBCEHPT";

pub fn set(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    if words.is_empty() {
        let text = listing::everything(shell);
        return Ok(print(shell, "set", &text));
    }
    if let Err(status) = check(shell, &words) {
        return Ok(status);
    }
    let mut rest = words.iter().peekable();
    let mut forced = false;
    while let Some(word) = rest.peek().copied() {
        let on = match word.chars().next() {
            Some('-') => true,
            Some('+') if word.len() > 1 => false,
            _ => break,
        };
        rest.next();
        if &**word == "--" {
            forced = true;
            break;
        }
        if &**word == "-" {
            shell.options.xtrace = false;
            shell.options.verbose = false;
            if rest.peek().is_none() {
                return Ok(0);
            }
            break;
        }
        for letter in word.chars().skip(1) {
            if letter != 'o' {
                if let Some(name) = Options::name_of_letter(letter) {
                    switch(shell, name, on);
                }
                continue;
            }
            match rest
                .peek()
                .copied()
                .filter(|name| !name.starts_with(['-', '+']))
            {
                Some(name) => {
                    rest.next();
                    if !switch(shell, name, on) {
                        shell.complain(format_args!("set: {name}: invalid option name"));
                        return Ok(MISUSED);
                    }
                }
                None => {
                    let status = print_options(shell, on);
                    if status != 0 {
                        return Ok(status);
                    }
                }
            }
        }
    }
    let operands: Vec<Text> = rest.cloned().collect();
    if forced || !operands.is_empty() {
        shell.positional = Rc::new(operands);
    }
    Ok(0)
}

/// Complains of a wrong letter before anything is switched.
fn check(shell: &mut Shell, words: &[Text]) -> std::result::Result<(), i32> {
    let mut skip = false;
    for word in words {
        if std::mem::take(&mut skip) && !word.starts_with(['-', '+']) {
            continue;
        }
        let (letters, plus) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
            (Some("" | "-"), _) | (_, Some("")) => break,
            (Some("-help"), _) => {
                help::print_long(shell, "set");
                return Err(MISUSED);
            }
            (Some(letters), _) => (letters, false),
            (_, Some(letters)) => (letters, true),
            _ => break,
        };
        for letter in letters.chars() {
            if letter == 'o' {
                skip = true;
            } else if !LETTERS.contains(letter) {
                return Err(operands::invalid_option(shell, "set", letter, plus));
            }
        }
    }
    Ok(())
}

fn switch(shell: &mut Shell, name: &str, on: bool) -> bool {
    let known = shell.options.switch_set_option(name, on);
    if known && name == "posix" {
        match on {
            true => shell.set_quietly("POSIXLY_CORRECT", "y"),
            false => drop(shell.unset_itself("POSIXLY_CORRECT")),
        }
    }
    known
}

/// `set -o` as a table, `set +o` as commands.
fn print_options(shell: &mut Shell, as_table: bool) -> i32 {
    let text: String = SET_NAMES
        .iter()
        .map(|(name, _)| set_line(&shell.options, name, as_table))
        .collect();
    print(shell, "set", &text)
}

fn set_line(options: &Options, name: &str, as_table: bool) -> String {
    let on = options.set_option(name).unwrap_or(false);
    match as_table {
        true => table_line(name, on),
        false => format!("set {}o {name}\n", if on { '-' } else { '+' }),
    }
}

fn table_line(name: &str, on: bool) -> String {
    format!("{name:<15}\t{}\n", if on { "on" } else { "off" })
}

fn shopt_line(options: &Options, name: &str, as_table: bool) -> String {
    let on = options.shopt(name).unwrap_or(false);
    match as_table {
        true => table_line(name, on),
        false => format!("shopt -{} {name}\n", if on { 's' } else { 'u' }),
    }
}

pub fn shopt(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "shopt", &words, "psuoq") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let has = |letter| letters.contains(letter);
    if has('s') && has('u') {
        shell.complain("shopt: cannot set and unset shell options simultaneously");
        return Ok(1);
    }
    let names = &words[rest..];
    let request = Request {
        of_set: has('o'),
        as_table: !has('p'),
        quiet: has('q'),
        on: has('s').then_some(true).or(has('u').then_some(false)),
    };
    if names.is_empty() {
        return Ok(request.list(shell));
    }
    match request.on {
        Some(on) => Ok(request.switch(shell, names, on)),
        None => Ok(request.show(shell, names)),
    }
}

struct Request {
    /// The names of `set -o`.
    of_set: bool,
    as_table: bool,
    quiet: bool,
    on: Option<bool>,
}

impl Request {
    fn list(&self, shell: &mut Shell) -> i32 {
        let names: Vec<&str> = match self.of_set {
            true => SET_NAMES.iter().map(|(name, _)| *name).collect(),
            false => SHOPT_NAMES.to_vec(),
        };
        if self.quiet {
            return 0;
        }
        let text: String = names
            .into_iter()
            .filter(|name| self.on.is_none() || self.value(shell, name) == self.on)
            .map(|name| self.line(shell, name))
            .collect();
        print(shell, "shopt", &text)
    }

    fn show(&self, shell: &mut Shell, names: &[Text]) -> i32 {
        let mut status = 0;
        for name in names {
            match self.value(shell, name) {
                None => {
                    self.complain(shell, name);
                    status = 1;
                }
                Some(on) => {
                    if !on {
                        status = 1;
                    }
                    if !self.quiet {
                        let line = self.line(shell, name);
                        status |= print(shell, "shopt", &line);
                    }
                }
            }
        }
        status
    }

    fn switch(&self, shell: &mut Shell, names: &[Text], on: bool) -> i32 {
        let mut status = 0;
        for name in names {
            let known = match self.of_set {
                true => switch(shell, name, on),
                false => shell.options.switch_shopt(name, on),
            };
            if !known {
                self.complain(shell, name);
                status = 1;
            }
        }
        status
    }

    fn complain(&self, shell: &mut Shell, name: &str) {
        let what = if self.of_set {
            "option"
        } else {
            "shell option"
        };
        shell.complain(format_args!("shopt: {name}: invalid {what} name"));
    }

    fn value(&self, shell: &Shell, name: &str) -> Option<bool> {
        match self.of_set {
            true => shell.options.set_option(name),
            false => shell.options.shopt(name),
        }
    }

    fn line(&self, shell: &Shell, name: &str) -> String {
        match self.of_set {
            true => set_line(&shell.options, name, self.as_table),
            false => shopt_line(&shell.options, name, self.as_table),
        }
    }
}

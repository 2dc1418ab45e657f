//! `getopts`.

use super::operands::none;
use super::{Operand, forgive, usage, words};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::{Reference, is_name};

/// What the next option is.
enum Next {
    Option {
        letter: char,
        argument: Option<Text>,
    },
    Unknown(char),
    MissingArgument(char),
    End,
}

pub fn getopts(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let rest = match none(shell, "getopts", &words) {
        Ok(rest) => rest,
        Err(status) => return Ok(status),
    };
    let [known, name, arguments @ ..] = &words[rest..] else {
        return Ok(usage(shell, "getopts"));
    };
    let arguments: Vec<Text> = match arguments {
        [] => shell.positional.to_vec(),
        _ => arguments.to_vec(),
    };
    let index = shell.get("OPTIND").and_then(|text| text.parse().ok());
    let mut index: usize = index.unwrap_or(1).max(1);
    let next = step(shell, known, &arguments, &mut index);
    shell.set_quietly("OPTIND", index.to_string());
    let silent = known.starts_with(':');
    let complains = !silent && shell.get("OPTERR").is_none_or(|value| &*value != "0");
    let (value, argument, status) = match next {
        Next::End => ("?".to_owned(), None, 1),
        Next::Option { letter, argument } => (letter.to_string(), argument, 0),
        Next::Unknown(letter) => {
            if complains {
                say(shell, &format!("illegal option -- {letter}"));
            }
            ("?".to_owned(), silent.then(|| letter.to_string().into()), 0)
        }
        Next::MissingArgument(letter) => {
            if complains {
                say(shell, &format!("option requires an argument -- {letter}"));
            }
            let value = if silent { ":" } else { "?" };
            (
                value.to_owned(),
                silent.then(|| letter.to_string().into()),
                0,
            )
        }
    };
    match argument {
        Some(argument) => _ = forgive(shell.set("OPTARG", argument))?,
        None => {
            let reference = Reference {
                name: "OPTARG".into(),
                subscript: None,
            };
            let _ = forgive(shell.unset(&reference))?;
        }
    }
    if !is_name(name) {
        shell.complain(format_args!("getopts: `{name}': not a valid identifier"));
        return Ok(1);
    }
    match shell.set(name, value) {
        Ok(()) => Ok(status),
        Err(Flow::Discard(_)) => Ok(2),
        Err(flow) => Err(flow),
    }
}

/// These messages begin with `$0` alone.
fn say(shell: &mut Shell, message: &str) {
    let line = format!("{}: {message}\n", shell.name);
    let _ = shell.write(2, line.as_bytes());
}

fn step(shell: &mut Shell, known: &str, arguments: &[Text], index: &mut usize) -> Next {
    let Some(word) = arguments.get(*index - 1).cloned() else {
        *index = arguments.len() + 1;
        shell.getopts_offset = 0;
        return Next::End;
    };
    if shell.getopts_offset == 0 {
        if &*word == "--" {
            *index += 1;
            return Next::End;
        }
        if !word.starts_with('-') || word.len() == 1 {
            return Next::End;
        }
        shell.getopts_offset = 1;
    }
    let rest = word.get(shell.getopts_offset..).unwrap_or_default();
    let mut letters = rest.chars();
    let Some(letter) = letters.next() else {
        *index += 1;
        shell.getopts_offset = 0;
        return step(shell, known, arguments, index);
    };
    let rest = letters.as_str();
    shell.getopts_offset += letter.len_utf8();
    if rest.is_empty() {
        *index += 1;
        shell.getopts_offset = 0;
    }
    let place = (letter != ':').then(|| known.find(letter)).flatten();
    let Some(place) = place else {
        return Next::Unknown(letter);
    };
    if !known[place + letter.len_utf8()..].starts_with(':') {
        return Next::Option {
            letter,
            argument: None,
        };
    }
    if !rest.is_empty() {
        *index += 1;
        shell.getopts_offset = 0;
        return Next::Option {
            letter,
            argument: Some(rest.into()),
        };
    }
    match arguments.get(*index - 1) {
        Some(argument) => {
            *index += 1;
            Next::Option {
                letter,
                argument: Some(argument.clone()),
            }
        }
        None => Next::MissingArgument(letter),
    }
}

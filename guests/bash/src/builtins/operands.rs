//! Options of builtins, as bash's `internal_getopt` reads them.

use crate::shell::Shell;
use crate::text::Text;

/// An option that was given.
#[derive(Clone, Debug)]
pub struct Given {
    pub letter: char,
    /// `+x` instead of `-x`.
    pub plus: bool,
    pub argument: Option<Text>,
}

/// The options in front of the operands, and where the operands begin. `known` names the letters; `:` behind one: it takes an
/// argument; `+` in front: `+x` is an option too. What is wrong is complained about, and the status is the error.
pub fn given(
    shell: &mut Shell,
    name: &str,
    words: &[Text],
    known: &str,
) -> std::result::Result<(Vec<Given>, usize), i32> {
    let mut options = Vec::new();
    let (known, takes_plus) = match known.strip_prefix('+') {
        Some(known) => (known, true),
        None => (known, false),
    };
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let (letters, plus) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
            (Some("-"), _) => return Ok((options, index + 1)),
            (Some("-help"), _) => {
                super::help::print_long(shell, name);
                return Err(super::MISUSED);
            }
            (Some(letters), _) if !letters.is_empty() => (letters, false),
            (_, Some(letters)) if takes_plus && !letters.is_empty() => (letters, true),
            _ => break,
        };
        index += 1;
        for (offset, letter) in letters.char_indices() {
            match takes_argument(known, letter) {
                None => return Err(invalid_option(shell, name, letter, plus)),
                Some(false) => options.push(Given {
                    letter,
                    plus,
                    argument: None,
                }),
                Some(true) => {
                    let rest = &letters[offset + letter.len_utf8()..];
                    let argument = if rest.is_empty() {
                        index += 1;
                        words.get(index - 1).cloned()
                    } else {
                        Some(rest.into())
                    };
                    if argument.is_none() {
                        shell.complain(format_args!(
                            "{name}: -{letter}: option requires an argument"
                        ));
                        return Err(super::usage(shell, name));
                    }
                    options.push(Given {
                        letter,
                        plus,
                        argument,
                    });
                    break;
                }
            }
        }
    }
    Ok((options, index.min(words.len())))
}

/// The options' letters alone, for builtins whose options take no arguments.
pub fn letters(
    shell: &mut Shell,
    name: &str,
    words: &[Text],
    known: &str,
) -> std::result::Result<(String, usize), i32> {
    let (options, rest) = given(shell, name, words, known)?;
    Ok((options.iter().map(|option| option.letter).collect(), rest))
}

/// For builtins without options: where the operands begin.
pub fn none(shell: &mut Shell, name: &str, words: &[Text]) -> std::result::Result<usize, i32> {
    given(shell, name, words, "").map(|(_, rest)| rest)
}

pub fn invalid_option(shell: &mut Shell, name: &str, letter: char, plus: bool) -> i32 {
    let sign = if plus { '+' } else { '-' };
    shell.complain(format_args!("{name}: {sign}{letter}: invalid option"));
    super::usage(shell, name)
}

fn takes_argument(known: &str, letter: char) -> Option<bool> {
    let place = (letter != ':').then(|| known.find(letter))??;
    Some(known[place + letter.len_utf8()..].starts_with(':'))
}

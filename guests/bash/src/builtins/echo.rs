//! `echo`, `true`, `false`, `:`.

use super::{Operand, escapes, print_bytes, words};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::encode;

pub fn echo(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (mut newline, mut escaped) = (true, shell.options.xpg_echo);
    let mut rest = &words[..];
    while let [first, others @ ..] = rest
        && let Some(letters) = options(first)
        && !(shell.options.xpg_echo && shell.options.posix)
    {
        for letter in letters.chars() {
            match letter {
                'n' => newline = false,
                'e' => escaped = true,
                _ => escaped = false,
            }
        }
        rest = others;
    }
    let mut output = Vec::new();
    for (index, word) in rest.iter().enumerate() {
        if index > 0 {
            output.push(b' ');
        }
        if !escaped {
            output.extend_from_slice(&encode(word));
        } else if escapes::echo(&encode(word), &mut output) {
            newline = false;
            break;
        }
    }
    if newline {
        output.push(b'\n');
    }
    Ok(print_bytes(shell, "echo", &output))
}

/// The letters of a word that is nothing but options.
fn options(word: &str) -> Option<&str> {
    let letters = word.strip_prefix('-')?;
    let known = letters.bytes().all(|b| matches!(b, b'n' | b'e' | b'E'));
    (known && !letters.is_empty()).then_some(letters)
}

pub fn succeed(_: &mut Shell, _: &[Operand]) -> Result {
    Ok(0)
}

pub fn fail(_: &mut Shell, _: &[Operand]) -> Result {
    Ok(1)
}

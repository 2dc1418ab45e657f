//! `history`, `fc`, `bind`, `logout`: what a shell that isn't interactive answers.

use super::operands::given;
use super::{Operand, whole_number, words};
use crate::flow::Result;
use crate::shell::Shell;

/// There is no history; its options are taken and change nothing.
pub fn history(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "history", &words, "acd:npsrw") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let modes = options
        .iter()
        .filter(|option| "anrw".contains(option.letter));
    if modes.count() > 1 {
        shell.complain("history: cannot use more than one of -anrw");
        return Ok(1);
    }
    if let Some(offset) = options.iter().find_map(|option| option.argument.as_ref()) {
        shell.complain(format_args!(
            "history: {offset}: history position out of range"
        ));
        return Ok(1);
    }
    match words.get(rest) {
        Some(word) if options.is_empty() && whole_number(word).is_none() => {
            shell.complain(format_args!("history: {word}: numeric argument required"));
            Ok(1)
        }
        _ => Ok(0),
    }
}

pub fn fix(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, _) = match given(shell, "fc", &words, "e:lnrs") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    if options.iter().any(|option| option.letter == 's') {
        shell.complain("fc: no command found");
        return Ok(1);
    }
    Ok(0)
}

/// There is no line editor.
pub fn bind(shell: &mut Shell, operands: &[Operand]) -> Result {
    shell.complain("bind: warning: line editing not enabled");
    let words = words(operands);
    match given(shell, "bind", &words, "lvpVPsSXf:q:u:m:r:x:") {
        Ok(_) => Ok(0),
        Err(status) => Ok(status),
    }
}

pub fn logout(shell: &mut Shell, _: &[Operand]) -> Result {
    shell.complain("logout: not login shell: use `exit'");
    Ok(1)
}

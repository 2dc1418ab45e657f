//! `umask`.

use isobox_guest::process;

use crate::builtins::operands::letters;
use crate::builtins::{Operand, print, words};
use crate::flow::Result;
use crate::shell::Shell;

pub fn umask(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "umask", &words, "Sp") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let (symbolic, reusable) = (letters.contains('S'), letters.contains('p'));
    let Some(word) = words.get(rest) else {
        let text = shown(process::umask(), symbolic, reusable);
        return Ok(print(shell, "umask", &text));
    };
    let mask = if word.starts_with(|c: char| c.is_ascii_digit()) {
        octal(word)
    } else {
        permitted(word, !process::umask() & 0o777).map(|bits| !bits & 0o777)
    };
    match mask {
        Ok(mask) => {
            process::set_umask(mask);
            if symbolic {
                let text = format!("{}\n", letters_of(mask));
                return Ok(print(shell, "umask", &text));
            }
            Ok(0)
        }
        Err(message) => {
            shell.complain(format_args!("umask: {message}"));
            Ok(1)
        }
    }
}

fn shown(mask: u32, symbolic: bool, reusable: bool) -> String {
    let command = match (reusable, symbolic) {
        (true, true) => "umask -S ",
        (true, false) => "umask ",
        _ => "",
    };
    match symbolic {
        true => format!("{command}{}\n", letters_of(mask)),
        false => format!("{command}{mask:04o}\n"),
    }
}

/// What is permitted, in letters: `u=rwx,g=rx,o=rx`.
fn letters_of(mask: u32) -> String {
    let of = |shift: u32| {
        let bits = !mask >> shift;
        let pairs = [(4, 'r'), (2, 'w'), (1, 'x')];
        pairs
            .iter()
            .filter(|(bit, _)| bits & bit != 0)
            .map(|(_, c)| *c)
            .collect::<String>()
    };
    format!("u={},g={},o={}", of(6), of(3), of(0))
}

fn octal(word: &str) -> std::result::Result<u32, String> {
    u32::from_str_radix(word, 8)
        .ok()
        .filter(|&mask| mask <= 0o7777)
        .map(|mask| mask & 0o777)
        .ok_or_else(|| format!("{word}: octal number out of range"))
}

/// `u=rwx,g+w,o-x`: the permitted bits that come of it.
fn permitted(word: &str, before: u32) -> std::result::Result<u32, String> {
    let mut bits = before;
    for clause in word.split(',') {
        let mut rest = clause.chars().peekable();
        let mut who = 0;
        while let Some(mask) = rest.peek().and_then(|c| who_bits(*c)) {
            who |= mask;
            rest.next();
        }
        if who == 0 {
            who = 0o777;
        }
        let operator = match rest.next() {
            Some(operator @ ('+' | '-' | '=')) => operator,
            Some(other) => return Err(format!("`{other}': invalid symbolic mode operator")),
            None => return Err("`\0': invalid symbolic mode operator".replace('\0', "")),
        };
        let mut permission = 0;
        for c in rest {
            permission |= match c {
                'r' => 0o444,
                'w' => 0o222,
                'x' => 0o111,
                'X' if before & 0o111 != 0 => 0o111,
                'X' | 's' | 't' => 0,
                'u' => spread(before >> 6),
                'g' => spread(before >> 3),
                'o' => spread(before),
                _ => return Err(format!("`{c}': invalid symbolic mode character")),
            };
        }
        match operator {
            '+' => bits |= who & permission,
            '-' => bits &= !(who & permission),
            _ => bits = (bits & !who) | (who & permission),
        }
    }
    Ok(bits & 0o777)
}

fn who_bits(c: char) -> Option<u32> {
    Some(match c {
        'u' => 0o700,
        'g' => 0o070,
        'o' => 0o007,
        'a' => 0o777,
        _ => return None,
    })
}

fn spread(bits: u32) -> u32 {
    (bits & 7) * 0o111
}

//! `caller`.

use super::operands::none;
use super::{MISUSED, Operand, print, usage, whole_number, words};
use crate::flow::Result;
use crate::shell::Shell;

pub fn caller(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let rest = match none(shell, "caller", &words) {
        Ok(rest) => rest,
        Err(status) => return Ok(status),
    };
    let frames: Vec<_> = shell.frames.iter().rev().collect();
    let Some(current) = frames.first() else {
        return Ok(1);
    };
    if frames.len() == 1 && &*current.function == "main" {
        return Ok(1);
    }
    let Some(word) = words.get(rest) else {
        let source = frames.get(1).map_or("NULL", |frame| &*frame.source);
        let line = format!("{} {source}\n", current.call_line);
        return Ok(print(shell, "caller", &line));
    };
    let Some(depth) = whole_number(word) else {
        shell.complain(format_args!("caller: {word}: invalid number"));
        usage(shell, "caller");
        return Ok(MISUSED);
    };
    let depth = usize::try_from(depth).unwrap_or(usize::MAX - 1);
    let (Some(called), Some(calling)) = (frames.get(depth), frames.get(depth + 1)) else {
        return Ok(1);
    };
    let line = format!(
        "{} {} {}\n",
        called.call_line, calling.function, calling.source
    );
    Ok(print(shell, "caller", &line))
}

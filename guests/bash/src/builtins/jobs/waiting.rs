//! `wait`.

use super::find;
use crate::builtins::operands::given;
use crate::builtins::{Operand, forgive, words};
use crate::execute::jobs::Waited;
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::{Reference, is_name};

/// What `wait` is asked to wait for.
enum What {
    Process(u32),
    Job(u32),
}

pub fn wait(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "wait", &words, "fnp:") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let variable = options
        .iter()
        .rev()
        .find_map(|option| option.argument.clone());
    if let Some(name) = &variable {
        if !is_name(name) {
            shell.complain(format_args!("wait: `{name}': not a valid identifier"));
            return Ok(1);
        }
        let reference = Reference {
            name: name.clone(),
            subscript: None,
        };
        let failed = forgive(shell.unset(&reference))?;
        if failed != 0 {
            return Ok(failed);
        }
    }
    let words = &words[rest..];
    if options.iter().any(|option| option.letter == 'n') {
        return next(shell, words, variable.as_ref());
    }
    if words.is_empty() {
        let waited = shell.wait_for_all()?;
        return Ok(status_of(waited, 0));
    }
    let mut status = 0;
    for word in words {
        status = one(shell, word, variable.as_ref())?;
    }
    Ok(status)
}

fn one(shell: &mut Shell, word: &Text, variable: Option<&Text>) -> Result {
    let what = match what(shell, word) {
        Ok(what) => what,
        Err(status) => return Ok(status),
    };
    let waited = match what {
        What::Process(pid) => shell.wait_for_pid(pid)?,
        What::Job(number) => shell.wait_for_job(number)?,
    };
    if let (Waited::NoChild, What::Process(pid)) = (waited, &what) {
        shell.complain(format_args!("wait: pid {pid} is not a child of this shell"));
        return Ok(127);
    }
    tell(shell, variable, waited)?;
    Ok(status_of(waited, 127))
}

/// What a word names; the status after a complaint.
fn what(shell: &mut Shell, word: &Text) -> std::result::Result<What, i32> {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return match word.parse() {
            Ok(pid) => Ok(What::Process(pid)),
            Err(_) => {
                shell.complain(format_args!("wait: `{word}': not a pid or valid job spec"));
                Err(1)
            }
        };
    }
    if word.starts_with('%') {
        return find(shell, "wait", word).map(What::Job).ok_or(127);
    }
    shell.complain(format_args!("wait: `{word}': not a pid or valid job spec"));
    Err(1)
}

/// `wait -n`.
fn next(shell: &mut Shell, words: &[Text], variable: Option<&Text>) -> Result {
    let mut among = Vec::new();
    let mut status = None;
    for word in words {
        match what(shell, word) {
            Ok(What::Job(number)) => among.push(number),
            Ok(What::Process(pid)) => match shell.jobs.of_pid(pid) {
                Some(job) => among.push(job.number),
                None => match shell.wait_for_pid(pid)? {
                    waited @ Waited::Ended { .. } => {
                        tell(shell, variable, waited)?;
                        return Ok(status_of(waited, 127));
                    }
                    _ => status = Some(127),
                },
            },
            Err(failed) => status = Some(failed),
        }
    }
    if let (true, Some(status)) = (among.is_empty(), status) {
        return Ok(status);
    }
    let waited = shell.wait_for_next(&among)?;
    tell(shell, variable, waited)?;
    Ok(status_of(waited, 127))
}

/// `-p name`: which process it was.
fn tell(shell: &mut Shell, variable: Option<&Text>, waited: Waited) -> Result<()> {
    if let (Some(name), Waited::Ended { pid, .. }) = (variable, waited) {
        forgive(shell.set(name, pid.to_string()))?;
    }
    Ok(())
}

/// `fg`.
pub fn of_job(shell: &mut Shell, number: u32) -> Result {
    let waited = shell.wait_for_job(number)?;
    Ok(status_of(waited, 127))
}

fn status_of(waited: Waited, no_child: i32) -> i32 {
    match waited {
        Waited::Ended { status, .. } => status,
        Waited::Interrupted(signal) => 128 + signal as i32,
        Waited::NoChild => no_child,
    }
}

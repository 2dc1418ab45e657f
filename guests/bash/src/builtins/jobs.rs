//! `kill`, `wait`, `jobs`, `fg`, `bg`, `disown`, `suspend`.

mod signals;
mod waiting;

use super::operands::{letters, none};
use super::{Operand, print, usage, words};
use crate::execute;
use crate::execute::jobs::{Job, JobState, NoJob};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;

pub use signals::kill;
pub use waiting::wait;

pub fn jobs(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "jobs", &words, "lpnxrs") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let names = &words[rest..];
    if letters.contains('x') {
        return run_with_groups(shell, names);
    }
    shell.jobs.refresh();
    let mut status = 0;
    let mut numbers = Vec::new();
    if names.is_empty() {
        numbers.extend(shell.jobs.iter().map(|job| job.number));
    }
    for name in names {
        match find(shell, "jobs", name) {
            Some(number) => numbers.push(number),
            None => status = 1,
        }
    }
    let has = |letter| letters.contains(letter);
    let mut text = String::new();
    for &number in &numbers {
        let Some(job) = shell.jobs.get(number) else {
            continue;
        };
        let running = job.state() == JobState::Running;
        if (has('r') && !running) || has('s') || (has('n') && (running || job.notified)) {
            continue;
        }
        text += &match (has('p'), has('l')) {
            (true, _) => format!("{}\n", job.leader()),
            (false, long) => line(shell, job, long),
        };
    }
    let printed = print(shell, "jobs", &text);
    for number in numbers {
        let ended = |job: &Job| job.state() != JobState::Running;
        if shell.jobs.get(number).is_some_and(ended) {
            shell.jobs.remove(number);
        }
    }
    Ok(printed.max(status))
}

/// `[1]+  Running                 sleep 5 &`
fn line(shell: &Shell, job: &Job, long: bool) -> String {
    let number = job.number;
    let mark = if shell.jobs.current() == Some(number) {
        '+'
    } else if shell.jobs.previous() == Some(number) {
        '-'
    } else {
        ' '
    };
    let state = match job.state() {
        JobState::Running => "Running".to_owned(),
        JobState::Exited(0) => "Done".to_owned(),
        JobState::Exited(status) => format!("Exit {status}"),
        JobState::Signalled(signal) => execute::describe_signal(signal).to_owned(),
    };
    let background = if job.state() == JobState::Running {
        " &"
    } else {
        ""
    };
    let pid = if long {
        format!("{:5} ", job.leader())
    } else {
        String::new()
    };
    let gap = if long { "" } else { " " };
    format!(
        "[{number}]{mark} {gap}{pid}{state:<24}{}{background}\n",
        job.command
    )
}

/// `jobs -x command`: `%n` become process groups.
fn run_with_groups(shell: &mut Shell, words: &[Text]) -> Result {
    let words: Vec<Text> = words
        .iter()
        .map(|word| {
            let job = word
                .starts_with('%')
                .then(|| shell.jobs.find(word).ok())
                .flatten();
            let leader = job
                .and_then(|number| shell.jobs.get(number))
                .map(Job::leader);
            leader.map_or_else(|| word.clone(), |pid| pid.to_string().into())
        })
        .collect();
    shell.call(&words)
}

/// The job that a word names, or a complaint.
fn find(shell: &mut Shell, command: &str, word: &str) -> Option<u32> {
    match shell.jobs.find(word) {
        Ok(number) => Some(number),
        Err(NoJob::Ambiguous) => {
            let bare = word.strip_prefix('%').unwrap_or(word);
            shell.complain(format_args!("{command}: {bare}: ambiguous job spec"));
            None
        }
        Err(NoJob::NotFound) => {
            shell.complain(format_args!("{command}: {word}: no such job"));
            None
        }
    }
}

pub fn foreground(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    if !shell.options.monitor {
        shell.complain("fg: no job control");
        return Ok(1);
    }
    let rest = match none(shell, "fg", &words) {
        Ok(rest) => rest,
        Err(status) => return Ok(status),
    };
    let name = words.get(rest).cloned().unwrap_or_else(|| "%%".into());
    let Some(number) = find_current(shell, "fg", &name) else {
        return Ok(1);
    };
    let command = shell.jobs.get(number).map(|job| job.command.clone());
    let text = format!("{}\n", command.unwrap_or_default());
    print(shell, "fg", &text);
    waiting::of_job(shell, number)
}

pub fn background(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    if !shell.options.monitor {
        shell.complain("bg: no job control");
        return Ok(1);
    }
    let rest = match none(shell, "bg", &words) {
        Ok(rest) => rest,
        Err(status) => return Ok(status),
    };
    let mut names = words[rest..].to_vec();
    if names.is_empty() {
        names.push("%%".into());
    }
    let mut status = 0;
    for name in &names {
        match find_current(shell, "bg", name) {
            Some(number) => {
                shell.complain(format_args!("bg: job {number} already in background"));
            }
            None => status = 1,
        }
    }
    Ok(status)
}

/// As [`find`], but the current job is called `current`.
fn find_current(shell: &mut Shell, command: &str, name: &Text) -> Option<u32> {
    if &**name == "%%" && shell.jobs.current().is_none() {
        shell.complain(format_args!("{command}: current: no such job"));
        return None;
    }
    find(shell, command, name)
}

pub fn disown(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "disown", &words, "ahr") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let names = &words[rest..];
    let mut status = 0;
    let mut numbers = Vec::new();
    if names.is_empty() {
        if letters.contains('a') || letters.contains('r') {
            numbers.extend(shell.jobs.iter().map(|job| job.number));
        } else if let Some(current) = shell.jobs.current() {
            numbers.push(current);
        } else {
            shell.complain("disown: current: no such job");
            return Ok(1);
        }
    }
    for name in names {
        let of_pid = name.parse().ok().and_then(|pid| shell.jobs.of_pid(pid));
        match of_pid.map(|job| job.number) {
            Some(number) => numbers.push(number),
            None => match find(shell, "disown", name) {
                Some(number) => numbers.push(number),
                None => status = 1,
            },
        }
    }
    for number in numbers {
        if letters.contains('h') {
            if let Some(job) = shell.jobs.get_mut(number) {
                job.no_hangup = true;
            }
        } else {
            shell.jobs.remove(number);
        }
    }
    Ok(status)
}

pub fn suspend(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    match letters(shell, "suspend", &words, "f") {
        Err(status) => Ok(status),
        Ok((_, rest)) if rest < words.len() => Ok(usage(shell, "suspend")),
        Ok(_) => {
            shell.complain("suspend: cannot suspend: no job control");
            Ok(1)
        }
    }
}

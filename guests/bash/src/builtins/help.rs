//! `help`, and how builtins are used.

mod topics;

use super::operands::letters;
use super::{Operand, print, words};
use crate::flow::Result;
use crate::pattern::{Matching, Pattern};
use crate::shell::Shell;
use crate::text::Text;
use topics::{TOPICS, Topic};

const INTRODUCTION: &str = "\
GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)
These shell commands are defined internally.  Type `help' to see this list.
Type `help name' to find out more about the function `name'.
Use `info bash' to find out more about the shell in general.
Use `man -k' or `info' to find out more about commands not in this list.

A star (*) next to a name means that the command is disabled.

";

/// How a builtin is used.
pub fn synopsis(name: &str) -> &'static str {
    topic(name).map_or("", |topic| topic.synopsis)
}

/// The names of all topics, for `compgen -A helptopic`.
pub fn topic_names() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().map(|topic| topic.name)
}

fn topic(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

/// What `NAME --help` prints.
pub fn print_long(shell: &mut Shell, name: &str) {
    if let Some(topic) = topic(name) {
        print(shell, name, &long(topic));
    }
}

fn long(topic: &Topic) -> String {
    format!(
        "{}: {}\n    {}\n",
        topic.name, topic.synopsis, topic.summary
    )
}

/// How a topic is shown.
#[derive(Clone, Copy)]
enum Style {
    Long,
    /// `-d`
    Summary,
    /// `-s`
    Synopsis,
    /// `-m`
    Manual,
}

pub fn help(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "help", &words, "dms") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let style = match letters.chars().last() {
        Some('d') => Style::Summary,
        Some('s') => Style::Synopsis,
        Some(_) => Style::Manual,
        None => Style::Long,
    };
    let patterns = &words[rest..];
    if patterns.is_empty() {
        let text = overview(shell);
        return Ok(print(shell, "help", &text));
    }
    let mut text = heading(patterns);
    let mut found_any = false;
    for pattern in patterns {
        for topic in matching(pattern) {
            found_any = true;
            text += &shown(topic, style);
        }
    }
    let status = print(shell, "help", if found_any { &text } else { "" });
    if !found_any && let Some(last) = patterns.last() {
        shell.complain(format_args!(
            "help: no help topics match `{last}'.  Try `help help' or `man -k {last}' or `info {last}'."
        ));
        return Ok(1);
    }
    Ok(status)
}

fn heading(patterns: &[Text]) -> String {
    let Some(first) = patterns
        .first()
        .filter(|first| first.contains(['*', '?', '[']))
    else {
        return String::new();
    };
    if topic(first).is_some() {
        return String::new();
    }
    let noun = if patterns.len() == 1 {
        "keyword"
    } else {
        "keywords"
    };
    format!(
        "Shell commands matching {noun} `{}'\n\n",
        patterns.join(", ")
    )
}

/// The topics of that name, else those that begin with it; a pattern's matches.
fn matching(pattern: &str) -> Vec<&'static Topic> {
    if let Some(topic) = topic(pattern) {
        return vec![topic];
    }
    let matching = Matching {
        extglob: true,
        nocase: false,
    };
    let compiled = Pattern::new(pattern, matching);
    let matches = |topic: &&Topic| compiled.matches(topic.name);
    let found: Vec<&Topic> = TOPICS.iter().filter(matches).collect();
    if !found.is_empty() {
        return found;
    }
    let begins = |topic: &&Topic| topic.name.starts_with(pattern);
    TOPICS.iter().filter(begins).collect()
}

fn shown(topic: &Topic, style: Style) -> String {
    match style {
        Style::Long => long(topic),
        Style::Summary => format!("{} - {}\n", topic.name, topic.summary),
        Style::Synopsis => format!("{}: {}\n", topic.name, topic.synopsis),
        Style::Manual => format!(
            "NAME\n    {} - {}\n\nSYNOPSIS\n    {}\n\nDESCRIPTION\n    {}\n\nSEE ALSO\n    bash(1)\n\n",
            topic.name, topic.summary, topic.synopsis, topic.summary
        ),
    }
}

/// Two columns of forty.
fn overview(shell: &Shell) -> String {
    let rows = TOPICS.len().div_ceil(2);
    let cell = |topic: &Topic, width: usize| {
        let off = shell.builtins.disabled.contains(topic.name);
        let mark = if off { '*' } else { ' ' };
        let mut text: String = std::iter::once(mark)
            .chain(topic.synopsis.chars())
            .take(width)
            .collect();
        if topic.synopsis.chars().count() >= width {
            text.pop();
            text.push('>');
        }
        text
    };
    let mut text = INTRODUCTION.to_owned();
    for (left, right) in TOPICS
        .iter()
        .take(rows)
        .zip(TOPICS.iter().skip(rows).map(Some).chain([None]))
    {
        let left = cell(left, 39);
        match right {
            Some(right) => text += &format!("{left:<40}{}\n", cell(right, 38)),
            None => text += &format!("{left}\n"),
        }
    }
    text
}

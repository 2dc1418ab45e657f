//! `diff`: of two files, or of what is in two directories.

mod analyze;
mod directory;
mod input;
mod lines;
mod options;
mod output;
mod pattern;
mod side;

use crate::help::{PACKAGE, wrong};
use gnu::getopt::{Order, read};
use input::Input;
use isobox_guest::{Arguments, plain};
use options::{Options, Style};
use output::Output;
use std::io::{self, BufWriter, Stdout, Write};

pub fn diff(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    let modern = words.iter().cloned().flat_map(modern);
    let parsed = match read(modern, options::SPECS, Order::Permute) {
        Ok(parsed) => parsed,
        Err(message) => return wrong("diff", &message),
    };
    if let Some(status) = PACKAGE.answered("diff", &parsed) {
        return status;
    }
    let options = match Options::new(&parsed, option_words(&words, &parsed.operands)) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (first, second) = match &parsed.operands[..] {
        [] => return wrong("diff", "missing operand after 'diff'"),
        [_] => {
            let last = words.last().map_or("diff", String::as_str);
            return wrong("diff", &format!("missing operand after '{last}'"));
        }
        [first, second] => (first, second),
        [_, _, extra, ..] => return wrong("diff", &format!("extra operand '{extra}'")),
    };
    let mut diff = Diff {
        options: &options,
        out: BufWriter::with_capacity(1 << 16, io::stdout()),
    };
    let status = diff.operands(first, second);
    match diff.out.flush() {
        Ok(()) => status,
        Err(error) => {
            eprintln!("diff: standard output: {}", plain(&error));
            2
        }
    }
}

/// `-u5` and `-c5`, as they were once written, for `-U5` and `-C5`.
fn modern(word: String) -> Vec<String> {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let old = letters.len() < word.len()
        && word.starts_with('-')
        && letters.ends_with(['u', 'c'])
        && letters[1..]
            .chars()
            .all(|c| c.is_ascii_alphabetic() && !"UCWFLxXSI".contains(c));
    if !old {
        return vec![word];
    }
    let (before, letter) = letters.split_at(letters.len() - 1);
    let context = format!("-{}{}", letter.to_uppercase(), &word[letters.len()..]);
    match before {
        "-" => vec![context],
        before => vec![before.to_owned(), context],
    }
}

/// The words that are no operands, as the headings in directories repeat them.
fn option_words(words: &[String], operands: &[String]) -> String {
    let mut operands = operands.iter().peekable();
    let mut text = String::new();
    let mut rest = words.iter().enumerate().peekable();
    while let Some((at, word)) = rest.next() {
        // An operand may look as an option's value does: what is left behind it decides.
        let behind = words[at + 1..]
            .iter()
            .filter(|other| *other == word)
            .count();
        if operands.peek() == Some(&word)
            && operands.clone().filter(|other| *other == word).count() > behind
        {
            operands.next();
        } else if word != "--" {
            text.push(' ');
            text.push_str(&gnu::quote::apply(word, gnu::quote::Style::Shell));
        }
    }
    text
}

/// A run of `diff`.
struct Diff<'a> {
    options: &'a Options,
    out: BufWriter<Stdout>,
}

impl Diff<'_> {
    /// Compares what the command line names; a file with a directory is with the file of its name in there.
    fn operands(&mut self, first: &str, second: &str) -> i32 {
        let mut names = [first.to_owned(), second.to_owned()];
        let mut inputs = [self.open(&names[0], 0), self.open(&names[1], 1)];
        let absent = inputs
            .iter()
            .any(|input| matches!(input, Err(_) | Ok(Input::Absent)));
        if absent {
            let mut failed = false;
            for (input, name) in inputs.iter().zip(&names) {
                if let Err(error) = input {
                    self.complain(name, error);
                    failed = true;
                }
            }
            if failed {
                return 2;
            }
        } else {
            for this in 0..2 {
                let that = 1 - this;
                let is_directory = |at: usize| matches!(inputs[at], Ok(Input::Directory));
                if is_directory(this) && !is_directory(that) {
                    if names[that] == "-" {
                        return wrong("diff", "cannot compare '-' to a directory");
                    }
                    let name = names[that]
                        .trim_end_matches('/')
                        .rsplit('/')
                        .next()
                        .unwrap_or_default();
                    names[this] = format!("{}/{name}", names[this].trim_end_matches('/'));
                    inputs[this] = self.open(&names[this], this);
                    if let Err(error) = &inputs[this] {
                        self.complain(&names[this], error);
                        return 2;
                    }
                    break;
                }
            }
        }
        match inputs {
            [Ok(first), Ok(second)] => self.pair([&names[0], &names[1]], [first, second], false),
            _ => 2,
        }
    }

    fn open(&self, name: &str, side: usize) -> io::Result<Input> {
        match Input::open(name, self.options) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.fills(side) => {
                Ok(Input::Absent)
            }
            other => other,
        }
    }

    /// Whether an absent file on a side counts as an empty one.
    fn fills(&self, side: usize) -> bool {
        self.options.new_file || (self.options.new_first_file && side == 0)
    }

    fn complain(&mut self, name: &str, error: &io::Error) {
        let _ = self.out.flush();
        eprintln!("diff: {name}: {}", plain(error));
    }

    /// Compares two files, or two directories.
    fn pair(&mut self, names: [&str; 2], inputs: [Input; 2], nested: bool) -> i32 {
        let named = |side: usize| {
            self.options
                .labels
                .get(side)
                .map_or(names[side], String::as_str)
        };
        let labels = [named(0).to_owned(), named(1).to_owned()];
        match &inputs {
            [Input::Directory, Input::Directory | Input::Absent]
            | [Input::Absent, Input::Directory] => {
                if nested && !self.options.recursive {
                    self.say(&format!(
                        "Common subdirectories: {} and {}\n",
                        names[0], names[1]
                    ));
                    return 0;
                }
                return if names[0] == names[1] {
                    0
                } else {
                    self.directories(names)
                };
            }
            [Input::Directory, other] | [other, Input::Directory] => {
                let kind = |input: &Input| match input {
                    Input::Directory => "directory",
                    input => input.kind(),
                };
                let _ = other;
                self.say(&format!(
                    "File {} is a {} while file {} is a {}\n",
                    labels[0],
                    kind(&inputs[0]),
                    labels[1],
                    kind(&inputs[1])
                ));
                return 1;
            }
            _ => {}
        }
        let contents = [inputs[0].bytes(), inputs[1].bytes()];
        self.contents(names, labels, [&inputs[0], &inputs[1]], contents, nested)
    }

    fn contents(
        &mut self,
        names: [&str; 2],
        labels: [String; 2],
        inputs: [&Input; 2],
        contents: [&[u8]; 2],
        nested: bool,
    ) -> i32 {
        let options = self.options;
        let same = gnu::scan::same(contents[0], contents[1]);
        let binary = !options.text && (is_binary(contents[0]) || is_binary(contents[1]));
        if same && (options.style != Style::SideBySide || binary) {
            return self.report_identical(&labels);
        }
        if binary {
            let words = if options.brief {
                "Files"
            } else {
                "Binary files"
            };
            self.say(&format!("{words} {} and {} differ\n", labels[0], labels[1]));
            return 1;
        }
        let lines = [lines::Lines::of(contents[0]), lines::Lines::of(contents[1])];
        let script = lines::changes(contents, [&lines[0], &lines[1]], options);
        let counts = script.iter().any(|change| !change.ignored);
        if options.brief && counts {
            self.say(&format!("Files {} and {} differ\n", labels[0], labels[1]));
            return 1;
        }
        if options.brief || (!counts && options.style != Style::SideBySide && script.is_empty()) {
            return match counts {
                true => 1,
                false => self.report_identical(&labels),
            };
        }
        let times = [inputs[0].time(), inputs[1].time()];
        let mut output = Output {
            options,
            out: &mut self.out,
            lines: [&lines[0], &lines[1]],
            times,
            names,
            nested,
            begun: false,
        };
        if let Err(error) = output.script(&script) {
            eprintln!("diff: standard output: {}", plain(&error));
            std::process::exit(2);
        }
        let mut status = i32::from(counts);
        if options.style.is_script() {
            status = self.tell_missing_newlines(&labels, contents).max(status);
        }
        if !counts {
            self.report_identical(&labels);
        }
        status
    }

    /// An ed script cannot say that a last newline is missing.
    fn tell_missing_newlines(&mut self, labels: &[String; 2], contents: [&[u8]; 2]) -> i32 {
        let mut status = 0;
        for (label, bytes) in labels.iter().zip(contents) {
            if bytes.last().is_some_and(|last| *last != b'\n') {
                let _ = self.out.flush();
                eprintln!("diff: {label}: No newline at end of file\n");
                status = 2;
            }
        }
        status
    }

    fn report_identical(&mut self, labels: &[String; 2]) -> i32 {
        if self.options.report_identical {
            self.say(&format!(
                "Files {} and {} are identical\n",
                labels[0], labels[1]
            ));
        }
        0
    }

    fn say(&mut self, text: &str) {
        if let Err(error) = self.out.write_all(text.as_bytes()) {
            eprintln!("diff: standard output: {}", plain(&error));
            std::process::exit(2);
        }
    }
}

/// Whether the first block of a file has a zero byte.
fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(4096)]).is_some()
}

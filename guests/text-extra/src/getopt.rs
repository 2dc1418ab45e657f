//! `getopt`: words sorted into options and operands, for shell scripts.

use isobox_guest::Arguments;
use std::collections::VecDeque;

pub fn getopt(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    let mut job = Job {
        name: "getopt".to_owned(),
        quiet: false,
        unquoted: false,
        short: String::new(),
        long: Vec::new(),
        failed: false,
    };
    let mut at = 0;
    let mut has_short = false;
    while let Some(word) = words.get(at) {
        at += 1;
        let next = || words.get(at).cloned().unwrap_or_default();
        match &word[..] {
            "--" => break,
            "-o" | "--options" => {
                job.short = next();
                has_short = true;
                at += 1;
            }
            "-l" | "--longoptions" | "--long" => {
                job.long.extend(
                    next()
                        .split([',', ' ', '\n', '\t'])
                        .filter(|it| !it.is_empty())
                        .map(str::to_owned),
                );
                at += 1;
            }
            "-n" | "--name" => {
                job.name = next();
                at += 1;
            }
            "-q" | "--quiet" => job.quiet = true,
            "-u" | "--unquoted" => job.unquoted = true,
            "-T" | "--test" => return 4,
            "-s" | "--shell" => at += 1,
            word if word.starts_with("--options=") => {
                job.short = word[10..].to_owned();
                has_short = true;
            }
            word if word.starts_with("--longoptions=") || word.starts_with("--long=") => {
                let list = word.split_once('=').map_or("", |it| it.1);
                job.long.extend(
                    list.split(',')
                        .filter(|it| !it.is_empty())
                        .map(str::to_owned),
                );
            }
            word if word.starts_with("--name=") => job.name = word[7..].to_owned(),
            word if word.starts_with("-o") => {
                job.short = word[2..].to_owned();
                has_short = true;
            }
            word if word.starts_with('-') && word.len() > 1 => {
                eprintln!(
                    "getopt: invalid option -- '{}'\nTry 'getopt --help' for more information.",
                    &word[1..2]
                );
                return 2;
            }
            _ => {
                at -= 1;
                break;
            }
        }
    }
    if !has_short {
        match words.get(at) {
            // As it was before there were options of its own: without quotes.
            Some(short) => {
                job.short = short.clone();
                job.unquoted = true;
                at += 1;
            }
            None => {
                eprintln!(
                    "getopt: missing optstring argument\nTry 'getopt --help' for more information."
                );
                return 2;
            }
        }
    }
    job.run(words[at.min(words.len())..].iter().cloned().collect())
}

struct Job {
    name: String,
    quiet: bool,
    unquoted: bool,
    short: String,
    long: Vec<String>,
    failed: bool,
}

impl Job {
    fn complain(&mut self, message: &str) {
        self.failed = true;
        if !self.quiet {
            eprintln!("{}: {message}", self.name);
        }
    }

    fn quoted(&self, word: &str) -> String {
        match self.unquoted {
            true => word.to_owned(),
            false => format!("'{}'", word.replace('\'', "'\\''")),
        }
    }

    fn run(mut self, mut words: VecDeque<String>) -> i32 {
        let stops_at_operand =
            self.short.starts_with('+') || std::env::var_os("POSIXLY_CORRECT").is_some();
        self.short = self.short.trim_start_matches(['+', '-']).to_owned();
        let mut out = String::new();
        let mut operands = Vec::new();
        while let Some(word) = words.pop_front() {
            if word == "--" {
                operands.extend(words.drain(..));
            } else if let Some(long) = word.strip_prefix("--") {
                self.long(long, &mut words, &mut out);
            } else if word.starts_with('-') && word.len() > 1 {
                self.short(&word[1..], &mut words, &mut out);
            } else {
                operands.push(word);
                if stops_at_operand {
                    operands.extend(words.drain(..));
                }
            }
        }
        out.push_str(" --");
        for operand in operands {
            out.push(' ');
            out.push_str(&self.quoted(&operand));
        }
        println!("{out}");
        i32::from(self.failed)
    }

    fn long(&mut self, word: &str, words: &mut VecDeque<String>, out: &mut String) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let bare = |option: &String| option.trim_end_matches(':').to_owned();
        let exact: Vec<&String> = self.long.iter().filter(|it| bare(it) == name).collect();
        let begins: Vec<&String> = self.long.iter().filter(|it| it.starts_with(name)).collect();
        let found = match (&exact[..], &begins[..]) {
            ([only, ..], _) | ([], [only]) => (*only).clone(),
            ([], []) => return self.complain(&format!("unrecognized option '--{word}'")),
            _ => {
                let names: Vec<String> = begins
                    .iter()
                    .map(|it| format!("'--{}'", bare(it)))
                    .collect();
                return self.complain(&format!(
                    "option '--{word}' is ambiguous; possibilities: {}",
                    names.join(" ")
                ));
            }
        };
        let name = bare(&found);
        let colons = found.len() - name.len();
        let value = match (colons, value) {
            (0, Some(_)) => {
                return self.complain(&format!("option '--{name}' doesn't allow an argument"));
            }
            (0, None) => None,
            (1, None) => match words.pop_front() {
                Some(value) => Some(value),
                None => return self.complain(&format!("option '--{name}' requires an argument")),
            },
            (_, value) => Some(value.unwrap_or_default()),
        };
        out.push_str(&format!(" --{name}"));
        if let Some(value) = value {
            out.push_str(&format!(" {}", self.quoted(&value)));
        }
    }

    fn short(&mut self, letters: &str, words: &mut VecDeque<String>, out: &mut String) {
        for (at, letter) in letters.char_indices() {
            let place = self.short.find(letter).filter(|_| letter != ':');
            let Some(place) = place else {
                self.complain(&format!("invalid option -- '{letter}'"));
                continue;
            };
            let behind = &self.short[place + letter.len_utf8()..];
            let colons = behind.len() - behind.trim_start_matches(':').len();
            let rest = &letters[at + letter.len_utf8()..];
            let value = match colons {
                0 => {
                    out.push_str(&format!(" -{letter}"));
                    continue;
                }
                1 if rest.is_empty() => match words.pop_front() {
                    Some(value) => value,
                    None => {
                        return self
                            .complain(&format!("option requires an argument -- '{letter}'"));
                    }
                },
                _ => rest.to_owned(),
            };
            out.push_str(&format!(" -{letter} {}", self.quoted(&value)));
            return;
        }
    }
}

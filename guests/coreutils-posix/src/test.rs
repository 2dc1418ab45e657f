//! `test` and `[`, as POSIX reads them: by the number of words up to four, by precedence beyond.

use gnu::quote::in_prose;
use isobox_guest::Arguments;
use isobox_guest::stat::{Kind, Stat, Time, stat};
use std::io::IsTerminal as _;
use std::path::Path;

/// What `test` says when it could not decide.
const TROUBLE: i32 = 2;

const UNARY: &str = "bcdefghknprstuwxzGLNOS";
const BINARY: &[&str] = &[
    "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef",
];

pub fn test(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    decide("test", &words)
}

pub fn bracket(arguments: Arguments) -> i32 {
    let mut words: Vec<String> = gnu::words(arguments).collect();
    if words.pop().as_deref() != Some("]") {
        eprintln!("[: missing {}", in_prose("]"));
        return TROUBLE;
    }
    decide("[", &words)
}

fn decide(command: &str, words: &[String]) -> i32 {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match by_count(&words) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(message) => {
            eprintln!("{command}: {message}");
            TROUBLE
        }
    }
}

type Answer = Result<bool, String>;

fn by_count(words: &[&str]) -> Answer {
    match *words {
        [] => Ok(false),
        [word] => Ok(!word.is_empty()),
        ["!", word] => Ok(word.is_empty()),
        [operator, word] => match is_unary(operator) {
            true => unary(operator, word),
            false => Err(format!("missing argument after {}", in_prose(word))),
        },
        [left, operator, right] if is_binary(operator) => binary(left, operator, right),
        ["!", ..] if words.len() <= 4 => by_count(&words[1..]).map(|answer| !answer),
        ["(", word, ")"] => Ok(!word.is_empty()),
        ["(", a, b, ")"] => by_count(&[a, b]),
        [left, "-a", right] => Ok(!left.is_empty() && !right.is_empty()),
        [left, "-o", right] => Ok(!left.is_empty() || !right.is_empty()),
        [_, operator, _] => Err(format!("{}: binary operator expected", in_prose(operator))),
        _ => by_precedence(words),
    }
}

fn by_precedence(words: &[&str]) -> Answer {
    let mut reader = Reader { words, at: 0 };
    let answer = reader.either()?;
    match reader.words.get(reader.at) {
        Some(extra) => Err(format!("extra argument {}", in_prose(extra))),
        None => Ok(answer),
    }
}

/// Reads `-o` below `-a` below `!` below the tests themselves.
struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl<'a> Reader<'a> {
    fn takes(&mut self, word: &str) -> bool {
        let takes = self.words.get(self.at) == Some(&word);
        self.at += usize::from(takes);
        takes
    }

    fn either(&mut self) -> Answer {
        let mut answer = self.both()?;
        while self.takes("-o") {
            answer |= self.both()?;
        }
        Ok(answer)
    }

    fn both(&mut self) -> Answer {
        let mut answer = self.term()?;
        while self.takes("-a") {
            answer &= self.term()?;
        }
        Ok(answer)
    }

    fn term(&mut self) -> Answer {
        let rest: &'a [&'a str] = &self.words[self.at..];
        if let [left, operator, right, ..] = *rest
            && is_binary(operator)
        {
            self.at += 3;
            return binary(left, operator, right);
        }
        match *rest {
            ["!", ..] => {
                self.at += 1;
                self.term().map(|answer| !answer)
            }
            ["(", ..] => {
                self.at += 1;
                let answer = self.either()?;
                if self.takes(")") {
                    Ok(answer)
                } else {
                    Err("')' expected".to_owned())
                }
            }
            [operator, word, ..] if is_unary(operator) => {
                self.at += 2;
                unary(operator, word)
            }
            [word, ..] => {
                self.at += 1;
                Ok(!word.is_empty())
            }
            [] => Err(format!(
                "missing argument after {}",
                in_prose(self.words.last().unwrap_or(&""))
            )),
        }
    }
}

fn is_unary(word: &str) -> bool {
    word.len() == 2 && word.starts_with('-') && UNARY.contains(&word[1..])
}

fn is_binary(word: &str) -> bool {
    BINARY.contains(&word)
}

fn unary(operator: &str, word: &str) -> Answer {
    let path = Path::new(word);
    let file = |holds: &dyn Fn(&Stat) -> bool| stat(path, true).is_ok_and(|stat| holds(&stat));
    let kind = |kind: Kind| file(&|stat| stat.kind == kind);
    // The one user owns every file.
    let mode = |bits: u32| file(&|stat| stat.mode & bits != 0);
    Ok(match operator {
        "-n" => !word.is_empty(),
        "-z" => word.is_empty(),
        "-t" => terminal(integer(word)?),
        "-e" | "-O" | "-G" => file(&|_| true),
        "-f" => kind(Kind::Regular),
        "-d" => kind(Kind::Directory),
        "-b" => kind(Kind::BlockDevice),
        "-c" => kind(Kind::CharacterDevice),
        "-p" => kind(Kind::Pipe),
        "-S" => kind(Kind::Socket),
        "-h" | "-L" => stat(path, false).is_ok_and(|stat| stat.kind == Kind::Symlink),
        "-s" => file(&|stat| stat.bytes > 0),
        "-N" => file(&|stat| stat.modified > stat.accessed),
        "-r" => mode(0o400),
        "-w" => mode(0o200),
        "-x" => mode(0o100),
        "-u" => mode(0o4000),
        "-g" => mode(0o2000),
        _ => mode(0o1000),
    })
}

fn terminal(fd: i128) -> bool {
    match fd {
        0 => std::io::stdin().is_terminal(),
        1 => std::io::stdout().is_terminal(),
        2 => std::io::stderr().is_terminal(),
        _ => false,
    }
}

fn binary(left: &str, operator: &str, right: &str) -> Answer {
    Ok(match operator {
        "=" | "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        ">" => left > right,
        "-nt" => modified(left) > modified(right),
        "-ot" => modified(left) < modified(right),
        "-ef" => same_file(left, right),
        "-eq" => integer(left)? == integer(right)?,
        "-ne" => integer(left)? != integer(right)?,
        "-lt" => integer(left)? < integer(right)?,
        "-le" => integer(left)? <= integer(right)?,
        "-gt" => integer(left)? > integer(right)?,
        _ => integer(left)? >= integer(right)?,
    })
}

/// A file that isn't there is older than every other.
fn modified(path: &str) -> Option<Time> {
    stat(Path::new(path), true).ok().map(|stat| stat.modified)
}

fn same_file(left: &str, right: &str) -> bool {
    match (stat(Path::new(left), true), stat(Path::new(right), true)) {
        (Ok(left), Ok(right)) => (left.device, left.inode) == (right.device, right.inode),
        _ => false,
    }
}

fn integer(word: &str) -> Result<i128, String> {
    word.trim()
        .parse()
        .map_err(|_| format!("invalid integer {}", in_prose(word)))
}

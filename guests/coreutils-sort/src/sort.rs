//! `sort -c` and `sort -m`: uutils' own read their input in a thread, which the machine has not.
//!
//! Sorting itself works. Merging files that are sorted is sorting them. And the check is made of it too: lines are in order if sorting leaves them as they are, and the first
//! that is out of order is the last of the shortest beginning that sorting changes.

use isobox_guest::{Arguments, plain};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _};

/// Where a beginning of the input and what sorting made of it lie.
const INPUT: &str = "/tmp/.sort-check-input";
const OUTPUT: &str = "/tmp/.sort-check-output";

const DISORDER: i32 = 1;
const FAILED: i32 = 2;

/// `sort`, with `-c`, `-C` and `-m` answered here.
pub fn sort(arguments: Arguments) -> i32 {
    let words: Vec<OsString> = unmerged(arguments);
    match Check::read(&words) {
        Some(check) => {
            let status = check.run();
            for path in [INPUT, OUTPUT] {
                let _ = fs::remove_file(path);
            }
            status
        }
        None => uu_sort::uumain(words.into_iter()),
    }
}

/// The words without `-m` and `--merge`, as far as they are options.
fn unmerged(arguments: Arguments) -> Vec<OsString> {
    let (mut kept, mut is_value, mut options_end) = (Vec::new(), false, false);
    for word in arguments {
        let text = word.to_str().unwrap_or_default();
        let is_option = !is_value && !options_end && text.len() > 1 && text.starts_with('-');
        is_value = is_option && !text.starts_with("--") && takes_next(text);
        options_end |= text == "--";
        if !is_option || text == "--" {
            kept.push(word);
        } else if text.starts_with("--") {
            kept.extend((text != "--merge").then_some(word));
        } else {
            let (letters, rest) = text.split_at(text.find(VALUED).unwrap_or(text.len()));
            let letters = letters.replace('m', "");
            kept.extend((letters.len() + rest.len() > 1).then(|| OsString::from(letters + rest)));
        }
    }
    kept
}

/// A check that was asked for.
struct Check {
    /// The words without those that ask for the check and without files.
    words: Vec<OsString>,
    files: Vec<String>,
    quiet: bool,
    zero: bool,
}

impl Check {
    /// Nothing when no check is asked for, or something that GNU refuses together with one, which uutils then does.
    fn read(words: &[OsString]) -> Option<Self> {
        let mut check = Self {
            words: words[..1].to_vec(),
            files: Vec::new(),
            quiet: false,
            zero: false,
        };
        let mut asked = false;
        let mut words = words[1..].iter();
        while let Some(word) = words.next() {
            let text = word.to_str()?;
            if text == "--" {
                check.files.extend(
                    words
                        .by_ref()
                        .filter_map(|word| word.to_str())
                        .map(str::to_owned),
                );
            } else if text.starts_with("--") {
                match text.strip_prefix("--check") {
                    Some(how) => {
                        (asked, check.quiet) = (
                            true,
                            check.quiet || how.contains("quiet") || how.contains("silent"),
                        )
                    }
                    None => check.words.push(word.clone()),
                }
                check.zero |= text == "--zero-terminated";
            } else if text.len() > 1 && text.starts_with('-') {
                asked |= check.short_options(text);
                if takes_next(text) {
                    check.words.extend(words.next().cloned());
                }
            } else {
                check.files.push(text.to_owned());
            }
        }
        (asked && check.files.len() <= 1).then_some(check)
    }

    /// Takes `c` and `C` out of a word of short options. Answers whether one was there.
    fn short_options(&mut self, text: &str) -> bool {
        let end = text.find(VALUED).unwrap_or(text.len());
        let (letters, rest) = text.split_at(end);
        self.quiet |= letters.contains('C');
        self.zero |= letters.contains('z');
        let kept: String = letters
            .chars()
            .filter(|letter| !"cC".contains(*letter))
            .chain(rest.chars())
            .collect();
        if kept.len() > 1 {
            self.words.push(kept.into());
        }
        letters.contains(['c', 'C'])
    }

    fn run(&self) -> i32 {
        let name = self.files.first().map_or("-", String::as_str);
        let content = match content(name) {
            Ok(content) => content,
            Err(error) => {
                eprintln!("sort: open failed: {name}: {}", plain(&error));
                return FAILED;
            }
        };
        let end = if self.zero { 0 } else { b'\n' };
        let lines: Vec<&[u8]> = content.split_inclusive(|byte| *byte == end).collect();
        match self.disorder(&lines, end) {
            Ok(None) => 0,
            Ok(Some(at)) => {
                if !self.quiet {
                    let line = lines[at].strip_suffix(&[end]).unwrap_or(lines[at]);
                    eprintln!(
                        "sort: {name}:{}: disorder: {}",
                        at + 1,
                        String::from_utf8_lossy(line)
                    );
                }
                DISORDER
            }
            Err(status) => status,
        }
    }

    /// The place of the first line that is out of order, by bisection; or the status of a `sort` that failed.
    fn disorder(&self, lines: &[&[u8]], end: u8) -> Result<Option<usize>, i32> {
        if self.keeps(lines, end)? {
            return Ok(None);
        }
        let (mut ordered, mut disordered) = (0, lines.len());
        while disordered - ordered > 1 {
            let middle = ordered.midpoint(disordered);
            match self.keeps(&lines[..middle], end)? {
                true => ordered = middle,
                false => disordered = middle,
            }
        }
        Ok(Some(disordered - 1))
    }

    /// Whether sorting leaves `lines` as they are.
    fn keeps(&self, lines: &[&[u8]], end: u8) -> Result<bool, i32> {
        let mut before = lines.concat();
        if before.last().is_some_and(|last| *last != end) {
            before.push(end);
        }
        fs::write(INPUT, &before).map_err(|_| FAILED)?;
        let mut words = self.words.clone();
        words.extend(["-o", OUTPUT, INPUT].map(OsString::from));
        match uu_sort::uumain(words.into_iter()) {
            0 => Ok(fs::read(OUTPUT).map_err(|_| FAILED)? == before),
            status => Err(status),
        }
    }
}

/// The short options of `sort` that take a value.
const VALUED: [char; 5] = ['k', 'o', 'S', 't', 'T'];

/// Whether the value of the last option in `text` is the next word.
fn takes_next(text: &str) -> bool {
    text.find(VALUED).is_some_and(|at| at + 1 == text.len())
}

fn content(name: &str) -> io::Result<Vec<u8>> {
    match name {
        "-" => {
            let mut content = Vec::new();
            io::stdin().lock().read_to_end(&mut content)?;
            Ok(content)
        }
        name => fs::read(name),
    }
}

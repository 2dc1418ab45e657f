//! `read`.

mod fields;

use std::time::Duration;

use super::operands::given;
use super::{Operand, forgive, reason, whole_number, words};
use crate::descriptors::ReadEnd;
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::{Text, decode};
use crate::variables::{is_name, split_element};
use fields::{Fields, Letter};

/// `$?` after a timeout: as by `SIGALRM`.
const TIMED_OUT: i32 = 142;

#[derive(Debug, Default)]
struct Request {
    raw: bool,
    array: Option<Text>,
    delimiter: u8,
    /// `-n`, or `-N` when `exactly`.
    count: Option<usize>,
    exactly: bool,
    timeout: Option<Duration>,
    descriptor: u32,
}

pub fn read(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "read", &words, "ersa:d:i:n:p:t:u:N:") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let mut request = Request {
        delimiter: b'\n',
        timeout: default_timeout(shell),
        ..Request::default()
    };
    for option in &options {
        let argument = option.argument.clone().unwrap_or_default();
        if let Err(message) = request.take(option.letter, &argument) {
            shell.complain(format_args!("read: {message}"));
            return Ok(1);
        }
    }
    let names = &words[rest..];
    if let Some(name) = names.iter().find(|name| !is_variable(name)) {
        shell.complain(format_args!("read: `{name}': not a valid identifier"));
        return Ok(1);
    }
    if let Some(name) = request.array.clone().filter(|name| !is_name(name)) {
        shell.complain(format_args!("read: `{name}': not a valid identifier"));
        return Ok(1);
    }
    if !shell.descriptors.is_open(request.descriptor) && request.descriptor != 0 {
        shell.complain(format_args!(
            "read: {}: invalid file descriptor: Bad file descriptor",
            request.descriptor
        ));
        return Ok(1);
    }
    if request.timeout == Some(Duration::ZERO) {
        return Ok(input_is_there(shell, &request));
    }
    let (letters, status) = match read_letters(shell, &request) {
        Ok(outcome) => outcome,
        Err(error) => {
            let number = request.descriptor;
            shell.complain(format_args!(
                "read: read error: {number}: {}",
                reason(&error)
            ));
            return Ok(1);
        }
    };
    let failed = assign(shell, &request, names, &letters)?;
    Ok(if failed != 0 { failed } else { status })
}

fn is_variable(name: &str) -> bool {
    is_name(name) || split_element(name).is_some()
}

/// `TMOUT`.
fn default_timeout(shell: &Shell) -> Option<Duration> {
    let seconds = shell.get("TMOUT")?;
    seconds_of(&seconds).filter(|timeout| !timeout.is_zero())
}

impl Request {
    fn take(&mut self, letter: char, argument: &Text) -> std::result::Result<(), String> {
        match letter {
            'r' => self.raw = true,
            'a' => self.array = Some(argument.clone()),
            'd' => {
                let bytes = crate::text::encode(argument);
                self.delimiter = bytes.first().copied().unwrap_or(0);
            }
            'n' | 'N' => {
                let number = whole_number(argument).and_then(|n| usize::try_from(n).ok());
                let Some(count) = number.filter(|&count| count <= i32::MAX as usize) else {
                    return Err(format!("{argument}: invalid number"));
                };
                self.count = Some(count);
                self.exactly = letter == 'N';
            }
            't' => {
                let timeout = seconds_of(argument);
                if timeout.is_none() {
                    return Err(format!("{argument}: invalid timeout specification"));
                }
                self.timeout = timeout;
            }
            'u' => {
                let number = whole_number(argument).and_then(|n| u32::try_from(n).ok());
                let Some(number) = number else {
                    return Err(format!("{argument}: invalid file descriptor specification"));
                };
                self.descriptor = number;
            }
            // Prompts, editing and silence are for terminals.
            _ => {}
        }
        Ok(())
    }
}

/// Seconds with a fraction.
fn seconds_of(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let seconds = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    Some(Duration::new(seconds, micros.parse::<u32>().ok()? * 1000))
}

fn input_is_there(shell: &mut Shell, request: &Request) -> i32 {
    let nothing = Some(Duration::ZERO);
    match shell
        .descriptors
        .read_until(request.descriptor, None, 0, nothing)
    {
        Ok(read) if read.ended != ReadEnd::TimedOut => 0,
        _ => 1,
    }
}

/// What was read, backslashes taken out, and the status.
fn read_letters(shell: &mut Shell, request: &Request) -> std::io::Result<(Vec<Letter>, i32)> {
    let mut letters: Vec<Letter> = Vec::new();
    let mut pending: Vec<u8> = Vec::new();
    let mut escaped = false;
    let delimiter = (!request.exactly).then_some(request.delimiter);
    if request.count == Some(0) {
        return Ok((letters, 0));
    }
    loop {
        let limit = match request.count {
            Some(count) => count.saturating_sub(letters.len() + usize::from(!pending.is_empty())),
            None => usize::MAX,
        };
        let read = shell.descriptors.read_until(
            request.descriptor,
            delimiter,
            limit.max(1),
            request.timeout,
        )?;
        let mut bytes = std::mem::take(&mut pending);
        bytes.extend(read.bytes);
        let at_delimiter = read.ended == ReadEnd::Delimiter;
        if at_delimiter && bytes.last() == Some(&request.delimiter) {
            bytes.pop();
        }
        if read.ended == ReadEnd::Limit {
            pending = bytes.split_off(whole_characters(&bytes));
        }
        for c in decode(&bytes).chars().filter(|&c| c != '\0') {
            if !request.raw && c == '\\' && !escaped {
                escaped = true;
            } else if std::mem::take(&mut escaped) {
                if c != '\n' {
                    letters.push(Letter { c, quoted: true });
                }
            } else {
                letters.push(Letter { c, quoted: false });
            }
        }
        let is_full = request.count.is_some_and(|count| letters.len() >= count);
        match read.ended {
            ReadEnd::Interrupted if shell.run_traps_within() => {}
            ReadEnd::Interrupted => return Ok((letters, 1)),
            ReadEnd::Delimiter if escaped => {
                escaped = false;
                if request.delimiter != b'\n' {
                    let c = char::from(request.delimiter);
                    letters.push(Letter { c, quoted: true });
                }
            }
            ReadEnd::Delimiter => return Ok((letters, 0)),
            ReadEnd::Limit if is_full => return Ok((letters, 0)),
            ReadEnd::Limit => {}
            ReadEnd::EndOfFile if is_full => return Ok((letters, 0)),
            ReadEnd::EndOfFile => return Ok((letters, 1)),
            ReadEnd::TimedOut => return Ok((letters, TIMED_OUT)),
        }
    }
}

/// How many of the bytes are whole characters, or can no longer become one.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

fn assign(shell: &mut Shell, request: &Request, names: &[Text], letters: &[Letter]) -> Result {
    let separators = shell.get("IFS").unwrap_or_else(|| " \t\n".into());
    if let Some(array) = &request.array {
        let values = if request.exactly {
            vec![fields::text(letters)]
        } else {
            Fields::new(letters, &separators).all()
        };
        return forgive(shell.set_indexed(array, values));
    }
    if names.is_empty() {
        return forgive(shell.set("REPLY", fields::text(letters)));
    }
    if request.exactly {
        let mut status = 0;
        for (index, name) in names.iter().enumerate() {
            let value = if index == 0 {
                fields::text(letters)
            } else {
                "".into()
            };
            status = status.max(set(shell, name, value)?);
        }
        return Ok(status);
    }
    let mut fields = Fields::new(letters, &separators);
    fields.skip_blanks();
    let mut status = 0;
    for (index, name) in names.iter().enumerate() {
        let value = if index + 1 == names.len() {
            fields.last()
        } else {
            fields.next().unwrap_or_else(|| "".into())
        };
        let failed = set(shell, name, value)?;
        if failed != 0 {
            status = failed;
            break;
        }
    }
    Ok(status)
}

fn set(shell: &mut Shell, name: &Text, value: Text) -> Result {
    match split_element(name) {
        None => forgive(shell.set(name, value)),
        Some((name, subscript)) => super::set_element(shell, name, subscript, value),
    }
}

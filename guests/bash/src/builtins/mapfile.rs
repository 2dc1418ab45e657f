//! `mapfile`, `readarray`.

use super::operands::given;
use super::{Operand, forgive, reason, whole_number, word, words};
use crate::builtins::listing;
use crate::descriptors::ReadEnd;
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::{Text, decode, encode};
use crate::variables::{Reference, Subscript, is_name};

struct Request {
    delimiter: u8,
    /// 0: all.
    count: usize,
    origin: Option<i64>,
    skip: usize,
    trim: bool,
    descriptor: u32,
    callback: Option<Text>,
    quantum: usize,
}

pub fn mapfile(shell: &mut Shell, operands: &[Operand]) -> Result {
    let command = operands.first().map_or_else(|| "mapfile".into(), word);
    let words = words(operands);
    let (options, rest) = match given(shell, &command, &words, "d:u:n:O:tC:c:s:") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let mut request = Request {
        delimiter: b'\n',
        count: 0,
        origin: None,
        skip: 0,
        trim: false,
        descriptor: 0,
        callback: None,
        quantum: 5000,
    };
    for option in &options {
        let argument = option.argument.clone().unwrap_or_default();
        if let Err(message) = request.take(option.letter, &argument) {
            shell.complain(format_args!("{command}: {message}"));
            return Ok(1);
        }
    }
    if !shell.descriptors.is_open(request.descriptor) && request.descriptor != 0 {
        shell.complain(format_args!(
            "{command}: {}: invalid file descriptor: Bad file descriptor",
            request.descriptor
        ));
        return Ok(1);
    }
    let name: Text = match words.get(rest) {
        Some(name) if name.is_empty() => {
            shell.complain(format_args!("{command}: empty array variable name"));
            return Ok(1);
        }
        Some(name) if !is_name(name) => {
            shell.complain(format_args!("{command}: `{name}': not a valid identifier"));
            return Ok(1);
        }
        Some(name) => name.clone(),
        None => "MAPFILE".into(),
    };
    if shell
        .variable(&name)
        .is_some_and(|variable| variable.is_associative())
    {
        shell.complain(format_args!("{command}: {name}: not an indexed array"));
        return Ok(1);
    }
    fill(shell, &command, &request, &name)
}

impl Request {
    fn take(&mut self, letter: char, argument: &Text) -> std::result::Result<(), String> {
        let number = whole_number(argument).filter(|&n| n <= i64::from(u32::MAX));
        let natural = number.and_then(|n| usize::try_from(n).ok());
        match letter {
            'd' => self.delimiter = encode(argument).first().copied().unwrap_or(0),
            't' => self.trim = true,
            'C' => self.callback = Some(argument.clone()),
            'u' => {
                let number = natural.and_then(|n| u32::try_from(n).ok());
                self.descriptor = number
                    .ok_or_else(|| format!("{argument}: invalid file descriptor specification"))?;
            }
            'n' => self.count = natural.ok_or_else(|| format!("{argument}: invalid line count"))?,
            's' => self.skip = natural.ok_or_else(|| format!("{argument}: invalid line count"))?,
            'O' => {
                let origin = natural.ok_or_else(|| format!("{argument}: invalid array origin"))?;
                self.origin = Some(origin as i64);
            }
            _ => {
                let quantum = natural.filter(|&quantum| quantum > 0);
                self.quantum =
                    quantum.ok_or_else(|| format!("{argument}: invalid callback quantum"))?;
            }
        }
        Ok(())
    }
}

fn fill(shell: &mut Shell, command: &str, request: &Request, name: &Text) -> Result {
    if request.origin.is_none() {
        let status = forgive(shell.set_indexed(name, Vec::new()))?;
        if status != 0 {
            return Ok(status);
        }
    }
    let origin = request.origin.unwrap_or(0);
    let mut stored = 0;
    let mut values: Vec<Text> = Vec::new();
    for _ in 0..request.skip {
        match line(shell, request) {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => return Ok(failed(shell, command, request, &error)),
        }
    }
    let stores_at_once = request.callback.is_none() && request.origin.is_none();
    while request.count == 0 || stored < request.count {
        let value = match line(shell, request) {
            Ok(Some(value)) => value,
            Ok(None) => break,
            Err(error) => return Ok(failed(shell, command, request, &error)),
        };
        let index = origin.wrapping_add(stored as i64);
        stored += 1;
        if stores_at_once {
            values.push(value);
            continue;
        }
        if let Some(callback) = &request.callback
            && stored % request.quantum == 0
        {
            let text = format!("{callback} {index} {}", listing::single_quoted(&value));
            shell.run_text(&text, "mapfile")?;
        }
        let reference = Reference {
            name: name.clone(),
            subscript: Some(Subscript::Index(index)),
        };
        let status = forgive(shell.assign_reference(&reference, value, false))?;
        if status != 0 {
            return Ok(status);
        }
    }
    if stores_at_once && !values.is_empty() {
        return forgive(shell.set_indexed(name, values));
    }
    Ok(0)
}

fn failed(shell: &mut Shell, command: &str, request: &Request, error: &std::io::Error) -> i32 {
    let number = request.descriptor;
    shell.complain(format_args!("{command}: {number}: {}", reason(error)));
    1
}

/// The next line, with its delimiter unless it is trimmed; `None` at the end.
fn line(shell: &mut Shell, request: &Request) -> std::io::Result<Option<Text>> {
    let delimiter = Some(request.delimiter);
    let mut bytes = Vec::new();
    let read = loop {
        let read = shell
            .descriptors
            .read_until(request.descriptor, delimiter, usize::MAX, None)?;
        bytes.extend_from_slice(&read.bytes);
        if read.ended != ReadEnd::Interrupted {
            break read;
        }
    };
    if bytes.is_empty() && read.ended != ReadEnd::Delimiter {
        return Ok(None);
    }
    let has_delimiter = read.ended == ReadEnd::Delimiter && bytes.last() == delimiter.as_ref();
    if has_delimiter && (request.trim || request.delimiter == 0) {
        bytes.pop();
    }
    bytes.retain(|&byte| byte != 0);
    Ok(Some(decode(&bytes).into()))
}

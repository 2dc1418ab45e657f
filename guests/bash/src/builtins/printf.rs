//! `printf`.

mod extended;
mod field;
mod float;

use super::operands::given;
use super::{MISUSED, Operand, escapes, forgive, print_bytes, usage, words};
use crate::expand::{quote, time};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::{Text, decode, encode};
use crate::variables::{is_name, split_element};
use escapes::Missing;
use extended::Extended;
use field::Field;

pub fn printf(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "printf", &words, "v:") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let variable = options.last().and_then(|option| option.argument.clone());
    if let Some(name) = &variable
        && !is_name(name)
        && split_element(name).is_none()
    {
        shell.complain(format_args!("printf: `{name}': not a valid identifier"));
        return Ok(MISUSED);
    }
    let Some(format) = words.get(rest) else {
        return Ok(usage(shell, "printf"));
    };
    let mut printing = Printing {
        shell,
        output: Vec::new(),
        arguments: &words[rest + 1..],
        used: 0,
        status: 0,
        shows: variable.is_none(),
        shown: 0,
    };
    printing.repeat(&encode(format))?;
    let (output, status) = (printing.output, printing.status);
    let Some(name) = variable else {
        return Ok(print_bytes(shell, "printf", &output).max(status));
    };
    let failed = store(shell, &name, &output)?;
    Ok(failed.max(status))
}

/// `-v name`, `-v name[subscript]`.
fn store(shell: &mut Shell, name: &Text, output: &[u8]) -> Result {
    // A variable's value ends at a zero byte.
    let end = output.iter().position(|&byte| byte == 0);
    let value: Text = decode(&output[..end.unwrap_or(output.len())]).into();
    match split_element(name) {
        None => forgive(shell.set(name, value)),
        Some((name, subscript)) => super::set_element(shell, name, subscript, value),
    }
}

struct Printing<'a> {
    shell: &'a mut Shell,
    output: Vec<u8>,
    arguments: &'a [Text],
    used: usize,
    status: i32,
    /// The output goes to standard output, whole lines of it before a message.
    shows: bool,
    /// How much of it is there already.
    shown: usize,
}

/// Why the output ends before the format does.
enum Ended {
    /// `\c`
    Asked,
    /// A wrong format.
    Wrong,
}

impl Printing<'_> {
    /// Goes through the format until the arguments are used up.
    fn repeat(&mut self, format: &[u8]) -> Result<()> {
        loop {
            let before = self.used;
            if self.once(format)?.is_err() {
                return Ok(());
            }
            if self.used >= self.arguments.len() || self.used == before {
                return Ok(());
            }
        }
    }

    fn once(&mut self, format: &[u8]) -> Result<std::result::Result<(), Ended>> {
        let mut rest = format;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'\\' => {
                    let length = self.escape(rest, false);
                    rest = &rest[length..];
                }
                b'%' => match self.conversion(rest)? {
                    Ok(length) => rest = &rest[length..],
                    Err(ended) => return Ok(Err(ended)),
                },
                _ => self.output.push(byte),
            }
        }
        Ok(Ok(()))
    }

    fn escape(&mut self, rest: &[u8], in_argument: bool) -> usize {
        let (length, missing) = escapes::printf(rest, in_argument, &mut self.output);
        match missing {
            Some(Missing::Hexadecimal) => {
                self.complain(format_args!("missing hex digit for \\x"));
            }
            Some(Missing::Unicode(letter)) => {
                self.complain(format_args!("missing unicode digit for \\{letter}"));
            }
            None => {}
        }
        length
    }

    /// What stands behind a `%`; answers how long it is.
    fn conversion(&mut self, rest: &[u8]) -> Result<std::result::Result<usize, Ended>> {
        if rest.first() == Some(&b'%') {
            self.output.push(b'%');
            return Ok(Ok(1));
        }
        let mut field = Field::default();
        let mut at = 0;
        while let Some(&flag) = rest.get(at)
            && field.flag(flag)
        {
            at += 1;
        }
        if rest.get(at) == Some(&b'*') {
            at += 1;
            let width = self.integer();
            field.left |= width < 0;
            field.width = field::bounded(width.unsigned_abs());
        } else {
            (field.width, at) = digits(rest, at);
        }
        if rest.get(at) == Some(&b'.') {
            at += 1;
            if rest.get(at) == Some(&b'*') {
                at += 1;
                let precision = self.integer();
                field.precision = (precision >= 0).then(|| field::bounded(precision as u64));
            } else {
                let precision;
                (precision, at) = digits(rest, at);
                field.precision = Some(precision);
            }
        }
        while matches!(rest.get(at), Some(b'h' | b'j' | b'l' | b'L' | b't' | b'z')) {
            at += 1;
        }
        let Some(&letter) = rest.get(at) else {
            let whole = decode(rest).into_owned();
            self.complain(format_args!("`%{whole}': missing format character"));
            self.status = 1;
            return Ok(Err(Ended::Wrong));
        };
        let end = at + 1;
        match letter {
            b'(' => return Ok(self.time(&field, rest, end)),
            b'n' => self.count()?,
            _ => return Ok(self.one(&field, letter).map(|()| end)),
        }
        Ok(Ok(end))
    }

    fn one(&mut self, field: &Field, letter: u8) -> std::result::Result<(), Ended> {
        match letter {
            b'c' => {
                let text = self.string();
                let byte = encode(&text).first().copied().unwrap_or(0);
                field.text(&[byte], &mut self.output);
            }
            b's' => {
                let text = self.string();
                field.cut_text(&encode(&text), &mut self.output);
            }
            b'b' => return self.escaped(field),
            b'q' => {
                let text = quote::backslash(&self.string());
                field.cut_text(&encode(&text), &mut self.output);
            }
            b'Q' => {
                let text = self.string();
                let cut = field
                    .precision
                    .map_or(text.len(), |most| most.min(text.len()));
                let cut = decode(&encode(&text)[..cut.min(encode(&text).len())]).into_owned();
                field.text(&encode(&quote::backslash(&cut)), &mut self.output);
            }
            b'd' | b'i' => {
                let number = self.integer();
                field.signed(number, &mut self.output);
            }
            b'o' | b'u' | b'x' | b'X' => {
                let number = self.unsigned();
                field.unsigned(number, letter, &mut self.output);
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => {
                let number = self.floating();
                float::write(field, &number, letter, &mut self.output);
            }
            _ => {
                let shown = decode(&[letter]).into_owned();
                self.complain(format_args!("`{shown}': invalid format character"));
                self.status = 1;
                return Err(Ended::Wrong);
            }
        }
        Ok(())
    }

    /// Complains, behind the lines that are already whole.
    fn complain(&mut self, message: std::fmt::Arguments) {
        let whole = self.output.iter().rposition(|&byte| byte == b'\n');
        if let (true, Some(end)) = (self.shows, whole) {
            let rest = self.output.split_off(end + 1);
            let lines = std::mem::replace(&mut self.output, rest);
            self.shown += lines.len();
            let failed = print_bytes(self.shell, "printf", &lines);
            self.status = self.status.max(failed);
        }
        self.shell.complain(format_args!("printf: {message}"));
    }

    fn string(&mut self) -> Text {
        self.next().unwrap_or_else(|| "".into())
    }

    fn next(&mut self) -> Option<Text> {
        let argument = self.arguments.get(self.used)?.clone();
        self.used += 1;
        Some(argument)
    }

    /// `%b`: `\c` in the argument ends the whole output.
    fn escaped(&mut self, field: &Field) -> std::result::Result<(), Ended> {
        let argument = self.string();
        let bytes = encode(&argument);
        let before = std::mem::take(&mut self.output);
        let mut rest = &bytes[..];
        let mut ended = Ok(());
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if byte != b'\\' {
                self.output.push(byte);
            } else if rest.first() == Some(&b'c') {
                ended = Err(Ended::Asked);
                break;
            } else {
                let length = self.escape(rest, true);
                rest = &rest[length..];
            }
        }
        let text = std::mem::replace(&mut self.output, before);
        field.cut_text(&text, &mut self.output);
        ended
    }

    /// `%(format)T`.
    fn time(
        &mut self,
        field: &Field,
        rest: &[u8],
        begin: usize,
    ) -> std::result::Result<usize, Ended> {
        let mut depth = 1;
        let mut at = begin;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            at += 1;
        }
        if depth > 0 || rest.get(at + 1) != Some(&b'T') {
            let letter = rest.get(at + 1).copied().unwrap_or(b'(');
            let shown = decode(&[letter]).into_owned();
            self.complain(format_args!(
                "warning: `{shown}': invalid time format specification"
            ));
            // What was taken for a time is printed as it stands.
            self.output.push(b'%');
            return Ok(0);
        }
        let format = decode(&rest[begin..at]).into_owned();
        let format = if format.is_empty() { "%X" } else { &format };
        let seconds = match self.next() {
            Some(argument) => self.integer_of(&argument),
            None => -1,
        };
        let seconds = match seconds {
            -1 => now(),
            -2 => now() - self.shell.seconds(),
            seconds => seconds,
        };
        let text = time::format(format, seconds);
        field.cut_text(&encode(&text), &mut self.output);
        Ok(at + 2)
    }

    /// `%n`: how many bytes there are so far.
    fn count(&mut self) -> Result<()> {
        let Some(name) = self.next() else {
            return Ok(());
        };
        if !is_name(&name) {
            self.complain(format_args!("`{name}': not a valid identifier"));
            self.status = 1;
            return Ok(());
        }
        let length = (self.shown + self.output.len()).to_string();
        let failed = forgive(self.shell.set(&name, length))?;
        self.status = self.status.max(failed);
        Ok(())
    }

    fn integer(&mut self) -> i64 {
        match self.next() {
            Some(argument) => self.integer_of(&argument),
            None => 0,
        }
    }

    fn integer_of(&mut self, argument: &str) -> i64 {
        if let Some(code) = character_code(argument) {
            return code;
        }
        let number = field::parse_integer(argument);
        self.check(argument, number.valid, number.overflows_signed());
        number.signed()
    }

    fn unsigned(&mut self) -> u64 {
        let Some(argument) = self.next() else {
            return 0;
        };
        if let Some(code) = character_code(&argument) {
            return code as u64;
        }
        let number = field::parse_integer(&argument);
        self.check(&argument, number.valid, number.overflows_unsigned());
        number.unsigned()
    }

    fn floating(&mut self) -> Extended {
        let Some(argument) = self.next() else {
            return Extended::default();
        };
        if let Some(code) = character_code(&argument) {
            return Extended::from_integer(code.unsigned_abs(), code < 0);
        }
        let (number, length) = extended::parse(&argument);
        let out_of_range = extended::is_out_of_range(&argument, &number);
        self.check(&argument, length == argument.len(), out_of_range);
        number
    }

    /// Complains of an argument that is no number; what could be read of it counts.
    fn check(&mut self, argument: &str, valid: bool, overflows: bool) {
        if !valid {
            let kind = field::kind_of_number(argument);
            self.complain(format_args!("{argument}: invalid {kind}number"));
            self.status = 1;
        } else if overflows {
            self.complain(format_args!(
                "warning: {argument}: Numerical result out of range"
            ));
        }
    }
}

/// `'a` and `"a`: the character's number.
fn character_code(argument: &str) -> Option<i64> {
    let rest = argument.strip_prefix(['\'', '"'])?;
    let c = rest.chars().next().unwrap_or('\0');
    Some(match crate::text::unescaped(c) {
        // A byte is signed.
        Some(byte) => i64::from(byte as i8),
        None => i64::from(u32::from(c)),
    })
}

fn digits(rest: &[u8], from: usize) -> (usize, usize) {
    let mut at = from;
    let mut value = 0_u64;
    while let Some(digit) = rest.get(at).filter(|byte| byte.is_ascii_digit()) {
        value = value
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'));
        at += 1;
    }
    (field::bounded(value), at)
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

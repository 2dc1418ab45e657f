//! Scripts to commands, in the order and with the messages of GNU sed.

use crate::address::{Address, End};
use crate::command::{Action, Command, Program};
use crate::escapes::{Place, produce};
use crate::parse_text::{pattern, read_delimited, table};
use crate::source::{Origin, Source, wrong};
use crate::{Options, PANIC};

#[derive(Default)]
pub struct Parser {
    commands: Vec<Command>,
    /// The files of `w`, after standard output and error.
    files: Vec<Vec<u8>>,
    /// The blocks that are open, and where they were opened.
    blocks: Vec<(usize, Origin)>,
    labels: Vec<(Vec<u8>, usize)>,
    /// Branches, whose labels may still come.
    jumps: Vec<(usize, Vec<u8>)>,
    /// A text that a later `-e` goes on with: the command's number and what there is.
    unfinished: Option<(usize, Vec<u8>)>,
    pub expressions: usize,
    any: bool,
}

pub type Parsed<T> = Result<T, i32>;

impl Parser {
    /// Parses one script; they are one program.
    pub fn add(&mut self, mut source: Source, options: &mut Options) -> Parsed<()> {
        if matches!(source.origin(), Origin::Expression(_)) {
            self.expressions += 1;
        }
        if let Some((command, text)) = self.unfinished.take() {
            self.text(&mut source, text, command);
        }
        while let Some(byte) = source.next() {
            match byte {
                b'#' => {
                    if !self.any && source.is_quiet_mark() {
                        options.quiet = true;
                    }
                    source.rest_of_line();
                }
                b' ' | b'\t' | b'\n' | b'\r' | 11 | 12 | b';' => {}
                byte => self.command(&mut source, byte, options)?,
            }
        }
        self.any = true;
        Ok(())
    }

    /// What can be known only at the end.
    pub fn finish(mut self, _options: &Options) -> Parsed<Program> {
        if let Some((_, origin)) = self.blocks.pop() {
            return Err(wrong(&origin, 0, 0, "unmatched `{'"));
        }
        if let Some((command, text)) = self.unfinished.take() {
            set_text(&mut self.commands[command].action, text);
        }
        for (command, label) in &self.jumps {
            let found = self.labels.iter().find(|(name, _)| name == label);
            let to = match found {
                Some((_, at)) => *at,
                None if label.is_empty() => self.commands.len(),
                None => {
                    let label = String::from_utf8_lossy(label);
                    eprintln!("sed: can't find label for jump to `{label}'");
                    return Err(PANIC);
                }
            };
            match &mut self.commands[*command].action {
                Action::Branch(target)
                | Action::BranchIf(target)
                | Action::BranchUnless(target) => {
                    *target = to;
                }
                _ => {}
            }
        }
        Ok(Program {
            commands: self.commands,
            files: self.files,
        })
    }

    fn command(&mut self, source: &mut Source, first: u8, options: &Options) -> Parsed<()> {
        let mut byte = Some(first);
        let mut command = Command {
            first: None,
            last: None,
            negated: false,
            action: Action::Nothing,
        };
        if let Some(address) = self.address(source, byte, options)? {
            command.first = Some(match address {
                End::Line(line) => Address::Line(line),
                End::Step(first, step) => Address::Step(first, step),
                End::Last => Address::Last,
                End::Pattern(pattern) => Address::Pattern(pattern),
                End::Plus(_) | End::Multiple(_) => {
                    return Err(source.wrong("invalid usage of +N or ~N as first address"));
                }
            });
            byte = source.next_nonblank();
            if byte == Some(b',') {
                let next = source.next_nonblank();
                command.last = self.address(source, next, options)?;
                if command.last.is_none() {
                    return Err(source.wrong("unexpected `,'"));
                }
                byte = source.next_nonblank();
            }
            if matches!(command.first, Some(Address::Line(0)))
                && (options.posix || !matches!(command.last, Some(End::Pattern(_))))
            {
                return Err(source.wrong("invalid usage of line address 0"));
            }
        }
        if byte == Some(b'!') {
            command.negated = true;
            byte = source.next_nonblank();
            if byte == Some(b'!') {
                return Err(source.wrong("multiple `!'s"));
            }
        }
        let Some(letter) = byte else {
            return Err(source.wrong("missing command"));
        };
        self.commands.push(command);
        let action = self.action(source, letter, options)?;
        if let (Some(action), Some(command)) = (action, self.commands.last_mut()) {
            command.action = action;
        }
        Ok(())
    }

    fn has_address(&self) -> bool {
        self.commands
            .last()
            .is_some_and(|command| command.first.is_some())
    }

    /// The rest of a command; nothing when it is filled in already.
    fn action(
        &mut self,
        source: &mut Source,
        letter: u8,
        options: &Options,
    ) -> Parsed<Option<Action>> {
        let simple = match letter {
            b'=' => Action::Number,
            b'd' => Action::Delete,
            b'D' => Action::DeleteLine,
            b'F' => Action::FileName,
            b'g' => Action::Get,
            b'G' => Action::GetAppend,
            b'h' => Action::Hold,
            b'H' => Action::HoldAppend,
            b'n' => Action::Next,
            b'N' => Action::NextAppend,
            b'p' => Action::Print,
            b'P' => Action::PrintLine,
            b'x' => Action::Exchange,
            b'z' => Action::Zap,
            letter => return self.complex_action(source, letter, options),
        };
        end_of_command(source)?;
        Ok(Some(simple))
    }

    fn complex_action(
        &mut self,
        source: &mut Source,
        letter: u8,
        options: &Options,
    ) -> Parsed<Option<Action>> {
        let number = self.commands.len() - 1;
        Ok(Some(match letter {
            b'#' if self.has_address() => {
                return Err(source.wrong("comments don't accept any addresses"));
            }
            b'#' => {
                source.rest_of_line();
                Action::Nothing
            }
            b'v' => {
                version(source)?;
                Action::Nothing
            }
            b'{' => {
                self.blocks.push((number, source.origin().clone()));
                Action::Block(0)
            }
            b'}' => self.block_end(source, number)?,
            b'a' | b'i' | b'c' => return self.begin_text(source, letter, number).map(|()| None),
            b':' => self.label(source, number)?,
            b'b' | b't' | b'T' => {
                let label = read_label(source);
                self.jumps.push((number, label));
                match letter {
                    b'b' => Action::Branch(0),
                    b't' => Action::BranchIf(0),
                    _ => Action::BranchUnless(0),
                }
            }
            b'q' | b'Q' => {
                if self.commands[number].last.is_some() {
                    return Err(source.wrong("command only uses one address"));
                }
                let status = optional_number(source).unwrap_or(0) as i32;
                end_of_command(source)?;
                match letter {
                    b'q' => Action::Quit(status),
                    _ => Action::QuitSilently(status),
                }
            }
            b'l' => {
                let length = optional_number(source);
                end_of_command(source)?;
                Action::List(length.map(|length| length as usize))
            }
            b'e' => return Err(sandboxed(source)),
            b'r' | b'R' | b'w' | b'W' if options.sandbox => return Err(sandboxed(source)),
            b'r' => Action::ReadFile(file_name(source)?),
            b'R' => Action::ReadLine(file_name(source)?),
            b'w' => Action::Write(self.open(file_name(source)?)),
            b'W' => Action::WriteLine(self.open(file_name(source)?)),
            b's' => self.substitution(source, options)?,
            b'y' => Action::Transliterate(Box::new(table(source, options)?)),
            letter => {
                let letter = char::from(letter);
                return Err(source.wrong(&format!("unknown command: `{letter}'")));
            }
        }))
    }

    fn block_end(&mut self, source: &mut Source, number: usize) -> Parsed<Action> {
        let Some((opened, _)) = self.blocks.pop() else {
            return Err(source.wrong("unexpected `}'"));
        };
        if self.has_address() {
            return Err(source.wrong("} doesn't want any addresses"));
        }
        end_of_command(source)?;
        self.commands[opened].action = Action::Block(number);
        Ok(Action::BlockEnd)
    }

    fn label(&mut self, source: &mut Source, number: usize) -> Parsed<Action> {
        if self.has_address() {
            return Err(source.wrong(": doesn't want any addresses"));
        }
        let label = read_label(source);
        if label.is_empty() {
            return Err(source.wrong("\":\" lacks a label"));
        }
        self.labels.push((label, number));
        Ok(Action::Nothing)
    }

    /// `a`, `i`, `c`: what stands before the text.
    fn begin_text(&mut self, source: &mut Source, letter: u8, number: usize) -> Parsed<()> {
        let expected = "expected \\ after `a', `c' or `i'";
        self.commands[number].action = match letter {
            b'a' => Action::Append(Vec::new()),
            b'i' => Action::Insert(Vec::new()),
            _ => Action::Change(Vec::new()),
        };
        let byte = source.next_nonblank();
        match byte {
            None => return Err(source.wrong(expected)),
            Some(b'\\') => {
                let mut blanks = 0;
                while matches!(source.peek(), Some(b' ' | b'\t')) {
                    source.next();
                    blanks += 1;
                }
                match source.peek() {
                    None => {
                        self.unfinished = Some((number, Vec::new()));
                        return Ok(());
                    }
                    Some(b'\n') => {
                        source.next();
                    }
                    // `a\  text`: the blanks belong to it.
                    Some(_) => (0..blanks).for_each(|_| source.back(Some(b' '))),
                }
            }
            byte => {
                source.back(byte);
            }
        }
        self.text(source, Vec::new(), number);
        Ok(())
    }

    /// The text itself, up to a newline without a backslash.
    fn text(&mut self, source: &mut Source, mut text: Vec<u8>, number: usize) {
        loop {
            match source.next() {
                None => break,
                Some(b'\n') => break,
                Some(b'\\') => match source.next() {
                    None => {
                        self.unfinished = Some((number, text));
                        return;
                    }
                    Some(byte) => text.extend([b'\\', byte]),
                },
                Some(byte) => text.push(byte),
            }
        }
        text.push(b'\n');
        set_text(&mut self.commands[number].action, finished_text(&text));
    }

    /// The number of a file that is written to.
    pub fn open(&mut self, name: Vec<u8>) -> usize {
        match name.as_slice() {
            b"/dev/stdout" => 0,
            b"/dev/stderr" => 1,
            _ => match self.files.iter().position(|known| *known == name) {
                Some(at) => at + 2,
                None => {
                    self.files.push(name);
                    self.files.len() + 1
                }
            },
        }
    }

    fn address(
        &mut self,
        source: &mut Source,
        first: Option<u8>,
        options: &Options,
    ) -> Parsed<Option<End>> {
        Ok(Some(match first {
            Some(b'/' | b'\\') => {
                let delimiter = match first {
                    Some(b'\\') => source.next(),
                    other => other,
                };
                let Some(text) = read_delimited(source, delimiter, true) else {
                    return Err(source.wrong("unterminated address regex"));
                };
                let (mut ignore_case, mut lines) = (false, false);
                loop {
                    match source.next_nonblank() {
                        Some(b'I') => ignore_case = true,
                        Some(b'M') => lines = true,
                        byte => {
                            source.back(byte);
                            break;
                        }
                    }
                }
                End::Pattern(pattern(source, &text, ignore_case, lines, options)?)
            }
            Some(digit @ b'0'..=b'9') => {
                let line = source.number(Some(digit));
                match source.next_nonblank() {
                    Some(b'~') => {
                        let next = source.next_nonblank();
                        match source.number(next) {
                            0 => End::Line(line),
                            step => End::Step(line, step),
                        }
                    }
                    byte => {
                        source.back(byte);
                        End::Line(line)
                    }
                }
            }
            Some(sign @ (b'+' | b'~')) => {
                let next = source.next_nonblank();
                let number = source.number(next);
                match sign {
                    b'+' => End::Plus(number),
                    _ => End::Multiple(number),
                }
            }
            Some(b'$') => End::Last,
            _ => return Ok(None),
        }))
    }
}

fn sandboxed(source: &Source) -> i32 {
    source.wrong("e/r/w commands disabled in sandbox mode")
}

fn set_text(action: &mut Action, new: Vec<u8>) {
    if let Action::Append(text) | Action::Insert(text) | Action::Change(text) = action {
        *text = new;
    }
}

/// Escapes become characters, and other backslashes go.
fn finished_text(text: &[u8]) -> Vec<u8> {
    let produced = produce(text, Place::Text);
    let mut out = Vec::with_capacity(produced.len());
    let mut bytes = produced.into_iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => out.extend(bytes.next()),
            byte => out.push(byte),
        }
    }
    out
}

pub fn end_of_command(source: &mut Source) -> Parsed<()> {
    match source.next_nonblank() {
        None | Some(b'\n' | b';') => Ok(()),
        byte @ Some(b'}' | b'#') => {
            source.back(byte);
            Ok(())
        }
        Some(b'\r') if matches!(source.peek(), None | Some(b'\n')) => Ok(()),
        Some(_) => Err(source.wrong("extra characters after command")),
    }
}

fn optional_number(source: &mut Source) -> Option<u64> {
    let byte = source.next_nonblank();
    if byte.is_some_and(|byte| byte.is_ascii_digit()) {
        return Some(source.number(byte));
    }
    source.back(byte);
    None
}

fn read_label(source: &mut Source) -> Vec<u8> {
    let mut label = Vec::new();
    let mut byte = source.next_nonblank();
    while let Some(letter) =
        byte.filter(|byte| !byte.is_ascii_whitespace() && !b";}".contains(byte))
    {
        label.push(letter);
        byte = source.next();
    }
    source.back(byte);
    label
}

pub fn file_name(source: &mut Source) -> Parsed<Vec<u8>> {
    let first = source.next_nonblank();
    source.back(first);
    let name = source.rest_of_line();
    match name.is_empty() {
        true => Err(source.wrong("missing filename in r/R/w/W commands")),
        false => Ok(name),
    }
}

/// `v`: the version a script asks for.
fn version(source: &mut Source) -> Parsed<()> {
    let label = read_label(source);
    let label = String::from_utf8_lossy(&label);
    let mut numbers = label.split('.').map(|part| part.parse().unwrap_or(0_u32));
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if (major, minor) > (4, 9) {
        return Err(source.wrong("expected newer version of sed"));
    }
    end_of_command(source)
}

//! The commands at work on the lines.

use crate::address::{Address, End, State, is_step};
use crate::command::{Action, Command, Pattern, Program, Substitution, Table};
use crate::input::{Input, Lines, Source};
use crate::output::Outputs;
use crate::parse_text::character_length;
use crate::substitute::substitute;
use crate::{BAD_USAGE, Options};
use memchr::memchr;
use posix_regex::{Captures, Regex};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::rc::Rc;

/// What a line's end brings.
enum Queued {
    Text(Vec<u8>),
    File(Vec<u8>),
}

/// How a script's run over one line ended.
enum Ended {
    /// The pattern space is printed, unless `-n`.
    Printing,
    Silently,
    /// The same, and the next cycle goes on with what is left.
    Restart,
    Quit(i32),
}

/// Where the run goes on.
enum Flow {
    Next,
    Jump(usize),
    End(Ended),
}

pub struct Machine<'a> {
    commands: Vec<Command>,
    states: Vec<State>,
    files: Vec<Vec<u8>>,
    options: &'a Options,
    input: Input<'a>,
    pattern_space: Vec<u8>,
    /// Whether the line had its end.
    ended: bool,
    hold_space: Vec<u8>,
    hold_ended: bool,
    queue: Vec<Queued>,
    /// The files of `R`.
    readers: BTreeMap<Vec<u8>, Option<Lines>>,
    replaced: bool,
    last_regex: Option<Rc<Regex>>,
    captures: Captures,
    spare: Vec<u8>,
}

impl<'a> Machine<'a> {
    pub fn new(program: Program, options: &'a Options, operands: Vec<String>) -> Self {
        Self {
            states: initial_states(&program.commands),
            commands: program.commands,
            files: program.files,
            options,
            input: Input::new(options, operands),
            pattern_space: Vec::new(),
            ended: true,
            hold_space: Vec::new(),
            hold_ended: true,
            queue: Vec::new(),
            readers: BTreeMap::new(),
            replaced: false,
            last_regex: None,
            captures: Captures::default(),
            spare: Vec::new(),
        }
    }

    /// Runs over all lines; the status.
    pub fn run(mut self) -> Result<i32, i32> {
        if self.options.in_place.is_some() && self.input.is_without_files() {
            eprintln!("sed: no input files");
            return Err(crate::PANIC);
        }
        let mut outputs = Outputs::open(&self.files, self.options)?;
        let result = self.cycles(&mut outputs);
        let flushed = outputs.flush();
        let status = result?;
        flushed?;
        Ok(status)
    }

    fn cycles(&mut self, outputs: &mut Outputs) -> Result<i32, i32> {
        let commands = std::mem::take(&mut self.commands);
        let mut restart = false;
        loop {
            if !restart && !self.read(outputs, false)? {
                break;
            }
            restart = false;
            let ended = self.cycle(&commands, outputs)?;
            if matches!(ended, Ended::Printing) && !self.options.quiet {
                outputs.line(&self.pattern_space, self.ended)?;
            }
            match ended {
                Ended::Restart => restart = true,
                Ended::Quit(status) => {
                    self.input.finish(outputs)?;
                    return Ok(status);
                }
                Ended::Printing | Ended::Silently => {}
            }
            self.write_queue(outputs)?;
        }
        self.input.close(outputs)?;
        Ok(self.input.status)
    }

    /// Reads the next line into the pattern space, or adds it; whether there was one.
    fn read(&mut self, outputs: &mut Outputs, add: bool) -> Result<bool, i32> {
        self.write_queue(outputs)?;
        self.replaced = false;
        if !add {
            self.pattern_space.clear();
        }
        let Some(ended) = self.input.read(&mut self.pattern_space, outputs)? else {
            return Ok(false);
        };
        self.ended = ended;
        if std::mem::take(&mut self.input.began_anew) {
            self.states.fill(State::Inactive);
        }
        Ok(true)
    }

    fn write_queue(&mut self, outputs: &mut Outputs) -> Result<(), i32> {
        for queued in std::mem::take(&mut self.queue) {
            match queued {
                Queued::Text(text) => outputs.raw(&text)?,
                Queued::File(name) => {
                    let mut text = Vec::new();
                    let name = String::from_utf8_lossy(&name).into_owned();
                    let _ = match name.as_str() {
                        "/dev/stdin" => gnu::stream::stdin().read_to_end(&mut text),
                        name => std::fs::File::open(name)
                            .and_then(|mut file| file.read_to_end(&mut text)),
                    };
                    if !text.is_empty() {
                        outputs.raw(&text)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn cycle(&mut self, commands: &[Command], outputs: &mut Outputs) -> Result<Ended, i32> {
        let mut at = 0;
        while let Some(command) = commands.get(at) {
            let selected = match command.first {
                None => true,
                Some(_) => self.selects(command, at, outputs)?,
            } != command.negated;
            let flow = match (&command.action, selected) {
                (Action::Block(end), false) => Flow::Jump(*end),
                (_, false) => Flow::Next,
                (action, true) => self.act(action, at, command, outputs)?,
            };
            match flow {
                Flow::Next => at += 1,
                Flow::Jump(to) => at = to,
                Flow::End(ended) => return Ok(ended),
            }
        }
        Ok(Ended::Printing)
    }

    fn matches(&mut self, pattern: &Pattern) -> Result<bool, i32> {
        let regex = self.regex(pattern)?;
        Ok(regex.is_match(&self.pattern_space))
    }

    /// The pattern, or the last one used for an empty one.
    fn regex(&mut self, pattern: &Pattern) -> Result<Rc<Regex>, i32> {
        if let Some(regex) = pattern {
            self.last_regex = Some(Rc::clone(regex));
        }
        self.last_regex.clone().ok_or_else(|| {
            eprintln!("sed: -e expression #1, char 0: no previous regular expression");
            BAD_USAGE
        })
    }

    fn first_matches(&mut self, command: &Command, outputs: &mut Outputs) -> Result<bool, i32> {
        let line = self.input.line_number;
        match &command.first {
            None => Ok(true),
            Some(Address::Line(number)) => Ok(line == *number),
            Some(Address::Step(first, step)) => Ok(is_step(line, *first, *step)),
            Some(Address::Last) => self.input.is_last(outputs),
            Some(Address::Pattern(pattern)) => self.matches(pattern),
        }
    }

    fn selects(
        &mut self,
        command: &Command,
        at: usize,
        outputs: &mut Outputs,
    ) -> Result<bool, i32> {
        let Some(last) = &command.last else {
            return self.first_matches(command, outputs);
        };
        let line = self.input.line_number;
        match self.states[at] {
            State::Active(Some(end)) => {
                if line >= end {
                    self.states[at] = closed(command);
                }
                if line <= end {
                    return Ok(true);
                }
                self.begins(command, last, at, outputs)
            }
            State::Active(None) => {
                let ends = match last {
                    End::Last => self.input.is_last(outputs)?,
                    End::Pattern(pattern) => self.matches(pattern)?,
                    End::Step(first, step) => is_step(line, *first, *step),
                    End::Line(_) | End::Plus(_) | End::Multiple(_) => true,
                };
                if ends {
                    self.states[at] = closed(command);
                }
                Ok(true)
            }
            State::Closed => Ok(false),
            State::Inactive => self.begins(command, last, at, outputs),
        }
    }

    /// Whether a range begins here; it may end here too.
    fn begins(
        &mut self,
        command: &Command,
        last: &End,
        at: usize,
        outputs: &mut Outputs,
    ) -> Result<bool, i32> {
        let line = self.input.line_number;
        match &command.first {
            // Lines may have been passed by `n` and `N`.
            Some(Address::Line(number)) => {
                if self.states[at] == State::Closed || line < *number {
                    return Ok(false);
                }
            }
            _ => {
                if !self.first_matches(command, outputs)? {
                    return Ok(false);
                }
            }
        }
        let end = match last {
            End::Line(number) => Some(*number),
            End::Plus(count) => Some(line.saturating_add(*count)),
            End::Multiple(0) => Some(line),
            End::Multiple(step) => Some((line / step + 1) * step),
            End::Last | End::Pattern(_) | End::Step(..) => None,
        };
        match end {
            Some(end) if line >= end => {
                self.states[at] = closed(command);
                let is_first = match &command.first {
                    Some(Address::Line(number)) => line == *number || line <= end,
                    _ => true,
                };
                Ok(is_first)
            }
            end => {
                self.states[at] = State::Active(end);
                Ok(true)
            }
        }
    }

    fn act(
        &mut self,
        action: &Action,
        at: usize,
        command: &Command,
        outputs: &mut Outputs,
    ) -> Result<Flow, i32> {
        match action {
            Action::Block(_) | Action::BlockEnd | Action::Nothing => {}
            Action::Append(text) => self.queue.push(Queued::Text(text.clone())),
            Action::Insert(text) => outputs.raw(text)?,
            Action::Change(text) => {
                let goes_on = command.last.is_some() && matches!(self.states[at], State::Active(_));
                if !goes_on || command.negated {
                    outputs.raw(text)?;
                }
                return Ok(Flow::End(Ended::Silently));
            }
            Action::Branch(target) => return Ok(Flow::Jump(*target)),
            Action::BranchIf(target) => {
                if std::mem::take(&mut self.replaced) {
                    return Ok(Flow::Jump(*target));
                }
            }
            Action::BranchUnless(target) => {
                if !std::mem::take(&mut self.replaced) {
                    return Ok(Flow::Jump(*target));
                }
            }
            Action::Delete => return Ok(Flow::End(Ended::Silently)),
            Action::DeleteLine => {
                let Some(end) = memchr(self.options.end, &self.pattern_space) else {
                    return Ok(Flow::End(Ended::Silently));
                };
                self.pattern_space.drain(..=end);
                return Ok(Flow::End(Ended::Restart));
            }
            Action::FileName => {
                let name = format!("{}\n", self.input.name);
                outputs.raw(name.as_bytes())?;
            }
            Action::Get => {
                self.pattern_space.clone_from(&self.hold_space);
                self.ended = self.hold_ended;
            }
            Action::GetAppend => {
                self.ended |= self.hold_ended;
                self.pattern_space.push(self.options.end);
                self.pattern_space.extend_from_slice(&self.hold_space);
            }
            Action::Hold => {
                self.hold_space.clone_from(&self.pattern_space);
                self.hold_ended = self.ended;
            }
            Action::HoldAppend => {
                self.hold_ended |= self.ended;
                self.hold_space.push(self.options.end);
                self.hold_space.extend_from_slice(&self.pattern_space);
            }
            Action::Exchange => {
                std::mem::swap(&mut self.hold_space, &mut self.pattern_space);
                std::mem::swap(&mut self.hold_ended, &mut self.ended);
            }
            Action::List(length) => {
                let length = length.unwrap_or(self.options.line_length);
                outputs.raw(&listed(&self.pattern_space, length))?;
            }
            Action::Number => outputs.raw(format!("{}\n", self.input.line_number).as_bytes())?,
            Action::Print => outputs.line(&self.pattern_space, self.ended)?,
            Action::PrintLine => {
                let end = memchr(self.options.end, &self.pattern_space);
                let line = &self.pattern_space[..end.unwrap_or(self.pattern_space.len())];
                outputs.line(line, end.is_some() || self.ended)?;
            }
            Action::Quit(status) => {
                if !self.options.quiet {
                    outputs.line(&self.pattern_space, self.ended)?;
                }
                self.write_queue(outputs)?;
                return Ok(Flow::End(Ended::Quit(*status)));
            }
            Action::QuitSilently(status) => return Ok(Flow::End(Ended::Quit(*status))),
            Action::Zap => self.pattern_space.clear(),
            Action::Transliterate(table) => self.transliterate(table),
            action => return self.act_on_files(action, outputs),
        }
        Ok(Flow::Next)
    }

    /// The commands that read and write, and `s`.
    fn act_on_files(&mut self, action: &Action, outputs: &mut Outputs) -> Result<Flow, i32> {
        match action {
            Action::Next => {
                if self.input.is_over(outputs)? {
                    let ended = match self.options.posix {
                        true => Ended::Silently,
                        false => Ended::Printing,
                    };
                    return Ok(Flow::End(ended));
                }
                if !self.options.quiet {
                    outputs.line(&self.pattern_space, self.ended)?;
                }
                if !self.read(outputs, false)? {
                    return Ok(Flow::End(Ended::Silently));
                }
            }
            Action::NextAppend => {
                if self.input.is_over(outputs)? {
                    let ended = match self.options.posix {
                        true => Ended::Silently,
                        false => Ended::Printing,
                    };
                    return Ok(Flow::End(ended));
                }
                self.pattern_space.push(self.options.end);
                if !self.read(outputs, true)? {
                    self.pattern_space.pop();
                    return Ok(Flow::End(Ended::Printing));
                }
            }
            Action::ReadFile(name) => self.queue.push(Queued::File(name.clone())),
            Action::ReadLine(name) => self.read_line(name),
            Action::Write(file) => outputs.line_to(*file, &self.pattern_space, self.ended)?,
            Action::WriteLine(file) => {
                let end = memchr(self.options.end, &self.pattern_space);
                let line = &self.pattern_space[..end.unwrap_or(self.pattern_space.len())];
                outputs.line_to(*file, line, true)?;
            }
            Action::Substitute(substitution) => self.substitute(substitution, outputs)?,
            _ => {}
        }
        Ok(Flow::Next)
    }

    fn substitute(
        &mut self,
        substitution: &Substitution,
        outputs: &mut Outputs,
    ) -> Result<(), i32> {
        let regex = self.regex(&substitution.pattern)?;
        let replaced = substitute(
            &self.pattern_space,
            &regex,
            substitution,
            self.options.utf8,
            &mut self.captures,
            &mut self.spare,
        );
        if !replaced {
            return Ok(());
        }
        std::mem::swap(&mut self.pattern_space, &mut self.spare);
        self.replaced = true;
        if substitution.print {
            outputs.line(&self.pattern_space, self.ended)?;
        }
        match substitution.file {
            Some(file) => outputs.line_to(file, &self.pattern_space, self.ended),
            None => Ok(()),
        }
    }

    fn transliterate(&mut self, table: &Table) {
        if table.characters.is_empty() {
            for byte in &mut self.pattern_space {
                *byte = table.bytes[usize::from(*byte)];
            }
            return;
        }
        let mut out = Vec::with_capacity(self.pattern_space.len());
        let mut at = 0;
        while at < self.pattern_space.len() {
            let rest = &self.pattern_space[at..];
            let length = character_length(rest);
            let letter = &rest[..length];
            match table.characters.iter().find(|(from, _)| from == letter) {
                Some((_, to)) => out.extend_from_slice(to),
                None if length == 1 => out.push(table.bytes[usize::from(letter[0])]),
                None => out.extend_from_slice(letter),
            }
            at += length;
        }
        self.pattern_space = out;
    }

    /// `R`: a line of a file, of which the next one is read the next time.
    fn read_line(&mut self, name: &[u8]) {
        let reader = self.readers.entry(name.to_vec()).or_insert_with(|| {
            let name = String::from_utf8_lossy(name).into_owned();
            let file = std::fs::File::open(name).ok()?;
            Some(Lines::new(Source::File(file)))
        });
        let mut line = Vec::new();
        if let Some(Ok(Some(_))) = reader
            .as_mut()
            .map(|lines| lines.read(self.options.end, &mut line))
        {
            line.push(self.options.end);
            self.queue.push(Queued::Text(line));
        }
    }
}

fn initial_states(commands: &[Command]) -> Vec<State> {
    let state = |command: &Command| match command.first {
        Some(Address::Line(0)) => State::Active(None),
        _ => State::Inactive,
    };
    commands.iter().map(state).collect()
}

fn closed(command: &Command) -> State {
    match command.first {
        Some(Address::Line(_)) => State::Closed,
        _ => State::Inactive,
    }
}

/// `l`: the line with escapes, broken into pieces.
fn listed(line: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut width = 0;
    for byte in line {
        let piece = match byte {
            b'\\' => b"\\\\".to_vec(),
            7 => b"\\a".to_vec(),
            8 => b"\\b".to_vec(),
            12 => b"\\f".to_vec(),
            b'\n' => b"\\n".to_vec(),
            b'\r' => b"\\r".to_vec(),
            b'\t' => b"\\t".to_vec(),
            11 => b"\\v".to_vec(),
            b' '..=b'~' => vec![*byte],
            _ => format!("\\{byte:03o}").into_bytes(),
        };
        if length > 0 && width + piece.len() > length - 1 {
            out.extend_from_slice(b"\\\n");
            width = 0;
        }
        width += piece.len();
        out.extend(piece);
    }
    out.extend_from_slice(b"$\n");
    out
}

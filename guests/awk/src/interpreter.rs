//! The program at work: rules, statements, variables, input.

use crate::array::{Array, Element, Index, Shared};
use crate::ast::{ArrayRef, Case, Expr, Pattern, Place, Program, Rule, Statement, Target};
use crate::reader::{Reader, Separator};
use crate::record::{Record, Splitter};
use crate::streams::{Mode, Streams};
use crate::value::Value;
use crate::variables::{self as var, SPECIAL};
use isobox_guest::plain;
use posix_regex::{Dialect, Options, Regex};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A fatal error: gawk's status.
pub const FATAL: i32 = 2;
/// How deep functions call each other.
const CALLS_MAX: usize = 2_000;

/// What leaves the usual course.
pub enum Flow {
    Next,
    NextFile,
    Exit,
    Return(Value),
    Break,
    Continue,
    /// Said already.
    Fatal,
}

pub type Run<T> = Result<T, Flow>;

/// What a variable holds.
#[derive(Clone)]
pub enum Cell {
    Value(Value),
    Array(Shared),
}

/// Which kind of rule runs: `next` is not for all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Begin,
    Main,
    End,
}

pub struct Interpreter {
    pub program: Rc<Program>,
    pub globals: Vec<Cell>,
    /// The parameters of the functions that are running, the last one's from `base` on.
    pub stack: Vec<Cell>,
    pub base: usize,
    pub depth: usize,
    pub record: Record,
    pub streams: Streams,
    pub records: f64,
    pub file_records: f64,
    pub separator: Separator,
    pub ofs: Rc<Vec<u8>>,
    pub ors: Rc<Vec<u8>>,
    pub subsep: Rc<Vec<u8>>,
    pub convfmt: Rc<Vec<u8>>,
    pub ofmt: Rc<Vec<u8>>,
    pub ignore_case: bool,
    pub utf8: bool,
    pub status: i32,
    pub line: u32,
    pub origin: String,
    pub phase: Phase,
    pub regexes: HashMap<Vec<u8>, Rc<Regex>>,
    pub random: crate::random::Random,
    pub seed: f64,
    /// The files that are still to be read: their place in `ARGV`.
    argument: usize,
    main: Option<Reader>,
    any_file: bool,
    ranges: Vec<bool>,
    terminator: Vec<u8>,
    /// Where the next record is read to.
    spare: Vec<u8>,
    /// It was said that text is no text.
    warned: bool,
}

impl Interpreter {
    pub fn new(program: Program, origin: &str) -> Self {
        let program = Rc::new(program);
        let globals = vec![Cell::Value(Value::Unset); program.globals.len()];
        let mut interpreter = Self {
            ranges: vec![false; program.rules.len()],
            program,
            globals,
            stack: Vec::new(),
            base: 0,
            depth: 0,
            record: Record::new(),
            streams: Streams::new(),
            records: 0.0,
            file_records: 0.0,
            separator: Separator::Byte(b'\n'),
            ofs: Rc::new(b" ".to_vec()),
            ors: Rc::new(b"\n".to_vec()),
            subsep: Rc::new(b"\x1c".to_vec()),
            convfmt: Rc::new(b"%.6g".to_vec()),
            ofmt: Rc::new(b"%.6g".to_vec()),
            ignore_case: false,
            utf8: posix_regex::locale_is_utf8(),
            status: 0,
            line: 1,
            origin: origin.to_owned(),
            phase: Phase::Begin,
            regexes: HashMap::new(),
            random: crate::random::Random::new(1),
            seed: 1.0,
            argument: 1,
            main: None,
            any_file: false,
            terminator: Vec::new(),
            spare: Vec::new(),
            warned: false,
        };
        interpreter.initial_variables();
        interpreter
    }

    fn initial_variables(&mut self) {
        let texts: [(usize, &[u8]); 9] = [
            (var::FS, b" "),
            (var::OFS, b" "),
            (var::ORS, b"\n"),
            (var::RS, b"\n"),
            (var::SUBSEP, b"\x1c"),
            (var::CONVFMT, b"%.6g"),
            (var::OFMT, b"%.6g"),
            (var::FPAT, b"[^[:space:]]+"),
            (var::FIELDWIDTHS, b""),
        ];
        for (variable, text) in texts {
            self.globals[variable] = Cell::Value(Value::text(text));
        }
        self.globals[var::RSTART] = Cell::Value(Value::Number(0.0));
        self.globals[var::RLENGTH] = Cell::Value(Value::Number(-1.0));
        self.globals[var::IGNORECASE] = Cell::Value(Value::Number(0.0));
        let mut environment = Array::default();
        for (name, value) in std::env::vars_os() {
            let key = Index::of_text(Rc::new(name.as_encoded_bytes().to_vec()));
            environment.set(key, Value::input(value.as_encoded_bytes()));
        }
        self.globals[var::ENVIRON] = Cell::Array(Rc::new(RefCell::new(environment)));
        let mut process = Array::default();
        let (pid, parent, group) = isobox_guest::process::ids();
        let numbers = [
            ("pid", pid),
            ("ppid", parent),
            ("pgrpid", group),
            ("uid", 1000),
            ("gid", 1000),
            ("euid", 1000),
            ("egid", 1000),
        ];
        for (name, number) in numbers {
            process.set(
                Index::Text(Rc::new(name.into())),
                Value::Number(number.into()),
            );
        }
        for (name, text) in [
            ("version", "5.2.1"),
            ("FS", "FS"),
            ("strftime", "%a %b %e %H:%M:%S %Z %Y"),
            ("platform", "posix"),
        ] {
            process.set(Index::Text(Rc::new(name.into())), Value::text(text));
        }
        self.globals[var::PROCINFO] = Cell::Array(Rc::new(RefCell::new(process)));
    }

    pub fn set_arguments(&mut self, operands: &[String]) {
        let mut array = Array::default();
        array.set(Index::Number(0), Value::text("awk"));
        for (at, operand) in operands.iter().enumerate() {
            array.set(
                Index::Number(at as u32 + 1),
                Value::input(operand.as_bytes()),
            );
        }
        self.globals[var::ARGV] = Cell::Array(Rc::new(RefCell::new(array)));
        self.globals[var::ARGC] = Cell::Value(Value::Number(operands.len() as f64 + 1.0));
    }

    /// Says what is wrong while the program runs.
    pub fn fatal(&mut self, message: &str) -> Flow {
        let _ = self.streams.flush();
        let place = match self.records > 0.0 {
            true => format!("(FILENAME={} FNR={}) ", self.file_name(), self.file_records),
            false => String::new(),
        };
        eprintln!(
            "awk: {}:{}: {place}fatal: {message}",
            self.origin, self.line
        );
        self.status = FATAL;
        Flow::Fatal
    }

    pub fn warn(&mut self, message: &str) {
        let place = match self.records > 0.0 {
            true => format!("(FILENAME={} FNR={}) ", self.file_name(), self.file_records),
            false => String::new(),
        };
        let _ = self.streams.flush();
        eprintln!(
            "awk: {}:{}: {place}warning: {message}",
            self.origin, self.line
        );
    }

    fn file_name(&self) -> String {
        match &self.globals[var::FILENAME] {
            Cell::Value(Value::Input(name)) if !name.is_empty() => {
                String::from_utf8_lossy(name).into_owned()
            }
            _ => "-".to_owned(),
        }
    }

    /// Runs the whole program; the status.
    pub fn run(&mut self) -> i32 {
        let program = Rc::clone(&self.program);
        let mut flow = Ok(());
        for action in &program.begin {
            flow = self.statements(action);
            if flow.is_err() {
                break;
            }
        }
        let has_input = !program.rules.is_empty() || !program.end.is_empty();
        self.phase = Phase::Main;
        if flow.is_ok() && has_input {
            flow = self.records(&program);
        }
        self.phase = Phase::End;
        if !matches!(flow, Err(Flow::Fatal)) {
            for action in &program.end {
                flow = self.statements(action);
                if flow.is_err() {
                    break;
                }
            }
        }
        let flushed = self.streams.stdout_flush();
        self.streams.close_all();
        match flushed {
            Err(error) if self.status == 0 => {
                eprintln!(
                    "awk: {}:{}: fatal: cannot flush standard output: {}",
                    self.origin,
                    self.line,
                    plain(&error)
                );
                FATAL
            }
            _ => self.status,
        }
    }

    fn records(&mut self, program: &Program) -> Run<()> {
        while self.next_record()? {
            for (number, rule) in program.rules.iter().enumerate() {
                match self.rule(rule, number) {
                    Ok(()) => {}
                    Err(Flow::Next) => break,
                    Err(Flow::NextFile) => {
                        self.main = None;
                        break;
                    }
                    Err(flow) => return Err(flow),
                }
            }
        }
        Ok(())
    }

    fn rule(&mut self, rule: &Rule, number: usize) -> Run<()> {
        let selected = match &rule.pattern {
            Pattern::Always => true,
            Pattern::Single(condition) => self.truth(condition)?,
            Pattern::Range(first, last) => {
                let begins = self.ranges[number] || self.truth(first)?;
                if begins {
                    self.ranges[number] = !self.truth(last)?;
                }
                begins
            }
        };
        match (&rule.action, selected) {
            (_, false) => Ok(()),
            (Some(action), true) => self.statements(action),
            (None, true) => self.print(&[], &Target::Standard),
        }
    }

    /// Reads the next record of the files in `ARGV` into `$0`.
    pub fn next_record(&mut self) -> Run<bool> {
        let mut text = std::mem::take(&mut self.spare);
        let found = self.next_main(&mut text, true);
        self.spare = text;
        let found = found?;
        if found {
            self.records += 1.0;
            self.file_records += 1.0;
        }
        Ok(found)
    }

    /// Reads the next record of the main input into the record or into `text`.
    pub fn next_main(&mut self, text: &mut Vec<u8>, into_record: bool) -> Run<bool> {
        loop {
            if self.main.is_none() && !self.open_next()? {
                return Ok(false);
            }
            let Some(reader) = &mut self.main else {
                return Ok(false);
            };
            // The record stays as it is when there is no other.
            text.clear();
            let result = reader.read(&self.separator, text, &mut self.terminator);
            match result {
                Ok(true) => {
                    self.set_terminator();
                    if into_record {
                        self.record.set(|record| std::mem::swap(record, text));
                    }
                    return Ok(true);
                }
                Ok(false) => self.main = None,
                Err(error) => {
                    let name = self.file_name();
                    eprintln!(
                        "awk: warning: error reading input file `{name}': {}",
                        plain(&error)
                    );
                    self.status = FATAL;
                    self.main = None;
                }
            }
        }
    }

    /// `RT`; most programs never ask, and a newline needs no new text.
    pub fn set_terminator(&mut self) {
        if let Cell::Value(Value::Text(known)) = &self.globals[var::RT] {
            if **known == self.terminator {
                return;
            }
        }
        self.globals[var::RT] = Cell::Value(Value::text(self.terminator.clone()));
    }

    pub fn read_from(
        &mut self,
        name: &[u8],
        is_command: bool,
        text: &mut Vec<u8>,
    ) -> std::io::Result<bool> {
        let reader = self.streams.input(name, is_command)?;
        let found = reader.read(&self.separator, text, &mut self.terminator)?;
        if found {
            self.set_terminator();
        }
        Ok(found)
    }

    /// Opens the next file of `ARGV`, doing the assignments before it.
    fn open_next(&mut self) -> Run<bool> {
        loop {
            let count = self.global(var::ARGC).number() as usize;
            if self.argument >= count {
                if self.any_file {
                    return Ok(false);
                }
                self.any_file = true;
                return self.begin_file(b"", Reader::descriptor(0)).map(|()| true);
            }
            let index = Index::Number(self.argument as u32);
            self.argument += 1;
            let argument = match &self.globals[var::ARGV] {
                Cell::Array(array) => match array.borrow().get(&index) {
                    Some(Element::Value(value)) => value.bytes(&self.convfmt),
                    _ => continue,
                },
                Cell::Value(_) => continue,
            };
            if argument.is_empty() {
                continue;
            }
            if let Some((name, value)) = assignment(&argument) {
                self.assign_operand(&name, value)?;
                continue;
            }
            let name = String::from_utf8_lossy(&argument).into_owned();
            self.any_file = true;
            if matches!(name.as_str(), "-" | "/dev/stdin") {
                self.begin_file(&argument, Reader::descriptor(0))?;
                return Ok(true);
            }
            let opened = std::fs::metadata(&name).and_then(|metadata| match metadata.is_dir() {
                true => Ok(None),
                false => std::fs::File::open(&name).map(Some),
            });
            match opened {
                Ok(Some(file)) => {
                    self.begin_file(&argument, Reader::file(file))?;
                    return Ok(true);
                }
                Ok(None) => {
                    let _ = self.streams.flush();
                    eprintln!(
                        "awk: warning: command line argument `{name}' is a directory: skipped"
                    );
                }
                Err(error) => {
                    let _ = self.streams.flush();
                    eprintln!(
                        "awk: fatal: cannot open file `{name}' for reading: {}",
                        plain(&error)
                    );
                    self.status = FATAL;
                    return Err(Flow::Fatal);
                }
            }
        }
    }

    fn begin_file(&mut self, name: &[u8], reader: Reader) -> Run<()> {
        self.globals[var::FILENAME] = Cell::Value(Value::input(name));
        self.file_records = 0.0;
        self.main = Some(reader);
        Ok(())
    }

    /// Says once that text is no UTF-8.
    pub fn warn_of_bytes(&mut self, text: &[u8]) {
        if self.utf8 && !self.warned && !text.is_ascii() && std::str::from_utf8(text).is_err() {
            self.warned = true;
            self.warn("Invalid multibyte data detected. There may be a mismatch between your data and your locale");
        }
    }

    /// `name=value` of the command line.
    pub fn assign_operand(&mut self, name: &str, value: &[u8]) -> Run<()> {
        let value = Value::input(crate::lexer::unescape(value, None));
        match self.program.globals.iter().position(|known| known == name) {
            Some(number) => self.set_global(number, value),
            None => Ok(()),
        }
    }

    pub fn global(&mut self, number: usize) -> Value {
        match number {
            var::NF => Value::Number(self.record.count() as f64),
            var::NR => Value::Number(self.records),
            var::FNR => Value::Number(self.file_records),
            _ => match &self.globals[number] {
                Cell::Value(value) => value.clone(),
                Cell::Array(_) => Value::Unset,
            },
        }
    }

    pub fn set_global(&mut self, number: usize, value: Value) -> Run<()> {
        if number >= SPECIAL {
            if matches!(self.globals[number], Cell::Array(_)) {
                let name = self.program.globals[number].clone();
                return Err(self.fatal(&format!(
                    "attempt to use array `{name}' in a scalar context"
                )));
            }
            self.globals[number] = Cell::Value(value);
            return Ok(());
        }
        let text = || value.bytes(b"%.6g");
        match number {
            var::NF => {
                let count = value.number();
                if count < 0.0 {
                    return Err(self.fatal("NF set to negative value"));
                }
                self.record.resize((count as usize).min(1 << 24));
            }
            var::NR => self.records = value.number().trunc(),
            var::FNR => self.file_records = value.number().trunc(),
            var::OFS => {
                // What was assigned before is joined as it would have been then.
                self.record.whole(&self.ofs, &self.convfmt);
                self.ofs = text();
            }
            var::ORS => self.ors = text(),
            var::SUBSEP => self.subsep = text(),
            var::CONVFMT => self.convfmt = text(),
            var::OFMT => self.ofmt = text(),
            var::IGNORECASE => self.ignore_case = value.is_true(),
            _ => {}
        }
        self.globals[number] = Cell::Value(value);
        match number {
            var::FS | var::FPAT | var::FIELDWIDTHS => self.choose_splitter(number),
            var::RS => self.choose_separator(),
            var::IGNORECASE => {
                self.choose_separator()?;
                self.choose_splitter(var::FS)
            }
            _ => Ok(()),
        }
    }

    fn choose_separator(&mut self) -> Run<()> {
        let text = self.global(var::RS).bytes(b"%.6g");
        self.record.split_to(usize::MAX);
        self.separator = match &text[..] {
            b"" => Separator::Paragraph,
            [byte] if !(self.ignore_case && byte.is_ascii_alphabetic()) => Separator::Byte(*byte),
            text => Separator::Regex(self.regex(text)?),
        };
        self.record.newline_separates = matches!(self.separator, Separator::Paragraph);
        Ok(())
    }

    fn choose_splitter(&mut self, which: usize) -> Run<()> {
        let text = self.global(which).bytes(b"%.6g");
        self.record.split_to(usize::MAX);
        self.record.splitter = match which {
            var::FS => self.splitter(&text)?,
            var::FPAT => Splitter::Pattern(self.regex(&text)?),
            _ => Splitter::Widths(widths(&text)),
        };
        Ok(())
    }

    /// What a text separates as `FS` or in `split`.
    pub fn splitter(&mut self, text: &[u8]) -> Run<Splitter> {
        Ok(match text {
            b" " => Splitter::Blanks,
            b"" => Splitter::Each,
            b"\\" => Splitter::Byte(b'\\'),
            [byte] if !(self.ignore_case && byte.is_ascii_alphabetic()) => Splitter::Byte(*byte),
            [byte] => Splitter::Regex(self.regex(&[*byte])?),
            text => Splitter::Regex(self.regex(text)?),
        })
    }

    /// A regular expression that is a string; compiled once.
    pub fn regex(&mut self, text: &[u8]) -> Run<Rc<Regex>> {
        if let Some(regex) = self.regexes.get(text).filter(|_| !self.ignore_case) {
            return Ok(Rc::clone(regex));
        }
        let mut options = Options::new(Dialect::AWK);
        options.ignore_case = self.ignore_case;
        options.utf8 = self.utf8;
        match Regex::new(&crate::lexer::regex_text(text), &options) {
            Ok(regex) => {
                let regex = Rc::new(regex);
                if !self.ignore_case {
                    if self.regexes.len() > 500 {
                        self.regexes.clear();
                    }
                    self.regexes.insert(text.to_vec(), Rc::clone(&regex));
                }
                Ok(regex)
            }
            Err(error) => {
                let text = String::from_utf8_lossy(text).into_owned();
                Err(self.fatal(&format!("invalid regexp: {error}: /{text}/")))
            }
        }
    }

    pub fn statements(&mut self, statements: &[Statement]) -> Run<()> {
        for statement in statements {
            self.statement(statement)?;
        }
        Ok(())
    }

    fn statement(&mut self, statement: &Statement) -> Run<()> {
        match statement {
            Statement::Line(line) => self.line = *line,
            Statement::Expression(expression) => self.effect(expression)?,
            Statement::Print(values, target) => self.print(values, target)?,
            Statement::Printf(values, target) => self.printf(values, target)?,
            Statement::Block(statements) => self.statements(statements)?,
            Statement::If(condition, then, otherwise) => {
                if self.truth(condition)? {
                    self.statement(then)?;
                } else if let Some(otherwise) = otherwise {
                    self.statement(otherwise)?;
                }
            }
            Statement::While(condition, body) => {
                while self.truth(condition)? && self.round(body)? {}
            }
            Statement::Do(body, condition) => while self.round(body)? && self.truth(condition)? {},
            Statement::For(first, condition, step, body) => {
                if let Some(first) = first {
                    self.statement(first)?;
                }
                loop {
                    if let Some(condition) = condition {
                        if !self.truth(condition)? {
                            break;
                        }
                    }
                    if !self.round(body)? {
                        break;
                    }
                    if let Some(step) = step {
                        self.statement(step)?;
                    }
                }
            }
            Statement::ForIn(place, array, body) => self.for_in(place, array, body)?,
            Statement::Switch(subject, cases) => self.switch(subject, cases)?,
            Statement::Next | Statement::NextFile => {
                let name = if matches!(statement, Statement::Next) {
                    "next"
                } else {
                    "nextfile"
                };
                match self.phase {
                    Phase::Main if name == "next" => return Err(Flow::Next),
                    Phase::Main => return Err(Flow::NextFile),
                    phase => {
                        let rule = if phase == Phase::Begin {
                            "BEGIN"
                        } else {
                            "END"
                        };
                        return Err(
                            self.fatal(&format!("`{name}' cannot be called from a `{rule}' rule"))
                        );
                    }
                }
            }
            Statement::Exit(status) => {
                if let Some(status) = status {
                    self.status = self.number(status)? as i64 as i32 & 0xff;
                }
                return Err(Flow::Exit);
            }
            Statement::Return(value) => {
                let value = match value {
                    Some(value) => self.value(value)?,
                    None => Value::Unset,
                };
                return Err(Flow::Return(value));
            }
            Statement::Break => return Err(Flow::Break),
            Statement::Continue => return Err(Flow::Continue),
            Statement::Delete(array, subscripts) => {
                let array = self.array(array)?;
                let index = self.index(subscripts)?;
                array.borrow_mut().remove(&index);
            }
            Statement::DeleteAll(array) => self.array(array)?.borrow_mut().clear(),
        }
        Ok(())
    }

    /// One round of a loop; whether it goes on.
    fn round(&mut self, body: &Statement) -> Run<bool> {
        match self.statement(body) {
            Ok(()) | Err(Flow::Continue) => Ok(true),
            Err(Flow::Break) => Ok(false),
            Err(flow) => Err(flow),
        }
    }

    fn for_in(&mut self, place: &Place, array: &ArrayRef, body: &Statement) -> Run<()> {
        let array = self.array(array)?;
        let keys = self.ordered_keys(&array)?;
        for key in keys {
            self.assign(place, Value::Input(key))?;
            if !self.round(body)? {
                break;
            }
        }
        Ok(())
    }

    fn switch(&mut self, subject: &Expr, cases: &[Case]) -> Run<()> {
        let subject = self.value(subject)?;
        let mut chosen = None;
        for (number, Case(label, _)) in cases.iter().enumerate() {
            let matches = match label {
                None => {
                    chosen = chosen.or(Some(number));
                    continue;
                }
                Some(Expr::Regex(literal)) => literal.0.is_match(&subject.bytes(&self.convfmt)),
                Some(label) => {
                    let label = self.value(label)?;
                    subject
                        .compare(&label, &self.convfmt)
                        .is_some_and(|order| order.is_eq())
                }
            };
            if matches {
                chosen = Some(number);
                break;
            }
        }
        let Some(chosen) = chosen else {
            return Ok(());
        };
        for Case(_, body) in &cases[chosen..] {
            match self.statements(body) {
                Err(Flow::Break) => return Ok(()),
                result => result?,
            }
        }
        Ok(())
    }

    /// An array by its name; a variable that was never used becomes one.
    pub fn array(&mut self, array: &ArrayRef) -> Run<Shared> {
        let cell = match array {
            ArrayRef::Global(number) => &mut self.globals[*number],
            ArrayRef::Local(number) => &mut self.stack[self.base + number],
            ArrayRef::Element(array, subscripts) => {
                let array = self.array(array)?;
                let index = self.index(subscripts)?;
                let mut array = array.borrow_mut();
                let element = array.entry(index);
                return match element {
                    Element::Array(inner) => Ok(Rc::clone(inner)),
                    Element::Value(Value::Unset) => {
                        let inner = Shared::default();
                        *element = Element::Array(Rc::clone(&inner));
                        Ok(inner)
                    }
                    Element::Value(_) => Err(self.fatal("attempt to use a scalar value as array")),
                };
            }
        };
        match cell {
            Cell::Array(array) => Ok(Rc::clone(array)),
            Cell::Value(Value::Unset) => {
                let new = Shared::default();
                *cell = Cell::Array(Rc::clone(&new));
                Ok(new)
            }
            Cell::Value(_) => {
                let (kind, name) = self.array_name(array);
                Err(self.fatal(&format!("attempt to use scalar {kind}`{name}' as an array")))
            }
        }
    }

    fn array_name(&self, array: &ArrayRef) -> (&'static str, String) {
        match array {
            ArrayRef::Global(number) => ("", self.program.globals[*number].clone()),
            ArrayRef::Local(number) => {
                let names = self
                    .program
                    .functions
                    .iter()
                    .find(|function| function.parameters.len() > *number);
                (
                    "parameter ",
                    names.map_or(String::new(), |function| {
                        function.parameters[*number].clone()
                    }),
                )
            }
            ArrayRef::Element(array, _) => self.array_name(array),
        }
    }

    pub fn element(&mut self, array: &ArrayRef, subscripts: &[Expr]) -> Run<Value> {
        let array = self.array(array)?;
        let index = self.index(subscripts)?;
        let mut borrowed = array.borrow_mut();
        match borrowed.entry(index) {
            Element::Value(value) => Ok(value.clone()),
            Element::Array(_) => {
                drop(borrowed);
                Err(self.fatal("attempt to use array in a scalar context"))
            }
        }
    }

    /// Subscripts as one; several are joined with `SUBSEP`.
    pub fn index(&mut self, subscripts: &[Expr]) -> Run<Index> {
        if let [single] = subscripts {
            return Ok(match self.value(single)? {
                Value::Number(number) => Index::of_number(number, &self.convfmt),
                Value::Unset => Index::Text(Rc::default()),
                Value::Text(text) | Value::Input(text) => Index::of_text(text),
            });
        }
        let mut text = Vec::new();
        for (at, subscript) in subscripts.iter().enumerate() {
            if at > 0 {
                text.extend_from_slice(&self.subsep);
            }
            let part = self.value(subscript)?;
            text.extend_from_slice(&part.bytes(&self.convfmt));
        }
        Ok(Index::of_text(Rc::new(text)))
    }

    pub fn assign(&mut self, place: &Place, value: Value) -> Run<()> {
        match place {
            Place::Global(number) => self.set_global(*number, value),
            Place::Local(number) => {
                let at = self.base + number;
                if matches!(self.stack[at], Cell::Array(_)) {
                    return Err(self.fatal("attempt to use array in a scalar context"));
                }
                self.stack[at] = Cell::Value(value);
                Ok(())
            }
            Place::Field(number) => {
                let number = self.number(number)?;
                self.assign_field(number, value)
            }
            Place::Element(array, subscripts) => {
                let array = self.array(array)?;
                let index = self.index(subscripts)?;
                array.borrow_mut().set(index, value);
                Ok(())
            }
        }
    }

    pub fn assign_field(&mut self, number: f64, value: Value) -> Run<()> {
        if number < 0.0 || number.is_nan() {
            return Err(self.fatal(&format!("attempt to access field {number}")));
        }
        let number = (number as usize).min(1 << 24);
        if number == 0 {
            let text = value.bytes(&self.convfmt);
            self.record.set(|record| record.extend_from_slice(&text));
        } else {
            self.record.assign(number, value);
        }
        Ok(())
    }

    /// Calls a function.
    pub fn call(&mut self, number: usize, arguments: &[Expr]) -> Run<Value> {
        let program = Rc::clone(&self.program);
        let function = &program.functions[number];
        if arguments.len() > function.parameters.len() {
            let message = format!(
                "function `{}' called with more arguments than declared",
                function.name
            );
            return Err(self.fatal(&message));
        }
        if self.depth >= CALLS_MAX {
            return Err(self.fatal("function calls nested too deeply"));
        }
        let mut cells = Vec::with_capacity(function.parameters.len());
        for at in 0..function.parameters.len() {
            cells.push(match arguments.get(at) {
                Some(argument) => self.argument(argument, function.arrays[at])?,
                None if function.arrays[at] => Cell::Array(Shared::default()),
                None => Cell::Value(Value::Unset),
            });
        }
        let base = std::mem::replace(&mut self.base, self.stack.len());
        self.stack.append(&mut cells);
        self.depth += 1;
        let result = self.statements(&function.body);
        self.depth -= 1;
        self.stack.truncate(self.base);
        self.base = base;
        match result {
            Ok(()) => Ok(Value::Unset),
            Err(Flow::Return(value)) => Ok(value),
            Err(flow) => Err(flow),
        }
    }

    fn argument(&mut self, argument: &Expr, is_array: bool) -> Run<Cell> {
        let array = match argument {
            Expr::Place(Place::Global(number)) if *number >= var::ENVIRON => (is_array
                || matches!(self.globals[*number], Cell::Array(_)))
            .then_some(ArrayRef::Global(*number)),
            Expr::Place(Place::Local(number)) => {
                let holds_array = matches!(self.stack[self.base + number], Cell::Array(_));
                (is_array || holds_array).then_some(ArrayRef::Local(*number))
            }
            Expr::Place(Place::Element(array, subscripts)) if is_array => Some(ArrayRef::Element(
                Box::new(array.clone()),
                subscripts.clone(),
            )),
            _ => None,
        };
        match array {
            Some(array) => Ok(Cell::Array(self.array(&array)?)),
            None => Ok(Cell::Value(self.value(argument)?)),
        }
    }

    pub fn print(&mut self, values: &[Expr], target: &Target) -> Run<()> {
        if let Target::Standard = target {
            // The usual case goes without a text of its own.
            let mut out = std::mem::take(&mut self.streams.spare);
            let result = self.print_to(values, &mut out);
            let written = self.streams.stdout.put(&out);
            out.clear();
            self.streams.spare = out;
            result?;
            return self.check_write(written);
        }
        let mut out = Vec::new();
        self.print_to(values, &mut out)?;
        self.write(target, &out)
    }

    fn print_to(&mut self, values: &[Expr], out: &mut Vec<u8>) -> Run<()> {
        if values.is_empty() {
            out.extend_from_slice(self.record.whole(&self.ofs, &self.convfmt));
        }
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(&self.ofs);
            }
            self.append(value, out, true)?;
        }
        out.extend_from_slice(&self.ors);
        Ok(())
    }

    fn printf(&mut self, values: &[Expr], target: &Target) -> Run<()> {
        let out = self.formatted(values)?;
        self.write(target, &out)
    }

    fn write(&mut self, target: &Target, bytes: &[u8]) -> Run<()> {
        let (name, mode, mark) = match target {
            Target::Standard => {
                let written = self.streams.stdout.put(bytes);
                return self.check_write(written);
            }
            Target::File(name) => (name, Mode::Write, ">"),
            Target::Append(name) => (name, Mode::Append, ">>"),
            Target::Pipe(name) => (name, Mode::Pipe, "|"),
        };
        let name = self.value(name)?.bytes(&self.convfmt);
        if name.is_empty() {
            return Err(self.fatal(&format!(
                "expression for `{mark}' redirection has null string value"
            )));
        }
        match self.streams.write(&name, mode, bytes) {
            Ok(()) => Ok(()),
            Err(error) => {
                let name = String::from_utf8_lossy(&name).into_owned();
                let what = match mode {
                    Mode::Pipe => "open pipe",
                    _ => "redirect to",
                };
                Err(self.fatal(&format!("cannot {what} `{name}': {}", plain(&error))))
            }
        }
    }

    fn check_write(&mut self, result: std::io::Result<()>) -> Run<()> {
        match result {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fatal(&format!(
                "print to \"standard output\" failed: {}",
                plain(&error)
            ))),
        }
    }
}

/// `name=value`, if the argument is one.
pub fn assignment(argument: &[u8]) -> Option<(String, &[u8])> {
    let equals = memchr::memchr(b'=', argument)?;
    let (name, value) = (&argument[..equals], &argument[equals + 1..]);
    let is_name = name
        .first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    is_name.then(|| (String::from_utf8_lossy(name).into_owned(), value))
}

/// `FIELDWIDTHS`: widths, with `skip:` before them, and `*` for the rest.
fn widths(text: &[u8]) -> Vec<(usize, Option<usize>)> {
    let text = String::from_utf8_lossy(text).into_owned();
    text.split_whitespace()
        .map(|word| {
            let (skip, width) = word.split_once(':').unwrap_or(("0", word));
            (skip.parse().unwrap_or(0), width.parse().ok())
        })
        .collect()
}

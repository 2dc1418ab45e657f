//! The program at work: rules, statements, variables, input.

use crate::array::{Array, Index, Shared};
use crate::ast::{Pattern, Program, Rule, Target};
use crate::reader::{Reader, Separator};
use crate::record::Record;
use crate::streams::Streams;
use crate::value::Value;
use crate::variables as var;
use isobox_guest::plain;
use posix_regex::Regex;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A fatal error: gawk's status.
pub const FATAL: i32 = 2;
/// How deep functions call each other.
pub const CALLS_MAX: usize = 4_000;

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
    pub regexes: BTreeMap<Vec<u8>, Rc<Regex>>,
    pub random: crate::random::Random,
    pub seed: f64,
    /// The files that are still to be read: their place in `ARGV`.
    pub argument: usize,
    pub main: Option<Reader>,
    pub any_file: bool,
    pub ranges: Vec<bool>,
    pub terminator: Vec<u8>,
    /// Where the next record is read to.
    pub spare: Vec<u8>,
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
            regexes: BTreeMap::new(),
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

    pub fn file_name(&self) -> String {
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

    /// Says once that text is no UTF-8.
    pub fn warn_of_bytes(&mut self, text: &[u8]) {
        if self.utf8 && !self.warned && !text.is_ascii() && std::str::from_utf8(text).is_err() {
            self.warned = true;
            self.warn("Invalid multibyte data detected. There may be a mismatch between your data and your locale");
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

//! What a program reads.

use crate::eval::Inputs;
use crate::options::Options;
use crate::read::Reader;
use crate::value::Value;
use isobox_guest::plain;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io::Read;
use std::rc::Rc;

/// How far reading is, for messages.
#[derive(Default)]
pub struct Position {
    name: RefCell<Option<String>>,
    is_file: Cell<bool>,
    line: Cell<usize>,
    /// Whether a file could not be read.
    pub failed: Cell<bool>,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.name.borrow() {
            None => f.write_str("<unknown>"),
            Some(name) => write!(f, "{name}:{}", self.line.get()),
        }
    }
}

/// The files, one after the other.
pub struct Source<'a> {
    options: &'a Options,
    files: VecDeque<String>,
    position: Rc<Position>,
    bytes: Vec<u8>,
    at: usize,
    /// Up to where lines have been counted.
    counted: usize,
    pending: VecDeque<Value>,
    ended: bool,
}

impl<'a> Source<'a> {
    pub fn new(options: &'a Options, position: Rc<Position>) -> Self {
        let mut files: VecDeque<String> = options.files.iter().cloned().collect();
        if files.is_empty() {
            files.push_back("-".to_owned());
        }
        Self {
            options,
            files,
            position,
            bytes: Vec::new(),
            at: 0,
            counted: 0,
            pending: VecDeque::new(),
            ended: false,
        }
    }

    /// Goes to the next file that can be read.
    fn open(&mut self) -> bool {
        while let Some(name) = self.files.pop_front() {
            let mut bytes = Vec::new();
            let is_input = name == "-" && self.options.files.is_empty();
            let read = match is_input {
                true => std::io::stdin().read_to_end(&mut bytes).map(|_| ()),
                false => std::fs::read(&name).map(|read| bytes = read),
            };
            if let Err(error) = read {
                eprintln!("jq: error: Could not open file {name}: {}", plain(&error));
                self.position.failed.set(true);
                continue;
            }
            *self.position.name.borrow_mut() =
                Some(if is_input { "<stdin>".to_owned() } else { name });
            self.position.is_file.set(!is_input);
            self.position.line.set(0);
            (self.bytes, self.at, self.counted) = (bytes, 0, 0);
            return true;
        }
        false
    }

    /// Counts the lines up to the end of the one that reading is in.
    fn count(&mut self) {
        let from = self.at.saturating_sub(1).max(self.counted);
        let end = self.bytes[from..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.bytes.len(), |at| from + at + 1);
        let lines = self.bytes[self.counted..end]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        self.position.line.set(self.position.line.get() + lines);
        self.counted = end;
    }

    /// The next value of the files.
    fn value(&mut self) -> Option<Result<Value, String>> {
        loop {
            let mut reader = Reader::new(&self.bytes[self.at..]);
            match reader.next() {
                Ok(Some(value)) => {
                    self.at += reader.position();
                    self.count();
                    return Some(Ok(value));
                }
                Ok(None) => {
                    if !self.open() {
                        return None;
                    }
                }
                Err(_) => {
                    // Places are told from the beginning of the file.
                    let message = self.fail_from_start();
                    self.ended = true;
                    return Some(Err(message));
                }
            }
        }
    }

    fn fail_from_start(&self) -> String {
        let mut reader = Reader::new(&self.bytes);
        loop {
            match reader.next() {
                Ok(Some(_)) => {}
                Ok(None) => return "Unfinished JSON term".to_owned(),
                Err(message) => return message,
            }
        }
    }

    /// The next line, without its newline.
    fn line(&mut self) -> Option<Value> {
        while self.at >= self.bytes.len() {
            if !self.open() {
                return None;
            }
        }
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
        let text = String::from_utf8_lossy(&rest[..length]).into_owned();
        self.at += length + 1;
        self.at = self.at.min(self.bytes.len());
        self.count();
        Some(Value::from(text))
    }

    fn slurped(&mut self) -> Result<Value, String> {
        if self.options.raw_input {
            let mut text = String::new();
            while self.open() {
                text.push_str(&String::from_utf8_lossy(&self.bytes));
                self.at = self.bytes.len();
                self.count();
            }
            return Ok(Value::from(text));
        }
        let mut values = Vec::new();
        while let Some(value) = self.value() {
            values.push(value?);
        }
        Ok(Value::array(values))
    }
}

impl Inputs for Source<'_> {
    fn next(&mut self) -> Option<Result<Value, String>> {
        if let Some(event) = self.pending.pop_front() {
            return Some(Ok(event));
        }
        if self.ended {
            return None;
        }
        if self.options.slurp {
            self.ended = true;
            return Some(self.slurped());
        }
        if self.options.raw_input {
            return self.line().map(Ok);
        }
        match self.value()? {
            Ok(value) if self.options.stream => {
                let mut events = Vec::new();
                stream(&value, &mut Vec::new(), &mut events);
                self.pending.extend(events);
                self.pending.pop_front().map(Ok)
            }
            other => Some(other),
        }
    }

    fn file_name(&self) -> Value {
        match &*self.position.name.borrow() {
            Some(name) if self.position.is_file.get() => Value::from(&name[..]),
            _ => Value::Null,
        }
    }
}

/// The events of a value: paths and leaves, and where arrays and objects close.
fn stream(value: &Value, path: &mut Vec<Value>, events: &mut Vec<Value>) {
    let children: Vec<(Value, Value)> = match value {
        Value::Array(values) => values
            .iter()
            .cloned()
            .enumerate()
            .map(|(at, it)| (Value::from(at), it))
            .collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, it)| (Value::String(key.clone()), it.clone()))
            .collect(),
        _ => Vec::new(),
    };
    if children.is_empty() {
        events.push(Value::array(vec![
            Value::array(path.clone()),
            value.clone(),
        ]));
        return;
    }
    let last = children
        .last()
        .map(|child| child.0.clone())
        .unwrap_or_default();
    for (key, child) in children {
        path.push(key);
        stream(&child, path, events);
        path.pop();
    }
    path.push(last);
    events.push(Value::array(vec![Value::array(path.clone())]));
    path.pop();
}

//! Variables, fields, elements and the parameters of functions.

use crate::array::{Element, Index, Shared};
use crate::ast::{ArrayRef, Expr, Place};
use crate::interpreter::{CALLS_MAX, Cell, Flow, Interpreter, Run};
use crate::reader::Separator;
use crate::record::Splitter;
use crate::value::Value;
use crate::variables::{self as var, SPECIAL};
use posix_regex::{Dialect, Options, Regex};
use std::rc::Rc;

impl Interpreter {
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

    pub fn choose_separator(&mut self) -> Run<()> {
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

    pub fn choose_splitter(&mut self, which: usize) -> Run<()> {
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

    pub fn array_name(&self, array: &ArrayRef) -> (&'static str, String) {
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

    pub fn argument(&mut self, argument: &Expr, is_array: bool) -> Run<Cell> {
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

//! The records of the files in `ARGV`, and those that `getline` reads elsewhere.

use crate::array::{Element, Index};
use crate::interpreter::{Cell, FATAL, Flow, Interpreter, Run, assignment};
use crate::reader::Reader;
use crate::value::Value;
use crate::variables as var;
use isobox_guest::plain;

impl Interpreter {
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
        if let Cell::Value(Value::Text(known)) = &self.globals[var::RT]
            && **known == self.terminator
        {
            return;
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
    pub fn open_next(&mut self) -> Run<bool> {
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

    pub fn begin_file(&mut self, name: &[u8], reader: Reader) -> Run<()> {
        self.globals[var::FILENAME] = Cell::Value(Value::input(name));
        self.file_records = 0.0;
        self.main = Some(reader);
        Ok(())
    }
}

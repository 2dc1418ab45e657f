//! Statements at work.

use crate::ast::{ArrayRef, Case, Expr, Place, Statement, Target};
use crate::interpreter::{Flow, Interpreter, Phase, Run};
use crate::streams::Mode;
use crate::value::Value;
use isobox_guest::plain;

impl Interpreter {
    pub fn statements(&mut self, statements: &[Statement]) -> Run<()> {
        for statement in statements {
            self.statement(statement)?;
        }
        Ok(())
    }

    pub fn statement(&mut self, statement: &Statement) -> Run<()> {
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
                    if let Some(condition) = condition
                        && !self.truth(condition)?
                    {
                        break;
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
    pub fn round(&mut self, body: &Statement) -> Run<bool> {
        match self.statement(body) {
            Ok(()) | Err(Flow::Continue) => Ok(true),
            Err(Flow::Break) => Ok(false),
            Err(flow) => Err(flow),
        }
    }

    pub fn for_in(&mut self, place: &Place, array: &ArrayRef, body: &Statement) -> Run<()> {
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

    pub fn switch(&mut self, subject: &Expr, cases: &[Case]) -> Run<()> {
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

    pub fn print_to(&mut self, values: &[Expr], out: &mut Vec<u8>) -> Run<()> {
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

    pub fn printf(&mut self, values: &[Expr], target: &Target) -> Run<()> {
        let out = self.formatted(values)?;
        self.write(target, &out)
    }

    pub fn write(&mut self, target: &Target, bytes: &[u8]) -> Run<()> {
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

    pub fn check_write(&mut self, result: std::io::Result<()>) -> Run<()> {
        match result {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fatal(&format!(
                "print to \"standard output\" failed: {}",
                plain(&error)
            ))),
        }
    }
}

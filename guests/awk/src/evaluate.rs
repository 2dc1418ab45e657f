//! Expressions at work.

use crate::array::Element;
use crate::ast::{Arithmetic, ArrayRef, Builtin, Comparison, Expr, Place, Source};
use crate::interpreter::{Cell, Interpreter, Run};
use crate::value::{Value, leading_number};
use posix_regex::Regex;
use std::rc::Rc;

impl Interpreter {
    /// For what it does, not for its value.
    pub fn effect(&mut self, expression: &Expr) -> Run<()> {
        match expression {
            Expr::Step(place, by, _) => self.step(place, *by).map(|_| ()),
            Expr::AssignWith(operation, place, value, line) => self
                .assign_with(*operation, place, value, *line)
                .map(|_| ()),
            Expr::Group(inner) => self.effect(inner),
            expression => self.value(expression).map(|_| ()),
        }
    }

    pub fn truth(&mut self, expression: &Expr) -> Run<bool> {
        Ok(match expression {
            Expr::Not(inner) => !self.truth(inner)?,
            Expr::And(one, two) => self.truth(one)? && self.truth(two)?,
            Expr::Or(one, two) => self.truth(one)? || self.truth(two)?,
            Expr::Group(inner) => self.truth(inner)?,
            Expr::Compare(comparison, one, two) => self.compare(*comparison, one, two)?,
            Expr::Match(text, regex, wanted) => self.matches(text, regex)? == *wanted,
            Expr::Regex(literal) => {
                let regex = self.literal(literal)?;
                regex.is_match(self.record.whole(&self.ofs, &self.convfmt))
            }
            expression => self.value(expression)?.is_true(),
        })
    }

    pub fn number(&mut self, expression: &Expr) -> Run<f64> {
        Ok(match expression {
            Expr::Constant(Value::Number(number)) => *number,
            Expr::Group(inner) => self.number(inner)?,
            Expr::Place(Place::Field(number)) => {
                let number = self.number(number)?;
                if number >= 1.0
                    && let Some(text) = self.record.span(number as usize)
                {
                    return Ok(leading_number(text));
                }
                self.field(number)?.number()
            }
            Expr::Place(Place::Global(number)) => match &self.globals[*number] {
                Cell::Value(value) if *number > crate::variables::FNR => value.number(),
                _ => self.value(expression)?.number(),
            },
            Expr::Place(Place::Local(number)) => match &self.stack[self.base + number] {
                Cell::Value(value) => value.number(),
                Cell::Array(_) => self.value(expression)?.number(),
            },
            Expr::Binary(operation, one, two, line) => {
                let one = self.number(one)?;
                let two = self.number(two)?;
                self.arithmetic(*operation, one, two, *line)?
            }
            Expr::Negative(inner) => -self.number(inner)?,
            Expr::Positive(inner) => self.number(inner)?,
            expression => self.value(expression)?.number(),
        })
    }

    pub fn text(&mut self, expression: &Expr) -> Run<Rc<Vec<u8>>> {
        let value = self.value(expression)?;
        Ok(value.bytes(&self.convfmt))
    }

    /// Adds an expression's text, as `print` prints it or as it is concatenated.
    pub fn append(&mut self, expression: &Expr, out: &mut Vec<u8>, printed: bool) -> Run<()> {
        if let Expr::Place(Place::Field(number)) = expression {
            let number = self.number(number)?;
            if number == 0.0 {
                out.extend_from_slice(self.record.whole(&self.ofs, &self.convfmt));
                return Ok(());
            }
            if number >= 1.0
                && let Some(text) = self.record.span(number as usize)
            {
                out.extend_from_slice(text);
                return Ok(());
            }
            let value = self.field(number)?;
            out.extend_from_slice(&value.bytes(&self.convfmt));
            return Ok(());
        }
        if let Expr::Concat(parts) = expression {
            for part in parts {
                self.append(part, out, false)?;
            }
            return Ok(());
        }
        match self.value(expression)? {
            Value::Unset => {}
            Value::Number(number) => {
                let format = if printed { &self.ofmt } else { &self.convfmt };
                out.extend(crate::value::number_text(number, format));
            }
            Value::Text(text) | Value::Input(text) => out.extend_from_slice(&text),
        }
        Ok(())
    }

    pub fn field(&mut self, number: f64) -> Run<Value> {
        if number < 0.0 || number.is_nan() {
            return Err(self.fatal(&format!("attempt to access field {}", number.trunc())));
        }
        match number as usize {
            0 => Ok(self.record.whole_value(&self.ofs, &self.convfmt)),
            number => Ok(self.record.field(number)),
        }
    }

    pub fn value(&mut self, expression: &Expr) -> Run<Value> {
        Ok(match expression {
            Expr::Constant(value) => value.clone(),
            Expr::Place(place) => self.place(place)?,
            Expr::Group(inner) => self.value(inner)?,
            Expr::Assign(place, value) => self.assignment(place, value)?,
            Expr::AssignWith(operation, place, value, line) => {
                Value::Number(self.assign_with(*operation, place, value, *line)?)
            }
            Expr::Step(place, by, wants_before) => {
                let before = self.step(place, *by)?;
                Value::Number(if *wants_before { before } else { before + by })
            }
            Expr::Conditional(condition, then, otherwise) => match self.truth(condition)? {
                true => self.value(then)?,
                false => self.value(otherwise)?,
            },
            Expr::And(..)
            | Expr::Or(..)
            | Expr::Not(_)
            | Expr::Compare(..)
            | Expr::Match(..)
            | Expr::Regex(_) => Value::Number(f64::from(u8::from(self.truth(expression)?))),
            Expr::Negative(_) | Expr::Positive(_) | Expr::Binary(..) => {
                // Zero has no sign that shows.
                let number = self.number(expression)?;
                Value::Number(if number == 0.0 { 0.0 } else { number })
            }
            Expr::In(indexes, array) => {
                let index = self.index(indexes)?;
                let array = self.array(array)?;
                let found = array.borrow().contains(&index);
                Value::Number(f64::from(u8::from(found)))
            }
            Expr::Concat(parts) => {
                let mut out = Vec::new();
                for part in parts {
                    self.append(part, &mut out, false)?;
                }
                Value::text(out)
            }
            Expr::Call(number, arguments, line) => {
                let result = self.call(*number, arguments)?;
                self.line = *line;
                result
            }
            Expr::Builtin(which, arguments, line) => {
                self.line = *line;
                self.builtin(*which, arguments)?
            }
            Expr::Getline(source, place) => Value::Number(self.getline(source, place.as_ref())?),
            Expr::List(parts) => {
                let mut out = Vec::new();
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        out.extend_from_slice(&self.subsep);
                    }
                    self.append(part, &mut out, false)?;
                }
                Value::text(out)
            }
            Expr::Array(_) => Value::Unset,
        })
    }

    fn place(&mut self, place: &Place) -> Run<Value> {
        match place {
            Place::Global(number) => {
                if matches!(self.globals[*number], Cell::Array(_)) {
                    let name = self.program.globals[*number].clone();
                    return Err(self.fatal(&format!(
                        "attempt to use array `{name}' in a scalar context"
                    )));
                }
                Ok(self.global(*number))
            }
            Place::Local(number) => match &self.stack[self.base + number] {
                Cell::Value(value) => Ok(value.clone()),
                Cell::Array(_) => Err(self.fatal("attempt to use array in a scalar context")),
            },
            Place::Field(number) => {
                let number = self.number(number)?;
                self.field(number)
            }
            Place::Element(array, subscripts) => self.element(array, subscripts),
        }
    }

    fn assignment(&mut self, place: &Place, value: &Expr) -> Run<Value> {
        // `s = s x` goes on where `s` ends.
        if let (Place::Global(number), Expr::Concat(parts)) = (place, value) {
            let is_same = matches!(&parts[0], Expr::Place(Place::Global(first)) if first == number);
            if is_same && *number >= crate::variables::SPECIAL {
                let mut rest = Vec::new();
                for part in &parts[1..] {
                    self.append(part, &mut rest, false)?;
                }
                let old = match &mut self.globals[*number] {
                    Cell::Value(old) => std::mem::take(old),
                    Cell::Array(_) => self.place(place)?,
                };
                let mut text = match old {
                    Value::Text(text) | Value::Input(text) => text,
                    other => other.bytes(&self.convfmt),
                };
                Rc::make_mut(&mut text).extend(rest);
                self.globals[*number] = Cell::Value(Value::Text(text));
                return Ok(Value::Unset);
            }
        }
        let value = self.value(value)?;
        self.assign(place, value.clone())?;
        Ok(value)
    }

    /// `+=` and the like.
    fn assign_with(
        &mut self,
        operation: Arithmetic,
        place: &Place,
        value: &Expr,
        line: u32,
    ) -> Run<f64> {
        let right = self.number(value)?;
        if let Some(left) = self.plain_number(place) {
            let result = self.arithmetic(operation, left, right, line)?;
            self.set_plain_number(place, result);
            return Ok(result);
        }
        if let Place::Element(array, subscripts) = place {
            let array = self.array(array)?;
            let index = self.index(subscripts)?;
            let mut borrowed = array.borrow_mut();
            if let Element::Value(old) = borrowed.entry(index) {
                let left = old.number();
                let result = self.arithmetic(operation, left, right, line)?;
                *old = Value::Number(result);
                return Ok(result);
            }
            drop(borrowed);
            return Err(self.fatal("attempt to use array in a scalar context"));
        }
        let left = self.place(place)?.number();
        let result = self.arithmetic(operation, left, right, line)?;
        self.assign(place, Value::Number(result))?;
        Ok(result)
    }

    /// The number that an expression is without being evaluated.
    fn quick_number(&self, expression: &Expr) -> Option<f64> {
        match expression {
            Expr::Constant(Value::Number(number)) => Some(*number),
            Expr::Place(place) => self.plain_number(place),
            _ => None,
        }
    }

    /// The number that a variable of the program holds, when it is one already.
    fn plain_number(&self, place: &Place) -> Option<f64> {
        let cell = match place {
            Place::Global(number) if *number >= crate::variables::SPECIAL => &self.globals[*number],
            Place::Local(number) => &self.stack[self.base + number],
            _ => return None,
        };
        match cell {
            Cell::Value(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Stores where [`Interpreter::plain_number`] found one.
    fn set_plain_number(&mut self, place: &Place, number: f64) {
        let cell = match place {
            Place::Global(at) => &mut self.globals[*at],
            Place::Local(at) => &mut self.stack[self.base + at],
            _ => return,
        };
        *cell = Cell::Value(Value::Number(number));
    }

    /// `++` and `--`: the value before.
    fn step(&mut self, place: &Place, by: f64) -> Run<f64> {
        if let Some(before) = self.plain_number(place) {
            self.set_plain_number(place, before + by);
            return Ok(before);
        }
        if let Place::Element(array, subscripts) = place {
            let array = self.array(array)?;
            let index = self.index(subscripts)?;
            let mut borrowed = array.borrow_mut();
            if let Element::Value(value) = borrowed.entry(index) {
                let before = value.number();
                *value = Value::Number(before + by);
                return Ok(before);
            }
            drop(borrowed);
            return Err(self.fatal("attempt to use array in a scalar context"));
        }
        let before = self.place(place)?.number();
        self.assign(place, Value::Number(before + by))?;
        Ok(before)
    }

    fn arithmetic(&mut self, operation: Arithmetic, one: f64, two: f64, line: u32) -> Run<f64> {
        Ok(match operation {
            Arithmetic::Add => one + two,
            Arithmetic::Subtract => one - two,
            Arithmetic::Multiply => one * two,
            Arithmetic::Divide if two == 0.0 => {
                self.line = line;
                return Err(self.fatal("division by zero attempted"));
            }
            Arithmetic::Divide => one / two,
            Arithmetic::Remainder if two == 0.0 => {
                self.line = line;
                return Err(self.fatal("division by zero attempted in `%'"));
            }
            Arithmetic::Remainder => one % two,
            Arithmetic::Power => power(one, two),
        })
    }

    fn compare(&mut self, comparison: Comparison, one: &Expr, two: &Expr) -> Run<bool> {
        let (one, two) = match (self.quick_number(one), self.quick_number(two)) {
            (Some(one), Some(two)) => (Value::Number(one), Value::Number(two)),
            _ => (self.value(one)?, self.value(two)?),
        };
        if let (Value::Number(one), Value::Number(two)) = (&one, &two) {
            return Ok(match comparison {
                Comparison::Less => one < two,
                Comparison::LessEqual => one <= two,
                Comparison::Equal => one == two,
                Comparison::NotEqual => one != two,
                Comparison::Greater => one > two,
                Comparison::GreaterEqual => one >= two,
            });
        }
        let order = match (&one, &two, self.ignore_case) {
            (Value::Text(one), Value::Text(two), true) => {
                Some(one.to_ascii_lowercase().cmp(&two.to_ascii_lowercase()))
            }
            _ => one.compare(&two, &self.convfmt),
        };
        let Some(order) = order else {
            // One is no number.
            return Ok(comparison == Comparison::NotEqual);
        };
        Ok(match comparison {
            Comparison::Less => order.is_lt(),
            Comparison::LessEqual => order.is_le(),
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterEqual => order.is_ge(),
        })
    }

    fn matches(&mut self, text: &Expr, regex: &Expr) -> Run<bool> {
        let regex = self.regex_of(regex)?;
        if let Expr::Place(Place::Field(number)) = text {
            let number = self.number(number)?;
            if number == 0.0 {
                return Ok(regex.is_match(self.record.whole(&self.ofs, &self.convfmt)));
            }
            if number >= 1.0
                && let Some(text) = self.record.span(number as usize)
            {
                return Ok(regex.is_match(text));
            }
            let value = self.field(number)?;
            return Ok(regex.is_match(&value.bytes(&self.convfmt)));
        }
        let text = self.text(text)?;
        Ok(regex.is_match(&text))
    }

    pub fn literal(&mut self, literal: &crate::ast::Literal) -> Run<Rc<Regex>> {
        match self.ignore_case {
            false => Ok(Rc::clone(&literal.0)),
            true => self.regex(&literal.1.bytes(b"")),
        }
    }

    /// What an expression is as a regular expression.
    pub fn regex_of(&mut self, expression: &Expr) -> Run<Rc<Regex>> {
        match expression {
            Expr::Regex(literal) => self.literal(literal),
            expression => {
                let text = self.text(expression)?;
                self.regex(&text)
            }
        }
    }

    fn getline(&mut self, source: &Source, place: Option<&Place>) -> Run<f64> {
        let mut text = Vec::new();
        let (found, is_main) = match source {
            Source::Main => {
                let found = self.next_main(&mut text, place.is_none())?;
                if found {
                    self.records += 1.0;
                    self.file_records += 1.0;
                }
                (Ok(found), true)
            }
            Source::File(name) => {
                let name = self.text(name)?;
                (self.read_from(&name, false, &mut text), false)
            }
            Source::Command(command) => {
                let command = self.text(command)?;
                // In gawk 5.2 a command's records don't count in `NR`.
                (self.read_from(&command, true, &mut text), false)
            }
        };
        match found {
            Ok(true) => {}
            Ok(false) => return Ok(0.0),
            Err(error) => {
                let words = isobox_guest::plain(&error);
                self.set_global(crate::variables::ERRNO, Value::text(words))?;
                return Ok(-1.0);
            }
        }
        match place {
            Some(place) => self.assign(place, Value::input(text))?,
            None if is_main => {}
            None => self.record.set(|record| *record = text),
        }
        Ok(1.0)
    }

    /// `printf` and `sprintf`.
    pub fn formatted(&mut self, values: &[Expr]) -> Run<Vec<u8>> {
        let Some((format, values)) = values.split_first() else {
            return Ok(Vec::new());
        };
        let format = self.text(format)?;
        let mut evaluated = Vec::with_capacity(values.len());
        for value in values {
            evaluated.push(self.value(value)?);
        }
        let mut out = Vec::new();
        let result = crate::format::format_all(
            &format,
            &mut evaluated.into_iter(),
            self.utf8,
            &self.convfmt,
            &mut out,
        );
        match result {
            Ok(()) => Ok(out),
            Err(place) => {
                let text = String::from_utf8_lossy(&format).into_owned();
                let blanks = " ".repeat(place + 1);
                let message = format!(
                    "not enough arguments to satisfy format string\n\t`{text}'\n\t{blanks}^ ran out for this one"
                );
                Err(self.fatal(&message))
            }
        }
    }

    /// Whether an expression names an array.
    pub fn named_array(&self, expression: &Expr) -> Option<ArrayRef> {
        match expression {
            Expr::Place(Place::Global(number)) => {
                matches!(self.globals[*number], Cell::Array(_)).then_some(ArrayRef::Global(*number))
            }
            Expr::Place(Place::Local(number)) => {
                matches!(self.stack[self.base + number], Cell::Array(_))
                    .then_some(ArrayRef::Local(*number))
            }
            Expr::Group(inner) => self.named_array(inner),
            _ => None,
        }
    }

    fn builtin(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        match which {
            Builtin::Sub | Builtin::Gsub | Builtin::Gensub => self.substitution(which, arguments),
            Builtin::Split
            | Builtin::Patsplit
            | Builtin::Asort
            | Builtin::Asorti
            | Builtin::Match => self.array_builtin(which, arguments),
            Builtin::Length | Builtin::Isarray | Builtin::Typeof => {
                self.inspection(which, arguments)
            }
            Builtin::Substr
            | Builtin::Index
            | Builtin::Sprintf
            | Builtin::Tolower
            | Builtin::Toupper
            | Builtin::Strtonum => self.text_builtin(which, arguments),
            Builtin::Close | Builtin::Fflush | Builtin::System => {
                self.stream_builtin(which, arguments)
            }
            Builtin::Mktime | Builtin::Strftime | Builtin::Systime => {
                self.time_builtin(which, arguments)
            }
            _ => self.number_builtin(which, arguments),
        }
    }
}

/// As C's `pow`, by multiplication for whole exponents.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent == exponent.trunc() && exponent.abs() < 1024.0 {
        return base.powi(exponent as i32);
    }
    base.powf(exponent)
}

//! The functions that fill arrays, and the order of `for (k in a)`.

use crate::array::{Array, Element, Index, Shared};
use crate::ast::{ArrayRef, Builtin, Expr};
use crate::interpreter::{Cell, Interpreter, Run};
use crate::record::{Splitter, split};
use crate::text;
use crate::value::Value;
use crate::variables as var;
use posix_regex::Captures;
use std::cmp::Ordering;
use std::rc::Rc;

type Key = Rc<Vec<u8>>;

impl Interpreter {
    pub fn array_builtin(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        match which {
            Builtin::Split | Builtin::Patsplit => self.split_builtin(which, arguments),
            Builtin::Match => self.match_builtin(arguments),
            _ => self.sort_builtin(which, arguments),
        }
    }

    fn array_argument(&mut self, arguments: &[Expr], at: usize) -> Run<Option<Shared>> {
        match arguments.get(at) {
            Some(Expr::Array(array)) => {
                let array: &ArrayRef = array;
                self.array(array).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn split_builtin(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        let text = self.text(&arguments[0])?;
        let splitter = match (arguments.get(2), which) {
            (Some(pattern), Builtin::Patsplit) => Splitter::Pattern(self.regex_of(pattern)?),
            (Some(Expr::Regex(literal)), _) => Splitter::Regex(self.literal(literal)?),
            (Some(separator), _) => {
                let separator = self.text(separator)?;
                self.splitter(&separator)?
            }
            (None, Builtin::Patsplit) => {
                let pattern = self.global(var::FPAT).bytes(b"%.6g");
                Splitter::Pattern(self.regex(&pattern)?)
            }
            (None, _) => match &self.record.splitter {
                Splitter::Widths(_) | Splitter::Pattern(_) => {
                    let separator = self.global(var::FS).bytes(b"%.6g");
                    self.splitter(&separator)?
                }
                splitter => splitter.clone(),
            },
        };
        let array = self.array_argument(arguments, 1)?;
        let separators = self.array_argument(arguments, 3)?;
        let mut between = Vec::new();
        let spans = split(&text, &splitter, false, &mut between);
        let part = |(from, to): &(u32, u32)| Value::input(&text[*from as usize..*to as usize]);
        if let Some(array) = array {
            fill(&array, 1, spans.iter().map(part));
        }
        if let Some(separators) = separators {
            // Blanks before the first field and what is before the first match have the number 0.
            let from = match splitter {
                Splitter::Blanks | Splitter::Pattern(_) => 0,
                _ => 1,
            };
            fill(&separators, from, between.iter().map(part));
        }
        Ok(Value::Number(spans.len() as f64))
    }

    fn match_builtin(&mut self, arguments: &[Expr]) -> Run<Value> {
        let text = self.text(&arguments[0])?;
        let regex = self.regex_of(&arguments[1])?;
        let array = self.array_argument(arguments, 2)?;
        let mut captures = Captures::default();
        let scan = regex.scan(&text);
        let found = match array {
            Some(_) => scan
                .captures(0, &mut captures)
                .then(|| captures.get(0))
                .flatten(),
            None => scan.find(0),
        };
        let utf8 = self.utf8;
        let count = |from: usize, to: usize| match utf8 {
            true => text::length(&text[from..to]) as f64,
            false => (to - from) as f64,
        };
        let (start, length) = match found {
            Some((from, to)) => (count(0, from) + 1.0, count(from, to)),
            None => (0.0, -1.0),
        };
        if let Some(array) = array {
            let mut array = array.borrow_mut();
            array.clear();
            for group in 0..=regex.groups() {
                let Some((from, to)) = captures.get(group).filter(|_| found.is_some()) else {
                    continue;
                };
                array.set(Index::Number(group as u32), Value::input(&text[from..to]));
                let part = |name: &str| {
                    let key =
                        [group.to_string().as_bytes(), &self.subsep, name.as_bytes()].concat();
                    Index::of_text(Rc::new(key))
                };
                array.set(part("start"), Value::Number(count(0, from) + 1.0));
                array.set(part("length"), Value::Number(count(from, to)));
            }
        }
        self.set_global(var::RSTART, Value::Number(start))?;
        self.set_global(var::RLENGTH, Value::Number(length))?;
        Ok(Value::Number(start))
    }

    fn sort_builtin(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        let Some(source) = self.array_argument(arguments, 0)? else {
            return Ok(Value::Number(0.0));
        };
        let order = match arguments.get(2) {
            Some(order) => self.text(order)?,
            None if which == Builtin::Asort => Rc::new(b"@val_type_asc".to_vec()),
            None => Rc::new(b"@ind_str_asc".to_vec()),
        };
        let mut pairs = pairs(&source);
        self.sort(&mut pairs, &order)?;
        let values = pairs.into_iter().map(|(key, value)| match which {
            Builtin::Asort => value,
            _ => Value::Input(key),
        });
        let values: Vec<Value> = values.collect();
        let count = values.len();
        let target = match self.array_argument(arguments, 1)? {
            Some(target) => target,
            None => source,
        };
        fill(&target, 1, values.into_iter());
        Ok(Value::Number(count as f64))
    }

    /// The keys in the order that `PROCINFO["sorted_in"]` asks for, or gawk's own.
    pub fn ordered_keys(&mut self, array: &Shared) -> Run<Vec<Key>> {
        let order = match &self.globals[var::PROCINFO] {
            Cell::Array(info) => match info
                .borrow()
                .get(&Index::Text(Rc::new(b"sorted_in".to_vec())))
            {
                Some(Element::Value(order)) => Some(order.bytes(b"%.6g")),
                _ => None,
            },
            Cell::Value(_) => None,
        };
        let Some(order) = order.filter(|order| !order.is_empty() && **order != b"@unsorted") else {
            return Ok(array.borrow().keys());
        };
        let mut pairs = pairs(array);
        self.sort(&mut pairs, &order)?;
        Ok(pairs.into_iter().map(|(key, _)| key).collect())
    }

    fn sort(&mut self, pairs: &mut [(Key, Value)], order: &[u8]) -> Run<()> {
        if order.first() != Some(&b'@') {
            return self.sort_by_function(pairs, order);
        }
        let format = Rc::clone(&self.convfmt);
        let texts = |one: &Value, two: &Value| one.bytes(&format).cmp(&two.bytes(&format));
        let numbers = |one: f64, two: f64| one.partial_cmp(&two).unwrap_or(Ordering::Equal);
        let key_number = |key: &Key| crate::value::leading_number(key);
        let descending = order.ends_with(b"_desc");
        let name = order
            .strip_suffix(b"_desc")
            .or(order.strip_suffix(b"_asc"))
            .unwrap_or(order);
        match name {
            b"@ind_str" => pairs.sort_by(|one, two| one.0.cmp(&two.0)),
            b"@ind_num" => pairs.sort_by(|one, two| {
                numbers(key_number(&one.0), key_number(&two.0)).then_with(|| one.0.cmp(&two.0))
            }),
            b"@val_str" => {
                pairs.sort_by(|one, two| texts(&one.1, &two.1).then_with(|| one.0.cmp(&two.0)))
            }
            b"@val_num" => pairs.sort_by(|one, two| {
                numbers(one.1.number(), two.1.number())
                    .then_with(|| texts(&one.1, &two.1))
                    .then_with(|| one.0.cmp(&two.0))
            }),
            b"@val_type" => pairs.sort_by(|one, two| {
                let rank = |value: &Value| match value {
                    Value::Unset => 0,
                    Value::Number(_) => 1,
                    Value::Input(text) if crate::value::looks_numeric(text).is_some() => 1,
                    _ => 2,
                };
                rank(&one.1)
                    .cmp(&rank(&two.1))
                    .then_with(|| one.1.compare(&two.1, &format).unwrap_or(Ordering::Equal))
                    .then_with(|| one.0.cmp(&two.0))
            }),
            _ => {
                let order = String::from_utf8_lossy(order).into_owned();
                return Err(self.fatal(&format!("`{order}' is invalid as a function name")));
            }
        }
        if descending {
            pairs.reverse();
        }
        Ok(())
    }

    /// By a function of the program that takes two keys and two values.
    fn sort_by_function(&mut self, pairs: &mut [(Key, Value)], name: &[u8]) -> Run<()> {
        let name = String::from_utf8_lossy(name).into_owned();
        let Some(number) = self
            .program
            .functions
            .iter()
            .position(|function| function.name == name)
        else {
            return Err(self.fatal(&format!("sort comparison function `{name}' is not defined")));
        };
        let mut failed = None;
        let mut sorted = pairs.to_vec();
        // Insertion: a comparison that contradicts itself must not matter.
        for end in 1..sorted.len() {
            let mut at = end;
            while at > 0 && failed.is_none() {
                let (one, two) = (&sorted[at - 1], &sorted[at]);
                let arguments = [
                    Expr::Constant(Value::Input(Rc::clone(&one.0))),
                    Expr::Constant(one.1.clone()),
                    Expr::Constant(Value::Input(Rc::clone(&two.0))),
                    Expr::Constant(two.1.clone()),
                ];
                match self.call(number, &arguments) {
                    Ok(result) if result.number() > 0.0 => sorted.swap(at - 1, at),
                    Ok(_) => break,
                    Err(flow) => failed = Some(flow),
                }
                at -= 1;
            }
        }
        pairs.clone_from_slice(&sorted);
        failed.map_or(Ok(()), Err)
    }
}

fn pairs(array: &Shared) -> Vec<(Key, Value)> {
    let array = array.borrow();
    array
        .keys()
        .into_iter()
        .map(|key| {
            let value = match array.get(&Index::of_text(Rc::clone(&key))) {
                Some(Element::Value(value)) => value.clone(),
                _ => Value::Unset,
            };
            (key, value)
        })
        .collect()
}

/// Makes an array of values, numbered from `from`.
fn fill(array: &Shared, from: u32, values: impl Iterator<Item = Value>) {
    let mut new = Array::default();
    for (at, value) in values.enumerate() {
        new.set(Index::Number(from + at as u32), value);
    }
    *array.borrow_mut() = new;
}

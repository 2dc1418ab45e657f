//! Functions that take filters, or that do more than answer a value.

use crate::ast::{Ref, Special};
use crate::builtins;
use crate::eval::{Env, Flow, Inputs, Interpreter, Item, Out, Stop, error};
use crate::json;
use crate::paths;
use crate::value::Value;
use std::io::Write;

impl Interpreter<'_> {
    pub fn special(
        &self,
        special: Special,
        arguments: &'static [Ref],
        env: &Env,
        item: Item,
        out: Out,
    ) -> Flow {
        match special {
            Special::Empty => Ok(()),
            Special::Error => match arguments.first() {
                None => Err(Stop::Error(item.value)),
                Some(message) => self.run(message, env, item.unplaced(), &mut |message| {
                    Err(Stop::Error(message.value))
                }),
            },
            Special::Path => {
                let start = Item {
                    value: item.value.clone(),
                    path: paths::Path::At(None),
                };
                self.run(arguments[0], env, start, &mut |found| {
                    out(item.computed(Value::array(found.steps()?)))
                })
            }
            Special::GetPath => self.run(
                arguments[0],
                env,
                item.unplaced(),
                &mut |path| match &path.value {
                    Value::Array(keys) => out(paths::walk_to(&item, keys)?),
                    _ => Err(error("Path must be specified as an array")),
                },
            ),
            Special::Range => self.range(arguments, env, &item, out),
            Special::Limit => self.limit(arguments, env, item, out),
            Special::First => match self.first(arguments[0], env, item)? {
                Some(first) => out(first),
                None => Ok(()),
            },
            Special::IsEmpty => {
                let first = self.first(arguments[0], env, item.unplaced())?;
                out(item.computed(Value::Bool(first.is_none())))
            }
            Special::Until => self.until(arguments, env, item, out),
            Special::While => self.while_true(arguments, env, item, out),
            Special::Repeat => self.repeat(arguments[0], env, item, out),
            Special::Recurse => self.recurse(arguments, env, item, out),
            Special::Any | Special::All => {
                self.quantify(special == Special::Any, arguments, env, &item, out)
            }
            Special::SortBy
            | Special::GroupBy
            | Special::MinBy
            | Special::MaxBy
            | Special::UniqueBy => {
                let value = self.by_key(special, arguments[0], env, &item)?;
                out(item.computed(value))
            }
            Special::Input => match self.inputs.borrow_mut().next() {
                Some(Ok(value)) => Ok(value),
                Some(Err(message)) => Err(Stop::Error(Value::from(message))),
                None => Err(error("break")),
            }
            .and_then(|value| out(item.computed(value))),
            Special::Inputs => loop {
                let next = self.inputs.borrow_mut().next();
                match next {
                    None => return Ok(()),
                    Some(Ok(value)) => out(item.computed(value))?,
                    Some(Err(message)) => return Err(Stop::Error(Value::from(message))),
                }
            },
            Special::InputFilename => {
                let name = self.inputs.borrow().file_name();
                out(item.computed(name))
            }
            Special::Debug => {
                let _ = std::io::stdout().flush();
                eprintln!("[\"DEBUG:\",{}]", json::compact(&item.value));
                out(item)
            }
            Special::Stderr => {
                let _ = std::io::stdout().flush();
                eprint!("{}", json::compact(&item.value));
                out(item)
            }
            Special::Halt => Err(Stop::Halt(0)),
            Special::HaltError => self.halt_error(arguments, env, &item),
            Special::Select => {
                self.run(
                    arguments[0],
                    env,
                    item.unplaced(),
                    &mut |answer| match answer.value.is_true() {
                        true => out(item.clone()),
                        false => Ok(()),
                    },
                )
            }
            Special::Map => {
                let mut values = Vec::new();
                paths::iterate(&item.unplaced(), &mut |inner| {
                    self.run(arguments[0], env, inner, &mut |found| {
                        values.push(found.value);
                        Ok(())
                    })
                })?;
                out(item.computed(Value::array(values)))
            }
            Special::Paths => {
                let mut found = Vec::new();
                all_paths(&item.value, &mut Vec::new(), &mut found);
                found
                    .into_iter()
                    .try_for_each(|path| out(item.computed(Value::array(path))))
            }
            Special::Builtins => out(item.computed(builtins::names())),
        }
    }

    fn halt_error(&self, arguments: &'static [Ref], env: &Env, item: &Item) -> Flow {
        let status = match arguments.first() {
            None => Value::Number(5.0),
            Some(status) => self
                .first(status, env, item.unplaced())?
                .map_or(Value::Null, |it| it.value),
        };
        let Value::Number(status) = status else {
            return Err(error("halt_error/1: number required"));
        };
        let _ = std::io::stdout().flush();
        match &item.value {
            Value::Null => {}
            Value::String(text) => eprint!("{text}"),
            value => eprintln!("{}", json::compact(value)),
        }
        Err(Stop::Halt(status as i32))
    }

    fn range(&self, arguments: &'static [Ref], env: &Env, item: &Item, out: Out) -> Flow {
        let number = |value: &Value| match value {
            Value::Number(number) => Ok(*number),
            _ => Err(error("Range bounds must be numeric")),
        };
        let zero: &[Value] = &[Value::Number(0.0)];
        let collect = |at: usize| self.collect(arguments[at], env, &item.value);
        let (from, to, by) = match arguments.len() {
            1 => (zero.to_vec(), collect(0)?, vec![Value::Number(1.0)]),
            2 => (collect(0)?, collect(1)?, vec![Value::Number(1.0)]),
            _ => (collect(0)?, collect(1)?, collect(2)?),
        };
        for from in &from {
            for to in &to {
                for by in &by {
                    let (mut at, to, by) = (number(from)?, number(to)?, number(by)?);
                    while if by > 0.0 {
                        at < to
                    } else {
                        by < 0.0 && at > to
                    } {
                        out(item.computed(Value::Number(at)))?;
                        at += by;
                    }
                }
            }
        }
        Ok(())
    }

    fn limit(&self, arguments: &'static [Ref], env: &Env, item: Item, out: Out) -> Flow {
        for count in self.collect(arguments[0], env, &item.value)? {
            let Value::Number(count) = count else {
                return Err(error("Invalid arguments"));
            };
            if count < 0.0 {
                self.run(arguments[1], env, item.clone(), out)?;
                continue;
            }
            let mut taken = 0.0;
            let mut full = false;
            let flow = self.shielded(arguments[1], env, item.clone(), &mut |found| {
                taken += 1.0;
                out(found)?;
                full = taken >= count;
                if full { Err(Stop::Below) } else { Ok(()) }
            });
            match flow {
                Err(Stop::Below) if full => {}
                Err(stop) => return Err(stop),
                Ok(flow) => flow?,
            }
        }
        Ok(())
    }

    /// Loops as long as both filters have one output each.
    fn until(&self, arguments: &'static [Ref], env: &Env, item: Item, out: Out) -> Flow {
        let mut pending = vec![item];
        while let Some(item) = pending.pop() {
            let mut next = Vec::new();
            for done in self.collect(arguments[0], env, &item.value)? {
                if done.is_true() {
                    out(item.clone())?;
                } else {
                    self.run(arguments[1], env, item.clone(), &mut |item| {
                        next.push(item);
                        Ok(())
                    })?;
                }
            }
            pending.extend(next.into_iter().rev());
        }
        Ok(())
    }

    fn while_true(&self, arguments: &'static [Ref], env: &Env, item: Item, out: Out) -> Flow {
        let mut pending = vec![item];
        while let Some(item) = pending.pop() {
            let mut next = Vec::new();
            for goes_on in self.collect(arguments[0], env, &item.value)? {
                if goes_on.is_true() {
                    out(item.clone())?;
                    self.run(arguments[1], env, item.clone(), &mut |item| {
                        next.push(item);
                        Ok(())
                    })?;
                }
            }
            pending.extend(next.into_iter().rev());
        }
        Ok(())
    }

    fn repeat(&self, update: Ref, env: &Env, item: Item, out: Out) -> Flow {
        let mut pending = vec![item];
        while let Some(item) = pending.pop() {
            let mut next = Vec::new();
            self.run(update, env, item, &mut |item| {
                out(item.clone())?;
                next.push(item);
                Ok(())
            })?;
            pending.extend(next.into_iter().rev());
        }
        Ok(())
    }

    fn recurse(&self, arguments: &'static [Ref], env: &Env, item: Item, out: Out) -> Flow {
        let mut pending = vec![item];
        while let Some(item) = pending.pop() {
            let mut next = Vec::new();
            let mut keep = |found: Item| {
                next.push(found);
                Ok(())
            };
            out(item.clone())?;
            match arguments {
                [] => {
                    if matches!(item.value, Value::Array(_) | Value::Object(_)) {
                        paths::iterate(&item, &mut keep)?;
                    }
                }
                [step] => self.run(step, env, item, &mut keep)?,
                [step, condition, ..] => self.run(step, env, item, &mut |found| {
                    for answer in self.collect(condition, env, &found.value)? {
                        if answer.is_true() {
                            keep(found.clone())?;
                        }
                    }
                    Ok(())
                })?,
            }
            pending.extend(next.into_iter().rev());
        }
        Ok(())
    }

    /// `any` and `all`: the first answer that settles it is the last one asked for.
    fn quantify(
        &self,
        any: bool,
        arguments: &'static [Ref],
        env: &Env,
        item: &Item,
        out: Out,
    ) -> Flow {
        let mut settled = false;
        let start = item.unplaced();
        let mut judge = |found: Item| -> Flow {
            let answers = match arguments {
                [] => vec![found.value],
                [condition] | [_, condition, ..] => self.collect(condition, env, &found.value)?,
            };
            settled = answers.iter().any(|answer| answer.is_true() == any);
            if settled { Err(Stop::Below) } else { Ok(()) }
        };
        let flow = match arguments {
            [source, _, ..] => self.run(source, env, start, &mut judge),
            _ => paths::iterate(&start, &mut judge),
        };
        match flow {
            Err(Stop::Below) if settled => {}
            flow => flow?,
        }
        out(item.computed(Value::Bool(settled == any)))
    }

    fn by_key(&self, special: Special, key: Ref, env: &Env, item: &Item) -> Result<Value, Stop> {
        let Value::Array(values) = &item.value else {
            return Err(match (&item.value, special) {
                (Value::Object(_), _) | (_, Special::SortBy | Special::GroupBy)
                    if !matches!(item.value, Value::Object(_)) =>
                {
                    error(format!("Cannot iterate over {}", item.value.described()))
                }
                (Value::Object(_), _) => {
                    error(format!("Cannot index {} with number", item.value.kind()))
                }
                _ => error(format!("Cannot iterate over {}", item.value.described())),
            });
        };
        let mut keyed = Vec::with_capacity(values.len());
        for value in values.iter() {
            keyed.push((Value::array(self.collect(key, env, value)?), value.clone()));
        }
        let first_of = |best: fn(&Value, &Value) -> bool| {
            let mut found: Option<&(Value, Value)> = None;
            for one in &keyed {
                if found.is_none_or(|old| best(&one.0, &old.0)) {
                    found = Some(one);
                }
            }
            found.map_or(Value::Null, |one| one.1.clone())
        };
        Ok(match special {
            Special::MinBy => first_of(|new, old| new < old),
            Special::MaxBy => first_of(|new, old| new >= old),
            _ => {
                keyed.sort_by(|a, b| a.0.cmp(&b.0));
                let groups = keyed.chunk_by(|a, b| a.0 == b.0);
                Value::array(match special {
                    Special::GroupBy => groups
                        .map(|group| Value::array(group.iter().map(|one| one.1.clone()).collect()))
                        .collect(),
                    Special::UniqueBy => groups.map(|group| group[0].1.clone()).collect(),
                    _ => keyed.iter().map(|one| one.1.clone()).collect(),
                })
            }
        })
    }
}

/// The paths of all that is below a value.
fn all_paths(value: &Value, above: &mut Vec<Value>, found: &mut Vec<Vec<Value>>) {
    let mut below = |key: Value, value: &Value| {
        above.push(key);
        found.push(above.clone());
        all_paths(value, above, found);
        above.pop();
    };
    match value {
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                below(Value::from(at), value);
            }
        }
        Value::Object(map) => {
            for (key, value) in map.iter() {
                below(Value::String(key.clone()), value);
            }
        }
        _ => {}
    }
}

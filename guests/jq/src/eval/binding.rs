//! Variables bound out of values, and the folds over them.

use super::{Env, Flow, Interpreter, Item, Out, error, with_variable};
use crate::ast::{Pattern, Ref};
use crate::eval::Stop;
use crate::paths;
use crate::value::Value;

impl Interpreter<'_> {
    /// Binds a value to patterns, one after the other until one goes well.
    pub(super) fn bind(
        &self,
        patterns: &'static [Pattern],
        count: usize,
        value: &Value,
        env: &Env,
        out: &mut dyn FnMut(&Env) -> Flow,
    ) -> Flow {
        if let [Pattern::Variable(_)] = patterns {
            return out(&with_variable(env, value.clone()));
        }
        let (last, others) = patterns.split_last().ok_or_else(|| error("no pattern"))?;
        for pattern in others {
            match self.bind_one(pattern, count, value, env, out) {
                Err(Stop::Error(_)) => {}
                flow => return flow,
            }
        }
        self.bind_one(last, count, value, env, out)
    }

    fn bind_one(
        &self,
        pattern: &'static Pattern,
        count: usize,
        value: &Value,
        env: &Env,
        out: &mut dyn FnMut(&Env) -> Flow,
    ) -> Flow {
        let mut choices = vec![vec![Value::Null; count]];
        self.destructure(pattern, value, env, &mut choices)?;
        for choice in choices {
            let bound = choice
                .into_iter()
                .fold(env.clone(), |env, value| with_variable(&env, value));
            out(&bound)?;
        }
        Ok(())
    }

    fn destructure(
        &self,
        pattern: &'static Pattern,
        value: &Value,
        env: &Env,
        choices: &mut Vec<Vec<Value>>,
    ) -> Flow {
        match pattern {
            Pattern::Variable(number) => {
                for choice in choices {
                    choice[*number] = value.clone();
                }
                Ok(())
            }
            Pattern::Array(items) => {
                if !matches!(value, Value::Array(_) | Value::Null) {
                    return Err(error(format!("Cannot index {} with number", value.kind())));
                }
                for (at, pattern) in items.iter().enumerate() {
                    let inner = paths::get(value, &Value::from(at)).map_err(Stop::Error)?;
                    self.destructure(pattern, &inner, env, choices)?;
                }
                Ok(())
            }
            Pattern::Object(entries) => {
                for (variable, key, below) in entries {
                    let mut all = Vec::new();
                    for key in self.collect(key, env, value)? {
                        if !matches!(key, Value::String(_)) {
                            return Err(error(format!(
                                "Cannot index {} with {}",
                                value.kind(),
                                key.kind()
                            )));
                        }
                        let inner = paths::get(value, &key).map_err(Stop::Error)?;
                        let mut some = choices.clone();
                        if let Some(variable) = variable {
                            self.destructure_variable(*variable, &inner, &mut some);
                        }
                        if let Some(below) = below {
                            self.destructure(below, &inner, env, &mut some)?;
                        }
                        all.append(&mut some);
                    }
                    *choices = all;
                }
                Ok(())
            }
        }
    }

    fn destructure_variable(&self, number: usize, value: &Value, choices: &mut [Vec<Value>]) {
        for choice in choices {
            choice[number] = value.clone();
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn reduce(
        &self,
        source: Ref,
        (patterns, count): (&'static [Pattern], usize),
        start: Ref,
        update: Ref,
        env: &Env,
        item: Item,
        out: Out,
    ) -> Flow {
        self.run(start, env, item.clone(), &mut |start| {
            let mut state = start;
            self.run(source, env, item.unplaced(), &mut |value| {
                self.bind(patterns, count, &value.value, env, &mut |env| {
                    let before = std::mem::replace(&mut state, Item::plain(Value::Null));
                    let lost = before.computed(Value::Null);
                    let mut last = None;
                    self.run(update, env, before, &mut |item| {
                        last = Some(item);
                        Ok(())
                    })?;
                    state = last.unwrap_or(lost);
                    Ok(())
                })
            })?;
            out(state)
        })
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn foreach(
        &self,
        source: Ref,
        (patterns, count): (&'static [Pattern], usize),
        start: Ref,
        update: Ref,
        extract: Option<Ref>,
        env: &Env,
        item: Item,
        out: Out,
    ) -> Flow {
        self.run(start, env, item.clone(), &mut |start| {
            let mut state = start;
            self.run(source, env, item.unplaced(), &mut |value| {
                self.bind(patterns, count, &value.value, env, &mut |env| {
                    let before = state.clone();
                    self.run(update, env, before, &mut |new| {
                        state = new.clone();
                        match extract {
                            Some(extract) => self.run(extract, env, new, out),
                            None => out(new),
                        }
                    })
                })
            })
        })
    }
}

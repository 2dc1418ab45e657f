//! The evaluation: every filter hands its outputs on as it finds them.

mod binding;

use crate::ast::{Function, Node, Piece, Ref};
use crate::formats;
use crate::inputs::Source;
use crate::operators::{arithmetic, negate};
use crate::parse::GLOBALS;
use crate::paths::{self, Path, Step};
use crate::value::{Map, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Why evaluation stops.
#[derive(Debug)]
pub enum Stop {
    Error(Value),
    Break(u64),
    Halt(i32),
    /// What takes the outputs has stopped, for a reason that is kept elsewhere.
    Below,
}

pub type Flow = Result<(), Stop>;
pub type Out<'a> = &'a mut dyn FnMut(Item) -> Flow;

/// A value, and where in the input it is, when that is asked for.
#[derive(Clone, Debug)]
pub struct Item {
    pub value: Value,
    pub path: Path,
}

impl Item {
    /// A value whose place nobody asks for.
    pub fn plain(value: Value) -> Self {
        Self {
            value,
            path: Path::Off,
        }
    }

    /// Something that was computed and is nowhere in the input.
    pub fn computed(&self, value: Value) -> Self {
        let path = match self.path {
            Path::Off => Path::Off,
            _ => Path::Lost,
        };
        Self { value, path }
    }

    /// The same value without its place.
    pub fn unplaced(&self) -> Self {
        Self::plain(self.value.clone())
    }
}

/// What names stand for, innermost first.
pub type Env = Option<Rc<Frame>>;

pub struct Frame {
    slot: Slot,
    above: Env,
}

enum Slot {
    Variable(Value),
    Closure(Ref, Env),
    Function(&'static Function),
    Label(u64),
}

impl Drop for Frame {
    /// Long chains are taken apart in a loop rather than by recursion.
    fn drop(&mut self) {
        let mut above = self.above.take();
        while let Some(frame) = above {
            match Rc::try_unwrap(frame) {
                Ok(mut frame) => above = frame.above.take(),
                Err(_) => break,
            }
        }
    }
}

pub fn with_variable(env: &Env, value: Value) -> Env {
    push(env, Slot::Variable(value))
}

fn push(env: &Env, slot: Slot) -> Env {
    Some(Rc::new(Frame {
        slot,
        above: env.clone(),
    }))
}

/// Where `input` takes its values from.
pub trait Inputs {
    fn next(&mut self) -> Option<Result<Value, String>>;
    fn file_name(&self) -> Value;
}

/// An error with a text.
pub fn error(text: impl AsRef<str>) -> Stop {
    Stop::Error(Value::string(text))
}

/// How deep calls may be nested.
const DEPTH: usize = 2500;

pub struct Interpreter<'s> {
    functions: Vec<&'static Function>,
    pub inputs: RefCell<Source<'s>>,
    labels: Cell<u64>,
    depth: Cell<usize>,
}

impl<'s> Interpreter<'s> {
    pub fn new(inputs: Source<'s>) -> Self {
        Self {
            functions: GLOBALS.with_borrow(|globals| globals.functions.clone()),
            inputs: RefCell::new(inputs),
            labels: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    /// All outputs for a value.
    pub fn collect(&self, node: Ref, env: &Env, value: &Value) -> Result<Vec<Value>, Stop> {
        let mut values = Vec::new();
        self.run(node, env, Item::plain(value.clone()), &mut |item| {
            values.push(item.value);
            Ok(())
        })?;
        Ok(values)
    }

    /// The first output for an item.
    pub fn first(&self, node: Ref, env: &Env, item: Item) -> Result<Option<Item>, Stop> {
        let mut first = None;
        let flow = self.run(node, env, item, &mut |item| {
            first = Some(item);
            Err(Stop::Below)
        });
        match flow {
            Err(Stop::Below) if first.is_some() => Ok(first),
            Err(stop) => Err(stop),
            Ok(()) => Ok(first),
        }
    }

    /// Hands outputs on; why the taker stopped goes around what catches errors.
    pub fn shielded(&self, node: Ref, env: &Env, item: Item, out: Out) -> Result<Flow, Stop> {
        let mut below = None;
        let flow = self.run(node, env, item, &mut |item| {
            out(item).map_err(|stop| {
                below = Some(stop);
                Stop::Below
            })
        });
        match below {
            Some(stop) => Err(stop),
            None => Ok(flow),
        }
    }

    pub fn run(&self, node: Ref, env: &Env, item: Item, out: Out) -> Flow {
        match node {
            Node::Identity => out(item),
            Node::Literal(value) => {
                let item = item.computed(value.clone());
                out(item)
            }
            Node::Pipe(left, right) => {
                self.run(left, env, item, &mut |item| self.run(right, env, item, out))
            }
            Node::Comma(left, right) => {
                self.run(left, env, item.clone(), out)?;
                self.run(right, env, item, out)
            }
            Node::Index(term, key) => self.index(term, key, env, item, out),
            Node::Slice(term, from, to) => self.slice(term, *from, *to, env, item, out),
            Node::Iterate(term) => {
                self.run(term, env, item, &mut |item| paths::iterate(&item, out))
            }
            Node::Variable(steps) => match &frame(env, *steps).slot {
                Slot::Variable(value) => out(item.computed(value.clone())),
                _ => Err(error("not a variable")),
            },
            Node::Environment => out(item.computed(environment())),
            Node::Binary(operator, left, right) => {
                self.run(right, env, item.unplaced(), &mut |right| {
                    self.run(left, env, item.unplaced(), &mut |left| {
                        let value = arithmetic(*operator, left.value, right.value.clone())
                            .map_err(Stop::Error)?;
                        out(item.computed(value))
                    })
                })
            }
            Node::Negate(operand) => self.run(operand, env, item.unplaced(), &mut |it| {
                out(item.computed(negate(&it.value).map_err(Stop::Error)?))
            }),
            Node::And(left, right) => self.logic(left, right, false, env, &item, out),
            Node::Or(left, right) => self.logic(left, right, true, env, &item, out),
            Node::Array(None) => out(item.computed(Value::array(Vec::new()))),
            Node::Array(Some(inner)) => {
                let values = self.collect(inner, env, &item.value)?;
                out(item.computed(Value::array(values)))
            }
            Node::Object(entries) => self.object(entries, Map::default(), env, &item, out),
            Node::Interpolated(format, pieces) => {
                self.interpolate(format, pieces, String::new(), env, &item, out)
            }
            Node::Format(name) => {
                let text = formats::format(name, &item.value).map_err(Stop::Error)?;
                out(item.computed(Value::from(text)))
            }
            Node::If(condition, then, otherwise) => {
                self.run(condition, env, item.unplaced(), &mut |answer| match (
                    answer.value.is_true(),
                    otherwise,
                ) {
                    (true, _) => self.run(then, env, item.clone(), out),
                    (false, Some(otherwise)) => self.run(otherwise, env, item.clone(), out),
                    (false, None) => out(item.clone()),
                })
            }
            Node::Try(body, handler) => match self.shielded(body, env, item.clone(), out)? {
                Err(Stop::Error(value)) => match handler {
                    Some(handler) => self.run(handler, env, item.computed(value), out),
                    None => Ok(()),
                },
                flow => flow,
            },
            Node::Alternative(left, right) => self.alternative(left, right, env, item, out),
            Node::As(source, patterns, count, body) => {
                self.run(source, env, item.unplaced(), &mut |bound| {
                    self.bind(patterns, *count, &bound.value, env, &mut |env| {
                        self.run(body, env, item.clone(), out)
                    })
                })
            }
            Node::Reduce(source, patterns, count, start, update) => {
                self.reduce(source, (patterns, *count), start, update, env, item, out)
            }
            Node::Foreach(source, patterns, count, start, update, extract) => self.foreach(
                source,
                (patterns, *count),
                start,
                update,
                *extract,
                env,
                item,
                out,
            ),
            Node::Label(body) => {
                let label = self.labels.get() + 1;
                self.labels.set(label);
                match self.run(body, &push(env, Slot::Label(label)), item, out) {
                    Err(Stop::Break(to)) if to == label => Ok(()),
                    flow => flow,
                }
            }
            Node::Break(steps) => match &frame(env, *steps).slot {
                Slot::Label(label) => Err(Stop::Break(*label)),
                _ => Err(error("break")),
            },
            Node::Define(function, rest) => {
                self.run(rest, &push(env, Slot::Function(function)), item, out)
            }
            Node::Call(steps, arguments) => {
                let found = frame_env(env, *steps);
                match found.as_ref().map(|frame| &frame.slot) {
                    Some(Slot::Closure(body, env)) => {
                        self.deeper(|| self.run(body, env, item, out))
                    }
                    Some(Slot::Function(function)) => {
                        self.call(function, &found, arguments, env, item, out)
                    }
                    _ => Err(error("not a function")),
                }
            }
            Node::CallGlobal(id, arguments) => {
                self.call(self.functions[*id], &None, arguments, env, item, out)
            }
            Node::Native(native, arguments) => {
                let mut values = vec![Value::Null; arguments.len()];
                self.arguments(
                    arguments,
                    arguments.len(),
                    &mut values,
                    env,
                    &item,
                    &mut |values| {
                        out(item.computed(native(&item.value, values).map_err(Stop::Error)?))
                    },
                )
            }
            Node::Special(special, arguments) => self.special(*special, arguments, env, item, out),
            Node::Assign(target, source) => self.run(source, env, item.unplaced(), &mut |new| {
                let mut value = item.value.clone();
                for path in self.paths(target, env, &item.value)? {
                    value = paths::set(value, &path, new.value.clone()).map_err(Stop::Error)?;
                }
                out(item.computed(value))
            }),
            Node::Update(target, update) => {
                let value = self.update(target, env, &item.value, &mut |old| {
                    Ok(self
                        .first(update, env, Item::plain(old))?
                        .map(|item| item.value))
                })?;
                out(item.computed(value))
            }
            Node::Arithmetic(operator, target, source) => {
                self.run(source, env, item.unplaced(), &mut |right| {
                    let value = self.update(target, env, &item.value, &mut |old| {
                        arithmetic(*operator, old, right.value.clone())
                            .map(Some)
                            .map_err(Stop::Error)
                    })?;
                    out(item.computed(value))
                })
            }
            Node::DefaultUpdate(target, source) => {
                self.run(source, env, item.unplaced(), &mut |right| {
                    let value = self.update(target, env, &item.value, &mut |old| {
                        Ok(Some(if old.is_true() {
                            old
                        } else {
                            right.value.clone()
                        }))
                    })?;
                    out(item.computed(value))
                })
            }
        }
    }

    /// Runs what nests calls.
    fn deeper(&self, run: impl FnOnce() -> Flow) -> Flow {
        let depth = self.depth.get();
        if depth > DEPTH {
            return Err(error("Recursion is nested too deep"));
        }
        self.depth.set(depth + 1);
        let flow = run();
        self.depth.set(depth);
        flow
    }

    fn call(
        &self,
        function: &'static Function,
        known: &Env,
        arguments: &[Ref],
        env: &Env,
        item: Item,
        out: Out,
    ) -> Flow {
        self.deeper(|| self.pass(function, 0, known.clone(), arguments, env, item, out))
    }

    /// Binds the arguments from number `at` on, and runs the body.
    #[allow(clippy::too_many_arguments)]
    fn pass(
        &self,
        function: &'static Function,
        at: usize,
        inner: Env,
        arguments: &[Ref],
        env: &Env,
        item: Item,
        out: Out,
    ) -> Flow {
        let Some(argument) = arguments.get(at) else {
            return self.run(function.body, &inner, item, out);
        };
        let closed = push(&inner, closure(argument, env));
        if !function.parameters[at] {
            return self.pass(function, at + 1, closed, arguments, env, item, out);
        }
        self.run(argument, env, item.unplaced(), &mut |value| {
            let inner = push(&closed, Slot::Variable(value.value));
            self.pass(function, at + 1, inner, arguments, env, item.clone(), out)
        })
    }

    /// Every combination of the arguments' values, the last argument's changing least.
    pub fn arguments(
        &self,
        arguments: &[Ref],
        left: usize,
        values: &mut Vec<Value>,
        env: &Env,
        item: &Item,
        out: &mut dyn FnMut(&[Value]) -> Flow,
    ) -> Flow {
        if left == 0 {
            return out(values);
        }
        if let Node::Literal(value) = arguments[left - 1] {
            values[left - 1] = value.clone();
            return self.arguments(arguments, left - 1, values, env, item, out);
        }
        for value in self.collect(arguments[left - 1], env, &item.value)? {
            values[left - 1] = value;
            self.arguments(arguments, left - 1, values, env, item, out)?;
        }
        Ok(())
    }

    fn index(&self, term: Ref, key: Ref, env: &Env, item: Item, out: Out) -> Flow {
        if let Node::Literal(key) = key {
            return self.run(term, env, item, &mut |item| out(paths::index(&item, key)?));
        }
        self.run(key, env, item.unplaced(), &mut |key| {
            self.run(term, env, item.clone(), &mut |item| {
                out(paths::index(&item, &key.value)?)
            })
        })
    }

    fn slice(
        &self,
        term: Ref,
        from: Option<Ref>,
        to: Option<Ref>,
        env: &Env,
        item: Item,
        out: Out,
    ) -> Flow {
        let edge = |node: Option<Ref>| match node {
            None => Ok(vec![Value::Null]),
            Some(node) => self.collect(node, env, &item.value),
        };
        for to in edge(to)? {
            for from in edge(from)? {
                let mut map = Map::default();
                map.insert("start".into(), from);
                map.insert("end".into(), to.clone());
                let key = Value::object(map);
                self.run(term, env, item.clone(), &mut |item| {
                    out(paths::index(&item, &key)?)
                })?;
            }
        }
        Ok(())
    }

    fn logic(
        &self,
        left: Ref,
        right: Ref,
        settles: bool,
        env: &Env,
        item: &Item,
        out: Out,
    ) -> Flow {
        self.run(left, env, item.unplaced(), &mut |left| {
            if left.value.is_true() == settles {
                return out(item.computed(Value::Bool(settles)));
            }
            self.run(right, env, item.unplaced(), &mut |right| {
                out(item.computed(Value::Bool(right.value.is_true())))
            })
        })
    }

    fn object(
        &self,
        entries: &'static [(Ref, Ref)],
        map: Map,
        env: &Env,
        item: &Item,
        out: Out,
    ) -> Flow {
        let Some(((key, value), rest)) = entries.split_first() else {
            return out(item.computed(Value::object(map)));
        };
        self.run(key, env, item.unplaced(), &mut |key| {
            self.run(value, env, item.unplaced(), &mut |value| {
                let Value::String(key) = &key.value else {
                    return Err(error(format!(
                        "Cannot use {} as object key",
                        key.value.described()
                    )));
                };
                let mut map = map.clone();
                map.insert(key.clone(), value.value);
                self.object(rest, map, env, item, out)
            })
        })
    }

    /// Fills in the last piece first: its outputs change least.
    fn interpolate(
        &self,
        format: &str,
        pieces: &'static [Piece],
        behind: String,
        env: &Env,
        item: &Item,
        out: Out,
    ) -> Flow {
        let Some((piece, before)) = pieces.split_last() else {
            return out(item.computed(Value::from(behind)));
        };
        match piece {
            Piece::Text(text) => {
                self.interpolate(format, before, format!("{text}{behind}"), env, item, out)
            }
            Piece::Filter(filter) => self.run(filter, env, item.unplaced(), &mut |value| {
                let text = formats::format(format, &value.value).map_err(Stop::Error)?;
                self.interpolate(format, before, format!("{text}{behind}"), env, item, out)
            }),
        }
    }

    fn alternative(&self, left: Ref, right: Ref, env: &Env, item: Item, out: Out) -> Flow {
        let mut any = false;
        let flow = self.shielded(left, env, item.clone(), &mut |item| {
            if !item.value.is_true() {
                return Ok(());
            }
            any = true;
            out(item)
        })?;
        match flow {
            Ok(()) | Err(Stop::Error(_)) if any => Ok(()),
            Ok(()) | Err(Stop::Error(_)) => self.run(right, env, item, out),
            stop => stop,
        }
    }

    /// The paths that a filter leads to.
    pub fn paths(&self, node: Ref, env: &Env, value: &Value) -> Result<Vec<Vec<Value>>, Stop> {
        let mut found = Vec::new();
        let item = Item {
            value: value.clone(),
            path: Path::At(None),
        };
        self.run(node, env, item, &mut |item| {
            found.push(item.steps()?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Changes what a filter leads to; where nothing comes, it is taken away.
    fn update(
        &self,
        target: Ref,
        env: &Env,
        value: &Value,
        change: &mut dyn FnMut(Value) -> Result<Option<Value>, Stop>,
    ) -> Result<Value, Stop> {
        let mut value = value.clone();
        for path in self.paths(target, env, &value)? {
            let old = paths::get_path(&value, &path).map_err(Stop::Error)?;
            value = match change(old)? {
                Some(new) => paths::set(value, &path, new),
                None => paths::delete(value, vec![path]),
            }
            .map_err(Stop::Error)?;
        }
        Ok(value)
    }
}

impl Item {
    /// The steps that lead to the item.
    pub fn steps(&self) -> Result<Vec<Value>, Stop> {
        match &self.path {
            Path::At(step) => Ok(Step::list(step)),
            _ => Err(error(format!(
                "Invalid path expression with result {}",
                paths::shortened(&self.value)
            ))),
        }
    }
}

/// What the argument of a call stands for. An argument that only hands on a closure is that closure.
fn closure(argument: Ref, env: &Env) -> Slot {
    if let Node::Call(steps, arguments) = argument
        && arguments.is_empty()
        && let Slot::Closure(body, env) = &frame(env, *steps).slot
    {
        return Slot::Closure(body, env.clone());
    }
    Slot::Closure(argument, env.clone())
}

fn frame_env(env: &Env, steps: usize) -> Env {
    let mut at = env;
    for _ in 0..steps {
        if let Some(frame) = at {
            at = &frame.above;
        }
    }
    at.clone()
}

/// The parser has counted the steps: there is such a frame.
fn frame(env: &Env, steps: usize) -> &Frame {
    let mut at = env;
    for _ in 0..steps {
        if let Some(frame) = at {
            at = &frame.above;
        }
    }
    match at {
        Some(frame) => frame,
        None => unreachable!("a name without a frame"),
    }
}

/// The environment as an object.
pub fn environment() -> Value {
    let mut map = Map::default();
    for (name, value) in std::env::vars_os() {
        map.insert(
            Rc::from(name.to_string_lossy()),
            Value::from(&*value.to_string_lossy()),
        );
    }
    Value::object(map)
}

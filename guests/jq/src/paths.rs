//! Places in values: looking, setting, deleting.

use crate::eval::{Flow, Item, Out, Stop, error};
use crate::json;
use crate::value::{Map, Value};
use std::rc::Rc;

/// Where an item is.
#[derive(Clone, Debug)]
pub enum Path {
    /// Nobody asks.
    Off,
    At(Option<Rc<Step>>),
    /// Nowhere: it was computed.
    Lost,
}

#[derive(Debug)]
pub struct Step {
    key: Value,
    above: Option<Rc<Step>>,
}

impl Step {
    /// The keys from the top down.
    pub fn list(step: &Option<Rc<Self>>) -> Vec<Value> {
        let mut keys = Vec::new();
        let mut at = step;
        while let Some(step) = at {
            keys.push(step.key.clone());
            at = &step.above;
        }
        keys.reverse();
        keys
    }
}

impl Path {
    fn below(&self, key: &Value) -> Self {
        match self {
            Self::At(above) => Self::At(Some(Rc::new(Step {
                key: key.clone(),
                above: above.clone(),
            }))),
            Self::Off => Self::Off,
            Self::Lost => Self::Lost,
        }
    }
}

/// A value as far as messages about paths show it.
pub fn shortened(value: &Value) -> String {
    let text = json::compact(value);
    if text.len() <= 29 {
        return text;
    }
    let mut end = 26;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...", &text[..end])
}

/// What is at a key of an item.
pub fn index(item: &Item, key: &Value) -> Result<Item, Stop> {
    if matches!(item.path, Path::Lost) {
        return Err(error(format!(
            "Invalid path expression near attempt to access element {} of {}",
            shortened(key),
            shortened(&item.value)
        )));
    }
    let value = get(&item.value, key).map_err(Stop::Error)?;
    Ok(Item {
        value,
        path: item.path.below(key),
    })
}

/// Every value of an array or object.
pub fn iterate(item: &Item, out: Out) -> Flow {
    if matches!(item.path, Path::Lost) {
        return Err(error(format!(
            "Invalid path expression near attempt to iterate through {}",
            shortened(&item.value)
        )));
    }
    match &item.value {
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                let path = match item.path {
                    Path::Off => Path::Off,
                    _ => item.path.below(&Value::from(at)),
                };
                out(Item {
                    value: value.clone(),
                    path,
                })?;
            }
            Ok(())
        }
        Value::Object(map) => {
            for (key, value) in map.iter() {
                let path = match item.path {
                    Path::Off => Path::Off,
                    _ => item.path.below(&Value::String(key.clone())),
                };
                out(Item {
                    value: value.clone(),
                    path,
                })?;
            }
            Ok(())
        }
        other => Err(error(format!("Cannot iterate over {}", other.described()))),
    }
}

/// Moves an item to a path.
pub fn walk_to(item: &Item, keys: &[Value]) -> Result<Item, Stop> {
    let value = get_path(&item.value, keys).map_err(Stop::Error)?;
    if matches!(item.path, Path::Lost) {
        return Err(error(format!(
            "Invalid path expression with result {}",
            shortened(&item.value)
        )));
    }
    let path = keys
        .iter()
        .fold(item.path.clone(), |path, key| path.below(key));
    Ok(Item { value, path })
}

type Got = Result<Value, Value>;

fn cannot_index(value: &Value, key: &Value) -> Value {
    Value::from(match key {
        Value::String(key) => format!("Cannot index {} with string \"{key}\"", value.kind()),
        key => format!("Cannot index {} with {}", value.kind(), key.kind()),
    })
}

/// What is at a key.
pub fn get(value: &Value, key: &Value) -> Got {
    Ok(match (value, key) {
        (Value::Object(map), Value::String(key)) => map.get(key).cloned().unwrap_or_default(),
        (Value::Array(values), Value::Number(at)) => match position(*at, values.len()) {
            Some(at) => values.get(at).cloned().unwrap_or_default(),
            None => Value::Null,
        },
        (Value::Null, Value::String(_) | Value::Number(_)) => Value::Null,
        (Value::Null, Value::Object(_)) => Value::Null,
        (Value::Array(values), Value::Object(slice)) => {
            let (from, to) = edges(slice, values.len())?;
            Value::array(values[from..to].to_vec())
        }
        (Value::String(text), Value::Object(slice)) => {
            let (from, to) = edges(slice, text.chars().count())?;
            Value::from(text.chars().skip(from).take(to - from).collect::<String>())
        }
        (Value::Array(values), Value::Array(wanted)) => indices(values, wanted),
        _ => return Err(cannot_index(value, key)),
    })
}

/// Where an array stands in another.
pub fn indices(values: &[Value], wanted: &[Value]) -> Value {
    if wanted.is_empty() {
        return Value::Null;
    }
    let found = values
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, part)| *part == wanted);
    Value::array(found.map(|(at, _)| Value::from(at)).collect())
}

/// An index that may be counted from the end, or be before the beginning.
fn position(at: f64, length: usize) -> Option<usize> {
    if at.fract() != 0.0 {
        return None;
    }
    let at = if at < 0.0 { at + length as f64 } else { at };
    (at >= 0.0).then_some(at as usize)
}

/// The ends of a slice, within the length.
fn edges(slice: &Map, length: usize) -> Result<(usize, usize), Value> {
    let edge = |name: &str, default: usize, up: bool| match slice.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Number(number)) => {
            let number = if *number < 0.0 {
                number + length as f64
            } else {
                *number
            };
            let number = if up { number.ceil() } else { number.floor() };
            Ok((number.max(0.0) as usize).min(length))
        }
        Some(_) => Err(Value::from(
            "Start and end indices of an array slice must be numbers",
        )),
    };
    let from = edge("start", 0, false)?;
    let to = edge("end", length, true)?;
    Ok((from, to.max(from)))
}

/// What is at a path.
pub fn get_path(value: &Value, path: &[Value]) -> Got {
    let mut at = value.clone();
    for key in path {
        if matches!(at, Value::Null)
            && matches!(key, Value::String(_) | Value::Number(_) | Value::Object(_))
        {
            return Ok(Value::Null);
        }
        at = get(&at, key)?;
    }
    Ok(at)
}

/// The longest array that an index may make.
const LONGEST: f64 = 536_870_911.0;

/// A value with another one at a path.
pub fn set(value: Value, path: &[Value], new: Value) -> Got {
    let Some((key, rest)) = path.split_first() else {
        return Ok(new);
    };
    match (value, key) {
        (Value::Null, Value::String(_)) => set(Value::object(Map::default()), path, new),
        (Value::Null, Value::Number(_) | Value::Object(_)) => {
            set(Value::array(Vec::new()), path, new)
        }
        (Value::Object(mut map), Value::String(key)) => {
            let entries = Rc::make_mut(&mut map);
            let old = entries.get_mut(key).map(std::mem::take).unwrap_or_default();
            entries.insert(key.clone(), set(old, rest, new)?);
            Ok(Value::Object(map))
        }
        (Value::Array(mut values), Value::Number(at)) => {
            let Some(at) = position(*at, values.len()) else {
                return Err(Value::from("Out of bounds negative array index"));
            };
            if at as f64 > LONGEST {
                return Err(Value::from("Array index too large"));
            }
            let items = Rc::make_mut(&mut values);
            if at >= items.len() {
                items.resize(at + 1, Value::Null);
            }
            let old = std::mem::take(&mut items[at]);
            items[at] = set(old, rest, new)?;
            Ok(Value::Array(values))
        }
        (Value::Array(mut values), Value::Object(slice)) => {
            let (from, to) = edges(slice, values.len())?;
            let old = Value::array(values[from..to].to_vec());
            let Value::Array(new) = set(old, rest, new)? else {
                return Err(Value::from(
                    "A slice of an array can only be assigned another array",
                ));
            };
            Rc::make_mut(&mut values).splice(from..to, new.iter().cloned());
            Ok(Value::Array(values))
        }
        (Value::String(_), Value::Object(_)) => Err(Value::from("Cannot update string slices")),
        (value, key) => Err(cannot_index(&value, key)),
    }
}

/// A value without what is at paths.
pub fn delete(value: Value, mut paths: Vec<Vec<Value>>) -> Got {
    // The last first, so that the places of the others stay.
    paths.sort();
    paths.dedup();
    let mut value = value;
    for path in paths.iter().rev() {
        value = delete_one(value, path)?;
    }
    Ok(value)
}

fn delete_one(value: Value, path: &[Value]) -> Got {
    let Some((key, rest)) = path.split_first() else {
        return Ok(Value::Null);
    };
    if !rest.is_empty() {
        let inner = get_path(&value, std::slice::from_ref(key))?;
        if matches!(inner, Value::Null) {
            return Ok(value);
        }
        let inner = delete_one(inner, rest)?;
        return set(value, std::slice::from_ref(key), inner);
    }
    match (value, key) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::Object(mut map), Value::String(key)) => {
            Rc::make_mut(&mut map).shift_remove(key);
            Ok(Value::Object(map))
        }
        (Value::Array(mut values), Value::Number(at)) => {
            if let Some(at) = position(*at, values.len()).filter(|at| *at < values.len()) {
                Rc::make_mut(&mut values).remove(at);
            }
            Ok(Value::Array(values))
        }
        (Value::Array(mut values), Value::Object(slice)) => {
            let (from, to) = edges(slice, values.len())?;
            Rc::make_mut(&mut values).drain(from..to);
            Ok(Value::Array(values))
        }
        (Value::Object(_), key) => Err(Value::from(format!(
            "Cannot delete field at object index of {}",
            key.kind()
        ))),
        (Value::Array(_), key) => Err(Value::from(format!(
            "Cannot delete field at array index of {}",
            key.kind()
        ))),
        (value, _) => Err(Value::from(format!(
            "Cannot delete fields from {}",
            value.kind()
        ))),
    }
}

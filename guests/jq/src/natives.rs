//! Functions of values.

use crate::json;
use crate::operators;
use crate::paths;
use crate::read::{Reader, number};
use crate::value::Value;
use std::rc::Rc;

type Answer = Result<Value, Value>;

fn fail(text: String) -> Answer {
    Err(Value::from(text))
}

pub fn not(input: &Value, _: &[Value]) -> Answer {
    Ok((!input.is_true()).into())
}

pub fn null(_: &Value, _: &[Value]) -> Answer {
    Ok(Value::Null)
}

pub fn yes(_: &Value, _: &[Value]) -> Answer {
    Ok(true.into())
}

pub fn no(_: &Value, _: &[Value]) -> Answer {
    Ok(false.into())
}

pub fn infinite(_: &Value, _: &[Value]) -> Answer {
    Ok(f64::INFINITY.into())
}

pub fn nan(_: &Value, _: &[Value]) -> Answer {
    Ok(f64::NAN.into())
}

pub fn module_meta(_: &Value, _: &[Value]) -> Answer {
    fail("modulemeta input module name must be a string".to_owned())
}

fn of_number(input: &Value, test: fn(f64) -> bool) -> Answer {
    match input {
        Value::Number(number) => Ok(test(*number).into()),
        other => fail(format!("{} number required", other.described())),
    }
}

pub fn is_infinite(input: &Value, _: &[Value]) -> Answer {
    of_number(input, f64::is_infinite)
}

pub fn is_nan(input: &Value, _: &[Value]) -> Answer {
    of_number(input, f64::is_nan)
}

pub fn is_normal(input: &Value, _: &[Value]) -> Answer {
    of_number(input, f64::is_normal)
}

pub fn length(input: &Value, _: &[Value]) -> Answer {
    Ok(match input {
        Value::Null => 0.0.into(),
        Value::Bool(_) => return fail(format!("{} has no length", input.described())),
        Value::Number(number) => number.abs().into(),
        Value::String(text) => text.chars().count().into(),
        Value::Array(values) => values.len().into(),
        Value::Object(map) => map.len().into(),
    })
}

pub fn utf8_length(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::String(text) => Ok(text.len().into()),
        other => fail(format!(
            "{} only strings have UTF-8 byte length",
            other.described()
        )),
    }
}

pub fn keys(input: &Value, arguments: &[Value]) -> Answer {
    let keys = keys_unsorted(input, arguments)?;
    sort(&keys, arguments)
}

pub fn keys_unsorted(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::Object(map) => Ok(Value::array(
            map.keys().cloned().map(Value::String).collect(),
        )),
        Value::Array(values) => Ok(Value::array((0..values.len()).map(Value::from).collect())),
        other => fail(format!("{} has no keys", other.described())),
    }
}

pub fn has(input: &Value, arguments: &[Value]) -> Answer {
    match (input, &arguments[0]) {
        (Value::Object(map), Value::String(key)) => Ok(map.contains_key(key).into()),
        (Value::Array(values), Value::Number(at)) => {
            Ok((*at >= 0.0 && *at < values.len() as f64).into())
        }
        (value, key) => fail(format!(
            "Cannot check whether {} has a {} key",
            value.kind(),
            key.kind()
        )),
    }
}

pub fn contains(input: &Value, arguments: &[Value]) -> Answer {
    let wanted = &arguments[0];
    let comparable = input.kind() == wanted.kind();
    if !comparable {
        return fail(format!(
            "{} and {} cannot have their containment checked",
            input.described(),
            wanted.described()
        ));
    }
    Ok(holds(input, wanted).into())
}

fn holds(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Object(map), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| map.get(key).is_some_and(|value| holds(value, wanted))),
        (Value::Array(values), Value::Array(wanted)) => wanted
            .iter()
            .all(|wanted| values.iter().any(|value| holds(value, wanted))),
        (Value::String(text), Value::String(wanted)) => text.contains(&**wanted),
        _ => value == wanted,
    }
}

pub fn add(input: &Value, _: &[Value]) -> Answer {
    let sum = |values: &mut dyn Iterator<Item = &Value>| {
        let mut total = Value::Null;
        let mut text: Option<String> = None;
        for value in values {
            // Strings are gathered in one, so that many take no square of the time.
            match (&mut text, value) {
                (Some(text), Value::String(more)) => {
                    text.push_str(more);
                    continue;
                }
                (None, Value::String(more)) if matches!(total, Value::Null) => {
                    text = Some(more.to_string());
                    continue;
                }
                _ => {}
            }
            if let Some(text) = text.take() {
                total = Value::from(text);
            }
            total = operators::arithmetic(crate::ast::Operator::Add, total, value.clone())?;
        }
        Ok(text.map_or(total, Value::from))
    };
    match input {
        Value::Array(values) => sum(&mut values.iter()),
        Value::Object(map) => sum(&mut map.values()),
        other => fail(format!("Cannot iterate over {}", other.described())),
    }
}

pub fn kind(input: &Value, _: &[Value]) -> Answer {
    Ok(Value::from(input.kind()))
}

pub fn to_string(input: &Value, arguments: &[Value]) -> Answer {
    match input {
        Value::String(_) => Ok(input.clone()),
        _ => to_json(input, arguments),
    }
}

pub fn to_json(input: &Value, _: &[Value]) -> Answer {
    Ok(Value::from(json::compact(input)))
}

pub fn to_number(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::Number(_) => Ok(input.clone()),
        Value::String(text) => match number(text.trim()) {
            Some(number) => Ok(number.into()),
            None => from_json(input, &[]).and_then(|value| match value {
                Value::Number(_) => Ok(value),
                other => fail(format!(
                    "{} cannot be parsed as a number",
                    other.described()
                )),
            }),
        },
        other => fail(format!(
            "{} cannot be parsed as a number",
            other.described()
        )),
    }
}

pub fn from_json(input: &Value, _: &[Value]) -> Answer {
    let Value::String(text) = input else {
        return fail(format!("{} only strings can be parsed", input.described()));
    };
    let mut reader = Reader::new(text.as_bytes());
    let wrong = |message: String| Value::from(format!("{message} (while parsing '{text}')"));
    let value = reader.next().map_err(wrong)?;
    match reader.next() {
        Ok(None) => Ok(value.unwrap_or_default()),
        Ok(Some(_)) => Err(wrong("Unexpected extra JSON values".to_owned())),
        Err(message) => Err(wrong(message)),
    }
}

pub fn explode(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::String(text) => Ok(Value::array(
            text.chars()
                .map(|c| f64::from(u32::from(c)).into())
                .collect(),
        )),
        _ => fail("explode input must be a string".to_owned()),
    }
}

pub fn implode(input: &Value, _: &[Value]) -> Answer {
    let Value::Array(values) = input else {
        return fail("implode input must be an array".to_owned());
    };
    let letter = |value: &Value| match value {
        Value::Number(code) => Ok(char::from_u32(*code as u32).unwrap_or('\u{fffd}')),
        _ => Err(Value::from("Unicode codepoint must be numeric")),
    };
    values
        .iter()
        .map(letter)
        .collect::<Result<String, Value>>()
        .map(Value::from)
}

pub fn split(input: &Value, arguments: &[Value]) -> Answer {
    match (input, &arguments[0]) {
        (Value::String(text), Value::String(separator)) => Ok(operators::split(text, separator)),
        _ => fail("split input and separator must be strings".to_owned()),
    }
}

pub fn trim_start_of(input: &Value, arguments: &[Value]) -> Answer {
    Ok(match (input, &arguments[0]) {
        (Value::String(text), Value::String(start)) => match text.strip_prefix(&**start) {
            Some(rest) => Value::from(rest),
            None => input.clone(),
        },
        _ => input.clone(),
    })
}

pub fn trim_end_of(input: &Value, arguments: &[Value]) -> Answer {
    Ok(match (input, &arguments[0]) {
        (Value::String(text), Value::String(end)) => match text.strip_suffix(&**end) {
            Some(rest) => Value::from(rest),
            None => input.clone(),
        },
        _ => input.clone(),
    })
}

fn trimmed(input: &Value, trim: fn(&str) -> &str) -> Answer {
    match input {
        Value::String(text) => Ok(Value::from(trim(text))),
        other => fail(format!("{} cannot be trimmed", other.described())),
    }
}

pub fn trim(input: &Value, _: &[Value]) -> Answer {
    trimmed(input, str::trim)
}

pub fn trim_start(input: &Value, _: &[Value]) -> Answer {
    trimmed(input, str::trim_start)
}

pub fn trim_end(input: &Value, _: &[Value]) -> Answer {
    trimmed(input, str::trim_end)
}

pub fn starts_with(input: &Value, arguments: &[Value]) -> Answer {
    match (input, &arguments[0]) {
        (Value::String(text), Value::String(start)) => Ok(text.starts_with(&**start).into()),
        _ => fail("startswith() requires string inputs".to_owned()),
    }
}

pub fn ends_with(input: &Value, arguments: &[Value]) -> Answer {
    match (input, &arguments[0]) {
        (Value::String(text), Value::String(end)) => Ok(text.ends_with(&**end).into()),
        _ => fail("endswith() requires string inputs".to_owned()),
    }
}

pub fn sort(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::Array(values) => {
            let mut values = values.clone();
            Rc::make_mut(&mut values).sort();
            Ok(Value::Array(values))
        }
        other => fail(format!(
            "{} cannot be sorted, as it is not an array",
            other.described()
        )),
    }
}

pub fn unique(input: &Value, arguments: &[Value]) -> Answer {
    match sort(input, arguments)? {
        Value::Array(mut values) => {
            Rc::make_mut(&mut values).dedup();
            Ok(Value::Array(values))
        }
        other => Ok(other),
    }
}

pub fn min(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::Array(values) => Ok(values.iter().min().cloned().unwrap_or_default()),
        other => fail(format!(
            "{} cannot be sorted, as it is not an array",
            other.described()
        )),
    }
}

pub fn max(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::Array(values) => Ok(values.iter().max().cloned().unwrap_or_default()),
        other => fail(format!(
            "{} cannot be sorted, as it is not an array",
            other.described()
        )),
    }
}

pub fn reverse(input: &Value, _: &[Value]) -> Answer {
    match input {
        Value::Null => Ok(Value::array(Vec::new())),
        Value::Array(values) => Ok(Value::array(values.iter().rev().cloned().collect())),
        Value::String(text) if text.is_empty() => Ok(Value::array(Vec::new())),
        Value::Object(map) if map.is_empty() => Ok(Value::array(Vec::new())),
        Value::Bool(_) => length(input, &[]),
        Value::Number(_) => fail("Cannot index number with number".to_owned()),
        other => fail(format!("Cannot index {} with number", other.kind())),
    }
}

pub fn transpose(input: &Value, _: &[Value]) -> Answer {
    let Value::Array(rows) = input else {
        return fail(format!("Cannot iterate over {}", input.described()));
    };
    let mut width = 0;
    for row in rows.iter() {
        match row {
            Value::Array(values) => width = width.max(values.len()),
            Value::Null => {}
            other => return fail(format!("Cannot index {} with number", other.kind())),
        }
    }
    let column = |at: usize| {
        let cells = rows
            .iter()
            .map(|row| paths::get(row, &Value::from(at)).unwrap_or_default());
        Value::array(cells.collect())
    };
    Ok(Value::array((0..width).map(column).collect()))
}

pub fn flatten(input: &Value, arguments: &[Value]) -> Answer {
    let depth = match &arguments[0] {
        Value::Number(depth) => *depth,
        _ => return fail("flatten depth must not be negative".to_owned()),
    };
    let mut flat = Vec::new();
    match input {
        Value::Array(values) => flatten_into(&mut values.iter(), depth, &mut flat),
        Value::Object(map) => flatten_into(&mut map.values(), depth, &mut flat),
        other => return fail(format!("Cannot iterate over {}", other.described())),
    }
    Ok(Value::array(flat))
}

fn flatten_into(values: &mut dyn Iterator<Item = &Value>, depth: f64, flat: &mut Vec<Value>) {
    for value in values {
        match value {
            Value::Array(inner) if depth > 0.0 => {
                flatten_into(&mut inner.iter(), depth - 1.0, flat)
            }
            other => flat.push(other.clone()),
        }
    }
}

pub fn indices(input: &Value, arguments: &[Value]) -> Answer {
    Ok(match (input, &arguments[0]) {
        (Value::Null, _) => Value::Null,
        (Value::Array(values), Value::Array(wanted)) => paths::indices(values, wanted),
        (Value::Array(values), wanted) => paths::indices(values, std::slice::from_ref(wanted)),
        (Value::String(text), Value::String(wanted)) => {
            if wanted.is_empty() {
                return Ok(Value::Null);
            }
            let starts =
                (0..text.len()).filter(|at| text.as_bytes()[*at..].starts_with(wanted.as_bytes()));
            Value::array(starts.map(Value::from).collect())
        }
        (value, key) => return paths::get(value, key),
    })
}

pub fn set_path(input: &Value, arguments: &[Value]) -> Answer {
    match &arguments[0] {
        Value::Array(path) => paths::set(input.clone(), path, arguments[1].clone()),
        _ => fail("Path must be specified as an array".to_owned()),
    }
}

pub fn delete_paths(input: &Value, arguments: &[Value]) -> Answer {
    let Value::Array(list) = &arguments[0] else {
        return fail("Paths must be specified as an array".to_owned());
    };
    let path = |value: &Value| match value {
        Value::Array(keys) => Ok(keys.to_vec()),
        _ => Err(Value::from("Path must be specified as an array")),
    };
    let list = list.iter().map(path).collect::<Result<Vec<_>, Value>>()?;
    paths::delete(input.clone(), list)
}

//! Arithmetic and comparison.

use crate::ast::Operator;
use crate::value::{Map, Value};
use std::rc::Rc;

type Computed = Result<Value, Value>;

/// A binary operator's value.
pub fn arithmetic(operator: Operator, left: Value, right: Value) -> Computed {
    Ok(match operator {
        Operator::Add => return add(left, right),
        Operator::Subtract => return subtract(left, right),
        Operator::Multiply => return multiply(left, right),
        Operator::Divide => return divide(left, right),
        Operator::Modulo => return modulo(left, right),
        Operator::Equal => (left == right).into(),
        Operator::NotEqual => (left != right).into(),
        Operator::Less => (left < right).into(),
        Operator::LessOrEqual => (left <= right).into(),
        Operator::Greater => (left > right).into(),
        Operator::GreaterOrEqual => (left >= right).into(),
    })
}

fn cannot(left: &Value, right: &Value, what: &str) -> Computed {
    Err(Value::from(format!(
        "{} and {} cannot be {what}",
        left.described(),
        right.described()
    )))
}

fn add(left: Value, right: Value) -> Computed {
    Ok(match (left, right) {
        (Value::Null, other) | (other, Value::Null) => other,
        (Value::Number(a), Value::Number(b)) => Value::Number(a + b),
        (Value::String(a), Value::String(b)) => Value::from([&*a, &*b].concat()),
        (Value::Array(mut a), Value::Array(b)) => {
            Rc::make_mut(&mut a).extend(b.iter().cloned());
            Value::Array(a)
        }
        (Value::Object(mut a), Value::Object(b)) => {
            let map = Rc::make_mut(&mut a);
            for (key, value) in b.iter() {
                map.insert(key.clone(), value.clone());
            }
            Value::Object(a)
        }
        (left, right) => return cannot(&left, &right, "added"),
    })
}

fn subtract(left: Value, right: Value) -> Computed {
    Ok(match (left, right) {
        (Value::Number(a), Value::Number(b)) => Value::Number(a - b),
        (Value::Array(a), Value::Array(b)) => Value::array(
            a.iter()
                .filter(|value| !b.contains(value))
                .cloned()
                .collect(),
        ),
        (left, right) => return cannot(&left, &right, "subtracted"),
    })
}

fn multiply(left: Value, right: Value) -> Computed {
    Ok(match (left, right) {
        (Value::Number(a), Value::Number(b)) => Value::Number(a * b),
        (Value::String(text), Value::Number(times))
        | (Value::Number(times), Value::String(text)) => {
            if times <= 0.0 || times.is_nan() {
                return Ok(Value::Null);
            }
            let times = times.ceil().max(1.0) as usize;
            if text.len().saturating_mul(times) > 1 << 29 {
                return Err(Value::from("Repeat string result too long"));
            }
            Value::from(text.repeat(times))
        }
        (Value::Object(a), Value::Object(b)) => Value::Object(merge(a, &b)),
        (left, right) => return cannot(&left, &right, "multiplied"),
    })
}

/// Objects within objects are merged too.
fn merge(mut a: Rc<Map>, b: &Map) -> Rc<Map> {
    let map = Rc::make_mut(&mut a);
    for (key, value) in b {
        let merged = match (map.get(key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                Value::Object(merge(old.clone(), new))
            }
            _ => value.clone(),
        };
        map.insert(key.clone(), merged);
    }
    a
}

fn divide(left: Value, right: Value) -> Computed {
    Ok(match (left, right) {
        (Value::Number(a), Value::Number(b)) => {
            if b == 0.0 {
                return cannot(
                    &Value::Number(a),
                    &Value::Number(b),
                    "divided because the divisor is zero",
                );
            }
            Value::Number(a / b)
        }
        (Value::String(text), Value::String(separator)) => split(&text, &separator),
        (left, right) => return cannot(&left, &right, "divided"),
    })
}

/// A text's parts.
pub fn split(text: &str, separator: &str) -> Value {
    if text.is_empty() {
        return Value::array(Vec::new());
    }
    if separator.is_empty() {
        return Value::array(text.chars().map(|c| Value::from(c.to_string())).collect());
    }
    Value::array(text.split(separator).map(Value::from).collect())
}

fn modulo(left: Value, right: Value) -> Computed {
    let (Value::Number(a), Value::Number(b)) = (&left, &right) else {
        return cannot(&left, &right, "divided");
    };
    if a.is_nan() || b.is_nan() {
        return Ok(Value::Number(f64::NAN));
    }
    let divisor = (*b as i64).unsigned_abs();
    if divisor == 0 {
        return cannot(
            &left,
            &right,
            "divided (remainder) because the divisor is zero",
        );
    }
    let rest = ((*a as i64).unsigned_abs() % divisor) as f64;
    Ok(Value::Number(if *a < 0.0 { -rest } else { rest }))
}

pub fn negate(value: &Value) -> Computed {
    match value {
        Value::Number(number) => Ok(Value::Number(-number)),
        other => Err(Value::from(format!(
            "{} cannot be negated",
            other.described()
        ))),
    }
}

//! The arguments of a call: one JSON object on standard input, which the caller has checked against the tool's schema. What
//! a schema cannot say is checked here, and nothing is taken for granted.

use std::io::{self, Read};

use serde_json::{Map, Value};

use crate::answer::{Failure, failed, unusable};

/// What is read of standard input at first: most calls are shorter.
const READ_BYTES: usize = 4 << 10;

/// The arguments of one call.
pub struct Arguments(Map<String, Value>);

impl Arguments {
    /// Reads them.
    ///
    /// # Errors
    /// When standard input holds no JSON object.
    pub fn from_stdin() -> Result<Arguments, Failure> {
        let bytes = read_stdin()
            .map_err(|error| failed(format!("The arguments cannot be read: {error}")))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(arguments)) => Ok(Arguments(arguments)),
            Ok(_) => Err(unusable("The arguments must be a JSON object")),
            Err(error) => Err(unusable(format!("The arguments are not JSON: {error}"))),
        }
    }

    /// An argument that is an object, as arguments of its own.
    pub fn object(&self, name: &str) -> Option<Arguments> {
        self.0.get(name)?.as_object().cloned().map(Arguments)
    }

    /// A text that has to be there.
    pub fn text(&self, name: &str) -> Result<&str, Failure> {
        self.optional_text(name)?
            .ok_or_else(|| unusable(format!("Parameter `{name}` is required")))
    }

    /// A text that may be missing.
    pub fn optional_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        self.optional(name, "a string", Value::as_str)
    }

    /// A whole number that may be missing.
    pub fn optional_integer(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.optional(name, "an integer", integer)
    }

    /// Yes or no; no when it is missing.
    pub fn flag(&self, name: &str) -> Result<bool, Failure> {
        let flag = self.optional(name, "a boolean", Value::as_bool)?;
        Ok(flag.unwrap_or_default())
    }

    /// A pair of line numbers that may be missing; an empty list counts as missing.
    pub fn optional_range(&self, name: &str, words: &str) -> Result<Option<(i64, i64)>, Failure> {
        let list = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(unusable(words)),
        };
        let numbers: Option<Vec<i64>> = list.iter().map(integer).collect();
        match numbers.as_deref() {
            Some([]) => Ok(None),
            Some([first, last]) => Ok(Some((*first, *last))),
            _ => Err(unusable(words)),
        }
    }

    fn optional<'a, T>(
        &'a self,
        name: &str,
        kind: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                Some(value) => Ok(Some(value)),
                None => Err(unusable(format!("Parameter `{name}` must be {kind}"))),
            },
        }
    }
}

/// All of standard input. The library's own way asks for size and position first and reads a little to begin with: each a
/// host call, of which a short call would have as many as it needs otherwise.
fn read_stdin() -> io::Result<Vec<u8>> {
    let mut stdin = gnu::stream::stdin();
    let (mut bytes, mut length) = (vec![0; READ_BYTES], 0);
    loop {
        if length == bytes.len() {
            bytes.resize(length * 2, 0);
        }
        match stdin.read(&mut bytes[length..])? {
            0 => break,
            read => length += read,
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// A whole number, however it is written: `3.0` is one.
fn integer(value: &Value) -> Option<i64> {
    let float = || value.as_f64().filter(|number| number.fract() == 0.0);
    value
        .as_i64()
        .or_else(|| float().map(|number| number as i64))
}

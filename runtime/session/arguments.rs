//! A call's arguments, as a client or a model gives them.

use serde_json::{Map, Value, json};

use crate::contract::canonical;
use crate::digest::Digest;

/// The arguments of a call: JSON, or a text that a model meant to be JSON.
///
/// ```
/// use isobox::Arguments;
/// let read = Arguments::from(r#"{"command": "ls"}"#);
/// assert_eq!(read, Arguments::from(serde_json::json!({ "command": "ls" })));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments(Given);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    Json(Value),
    /// What is no JSON, and why.
    Text(String, String),
}

impl Arguments {
    /// The JSON, or why there is none.
    pub(super) fn json(&self) -> Result<&Value, String> {
        match &self.0 {
            Given::Json(value) => Ok(value),
            Given::Text(_, reason) => Err(format!("they are no JSON: {reason}")),
        }
    }

    /// As they stand in a transcript: JSON, or the text; of what is too long its digest.
    pub(super) fn record(&self, bytes_max: u64) -> (Value, u64) {
        let (value, text) = match &self.0 {
            Given::Json(value) => (value.clone(), canonical(value)),
            Given::Text(text, _) => (json!(text), text.clone()),
        };
        let bytes = text.len() as u64;
        match bytes > bytes_max {
            false => (value, bytes),
            true => {
                let omitted =
                    json!({ "omitted_bytes": bytes, "blake3": Digest::of_bytes(text.as_bytes()) });
                (omitted, bytes)
            }
        }
    }
}

impl From<Value> for Arguments {
    fn from(value: Value) -> Arguments {
        Arguments(Given::Json(value))
    }
}

impl From<&str> for Arguments {
    /// An empty text stands for no arguments, as clients send it.
    fn from(text: &str) -> Arguments {
        if text.trim().is_empty() {
            return Arguments(Given::Json(Value::Object(Map::new())));
        }
        Arguments(match serde_json::from_str(text) {
            Ok(value) => Given::Json(value),
            Err(error) => Given::Text(text.to_owned(), error.to_string()),
        })
    }
}

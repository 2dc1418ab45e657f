//! Canonical JSON: one text for one value, whatever order its keys came in.

use serde::Serialize;
use serde_json::Value;

use crate::digest::{Digest, Fields};

/// The one text of a value: no spaces, keys in the order of their bytes.
///
/// ```
/// let value = serde_json::json!({ "b": 1, "a": [true, null] });
/// assert_eq!(isobox::canonical_json(&value), r#"{"a":[true,null],"b":1}"#);
/// ```
///
/// Numbers are written as they are written everywhere in Rust's JSON; what the product itself puts into canonical JSON are integers.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// The digest of a part of a contract, by its canonical JSON.
pub fn digest_of(domain: &str, part: &impl Serialize) -> Digest {
    // The types that are digested have text for keys and no other way to fail.
    let value = serde_json::to_value(part).unwrap_or_default();
    Fields::of(domain)
        .bytes(canonical(&value).as_bytes())
        .finish()
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| name.as_str());
            text.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                quote(name, text);
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        Value::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(element, text);
            }
            text.push(']');
        }
        Value::String(string) => quote(string, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
}

fn quote(string: &str, text: &mut String) {
    // A text is always JSON.
    text.push_str(&serde_json::to_string(string).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_bytes() {
        let value: Value =
            serde_json::from_str(r#"{"b": [1, {"z": null, "a": "\n"}], "a": 1.5}"#).unwrap();
        assert_eq!(
            canonical(&value),
            r#"{"a":1.5,"b":[1,{"a":"\n","z":null}]}"#
        );
    }
}

//! A tool's parameters: a flat JSON Schema that every client understands, and the check of a call's arguments against it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Most errors one answer lists.
const ERRORS_MAX: usize = 8;
/// Longest value an error quotes, in characters.
const QUOTED_MAX: usize = 80;

/// One parameter of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The type of its value.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// What it means, for the model.
    pub description: String,
    /// Whether every call has to give it.
    #[serde(default)]
    pub required: bool,
    /// The values it may have, if it is a string.
    #[serde(rename = "enum", default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<String>>,
    /// Of an array: the type of its elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<ElementType>,
    /// Of a number: the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<i64>,
    /// Of a number: the greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
}

/// The types of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "JSON Schema's own names")]
pub enum ParameterType {
    String,
    Integer,
    Number,
    Boolean,
    Array,
}

/// The types of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ElementType {
    String,
    Integer,
    Number,
    Boolean,
}

/// The parameters of a tool, by name.
pub type Parameters = BTreeMap<String, Parameter>;

/// The JSON Schema of a call's arguments.
pub fn schema(parameters: &Parameters) -> Value {
    let properties: Map<String, Value> = parameters
        .iter()
        .map(|(name, parameter)| (name.clone(), parameter.schema()))
        .collect();
    let required: Vec<&String> = parameters
        .iter()
        .filter(|(_, parameter)| parameter.required)
        .map(|(name, _)| name)
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Says what is wrong with the arguments of a call, a line each, with the path of each error.
pub fn check(parameters: &Parameters, arguments: &Value) -> Result<(), Vec<String>> {
    let Value::Object(arguments) = arguments else {
        return Err(vec![format!(
            "an object of arguments is expected, not {}",
            quoted(arguments)
        )]);
    };
    let mut errors = Vec::new();
    for (name, parameter) in parameters {
        match arguments.get(name) {
            Some(value) => parameter.check(name, value, &mut errors),
            None if parameter.required => errors.push(format!("`{name}` is required and missing")),
            None => {}
        }
    }
    let mut unknown: Vec<&String> = arguments
        .keys()
        .filter(|name| !parameters.contains_key(*name))
        .collect();
    unknown.sort_unstable();
    for name in unknown {
        errors.push(unknown_parameter(name, parameters));
    }
    if errors.is_empty() {
        return Ok(());
    }
    let more = errors.len().saturating_sub(ERRORS_MAX);
    errors.truncate(ERRORS_MAX);
    if more > 0 {
        errors.push(format!("and {more} more"));
    }
    Err(errors)
}

fn unknown_parameter(name: &str, parameters: &Parameters) -> String {
    let known: Vec<String> = parameters.keys().map(|name| format!("`{name}`")).collect();
    let name = quoted(&Value::from(name));
    match known.is_empty() {
        true => format!("{name} is no parameter of this tool, which has none"),
        false => format!(
            "{name} is no parameter of this tool; it has {}",
            known.join(", ")
        ),
    }
}

impl Parameter {
    fn schema(&self) -> Value {
        let mut schema = json!({ "type": self.kind, "description": self.description });
        let bounds = [("minimum", self.minimum), ("maximum", self.maximum)];
        for (name, bound) in bounds {
            if let Some(bound) = bound {
                schema[name] = bound.into();
            }
        }
        if let Some(allowed) = &self.allowed {
            schema["enum"] = json!(allowed);
        }
        if let Some(items) = self.items {
            schema["items"] = json!({ "type": items });
        }
        schema
    }

    /// What contradicts itself in the parameter, if anything does.
    pub(super) fn check_itself(&self) -> Result<(), &'static str> {
        let is_array = self.kind == ParameterType::Array;
        let is_number = matches!(self.kind, ParameterType::Integer | ParameterType::Number);
        match self {
            _ if is_array && self.items.is_none() => {
                Err("an array needs `items`, the type of its elements")
            }
            _ if !is_array && self.items.is_some() => Err("`items` belongs to an array"),
            _ if !is_number && (self.minimum.is_some() || self.maximum.is_some()) => {
                Err("`minimum` and `maximum` belong to a number")
            }
            Parameter {
                allowed: Some(_), ..
            } if self.kind != ParameterType::String => Err("`enum` belongs to a string"),
            Parameter {
                allowed: Some(allowed),
                ..
            } if allowed.is_empty() => Err("`enum` allows nothing"),
            _ => Ok(()),
        }
    }

    fn check(&self, path: &str, value: &Value, errors: &mut Vec<String>) {
        let fits = match self.kind {
            ParameterType::String => ElementType::String.fits(value),
            ParameterType::Integer => ElementType::Integer.fits(value),
            ParameterType::Number => ElementType::Number.fits(value),
            ParameterType::Boolean => ElementType::Boolean.fits(value),
            ParameterType::Array => value.is_array(),
        };
        if !fits {
            errors.push(format!(
                "`{path}` has to be {}, not {}",
                self.kind.name(),
                quoted(value)
            ));
            return;
        }
        self.check_allowed(path, value, errors);
        self.check_bounds(path, value, errors);
        let (Value::Array(elements), Some(items)) = (value, self.items) else {
            return;
        };
        for (index, element) in elements.iter().enumerate() {
            if !items.fits(element) {
                errors.push(format!(
                    "`{path}[{index}]` has to be {}, not {}",
                    items.name(),
                    quoted(element)
                ));
            }
        }
    }

    fn check_allowed(&self, path: &str, value: &Value, errors: &mut Vec<String>) {
        let (Some(allowed), Value::String(text)) = (&self.allowed, value) else {
            return;
        };
        if !allowed.contains(text) {
            let allowed: Vec<String> = allowed.iter().map(|text| format!("`{text}`")).collect();
            errors.push(format!(
                "`{path}` has to be one of {}, not {}",
                allowed.join(", "),
                quoted(value)
            ));
        }
    }

    fn check_bounds(&self, path: &str, value: &Value, errors: &mut Vec<String>) {
        // Integers of JSON are compared as integers; a float beside one only here, where nothing is computed.
        let is_below = |bound: i64| match value.as_i64() {
            Some(value) => value < bound,
            None => {
                value.as_u64().is_none() && value.as_f64().is_some_and(|value| value < bound as f64)
            }
        };
        let is_above = |bound: i64| match value.as_i64() {
            Some(value) => value > bound,
            None => {
                value.as_u64().is_some() || value.as_f64().is_some_and(|value| value > bound as f64)
            }
        };
        if let Some(minimum) = self.minimum.filter(|bound| is_below(*bound)) {
            errors.push(format!(
                "`{path}` has to be at least {minimum}, not {}",
                quoted(value)
            ));
        }
        if let Some(maximum) = self.maximum.filter(|bound| is_above(*bound)) {
            errors.push(format!(
                "`{path}` has to be at most {maximum}, not {}",
                quoted(value)
            ));
        }
    }
}

impl ParameterType {
    fn name(self) -> &'static str {
        match self {
            ParameterType::String => "a string",
            ParameterType::Integer => "an integer",
            ParameterType::Number => "a number",
            ParameterType::Boolean => "true or false",
            ParameterType::Array => "an array",
        }
    }
}

impl ElementType {
    fn name(self) -> &'static str {
        match self {
            ElementType::String => "a string",
            ElementType::Integer => "an integer",
            ElementType::Number => "a number",
            ElementType::Boolean => "true or false",
        }
    }

    fn fits(self, value: &Value) -> bool {
        match self {
            ElementType::String => value.is_string(),
            // As JSON Schema has it, 1.0 is an integer.
            ElementType::Integer => {
                value.is_i64()
                    || value.is_u64()
                    || value.as_f64().is_some_and(|value| value.fract() == 0.0)
            }
            ElementType::Number => value.is_number(),
            ElementType::Boolean => value.is_boolean(),
        }
    }
}

/// A value as an error shows it: its JSON, or the beginning of it.
fn quoted(value: &Value) -> String {
    let text = super::canonical(value);
    match text.char_indices().nth(QUOTED_MAX) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

//! Variables: values, attributes, scopes, name references.

mod array;
mod assign;
mod dynamic;
mod initial;
mod local;
mod references;
mod scopes;
mod table;
mod unset;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::flow::Result;
use crate::options::Options;
use crate::shell::Shell;
use crate::text::Text;
pub use array::{Associative, Indexed, hash};
use dynamic::Random;
pub use dynamic::monotonic_ns;
pub use references::{WriteTarget, is_reference_target, split_element};
pub use scopes::FunctionAttributes;

/// A variable's value; `None` in [`Variable::value`] is "declared, not set".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Scalar(Text),
    Indexed(Rc<Indexed>),
    Associative(Rc<Associative>),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    pub exported: bool,
    pub readonly: bool,
    pub integer: bool,
    pub lower: bool,
    pub upper: bool,
    pub capitalise: bool,
    pub nameref: bool,
    pub trace: bool,
    /// Declared with `-a` or `-A`, whether or not it has a value.
    pub indexed: bool,
    pub associative: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    pub value: Option<Value>,
    pub attributes: Attributes,
    /// Its value is made up when it is read (`RANDOM`, `LINENO`, …) until it is unset.
    pub dynamic: bool,
}

impl Variable {
    /// What `$name` is: the value, or element 0 or key "0" of an array.
    pub fn scalar(&self) -> Option<&Text> {
        match self.value.as_ref()? {
            Value::Scalar(text) => Some(text),
            Value::Indexed(array) => array.0.get(&0),
            Value::Associative(array) => array.get("0"),
        }
    }

    /// Whether it is an array, with a value or without.
    pub fn is_array(&self) -> bool {
        self.attributes.indexed
            || self.attributes.associative
            || matches!(self.value, Some(Value::Indexed(_) | Value::Associative(_)))
    }

    pub fn is_associative(&self) -> bool {
        self.attributes.associative
    }

    /// Where a reference points.
    fn nameref_target(&self) -> Option<&Text> {
        match &self.value {
            Some(Value::Scalar(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether an assignment is nothing but putting a text in its place.
    fn is_plain(&self) -> bool {
        let a = &self.attributes;
        !(self.dynamic
            || a.readonly
            || a.integer
            || a.lower
            || a.upper
            || a.capitalise
            || a.nameref
            || a.indexed
            || a.associative)
    }
}

/// All scopes, the global one first. A function call pushes one; dynamic scope: a name is looked up from the innermost outwards.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Variables {
    scopes: Vec<Scope>,
    random: Random,
    pipe_statuses: Vec<i32>,
    function_attributes: Rc<BTreeMap<Text, FunctionAttributes>>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Scope {
    variables: Rc<table::Table>,
    /// Made by assignments in front of a command; `local` doesn't bind here.
    is_temporary: bool,
    /// What `local -` saved.
    options: Option<Box<Options>>,
}

/// What an assignment, an expansion or `unset` names: a variable or an element, name references already followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub name: Text,
    pub subscript: Option<Subscript>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscript {
    Index(i64),
    Key(Text),
    /// `[@]`
    AllSeparate,
    /// `[*]`
    AllJoined,
}

/// The value of an assignment, expanded.
#[derive(Clone, Debug)]
pub enum NewValue {
    Scalar(Text),
    /// Keys are expanded texts, not evaluated yet; whether they are indices depends on the variable.
    Array(Vec<NewElement>),
}

#[derive(Clone, Debug)]
pub struct NewElement {
    pub key: Option<Text>,
    pub append: bool,
    pub value: Text,
}

/// An assignment whose words are expanded.
#[derive(Clone, Debug)]
pub struct NewAssignment {
    pub name: Text,
    /// The text between the brackets, expanded once, not evaluated.
    pub subscript: Option<Text>,
    pub append: bool,
    pub value: NewValue,
}

/// Reading.
impl Shell {
    /// The value of `$name`: of element 0 or key "0" for arrays. Follows name references. `None` when unset.
    pub fn get(&self, name: &str) -> Option<Text> {
        let (_, _, variable) = self.variables.search(name)?;
        if variable.dynamic {
            return self.dynamic_variable(name, variable).scalar().cloned();
        }
        if variable.attributes.nameref {
            return self.get_through(name);
        }
        variable.scalar().cloned()
    }

    /// The variable itself, name references followed; dynamic variables are made up.
    pub fn variable(&self, name: &str) -> Option<Rc<Variable>> {
        let (_, _, variable) = self.variables.search(name)?;
        if variable.dynamic {
            return Some(Rc::new(self.dynamic_variable(name, variable)));
        }
        if variable.attributes.nameref {
            return self.variable_through(name);
        }
        Some(Rc::clone(variable))
    }

    /// The variable without following name references, as `declare -p` and `-R` see it.
    pub fn variable_itself(&self, name: &str) -> Option<Rc<Variable>> {
        let (_, _, variable) = self.variables.search(name)?;
        if variable.dynamic {
            return Some(Rc::new(self.dynamic_variable(name, variable)));
        }
        Some(Rc::clone(variable))
    }

    /// An element of an array, or of a scalar (index 0).
    pub fn get_element(&mut self, reference: &Reference) -> Result<Option<Text>> {
        let Some(subscript) = &reference.subscript else {
            return Ok(self.get(&reference.name));
        };
        let Some(variable) = self.variable(&reference.name) else {
            return Ok(None);
        };
        match subscript {
            Subscript::Index(index) => self.indexed_element(reference, &variable, *index),
            Subscript::Key(key) => Ok(match &variable.value {
                Some(Value::Associative(array)) => array.get(key).cloned(),
                _ => None,
            }),
            Subscript::AllSeparate | Subscript::AllJoined => {
                let values = values_of(&variable);
                Ok((!values.is_empty()).then(|| values.join(" ").into()))
            }
        }
    }

    fn indexed_element(
        &mut self,
        reference: &Reference,
        variable: &Variable,
        index: i64,
    ) -> Result<Option<Text>> {
        let end = match &variable.value {
            None => return Ok(None),
            Some(Value::Indexed(array)) => array.end(),
            Some(_) => 1,
        };
        let Some(index) = from_end(index, end) else {
            self.complain(format_args!("{}: bad array subscript", reference.name));
            return Ok(None);
        };
        Ok(match &variable.value {
            Some(Value::Indexed(array)) => array.0.get(&index).cloned(),
            Some(Value::Scalar(text)) if index == 0 => Some(text.clone()),
            _ => None,
        })
    }

    /// All values in order, for `${name[@]}`.
    pub fn values(&self, name: &str) -> Vec<Text> {
        if self.refers_to_element(name) {
            return Vec::new();
        }
        self.variable(name)
            .map_or_else(Vec::new, |variable| values_of(&variable))
    }

    /// All subscripts in order, for `${!name[@]}`.
    pub fn keys(&self, name: &str) -> Vec<Text> {
        if self.refers_to_element(name) {
            return Vec::new();
        }
        let Some(variable) = self.variable(name) else {
            return Vec::new();
        };
        match &variable.value {
            None => Vec::new(),
            Some(Value::Scalar(_)) => vec!["0".into()],
            Some(Value::Indexed(array)) => array
                .0
                .keys()
                .map(|index| index.to_string().into())
                .collect(),
            Some(Value::Associative(array)) => array.iter().map(|(key, _)| key.clone()).collect(),
        }
    }

    /// Whether a name is a reference to an element, which has no elements itself.
    pub fn refers_to_element(&self, name: &str) -> bool {
        let is_reference =
            |(_, _, variable): (usize, &Text, &Rc<Variable>)| variable.attributes.nameref;
        self.variables.search(name).is_some_and(is_reference)
            && matches!(
                self.follow_aloud(name, false),
                references::Followed::Element(_)
            )
    }

    /// `NAME=VALUE` of everything exported, for a child, in the order of the names.
    pub fn environment(&self) -> Vec<Vec<u8>> {
        let mut environment = Vec::new();
        for (name, variable) in self.variables.exported() {
            self.push_exported(&mut environment, name, variable);
        }
        for (name, function) in self.exported_functions() {
            let entry = format!("BASH_FUNC_{name}%%={}", exported_body(name, function));
            environment.push(crate::text::encode(&entry).into_owned());
        }
        environment
    }

    fn push_exported(&self, environment: &mut Vec<Vec<u8>>, name: &Text, variable: &Variable) {
        let made_up;
        let variable = if variable.dynamic {
            made_up = self.dynamic_variable(name, variable);
            &made_up
        } else {
            variable
        };
        if let Some(Value::Scalar(value)) = &variable.value {
            let mut entry = Vec::with_capacity(name.len() + value.len() + 1);
            entry.extend_from_slice(name.as_bytes());
            entry.push(b'=');
            entry.extend_from_slice(&crate::text::encode(value));
            environment.push(entry);
        }
    }

    /// Names of variables with a value that begin with a prefix, in order: `${!prefix@}`, `compgen -v`.
    pub fn names_with_prefix(&self, prefix: &str) -> Vec<Text> {
        self.variables
            .visible()
            .filter(|(name, variable)| {
                name.starts_with(prefix) && (variable.value.is_some() || variable.dynamic)
            })
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// A function as bash hands it on: its lines indented by one blank.
fn exported_body(name: &str, function: &crate::syntax::ast::Function) -> String {
    let text = crate::syntax::print_function(function);
    let head = format!("{name} () \n{{ \n");
    let Some(body) = text.strip_prefix(&head) else {
        return text
            .strip_prefix(name)
            .unwrap_or(&text)
            .trim_start()
            .to_owned();
    };
    let mut exported = String::from("() { ");
    for (index, line) in body.lines().enumerate() {
        let unindented = line.trim_start_matches("    ");
        if index > 0 {
            exported.push('\n');
        }
        if unindented.len() < line.len() {
            exported.push(' ');
        }
        exported.push_str(unindented);
    }
    exported
}

fn values_of(variable: &Variable) -> Vec<Text> {
    match &variable.value {
        None => Vec::new(),
        Some(Value::Scalar(text)) => vec![text.clone()],
        Some(Value::Indexed(array)) => array.0.values().cloned().collect(),
        Some(Value::Associative(array)) => array.iter().map(|(_, value)| value.clone()).collect(),
    }
}

/// An index, or one counted from behind the last element; `None` when it lies in front of the first.
fn from_end(index: i64, end: u64) -> Option<u64> {
    if index >= 0 {
        return u64::try_from(index).ok();
    }
    end.checked_sub(index.unsigned_abs())
}

/// Whether a text can be a variable's name.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|b| b == b'_' || b.is_ascii_alphabetic())
        && bytes.all(|b| b == b'_' || b.is_ascii_alphanumeric())
}

//! Variables: values, attributes, scopes, name references. OWNER: variables.

mod array;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;
pub use array::{Associative, Indexed};

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
}

/// All scopes, the global one first. A function call pushes one; dynamic scope: a name is looked up from the innermost outwards.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Variables {
    scopes: Vec<Scope>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Scope {
    variables: Rc<BTreeMap<Text, Rc<Variable>>>,
    /// Made by assignments in front of a command; `local` doesn't bind here.
    is_temporary: bool,
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

/// Reading and writing, with everything bash attaches: dynamic variables (`RANDOM`, `SECONDS`, `LINENO`, `FUNCNAME`, `BASHPID`, …), name references,
/// attributes, `readonly`, `allexport`. Writers print bash's message and leave by `Flow::Discard` when a variable is readonly
/// (the builtins `declare`, `read`, … catch that and go on with status 1 where bash does).
impl Shell {
    /// The value of `$name`: of element 0 or key "0" for arrays. Follows name references. `None` when unset.
    pub fn get(&self, _name: &str) -> Option<Text> {
        todo!()
    }

    /// The variable itself, name references followed; dynamic variables are made up.
    pub fn variable(&self, _name: &str) -> Option<Rc<Variable>> {
        todo!()
    }

    /// The variable without following name references, as `declare -p` and `-R` see it.
    pub fn variable_itself(&self, _name: &str) -> Option<Rc<Variable>> {
        todo!()
    }

    /// An element of an array, or of a scalar (index 0).
    pub fn get_element(&mut self, _reference: &Reference) -> Result<Option<Text>> {
        todo!()
    }

    /// All values in order, for `${name[@]}`.
    pub fn values(&self, _name: &str) -> Vec<Text> {
        todo!()
    }

    /// All subscripts in order, for `${!name[@]}`.
    pub fn keys(&self, _name: &str) -> Vec<Text> {
        todo!()
    }

    /// The reference that a name and the text of a subscript make: name references followed; the subscript evaluated as arithmetic for
    /// indexed arrays and taken as it is for associative ones (it is expanded already); negative indices count from the end.
    pub fn reference(&mut self, _name: &str, _subscript: Option<&str>) -> Result<Reference> {
        todo!()
    }

    /// `name=value` in the scope where the name is visible, else globally.
    pub fn set(&mut self, _name: &str, _value: impl Into<Text>) -> Result<()> {
        todo!()
    }

    /// Any assignment as it stands in a script.
    pub fn assign(&mut self, _assignment: &NewAssignment) -> Result<()> {
        todo!()
    }

    /// Assigns to a reference. `append` is `+=`.
    pub fn assign_reference(
        &mut self,
        _reference: &Reference,
        _value: Text,
        _append: bool,
    ) -> Result<()> {
        todo!()
    }

    /// Replaces the variable by an indexed array, as `read -a`, `mapfile`, `BASH_REMATCH` and `PIPESTATUS` do.
    pub fn set_indexed(&mut self, _name: &str, _values: Vec<Text>) -> Result<()> {
        todo!()
    }

    /// Sets without asking anybody: for what the shell itself keeps (`PWD`, `OPTIND`, `_`, …).
    pub fn set_quietly(&mut self, _name: &str, _value: impl Into<Text>) {
        todo!()
    }

    /// `unset -v name` or an element; bash's message when it is readonly.
    pub fn unset(&mut self, _reference: &Reference) -> Result<()> {
        todo!()
    }

    /// Begins and ends the scope of a function call.
    pub fn push_scope(&mut self) {
        todo!()
    }

    pub fn pop_scope(&mut self) {
        todo!()
    }

    /// Assignments in front of a command: in a scope of their own, exported, for as long as the command runs.
    pub fn push_temporary(&mut self, _assignments: &[NewAssignment]) -> Result<()> {
        todo!()
    }

    pub fn pop_temporary(&mut self) {
        todo!()
    }

    /// `NAME=VALUE` of everything exported, for a child, in the order of the names.
    pub fn environment(&self) -> Vec<Vec<u8>> {
        todo!()
    }

    /// Names that begin with a prefix, in order: `${!prefix@}`, `compgen -v`.
    pub fn names_with_prefix(&self, _prefix: &str) -> Vec<Text> {
        todo!()
    }
}

/// Whether a text can be a variable's name.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|b| b == b'_' || b.is_ascii_alphabetic())
        && bytes.all(|b| b == b'_' || b.is_ascii_alphanumeric())
}

//! What a parameter's name stands for.

use super::word::{Joining, Name, Subscript};
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::Arithmetic;
use crate::text::Text;
use crate::variables::{Reference, Subscript as Resolved, Value, Variable};

/// The parameter itself, without what is done to it.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub name: &'a Name,
    pub subscript: Option<&'a Subscript>,
}

impl Place<'_> {
    /// As messages name it.
    pub fn shown(&self) -> String {
        match (self.name, self.subscript) {
            (Name::Variable(name), None) => name.to_string(),
            (Name::Variable(name), Some(Subscript::All(Joining::Separate))) => format!("{name}[@]"),
            (Name::Variable(name), Some(Subscript::All(Joining::Joined))) => format!("{name}[*]"),
            (Name::Variable(name), Some(Subscript::Element(text))) => {
                format!("{name}[{}]", text.word.raw)
            }
            (Name::Positional(number), _) => number.to_string(),
            (Name::Special(c), _) => c.to_string(),
        }
    }

    /// The same, with a dollar sign in front of what is no name.
    pub fn shown_with_dollar(&self) -> String {
        match self.name {
            Name::Variable(_) => self.shown(),
            _ => format!("${}", self.shown()),
        }
    }
}

/// The value of a parameter: one, or as many as an array has.
#[derive(Clone, Debug)]
pub enum Fetched {
    One(Option<Text>),
    Many(Vec<Text>, Joining),
}

impl Fetched {
    pub fn is_set(&self) -> bool {
        match self {
            Fetched::One(value) => value.is_some(),
            Fetched::Many(elements, _) => !elements.is_empty(),
        }
    }

    /// Set, but empty.
    pub fn is_null(&self) -> bool {
        match self {
            Fetched::One(value) => value.as_ref().is_none_or(|value| value.is_empty()),
            Fetched::Many(elements, _) => match elements.as_slice() {
                [] => true,
                [only] => only.is_empty(),
                _ => false,
            },
        }
    }

    /// Each value changed.
    pub fn map(self, mut change: impl FnMut(&str) -> Text) -> Fetched {
        match self {
            Fetched::One(value) => Fetched::One(value.map(|value| change(&value))),
            Fetched::Many(elements, joining) => Fetched::Many(
                elements.iter().map(|element| change(element)).collect(),
                joining,
            ),
        }
    }
}

impl Shell {
    pub(super) fn fetch(&mut self, place: Place<'_>) -> Result<Fetched> {
        let name = match place.name {
            Name::Special('@') => return Ok(self.fetch_positional(Joining::Separate)),
            Name::Special('*') => return Ok(self.fetch_positional(Joining::Joined)),
            Name::Special(special) => return Ok(Fetched::One(self.special(*special))),
            Name::Positional(0) => return Ok(Fetched::One(Some(self.name.clone()))),
            Name::Positional(number) => {
                let value = self.positional.get(number - 1).cloned();
                return Ok(Fetched::One(value));
            }
            Name::Variable(name) => name,
        };
        match place.subscript {
            None => match self.referenced_array(name) {
                Some((array, joining)) => Ok(Fetched::Many(self.values(&array), joining)),
                None => Ok(Fetched::One(self.get(name))),
            },
            Some(Subscript::All(joining)) => Ok(Fetched::Many(self.values(name), *joining)),
            Some(Subscript::Element(subscript)) => {
                self.fetch_element(name, subscript).map(Fetched::One)
            }
        }
    }

    fn fetch_positional(&self, joining: Joining) -> Fetched {
        Fetched::Many(self.positional.to_vec(), joining)
    }

    /// The array of a name reference to all elements of one.
    fn referenced_array(&self, name: &str) -> Option<(Text, Joining)> {
        let variable = self.variable_itself(name)?;
        if !variable.attributes.nameref {
            return None;
        }
        let Some(Value::Scalar(target)) = &variable.value else {
            return None;
        };
        let joined = |suffix| target.strip_suffix(suffix).map(Text::from);
        joined("[@]")
            .map(|array| (array, Joining::Separate))
            .or_else(|| joined("[*]").map(|array| (array, Joining::Joined)))
    }

    /// `$?`, `$#` and so on.
    fn special(&self, special: char) -> Option<Text> {
        Some(match special {
            '#' => self.positional.len().to_string().into(),
            '?' => self.status.to_string().into(),
            '-' => self.options.flags().into(),
            '$' => self.shell_pid.to_string().into(),
            '!' => self.last_background?.to_string().into(),
            _ => return None,
        })
    }

    fn fetch_element(&mut self, name: &str, subscript: &Arithmetic) -> Result<Option<Text>> {
        let Some(variable) = self.variable(name) else {
            // The subscript is evaluated all the same.
            let index = self.evaluate(subscript)?;
            if index < 0 {
                self.complain_subscript(name);
            }
            return Ok(None);
        };
        if is_associative(&variable) {
            let key = self.expand_subscript(&subscript.word)?;
            if key.is_empty() {
                let raw = &subscript.word.raw;
                self.complain(format_args!("{name}[{raw}]: bad array subscript"));
                return Err(self.expansion_error());
            }
            return Ok(match &variable.value {
                Some(Value::Associative(array)) => array.get(&key).cloned(),
                _ => None,
            });
        }
        let index = self.evaluate(subscript)?;
        if self.refers_to_element(name) {
            return Ok(None);
        }
        self.element_at(name, &variable, index)
    }

    fn element_at(&mut self, name: &str, variable: &Variable, index: i64) -> Result<Option<Text>> {
        let end = match &variable.value {
            Some(Value::Indexed(array)) => array
                .0
                .last_key_value()
                .map_or(0, |(last, _)| i64::try_from(*last).unwrap_or(i64::MAX)),
            _ => 0,
        };
        let index = if index < 0 {
            index.wrapping_add(end).wrapping_add(1)
        } else {
            index
        };
        let Ok(index) = u64::try_from(index) else {
            self.complain_subscript(name);
            return Ok(None);
        };
        Ok(match &variable.value {
            Some(Value::Indexed(array)) => array.0.get(&index).cloned(),
            Some(Value::Scalar(value)) if index == 0 => Some(value.clone()),
            _ => None,
        })
    }

    fn complain_subscript(&mut self, name: &str) {
        self.complain(format_args!("{name}: bad array subscript"));
    }

    /// What an assignment to a place is made to.
    pub(super) fn place_to_assign(&mut self, place: Place<'_>) -> Result<Reference> {
        let Name::Variable(name) = place.name else {
            let shown = place.shown_with_dollar();
            self.complain(format_args!("{shown}: cannot assign in this way"));
            return Err(self.expansion_error());
        };
        match place.subscript {
            None => self.reference(name, None),
            Some(Subscript::All(_)) => {
                let shown = place.shown();
                self.complain(format_args!("{shown}: bad array subscript"));
                Err(self.expansion_error())
            }
            Some(Subscript::Element(subscript)) => {
                let associative = self.variable(name).is_some_and(|v| is_associative(&v));
                let mut reference = self.reference(name, None)?;
                reference.subscript = Some(if associative {
                    Resolved::Key(self.expand_subscript(&subscript.word)?)
                } else {
                    Resolved::Index(self.evaluate(subscript)?)
                });
                Ok(reference)
            }
        }
    }
}

pub(crate) fn is_associative(variable: &Variable) -> bool {
    variable.attributes.associative || matches!(variable.value, Some(Value::Associative(_)))
}

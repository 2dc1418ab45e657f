//! `${x@Q}` and its like.

use super::ansi;
use super::elements::{Fetched, Place};
use super::parameter::changed;
use super::quote;
use super::word::{CaseChange, Name, Subscript};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::{Attributes, Value, Variable};

impl Shell {
    pub(super) fn transform(&mut self, place: Place<'_>, kind: char) -> Result<Fetched> {
        if matches!(kind, 'a' | 'A')
            && let Name::Variable(name) = place.name
        {
            return self.transform_variable(name, place, kind);
        }
        let fetched = self.fetch_bound(place)?;
        Ok(match kind {
            'A' => positional_assignment(&fetched),
            'a' => fetched.map(|_| "".into()),
            'Q' => fetched.map(|value| quote::single(value).into()),
            'E' => fetched.map(|value| ansi::unescape(value).into()),
            'U' => fetched.map(|value| all_in(value, CaseChange::Upper)),
            'L' => fetched.map(|value| all_in(value, CaseChange::Lower)),
            'u' => fetched.map(|value| {
                let mut chars = value.chars();
                let first = chars.next().map(|c| changed(c, CaseChange::Upper));
                first.into_iter().chain(chars).collect::<String>().into()
            }),
            'P' => self.prompts(fetched)?,
            'K' | 'k' => self.keys_and_values(place, fetched, kind == 'k'),
            _ => Fetched::One(None),
        })
    }

    fn prompts(&mut self, fetched: Fetched) -> Result<Fetched> {
        Ok(match fetched {
            Fetched::One(Some(value)) => Fetched::One(Some(self.expand_prompt(&value)?)),
            Fetched::One(None) => Fetched::One(None),
            Fetched::Many(elements, joining) => {
                let mut expanded = Vec::with_capacity(elements.len());
                for element in &elements {
                    expanded.push(self.expand_prompt(element)?);
                }
                Fetched::Many(expanded, joining)
            }
        })
    }

    /// `@a` and `@A` are about the variable.
    fn transform_variable(&mut self, name: &Text, place: Place<'_>, kind: char) -> Result<Fetched> {
        let variable = match self.variable(name) {
            Some(variable) => variable,
            None => return self.fetch_bound(place),
        };
        let flags = flags(&variable);
        if kind == 'a' {
            let count = match place.subscript {
                Some(Subscript::All(joining)) => match self.values(name).len() {
                    0 => return Ok(Fetched::One(Some(flags.into()))),
                    count => Some((count, *joining)),
                },
                _ => None,
            };
            return Ok(match count {
                Some((count, joining)) => Fetched::Many(vec![flags.into(); count], joining),
                None => Fetched::One(Some(flags.into())),
            });
        }
        let name = self.reference(name, None)?.name;
        let whole = matches!(place.subscript, Some(Subscript::All(_)));
        let value = if whole
            && (variable.attributes.indexed
                || variable.attributes.associative
                || is_array(&variable))
        {
            variable.value.as_ref().map(array_text)
        } else {
            match self.fetch(place)? {
                Fetched::One(value) => value.map(|value| quote::single(&value)),
                Fetched::Many(elements, _) => elements.first().map(|value| quote::single(value)),
            }
        };
        if let (Some(Subscript::All(joining)), Some(value), true) =
            (place.subscript, &value, is_array(&variable))
        {
            let words = [
                "declare".to_string(),
                format!("-{flags}"),
                format!("{name}={value}"),
            ];
            return Ok(Fetched::Many(words.map(Text::from).to_vec(), *joining));
        }
        let assignment = match (value, flags.is_empty()) {
            (Some(value), true) => format!("{name}={value}"),
            (Some(value), false) => format!("declare -{flags} {name}={value}"),
            (None, true) => return Ok(Fetched::One(None)),
            (None, false) => format!("declare -{flags} {name}"),
        };
        Ok(Fetched::One(Some(assignment.into())))
    }

    fn keys_and_values(&self, place: Place<'_>, fetched: Fetched, separate: bool) -> Fetched {
        let (Name::Variable(name), Some(Subscript::All(joining))) = (place.name, place.subscript)
        else {
            return fetched.map(|value| quote::single(value).into());
        };
        let Some(variable) = self.variable(name).filter(|variable| is_array(variable)) else {
            return fetched.map(|value| quote::single(value).into());
        };
        let associative = matches!(variable.value, Some(Value::Associative(_)));
        let keys = self.keys(name);
        let values = self.values(name);
        let pairs = keys.into_iter().zip(values);
        if separate {
            let all = pairs.flat_map(|(key, value)| [key, value]).collect();
            return Fetched::Many(all, *joining);
        }
        let mut text = String::new();
        for (number, (key, value)) in pairs.enumerate() {
            if number > 0 && !associative {
                text.push(' ');
            }
            if associative {
                text.push_str(&quote::key(&key));
            } else {
                text.push_str(&key);
            }
            text.push(' ');
            text.push_str(&quote::double(&value));
            if associative {
                text.push(' ');
            }
        }
        Fetched::One(Some(text.into()))
    }
}

fn is_array(variable: &Variable) -> bool {
    matches!(
        variable.value,
        Some(Value::Indexed(_) | Value::Associative(_))
    )
}

fn all_in(value: &str, change: CaseChange) -> Text {
    value
        .chars()
        .map(|c| changed(c, change))
        .collect::<String>()
        .into()
}

/// The letters of a variable's attributes, in bash's order.
fn flags(variable: &Variable) -> String {
    let Attributes {
        exported,
        readonly,
        integer,
        lower,
        upper,
        capitalise,
        nameref,
        trace,
        indexed,
        associative,
    } = variable.attributes;
    let (is_indexed, is_associative) = match variable.value {
        Some(Value::Indexed(_)) => (true, false),
        Some(Value::Associative(_)) => (false, true),
        _ => (indexed, associative),
    };
    [
        (is_indexed, 'a'),
        (is_associative, 'A'),
        (integer, 'i'),
        (nameref, 'n'),
        (readonly, 'r'),
        (trace, 't'),
        (exported, 'x'),
        (capitalise, 'c'),
        (lower, 'l'),
        (upper, 'u'),
    ]
    .iter()
    .filter_map(|(is, letter)| is.then_some(*letter))
    .collect()
}

/// `([0]="a" [1]="b")`, as `declare -p` has it.
fn array_text(value: &Value) -> String {
    match value {
        Value::Scalar(value) => quote::single(value),
        Value::Indexed(array) => {
            let elements: Vec<String> = array
                .0
                .iter()
                .map(|(key, value)| format!("[{key}]={}", quote::double(value)))
                .collect();
            format!("({})", elements.join(" "))
        }
        Value::Associative(array) => {
            let elements: String = array
                .iter()
                .map(|(key, value)| format!("[{}]={} ", quote::key(key), quote::double(value)))
                .collect();
            format!("({elements})")
        }
    }
}

/// `${@@A}`
fn positional_assignment(fetched: &Fetched) -> Fetched {
    match fetched {
        Fetched::Many(elements, joining) if !elements.is_empty() => {
            let words = ["set".to_string(), "--".to_string()].into_iter();
            let quoted = elements.iter().map(|value| quote::single(value));
            Fetched::Many(words.chain(quoted).map(Text::from).collect(), *joining)
        }
        _ => Fetched::One(None),
    }
}

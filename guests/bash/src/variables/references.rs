//! Name references: what they lead to when they are read, and where an assignment through them goes.

use std::rc::Rc;

use super::{Reference, Subscript, Value, Variable, is_name};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::Word;
use crate::text::Text;

/// How many references bash follows before it gives up.
const DEEPEST: usize = 8;

/// What a name leads to.
pub(super) enum Followed {
    Variable {
        name: Text,
        variable: Rc<Variable>,
    },
    /// A reference to a name without a variable; to no name at all when it is empty.
    Missing(Text),
    /// A reference to an element, as it is written.
    Element(Text),
    /// References in a circle: already warned about.
    Nothing,
}

/// Where an assignment goes.
#[derive(Clone, Debug)]
pub struct WriteTarget {
    pub scope: usize,
    pub name: Text,
    /// The subscript of a reference to an element.
    pub subscript: Option<Text>,
    /// The variable is a reference that leads nowhere yet: the value becomes its target.
    pub is_unbound_reference: bool,
}

impl WriteTarget {
    pub fn new(scope: usize, name: Text) -> WriteTarget {
        WriteTarget {
            scope,
            name,
            subscript: None,
            is_unbound_reference: false,
        }
    }
}

impl Shell {
    /// The reference that a name and the text of a subscript make: name references followed; the subscript evaluated as arithmetic for
    /// indexed arrays and taken as it is for associative ones (it is expanded already); negative indices count from the end.
    pub fn reference(&mut self, name: &str, subscript: Option<&str>) -> Result<Reference> {
        let (name, own_subscript) = match self.follow(name) {
            Followed::Variable { name, .. } => (name, None),
            Followed::Missing(target) if target.is_empty() => (name.into(), None),
            Followed::Missing(target) => (target, None),
            // An element has no elements.
            Followed::Element(target) if subscript.is_some() => (target, None),
            Followed::Element(target) => split_element(&target).map_or_else(
                || (target.clone(), None),
                |(name, subscript)| (name.into(), Some(Text::from(subscript))),
            ),
            Followed::Nothing => (name.into(), None),
        };
        let subscript = match (subscript, own_subscript) {
            (Some(subscript), _) => Some(self.subscript(&name, subscript)?),
            (None, Some(subscript)) => Some(self.referenced_subscript(&name, &subscript)?),
            (None, None) => None,
        };
        Ok(Reference { name, subscript })
    }

    /// A subscript that is expanded already, for a variable.
    pub(super) fn subscript(&mut self, name: &str, text: &str) -> Result<Subscript> {
        match text {
            "@" => return Ok(Subscript::AllSeparate),
            "*" => return Ok(Subscript::AllJoined),
            _ => {}
        }
        if self.variable(name).is_some_and(|v| v.is_associative()) {
            return Ok(Subscript::Key(text.into()));
        }
        Ok(Subscript::Index(self.index_value(text)?))
    }

    /// The subscript of a reference's target, which is expanded each time.
    pub(super) fn referenced_subscript(&mut self, name: &str, text: &str) -> Result<Subscript> {
        if text.contains(['$', '`', '\\', '"', '\'']) {
            let expanded = self.expand_word(&Word::new(text))?;
            return self.subscript(name, &expanded);
        }
        self.subscript(name, text)
    }

    /// An index as arithmetic; plain numbers without the evaluator.
    pub(super) fn index_value(&mut self, text: &str) -> Result<i64> {
        match plain_number(text) {
            Some(number) => Ok(number),
            None => self.evaluate_text(text, ""),
        }
    }

    /// What reading a name leads to.
    pub(super) fn follow(&self, name: &str) -> Followed {
        self.follow_aloud(name, true)
    }

    /// As [`Self::follow`]; a circle is warned about if `aloud`.
    pub(super) fn follow_aloud(&self, name: &str, aloud: bool) -> Followed {
        let Some((first_scope, first_name, first)) = self.variables.search(name) else {
            return Followed::Missing(name.into());
        };
        let (mut scope, mut name, mut variable) = (first_scope, first_name, first);
        for _ in 0..=DEEPEST {
            if !variable.attributes.nameref {
                return self.found(name, variable);
            }
            let Some(target) = variable.nameref_target() else {
                return Followed::Missing("".into());
            };
            if target.contains('[') {
                return Followed::Element(target.clone());
            }
            let Some((next_scope, next_name, next)) = self.variables.search(target) else {
                return Followed::Missing(target.clone());
            };
            let is = |scope: usize, name: &Text| next_scope == scope && next_name == name;
            if is(first_scope, first_name) || is(scope, name) {
                return self.circular(first_scope, first_name, aloud);
            }
            (scope, name, variable) = (next_scope, next_name, next);
        }
        Followed::Nothing
    }

    fn found(&self, name: &Text, variable: &Rc<Variable>) -> Followed {
        let variable = if variable.dynamic {
            Rc::new(self.dynamic_variable(name, variable))
        } else {
            Rc::clone(variable)
        };
        Followed::Variable {
            name: name.clone(),
            variable,
        }
    }

    /// A circle is warned about; one that a function's own reference begins ends at the global variable.
    fn circular(&self, scope: usize, name: &Text, aloud: bool) -> Followed {
        if aloud {
            self.warn_circular(name);
        }
        match self.variables.at(0, name) {
            Some((name, variable)) if scope > 0 => self.found(name, variable),
            _ => Followed::Nothing,
        }
    }

    /// A warning from where the shell isn't changed.
    fn warn_circular(&self, name: &str) {
        let message = format!(
            "{}warning: {name}: circular name reference\n",
            self.message_prefix()
        );
        let _ = self.descriptors.clone().write(2, message.as_bytes());
    }

    /// `$name` of a reference.
    pub(super) fn get_through(&self, name: &str) -> Option<Text> {
        self.variable_through(name)?.scalar().cloned()
    }

    /// The variable a reference leads to; an element is shown as a variable of its own.
    pub(super) fn variable_through(&self, name: &str) -> Option<Rc<Variable>> {
        match self.follow(name) {
            Followed::Variable { variable, .. } => Some(variable),
            Followed::Element(target) => self.element_as_variable(&target),
            Followed::Missing(_) | Followed::Nothing => None,
        }
    }

    fn element_as_variable(&self, target: &str) -> Option<Rc<Variable>> {
        let (name, subscript) = split_element(target)?;
        let mut shell = self.clone();
        let subscript = Some(shell.referenced_subscript(name, subscript).ok()?);
        let base = shell.variable(name)?;
        let reference = Reference {
            name: name.into(),
            subscript,
        };
        let value = shell.get_element(&reference).ok()?;
        let mut attributes = base.attributes;
        (attributes.indexed, attributes.associative) = (false, false);
        Some(Rc::new(Variable {
            value: value.map(Value::Scalar),
            attributes,
            dynamic: false,
        }))
    }

    /// Where an assignment to a name goes.
    pub fn write_target(&mut self, name: &str) -> Result<WriteTarget> {
        match self.variables.search(name) {
            None => Ok(WriteTarget::new(0, name.into())),
            Some((scope, name, variable)) if !variable.attributes.nameref => {
                Ok(WriteTarget::new(scope, name.clone()))
            }
            Some((0, name, variable)) => {
                let (name, variable) = (name.clone(), Rc::clone(variable));
                self.target_of_global_reference(name, &variable)
            }
            Some((scope, name, _)) => {
                let name = name.clone();
                self.target_of_local_reference(scope, name)
            }
        }
    }

    fn target_of_global_reference(
        &mut self,
        name: Text,
        variable: &Variable,
    ) -> Result<WriteTarget> {
        if variable.nameref_target().is_none() {
            return Ok(unbound(0, name));
        }
        match self.follow(&name) {
            Followed::Variable { name, .. } => {
                let scope = self.variables.search(&name).map_or(0, |found| found.0);
                Ok(WriteTarget::new(scope, name))
            }
            Followed::Missing(target) if target.is_empty() => {
                let last = self.last_reference(&name);
                Ok(unbound(0, last))
            }
            Followed::Missing(target) => self.named_target(0, target),
            Followed::Element(target) => self.element_target(&target),
            Followed::Nothing => Err(Flow::Discard(1)),
        }
    }

    /// The reference at the end of a chain of references, the one without a target.
    fn last_reference(&self, name: &Text) -> Text {
        let mut last = name.clone();
        for _ in 0..DEEPEST {
            let next = self
                .variables
                .search(&last)
                .and_then(|(_, _, variable)| variable.nameref_target());
            match next {
                Some(next) => last = next.clone(),
                None => break,
            }
        }
        last
    }

    /// A function's own reference is followed scope by scope, outwards, and never back in: bash does so.
    fn target_of_local_reference(&mut self, scope: usize, name: Text) -> Result<WriteTarget> {
        let mut at = (scope, name.clone());
        for context in (0..=scope).rev() {
            let mut steps = 1;
            while let Some(target) = self.reference_at(&at) {
                steps += 1;
                if steps > DEEPEST {
                    self.warn_circular(&name);
                    return self.global_target(name);
                }
                let Some((target, _)) = self.variables.at(context, &target) else {
                    break;
                };
                at = (context, target.clone());
            }
        }
        let (scope, name) = at;
        let Some((_, variable)) = self.variables.at(scope, &name) else {
            return Ok(WriteTarget::new(scope, name));
        };
        if !variable.attributes.nameref {
            return Ok(WriteTarget::new(scope, name));
        }
        match variable.nameref_target().cloned() {
            None => Ok(unbound(scope, name)),
            Some(target) if target.contains('[') => self.element_target(&target),
            Some(target) => self.named_target(0, target),
        }
    }

    /// The target of the reference at a place; `None` when there is none there or it has none.
    fn reference_at(&self, (scope, name): &(usize, Text)) -> Option<Text> {
        let (_, variable) = self.variables.at(*scope, name)?;
        let target = variable.nameref_target()?;
        variable.attributes.nameref.then(|| target.clone())
    }

    pub fn global_target(&mut self, name: Text) -> Result<WriteTarget> {
        match self.variables.at(0, &name) {
            Some((_, variable)) if variable.attributes.nameref => {
                let variable = Rc::clone(variable);
                self.target_of_global_reference(name, &variable)
            }
            _ => Ok(WriteTarget::new(0, name)),
        }
    }

    fn named_target(&mut self, scope: usize, target: Text) -> Result<WriteTarget> {
        if is_name(&target) {
            return Ok(WriteTarget::new(scope, target));
        }
        self.complain(format_args!("`{target}': not a valid identifier"));
        Err(Flow::Discard(1))
    }

    fn element_target(&mut self, target: &str) -> Result<WriteTarget> {
        let Some((name, subscript)) = split_element(target) else {
            return self.named_target(0, target.into());
        };
        let place = self.write_target(name)?;
        Ok(WriteTarget {
            subscript: Some(subscript.into()),
            ..place
        })
    }
}

fn unbound(scope: usize, name: Text) -> WriteTarget {
    WriteTarget {
        is_unbound_reference: true,
        ..WriteTarget::new(scope, name)
    }
}

/// `name[subscript]` taken apart.
pub fn split_element(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('[')?;
    let subscript = rest.strip_suffix(']')?;
    (is_name(name) && !subscript.is_empty()).then_some((name, subscript))
}

/// Whether a text can be what a reference leads to: a name, or an element.
pub fn is_reference_target(text: &str) -> bool {
    is_name(text) || split_element(text).is_some()
}

/// A number that arithmetic would not read otherwise.
fn plain_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits == "0" || !digits.starts_with('0');
    (plain && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

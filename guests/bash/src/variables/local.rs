//! What `declare`, `local`, `export` and `readonly` need to know of places.

use super::references::WriteTarget;
use super::{Value, Variable, Variables, is_reference_target};
use crate::shell::Shell;
use crate::text::Text;

impl Shell {
    /// The variable of the innermost function, made if it isn't there; `None` when a readonly global one forbids it.
    pub fn make_local(&mut self, name: &Text, inherit: bool) -> Option<WriteTarget> {
        let scope = self.variables.innermost_function()?;
        let place = WriteTarget::new(scope, name.clone());
        if self.variables.at(scope, name).is_some() {
            return Some(place);
        }
        let mut variable = Variable::default();
        if let Some((found, _, outer)) = self.variables.search(name) {
            if outer.attributes.readonly && found == 0 {
                return None;
            }
            let own_temporary = found + 1 >= scope && self.variables.is_temporary(found);
            if inherit || own_temporary {
                variable = Variable::clone(outer);
                variable.attributes.nameref &= own_temporary;
            } else {
                variable.attributes.exported = outer.attributes.exported;
            }
        }
        variable.dynamic = false;
        self.variables.insert(scope, name.clone(), variable);
        Some(place)
    }

    /// The name a `local` without `-n` means: what a reference of the same function leads to.
    pub fn name_behind_local_reference(&self, name: &Text) -> Text {
        let (mut scope, mut last) = match self.variables.search(name) {
            Some((scope, _, variable)) if variable.attributes.nameref => (scope, variable),
            _ => return name.clone(),
        };
        let mut target = Text::from("");
        for _ in 0..8 {
            let Some(next) = last.nameref_target() else {
                break;
            };
            target = next.clone();
            match self.variables.search(next) {
                Some((found, _, variable)) if variable.attributes.nameref => {
                    (scope, last) = (found, variable);
                }
                _ => break,
            }
        }
        let is_own = Some(scope) == self.variables.innermost_function();
        if is_own && is_reference_target(&target) && !target.contains('[') {
            return target;
        }
        name.clone()
    }

    /// The variable of a name where it is visible, though it may be a reference; else a global one to be made.
    pub fn place_itself(&self, name: &Text) -> WriteTarget {
        let scope = self.variables.search(name).map_or(0, |found| found.0);
        WriteTarget::new(scope, name.clone())
    }

    /// `x=1 export x`: the variable outlives the command. Answers whether it was such a one.
    pub fn keep_temporary(&mut self, name: &Text) -> bool {
        let Some((scope, _, variable)) = self.variables.search(name) else {
            return false;
        };
        let innermost = self.variables.innermost_function().unwrap_or(0);
        if scope <= innermost || !self.variables.is_temporary(scope) {
            return false;
        }
        let kept = Variable::clone(variable);
        let below = (0..scope)
            .rev()
            .find(|&below| self.variables.at(below, name).is_some());
        self.variables
            .insert(below.unwrap_or(0), name.clone(), kept);
        true
    }
}

impl Variables {
    /// The variable of a place, if it is there.
    pub fn get_at(&self, place: &WriteTarget) -> Option<&Variable> {
        self.at(place.scope, &place.name)
            .map(|(_, variable)| &**variable)
    }
}

impl Variable {
    /// `declare -a`: what it was becomes element 0.
    pub fn make_indexed(&mut self) {
        self.attributes.indexed = true;
        if matches!(self.value, Some(Value::Scalar(_))) {
            super::assign::as_indexed(self);
        }
    }

    /// `declare -A`: what it was becomes the element "0".
    pub fn make_associative(&mut self) {
        self.attributes.associative = true;
        if matches!(self.value, Some(Value::Scalar(_))) {
            super::assign::as_associative(self);
        }
    }
}

//! `unset`.

use std::rc::Rc;

use super::{Attributes, Reference, Subscript, Value, Variable, from_end};
use crate::flow::{Flow, Result};
use crate::shell::Shell;

impl Shell {
    /// `unset -v name` or an element; bash's message when it is readonly.
    pub fn unset(&mut self, reference: &Reference) -> Result<()> {
        match &reference.subscript {
            None => self.unset_itself(&reference.name),
            Some(subscript) => self.unset_element(&reference.name, subscript),
        }
    }

    /// Unsets a variable, though it may be a name reference.
    pub fn unset_itself(&mut self, name: &str) -> Result<()> {
        let Some((scope, _, variable)) = self.variables.search(name) else {
            return Ok(());
        };
        let attributes = variable.attributes;
        self.refuse_unset(name, attributes)?;
        if self.stays_local(scope) {
            let temporary = scope
                .checked_sub(1)
                .is_some_and(|below| self.variables.is_temporary_of(below, name));
            self.make_invisible(scope, name, attributes.exported && temporary);
        } else {
            self.variables.remove(scope, name);
        }
        self.unassigned(name);
        Ok(())
    }

    fn refuse_unset(&mut self, name: &str, attributes: Attributes) -> Result<()> {
        if !attributes.readonly {
            return Ok(());
        }
        self.complain(format_args!(
            "unset: {name}: cannot unset: readonly variable"
        ));
        Err(Flow::Discard(1))
    }

    /// A function's own variable that it unsets hides the outer one still; a caller's does with `localvar_unset` only.
    fn stays_local(&self, scope: usize) -> bool {
        match self.variables.innermost_function() {
            Some(innermost) if innermost == scope => true,
            Some(innermost) => {
                self.options.localvar_unset
                    && (1..innermost).contains(&scope)
                    && !self.variables.is_temporary(scope)
            }
            None => false,
        }
    }

    fn make_invisible(&mut self, scope: usize, name: &str, exported: bool) {
        if let Some(variable) = self.variables.at_mut(scope, name) {
            *variable = Variable::default();
            variable.attributes.exported = exported;
        }
    }

    fn unset_element(&mut self, name: &str, subscript: &Subscript) -> Result<()> {
        let Some((scope, _, variable)) = self.variables.search(name) else {
            return Ok(());
        };
        let attributes = variable.attributes;
        self.refuse_unset(name, attributes)?;
        let variable = self.variable(name).unwrap_or_default();
        match (&variable.value, subscript) {
            (Some(Value::Indexed(_)), Subscript::AllSeparate | Subscript::AllJoined) => {
                self.change_value(scope, name, |value| {
                    *value = Value::Indexed(Rc::default());
                });
                Ok(())
            }
            (_, Subscript::AllSeparate | Subscript::AllJoined) => self.unset_itself(name),
            (Some(Value::Indexed(array)), Subscript::Index(index)) => {
                let Some(index) = from_end(*index, array.end()) else {
                    self.complain(format_args!("unset: [{index}]: bad array subscript"));
                    return Err(Flow::Discard(1));
                };
                self.change_value(scope, name, |value| {
                    if let Value::Indexed(array) = value {
                        Rc::make_mut(array).0.remove(&index);
                    }
                });
                Ok(())
            }
            (Some(Value::Associative(_)), Subscript::Key(key)) => {
                self.change_value(scope, name, |value| {
                    if let Value::Associative(array) = value {
                        Rc::make_mut(array).remove(key);
                    }
                });
                Ok(())
            }
            (Some(Value::Scalar(_)), Subscript::Index(0)) => self.unset_itself(name),
            (None, _) => Ok(()),
            _ => {
                self.complain(format_args!("unset: {name}: not an array variable"));
                Err(Flow::Discard(1))
            }
        }
    }

    fn change_value(&mut self, scope: usize, name: &str, change: impl FnOnce(&mut Value)) {
        if let Some(variable) = self.variables.at_mut(scope, name)
            && let Some(value) = &mut variable.value
        {
            change(value);
        }
    }

    fn unassigned(&mut self, name: &str) {
        match name {
            "POSIXLY_CORRECT" => self.options.posix = false,
            _ => self.assigned(name),
        }
    }
}

impl super::Variables {
    pub(super) fn is_temporary(&self, scope: usize) -> bool {
        self.scopes
            .get(scope)
            .is_some_and(|scope| scope.is_temporary)
    }

    fn is_temporary_of(&self, scope: usize, name: &str) -> bool {
        self.is_temporary(scope) && self.at(scope, name).is_some()
    }
}

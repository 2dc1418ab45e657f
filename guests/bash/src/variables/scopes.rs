//! Scopes: of function calls, and of assignments in front of a command.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{NewAssignment, NewValue, Scope, Value, Variable, Variables};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::Function;
use crate::text::Text;

/// What `declare -f` with `-x`, `-r` or `-t` made of a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionAttributes {
    pub exported: bool,
    pub readonly: bool,
    pub trace: bool,
}

impl Shell {
    /// Begins and ends the scope of a function call.
    pub fn push_scope(&mut self) {
        self.variables.scopes.push(Scope::default());
    }

    pub fn pop_scope(&mut self) {
        if let Some(options) = self.variables.pop().and_then(|scope| scope.options) {
            self.options = *options;
        }
    }

    /// Assignments in front of a command: in a scope of their own, exported, for as long as the command runs.
    /// One that fails leaves no scope behind.
    pub fn push_temporary(&mut self, assignments: &[NewAssignment]) -> Result<()> {
        self.variables.scopes.push(Scope {
            is_temporary: true,
            ..Scope::default()
        });
        for assignment in assignments {
            if let Err(flow) = self.add_temporary(assignment) {
                self.pop_temporary();
                return Err(flow);
            }
        }
        Ok(())
    }

    /// One more assignment in the scope that `push_temporary` began, so that `a=1 b=$a` can expand one after the other.
    pub fn add_temporary(&mut self, assignment: &NewAssignment) -> Result<()> {
        let target = self.write_target(&assignment.name)?;
        let before = self.variables.search(&target.name);
        let attributes = before.map_or_else(Default::default, |(_, _, v)| v.attributes);
        if attributes.readonly {
            self.complain(format_args!("{}: readonly variable", target.name));
            return Err(Flow::Discard(1));
        }
        let old = before.and_then(|(_, _, variable)| variable.scalar().cloned());
        let text = match &assignment.value {
            NewValue::Scalar(text) => text.clone(),
            NewValue::Array(elements) => {
                let words: Vec<&str> = elements.iter().map(|element| &*element.value).collect();
                format!("({})", words.join(" ")).into()
            }
        };
        let value = if assignment.append {
            self.transformed(&attributes, text, old.as_ref(), true)?
        } else {
            text
        };
        let mut variable = Variable {
            value: Some(Value::Scalar(value)),
            ..Variable::default()
        };
        variable.attributes.exported = true;
        if let Some(scope) = self.variables.scopes.last_mut() {
            let name = target.name.clone();
            Rc::make_mut(&mut scope.variables).insert(name, Rc::new(variable));
        }
        self.assigned(&target.name);
        Ok(())
    }

    pub fn pop_temporary(&mut self) {
        let Some(scope) = self.variables.pop() else {
            return;
        };
        let mut names: Vec<&Text> = scope.variables.keys().collect();
        names.sort_unstable();
        for name in names {
            self.assigned(name);
        }
    }

    /// Whether a function is being run, as far as variables are concerned.
    pub fn in_function(&self) -> bool {
        self.variables.innermost_function().is_some()
    }

    /// `local -`: the options of `set` come back when the function is left.
    pub fn keep_options_local(&mut self) {
        let options = Box::new(self.options.clone());
        if let Some(index) = self.variables.innermost_function()
            && let Some(scope) = self.variables.scopes.get_mut(index)
            && scope.options.is_none()
        {
            scope.options = Some(options);
        }
    }

    pub fn function_attributes(&self, name: &str) -> FunctionAttributes {
        let known = self.variables.function_attributes.get(name);
        known.copied().unwrap_or_default()
    }

    pub fn set_function_attributes(&mut self, name: &Text, attributes: FunctionAttributes) {
        let known = Rc::make_mut(&mut self.variables.function_attributes);
        if attributes == FunctionAttributes::default() {
            known.remove(name);
        } else {
            known.insert(name.clone(), attributes);
        }
    }

    pub fn exported_functions(&self) -> impl Iterator<Item = (&Text, &Rc<Function>)> {
        self.variables
            .function_attributes
            .iter()
            .filter(|(_, attributes)| attributes.exported)
            .filter_map(|(name, _)| self.functions.get_key_value(name))
    }
}

impl Variables {
    /// The innermost variable of a name: its scope, its name as it is kept, itself.
    pub(super) fn search(&self, name: &str) -> Option<(usize, &Text, &Rc<Variable>)> {
        let scopes = self.scopes.iter().enumerate().rev();
        for (index, scope) in scopes {
            if let Some((name, variable)) = scope.variables.get_key_value(name) {
                return Some((index, name, variable));
            }
        }
        None
    }

    pub(super) fn at(&self, scope: usize, name: &str) -> Option<(&Text, &Rc<Variable>)> {
        self.scopes.get(scope)?.variables.get_key_value(name)
    }

    /// The variable of a scope, to be changed.
    pub(super) fn at_mut(&mut self, scope: usize, name: &str) -> Option<&mut Variable> {
        let variables = Rc::make_mut(&mut self.scopes.get_mut(scope)?.variables);
        variables.get_mut(name).map(Rc::make_mut)
    }

    pub(super) fn insert(&mut self, scope: usize, name: Text, variable: Variable) {
        *self.entry(scope, &name) = variable;
    }

    /// The variable of a scope, made if it isn't there.
    pub(super) fn entry(&mut self, scope: usize, name: &Text) -> &mut Variable {
        if self.scopes.len() <= scope {
            self.scopes.resize_with(scope + 1, Scope::default);
        }
        let variables = Rc::make_mut(&mut self.scopes[scope].variables);
        Rc::make_mut(variables.entry(name.clone()).or_default())
    }

    pub(super) fn remove(&mut self, scope: usize, name: &str) {
        if let Some(scope) = self.scopes.get_mut(scope) {
            Rc::make_mut(&mut scope.variables).remove(name);
        }
    }

    /// The scope of the innermost function being run.
    pub fn innermost_function(&self) -> Option<usize> {
        (1..self.scopes.len())
            .rev()
            .find(|&index| self.scopes.get(index).is_some_and(|s| !s.is_temporary))
    }

    /// All variables that a name reaches, in the order of the names.
    pub fn visible(&self) -> impl Iterator<Item = (&Text, &Rc<Variable>)> {
        let mut all: BTreeMap<&Text, &Rc<Variable>> = BTreeMap::new();
        for scope in &self.scopes {
            all.extend(scope.variables.iter());
        }
        all.into_iter()
    }

    /// Those of them that are exported, which are few: what is looked for whenever a program begins.
    pub(super) fn exported(&self) -> impl Iterator<Item = (&Text, &Rc<Variable>)> {
        let mut exported: BTreeMap<&Text, &Rc<Variable>> = BTreeMap::new();
        for scope in &self.scopes {
            for (name, variable) in scope.variables.iter() {
                if variable.attributes.exported {
                    exported.insert(name, variable);
                } else if !exported.is_empty() {
                    exported.remove(name);
                }
            }
        }
        exported.into_iter()
    }

    /// The variables of one scope, in the order of the names.
    pub fn of_scope(&self, scope: usize) -> impl Iterator<Item = (&Text, &Rc<Variable>)> {
        let scope = self.scopes.get(scope);
        let mut all: Vec<_> = scope
            .into_iter()
            .flat_map(|scope| scope.variables.iter())
            .collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all.into_iter()
    }

    fn pop(&mut self) -> Option<Scope> {
        (self.scopes.len() > 1).then(|| self.scopes.pop())?
    }
}

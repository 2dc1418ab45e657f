//! Assignments, with what attributes make of a value.

use std::rc::Rc;

use super::references::{WriteTarget, is_reference_target};
use super::{
    Associative, Attributes, Indexed, NewAssignment, NewElement, NewValue, Reference, Subscript,
    Value, Variable, from_end,
};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;

/// Writers print bash's message and leave by `Flow::Discard` when a variable is readonly (the builtins `declare`, `read`, … catch
/// that and go on with status 1 where bash does).
impl Shell {
    /// `name=value` in the scope where the name is visible, else globally.
    pub fn set(&mut self, name: &str, value: impl Into<Text>) -> Result<()> {
        self.bind(name, value.into(), false)
    }

    /// Any assignment as it stands in a script.
    pub fn assign(&mut self, assignment: &NewAssignment) -> Result<()> {
        match (&assignment.value, &assignment.subscript) {
            (NewValue::Scalar(value), None) => {
                self.bind(&assignment.name, value.clone(), assignment.append)
            }
            (NewValue::Scalar(value), Some(subscript)) => {
                let target = self.array_target(&assignment.name)?;
                let shown = format!("{}[{subscript}]", assignment.name);
                let place = self.element_place(&target, subscript, &shown)?;
                self.store_element(&target, place, value.clone(), assignment.append)
            }
            (NewValue::Array(_), Some(subscript)) => {
                self.complain(format_args!(
                    "{}[{subscript}]: cannot assign list to array member",
                    assignment.name
                ));
                Err(Flow::Discard(1))
            }
            (NewValue::Array(elements), None) => {
                let target = self.array_target(&assignment.name)?;
                self.store_compound(&target, elements, assignment.append)
            }
        }
    }

    /// Assigns to a reference. `append` is `+=`.
    pub fn assign_reference(
        &mut self,
        reference: &Reference,
        value: Text,
        append: bool,
    ) -> Result<()> {
        let Some(subscript) = &reference.subscript else {
            return self.bind(&reference.name, value, append);
        };
        let target = self.array_target(&reference.name)?;
        let place = match subscript {
            Subscript::Index(index) => {
                let shown = format!("{}[{index}]", reference.name);
                Place::Index(self.checked_index(&target, *index, &shown)?)
            }
            Subscript::Key(key) => Place::Key(key.clone()),
            Subscript::AllSeparate => self.element_place(&target, "@", &reference.name)?,
            Subscript::AllJoined => self.element_place(&target, "*", &reference.name)?,
        };
        self.store_element(&target, place, value, append)
    }

    /// Replaces the variable by an indexed array, as `read -a`, `mapfile`, `BASH_REMATCH` and `PIPESTATUS` do.
    pub fn set_indexed(&mut self, name: &str, values: Vec<Text>) -> Result<()> {
        let target = self.array_target(name)?;
        self.refuse_readonly(&target)?;
        let mut array = Indexed::default();
        for (index, value) in (0..).zip(values) {
            let attributes = self.attributes_at(&target);
            let value = self.transformed(&attributes, value, None, false)?;
            array.0.insert(index, value);
        }
        let variable = self.made(&target);
        variable.attributes.indexed = true;
        variable.value = Some(Value::Indexed(Rc::new(array)));
        self.assigned(&target.name);
        Ok(())
    }

    /// Sets without asking anybody: for what the shell itself keeps (`PWD`, `OPTIND`, `_`, …).
    pub fn set_quietly(&mut self, name: &str, value: impl Into<Text>) {
        let scope = self.variables.search(name).map_or(0, |found| found.0);
        let value = Some(Value::Scalar(value.into()));
        match self.variables.at_mut(scope, name) {
            Some(variable) => variable.value = value,
            None => {
                let variable = Variable {
                    value,
                    ..Variable::default()
                };
                self.variables.insert(scope, name.into(), variable);
            }
        }
    }

    /// A variable of the environment the shell was begun with.
    pub fn import(&mut self, name: &str, value: impl Into<Text>) {
        let Some(scope) = self.variables.scopes.first_mut() else {
            return;
        };
        let value = Some(Value::Scalar(value.into()));
        let variables = Rc::make_mut(&mut scope.variables);
        match variables.get_mut(name) {
            Some(variable) => {
                let variable = Rc::make_mut(variable);
                variable.value = value;
                variable.attributes.exported = true;
            }
            None => {
                let mut variable = Variable {
                    value,
                    ..Variable::default()
                };
                variable.attributes.exported = true;
                variables.insert(name.into(), Rc::new(variable));
            }
        }
    }

    /// A variable that will be exported once it has a value.
    pub fn declare_exported(&mut self, name: &str) {
        let mut variable = Variable::default();
        variable.attributes.exported = true;
        self.variables.insert(0, name.into(), variable);
    }

    /// Switches the attribute `-x` of a variable that is there.
    pub fn set_exported(&mut self, name: &str, exported: bool) {
        if let Some(scope) = self.variables.search(name).map(|found| found.0)
            && let Some(variable) = self.variables.at_mut(scope, name)
        {
            variable.attributes.exported = exported;
        }
    }

    fn bind(&mut self, name: &str, value: Text, append: bool) -> Result<()> {
        if let Some((scope, _, variable)) = self.variables.search(name)
            && variable.is_plain()
            && !append
        {
            let export = self.options.allexport;
            if let Some(variable) = self.variables.at_mut(scope, name) {
                variable.value = Some(Value::Scalar(value));
                variable.attributes.exported |= export;
            }
            self.assigned(name);
            return Ok(());
        }
        let target = self.write_target(name)?;
        self.store(&target, value, append)
    }

    /// Stores a text in what a target names.
    pub fn store(&mut self, target: &WriteTarget, value: Text, append: bool) -> Result<()> {
        if target.is_unbound_reference {
            return self.bind_reference(target, value);
        }
        if let Some(subscript) = &target.subscript {
            let shown = format!("{}[{subscript}]", target.name);
            let place = self.referenced_place(target, subscript, &shown)?;
            return self.store_element(target, place, value, append);
        }
        if self.refuse_readonly(target)? {
            return Ok(());
        }
        let before = self.variables.at(target.scope, &target.name);
        match before.map(|(_, variable)| variable) {
            Some(variable) if variable.is_associative() => {
                return self.store_element(target, Place::Key("0".into()), value, append);
            }
            Some(variable) if variable.is_array() => {
                return self.store_element(target, Place::Index(0), value, append);
            }
            _ => {}
        }
        let attributes = self.attributes_at(target);
        let old = before.and_then(|(_, variable)| self.old_text(target, variable, append));
        let value = self.transformed(&attributes, value, old.as_ref(), append)?;
        self.place_scalar(target, value);
        Ok(())
    }

    fn old_text(&self, target: &WriteTarget, variable: &Variable, append: bool) -> Option<Text> {
        if !append {
            return None;
        }
        if variable.dynamic {
            return self.get(&target.name);
        }
        variable.scalar().cloned()
    }

    fn place_scalar(&mut self, target: &WriteTarget, value: Text) {
        if self.is_dynamic_at(target) {
            self.assign_dynamic(&target.name, &value);
            return;
        }
        let export = self.options.allexport;
        let variable = self.made(target);
        variable.value = Some(Value::Scalar(value));
        variable.attributes.exported |= export;
        self.assigned(&target.name);
    }

    /// `declare -n ref; ref=name`.
    fn bind_reference(&mut self, target: &WriteTarget, value: Text) -> Result<()> {
        self.refuse_readonly(target)?;
        if !is_reference_target(&value) {
            self.complain(format_args!("`{value}': not a valid identifier"));
            return Err(Flow::Discard(1));
        }
        self.made(target).value = Some(Value::Scalar(value));
        Ok(())
    }

    /// Where `name[…]=` and `name=(…)` go.
    pub(super) fn array_target(&mut self, name: &str) -> Result<WriteTarget> {
        let target = self.write_target(name)?;
        if target.subscript.is_some() {
            let subscript = target.subscript.as_deref().unwrap_or_default();
            self.complain(format_args!(
                "`{}[{subscript}]': not a valid identifier",
                target.name
            ));
            return Err(Flow::Discard(1));
        }
        if target.is_unbound_reference {
            self.complain(format_args!("warning: {name}: removing nameref attribute"));
            self.made(&target).attributes.nameref = false;
        }
        Ok(target)
    }

    /// The place in an array that a subscript names, expanded already.
    pub fn element_place(
        &mut self,
        target: &WriteTarget,
        text: &str,
        shown: &str,
    ) -> Result<Place> {
        if text.is_empty() {
            return self.bad_subscript(shown);
        }
        if self.attributes_at(target).associative {
            return Ok(Place::Key(text.into()));
        }
        if text == "@" || text == "*" {
            return self.bad_subscript(shown);
        }
        let index = self.index_value(text)?;
        Ok(Place::Index(self.checked_index(target, index, shown)?))
    }

    fn referenced_place(&mut self, target: &WriteTarget, text: &str, shown: &str) -> Result<Place> {
        match self.referenced_subscript(&target.name, text)? {
            Subscript::Key(key) => Ok(Place::Key(key)),
            Subscript::Index(index) => Ok(Place::Index(self.checked_index(target, index, shown)?)),
            Subscript::AllSeparate | Subscript::AllJoined => {
                self.element_place(target, text, shown)
            }
        }
    }

    fn checked_index(&mut self, target: &WriteTarget, index: i64, shown: &str) -> Result<u64> {
        let variable = self.variables.at(target.scope, &target.name);
        let end = match variable.and_then(|(_, variable)| variable.value.as_ref()) {
            Some(Value::Indexed(array)) => array.end(),
            Some(_) => 1,
            None => 0,
        };
        match from_end(index, end) {
            Some(index) => Ok(index),
            None => self.bad_subscript(shown),
        }
    }

    fn bad_subscript<T>(&mut self, shown: &str) -> Result<T> {
        self.complain(format_args!("{shown}: bad array subscript"));
        Err(Flow::Discard(1))
    }

    pub fn store_element(
        &mut self,
        target: &WriteTarget,
        place: Place,
        value: Text,
        append: bool,
    ) -> Result<()> {
        if self.refuse_readonly(target)? {
            return Ok(());
        }
        if self.is_dynamic_at(target) {
            self.assign_dynamic_element(&target.name, place, value);
            return Ok(());
        }
        let attributes = self.attributes_at(target);
        let old = self.old_element(target, &place, append);
        let value = self.transformed(&attributes, value, old.as_ref(), append)?;
        put(self.made(target), place, value);
        self.assigned(&target.name);
        Ok(())
    }

    fn old_element(&self, target: &WriteTarget, place: &Place, append: bool) -> Option<Text> {
        if !append {
            return None;
        }
        let (_, variable) = self.variables.at(target.scope, &target.name)?;
        match (variable.value.as_ref()?, place) {
            (Value::Indexed(array), Place::Index(index)) => array.0.get(index).cloned(),
            (Value::Associative(array), Place::Key(key)) => array.get(key).cloned(),
            (Value::Scalar(text), Place::Index(0)) => Some(text.clone()),
            _ => None,
        }
    }

    /// `name=(…)` and `name+=(…)`.
    pub fn store_compound(
        &mut self,
        target: &WriteTarget,
        elements: &[NewElement],
        append: bool,
    ) -> Result<()> {
        if self.refuse_readonly(target)? || self.is_dynamic_at(target) {
            return Ok(());
        }
        if self.attributes_at(target).associative {
            return self.store_associative(target, elements, append);
        }
        self.store_indexed(target, elements, append)
    }

    fn store_indexed(
        &mut self,
        target: &WriteTarget,
        elements: &[NewElement],
        append: bool,
    ) -> Result<()> {
        let variable = self.made(target);
        variable.attributes.indexed = true;
        let array = as_indexed(variable);
        if !append {
            array.0.clear();
        }
        let mut next = array.end();
        let attributes = self.attributes_at(target);
        let mut failed = Ok(());
        for element in elements {
            let index = match &element.key {
                None => next,
                Some(key) => match self.compound_index(target, key, &element.value) {
                    Ok(index) => index,
                    Err(flow) => {
                        failed = Err(flow);
                        continue;
                    }
                },
            };
            let old = self.old_element(target, &Place::Index(index), element.append);
            let value = self.transformed(
                &attributes,
                element.value.clone(),
                old.as_ref(),
                element.append,
            )?;
            put(self.made(target), Place::Index(index), value);
            next = index.wrapping_add(1);
        }
        self.assigned(&target.name);
        failed
    }

    fn compound_index(&mut self, target: &WriteTarget, key: &str, value: &str) -> Result<u64> {
        let shown = format!("[{key}]={value}");
        if key.is_empty() {
            return self.bad_subscript(&shown);
        }
        if key == "@" || key == "*" {
            self.complain(format_args!("{shown}: cannot assign to non-numeric index"));
            return Err(Flow::Discard(1));
        }
        let index = self.index_value(key)?;
        self.checked_index(target, index, &shown)
    }

    fn store_associative(
        &mut self,
        target: &WriteTarget,
        elements: &[NewElement],
        append: bool,
    ) -> Result<()> {
        if !append {
            as_associative(self.made(target)).clear();
        }
        let attributes = self.attributes_at(target);
        if elements.first().is_some_and(|first| first.key.is_none()) {
            return self.store_pairs(target, &attributes, elements);
        }
        for element in elements {
            let Some(key) = &element.key else {
                self.complain(format_args!(
                    "{}: {}: must use subscript when assigning associative array",
                    target.name, element.value
                ));
                continue;
            };
            if key.is_empty() {
                self.complain(format_args!("[]={}: bad array subscript", element.value));
                continue;
            }
            let place = Place::Key(key.clone());
            // A key that comes twice in one list is not appended to what stood before the list.
            let old = self.old_element(target, &place, element.append);
            let value = self.transformed(
                &attributes,
                element.value.clone(),
                old.as_ref(),
                element.append,
            )?;
            put(self.made(target), place, value);
        }
        self.assigned(&target.name);
        Ok(())
    }

    /// `a=(key value key value)`.
    fn store_pairs(
        &mut self,
        target: &WriteTarget,
        attributes: &Attributes,
        elements: &[NewElement],
    ) -> Result<()> {
        let mut words = elements.iter().map(compound_word);
        while let Some(key) = words.next() {
            let value = words.next().unwrap_or_else(|| "".into());
            if key.is_empty() {
                self.complain("bad array subscript");
                continue;
            }
            let value = self.transformed(attributes, value, None, false)?;
            put(self.made(target), Place::Key(key), value);
        }
        self.assigned(&target.name);
        Ok(())
    }

    /// What the attributes make of a value.
    pub(super) fn transformed(
        &mut self,
        attributes: &Attributes,
        value: Text,
        old: Option<&Text>,
        append: bool,
    ) -> Result<Text> {
        if attributes.integer {
            let mut number = self.index_or_nothing(&value)?;
            if let (true, Some(old)) = (append, old) {
                number = self.index_or_nothing(old)?.wrapping_add(number);
            }
            return Ok(number.to_string().into());
        }
        let value = match old {
            Some(old) if append && !old.is_empty() => format!("{old}{value}").into(),
            _ => value,
        };
        Ok(in_case(attributes, value))
    }

    fn index_or_nothing(&mut self, text: &str) -> Result<i64> {
        if text.is_empty() {
            return Ok(0);
        }
        self.index_value(text)
    }

    pub(super) fn attributes_at(&self, target: &WriteTarget) -> Attributes {
        let variable = self.variables.at(target.scope, &target.name);
        variable.map_or_else(Attributes::default, |(_, variable)| variable.attributes)
    }

    fn is_dynamic_at(&self, target: &WriteTarget) -> bool {
        self.variables
            .at(target.scope, &target.name)
            .is_some_and(|(_, variable)| variable.dynamic)
    }

    /// The variable of a target, made if it isn't there.
    pub fn made(&mut self, target: &WriteTarget) -> &mut Variable {
        self.variables.entry(target.scope, &target.name)
    }

    /// Leaves with bash's message when a target is readonly; answers whether an assignment is silently ignored.
    fn refuse_readonly(&mut self, target: &WriteTarget) -> Result<bool> {
        if self.attributes_at(target).readonly {
            self.complain(format_args!("{}: readonly variable", target.name));
            return Err(Flow::Discard(1));
        }
        Ok(false)
    }

    /// What a new value of some variables means to the shell itself.
    pub(super) fn assigned(&mut self, name: &str) {
        match name {
            "OPTIND" => self.getopts_offset = 0,
            "PATH" if !self.hashed.is_empty() => self.hashed = Rc::default(),
            "POSIXLY_CORRECT" => self.options.posix = true,
            _ => {}
        }
    }
}

/// A place in an array.
#[derive(Clone, Debug)]
pub enum Place {
    Index(u64),
    Key(Text),
}

fn put(variable: &mut Variable, place: Place, value: Text) {
    match place {
        Place::Index(index) => {
            as_indexed(variable).0.insert(index, value);
        }
        Place::Key(key) => as_associative(variable).insert(key, value),
    }
}

/// The variable as an indexed array; a scalar becomes element 0.
pub(super) fn as_indexed(variable: &mut Variable) -> &mut Indexed {
    variable.attributes.indexed = true;
    if !matches!(variable.value, Some(Value::Indexed(_))) {
        let mut array = Indexed::default();
        if let Some(Value::Scalar(text)) = variable.value.take() {
            array.0.insert(0, text);
        }
        variable.value = Some(Value::Indexed(Rc::new(array)));
    }
    match &mut variable.value {
        Some(Value::Indexed(array)) => Rc::make_mut(array),
        _ => unreachable!("it was made an indexed array above"),
    }
}

/// The variable as an associative array; a scalar becomes the element "0".
pub(super) fn as_associative(variable: &mut Variable) -> &mut Associative {
    variable.attributes.associative = true;
    if !matches!(variable.value, Some(Value::Associative(_))) {
        let mut array = Associative::default();
        if let Some(Value::Scalar(text)) = variable.value.take() {
            array.insert("0".into(), text);
        }
        variable.value = Some(Value::Associative(Rc::new(array)));
    }
    match &mut variable.value {
        Some(Value::Associative(array)) => Rc::make_mut(array),
        _ => unreachable!("it was made an associative array above"),
    }
}

/// An element as the word it was.
fn compound_word(element: &NewElement) -> Text {
    match &element.key {
        None => element.value.clone(),
        Some(key) => {
            let plus = if element.append { "+" } else { "" };
            format!("[{key}]{plus}={}", element.value).into()
        }
    }
}

fn in_case(attributes: &Attributes, value: Text) -> Text {
    if attributes.lower {
        value.to_lowercase().into()
    } else if attributes.upper {
        value.chars().map(upper).collect::<String>().into()
    } else if attributes.capitalise {
        let mut letters = value.chars();
        let first = letters.next().map(upper);
        let rest = letters.as_str().to_lowercase();
        first
            .into_iter()
            .chain(rest.chars())
            .collect::<String>()
            .into()
    } else {
        value
    }
}

/// A character's capital if that is one character, as C's `towupper` has it.
fn upper(c: char) -> char {
    let mut capital = c.to_uppercase();
    match (capital.next(), capital.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

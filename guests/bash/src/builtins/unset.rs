//! `unset`.

use std::rc::Rc;

use super::operands::letters;
use super::{Operand, words};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::{Reference, is_name, split_element};

pub fn unset(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "unset", &words, "fvn") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let (function, variable) = (letters.contains('f'), letters.contains('v'));
    let reference = letters.contains('n');
    if function && (variable || reference) {
        shell.complain("unset: cannot simultaneously unset a function and a variable");
        return Ok(1);
    }
    let mut status = 0;
    for name in &words[rest..] {
        let outcome = if function {
            Ok(unset_function(shell, name))
        } else {
            unset_name(shell, name, variable, reference)
        };
        match outcome {
            Ok(0) => {}
            Ok(failed) | Err(Flow::Discard(failed)) => status = failed,
            Err(flow) => return Err(flow),
        }
    }
    Ok(status)
}

fn unset_function(shell: &mut Shell, name: &Text) -> i32 {
    if shell.function_attributes(name).readonly {
        shell.complain(format_args!(
            "unset: {name}: cannot unset: readonly function"
        ));
        return 1;
    }
    Rc::make_mut(&mut shell.functions).remove(name);
    shell.set_function_attributes(name, Default::default());
    0
}

fn unset_name(shell: &mut Shell, name: &Text, only_variable: bool, itself: bool) -> Result {
    if let Some((array, subscript)) = split_element(name)
        && !itself
    {
        return unset_element(shell, array, subscript);
    }
    if !is_name(name) {
        if !only_variable && shell.functions.contains_key(name) {
            return Ok(unset_function(shell, name));
        }
        if !only_variable {
            return Ok(0);
        }
        shell.complain(format_args!("unset: `{name}': not a valid identifier"));
        return Ok(1);
    }
    if itself {
        if shell
            .variable_itself(name)
            .is_some_and(|v| v.attributes.nameref)
        {
            shell.unset_itself(name)?;
        }
        return Ok(0);
    }
    if shell.variable_itself(name).is_none() {
        if !only_variable {
            return Ok(unset_function(shell, name));
        }
        return Ok(0);
    }
    let reference = shell.reference(name, None)?;
    if reference.subscript.is_none() && !is_name(&reference.name) {
        return Ok(0);
    }
    shell.unset(&reference)?;
    Ok(0)
}

fn unset_element(shell: &mut Shell, array: &str, subscript: &str) -> Result {
    let Some(variable) = shell.variable(array) else {
        return Ok(0);
    };
    // `unset 'a[@]'` unsets the key "@" of an associative array.
    let reference = if variable.is_associative() {
        let name = shell.reference(array, None)?.name;
        Reference {
            name,
            subscript: Some(crate::variables::Subscript::Key(subscript.into())),
        }
    } else {
        shell.reference(array, Some(subscript))?
    };
    shell.unset(&reference)?;
    Ok(0)
}

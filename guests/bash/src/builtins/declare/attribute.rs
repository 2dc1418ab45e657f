//! Attributes and values of declared variables; `export` and `readonly`, which give one attribute.

use super::{Declared, Wanted, declare_variable, take_apart};
use crate::builtins::operands::given;
use crate::builtins::{Operand, forgive, listing, print, words};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::{
    Attributes, NewAssignment, NewValue, Value, Variable, WriteTarget, is_name, is_reference_target,
};

/// Gives a variable what a `declare` asks for.
pub fn apply(
    shell: &mut Shell,
    command: &str,
    wanted: &Wanted,
    place: &WriteTarget,
    declared: &Declared,
) -> Result {
    let before = (shell.variables.get_at(place)).map_or_else(Variable::default, Clone::clone);
    if let Some(message) = refusal(wanted, &before, declared) {
        shell.complain(format_args!(
            "{command}: {}{message}",
            subject(&message, place)
        ));
        return Ok(1);
    }
    let variable = shell.made(place);
    convert(variable, wanted, declared);
    switch(&mut variable.attributes, &wanted.on, true);
    switch(&mut variable.attributes, &wanted.off, false);
    let outcome = match &declared.value {
        None => Ok(()),
        Some(value) if wanted.on.nameref => set_reference(shell, place, value, declared.append),
        Some(value) => assign(shell, place, declared, value),
    };
    let mut status = forgive(outcome)?;
    if wanted.on.indexed && wanted.on.associative {
        shell.complain(format_args!(
            "{command}: {}: cannot convert associative to indexed array",
            place.name
        ));
        status = 1;
    }
    let variable = shell.made(place);
    variable.attributes.readonly |= wanted.on.readonly;
    variable.attributes.nameref =
        (variable.attributes.nameref || wanted.on.nameref) && !wanted.off.nameref;
    Ok(status)
}

/// Messages begin with the variable's name unless they quote its value.
fn subject(message: &str, place: &WriteTarget) -> String {
    if message.starts_with('`') {
        String::new()
    } else {
        format!("{}: ", place.name)
    }
}

/// Why a variable cannot become what is asked for.
fn refusal(wanted: &Wanted, before: &Variable, declared: &Declared) -> Option<String> {
    let is_array = before.is_array();
    let is_associative = before.is_associative();
    let is_indexed = is_array && !is_associative;
    let takes_away =
        (wanted.off.indexed && is_indexed) || (wanted.off.associative && is_associative);
    let message = if wanted.on.nameref && is_array {
        "reference variable cannot be an array"
    } else if before.attributes.readonly && wanted.off.readonly {
        "readonly variable"
    } else if takes_away {
        "cannot destroy array variables in this way"
    } else if wanted.on.indexed && is_associative {
        "cannot convert associative to indexed array"
    } else if wanted.on.associative && is_indexed {
        "cannot convert indexed to associative array"
    } else if before.attributes.readonly && declared.value.is_some() {
        "readonly variable"
    } else {
        return bad_reference(wanted, before, declared);
    };
    Some(message.to_owned())
}

/// A variable becomes a reference with the value it has.
fn bad_reference(wanted: &Wanted, before: &Variable, declared: &Declared) -> Option<String> {
    if !wanted.on.nameref || declared.value.is_some() || before.attributes.nameref {
        return None;
    }
    let value = before
        .scalar()
        .filter(|value| !is_reference_target(value))?;
    Some(format!(
        "`{value}': invalid variable name for name reference"
    ))
}

fn convert(variable: &mut Variable, wanted: &Wanted, declared: &Declared) {
    let has_list =
        declared.subscript.is_some() || matches!(declared.value, Some(NewValue::Array(_)));
    if wanted.on.associative {
        variable.make_associative();
    } else if wanted.on.indexed || (has_list && !variable.is_associative()) {
        variable.make_indexed();
    }
}

fn set_reference(
    shell: &mut Shell,
    place: &WriteTarget,
    value: &NewValue,
    append: bool,
) -> Result<()> {
    if let NewValue::Scalar(target) = value {
        let variable = shell.made(place);
        let target = match variable.scalar() {
            Some(old) if append => format!("{old}{target}").into(),
            _ => target.clone(),
        };
        variable.value = Some(Value::Scalar(target));
    }
    Ok(())
}

fn assign(
    shell: &mut Shell,
    place: &WriteTarget,
    declared: &Declared,
    value: &NewValue,
) -> Result<()> {
    match (value, &declared.subscript) {
        (NewValue::Array(elements), _) => shell.store_compound(place, elements, declared.append),
        (NewValue::Scalar(value), None) => shell.store(place, value.clone(), declared.append),
        (NewValue::Scalar(value), Some(subscript)) => {
            let shown = format!("{}[{subscript}]", declared.name);
            let element = shell.element_place(place, subscript, &shown)?;
            shell.store_element(place, element, value.clone(), declared.append)
        }
    }
}

/// Switches attributes; `readonly` and name references come last, when the value is there.
fn switch(attributes: &mut Attributes, which: &Attributes, on: bool) {
    let pairs = [
        (&mut attributes.exported, which.exported),
        (&mut attributes.integer, which.integer),
        (&mut attributes.lower, which.lower),
        (&mut attributes.upper, which.upper),
        (&mut attributes.capitalise, which.capitalise),
        (&mut attributes.trace, which.trace),
    ];
    for (attribute, chosen) in pairs {
        if chosen {
            *attribute = on;
        }
    }
}

pub fn export(shell: &mut Shell, operands: &[Operand]) -> Result {
    let attribute = Attributes {
        exported: true,
        ..Attributes::default()
    };
    give(shell, "export", operands, attribute)
}

pub fn readonly(shell: &mut Shell, operands: &[Operand]) -> Result {
    let attribute = Attributes {
        readonly: true,
        ..Attributes::default()
    };
    give(shell, "readonly", operands, attribute)
}

fn give(
    shell: &mut Shell,
    command: &'static str,
    operands: &[Operand],
    attribute: Attributes,
) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, command, &words, "aAfnp") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let has = |letter| options.iter().any(|option| option.letter == letter);
    let mut wanted = Wanted {
        on: attribute,
        functions: has('f'),
        ..Wanted::default()
    };
    wanted.on.indexed = has('a');
    wanted.on.associative = has('A') && !has('a');
    let operands = operands.get(rest + 1..).unwrap_or_default();
    if operands.is_empty() {
        return Ok(list(shell, command, &wanted, attribute));
    }
    let undo = has('n');
    let mut status = 0;
    for operand in operands {
        let declared = take_apart(operand);
        let outcome = if wanted.functions {
            Ok(give_function(shell, command, &wanted, undo, &declared.name))
        } else {
            give_variable(shell, command, &wanted, undo, declared)
        };
        match outcome {
            Ok(0) => {}
            Ok(failed) | Err(Flow::Discard(failed)) => status = failed,
            Err(flow) => return Err(flow),
        }
    }
    if status != 0 && shell.options.posix {
        return Err(Flow::Exit(status));
    }
    Ok(status)
}

fn give_function(
    shell: &mut Shell,
    command: &str,
    wanted: &Wanted,
    undo: bool,
    name: &Text,
) -> i32 {
    if !shell.functions.contains_key(name) {
        shell.complain(format_args!("{command}: {name}: not a function"));
        return 1;
    }
    let mut attributes = shell.function_attributes(name);
    if wanted.on.exported {
        attributes.exported = !undo;
    }
    attributes.readonly |= wanted.on.readonly;
    shell.set_function_attributes(name, attributes);
    0
}

fn give_variable(
    shell: &mut Shell,
    command: &str,
    wanted: &Wanted,
    undo: bool,
    declared: Declared,
) -> Result {
    if let Some(subscript) = &declared.subscript {
        let name = &declared.name;
        shell.complain(format_args!(
            "{command}: `{name}[{subscript}]': not a valid identifier"
        ));
        return Ok(1);
    }
    if !is_name(&declared.name) {
        shell.complain(format_args!(
            "{command}: `{}': not a valid identifier",
            declared.shown
        ));
        return Ok(1);
    }
    let mut status = 0;
    let name = declared.name.clone();
    if let Some(value) = declared.value.clone() {
        if wanted.on.indexed || wanted.on.associative {
            let mut wanted = wanted.clone();
            wanted.global = !shell.in_function();
            return declare_variable(shell, command, &wanted, declared);
        }
        status = forgive(shell.assign(&NewAssignment {
            name: name.clone(),
            subscript: None,
            append: declared.append,
            value,
        }))?;
    }
    if shell.keep_temporary(&name) {
        return Ok(status);
    }
    let place = shell.write_target(&name)?;
    if undo && shell.variables.get_at(&place).is_none() {
        return Ok(status);
    }
    let attributes = &mut shell.made(&place).attributes;
    if wanted.on.exported {
        attributes.exported = !undo;
    }
    attributes.readonly |= wanted.on.readonly && !undo;
    Ok(status)
}

fn list(shell: &mut Shell, command: &str, wanted: &Wanted, attribute: Attributes) -> i32 {
    let output = if wanted.functions {
        super::function::list(shell, wanted)
    } else {
        let only_arrays = wanted.on.indexed || wanted.on.associative;
        let kinds = Attributes {
            indexed: wanted.on.indexed,
            associative: wanted.on.associative,
            ..Attributes::default()
        };
        listing::all_variables(shell)
            .iter()
            .filter(|(_, variable)| listing::has_any(variable, &attribute))
            .filter(|(_, variable)| !only_arrays || listing::has_any(variable, &kinds))
            .map(|(name, variable)| match shell.options.posix {
                true => listing::posix_declaration(command, name, variable),
                false => listing::declaration(name, variable),
            })
            .collect()
    };
    print(shell, command, &output)
}

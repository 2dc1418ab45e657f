//! `declare`, `typeset`, `local`, `export`, `readonly`.

mod attribute;
mod function;
mod place;

use super::operands::{Given, given};
use super::{Operand, listing, print, word};
use crate::expand::quote;
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::{self, Reading, ast};
use crate::text::Text;
use crate::variables::{Attributes, NewAssignment, NewElement, NewValue, is_name, split_element};

pub use attribute::{export, readonly};

/// What the options of a `declare` ask for.
#[derive(Clone, Debug, Default)]
struct Wanted {
    on: Attributes,
    off: Attributes,
    functions: bool,
    names_only: bool,
    print: bool,
    global: bool,
    inherit: bool,
}

/// An operand taken apart.
#[derive(Clone, Debug)]
struct Declared {
    name: Text,
    subscript: Option<Text>,
    append: bool,
    value: Option<NewValue>,
    /// As it was written, for messages.
    shown: Text,
}

pub fn declare(shell: &mut Shell, operands: &[Operand]) -> Result {
    let command = operands.first().map_or_else(|| "declare".into(), word);
    run(shell, &command, operands, false)
}

pub fn local(shell: &mut Shell, operands: &[Operand]) -> Result {
    if !shell.in_function() {
        shell.complain("local: can only be used in a function");
        return Ok(1);
    }
    run(shell, "local", operands, true)
}

fn run(shell: &mut Shell, command: &str, operands: &[Operand], is_local: bool) -> Result {
    let words: Vec<Text> = super::words(operands);
    let (options, rest) = match given(shell, command, &words, "+acfgilnprtuxAFGI") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let mut wanted = wanted(&options);
    if wanted.on.indexed || wanted.on.associative {
        // An array is no reference.
        wanted.on.nameref = false;
    }
    let operands = operands.get(rest + 1..).unwrap_or_default();
    if operands.is_empty() {
        return Ok(list(shell, command, &wanted, is_local));
    }
    if wanted.print {
        return Ok(print_named(shell, command, &wanted, operands, is_local));
    }
    let mut status = 0;
    for operand in operands {
        if is_local && &*word(operand) == "-" {
            shell.keep_options_local();
            continue;
        }
        let declared = take_apart(operand);
        let outcome = if wanted.functions {
            if declared.value.is_some() {
                shell.complain(format_args!("{command}: cannot use `-f' to make functions"));
                return Ok(1);
            }
            Ok(function::declare(shell, command, &wanted, &declared.name))
        } else {
            declare_variable(shell, command, &wanted, declared)
        };
        match outcome {
            Ok(0) => {}
            Ok(failed) => status = failed,
            Err(Flow::Discard(failed)) => status = failed,
            Err(flow) => return Err(flow),
        }
    }
    Ok(status)
}

fn wanted(options: &[Given]) -> Wanted {
    let mut wanted = Wanted::default();
    for option in options {
        let attributes = if option.plus {
            &mut wanted.off
        } else {
            &mut wanted.on
        };
        match option.letter {
            'a' => attributes.indexed = true,
            'A' => attributes.associative = true,
            'i' => attributes.integer = true,
            'n' => attributes.nameref = true,
            'r' => attributes.readonly = true,
            't' => attributes.trace = true,
            'x' => attributes.exported = true,
            'c' => attributes.capitalise = true,
            'l' => attributes.lower = true,
            'u' => attributes.upper = true,
            'p' => wanted.print = true,
            'f' => wanted.functions = true,
            'F' => (wanted.functions, wanted.names_only) = (true, true),
            'g' | 'G' => wanted.global |= !option.plus,
            _ => wanted.inherit = true,
        }
        if !option.plus {
            exclude_other_cases(&mut wanted.off, option.letter);
        }
    }
    wanted
}

/// `-l`, `-u` and `-c` take each other away, even when they come together.
fn exclude_other_cases(off: &mut Attributes, letter: char) {
    match letter {
        'c' => (off.lower, off.upper) = (true, true),
        'l' => (off.capitalise, off.upper) = (true, true),
        'u' => (off.capitalise, off.lower) = (true, true),
        _ => {}
    }
}

/// Without names: everything that has the attributes.
fn list(shell: &mut Shell, command: &str, wanted: &Wanted, is_local: bool) -> i32 {
    let any = Attributes::default();
    let output = if is_local {
        let scope = shell.variables.innermost_function().unwrap_or_default();
        let variables = shell.variables.of_scope(scope);
        variables
            .map(|(name, variable)| listing::declaration(name, variable))
            .collect()
    } else if wanted.functions {
        function::list(shell, wanted)
    } else if wanted.on != any {
        listing::all_variables(shell)
            .iter()
            .filter(|(_, variable)| listing::has_any(variable, &wanted.on))
            .map(|(name, variable)| listing::declaration(name, variable))
            .collect()
    } else if wanted.print {
        listing::all_variables(shell)
            .iter()
            .map(|(name, variable)| listing::declaration(name, variable))
            .collect()
    } else {
        listing::everything(shell)
    };
    print(shell, command, &output)
}

/// `declare -p name …`.
fn print_named(
    shell: &mut Shell,
    command: &str,
    wanted: &Wanted,
    operands: &[Operand],
    is_local: bool,
) -> i32 {
    let mut status = 0;
    for operand in operands {
        let name = word(operand);
        let shown = if wanted.functions {
            (shell.functions.contains_key(&name))
                .then(|| listing::function(shell, &name, !wanted.names_only))
        } else if is_local {
            let scope = shell.variables.innermost_function().unwrap_or_default();
            let mut variables = shell.variables.of_scope(scope);
            variables
                .find(|(other, _)| **other == name)
                .map(|(_, variable)| listing::declaration(&name, variable))
        } else {
            (shell.variable_itself(&name)).map(|variable| listing::declaration(&name, &variable))
        };
        match shown {
            Some(text) => status |= print(shell, command, &text),
            None => {
                shell.complain(format_args!("{command}: {name}: not found"));
                status = 1;
            }
        }
    }
    status
}

fn take_apart(operand: &Operand) -> Declared {
    match operand {
        Operand::Text(text) => take_apart_text(text),
        Operand::Assignment(assignment) => Declared {
            name: assignment.name.clone(),
            subscript: assignment.subscript.clone(),
            append: assignment.append,
            value: Some(assignment.value.clone()),
            shown: assignment_word(assignment),
        },
    }
}

/// `name=value` in a text, as it comes from an expansion.
fn take_apart_text(text: &Text) -> Declared {
    let (left, value) = match place_of_equals(text) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (&**text, None),
    };
    let (left, append) = match left.strip_suffix('+') {
        Some(left) if value.is_some() => (left, true),
        _ => (left, false),
    };
    let (name, subscript) = match split_element(left) {
        Some((name, subscript)) => (name, Some(subscript.into())),
        None => (left, None),
    };
    Declared {
        name: name.into(),
        subscript,
        append,
        value: value.map(|value| NewValue::Scalar(value.into())),
        shown: text.clone(),
    }
}

/// Where the `=` of an assignment stands: behind the brackets of a subscript.
fn place_of_equals(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'=' if depth == 0 => return Some(place),
            _ => {}
        }
    }
    None
}

/// An assignment as the word it was.
pub fn assignment_word(assignment: &NewAssignment) -> Text {
    let mut text = assignment.name.to_string();
    if let Some(subscript) = &assignment.subscript {
        text += &format!("[{subscript}]");
    }
    text.push_str(if assignment.append { "+=" } else { "=" });
    match &assignment.value {
        NewValue::Scalar(value) => text.push_str(value),
        NewValue::Array(elements) => {
            let words: Vec<String> = elements.iter().map(element_word).collect();
            text += &format!("({})", words.join(" "));
        }
    }
    text.into()
}

fn element_word(element: &NewElement) -> String {
    let value = quote::when_needed(&element.value);
    match &element.key {
        Some(key) => format!("[{key}]={value}"),
        None => value,
    }
}

fn declare_variable(
    shell: &mut Shell,
    command: &str,
    wanted: &Wanted,
    mut declared: Declared,
) -> Result {
    if wanted.on.nameref && !place::check_reference(shell, command, &declared) {
        return Ok(1);
    }
    if !is_name(&declared.name) {
        shell.complain(format_args!(
            "{command}: `{}': not a valid identifier",
            declared.shown
        ));
        return Ok(1);
    }
    if let Some(subscript) = &declared.subscript {
        // It has been expanded with the operand, if it was written with one; bash expands it once more.
        let word = ast::Word::new(subscript.clone());
        declared.subscript = Some(shell.expand_word(&word)?);
    }
    let Some(place) = place::find(shell, command, wanted, &declared)? else {
        return Ok(1);
    };
    parse_compound(shell, wanted, &place, &mut declared)?;
    attribute::apply(shell, command, wanted, &place, &declared)
}

/// `declare -a name="(…)"`: the text becomes a list.
fn parse_compound(
    shell: &mut Shell,
    wanted: &Wanted,
    place: &crate::variables::WriteTarget,
    declared: &mut Declared,
) -> Result<()> {
    let Some(NewValue::Scalar(text)) = &declared.value else {
        return Ok(());
    };
    let is_list = text.starts_with('(') && text.ends_with(')');
    // An element cannot hold a list: the whole array gets it.
    let is_array = wanted.on.indexed
        || wanted.on.associative
        || (shell.variables.get_at(place)).is_some_and(|variable| variable.is_array());
    if is_list && (is_array || declared.subscript.is_some()) && !wanted.on.nameref {
        let elements = list_elements(shell, &declared.name, text)?;
        declared.value = elements.map(NewValue::Array).or(declared.value.take());
    }
    Ok(())
}

/// The elements of a list in a text, expanded.
fn list_elements(shell: &mut Shell, name: &str, text: &str) -> Result<Option<Vec<NewElement>>> {
    let source = format!("{name}={text}");
    let reading = Reading {
        options: &shell.options,
        aliases: &shell.aliases,
        first_line: shell.line,
    };
    let Ok(program) = syntax::parse(&source, &reading) else {
        return Ok(None);
    };
    let assignment = program
        .commands
        .first()
        .and_then(|list| list.0.first())
        .and_then(|item| item.chain.first.commands.first())
        .and_then(|command| match &command.kind {
            ast::CommandKind::Simple(simple) => simple.assignments.first(),
            _ => None,
        });
    let Some(assignment) = assignment else {
        return Ok(None);
    };
    Ok(match shell.expand_assignment(assignment)?.value {
        NewValue::Array(elements) => Some(elements),
        NewValue::Scalar(_) => None,
    })
}

//! Variables and functions as `declare -p`, `export -p`, `set` and their like show them.

use crate::expand::quote;
use crate::shell::Shell;
use crate::syntax::print_function;
use crate::text::Text;
use crate::variables::{Attributes, FunctionAttributes, Value, Variable};

/// In single quotes, whatever the text holds, as `alias`, `trap -p` and `complete -p` show texts.
pub fn single_quoted(text: &str) -> String {
    match text {
        "'" => "\\'".to_owned(),
        _ => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// The letters of a variable's attributes, `-` when there are none.
pub fn letters(variable: &Variable) -> String {
    let a = &variable.attributes;
    let all = [
        (variable.is_array() && !variable.is_associative(), 'a'),
        (variable.is_associative(), 'A'),
        (a.integer, 'i'),
        (a.nameref, 'n'),
        (a.readonly, 'r'),
        (a.trace, 't'),
        (a.exported, 'x'),
        (a.capitalise, 'c'),
        (a.lower, 'l'),
        (a.upper, 'u'),
    ];
    let shown: String = all.iter().filter(|(on, _)| *on).map(|(_, c)| *c).collect();
    if shown.is_empty() {
        "-".to_owned()
    } else {
        shown
    }
}

/// `declare -x name="value"` and a newline.
pub fn declaration(name: &str, variable: &Variable) -> String {
    format!(
        "declare -{} {}\n",
        letters(variable),
        assignment(name, variable)
    )
}

/// As `export -p` and `readonly -p` show it in posix mode: `export name="value"`.
pub fn posix_declaration(command: &str, name: &str, variable: &Variable) -> String {
    let letters = match (variable.is_associative(), variable.is_array()) {
        (true, _) => "-A ",
        (_, true) => "-a ",
        _ => "",
    };
    format!("{command} {letters}{}\n", assignment(name, variable))
}

/// `name="value"`, or the name alone.
pub fn assignment(name: &str, variable: &Variable) -> String {
    match &variable.value {
        None => name.to_owned(),
        Some(Value::Scalar(text)) => format!("{name}={}", quote::double(text)),
        Some(value) => format!("{name}={}", compound(value)),
    }
}

/// `([0]="a" [1]="b")`.
pub fn compound(value: &Value) -> String {
    match value {
        Value::Scalar(text) => quote::double(text),
        Value::Indexed(array) => {
            let elements: Vec<String> = (array.0.iter())
                .map(|(index, text)| format!("[{index}]={}", quote::double(text)))
                .collect();
            format!("({})", elements.join(" "))
        }
        Value::Associative(array) => {
            let elements: String = array
                .iter()
                .map(|(key, text)| format!("[{}]={} ", key_text(key), quote::double(text)))
                .collect();
            format!("({elements})")
        }
    }
}

/// A key between brackets: quoted when it needs to be.
fn key_text(key: &str) -> String {
    if key == "@" || key == "*" || quote::when_needed(key) != key {
        return quote::double(key);
    }
    key.to_owned()
}

/// `set` without operands: variables that have a value, then functions.
pub fn everything(shell: &Shell) -> String {
    let mut output = String::new();
    for (name, variable) in all_variables(shell) {
        match &variable.value {
            None => {}
            Some(Value::Scalar(text)) => {
                output += &format!("{name}={}\n", quote::when_needed(text));
            }
            Some(value) => output += &format!("{name}={}\n", compound(value)),
        }
    }
    if !shell.options.posix {
        for function in shell.functions.values() {
            output += &print_function(function);
            output.push('\n');
        }
    }
    output
}

/// All variables by name, dynamic ones as a listing shows them.
pub fn all_variables(shell: &Shell) -> Vec<(Text, Variable)> {
    shell
        .variables
        .visible()
        .map(|(name, variable)| (name.clone(), listed(shell, name, variable)))
        .filter(|(name, variable)| &**name != "PIPESTATUS" || variable.value.is_some())
        .collect()
}

/// bash gives dynamic variables a value when they are asked for only, so a listing shows most without.
pub fn listed(shell: &Shell, name: &str, variable: &Variable) -> Variable {
    if !variable.dynamic {
        return variable.clone();
    }
    let made_up = shell.variable_itself(name);
    let mut shown = made_up.map_or_else(|| variable.clone(), |made_up| (*made_up).clone());
    let is_empty = matches!(&shown.value, Some(Value::Indexed(array)) if array.0.is_empty());
    let known = matches!(
        name,
        "SHELLOPTS" | "BASHOPTS" | "PPID" | "_" | "PIPESTATUS" | "FUNCNAME"
    ) || name.starts_with("BASH_") && shown.is_array();
    match name {
        "DIRSTACK" | "GROUPS" => shown.value = Some(Value::Indexed(Default::default())),
        "PIPESTATUS" if is_empty => shown.value = None,
        "SECONDS" => (shown.value, shown.attributes.integer) = (None, false),
        _ if !known => shown.value = None,
        _ => {}
    }
    shown
}

/// The letters of a function's attributes, `f` first.
pub fn function_letters(attributes: FunctionAttributes) -> String {
    let FunctionAttributes {
        exported,
        readonly,
        trace,
    } = attributes;
    let all = [(true, 'f'), (readonly, 'r'), (trace, 't'), (exported, 'x')];
    all.iter().filter(|(on, _)| *on).map(|(_, c)| *c).collect()
}

/// A function as `declare -f` (`with_body`) or `declare -F` lists it.
pub fn function(shell: &Shell, name: &Text, with_body: bool) -> String {
    let attributes = shell.function_attributes(name);
    let letters = function_letters(attributes);
    let mut output = String::new();
    if with_body && let Some(function) = shell.functions.get(name) {
        output += &print_function(function);
        output.push('\n');
        if letters == "f" {
            return output;
        }
    }
    output + &format!("declare -{letters} {name}\n")
}

/// Whether all attributes of one are those of another.
pub fn has_any(variable: &Variable, wanted: &Attributes) -> bool {
    let a = &variable.attributes;
    (wanted.exported && a.exported)
        || (wanted.readonly && a.readonly)
        || (wanted.integer && a.integer)
        || (wanted.lower && a.lower)
        || (wanted.upper && a.upper)
        || (wanted.capitalise && a.capitalise)
        || (wanted.nameref && a.nameref)
        || (wanted.trace && a.trace)
        || (wanted.indexed && variable.is_array() && !variable.is_associative())
        || (wanted.associative && variable.is_associative())
}

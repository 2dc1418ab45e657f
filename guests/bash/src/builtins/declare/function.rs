//! `declare -f` and `-F`.

use super::Wanted;
use crate::builtins::{listing, print};
use crate::shell::Shell;
use crate::syntax::print_function;
use crate::text::Text;
use crate::variables::Attributes;

/// `declare -f name`, `declare -fx name`.
pub fn declare(shell: &mut Shell, command: &str, wanted: &Wanted, name: &Text) -> i32 {
    let Some(function) = shell.functions.get(name).cloned() else {
        return 1;
    };
    let mut attributes = shell.function_attributes(name);
    if attributes.readonly && wanted.off.readonly {
        shell.complain(format_args!("{command}: {name}: readonly function"));
        return 1;
    }
    if wanted.on == Attributes::default() && wanted.off == Attributes::default() {
        let text = match (wanted.names_only, shell.options.extdebug) {
            (true, true) => format!("{name} {} {}\n", function.line, function.source),
            (true, false) => format!("{name}\n"),
            (false, _) => print_function(&function) + "\n",
        };
        return print(shell, command, &text);
    }
    attributes.exported = (attributes.exported || wanted.on.exported) && !wanted.off.exported;
    attributes.readonly |= wanted.on.readonly;
    attributes.trace = (attributes.trace || wanted.on.trace) && !wanted.off.trace;
    shell.set_function_attributes(name, attributes);
    0
}

/// All functions that have the attributes.
pub fn list(shell: &Shell, wanted: &Wanted) -> String {
    let names: Vec<&Text> = shell.functions.keys().collect();
    names
        .into_iter()
        .filter(|name| {
            let attributes = shell.function_attributes(name);
            let on = &wanted.on;
            let any = *on == Attributes::default();
            any || (on.exported && attributes.exported)
                || (on.readonly && attributes.readonly)
                || (on.trace && attributes.trace)
        })
        .map(|name| listing::function(shell, name, !wanted.names_only))
        .collect()
}

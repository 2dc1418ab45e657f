//! Which variable a `declare` means: a local one, a global one, or what a name reference leads to.

use super::{Declared, Wanted};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::{NewValue, WriteTarget, is_reference_target};

/// Whether the operand of a `declare -n` may be a name reference; says why not.
pub fn check_reference(shell: &mut Shell, command: &str, declared: &Declared) -> bool {
    let name = &declared.name;
    if declared.subscript.is_some() || matches!(declared.value, Some(NewValue::Array(_))) {
        shell.complain(format_args!(
            "{command}: {name}: reference variable cannot be an array"
        ));
        return false;
    }
    let Some(NewValue::Scalar(target)) = &declared.value else {
        return true;
    };
    let target_name = target.split('[').next().unwrap_or_default();
    if target_name == &**name {
        if !shell.in_function() {
            shell.complain(format_args!(
                "{command}: {name}: nameref variable self references not allowed"
            ));
            return false;
        }
        shell.complain(format_args!(
            "{command}: warning: {name}: circular name reference"
        ));
    }
    if target.is_empty() {
        shell.complain(format_args!("{command}: `': not a valid identifier"));
        return false;
    }
    if !declared.append && !is_reference_target(target) {
        shell.complain(format_args!(
            "{command}: `{target}': invalid variable name for name reference"
        ));
        return false;
    }
    true
}

/// The variable that is declared; `None` after a complaint.
pub fn find(
    shell: &mut Shell,
    command: &str,
    wanted: &Wanted,
    declared: &Declared,
) -> Result<Option<WriteTarget>> {
    let itself = wanted.on.nameref || wanted.off.nameref;
    let name = &declared.name;
    if shell.in_function() && !wanted.global {
        let name = if itself {
            name.clone()
        } else {
            shell.name_behind_local_reference(name)
        };
        return Ok(make_local(shell, command, wanted, &name));
    }
    let place = match (wanted.global, itself) {
        (true, true) => WriteTarget::new(0, name.clone()),
        (true, false) => shell.global_target(name.clone())?,
        (false, true) => shell.place_itself(name),
        (false, false) => shell.write_target(name)?,
    };
    Ok(Some(place))
}

fn make_local(
    shell: &mut Shell,
    command: &str,
    wanted: &Wanted,
    name: &Text,
) -> Option<WriteTarget> {
    let inherit = wanted.inherit || shell.options.localvar_inherit;
    let place = shell.make_local(name, inherit);
    if place.is_none() {
        shell.complain(format_args!("{command}: {name}: readonly variable"));
    }
    place
}

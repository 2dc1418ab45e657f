//! The builtins. OWNER: builtins (and where a file says so, another room).

use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::NewAssignment;

/// A builtin: its operands, its own name first, to its status. It prints its own messages, as `bash: line 3: cd: …`.
pub type Builtin = fn(&mut Shell, &[Operand]) -> Result;

/// An operand, expanded.
#[derive(Clone, Debug)]
pub enum Operand {
    Text(Text),
    /// Only for `declare`, `typeset`, `local`, `export`, `readonly`: `name=value` or `name=(…)` as it stood in the source.
    Assignment(NewAssignment),
}

/// A builtin of the table.
pub struct Entry {
    pub name: &'static str,
    pub run: Builtin,
    /// POSIX's special builtins: found before functions in posix mode, and assignments in front of them stay (posix mode).
    pub special: bool,
    /// Takes assignments as operands.
    pub declaration: bool,
    /// Certain not to read its input, to wait, to write without end or to change what a pipeline's later commands see:
    /// as a stage of a pipeline it need not be a process of its own (`echo`, `printf`, `pwd`, `true`, …).
    pub plain: bool,
}

/// The builtin of a name, unless `enable -n` switched it off.
pub fn find(_shell: &Shell, _name: &str) -> Option<&'static Entry> {
    todo!()
}

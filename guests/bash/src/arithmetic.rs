//! `$(( ))`, `(( ))`, `let`, subscripts: 64-bit integers with C's operators and bash's messages. OWNER: expand.

use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::Arithmetic;

/// An expression ready to be evaluated.
#[derive(Debug)]
pub struct Compiled {}

impl Shell {
    /// The value of an expression in the source: expanded as in double quotes first, unless it needs no expansion.
    pub fn evaluate(&mut self, _expression: &Arithmetic) -> Result<i64> {
        todo!()
    }

    /// The value of an expanded text. `context` is what bash names in front of a message (`((`, `let`, "" …).
    pub fn evaluate_text(&mut self, _text: &str, _context: &str) -> Result<i64> {
        todo!()
    }
}

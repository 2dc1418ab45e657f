//! `$(( ))`, `(( ))`, `let`, subscripts: 64-bit integers with C's operators and bash's messages. OWNER: expand.
//!
//! An expression is compiled once. Bash evaluates while it reads; so a mistake in the text becomes a part of the compiled expression, and
//! what stands in front of it still has its effects.

mod compile;
mod evaluate;
mod expression;
mod lexer;
mod number;

use std::rc::Rc;

use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::Arithmetic;
use crate::text::Text;
use expression::Expression;

/// An expression of the source, as far as it can be prepared.
#[derive(Debug)]
pub enum Compiled {
    /// It is the same each time. Plain `$x` in it counts as a number, as long as it is one.
    Prepared(Expression),
    /// It has to be expanded first.
    Expand,
}

impl Shell {
    /// The value of an expression in the source: expanded as in double quotes first, unless it needs no expansion.
    pub fn evaluate(&mut self, expression: &Arithmetic) -> Result<i64> {
        self.evaluate_in(expression, "")
    }

    /// The same; `context` is what bash names in front of a message (`((`, `let`, "" …).
    pub fn evaluate_in(&mut self, expression: &Arithmetic, context: &str) -> Result<i64> {
        let compiled = Rc::clone(expression.parsed.get_or_init(|| {
            Rc::new(match compile::prepare(&expression.word.raw) {
                Some(prepared) => Compiled::Prepared(prepared),
                None => Compiled::Expand,
            })
        }));
        if let Compiled::Prepared(prepared) = &*compiled
            && let Some(values) = self.parameter_values(prepared)
        {
            return self.run(prepared, values, context);
        }
        let text = self.expand_arithmetic(&expression.word)?;
        self.evaluate_text(&text, context)
    }

    /// The value of an expanded text. `context` is what bash names in front of a message (`((`, `let`, "" …).
    pub fn evaluate_text(&mut self, text: &str, context: &str) -> Result<i64> {
        if let Some(value) = number::plain(text) {
            return Ok(value);
        }
        let expression = compile::compile(&Text::from(text));
        self.run(&expression, Vec::new(), context)
    }
}

#[cfg(test)]
mod tests {
    use super::compile::compile;
    use super::expression::Node;
    use crate::text::Text;

    #[test]
    fn precedence() {
        let shape = |text: &str| format!("{:?}", compile(&Text::from(text)).root);
        assert_eq!(shape("1+2*3"), shape("1+(2*3)").as_str().to_string());
        assert_ne!(shape("(1+2)*3"), shape("1+2*3"));
        assert!(matches!(compile(&Text::from(" ")).root, Node::Number(0)));
    }
}

//! Expressions to numbers.

use std::cell::Cell;

use super::compile::compile;
use super::expression::{Binary, Expression, Node, Parameter, Problem, Unary, Variable};
use super::number;
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;
use crate::variables::{Reference, Subscript};

/// How deep the values of variables may be expressions with variables; bash's own bound.
const MAX_DEPTH: u32 = 1024;
const TOO_DEEP: &str = "expression recursion level exceeded";

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// One evaluation: what messages need, and the values of the parameters.
struct Run<'a> {
    expression: &'a Expression,
    values: Vec<i64>,
    context: &'a str,
}

impl Shell {
    /// The values of an expression's parameters; nothing if one isn't a plain number.
    pub(super) fn parameter_values(&self, expression: &Expression) -> Option<Vec<i64>> {
        expression
            .parameters
            .iter()
            .map(|at| {
                let value = match &at.parameter {
                    Parameter::Count => return i64::try_from(self.positional.len()).ok(),
                    Parameter::Status => return Some(i64::from(self.status)),
                    Parameter::Variable(name) => self.get(name)?,
                    Parameter::Positional(number) => {
                        self.positional.get(number.checked_sub(1)?)?.clone()
                    }
                };
                number::plain(&value).filter(|value| *value >= 0)
            })
            .collect()
    }

    pub(super) fn run(
        &mut self,
        expression: &Expression,
        values: Vec<i64>,
        context: &str,
    ) -> Result<i64> {
        let depth = DEPTH.get();
        DEPTH.set(depth + 1);
        let run = Run {
            expression,
            values,
            context,
        };
        let value = self.node(&expression.root, &run);
        DEPTH.set(depth);
        value
    }

    fn node(&mut self, node: &Node, run: &Run<'_>) -> Result<i64> {
        match node {
            Node::Number(value) => Ok(*value),
            Node::Parameter(number) => Ok(run.values.get(*number).copied().unwrap_or(0)),
            Node::Variable(variable) => self.variable_value(variable, run),
            Node::Unary(operator, operand) => {
                let value = self.node(operand, run)?;
                Ok(match operator {
                    Unary::Not => i64::from(value == 0),
                    Unary::Complement => !value,
                    Unary::Minus => value.wrapping_neg(),
                    Unary::Plus => value,
                })
            }
            Node::Binary(operator, both, at) => {
                let left = self.node(&both.0, run)?;
                let right = self.node(&both.1, run)?;
                self.binary(*operator, left, right, *at, run)
            }
            Node::And(both) => {
                Ok((self.node(&both.0, run)? != 0 && self.node(&both.1, run)? != 0).into())
            }
            Node::Or(both) => {
                Ok((self.node(&both.0, run)? != 0 || self.node(&both.1, run)? != 0).into())
            }
            Node::Condition(parts) => {
                if self.node(&parts.0, run)? != 0 {
                    self.node(&parts.1, run)
                } else {
                    self.node(&parts.2, run)
                }
            }
            Node::Comma(both) => {
                self.node(&both.0, run)?;
                self.node(&both.1, run)
            }
            Node::Assign(both) => {
                let value = self.node(&both.1, run)?;
                self.assign_variable(&both.0, value, run)?;
                Ok(value)
            }
            Node::Update(operator, both, at) => self.update(*operator, both, *at, run),
            Node::Before(variable, by) => self.step(variable, *by, run).map(|(_, after)| after),
            Node::After(variable, by) => self.step(variable, *by, run).map(|(before, _)| before),
            Node::Wrong(both) => {
                self.node(&both.0, run)?;
                Err(self.arithmetic_error(&both.1, run))
            }
        }
    }

    fn binary(
        &mut self,
        operator: Binary,
        left: i64,
        right: i64,
        at: usize,
        run: &Run<'_>,
    ) -> Result<i64> {
        // Shifts count modulo 64, as the processor does.
        let shift = (right & 63) as u32;
        Ok(match operator {
            Binary::BitOr => left | right,
            Binary::BitXor => left ^ right,
            Binary::BitAnd => left & right,
            Binary::Equal => (left == right).into(),
            Binary::NotEqual => (left != right).into(),
            Binary::Less => (left < right).into(),
            Binary::LessOrEqual => (left <= right).into(),
            Binary::Greater => (left > right).into(),
            Binary::GreaterOrEqual => (left >= right).into(),
            Binary::ShiftLeft => left.wrapping_shl(shift),
            Binary::ShiftRight => left.wrapping_shr(shift),
            Binary::Add => left.wrapping_add(right),
            Binary::Subtract => left.wrapping_sub(right),
            Binary::Multiply => left.wrapping_mul(right),
            Binary::Divide | Binary::Remainder if right == 0 => {
                return Err(self.error_at("division by 0", at, run));
            }
            Binary::Divide => left.wrapping_div(right),
            Binary::Remainder => left.wrapping_rem(right),
            Binary::Power if right < 0 => {
                return Err(self.error_at("exponent less than 0", at, run));
            }
            Binary::Power => power(left, right),
        })
    }

    fn update(
        &mut self,
        operator: Binary,
        both: &(Variable, Node),
        at: usize,
        run: &Run<'_>,
    ) -> Result<i64> {
        let (variable, operand) = both;
        let Some(subscript) = &variable.subscript else {
            let left = self.variable_value(variable, run)?;
            let right = self.node(operand, run)?;
            let value = self.binary(operator, left, right, at, run)?;
            self.set(&variable.name, value.to_string())?;
            return Ok(value);
        };
        let reference = self.element(&variable.name, subscript)?;
        let left = self.element_value(&reference, variable.at, run)?;
        let right = self.node(operand, run)?;
        let value = self.binary(operator, left, right, at, run)?;
        self.assign_reference(&reference, value.to_string().into(), false)?;
        Ok(value)
    }

    /// Adds to a variable; its values before and after.
    fn step(&mut self, variable: &Variable, by: i64, run: &Run<'_>) -> Result<(i64, i64)> {
        let Some(subscript) = &variable.subscript else {
            let before = self.variable_value(variable, run)?;
            let after = before.wrapping_add(by);
            self.set(&variable.name, after.to_string())?;
            return Ok((before, after));
        };
        let reference = self.element(&variable.name, subscript)?;
        let before = self.element_value(&reference, variable.at, run)?;
        let after = before.wrapping_add(by);
        self.assign_reference(&reference, after.to_string().into(), false)?;
        Ok((before, after))
    }

    fn assign_variable(&mut self, variable: &Variable, value: i64, _run: &Run<'_>) -> Result<()> {
        match &variable.subscript {
            None => self.set(&variable.name, value.to_string()),
            Some(subscript) => {
                let reference = self.element(&variable.name, subscript)?;
                self.assign_reference(&reference, value.to_string().into(), false)
            }
        }
    }

    fn variable_value(&mut self, variable: &Variable, run: &Run<'_>) -> Result<i64> {
        if let Some(subscript) = &variable.subscript {
            let reference = self.element(&variable.name, subscript)?;
            return self.element_value(&reference, variable.at, run);
        }
        match self.get(&variable.name) {
            Some(value) => self.value_of(value, variable.at, run),
            None if self.options.nounset => Err(self.unbound(&variable.name)),
            None => Ok(0),
        }
    }

    fn element_value(&mut self, reference: &Reference, at: usize, run: &Run<'_>) -> Result<i64> {
        match self.get_element(reference)? {
            Some(value) => self.value_of(value, at, run),
            None if self.options.nounset => {
                let subscript = match &reference.subscript {
                    Some(Subscript::Index(index)) => format!("[{index}]"),
                    Some(Subscript::Key(key)) => format!("[{key}]"),
                    _ => String::new(),
                };
                Err(self.unbound(&format!("{}{subscript}", reference.name)))
            }
            None => Ok(0),
        }
    }

    /// A variable's value, which may be an expression of its own.
    fn value_of(&mut self, value: Text, at: usize, run: &Run<'_>) -> Result<i64> {
        if let Some(number) = number::plain(&value) {
            return Ok(number);
        }
        // How many expressions are being evaluated.
        let mut depth = DEPTH.get();
        if depth >= MAX_DEPTH {
            return Err(self.error_at(TOO_DEEP, at, run));
        }
        let mut value = value;
        loop {
            depth += 1;
            if !crate::variables::is_name(&value) {
                break;
            }
            // A chain of names needs no stack.
            match self.get(&value) {
                None if self.options.nounset => return Err(self.unbound(&value)),
                None => return Ok(0),
                Some(next) => {
                    if let Some(number) = number::plain(&next) {
                        return Ok(number);
                    }
                    if depth >= MAX_DEPTH {
                        let run = Run {
                            expression: &compile(&value),
                            values: Vec::new(),
                            context: run.context,
                        };
                        return Err(self.error_at(TOO_DEEP, 0, &run));
                    }
                    value = next;
                }
            }
        }
        if value.trim_ascii().is_empty() {
            return Ok(0);
        }
        let before = DEPTH.replace(depth - 1);
        let expression = compile(&value);
        let result = self.run(&expression, Vec::new(), run.context);
        DEPTH.set(before);
        result
    }

    /// The element that a subscript in an expression means.
    fn element(
        &mut self,
        name: &str,
        subscript: &crate::syntax::ast::Arithmetic,
    ) -> Result<Reference> {
        let mut reference = self.reference(name, None)?;
        let associative = self
            .variable(name)
            .is_some_and(|variable| crate::expand::is_associative(&variable));
        reference.subscript = Some(if associative {
            let raw = &subscript.word.raw;
            Subscript::Key(if raw.contains(['$', '`', '\\', '"', '\'']) {
                self.expand_subscript(&subscript.word)?
            } else {
                raw.clone()
            })
        } else {
            Subscript::Index(self.evaluate(subscript)?)
        });
        Ok(reference)
    }

    fn error_at(&mut self, message: &'static str, at: usize, run: &Run<'_>) -> Flow {
        let end = run.expression.text.len();
        self.arithmetic_error(&Problem { message, at, end }, run)
    }

    fn arithmetic_error(&mut self, problem: &Problem, run: &Run<'_>) -> Flow {
        let context = if run.context.is_empty() {
            String::new()
        } else {
            format!("{}: ", run.context)
        };
        let expression = run.shown(0, problem.end);
        let expression = expression.trim_start_matches([' ', '\t']);
        let token = run.shown(problem.at, problem.end);
        let message = problem.message;
        self.complain(format_args!(
            "{context}{expression}: {message} (error token is \"{token}\")"
        ));
        Flow::Discard(1)
    }
}

impl Run<'_> {
    /// A piece of the text as it is expanded.
    fn shown(&self, from: usize, to: usize) -> String {
        let text = &self.expression.text;
        let mut shown = String::new();
        let mut at = from;
        let parameters = self.expression.parameters.iter().zip(&self.values);
        for (parameter, value) in parameters {
            if parameter.start < at || parameter.end > to {
                continue;
            }
            shown.push_str(text.get(at..parameter.start).unwrap_or_default());
            shown.push_str(&value.to_string());
            at = parameter.end;
        }
        shown.push_str(text.get(at..to).unwrap_or_default());
        shown
    }
}

fn power(base: i64, exponent: i64) -> i64 {
    let (mut base, mut exponent, mut value) = (base, exponent, 1i64);
    while exponent > 0 {
        if exponent & 1 == 1 {
            value = value.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    value
}

//! Functions: defining and calling them.

use std::rc::Rc;

use super::traps::event;
use crate::builtins;
use crate::flow::{Flow, Result};
use crate::shell::{Frame, Shell};
use crate::syntax::ast::Function;
use crate::text::Text;

/// Traps that a function does not see, to be put back when it returns.
#[derive(Default)]
pub(super) struct HiddenTraps(Vec<(u32, Text)>);

impl Shell {
    pub(super) fn define_function(&mut self, function: &Function) -> Result {
        if function.name.contains(['$', '`', '\'', '"', '\\']) {
            self.complain(format_args!("`{}': not a valid identifier", function.name));
            return Ok(1);
        }
        if self.function_attributes(&function.name).readonly {
            self.complain(format_args!("{}: readonly function", function.name));
            return Ok(1);
        }
        let shadows = |entry: &builtins::Entry| entry.special;
        if self.options.posix && builtins::find(self, &function.name).is_some_and(shadows) {
            self.complain(format_args!("`{}': is a special builtin", function.name));
            return Err(Flow::Exit(2));
        }
        let source = match self.frames.last() {
            Some(frame) => frame.source.clone(),
            None if self.options.invoked_by == Some('c') => "environment".into(),
            None => "main".into(),
        };
        let function = Function {
            source,
            ..function.clone()
        };
        Rc::make_mut(&mut self.functions).insert(function.name.clone(), Rc::new(function));
        Ok(0)
    }

    /// Calls a function; `words` begins with its name.
    pub(super) fn call_function(&mut self, function: &Rc<Function>, words: &[Text]) -> Result {
        self.check_depth(&function.name)?;
        self.check_funcnest(&function.name)?;
        let arguments = Rc::new(words.iter().skip(1).cloned().collect::<Vec<_>>());
        let positional = std::mem::replace(&mut self.positional, arguments.clone());
        let loop_depth = std::mem::take(&mut self.loop_depth);
        let (line, frozen) = (self.line, std::mem::take(&mut self.line_frozen));
        self.frames.push(Frame {
            function: function.name.clone(),
            source: function.source.clone(),
            call_line: line,
            arguments,
            is_function: true,
        });
        let keeps_death = std::mem::take(&mut self.keeps_death);
        self.push_scope();
        let traced = self.options.functrace || self.function_attributes(&function.name).trace;
        let hidden = self.hide_traps(match (traced, self.options.errtrace) {
            (true, true) => &[],
            (true, false) => &[event::ERR],
            (false, true) => &[event::DEBUG, event::RETURN],
            (false, false) => &[event::DEBUG, event::RETURN, event::ERR],
        });
        let outcome = self.run_function_body(function);
        let outcome = match outcome {
            // Behind `return`, `$?` is still what it was before.
            Ok(status) => self.run_trap(event::RETURN).map(|()| status),
            outcome => outcome,
        };
        self.keeps_death = keeps_death;
        self.reveal_traps(hidden);
        self.pop_scope();
        self.frames.pop();
        self.line = line;
        self.line_frozen = frozen;
        self.loop_depth = loop_depth;
        self.positional = positional;
        outcome
    }

    fn run_function_body(&mut self, function: &Function) -> Result {
        self.line = function.line;
        if self.run_debug_trap_again()? {
            return Ok(self.status);
        }
        match self.run_command(&function.body) {
            Err(Flow::Return(status)) => Ok(status),
            Err(Flow::Break(_) | Flow::Continue(_)) => Ok(self.status),
            outcome => outcome,
        }
    }

    fn check_funcnest(&mut self, name: &str) -> Result<()> {
        let Some(bound) = self.get("FUNCNEST") else {
            return Ok(());
        };
        let bound: usize = bound.parse().unwrap_or(0);
        let depth = self.frames.iter().filter(|frame| frame.is_function).count();
        if bound > 0 && depth >= bound {
            self.complain(format_args!(
                "{name}: maximum function nesting level exceeded ({bound})"
            ));
            return Err(Flow::Discard(1));
        }
        Ok(())
    }

    /// Takes away traps that are not inherited.
    pub(super) fn hide_traps(&mut self, numbers: &[u32]) -> HiddenTraps {
        let hidden = numbers.iter().filter_map(|&number| {
            let command = self.traps.take(number)?;
            Some((number, command))
        });
        HiddenTraps(hidden.collect())
    }

    /// Puts them back, but for those that were set anew.
    pub(super) fn reveal_traps(&mut self, hidden: HiddenTraps) {
        for (number, command) in hidden.0 {
            self.traps.put_back(number, command);
        }
    }
}

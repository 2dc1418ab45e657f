//! Lists and commands.

use super::Printer;
use crate::syntax::ast::{
    AfterArm, Arithmetic, CaseArm, Chain, Command, CommandKind, Condition, Connector, Function,
    List, Pipeline, Simple, TimeFormat, Word,
};
use crate::syntax::token::Kind;

impl Printer {
    pub(super) fn list(&mut self, list: &List) {
        let last = list.0.len().saturating_sub(1);
        for (index, item) in list.0.iter().enumerate() {
            self.chain(&item.chain);
            if index > 0 {
                self.flush_documents("");
            }
            if item.background {
                self.end_line_with_documents(" &");
                if index < last {
                    self.put(" ");
                    self.same_line = true;
                }
            } else if index < last {
                self.separator(item.ended_by_newline);
            }
        }
    }

    fn separator(&mut self, newline: bool) {
        if !self.documents.is_empty() {
            self.end_line_with_documents("");
        } else if !std::mem::take(&mut self.behind_document) {
            self.put(if self.in_substitution && newline {
                "\n"
            } else {
                ";"
            });
        }
        if self.functions > 0 {
            self.put("\n");
        } else {
            if !(self.in_substitution && newline) {
                self.put(" ");
            }
            self.same_line = true;
        }
    }

    fn chain(&mut self, chain: &Chain) {
        self.pipeline(&chain.first);
        for (connector, pipeline) in &chain.rest {
            self.end_line_with_documents(match connector {
                Connector::And => " && ",
                Connector::Or => " || ",
            });
            self.same_line = true;
            self.pipeline(pipeline);
            self.flush_documents("");
        }
    }

    pub(super) fn pipeline(&mut self, pipeline: &Pipeline) {
        self.begin();
        match pipeline.time {
            Some(TimeFormat::Bash) => self.put("time "),
            Some(TimeFormat::Posix) => self.put("time -p "),
            None => {}
        }
        if pipeline.negated {
            self.put("! ");
        }
        let last = pipeline.commands.len().saturating_sub(1);
        for (index, command) in pipeline.commands.iter().enumerate() {
            self.same_line = true;
            self.command(command);
            if index < last {
                self.end_line_with_documents(" |");
                self.put(" ");
            }
        }
        if last > 0 {
            self.flush_documents("");
        }
        self.same_line = false;
    }

    /// Where a command begins: indented, unless it goes on in a line.
    fn begin(&mut self) {
        if !std::mem::take(&mut self.same_line) {
            self.indent();
        }
    }

    pub(super) fn command(&mut self, command: &Command) {
        self.begin();
        self.kind(&command.kind);
        if !command.redirects.is_empty() {
            let empty = matches!(&command.kind, CommandKind::Simple(simple)
                if simple.assignments.is_empty() && simple.arguments.is_empty());
            if !empty {
                self.put(" ");
            }
            self.redirects(&command.redirects);
        }
    }

    fn kind(&mut self, kind: &CommandKind) {
        match kind {
            CommandKind::Simple(simple) => self.simple(simple),
            CommandKind::Group(body) => self.group(body),
            CommandKind::Subshell(body) => {
                self.put("( ");
                self.on_same_line(body);
                self.flush_documents("");
                self.put(" )");
            }
            CommandKind::If {
                branches,
                otherwise,
            } => self.branches(branches, otherwise.as_ref()),
            CommandKind::While {
                condition,
                body,
                until,
            } => {
                self.put(if *until { "until " } else { "while " });
                self.on_same_line(condition);
                self.flush_documents("");
                self.semicolon();
                self.put(" do\n");
                self.body(body);
                self.semicolon();
                self.line("done");
            }
            CommandKind::For {
                variable,
                words,
                body,
            } => self.for_words("for", variable, words.as_deref(), body),
            CommandKind::Select {
                variable,
                words,
                body,
            } => self.for_words("select", variable, words.as_deref(), body),
            CommandKind::ArithmeticFor {
                initial,
                condition,
                update,
                body,
            } => self.arithmetic_for([initial, condition, update], body),
            CommandKind::Case { word, arms } => self.case(word, arms),
            CommandKind::Arithmetic(expression) => {
                self.put("((");
                self.put(&expression.word.raw);
                self.put("))");
            }
            CommandKind::Condition(condition) => {
                self.put("[[ ");
                self.condition(condition);
                self.put(" ]]");
            }
            CommandKind::Function(function) => self.inner_function(function),
            CommandKind::Coprocess { name, body } => {
                self.put("coproc ");
                self.put(name.as_ref().map_or("COPROC", |name| &name.raw));
                self.put(" ");
                self.same_line = true;
                self.command(body);
            }
        }
    }

    fn on_same_line(&mut self, list: &List) {
        self.same_line = true;
        self.list(list);
    }

    /// The lines between `do` and `done` and their like.
    fn body(&mut self, list: &List) {
        self.deeper(|printer| {
            printer.list(list);
            printer.flush_documents("");
        });
    }

    fn simple(&mut self, simple: &Simple) {
        let mut first = true;
        let mut next = |printer: &mut Printer| {
            if !std::mem::take(&mut first) {
                printer.put(" ");
            }
        };
        for assignment in &simple.assignments {
            next(self);
            self.assignment(assignment);
        }
        for argument in &simple.arguments {
            next(self);
            self.argument(argument);
        }
    }

    fn group(&mut self, body: &List) {
        self.put("{ ");
        if self.functions == 0 {
            self.on_same_line(body);
            self.flush_documents("");
            self.semicolon();
            self.put(" ");
        } else {
            self.put("\n");
            self.body(body);
            self.line("");
        }
        self.put("}");
    }

    /// Bash's tree has no `elif`: it is an `if` behind `else`.
    fn branches(&mut self, branches: &[(List, List)], otherwise: Option<&List>) {
        let Some(((condition, body), rest)) = branches.split_first() else {
            return;
        };
        self.put("if ");
        self.on_same_line(condition);
        self.flush_documents("");
        self.semicolon();
        self.put(" then\n");
        self.body(body);
        if !rest.is_empty() || otherwise.is_some() {
            self.semicolon();
            self.line("else\n");
            self.deeper(|printer| {
                if !rest.is_empty() {
                    printer.begin();
                    printer.branches(rest, otherwise);
                } else if let Some(otherwise) = otherwise {
                    printer.list(otherwise);
                }
                printer.flush_documents("");
            });
        }
        self.semicolon();
        self.line("fi");
    }

    fn for_words(&mut self, keyword: &str, variable: &str, words: Option<&[Word]>, body: &List) {
        self.put(keyword);
        self.put(" ");
        self.put(variable);
        self.put(" in ");
        match words {
            Some(words) => self.words(words, " "),
            None => self.put("\"$@\""),
        }
        self.put(";");
        self.do_body(body);
    }

    fn arithmetic_for(&mut self, parts: [&Option<Arithmetic>; 3], body: &List) {
        self.put("for ((");
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                self.put("; ");
            }
            self.put(part.as_ref().map_or("1", |part| &part.word.raw));
        }
        self.put("))");
        self.do_body(body);
    }

    fn do_body(&mut self, body: &List) {
        self.line("do\n");
        self.body(body);
        self.semicolon();
        self.line("done");
    }

    fn case(&mut self, word: &Word, arms: &[CaseArm]) {
        self.put("case ");
        self.word(&word.raw);
        self.put(" in ");
        self.deeper(|printer| {
            for arm in arms {
                printer.arm(arm);
            }
        });
        self.line("esac");
    }

    fn arm(&mut self, arm: &CaseArm) {
        self.line("");
        self.words(&arm.patterns, " | ");
        self.put(")\n");
        self.body(&arm.body);
        self.line(match arm.after {
            AfterArm::Leave => ";;",
            AfterArm::FallThrough => ";&",
            AfterArm::TryNext => ";;&",
        });
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::And(left, right) => self.two_conditions(left, " && ", right),
            Condition::Or(left, right) => self.two_conditions(left, " || ", right),
            Condition::Not(inner) => {
                self.put("! ");
                self.condition(inner);
            }
            Condition::Parenthesised(inner) => {
                self.put("( ");
                self.condition(inner);
                self.put(" )");
            }
            Condition::Unary(operator, word) => {
                self.put(if operator.is_empty() { "-n" } else { operator });
                self.put(" ");
                self.word(&word.raw);
            }
            Condition::Binary(operator, left, right) => {
                self.word(&left.raw);
                self.put(" ");
                self.put(operator);
                self.put(" ");
                self.word(&right.raw);
            }
        }
    }

    fn two_conditions(&mut self, left: &Condition, operator: &str, right: &Condition) {
        self.condition(left);
        self.put(operator);
        self.condition(right);
    }

    /// A function by itself.
    pub(super) fn named_function(&mut self, function: &Function) {
        if Kind::reserved(&function.name).is_some() {
            self.put("function ");
        }
        self.put(&function.name);
        self.put(" () \n");
        self.function_body(function);
    }

    /// A function's definition among other commands.
    fn inner_function(&mut self, function: &Function) {
        self.put("function ");
        self.put(&function.name);
        self.put(" () \n");
        self.indent();
        self.function_body(function);
        self.behind_document = false;
    }

    fn function_body(&mut self, function: &Function) {
        self.put("{ \n");
        self.functions += 1;
        let body = &function.body;
        self.deeper(|printer| match &body.kind {
            CommandKind::Group(list) => printer.list(list),
            kind => {
                printer.begin();
                printer.kind(kind);
            }
        });
        self.flush_documents("");
        self.functions -= 1;
        if body.redirects.is_empty() {
            self.line("}");
        } else {
            self.line("} ");
            self.redirects(&body.redirects);
            self.flush_documents("");
        }
    }
}

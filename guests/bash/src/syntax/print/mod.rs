//! The tree back to text, as bash prints it: `declare -f`, `type`, `jobs`, `BASH_COMMAND`.

mod commands;
mod redirects;
mod words;

pub(super) use words::{Found, FoundKind};

use std::rc::Rc;

use super::ast::{Command, Function, HereDocument, Program};

/// A function as `declare -f` prints it: `name () \n{ \n    …\n}`.
pub fn print_function(function: &Function) -> String {
    let mut printer = Printer::default();
    printer.named_function(function);
    printer.text
}

/// A command as `BASH_COMMAND` and messages show it.
pub fn print_command(command: &Command) -> String {
    let mut printer = Printer::default();
    printer.command(command);
    printer.flush_documents("");
    printer.text
}

/// What stands between the parentheses of `$( )`.
pub(super) fn print_substitution(program: &Program) -> String {
    let mut printer = Printer {
        in_substitution: true,
        ..Printer::default()
    };
    for (index, line) in program.commands.iter().enumerate() {
        if index > 0 {
            printer.text.push('\n');
        }
        printer.list(line);
        printer.flush_documents("");
    }
    printer.text
}

const INDENTATION: usize = 4;

#[derive(Default)]
struct Printer {
    text: String,
    indentation: usize,
    /// Functions around: groups are printed on lines of their own.
    functions: u32,
    /// The next command goes on in the same line.
    same_line: bool,
    /// Here-documents whose text comes at the end of the line.
    documents: Vec<Rc<HereDocument>>,
    /// A here-document has just ended: its newline separates.
    behind_document: bool,
    in_substitution: bool,
}

impl Printer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n(' ', self.indentation));
    }

    /// A new line and what it begins with.
    fn line(&mut self, text: &str) {
        self.put("\n");
        self.indent();
        self.put(text);
    }

    /// A semicolon where one is needed.
    fn semicolon(&mut self) {
        if !self.text.ends_with(['&', '\n']) {
            self.put(";");
        }
    }

    fn deeper(&mut self, inner: impl FnOnce(&mut Printer)) {
        self.indentation += INDENTATION;
        inner(self);
        self.indentation -= INDENTATION;
    }

    /// The texts of the here-documents of this line, behind what still belongs into it.
    fn flush_documents(&mut self, rest_of_line: &str) {
        if self.documents.is_empty() {
            return;
        }
        self.end_line_with_documents(rest_of_line);
    }

    fn end_line_with_documents(&mut self, rest_of_line: &str) {
        let shown = !rest_of_line.is_empty() && rest_of_line != ";";
        if shown {
            self.put(rest_of_line);
        }
        let documents = std::mem::take(&mut self.documents);
        if documents.is_empty() {
            return;
        }
        self.put("\n");
        for document in &documents {
            self.put(&document.body.raw);
            self.put(&super::here::unquote(&document.delimiter));
            self.put("\n");
        }
        if shown {
            self.put(" ");
        }
        self.behind_document = true;
    }
}

//! Here-documents: read when the line ends in which they were announced.

use std::rc::Rc;

use super::ast::{HereDocument, List, Program, Word};
use super::error::Warning;
use super::parser::Parser;
use super::print::print_substitution;

impl Parser<'_, '_> {
    /// Announces a document; its delimiter as it stands in the source.
    pub(super) fn announce_document(
        &mut self,
        delimiter: &str,
        strip_tabs: bool,
    ) -> Rc<HereDocument> {
        let document = Rc::new(HereDocument {
            delimiter: delimiter.into(),
            strip_tabs,
            expand: !delimiter.contains(['\'', '"', '\\']),
            body: Default::default(),
        });
        self.state.documents.push(document.clone());
        document
    }

    pub(super) fn read_documents(&mut self) {
        for document in std::mem::take(&mut self.state.documents) {
            let body = self.read_document(&document);
            document.body.fill(Word::new(body));
        }
    }

    /// At the end of a command substitution that began at an offset: documents announced in its last line are read from the lines
    /// behind the line around it, and stand in its text from then on.
    pub(super) fn unterminated_documents(&mut self, start: usize, line: u32, commands: &List) {
        let count = self.state.documents.len();
        if count == 0 {
            return;
        }
        let plural = if count == 1 { "" } else { "s" };
        self.warnings.push(Warning {
            line,
            message: format!("command substitution: {count} unterminated here-document{plural}"),
        });
        let rest = self.input.set_rest_aside();
        self.read_documents();
        let text = print_substitution(&Program {
            commands: vec![commands.clone()],
        });
        self.input.put_back(start, &format!("{text})"), &rest);
    }

    fn read_document(&mut self, document: &HereDocument) -> String {
        let line = self.input.line;
        let end = unquote(&document.delimiter);
        let mut body = String::new();
        loop {
            let Some(mut text) = self.read_document_line(document.expand) else {
                self.warnings.push(Warning {
                    line: self.input.line,
                    message: format!(
                        "here-document at line {line} delimited by end-of-file (wanted `{end}')"
                    ),
                });
                return body;
            };
            let stripped = if document.strip_tabs {
                text.trim_start_matches('\t').len()
            } else {
                text.len()
            };
            text.drain(..text.len() - stripped);
            if let Some(rest) = text.strip_prefix(end.as_str()) {
                if rest.trim_end_matches('\n').is_empty() {
                    return body;
                }
                if self.state.nested && rest.contains(')') {
                    self.input.position -= rest.len();
                    self.warnings.push(Warning {
                        line: self.input.line,
                        message: format!(
                            "here-document at line {line} delimited by end-of-file (wanted `{end}')"
                        ),
                    });
                    return body;
                }
            }
            body.push_str(&text);
        }
    }

    /// A line; when expansions count, an escaped newline joins it with the next.
    fn read_document_line(&mut self, joins: bool) -> Option<String> {
        let mut line = self.input.take_line(self.more)?;
        while joins && ends_escaped(&line) {
            line.truncate(line.len() - 2);
            match self.input.take_line(self.more) {
                Some(next) => line.push_str(&next),
                None => break,
            }
        }
        Some(line)
    }
}

fn ends_escaped(line: &str) -> bool {
    let Some(line) = line.strip_suffix('\n') else {
        return false;
    };
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

/// A delimiter without its quotes.
pub(super) fn unquote(delimiter: &str) -> String {
    let mut result = String::new();
    let mut characters = delimiter.chars().peekable();
    let mut quote = None;
    while let Some(c) = characters.next() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            _ if Some(c) == quote => quote = None,
            ('$', None) if matches!(characters.peek(), Some('\'' | '"')) => {}
            ('\\', None) => result.extend(characters.next()),
            ('\\', Some('"')) if matches!(characters.peek(), Some('"' | '\\' | '$' | '`')) => {
                result.extend(characters.next());
            }
            _ => result.push(c),
        }
    }
    result
}

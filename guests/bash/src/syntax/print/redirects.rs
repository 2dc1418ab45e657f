//! Redirections.

use super::Printer;
use crate::syntax::ast::{HereDocument, Redirect, RedirectDescriptor, RedirectKind};
use crate::syntax::here;

impl Printer {
    pub(super) fn redirects(&mut self, redirects: &[Redirect]) {
        self.behind_document = false;
        for (index, redirect) in redirects.iter().enumerate() {
            if index > 0 {
                self.put(" ");
            }
            self.redirect(redirect);
        }
    }

    fn redirect(&mut self, redirect: &Redirect) {
        let descriptor = &redirect.descriptor;
        match &redirect.kind {
            RedirectKind::Read(word) => self.opening(descriptor, 0, "< ", &word.raw),
            RedirectKind::Write(word) => self.opening(descriptor, 1, "> ", &word.raw),
            RedirectKind::Clobber(word) => self.opening(descriptor, 1, ">| ", &word.raw),
            RedirectKind::Append(word) => self.opening(descriptor, 1, ">> ", &word.raw),
            RedirectKind::ReadWrite(word) => {
                if matches!(descriptor, RedirectDescriptor::Default) {
                    self.put("0");
                }
                self.opening(descriptor, 1, "<> ", &word.raw);
            }
            RedirectKind::HereString(word) => self.opening(descriptor, 0, "<<< ", &word.raw),
            RedirectKind::OutputAndError { word, append } => {
                self.put(if *append { "&>> " } else { "&> " });
                self.word(&word.raw);
            }
            RedirectKind::DuplicateInput(word) => self.duplicate(descriptor, 0, '<', &word.raw),
            RedirectKind::DuplicateOutput(word) => self.duplicate(descriptor, 1, '>', &word.raw),
            RedirectKind::HereDocument(document) => {
                self.descriptor(descriptor, Some(0));
                self.document_head(document);
                self.documents.push(document.clone());
            }
        }
    }

    fn opening(&mut self, descriptor: &RedirectDescriptor, own: u32, operator: &str, word: &str) {
        self.descriptor(descriptor, Some(own));
        self.put(operator);
        self.word(word);
    }

    /// The descriptor, unless it is the operator's own.
    fn descriptor(&mut self, descriptor: &RedirectDescriptor, own: Option<u32>) {
        match descriptor {
            RedirectDescriptor::Default => {}
            RedirectDescriptor::Number(number) if Some(*number) == own => {}
            RedirectDescriptor::Number(number) => self.put(&number.to_string()),
            RedirectDescriptor::Variable(name) => {
                self.put("{");
                self.put(name);
                self.put("}");
            }
        }
    }

    fn duplicate(
        &mut self,
        descriptor: &RedirectDescriptor,
        own: u32,
        direction: char,
        word: &str,
    ) {
        let closes = word == "-";
        let by_number = word.bytes().all(|b| b.is_ascii_digit());
        match descriptor {
            RedirectDescriptor::Default if closes || by_number => self.put(&own.to_string()),
            RedirectDescriptor::Number(number) => self.put(&number.to_string()),
            _ => self.descriptor(descriptor, None),
        }
        self.text.push(if closes { '>' } else { direction });
        self.put("&");
        self.word(word);
    }

    fn document_head(&mut self, document: &HereDocument) {
        self.put(if document.strip_tabs { "<<-" } else { "<<" });
        if document.expand {
            self.put(&document.delimiter);
        } else {
            let bare = here::unquote(&document.delimiter);
            self.put(&format!("'{}'", bare.replace('\'', "'\\''")));
        }
    }
}

//! From words to fields. OWNER: expand.
//!
//! A word is taken apart once (`parse`, into what `word` declares) and expanded as often as it is run: `parts` turns parts into
//! `fields`, `parameter` and its neighbours do what stands in `${…}`, `glob` matches file names.

mod ansi;
mod braces;
mod elements;
mod fields;
mod glob;
mod parameter;
mod parse;
mod parse_parameter;
mod parts;
mod prompt;
pub mod quote;
pub mod regex;
mod scan;
mod substring;
mod tilde;
pub mod time;
mod transform;
pub mod word;

pub use ansi::unescape as unescape_ansi;
pub(crate) use elements::is_associative;
pub(crate) use parse::name_length;
pub(crate) use scan::closing_bracket;

use crate::flow::{Flow, Result};
use crate::pattern::{Matching, Pattern};
use crate::shell::Shell;
use crate::syntax::ast::{Assignment, AssignmentValue, Word};
use crate::text::Text;
use crate::variables::{NewAssignment, NewElement, NewValue};
use fields::{Field, Fields, Ifs};
use parts::Context;
use word::{ParsedWord, Part, Reading};

impl Shell {
    /// All expansions: braces, tilde, parameters, commands, arithmetic, processes, splitting, file names, quote removal.
    pub fn expand_words<'a>(
        &mut self,
        words: impl IntoIterator<Item = &'a Word>,
    ) -> Result<Vec<Text>> {
        let mut out = Vec::new();
        for word in words {
            self.expand_into(word, Reading::Word, &mut out)?;
        }
        Ok(out)
    }

    fn expand_into(&mut self, word: &Word, reading: Reading, out: &mut Vec<Text>) -> Result<()> {
        let parsed = word.parsed(reading);
        if self.options.braceexpand {
            parsed.alternatives(&word.raw, |word| self.expand_fields(word, out))
        } else {
            self.expand_fields(&parsed, out)
        }
    }

    fn expand_fields(&mut self, word: &ParsedWord, out: &mut Vec<Text>) -> Result<()> {
        if let Some(constant) = &word.constant {
            out.push(constant.clone());
            return Ok(());
        }
        if let Some(value) = self.whole_value(&word.parts) {
            out.push(value);
            return Ok(());
        }
        let mut fields = Fields::split(Ifs::of(self));
        self.expand_parts(&word.parts, Context::default(), &mut fields)?;
        for field in fields.finish() {
            self.match_files(field, out)?;
        }
        Ok(())
    }

    /// The value of a word that is one variable, when it is one field as it is.
    fn whole_value(&self, parts: &[Part]) -> Option<Text> {
        match parts {
            [Part::Double(inside)] => match inside.as_slice() {
                [Part::Variable(name)] => self.get(name),
                _ => None,
            },
            [Part::Variable(name)] => {
                let value = self.get(name)?;
                let ordinary = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
                let whole = !value.is_empty() && value.bytes().all(ordinary);
                (whole && Ifs::of(self).is_blank()).then_some(value)
            }
            _ => None,
        }
    }

    /// One field, never split nor matched against files: the word of `case`, of `<<<`, of `[[ ]]`.
    pub fn expand_word(&mut self, word: &Word) -> Result<Text> {
        self.expand_single(word, Reading::Word)
    }

    /// The right side of an assignment: tilde behind colons too.
    pub fn expand_value(&mut self, word: &Word) -> Result<Text> {
        self.expand_single(word, Reading::Value)
    }

    pub fn expand_here_document(&mut self, word: &Word) -> Result<Text> {
        self.expand_single(word, Reading::Document)
    }

    /// The text of a subscript, or of an operand whose quotes count though it stands in double quotes.
    pub fn expand_subscript(&mut self, word: &Word) -> Result<Text> {
        self.expand_single(word, Reading::Pattern)
    }

    fn expand_single(&mut self, word: &Word, reading: Reading) -> Result<Text> {
        let parsed = word.parsed(reading);
        match (&parsed.constant, parsed.parts.as_slice()) {
            (Some(constant), _) => return Ok(constant.clone()),
            (None, [Part::Variable(name)]) => {
                if let Some(value) = self.get(name) {
                    return Ok(value);
                }
            }
            (None, [Part::Arithmetic(expression)]) => {
                return Ok(self.evaluate(expression)?.to_string().into());
            }
            (None, [Part::Command(command)]) => return self.expand_command(command),
            _ => {}
        }
        Ok(self.expand_field(&parsed, reading)?.text.into())
    }

    fn expand_field(&mut self, word: &ParsedWord, reading: Reading) -> Result<Field> {
        let mut fields = Fields::single(Ifs::of(self));
        let context = Context {
            quoted: matches!(
                reading,
                Reading::Document | Reading::Arithmetic | Reading::QuotedOperand
            ),
            ..Context::default()
        };
        self.expand_parts(&word.parts, context, &mut fields)?;
        Ok(fields.finish_single())
    }

    /// The target of a redirection: exactly one field, else bash's `ambiguous redirect`.
    pub fn expand_target(&mut self, word: &Word) -> Result<Text> {
        let mut out = Vec::new();
        self.expand_into(word, Reading::Word, &mut out)?;
        match (out.pop(), out.is_empty()) {
            (Some(target), true) => Ok(target),
            _ => {
                self.complain(format_args!("{}: ambiguous redirect", word.raw));
                Err(Flow::Discard(1))
            }
        }
    }

    /// The pattern a word stands for: quoted parts stand for themselves.
    pub fn expand_pattern(&mut self, word: &Word) -> Result<Pattern> {
        self.expand_pattern_as(word, Reading::Word, self.options.extglob)
    }

    /// The pattern of `[[ == ]]`, where the extended forms are always on.
    pub fn expand_condition_pattern(&mut self, word: &Word) -> Result<Pattern> {
        self.expand_pattern_as(word, Reading::Word, true)
    }

    fn expand_pattern_as(
        &mut self,
        word: &Word,
        reading: Reading,
        extglob: bool,
    ) -> Result<Pattern> {
        let matching = Matching {
            extglob,
            nocase: self.options.nocasematch,
        };
        let parsed = word.parsed(reading);
        if let Some(pattern) = parsed.constant_pattern(matching) {
            return Ok(pattern.clone());
        }
        let field = self.expand_field(&parsed, reading)?;
        Ok(Pattern::new(&field.pattern(), matching))
    }

    /// The regular expression of `=~`: quoted parts stand for themselves.
    pub fn expand_regex(&mut self, word: &Word) -> Result<String> {
        let parsed = word.parsed(Reading::Word);
        let field = self.expand_field(&parsed, Reading::Word)?;
        Ok(regex::quoted(&field.pieces()))
    }

    /// Expands the words of an assignment.
    pub fn expand_assignment(&mut self, assignment: &Assignment) -> Result<NewAssignment> {
        let subscript = match &assignment.subscript {
            Some(word) => {
                let associative = self
                    .variable(&assignment.name)
                    .is_some_and(|variable| is_associative(&variable));
                Some(if associative {
                    self.expand_subscript(word)?
                } else {
                    self.expand_arithmetic(word)?
                })
            }
            None => None,
        };
        let value = match &assignment.value {
            AssignmentValue::Scalar(word) => NewValue::Scalar(self.expand_value(word)?),
            AssignmentValue::Array(elements) => {
                let mut new = Vec::with_capacity(elements.len());
                for element in elements {
                    self.expand_element(element, &mut new)?;
                }
                NewValue::Array(new)
            }
        };
        Ok(NewAssignment {
            name: assignment.name.clone(),
            subscript,
            append: assignment.append,
            value,
        })
    }

    fn expand_element(
        &mut self,
        element: &crate::syntax::ast::ArrayElement,
        out: &mut Vec<NewElement>,
    ) -> Result<()> {
        if let Some(key) = &element.key {
            let key = self.expand_subscript(key)?;
            let value = self.expand_value(&element.value)?;
            out.push(NewElement {
                key: Some(key),
                append: element.append,
                value,
            });
            return Ok(());
        }
        let mut values = Vec::new();
        self.expand_into(&element.value, Reading::Element, &mut values)?;
        out.extend(values.into_iter().map(|value| NewElement {
            key: None,
            append: false,
            value,
        }));
        Ok(())
    }

    /// Splits a text by `IFS`, as `read` and unquoted expansions do.
    pub fn split_fields(&self, text: &str) -> Vec<Text> {
        let mut fields = Fields::split(Ifs::of(self));
        fields.expanded(text);
        fields
            .finish()
            .into_iter()
            .map(|field| field.text.into())
            .collect()
    }

    /// The text of an arithmetic expression, expanded as in double quotes.
    pub(crate) fn expand_arithmetic(&mut self, word: &Word) -> Result<Text> {
        self.expand_single(word, Reading::Arithmetic)
    }
}

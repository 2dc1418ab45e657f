//! From words to fields. OWNER: expand.

pub mod word;

use crate::flow::Result;
use crate::pattern::Pattern;
use crate::shell::Shell;
use crate::syntax::ast::{Assignment, Redirect, Word};
use crate::text::Text;
use crate::variables::NewAssignment;

impl Shell {
    /// All expansions: braces, tilde, parameters, commands, arithmetic, processes, splitting, file names, quote removal.
    pub fn expand_words<'a>(
        &mut self,
        _words: impl IntoIterator<Item = &'a Word>,
    ) -> Result<Vec<Text>> {
        todo!()
    }

    /// One field, never split nor matched against files: the word of `case`, of `<<<`, of `[[ ]]`.
    pub fn expand_word(&mut self, _word: &Word) -> Result<Text> {
        todo!()
    }

    /// The right side of an assignment: tilde behind colons too.
    pub fn expand_value(&mut self, _word: &Word) -> Result<Text> {
        todo!()
    }

    /// The target of a redirection: exactly one field, else bash's `ambiguous redirect`.
    pub fn expand_target(&mut self, _word: &Word) -> Result<Text> {
        todo!()
    }

    pub fn expand_here_document(&mut self, _word: &Word) -> Result<Text> {
        todo!()
    }

    /// The pattern a word stands for: quoted parts stand for themselves.
    pub fn expand_pattern(&mut self, _word: &Word) -> Result<Pattern> {
        todo!()
    }

    /// The regular expression of `=~`: quoted parts stand for themselves.
    pub fn expand_regex(&mut self, _word: &Word) -> Result<String> {
        todo!()
    }

    /// Expands the words of an assignment.
    pub fn expand_assignment(&mut self, _assignment: &Assignment) -> Result<NewAssignment> {
        todo!()
    }

    /// A prompt string (`PS4`, `${x@P}`).
    pub fn expand_prompt(&mut self, _text: &str) -> Result<Text> {
        todo!()
    }

    /// Splits a text by `IFS`, as `read` and unquoted expansions do.
    pub fn split_fields(&self, _text: &str) -> Vec<Text> {
        todo!()
    }
}

/// Quoted so that the shell reads it back: as `printf %q`, `${x@Q}`, `declare -p`, `set` and `set -x` each do it.
pub mod quote {
    /// `printf %q`: backslashes, or `$'…'`.
    pub fn backslash(_text: &str) -> String {
        todo!()
    }
    /// `${x@Q}`, `alias`, `trap -p`: single quotes, or `$'…'`.
    pub fn single(_text: &str) -> String {
        todo!()
    }
    /// `declare -p`: double quotes, or `$'…'`.
    pub fn double(_text: &str) -> String {
        todo!()
    }
    /// `set`, `set -x`: only when needed, single quotes or `$'…'`.
    pub fn when_needed(_text: &str) -> String {
        todo!()
    }
}

#[allow(dead_code)]
fn _unused(_: Redirect) {}

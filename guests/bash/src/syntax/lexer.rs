//! Tokens, read as bash reads them: what a piece of text is depends on the tokens before it.

use super::assignment;
use super::error::{Aftermath, Parsed, SyntaxError};
use super::parser::Parser;
use super::token::{Kind, Token};
use crate::text::Text;

/// What a byte does between words.
fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn is_meta(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b';' | b'&' | b'|')
}

fn ends_word(byte: u8) -> bool {
    is_meta(byte) || is_blank(byte) || byte == b'\n'
}

/// Bytes that mean nothing but themselves wherever they stand in a word.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(
            byte,
            b'-' | b'_' | b'.' | b'/' | b',' | b':' | b'%' | b'{' | b'}' | b'~'
        )
}

/// A word while it is read.
struct Reading {
    start: usize,
    removed_before: usize,
    quoted: bool,
    /// There is a `$` or a backquote.
    expands: bool,
    /// Where `name=` ends and where `(…)` behind it does, and the array's elements.
    array: Option<(usize, usize, Vec<Token>)>,
}

impl Parser<'_, '_> {
    pub(super) fn get(&mut self) -> Option<u8> {
        self.input.next_unescaped(self.more)
    }

    pub(super) fn get_raw(&mut self) -> Option<u8> {
        self.input.next(self.more)
    }

    /// The byte that comes next behind escaped newlines.
    pub(super) fn look(&mut self) -> Option<u8> {
        let byte = self.get()?;
        self.input.back();
        Some(byte)
    }

    fn look_raw(&mut self) -> Option<u8> {
        let byte = self.get_raw()?;
        self.input.back();
        Some(byte)
    }

    pub(super) fn read_token(&mut self) -> Parsed<Token> {
        if self.state.condition_begins && !self.state.in_condition {
            return self.read_condition();
        }
        if std::mem::take(&mut self.state.condition_ended) {
            return Ok(Token::plain(Kind::ConditionEnd));
        }
        loop {
            let Some(first) = self.skip_blanks() else {
                return Ok(Token::plain(Kind::End));
            };
            if first == b'\n' {
                if !self.state.documents.is_empty() {
                    self.read_documents();
                }
                self.state.alias_next = false;
                self.state.assignment_operands = false;
                return Ok(Token::plain(Kind::Newline));
            }
            if is_meta(first)
                && !self.state.regex
                && let Some(kind) = self.read_operator(first)?
            {
                return Ok(kind);
            }
            if first == b'-'
                && matches!(
                    self.state.last,
                    Kind::LessAmpersand | Kind::GreaterAmpersand
                )
            {
                return Ok(Token::plain(Kind::Dash));
            }
            self.input.back();
            if let Some(token) = self.read_word()? {
                return Ok(token);
            }
        }
    }

    /// The first byte of a token; a comment is skipped up to its newline.
    fn skip_blanks(&mut self) -> Option<u8> {
        let mut byte = self.get()?;
        while is_blank(byte) {
            byte = self.get()?;
        }
        self.input.back();
        self.state.alias_next |= self.input.leave_aliases();
        self.get_raw();
        if byte == b'#' {
            while self.get_raw()? != b'\n' {}
            return Some(b'\n');
        }
        Some(byte)
    }

    /// An operator that begins with this byte; `None` when it begins a word after all.
    fn read_operator(&mut self, first: u8) -> Parsed<Option<Token>> {
        if matches!(first, b'<' | b'>') {
            self.state.alias_next = false;
        }
        self.state.assignment_operands = false;
        let next = if self.state.nested && first == b')' {
            None
        } else {
            self.look()
        };
        if first == b'(' && next == Some(b'(') {
            self.get();
            if let Some(token) = self.read_double_paren()? {
                return Ok(Some(token));
            }
            // Back to behind the first parenthesis.
            self.input.back();
        }
        let Some(kind) = self.operator(first, next) else {
            return Ok(None);
        };
        match kind {
            Kind::SemicolonSemicolon
            | Kind::SemicolonAmpersand
            | Kind::SemicolonSemicolonAmpersand => {
                self.state.case_pattern = true;
                self.state.alias_next = false;
            }
            Kind::RightParen => {
                if self.state.last == Kind::LeftParen && self.state.before == Kind::Word {
                    self.state.function_brace = true;
                    self.state.alias_next = false;
                }
                self.state.case_pattern = false;
            }
            _ => {}
        }
        Ok(Some(Token::plain(kind)))
    }

    fn operator(&mut self, first: u8, next: Option<u8>) -> Option<Kind> {
        let (kind, more) = match (first, next) {
            (b'<', Some(b'<')) => return Some(self.here_operator()),
            (b'>', Some(b'>')) => (Kind::GreaterGreater, true),
            (b';', Some(b';')) => {
                self.get();
                if self.look_raw() == Some(b'&') {
                    self.get_raw();
                    return Some(Kind::SemicolonSemicolonAmpersand);
                }
                return Some(Kind::SemicolonSemicolon);
            }
            (b'&', Some(b'&')) => (Kind::AndAnd, true),
            (b'|', Some(b'|')) => (Kind::OrOr, true),
            (b'<', Some(b'&')) => (Kind::LessAmpersand, true),
            (b'>', Some(b'&')) => (Kind::GreaterAmpersand, true),
            (b'<', Some(b'>')) => (Kind::LessGreater, true),
            (b'>', Some(b'|')) => (Kind::GreaterPipe, true),
            (b'&', Some(b'>')) => {
                self.get();
                if self.look_raw() == Some(b'>') {
                    self.get_raw();
                    return Some(Kind::AmpersandGreaterGreater);
                }
                return Some(Kind::AmpersandGreater);
            }
            (b'|', Some(b'&')) => (Kind::PipeAmpersand, true),
            (b';', Some(b'&')) => (Kind::SemicolonAmpersand, true),
            (b'<' | b'>', Some(b'(')) => return None,
            (b'<', _) => (Kind::Less, false),
            (b'>', _) => (Kind::Greater, false),
            (b';', _) => (Kind::Semicolon, false),
            (b'&', _) => (Kind::Ampersand, false),
            (b'|', _) => (Kind::Pipe, false),
            (b'(', _) => (Kind::LeftParen, false),
            _ => (Kind::RightParen, false),
        };
        if more {
            self.get();
        }
        Some(kind)
    }

    fn here_operator(&mut self) -> Kind {
        self.get();
        let kind = match self.look() {
            Some(b'-') => Kind::LessLessDash,
            Some(b'<') => Kind::LessLessLess,
            _ => return Kind::LessLess,
        };
        self.get();
        kind
    }

    /// A word, or what else stands where one could; `None` when it was an alias, whose text is to be read instead.
    fn read_word(&mut self) -> Parsed<Option<Token>> {
        let mut word = Reading {
            start: self.input.position,
            removed_before: self.input.removed.len(),
            quoted: false,
            expands: false,
            array: None,
        };
        let next = self.read_word_pieces(&mut word)?;
        let end = self.input.position;
        let text = self.input.slice(word.start, end, word.removed_before);
        self.input.removed.truncate(word.removed_before);
        self.classify(word, text, end, next)
    }

    /// Reads to the end of the word; the byte behind it.
    fn read_word_pieces(&mut self, word: &mut Reading) -> Parsed<Option<u8>> {
        loop {
            while self.input.peek().is_some_and(is_plain) {
                self.input.position += 1;
            }
            let Some(byte) = self.get() else {
                return Ok(None);
            };
            match byte {
                b'\\' => {
                    word.quoted = true;
                    if !self.input.at_last_backslash() {
                        self.get_raw();
                    }
                }
                b'\'' | b'"' | b'`' => {
                    word.quoted |= byte != b'`';
                    word.expands |= byte == b'`';
                    self.skip_quotes(byte)?;
                }
                b'(' if self.state.regex => {
                    self.skip_pair(b'(', b')')?;
                }
                b'|' if self.state.regex => {}
                b'$' | b'<' | b'>' if self.skip_expansion(byte, word)? => {}
                b'@' | b'*' | b'?' | b'+' | b'!'
                    if self.extended_patterns() && self.look() == Some(b'(') =>
                {
                    self.get();
                    self.skip_pair(b'(', b')')?;
                }
                b'[' if self.begins_subscript(word) => self.skip_subscript()?,
                b'=' if self.look() == Some(b'(') && self.assigns_array(word) => {
                    self.get();
                    let before = self.input.position - 1;
                    let elements = self.read_elements()?;
                    word.array = Some((before, self.input.position, elements));
                }
                _ if ends_word(byte) => {
                    self.input.back();
                    return Ok(Some(byte));
                }
                _ => {}
            }
        }
    }

    /// Skips a whole text as what a word may contain.
    pub(super) fn skip_word_text(&mut self) -> Parsed {
        let mut word = Reading {
            start: 0,
            removed_before: 0,
            quoted: false,
            expands: false,
            array: None,
        };
        while let Some(byte) = self.get() {
            match byte {
                b'\\' => {
                    self.get_raw();
                }
                b'\'' | b'"' | b'`' => self.skip_quotes(byte)?,
                b'$' | b'<' | b'>' => {
                    self.skip_expansion(byte, &mut word)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn extended_patterns(&self) -> bool {
        self.reading.options.extglob || self.state.extended_pattern
    }

    /// `$(…)`, `${…}`, `$[…]`, `<(…)`, `>(…)`, `$'…'`, `$"…"` behind their first byte; false when it is none of them.
    fn skip_expansion(&mut self, byte: u8, word: &mut Reading) -> Parsed<bool> {
        match (byte, self.look()) {
            (_, Some(b'(')) => {
                self.get();
                self.skip_substitution()?;
            }
            (b'$', Some(b'{')) => {
                self.get();
                self.skip_parameter()?;
            }
            (b'$', Some(b'[')) => {
                self.get();
                self.skip_pair(b'[', b']')?;
            }
            (b'$', Some(quote @ (b'\'' | b'"'))) => {
                self.get();
                word.quoted = true;
                self.skip_dollar_quotes(quote)?;
                return Ok(true);
            }
            (b'$', Some(b'$')) => {
                self.get();
            }
            (b'$', _) => {}
            _ => return Ok(false),
        }
        word.expands = true;
        Ok(true)
    }

    fn so_far(&self, word: &Reading, end: usize) -> Text {
        self.input.slice(word.start, end, word.removed_before)
    }

    fn begins_subscript(&self, word: &Reading) -> bool {
        let before = self.input.position - 1;
        if before == word.start {
            return self.state.in_array;
        }
        self.assignment_may_stand() && crate::variables::is_name(&self.so_far(word, before))
    }

    fn assigns_array(&mut self, word: &Reading) -> bool {
        let end = self.input.position;
        word.start + 1 < end
            && (self.assignment_may_stand() || self.state.assignment_operands)
            && assignment::split(&self.so_far(word, end)).is_some()
    }

    /// Whether a command could begin here.
    fn at_command(&self) -> bool {
        let last = self.state.last;
        last == Kind::Assignment
            || (self.state.redirected && last == Kind::Word)
            || last.precedes_reserved_word()
                && !matches!(
                    last,
                    Kind::SemicolonSemicolon
                        | Kind::SemicolonAmpersand
                        | Kind::SemicolonSemicolonAmpersand
                )
    }

    fn assignment_may_stand(&self) -> bool {
        self.at_command() && !self.state.case_pattern
    }

    /// Elements of `name=(…)` up to and with the parenthesis.
    fn read_elements(&mut self) -> Parsed<Vec<Token>> {
        let line = self.input.line;
        self.deeper()?;
        let (last, in_array) = (self.state.last, self.state.in_array);
        self.state.last = Kind::Word;
        self.state.in_array = true;
        let mut elements = Vec::new();
        loop {
            let token = self.read_token()?;
            match token.kind {
                Kind::RightParen => break,
                Kind::Newline => {}
                Kind::Word | Kind::Assignment => elements.push(token),
                Kind::End => {
                    return Err(SyntaxError::unmatched(line, b')').then(Aftermath::NextLine));
                }
                _ => return Err(self.unexpected(&token).then(Aftermath::NextLine)),
            }
        }
        (self.state.last, self.state.in_array) = (last, in_array);
        self.depth -= 1;
        Ok(elements)
    }

    /// What kind of token a word's text is.
    fn classify(
        &mut self,
        word: Reading,
        text: Text,
        end: usize,
        next: Option<u8>,
    ) -> Parsed<Option<Token>> {
        let redirects_next = matches!(next, Some(b'<' | b'>'));
        if (redirects_next
            || matches!(
                self.state.last,
                Kind::LessAmpersand | Kind::GreaterAmpersand
            ))
            && text.bytes().all(|b| b.is_ascii_digit())
            && text.parse::<i32>().is_ok()
        {
            return Ok(Some(Token {
                text: Some(text),
                ..Token::plain(Kind::Number)
            }));
        }
        if let Some(kind) = self.special_word(&text) {
            return Ok(Some(Token::plain(kind)));
        }
        if !word.quoted
            && self.reading.options.posix
            && let Some(kind) = self.reserved_word(&word, &text)
        {
            return Ok(Some(Token::plain(kind)));
        }
        if !word.quoted && self.expands_aliases() {
            if self.replace_alias(&word, &text, end) {
                return Ok(None);
            }
            self.state.alias_next = false;
        }
        if let Some(kind) = self.reserved_word(&word, &text) {
            return Ok(Some(Token::plain(kind)));
        }
        if redirects_next
            && let Some(name) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'))
            && is_redirect_variable(name)
        {
            return Ok(Some(Token {
                text: Some(name.into()),
                ..Token::plain(Kind::RedirectVariable)
            }));
        }
        Ok(Some(self.word_token(word, text, end)))
    }

    fn word_token(&mut self, word: Reading, text: Text, end: usize) -> Token {
        let mut kind = Kind::Word;
        if self.assignment_may_stand() && assignment::split(&text).is_some() {
            kind = Kind::Assignment;
        }
        if self.at_command() && takes_assignments(&text) {
            self.state.assignment_operands = true;
        }
        match self.state.last {
            Kind::Function => self.state.function_brace = true,
            kind @ (Kind::Case | Kind::Select | Kind::For) => {
                self.state.expecting_in.push(kind == Kind::Case);
            }
            _ => {}
        }
        let mut token = Token {
            kind,
            text: None,
            elements: None,
        };
        match word.array {
            Some((before, behind, elements)) if behind == end => {
                let head = self.input.slice(word.start, before, word.removed_before);
                let joined: Vec<&str> = elements.iter().filter_map(|e| e.text.as_deref()).collect();
                token.text = Some(format!("{head}({})", joined.join(" ")).into());
                token.elements = Some(elements.iter().map(assignment::element).collect());
            }
            _ => token.text = Some(text),
        }
        token
    }

    /// Words that are more than words only behind certain tokens.
    fn special_word(&mut self, text: &str) -> Option<Kind> {
        let state = &mut self.state;
        if text == "in"
            && matches!(state.last, Kind::Word | Kind::Newline)
            && let Some(is_case) = state.expecting_in.pop()
        {
            if is_case {
                state.case_pattern = true;
                state.esacs += 1;
            }
            return Some(Kind::In);
        }
        if text == "do" {
            let behind_list = matches!(state.last, Kind::Newline | Kind::Semicolon);
            let behind_name =
                state.last == Kind::Word && matches!(state.before, Kind::For | Kind::Select);
            if (behind_list || behind_name) && state.expecting_in.pop().is_some() {
                return Some(Kind::Do);
            }
        }
        if text == "esac" && state.esacs > 0 && state.last == Kind::In {
            state.esacs -= 1;
            state.case_pattern = false;
            return Some(Kind::Esac);
        }
        if std::mem::take(&mut state.function_brace) && text == "{" {
            state.open_braces += 1;
            return Some(Kind::LeftBrace);
        }
        if state.last == Kind::ArithmeticFor && text == "do" {
            return Some(Kind::Do);
        }
        if state.last == Kind::ArithmeticFor && text == "{" {
            state.open_braces += 1;
            return Some(Kind::LeftBrace);
        }
        match (state.last, text) {
            (Kind::Time, "-p") => Some(Kind::TimePosix),
            (Kind::Time | Kind::TimePosix, "--") => Some(Kind::TimeIgnored),
            (_, "]]") if state.in_condition => Some(Kind::ConditionEnd),
            _ => None,
        }
    }

    /// A reserved word that may stand here.
    fn reserved_word(&mut self, word: &Reading, text: &str) -> Option<Kind> {
        let state = &mut self.state;
        let acceptable = state.last.precedes_reserved_word()
            || state.last == Kind::Word && matches!(state.before, Kind::Coprocess | Kind::Function);
        if !acceptable || word.quoted || word.expands || state.in_array {
            return None;
        }
        let kind = Kind::reserved(text)?;
        if state.case_pattern
            && (kind != Kind::Esac || state.last == Kind::Pipe || state.last == Kind::LeftParen)
        {
            return None;
        }
        match kind {
            Kind::Time if !state.last.precedes_time() => return None,
            Kind::Esac => {
                state.case_pattern = false;
                state.esacs = state.esacs.saturating_sub(1);
            }
            Kind::ConditionStart => state.condition_begins = true,
            Kind::LeftBrace => state.open_braces += 1,
            Kind::RightBrace => state.open_braces = state.open_braces.saturating_sub(1),
            _ => {}
        }
        Some(kind)
    }

    fn expands_aliases(&self) -> bool {
        self.reading.options.expand_aliases
            && !self.state.nested
            && !self.reading.aliases.is_empty()
            && !self.state.case_pattern
            && !self.state.in_condition
            && !self.state.in_array
            && (self.state.alias_next || self.at_command())
    }

    fn replace_alias(&mut self, word: &Reading, name: &Text, end: usize) -> bool {
        let Some(value) = self.reading.aliases.get(name) else {
            return false;
        };
        if self.input.is_inside_alias(name) {
            return false;
        }
        self.input.replace_by_alias(word.start, end, name, value);
        true
    }
}

fn is_redirect_variable(name: &str) -> bool {
    crate::variables::is_name(name)
        || name
            .strip_suffix(']')
            .and_then(|n| n.split_once('['))
            .is_some_and(|(name, subscript)| {
                crate::variables::is_name(name) && !subscript.is_empty()
            })
}

/// Commands behind whose name `x=(…)` is one word.
fn takes_assignments(name: &str) -> bool {
    matches!(
        name,
        "declare" | "typeset" | "local" | "export" | "readonly" | "eval" | "let"
    )
}

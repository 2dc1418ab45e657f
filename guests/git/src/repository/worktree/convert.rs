//! Line ends: `text` and `eol` attributes, `core.autocrlf` and `core.eol`.

use crate::repository::Repository;
use crate::repository::attributes::{Attributes, Value};

/// What is done with the line ends of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    /// Nothing.
    Binary,
    /// To LF on the way in; out as it is.
    Input,
    /// To LF on the way in, to CR LF on the way out.
    Crlf,
    /// The same, for what looks like text.
    AutoInput,
    AutoCrlf,
}

/// Converts contents between working tree and objects.
pub struct Converter {
    attributes: Attributes,
    autocrlf: Option<String>,
    eol: Option<String>,
    safe: Option<String>,
}

impl Converter {
    pub fn new(repository: &Repository) -> Converter {
        let setting = |key: &str| repository.config().get(key).map(str::to_lowercase);
        Converter {
            attributes: Attributes::of(repository),
            autocrlf: setting("core.autocrlf"),
            eol: setting("core.eol"),
            safe: setting("core.safecrlf"),
        }
    }

    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The contents of a file as its object holds them. `stored` is what the index has of it now: text that came with CR LF stays so.
    pub fn to_object(
        &self,
        path: &[u8],
        contents: Vec<u8>,
        stored: impl FnOnce() -> Option<Vec<u8>>,
    ) -> Vec<u8> {
        let action = self.action(path);
        if action == Action::Binary || memchr::memchr(b'\r', &contents).is_none() {
            return contents;
        }
        if matches!(action, Action::AutoInput | Action::AutoCrlf) {
            let kept =
                || stored().is_some_and(|stored| has_crlf(&stored) && !looks_binary(&stored));
            if looks_binary(&contents) || kept() {
                return contents;
            }
        }
        without_cr(&contents)
    }

    /// Whether contents of a path may be stored otherwise than they are.
    pub fn may_change(&self, path: &[u8]) -> bool {
        self.action(path) != Action::Binary
    }

    /// git's warning about contents that would not come back as they are.
    pub fn warning(&self, path: &[u8], contents: &[u8]) -> Option<String> {
        let action = self.action(path);
        if action == Action::Binary || self.safe.as_deref() == Some("false") {
            return None;
        }
        if matches!(action, Action::AutoInput | Action::AutoCrlf) && looks_binary(contents) {
            return None;
        }
        let crlf = has_crlf(contents);
        let lone = has_lone_lf(contents);
        let path = String::from_utf8_lossy(path);
        match action {
            Action::Input | Action::AutoInput if crlf => Some(format!(
                "warning: in the working copy of '{path}', CRLF will be replaced by LF the next time Git touches it"
            )),
            Action::Crlf | Action::AutoCrlf if lone => Some(format!(
                "warning: in the working copy of '{path}', LF will be replaced by CRLF the next time Git touches it"
            )),
            _ => None,
        }
    }

    /// The contents of an object as its file holds them.
    pub fn to_file(&self, path: &[u8], contents: Vec<u8>) -> Vec<u8> {
        let wanted = match self.action(path) {
            Action::Crlf => true,
            Action::AutoCrlf => !looks_binary(&contents) && !contents.contains(&b'\r'),
            _ => false,
        };
        if !wanted {
            return contents;
        }
        let mut out = Vec::with_capacity(contents.len() + contents.len() / 16);
        let mut last = 0;
        for byte in contents {
            if byte == b'\n' && last != b'\r' {
                out.push(b'\r');
            }
            out.push(byte);
            last = byte;
        }
        out
    }

    fn action(&self, path: &[u8]) -> Action {
        let text = self.attributes.get(path, "text");
        let eol = match self.attributes.get(path, "eol") {
            Value::Text(text) => Some(text),
            _ => None,
        };
        let auto = match (&text, &eol) {
            (Value::Unset, _) => return Action::Binary,
            (Value::Text(text), _) if text == "auto" => true,
            (Value::Set, _) | (Value::Unspecified, Some(_)) => false,
            _ => match self.autocrlf.as_deref() {
                Some("true" | "yes" | "on" | "1") => return Action::AutoCrlf,
                Some("input") => return Action::AutoInput,
                _ => return Action::Binary,
            },
        };
        let crlf = match eol.as_deref() {
            Some("crlf") => true,
            Some("lf") => false,
            _ => match self.autocrlf.as_deref() {
                Some("true" | "yes" | "on" | "1") => true,
                Some("input") => false,
                _ => self.eol.as_deref() == Some("crlf"),
            },
        };
        match (auto, crlf) {
            (true, true) => Action::AutoCrlf,
            (true, false) => Action::AutoInput,
            (false, true) => Action::Crlf,
            (false, false) => Action::Input,
        }
    }
}

/// git's rule for line ends: a zero byte, a CR by itself, or many characters that are no text.
fn looks_binary(contents: &[u8]) -> bool {
    let (mut printable, mut other) = (0usize, 0usize);
    let mut rest = contents;
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            0 => return true,
            b'\r' if tail.first() == Some(&b'\n') => {}
            b'\r' => return true,
            b'\n' => {}
            8 | 9 | 12 | 27 => printable += 1,
            0x1a if tail.is_empty() => {}
            127 | 0..32 => other += 1,
            _ => printable += 1,
        }
        rest = tail;
    }
    printable >> 7 < other
}

fn has_crlf(contents: &[u8]) -> bool {
    memchr::memmem::find(contents, b"\r\n").is_some()
}

fn has_lone_lf(contents: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', contents).any(|at| at == 0 || contents[at - 1] != b'\r')
}

fn without_cr(contents: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(contents.len());
    for (at, byte) in contents.iter().enumerate() {
        if *byte != b'\r' || contents.get(at + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

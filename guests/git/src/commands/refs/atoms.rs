//! Formats of references: `%(refname:short) %(objectname)`.

use crate::commands::tracking::Tracking;
use crate::failure::{Failure, Outcome};
use crate::repository::date::{Style, show};
use crate::repository::refs::{Reference, shorten};
use crate::repository::{Commit, Kind, Object, Oid, Repository, Signature, Tag, subject};

/// A format that was read.
pub struct Format {
    pieces: Vec<Piece>,
}

enum Piece {
    Text(Vec<u8>),
    Atom(String),
    If(Option<(bool, String)>),
    Then,
    Else,
    End,
}

impl Format {
    /// Reads a format.
    ///
    /// # Errors
    /// A field that isn't known.
    pub fn parse(text: &str) -> Outcome<Format> {
        let mut pieces = Vec::new();
        let mut rest = text;
        let mut plain = Vec::new();
        while let Some(c) = rest.chars().next() {
            if let Some(tail) = rest.strip_prefix("%(") {
                let end = tail
                    .find(')')
                    .ok_or_else(|| Failure::fatal(format!("malformed format string {text}")))?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(piece(&tail[..end])?);
                rest = &tail[end + 1..];
            } else if let Some(tail) = rest.strip_prefix("%%") {
                plain.push(b'%');
                rest = tail;
            } else if c == '%'
                && rest.len() >= 3
                && u8::from_str_radix(rest.get(1..3).unwrap_or("x"), 16).is_ok()
            {
                plain.extend(u8::from_str_radix(&rest[1..3], 16).ok());
                rest = &rest[3..];
            } else {
                plain.extend(c.to_string().into_bytes());
                rest = &rest[c.len_utf8()..];
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Format { pieces })
    }

    /// The text of a reference.
    ///
    /// # Errors
    /// What can't be read.
    pub fn text(&self, repository: &Repository, one: &Reference) -> Outcome<Vec<u8>> {
        let mut fields = Fields {
            repository,
            one,
            object: None,
        };
        let mut stack: Vec<(Vec<u8>, Branch)> = Vec::new();
        let mut out = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend(text),
                Piece::Atom(name) => out.extend(fields.value(name)?),
                Piece::If(test) => stack.push((
                    std::mem::take(&mut out),
                    Branch {
                        test: test.clone(),
                        holds: false,
                        done: false,
                        kept: Vec::new(),
                    },
                )),
                Piece::Then => {
                    if let Some((_, branch)) = stack.last_mut() {
                        branch.decide(&out);
                        out.clear();
                    }
                }
                Piece::Else => {
                    if let Some((_, branch)) = stack.last_mut() {
                        branch.keep(std::mem::take(&mut out));
                    }
                }
                Piece::End => {
                    if let Some((before, mut branch)) = stack.pop() {
                        branch.keep(std::mem::take(&mut out));
                        out = [before, branch.kept].concat();
                    }
                }
            }
        }
        Ok(out)
    }
}

/// What stands between `%(if)` and `%(end)`.
struct Branch {
    test: Option<(bool, String)>,
    holds: bool,
    /// Whether the first part is over.
    done: bool,
    kept: Vec<u8>,
}

impl Branch {
    fn decide(&mut self, text: &[u8]) {
        let text = text.trim_ascii();
        self.holds = match &self.test {
            None => !text.is_empty(),
            Some((equal, wanted)) => (text == wanted.as_bytes()) == *equal,
        };
    }

    /// A part is kept when the test holds; the next one when it doesn't.
    fn keep(&mut self, text: Vec<u8>) {
        if self.holds {
            self.kept = text;
        }
        self.holds = !self.holds && !self.done;
        self.done = true;
    }
}

fn piece(name: &str) -> Outcome<Piece> {
    let base = name.trim_start_matches('*');
    Ok(match base {
        "then" => Piece::Then,
        "else" => Piece::Else,
        "end" => Piece::End,
        "if" => Piece::If(None),
        _ if base.starts_with("if:equals=") => Piece::If(Some((true, base[10..].to_owned()))),
        _ if base.starts_with("if:notequals=") => Piece::If(Some((false, base[13..].to_owned()))),
        _ => {
            let field = base.split(':').next().unwrap_or_default();
            if !FIELDS.contains(&field) {
                return Err(Failure::fatal(format!("unknown field name: {base}")));
            }
            Piece::Atom(name.to_owned())
        }
    })
}

const FIELDS: &[&str] = &[
    "refname",
    "objecttype",
    "objectsize",
    "objectname",
    "tree",
    "parent",
    "numparent",
    "object",
    "type",
    "tag",
    "author",
    "authorname",
    "authoremail",
    "authordate",
    "committer",
    "committername",
    "committeremail",
    "committerdate",
    "tagger",
    "taggername",
    "taggeremail",
    "taggerdate",
    "creator",
    "creatordate",
    "subject",
    "body",
    "contents",
    "upstream",
    "push",
    "symref",
    "HEAD",
    "color",
    "deltabase",
];

struct Fields<'a> {
    repository: &'a Repository,
    one: &'a Reference,
    object: Option<(Oid, std::rc::Rc<Object>)>,
}

impl Fields<'_> {
    fn object(&mut self, peeled: bool) -> Outcome<Option<(Oid, std::rc::Rc<Object>)>> {
        if self.object.is_none() {
            self.object = Some((self.one.oid, self.repository.objects().read(&self.one.oid)?));
        }
        let Some((oid, object)) = self.object.clone() else {
            return Ok(None);
        };
        if !peeled {
            return Ok(Some((oid, object)));
        }
        if object.kind != Kind::Tag {
            return Ok(None);
        }
        let oid = self.repository.peel(&oid)?;
        Ok(Some((oid, self.repository.objects().read(&oid)?)))
    }

    fn value(&mut self, name: &str) -> Outcome<Vec<u8>> {
        let (peeled, name) = match name.strip_prefix('*') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let (field, option) = name.split_once(':').unwrap_or((name, ""));
        match field {
            "refname" if !peeled => return Ok(named(&self.one.name, option)),
            "symref" => {
                return Ok(self
                    .one
                    .symbolic
                    .as_deref()
                    .map(|target| named(target, option))
                    .unwrap_or_default());
            }
            "HEAD" => {
                let current = self.repository.head_ref().as_deref() == Some(&self.one.name);
                return Ok(if current {
                    b"*".to_vec()
                } else {
                    b" ".to_vec()
                });
            }
            "color" | "deltabase" => return Ok(Vec::new()),
            "upstream" | "push" => return self.upstream(option),
            _ => {}
        }
        let Some((oid, object)) = self.object(peeled)? else {
            return Ok(Vec::new());
        };
        Ok(match field {
            "objecttype" => object.kind.name().into(),
            "objectsize" => object.data.len().to_string().into(),
            "objectname" => self.oid(&oid, option),
            _ => self.header(field, option, &object),
        })
    }

    fn oid(&self, oid: &Oid, option: &str) -> Vec<u8> {
        match option.strip_prefix("short") {
            Some("") => self.repository.short(oid).into(),
            Some(length) => {
                let length = length.trim_start_matches('=').parse().unwrap_or(7);
                self.repository.objects().abbreviate(oid, length).into()
            }
            None => oid.hex().into(),
        }
    }

    fn upstream(&self, option: &str) -> Outcome<Vec<u8>> {
        let Some(branch) = self.one.name.strip_prefix("refs/heads/") else {
            return Ok(Vec::new());
        };
        let Some(tracking) = Tracking::of(self.repository, branch)? else {
            return Ok(Vec::new());
        };
        Ok(match option {
            "track" | "track,nobracket" | "nobracket,track" => {
                let brief = tracking.brief();
                match brief.is_empty() || option != "track" {
                    true => brief.into(),
                    false => format!("[{brief}]").into(),
                }
            }
            "trackshort" => match tracking.counts {
                Some((0, 0)) => b"=".to_vec(),
                Some((_, 0)) => b">".to_vec(),
                Some((0, _)) => b"<".to_vec(),
                Some(_) => b"<>".to_vec(),
                None => Vec::new(),
            },
            option => named(&tracking.upstream, option),
        })
    }

    fn header(&self, field: &str, option: &str, object: &Object) -> Vec<u8> {
        let commit = (object.kind == Kind::Commit)
            .then(|| Commit::parse(&object.data))
            .flatten();
        let tag = (object.kind == Kind::Tag)
            .then(|| Tag::parse(&object.data))
            .flatten();
        let message = commit
            .as_ref()
            .map(|commit| &commit.message)
            .or(tag.as_ref().map(|tag| &tag.message));
        let author = commit.as_ref().map(|commit| commit.author.clone());
        let committer = commit.as_ref().map(|commit| commit.committer.clone());
        let tagger = tag.as_ref().and_then(|tag| tag.tagger.clone());
        let who = |line: Option<Vec<u8>>, part: &str| self.person(line, part, option);
        match field {
            "subject" if option == "sanitize" => {
                sanitized(&message.map(|text| subject(text)).unwrap_or_default())
            }
            "subject" => message.map(|text| subject(text)).unwrap_or_default(),
            "body" => message.map(|text| body(text).to_vec()).unwrap_or_default(),
            "contents" => contents(message.map_or(b"", Vec::as_slice), option),
            "tree" => commit
                .map(|commit| self.oid(&commit.tree, option))
                .unwrap_or_default(),
            "parent" => commit
                .map(|commit| {
                    let each: Vec<Vec<u8>> = commit
                        .parents
                        .iter()
                        .map(|oid| self.oid(oid, option))
                        .collect();
                    each.join(&b' ')
                })
                .unwrap_or_default(),
            "numparent" => commit
                .map(|commit| commit.parents.len().to_string().into())
                .unwrap_or_default(),
            "object" => tag.map(|tag| tag.object.hex().into()).unwrap_or_default(),
            "type" => tag.map(|tag| tag.kind.name().into()).unwrap_or_default(),
            "tag" => tag.map(|tag| tag.name).unwrap_or_default(),
            _ if field.starts_with("author") => who(author, &field[6..]),
            _ if field.starts_with("committer") => who(committer, &field[9..]),
            _ if field.starts_with("tagger") => who(tagger, &field[6..]),
            _ if field.starts_with("creator") => who(tagger.or(committer), &field[7..]),
            _ => Vec::new(),
        }
    }

    fn person(&self, line: Option<Vec<u8>>, part: &str, option: &str) -> Vec<u8> {
        let Some(line) = line else { return Vec::new() };
        let Some(who) = Signature::parse(&line) else {
            return Vec::new();
        };
        match part {
            "" => line,
            "name" => who.name,
            "email" if option.contains("localpart") => who
                .email
                .split(|byte| *byte == b'@')
                .next()
                .unwrap_or_default()
                .to_vec(),
            "email" if option.contains("trim") => who.email,
            "email" => [b"<", &who.email[..], b">"].concat(),
            _ => {
                let style = Style::named(option).unwrap_or(Style::Default);
                show(who.seconds, who.zone, &style, self.repository.now()).into()
            }
        }
    }
}

/// A reference's name in a form: whole, `short`, `lstrip=2`.
fn named(name: &str, option: &str) -> Vec<u8> {
    let strip = |count: &str, left: bool| -> String {
        let parts: Vec<&str> = name.split('/').collect();
        let wanted: i64 = count.parse().unwrap_or(0);
        let drop = if wanted < 0 {
            parts.len() as i64 + wanted
        } else {
            wanted
        };
        let drop = drop.clamp(0, parts.len() as i64 - 1) as usize;
        if left {
            parts[drop..].join("/")
        } else {
            parts[..parts.len() - drop].join("/")
        }
    };
    match option.split_once('=') {
        Some(("lstrip" | "strip", count)) => strip(count, true).into(),
        Some(("rstrip", count)) => strip(count, false).into(),
        _ if option == "short" => shorten(name).into(),
        _ => name.into(),
    }
}

fn body(message: &[u8]) -> &[u8] {
    let text = message.trim_ascii_start();
    match memchr::memmem::find(text, b"\n\n") {
        Some(at) => {
            let rest = &text[at..];
            let skip = rest.iter().take_while(|byte| **byte == b'\n').count();
            &rest[skip..]
        }
        None => b"",
    }
}

fn contents(message: &[u8], option: &str) -> Vec<u8> {
    match option.split_once('=').unwrap_or((option, "")) {
        ("subject", _) => subject(message),
        ("body", _) => body(message).to_vec(),
        ("size", _) => message.len().to_string().into(),
        ("lines", count) => {
            let count = count.parse().unwrap_or(1);
            let lines: Vec<&[u8]> = message
                .trim_ascii_end()
                .split(|byte| *byte == b'\n')
                .take(count)
                .collect();
            lines.join(&b"\n    "[..])
        }
        ("signature", _) => Vec::new(),
        _ => message.to_vec(),
    }
}

fn sanitized(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_')
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").into()
}

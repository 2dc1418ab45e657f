//! Redirections: where the numbers of a command lead while it runs.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use isobox_guest::process;
use isobox_guest::stat::{self, Kind};

use crate::descriptors::{self, Document, Opening, Target};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::{Redirect, RedirectDescriptor, RedirectKind};
use crate::text::Text;
use crate::variables::Reference;

/// What the numbers led to before, in the order in which they were redirected.
pub(super) type Undo = Vec<(u32, Option<Option<Target>>)>;

/// A redirection that fails: its message.
type Failed<T> = std::result::Result<T, String>;

/// What a redirection does to the table.
enum Step {
    Lead(u32, Target),
    Close(u32),
    /// `n>&m-`
    Move {
        from: u32,
        to: u32,
        target: Target,
    },
    Both(Target),
}

impl Shell {
    /// Makes redirections; `Err` is the status of the one that failed, after those before it have been undone.
    pub(super) fn redirect(
        &mut self,
        redirects: &[Redirect],
    ) -> Result<std::result::Result<Undo, i32>> {
        let mut undo = Undo::new();
        for redirect in redirects {
            match self.redirect_one(redirect, &mut undo) {
                Ok(Ok(())) => {}
                Ok(Err(message)) => {
                    self.complain(message);
                    self.restore_descriptors(undo);
                    return Ok(Err(1));
                }
                Err(Flow::Discard(status)) => {
                    self.restore_descriptors(undo);
                    return Ok(Err(status));
                }
                Err(flow) => {
                    self.restore_descriptors(undo);
                    return Err(flow);
                }
            }
        }
        Ok(Ok(undo))
    }

    pub(super) fn restore_descriptors(&mut self, undo: Undo) {
        for (number, entry) in undo.into_iter().rev() {
            self.descriptors.restore(number, entry);
        }
    }

    /// What `exec` does: the numbers stay where they lead, and what nobody leads to any more is closed.
    pub(super) fn keep_for_good(&mut self, undo: Undo) {
        if self.in_process_subshell {
            return;
        }
        for (number, entry) in undo {
            if entry.is_none() {
                descriptors::release(process::descriptor(number));
            }
        }
    }

    fn redirect_one(&mut self, redirect: &Redirect, undo: &mut Undo) -> Result<Failed<()>> {
        let number = match &redirect.descriptor {
            RedirectDescriptor::Default => redirect.kind.default_number(),
            RedirectDescriptor::Number(number) => *number,
            RedirectDescriptor::Variable(name) => {
                return self.redirect_variable(name, &redirect.kind);
            }
        };
        let step = match self.prepare(number, &redirect.kind)? {
            Ok(step) => step,
            Err(message) => return Ok(Err(message)),
        };
        let mut lead = |number, target| {
            let before = self.descriptors.replace(number, target);
            undo.push((number, before));
        };
        match step {
            Step::Lead(number, target) => lead(number, Some(target)),
            Step::Close(number) => lead(number, None),
            Step::Both(target) => {
                lead(1, Some(target.clone()));
                lead(2, Some(target));
            }
            Step::Move { from, to, target } => {
                lead(to, Some(target));
                lead(from, None);
            }
        }
        Ok(Ok(()))
    }

    /// `{name}>file`: a free number, kept in a variable, open until it is closed.
    fn redirect_variable(&mut self, name: &Text, kind: &RedirectKind) -> Result<Failed<()>> {
        if let RedirectKind::DuplicateInput(word) | RedirectKind::DuplicateOutput(word) = kind
            && &*word.raw == "-"
        {
            let reference = self.variable_named(name)?;
            let value = self.get_element(&reference)?.unwrap_or_default();
            return Ok(match value.parse() {
                Ok(number) => {
                    let before = self.descriptors.replace(number, None);
                    self.keep_for_good(vec![(number, before)]);
                    Ok(())
                }
                Err(_) => Err(format!("{name}: Bad file descriptor")),
            });
        }
        let number = self.descriptors.free_number();
        match self.prepare(number, kind)? {
            Err(message) => return Ok(Err(message)),
            Ok(Step::Lead(_, target) | Step::Move { target, .. } | Step::Both(target)) => {
                let reference = self.variable_named(name)?;
                self.assign_reference(&reference, number.to_string().into(), false)?;
                self.descriptors.replace(number, Some(target));
            }
            Ok(Step::Close(_)) => {}
        }
        Ok(Ok(()))
    }

    /// What `{name}` or `{name[subscript]}` stands for.
    fn variable_named(&mut self, written: &str) -> Result<Reference> {
        match written
            .strip_suffix(']')
            .and_then(|written| written.split_once('['))
        {
            Some((name, subscript)) => self.reference(name, Some(subscript)),
            None => self.reference(written, None),
        }
    }

    /// Opens what a redirection names.
    fn prepare(&mut self, number: u32, kind: &RedirectKind) -> Result<Failed<Step>> {
        let (word, opening) = match kind {
            RedirectKind::Read(word) => (word, Opening::Read),
            RedirectKind::Write(word) => (word, self.plain_writing()),
            RedirectKind::Clobber(word) => (word, Opening::Write),
            RedirectKind::Append(word) => (word, Opening::Append),
            RedirectKind::ReadWrite(word) => (word, Opening::ReadWrite),
            RedirectKind::HereDocument(here) => {
                let body = if here.expand {
                    self.expand_here_document(&here.body)?
                } else {
                    here.body.raw.clone()
                };
                return Ok(Ok(Step::Lead(number, document(&body))));
            }
            RedirectKind::HereString(word) => {
                let text = self.expand_word(word)?;
                return Ok(Ok(Step::Lead(number, document(&format!("{text}\n")))));
            }
            RedirectKind::OutputAndError { word, append } => {
                let opening = match append {
                    true => Opening::Append,
                    false => self.plain_writing(),
                };
                let path = self.expand_target(word)?;
                return Ok(self.open_target(&path, opening).map(Step::Both));
            }
            RedirectKind::DuplicateInput(word) => {
                let text = self.expand_target(word)?;
                return Ok(self.duplicate(number, &text, false, &word.raw));
            }
            RedirectKind::DuplicateOutput(word) => {
                let text = self.expand_target(word)?;
                return Ok(self.duplicate(number, &text, true, &word.raw));
            }
        };
        let path = self.expand_target(word)?;
        let target = self.open_target(&path, opening);
        Ok(target.map(|target| Step::Lead(number, target)))
    }

    fn plain_writing(&self) -> Opening {
        if self.options.noclobber {
            Opening::Create
        } else {
            Opening::Write
        }
    }

    /// `n>&word`, `n<&word`.
    fn duplicate(&mut self, number: u32, text: &str, output: bool, raw: &str) -> Failed<Step> {
        if text == "-" {
            return Ok(Step::Close(number));
        }
        let (digits, moves) = match text.strip_suffix('-') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let bad = || format!("{raw}: Bad file descriptor");
            let from: u32 = digits.parse().map_err(|_| bad())?;
            let target = self.descriptors.target(from).ok_or_else(bad)?;
            return Ok(match moves {
                true if from != number => Step::Move {
                    from,
                    to: number,
                    target,
                },
                _ => Step::Lead(number, target),
            });
        }
        if output && number == 1 {
            return self.open_target(text, self.plain_writing()).map(Step::Both);
        }
        Err(format!("{raw}: ambiguous redirect"))
    }

    /// Opens a file, or what the shell itself knows behind `/dev/fd`.
    fn open_target(&mut self, path: &str, opening: Opening) -> Failed<Target> {
        if let Some(number) = own_descriptor(path) {
            return self
                .descriptors
                .target(number)
                .ok_or_else(|| format!("{path}: No such file or directory"));
        }
        if path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/") {
            return Err(format!("{path}: there is no network: not supported here"));
        }
        match descriptors::open(path, opening) {
            Ok(owned) => Ok(Target::Open(owned)),
            Err(error)
                if opening == Opening::Create && error.raw_os_error() == Some(libc::EEXIST) =>
            {
                self.open_existing(path)
            }
            Err(error) => Err(format!("{path}: {}", super::spawn::words(&error))),
        }
    }

    /// Under `noclobber`, only what is no regular file is written to.
    fn open_existing(&mut self, path: &str) -> Failed<Target> {
        match stat::stat(Path::new(path), true) {
            Ok(known) if known.kind != Kind::Regular => descriptors::open(path, Opening::Existing)
                .map(Target::Open)
                .map_err(|error| format!("{path}: {}", super::spawn::words(&error))),
            _ => Err(format!("{path}: cannot overwrite existing file")),
        }
    }
}

impl RedirectKind {
    fn default_number(&self) -> u32 {
        match self {
            RedirectKind::Read(_)
            | RedirectKind::ReadWrite(_)
            | RedirectKind::DuplicateInput(_)
            | RedirectKind::HereDocument(_)
            | RedirectKind::HereString(_) => 0,
            _ => 1,
        }
    }
}

/// The number in `/dev/fd/N`, `/dev/stdin` and the like.
pub(super) fn own_descriptor(path: &str) -> Option<u32> {
    match path {
        "/dev/stdin" => Some(0),
        "/dev/stdout" => Some(1),
        "/dev/stderr" => Some(2),
        _ => path.strip_prefix("/dev/fd/")?.parse().ok(),
    }
}

fn document(text: &str) -> Target {
    Target::Document(Rc::new(Document {
        bytes: crate::text::encode(text).into_owned(),
        offset: Cell::new(0),
        opened: RefCell::default(),
    }))
}

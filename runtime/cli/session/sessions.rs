//! The sessions of one client, by their numbers.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use isobox::{Arguments, CallError, Import, Origin, Runtime, Session, Snapshot};
use serde_json::Value;

use super::answer::{Done, Failure, FailureKind, FileRead};
use super::request::{self, Request};
use crate::cli::mounts::check_absolute;

pub struct Sessions {
    runtime: Runtime,
    open: BTreeMap<u64, Session>,
    snapshots: BTreeMap<u64, Snapshot>,
    /// Sessions and snapshots are numbered from 1.
    opened: u64,
    taken: u64,
}

impl Sessions {
    pub fn new(runtime: Runtime) -> Sessions {
        Sessions {
            runtime,
            open: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            opened: 0,
            taken: 0,
        }
    }

    /// Does what a request asks for.
    pub fn answer(&mut self, request: Request) -> Result<Done, Failure> {
        match request {
            Request::Open(open) => self.begin(&open),
            Request::Call(call) => self.call(call),
            Request::Files(files) => self.files(&files),
            Request::Snapshot(of) => self.snapshot(of.session),
            Request::Restore(restore) => self.restore(restore.snapshot),
            Request::Fork(fork) => self.fork(&fork),
            Request::Transcript(of) => {
                let transcript = self.get(of.session)?.transcript();
                Ok(Done::Transcript {
                    lines: transcript.lines(of.from),
                    digest: transcript.digest(),
                })
            }
            Request::Close(of) => {
                let number = self.number(of.session)?;
                self.open.remove(&number);
                Ok(Done::Closed { closed: number })
            }
        }
    }

    fn begin(&mut self, open: &request::Open) -> Result<Done, Failure> {
        let mut session = self.runtime.session(open.seed);
        for request::Import { from, to } in &open.import {
            check_absolute(to, "`import.to`").map_err(|error| file_failure(&error))?;
            let imported = session.import(from.as_ref(), to, &Import::default());
            imported.map_err(|error| file_failure(&error))?;
        }
        Ok(self.add(session))
    }

    fn add(&mut self, session: Session) -> Done {
        self.opened += 1;
        let done = Done::Opened {
            session: self.opened,
            session_id: session.id(),
            contract: self.runtime.contract_digest(),
            tree: session.tree_digest(),
        };
        self.open.insert(self.opened, session);
        done
    }

    fn call(&mut self, call: request::Call) -> Result<Done, Failure> {
        let arguments = match call.args {
            Value::String(text) => Arguments::from(text.as_str()),
            value => Arguments::from(value),
        };
        let result = self.get(call.session)?.call(&call.tool, arguments);
        let result = result.map(Box::new);
        result.map(Done::Call).map_err(|error| host_failure(&error))
    }

    fn files(&mut self, files: &request::Files) -> Result<Done, Failure> {
        let session = self.get(files.session)?;
        // All of them are written, or none.
        let mut edited = session.fork();
        for file in &files.write {
            write(&mut edited, file)?;
        }
        let read = files.read.iter().map(|path| read(&edited, path));
        let read = read.collect::<Result<_, Failure>>()?;
        let list = files.list.as_ref().map(|path| edited.list_directory(path));
        let list = list.transpose().map_err(|error| file_failure(&error))?;
        if !files.write.is_empty() {
            *session = edited;
        }
        Ok(Done::Files {
            read,
            list,
            tree: session.tree_digest(),
        })
    }

    fn snapshot(&mut self, session: Option<u64>) -> Result<Done, Failure> {
        let snapshot = self.get(session)?.snapshot();
        let digest = snapshot.digest();
        self.taken += 1;
        self.snapshots.insert(self.taken, snapshot);
        Ok(Done::Snapshot {
            snapshot: self.taken,
            digest,
        })
    }

    fn restore(&mut self, number: u64) -> Result<Done, Failure> {
        let snapshot = self.snapshots.get(&number);
        let session = snapshot.map(Snapshot::session);
        let session = session.ok_or_else(|| unknown("snapshot", number))?;
        Ok(self.add(session))
    }

    fn fork(&mut self, fork: &request::Fork) -> Result<Done, Failure> {
        let session = self.get(fork.session)?;
        let forked = match fork.seed {
            Some(seed) => session.fork_with_seed(seed),
            None => session.fork(),
        };
        Ok(self.add(forked))
    }

    fn get(&mut self, session: Option<u64>) -> Result<&mut Session, Failure> {
        let number = self.number(session)?;
        let session = self.open.get_mut(&number);
        session.ok_or_else(|| unknown("session", number))
    }

    /// The session that is meant: the last one that was opened and not closed, unless one is named.
    fn number(&self, session: Option<u64>) -> Result<u64, Failure> {
        match session {
            Some(number) if !self.open.contains_key(&number) => Err(unknown("session", number)),
            Some(number) => Ok(number),
            None => self.open.keys().next_back().copied().ok_or_else(|| {
                Failure::new(FailureKind::Unknown, "no session is open: `open` one first")
            }),
        }
    }
}

fn write(session: &mut Session, file: &request::File) -> Result<(), Failure> {
    let bytes = match (&file.text, &file.base64) {
        (Some(text), None) => text.clone().into_bytes(),
        (None, Some(base64)) => BASE64.decode(base64).map_err(|error| {
            let message = format!("`write`: {}: no Base64: {error}", file.path);
            Failure::new(FailureKind::Request, message)
        })?,
        _ => {
            let message = format!(
                "`write`: {}: either `text` or `base64` is needed",
                file.path
            );
            return Err(Failure::new(FailureKind::Request, message));
        }
    };
    check_absolute(&file.path, "`write`").map_err(|error| file_failure(&error))?;
    if let Some((folder, _)) = file
        .path
        .rsplit_once('/')
        .filter(|(folder, _)| !folder.is_empty())
    {
        let made = session.make_directories(folder);
        made.map_err(|error| file_failure(&error))?;
    }
    let written = session.write_file(&file.path, &bytes);
    written.map_err(|error| file_failure(&error))
}

fn read(session: &Session, path: &str) -> Result<FileRead, Failure> {
    let bytes = session.read_file(path);
    let bytes = bytes.map_err(|error| file_failure(&error))?;
    let (text, base64) = match String::from_utf8(bytes) {
        Ok(text) => (Some(text), None),
        Err(error) => (None, Some(BASE64.encode(error.as_bytes()))),
    };
    Ok(FileRead {
        path: path.to_owned(),
        text,
        base64,
    })
}

fn unknown(what: &str, number: u64) -> Failure {
    Failure::new(FailureKind::Unknown, format!("there is no {what} {number}"))
}

fn file_failure(error: &impl ToString) -> Failure {
    Failure::new(FailureKind::File, error.to_string())
}

fn host_failure(error: &CallError) -> Failure {
    Failure {
        retryable: error.retryable(),
        origin: Some(Origin::Host),
        ..Failure::new(FailureKind::Host, error.to_string())
    }
}

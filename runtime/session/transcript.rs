//! The transcript: what was done in a session, a line of canonical JSON each, chained by BLAKE3.
//!
//! Nothing of the host stands in a line: the same session has the same bytes everywhere, whichever door it was led through.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::contract::canonical;
use crate::digest::{Digest, Fields};

/// The format of the lines.
const FORMAT: u32 = 1;

/// A session's transcript. Cloning it is O(1); what two sessions have in common they share.
#[derive(Clone)]
pub struct Transcript {
    last: Arc<Line>,
    lines: u64,
}

struct Line {
    previous: Option<Arc<Line>>,
    digest: Digest,
    text: String,
}

impl Transcript {
    /// A transcript with its header: what the session follows from.
    pub(super) fn new(contract: Digest, base: Digest, seed: u64) -> Transcript {
        let header = json!({
            "isobox_transcript": FORMAT,
            "contract": contract,
            "base": base,
            "seed": seed,
            "noise": "clean",
        });
        Transcript {
            last: Arc::new(Line::new(None, header)),
            lines: 1,
        }
    }

    /// Adds a line and returns its digest.
    pub(super) fn add(&mut self, entry: Value) -> Digest {
        self.last = Arc::new(Line::new(Some(self.last.clone()), entry));
        self.lines += 1;
        self.last.digest
    }

    /// The digest of the last line, and so of all of them.
    pub fn digest(&self) -> Digest {
        self.last.digest
    }

    /// How many lines there are, the header included.
    pub fn len(&self) -> u64 {
        self.lines
    }

    /// Never: there is always a header.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The lines from number `from` on, the header being 0, each without the end of the line.
    pub fn lines(&self, from: u64) -> Vec<String> {
        let wanted = self.lines.saturating_sub(from);
        let mut lines = Vec::new();
        let mut line = Some(&self.last);
        while let Some(here) = line.filter(|_| (lines.len() as u64) < wanted) {
            lines.push(here.text.clone());
            line = here.previous.as_ref();
        }
        lines.reverse();
        lines
    }

    /// The last line.
    pub fn last(&self) -> &str {
        &self.last.text
    }
}

impl Line {
    /// The digest of a line is that of its JSON without `digest`; `previous` in it chains the lines.
    fn new(previous: Option<Arc<Line>>, entry: Value) -> Line {
        let mut members = match entry {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        if let Some(previous) = &previous {
            members.insert("previous".to_owned(), json!(previous.digest));
        }
        let body = canonical(&Value::Object(members.clone()));
        let digest = Fields::of("isobox.transcript")
            .bytes(body.as_bytes())
            .finish();
        members.insert("digest".to_owned(), json!(digest));
        Line {
            previous,
            digest,
            text: canonical(&Value::Object(members)),
        }
    }
}

impl Drop for Line {
    /// One by one: a long chain that is dropped by itself would use up the stack.
    fn drop(&mut self) {
        let mut previous = self.previous.take();
        while let Some(mut line) = previous.and_then(Arc::into_inner) {
            previous = line.previous.take();
        }
    }
}

impl fmt::Display for Transcript {
    /// JSON Lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines(0)
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcript")
            .field("lines", &self.lines)
            .field("digest", &self.digest())
            .finish()
    }
}

//! The transcript: what was done in a session, a line of canonical JSON each, chained by BLAKE3.
//!
//! Nothing of the host stands in a line: the same session has the same bytes everywhere, whichever door it was led through.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

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

/// What a line says, its keys in the order of their bytes: what is not ours stands behind `digest`.
#[derive(Serialize)]
struct Entry<'a, Asked, Came> {
    /// The number of the call, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<u64>,
    /// Of the line with zeros in this place.
    digest: Digest,
    /// What kind of line it is.
    op: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Digest>,
    /// What was asked for.
    request: Asked,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Came>,
}

impl Transcript {
    /// A transcript with its header: what the session follows from.
    pub(super) fn new(contract: Digest, base: Digest, seed: u64) -> Transcript {
        let follows_from = json!({
            "base": base,
            "contract": contract,
            "isobox_transcript": FORMAT,
            "noise": "clean",
            "seed": seed,
        });
        Transcript {
            last: Arc::new(Line::new(None, None, "open", follows_from, None::<()>)),
            lines: 1,
        }
    }

    /// Adds a line and returns its digest.
    pub(super) fn add(
        &mut self,
        call: Option<u64>,
        op: &str,
        request: impl Serialize,
        result: Option<impl Serialize>,
    ) -> Digest {
        let previous = Some(self.last.clone());
        self.last = Arc::new(Line::new(previous, call, op, request, result));
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
    /// The digest of a line is that of its text with zeros in place of the digest; `previous` in it chains the lines.
    fn new(
        previous: Option<Arc<Line>>,
        call: Option<u64>,
        op: &str,
        request: impl Serialize,
        result: Option<impl Serialize>,
    ) -> Line {
        let entry = Entry {
            call,
            digest: Digest::NOTHING,
            op,
            previous: previous.as_ref().map(|line| line.digest),
            request,
            result,
        };
        // The types that stand in a line have text for keys and no other way to fail.
        let mut text = serde_json::to_string(&entry).unwrap_or_default();
        let digest = Fields::of("isobox.transcript")
            .bytes(text.as_bytes())
            .finish();
        // The first in the line, for nothing that a caller chose stands before it.
        if let Some(place) = text.find(DIGEST_KEY) {
            let place = place + DIGEST_KEY.len();
            text.replace_range(place..place + 64, &digest.to_string());
        }
        Line {
            previous,
            digest,
            text,
        }
    }
}

const DIGEST_KEY: &str = "\"digest\":\"";

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

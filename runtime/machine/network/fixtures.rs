//! Recorded answers: what they look like, and which one a request gets.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Unmatched;
use super::message::{self, Request, is_header_value, is_token, normal_url};
use crate::digest::{Digest, Fields};
use crate::limits::{FIXTURE_BODY_BYTES_MAX, FIXTURES_MAX};
use crate::machine::fs::Content;

/// One recorded answer: a line of JSON.
///
/// ```
/// let line = r#"{"url": "https://example.org/", "status": 302, "headers": [["Location", "/home"]]}"#;
/// let fixture: isobox::Fixture = serde_json::from_str(line)?;
/// assert_eq!(fixture.method, "GET");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// What is asked for, in capitals. Default: `GET`.
    #[serde(default = "get")]
    pub method: String,
    /// The whole address, `http` or `https`. Its fragment, and the port that the scheme means anyway, do not count.
    pub url: String,
    /// BLAKE3 of the request's body, where only one body is answered so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_body_blake3: Option<Digest>,
    /// The status, from 200 to 599.
    pub status: u16,
    /// Names and values of headers, in order. The length of the body need not be among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body, where it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The body in base64, where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
}

fn get() -> String {
    "GET".to_owned()
}

/// A recorded answer that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("fixture on line {line}: {reason}")]
pub struct FixtureError {
    /// Which one: its line in the text, or its place in the list, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// Recorded answers by what was asked.
#[derive(Debug)]
pub struct Fixtures {
    requests: BTreeMap<Recorded, usize>,
    /// What each of the requests is answered, in order.
    responses: Vec<Vec<Content>>,
    pub(super) unmatched: Unmatched,
    /// Of all of it.
    pub(super) digest: Digest,
}

/// A request that an answer is recorded for: method, address, the digest of the body if it counts.
type Recorded = (String, String, Option<Digest>);

impl PartialEq for Fixtures {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Fixtures {}

/// Reads a line a fixture.
pub fn read(text: &str) -> Result<Vec<Fixture>, FixtureError> {
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(line, json)| {
            let fixture: Fixture = serde_json::from_str(json).map_err(|error| FixtureError {
                line,
                reason: in_this_line(&error),
            })?;
            check(&fixture).map_err(|reason| FixtureError { line, reason })?;
            Ok(fixture)
        })
        .collect()
}

/// The words of an error whose text is a line of another: of its own line number nobody should hear.
fn in_this_line(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let words = words.strip_suffix(&place).unwrap_or(&words);
    format!("{words} at column {}", error.column())
}

fn check(fixture: &Fixture) -> Result<(), String> {
    let Fixture { url, status, .. } = fixture;
    if !is_token(&fixture.method) {
        return Err(format!("`{}` is no method", fixture.method));
    }
    if normal_url(url).is_none() {
        return Err(format!(
            "`{url}` is no whole address that begins with http:// or https://"
        ));
    }
    if !(200..600).contains(status) {
        return Err(format!("status {status} is not between 200 and 599"));
    }
    for (name, value) in &fixture.headers {
        if !is_token(name) || !is_header_value(value) {
            return Err(format!("`{name}: {value}` is no header"));
        }
    }
    let bytes = body(fixture)?.len() as u64;
    if bytes > FIXTURE_BODY_BYTES_MAX {
        return Err(format!(
            "the body is {bytes} bytes, more than {FIXTURE_BODY_BYTES_MAX}"
        ));
    }
    Ok(())
}

fn body(fixture: &Fixture) -> Result<Vec<u8>, String> {
    match (&fixture.body, &fixture.body_base64) {
        (Some(_), Some(_)) => Err("`body` and `body_base64` exclude each other".to_owned()),
        (Some(text), None) => Ok(text.as_bytes().to_vec()),
        (None, Some(text)) => STANDARD
            .decode(text)
            .map_err(|error| format!("`body_base64` is no base64: {error}")),
        (None, None) => Ok(Vec::new()),
    }
}

impl Fixtures {
    pub(super) fn new(
        fixtures: Vec<Fixture>,
        unmatched: Unmatched,
    ) -> Result<Fixtures, FixtureError> {
        if fixtures.len() > FIXTURES_MAX {
            return Err(FixtureError {
                line: FIXTURES_MAX + 1,
                reason: format!("more than {FIXTURES_MAX} fixtures"),
            });
        }
        let (mut requests, mut responses) = (BTreeMap::new(), Vec::<Vec<Content>>::new());
        let mut fields = Fields::of("isobox.network").number(unmatched as u64);
        for (line, fixture) in (1..).zip(fixtures) {
            let refuse = |reason| FixtureError { line, reason };
            check(&fixture).map_err(refuse)?;
            let body = body(&fixture).map_err(refuse)?;
            let url = normal_url(&fixture.url).unwrap_or_default();
            let content =
                message::response(&fixture.method, fixture.status, &fixture.headers, &body);
            let wanted = fixture.request_body_blake3.unwrap_or(Digest::NOTHING);
            fields = fields
                .bytes(fixture.method.as_bytes())
                .bytes(url.as_bytes())
                .digest(wanted)
                .digest(content.digest());
            let recorded = (fixture.method, url, fixture.request_body_blake3);
            let number = *requests.entry(recorded).or_insert_with(|| {
                responses.push(Vec::new());
                responses.len() - 1
            });
            responses[number].push(content);
        }
        Ok(Fixtures {
            requests,
            responses,
            unmatched,
            digest: fields.finish(),
        })
    }

    /// The number of a recorded request and its answers: of one with this very body before one with any.
    pub(super) fn find(&self, request: &Request<'_>) -> Option<(usize, &[Content])> {
        let body = Digest::of_bytes(request.body);
        let number = [Some(body), None].into_iter().find_map(|body| {
            let recorded = (request.method.to_owned(), request.url.clone(), body);
            self.requests.get(&recorded).copied()
        })?;
        Some((number, &self.responses[number]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Network;
    use super::*;

    #[test]
    fn what_cannot_be_used_is_named_with_its_line() {
        for (line, reason) in [
            (
                r#"{"url": "x", "status": 200}"#,
                "`x` is no whole address that begins with http:// or https://",
            ),
            (
                r#"{"url": "http://a/", "status": 100}"#,
                "status 100 is not between 200 and 599",
            ),
            (
                r#"{"url": "http://a/", "status": 200, "method": "a b"}"#,
                "`a b` is no method",
            ),
            (
                r#"{"url": "http://a/", "status": 200, "headers": [["a", "b\r\nc"]]}"#,
                "`a: b\r\nc` is no header",
            ),
            (
                r#"{"url": "http://a/", "status": 200, "body": "", "body_base64": ""}"#,
                "`body` and `body_base64` exclude each other",
            ),
            (
                r#"{"url": "http://a/", "status": 200, "body_base64": "?"}"#,
                "`body_base64` is no base64: Invalid symbol 63, offset 0.",
            ),
            (
                r#"{"url": "http://a/", "status": 200, "boddy": ""}"#,
                "unknown field `boddy`, expected one of `method`, `url`, `request_body_blake3`, `status`, `headers`, `body`, \
                 `body_base64` at column 43",
            ),
        ] {
            let text = format!("\n{line}\n");
            let error = Network::from_json_lines(&text, Unmatched::Denied).unwrap_err();
            assert_eq!(error.to_string(), format!("fixture on line 2: {reason}"));
        }
    }
}

//! The network as a machine sees it: nothing at all, or recorded answers.
//!
//! A guest sends a whole HTTP request and gets a whole response, or is told why there is none. What it gets follows from
//! the network, which the machine's options name, and from how often the machine has asked the same: plain data that a
//! fork takes along.

mod fixtures;
mod message;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use fixtures::{Fixture, FixtureError, Fixtures};
pub use message::Request;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fs::Content;
use crate::digest::Digest;

/// Where a machine's requests lead. Cloning it is O(1).
///
/// ```
/// use isobox::{Network, Unmatched};
///
/// let recorded = r#"{"url": "https://example.org/", "status": 200, "body": "hello\n"}"#;
/// let network = Network::from_json_lines(recorded, Unmatched::NotFound)?;
/// assert_ne!(network, Network::Deny);
/// # Ok::<(), isobox::FixtureError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// Nowhere: every request is denied.
    #[default]
    Deny,
    /// To recorded answers.
    Fixtures(Arc<Fixtures>),
}

/// What a request is answered that no fixture is recorded for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unmatched {
    /// It is denied, as without a network.
    #[default]
    Denied,
    /// Its host has no address.
    DnsFailure,
    /// Its host refuses the connection.
    ConnectionRefused,
    /// Nothing comes back.
    Timeout,
    /// A response of status 404.
    NotFound,
}

/// Why a request gets no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoResponse {
    /// The policy denies it.
    Denied,
    /// The host's name leads nowhere.
    DnsFailure,
    /// The host refuses the connection.
    ConnectionRefused,
    /// Nothing came back.
    Timeout,
}

impl Network {
    /// A network of recorded answers, one JSON object a line; empty lines are skipped.
    ///
    /// # Errors
    /// Names the line and what is wrong with it.
    pub fn from_json_lines(text: &str, unmatched: Unmatched) -> Result<Network, FixtureError> {
        Network::from_fixtures(fixtures::read(text)?, unmatched)
    }

    /// A network of recorded answers; those of one request are given in their order, and the last one again and again.
    ///
    /// # Errors
    /// Names the fixture, counted from 1, and what is wrong with it.
    pub fn from_fixtures(
        fixtures: Vec<Fixture>,
        unmatched: Unmatched,
    ) -> Result<Network, FixtureError> {
        let fixtures = Fixtures::new(fixtures, unmatched)?;
        Ok(Network::Fixtures(Arc::new(fixtures)))
    }

    /// Names all that requests can be answered.
    pub fn digest(&self) -> Digest {
        match self {
            Network::Deny => Digest::NOTHING,
            Network::Fixtures(fixtures) => fixtures.digest,
        }
    }
}

/// A machine's network, and what it was asked so far.
#[derive(Clone, Debug, Default)]
pub struct Exchanges {
    network: Network,
    /// How often each recorded request was made.
    made: BTreeMap<usize, usize>,
}

impl Exchanges {
    /// Nothing was asked yet.
    pub fn new(network: Network) -> Exchanges {
        Exchanges {
            network,
            made: BTreeMap::new(),
        }
    }

    /// Answers a request with the bytes of a response.
    pub fn answer(&mut self, request: &Request<'_>) -> Result<Content, NoResponse> {
        let Network::Fixtures(fixtures) = &self.network else {
            return Err(NoResponse::Denied);
        };
        let Some((number, responses)) = fixtures.find(request) else {
            return match fixtures.unmatched {
                Unmatched::Denied => Err(NoResponse::Denied),
                Unmatched::DnsFailure => Err(NoResponse::DnsFailure),
                Unmatched::ConnectionRefused => Err(NoResponse::ConnectionRefused),
                Unmatched::Timeout => Err(NoResponse::Timeout),
                Unmatched::NotFound => Ok(message::not_found(request)),
            };
        };
        let made = self.made.entry(number).or_default();
        let response = &responses[(*made).min(responses.len() - 1)];
        *made += 1;
        Ok(response.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: &str = r#"
        {"url": "http://a.test", "status": 200, "headers": [["Content-Type", "text/plain"]], "body": "one"}
        {"url": "http://A.test:80/", "status": 500, "body_base64": "AP8="}

        {"method": "POST", "url": "https://a.test/x?q=1", "request_body_blake3": "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85", "status": 204}
        {"method": "POST", "url": "https://a.test/x?q=1", "status": 400}
        {"method": "HEAD", "url": "https://a.test/", "status": 200, "headers": [["Content-Length", "12"]]}
    "#;

    fn network(unmatched: Unmatched) -> Exchanges {
        Exchanges::new(Network::from_json_lines(RECORDED, unmatched).unwrap())
    }

    fn ask(exchanges: &mut Exchanges, request: &str) -> Result<String, NoResponse> {
        let request = Request::parse(request.as_bytes()).unwrap();
        let content = exchanges.answer(&request)?;
        Ok(String::from_utf8_lossy(&content.to_vec()).into_owned())
    }

    const GET: &str = "GET http://a.test/ HTTP/1.1\r\nAccept: */*\r\n\r\n";

    #[test]
    fn answers_of_one_request_come_in_order_and_the_last_repeats() {
        let mut exchanges = network(Unmatched::Denied);
        let first = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\none";
        let second = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n\0\u{FFFD}";
        assert_eq!(ask(&mut exchanges, GET).unwrap(), first);
        let mut fork = exchanges.clone();
        for exchanges in [&mut exchanges, &mut fork] {
            assert_eq!(ask(exchanges, GET).unwrap(), second);
            assert_eq!(ask(exchanges, GET).unwrap(), second);
        }
    }

    #[test]
    fn a_recorded_body_counts_before_none() {
        let mut exchanges = network(Unmatched::Denied);
        let request = |body: &str| format!("POST https://a.test/x?q=1 HTTP/1.1\r\n\r\n{body}");
        let status = |answer: Result<String, _>| answer.unwrap()[9..12].to_owned();
        assert_eq!(status(ask(&mut exchanges, &request("abc"))), "204");
        assert_eq!(status(ask(&mut exchanges, &request("abd"))), "400");
    }

    #[test]
    fn a_head_keeps_the_length_that_was_recorded() {
        let mut exchanges = network(Unmatched::Denied);
        let answer = ask(&mut exchanges, "HEAD https://a.test HTTP/1.1\r\n\r\n");
        assert_eq!(
            answer.unwrap(),
            "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"
        );
    }

    #[test]
    fn other_requests_are_answered_as_the_policy_says() {
        let other = "GET http://b.test/ HTTP/1.1\r\n\r\n";
        for (unmatched, answer) in [
            (Unmatched::Denied, NoResponse::Denied),
            (Unmatched::DnsFailure, NoResponse::DnsFailure),
            (Unmatched::ConnectionRefused, NoResponse::ConnectionRefused),
            (Unmatched::Timeout, NoResponse::Timeout),
        ] {
            assert_eq!(ask(&mut network(unmatched), other), Err(answer));
        }
        let answer = ask(&mut network(Unmatched::NotFound), other).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
        let mut none = Exchanges::default();
        assert_eq!(ask(&mut none, GET), Err(NoResponse::Denied));
    }
}

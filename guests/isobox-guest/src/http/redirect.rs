//! Going where responses redirect, as browsers and curl do.

use super::url::Url;
use super::{Failure, Request, Response};

/// Headers that are for nobody but the host they were meant for.
const PRIVATE: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Headers that say something about a body.
const ABOUT_BODY: [&str; 4] = [
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
];

/// What was met on the way.
#[derive(Debug)]
pub struct Followed {
    /// Each redirect, in order.
    pub redirects: Vec<Redirect>,
    /// Where the response is from.
    pub url: String,
    pub response: Response,
}

/// One redirect.
#[derive(Debug)]
pub struct Redirect {
    pub from: String,
    pub to: String,
    pub response: Response,
}

/// Why there is no last response.
#[derive(Debug)]
pub enum Stopped {
    /// This request got no response.
    Failed { url: String, failure: Failure },
    /// There were more redirects than were to be followed.
    TooMany { redirects: Vec<Redirect> },
}

impl Request {
    /// Sends the request and follows at most `redirects_max` redirects.
    ///
    /// # Errors
    /// When a request on the way gets no response, or the way has no end.
    pub fn follow(
        mut self,
        redirects_max: usize,
        body_bytes_max: u64,
    ) -> Result<Followed, Stopped> {
        let mut redirects: Vec<Redirect> = Vec::new();
        loop {
            let response = self
                .send(body_bytes_max)
                .map_err(|failure| Stopped::Failed {
                    url: self.url.clone(),
                    failure,
                })?;
            let Some((from, to)) = target(&self.url, &response) else {
                return Ok(Followed {
                    redirects,
                    url: self.url,
                    response,
                });
            };
            if redirects.len() == redirects_max {
                return Err(Stopped::TooMany { redirects });
            }
            self.change_for(response.status);
            if !from.has_origin_of(&to) {
                self.headers.remove(&PRIVATE);
            }
            self.headers.remove(&["host"]);
            let host = ("Host".to_owned(), to.authority.clone());
            self.headers.0.insert(0, host);
            let from = std::mem::replace(&mut self.url, to.to_string());
            redirects.push(Redirect {
                from,
                to: self.url.clone(),
                response,
            });
        }
    }

    /// Makes the request what a redirect of this status asks for.
    fn change_for(&mut self, status: u16) {
        let becomes_get = match status {
            301 | 302 => self.method == "POST",
            303 => self.method != "GET" && self.method != "HEAD",
            _ => false,
        };
        if becomes_get {
            if !self.method_is_fixed {
                self.method = "GET".to_owned();
            }
            self.body.clear();
            self.headers.remove(&ABOUT_BODY);
        }
    }
}

/// Where a response redirects to, and where it is from.
fn target(url: &str, response: &Response) -> Option<(Url, Url)> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let from = Url::parse(url)?;
    let to = from.join(response.headers.get("location")?)?;
    Some((from, to))
}

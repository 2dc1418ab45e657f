//! `fetch`: what an address of HTTP answers, in words.

use isobox_guest::http::url::Url;
use isobox_guest::http::{
    Failure as NoResponse, Followed, Headers, Request, Response, Stopped, is_token,
};

use crate::answer::{Answer, Failure, denied, failed, unusable};
use crate::arguments::Arguments;

/// Most bytes of a body that are shown unless the call says otherwise.
const BODY_BYTES_USUAL: i64 = 100 << 10;

/// Most bytes of a body that a call can ask for.
const BODY_BYTES_MAX: i64 = 1 << 20;

/// Most redirects that are followed.
const REDIRECTS_MAX: usize = 10;

/// Headers that tell a reader something.
const SHOWN: [&str; 12] = [
    "content-type",
    "content-length",
    "content-encoding",
    "location",
    "last-modified",
    "etag",
    "link",
    "retry-after",
    "allow",
    "www-authenticate",
    "set-cookie",
    "x-ratelimit-remaining",
];

/// How a request introduces itself.
const USER_AGENT: &str = "isobox-fetch/1";

pub fn fetch(arguments: &Arguments) -> Answer {
    let bytes_max = arguments.optional_integer("max_bytes")?;
    let bytes_max = bytes_max.unwrap_or(BODY_BYTES_USUAL);
    if !(0..=BODY_BYTES_MAX).contains(&bytes_max) {
        return Err(unusable(format!(
            "fetch: max_bytes must be between 0 and {BODY_BYTES_MAX}"
        )));
    }
    let followed = request(arguments)?
        .follow(REDIRECTS_MAX, bytes_max as u64)
        .map_err(stopped)?;
    Ok(shown(&followed))
}

fn request(arguments: &Arguments) -> Result<Request, Failure> {
    let url = arguments.text("url")?;
    let parsed = Url::parse(url).ok_or_else(|| {
        unusable(format!(
            "fetch: `{url}` is no whole address: it has to begin with http:// or https:// and to have no spaces"
        ))
    })?;
    let method = arguments.optional_text("method")?.unwrap_or("GET");
    if !is_token(method) {
        return Err(unusable(format!("fetch: `{method}` is no method")));
    }
    let body = arguments.optional_text("body")?.unwrap_or_default();
    let mut headers = headers(arguments.optional_text("headers")?.unwrap_or_default())?;
    headers.add_missing("Host", &parsed.authority);
    headers.add_missing("User-Agent", USER_AGENT);
    headers.add_missing("Accept", "*/*");
    if !body.is_empty() {
        headers.add_missing("Content-Length", &body.len().to_string());
    }
    Ok(Request {
        method: method.to_ascii_uppercase(),
        method_is_fixed: false,
        url: parsed.to_string(),
        headers,
        body: body.as_bytes().to_vec(),
    })
}

/// A line a header.
fn headers(text: &str) -> Result<Headers, Failure> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let headers: Result<Vec<(String, String)>, Failure> = lines
        .map(|line| {
            let header = line.split_once(':');
            let header = header.map(|(name, value)| (name.trim(), value.trim()));
            match header {
                Some((name, value)) if is_token(name) && !value.contains(char::is_control) => {
                    Ok((name.to_owned(), value.to_owned()))
                }
                _ => Err(unusable(format!(
                    "fetch: `{line}` is no header: each line of headers must be `Name: value`"
                ))),
            }
        })
        .collect();
    headers.map(Headers)
}

fn stopped(stopped: Stopped) -> Failure {
    let (url, failure) = match stopped {
        Stopped::Failed { url, failure } => (url, failure),
        Stopped::TooMany { redirects } => {
            let visited: Vec<&str> = redirects
                .iter()
                .map(|redirect| redirect.to.as_str())
                .collect();
            let last = visited.last().copied().unwrap_or_default();
            let is_loop = visited.iter().filter(|url| **url == last).count() > 1;
            let end = match is_loop {
                true => format!("they go round in a loop by way of {last}"),
                false => format!("the last one leads to {last}"),
            };
            return failed(format!("fetch: more than {REDIRECTS_MAX} redirects: {end}"));
        }
    };
    let host = Url::parse(&url).map_or(url.clone(), |url| url.host().to_owned());
    match failure {
        NoResponse::Denied => denied(format!(
            "fetch: {url}: the network policy of this environment denies the request"
        )),
        NoResponse::NameNotFound => failed(format!("fetch: {url}: could not resolve host {host}")),
        NoResponse::ConnectionRefused => {
            failed(format!("fetch: {url}: {host} refused the connection"))
        }
        NoResponse::TimedOut => failed(format!("fetch: {url}: the request timed out")),
        NoResponse::Unfit => unusable(format!(
            "fetch: {url}: the request is too long: it may have 1 MiB with its headers and body"
        )),
        NoResponse::Garbled => failed(format!("fetch: {url}: the response is no HTTP")),
        NoResponse::Io(error) => failed(format!(
            "fetch: {url}: {}",
            isobox_guest::plain(&error).to_lowercase()
        )),
    }
}

fn shown(followed: &Followed) -> String {
    let mut text = String::new();
    for redirect in &followed.redirects {
        let status = redirect.response.status;
        text.push_str(&format!(
            "[{status} redirect: {} -> {}]\n",
            redirect.from, redirect.to
        ));
    }
    let response = &followed.response;
    text.push_str(format!("HTTP/1.1 {} {}", response.status, response.reason).trim_end());
    text.push('\n');
    for (name, value) in &response.headers.0 {
        if SHOWN.iter().any(|shown| name.eq_ignore_ascii_case(shown)) {
            text.push_str(&format!("{}: {value}\n", name.to_ascii_lowercase()));
        }
    }
    text.push('\n');
    text.push_str(&body(response));
    text
}

/// The body as text, or what it is instead; with how much was cut.
fn body(response: &Response) -> String {
    let all = response.body_bytes;
    let kind = response
        .headers
        .get("content-type")
        .unwrap_or("unknown type");
    if all == 0 {
        return String::new();
    }
    let is_cut = (response.body.len() as u64) < all;
    let Some(mut text) = as_text(&response.body, kind, is_cut) else {
        return format!("[binary body: {kind}, {all} bytes]");
    };
    if is_cut {
        let shown = response.body.len();
        text.push_str(&format!("\n[body cut: {shown} of {all} bytes shown]"));
    }
    text
}

/// The text of a body in UTF-8, or in Latin 1 where its type says so. What was cut may end within a letter.
fn as_text(body: &[u8], kind: &str, is_cut: bool) -> Option<String> {
    if memchr::memchr(0, body).is_some() {
        return None;
    }
    let kind = kind.to_ascii_lowercase();
    if kind.contains("charset=iso-8859-1") || kind.contains("charset=latin1") {
        return Some(body.iter().map(|byte| *byte as char).collect());
    }
    match std::str::from_utf8(body) {
        Ok(text) => Some(text.to_owned()),
        Err(error) if is_cut && error.error_len().is_none() => {
            let whole = &body[..error.valid_up_to()];
            Some(String::from_utf8_lossy(whole).into_owned())
        }
        Err(_) => None,
    }
}

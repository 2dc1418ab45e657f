//! The request that a command line means.

use std::fs::File;
use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use isobox_guest::http::url::Url;
use isobox_guest::http::{Headers, Request};

use crate::options::{Data, Options};

/// Largest file that is sent, in bytes: more than the machine takes.
const FILE_BYTES_MAX: u64 = 2 << 20;

const FORM: &str = "application/x-www-form-urlencoded";

/// Why there is no request: curl's status, and its words.
pub type Refusal = (i32, String);

/// The request for one address.
///
/// # Errors
/// When the address cannot be used.
pub fn request(options: &Options, url: &str) -> Result<Request, Refusal> {
    let mut url = address(url)?;
    let data = data(options);
    if let (true, Some(data)) = (options.is_get, &data) {
        let mark = if url.path.contains('?') { '&' } else { '?' };
        url.path = format!("{}{mark}{}", url.path, String::from_utf8_lossy(data));
    }
    let body = data.filter(|_| !options.is_get && !options.is_head);
    let method = match (&options.method, &body) {
        (Some(method), _) => method,
        (None, _) if options.is_head => "HEAD",
        (None, Some(_)) => "POST",
        (None, None) => "GET",
    };
    let headers = headers(options, &url, body.as_deref());
    // Who asks is in the headers now.
    if let Some((_, host)) = url.authority.rsplit_once('@') {
        url.authority = host.to_owned();
    }
    Ok(Request {
        method: method.to_owned(),
        method_is_fixed: options.method.is_some(),
        headers,
        url: url.to_string(),
        body: body.unwrap_or_default(),
    })
}

/// An address as people type it: without a scheme it is `http`.
fn address(text: &str) -> Result<Url, Refusal> {
    let whole = match text.split_once("://") {
        None => format!("http://{text}"),
        Some((scheme, _)) if !["http", "https"].contains(&&scheme.to_ascii_lowercase()[..]) => {
            let words = format!("Protocol \"{scheme}\" not supported or disabled in libcurl");
            return Err((1, words));
        }
        Some(_) => text.to_owned(),
    };
    let words = "URL using bad/illegal format or missing URL";
    Url::parse(&whole).ok_or_else(|| (3, words.to_owned()))
}

/// What curl sends, what the options say in its place, and what they add. A header without a value is taken out.
fn headers(options: &Options, url: &Url, body: Option<&[u8]>) -> Headers {
    let (user, host) = match url.authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, url.authority.as_str()),
    };
    let user = options.user.as_deref().or(user);
    let authorization = user.map(|user| format!("Basic {}", STANDARD.encode(user)));
    let agent = options.agent.as_deref().unwrap_or("curl/7.88.1");
    let accept = if options.is_json {
        "application/json"
    } else {
        "*/*"
    };
    let kind = if options.is_json {
        "application/json"
    } else {
        FORM
    };
    let length = body.map(|body| body.len().to_string());
    let usual = [
        ("Host", Some(host)),
        ("Authorization", authorization.as_deref()),
        ("User-Agent", Some(agent).filter(|agent| !agent.is_empty())),
        ("Accept", Some(accept)),
        ("Referer", options.referer.as_deref()),
        ("Cookie", options.cookie.as_deref()),
    ];
    let of_body = [
        ("Content-Length", length.as_deref()),
        ("Content-Type", body.map(|_| kind)),
    ];
    let given = options.headers.iter().filter_map(|header| {
        let (name, value) = header
            .split_once(':')
            .unwrap_or((header.trim_end_matches(';'), ""));
        let is_kept = !value.trim().is_empty() || header.ends_with(';');
        Some((name.trim(), value.trim())).filter(|_| is_kept)
    });
    let is_named = |name: &str| {
        let names = options
            .headers
            .iter()
            .map(|header| header.split([':', ';']).next());
        names
            .flatten()
            .any(|named| named.trim().eq_ignore_ascii_case(name))
    };
    let filled = |list: &[(&'static str, Option<&str>)]| -> Vec<(String, String)> {
        list.iter()
            .filter(|(name, _)| !is_named(name))
            .filter_map(|(name, value)| Some(((*name).to_owned(), (*value)?.to_owned())))
            .collect()
    };
    let mut headers = filled(&usual);
    headers.extend(given.map(|(name, value)| (name.to_owned(), value.to_owned())));
    headers.extend(filled(&of_body));
    Headers(headers)
}

/// All that is sent, its pieces joined as fields of a form; nothing when there is nothing to send.
fn data(options: &Options) -> Option<Vec<u8>> {
    let joint: &[u8] = if options.is_json { b"" } else { b"&" };
    let pieces: Vec<Vec<u8>> = options
        .data
        .iter()
        .map(|data| piece(data, options))
        .collect();
    (!pieces.is_empty()).then(|| pieces.join(joint))
}

fn piece(data: &Data, options: &Options) -> Vec<u8> {
    match data {
        Data::Raw(text) => text.clone().into_bytes(),
        Data::Text(text) => match text.strip_prefix('@') {
            None => text.clone().into_bytes(),
            Some(name) => {
                let mut content = file(name, options);
                content.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
                content
            }
        },
        Data::Binary(text) => match text.strip_prefix('@') {
            None => text.clone().into_bytes(),
            Some(name) => file(name, options),
        },
        Data::Encoded(text) => encoded(text, options).into_bytes(),
    }
}

/// `content`, `=content`, `name=content`, `@file` or `name@file`.
fn encoded(text: &str, options: &Options) -> String {
    let (name, content) = match text.find(['=', '@']) {
        None => ("", text.as_bytes().to_vec()),
        Some(at) if text[at..].starts_with('=') => {
            (&text[..at], text.as_bytes()[at + 1..].to_vec())
        }
        Some(at) => (&text[..at], file(&text[at + 1..], options)),
    };
    let mut whole = match name {
        "" => String::new(),
        name => format!("{name}="),
    };
    for byte in content {
        match byte {
            b' ' => whole.push('+'),
            b'-' | b'.' | b'_' | b'~' => whole.push(byte as char),
            byte if byte.is_ascii_alphanumeric() => whole.push(byte as char),
            byte => whole.push_str(&format!("%{byte:02X}")),
        }
    }
    whole
}

/// A file's content; of one that cannot be read there is none, and a warning.
fn file(name: &str, options: &Options) -> Vec<u8> {
    let mut content = Vec::new();
    let read = match name {
        "-" => gnu::stream::stdin()
            .by_ref()
            .take(FILE_BYTES_MAX)
            .read_to_end(&mut content),
        name => {
            File::open(name).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut content))
        }
    };
    if read.is_err() && !options.is_silent {
        eprintln!("Warning: Couldn't read data from file \"{name}\", this makes an empty POST.");
    }
    content
}

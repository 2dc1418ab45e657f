//! HTTP/1.1 messages, whole and in one piece: a request in absolute form, a response that is never chunked.

use crate::machine::fs::Content;

/// A request as a guest sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// What to do, in capitals: `GET`.
    pub method: &'a str,
    /// The whole address, as `normal_url` has it.
    pub url: String,
    /// What is sent along.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// Reads a message: request line, headers, an empty line, the body. Nothing when it is none.
    pub fn parse(message: &'a [u8]) -> Option<Request<'a>> {
        let end = message.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&message[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, url, version) = (words.next()?, words.next()?, words.next()?);
        let is_request = is_token(method) && version == "HTTP/1.1" && words.next().is_none();
        if !is_request || !lines.all(is_header) {
            return None;
        }
        Some(Request {
            method,
            url: normal_url(url)?,
            body: &message[end + 4..],
        })
    }
}

fn is_header(line: &str) -> bool {
    let value_is_fit = |value: &str| is_header_value(value);
    line.split_once(':')
        .is_some_and(|(name, value)| is_token(name) && value_is_fit(value))
}

/// Whether a text is a token as HTTP has it: a method or a header's name.
pub fn is_token(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_fit)
}

/// Whether a header can have this value.
pub fn is_header_value(value: &str) -> bool {
    value.chars().all(|c| c == '\t' || !c.is_control())
}

/// An address in the one form in which addresses are compared: scheme and host in small letters, without the port that the
/// scheme means anyway, with a path, without a fragment. Nothing when it is no address of HTTP.
pub fn normal_url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let usual_port = match &scheme[..] {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority.to_ascii_lowercase();
    let authority = authority.strip_suffix(usual_port).unwrap_or(&authority);
    let is_fit = |c: char| c.is_ascii_graphic() || !c.is_ascii();
    if authority.is_empty() || !url.chars().all(is_fit) {
        return None;
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(format!("{scheme}://{authority}{slash}{path}"))
}

/// A response as a guest reads it: the headers with the body's own length. A response to `HEAD` says what length it likes.
pub fn response(method: &str, status: u16, headers: &[(String, String)], body: &[u8]) -> Content {
    let mut message = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    let is_head = method == "HEAD";
    for (name, value) in headers {
        let is_length = name.eq_ignore_ascii_case("content-length");
        // The body stands here whole, however it came.
        if name.eq_ignore_ascii_case("transfer-encoding") || (is_length && !is_head) {
            continue;
        }
        message.push_str(&format!("{name}: {value}\r\n"));
    }
    let has_body = !is_head && !matches!(status, 204 | 304);
    if has_body {
        message.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    message.push_str("\r\n");
    let mut message = message.into_bytes();
    message.extend_from_slice(if has_body { body } else { &[] });
    Content::from(&message[..])
}

/// What is answered where nothing is recorded and the policy says so.
pub fn not_found(request: &Request<'_>) -> Content {
    let headers = [("Content-Type".to_owned(), "text/plain".to_owned())];
    response(request.method, 404, &headers, b"not found\n")
}

/// The words of the registry for a status; empty for one that is not in it.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        511 => "Network Authentication Required",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        for (url, normal) in [
            ("http://a.test", Some("http://a.test/")),
            ("HTTPS://A.Test:443/X?y#z", Some("https://a.test/X?y")),
            ("http://a.test:443?q", Some("http://a.test:443/?q")),
            ("http://a.test/a b", None),
            ("ftp://a.test/", None),
            ("http:///x", None),
            ("/x", None),
        ] {
            assert_eq!(normal_url(url).as_deref(), normal, "{url}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for message in [
            "",
            "GET http://a/ HTTP/1.1\r\n",
            "GET http://a/ HTTP/1.0\r\n\r\n",
            "GET  http://a/ HTTP/1.1\r\n\r\n",
            "GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
            "G\u{e9}T http://a/ HTTP/1.1\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\nno header\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\na b: c\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\na: b\nc: d\r\n\r\n",
        ] {
            assert_eq!(Request::parse(message.as_bytes()), None, "{message:?}");
        }
        let request = Request::parse(b"PUT http://a HTTP/1.1\r\nA: b\r\n\r\n\0\r\n\r\n").unwrap();
        assert_eq!((request.method, request.body), ("PUT", &b"\0\r\n\r\n"[..]));
    }
}

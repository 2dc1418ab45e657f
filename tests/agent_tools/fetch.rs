//! `fetch`, on recorded answers.

use isobox::Unmatched;
use serde_json::{Value, json};

use crate::desk::Desk;

const RECORDED: &str = r#"
{"url": "http://a.test/", "status": 200, "headers": [["Content-Type", "text/plain"], ["Server", "x"], ["ETag", "\"1\""]], "body": "hello\n"}
{"url": "http://a.test/", "status": 503, "headers": [["Retry-After", "3"]]}
{"url": "https://a.test/old", "status": 301, "headers": [["Location", "new/../page?q=1#part"]]}
{"url": "https://a.test/page?q=1", "status": 302, "headers": [["Location", "//b.test/x"]]}
{"url": "https://b.test/x", "status": 200, "body": "there"}
{"method": "POST", "url": "http://a.test/form", "status": 303, "headers": [["Location", "http://a.test/done"]]}
{"method": "POST", "url": "http://a.test/again", "status": 307, "headers": [["Location", "/form2"]]}
{"method": "POST", "url": "http://a.test/form2", "request_body_blake3": "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85", "status": 201, "body": "kept"}
{"url": "http://a.test/done", "status": 200, "body": "done"}
{"url": "http://a.test/round", "status": 302, "headers": [["Location", "/about"]]}
{"url": "http://a.test/about", "status": 302, "headers": [["Location", "/round"]]}
{"url": "http://a.test/image", "status": 200, "headers": [["Content-Type", "image/png"]], "body_base64": "iVBORw0KGgoA"}
{"url": "http://a.test/latin", "status": 200, "headers": [["Content-Type", "text/html; charset=ISO-8859-1"]], "body_base64": "Y2Fm6Q=="}
{"url": "http://a.test/long", "status": 200, "body": "ééééé"}
{"method": "HEAD", "url": "http://a.test/", "status": 200, "headers": [["Content-Length", "6"]]}
{"method": "DELETE", "url": "http://a.test/", "status": 404, "body": "no such thing"}
"#;

fn get(url: &str) -> Value {
    json!({"url": url})
}

fn desk() -> Desk {
    Desk::online(RECORDED, Unmatched::NotFound)
}

#[test]
fn a_response_is_shown() {
    let mut desk = desk();
    desk.answers(
        "fetch",
        get("HTTP://A.test"),
        "HTTP/1.1 200 OK\ncontent-type: text/plain\netag: \"1\"\ncontent-length: 6\n\nhello\n",
    );
    for _ in 0..2 {
        desk.answers(
            "fetch",
            get("http://a.test/"),
            "HTTP/1.1 503 Service Unavailable\nretry-after: 3\ncontent-length: 0\n\n",
        );
    }
    desk.answers(
        "fetch",
        json!({"url": "http://a.test/", "method": "head"}),
        "HTTP/1.1 200 OK\ncontent-length: 6\n\n",
    );
    desk.answers(
        "fetch",
        json!({"url": "http://a.test/", "method": "DELETE"}),
        "HTTP/1.1 404 Not Found\ncontent-length: 13\n\nno such thing",
    );
    desk.answers(
        "fetch",
        get("http://a.test/elsewhere"),
        "HTTP/1.1 404 Not Found\ncontent-type: text/plain\ncontent-length: 10\n\nnot found\n",
    );
}

#[test]
fn a_fork_is_answered_as_its_origin() {
    let mut desk = desk();
    let mut fork = Desk(desk.0.fork());
    let first = desk.call("fetch", get("http://a.test/"));
    let second = desk.call("fetch", get("http://a.test/"));
    assert_ne!(first, second);
    assert_eq!(fork.call("fetch", get("http://a.test/")), first);
    assert_eq!(fork.call("fetch", get("http://a.test/")), second);
}

#[test]
fn redirects_are_followed() {
    let mut desk = desk();
    desk.answers(
        "fetch",
        get("https://a.test/old"),
        "[301 redirect: https://a.test/old -> https://a.test/page?q=1]\n[302 redirect: https://a.test/page?q=1 -> \
         https://b.test/x]\nHTTP/1.1 200 OK\ncontent-length: 5\n\nthere",
    );
    desk.answers(
        "fetch",
        json!({"url": "http://a.test/form", "method": "POST", "body": "a=1"}),
        "[303 redirect: http://a.test/form -> http://a.test/done]\nHTTP/1.1 200 OK\ncontent-length: 4\n\ndone",
    );
    desk.answers(
        "fetch",
        json!({"url": "http://a.test/again", "method": "POST", "body": "abc"}),
        "[307 redirect: http://a.test/again -> http://a.test/form2]\nHTTP/1.1 201 Created\ncontent-length: 4\n\nkept",
    );
    desk.fails(
        "fetch",
        get("http://a.test/round"),
        1,
        "fetch: more than 10 redirects: they go round in a loop by way of http://a.test/round",
    );
}

#[test]
fn bodies_are_shown_as_far_as_they_are_text() {
    let mut desk = desk();
    for (arguments, shown) in [
        (
            get("http://a.test/image"),
            "content-type: image/png\ncontent-length: 9\n\n[binary body: image/png, 9 bytes]",
        ),
        (
            get("http://a.test/latin"),
            "content-type: text/html; charset=ISO-8859-1\ncontent-length: 4\n\ncafé",
        ),
        (
            json!({"url": "http://a.test/long", "max_bytes": 5}),
            "content-length: 10\n\néé\n[body cut: 5 of 10 bytes shown]",
        ),
        (
            json!({"url": "http://a.test/long", "max_bytes": 0}),
            "content-length: 10\n\n\n[body cut: 0 of 10 bytes shown]",
        ),
    ] {
        desk.answers("fetch", arguments, &format!("HTTP/1.1 200 OK\n{shown}"));
    }
}

#[test]
fn what_gets_no_response_is_named() {
    for (unmatched, status, words) in [
        (
            Unmatched::Denied,
            3,
            "fetch: http://b.test:81/x: the network policy of this environment denies the request",
        ),
        (
            Unmatched::DnsFailure,
            1,
            "fetch: http://b.test:81/x: could not resolve host b.test",
        ),
        (
            Unmatched::ConnectionRefused,
            1,
            "fetch: http://b.test:81/x: b.test refused the connection",
        ),
        (
            Unmatched::Timeout,
            1,
            "fetch: http://b.test:81/x: the request timed out",
        ),
    ] {
        let mut desk = Desk::online(RECORDED, unmatched);
        desk.fails("fetch", get("http://b.test:81/x"), status, words);
    }
    let mut desk = Desk::new();
    let denied = "fetch: http://a.test/: the network policy of this environment denies the request";
    desk.fails("fetch", get("http://a.test"), 3, denied);
}

#[test]
fn requests_that_cannot_be_meant_are_refused() {
    let mut desk = desk();
    for (arguments, words) in [
        (
            get("a.test"),
            "fetch: `a.test` is no whole address: it has to begin with http:// or https:// and to have no spaces",
        ),
        (
            json!({"url": "http://a.test/", "method": "G T"}),
            "fetch: `G T` is no method",
        ),
        (
            json!({"url": "http://a.test/", "headers": "Accept: x\nnone"}),
            "fetch: `none` is no header: each line of headers must be `Name: value`",
        ),
        (
            json!({"url": "http://a.test/", "max_bytes": -1}),
            "fetch: max_bytes must be between 0 and 1048576",
        ),
        (
            json!({"url": "http://a.test/", "body": "x".repeat(1 << 20)}),
            "fetch: http://a.test/: the request is too long: it may have 1 MiB with its headers and body",
        ),
        (json!({}), "Parameter `url` is required"),
    ] {
        desk.fails("fetch", arguments, 2, words);
    }
}

//! `curl` on recorded answers; what it prints was recorded from curl 7.88.1.

mod common;

use common::session_under;
use isobox::{Command, Contract, Digest, Network, Outcome, Session, Unmatched};

/// What the program is called.
const CURL: &str = "curl";

/// Headings of the progress meter and its first line.
const METER: &str = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 \
    Dload  Upload   Total   Spent    Left  Speed\n\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0";

fn recorded() -> String {
    let posts = [
        ("a=1&b=2", "POST"),
        ("hello\n", "PUT"),
        ("{\"a\":1}", "POST"),
        ("a=b+c%26", "POST"),
        ("hello", "POST"),
        ("", "POST"),
        ("@x.txt", "POST"),
    ];
    let posts = posts.map(|(body, method)| {
        let digest = Digest::of_bytes(body.as_bytes());
        format!(
            r#"{{"method": "{method}", "url": "http://a.test/echo", "request_body_blake3": "{digest}", "status": 200, "body": {}}}"#,
            serde_json::json!(format!("{method} {body}"))
        )
    });
    let text = r#""headers": [["Content-Type", "text/plain"]]"#;
    let fixed = [
        format!(r#"{{"url": "http://a.test/ok.txt", "status": 200, {text}, "body": "hello\n"}}"#),
        format!(r#"{{"url": "http://a.test/404", "status": 404, {text}, "body": "nope\n"}}"#),
        r#"{"url": "http://a.test/r", "status": 302, "headers": [["Location", "/ok.txt"]], "body": "moved\n"}"#.to_owned(),
        r#"{"method": "HEAD", "url": "http://a.test/r", "status": 302, "headers": [["Location", "/ok.txt"]]}"#.to_owned(),
        r#"{"method": "HEAD", "url": "http://a.test/ok.txt", "status": 200, "headers": [["Content-Length", "6"]]}"#.to_owned(),
        r#"{"url": "http://a.test/loop", "status": 302, "headers": [["Location", "/loop"]]}"#.to_owned(),
        r#"{"method": "POST", "url": "http://a.test/p303", "status": 303, "headers": [["Location", "/ok.txt"]]}"#.to_owned(),
        r#"{"method": "POST", "url": "http://a.test/p307", "status": 307, "headers": [["Location", "/echo"]]}"#.to_owned(),
        r#"{"url": "http://a.test/q?a=1&q=1", "status": 200, "body": "asked\n"}"#.to_owned(),
    ];
    [fixed.join("\n"), posts.join("\n")].join("\n")
}

fn session(unmatched: Unmatched) -> Session {
    let network = Network::from_json_lines(&recorded(), unmatched).expect("they can be used");
    let contract = Contract {
        network,
        ..Contract::default()
    };
    session_under(contract)
}

/// Runs a command line of the shell in `/tmp`: its output, its errors, its status.
fn run_in(session: &mut Session, script: &str) -> (String, String, u8) {
    let script = script.replace("U/", "http://a.test/").replace("curl", CURL);
    let command = Command::new("bash").args(["-c", &script]).cwd("/tmp");
    let result = session.run(&command).expect("bash runs");
    let [stdout, stderr] = [&result.stdout, &result.stderr]
        .map(|captured| String::from_utf8_lossy(&captured.bytes).into_owned());
    match result.outcome {
        Outcome::Exited { status } => (stdout, stderr, status),
        outcome => panic!("{script}: {outcome:?}"),
    }
}

fn run(script: &str) -> (String, String, u8) {
    run_in(&mut session(Unmatched::DnsFailure), script)
}

#[track_caller]
fn prints(script: &str, stdout: &str) {
    assert_eq!(
        run(script),
        (stdout.to_owned(), String::new(), 0),
        "{script}"
    );
}

#[track_caller]
fn fails(script: &str, stderr: &str, status: u8) {
    assert_eq!(
        run(script),
        (String::new(), stderr.to_owned(), status),
        "{script}"
    );
}

#[test]
fn bodies_and_heads_are_printed() {
    prints("curl -s U/ok.txt", "hello\n");
    prints("curl -s a.test/ok.txt", "hello\n");
    prints("curl -s U/ok.txt U/404", "hello\nnope\n");
    prints("curl -sS U/404", "nope\n");
    prints(
        "curl -si U/r",
        "HTTP/1.1 302 Found\r\nLocation: /ok.txt\r\nContent-Length: 6\r\n\r\nmoved\n",
    );
    prints(
        "curl -sIL U/r",
        "HTTP/1.1 302 Found\r\nLocation: /ok.txt\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n",
    );
    prints(
        "curl -s --location --include U/r",
        "HTTP/1.1 302 Found\r\nLocation: /ok.txt\r\nContent-Length: 6\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\
         Content-Length: 6\r\n\r\nhello\n",
    );
}

#[test]
fn bodies_go_to_files() {
    prints("curl -s -o x U/ok.txt; cat x", "hello\n");
    prints("curl -sO U/ok.txt; cat ok.txt", "hello\n");
    prints("curl -s -ox -oy U/ok.txt U/404; cat y x", "nope\nhello\n");
    fails(
        "curl -sSf -o x U/404; s=$?; cat x 2>/dev/null; exit $s",
        "curl: (22) The requested URL returned error: 404\n",
        22,
    );
    fails(
        "curl -sS -o /nonexistent/x U/ok.txt",
        "curl: (23) Failure writing output to destination\n",
        23,
    );
    fails(
        "curl -sO U/",
        "curl: Remote file name has no length!\ncurl: (23) Failed writing received data to disk/application\n",
        23,
    );
}

#[test]
fn data_is_sent() {
    prints("curl -s -d a=1 -d b=2 U/echo", "POST a=1&b=2");
    prints(
        "echo hello > x.txt; curl -s -X PUT --data-binary @x.txt U/echo",
        "PUT hello\n",
    );
    prints("echo hello | curl -s -d @- U/echo", "POST hello");
    prints("curl -s --data-raw @x.txt U/echo", "POST @x.txt");
    prints("curl -s --json '{\"a\":1}' U/echo", "POST {\"a\":1}");
    prints("curl -s --data-urlencode 'a=b c&' U/echo", "POST a=b+c%26");
    prints("curl -sG -d q=1 'U/q?a=1'", "asked\n");
    prints("curl -sd @nofile U/echo", "POST ");
    prints("curl -sL -d a=1 U/p303", "hello\n");
    prints("curl -sL -d a=1 -d b=2 U/p307", "POST a=1&b=2");
}

#[test]
fn facts_are_written_out() {
    prints(
        r"curl -s -o x -w '%{http_code} %{size_download} %{url_effective} %{content_type} %{num_redirects} %{redirect_url}\n' -L U/r",
        "200 6 http://a.test/ok.txt text/plain 1 \n",
    );
    prints("curl -s -o /dev/null -w '%{http_code}' U/404", "404");
    prints(
        "curl -s -o /dev/null -w '%{redirect_url}' U/r",
        "http://a.test/ok.txt",
    );
    let (stdout, stderr, status) =
        run(r"curl -s -w '%{frob} %% \t|%{response_code}|%x' -o x U/ok.txt");
    assert_eq!(stdout, " % \t|200|%x");
    assert_eq!(
        (stderr.as_str(), status),
        ("curl: unknown --write-out variable: 'frob'\n", 0)
    );
    let (stdout, stderr, status) = run(r"curl -sSw '%{http_code}\n' http://nowhere.invalid");
    assert_eq!(stdout, "000\n");
    assert_eq!(
        (stderr.as_str(), status),
        ("curl: (6) Could not resolve host: nowhere.invalid\n", 6)
    );
}

#[test]
fn what_fails_is_said_in_curls_words() {
    for (script, stderr, status) in [
        ("curl -sf U/404", "", 22),
        (
            "curl -sSL --max-redirs 3 U/loop",
            "curl: (47) Maximum (3) redirects followed\n",
            47,
        ),
        (
            "curl -sSL U/loop",
            "curl: (47) Maximum (50) redirects followed\n",
            47,
        ),
        (
            "curl -sS foo://x",
            "curl: (1) Protocol \"foo\" not supported or disabled in libcurl\n",
            1,
        ),
        (
            "curl -sS http://",
            "curl: (3) URL using bad/illegal format or missing URL\n",
            3,
        ),
        (
            "curl",
            "curl: try 'curl --help' or 'curl --manual' for more information\n",
            2,
        ),
        (
            "curl -s --frob",
            "curl: option --frob: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
            2,
        ),
        (
            "curl -s -X",
            "curl: option -X: requires parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
            2,
        ),
        (
            "curl -s --max-time x U/",
            "curl: option --max-time: expected a proper numerical parameter\ncurl: try 'curl --help' or 'curl --manual' for \
             more information\n",
            2,
        ),
    ] {
        fails(script, stderr, status);
    }
    let (stdout, stderr, status) = run("curl --fail-with-body -sS U/404");
    assert_eq!((stdout.as_str(), status), ("nope\n", 22));
    assert_eq!(stderr, "curl: (22) The requested URL returned error: 404\n");
}

#[test]
fn networks_fail_in_their_ways() {
    for (unmatched, script, stderr, status) in [
        (
            Unmatched::Denied,
            "curl -sS http://b.test:81/",
            "curl: (6) Could not resolve host: b.test\n",
            6,
        ),
        (
            Unmatched::ConnectionRefused,
            "curl -sS https://b.test/",
            "curl: (7) Failed to connect to b.test port 443 after 0 ms: Couldn't connect to server\n",
            7,
        ),
        (
            Unmatched::Timeout,
            "curl -sS --max-time 2.5 http://b.test/",
            "curl: (28) Connection timed out after 2500 milliseconds\n",
            28,
        ),
        (
            Unmatched::Timeout,
            "SECONDS=0; curl -s http://b.test/; s=$?; echo $SECONDS >&2; exit $s",
            "134\n",
            28,
        ),
    ] {
        let answer = run_in(&mut session(unmatched), script);
        assert_eq!(
            answer,
            (String::new(), stderr.to_owned(), status),
            "{script}"
        );
    }
}

#[test]
fn the_meter_is_shown_unless_it_is_silenced() {
    let (stdout, stderr, status) = run("curl U/ok.txt");
    assert_eq!((stdout.as_str(), status), ("hello\n", 0));
    let last = stderr.strip_prefix(METER).expect("it begins with nothing");
    assert!(
        last.starts_with("\r100     6  100     6    0     0  "),
        "{last:?}"
    );
    assert!(
        last.contains("      0 --:--:-- --:--:-- --:--:-- ") && last.ends_with('\n'),
        "{last:?}"
    );
    let error = format!("{METER}curl: (6) Could not resolve host: nowhere.invalid\n");
    fails("curl http://nowhere.invalid/", &error, 6);
}

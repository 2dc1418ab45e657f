//! The network as guests see it, host call by host call.

mod common;

use common::guest::{Guest, OUT, errno};
use common::session_under;
use isobox::{Contract, Network, Session, Unmatched};

const RECORDED: &str = r#"{"url": "http://a.test/", "status": 200, "body": "hello"}
{"url": "http://a.test/", "status": 204}"#;

const GET: &str = "GET http://a.test/ HTTP/1.1\r\n\r\n";

const FIRST: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

const SECOND: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn session(network: Network) -> Session {
    let contract = Contract {
        network,
        ..Contract::default()
    };
    session_under(contract)
}

fn online(unmatched: Unmatched) -> Session {
    session(Network::from_json_lines(RECORDED, unmatched).expect("they can be used"))
}

fn asks(guest: &mut Guest, request: &str, errno: u16) {
    let (text, length) = guest.bytes(request);
    guest.call("http_exchange", [text, length, OUT], errno);
}

#[test]
fn a_response_is_read_from_a_descriptor() {
    let mut guest = Guest::new();
    asks(&mut guest, GET, errno::OK);
    guest.holds_u32(OUT, 4);
    guest.reads(4, 9, &FIRST[..9]);
    guest.call("fd_seek", [4, -5, 2, OUT], errno::OK);
    guest.reads(4, 100, "hello");
    guest.reads(4, 100, "");
    let iovec = guest.text("x");
    guest.call("fd_write", [4, iovec, 1, OUT], errno::BADF);
    asks(&mut guest, GET, errno::OK);
    guest.holds_u32(OUT, 5);
    guest.closes(&[4]);
    asks(&mut guest, GET, errno::OK);
    guest.holds_u32(OUT, 4);
    guest.reads(4, 100, SECOND);
    guest.reads(5, 100, SECOND);
    guest.run_in(&mut online(Unmatched::Denied));
}

#[test]
fn what_was_asked_is_remembered_by_the_session_and_its_forks() {
    let asking = |answer: &str| {
        let mut guest = Guest::new();
        asks(&mut guest, GET, errno::OK);
        guest.reads(4, 100, answer);
        guest
    };
    let mut session = online(Unmatched::Denied);
    let mut fork = session.fork();
    let first = asking(FIRST).run_in(&mut session);
    assert_eq!(asking(FIRST).run_in(&mut fork).digest(), first.digest());
}

#[test]
fn a_request_without_a_response_has_its_errno() {
    let other = "GET http://b.test/ HTTP/1.1\r\n\r\n";
    for (mut session, errno) in [
        (session(Network::Deny), errno::ACCES),
        (online(Unmatched::Denied), errno::ACCES),
        (online(Unmatched::DnsFailure), errno::NOENT),
        (online(Unmatched::ConnectionRefused), errno::CONNREFUSED),
        (online(Unmatched::Timeout), errno::TIMEDOUT),
        (online(Unmatched::NotFound), errno::OK),
    ] {
        let mut guest = Guest::new();
        asks(&mut guest, other, errno);
        guest.run_in(&mut session);
    }
}

#[test]
fn what_is_no_request_is_refused() {
    let mut guest = Guest::new();
    for request in [
        "",
        "GET / HTTP/1.1\r\n\r\n",
        "GET http://a.test/ HTTP/1.1\r\n",
    ] {
        asks(&mut guest, request, errno::INVAL);
    }
    let (text, length) = guest.bytes(GET);
    guest.call("http_exchange", [-1, length, OUT], errno::FAULT);
    guest.call("http_exchange", [text, length, -1], errno::FAULT);
    guest.call("http_exchange", [text, (1 << 20) + 1, OUT], errno::INVAL);
    // None of these was an exchange.
    asks(&mut guest, GET, errno::OK);
    guest.reads(4, 100, FIRST);
    guest.run_in(&mut online(Unmatched::Denied));
}

//! One address: its exchanges, and where what comes goes.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use isobox_guest::http::url::Url;
use isobox_guest::http::{Failure, Followed, Response, Stopped};

use crate::meter::Meter;
use crate::options::{Options, Output};
use crate::request::request;
use crate::write_out;

/// Most redirects that are followed unless the options say otherwise.
const REDIRECTS_USUAL: usize = 50;

/// How long a connection takes to fail when nothing answers: what Linux waits, about.
const CONNECT_TIME: Duration = Duration::from_secs(134);

/// What came of an address: curl's status, and its words unless all went well.
pub struct Ended {
    pub status: i32,
    pub words: String,
    pub elapsed: Duration,
}

/// Makes the exchanges, and returns curl's status.
pub fn transfer(options: &Options, url: &str, output: Option<&Output>) -> i32 {
    let began = Instant::now();
    let request = match request(options, url) {
        Ok(request) => request,
        Err((status, words)) => return say(options, status, &words),
    };
    let file = match output {
        None => None,
        Some(Output::File(name)) => Some(name.clone()).filter(|name| name != "-"),
        Some(Output::Remote) => match remote_name(&request.url) {
            Some(name) => Some(name),
            None => return nameless(),
        },
    };
    let mut meter = Meter::begin(options.is_silent, request.body.len() as u64);
    let redirects_max = match options.follows {
        true => options.redirects_max.unwrap_or(REDIRECTS_USUAL),
        false => 0,
    };
    let asked = request.url.clone();
    let answer = match options.follows {
        true => request.follow(redirects_max, u64::MAX),
        false => request.send(u64::MAX).map_or_else(
            |failure| {
                Err(Stopped::Failed {
                    url: asked.clone(),
                    failure,
                })
            },
            |response| {
                Ok(Followed {
                    redirects: Vec::new(),
                    url: asked.clone(),
                    response,
                })
            },
        ),
    };
    let (status, words) = match &answer {
        Ok(followed) => receive(options, followed, file.as_deref(), &mut meter, began),
        Err(stopped) => stopped_words(options, stopped, redirects_max),
    };
    if answer.is_ok() {
        meter.end();
    }
    let status = say(options, status, &words);
    if let Some(format) = &options.write_out {
        let ended = Ended {
            status,
            words,
            elapsed: began.elapsed(),
        };
        write_out::print(
            format,
            &asked,
            answer.ok().as_ref(),
            &ended,
            file.as_deref(),
        );
    }
    status
}

/// Puts down what came.
fn receive(
    options: &Options,
    followed: &Followed,
    file: Option<&str>,
    meter: &mut Meter,
    began: Instant,
) -> (i32, String) {
    let response = &followed.response;
    let is_error = response.status >= 400;
    let mut whole = Vec::new();
    if options.shows_headers || options.is_head {
        for redirect in &followed.redirects {
            whole.extend(head(&redirect.response));
        }
        whole.extend(head(response));
    }
    let has_body = !(options.fails && is_error);
    if has_body {
        whole.extend_from_slice(&response.body);
    }
    let received = if has_body {
        response.body.len() as u64
    } else {
        0
    };
    meter.move_on(received, response.body_bytes, began.elapsed());
    let written = match file {
        // A file is made when there is something to put in it.
        Some(_) if whole.is_empty() && !has_body => Ok(()),
        Some(name) => File::create(name).and_then(|mut file| file.write_all(&whole)),
        None => std::io::stdout()
            .write_all(&whole)
            .and_then(|()| std::io::stdout().flush()),
    };
    if written.is_err() {
        return (23, "Failure writing output to destination".to_owned());
    }
    if is_error && (options.fails || options.fails_with_body) {
        let words = format!("The requested URL returned error: {}", response.status);
        return (22, words);
    }
    (0, String::new())
}

fn head(response: &Response) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {} {}\r\n", response.status, response.reason);
    for (name, value) in &response.headers.0 {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

fn stopped_words(options: &Options, stopped: &Stopped, redirects_max: usize) -> (i32, String) {
    let (url, failure) = match stopped {
        Stopped::Failed { url, failure } => (url, failure),
        Stopped::TooMany { .. } => {
            return (47, format!("Maximum ({redirects_max}) redirects followed"));
        }
    };
    let Some(url) = Url::parse(url) else {
        return (3, "URL using bad/illegal format or missing URL".to_owned());
    };
    let (host, port) = (url.host(), url.port());
    let no_connection = |ms: u128| {
        format!("Failed to connect to {host} port {port} after {ms} ms: Couldn't connect to server")
    };
    match failure {
        // A machine without a network knows no names either.
        Failure::NameNotFound | Failure::Denied => (6, format!("Could not resolve host: {host}")),
        Failure::ConnectionRefused => (7, no_connection(0)),
        Failure::TimedOut => {
            let limit = options.time_max.unwrap_or(CONNECT_TIME);
            std::thread::sleep(limit);
            let ms = limit.as_millis();
            (
                28,
                match options.time_max {
                    Some(_) => format!("Connection timed out after {ms} milliseconds"),
                    None => no_connection(ms),
                },
            )
        }
        Failure::Unfit => (
            55,
            "Send failure: the request is longer than the network takes".to_owned(),
        ),
        Failure::Garbled => (1, "Received HTTP/0.9 when not allowed".to_owned()),
        Failure::Io(error) => (56, format!("Recv failure: {}", isobox_guest::plain(error))),
    }
}

fn remote_name(url: &str) -> Option<String> {
    let path = Url::parse(url)?.path;
    let path = path.split('?').next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    (!name.is_empty()).then(|| name.to_owned())
}

fn nameless() -> i32 {
    eprintln!("curl: Remote file name has no length!");
    eprintln!("curl: (23) Failed writing received data to disk/application");
    23
}

/// Says what went wrong, unless nothing is to be said.
fn say(options: &Options, status: i32, words: &str) -> i32 {
    if !words.is_empty() && (!options.is_silent || options.shows_errors) {
        eprintln!("curl: ({status}) {words}");
    }
    status
}

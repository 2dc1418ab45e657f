//! HTTP by the machine's network, which the import module `isobox_v1` offers in one function: a whole request out, a whole
//! response in.
//!
//! [`Request::send`] makes one exchange, [`Request::follow`] goes where responses redirect.

mod redirect;
pub mod url;

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::FromRawFd;

pub use redirect::{Followed, Redirect, Stopped};

/// The function the machine adds to preview 1, as it is imported.
pub mod raw {
    #[link(wasm_import_module = "isobox_v1")]
    unsafe extern "C" {
        /// Sends an HTTP/1.1 request in absolute form, and writes the number of a descriptor to `response` from which the
        /// response can be read, status line, headers, an empty line and the body, which is never chunked. Errnos: `EACCES`
        /// where the network's policy denies the request, `ENOENT` where the host has no address, `ECONNREFUSED`,
        /// `ETIMEDOUT`; `EINVAL` when the message is none, or longer than 1 MiB.
        pub fn http_exchange(request: *const u8, request_len: usize, response: *mut u32) -> i32;
    }
}

/// Longest head of a response that is read, in bytes.
const HEAD_BYTES_MAX: usize = 1 << 20;

/// What is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Whether redirects leave the method alone.
    pub method_is_fixed: bool,
    /// The whole address.
    pub url: String,
    /// In order.
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    /// The words behind the status.
    pub reason: String,
    pub headers: Headers,
    /// The body, or its beginning.
    pub body: Vec<u8>,
    /// How long the whole body is, in bytes.
    pub body_bytes: u64,
}

/// Names and values, in order.
#[derive(Clone, Debug, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of a name, in capitals or not.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Adds a header unless its name is there already.
    pub fn add_missing(&mut self, name: &str, value: &str) {
        if self.get(name).is_none() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Takes out all headers of some names.
    pub fn remove(&mut self, names: &[&str]) {
        let is_named = |name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        self.0.retain(|(name, _)| !is_named(name));
    }
}

/// Why there is no response.
#[derive(Debug)]
pub enum Failure {
    /// The network's policy denies the request.
    Denied,
    /// The host's name leads nowhere.
    NameNotFound,
    /// The host refuses the connection.
    ConnectionRefused,
    /// Nothing came back.
    TimedOut,
    /// The request is none, or too long.
    Unfit,
    /// What came is no response.
    Garbled,
    /// Something else.
    Io(io::Error),
}

impl Request {
    /// Sends the request and reads the response; no more of its body than `body_bytes_max`.
    ///
    /// # Errors
    /// When there is no response.
    pub fn send(&self, body_bytes_max: u64) -> Result<Response, Failure> {
        let mut file = exchange(&self.message())?;
        let head = read_head(&mut file)?;
        let (text, rest) = head.split_at(end_of_head(&head).ok_or(Failure::Garbled)?);
        let (status, reason, headers) = parse_head(text).ok_or(Failure::Garbled)?;
        let mut body = rest[4..].to_vec();
        let wanted = body_bytes_max.saturating_sub(body.len() as u64);
        file.by_ref()
            .take(wanted)
            .read_to_end(&mut body)
            .map_err(Failure::Io)?;
        let all = file.metadata().map_err(Failure::Io)?.len();
        body.truncate(usize::try_from(body_bytes_max).unwrap_or(usize::MAX));
        Ok(Response {
            status,
            reason,
            headers,
            body,
            body_bytes: all.saturating_sub(text.len() as u64 + 4),
        })
    }

    fn message(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.url);
        for (name, value) in &self.headers.0 {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

fn exchange(message: &[u8]) -> Result<File, Failure> {
    let mut response = 0;
    // SAFETY: the message and `response` outlive the call.
    let errno = unsafe { raw::http_exchange(message.as_ptr(), message.len(), &raw mut response) };
    match errno {
        // SAFETY: the machine has just opened the descriptor, for nobody else.
        0 => Ok(unsafe { File::from_raw_fd(response as i32) }),
        libc::EACCES => Err(Failure::Denied),
        libc::ENOENT => Err(Failure::NameNotFound),
        libc::ECONNREFUSED => Err(Failure::ConnectionRefused),
        libc::ETIMEDOUT => Err(Failure::TimedOut),
        libc::EINVAL => Err(Failure::Unfit),
        errno => Err(Failure::Io(io::Error::from_raw_os_error(errno))),
    }
}

/// The response up to the end of its head at least.
fn read_head(file: &mut File) -> Result<Vec<u8>, Failure> {
    let (mut head, mut block) = (Vec::new(), [0; 16 << 10]);
    while end_of_head(&head).is_none() && head.len() < HEAD_BYTES_MAX {
        match file.read(&mut block).map_err(Failure::Io)? {
            0 => break,
            length => head.extend_from_slice(&block[..length]),
        }
    }
    Ok(head)
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n")
}

fn parse_head(head: &[u8]) -> Option<(u16, String, Headers)> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.splitn(3, ' ');
    let _version = words.next()?;
    let status = words.next()?.parse().ok()?;
    let reason = words.next().unwrap_or_default().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    Some((status, reason, Headers(headers.collect())))
}

/// Whether a text is a token as HTTP has it: a method or a header's name.
pub fn is_token(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_fit)
}

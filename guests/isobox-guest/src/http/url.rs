//! Addresses of HTTP: what they consist of, and what one means that is seen from another (RFC 3986).

/// What of an address matters for its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// In small letters: `http` or `https`.
    pub scheme: String,
    /// Host and port as they stand there.
    pub authority: String,
    /// From the slash on, with the query.
    pub path: String,
}

impl Url {
    /// Reads a whole address, without its fragment. Nothing when it is none of HTTP.
    pub fn parse(text: &str) -> Option<Url> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" && scheme != "https" {
            return None;
        }
        let rest = before(rest, &['#']);
        let authority = before(rest, &['/', '?']);
        let path = &rest[authority.len()..];
        let slash = if path.starts_with('/') { "" } else { "/" };
        let is_fit = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        (is_fit && !authority.is_empty()).then(|| Url {
            scheme,
            authority: authority.to_owned(),
            path: format!("{slash}{path}"),
        })
    }

    /// The host, without a user and without the port.
    pub fn host(&self) -> &str {
        let host = self.authority.rsplit('@').next().unwrap_or_default();
        match host.rfind(':') {
            Some(at) if host[at + 1..].bytes().all(|byte| byte.is_ascii_digit()) => &host[..at],
            _ => host,
        }
    }

    /// The port, or the scheme's own.
    pub fn port(&self) -> &str {
        let host = self.authority.rsplit('@').next().unwrap_or_default();
        match host.rfind(':') {
            Some(at)
                if at + 1 < host.len() && host[at + 1..].bytes().all(|b| b.is_ascii_digit()) =>
            {
                &host[at + 1..]
            }
            _ if self.scheme == "https" => "443",
            _ => "80",
        }
    }

    /// Whether another address has the same scheme, host and port.
    pub fn has_origin_of(&self, other: &Url) -> bool {
        self.scheme == other.scheme
            && self.host().eq_ignore_ascii_case(other.host())
            && self.port() == other.port()
    }

    /// What a reference means that stands in what this address gave.
    pub fn join(&self, reference: &str) -> Option<Url> {
        let reference = before(reference.trim(), &['#']);
        if reference.contains("://") && before(reference, &['/', '?']).ends_with(':') {
            return Url::parse(reference);
        }
        if reference.starts_with("//") {
            return Url::parse(&format!("{}:{reference}", self.scheme));
        }
        let own = before(&self.path, &['?']);
        let path = match reference.chars().next() {
            None => self.path.clone(),
            Some('/') => reference.to_owned(),
            Some('?') => format!("{own}{reference}"),
            Some(_) => format!("{}/{reference}", own.rsplit_once('/').unwrap_or_default().0),
        };
        let path = without_dots(&path);
        Url::parse(&format!("{}://{}{path}", self.scheme, self.authority))
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

fn before<'a>(text: &'a str, marks: &[char]) -> &'a str {
    let end = text.find(marks).unwrap_or(text.len());
    &text[..end]
}

/// A path without `.` and `..`, its query as it is.
fn without_dots(path: &str) -> String {
    let plain = before(path, &['?']);
    let mut parts: Vec<&str> = Vec::new();
    let last = plain.split('/').count() - 1;
    for (at, part) in plain.split('/').enumerate() {
        match part {
            "." | ".." => {
                if part == ".." && parts.len() > 1 {
                    parts.pop();
                }
                if at == last {
                    parts.push("");
                }
            }
            part => parts.push(part),
        }
    }
    format!("{}{}", parts.join("/"), &path[plain.len()..])
}

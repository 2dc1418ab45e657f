//! Who made a commit, and when.

use super::{Config, Surroundings, date};
use crate::failure::{Failure, Outcome};

/// A name, an address, a time and a time zone, as commits and reflogs hold them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub name: Vec<u8>,
    pub email: Vec<u8>,
    pub seconds: i64,
    /// The time zone as it was written: `+0100` is 100.
    pub zone: i32,
}

impl Signature {
    /// Reads `Name <address> seconds zone`.
    pub fn parse(line: &[u8]) -> Option<Signature> {
        let open = memchr::memchr(b'<', line)?;
        let close = memchr::memrchr(b'>', line)?;
        let when = String::from_utf8_lossy(line.get(close + 1..)?).into_owned();
        let mut words = when.split_whitespace();
        Some(Signature {
            name: line[..open].trim_ascii().to_vec(),
            email: line.get(open + 1..close)?.to_vec(),
            seconds: words.next().and_then(|word| word.parse().ok()).unwrap_or(0),
            zone: words.next().and_then(|word| word.parse().ok()).unwrap_or(0),
        })
    }

    /// `Name <address> seconds zone`.
    pub fn line(&self) -> Vec<u8> {
        let when = format!(
            "> {} {}{:04}",
            self.seconds,
            if self.zone < 0 { '-' } else { '+' },
            self.zone.abs()
        );
        [&self.name[..], b" <", &self.email, when.as_bytes()].concat()
    }
}

/// Which of the two a commit names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Author,
    Committer,
}

impl Role {
    fn variable(self) -> &'static str {
        match self {
            Role::Author => "AUTHOR",
            Role::Committer => "COMMITTER",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Role::Author => "author",
            Role::Committer => "committer",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Role::Author => "Author",
            Role::Committer => "Committer",
        }
    }
}

/// Who works here, as environment and settings say.
///
/// # Errors
/// git's words when nobody said who it is, or the date isn't one.
pub fn signature(surroundings: &Surroundings, config: &Config, role: Role) -> Outcome<Signature> {
    let variable = |what: &str| surroundings.variable(&format!("GIT_{}_{what}", role.variable()));
    let setting = |what: &str| {
        let own = config.get(&format!("{}.{what}", role.setting()));
        own.or_else(|| config.get(&format!("user.{what}")))
            .map(str::to_owned)
    };
    let email = variable("EMAIL")
        .filter(|email| !email.is_empty())
        .or_else(|| setting("email"))
        .or_else(|| {
            surroundings
                .variable("EMAIL")
                .filter(|email| !email.is_empty())
        });
    let name = variable("NAME").or_else(|| setting("name"));
    let email = match (email, &name) {
        (Some(email), _) => email,
        (None, _) => return Err(unknown(role, &host_guess())),
    };
    let name = match name {
        Some(name) => name,
        None => {
            return Err(unknown(
                role,
                &format!("empty ident name (for <{email}>) not allowed"),
            ));
        }
    };
    let (name, email) = (clean(&name), clean(&email));
    if name.is_empty() {
        return Err(unknown_plain(&format!(
            "empty ident name (for <{email}>) not allowed"
        )));
    }
    let (seconds, zone) = match variable("DATE").filter(|date| !date.is_empty()) {
        Some(text) => date::parse(&text, surroundings.now())
            .ok_or_else(|| Failure::fatal(format!("invalid date format: {text}")))?,
        None => (surroundings.now(), 0),
    };
    Ok(Signature {
        name: name.into_bytes(),
        email: email.into_bytes(),
        seconds,
        zone,
    })
}

fn host_guess() -> String {
    "unable to auto-detect email address (got 'user@localhost.(none)')".to_owned()
}

fn unknown(role: Role, what: &str) -> Failure {
    let title = role.title();
    Failure::plain(
        128,
        format!(
            "{title} identity unknown\n\n*** Please tell me who you are.\n\nRun\n\n  git config --global user.email \"you@example.com\"\n  \
             git config --global user.name \"Your Name\"\n\nto set your account's default identity.\nOmit --global to set the identity only in this repository.\n\nfatal: {what}"
        ),
    )
}

fn unknown_plain(what: &str) -> Failure {
    Failure::fatal(what)
}

/// Names lose what would end them early, and punctuation at their ends.
fn clean(text: &str) -> String {
    let crud = |c: char| c <= ' ' || ",:;<>\"\\'".contains(c);
    let inner = text.trim_matches(crud);
    inner
        .chars()
        .filter(|c| !matches!(c, '<' | '>' | '\n'))
        .collect()
}

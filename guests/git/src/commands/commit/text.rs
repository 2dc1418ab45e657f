//! The message of a commit, from wherever it comes.

use std::fs;

use crate::commands::message::{self, Cleanup};
use crate::commands::operands::standard_input;
use crate::commands::{editor, hooks};
use crate::failure::{Failure, Outcome};
use crate::repository::{Commit, Repository, Role, Signature, lock};

use super::options::Asked;

/// A message, and where it came from.
pub struct Text {
    pub text: String,
    /// Whether the user has to see it first.
    pub edited: bool,
    from_template: bool,
}

/// Finds the message that a commit begins with.
///
/// # Errors
/// A file that can't be read, a commit that isn't there.
pub fn begin(repository: &Repository, asked: &Asked, amended: Option<&Commit>) -> Outcome<Text> {
    let mut edited = true;
    let mut from_template = false;
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let waiting = |name: &str| {
        fs::read(repository.git_dir().join(name))
            .ok()
            .map(|bytes| lossy(&bytes))
    };
    let mut text = if let Some(target) = asked.fixup.as_ref().or(asked.squash.as_ref()) {
        edited = asked.squash.is_some() && asked.messages.is_empty();
        let (kind, target) = match target.split_once(':') {
            Some(("amend" | "reword", rest)) => ("amend", rest),
            _ if asked.squash.is_some() => ("squash", target.as_str()),
            _ => ("fixup", target.as_str()),
        };
        let commit = named(repository, target)?;
        let first = format!("{kind}! {}\n", lossy(&commit.subject()));
        match asked.messages.is_empty() {
            true => first,
            false => format!("{first}\n{}", joined(&asked.messages)),
        }
    } else if !asked.messages.is_empty() {
        edited = false;
        joined(&asked.messages)
    } else if let Some(file) = &asked.file {
        edited = false;
        match file.as_str() {
            "-" => lossy(&standard_input()?),
            file => {
                let path = String::from_utf8_lossy(repository.prefix()).into_owned();
                let whole = if file.starts_with('/') {
                    file.to_owned()
                } else {
                    format!("{path}{file}")
                };
                let bytes = fs::read(&whole).map_err(|error| {
                    Failure::system(format!("could not read log file '{file}'"), &error)
                })?;
                lossy(&bytes)
            }
        }
    } else if let Some(name) = &asked.reuse {
        edited = false;
        lossy(&named(repository, name)?.message)
    } else if let Some(commit) = amended {
        lossy(&commit.message)
    } else if let Some(text) = waiting("MERGE_MSG") {
        text
    } else if let Some(text) = waiting("SQUASH_MSG") {
        text
    } else if let Some(file) = asked.template.clone().or_else(|| {
        repository
            .config()
            .get("commit.template")
            .map(str::to_owned)
    }) {
        from_template = true;
        let file = crate::repository::config::expand_home(&file);
        fs::read_to_string(&file)
            .map_err(|error| Failure::system(format!("could not read '{file}'"), &error))?
    } else {
        String::new()
    };
    if asked.signoff {
        let who = repository.signature(Role::Committer)?;
        let line = format!(
            "Signed-off-by: {} <{}>",
            lossy(&who.name),
            lossy(&who.email)
        );
        message::add_trailer(&mut text, &line);
    }
    for trailer in &asked.trailers {
        let (key, value) = trailer.split_once([':', '=']).unwrap_or((trailer, ""));
        message::add_trailer(&mut text, &format!("{}: {}", key.trim(), value.trim()));
    }
    Ok(Text {
        text,
        edited: asked.edit.unwrap_or(edited),
        from_template,
    })
}

fn joined(messages: &[String]) -> String {
    let each = messages.iter().map(|text| {
        if text.ends_with('\n') {
            text.clone()
        } else {
            format!("{text}\n")
        }
    });
    each.collect::<Vec<_>>().join("\n")
}

fn named(repository: &Repository, name: &str) -> Outcome<Commit> {
    match repository.rev(name)? {
        Some(oid) => repository.objects().commit(&repository.to_commit(&oid)?),
        None => Err(Failure::fatal(format!("could not lookup commit '{name}'"))),
    }
}

/// Has editor and hooks look at the message; what is to be stored.
///
/// # Errors
/// No editor, a hook that says no, an empty message.
pub fn finish(repository: &Repository, asked: &Asked, text: Text, status: &str) -> Outcome<String> {
    let word = asked
        .cleanup
        .as_deref()
        .or_else(|| repository.config().get("commit.cleanup"))
        .unwrap_or("default");
    let cleanup = Cleanup::named(word, text.edited)
        .ok_or_else(|| Failure::fatal(format!("Invalid cleanup mode {word}")))?;
    let file = repository.git_dir().join("COMMIT_EDITMSG");
    let before = text.text.clone();
    let mut whole = match asked.cleanup.as_deref() {
        None if !text.edited => text.text.clone(),
        _ if cleanup == Cleanup::Verbatim => text.text.clone(),
        _ => message::strip(&text.text, false),
    };
    if text.edited {
        whole.push_str(&comments(cleanup, status));
    }
    lock::replace(&file, whole.as_bytes())?;
    let shown = ".git/COMMIT_EDITMSG";
    if !hooks::run(repository, "prepare-commit-msg", &[shown])? {
        return Err(Failure::silent(1));
    }
    if text.edited {
        editor::edit(repository, &file, true)?;
    }
    if !asked.no_verify && !hooks::run(repository, "commit-msg", &[shown])? {
        return Err(Failure::silent(1));
    }
    let written = fs::read(&file)?;
    let mut written = String::from_utf8_lossy(&written).into_owned();
    if asked.look.verbose > 0
        && let Some(at) = written.find(message::SCISSORS.trim_end())
    {
        written.truncate(at);
    }
    let done = message::clean(&written, cleanup);
    if text.from_template && done == message::clean(&before, cleanup) {
        return Err(Failure::plain(
            1,
            "Aborting commit; you did not edit the message.",
        ));
    }
    let empty = message::strip(&done, true)
        .lines()
        .all(|line| line.starts_with("Signed-off-by: "));
    if empty && !asked.allow_empty_message {
        return Err(Failure::plain(
            1,
            "Aborting commit due to empty commit message.",
        ));
    }
    Ok(done)
}

/// What the editor shows below the message.
fn comments(cleanup: Cleanup, status: &str) -> String {
    let first = match cleanup {
        Cleanup::Strip => {
            "\n# Please enter the commit message for your changes. Lines starting\n# with '#' will be ignored, and an empty message aborts the commit.\n"
        }
        _ => {
            "\n# Please enter the commit message for your changes. Lines starting\n# with '#' will be kept; you may remove them yourself if you want to.\n# An empty message aborts the commit.\n"
        }
    };
    let mut out = format!("{first}#\n");
    out.push_str(status);
    out
}

/// Every line behind a `#`.
pub fn commented(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        out.push_str(match line.as_bytes().first() {
            None | Some(b'\t') => "#",
            Some(_) => "# ",
        });
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Who wrote the commit.
///
/// # Errors
/// Nobody said who it is; a name or a date that isn't one.
pub fn author(
    repository: &Repository,
    asked: &Asked,
    amended: Option<&Commit>,
) -> Outcome<Signature> {
    let kept = match (&asked.reuse, amended) {
        _ if asked.reset_author => None,
        (Some(name), _) => Some(named(repository, name)?.author),
        (None, Some(commit)) => Some(commit.author.clone()),
        (None, None) => match repository.resolve_ref("CHERRY_PICK_HEAD") {
            Some(oid) => Some(repository.objects().commit(&oid)?.author),
            None => None,
        },
    };
    let mut who = match kept.as_deref().and_then(Signature::parse) {
        Some(who) => who,
        None if asked.author.is_some() => named_author(repository)?,
        None => repository.signature(Role::Author)?,
    };
    if let Some(text) = &asked.author {
        let (name, email) = match text
            .split_once('<')
            .and_then(|(name, rest)| Some((name, rest.split_once('>')?.0)))
        {
            Some((name, email)) => (
                name.trim().as_bytes().to_vec(),
                email.trim().as_bytes().to_vec(),
            ),
            None => search_author(repository, text)?,
        };
        (who.name, who.email) = (name, email);
    }
    if let Some(text) = &asked.date {
        let now = repository.now();
        let (seconds, zone) = crate::repository::date::parse(text, now)
            .or_else(|| {
                looks_like_date(text).then(|| (crate::repository::date::approximate(text, now), 0))
            })
            .ok_or_else(|| Failure::fatal(format!("invalid date format: {text}")))?;
        (who.seconds, who.zone) = (seconds, zone);
    }
    Ok(who)
}

/// `--author` says who it is; only the date is wanted of the surroundings.
fn named_author(repository: &Repository) -> Outcome<Signature> {
    repository
        .signature(Role::Author)
        .or_else(|_| repository.signature(Role::Committer))
}

fn looks_like_date(text: &str) -> bool {
    let words = [
        "ago",
        "yesterday",
        "now",
        "today",
        "noon",
        "midnight",
        "last",
        "tea",
    ];
    words.iter().any(|word| text.contains(word))
}

/// An author of the history whose name or address has this text.
fn search_author(repository: &Repository, text: &str) -> Outcome<(Vec<u8>, Vec<u8>)> {
    use crate::repository::revision::{Walk, WalkOptions};
    let starts = repository.head().into_iter().collect();
    for oid in Walk::new(repository, starts, Vec::new(), WalkOptions::default())? {
        let commit = repository.objects().commit(&oid?)?;
        if let Some(who) = Signature::parse(&commit.author) {
            let whole = String::from_utf8_lossy(&who.line()).to_lowercase();
            if whole.contains(&text.to_lowercase()) {
                return Ok((who.name, who.email));
            }
        }
    }
    Err(Failure::fatal(format!(
        "--author '{text}' is not 'Name <email>' and matches no existing author"
    )))
}

/// The words of the log: `commit (amend): subject`.
pub fn log_message(kind: &str, message: &str) -> String {
    format!("{kind}: {}", message.lines().next().unwrap_or_default())
}

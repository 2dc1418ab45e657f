//! `format-patch`: commits as mails.

use std::io::Write as _;

use crate::changes::Source;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::log::{LogOptions, as_file_name, commit_pairs, mail_message};
use crate::report::{self, Formats};
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::{Order, Walk, WalkOptions, split_words};
use crate::repository::{Commit, Oid, Repository, Role};

const USAGE: &str = include_str!("usage/format-patch.txt");

/// What the command line says.
struct Request {
    log: LogOptions,
    folder: String,
    stdout: bool,
    numbered: Option<bool>,
    start: usize,
    prefix: String,
    signoff: bool,
    no_stat: bool,
    signature: Option<String>,
    keep_subject: bool,
    suffix: String,
    version: Option<String>,
    root: bool,
}

pub fn format_patch(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    if words == ["-h"] {
        println!("{USAGE}");
        return Err(Failure::silent(129));
    }
    let repository = git.repository()?;
    let request = read(&repository, &words)?;
    let commits = commits(&repository, &request)?;
    let total = commits.len();
    for (at, oid) in commits.iter().enumerate() {
        let commit = repository.objects().commit(oid)?;
        let number = request.start + at;
        let text = patch(
            &repository,
            &request,
            oid,
            &commit,
            (number, request.start + total - 1),
        )?;
        if request.stdout {
            git.out.put(&text)?;
            continue;
        }
        let version = request
            .version
            .as_ref()
            .map(|version| format!("v{version}-"))
            .unwrap_or_default();
        let mut name = String::from_utf8_lossy(&as_file_name(&commit.subject())).into_owned();
        name.truncate(64 - 5 - request.suffix.len() - version.len() - 1);
        let name = format!("{version}{number:04}-{name}{}", request.suffix);
        let path = if request.folder.is_empty() {
            name
        } else {
            format!("{}/{name}", request.folder.trim_end_matches('/'))
        };
        let from_top = if path.starts_with('/') {
            path.clone()
        } else {
            format!("{}{path}", String::from_utf8_lossy(repository.prefix()))
        };
        if let Some(folder) = std::path::Path::new(&from_top)
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&from_top, text)?;
        git.out.write_all(format!("{path}\n").as_bytes())?;
    }
    Ok(0)
}

fn read(repository: &Repository, words: &[String]) -> Outcome<Request> {
    let mut request = Request {
        log: LogOptions::of(repository.config())?,
        folder: String::new(),
        stdout: false,
        numbered: None,
        start: 1,
        prefix: "PATCH".to_owned(),
        signoff: false,
        no_stat: false,
        signature: None,
        keep_subject: false,
        suffix: ".patch".to_owned(),
        version: None,
        root: false,
    };
    let mut rest = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (name, value) = word
            .split_once('=')
            .map_or((word.as_str(), None), |(name, value)| {
                (name, Some(value.to_owned()))
            });
        let mut needed = || {
            value
                .clone()
                .or_else(|| words.next().cloned())
                .ok_or_else(|| {
                    Failure::error(
                        129,
                        format!("option `{}' requires a value", name.trim_start_matches('-')),
                    )
                })
        };
        match name {
            "-o" | "--output-directory" => request.folder = needed()?,
            "--stdout" => request.stdout = true,
            "-n" | "--numbered" => request.numbered = Some(true),
            "-N" | "--no-numbered" => request.numbered = Some(false),
            "--start-number" => request.start = needed()?.parse().unwrap_or(1),
            "--subject-prefix" => request.prefix = needed()?,
            "--rfc" => request.prefix = "RFC PATCH".to_owned(),
            "-s" | "--signoff" => request.signoff = true,
            "-p" | "--no-stat" => request.no_stat = true,
            "--signature" => request.signature = Some(needed()?),
            "--no-signature" => request.signature = Some(String::new()),
            "-k" | "--keep-subject" => request.keep_subject = true,
            "--suffix" => request.suffix = needed()?,
            "-v" | "--reroll-count" => request.version = Some(needed()?),
            "--root" => request.root = true,
            "-q" | "--quiet" | "--no-thread" | "--no-cover-letter" | "--no-base"
            | "--no-attach" => {}
            "--cover-letter" | "--attach" | "--inline" | "--thread" | "--base" | "--interdiff"
            | "--range-diff" => {
                return Err(Failure::plain(
                    129,
                    format!(
                        "error: unknown option `{}'\n{USAGE}",
                        name.trim_start_matches('-')
                    ),
                ));
            }
            _ => rest.push(word.clone()),
        }
    }
    request.log.read(repository, &rest)?;
    if let Some(version) = &request.version {
        request.prefix = format!("{} v{version}", request.prefix);
    }
    Ok(request)
}

/// The commits, the oldest first: those of a range, or all since a commit.
fn commits(repository: &Repository, request: &Request) -> Outcome<Vec<Oid>> {
    let (mut tips, paths) = split_words(repository, &request.log.operands, request.log.dashes)?;
    let head = repository
        .head()
        .ok_or_else(|| Failure::fatal("bad default revision 'HEAD'"))?;
    let alone = tips.len() == 1 && !tips[0].excluded;
    if alone && request.log.max.is_none() && !request.root {
        tips[0].excluded = true;
    }
    if tips.is_empty() && request.log.max.is_none() {
        let upstream = repository
            .head_branch()
            .and_then(|branch| repository.upstream(&branch))
            .and_then(|name| repository.resolve_ref(&name));
        let Some(upstream) = upstream else {
            return Ok(Vec::new());
        };
        tips.push(crate::repository::revision::Tip {
            oid: upstream,
            excluded: true,
            word: String::new(),
            side: None,
        });
    }
    let side = |excluded: bool| {
        tips.iter()
            .filter(|tip| tip.excluded == excluded)
            .map(|tip| repository.to_commit(&tip.oid))
            .collect::<Outcome<Vec<_>>>()
    };
    let mut from = side(false)?;
    if from.is_empty() {
        from.push(head);
    }
    let paths = Pathspec::parse(repository, &paths)?;
    let options = WalkOptions {
        order: Order::Topological,
        paths: (!paths.is_empty()).then_some(paths),
        ..WalkOptions::default()
    };
    let mut walk = Walk::new(repository, from, side(true)?, options)?;
    let mut found = Vec::new();
    while let Some(oid) = walk.next().transpose()? {
        if found.len() >= request.log.max.unwrap_or(usize::MAX) {
            break;
        }
        if walk.commit(&oid)?.parents.len() < 2 {
            found.push(oid);
        }
    }
    found.reverse();
    Ok(found)
}

fn patch(
    repository: &Repository,
    request: &Request,
    oid: &Oid,
    commit: &Commit,
    (number, total): (usize, usize),
) -> Outcome<Vec<u8>> {
    let numbered = request.numbered.unwrap_or(total > request.start);
    let width = total.to_string().len();
    let prefix = match (request.keep_subject, numbered) {
        (true, _) => String::new(),
        (_, true) => format!("{} {number:0width$}/{total}", request.prefix),
        (_, false) => request.prefix.clone(),
    };
    let mut commit = commit.clone();
    if request.signoff {
        let who = repository.signature(Role::Committer)?;
        let mut message = String::from_utf8_lossy(&commit.message).into_owned();
        let line = format!(
            "Signed-off-by: {} <{}>",
            String::from_utf8_lossy(&who.name),
            String::from_utf8_lossy(&who.email)
        );
        crate::commands::message::add_trailer(&mut message, &line);
        commit.message = message.into_bytes();
    }
    let mut text = mail_message(&commit, oid, &prefix, "");
    let source = Source::of(repository);
    let mut options = request.log.diff.clone();
    options.binary = true;
    options.stat_width = options.stat_width.or(Some(72));
    let pairs = commit_pairs(repository, &commit, &Pathspec::default())?;
    let pairs = report::select(&source, pairs, &options)?;
    if !request.no_stat && !pairs.is_empty() {
        text.extend(b"---\n");
        options.formats = Formats {
            stat: true,
            summary: true,
            ..Formats::default()
        };
        report::show(&source, &pairs, &options, &mut text)?;
    }
    text.push(b'\n');
    options.formats = Formats {
        patch: true,
        ..Formats::default()
    };
    report::show(&source, &pairs, &options, &mut text)?;
    match request.signature.as_deref() {
        Some("") => {}
        signature => {
            text.extend(format!("-- \n{}\n\n", signature.unwrap_or("2.47.3")).into_bytes())
        }
    }
    Ok(text)
}

//! `am`: mails with patches as commits.

mod mail;

use std::io::{Read as _, Write as _};

use super::apply::{Request as ApplyRequest, Target, Work};
use super::make;
use crate::command_line::Syntax;
use crate::commands::advice;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::patch::{Reading, parse};
use crate::repository::refs::Expected;
use crate::repository::{Oid, Repository, Role, Signature, date};
use mail::Mail;

const SYNTAX: Syntax = Syntax::new(include_str!("usage/am.txt"));
const FOLDER: &str = "rebase-apply";

pub fn am(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let (mut three_way, mut signoff, mut quiet, mut keep) = (false, false, false, false);
    for given in &parsed.options {
        match given.name.as_str() {
            "continue" | "resolved" => return go_on(git),
            "skip" => return skip(git),
            "abort" => return abort(git),
            "quit" => {
                waiting(git)?;
                make::forget(&*git.repository()?, &[FOLDER]);
                return Ok(0);
            }
            "3way" => three_way = given.on,
            "signoff" => signoff = given.on,
            "quiet" => quiet = given.on,
            "keep" => keep = given.on,
            "utf8" | "verify" | "no-verify" | "keep-non-patch" | "message-id" | "keep-cr"
            | "rerere-autoupdate" | "whitespace" | "patch-format" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository_with_worktree()?;
    if make::exists(&repository, &format!("{FOLDER}/applying")) {
        return Err(Failure::fatal(format!(
            "previous rebase directory {} still exists but mbox given.",
            ".git/rebase-apply"
        )));
    }
    let mut text = Vec::new();
    for name in &parsed.operands {
        let path = if name.starts_with('/') {
            name.clone()
        } else {
            format!("{}{name}", String::from_utf8_lossy(repository.prefix()))
        };
        text.extend(std::fs::read(path).map_err(|error| {
            Failure::system(format!("could not open '{name}' for reading"), &error)
        })?);
    }
    if parsed.operands.is_empty() {
        (&*gnu::stream::stdin()).read_to_end(&mut text)?;
    }
    let mails = mail::split(&text);
    if mails.is_empty() {
        return Err(Failure::plain(128, "Patch format detection failed."));
    }
    let index = repository.index()?;
    let staged = make::staged(&repository, &index)?;
    if !staged.is_empty() {
        let names: Vec<String> = staged
            .iter()
            .map(|pair| String::from_utf8_lossy(pair.path()).into_owned())
            .collect();
        return Err(Failure::fatal(format!(
            "Dirty index: cannot apply patches (dirty: {})",
            names.join(" ")
        )));
    }
    for (number, mail) in mails.iter().enumerate() {
        make::write(&repository, &format!("{FOLDER}/{:04}", number + 1), mail)?;
    }
    let head = repository.head().unwrap_or_default();
    for (name, text) in [
        ("next", "1".to_owned()),
        ("last", mails.len().to_string()),
        ("applying", String::new()),
        ("orig-head", head.hex()),
        ("threeway", if three_way { "t" } else { "f" }.to_owned()),
        ("sign", if signoff { "t" } else { "f" }.to_owned()),
        ("quiet", if quiet { "t" } else { "f" }.to_owned()),
        ("keep", if keep { "t" } else { "f" }.to_owned()),
    ] {
        make::write(
            &repository,
            &format!("{FOLDER}/{name}"),
            format!("{text}\n"),
        )?;
    }
    repository.update_ref("ORIG_HEAD", head, Expected::Anything, "")?;
    all(git, &repository)
}

fn saved(repository: &Repository, name: &str) -> String {
    make::read(repository, &format!("{FOLDER}/{name}"))
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

fn place(repository: &Repository) -> (usize, usize) {
    let number = |name| saved(repository, name).parse().unwrap_or(0);
    (number("next"), number("last"))
}

fn all(git: &mut Git, repository: &Repository) -> Outcome<i32> {
    let (next, last) = place(repository);
    let is_set = |name| saved(repository, name) == "t";
    for number in next..=last {
        make::write(repository, &format!("{FOLDER}/next"), format!("{number}\n"))?;
        let bytes = std::fs::read(repository.git_dir().join(format!("{FOLDER}/{number:04}")))?;
        let mail = Mail::read(&bytes, is_set("keep"));
        if !is_set("quiet") {
            git.out
                .write_all(format!("Applying: {}\n", mail.subject).as_bytes())?;
        }
        let status = one(git, &mail, is_set("threeway"))?;
        if status != 0 {
            return failed(git, repository, number, &mail);
        }
        commit(repository, &mail, is_set("sign"))?;
    }
    make::forget(repository, &[FOLDER]);
    Ok(0)
}

fn one(git: &mut Git, mail: &Mail, three_way: bool) -> Outcome<i32> {
    let reading = Reading {
        strip: 1,
        directory: Vec::new(),
        recount: false,
    };
    let patches = parse(&mail.patch, &reading)?;
    if patches.is_empty() {
        git.warn("error: No valid patches in input (allow with \"--allow-empty\")");
        return Ok(1);
    }
    let request = ApplyRequest {
        index: true,
        three_way,
        ..ApplyRequest::default()
    };
    let opened = git.repository()?;
    let mut work = Work::new(git, Some(opened), &request, Target::Both)?;
    work.run(&patches, true)
}

fn failed(git: &mut Git, repository: &Repository, number: usize, mail: &Mail) -> Outcome<i32> {
    make::write(repository, &format!("{FOLDER}/patch"), &mail.patch)?;
    git.out
        .write_all(format!("Patch failed at {number:04} {}\n", mail.subject).as_bytes())?;
    git.out.flush()?;
    git.warn("hint: Use 'git am --show-current-patch=diff' to see the failed patch");
    let text = "When you have resolved this problem, run \"git am --continue\".\nIf you prefer to skip this patch, run \"git am --skip\" instead.\n\
                To restore the original branch and stop patching, run \"git am --abort\".";
    advice::hint(git, repository.config(), "mergeConflict", text);
    Ok(128)
}

fn commit(repository: &Repository, mail: &Mail, signoff: bool) -> Outcome<()> {
    let index = repository.index()?;
    let tree = repository.write_tree(index.entries())?;
    let (seconds, zone) =
        date::parse(&mail.date, repository.now()).unwrap_or((repository.now(), 0));
    let author = Signature {
        name: mail.name.clone().into_bytes(),
        email: mail.email.clone().into_bytes(),
        seconds,
        zone,
    };
    let mut message = mail.message();
    if signoff {
        let who = repository.signature(Role::Committer)?;
        let line = format!(
            "Signed-off-by: {} <{}>",
            String::from_utf8_lossy(&who.name),
            String::from_utf8_lossy(&who.email)
        );
        crate::commands::message::add_trailer(&mut message, &line);
    }
    let new = make::commit(
        repository,
        tree,
        repository.head().into_iter().collect(),
        Some(author.line()),
        message.as_bytes(),
    )?;
    repository.update_ref(
        "HEAD",
        new,
        Expected::Anything,
        &format!("am: {}", mail.subject),
    )
}

fn waiting(git: &mut Git) -> Outcome<std::rc::Rc<Repository>> {
    let repository = git.repository_with_worktree()?;
    match make::exists(&repository, &format!("{FOLDER}/applying")) {
        true => Ok(repository),
        false => Err(Failure::fatal(
            "Resolve operation not in progress, we are not resuming.",
        )),
    }
}

fn forward(repository: &Repository) -> Outcome<()> {
    let (next, _) = place(repository);
    make::write(
        repository,
        &format!("{FOLDER}/next"),
        format!("{}\n", next + 1),
    )
}

fn go_on(git: &mut Git) -> Outcome<i32> {
    let repository = waiting(git)?;
    let (next, _) = place(&repository);
    let bytes = std::fs::read(repository.git_dir().join(format!("{FOLDER}/{next:04}")))?;
    let mail = Mail::read(&bytes, saved(&repository, "keep") == "t");
    git.out
        .write_all(format!("Applying: {}\n", mail.subject).as_bytes())?;
    let index = repository.index()?;
    if !index.has_conflicts() && make::staged(&repository, &index)?.is_empty() {
        git.out.write_all(
            b"No changes - did you forget to use 'git add'?\nIf there is nothing left to stage, chances are that something else\nalready introduced the same changes; you might want to skip this patch.\n",
        )?;
        return Ok(128);
    }
    commit(&repository, &mail, saved(&repository, "sign") == "t")?;
    forward(&repository)?;
    all(git, &repository)
}

fn skip(git: &mut Git) -> Outcome<i32> {
    let repository = waiting(git)?;
    if let Some(head) = repository.head() {
        make::reset_to(&repository, &head)?;
    }
    forward(&repository)?;
    all(git, &repository)
}

fn abort(git: &mut Git) -> Outcome<i32> {
    let repository = waiting(git)?;
    if let Some(original) = Oid::parse(saved(&repository, "orig-head").as_bytes()) {
        make::reset_to(&repository, &original)?;
        repository.update_ref("HEAD", original, Expected::Anything, "am --abort")?;
    }
    make::forget(&repository, &[FOLDER]);
    Ok(0)
}

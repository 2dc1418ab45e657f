//! `show`: any object, commits with what they changed.

use std::io::Write as _;

use crate::failure::Outcome;
use crate::git::Git;
use crate::log::{LogOptions, Merges, Printer, default_tip, show_commit};
use crate::repository::date::show as show_date;
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::split_words;
use crate::repository::{Kind, Oid, Repository, Signature, Tag, mode};

pub fn show(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let repository = git.repository()?;
    let mut options = LogOptions::of(repository.config())?;
    options.read(&repository, &words)?;
    if !options.merges_said {
        options.merges = Merges::Dense;
        options.merges_said = true;
    }
    if !options.diff.formats.any() {
        options.diff.formats.patch = true;
    }
    let (mut tips, paths) = split_words(&repository, &options.operands, options.dashes)?;
    if tips.iter().any(|tip| tip.excluded) {
        return crate::log::log(git, &repository, options);
    }
    if tips.is_empty() {
        tips.push(default_tip(&repository)?);
    }
    let paths = Pathspec::parse(&repository, &paths)?;
    let mut printer = Printer::new(&repository, options, paths)?;
    let mut shown_one = false;
    for tip in &tips {
        let mut text = Vec::new();
        object(
            &repository,
            &mut printer,
            &tip.oid,
            &tip.word,
            &mut shown_one,
            &mut text,
        )?;
        git.out.put(&text)?;
    }
    git.out.flush()?;
    Ok(0)
}

fn object(
    repository: &Repository,
    printer: &mut Printer,
    oid: &Oid,
    word: &str,
    shown_one: &mut bool,
    out: &mut Vec<u8>,
) -> Outcome<()> {
    let object = repository.objects().read(oid)?;
    match object.kind {
        Kind::Blob => out.extend(&object.data),
        Kind::Commit => {
            show_commit(printer, repository, oid, out)?;
            *shown_one = true;
        }
        Kind::Tree => {
            if std::mem::replace(shown_one, true) {
                out.push(b'\n');
            }
            out.extend(format!("tree {word}\n\n").into_bytes());
            for entry in repository.objects().tree(oid)? {
                out.extend(&entry.name);
                out.extend(if entry.mode == mode::TREE {
                    &b"/\n"[..]
                } else {
                    b"\n"
                });
            }
        }
        Kind::Tag => {
            if std::mem::replace(shown_one, true) {
                out.push(b'\n');
            }
            let Some(tag) = Tag::parse(&object.data) else {
                return Ok(());
            };
            out.extend([b"tag ", &tag.name[..], b"\n"].concat());
            if let Some(who) = tag.tagger.as_deref().and_then(Signature::parse) {
                out.extend([b"Tagger: ", &who.name[..], b" <", &who.email, b">\n"].concat());
                let date = show_date(
                    who.seconds,
                    who.zone,
                    &printer.options.date,
                    repository.now(),
                );
                out.extend(format!("Date:   {date}\n").into_bytes());
            }
            out.push(b'\n');
            out.extend(&tag.message);
            printer.begin_again();
            return self::object(
                repository,
                printer,
                &tag.object,
                &tag.object.hex(),
                shown_one,
                out,
            );
        }
    }
    Ok(())
}

//! One pair as a patch.

use std::rc::Rc;

use super::check::space_error;
use super::names::{abbreviate, percent, quote, quote_two};
use super::{Options, words};
use crate::changes::{File, Pair, Source, Status, content, object_name};
use crate::diff::{Piece, changes, group, split, walk, without_common_tail};
use crate::failure::Outcome;
use crate::patch::binary;
use crate::repository::Oid;

/// Appends the patch of a pair; a file that became a link is a deletion and a creation.
pub fn patch(source: &Source, pair: &Pair, options: &Options, out: &mut Vec<u8>) -> Outcome<()> {
    if pair.status == Status::Unmerged {
        out.extend(
            [
                b"* Unmerged path ",
                &quote(options.shown(pair.path()), options.quote_path)[..],
                b"\n",
            ]
            .concat(),
        );
        return Ok(());
    }
    if pair.status == Status::TypeChanged {
        let (deleted, created) = (
            Pair::new(pair.old.clone(), None),
            Pair::new(None, pair.new.clone()),
        );
        patch(source, &deleted, options, out)?;
        return patch(source, &created, options, out);
    }
    let sides = Sides::load(source, pair, options)?;
    let (header, must) = sides.header(source, pair, options)?;
    if options.irreversible_delete && pair.new.is_none() {
        out.extend(header);
        return Ok(());
    }
    if !options.text && (sides.binary) {
        if sides.old == sides.new {
            if must {
                out.extend(header);
            }
            return Ok(());
        }
        out.extend(header);
        match options.binary {
            true => binary_patch(&sides, out),
            false => {
                let line = [
                    b"Binary files ",
                    &sides.old_label[..],
                    b" and ",
                    &sides.new_label,
                    b" differ\n",
                ]
                .concat();
                out.extend(line);
            }
        }
        return Ok(());
    }
    let before = out.len();
    out.extend(&header);
    let begin = out.len();
    sides.text(options, out);
    if out.len() == begin && !must {
        out.truncate(before);
    }
    Ok(())
}

struct Sides {
    old: Rc<Vec<u8>>,
    new: Rc<Vec<u8>>,
    old_label: Vec<u8>,
    new_label: Vec<u8>,
    binary: bool,
}

impl Sides {
    fn load(source: &Source, pair: &Pair, options: &Options) -> Outcome<Self> {
        let load = |file: &Option<File>| {
            file.as_ref()
                .map_or(Ok(Rc::default()), |file| content(source, file))
        };
        let label = |file: &Option<File>, prefix: &str| match file {
            Some(file) => quote_two(
                prefix.as_bytes(),
                below_root(options.shown(&file.path)),
                options.quote_path,
            ),
            None => b"/dev/null".to_vec(),
        };
        let (old, new) = (load(&pair.old)?, load(&pair.new)?);
        Ok(Self {
            binary: source.is_binary(pair.old_path(), &old) || source.is_binary(pair.path(), &new),
            old,
            new,
            old_label: label(&pair.old, options.prefixes().0),
            new_label: label(&pair.new, options.prefixes().1),
        })
    }

    /// The lines up to `index`, and whether they are shown even when no line differs.
    fn header(&self, source: &Source, pair: &Pair, options: &Options) -> Outcome<(Vec<u8>, bool)> {
        let shown = |path: &[u8], prefix: &str| {
            quote_two(
                prefix.as_bytes(),
                below_root(options.shown(path)),
                options.quote_path,
            )
        };
        let (old_name, new_name) = (
            shown(pair.old_path(), options.prefixes().0),
            shown(pair.path(), options.prefixes().1),
        );
        let mut lines = vec![[b"diff --git ", &old_name[..], b" ", &new_name].concat()];
        let mut must = true;
        match (&pair.old, &pair.new) {
            (None, Some(new)) => lines.push(format!("new file mode {:06o}", new.mode).into_bytes()),
            (Some(old), None) => {
                lines.push(format!("deleted file mode {:06o}", old.mode).into_bytes())
            }
            (Some(old), Some(new)) if old.mode != new.mode => {
                lines.push(format!("old mode {:06o}", old.mode).into_bytes());
                lines.push(format!("new mode {:06o}", new.mode).into_bytes());
            }
            _ => must = false,
        }
        if matches!(pair.status, Status::Renamed | Status::Copied) {
            let verb = if pair.status == Status::Renamed {
                "rename"
            } else {
                "copy"
            };
            let plain = |path: &[u8]| quote(options.shown(path), options.quote_path);
            lines.push(format!("similarity index {}%", percent(pair.score)).into_bytes());
            lines.push([verb.as_bytes(), b" from ", &plain(pair.old_path())[..]].concat());
            lines.push([verb.as_bytes(), b" to ", &plain(pair.path())[..]].concat());
            must = true;
        }
        lines.extend(self.index_line(source, pair, options)?);
        let colors = options.colors;
        let mut text = Vec::new();
        for line in lines {
            text.extend(
                [
                    colors.meta.as_bytes(),
                    &line,
                    colors.reset.as_bytes(),
                    b"\n",
                ]
                .concat(),
            );
        }
        Ok((text, must))
    }

    fn index_line(
        &self,
        source: &Source,
        pair: &Pair,
        options: &Options,
    ) -> Outcome<Option<Vec<u8>>> {
        let name = |file: &Option<File>| {
            file.as_ref()
                .map_or(Ok(Oid::ZERO), |file| object_name(source, file))
        };
        let (old, new) = (name(&pair.old)?, name(&pair.new)?);
        if old == new {
            return Ok(None);
        }
        let full = options.full_index || options.binary && (self.binary);
        let short = |oid: &Oid| {
            if full {
                oid.hex()
            } else {
                abbreviate(source, oid, &options.for_index_line())
            }
        };
        let mut line = format!("index {}..{}", short(&old), short(&new));
        if let (Some(old), Some(new)) = (&pair.old, &pair.new)
            && old.mode == new.mode
        {
            line += &format!(" {:06o}", old.mode);
        }
        Ok(Some(line.into_bytes()))
    }

    /// The names and hunks; nothing when no line differs.
    fn text(&self, options: &Options, out: &mut Vec<u8>) {
        let (old, new) = (split(&self.old), split(&self.new));
        let (old, new) = match options.context.lines == 0 && !options.context.function {
            true => without_common_tail(&old, &new),
            false => (&old[..], &new[..]),
        };
        let changes = changes(old, new, options.comparison);
        let hunks = group(&changes, old, new, options.context);
        if hunks.is_empty() {
            return;
        }
        let colors = options.colors;
        for (sign, label) in [("---", &self.old_label), ("+++", &self.new_label)] {
            let tab = if label.contains(&b' ') { "\t" } else { "" };
            let line = [
                colors.meta.as_bytes(),
                sign.as_bytes(),
                b" ",
                label,
                colors.reset.as_bytes(),
                tab.as_bytes(),
                b"\n",
            ];
            out.extend(line.concat());
        }
        if options.words.is_some() {
            words::show(&changes, &hunks, (old, new), options, out);
            return;
        }
        walk(&changes, &hunks, old, new, |piece| {
            piece_as_text(piece, options, out)
        });
    }
}

/// An absolute path behind `a/` loses its slash.
fn below_root(path: &[u8]) -> &[u8] {
    path.strip_prefix(b"/").unwrap_or(path)
}

fn piece_as_text(piece: Piece, options: &Options, out: &mut Vec<u8>) {
    let colors = options.colors;
    match piece {
        Piece::Header { text, function } => hunk_header(text, function, options, out),
        Piece::Context(line) => signed("", options.signs[2], line, options, out),
        Piece::Removed(line) => signed(colors.old, options.signs[1], line, options, out),
        Piece::Added(line) if colors.on() => added(line, options, out),
        Piece::Added(line) => signed(colors.new, options.signs[0], line, options, out),
    }
}

/// `@@ -1,3 +1,4 @@ function`
pub fn hunk_header(text: &[u8], function: &[u8], options: &Options, out: &mut Vec<u8>) {
    let colors = options.colors;
    out.extend([colors.hunk.as_bytes(), text, colors.reset.as_bytes()].concat());
    if !function.is_empty() {
        out.push(b' ');
        out.extend(function);
    }
    out.push(b'\n');
}

fn signed(color: &str, sign: u8, line: &[u8], options: &Options, out: &mut Vec<u8>) {
    let reset = options.colors.reset;
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let (text, carriage) = match text.strip_suffix(b"\r") {
        Some(text) if !color.is_empty() => (text, &b"\r"[..]),
        _ => (text, &b""[..]),
    };
    out.extend_from_slice(color.as_bytes());
    out.push(sign);
    out.extend_from_slice(text);
    out.extend_from_slice(reset.as_bytes());
    out.extend_from_slice(carriage);
    out.push(b'\n');
    without_newline(line, options, out);
}

/// An added line in color: its sign apart, and white space at its end marked.
fn added(line: &[u8], options: &Options, out: &mut Vec<u8>) {
    let colors = options.colors;
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    out.extend_from_slice(
        format!(
            "{}{}{}",
            colors.new,
            char::from(options.signs[0]),
            colors.reset
        )
        .as_bytes(),
    );
    let kept = match space_error(text) {
        Some(_) => text
            .iter()
            .rposition(|byte| !byte.is_ascii_whitespace())
            .map_or(0, |last| last + 1),
        None => text.len(),
    };
    if kept > 0 {
        out.extend(
            [
                colors.new.as_bytes(),
                &text[..kept],
                colors.reset.as_bytes(),
            ]
            .concat(),
        );
    }
    if kept < text.len() {
        out.extend(
            [
                colors.space.as_bytes(),
                &text[kept..],
                colors.reset.as_bytes(),
            ]
            .concat(),
        );
    }
    out.push(b'\n');
    without_newline(line, options, out);
}

fn without_newline(line: &[u8], options: &Options, out: &mut Vec<u8>) {
    if !line.ends_with(b"\n") {
        out.extend(
            [
                b"\\ No newline at end of file",
                options.colors.reset.as_bytes(),
                b"\n",
            ]
            .concat(),
        );
    }
}

/// Both contents, packed, as `--binary` shows them.
fn binary_patch(sides: &Sides, out: &mut Vec<u8>) {
    out.extend(b"GIT binary patch\n");
    for bytes in [&sides.new, &sides.old] {
        out.extend(format!("literal {}\n", bytes.len()).into_bytes());
        out.extend(binary::encode(&miniz_oxide::deflate::compress_to_vec_zlib(
            bytes, 1,
        )));
        out.push(b'\n');
    }
}

impl Options {
    /// In patches names are short even where `--raw` shows them whole, unless a length was asked for.
    fn for_index_line(&self) -> Options {
        let mut options = self.clone();
        if options.abbreviation == Some(40) {
            options.abbreviation = None;
        }
        options
    }
}

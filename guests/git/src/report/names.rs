//! Names of files that differ: raw, with a letter, alone, and the summary of what was created and renamed.

use super::Options;
use crate::changes::{File, Pair, Place, SCORE_MAX, Source, Status};
use crate::repository::Oid;

/// A name as git quotes it, when it must.
pub fn quote(name: &[u8], high: bool) -> Vec<u8> {
    quote_two(b"", name, high)
}

/// A name with something in front, quoted together.
pub fn quote_two(prefix: &[u8], name: &[u8], high: bool) -> Vec<u8> {
    let whole = [prefix, name].concat();
    let odd = |byte: u8| {
        byte < 0x20 || byte == 0x7f || byte == b'"' || byte == b'\\' || high && byte >= 0x80
    };
    if !whole.iter().any(|byte| odd(*byte)) {
        return whole;
    }
    let mut quoted = vec![b'"'];
    for byte in whole {
        let escape = match byte {
            7 => b'a',
            8 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            11 => b'v',
            12 => b'f',
            b'\r' => b'r',
            b'"' | b'\\' => byte,
            byte if odd(byte) => {
                quoted.extend(format!("\\{byte:03o}").into_bytes());
                continue;
            }
            byte => {
                quoted.push(byte);
                continue;
            }
        };
        quoted.extend([b'\\', escape]);
    }
    quoted.push(b'"');
    quoted
}

/// `:100644 100644 1234567 89abcde M	path`
pub fn raw(source: &Source, pair: &Pair, options: &Options, out: &mut Vec<u8>) {
    let mode = |file: &Option<File>| file.as_ref().map_or(0, |file| file.mode);
    let oid = |file: &Option<File>| {
        let oid = file
            .as_ref()
            .filter(|file| file.place == Place::Object)
            .map_or(Oid::ZERO, |file| file.oid);
        abbreviate(source, &oid, options)
    };
    let text = format!(
        ":{:06o} {:06o} {} {} ",
        mode(&pair.old),
        mode(&pair.new),
        oid(&pair.old),
        oid(&pair.new)
    );
    out.extend(text.into_bytes());
    name_status(pair, options, out);
}

/// An object's name, as short as options want it.
pub fn abbreviate(source: &Source, oid: &Oid, options: &Options) -> String {
    let hex = oid.hex();
    match (options.abbreviation, source.repository) {
        (Some(40), _) => hex,
        (Some(length), Some(source)) if !oid.is_zero() => source.objects().abbreviate(oid, length),
        (None, Some(source)) => source.short(oid),
        (length, _) => hex[..length.unwrap_or(7)].to_owned(),
    }
}

/// `R095	old	new`
pub fn name_status(pair: &Pair, options: &Options, out: &mut Vec<u8>) {
    out.extend(pair.status.letter().to_string().into_bytes());
    let (tab, end) = if options.nul { (0, 0) } else { (b'\t', b'\n') };
    if matches!(pair.status, Status::Renamed | Status::Copied) {
        out.extend(format!("{:03}", percent(pair.score)).into_bytes());
        out.push(tab);
        out.extend(name(pair.old_path(), options));
        out.push(tab);
        out.extend(name(pair.path(), options));
    } else {
        out.push(tab);
        out.extend(name(pair.old_path(), options));
    }
    out.push(end);
}

pub fn name_only(pair: &Pair, options: &Options, out: &mut Vec<u8>) {
    out.extend(name(pair.path(), options));
    out.push(if options.nul { 0 } else { b'\n' });
}

fn name(path: &[u8], options: &Options) -> Vec<u8> {
    let path = options.shown(path);
    if options.nul {
        path.to_vec()
    } else {
        quote(path, options.quote_path)
    }
}

pub fn percent(score: u32) -> u32 {
    score * 100 / SCORE_MAX
}

/// ` create mode 100644 path` and the like.
pub fn summary(pair: &Pair, options: &Options, out: &mut Vec<u8>) {
    let quoted = |path: &[u8]| {
        String::from_utf8_lossy(&quote(options.shown(path), options.quote_path)).into_owned()
    };
    let line = match (pair.status, &pair.old, &pair.new) {
        (Status::Deleted, Some(old), _) => {
            format!(" delete mode {:06o} {}\n", old.mode, quoted(&old.path))
        }
        (Status::Added, _, Some(new)) => {
            format!(" create mode {:06o} {}\n", new.mode, quoted(&new.path))
        }
        (Status::Renamed | Status::Copied, Some(old), Some(new)) => {
            let verb = if pair.status == Status::Renamed {
                "rename"
            } else {
                "copy"
            };
            let names = pretty_rename(
                options.shown(&old.path),
                options.shown(&new.path),
                options.quote_path,
            );
            let mut line = format!(
                " {verb} {} ({}%)\n",
                String::from_utf8_lossy(&names),
                percent(pair.score)
            );
            if old.mode != new.mode {
                line += &format!(" mode change {:06o} => {:06o}\n", old.mode, new.mode);
            }
            line
        }
        (Status::Modified | Status::TypeChanged, Some(old), Some(new)) if old.mode != new.mode => {
            format!(
                " mode change {:06o} => {:06o} {}\n",
                old.mode,
                new.mode,
                quoted(&new.path)
            )
        }
        _ => return,
    };
    out.extend(line.into_bytes());
}

/// `dir/{old => new}/file`
pub fn pretty_rename(old: &[u8], new: &[u8], high: bool) -> Vec<u8> {
    let (quoted_old, quoted_new) = (quote(old, high), quote(new, high));
    if quoted_old != old || quoted_new != new {
        return [&quoted_old[..], b" => ", &quoted_new].concat();
    }
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let head = memchr::memrchr(b'/', &old[..same]).map_or(0, |slash| slash + 1);
    let from = head.saturating_sub(1);
    let same_tail = |at: &usize| old.get(old.len() - at) == new.get(new.len() - at);
    let most = (old.len() - from).min(new.len() - from);
    let tail = (1..=most)
        .take_while(same_tail)
        .filter(|at| old[old.len() - at] == b'/')
        .last()
        .unwrap_or(0);
    let middle = |name: &[u8]| name[head..(name.len() - tail).max(head)].to_vec();
    let between = [&middle(old)[..], b" => ", &middle(new)].concat();
    match head + tail {
        0 => between,
        _ => [&old[..head], b"{", &between, b"}", &old[old.len() - tail..]].concat(),
    }
}

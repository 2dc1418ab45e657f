//! The bytes of an index: versions 2 to 4 are read, version 2 (3 where flags need it) is written.

use super::{Entry, StatData};
use crate::failure::{Failure, Outcome};
use crate::repository::Oid;
use sha1::{Digest as _, Sha1};

/// Of the flags of an entry: the length of its name, its stage, and whether more flags follow.
const NAME: u16 = 0x0fff;
const STAGE_SHIFT: u16 = 12;
const EXTENDED: u16 = 0x4000;
const ASSUME_UNCHANGED: u16 = 0x8000;
const INTENT_TO_ADD: u16 = 0x2000;
const SKIP_WORKTREE: u16 = 0x4000;

pub fn parse(bytes: &[u8]) -> Outcome<Vec<Entry>> {
    if bytes.len() < 12 + 20 {
        return Err(Failure::plain(
            128,
            "fatal: .git/index: index file smaller than expected",
        ));
    }
    if !bytes.starts_with(b"DIRC") {
        let signature = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        return Err(corrupt(&format!("bad signature 0x{signature:08x}")));
    }
    let version = number(bytes, 4).unwrap_or(0);
    if !(2..=4).contains(&version) {
        return Err(corrupt(&format!("bad index version {version}")));
    }
    let (body, sum) = bytes.split_at(bytes.len() - 20);
    if sum != [0; 20] && Sha1::digest(body)[..] != *sum {
        return Err(corrupt("bad index file sha1 signature"));
    }
    let count = number(bytes, 8).unwrap_or(0);
    let mut reader = Reader {
        body,
        at: 12,
        version,
        last: Vec::new(),
    };
    let mut entries = Vec::with_capacity((count as usize).min(body.len() / 62));
    for _ in 0..count {
        let entry = reader.entry();
        entries.push(entry.ok_or_else(|| Failure::fatal("index file corrupt"))?);
    }
    let ordered = entries.is_sorted_by(|a, b| a.order(&b.path, b.stage).is_lt());
    match ordered {
        true => Ok(entries),
        false => Err(Failure::fatal("unordered stage entries in index")),
    }
}

fn corrupt(what: &str) -> Failure {
    Failure::plain(128, format!("error: {what}\nfatal: index file corrupt"))
}

struct Reader<'a> {
    body: &'a [u8],
    at: usize,
    version: u32,
    /// The path before, of which version 4 keeps the beginning.
    last: Vec<u8>,
}

impl Reader<'_> {
    fn entry(&mut self) -> Option<Entry> {
        let start = self.at;
        let field = |at: usize| number(self.body, start + 4 * at);
        let stat = StatData {
            changed: (field(0)?, field(1)?),
            modified: (field(2)?, field(3)?),
            device: field(4)?,
            inode: field(5)?,
            uid: field(7)?,
            gid: field(8)?,
            size: field(9)?,
        };
        let mode = field(6)?;
        let oid = Oid::from_bytes(self.body.get(start + 40..start + 60)?)?;
        let flags = self.short(start + 60)?;
        let extended = match flags & EXTENDED != 0 {
            true => self.short(start + 62)?,
            false => 0,
        };
        let from = start + if flags & EXTENDED != 0 { 64 } else { 62 };
        let path = match self.version {
            4 => self.shortened_path(from)?,
            _ => self.plain_path(start, from)?,
        };
        Some(Entry {
            path,
            stage: (flags >> STAGE_SHIFT & 3) as u8,
            mode,
            oid,
            stat,
            assume_unchanged: flags & ASSUME_UNCHANGED != 0,
            skip_worktree: extended & SKIP_WORKTREE != 0,
            intent_to_add: extended & INTENT_TO_ADD != 0,
        })
    }

    fn short(&self, at: usize) -> Option<u16> {
        Some(u16::from_be_bytes(
            self.body.get(at..at + 2)?.try_into().ok()?,
        ))
    }

    /// Entries are padded to eights with at least one zero.
    fn plain_path(&mut self, start: usize, from: usize) -> Option<Vec<u8>> {
        let rest = self.body.get(from..)?;
        let end = memchr::memchr(0, rest)?;
        self.at = start + (from - start + end + 8) / 8 * 8;
        Some(rest[..end].to_vec())
    }

    fn shortened_path(&mut self, from: usize) -> Option<Vec<u8>> {
        let mut at = from;
        let mut byte = *self.body.get(at)?;
        let mut strip = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            at += 1;
            byte = *self.body.get(at)?;
            strip = strip.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
        }
        let rest = self.body.get(at + 1..)?;
        let end = memchr::memchr(0, rest)?;
        let kept = self.last.len().checked_sub(strip)?;
        let path = [&self.last[..kept], &rest[..end]].concat();
        self.at = at + 1 + end + 1;
        self.last.clone_from(&path);
        Some(path)
    }
}

/// The bytes of an index with these entries.
pub fn bytes(entries: &[Entry]) -> Vec<u8> {
    let extended = |entry: &Entry| entry.skip_worktree || entry.intent_to_add;
    let version: u32 = if entries.iter().any(extended) { 3 } else { 2 };
    let mut out = Vec::with_capacity(entries.len() * 100 + 32);
    out.extend(b"DIRC");
    out.extend(version.to_be_bytes());
    out.extend((entries.len() as u32).to_be_bytes());
    for entry in entries {
        put(&mut out, entry, extended(entry));
    }
    let sum = Sha1::digest(&out);
    out.extend(&sum[..]);
    out
}

fn put(out: &mut Vec<u8>, entry: &Entry, extended: bool) {
    let start = out.len();
    let stat = &entry.stat;
    let fields = [
        stat.changed.0,
        stat.changed.1,
        stat.modified.0,
        stat.modified.1,
        stat.device,
        stat.inode,
        entry.mode,
        stat.uid,
        stat.gid,
        stat.size,
    ];
    for field in fields {
        out.extend(field.to_be_bytes());
    }
    out.extend(entry.oid.0);
    let flag = |set: bool, flag: u16| if set { flag } else { 0 };
    let flags = (entry.path.len() as u16).min(NAME)
        | u16::from(entry.stage) << STAGE_SHIFT
        | flag(extended, EXTENDED)
        | flag(entry.assume_unchanged, ASSUME_UNCHANGED);
    let flags = if entry.path.len() > usize::from(NAME) {
        flags | NAME
    } else {
        flags
    };
    out.extend(flags.to_be_bytes());
    if extended {
        let more =
            flag(entry.skip_worktree, SKIP_WORKTREE) | flag(entry.intent_to_add, INTENT_TO_ADD);
        out.extend(more.to_be_bytes());
    }
    out.extend(&entry.path);
    let length = (out.len() - start + 8) / 8 * 8;
    out.resize(start + length, 0);
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

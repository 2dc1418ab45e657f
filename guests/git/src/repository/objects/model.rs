//! What objects hold.

use std::fmt;

use crate::repository::Oid;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Commit => "commit",
            Kind::Tree => "tree",
            Kind::Blob => "blob",
            Kind::Tag => "tag",
        }
    }

    pub fn named(name: &[u8]) -> Option<Kind> {
        [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag]
            .into_iter()
            .find(|kind| kind.name().as_bytes() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An object as it is stored, without its header.
#[derive(Clone, Debug)]
pub struct Object {
    pub kind: Kind,
    pub data: Vec<u8>,
}

/// The modes that trees and indexes hold.
pub mod mode {
    pub const TREE: u32 = 0o040_000;
    pub const FILE: u32 = 0o100_644;
    pub const EXECUTABLE: u32 = 0o100_755;
    pub const LINK: u32 = 0o120_000;
    pub const SUBMODULE: u32 = 0o160_000;

    /// The kind of object that a mode stands for, as `ls-tree` names it.
    pub fn kind(mode: u32) -> &'static str {
        match mode {
            TREE => "tree",
            SUBMODULE => "commit",
            _ => "blob",
        }
    }
}

/// One line of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    pub mode: u32,
    pub name: Vec<u8>,
    pub oid: Oid,
}

/// The entries of a tree's bytes; `None` ends a tree that is corrupt.
pub struct TreeEntries<'a>(&'a [u8]);

impl<'a> TreeEntries<'a> {
    pub fn of(data: &'a [u8]) -> Self {
        Self(data)
    }
}

impl Iterator for TreeEntries<'_> {
    type Item = Option<TreeEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let entry = split_entry(self.0);
        self.0 = entry.as_ref().map_or(&[], |(_, rest)| rest);
        Some(entry.map(|(entry, _)| entry))
    }
}

fn split_entry(data: &[u8]) -> Option<(TreeEntry, &[u8])> {
    let space = memchr::memchr(b' ', data)?;
    let mut mode = 0u32;
    for digit in &data[..space] {
        mode = mode.checked_mul(8)? + u32::from(digit.checked_sub(b'0').filter(|d| *d < 8)?);
    }
    let rest = &data[space + 1..];
    let end = memchr::memchr(0, rest)?;
    let oid = Oid::from_bytes(rest.get(end + 1..end + 21)?)?;
    let name = rest[..end].to_vec();
    Some((
        TreeEntry {
            mode: canonical(mode),
            name,
            oid,
        },
        &rest[end + 21..],
    ))
}

/// Old repositories hold modes such as 0664, which stand for 0644.
fn canonical(mode: u32) -> u32 {
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 != 0 => self::mode::EXECUTABLE,
        0o100_000 => self::mode::FILE,
        other => other,
    }
}

/// The order of entries in a tree: by bytes, a folder's name as though it ended in a slash.
pub fn tree_order(a: (&[u8], u32), b: (&[u8], u32)) -> std::cmp::Ordering {
    let key = |(name, mode): (&[u8], u32), at: usize| match name.get(at) {
        Some(byte) => *byte,
        None if mode == mode::TREE => b'/',
        None => 0,
    };
    let shared = a.0.len().min(b.0.len());
    a.0[..shared]
        .cmp(&b.0[..shared])
        .then_with(|| key(a, shared).cmp(&key(b, shared)))
}

/// A commit's headers and message. Names and message are bytes, whatever their encoding.
#[derive(Clone, Debug)]
pub struct Commit {
    pub tree: Oid,
    pub parents: Vec<Oid>,
    /// `Name <address> seconds zone`.
    pub author: Vec<u8>,
    pub committer: Vec<u8>,
    pub encoding: Option<Vec<u8>>,
    pub message: Vec<u8>,
}

impl Commit {
    pub fn parse(data: &[u8]) -> Option<Commit> {
        let mut commit = Commit {
            tree: Oid::ZERO,
            parents: Vec::new(),
            author: Vec::new(),
            committer: Vec::new(),
            encoding: None,
            message: Vec::new(),
        };
        let message = each_header(data, |name, value| {
            match name {
                b"tree" => commit.tree = Oid::parse(value)?,
                b"parent" => commit.parents.push(Oid::parse(value)?),
                b"author" => commit.author = value.to_vec(),
                b"committer" => commit.committer = value.to_vec(),
                b"encoding" => commit.encoding = Some(value.to_vec()),
                _ => {}
            }
            Some(())
        })?;
        commit.message = message.to_vec();
        data.starts_with(b"tree ").then_some(commit)
    }

    /// The bytes that are stored.
    pub fn data(&self) -> Vec<u8> {
        let mut data = format!("tree {}\n", self.tree).into_bytes();
        for parent in &self.parents {
            data.extend(format!("parent {parent}\n").into_bytes());
        }
        for (name, value) in [("author", &self.author), ("committer", &self.committer)] {
            data.extend([name.as_bytes(), b" ", value, b"\n"].concat());
        }
        if let Some(encoding) = &self.encoding {
            data.extend([b"encoding ", &encoding[..], b"\n"].concat());
        }
        data.push(b'\n');
        data.extend(&self.message);
        data
    }

    /// The committer's seconds since 1970.
    pub fn time(&self) -> i64 {
        crate::repository::identity::Signature::parse(&self.committer).map_or(0, |who| who.seconds)
    }

    /// The first paragraph of the message on one line, as `--oneline` shows it.
    pub fn subject(&self) -> Vec<u8> {
        subject(&self.message)
    }
}

/// The first paragraph of a message on one line.
pub fn subject(message: &[u8]) -> Vec<u8> {
    let lines = message
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    let paragraph = lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty());
    paragraph.collect::<Vec<_>>().join(&b' ')
}

/// An annotated tag.
#[derive(Clone, Debug)]
pub struct Tag {
    pub object: Oid,
    pub kind: Kind,
    pub name: Vec<u8>,
    pub tagger: Option<Vec<u8>>,
    pub message: Vec<u8>,
}

impl Tag {
    pub fn parse(data: &[u8]) -> Option<Tag> {
        let (mut object, mut kind, mut name, mut tagger) = (None, None, Vec::new(), None);
        let message = each_header(data, |key, value| {
            match key {
                b"object" => object = Oid::parse(value),
                b"type" => kind = Kind::named(value),
                b"tag" => name = value.to_vec(),
                b"tagger" => tagger = Some(value.to_vec()),
                _ => {}
            }
            Some(())
        })?;
        Some(Tag {
            object: object?,
            kind: kind?,
            name,
            tagger,
            message: message.to_vec(),
        })
    }
}

/// Calls for each header (those that go on over lines, such as signatures, with their first line); returns the message.
fn each_header<'a>(
    mut data: &'a [u8],
    mut call: impl FnMut(&[u8], &'a [u8]) -> Option<()>,
) -> Option<&'a [u8]> {
    loop {
        let Some(end) = memchr::memchr(b'\n', data) else {
            return data.is_empty().then_some(data);
        };
        let (line, rest) = (&data[..end], &data[end + 1..]);
        data = rest;
        if line.is_empty() {
            return Some(rest);
        }
        if line[0] == b' ' {
            continue;
        }
        let space = memchr::memchr(b' ', line).unwrap_or(line.len());
        call(&line[..space], line.get(space + 1..).unwrap_or_default())?;
    }
}

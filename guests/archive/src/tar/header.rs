//! A member's header: 512 bytes, in octal.

use gnu::time;
use isobox_guest::stat::{Kind, Stat, Time};

pub const BLOCK: usize = 512;

/// What a member is.
#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    pub kind: u8,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub user: String,
    pub group: String,
    pub size: u64,
    pub modified: i64,
    pub link: String,
}

/// The kinds of members that are known.
pub mod kind {
    pub const FILE: u8 = b'0';
    pub const HARD_LINK: u8 = b'1';
    pub const SYMLINK: u8 = b'2';
    pub const CHARACTER_DEVICE: u8 = b'3';
    pub const BLOCK_DEVICE: u8 = b'4';
    pub const DIRECTORY: u8 = b'5';
    pub const FIFO: u8 = b'6';
    pub const LONG_NAME: u8 = b'L';
    pub const LONG_LINK: u8 = b'K';
    pub const PAX: u8 = b'x';
    pub const PAX_GLOBAL: u8 = b'g';
}

fn text(bytes: &[u8]) -> String {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// A number in octal, or with the first bit set in base 256.
fn number(bytes: &[u8]) -> u64 {
    if bytes[0] & 0x80 != 0 {
        return bytes[1..]
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte));
    }
    bytes
        .iter()
        .skip_while(|byte| **byte == b' ')
        .take_while(|byte| (b'0'..=b'7').contains(*byte))
        .fold(0, |value, digit| {
            value.wrapping_mul(8) + u64::from(digit - b'0')
        })
}

fn checksum(block: &[u8; BLOCK]) -> u32 {
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let field: u32 = block[148..156].iter().map(|byte| u32::from(*byte)).sum();
    sum - field + 8 * u32::from(b' ')
}

impl Member {
    /// Reads a header; nothing when it is none.
    pub fn read(block: &[u8; BLOCK]) -> Option<Self> {
        if number(&block[148..156]) != u64::from(checksum(block)) {
            return None;
        }
        let mut name = text(&block[..100]);
        let is_ustar = &block[257..263] == b"ustar\0";
        let prefix = text(&block[345..500]);
        if is_ustar && !prefix.is_empty() {
            name = format!("{prefix}/{name}");
        }
        let mut kind = block[156];
        if kind == 0 || kind == b'7' {
            kind = if name.ends_with('/') {
                kind::DIRECTORY
            } else {
                kind::FILE
            };
        }
        Some(Self {
            name,
            kind,
            mode: (number(&block[100..108]) & 0o7777) as u32,
            uid: number(&block[108..116]) as u32,
            gid: number(&block[116..124]) as u32,
            user: text(&block[265..297]),
            group: text(&block[297..329]),
            size: number(&block[124..136]),
            modified: number(&block[136..148]) as i64,
            link: text(&block[157..257]),
        })
    }

    /// The blocks of a header; a name that is too long has a member of its own before it.
    pub fn write(&self, ustar: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(BLOCK);
        let (name, prefix) = match split(&self.name).filter(|_| ustar) {
            Some((prefix, name)) => (name, prefix),
            None => {
                if self.name.len() > 100 {
                    out.extend(self.long(kind::LONG_NAME, &self.name));
                }
                (&self.name[..], "")
            }
        };
        if self.link.len() > 100 {
            out.extend(self.long(kind::LONG_LINK, &self.link));
        }
        out.extend(self.block(name, prefix, ustar));
        out
    }

    fn long(&self, kind: u8, text: &str) -> Vec<u8> {
        let member = Self {
            name: "././@LongLink".to_owned(),
            kind,
            mode: 0o644,
            uid: 0,
            gid: 0,
            user: "root".to_owned(),
            group: "root".to_owned(),
            size: text.len() as u64 + 1,
            modified: 0,
            link: String::new(),
        };
        let mut out = member.block(&member.name, "", false).to_vec();
        out.extend(text.bytes());
        out.push(0);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
        out
    }

    fn block(&self, name: &str, prefix: &str, ustar: bool) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        let mut put = |at: usize, room: usize, text: &[u8]| {
            let length = text.len().min(room);
            block[at..at + length].copy_from_slice(&text[..length]);
        };
        let octal = |value: u64, digits: usize| format!("{value:0digits$o}\0").into_bytes();
        put(0, 100, name.as_bytes());
        put(100, 8, &octal(self.mode.into(), 7));
        put(108, 8, &octal(self.uid.into(), 7));
        put(116, 8, &octal(self.gid.into(), 7));
        match self.size >> 33 {
            0 => put(124, 12, &octal(self.size, 11)),
            _ => {
                let mut wide = [0; 12];
                wide[0] = 0x80;
                wide[4..].copy_from_slice(&self.size.to_be_bytes());
                put(124, 12, &wide);
            }
        }
        put(136, 12, &octal(self.modified.max(0) as u64, 11));
        put(156, 1, &[self.kind]);
        put(157, 100, self.link.as_bytes());
        put(257, 8, if ustar { b"ustar\x0000" } else { b"ustar  \0" });
        put(265, 31, self.user.as_bytes());
        put(297, 31, self.group.as_bytes());
        if ustar {
            put(329, 8, &octal(0, 7));
            put(337, 8, &octal(0, 7));
        }
        put(345, 155, prefix.as_bytes());
        let sum = checksum(&block);
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        block
    }

    /// What pax says of the member.
    pub fn amend(&mut self, records: &[u8]) {
        let mut rest = records;
        while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
            let length: usize = std::str::from_utf8(&rest[..space])
                .ok()
                .and_then(|it| it.parse().ok())
                .unwrap_or(0);
            if length <= space + 1 || length > rest.len() {
                return;
            }
            let record = String::from_utf8_lossy(&rest[space + 1..length - 1]).into_owned();
            rest = &rest[length..];
            let Some((key, value)) = record.split_once('=') else {
                continue;
            };
            let whole = || {
                value
                    .split('.')
                    .next()
                    .and_then(|it| it.parse::<i64>().ok())
            };
            match key {
                "path" => self.name = value.to_owned(),
                "linkpath" => self.link = value.to_owned(),
                "uname" => self.user = value.to_owned(),
                "gname" => self.group = value.to_owned(),
                "size" => self.size = value.parse().unwrap_or(self.size),
                "mtime" => self.modified = whole().unwrap_or(self.modified),
                "uid" => self.uid = value.parse().unwrap_or(self.uid),
                "gid" => self.gid = value.parse().unwrap_or(self.gid),
                _ => {}
            }
        }
    }

    /// How many bytes follow the header.
    pub fn data(&self) -> u64 {
        match self.kind {
            kind::HARD_LINK
            | kind::SYMLINK
            | kind::DIRECTORY
            | kind::CHARACTER_DEVICE
            | kind::BLOCK_DEVICE
            | kind::FIFO => 0,
            _ => self.size,
        }
    }

    /// The line of `tar -tv`; `width` is that of owner and size, which grows.
    pub fn line(&self, width: &mut usize, numeric: bool, shown: &str, full_time: bool) -> String {
        let letter = match self.kind {
            kind::HARD_LINK => 'h',
            kind::SYMLINK => 'l',
            kind::CHARACTER_DEVICE => 'c',
            kind::BLOCK_DEVICE => 'b',
            kind::DIRECTORY => 'd',
            kind::FIFO => 'p',
            _ => '-',
        };
        let stat = Stat {
            device: 0,
            inode: 0,
            kind: Kind::Regular,
            mode: self.mode,
            links: 1,
            bytes: 0,
            blocks: 0,
            accessed: Time {
                seconds: 0,
                nanoseconds: 0,
            },
            modified: Time {
                seconds: 0,
                nanoseconds: 0,
            },
            changed: Time {
                seconds: 0,
                nanoseconds: 0,
            },
        };
        let name = |name: &str, number: u32| match numeric || name.is_empty() {
            true => number.to_string(),
            false => name.to_owned(),
        };
        let owner = format!(
            "{}/{}",
            name(&self.user, self.uid),
            name(&self.group, self.gid)
        );
        let size = self.data().to_string();
        let used = owner.len() + 1 + size.len();
        *width = (*width).max(used);
        let blanks = *width - used + size.len();
        let when = Time {
            seconds: self.modified,
            nanoseconds: 0,
        };
        let when = time::format(
            when,
            if full_time {
                "%Y-%m-%d %H:%M:%S"
            } else {
                "%Y-%m-%d %H:%M"
            },
        );
        let link = match self.kind {
            kind::SYMLINK => format!(" -> {}", self.link),
            kind::HARD_LINK => format!(" link to {}", self.link),
            _ => String::new(),
        };
        format!(
            "{letter}{} {owner} {size:>blanks$} {when} {shown}{link}",
            &stat.letters()[1..]
        )
    }
}

/// A name that is too long for 100 bytes, at a slash.
fn split(name: &str) -> Option<(&str, &str)> {
    if name.len() <= 100 {
        return None;
    }
    name.match_indices('/')
        .map(|(at, _)| (&name[..at], &name[at + 1..]))
        .find(|(prefix, rest)| prefix.len() <= 155 && rest.len() <= 100 && !rest.is_empty())
}

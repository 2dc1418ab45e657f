//! The name of an object: its SHA-1.

use std::fmt;

use sha1::{Digest as _, Sha1};

/// Twenty bytes that name an object; written as 40 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Oid(pub [u8; 20]);

impl Oid {
    /// What stands where there is no object.
    pub const ZERO: Oid = Oid([0; 20]);

    /// The tree without entries, which every repository has though it isn't written.
    pub const EMPTY_TREE: Oid =
        Oid(*b"\x4b\x82\x5d\xc6\x42\xcb\x6e\xb9\xa0\x60\xe5\x4b\xf8\xd6\x92\x88\xfb\xee\x49\x04");

    /// 40 digits, and nothing else.
    pub fn parse(text: &[u8]) -> Option<Oid> {
        if text.len() != 40 {
            return None;
        }
        let mut bytes = [0; 20];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Oid(bytes))
    }

    /// From 20 bytes, as trees and indexes hold them.
    pub fn from_bytes(bytes: &[u8]) -> Option<Oid> {
        bytes.try_into().ok().map(Oid)
    }

    pub fn is_zero(&self) -> bool {
        *self == Oid::ZERO
    }

    pub fn hex(&self) -> String {
        let mut text = String::with_capacity(40);
        for byte in self.0 {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
            }
        }
        text
    }

    /// Whether the name begins with these digits (lower case, at most 40).
    pub fn has_prefix(&self, digits: &str) -> bool {
        self.hex().starts_with(digits)
    }

    /// The name of `data` as an object of this kind.
    pub fn of(kind: &str, data: &[u8]) -> Oid {
        let mut hash = Sha1::new();
        hash.update(format!("{kind} {}\0", data.len()));
        hash.update(data);
        Oid(hash.finalize().into())
    }
}

fn digit(c: u8) -> Option<u8> {
    Some(match c {
        b'0'..=b'9' => c - b'0',
        b'a'..=b'f' => c - b'a' + 10,
        b'A'..=b'F' => c - b'A' + 10,
        _ => return None,
    })
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

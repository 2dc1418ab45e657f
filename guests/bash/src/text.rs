//! Text as the shell keeps it: Rust strings in which a byte that is no UTF-8 stands as a private character, so that nothing is lost
//! between the machine's bytes and the shell's characters.

use std::borrow::Cow;
use std::rc::Rc;

/// The shell's strings: cheap to copy, never changed in place.
pub type Text = Rc<str>;

/// The character that stands for byte 0x80; those for 0x81 to 0xff follow. They are the last of the private use area B.
const ESCAPED_80: u32 = 0x10_FF00;

/// The text of some bytes.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| escaped(byte)));
    }
    Cow::Owned(text)
}

/// The bytes of a text.
pub fn encode(text: &str) -> Cow<'_, [u8]> {
    if !text.chars().any(|c| unescaped(c).is_some()) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match unescaped(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(bytes)
}

/// The character for a byte that is no UTF-8 (0x80 and above).
pub fn escaped(byte: u8) -> char {
    char::from_u32(ESCAPED_80 + u32::from(byte) - 0x80).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The byte a character stands for, if it stands for one.
pub fn unescaped(c: char) -> Option<u8> {
    let offset = u32::from(c).checked_sub(ESCAPED_80)?;
    (offset < 0x80).then_some((offset + 0x80) as u8)
}

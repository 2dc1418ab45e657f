//! What stands between `$'` and `'`.

use crate::text::{decode, encode};

/// The text that `\n`, `\x41`, `\u20ac` and the others stand for. A zero byte ends it.
pub fn unescape(text: &str) -> String {
    let source = encode(text);
    let mut rest: &[u8] = &source;
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&kind, behind)) = rest.split_first() else {
            bytes.push(b'\\');
            break;
        };
        rest = behind;
        match kind {
            b'x' => {
                let braced = rest.first() == Some(&b'{');
                let digits = if braced {
                    rest.get(1..).unwrap_or_default()
                } else {
                    rest
                };
                let (value, length) = number(digits, 16, if braced { usize::MAX } else { 2 });
                if length == 0 {
                    bytes.extend(b"\\x");
                    continue;
                }
                rest = digits.get(length..).unwrap_or_default();
                if braced && rest.first() == Some(&b'}') {
                    rest = rest.get(1..).unwrap_or_default();
                }
                if value as u8 == 0 {
                    break;
                }
                bytes.push(value as u8);
            }
            b'0'..=b'7' => {
                let mut digits = vec![kind];
                digits.extend(rest.iter().take(2));
                let (value, length) = number(&digits, 8, 3);
                rest = rest.get(length.saturating_sub(1)..).unwrap_or_default();
                if value as u8 == 0 {
                    break;
                }
                bytes.push(value as u8);
            }
            b'u' | b'U' => {
                let (value, length) = number(rest, 16, if kind == b'u' { 4 } else { 8 });
                if length == 0 {
                    bytes.extend([b'\\', kind]);
                    continue;
                }
                rest = rest.get(length..).unwrap_or_default();
                if value == 0 {
                    break;
                }
                push_character(value, &mut bytes);
            }
            b'c' => {
                let Some((&control, behind)) = rest.split_first() else {
                    bytes.extend(b"\\c");
                    break;
                };
                rest = behind;
                if control == b'\\' && rest.first() == Some(&b'\\') {
                    rest = rest.get(1..).unwrap_or_default();
                }
                let control = if control == b'?' {
                    0x7f
                } else {
                    control.to_ascii_uppercase() & 0x1f
                };
                if control == 0 {
                    break;
                }
                bytes.push(control);
            }
            kind => match simple(kind) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend([b'\\', kind]),
            },
        }
    }
    decode(&bytes).into_owned()
}

fn simple(kind: u8) -> Option<u8> {
    Some(match kind {
        b'a' => 0x07,
        b'b' => 0x08,
        b'e' | b'E' => 0x1b,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'\'' | b'"' | b'?' => kind,
        _ => return None,
    })
}

/// The number at the beginning and how many digits it has.
fn number(bytes: &[u8], base: u32, most: usize) -> (u32, usize) {
    let (mut value, mut length) = (0u32, 0);
    for &byte in bytes.iter().take(most) {
        let Some(digit) = char::from(byte).to_digit(base) else {
            break;
        };
        value = value.wrapping_mul(base).wrapping_add(digit);
        length += 1;
    }
    (value, length)
}

/// The UTF-8 of a number, even of one that is no character, as bash writes it.
fn push_character(value: u32, bytes: &mut Vec<u8>) {
    if let Some(c) = char::from_u32(value) {
        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    let continuation = |shift: u32| 0x80 | (value >> shift & 0x3f) as u8;
    match value {
        0..=0xffff => bytes.extend([0xe0 | (value >> 12) as u8, continuation(6), continuation(0)]),
        0x1_0000..=0x1f_ffff => bytes.extend([
            0xf0 | (value >> 18) as u8,
            continuation(12),
            continuation(6),
            continuation(0),
        ]),
        _ => {}
    }
}

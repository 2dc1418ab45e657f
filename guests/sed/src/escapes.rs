//! Escapes that stand for characters: `\t`, `\x41`, `\o101`, `\d065`, `\cA`.

/// Where the text stands that holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What `a`, `i`, `c` and `y` hold.
    Text,
    Pattern,
    Replacement,
}

/// Replaces the escapes that stand for characters and keeps all others.
pub fn produce(text: &[u8], place: Place) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 >= text.len() {
            out.push(text[at]);
            at += 1;
            continue;
        }
        match escape(&text[at + 1..], place) {
            Some((byte, length)) => {
                quote(byte, text[at + 1], place, &mut out);
                at += 1 + length;
            }
            None => {
                out.extend_from_slice(&text[at..at + 2]);
                at += 2;
            }
        }
    }
    out
}

/// The byte that an escape stands for, and the length of what is behind the backslash.
fn escape(text: &[u8], place: Place) -> Option<(u8, usize)> {
    Some(match text[0] {
        b'a' => (7, 1),
        b'f' => (12, 1),
        b'n' if place != Place::Pattern => (b'\n', 1),
        b'r' => (b'\r', 1),
        b't' => (b'\t', 1),
        b'v' => (11, 1),
        b'c' if text.len() > 1 => (text[1].to_ascii_uppercase() ^ 0x40, 2),
        b'd' => number(&text[1..], 10, 3)?,
        b'o' => number(&text[1..], 8, 3)?,
        b'x' => number(&text[1..], 16, 2)?,
        _ => return None,
    })
}

fn number(digits: &[u8], base: u32, most: usize) -> Option<(u8, usize)> {
    let mut value = 0;
    let mut length = 0;
    for digit in digits.iter().take(most) {
        let Some(digit) = char::from(*digit).to_digit(base) else {
            break;
        };
        value = value * base + digit;
        length += 1;
    }
    (length > 0).then_some((value as u8, length + 1))
}

/// What is written by its number stands for itself even where the character means something.
fn quote(byte: u8, letter: u8, place: Place, out: &mut Vec<u8>) {
    let by_number = matches!(letter, b'd' | b'o' | b'x');
    let special: &[u8] = match place {
        Place::Text => b"\\",
        Place::Pattern => b"*[].^$\\/+?{}()|",
        Place::Replacement => b"&\\\n",
    };
    if by_number && special.contains(&byte) {
        out.push(b'\\');
    }
    out.push(byte);
}

//! Base 85, in which binary patches are written.

const DIGITS: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
/// Bytes of a line.
const LINE: usize = 52;

/// The bytes of a line: a letter for their number, and five digits for each four.
pub fn decode_line(line: &[u8]) -> Option<Vec<u8>> {
    let (&first, digits) = line.split_first()?;
    let length = match first {
        b'A'..=b'Z' => usize::from(first - b'A') + 1,
        b'a'..=b'z' => usize::from(first - b'a') + 27,
        _ => return None,
    };
    if digits.len() != length.div_ceil(4) * 5 {
        return None;
    }
    let mut bytes = Vec::with_capacity(length + 4);
    for group in digits.chunks(5) {
        let mut value = 0u32;
        for digit in group {
            let place = DIGITS.iter().position(|one| one == digit)? as u32;
            value = value.checked_mul(85)?.checked_add(place)?;
        }
        bytes.extend(value.to_be_bytes());
    }
    bytes.truncate(length);
    Some(bytes)
}

/// Bytes as lines.
pub fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 5 / 4 + bytes.len() / 26 + 8);
    for line in bytes.chunks(LINE) {
        let length = line.len() as u8;
        text.push(if length <= 26 {
            b'A' + length - 1
        } else {
            b'a' + length - 27
        });
        for group in line.chunks(4) {
            let mut word = [0; 4];
            word[..group.len()].copy_from_slice(group);
            let mut value = u32::from_be_bytes(word);
            let mut digits = [0; 5];
            for digit in digits.iter_mut().rev() {
                *digit = DIGITS[(value % 85) as usize];
                value /= 85;
            }
            text.extend(digits);
        }
        text.push(b'\n');
    }
    text
}

//! Backslash sequences of `echo -e` and `printf`.

/// Writes what `echo -e` makes of some bytes; answers whether `\c` ended the output.
pub fn echo(bytes: &[u8], output: &mut Vec<u8>) -> bool {
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            output.push(byte);
            continue;
        }
        let Some((&letter, after)) = rest.split_first() else {
            output.push(b'\\');
            break;
        };
        rest = after;
        if letter == b'c' {
            return true;
        }
        let taken = match letter {
            b'0' => Some(octal(0, rest, 3, output)),
            b'x' => hexadecimal(rest, output),
            b'u' => unicode(rest, 4, output),
            b'U' => unicode(rest, 8, output),
            _ => simple(letter, output),
        };
        match taken {
            Some(count) => rest = &rest[count..],
            None => output.extend_from_slice(&[b'\\', letter]),
        }
    }
    false
}

/// What is wrong with a sequence that is kept as it is.
pub enum Missing {
    Hexadecimal,
    Unicode(char),
}

/// Writes what `printf` makes of the sequence behind a backslash and answers how many bytes it is long. In the argument of `%b`
/// (`in_argument`) `\0` takes three more digits, and quotes keep their backslash.
pub fn printf(rest: &[u8], in_argument: bool, output: &mut Vec<u8>) -> (usize, Option<Missing>) {
    let Some((&letter, after)) = rest.split_first() else {
        output.push(b'\\');
        return (0, None);
    };
    let taken = match letter {
        b'0'..=b'7' => {
            let more = if letter == b'0' && in_argument { 3 } else { 2 };
            Some(octal(u32::from(letter - b'0'), after, more, output))
        }
        b'x' => match hexadecimal(after, output) {
            None => {
                output.push(b'\\');
                return (0, Some(Missing::Hexadecimal));
            }
            taken => taken,
        },
        b'u' | b'U' => match unicode(after, if letter == b'u' { 4 } else { 8 }, output) {
            None => {
                output.push(b'\\');
                return (0, Some(Missing::Unicode(letter.into())));
            }
            taken => taken,
        },
        b'\'' | b'"' | b'?' if !in_argument => {
            output.push(letter);
            Some(0)
        }
        _ => simple(letter, output),
    };
    match taken {
        Some(count) => (count + 1, None),
        None => {
            output.push(b'\\');
            (0, None)
        }
    }
}

fn simple(letter: u8, output: &mut Vec<u8>) -> Option<usize> {
    output.push(match letter {
        b'a' => 7,
        b'b' => 8,
        b'e' | b'E' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        _ => return None,
    });
    Some(0)
}

fn octal(first: u32, rest: &[u8], most: usize, output: &mut Vec<u8>) -> usize {
    let digits = rest.iter().take(most);
    let count = digits.take_while(|b| matches!(b, b'0'..=b'7')).count();
    let value = rest[..count]
        .iter()
        .fold(first, |value, &digit| value * 8 + u32::from(digit - b'0'));
    output.push(value as u8);
    count
}

fn hexadecimal(rest: &[u8], output: &mut Vec<u8>) -> Option<usize> {
    let (value, count) = hexadecimal_digits(rest, 2)?;
    output.push(value as u8);
    Some(count)
}

fn unicode(rest: &[u8], most: usize, output: &mut Vec<u8>) -> Option<usize> {
    let (value, count) = hexadecimal_digits(rest, most)?;
    match char::from_u32(value) {
        Some(c) => output.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => long_utf8(value, output),
    }
    Some(count)
}

/// UTF-8 as it was first defined: surrogates, and up to 31 bits.
fn long_utf8(value: u32, output: &mut Vec<u8>) {
    let (lead, more) = match value {
        0..0x1_0000 => (0xe0, 2),
        0x1_0000..0x20_0000 => (0xf0, 3),
        0x20_0000..0x400_0000 => (0xf8, 4),
        0x400_0000..0x8000_0000 => (0xfc, 5),
        _ => return,
    };
    output.push(lead | (value >> (6 * more)) as u8);
    for place in (0..more).rev() {
        output.push(0x80 | ((value >> (6 * place)) & 0x3f) as u8);
    }
}

fn hexadecimal_digits(rest: &[u8], most: usize) -> Option<(u32, usize)> {
    let digits = rest.iter().take(most);
    let count = digits.take_while(|b| b.is_ascii_hexdigit()).count();
    let text = std::str::from_utf8(&rest[..count]).ok()?;
    u32::from_str_radix(text, 16)
        .ok()
        .map(|value| (value, count))
}

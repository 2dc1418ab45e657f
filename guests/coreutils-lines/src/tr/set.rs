//! What `STRING1` and `STRING2` say.

/// A part of a set.
#[derive(Clone, PartialEq)]
pub enum Item {
    Byte(u8),
    Range(u8, u8),
    Class(&'static str),
    Equivalence(u8),
    /// So many times; nothing means as many as are needed.
    Repeat(u8, Option<usize>),
}

/// More than any set that means something, so that `[a*999999999]` takes no memory.
const REPEAT_MAX: usize = 1 << 16;

const CLASSES: [&str; 12] = [
    "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "xdigit",
];

impl Item {
    /// Its bytes, in the order in which they are paired.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Byte(byte) | Self::Equivalence(byte) => vec![*byte],
            Self::Range(first, last) => (*first..=*last).collect(),
            Self::Class(class) => (0..=u8::MAX).filter(|byte| is_of(class, *byte)).collect(),
            Self::Repeat(byte, count) => vec![*byte; count.unwrap_or(0).min(REPEAT_MAX)],
        }
    }

    pub fn is_class(&self) -> bool {
        matches!(self, Self::Class(_))
    }

    pub fn is_case(&self) -> bool {
        matches!(self, Self::Class("lower" | "upper"))
    }
}

fn is_of(class: &str, byte: u8) -> bool {
    match class {
        "alnum" => byte.is_ascii_alphanumeric(),
        "alpha" => byte.is_ascii_alphabetic(),
        "blank" => matches!(byte, b' ' | b'\t'),
        "cntrl" => byte.is_ascii_control(),
        "digit" => byte.is_ascii_digit(),
        "graph" => byte.is_ascii_graphic(),
        "lower" => byte.is_ascii_lowercase(),
        "print" => byte == b' ' || byte.is_ascii_graphic(),
        "punct" => byte.is_ascii_punctuation(),
        "space" => matches!(byte, b' ' | b'\t'..=b'\r'),
        "upper" => byte.is_ascii_uppercase(),
        _ => byte.is_ascii_hexdigit(),
    }
}

/// A byte, and whether a backslash took its meaning from it.
type Letter = (u8, bool);

/// Reads a set.
///
/// # Errors
/// What is wrong with it, in GNU's words.
pub fn read(text: &str) -> Result<Vec<Item>, String> {
    let letters = unescaped(text.as_bytes());
    let mut items = Vec::new();
    let mut at = 0;
    while at + 2 < letters.len() {
        if letters[at] == (b'[', false)
            && let Some((item, next)) = bracketed(&letters, at)?
        {
            items.push(item);
            at = next;
        } else if letters[at + 1] == (b'-', false) {
            let (first, last) = (letters[at].0, letters[at + 2].0);
            if last < first {
                return Err(format!(
                    "range-endpoints of '{}-{}' are in reverse collating sequence order",
                    printable(first),
                    printable(last)
                ));
            }
            items.push(Item::Range(first, last));
            at += 3;
        } else {
            items.push(Item::Byte(letters[at].0));
            at += 1;
        }
    }
    items.extend(letters[at..].iter().map(|(byte, _)| Item::Byte(*byte)));
    Ok(items)
}

fn printable(byte: u8) -> String {
    match byte {
        b' '..=b'~' => char::from(byte).to_string(),
        byte => format!("\\{byte:03o}"),
    }
}

fn unescaped(text: &[u8]) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            letters.push((*first, false));
            continue;
        }
        let Some((escaped, after)) = after.split_first() else {
            eprintln!("tr: warning: an unescaped backslash at end of string is not portable");
            letters.push((b'\\', false));
            break;
        };
        rest = after;
        let byte = match escaped {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'0'..=b'7' => {
                let digits = |byte: &&u8| matches!(byte, b'0'..=b'7');
                let mut count = rest.iter().take(2).take_while(digits).count();
                let value = |count: usize| {
                    let start = u32::from(escaped - b'0');
                    rest[..count]
                        .iter()
                        .fold(start, |sum, digit| sum * 8 + u32::from(digit - b'0'))
                };
                if value(count) > 255 {
                    let [one, two, three] = [*escaped, rest[0], rest[1]].map(char::from);
                    eprintln!(
                        "tr: warning: the ambiguous octal escape \\{one}{two}{three} is being\n\tinterpreted as the 2-byte sequence \\0{one}{two}, {three}"
                    );
                    count -= 1;
                }
                let byte = value(count) as u8;
                rest = &rest[count..];
                byte
            }
            other => *other,
        };
        letters.push((byte, true));
    }
    letters
}

/// `[:class:]`, `[=c=]` or `[c*n]` at a bracket, and where it ends. Anything else is a bracket.
fn bracketed(letters: &[Letter], at: usize) -> Result<Option<(Item, usize)>, String> {
    let sign = letters[at + 1];
    if let (sign @ (b':' | b'='), false) = sign {
        let close = (at + 2..letters.len() - 1)
            .find(|close| letters[*close] == (sign, false) && letters[close + 1] == (b']', false));
        if let Some(close) = close {
            let name: Vec<u8> = letters[at + 2..close]
                .iter()
                .map(|(byte, _)| *byte)
                .collect();
            let repeat = repeated(letters, at)?;
            match named(sign, &name) {
                Ok(item) => return Ok(Some((item, close + 2))),
                // `[:*2][:a:]` repeats a colon.
                Err(_) if repeat.is_some() => {}
                Err(message) => return Err(message),
            }
        }
    }
    repeated(letters, at)
}

fn named(sign: u8, name: &[u8]) -> Result<Item, String> {
    let text = String::from_utf8_lossy(name);
    match (sign, name) {
        (b':', []) => Err("missing character class name '[::]'".to_owned()),
        (b':', _) => CLASSES
            .iter()
            .find(|class| **class == text)
            .map(|class| Item::Class(class))
            .ok_or_else(|| format!("invalid character class ‘{text}’")),
        (_, []) => Err("missing equivalence class character '[==]'".to_owned()),
        (_, [byte]) => Ok(Item::Equivalence(*byte)),
        _ => Err(format!(
            "{text}: equivalence class operand must be a single character"
        )),
    }
}

fn repeated(letters: &[Letter], at: usize) -> Result<Option<(Item, usize)>, String> {
    if letters.get(at + 2) != Some(&(b'*', false)) {
        return Ok(None);
    }
    let close = (at + 3..letters.len()).find(|close| letters[*close] == (b']', false));
    let Some(close) = close else {
        return Ok(None);
    };
    let digits: Vec<u8> = letters[at + 3..close]
        .iter()
        .map(|(byte, _)| *byte)
        .collect();
    let digits = String::from_utf8_lossy(&digits);
    let base = if digits.starts_with('0') { 8 } else { 10 };
    let count = match &digits[..] {
        "" => None,
        digits => {
            let count = u64::from_str_radix(digits, base).ok();
            let count = count.filter(|_| !digits.starts_with('+'));
            let wrong = || format!("invalid repeat count ‘{digits}’ in [c*n] construct");
            let count = count.ok_or_else(wrong)?;
            Some(usize::try_from(count).unwrap_or(usize::MAX)).filter(|count| *count > 0)
        }
    };
    Ok(Some((Item::Repeat(letters[at + 1].0, count), close + 1)))
}

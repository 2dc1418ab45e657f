//! Patterns of file names: `*`, `?`, `[…]`, and `**` across folders.

/// Whether a pattern matches a text. With `path`, `*` and `?` stop at slashes and `**` doesn't; `fold` ignores case.
pub fn matches(pattern: &[u8], text: &[u8], path: bool, fold: bool) -> bool {
    let mut steps = 200_000;
    walk(pattern, text, None, path, fold, &mut steps) == Some(true)
}

/// Whether a text has characters that patterns are made of.
pub fn is_pattern(text: &[u8]) -> bool {
    text.iter()
        .any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'))
}

/// `None` when it takes too many steps: patterns can be made that take for ever.
fn walk(
    mut p: &[u8],
    mut t: &[u8],
    mut before: Option<u8>,
    path: bool,
    fold: bool,
    steps: &mut u32,
) -> Option<bool> {
    let lower = |byte: u8| {
        if fold {
            byte.to_ascii_lowercase()
        } else {
            byte
        }
    };
    while let Some(&c) = p.first() {
        *steps = steps.checked_sub(1)?;
        if c == b'*' {
            return star(p, t, before, path, fold, steps);
        }
        let Some(&found) = t.first() else {
            return Some(false);
        };
        let length = match c {
            b'?' if path && found == b'/' => return Some(false),
            b'?' => 1,
            b'[' => match class(p, lower(found), fold) {
                Some((true, length)) if !(path && found == b'/') => length,
                _ => return Some(false),
            },
            b'\\' if p.len() > 1 => {
                if lower(p[1]) != lower(found) {
                    return Some(false);
                }
                2
            }
            c if lower(c) == lower(found) => 1,
            _ => return Some(false),
        };
        before = Some(c);
        p = &p[length..];
        t = &t[1..];
    }
    Some(t.is_empty())
}

fn star(
    p: &[u8],
    t: &[u8],
    before: Option<u8>,
    path: bool,
    fold: bool,
    steps: &mut u32,
) -> Option<bool> {
    let count = p.iter().take_while(|c| **c == b'*').count();
    let rest = &p[count..];
    let alone = matches!(before, None | Some(b'/')) && matches!(rest.first(), None | Some(b'/'));
    let across = !path || count >= 2 && alone;
    // `a/**/b` matches `a/b` too.
    if path
        && count >= 2
        && alone
        && rest.first() == Some(&b'/')
        && walk(&rest[1..], t, Some(b'/'), path, fold, steps)?
    {
        return Some(true);
    }
    if rest.is_empty() {
        return Some(across || !t.contains(&b'/'));
    }
    for at in 0..=t.len() {
        if walk(rest, &t[at..], Some(b'*'), path, fold, steps)? {
            return Some(true);
        }
        if !across && t.get(at) == Some(&b'/') {
            return Some(false);
        }
    }
    Some(false)
}

/// Whether a bracket expression matches, and its length; `None` when it doesn't end.
fn class(p: &[u8], c: u8, fold: bool) -> Option<(bool, usize)> {
    let negated = matches!(p.get(1), Some(b'!' | b'^'));
    let mut at = if negated { 2 } else { 1 };
    let start = at;
    let mut found = false;
    loop {
        let mut low = *p.get(at)?;
        if low == b']' && at > start {
            return Some((found != negated, at + 1));
        }
        if low == b'[' && p.get(at + 1) == Some(&b':') {
            let end = p[at + 2..].windows(2).position(|pair| pair == b":]")?;
            found |= named(&p[at + 2..at + 2 + end], c, fold)?;
            at += end + 4;
            continue;
        }
        if low == b'\\' {
            at += 1;
            low = *p.get(at)?;
        }
        at += 1;
        let mut high = low;
        if p.get(at) == Some(&b'-') && p.get(at + 1).is_some_and(|end| *end != b']') {
            at += 1;
            if p[at] == b'\\' {
                at += 1;
            }
            high = *p.get(at)?;
            at += 1;
        }
        found |=
            (low..=high).contains(&c) || fold && (low..=high).contains(&c.to_ascii_uppercase());
    }
}

fn named(name: &[u8], c: u8, fold: bool) -> Option<bool> {
    Some(match name {
        b"alnum" => c.is_ascii_alphanumeric(),
        b"alpha" => c.is_ascii_alphabetic(),
        b"blank" => c == b' ' || c == b'\t',
        b"cntrl" => c.is_ascii_control(),
        b"digit" => c.is_ascii_digit(),
        b"graph" => c.is_ascii_graphic(),
        b"lower" => c.is_ascii_lowercase(),
        b"print" => c.is_ascii_graphic() || c == b' ',
        b"punct" => c.is_ascii_punctuation(),
        b"space" => c.is_ascii_whitespace() || c == 11,
        b"upper" => c.is_ascii_uppercase() || fold && c.is_ascii_lowercase(),
        b"xdigit" => c.is_ascii_hexdigit(),
        _ => return None,
    })
}

//! File names as patches write them: quoted in C's way, with folders in front that are taken off.

/// A quoted name and what stands behind it.
pub fn unquote(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (&byte, behind) = rest.split_first()?;
        rest = behind;
        match byte {
            b'"' => return Some((name, rest)),
            b'\\' => {
                let (&escape, behind) = rest.split_first()?;
                rest = behind;
                name.push(match escape {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'"' | b'\\' => escape,
                    b'0'..=b'3' => {
                        let digits = rest.get(..2)?;
                        rest = &rest[2..];
                        let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
                        (escape - b'0') << 6 | digit(digits[0])? << 3 | digit(digits[1])?
                    }
                    _ => return None,
                });
            }
            byte => name.push(byte),
        }
    }
}

/// Takes `count` folders off the front; `None` when there are fewer.
pub fn strip(name: &[u8], count: usize) -> Option<&[u8]> {
    let mut name = name;
    for _ in 0..count {
        let slash = memchr::memchr(b'/', name)?;
        name = &name[slash..];
        name = &name[name.iter().take_while(|byte| **byte == b'/').count()..];
    }
    (!name.is_empty()).then_some(name)
}

/// The name in a `---` or `+++` line or an extended header: up to a tab, or to the end.
pub fn name_in(line: &[u8], until_tab: bool) -> Vec<u8> {
    if let Some((name, _)) = unquote(line) {
        return name;
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match memchr::memchr(b'\t', line) {
        Some(tab) if until_tab => line[..tab].to_vec(),
        _ => line.to_vec(),
    }
}

/// The one name that both halves of `diff --git a/x b/x` give, when they do.
pub fn common(line: &[u8], count: usize) -> Option<Vec<u8>> {
    if line.starts_with(b"\"") {
        let (first, rest) = unquote(line)?;
        let second = name_in(rest.strip_prefix(b" ")?, false);
        let (first, second) = (strip(&first, count)?, strip(&second, count)?);
        return (first == second).then(|| first.to_vec());
    }
    if let Some(quote) = memchr::memmem::find(line, b" \"") {
        let (second, _) = unquote(&line[quote + 1..])?;
        let (first, second) = (strip(&line[..quote], count)?, strip(&second, count)?);
        return (first == second).then(|| first.to_vec());
    }
    memchr::memchr_iter(b' ', line).find_map(|space| {
        let first = strip(&line[..space], count)?;
        let second = strip(&line[space + 1..], count)?;
        (first == second).then(|| first.to_vec())
    })
}

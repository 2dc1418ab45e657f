//! Paths as git writes them.

/// A path between quotes with C's escapes when it has bytes that need them (`core.quotePath`), else as it is.
pub fn quoted(path: &[u8], quote_high: bool) -> Vec<u8> {
    let needs = |byte: &u8| {
        *byte < 0x20 || *byte == 0x7f || matches!(byte, b'"' | b'\\') || quote_high && *byte >= 0x80
    };
    if !path.iter().any(needs) {
        return path.to_vec();
    }
    let mut out = vec![b'"'];
    for byte in path {
        match byte {
            7 => out.extend(b"\\a"),
            8 => out.extend(b"\\b"),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            11 => out.extend(b"\\v"),
            12 => out.extend(b"\\f"),
            b'\r' => out.extend(b"\\r"),
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            byte if needs(byte) => out.extend(format!("\\{byte:03o}").into_bytes()),
            byte => out.push(*byte),
        }
    }
    out.push(b'"');
    out
}

/// A path from the top, seen from a folder (`a/b/`): with `../` where it must.
pub fn relative(path: &[u8], prefix: &[u8]) -> Vec<u8> {
    if prefix.is_empty() {
        return path.to_vec();
    }
    let mut shared = 0;
    for (at, byte) in prefix.iter().enumerate() {
        if path.get(at) != Some(byte) {
            break;
        }
        if *byte == b'/' {
            shared = at + 1;
        }
    }
    let ups = prefix[shared..]
        .iter()
        .filter(|byte| **byte == b'/')
        .count();
    let mut out = b"../".repeat(ups);
    out.extend(&path[shared..]);
    if out.is_empty() {
        out.extend(b"./");
    }
    out
}

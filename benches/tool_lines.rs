//! What the benches of the tools run: the same lines for us, for the real tools and for a peer.

/// A line to run.
pub struct Line {
    pub name: &'static str,
    /// Run once before, in the same folder.
    pub prepare: &'static str,
    pub script: &'static str,
}

const fn line(name: &'static str, script: &'static str) -> Line {
    Line {
        name,
        prepare: ":",
        script,
    }
}

/// Each runs in a folder with the [`files`].
pub const LINES: [Line; 19] = [
    line("grep -c", "grep -c 'over 7' f"),
    line("grep -E", "grep -cE '^[0-9]+5 .*(fox|dog) .* [13]+$' f"),
    line("grep -o", "grep -o 'o[a-z]*' f | wc -l"),
    line("rg", "rg -c 'over 7' f"),
    line(
        "sed s///",
        "sed 's/quick \\([a-z]*\\)/\\1 slow/' f > /dev/null",
    ),
    line("awk, a sum", "awk '{ sum += $NF } END { print sum }' f"),
    line("sort", "sort f > /dev/null"),
    line(
        "cut | sort | uniq -c | sort -rn | head",
        "cut -d ' ' -f 8 f | sort | uniq -c | sort -rn | head",
    ),
    line("find", "find tree -type f -name '*9*' | wc -l"),
    line("xargs", "xargs echo < f > /dev/null"),
    line("diff", "diff f changed > /dev/null; true"),
    line(
        "jq",
        "jq '[.[] | select(.number > 50) | .text | length] | add' json",
    ),
    line("tar c", "tar cf - f | wc -c"),
    line("gzip", "gzip -c f | wc -c"),
    Line {
        name: "gunzip",
        prepare: "gzip -c f > f.gz",
        script: "gunzip -c f.gz | wc -c",
    },
    line("wc", "wc f"),
    line("tr", "tr a-z A-Z < f > /dev/null"),
    line("uniq -c", "uniq -c f > /dev/null"),
    line("20 external commands", TWENTY),
];

/// Nothing in it is built into a shell.
const TWENTY: &str = "\
    cat name; head -n 1 name; tail -n 1 name; wc -c name; ls name; cut -c 1 name; sort name; uniq name; tr a b < name; grep x name; \
    cat name; head -n 1 name; tail -n 1 name; wc -c name; ls name; cut -c 1 name; sort name; uniq name; tr a b < name; grep x name";

/// The files of a folder, by name: a text of some size, one like it, the same as JSON, a short one, and a tree of small ones.
pub fn files(bytes: usize) -> Vec<(String, Vec<u8>)> {
    let lines = text(bytes);
    let changed = lines.replace(" over 77\n", " over seventy-seven\n");
    let mut files = vec![
        ("json".to_owned(), json(&lines).into_bytes()),
        ("f".to_owned(), lines.into_bytes()),
        ("changed".to_owned(), changed.into_bytes()),
        ("name".to_owned(), b"x\n".to_vec()),
    ];
    files.extend((0..bytes / 1000).map(|file| {
        let path = format!("tree/{:03}/{file:05}.txt", file / 100);
        (path, b"a file\n".to_vec())
    }));
    files
}

/// Lines that differ, each whole.
fn text(bytes: usize) -> String {
    let mut state = 1u32;
    let mut text = String::with_capacity(bytes + 80);
    while text.len() < bytes {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let number = (state >> 16) % 97;
        text.push_str(&format!(
            "{state:010} the quick brown fox jumps over {number}\n"
        ));
    }
    text
}

/// A list of an object a line, as big as half the lines.
fn json(lines: &str) -> String {
    let objects: Vec<_> = lines
        .lines()
        .step_by(2)
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(text, number)| format!("{{\"text\":\"{text}\",\"number\":{number}}}"))
        .collect();
    format!("[{}]\n", objects.join(",\n"))
}

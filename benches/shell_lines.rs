//! What the benches of the shell run: the same lines for us and for our peers.

/// The lines: a name and a script. Each runs in a folder that holds `f`, a megabyte of text.
pub const LINES: [(&str, &str); 6] = [
    ("echo hello", "echo hello"),
    (
        "1,000 iterations",
        "i=0; while (( i < 1000 )); do (( i++ )); done; echo $i",
    ),
    (
        "1,000 iterations of [",
        "i=0; while [ $i -lt 1000 ]; do i=$((i + 1)); done; echo $i",
    ),
    ("cat | tr | wc, 1 MB", "cat f | tr a-z A-Z | wc -c"),
    ("command substitution", "x=$(echo a b c); echo ${x%% *}"),
    (
        "a function called 100 times",
        "f() { local n=$1; r=$((n * 2)); }; for i in {1..100}; do f $i; done; echo $r",
    ),
];

/// A megabyte of lines that differ.
pub fn a_megabyte_of_text() -> Vec<u8> {
    const MEGABYTE: usize = 1_000_000;
    let mut state = 1u32;
    let mut text = Vec::with_capacity(MEGABYTE + 80);
    while text.len() < MEGABYTE {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let number = state % 97;
        let line = format!("{state:010} the quick brown fox jumps over {number}\n");
        text.extend_from_slice(line.as_bytes());
    }
    text.truncate(MEGABYTE);
    text
}

//! Lines: how they end, how they are numbered, and how much of them is shown.

/// Most characters that are shown of a text at once: the reference's number.
pub const SHOWN_CHARACTERS_MAX: usize = 16_000;

/// What stands where the rest of a text would: the reference's words.
const CLIPPED: &str = "<response clipped><NOTE>To save on context only part of this file has been shown to you. \
    You should retry this tool after you have searched inside the file with `grep -n` in order to find the line \
    numbers of what you are looking for.</NOTE>";

/// Whether every line ends in CR and LF.
pub fn is_crlf(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut newlines = memchr::memchr_iter(b'\n', bytes).peekable();
    newlines.peek().is_some() && newlines.all(|at| at > 0 && bytes[at - 1] == b'\r')
}

/// The same with every line ending in CR and LF.
pub fn to_crlf(text: &str) -> String {
    let mut lines = text.split('\n');
    let mut whole = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        if !whole.ends_with('\r') {
            whole.push('\r');
        }
        whole.push('\n');
        whole.push_str(line);
    }
    whole
}

/// The beginning of a text, cut with the reference's words when it is longer than may be shown.
pub fn clip(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}{CLIPPED}", &text[..at]),
    }
}

/// The lines of a text as `cat -n` numbers them, from a number on.
pub fn numbered(text: &str, first: usize) -> String {
    let mut whole = String::with_capacity(text.len() + 64);
    for (number, line) in (first..).zip(text.split('\n')) {
        if number > first {
            whole.push('\n');
        }
        push_number(&mut whole, number);
        whole.push_str(line.strip_suffix('\r').unwrap_or(line));
    }
    whole
}

/// Right-aligned in six places, a tab behind it. By hand, for the machinery of formats costs more than the line.
fn push_number(whole: &mut String, number: usize) {
    let mut digits = [b' '; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let from = at.min(digits.len() - 6);
    whole.extend(digits[from..].iter().map(|digit| *digit as char));
    whole.push('\t');
}

/// Where the lines that begin with number `first` and end with `last` lie, counted from 0; a line more than there is is empty
/// and lies at the end.
pub fn lines_between(text: &str, first: usize, last: usize) -> &str {
    let mut newlines = memchr::memchr_iter(b'\n', text.as_bytes());
    let start = match first {
        0 => 0,
        _ => newlines.nth(first - 1).map_or(text.len(), |at| at + 1),
    };
    let end = newlines.nth(last - first).unwrap_or(text.len());
    &text[start..end]
}

/// How many lines there are, the empty one behind the last newline included.
pub fn count_lines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1
}

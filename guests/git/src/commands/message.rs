//! Messages of commits and tags: how they are cleaned up, and what is added to them.

/// What is taken out of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleanup {
    /// Nothing.
    Verbatim,
    /// Blank lines at its ends, several in a row, and white space at the ends of lines.
    Whitespace,
    /// All that, and comments.
    Strip,
    /// White space, and all behind the scissors.
    Scissors,
}

/// The line behind which nothing belongs to a message.
pub const SCISSORS: &str = "# ------------------------ >8 ------------------------\n";

impl Cleanup {
    /// The mode of `--cleanup`; `default` depends on whether the message is edited.
    pub fn named(word: &str, edited: bool) -> Option<Cleanup> {
        Some(match word {
            "verbatim" => Cleanup::Verbatim,
            "whitespace" => Cleanup::Whitespace,
            "strip" => Cleanup::Strip,
            "scissors" if edited => Cleanup::Scissors,
            "scissors" => Cleanup::Whitespace,
            "default" if edited => Cleanup::Strip,
            "default" => Cleanup::Whitespace,
            _ => return None,
        })
    }
}

/// A message as it is stored.
pub fn clean(text: &str, cleanup: Cleanup) -> String {
    let text = match (cleanup, text.find(SCISSORS.trim_end())) {
        (Cleanup::Scissors, Some(at)) => &text[..at],
        _ => text,
    };
    match cleanup {
        Cleanup::Verbatim => text.to_owned(),
        Cleanup::Strip => strip(text, true),
        Cleanup::Whitespace | Cleanup::Scissors => strip(text, false),
    }
}

/// Without blank lines at the ends, several in a row, and white space at the ends of lines; without comments too.
pub fn strip(text: &str, comments: bool) -> String {
    let mut out = String::new();
    let mut blank = false;
    for line in text.lines() {
        if comments && line.starts_with('#') {
            continue;
        }
        let line = line.trim_end();
        if line.is_empty() {
            blank = true;
            continue;
        }
        if blank && !out.is_empty() {
            out.push('\n');
        }
        blank = false;
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Adds a trailer such as `Signed-off-by: …` in the last paragraph, when that is one of trailers, unless it is the last one there.
pub fn add_trailer(text: &mut String, trailer: &str) {
    let body = text.trim_end_matches('\n');
    let last = body.rsplit("\n\n").next().unwrap_or_default();
    let is_block = body.contains("\n\n") && last.lines().all(is_trailer);
    if is_block && last.lines().last() == Some(trailer) {
        return;
    }
    let mut out = body.to_owned();
    if !out.is_empty() {
        out.push('\n');
    }
    if !is_block {
        out.push('\n');
    }
    *text = format!("{out}{trailer}\n");
}

fn is_trailer(line: &str) -> bool {
    let Some((key, _)) = line.split_once(':') else {
        return line.starts_with("(cherry picked from commit ");
    };
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

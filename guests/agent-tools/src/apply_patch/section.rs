//! The hunks of one file: lines that stay, go and come, under `@@` lines that say where.

/// One change of a file.
#[derive(Debug)]
pub struct Hunk {
    /// Lines above it, the outermost first.
    pub anchors: Vec<String>,
    pub lines: Vec<Line>,
    /// Whether it is at the end of the file.
    pub is_at_end: bool,
}

/// One line of a hunk.
#[derive(Debug)]
pub enum Line {
    Kept(String),
    Removed(String),
    Added(String),
}

const END_OF_FILE: &str = "*** End of File";

/// What a parser says of a hunk that it cannot read: the number of the line, and the words.
pub type Bad = (usize, String);

/// Reads hunks, up to the end or to a line that begins with an asterisk and is not theirs; tells how many lines that were. The
/// number is that of the first line.
pub fn parse(lines: &[&str], number: usize) -> Result<(Vec<Hunk>, usize), Bad> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if line.is_empty() {
            at += 1;
        } else if line.starts_with('*') {
            break;
        } else {
            let hunk = parse_hunk(&lines[at..], number + at, hunks.is_empty())?;
            at += hunk.1;
            hunks.push(hunk.0);
        }
    }
    Ok((hunks, at))
}

fn parse_hunk(lines: &[&str], number: usize, is_first: bool) -> Result<(Hunk, usize), Bad> {
    let mut hunk = Hunk {
        anchors: Vec::new(),
        lines: Vec::new(),
        is_at_end: false,
    };
    let mut at = 0;
    while let Some(anchor) = lines.get(at).and_then(|line| anchor(line)) {
        if !anchor.trim().is_empty() {
            hunk.anchors.push(anchor.to_owned());
        }
        at += 1;
    }
    if at == 0 && !is_first {
        let line = lines[0];
        let words =
            format!("Expected update hunk to start with a @@ context marker, got: '{line}'");
        return Err((number, words));
    }
    let body = at;
    for line in &lines[body..] {
        match line.chars().next() {
            None => hunk.lines.push(Line::Kept(String::new())),
            Some(' ') => hunk.lines.push(Line::Kept(line[1..].to_owned())),
            Some('-') => hunk.lines.push(Line::Removed(line[1..].to_owned())),
            Some('+') => hunk.lines.push(Line::Added(line[1..].to_owned())),
            Some(_) if line.trim_end() == END_OF_FILE && at > body => {
                hunk.is_at_end = true;
                at += 1;
                break;
            }
            Some('@' | '*') if at > body => break,
            Some('*') => break,
            Some(_) => {
                let words = format!(
                    "Unexpected line found in update hunk: '{line}'. Every line should start with ' ' (context line), \
                     '+' (added line), or '-' (removed line)"
                );
                return Err((number + at, words));
            }
        }
        at += 1;
    }
    if hunk.lines.is_empty() {
        let words = "Update hunk does not contain any lines".to_owned();
        return Err((number + at, words));
    }
    Ok((hunk, at))
}

/// What stands behind `@@`.
fn anchor(line: &str) -> Option<&str> {
    match line.strip_prefix("@@ ") {
        None if line == "@@" => Some(""),
        anchor => anchor,
    }
}

/// The lines of a text, however they end.
pub fn lines(text: &str) -> Vec<&str> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let lines = text.split('\n');
    lines
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .collect()
}

/// The hunks of an operation's diff.
pub fn parse_diff(diff: &str) -> Result<Vec<Hunk>, String> {
    let lines = lines(diff);
    let (hunks, at) = parse(&lines, 1).map_err(|(number, words)| invalid(number, &words))?;
    match lines.get(at) {
        // The reference lets the envelope's last line stand under a diff.
        Some(line) if line.trim() != "*** End Patch" => {
            Err(invalid(at + 1, &format!("Invalid Line: {line}")))
        }
        _ if hunks.is_empty() => Err("Invalid diff: it does not contain any hunk".to_owned()),
        _ => Ok(hunks),
    }
}

fn invalid(number: usize, words: &str) -> String {
    format!("Invalid diff on line {number}: {words}")
}

/// The content of a new file by an operation's diff: every line begins with a plus. As the reference has it, the last one
/// ends in no newline.
pub fn added_content(diff: &str) -> Result<String, String> {
    let newline = if diff.contains("\r\n") { "\r\n" } else { "\n" };
    if diff.is_empty() {
        return Ok(String::new());
    }
    let added: Result<Vec<&str>, String> = lines(diff)
        .into_iter()
        .map(|line| {
            let added = line.strip_prefix('+');
            added.ok_or_else(|| format!("Invalid Add File Line: {line}"))
        })
        .collect();
    Ok(added?.join(newline))
}

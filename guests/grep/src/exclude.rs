//! `--include`, `--exclude` and `--exclude-dir`.

/// Patterns of names, in the order they were given.
#[derive(Default)]
pub struct Globs {
    /// Whether the pattern includes.
    files: Vec<(Vec<char>, bool)>,
    directories: Vec<Vec<char>>,
}

impl Globs {
    pub fn add(&mut self, pattern: &str, includes: bool) {
        self.files.push((pattern.chars().collect(), includes));
    }

    pub fn add_directory(&mut self, pattern: &str) {
        let trimmed = match pattern.trim_end_matches('/') {
            "" => pattern,
            trimmed => trimmed,
        };
        self.directories.push(trimmed.chars().collect());
    }

    /// Whether a file is left out. An operand is also matched by what follows any of its slashes.
    pub fn skips_file(&self, name: &str, operand: bool) -> bool {
        // The last pattern that matches decides; if none does, the first says what the others are exceptions of.
        let Some((_, first_includes)) = self.files.first() else {
            return false;
        };
        self.files
            .iter()
            .rev()
            .find(|(pattern, _)| matches_name(pattern, name, operand))
            .map_or(*first_includes, |(_, includes)| !includes)
    }

    pub fn skips_directory(&self, name: &str, operand: bool) -> bool {
        self.directories
            .iter()
            .any(|pattern| matches_name(pattern, name, operand))
    }
}

fn matches_name(pattern: &[char], name: &str, operand: bool) -> bool {
    let letters: Vec<char> = name.chars().collect();
    if matches(pattern, &letters) {
        return true;
    }
    operand
        && (0..letters.len()).any(|at| {
            letters[at] == '/'
                && letters.get(at + 1).is_some_and(|next| *next != '/')
                && matches(pattern, &letters[at + 1..])
        })
}

/// `fnmatch` without flags: a star matches slashes too.
fn matches(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut from) = (0, 0);
    // Where the last star stands, and how far it reaches.
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, from));
                at += 1;
                continue;
            }
            None if from == text.len() => return true,
            None => None,
            Some(_) => text
                .get(from)
                .and_then(|letter| one(&pattern[at..], *letter)),
        };
        match (step, star) {
            (Some(length), _) => {
                at += length;
                from += 1;
            }
            (None, Some((after, reach))) if reach < text.len() => {
                star = Some((after, reach + 1));
                (at, from) = (after, reach + 1);
            }
            (None, _) => return false,
        }
    }
}

/// How much of the pattern matches one letter.
fn one(pattern: &[char], letter: char) -> Option<usize> {
    match pattern[0] {
        '?' => Some(1),
        '\\' if pattern.len() > 1 => (pattern[1] == letter).then_some(2),
        '[' => match bracket(pattern, letter) {
            Some((true, length)) => Some(length),
            Some((false, _)) => None,
            None => (letter == '[').then_some(1),
        },
        same => (same == letter).then_some(1),
    }
}

/// Whether a bracket expression holds a letter, and how long it is; nothing when it isn't closed.
fn bracket(pattern: &[char], letter: char) -> Option<(bool, usize)> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let start = if negated { 2 } else { 1 };
    let mut at = start;
    let mut holds = false;
    while at == start || *pattern.get(at)? != ']' {
        if pattern[at..].starts_with(&['[', ':']) {
            let end = at + pattern[at..].iter().position(|c| *c == ']')?;
            let name: String = pattern[at + 2..end - 1].iter().collect();
            holds |= class(&name, letter);
            at = end + 1;
            continue;
        }
        if pattern[at] == '\\' && at + 1 < pattern.len() {
            at += 1;
        }
        let first = pattern[at];
        at += 1;
        let mut last = first;
        if pattern.get(at) == Some(&'-') && pattern.get(at + 1).is_some_and(|c| *c != ']') {
            last = pattern[at + 1];
            at += 2;
        }
        holds |= (first..=last).contains(&letter);
    }
    Some((holds != negated, at + 1))
}

fn class(name: &str, letter: char) -> bool {
    match name {
        "alpha" => letter.is_alphabetic(),
        "digit" => letter.is_ascii_digit(),
        "alnum" => letter.is_alphanumeric(),
        "upper" => letter.is_uppercase(),
        "lower" => letter.is_lowercase(),
        "space" => letter.is_whitespace(),
        "punct" => letter.is_ascii_punctuation(),
        _ => false,
    }
}

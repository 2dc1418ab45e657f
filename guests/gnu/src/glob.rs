//! Shell patterns, as `fnmatch` has them: `*`, `?`, `[a-z]`, `[!a]`, `[[:digit:]]`, and a backslash before a letter that
//! stands for itself. A slash is a letter like any other.

/// Whether `pattern` matches the whole of `name`.
pub fn matches(pattern: &str, name: &str) -> bool {
    Glob::new(pattern, false).matches(name)
}

/// A pattern that is matched often.
pub struct Glob {
    pattern: Vec<char>,
    fold: bool,
}

impl Glob {
    /// Reads a pattern; with `fold` upper and lower case are the same.
    pub fn new(pattern: &str, fold: bool) -> Self {
        let pattern = match fold {
            true => pattern.chars().map(lower).collect(),
            false => pattern.chars().collect(),
        };
        Self { pattern, fold }
    }

    /// Whether the pattern matches the whole of `name`.
    pub fn matches(&self, name: &str) -> bool {
        let pattern = &self.pattern[..];
        let mut rest = name.chars();
        let mut p = 0;
        // Where the last `*` stood, and what it had not taken: the only place worth coming back to.
        let mut star: Option<(usize, std::str::Chars)> = None;
        loop {
            if pattern.get(p) == Some(&'*') {
                p += 1;
                star = Some((p, rest.clone()));
                continue;
            }
            let matched = match rest.next() {
                None if p == pattern.len() => return true,
                None => return false,
                Some(c) => one(pattern, p, if self.fold { lower(c) } else { c }),
            };
            if let Some(next) = matched {
                p = next;
                continue;
            }
            let Some((after, mut from)) = star.take() else {
                return false;
            };
            from.next();
            p = after;
            rest = from.clone();
            star = Some((after, from));
        }
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Where the pattern goes on after it has matched `c` at `p`.
fn one(pattern: &[char], p: usize, c: char) -> Option<usize> {
    match pattern.get(p)? {
        '?' => Some(p + 1),
        '\\' if p + 1 < pattern.len() => (pattern[p + 1] == c).then_some(p + 2),
        '[' => match set(pattern, p + 1, c) {
            Some((true, next)) => Some(next),
            Some((false, _)) => None,
            None => (c == '[').then_some(p + 1),
        },
        literal => (*literal == c).then_some(p + 1),
    }
}

/// Whether the set that begins at `p` holds `c`, and where it ends; nothing when it has no end.
fn set(pattern: &[char], mut p: usize, c: char) -> Option<(bool, usize)> {
    let negated = matches!(pattern.get(p)?, '!' | '^');
    p += usize::from(negated);
    let first = p;
    let mut held = false;
    while *pattern.get(p)? != ']' || p == first {
        if let Some((is_held, next)) = class(pattern, p, c) {
            held |= is_held;
            p = next;
            continue;
        }
        let low = literal(pattern, &mut p)?;
        if pattern.get(p) == Some(&'-') && pattern.get(p + 1).is_some_and(|high| *high != ']') {
            p += 1;
            held |= (low..=literal(pattern, &mut p)?).contains(&c);
        } else {
            held |= low == c;
        }
    }
    Some((held != negated, p + 1))
}

fn literal(pattern: &[char], p: &mut usize) -> Option<char> {
    if pattern.get(*p) == Some(&'\\') {
        *p += 1;
    }
    *p += 1;
    pattern.get(*p - 1).copied()
}

/// Whether `[:class:]` stands at `p` and holds `c`, and where it ends.
fn class(pattern: &[char], p: usize, c: char) -> Option<(bool, usize)> {
    if pattern.get(p..p + 2)? != ['[', ':'] {
        return None;
    }
    let length = pattern[p + 2..]
        .windows(2)
        .position(|two| two == [':', ']'])?;
    let name: String = pattern[p + 2..p + 2 + length].iter().collect();
    let held = match &name[..] {
        "alpha" => c.is_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_alphanumeric(),
        "upper" => c.is_uppercase(),
        "lower" => c.is_lowercase(),
        "space" => c.is_whitespace(),
        "blank" => c == ' ' || c == '\t',
        "punct" => c.is_ascii_punctuation(),
        "cntrl" => c.is_control(),
        "xdigit" => c.is_ascii_hexdigit(),
        "print" => !c.is_control(),
        "graph" => !c.is_control() && !c.is_whitespace(),
        _ => return None,
    };
    Some((held, p + length + 4))
}

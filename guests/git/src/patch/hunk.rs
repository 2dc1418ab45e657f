//! A hunk of a unified diff.

/// A line with its sign (` `, `-` or `+`); `text` ends in a newline unless the file's last line has none.
#[derive(Clone, Debug)]
pub struct Line {
    pub sign: u8,
    pub text: Vec<u8>,
}

/// Lines that go from one range to another.
#[derive(Clone, Debug)]
pub struct Hunk {
    pub old_start: usize,
    pub old_count: usize,
    pub new_start: usize,
    pub new_count: usize,
    pub lines: Vec<Line>,
    /// As it was read, for rejected ones.
    pub text: Vec<u8>,
    /// The line of the input it begins at.
    pub at: usize,
}

impl Hunk {
    /// The ranges of `@@ -1,3 +1,4 @@`; a count left out is one.
    pub fn header(line: &[u8]) -> Option<Hunk> {
        let rest = line.strip_prefix(b"@@ -")?;
        let (old_start, old_count, rest) = range(rest)?;
        let rest = rest.strip_prefix(b" +")?;
        let (new_start, new_count, rest) = range(rest)?;
        rest.strip_prefix(b" @@")?;
        Some(Hunk {
            old_start,
            old_count,
            new_start,
            new_count,
            lines: Vec::new(),
            text: Vec::new(),
            at: 0,
        })
    }

    /// Lines of the side before, or behind, the change.
    pub fn side(&self, sign: u8) -> impl Iterator<Item = &[u8]> {
        self.lines
            .iter()
            .filter(move |line| line.sign == b' ' || line.sign == sign)
            .map(|line| &line.text[..])
    }

    /// How many lines of context stand first and last.
    pub fn context(&self) -> (usize, usize) {
        let leading = self
            .lines
            .iter()
            .take_while(|line| line.sign == b' ')
            .count();
        let trailing = self
            .lines
            .iter()
            .rev()
            .take_while(|line| line.sign == b' ')
            .count();
        (leading, trailing)
    }

    pub fn reverse(&mut self) {
        std::mem::swap(&mut self.old_start, &mut self.new_start);
        std::mem::swap(&mut self.old_count, &mut self.new_count);
        for line in &mut self.lines {
            line.sign = match line.sign {
                b'+' => b'-',
                b'-' => b'+',
                sign => sign,
            };
        }
    }
}

fn range(text: &[u8]) -> Option<(usize, usize, &[u8])> {
    let (start, rest) = number(text)?;
    match rest.strip_prefix(b",") {
        Some(rest) => number(rest).map(|(count, rest)| (start, count, rest)),
        None => Some((start, 1, rest)),
    }
}

fn number(text: &[u8]) -> Option<(usize, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    Some((number, &text[digits..]))
}

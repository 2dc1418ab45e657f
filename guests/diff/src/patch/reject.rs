//! The hunks that could not be applied, as a patch again.

use super::header::{Header, Kind};
use super::hunk::{Does, Hunk};

/// The rejected hunks of one file.
pub struct Rejects {
    pub text: Vec<u8>,
    context: bool,
    normal: bool,
}

impl Rejects {
    pub fn new(header: &Header, reverse: bool, context: Option<bool>) -> Self {
        let context = context.unwrap_or(header.kind != Kind::Unified);
        let marks = if context {
            ["***", "---"]
        } else {
            ["---", "+++"]
        };
        let mut text = String::new();
        for (at, mark) in marks.iter().enumerate() {
            let named = &header.names[at ^ usize::from(reverse)];
            let (name, stamp) = match named {
                Some(named) => (&named.name[..], &named.stamp[..]),
                None => ("/dev/null", ""),
            };
            text.push_str(&format!("{mark} {name}{stamp}\n"));
        }
        Self {
            text: text.into_bytes(),
            context,
            normal: header.kind == Kind::Normal,
        }
    }

    /// Adds a hunk; `offset` is how much longer the output is so far.
    pub fn add(&mut self, hunk: &Hunk, offset: isize) {
        match self.context {
            true => self.add_context(hunk, offset),
            false => self.add_unified(hunk, offset),
        }
    }

    fn add_unified(&mut self, hunk: &Hunk, offset: isize) {
        let range = |first: usize, count: usize| {
            let first = first as isize + offset;
            match count {
                0 => format!("{},0", first - 1),
                1 => first.to_string(),
                _ => format!("{first},{count}"),
            }
        };
        let heading = format!(
            "@@ -{} +{} @@{}\n",
            range(hunk.old_first, hunk.old().count()),
            range(hunk.new_first, hunk.new_lines().count()),
            hunk.function
        );
        self.text.extend(heading.bytes());
        for (does, line) in &hunk.lines {
            self.line(
                match does {
                    Does::Stay => " ",
                    Does::Go => "-",
                    Does::Come => "+",
                },
                line,
            );
        }
    }

    fn add_context(&mut self, hunk: &Hunk, offset: isize) {
        self.text.extend_from_slice(b"***************");
        self.text.extend(hunk.function.bytes());
        self.text.push(b'\n');
        let (stars, minuses) = if self.normal {
            ("", " -----")
        } else {
            (" ****", " ----")
        };
        let range = |first: usize, count: usize| {
            let first = first as isize + offset;
            match count {
                0 => (first - 1).to_string(),
                1 => first.to_string(),
                _ => format!("{first},{}", first + count as isize - 1),
            }
        };
        let old = format!("*** {}{stars}\n", range(hunk.old_first, hunk.old().count()));
        self.text.extend(old.bytes());
        self.half(hunk, Does::Go);
        let new = format!(
            "--- {}{minuses}\n",
            range(hunk.new_first, hunk.new_lines().count())
        );
        self.text.extend(new.bytes());
        self.half(hunk, Does::Come);
    }

    /// The lines of one side; a change of both sides is marked `!`.
    fn half(&mut self, hunk: &Hunk, side: Does) {
        let mut start = 0;
        while start < hunk.lines.len() {
            if hunk.lines[start].0 == Does::Stay {
                self.line("  ", &hunk.lines[start].1);
                start += 1;
                continue;
            }
            let length = hunk.lines[start..]
                .iter()
                .take_while(|line| line.0 != Does::Stay)
                .count();
            let run = &hunk.lines[start..start + length];
            let both = run.iter().any(|line| line.0 == Does::Go)
                && run.iter().any(|line| line.0 == Does::Come);
            let mark = match side {
                _ if both && !self.normal => "! ",
                Does::Go => "- ",
                _ => "+ ",
            };
            for (_, line) in run.iter().filter(|line| line.0 == side) {
                self.line(mark, line);
            }
            start += length;
        }
    }

    /// As GNU patch, doesn't tell that a newline is missing.
    fn line(&mut self, mark: &str, line: &[u8]) {
        self.text.extend(mark.bytes());
        self.text.extend_from_slice(line);
    }
}

//! Patterns to file names.

use super::fields::{Field, has_active};
use crate::flow::Result;
use crate::pattern::{Matching, Pattern};
use crate::shell::Shell;
use crate::text::{Text, decode, encode};

impl Shell {
    /// The files a field matches; itself, if it is no pattern or none match.
    pub(super) fn match_files(&mut self, field: Field, out: &mut Vec<Text>) -> Result<()> {
        let is_pattern = field.active
            && !self.options.noglob
            && field
                .pieces()
                .iter()
                .any(|(text, quoted)| !quoted && has_active(text) || text.contains('['))
            && field.text != "[";
        if !is_pattern {
            out.push(field.text.into());
            return Ok(());
        }
        let matches = self.glob(&field.pattern());
        match matches {
            None => out.push(field.text.into()),
            Some(names) if !names.is_empty() => out.extend(names.into_iter().map(Text::from)),
            Some(_) if self.options.failglob => {
                self.complain(format_args!("no match: {}", field.text));
                return Err(self.expansion_error());
            }
            Some(_) if self.options.nullglob => {}
            Some(_) => out.push(field.text.into()),
        }
        Ok(())
    }

    /// The names that match, in order; `None` if nothing in the pattern is special.
    pub fn glob(&self, pattern: &str) -> Option<Vec<String>> {
        let ignored = self.get("GLOBIGNORE").filter(|value| !value.is_empty());
        let glob = Glob {
            directory: &self.directory,
            matching: Matching {
                extglob: self.options.extglob,
                nocase: self.options.nocaseglob,
            },
            dots: self.options.dotglob || ignored.is_some(),
            skip_dots: self.options.globskipdots,
            globstar: self.options.globstar,
        };
        let steps = glob.steps(pattern);
        if !steps
            .iter()
            .any(|step| matches!(step, Step::Match(_) | Step::Everything))
        {
            return None;
        }
        let mut names = vec![String::new()];
        let mut matched = false;
        for (number, step) in steps.iter().enumerate() {
            let place = PlaceOfStep {
                first: number == 0,
                last: number + 1 == steps.len(),
                matched,
            };
            names = glob.step(names, step, place);
            matched = matched || !matches!(step, Step::Append(_));
        }
        if let Some(ignored) = ignored {
            let patterns: Vec<Pattern> = split_ignored(&ignored)
                .iter()
                .map(|text| Pattern::new(text, glob.matching))
                .collect();
            names.retain(|name| {
                !matches!(name.as_str(), "." | "..")
                    && !patterns.iter().any(|pattern| pattern.matches(name))
            });
        }
        names.sort_by(|a, b| encode(a).cmp(&encode(b)));
        names.dedup();
        Some(names)
    }
}

/// The patterns of `GLOBIGNORE`, between colons that are not in a set.
fn split_ignored(text: &str) -> Vec<String> {
    let mut patterns = vec![String::new()];
    let mut in_set = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ':' if !in_set => {
                patterns.push(String::new());
                continue;
            }
            '[' => in_set = true,
            ']' => in_set = false,
            _ => {}
        }
        if let Some(last) = patterns.last_mut() {
            last.push(c);
            if c == '\\' {
                last.extend(chars.next());
            }
        }
    }
    patterns.retain(|pattern| !pattern.is_empty());
    patterns
}

/// What is done with the names found so far.
enum Step {
    /// Slashes, or a name without a pattern.
    Append(String),
    /// A pattern for one component.
    Match(Pattern),
    /// `**`
    Everything,
}

/// Where a step stands among the others.
#[derive(Clone, Copy)]
struct PlaceOfStep {
    first: bool,
    last: bool,
    /// A pattern came before.
    matched: bool,
}

struct Glob<'a> {
    directory: &'a str,
    matching: Matching,
    /// Names with a leading dot are like all others.
    dots: bool,
    /// `.` and `..` never match.
    skip_dots: bool,
    globstar: bool,
}

impl Glob<'_> {
    fn steps(&self, pattern: &str) -> Vec<Step> {
        let mut steps = Vec::new();
        for piece in components(pattern) {
            if piece.starts_with('/') {
                steps.push(Step::Append(piece));
                continue;
            }
            if self.globstar && piece == "**" {
                steps.push(Step::Everything);
                continue;
            }
            let compiled = Pattern::new(&piece, self.matching);
            match compiled.literal() {
                Some(literal) => steps.push(Step::Append(literal.to_string())),
                None => steps.push(Step::Match(compiled)),
            }
        }
        steps
    }

    fn step(&self, names: Vec<String>, step: &Step, place: PlaceOfStep) -> Vec<String> {
        match step {
            Step::Append(text) => names
                .into_iter()
                .filter_map(|name| self.appended(name, text, place))
                .collect(),
            Step::Match(pattern) => names
                .iter()
                .flat_map(|name| self.matching_in(name, pattern))
                .collect(),
            Step::Everything => {
                let mut all = Vec::new();
                for name in names {
                    self.everything_in(&name, place, &mut all);
                }
                all
            }
        }
    }

    /// A name with more behind it, if that can be.
    fn appended(&self, name: String, text: &str, place: PlaceOfStep) -> Option<String> {
        if text.starts_with('/') {
            if name.is_empty() {
                // Behind `**` that stands for no directory at all, there is no slash.
                return match place {
                    PlaceOfStep { first: true, .. } => Some(text.to_string()),
                    PlaceOfStep { last: true, .. } => None,
                    _ => Some(name),
                };
            }
            // `**/` already ends in a slash.
            if name.ends_with('/') {
                return Some(name);
            }
            let path = self.path(&name);
            return std::fs::metadata(path)
                .is_ok_and(|metadata| metadata.is_dir())
                .then(|| name + text);
        }
        let name = name + text;
        if place.last && std::fs::symlink_metadata(self.path(&name)).is_err() {
            return None;
        }
        Some(name)
    }

    fn matching_in(&self, base: &str, pattern: &Pattern) -> Vec<String> {
        let mut names = self.entries(base);
        if !self.skip_dots {
            names.extend([".".to_string(), "..".to_string()]);
        }
        names.retain(|name| {
            let visible = !name.starts_with('.')
                || pattern.begins_with_dot()
                || (self.dots && name != "." && name != "..");
            visible && pattern.matches(name)
        });
        names.iter().map(|name| format!("{base}{name}")).collect()
    }

    /// `**`: the directory itself and everything below; only directories, with a slash, if more follows.
    fn everything_in(&self, base: &str, place: PlaceOfStep, all: &mut Vec<String>) {
        let last = place.last;
        if !last {
            all.push(base.to_string());
        } else if !base.is_empty() {
            let shown = if place.matched {
                base.trim_end_matches('/')
            } else {
                base
            };
            all.push(shown.to_string());
        }
        let mut left = vec![base.to_string()];
        while let Some(directory) = left.pop() {
            for name in self.entries(&directory) {
                if name.starts_with('.') && !self.dots {
                    continue;
                }
                let path = format!("{directory}{name}");
                let is_directory = std::fs::symlink_metadata(self.path(&path))
                    .is_ok_and(|metadata| metadata.is_dir());
                if is_directory {
                    left.push(format!("{path}/"));
                }
                match (last, is_directory) {
                    (true, _) => all.push(path),
                    (false, true) => all.push(path + "/"),
                    (false, false) => {}
                }
            }
        }
    }

    fn entries(&self, base: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path(base)) else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                Some(decode(name.as_encoded_bytes()).into_owned())
            })
            .collect()
    }

    /// Where a name is, seen from the root.
    fn path(&self, name: &str) -> std::path::PathBuf {
        use std::os::wasi::ffi::OsStringExt;
        let path = if name.starts_with('/') {
            name.to_string()
        } else if name.is_empty() {
            self.directory.to_string()
        } else {
            format!("{}/{name}", self.directory)
        };
        std::ffi::OsString::from_vec(encode(&path).into_owned()).into()
    }
}

/// A pattern cut at its slashes, which are components of their own.
fn components(pattern: &str) -> Vec<String> {
    let mut components: Vec<String> = Vec::new();
    let mut chars = pattern.chars().peekable();
    let mut current = String::new();
    while let Some(c) = chars.next() {
        let slash = c == '/' || (c == '\\' && chars.peek() == Some(&'/'));
        if slash {
            if c == '\\' {
                chars.next();
            }
            if !current.is_empty() {
                components.push(std::mem::take(&mut current));
            }
            match components.last_mut() {
                Some(last) if last.starts_with('/') => last.push('/'),
                _ => components.push("/".to_string()),
            }
            continue;
        }
        current.push(c);
        if c == '\\' {
            current.extend(chars.next());
        }
    }
    if !current.is_empty() {
        components.push(current);
    }
    components
}

//! `--diff-filter`, `-S` and `-G`.

use posix_regex::{Dialect, Newline, Regex};

use super::Options;
use super::options::Pickaxe;
use crate::changes::{Pair, Source, Status, content, is_binary};
use crate::diff::{Comparison, changes, split};
use crate::failure::{Failure, Outcome};

/// The pairs that options let through.
pub fn filter(source: &Source, pairs: Vec<Pair>, options: &Options) -> Outcome<Vec<Pair>> {
    let mut pairs = pairs;
    if let Some(pickaxe) = &options.pickaxe {
        let matcher = Matcher::new(pickaxe)?;
        let mut hits = Vec::with_capacity(pairs.len());
        for pair in &pairs {
            hits.push(matcher.hits(source, pair, options)?);
        }
        let all = options.pickaxe_all && hits.contains(&true);
        let mut hits = hits.into_iter();
        pairs.retain(|_| hits.next().unwrap_or(false) || all);
    }
    if let Some(letters) = &options.statuses {
        pairs = by_status(pairs, letters);
    }
    Ok(pairs)
}

fn by_status(pairs: Vec<Pair>, letters: &str) -> Vec<Pair> {
    let only_excludes = !letters.chars().any(|letter| letter.is_ascii_uppercase());
    let wanted = |pair: &Pair| {
        let letter = pair.status.letter();
        !letters.contains(letter.to_ascii_lowercase())
            && (only_excludes || letters.contains(letter))
    };
    if letters.contains('*') {
        let any = pairs
            .iter()
            .any(|pair| letters.contains(pair.status.letter()));
        return if any { pairs } else { Vec::new() };
    }
    pairs.into_iter().filter(wanted).collect()
}

enum Matcher {
    Count(memchr::memmem::Finder<'static>),
    CountPattern(Regex),
    Grep(Regex),
}

impl Matcher {
    fn new(pickaxe: &Pickaxe) -> Outcome<Self> {
        let regex = |pattern: &str| {
            let mut how = posix_regex::Options::new(Dialect::EXTENDED);
            how.newline = Newline::Anchors;
            how.utf8 = false;
            Regex::new(pattern.as_bytes(), &how)
                .map_err(|error| Failure::fatal(format!("invalid regex: {error}")))
        };
        Ok(match pickaxe {
            Pickaxe::Count(text) => {
                Self::Count(memchr::memmem::Finder::new(text.as_bytes()).into_owned())
            }
            Pickaxe::CountPattern(pattern) => Self::CountPattern(regex(pattern)?),
            Pickaxe::Grep(pattern) => Self::Grep(regex(pattern)?),
        })
    }

    fn hits(&self, source: &Source, pair: &Pair, options: &Options) -> Outcome<bool> {
        if pair.status == Status::Unmerged {
            return Ok(false);
        }
        let load = |file: &Option<_>| {
            file.as_ref()
                .map_or(Ok(Default::default()), |file| content(source, file))
        };
        let (old, new) = (load(&pair.old)?, load(&pair.new)?);
        if old == new && pair.old.is_some() && pair.new.is_some() {
            return Ok(false);
        }
        Ok(match self {
            Self::Count(finder) => finder.find_iter(&old).count() != finder.find_iter(&new).count(),
            Self::CountPattern(regex) => count(regex, &old) != count(regex, &new),
            Self::Grep(regex) => {
                if !options.text && (is_binary(&old) || is_binary(&new)) {
                    return Ok(false);
                }
                let (old, new) = (split(&old), split(&new));
                let matches = |lines: &[&[u8]]| {
                    lines
                        .iter()
                        .any(|line| regex.is_match(line.strip_suffix(b"\n").unwrap_or(line)))
                };
                let comparison = Comparison {
                    whitespace: options.comparison.whitespace,
                    ..Comparison::default()
                };
                changes(&old, &new, comparison).iter().any(|change| {
                    matches(&old[change.old..change.old + change.removed])
                        || matches(&new[change.new..change.new + change.added])
                })
            }
        })
    }
}

fn count(regex: &Regex, text: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    let scan = regex.scan(text);
    while at < text.len()
        && let Some((start, end)) = scan.find(at)
    {
        count += 1;
        at = if end > start { end } else { end + 1 };
    }
    count
}

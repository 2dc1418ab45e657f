//! How many lines changed in each file.

use super::Options;
use super::names::{pretty_rename, quote};
use crate::changes::{File, Pair, Place, Source, Status, content, object_name};
use crate::diff::{changes, split};
use crate::failure::Outcome;

/// The counts of a file; bytes of both sides for a binary one.
#[derive(Clone, Debug)]
pub struct FileStat {
    pub name: Vec<u8>,
    pub old_name: Vec<u8>,
    pub new_name: Vec<u8>,
    pub added: usize,
    pub removed: usize,
    pub binary: bool,
    pub unmerged: bool,
    pub renamed: bool,
    /// `(new)` and the like, of `--compact-summary`.
    pub comment: String,
}

/// The counts of all pairs that differ in something.
///
/// # Errors
/// A file that can't be read.
pub fn stats(source: &Source, pairs: &[Pair], options: &Options) -> Outcome<Vec<FileStat>> {
    let mut stats = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let stat = stat(source, pair, options)?;
        let modes_differ = match (&pair.old, &pair.new) {
            (Some(old), Some(new)) => old.mode != new.mode,
            _ => true,
        };
        let nothing = pair.status == Status::Modified
            && stat.added + stat.removed == 0
            && !stat.binary
            && !modes_differ;
        if !nothing {
            stats.push(stat);
        }
    }
    Ok(stats)
}

fn stat(source: &Source, pair: &Pair, options: &Options) -> Outcome<FileStat> {
    let outside = |file: &Option<File>| {
        file.as_ref()
            .is_some_and(|file| file.place == Place::Outside)
    };
    let nothing: Option<&[u8]> = (outside(&pair.old) || outside(&pair.new)).then_some(b"/dev/null");
    let old_name = nothing
        .filter(|_| pair.old.is_none())
        .unwrap_or(options.shown(pair.old_path()));
    let new_name = nothing
        .filter(|_| pair.new.is_none())
        .unwrap_or(options.shown(pair.path()));
    let renamed = matches!(pair.status, Status::Renamed | Status::Copied) || old_name != new_name;
    let name = match renamed {
        true => pretty_rename(old_name, new_name, options.quote_path),
        false => quote(new_name, options.quote_path),
    };
    let mut stat = FileStat {
        name,
        old_name: old_name.to_vec(),
        new_name: new_name.to_vec(),
        added: 0,
        removed: 0,
        binary: false,
        unmerged: pair.status == Status::Unmerged,
        renamed,
        comment: if options.compact_summary {
            comment(pair)
        } else {
            String::new()
        },
    };
    if stat.unmerged {
        return Ok(stat);
    }
    let load = |file: &Option<_>| {
        file.as_ref()
            .map_or(Ok(Default::default()), |file| content(source, file))
    };
    let (old, new) = (load(&pair.old)?, load(&pair.new)?);
    let same = match (&pair.old, &pair.new) {
        (Some(one), Some(two)) => object_name(source, one)? == object_name(source, two)?,
        _ => false,
    };
    if !options.text
        && (source.is_binary(pair.old_path(), &old) || source.is_binary(pair.path(), &new))
    {
        stat.binary = true;
        if !same {
            (stat.added, stat.removed) = (new.len(), old.len());
        }
    } else if !same {
        let (old, new) = (split(&old), split(&new));
        for change in changes(&old, &new, options.comparison)
            .iter()
            .filter(|change| !change.ignored)
        {
            stat.added += change.added;
            stat.removed += change.removed;
        }
    }
    Ok(stat)
}

fn comment(pair: &Pair) -> String {
    let executable = |mode: u32| mode & 0o111 != 0;
    match (pair.status, &pair.old, &pair.new) {
        (Status::Added, _, Some(new)) if new.mode == crate::repository::mode::LINK => {
            "new +l".to_owned()
        }
        (Status::Added, _, Some(new)) if executable(new.mode) => "new +x".to_owned(),
        (Status::Added, ..) => "new".to_owned(),
        (Status::Deleted, ..) => "gone".to_owned(),
        (_, Some(old), Some(new)) if old.mode & 0o170_000 == 0o120_000 && new.is_regular() => {
            "mode -l".to_owned()
        }
        (_, Some(old), Some(new)) if old.is_regular() && !new.is_regular() => "mode +l".to_owned(),
        (_, Some(old), Some(new)) if executable(new.mode) && !executable(old.mode) => {
            "mode +x".to_owned()
        }
        (_, Some(old), Some(new)) if executable(old.mode) && !executable(new.mode) => {
            "mode -x".to_owned()
        }
        _ => String::new(),
    }
}

/// `12	3	path`
pub fn numstat(stats: &[FileStat], options: &Options, out: &mut Vec<u8>) {
    for stat in stats {
        let counts = match stat.binary {
            true => "-\t-\t".to_owned(),
            false => format!("{}\t{}\t", stat.added, stat.removed),
        };
        out.extend(counts.into_bytes());
        match (options.nul, stat.renamed) {
            (true, true) => {
                out.extend([b"\0", &stat.old_name[..], b"\0", &stat.new_name, b"\0"].concat())
            }
            (true, false) => out.extend([&stat.new_name[..], b"\0"].concat()),
            _ => out.extend([&stat.name[..], b"\n"].concat()),
        }
    }
}

/// ` 3 files changed, 12 insertions(+), 3 deletions(-)`
pub fn shortstat(stats: &[FileStat]) -> Vec<u8> {
    let files = stats.iter().filter(|stat| !stat.unmerged).count();
    let sum = |count: fn(&FileStat) -> usize| {
        stats
            .iter()
            .filter(|stat| !stat.binary)
            .map(count)
            .sum::<usize>()
    };
    summary_line(files, sum(|stat| stat.added), sum(|stat| stat.removed)).into_bytes()
}

fn summary_line(files: usize, added: usize, removed: usize) -> String {
    if files == 0 {
        return " 0 files changed\n".to_owned();
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let mut line = format!(" {files} file{} changed", plural(files));
    if added > 0 || removed == 0 {
        line += &format!(", {added} insertion{}(+)", plural(added));
    }
    if removed > 0 || added == 0 {
        line += &format!(", {removed} deletion{}(-)", plural(removed));
    }
    line + "\n"
}

struct Widths {
    name: usize,
    number: usize,
    graph: usize,
    most: usize,
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}

fn width(name: &[u8]) -> usize {
    String::from_utf8_lossy(name).chars().map(char_width).sum()
}

fn char_width(letter: char) -> usize {
    match letter as u32 {
        0x300..=0x36f | 0x200b..=0x200f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60 => 2,
        0xffe0..=0xffe6 | 0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

fn shown_name(stat: &FileStat) -> Vec<u8> {
    match stat.comment.is_empty() {
        true => stat.name.clone(),
        false => [&stat.name[..], format!(" ({})", stat.comment).as_bytes()].concat(),
    }
}

fn widths(stats: &[FileStat], options: &Options) -> Widths {
    let (mut longest, mut most, mut binary, mut number) = (0, 0, 0, 0);
    for stat in stats {
        longest = longest.max(width(&shown_name(stat)));
        if stat.unmerged {
            binary = binary.max(8);
        } else if stat.binary {
            binary = binary.max(14 + digits(stat.added) + digits(stat.removed));
            number = 3;
        } else {
            most = most.max(stat.added + stat.removed);
        }
    }
    number = number.max(digits(most));
    let columns = || {
        std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok())
            .filter(|columns| *columns > 0)
    };
    let total = options
        .stat_width
        .or_else(columns)
        .unwrap_or(80)
        .max(16 + 6 + number);
    let mut graph = if most + 4 > binary { most } else { binary - 4 };
    if let Some(limit) = options.stat_graph_width.filter(|limit| *limit > 0) {
        graph = graph.min(limit);
    }
    let mut name = options
        .stat_name_width
        .filter(|limit| *limit > 0)
        .map_or(longest, |limit| limit.min(longest));
    if name + number + 6 + graph > total {
        if graph > (total * 3 / 8).saturating_sub(number + 6) {
            graph = (total * 3 / 8).saturating_sub(number + 6).max(6);
        }
        if let Some(limit) = options.stat_graph_width.filter(|limit| *limit > 0) {
            graph = graph.min(limit);
        }
        if name > total - number - 6 - graph {
            name = total - number - 6 - graph;
        } else {
            graph = total - number - 6 - name;
        }
    }
    Widths {
        name,
        number,
        graph,
        most,
    }
}

/// ` path | 12 ++++----`, a line a file.
pub fn stat_lines(stats: &[FileStat], options: &Options) -> Vec<u8> {
    let mut out = Vec::new();
    let count = options.stat_count.unwrap_or(usize::MAX);
    let widths = widths(&stats[..stats.len().min(count)], options);
    for stat in stats.iter().take(count) {
        line(stat, &widths, options, &mut out);
    }
    if stats.len() > count {
        out.extend(b" ...\n");
    }
    out
}

fn line(stat: &FileStat, widths: &Widths, options: &Options, out: &mut Vec<u8>) {
    let (prefix, name) = shorten(&shown_name(stat), widths.name);
    let padding = widths.name.saturating_sub(prefix.len() + width(&name));
    out.extend([b" ", prefix.as_bytes(), &name, &vec![b' '; padding], b" | "].concat());
    let number = widths.number;
    let (plus, minus, reset) = (options.colors.new, options.colors.old, options.colors.reset);
    if stat.binary {
        out.extend(format!("{:>number$}", "Bin").into_bytes());
        if stat.added + stat.removed > 0 {
            out.extend(
                format!(
                    " {minus}{}{reset} -> {plus}{}{reset} bytes",
                    stat.removed, stat.added
                )
                .into_bytes(),
            );
        }
    } else if stat.unmerged {
        out.extend(format!("{:>number$}", "Unmerged").into_bytes());
    } else {
        let total = stat.added + stat.removed;
        out.extend(format!("{total:>number$}{}", if total > 0 { " " } else { "" }).into_bytes());
        let (added, removed) = bars(stat.added, stat.removed, widths);
        let bar = |color: &str, sign: &str, count: usize| match count {
            0 => String::new(),
            count => format!("{color}{}{reset}", sign.repeat(count)),
        };
        out.extend(bar(plus, "+", added).into_bytes());
        out.extend(bar(minus, "-", removed).into_bytes());
    }
    out.push(b'\n');
}

fn bars(added: usize, removed: usize, widths: &Widths) -> (usize, usize) {
    if widths.graph > widths.most {
        return (added, removed);
    }
    let scale = |count: usize| {
        if count == 0 {
            0
        } else {
            1 + count * (widths.graph - 1) / widths.most
        }
    };
    let mut total = scale(added + removed);
    if total < 2 && added > 0 && removed > 0 {
        total = 2;
    }
    match added < removed {
        true => (scale(added), total - scale(added)),
        false => (total - scale(removed), scale(removed)),
    }
}

/// A name too long loses its front, up to a slash if there is one.
fn shorten(name: &[u8], limit: usize) -> (&'static str, Vec<u8>) {
    let mut length = width(name);
    if length <= limit {
        return ("", name.to_vec());
    }
    let text = String::from_utf8_lossy(name).into_owned();
    let mut letters = text.chars();
    while length > limit.saturating_sub(3) {
        let Some(letter) = letters.next() else { break };
        length -= char_width(letter);
    }
    let rest = letters.as_str();
    let rest = rest.find('/').map_or(rest, |slash| &rest[slash..]);
    ("...", rest.as_bytes().to_vec())
}

//! The layouts of a listing: long lines, columns, commas.

use super::entry::Entry;
use super::options::{Indicator, Layout, Options};
use crate::user::{group_name, user_name};
use gnu::quote::{self, Style};
use gnu::time;
use isobox_guest::stat::{Kind, Stat, Time, stat};

/// Half of a Gregorian year: GNU shows the time of day of what is younger.
const HALF_YEAR_SECONDS: i64 = 31_556_952 / 2;

/// Spaces between columns.
const GAP: usize = 2;

/// Appends the entries to `out` in the layout asked for.
pub fn show(entries: &[Entry], options: &Options, out: &mut String) {
    match options.layout {
        Layout::Long => long(entries, options, out),
        Layout::OneAColumn => lines(entries, options, out),
        Layout::Commas => commas(entries, options, out),
        Layout::Columns | Layout::Across => columns(entries, options, out),
    }
}

/// The blocks of all entries, as the line `total` shows them.
pub fn total(entries: &[Entry], options: &Options) -> String {
    let blocks: u64 = entries
        .iter()
        .filter_map(|entry| entry.stat)
        .map(|stat| stat.blocks)
        .sum();
    options.block.show(blocks * 512)
}

/// The fields of a long line that are aligned: `None` stands where the entry could not be looked at.
struct Row {
    prefix: Vec<String>,
    letters: String,
    links: String,
    owners: Vec<String>,
    size: String,
    time: String,
    name: String,
}

fn long(entries: &[Entry], options: &Options, out: &mut String) {
    let now = time::now();
    let rows: Vec<Row> = entries
        .iter()
        .map(|entry| row(entry, options, now))
        .collect();
    let width = |field: fn(&Row) -> &str| {
        rows.iter()
            .map(|row| field(row).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (links, size, time) = (
        width(|row| &row.links),
        width(|row| &row.size),
        width(|row| &row.time),
    );
    let owners = column_widths(&rows, |row| &row.owners);
    let prefixes = column_widths(&rows, |row| &row.prefix);
    for row in rows {
        for (text, width) in row.prefix.iter().zip(&prefixes) {
            out.push_str(&format!("{text:>width$} "));
        }
        out.push_str(&format!("{} {:>links$} ", row.letters, row.links));
        for (text, width) in row.owners.iter().zip(&owners) {
            out.push_str(&format!("{text:<width$} "));
        }
        out.push_str(&format!(
            "{:>size$} {:>time$} {}",
            row.size, row.time, row.name
        ));
        out.push(options.line_end);
    }
}

fn column_widths(rows: &[Row], columns: fn(&Row) -> &[String]) -> Vec<usize> {
    let count = rows.first().map_or(0, |row| columns(row).len());
    (0..count)
        .map(|at| {
            rows.iter()
                .map(|row| columns(row)[at].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect()
}

fn row(entry: &Entry, options: &Options, now: Time) -> Row {
    let known = entry.stat;
    let unknown = || "?".to_owned();
    let show = |field: &dyn Fn(&Stat) -> String| known.as_ref().map_or_else(unknown, field);
    let owner = || show(&|_| user_name(options.numeric));
    let mut owners = Vec::new();
    if options.owner {
        owners.push(owner());
    }
    if options.group {
        owners.push(show(&|_| group_name(options.numeric)));
    }
    if options.author {
        owners.push(owner());
    }
    Row {
        prefix: prefix(entry, options),
        letters: known.map_or_else(|| "-?????????".to_owned(), |stat| stat.letters()),
        links: show(&|stat| stat.links.to_string()),
        owners,
        size: show(&|stat| options.size.show(stat.bytes)),
        time: entry
            .time(options.which)
            .map_or_else(unknown, |time| stamp(time, now, options)),
        name: long_name(entry, options),
    }
}

fn stamp(time: Time, now: Time, options: &Options) -> String {
    let recent = time <= now && time.seconds > now.seconds - HALF_YEAR_SECONDS;
    time::format(
        time,
        if recent {
            &options.time_recent
        } else {
            &options.time_old
        },
    )
}

fn long_name(entry: &Entry, options: &Options) -> String {
    let is_link = entry.stat.is_some_and(|stat| stat.kind == Kind::Symlink);
    let Some(target) = is_link.then(|| entry.target()).flatten() else {
        return name(entry, options);
    };
    let leads_to = stat(&entry.path, true).ok();
    let mark = leads_to.map_or("", |stat| indicator(&stat, options));
    format!(
        "{} -> {}{mark}",
        colored(entry, options, plain_name(&entry.name, options)),
        plain_name(&target, options)
    )
}

/// The inode and the blocks, as far as asked for.
fn prefix(entry: &Entry, options: &Options) -> Vec<String> {
    let show =
        |field: &dyn Fn(&Stat) -> String| entry.stat.as_ref().map_or_else(|| "?".to_owned(), field);
    let mut fields = Vec::new();
    if options.inode {
        fields.push(show(&|stat| stat.inode.to_string()));
    }
    if options.blocks {
        fields.push(show(&|stat| options.block.show(stat.blocks * 512)));
    }
    fields
}

fn plain_name(name: &str, options: &Options) -> String {
    let quoted = quote::apply(name, options.quoting);
    let shows_control = matches!(
        options.quoting,
        Style::Literal | Style::Shell | Style::ShellAlways
    );
    if options.hide_control && shows_control {
        quoted.replace(char::is_control, "?")
    } else {
        quoted
    }
}

fn name(entry: &Entry, options: &Options) -> String {
    let mark = entry.stat.map_or("", |stat| indicator(&stat, options));
    format!(
        "{}{mark}",
        colored(entry, options, plain_name(&entry.name, options))
    )
}

fn indicator(stat: &Stat, options: &Options) -> &'static str {
    match (options.indicator, stat.kind) {
        (Indicator::Nothing, _) => "",
        (_, Kind::Directory) => "/",
        (Indicator::Slash, _) => "",
        (Indicator::Classify, Kind::Regular) if stat.mode & 0o111 != 0 => "*",
        (_, Kind::Symlink) if options.layout != Layout::Long => "@",
        (_, Kind::Pipe) => "|",
        (_, Kind::Socket) => "=",
        _ => "",
    }
}

/// GNU's colours as they are without `LS_COLORS`.
fn colored(entry: &Entry, options: &Options, name: String) -> String {
    let Some(stat) = entry.stat.filter(|_| options.color) else {
        return name;
    };
    let code = match stat.kind {
        Kind::Directory if stat.mode & 0o1002 == 0o1002 => "30;42",
        Kind::Directory if stat.mode & 0o002 != 0 => "34;42",
        Kind::Directory if stat.mode & 0o1000 != 0 => "37;44",
        Kind::Directory => "01;34",
        Kind::Symlink => "01;36",
        Kind::Pipe => "33",
        Kind::Socket => "01;35",
        Kind::CharacterDevice | Kind::BlockDevice => "01;33",
        Kind::Regular if stat.mode & 0o4000 != 0 => "37;41",
        Kind::Regular if stat.mode & 0o2000 != 0 => "30;43",
        Kind::Regular if stat.mode & 0o111 != 0 => "01;32",
        Kind::Regular => return name,
    };
    let reset = if options.colored_any.replace(true) {
        ""
    } else {
        "\x1b[0m"
    };
    format!("{reset}\x1b[{code}m{name}\x1b[0m")
}

/// The cells of the layouts without long lines, their fields in front aligned, each with its width.
fn cells(entries: &[Entry], options: &Options) -> Vec<(String, usize)> {
    let prefixes: Vec<Vec<String>> = entries.iter().map(|entry| prefix(entry, options)).collect();
    let fields = prefixes.first().map_or(0, Vec::len);
    let aligned = options.layout != Layout::Commas;
    let widths: Vec<usize> = (0..fields)
        .map(|at| {
            prefixes
                .iter()
                .map(|prefix| prefix[at].len())
                .max()
                .filter(|_| aligned)
                .unwrap_or(0)
        })
        .collect();
    let cell = |(entry, prefix): (&Entry, &Vec<String>)| {
        let front: String = prefix
            .iter()
            .zip(&widths)
            .map(|(text, width)| format!("{text:>width$} "))
            .collect();
        let mark = entry.stat.map_or("", |stat| indicator(&stat, options));
        let width = front.len() + plain_name(&entry.name, options).chars().count() + mark.len();
        (format!("{front}{}", name(entry, options)), width)
    };
    entries.iter().zip(&prefixes).map(cell).collect()
}

fn lines(entries: &[Entry], options: &Options, out: &mut String) {
    for (text, _) in cells(entries, options) {
        out.push_str(&text);
        out.push(options.line_end);
    }
}

fn commas(entries: &[Entry], options: &Options, out: &mut String) {
    let mut column = 0;
    let cells = cells(entries, options);
    for (at, (text, width)) in cells.iter().enumerate() {
        if at > 0 {
            let fits = options.width == 0 || column + width + 2 < options.width;
            out.push_str(if fits { ", " } else { ",\n" });
            column = if fits { column + 2 } else { 0 };
        }
        out.push_str(text);
        column += width;
    }
    if !cells.is_empty() {
        out.push(options.line_end);
    }
}

fn columns(entries: &[Entry], options: &Options, out: &mut String) {
    let cells = cells(entries, options);
    let widths: Vec<usize> = cells.iter().map(|(_, width)| *width).collect();
    let across = options.layout == Layout::Across;
    let (rows, widths) = arrange(&widths, across, options.width);
    for row in 0..rows {
        let mut pending = 0;
        for (column, width) in widths.iter().enumerate() {
            let at = if across {
                row * widths.len() + column
            } else {
                column * rows + row
            };
            let Some((text, own)) = cells.get(at) else {
                break;
            };
            out.extend(std::iter::repeat_n(' ', pending));
            out.push_str(text);
            pending = width + GAP - own;
        }
        out.push(options.line_end);
    }
}

/// The fewest rows whose columns fit into `width`, and the columns' widths.
fn arrange(cells: &[usize], across: bool, width: usize) -> (usize, Vec<usize>) {
    if cells.is_empty() {
        return (0, Vec::new());
    }
    for columns in (1..=cells.len()).rev() {
        let rows = cells.len().div_ceil(columns);
        let used = if across {
            columns
        } else {
            cells.len().div_ceil(rows)
        };
        let mut widths = vec![0; used];
        for (at, cell) in cells.iter().enumerate() {
            let column = if across { at % columns } else { at / rows };
            widths[column] = widths[column].max(*cell);
        }
        let total = widths.iter().sum::<usize>() + GAP * (used - 1);
        if columns == 1 || width == 0 || total < width {
            return (rows, widths);
        }
    }
    (cells.len(), vec![0])
}

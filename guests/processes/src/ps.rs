//! `ps`, as procps has it, for a machine without terminals: options of both families, columns, selection, sorting.

use crate::names;
use crate::table::{self, Process};
use crate::usage::PACKAGE;
use isobox_guest::{Arguments, process};
use std::cmp::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

/// A column: its names, its heading, its width, whether it stands to the right, and what it shows.
struct Column {
    names: &'static [&'static str],
    heading: &'static str,
    width: usize,
    right: bool,
    show: fn(&Process, &Now) -> String,
}

/// What times are counted from.
struct Now {
    unix_seconds: u64,
    uptime_ticks: u64,
}

const TICKS_PER_SECOND: u64 = 100;
const KIB: u64 = 1024;

static COLUMNS: &[Column] = &[
    column(&["pid", "tgid"], "PID", 7, true, |p, _| p.pid.to_string()),
    column(&["ppid"], "PPID", 7, true, |p, _| p.parent.to_string()),
    column(&["pgid", "pgrp"], "PGID", 7, true, |p, _| {
        p.group.to_string()
    }),
    column(&["sid", "sess", "session"], "SID", 7, true, |p, _| {
        p.session.to_string()
    }),
    column(
        &["user", "euser", "ruser", "uname"],
        "USER",
        8,
        false,
        |p, _| names::user(p.uid).to_owned(),
    ),
    column(&["uid", "euid", "ruid"], "UID", 5, true, |p, _| {
        p.uid.to_string()
    }),
    column(&["gid", "egid", "rgid"], "GID", 5, true, |p, _| {
        p.uid.to_string()
    }),
    column(&["group", "egroup"], "GROUP", 8, false, |p, _| {
        names::user(p.uid).to_owned()
    }),
    column(&["comm", "ucmd", "ucomm"], "COMMAND", 15, false, |p, _| {
        p.command_name()
    }),
    column(&["args", "cmd", "command"], "COMMAND", 27, false, |p, _| {
        p.command_line()
    }),
    column(&["stat"], "STAT", 4, false, |p, _| p.state.to_string()),
    column(&["s", "state"], "S", 1, false, |p, _| p.state.to_string()),
    column(&["time", "cputime"], "TIME", 8, true, |p, _| {
        names::clock_time(p.ticks / TICKS_PER_SECOND)
    }),
    column(&["bsdtime"], "TIME", 6, true, |p, _| minutes(p)),
    column(&["etime"], "ELAPSED", 11, true, |p, now| {
        names::elapsed(age_seconds(p, now))
    }),
    column(&["etimes"], "ELAPSED", 7, true, |p, now| {
        age_seconds(p, now).to_string()
    }),
    column(&["tty", "tt", "tname"], "TT", 8, false, |_, _| {
        "?".to_owned()
    }),
    column(&["pcpu", "%cpu"], "%CPU", 4, true, share_of_processor),
    column(&["c"], "C", 2, true, |p, now| {
        (share_ppm(p, now) / 10_000).to_string()
    }),
    column(&["pmem", "%mem"], "%MEM", 4, true, |_, _| "0.0".to_owned()),
    column(&["vsz", "vsize"], "VSZ", 6, true, |p, _| {
        (p.memory_bytes / KIB).to_string()
    }),
    column(&["rss", "rssize", "rsz"], "RSS", 5, true, |p, _| {
        (p.memory_bytes / KIB).to_string()
    }),
    column(
        &["start", "start_time", "stime", "bsdstart"],
        "STIME",
        5,
        true,
        begun,
    ),
    column(&["lstart"], "STARTED", 24, true, begun_in_full),
    column(&["ni", "nice"], "NI", 3, true, |_, _| "0".to_owned()),
    column(&["pri"], "PRI", 3, true, |_, _| "19".to_owned()),
    column(&["nlwp", "thcount"], "NLWP", 4, true, |_, _| "1".to_owned()),
    column(&["f", "flags"], "F", 1, true, |_, _| "0".to_owned()),
    column(&["wchan"], "WCHAN", 6, false, |_, _| "-".to_owned()),
];

const fn column(
    names: &'static [&'static str],
    heading: &'static str,
    width: usize,
    right: bool,
    show: fn(&Process, &Now) -> String,
) -> Column {
    Column {
        names,
        heading,
        width,
        right,
        show,
    }
}

/// What a command line asks for.
#[derive(Default)]
struct Request {
    all: bool,
    format: Format,
    columns: Vec<(usize, String)>,
    pids: Vec<u32>,
    parents: Vec<u32>,
    names: Vec<String>,
    selects: bool,
    no_headings: bool,
    sort: Vec<(usize, bool)>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Short,
    Full,
    Long,
    /// `ax`
    Bsd,
    /// `u`
    User,
    Own,
}

pub fn ps(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    if words.iter().any(|word| word == "--help") {
        PACKAGE.print("ps");
        return 0;
    }
    if words.iter().any(|word| word == "--version" || word == "-V") {
        println!("ps (isobox processes) {}", env!("CARGO_PKG_VERSION"));
        return 0;
    }
    match request(&words) {
        Ok(request) => {
            let shown = show(&request);
            i32::from(!shown)
        }
        Err(message) => {
            eprintln!(
                "error: {message}\n\nUsage:\n ps [options]\n\n Try 'ps --help' for more information."
            );
            1
        }
    }
}

fn request(words: &[String]) -> Result<Request, String> {
    let mut request = Request::default();
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            long_option(&mut request, long, &mut words)?;
        } else if let Some(letters) = word.strip_prefix('-') {
            unix_options(&mut request, letters, &mut words)?;
        } else if word.bytes().all(|b| b.is_ascii_digit() || b == b',') {
            request.pids.extend(numbers(word)?);
            request.selects = true;
        } else {
            bsd_options(&mut request, word, &mut words)?;
        }
    }
    Ok(request)
}

fn long_option<'a>(
    request: &mut Request,
    word: &'a str,
    words: &mut impl Iterator<Item = &'a str>,
) -> Result<(), String> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    let mut value = || {
        value
            .or_else(|| words.next())
            .ok_or("option requires an argument".to_owned())
    };
    match name {
        "no-headers" | "no-heading" | "no-headings" | "noheader" | "noheaders" => {
            request.no_headings = true
        }
        "sort" => sort_by(request, value()?)?,
        "format" => own_format(request, value()?)?,
        "pid" => select_pids(request, value()?)?,
        "ppid" => select_parents(request, value()?)?,
        "forest" => return Err("--forest is not supported here".to_owned()),
        "headers" => {}
        _ => return Err("unknown gnu long option".to_owned()),
    }
    Ok(())
}

fn unix_options<'a>(
    request: &mut Request,
    letters: &'a str,
    words: &mut impl Iterator<Item = &'a str>,
) -> Result<(), String> {
    for (at, letter) in letters.char_indices() {
        let rest = &letters[at + letter.len_utf8()..];
        match letter {
            'e' | 'A' | 'a' | 'd' => request.all = true,
            'f' => request.format = Format::Full,
            'F' => request.format = Format::Full,
            'l' => request.format = Format::Long,
            'H' => return Err("-H is not supported here".to_owned()),
            'w' | 'y' | 'T' | 'L' | 'c' | 'j' | 'N' | 'M' => {}
            'o' | 'O' | 'p' | 'C' | 'u' | 'U' | 't' | 'g' | 's' | 'G' | 'q' => {
                let value = match rest {
                    "" => words.next().ok_or("option requires an argument")?,
                    rest => rest,
                };
                valued_option(request, letter, value)?;
                return Ok(());
            }
            _ => return Err("unsupported SysV option".to_owned()),
        }
    }
    Ok(())
}

fn valued_option(request: &mut Request, letter: char, value: &str) -> Result<(), String> {
    match letter {
        'o' => own_format(request, value),
        'p' | 'q' => select_pids(request, value),
        'C' => {
            request.selects = true;
            request.names.extend(value.split(',').map(str::to_owned));
            Ok(())
        }
        // One user and no terminals: everybody is meant.
        'u' | 'U' | 'G' | 'g' | 's' | 't' => {
            request.all = true;
            Ok(())
        }
        _ => Err("unsupported SysV option".to_owned()),
    }
}

fn bsd_options<'a>(
    request: &mut Request,
    letters: &'a str,
    words: &mut impl Iterator<Item = &'a str>,
) -> Result<(), String> {
    for (at, letter) in letters.char_indices() {
        let rest = &letters[at + letter.len_utf8()..];
        match letter {
            'a' | 'x' | 'g' | 'r' => {
                request.all = true;
                if request.format == Format::Short {
                    request.format = Format::Bsd;
                }
            }
            'u' => request.format = Format::User,
            'l' => request.format = Format::Long,
            'f' => return Err("f (forest) is not supported here".to_owned()),
            'h' => request.no_headings = true,
            'w' | 'e' | 'c' | 'S' | 'n' | 'T' => {}
            'o' | 'p' | 'k' | 'O' => {
                let value = match rest {
                    "" => words.next().ok_or("option requires an argument")?,
                    rest => rest,
                };
                match letter {
                    'o' => own_format(request, value)?,
                    'p' => select_pids(request, value)?,
                    _ => sort_by(request, value)?,
                }
                return Ok(());
            }
            _ => return Err("unsupported option (BSD syntax)".to_owned()),
        }
    }
    Ok(())
}

fn select_pids(request: &mut Request, value: &str) -> Result<(), String> {
    request.selects = true;
    request.pids.extend(numbers(value)?);
    Ok(())
}

fn select_parents(request: &mut Request, value: &str) -> Result<(), String> {
    request.selects = true;
    request.parents.extend(numbers(value)?);
    Ok(())
}

fn numbers(list: &str) -> Result<Vec<u32>, String> {
    list.split([',', ' '])
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse()
                .map_err(|_| "process ID list syntax error".to_owned())
        })
        .collect()
}

/// `pid,ppid=PARENT,args=`: a heading of one's own takes the rest of the word.
fn own_format(request: &mut Request, text: &str) -> Result<(), String> {
    request.format = Format::Own;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find([',', ' ', '=']).unwrap_or(rest.len());
        let index = named(&rest[..end])?;
        if rest[end..].starts_with('=') {
            let heading = &rest[end + 1..];
            // An empty heading ends at a comma, another at the end.
            let (heading, after) = match heading.strip_prefix(',') {
                Some(after) => ("", after),
                None => (heading, ""),
            };
            request.columns.push((index, heading.to_owned()));
            rest = after;
        } else {
            request
                .columns
                .push((index, heading(index, &rest[..end]).to_owned()));
            rest = rest.get(end + 1..).unwrap_or("");
        }
    }
    Ok(())
}

/// Some names have a heading of their own.
fn heading(index: usize, name: &str) -> &'static str {
    match name {
        "cmd" => "CMD",
        "tty" => "TTY",
        "start" => "STARTED",
        _ => COLUMNS[index].heading,
    }
}

fn named(name: &str) -> Result<usize, String> {
    COLUMNS
        .iter()
        .position(|column| column.names.contains(&name))
        .ok_or_else(|| format!("unknown user-defined format specifier \"{name}\""))
}

fn sort_by(request: &mut Request, text: &str) -> Result<(), String> {
    for key in text.split(',') {
        let descending = key.starts_with('-');
        let name = key.trim_start_matches(['+', '-']);
        let index = named(name).map_err(|_| "unknown sort specifier".to_owned())?;
        request.sort.push((index, descending));
    }
    Ok(())
}

/// Prints what was asked for; whether there was any.
fn show(request: &Request) -> bool {
    let now = Now {
        unix_seconds: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |now| now.as_secs()),
        uptime_ticks: table::uptime_ticks(),
    };
    let mut processes: Vec<Process> = table::read();
    processes.retain(|process| is_selected(request, process));
    for &(index, descending) in request.sort.iter().rev() {
        processes.sort_by(|a, b| {
            let order = compare(
                &(COLUMNS[index].show)(a, &now),
                &(COLUMNS[index].show)(b, &now),
            );
            if descending { order.reverse() } else { order }
        });
    }
    let columns = columns(request);
    let mut text = String::new();
    if !request.no_headings && columns.iter().any(|(_, heading, _)| !heading.is_empty()) {
        let headings: Vec<String> = columns
            .iter()
            .map(|(_, heading, _)| heading.clone())
            .collect();
        text += &line(&columns, &headings);
    }
    for process in &processes {
        let cells: Vec<String> = columns
            .iter()
            .map(|(index, ..)| (COLUMNS[*index].show)(process, &now))
            .collect();
        text += &line(&columns, &cells);
    }
    print!("{text}");
    !processes.is_empty()
}

fn is_selected(request: &Request, process: &Process) -> bool {
    if request.selects {
        return request.pids.contains(&process.pid)
            || request.parents.contains(&process.parent)
            || request.names.contains(&process.name);
    }
    if request.all {
        return true;
    }
    let own = process::ids();
    process.uid != 0 && (process.session == own.2 || process.uid == 1000)
}

fn compare(a: &str, b: &str) -> Ordering {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

/// Column, heading, width.
fn columns(request: &Request) -> Vec<(usize, String, usize)> {
    let list: &[(&str, &str, usize)] = match request.format {
        Format::Short => &[
            ("pid", "PID", 7),
            ("tty", "TTY", 8),
            ("time", "TIME", 8),
            ("comm", "CMD", 0),
        ],
        Format::Full => &[
            ("user", "UID", 8),
            ("pid", "PID", 7),
            ("ppid", "PPID", 7),
            ("c", "C", 2),
            ("stime", "STIME", 5),
            ("tty", "TTY", 8),
            ("time", "TIME", 8),
            ("args", "CMD", 0),
        ],
        Format::Long => &[
            ("f", "F", 1),
            ("s", "S", 1),
            ("uid", "UID", 5),
            ("pid", "PID", 7),
            ("ppid", "PPID", 7),
            ("c", "C", 2),
            ("pri", "PRI", 3),
            ("ni", "NI", 3),
            ("wchan", "ADDR", 4),
            ("vsz", "SZ", 5),
            ("wchan", "WCHAN", 6),
            ("tty", "TTY", 8),
            ("time", "TIME", 8),
            ("comm", "CMD", 0),
        ],
        Format::Bsd => &[
            ("pid", "PID", 7),
            ("tty", "TTY", 8),
            ("stat", "STAT", 4),
            ("bsdtime", "TIME", 6),
            ("args", "COMMAND", 0),
        ],
        Format::User => &[
            ("user", "USER", 8),
            ("pid", "PID", 7),
            ("pcpu", "%CPU", 4),
            ("pmem", "%MEM", 4),
            ("vsz", "VSZ", 6),
            ("rss", "RSS", 5),
            ("tty", "TTY", 8),
            ("stat", "STAT", 4),
            ("start", "START", 5),
            ("bsdtime", "TIME", 6),
            ("args", "COMMAND", 0),
        ],
        Format::Own => {
            return request
                .columns
                .iter()
                .map(|(index, heading)| {
                    let width = COLUMNS[*index].width.max(heading.len());
                    (*index, heading.clone(), width)
                })
                .collect();
        }
    };
    list.iter()
        .map(|(name, heading, width)| (named(name).unwrap_or(0), (*heading).to_owned(), *width))
        .collect()
}

/// The last column is as wide as what stands in it.
fn line(columns: &[(usize, String, usize)], cells: &[String]) -> String {
    let last = columns.len().saturating_sub(1);
    let mut line = String::new();
    for (at, ((index, _, width), cell)) in columns.iter().zip(cells).enumerate() {
        let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
        let column = &COLUMNS[*index];
        match (column.right, at == last) {
            (true, _) => line += &format!("{padding}{cell}"),
            (false, true) => line += cell,
            (false, false) => line += &format!("{cell}{padding}"),
        }
        if at != last {
            line.push(' ');
        }
    }
    line.push('\n');
    line
}

fn age_seconds(process: &Process, now: &Now) -> u64 {
    now.uptime_ticks.saturating_sub(process.begun_ticks) / TICKS_PER_SECOND
}

fn minutes(process: &Process) -> String {
    let seconds = process.ticks / TICKS_PER_SECOND;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Millionths of the time since it began.
fn share_ppm(process: &Process, now: &Now) -> u64 {
    let age = now.uptime_ticks.saturating_sub(process.begun_ticks);
    (process.ticks * 1_000_000)
        .checked_div(age)
        .unwrap_or(0)
        .min(999_000)
}

fn share_of_processor(process: &Process, now: &Now) -> String {
    let thousandths = share_ppm(process, now) / 1000;
    format!("{}.{}", thousandths / 10, thousandths % 10)
}

fn begun_seconds(process: &Process, now: &Now) -> u64 {
    now.unix_seconds.saturating_sub(age_seconds(process, now))
}

/// The time of day, or the day when it was another.
fn begun(process: &Process, now: &Now) -> String {
    const DAY: u64 = 86_400;
    let seconds = begun_seconds(process, now);
    if seconds / DAY == now.unix_seconds / DAY {
        return format!("{:02}:{:02}", seconds % DAY / 3600, seconds % 3600 / 60);
    }
    let (_, month, day) = date(seconds / DAY);
    format!("{}{day:02}", MONTHS[month])
}

fn begun_in_full(process: &Process, now: &Now) -> String {
    const DAY: u64 = 86_400;
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let seconds = begun_seconds(process, now);
    let days = seconds / DAY;
    let (year, month, day) = date(days);
    let time = names::clock_time(seconds % DAY);
    format!(
        "{} {} {day:2} {time} {year}",
        WEEKDAYS[(days % 7) as usize],
        MONTHS[month]
    )
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Year, month from 0 and day of a day since 1970, by counting.
fn date(mut days: u64) -> (u64, usize, u64) {
    let mut year = 1970;
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [
        31,
        28 + u64::from(is_leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    (year, month, days + 1)
}

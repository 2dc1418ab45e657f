//! `column`: columns, or with `-t` a table.

use crate::input::{options, put, read};
use gnu::getopt::{Parsed, Spec, Takes};
use isobox_guest::{Arguments, plain};

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("t", "table", Nothing),
    Spec("N", "table-columns", Value),
    Spec("R", "table-right", Value),
    Spec("s", "separator", Value),
    Spec("o", "output-separator", Value),
    Spec("c", "output-width", Value),
    Spec("x", "fillrows", Nothing),
    Spec("L", "keep-empty-lines", Nothing),
    Spec("h", "help", Nothing),
    Spec("V", "version", Nothing),
];

pub fn column(arguments: Arguments) -> i32 {
    let parsed = match options(
        "column",
        arguments,
        SPECS,
        "[options] [<file>...]\nColumnate lists.",
    ) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let mut text = String::new();
    let mut status = 0;
    let files = if parsed.operands.is_empty() {
        vec!["-".to_owned()]
    } else {
        parsed.operands.clone()
    };
    for name in &files {
        match read(name) {
            Ok(bytes) => {
                text.push_str(&String::from_utf8_lossy(&bytes));
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
            }
            Err(error) => {
                eprintln!("column: {name}: {}", plain(&error));
                status = 1;
            }
        }
    }
    let keep_empty = parsed.has("keep-empty-lines");
    let whole = text.strip_suffix('\n').unwrap_or(&text);
    let lines: Vec<&str> = whole
        .split('\n')
        .filter(|line| keep_empty || !line.trim().is_empty())
        .collect();
    if lines.is_empty() {
        return status;
    }
    let out = match parsed.has("table") {
        true => table(&lines, &parsed),
        false => columns(&lines, &parsed),
    };
    put("column", out.as_bytes());
    status
}

/// How many columns a terminal shows a text in: East Asian letters and pictures take two, marks on letters none.
pub fn width(text: &str) -> usize {
    let columns = |letter: char| match u32::from(letter) {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 => 2,
        0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 => 2,
        0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => 1,
    };
    text.chars().map(columns).sum()
}

fn table(lines: &[&str], parsed: &Parsed) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    if let Some(names) = parsed.value("table-columns") {
        rows.push(names.split(',').map(str::to_owned).collect());
    }
    for line in lines {
        rows.push(match parsed.value("separator") {
            // Several blanks are one separator, others separate each.
            None => line
                .split([' ', '\t'])
                .filter(|cell| !cell.is_empty())
                .map(str::to_owned)
                .collect(),
            Some(separators) => line
                .split(|c| separators.contains(c))
                .map(str::to_owned)
                .collect(),
        });
    }
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|at| {
            rows.iter()
                .filter_map(|row| row.get(at))
                .map(|cell| width(cell))
                .max()
                .unwrap_or(0)
        })
        .collect();
    let right: Vec<bool> = (0..count).map(|at| is_right(at, parsed)).collect();
    let separator = parsed.value("output-separator").unwrap_or("  ");
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, column) in widths.iter().enumerate() {
            let cell = row.get(at).map_or("", String::as_str);
            let blanks = " ".repeat(column - width(cell));
            let last = at + 1 == count;
            match right[at] {
                true => line.push_str(&format!("{blanks}{cell}")),
                false if last => line.push_str(cell),
                false => line.push_str(&format!("{cell}{blanks}")),
            }
            if !last {
                line.push_str(separator);
            }
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Whether `-R` names a column, by number or by name.
fn is_right(at: usize, parsed: &Parsed) -> bool {
    let names: Vec<&str> = parsed
        .value("table-columns")
        .map_or(Vec::new(), |names| names.split(',').collect());
    parsed.value("table-right").is_some_and(|list| {
        list.split(',')
            .any(|item| item.parse() == Ok(at + 1) || names.get(at) == Some(&item))
    })
}

/// Entries beside each other, as many as fit, at tab stops.
fn columns(lines: &[&str], parsed: &Parsed) -> String {
    let total = parsed
        .value("output-width")
        .and_then(|text| text.parse().ok())
        .unwrap_or(80);
    let widest = lines.iter().map(|line| width(line)).max().unwrap_or(0);
    let step = (widest + 8) & !7;
    let across = (total / step).max(1);
    let mut out = String::new();
    if widest >= total || across == 1 && lines.len() > 1 && widest >= total {
        for line in lines {
            out.push_str(line);
            out.push('\n');
        }
        return out;
    }
    let down = lines.len().div_ceil(across);
    for row in 0..down {
        let mut at = 0;
        let cells: Vec<&str> = match parsed.has("fillrows") {
            true => lines
                .iter()
                .skip(row * across)
                .take(across)
                .copied()
                .collect(),
            false => lines.iter().skip(row).step_by(down).copied().collect(),
        };
        for (number, cell) in cells.iter().enumerate() {
            while at < number * step {
                out.push('\t');
                at = (at + 8) & !7;
            }
            out.push_str(cell);
            at += width(cell);
        }
        out.push('\n');
    }
    out
}

//! Text made to fit: padded, cut, wrapped.

use super::placeholder::{Align, Cut, Padding};

/// How many columns a letter takes.
pub fn width_of(letter: char) -> usize {
    match letter as u32 {
        0x300..=0x36f | 0x200b..=0x200f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60 => 2,
        0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// The text at the width a `%<(…)` or its like asks for.
pub fn pad(text: &[u8], how: Padding, before: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).into_owned();
    let line = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let used = if how.to_column {
        width(&String::from_utf8_lossy(line))
    } else {
        0
    };
    let wanted = how.width.saturating_sub(used);
    let length = width(&text);
    if length > wanted {
        return match how.cut {
            Some(cut) => shorten(&text, wanted, cut).into_bytes(),
            None => text.into_bytes(),
        };
    }
    let gap = wanted - length;
    let (left, right) = match how.align {
        Align::Left => (0, gap),
        Align::Right | Align::LeftOrRight => (gap, 0),
        Align::Both => (gap / 2, gap - gap / 2),
    };
    format!("{}{text}{}", " ".repeat(left), " ".repeat(right)).into_bytes()
}

fn shorten(text: &str, wanted: usize, cut: Cut) -> String {
    let room = wanted.saturating_sub(2);
    let head = |count: usize| text.chars().take(count).collect::<String>();
    let total = text.chars().count();
    let tail = |count: usize| {
        text.chars()
            .skip(total.saturating_sub(count))
            .collect::<String>()
    };
    match cut {
        Cut::Right => head(room) + "..",
        Cut::Left => format!("..{}", tail(room)),
        Cut::Middle => format!("{}..{}", head(room / 2), tail(room - room / 2)),
    }
}

/// Wraps words at a width, with spaces in front of the first and of the other lines.
pub fn wrap(text: &[u8], limit: usize, first: usize, next: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).into_owned();
    let mut out = String::new();
    let mut indent = first;
    for (number, paragraph) in text.split("\n\n").enumerate() {
        if number > 0 {
            out.push_str("\n\n");
        }
        let mut column = 0;
        for (place, word) in paragraph
            .split([' ', '\n', '\t'])
            .filter(|word| !word.is_empty())
            .enumerate()
        {
            let length = width(word);
            if place == 0 {
                out.push_str(&" ".repeat(indent));
                column = indent;
            } else if limit > 0 && column + 1 + length > limit {
                out.push('\n');
                out.push_str(&" ".repeat(next));
                column = next;
            } else {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
        indent = next;
    }
    out.into_bytes()
}

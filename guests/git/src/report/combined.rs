//! One file beside several others it came from: `diff --cc`, for merges and paths in conflict.

use super::Options;
use super::names::{abbreviate, quote, quote_two};
use crate::changes::{Source, is_binary};
use crate::diff::{changes, is_space, split, without_common_tail};
use crate::repository::Oid;

/// A side that the file came from.
pub struct Parent {
    pub mode: u32,
    pub oid: Oid,
    pub bytes: Vec<u8>,
    /// Whether it has no such file.
    pub absent: bool,
}

/// The file as it became.
pub struct Made<'a> {
    pub path: &'a [u8],
    /// 0 when it is gone.
    pub mode: u32,
    pub oid: Oid,
    pub bytes: &'a [u8],
    /// From the working tree, which is shown even where nothing contradicts.
    pub on_disk: bool,
}

/// A line some parents have and the file hasn't.
struct Lost {
    text: Vec<u8>,
    parents: u32,
}

/// A line of the file, with what was lost in front of it.
#[derive(Default)]
struct Spot {
    lost: Vec<Lost>,
    /// The parents that don't have the line.
    added: u32,
    shown: bool,
    /// Context whose lost lines belong to no hunk.
    hides_lost: bool,
    /// The number of the line in each parent.
    numbers: Vec<usize>,
}

/// Appends the patch, when there is something to show.
pub fn combined(
    source: &Source,
    made: &Made,
    parents: &[Parent],
    dense: bool,
    options: &Options,
    out: &mut Vec<u8>,
) {
    let modes_differ = parents.iter().any(|parent| parent.mode != made.mode);
    let binary = is_binary(made.bytes) || parents.iter().any(|parent| is_binary(&parent.bytes));
    if binary && !options.text {
        header(
            source,
            made,
            parents,
            (dense, modes_differ, false),
            options,
            out,
        );
        out.extend(b"Binary files differ\n");
        return;
    }
    let lines = split(made.bytes);
    let mut spots: Vec<Spot> = (0..lines.len() + 2).map(|_| Spot::default()).collect();
    for (number, parent) in parents.iter().enumerate() {
        compare(&mut spots, &lines, parent, number, options);
    }
    let all = (1u32 << parents.len()) - 1;
    let any = mark(&mut spots, lines.len(), all, dense, options.context.lines);
    if any || modes_differ || made.on_disk {
        header(
            source,
            made,
            parents,
            (dense, modes_differ, true),
            options,
            out,
        );
        if made.mode != 0 {
            dump(&spots, &lines, parents.len(), options, out);
        }
    }
}

fn header(
    source: &Source,
    made: &Made,
    parents: &[Parent],
    (dense, modes_differ, names): (bool, bool, bool),
    options: &Options,
    out: &mut Vec<u8>,
) {
    let colors = options.colors;
    let mut line = |text: &[u8]| {
        out.extend([colors.meta.as_bytes(), text, colors.reset.as_bytes(), b"\n"].concat())
    };
    let path = options.shown(made.path);
    let kind: &[u8] = if dense {
        b"diff --cc "
    } else {
        b"diff --combined "
    };
    line(&[kind, &quote(path, options.quote_path)].concat());
    let short = |oid: &Oid| {
        if options.full_index {
            oid.hex()
        } else {
            abbreviate(source, oid, options)
        }
    };
    let olds: Vec<String> = parents.iter().map(|parent| short(&parent.oid)).collect();
    line(format!("index {}..{}", olds.join(","), short(&made.oid)).as_bytes());
    let deleted = made.mode == 0;
    let added = !deleted && parents.iter().all(|parent| parent.absent);
    if modes_differ && added {
        line(format!("new file mode {:06o}", made.mode).as_bytes());
    } else if modes_differ {
        let modes: Vec<String> = parents
            .iter()
            .map(|parent| format!("{:06o}", parent.mode))
            .collect();
        let front = if deleted { "deleted file " } else { "" };
        let to = if deleted {
            String::new()
        } else {
            format!("..{:06o}", made.mode)
        };
        line(format!("{front}mode {}{to}", modes.join(",")).as_bytes());
    }
    if !names {
        return;
    }
    let label = |prefix: &str, absent: bool| match absent {
        true => b"/dev/null".to_vec(),
        false => quote_two(prefix.as_bytes(), path, options.quote_path),
    };
    line(&[b"--- ", &label(&options.old_prefix, added)[..]].concat());
    line(&[b"+++ ", &label(&options.new_prefix, deleted)[..]].concat());
}

fn compare(spots: &mut [Spot], lines: &[&[u8]], parent: &Parent, number: usize, options: &Options) {
    let bit = 1u32 << number;
    let old = split(&parent.bytes);
    let mut losses: Vec<Vec<Vec<u8>>> = vec![Vec::new(); spots.len()];
    let (short_old, short_new) = without_common_tail(&old, lines);
    for change in changes(short_old, short_new, options.comparison) {
        for line in &old[change.old..change.old + change.removed] {
            losses[change.new].push(line.strip_suffix(b"\n").unwrap_or(line).to_vec());
        }
        spots[change.new..change.new + change.added]
            .iter_mut()
            .for_each(|spot| spot.added |= bit);
    }
    let mut at = 1;
    for (index, (spot, lost)) in spots.iter_mut().zip(losses).enumerate() {
        spot.numbers.push(at);
        coalesce(&mut spot.lost, lost, bit);
        at += spot
            .lost
            .iter()
            .filter(|lost| lost.parents & bit != 0)
            .count();
        if index < lines.len() && spot.added & bit == 0 {
            at += 1;
        }
    }
}

/// Takes lines that another parent lost into the list: equal ones are the same, by the longest common sequence.
fn coalesce(base: &mut Vec<Lost>, new: Vec<Vec<u8>>, bit: u32) {
    const TABLE_MAX: usize = 4_000_000;
    if base.is_empty() || new.is_empty() || base.len().saturating_mul(new.len()) > TABLE_MAX {
        base.extend(new.into_iter().map(|text| Lost { text, parents: bit }));
        return;
    }
    let width = new.len() + 1;
    let mut lengths = vec![0u32; (base.len() + 1) * width];
    for i in 1..=base.len() {
        for j in 1..=new.len() {
            lengths[i * width + j] = match base[i - 1].text == new[j - 1] {
                true => lengths[(i - 1) * width + j - 1] + 1,
                false => lengths[i * width + j - 1].max(lengths[(i - 1) * width + j]),
            };
        }
    }
    let (mut i, mut j) = (base.len(), new.len());
    let mut new: Vec<Option<Vec<u8>>> = new.into_iter().map(Some).collect();
    while j > 0 {
        if i > 0 && new[j - 1].as_ref() == Some(&base[i - 1].text) {
            base[i - 1].parents |= bit;
            (i, j) = (i - 1, j - 1);
        } else if i == 0 || lengths[i * width + j - 1] >= lengths[(i - 1) * width + j] {
            let text = new[j - 1].take().unwrap_or_default();
            base.insert(i, Lost { text, parents: bit });
            j -= 1;
        } else {
            i -= 1;
        }
    }
}

/// Decides what is shown.
fn mark(spots: &mut [Spot], count: usize, all: u32, dense: bool, context: usize) -> bool {
    for spot in &mut spots[..=count] {
        spot.shown = spot.added & all != 0 || !spot.lost.is_empty();
    }
    if dense {
        drop_one_sided(spots, count, all, context);
    }
    give_context(spots, count, context)
}

/// A hunk that is the same from all parents it differs from, and equal to another, tells nothing.
fn drop_one_sided(spots: &mut [Spot], count: usize, all: u32, context: usize) {
    let mut at = 0;
    while let Some(begin) = (at..=count).find(|at| spots[*at].shown) {
        let mut end = begin + 1;
        while end <= count {
            if !spots[end].shown {
                let tail = hunk_tail(spots, begin, end);
                let ahead = (tail + context).min(count + 1);
                match (end..ahead).rev().find(|at| spots[*at].shown) {
                    Some(more) => end = more,
                    None => break,
                }
            }
            end += 1;
        }
        let differences = spots[begin..end].iter().flat_map(|spot| {
            let added = Some(spot.added & all).filter(|added| *added != 0);
            added
                .into_iter()
                .chain(spot.lost.iter().map(|lost| lost.parents))
        });
        let mut differences: Vec<u32> = differences.collect();
        differences.dedup();
        if differences.len() <= 1 && differences.first() != Some(&all) {
            spots[begin..end]
                .iter_mut()
                .for_each(|spot| spot.shown = false);
        }
        at = end;
    }
}

fn hunk_tail(spots: &[Spot], begin: usize, end: usize) -> usize {
    if begin + 1 <= end && spots[end - 1].added == 0 {
        end - 1
    } else {
        end
    }
}

fn give_context(spots: &mut [Spot], count: usize, context: usize) -> bool {
    let next = |spots: &[Spot], from: usize, shown: bool| {
        (from..=count)
            .find(|at| spots[*at].shown == shown)
            .unwrap_or(count + 1)
    };
    let mut at = next(spots, 0, true);
    if at > count {
        return false;
    }
    while at <= count {
        for spot in &mut spots[at.saturating_sub(context)..at] {
            spot.hides_lost |= !spot.shown;
            spot.shown = true;
        }
        loop {
            let end = next(spots, at, false);
            if end > count {
                return true;
            }
            let following = next(spots, end, true);
            let end = hunk_tail(spots, at, end);
            let to = if following < end + context {
                following
            } else {
                (end + context).min(count + 1)
            };
            spots[end..to].iter_mut().for_each(|spot| spot.shown = true);
            at = following;
            if following >= end + context {
                break;
            }
        }
    }
    true
}

fn dump(spots: &[Spot], lines: &[&[u8]], parents: usize, options: &Options, out: &mut Vec<u8>) {
    let count = lines.len();
    let mut at = 0;
    loop {
        let mut comment: Option<&[u8]> = None;
        while at <= count && !spots[at].shown {
            let line = lines.get(at).copied().unwrap_or_default();
            if line
                .first()
                .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'))
            {
                comment = Some(line);
            }
            at += 1;
        }
        if at > count {
            return;
        }
        let end = (at + 1..=count)
            .find(|end| !spots[*end].shown)
            .unwrap_or(count + 1);
        hunk_header(spots, (at, end), count, parents, comment, options, out);
        for index in at..end {
            show_spot(
                &spots[index],
                lines.get(index).copied(),
                parents,
                options,
                out,
            );
        }
        at = end;
    }
}

fn hunk_header(
    spots: &[Spot],
    (at, end): (usize, usize),
    count: usize,
    parents: usize,
    comment: Option<&[u8]>,
    options: &Options,
    out: &mut Vec<u8>,
) {
    let signs = "@".repeat(parents + 1);
    let mut text = signs.clone();
    for parent in 0..parents {
        let (first, last) = (spots[at].numbers[parent], spots[end].numbers[parent]);
        text += &format!(" -{first},{}", last - first);
    }
    let length = if end > count { end - at - 1 } else { end - at };
    text += &format!(" +{},{length} {signs}", at + 1);
    let colors = options.colors;
    out.extend(
        [
            colors.hunk.as_bytes(),
            text.as_bytes(),
            colors.reset.as_bytes(),
        ]
        .concat(),
    );
    if let Some(comment) = comment {
        let head = &comment[..comment
            .iter()
            .take(40)
            .take_while(|byte| **byte != b'\n')
            .count()];
        let last = head.iter().rposition(|byte| !is_space(*byte)).unwrap_or(0);
        if last > 0 {
            out.push(b' ');
            out.extend(&head[..last]);
        }
    }
    out.push(b'\n');
}

fn show_spot(
    spot: &Spot,
    line: Option<&[u8]>,
    parents: usize,
    options: &Options,
    out: &mut Vec<u8>,
) {
    let colors = options.colors;
    let mut write = |color: &str, bits: u32, sign: u8, text: &[u8]| {
        let signs: Vec<u8> = (0..parents)
            .map(|parent| if bits & 1 << parent != 0 { sign } else { b' ' })
            .collect();
        let reset = if color.is_empty() { "" } else { colors.reset };
        out.extend([color.as_bytes(), &signs, text, reset.as_bytes(), b"\n"].concat());
    };
    for lost in spot.lost.iter().filter(|_| !spot.hides_lost) {
        write(colors.old, lost.parents, b'-', &lost.text);
    }
    let Some(line) = line else { return };
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    if spot.added != 0 {
        write(colors.new, spot.added, b'+', text);
    } else if options.context.lines > 0 {
        write("", 0, b' ', text);
    }
}

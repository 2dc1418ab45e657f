//! `--stat`, `--numstat` and `--summary` of patches that aren't applied.

use super::Request;
use crate::patch::FilePatch;
use crate::report::{FileStat, pretty_rename, quote, shortstat};

/// What the options ask for.
pub fn show(request: &Request, patches: &[FilePatch]) -> Vec<u8> {
    let mut text = Vec::new();
    let stats: Vec<FileStat> = patches.iter().map(stat).collect();
    if request.stat {
        lines(&stats, &mut text);
        text.extend(shortstat(&stats));
    }
    if request.numstat {
        for stat in &stats {
            let counts = if stat.binary {
                "-\t-\t".to_owned()
            } else {
                format!("{}\t{}\t", stat.added, stat.removed)
            };
            text.extend(counts.into_bytes());
            text.extend(if request.nul {
                &stat.new_name
            } else {
                &stat.name
            });
            text.push(if request.nul { 0 } else { b'\n' });
        }
    }
    if request.summary {
        patches.iter().for_each(|patch| summary(patch, &mut text));
    }
    text
}

fn stat(patch: &FilePatch) -> FileStat {
    let (added, removed) = patch.counts();
    let (old, new) = (
        patch.name(),
        patch.new_name.as_deref().unwrap_or(patch.name()),
    );
    let name = if old == new {
        quote(new, true)
    } else {
        pretty_rename(old, new, true)
    };
    FileStat {
        name,
        old_name: old.to_vec(),
        new_name: new.to_vec(),
        added,
        removed,
        binary: patch.binary,
        unmerged: false,
        renamed: old != new,
        comment: String::new(),
    }
}

fn lines(stats: &[FileStat], text: &mut Vec<u8>) {
    let longest = stats
        .iter()
        .map(|stat| stat.name.len())
        .max()
        .unwrap_or(0)
        .min(50);
    let most = stats
        .iter()
        .map(|stat| stat.added + stat.removed)
        .max()
        .unwrap_or(0);
    for stat in stats {
        let mut name = String::from_utf8_lossy(&stat.name).into_owned();
        if name.len() > longest {
            let from = name.len() + 3 - longest;
            let from = (from..name.len())
                .find(|at| name.is_char_boundary(*at))
                .unwrap_or(0);
            let cut = name[from..].find('/').map_or(from, |slash| from + slash);
            name = format!("...{}", &name[cut..]);
        }
        if stat.binary {
            text.extend(format!(" {name:<longest$} |  Bin\n").into_bytes());
            continue;
        }
        let room = if longest + most > 70 {
            70 - longest
        } else {
            most
        };
        let scale = |count: usize| {
            if most > 0 {
                (count * room + most / 2) / most
            } else {
                count
            }
        };
        let (total, added) = (scale(stat.added + stat.removed), scale(stat.added));
        let count = stat.added + stat.removed;
        let bars = "+".repeat(added) + &"-".repeat(total.saturating_sub(added));
        text.extend(format!(" {name:<longest$} |{count:>5} {bars}\n").into_bytes());
    }
}

fn summary(patch: &FilePatch, text: &mut Vec<u8>) {
    let shown = |name: &[u8]| String::from_utf8_lossy(&quote(name, true)).into_owned();
    let name = shown(patch.new_name.as_deref().unwrap_or(patch.name()));
    if patch.is_new() {
        text.extend(
            format!(
                " create mode {:06o} {name}\n",
                patch.new_mode.unwrap_or(0o100_644)
            )
            .into_bytes(),
        );
    } else if patch.is_delete() {
        text.extend(
            format!(
                " delete mode {:06o} {}\n",
                patch.old_mode.unwrap_or(0o100_644),
                shown(patch.name())
            )
            .into_bytes(),
        );
    } else if patch.renames || patch.copies {
        let verb = if patch.renames { "rename" } else { "copy" };
        let names = pretty_rename(
            patch.name(),
            patch.new_name.as_deref().unwrap_or_default(),
            true,
        );
        text.extend(
            format!(
                " {verb} {} ({}%)\n",
                String::from_utf8_lossy(&names),
                patch.score
            )
            .into_bytes(),
        );
    } else if let (Some(old), Some(new)) = (patch.old_mode, patch.new_mode)
        && old != new
    {
        text.extend(format!(" mode change {old:06o} => {new:06o} {name}\n").into_bytes());
    }
}

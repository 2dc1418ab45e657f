//! `diff`, `cmp` and `patch`.

mod cmp;
mod diff;
mod help;
mod patch;

isobox_guest::commands! {
    freeze: (),
    "cmp" => cmp::cmp,
    "diff" => diff::diff,
    "patch" => patch::patch,
}

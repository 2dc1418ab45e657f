//! `find` and `xargs`.

mod find;
mod help;
mod xargs;

isobox_guest::commands! {
    freeze: (),
    "find" => find::find,
    "xargs" => xargs::xargs,
}

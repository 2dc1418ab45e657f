//! `cut`, `head`, `tail`, `tr`, `uniq` and `wc`, as GNU coreutils 9.1 answers.
//!
//! [`input`] opens what is read and gives it out in pieces, [`number`] reads counts; the rest is a command a file.

mod cut;
mod head;
mod help;
mod input;
mod number;
mod tail;
mod tr;
mod uniq;
mod wc;

isobox_guest::commands! {
    freeze: (),
    "cut" => cut::cut,
    "head" => head::head,
    "tail" => tail::tail,
    "tr" => tr::tr,
    "uniq" => uniq::uniq,
    "wc" => wc::wc,
}

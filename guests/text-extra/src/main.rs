//! Small tools around text and bytes.

mod bc;
mod column;
mod file;
mod getopt;
mod hexdump;
mod input;
mod pager;
mod rev;
mod strings;
mod tree;
mod which;
mod xxd;

isobox_guest::commands! {
    freeze: (),
    "bc" => bc::bc,
    "column" => column::column,
    "file" => file::file,
    "getopt" => getopt::getopt,
    "hd" => hexdump::hd,
    "hexdump" => hexdump::hexdump,
    "less" => pager::less,
    "more" => pager::more,
    "rev" => rev::rev,
    "strings" => strings::strings,
    "tree" => tree::tree,
    "which" => which::which,
    "xxd" => xxd::xxd,
}

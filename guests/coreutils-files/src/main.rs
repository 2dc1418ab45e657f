//! Utilities that copy, move and remove files.

mod cp;

isobox_guest::commands! {
    freeze: uutils_family::freeze("files"),
    "cp" => cp::cp,
    "mktemp" => uu_mktemp::uumain,
    "mv" => uu_mv::uumain,
    "readlink" => uu_readlink::uumain,
    "realpath" => uu_realpath::uumain,
    "rm" => uu_rm::uumain,
    "rmdir" => uu_rmdir::uumain,
    "shred" => uu_shred::uumain,
    "truncate" => uu_truncate::uumain,
}

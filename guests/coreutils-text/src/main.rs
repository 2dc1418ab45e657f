//! Filters that read text line by line.

isobox_guest::commands! {
    freeze: uutils_family::freeze("text"),
    "expand" => uu_expand::uumain,
    "fmt" => uu_fmt::uumain,
    "fold" => uu_fold::uumain,
    "paste" => uu_paste::uumain,
    "shuf" => uu_shuf::uumain,
    "tee" => uu_tee::uumain,
    "tsort" => uu_tsort::uumain,
    "unexpand" => uu_unexpand::uumain,
}

//! Filters that read text line by line.

isobox_guest::commands! {
    freeze: uutils_family::freeze("text"),
    "cut" => uu_cut::uumain,
    "expand" => uu_expand::uumain,
    "fmt" => uu_fmt::uumain,
    "fold" => uu_fold::uumain,
    "head" => uu_head::uumain,
    "paste" => uu_paste::uumain,
    "shuf" => uu_shuf::uumain,
    "tail" => uu_tail::uumain,
    "tee" => uu_tee::uumain,
    "tr" => uu_tr::uumain,
    "tsort" => uu_tsort::uumain,
    "unexpand" => uu_unexpand::uumain,
    "uniq" => uu_uniq::uumain,
    "wc" => uu_wc::uumain,
}

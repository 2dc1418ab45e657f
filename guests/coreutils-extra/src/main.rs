//! What is used seldom, or needs regular expressions.

isobox_guest::commands! {
    freeze: uutils_family::freeze("extra"),
    "csplit" => uu_csplit::uumain,
    "dircolors" => uu_dircolors::uumain,
    "factor" => uu_factor::uumain,
    "nl" => uu_nl::uumain,
    "numfmt" => uu_numfmt::uumain,
    "od" => uu_od::uumain,
    "pr" => uu_pr::uumain,
    "ptx" => uu_ptx::uumain,
    "split" => uu_split::uumain,
}

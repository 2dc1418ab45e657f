isobox_guest::commands! {
    freeze: uutils_family::freeze("extra"),
    "csplit" => uu_csplit::uumain,
    "date" => uu_date::uumain,
    "dircolors" => uu_dircolors::uumain,
    "factor" => uu_factor::uumain,
    "numfmt" => uu_numfmt::uumain,
    "od" => uu_od::uumain,
    "pr" => uu_pr::uumain,
    "ptx" => uu_ptx::uumain,
    "split" => uu_split::uumain,
}

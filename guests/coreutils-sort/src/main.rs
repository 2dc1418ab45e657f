//! Utilities that compare lines in the order of a locale, which is most of their size.

mod sort;

isobox_guest::commands! {
    freeze: uutils_family::freeze("sort"),
    "comm" => uu_comm::uumain,
    "join" => uu_join::uumain,
    "sort" => sort::sort,
}

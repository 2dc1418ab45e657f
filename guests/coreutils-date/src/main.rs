//! Utilities that know calendars and time zones, which are most of their size.

isobox_guest::commands! {
    freeze: uutils_family::freeze("date"),
    "date" => uu_date::uumain,
    "touch" => uu_touch::uumain,
}

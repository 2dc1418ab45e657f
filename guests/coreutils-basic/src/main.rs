//! The smallest and most frequent utilities: they print what they are given, or decide nothing.

isobox_guest::commands! {
    freeze: uutils_family::freeze("basic"),
    "basename" => uu_basename::uumain,
    "dirname" => uu_dirname::uumain,
    "echo" => uu_echo::uumain,
    "false" => uu_false::uumain,
    "hostid" => uu_hostid::uumain,
    "link" => uu_link::uumain,
    "nproc" => uu_nproc::uumain,
    "pathchk" => uu_pathchk::uumain,
    "printenv" => uu_printenv::uumain,
    "printf" => uu_printf::uumain,
    "pwd" => uu_pwd::uumain,
    "seq" => uu_seq::uumain,
    "sleep" => uu_sleep::uumain,
    "true" => uu_true::uumain,
    "tty" => uu_tty::uumain,
    "unlink" => uu_unlink::uumain,
    "yes" => uu_yes::uumain,
}

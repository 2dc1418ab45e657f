//! Utilities that begin, show or signal processes.
//!
//! They follow GNU's coreutils, procps and util-linux as Debian has them, in options, messages and statuses.

mod fifo;
mod kill;
mod names;
mod nohup;
mod pgrep;
mod ps;
mod signals;
mod table;
mod timeout;
mod usage;

isobox_guest::commands! {
    freeze: (),
    "kill" => kill::kill,
    "mkfifo" => fifo::mkfifo,
    "nice" => nohup::nice,
    "nohup" => nohup::nohup,
    "pgrep" => pgrep::pgrep,
    "pidof" => pgrep::pidof,
    "pkill" => pgrep::pkill,
    "ps" => ps::ps,
    "setsid" => nohup::setsid,
    "timeout" => timeout::timeout,
}

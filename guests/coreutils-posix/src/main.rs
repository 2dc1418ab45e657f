//! Utilities that need what preview 1 lacks: modes, owners, inodes, processes.
//!
//! uutils leaves them out on WASI, or builds them without that part. These are small, follow GNU's options and
//! messages, and know no `clap`, so that the commands agents run most start at once.

mod cat;
mod chmod;
mod dd;
mod df;
mod du;
mod env;
mod expr;
mod help;
mod install;
mod ln;
mod ls;
mod mkdir;
mod size;
mod stat;
mod sync;
mod tac;
mod test;
mod uname;
mod user;

isobox_guest::commands! {
    freeze: (),
    "[" => test::bracket,
    "arch" => uname::arch,
    "cat" => cat::cat,
    "chmod" => chmod::chmod,
    "dd" => dd::dd,
    "df" => df::df,
    "dir" => ls::dir,
    "du" => du::du,
    "env" => env::env,
    "expr" => expr::expr,
    "groups" => user::groups,
    "hostname" => user::hostname,
    "id" => user::id,
    "install" => install::install,
    "ln" => ln::ln,
    "logname" => user::logname,
    "ls" => ls::ls,
    "mkdir" => mkdir::mkdir,
    "stat" => stat::stat,
    "sync" => sync::sync,
    "tac" => tac::tac,
    "test" => test::test,
    "uname" => uname::uname,
    "vdir" => ls::vdir,
    "whoami" => user::whoami,
}

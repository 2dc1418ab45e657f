//! Names of processes and of users, as `ps` and its relatives show them.

/// The one user of a machine, and root for init.
pub fn user(uid: u32) -> &'static str {
    if uid == 0 { "root" } else { "user" }
}

/// `HH:MM:SS`, with days in front when there are any.
pub fn clock_time(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if days > 0 {
        format!("{days}-{time}")
    } else {
        time
    }
}

/// `MM:SS`, `HH:MM:SS`, `D-HH:MM:SS`: `ps -o etime`.
pub fn elapsed(seconds: u64) -> String {
    if seconds < 3600 {
        format!("{:02}:{:02}", seconds / 60, seconds % 60)
    } else {
        clock_time(seconds)
    }
}

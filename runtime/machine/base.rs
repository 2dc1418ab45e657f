//! What stands in a new machine before its tools: the directories and small files that programs look for, as Debian has them.

/// Directories with their modes, parents first.
pub const DIRECTORIES: [(&str, u16); 32] = [
    ("/dev", 0o755),
    ("/etc", 0o755),
    ("/home", 0o755),
    ("/media", 0o755),
    ("/mnt", 0o755),
    ("/opt", 0o755),
    ("/run", 0o755),
    // What tools keep between two calls.
    ("/run/isobox", 0o755),
    ("/run/lock", 0o1777),
    ("/srv", 0o755),
    ("/tmp", 0o1777),
    ("/usr", 0o755),
    ("/usr/bin", 0o755),
    ("/usr/include", 0o755),
    ("/usr/lib", 0o755),
    ("/usr/lib/isobox", 0o755),
    ("/usr/lib/isobox/tools", 0o755),
    ("/usr/local", 0o755),
    ("/usr/local/bin", 0o755),
    ("/usr/local/etc", 0o755),
    ("/usr/local/lib", 0o755),
    ("/usr/local/sbin", 0o755),
    ("/usr/local/share", 0o755),
    ("/usr/sbin", 0o755),
    ("/usr/share", 0o755),
    ("/usr/src", 0o755),
    ("/var", 0o755),
    ("/var/cache", 0o755),
    ("/var/lib", 0o755),
    ("/var/log", 0o755),
    ("/var/spool", 0o755),
    ("/var/tmp", 0o1777),
];

/// Symbolic links: where they are, and what they say.
pub const LINKS: [(&str, &str); 7] = [
    ("/bin", "usr/bin"),
    ("/etc/mtab", "../proc/self/mounts"),
    ("/etc/os-release", "../usr/lib/os-release"),
    ("/lib", "usr/lib"),
    ("/sbin", "usr/sbin"),
    ("/var/lock", "/run/lock"),
    ("/var/run", "/run"),
];

/// Who the machine and its user are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The one user's name.
    pub user: String,
    /// The user's home directory.
    pub home: String,
    /// The machine's name.
    pub hostname: String,
}

impl Default for Identity {
    fn default() -> Self {
        Identity {
            user: "user".to_owned(),
            home: "/home/user".to_owned(),
            hostname: "localhost".to_owned(),
        }
    }
}

/// Files of mode 0644: where they are, and what they hold.
pub fn files(identity: &Identity) -> [(&'static str, String); 10] {
    let Identity {
        user,
        home,
        hostname,
    } = identity;
    [
        ("/etc/debian_version", "12.11\n".to_owned()),
        ("/etc/group", format!("{GROUP}{user}:x:1000:\n")),
        ("/etc/hostname", format!("{hostname}\n")),
        ("/etc/hosts", hosts(hostname)),
        ("/etc/nsswitch.conf", NSSWITCH.to_owned()),
        (
            "/etc/passwd",
            format!("{PASSWD}{user}:x:1000:1000::{home}:/bin/bash\n"),
        ),
        ("/etc/profile", PROFILE.to_owned()),
        ("/etc/shells", SHELLS.to_owned()),
        ("/etc/timezone", "Etc/UTC\n".to_owned()),
        ("/usr/lib/os-release", OS_RELEASE.to_owned()),
    ]
}

/// Debian adds a line of its own for a machine's name.
fn hosts(hostname: &str) -> String {
    match hostname {
        "localhost" => HOSTS.to_owned(),
        _ => HOSTS.replacen(
            "localhost\n",
            &format!("localhost\n127.0.1.1\t{hostname}\n"),
            1,
        ),
    }
}

/// The machine's user is added to these, who runs everything and owns it.
const PASSWD: &str = "\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
";

const GROUP: &str = "\
root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
mail:x:8:
sudo:x:27:
www-data:x:33:
staff:x:50:
users:x:100:
nogroup:x:65534:
";

const HOSTS: &str = "\
127.0.0.1	localhost
::1	localhost ip6-localhost ip6-loopback
ff02::1	ip6-allnodes
ff02::2	ip6-allrouters
";

const NSSWITCH: &str = "\
passwd:         files
group:          files
shadow:         files
hosts:          files dns
";

/// Login shells read it; the machine's variables are those it would set.
const PROFILE: &str = "\
# /etc/profile: system-wide .profile file for the Bourne shell (sh(1))
# and Bourne compatible shells (bash(1), ksh(1), ash(1), ...).
";

const SHELLS: &str = "\
# /etc/shells: valid login shells
/bin/sh
/usr/bin/sh
/bin/bash
/usr/bin/bash
";

const OS_RELEASE: &str = r#"PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
"#;

//! What stands in a new machine before its tools: the directories and small files that programs look for, as Debian has them.

/// Directories with their modes, parents first.
pub const DIRECTORIES: [(&str, u16); 31] = [
    ("/dev", 0o755),
    ("/etc", 0o755),
    ("/home", 0o755),
    ("/home/user", 0o755),
    ("/media", 0o755),
    ("/mnt", 0o755),
    ("/opt", 0o755),
    ("/run", 0o755),
    ("/run/lock", 0o1777),
    ("/srv", 0o755),
    ("/tmp", 0o1777),
    ("/usr", 0o755),
    ("/usr/bin", 0o755),
    ("/usr/include", 0o755),
    ("/usr/lib", 0o755),
    ("/usr/lib/isobox", 0o755),
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

/// Files of mode 0644.
pub const FILES: [(&str, &str); 10] = [
    ("/etc/debian_version", "12.11\n"),
    ("/etc/group", GROUP),
    ("/etc/hostname", "localhost\n"),
    ("/etc/hosts", HOSTS),
    ("/etc/nsswitch.conf", NSSWITCH),
    ("/etc/passwd", PASSWD),
    ("/etc/profile", PROFILE),
    ("/etc/shells", SHELLS),
    ("/etc/timezone", "Etc/UTC\n"),
    ("/usr/lib/os-release", OS_RELEASE),
];

/// `user` is who runs everything, and owns it.
const PASSWD: &str = "\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
user:x:1000:1000::/home/user:/bin/bash
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
user:x:1000:
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

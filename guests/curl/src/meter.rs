//! The progress meter, which curl shows on standard error while its output is no terminal.

use std::time::Duration;

const HEADINGS: &str = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 \
    Dload  Upload   Total   Spent    Left  Speed\n";

/// The meter of one transfer, or none.
pub struct Meter {
    is_silent: bool,
    sent: u64,
}

impl Meter {
    /// Begins with the headings and a line of nothing.
    pub fn begin(is_silent: bool, sent: u64) -> Meter {
        let mut meter = Meter { is_silent, sent: 0 };
        if !is_silent {
            eprint!("{HEADINGS}");
        }
        meter.move_on(0, 0, Duration::ZERO);
        meter.sent = sent;
        meter
    }

    /// Shows what was moved so far.
    pub fn move_on(&mut self, received: u64, all: u64, elapsed: Duration) {
        if self.is_silent {
            return;
        }
        let sent = self.sent;
        let speed = |bytes: u64| {
            let ns = elapsed.as_nanos().max(1);
            u64::try_from(u128::from(bytes) * 1_000_000_000 / ns).unwrap_or(u64::MAX)
        };
        let (down, up) = (speed(received), speed(sent));
        eprint!(
            "\r{:3} {}  {:3} {}  {:3} {}  {}  {} --:--:-- --:--:-- --:--:-- {}",
            share(received + sent, all + sent),
            short(all + sent),
            share(received, all),
            short(received),
            share(sent, sent),
            short(sent),
            short(down),
            short(up),
            short(down + up),
        );
    }

    /// Ends the line.
    pub fn end(&self) {
        if !self.is_silent {
            eprintln!();
        }
    }
}

fn share(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}

/// A number of bytes in five places.
fn short(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    match bytes {
        0..100_000 => format!("{bytes:5}"),
        bytes if bytes < 10_000 * KIB => format!("{:4}k", bytes / KIB),
        bytes if bytes < 100 * MIB => {
            format!("{:2}.{}M", bytes / MIB, bytes % MIB / (MIB / 10))
        }
        bytes if bytes < 10_000 * MIB => format!("{:4}M", bytes / MIB),
        bytes => format!("{:4}G", bytes / (KIB * MIB)),
    }
}

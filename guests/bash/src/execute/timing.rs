//! `time`: what a pipeline took, in the machine's time.

use std::time::Duration;

use isobox_guest::process;

use crate::descriptors::now;
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::TimeFormat;
use crate::text;

/// `TIMEFORMAT` when it is not set.
const USUAL: &str = "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS";
const POSIX: &str = "real %2R\nuser %2U\nsys %2S";

/// What was measured.
struct Taken {
    real: Duration,
    user: Duration,
}

impl Shell {
    pub(super) fn timed(
        &mut self,
        format: TimeFormat,
        run: impl FnOnce(&mut Shell) -> Result,
    ) -> Result {
        let (began, used) = (now(), used());
        let outcome = run(self);
        let taken = Taken {
            real: now().saturating_sub(began),
            user: self::used().saturating_sub(used),
        };
        let format = match format {
            TimeFormat::Posix => POSIX.into(),
            TimeFormat::Bash => self.get("TIMEFORMAT").unwrap_or_else(|| USUAL.into()),
        };
        if format.is_empty() {
            return outcome;
        }
        match taken.shown(&format) {
            Ok(shown) => _ = self.write(2, &text::encode(&shown)),
            Err(letter) => self.complain(format_args!(
                "TIMEFORMAT: `{letter}': invalid format character"
            )),
        }
        outcome
    }
}

/// The time used by this process and by its children.
fn used() -> Duration {
    let (own, children) = process::times();
    own.saturating_add(children)
}

impl Taken {
    /// `%[p][l]R`, `U`, `S`, `P` and `%%`.
    fn shown(&self, format: &str) -> std::result::Result<String, char> {
        let mut shown = String::new();
        let mut rest = format.chars().peekable();
        while let Some(c) = rest.next() {
            if c != '%' {
                shown.push(c);
                continue;
            }
            let mut digits = 3;
            if let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
                digits = digit.min(3);
                rest.next();
            }
            let long = rest.next_if_eq(&'l').is_some();
            match rest.next() {
                None | Some('%') => shown.push('%'),
                Some('R') => shown.push_str(&seconds(self.real, digits, long)),
                Some('U') => shown.push_str(&seconds(self.user, digits, long)),
                Some('S') => shown.push_str(&seconds(Duration::ZERO, digits, long)),
                Some('P') => shown.push_str(&self.percentage()),
                Some(other) => return Err(other),
            }
        }
        shown.push('\n');
        Ok(shown)
    }

    fn percentage(&self) -> String {
        let real = self.real.as_micros();
        let hundredths = (self.user.as_micros() * 10_000)
            .checked_div(real)
            .unwrap_or(0)
            .min(10_000);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// `1.234`, or `0m1.234s`.
fn seconds(time: Duration, digits: u32, long: bool) -> String {
    let milliseconds = format!("{:03}", time.subsec_millis());
    let fraction = match milliseconds.get(..digits as usize) {
        Some("") | None => String::new(),
        Some(fraction) => format!(".{fraction}"),
    };
    let seconds = time.as_secs();
    if long {
        format!("{}m{}{fraction}s", seconds / 60, seconds % 60)
    } else {
        format!("{seconds}{fraction}")
    }
}

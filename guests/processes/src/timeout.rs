//! `timeout`: a command that is ended when it takes too long, in virtual time.

use crate::signals;
use crate::usage::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::{in_prose, quoted};
use isobox_guest::process::{self, Action, Ended, signal};
use isobox_guest::program::{Program, die_by, failure_status};
use isobox_guest::{Arguments, plain};
use std::time::Duration;

static SPECS: &[Spec] = &[
    Spec("", "foreground", Takes::Nothing),
    Spec("k", "kill-after", Takes::Value),
    Spec("", "preserve-status", Takes::Nothing),
    Spec("s", "signal", Takes::Value),
    Spec("v", "verbose", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

/// The command took too long.
const TIMED_OUT: i32 = 124;
/// `timeout` itself failed.
const FAILED: i32 = 125;

/// What whoever waits for `timeout` may send it, for the command.
const FORWARDED: [u32; 4] = [signal::HUP, signal::INT, signal::QUIT, signal::TERM];

/// How long, with what, and then?
struct Plan {
    limit: Option<Duration>,
    signal: u32,
    kill_after: Option<Duration>,
    foreground: bool,
    verbose: bool,
    command: String,
}

pub fn timeout(arguments: Arguments) -> i32 {
    let words = gnu::words(arguments);
    let Some(parsed) = parse("timeout", words, SPECS, Order::OptionsFirst) else {
        return FAILED;
    };
    if let Some(status) = PACKAGE.answered("timeout", &parsed) {
        return status;
    }
    if parsed.operands.len() < 2 {
        // GNU says no more.
        eprintln!("Try 'timeout --help' for more information.");
        return FAILED;
    }
    let plan = match plan(&parsed) {
        Ok(plan) => plan,
        Err(message) => {
            wrong("timeout", &message);
            return FAILED;
        }
    };
    if !plan.foreground {
        // So that all of what the command begins is reached.
        let _ = process::set_group(0, 0);
    }
    for signal in FORWARDED {
        let _ = process::set_action(signal, Action::Note);
    }
    let begun = Program::find(&parsed.operands[1..]).and_then(|program| program.spawn());
    match begun {
        Ok(child) => watch(&plan, child, parsed.has("preserve-status")),
        Err(error) => {
            let command = in_prose(&plan.command);
            eprintln!(
                "timeout: failed to run command {command}: {}",
                plain(&error)
            );
            failure_status(&error)
        }
    }
}

fn plan(parsed: &Parsed) -> Result<Plan, String> {
    let interval = |text: &str| {
        duration(text).ok_or_else(|| format!("invalid time interval {}", in_prose(text)))
    };
    let some = |length: Duration| (!length.is_zero()).then_some(length);
    let signal = match parsed.value("signal") {
        None => signal::TERM,
        Some(text) => {
            signals::number(text).ok_or_else(|| format!("{}: invalid signal", in_prose(text)))?
        }
    };
    Ok(Plan {
        limit: some(interval(&parsed.operands[0])?),
        signal,
        kill_after: match parsed.value("kill-after") {
            Some(text) => some(interval(text)?),
            None => None,
        },
        foreground: parsed.has("foreground"),
        verbose: parsed.has("verbose"),
        command: parsed.operands[1].clone(),
    })
}

/// Waits for the command, and ends it when its time is up.
fn watch(plan: &Plan, child: u32, preserve_status: bool) -> i32 {
    let (mut limit, mut signal, mut timed_out) = (plan.limit, plan.signal, false);
    loop {
        match process::wait(child as i32, limit) {
            Ok(Some((_, ended))) => return status(ended, timed_out, preserve_status),
            Ok(None) => {
                timed_out = true;
                send(plan, child, signal);
                limit = plan.kill_after.filter(|_| signal != signal::KILL);
                signal = signal::KILL;
            }
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => {
                while let Some(taken) = process::take_signal() {
                    send(plan, child, taken);
                    limit = plan.kill_after;
                    signal = signal::KILL;
                }
            }
            Err(error) => {
                eprintln!("timeout: error waiting for command: {}", plain(&error));
                return FAILED;
            }
        }
    }
}

/// To the command, and to its group unless that is the caller's too.
fn send(plan: &Plan, child: u32, signal: u32) {
    if plan.verbose {
        let (name, command) = (signals::name(signal), quoted(&plan.command));
        eprintln!("timeout: sending signal {name} to command {command}");
    }
    let _ = process::kill(child as i32, signal);
    if !plan.foreground && signal != signal::KILL {
        let _ = process::set_action(signal, Action::Ignore);
        let _ = process::kill(0, signal);
    } else if !plan.foreground {
        let group = process::ids().2;
        kill_others(group);
    }
}

/// `KILL` for the group but not for `timeout` itself, which still has to say how it went.
fn kill_others(group: u32) {
    let own = process::ids().0;
    for process in crate::table::read() {
        if process.group == group && process.pid != own {
            let _ = process::kill(process.pid as i32, signal::KILL);
        }
    }
}

fn status(ended: Ended, timed_out: bool, preserve_status: bool) -> i32 {
    match ended {
        Ended::Signalled(signal::KILL) if timed_out => 128 + signal::KILL as i32,
        ended if timed_out && !preserve_status => {
            let _ = ended;
            TIMED_OUT
        }
        Ended::Exited(status) => status.into(),
        Ended::Signalled(signal) if timed_out => 128 + signal as i32,
        Ended::Signalled(signal) => die_by(signal),
    }
}

/// `1.5`, `2m`, `1h`, `0.5d`: decimal digits are counted, not rounded through floating point.
pub fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = match text.char_indices().last()? {
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 3_600),
        (at, 'd') => (&text[..at], 86_400),
        _ => (text, 1),
    };
    if matches!(number, "inf" | "infinity") {
        return Some(Duration::ZERO);
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let seconds: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().unwrap_or(u64::MAX)
    };
    let nanoseconds = format!("{fraction:0<9.9}").parse::<u64>().ok()?;
    let seconds = seconds.saturating_mul(unit);
    Some(Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanoseconds * unit)))
}

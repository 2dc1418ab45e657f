//! `nohup`, `nice`, `setsid`: a command under another circumstance.

use crate::usage::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::{in_prose, quoted};
use isobox_guest::process::{self, Ended, signal};
use isobox_guest::program::{Program, die_by, failure_status};
use isobox_guest::{Arguments, plain};

static NOHUP: &[Spec] = &[
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];
static NICE: &[Spec] = &[
    Spec("n", "adjustment", Takes::Value),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];
static SETSID: &[Spec] = &[
    Spec("c", "ctty", Takes::Nothing),
    Spec("f", "fork", Takes::Nothing),
    Spec("w", "wait", Takes::Nothing),
    Spec("h", "help", Takes::Nothing),
    Spec("V", "version", Takes::Nothing),
];

/// The tool itself failed.
const FAILED: i32 = 125;

/// There is no terminal in this machine, so no output has to be sent to `nohup.out`.
pub fn nohup(arguments: Arguments) -> i32 {
    let parsed = match begin("nohup", arguments, NOHUP, FAILED) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    if parsed.operands.is_empty() {
        wrong("nohup", "missing operand");
        return FAILED;
    }
    become_program("nohup", &parsed.operands, |program| {
        program.ignoring(signal::HUP)
    })
}

/// Nothing is nicer than anything else here: the scheduler is fair.
pub fn nice(arguments: Arguments) -> i32 {
    let words = gnu::words(arguments).map(|word| match word.strip_prefix('-') {
        // The old form: `nice -10`.
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            format!("-n{digits}")
        }
        _ => word,
    });
    let Some(parsed) = parse("nice", words, NICE, Order::OptionsFirst) else {
        return FAILED;
    };
    if let Some(status) = PACKAGE.answered("nice", &parsed) {
        return status;
    }
    if let Some(text) = parsed.value("adjustment")
        && text.parse::<i64>().is_err()
    {
        eprintln!("nice: invalid adjustment {}", in_prose(text));
        return FAILED;
    }
    match (parsed.operands.is_empty(), parsed.has("adjustment")) {
        (true, true) => {
            wrong("nice", "a command must be given with an adjustment");
            FAILED
        }
        (true, false) => {
            println!("0");
            0
        }
        (false, _) => become_program("nice", &parsed.operands, |program| program),
    }
}

pub fn setsid(arguments: Arguments) -> i32 {
    let parsed = match begin("setsid", arguments, SETSID, 1) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    if parsed.operands.is_empty() {
        eprintln!("setsid: no command specified\nTry 'setsid --help' for more information.");
        return 1;
    }
    let (pid, _, group) = process::ids();
    if group != pid && !parsed.has("fork") {
        let _ = process::set_group(0, 0);
        return become_program("setsid", &parsed.operands, |program| program);
    }
    // Who leads a group already cannot lead another: a child does.
    match Program::find(&parsed.operands).and_then(|program| program.spawn()) {
        Ok(child) => {
            let _ = process::set_group(child, child);
            if parsed.has("wait") { follow(child) } else { 0 }
        }
        Err(error) => cannot("setsid", &parsed.operands[0], &error),
    }
}

fn follow(child: u32) -> i32 {
    match process::wait(child as i32, None) {
        Ok(Some((_, Ended::Exited(status)))) => status.into(),
        Ok(Some((_, Ended::Signalled(signal)))) => die_by(signal),
        _ => 1,
    }
}

fn begin(
    command: &str,
    arguments: Arguments,
    specs: &'static [Spec],
    failed: i32,
) -> Result<Parsed, i32> {
    let words = gnu::words(arguments);
    let parsed = parse(command, words, specs, Order::OptionsFirst).ok_or(failed)?;
    match PACKAGE.answered(command, &parsed) {
        Some(status) => Err(status),
        None => Ok(parsed),
    }
}

fn become_program(command: &str, words: &[String], change: impl FnOnce(Program) -> Program) -> i32 {
    let error = match Program::find(words) {
        Ok(program) => change(program).exec(),
        Err(error) => error,
    };
    cannot(command, &words[0], &error)
}

fn cannot(command: &str, program: &str, error: &std::io::Error) -> i32 {
    let reason = plain(error);
    match command {
        "setsid" => eprintln!("setsid: failed to execute {program}: {reason}"),
        "nohup" => eprintln!("nohup: failed to run command {}: {reason}", quoted(program)),
        _ => eprintln!("{command}: {}: {reason}", in_prose(program)),
    }
    failure_status(error)
}

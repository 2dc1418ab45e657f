//! The shell under scripts that nobody would write: mutated ones and noise. It never panics, and never goes on past its fuel.
//!
//! A few hundred in an ordinary run. For longer: `ISOBOX_FUZZ_SECONDS=3600 ISOBOX_FUZZ_SEED=7 cargo test --release --test fuzz_shell`.
//! Everything follows from the seed, which is printed with what fails, so that a failure can be had again.

mod common;

use std::time::{Duration, Instant};

use common::session_with;
use isobox::{Command, Limits, Outcome, RunResult};

/// Fuel for one script, in units: what an honest one of this size uses a hundred times over.
const FUEL_MAX: u64 = 300_000_000;

/// Scripts of an ordinary run.
const SCRIPTS: u64 = 300;

/// What mutations are made of.
const FRAGMENTS: [&str; 97] = [
    "$(",
    ")",
    "`",
    "${",
    "}",
    "((",
    "))",
    "$((",
    "[[",
    "]]",
    "[",
    "]",
    "{",
    "}",
    "(",
    "|",
    "||",
    "&",
    "&&",
    ";",
    ";;",
    ";&",
    "<",
    ">",
    ">>",
    "<<EOF\n",
    "<<<",
    "<(",
    ">(",
    "2>&1",
    ">&-",
    "3<&0",
    "\n",
    " ",
    "\t",
    "\\",
    "'",
    "\"",
    "$'",
    "$\"",
    "#",
    "!",
    "*",
    "?",
    "@(",
    "!(",
    "+(",
    "~",
    "=",
    "+=",
    "%",
    "/",
    "//",
    ":",
    ":-",
    ":=",
    ":?",
    "^^",
    ",,",
    "@Q",
    "@A",
    "#*",
    "##",
    "%%",
    "$x",
    "$@",
    "$*",
    "$#",
    "$?",
    "$$",
    "$!",
    "$-",
    "$0",
    "$1",
    "${a[@]}",
    "${!a[@]}",
    "${#x}",
    "${x:1:2}",
    "${!x}",
    "if",
    "then",
    "else",
    "fi",
    "for",
    "in",
    "do",
    "done",
    "while",
    "case",
    "esac",
    "function",
    "local",
    "declare -A a",
    "read x",
    "eval",
    "trap",
    "printf %s",
];

/// What is mutated.
const SEEDS: [&str; 16] = [
    "for i in 1 2 3; do echo $i; done | sort -r",
    "x=$(echo a b c); set -- $x; echo \"$# ${x%% *} ${x//b/z}\"",
    "f() { local a=$1; [[ $a =~ ^[0-9]+$ ]] && echo yes || echo no; }; f 12; f x",
    "declare -A m=([k]='v w' [j]=2); for k in \"${!m[@]}\"; do echo \"$k=${m[$k]}\"; done",
    "cat <<EOF\n$((1 + 2 * 3)) `echo x`\nEOF\n",
    "case abc in a*) echo 1;& b) echo 2;; *) echo 3;; esac",
    "while read -r a b; do echo \"$b $a\"; done <<< $'1 2\\n3 4'",
    "trap 'echo bye' EXIT; (exit 3); echo $?; set -e; false; echo no",
    "a=(1 2 3); a+=(4); unset 'a[1]'; echo \"${a[@]:1}\" ${#a[@]} ${!a[*]}",
    "printf '%5.2f|%-5s|%q\\n' 3.14159 ab \"c'd\"; printf -v v '%03d' 7; echo $v",
    "shopt -s extglob nullglob; echo !(*.x) @(a|b)* [[:alpha:]]?; echo {a,b{1..3}}",
    "sleep 1 & wait $!; kill -0 $$; jobs; (sleep 2; echo b) & (sleep 1; echo a) & wait",
    "exec 3> /tmp/o; echo x >&3; exec 3>&-; cat < /tmp/o; diff <(echo a) <(echo b)",
    "i=0; until ((i >= 5)); do ((i++)) || :; continue; done; let 'j = i ** 2'; echo $j",
    "getopts ab: o -a -b c; echo $o $OPTARG; shift 2; select x in a b; do break; done < /dev/null",
    "eval 'x=\"a b\"'; IFS=: read -ra p <<< a:b:c; mapfile -t l < /etc/none; echo ${p[*]@Q}",
];

/// A small generator of our own: the same scripts on every host.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

fn script(random: &mut Random) -> String {
    match random.below(4) {
        0 => noise(random),
        1 => salad(random),
        _ => mutated(random),
    }
}

/// Bytes, as far as an argument can hold them.
fn noise(random: &mut Random) -> String {
    let length = random.below(200);
    let bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
    String::from_utf8_lossy(&bytes).replace('\0', "0")
}

fn salad(random: &mut Random) -> String {
    let length = 1 + random.below(30);
    (0..length).map(|_| random.pick(&FRAGMENTS)).collect()
}

fn mutated(random: &mut Random) -> String {
    let mut letters: Vec<char> = random.pick(&SEEDS).chars().collect();
    for _ in 0..=random.below(6) {
        let at = random.below(letters.len());
        match random.below(5) {
            0 if !letters.is_empty() => drop(letters.remove(at)),
            1 => {
                let end = (at + random.below(12)).min(letters.len());
                let piece: Vec<char> = letters[at..end].to_vec();
                let to = random.below(letters.len());
                letters.splice(to..to, piece);
            }
            2 => letters.truncate(letters.len() - random.below(letters.len() / 3 + 1)),
            3 => letters.extend(random.pick(&SEEDS).chars()),
            _ => drop(letters.splice(at..at, random.pick(&FRAGMENTS).chars())),
        }
    }
    letters.into_iter().collect()
}

fn check(seed: u64, script: &str, result: &RunResult) {
    let errors = String::from_utf8_lossy(&result.stderr.bytes);
    let crashed = match result.outcome {
        // A script may send itself what a crash raises.
        Outcome::Signalled { signal } => {
            matches!(signal.number(), 4 | 6 | 7 | 8 | 11) && !script.contains("kill")
        }
        _ => false,
    };
    let panicked = errors.contains("panicked at");
    assert!(
        !crashed && !panicked && result.fuel <= FUEL_MAX,
        "ISOBOX_FUZZ_SEED={seed}\n{script:?}\n{:?}\n{errors}",
        result.outcome
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long to go on is said from outside"
)]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long it goes on is the host's time"
)]
fn no_script_makes_the_shell_panic_or_hang() {
    let seconds = number("ISOBOX_FUZZ_SECONDS");
    let first = number("ISOBOX_FUZZ_SEED").unwrap_or(1);
    let begun = Instant::now();
    let limits = Limits {
        fuel_max: FUEL_MAX,
        ..Limits::default()
    };
    let fresh = session_with(limits);
    let mut count = 0;
    loop {
        let is_over = match seconds {
            Some(seconds) => begun.elapsed() > Duration::from_secs(seconds),
            None => count == SCRIPTS,
        };
        if is_over {
            break;
        }
        let seed = first.wrapping_add(count);
        let script = script(&mut Random(seed));
        let command = match seed % 8 {
            0 => Command::new("bash").stdin(script.clone()),
            1 => Command::new("sh").args(["-c", &script]),
            _ => Command::new("bash").args(["-c", &script, "name", "one", "two words"]),
        };
        let result = fresh.fork().run(&command).unwrap_or_else(|error| {
            panic!("ISOBOX_FUZZ_SEED={seed}\n{script:?}\n{error}");
        });
        check(seed, &script, &result);
        count += 1;
    }
    println!("{count} scripts from seed {first}");
}

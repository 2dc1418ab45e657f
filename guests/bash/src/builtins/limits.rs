//! `ulimit`, `umask`, `times`.

mod mask;

use isobox_guest::process::{self, Limit};

use super::operands::none;
use super::{MISUSED, Operand, operands, print, usage, words};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;

pub use mask::umask;

/// A resource: its letter, what `-a` calls it, in which unit, and what a unit is.
struct Resource {
    letter: char,
    description: &'static str,
    unit: Option<&'static str>,
    bound: Bound,
}

/// What bounds a resource in a machine.
enum Bound {
    Machine(Limit, u64),
    Fixed(u64),
    Unlimited,
}

const RESOURCES: &[Resource] = &[
    resource(
        'R',
        "real-time non-blocking time",
        Some("microseconds"),
        Bound::Unlimited,
    ),
    resource('c', "core file size", Some("blocks"), Bound::Fixed(0)),
    resource('d', "data seg size", Some("kbytes"), Bound::Unlimited),
    resource('e', "scheduling priority", None, Bound::Fixed(0)),
    resource(
        'f',
        "file size",
        Some("blocks"),
        Bound::Machine(Limit::FileBytes, 1024),
    ),
    resource('i', "pending signals", None, Bound::Unlimited),
    resource('l', "max locked memory", Some("kbytes"), Bound::Fixed(8192)),
    resource('m', "max memory size", Some("kbytes"), Bound::Unlimited),
    resource('n', "open files", None, Bound::Machine(Limit::OpenFiles, 1)),
    resource('p', "pipe size", Some("512 bytes"), Bound::Fixed(8)),
    resource(
        'q',
        "POSIX message queues",
        Some("bytes"),
        Bound::Fixed(819_200),
    ),
    resource('r', "real-time priority", None, Bound::Fixed(0)),
    resource('s', "stack size", Some("kbytes"), Bound::Fixed(8192)),
    resource('t', "cpu time", Some("seconds"), Bound::Unlimited),
    resource(
        'u',
        "max user processes",
        None,
        Bound::Machine(Limit::Processes, 1),
    ),
    resource(
        'v',
        "virtual memory",
        Some("kbytes"),
        Bound::Machine(Limit::MemoryBytes, 1024),
    ),
    resource('x', "file locks", None, Bound::Unlimited),
];

const fn resource(
    letter: char,
    description: &'static str,
    unit: Option<&'static str>,
    bound: Bound,
) -> Resource {
    Resource {
        letter,
        description,
        unit,
        bound,
    }
}

impl Resource {
    /// The bound in units; `None` when there is none.
    fn value(&self) -> Option<u64> {
        match self.bound {
            Bound::Machine(limit, unit) => {
                let value = process::limit(limit);
                (value < u64::MAX / 2).then_some(value / unit)
            }
            Bound::Fixed(value) => Some(value),
            Bound::Unlimited => None,
        }
    }

    fn shown(&self, shell: &Shell) -> String {
        let lowered = shell.builtins.limits.get(&self.letter).copied();
        match lowered.or_else(|| self.value()) {
            Some(value) => value.to_string(),
            None => "unlimited".to_owned(),
        }
    }

    fn label(&self) -> String {
        let unit = self
            .unit
            .map(|unit| format!("{unit}, "))
            .unwrap_or_default();
        let unit = format!("({unit}-{})", self.letter);
        let width = 40_usize.saturating_sub(self.description.len());
        format!("{}{unit:>width$} ", self.description)
    }
}

pub fn ulimit(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let mut letters: Vec<char> = Vec::new();
    let (mut all, mut rest) = (false, 0);
    for word in &words {
        let Some(options) = word.strip_prefix('-').filter(|options| !options.is_empty()) else {
            break;
        };
        rest += 1;
        if options == "-" {
            break;
        }
        if options == "-help" {
            super::help::print_long(shell, "ulimit");
            return Ok(MISUSED);
        }
        for letter in options.chars() {
            match letter {
                'S' | 'H' => {}
                'a' => all = true,
                'b' | 'k' | 'P' | 'T' => {
                    shell.complain(format_args!("ulimit: -{letter}: invalid option"));
                    return Ok(usage(shell, "ulimit"));
                }
                _ if RESOURCES.iter().any(|resource| resource.letter == letter) => {
                    letters.push(letter);
                }
                _ => return Ok(operands::invalid_option(shell, "ulimit", letter, false)),
            }
        }
    }
    if all {
        let lines = RESOURCES
            .iter()
            .map(|resource| format!("{}{}\n", resource.label(), resource.shown(shell)));
        let text: String = lines.collect();
        return Ok(print(shell, "ulimit", &text));
    }
    if letters.is_empty() {
        letters.push('f');
    }
    match words.get(rest) {
        None => Ok(show(shell, &letters)),
        Some(word) => Ok(change(shell, &letters, word)),
    }
}

fn show(shell: &mut Shell, letters: &[char]) -> i32 {
    let several = letters.len() > 1;
    let mut text = String::new();
    for resource in letters.iter().filter_map(|&letter| by_letter(letter)) {
        let label = if several {
            resource.label()
        } else {
            String::new()
        };
        text += &format!("{label}{}\n", resource.shown(shell));
    }
    print(shell, "ulimit", &text)
}

fn by_letter(letter: char) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.letter == letter)
}

/// Lower bounds are remembered and shown; a machine's own cannot be raised.
fn change(shell: &mut Shell, letters: &[char], word: &Text) -> i32 {
    for resource in letters.iter().filter_map(|&letter| by_letter(letter)) {
        let now = resource.value();
        let wanted = match &**word {
            "unlimited" => None,
            "hard" | "soft" => now,
            _ => match word.parse::<u64>() {
                Ok(number) => Some(number),
                Err(_) => {
                    shell.complain(format_args!("ulimit: {word}: invalid number"));
                    return 1;
                }
            },
        };
        let raises = match (wanted, now) {
            (None, _) => false,
            (Some(wanted), Some(now)) => wanted > now,
            (Some(_), None) => false,
        };
        if raises {
            shell.complain(format_args!(
                "ulimit: {}: cannot modify limit: Operation not permitted",
                resource.description
            ));
            return 1;
        }
        match wanted {
            Some(wanted) => shell.builtins.limits.insert(resource.letter, wanted),
            None => shell.builtins.limits.remove(&resource.letter),
        };
    }
    0
}

pub fn times(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    if let Err(status) = none(shell, "times", &words) {
        return Ok(status);
    }
    let (own, children) = process::times();
    let shown = |time: std::time::Duration| {
        let millis = time.as_millis();
        format!(
            "{}m{}.{:03}s",
            millis / 60_000,
            millis / 1000 % 60,
            millis % 1000
        )
    };
    let text = format!("{} 0m0.000s\n{} 0m0.000s\n", shown(own), shown(children));
    Ok(print(shell, "times", &text))
}

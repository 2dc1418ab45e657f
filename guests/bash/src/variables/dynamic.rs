//! Variables whose value is made up when they are read.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use isobox_guest::process;
use serde::{Deserialize, Serialize};

use super::assign::Place;
use super::{Associative, Indexed, Value, Variable};
use crate::shell::{Frame, Shell};
use crate::text::Text;

const COMP_WORDBREAKS: &str = " \t\n\"'><=;|&(:";
const SECOND_NS: i64 = 1_000_000_000;

/// The generator of `RANDOM`. It is seeded from the machine's entropy when it is first used, and anew in a subshell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Random {
    seed: Cell<u32>,
    last: Cell<u32>,
    /// The depth of the subshell that seeded it, plus one; 0 before the first use.
    seeded_at: Cell<u32>,
}

impl Random {
    fn next(&self, depth: u32) -> u32 {
        if self.seeded_at.get() != depth + 1 {
            self.sow(entropy(), depth);
        }
        loop {
            self.seed.set(minimal_standard(self.seed.get()));
            let seed = self.seed.get();
            let number = ((seed >> 16) ^ (seed & 0xffff)) & 0x7fff;
            if number != self.last.replace(number) {
                return number;
            }
        }
    }

    fn sow(&self, seed: u32, depth: u32) {
        self.seed.set(seed);
        self.last.set(0);
        self.seeded_at.set(depth + 1);
    }
}

/// bash's `intrand32`: x(n+1) = 16807 * x(n) mod (2^31 - 1).
fn minimal_standard(last: u32) -> u32 {
    let last = if last == 0 { 123_459_876 } else { last };
    let high = (last / 127_773) as i32;
    let low = (last % 127_773) as i32;
    let next = low
        .wrapping_mul(16_807)
        .wrapping_sub(high.wrapping_mul(2_836));
    (if next < 0 {
        next.wrapping_add(0x7fff_ffff)
    } else {
        next
    }) as u32
}

fn entropy() -> u32 {
    let mut bytes = [0u8; 4];
    // SAFETY: `bytes` is four bytes long.
    unsafe { libc::getentropy(bytes.as_mut_ptr().cast(), bytes.len()) };
    u32::from_le_bytes(bytes)
}

/// The monotonic clock.
pub fn monotonic_ns() -> i64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` outlives the call.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    (now.tv_sec as i64)
        .wrapping_mul(SECOND_NS)
        .wrapping_add(now.tv_nsec as i64)
}

impl Shell {
    /// A dynamic variable with the value it has now.
    pub(super) fn dynamic_variable(&self, name: &str, variable: &Variable) -> Variable {
        let mut attributes = variable.attributes;
        // Each command gives `_` anew, and unexported.
        attributes.exported &= name != "_";
        Variable {
            value: self.dynamic_value(name),
            attributes,
            dynamic: true,
        }
    }

    fn dynamic_value(&self, name: &str) -> Option<Value> {
        let scalar = |text: String| Some(Value::Scalar(text.into()));
        match name {
            "_" => Some(Value::Scalar(self.last_argument.clone())),
            "RANDOM" => scalar(self.variables.random.next(self.subshell_depth).to_string()),
            "SRANDOM" => scalar(entropy().to_string()),
            "SECONDS" => scalar(self.seconds().to_string()),
            "EPOCHSECONDS" => scalar(since_epoch().as_secs().to_string()),
            "EPOCHREALTIME" => {
                let now = since_epoch();
                scalar(format!("{}.{:06}", now.as_secs(), now.subsec_micros()))
            }
            "LINENO" => scalar(self.line.to_string()),
            "HISTCMD" => scalar("0".to_owned()),
            "BASHPID" => scalar(process::ids().0.to_string()),
            "PPID" => scalar(process::ids().1.to_string()),
            "BASH_SUBSHELL" => scalar(self.subshell_depth.to_string()),
            "BASH_ARGV0" => Some(Value::Scalar(self.name.clone())),
            "BASH_COMMAND" => Some(Value::Scalar(self.current_command.clone())),
            "SHELLOPTS" => scalar(self.options.shellopts()),
            "BASHOPTS" => scalar(self.options.bashopts()),
            "COMP_WORDBREAKS" => scalar(COMP_WORDBREAKS.to_owned()),
            _ => self.dynamic_array(name),
        }
    }

    fn dynamic_array(&self, name: &str) -> Option<Value> {
        Some(match name {
            "PIPESTATUS" => indexed(self.variables.pipe_statuses.iter().map(i32::to_string)),
            "GROUPS" => indexed(["0"]),
            "DIRSTACK" => {
                let below = self.directory_stack.iter();
                indexed(std::iter::once(&self.directory).chain(below).map(|d| &**d))
            }
            "FUNCNAME" => {
                self.frames.iter().find(|frame| frame.is_function)?;
                self.from_frames(|frame| frame.function.to_string())
            }
            "BASH_SOURCE" => self.from_frames(|frame| frame.source.to_string()),
            "BASH_LINENO" => self.from_frames(|frame| frame.call_line.to_string()),
            "BASH_ARGC" => {
                let lists = self.argument_lists();
                indexed(lists.iter().map(|list| list.len().to_string()))
            }
            "BASH_ARGV" => {
                let lists = self.argument_lists();
                indexed(lists.iter().flat_map(|list| list.iter().rev().cloned()))
            }
            "BASH_ALIASES" => {
                let aliases = self.aliases.iter();
                associative(aliases.map(|(name, value)| (name.clone(), value.clone())))
            }
            "BASH_CMDS" => {
                let hashed = self.hashed.iter();
                associative(hashed.map(|(name, (path, _))| (name.clone(), path.clone())))
            }
            _ => return None,
        })
    }

    fn from_frames(&self, show: impl Fn(&Frame) -> String) -> Value {
        indexed(self.frames.iter().rev().map(show))
    }

    /// Arguments of functions are kept for debuggers only, those of sourced files always; the script's own come last.
    fn argument_lists(&self) -> Vec<Rc<Vec<Text>>> {
        let kept = |frame: &&Frame| self.options.extdebug || &*frame.function == "source";
        let mut lists: Vec<_> = (self.frames.iter().rev())
            .filter(|frame| !frame.is_main())
            .filter(kept)
            .map(|frame| frame.arguments.clone())
            .collect();
        if self.options.extdebug || !lists.is_empty() {
            lists.push(self.main_arguments.clone());
        }
        lists
    }

    /// What assigning to a dynamic variable does; to most, nothing.
    pub(super) fn assign_dynamic(&mut self, name: &str, value: &Text) {
        match name {
            "RANDOM" => {
                let seed = value.parse::<i64>().unwrap_or(0) as u32;
                self.variables.random.sow(seed, self.subshell_depth);
            }
            "SECONDS" => {
                let seconds = value.parse::<i64>().unwrap_or(0);
                self.seconds_from_ns = monotonic_ns().wrapping_sub(seconds.wrapping_mul(SECOND_NS));
            }
            "LINENO" => self.line = value.parse().unwrap_or(self.line),
            "BASH_SUBSHELL" => {
                self.subshell_depth = value.parse().unwrap_or(self.subshell_depth);
            }
            "BASH_ARGV0" => self.name = value.clone(),
            "_" => self.last_argument = value.clone(),
            _ => {}
        }
    }

    pub(super) fn assign_dynamic_element(&mut self, name: &str, place: Place, value: Text) {
        match (name, place) {
            ("BASH_ALIASES", Place::Key(key)) => {
                Rc::make_mut(&mut self.aliases).insert(key, value);
            }
            ("BASH_CMDS", Place::Key(key)) => {
                Rc::make_mut(&mut self.hashed).insert(key, (value, 0));
            }
            ("DIRSTACK", Place::Index(index)) => {
                let below = usize::try_from(index).ok().and_then(|i| i.checked_sub(1));
                if let Some(place) = below.and_then(|i| self.directory_stack.get_mut(i)) {
                    *place = value;
                }
            }
            _ => {}
        }
    }

    /// `SECONDS`.
    pub fn seconds(&self) -> i64 {
        let elapsed = monotonic_ns().wrapping_sub(self.seconds_from_ns);
        elapsed.div_euclid(SECOND_NS)
    }

    /// What `PIPESTATUS` shows.
    pub fn set_pipe_statuses(&mut self, statuses: &[i32]) {
        let kept = &mut self.variables.pipe_statuses;
        if kept != statuses {
            kept.clear();
            kept.extend_from_slice(statuses);
        }
    }

    pub fn pipe_statuses(&self) -> &[i32] {
        &self.variables.pipe_statuses
    }
}

fn since_epoch() -> std::time::Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn indexed<T: Into<Text>>(values: impl IntoIterator<Item = T>) -> Value {
    Value::Indexed(Rc::new(Indexed::from_values(
        values.into_iter().map(Into::into),
    )))
}

fn associative(entries: impl Iterator<Item = (Text, Text)>) -> Value {
    let mut array = Associative::default();
    for (key, value) in entries.collect::<BTreeMap<_, _>>() {
        array.insert(key, value);
    }
    Value::Associative(Rc::new(array))
}

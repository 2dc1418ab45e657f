//! One flag, and how values are read.

use crate::options::Options;

pub struct Flag {
    pub name: &'static str,
    pub letter: Option<char>,
    pub alias: Option<&'static str>,
    /// The name that turns it off, most often with `no-`.
    pub opposite: Option<&'static str>,
    /// What its value is called in the help.
    pub value: Option<&'static str>,
    pub help: &'static str,
    pub set: Set,
}

/// What a flag does to the options.
pub enum Set {
    Switch(fn(&mut Options, bool)),
    /// A switch that may be wrong, and has no opposite.
    Checked(fn(&mut Options) -> Result<(), String>),
    Value {
        set: fn(&mut Options, &str) -> Result<(), String>,
        unset: fn(&mut Options),
    },
}

impl Flag {
    pub const fn switch(
        name: &'static str,
        help: &'static str,
        set: fn(&mut Options, bool),
    ) -> Self {
        Self::new(name, help, Set::Switch(set))
    }

    pub const fn checked(
        name: &'static str,
        help: &'static str,
        set: fn(&mut Options) -> Result<(), String>,
    ) -> Self {
        Self::new(name, help, Set::Checked(set))
    }

    pub const fn value(
        name: &'static str,
        value: &'static str,
        help: &'static str,
        set: fn(&mut Options, &str) -> Result<(), String>,
    ) -> Self {
        let set = Set::Value { set, unset: |_| {} };
        Self {
            value: Some(value),
            ..Self::new(name, help, set)
        }
    }

    const fn new(name: &'static str, help: &'static str, set: Set) -> Self {
        Self {
            name,
            letter: None,
            alias: None,
            opposite: None,
            value: None,
            help,
            set,
        }
    }

    pub const fn letter(mut self, letter: char) -> Self {
        self.letter = Some(letter);
        self
    }

    pub const fn alias(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }

    pub const fn not(mut self, opposite: &'static str) -> Self {
        self.opposite = Some(opposite);
        self
    }

    /// The opposite of a flag with a value.
    pub const fn unset(mut self, opposite: &'static str, unset: fn(&mut Options)) -> Self {
        self.opposite = Some(opposite);
        if let Set::Value { unset: old, .. } = &mut self.set {
            *old = unset;
        }
        self
    }
}

pub fn number<N: std::str::FromStr<Err = std::num::ParseIntError>>(
    value: &str,
) -> Result<N, String> {
    value
        .parse()
        .map_err(|error| format!("value is not a valid number: {error}"))
}

/// A number with `K`, `M` or `G` behind it.
pub fn size(value: &str) -> Result<u64, String> {
    grep_cli::parse_human_readable_size(value).map_err(|error| format!("invalid size: {error}"))
}

pub fn memory_size(value: &str) -> Result<usize, String> {
    usize::try_from(size(value)?).map_err(|_| "size is too big".to_owned())
}

/// Bytes with `\n` and `\xFF` written out.
pub fn escaped(value: &str) -> Vec<u8> {
    <Vec<u8> as bstr::ByteVec>::unescape_bytes(value)
}

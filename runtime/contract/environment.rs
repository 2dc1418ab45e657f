//! What surrounds every command: user, directories, locale, and when the clock begins.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where the virtual clock begins unless the contract says otherwise: 2026-01-01T00:00:00Z, a time at which tools that
/// look at certificates, at the age of files or at leap years behave as they do today.
pub const EPOCH_NS: u64 = 1_767_225_600 * 1_000_000_000;

/// The environment of every command, `[environment]` of a contract. Nothing of the host's is passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// When the machine's clock begins, in RFC 3339.
    #[serde(
        rename = "epoch",
        serialize_with = "write_epoch",
        deserialize_with = "read_epoch"
    )]
    #[schemars(with = "String")]
    pub epoch_ns: u64,
    /// `USER`, the one user there is.
    pub user: String,
    /// `HOME`.
    pub home: String,
    /// The machine's name in the network.
    pub hostname: String,
    /// `PATH`.
    pub path: String,
    /// `LANG`.
    pub locale: String,
    /// Where a tool's call begins, unless its manifest says otherwise. It is made with the machine.
    pub cwd: String,
    /// More variables, by name.
    pub variables: BTreeMap<String, String>,
}

impl Default for Environment {
    fn default() -> Self {
        Environment {
            epoch_ns: EPOCH_NS,
            user: "user".to_owned(),
            home: "/home/user".to_owned(),
            hostname: "localhost".to_owned(),
            path: "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin".to_owned(),
            locale: "C.UTF-8".to_owned(),
            cwd: "/workspace".to_owned(),
            variables: BTreeMap::new(),
        }
    }
}

impl Environment {
    /// The variables every command begins with.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let usual = [
            ("HOME", &self.home),
            ("LANG", &self.locale),
            ("PATH", &self.path),
            ("USER", &self.user),
        ];
        usual
            .into_iter()
            .chain(
                self.variables
                    .iter()
                    .map(|(name, value)| (name.as_str(), value)),
            )
            .map(|(name, value)| (name, value.as_str()))
    }

    /// What is wrong with it, if anything is.
    pub(super) fn check(&self) -> Result<(), String> {
        for (field, path) in [("home", &self.home), ("cwd", &self.cwd)] {
            if !path.starts_with('/') {
                return Err(format!(
                    "environment.{field}: `{path}` is a path inside the machine and has to begin with `/`"
                ));
            }
        }
        for (name, value) in self.variables() {
            if name.is_empty() || name.contains(['=', '\0']) {
                return Err(format!(
                    "environment.variables: `{name}` cannot be a variable's name"
                ));
            }
            if value.contains('\0') {
                return Err(format!(
                    "environment: the value of `{name}` holds a zero byte"
                ));
            }
        }
        for (field, name) in [("user", &self.user), ("hostname", &self.hostname)] {
            let is_fine = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
            if name.is_empty() || name.len() > 63 || !name.chars().all(is_fine) {
                return Err(format!(
                    "environment.{field}: `{name}` has to be 1 to 63 letters, digits, `.`, `_` or `-`"
                ));
            }
        }
        Ok(())
    }
}

fn write_epoch<S: Serializer>(epoch_ns: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    let epoch =
        Timestamp::from_nanosecond((*epoch_ns).into()).map_err(serde::ser::Error::custom)?;
    serializer.collect_str(&epoch)
}

fn read_epoch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_epoch(&text).map_err(serde::de::Error::custom)
}

/// Reads when a clock begins, from RFC 3339 to nanoseconds since 1970.
///
/// # Errors
/// A text that is no such time, or a time the machine's clock cannot show.
///
/// ```
/// assert_eq!(isobox::parse_epoch("1970-01-01T00:00:01Z"), Ok(1_000_000_000));
/// ```
pub fn parse_epoch(text: &str) -> Result<u64, String> {
    let time: Timestamp = text
        .parse()
        .map_err(|error| format!("a time such as 2026-01-31T12:00:00Z is expected: {error}"))?;
    u64::try_from(time.as_nanosecond())
        .map_err(|_| "the machine's clock begins between 1970 and 2554".to_owned())
}

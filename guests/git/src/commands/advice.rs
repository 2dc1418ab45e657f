//! Hints, which settings (`advice.…`) can turn off.

use crate::git::Git;
use crate::repository::Config;

/// Prints a hint on standard error, unless it is turned off.
pub fn hint(git: &mut Git, config: &Config, name: &str, text: &str) {
    if let Some(text) = text_of(config, name, text) {
        git.warn(text);
    }
}

/// A hint with `hint: ` before its lines, and how to turn it off when nobody has chosen.
pub fn text_of(config: &Config, name: &str, text: &str) -> Option<String> {
    let chosen = config.bool(&format!("advice.{name}")).unwrap_or(None);
    if chosen == Some(false) {
        return None;
    }
    let mut out: Vec<String> = text
        .lines()
        .map(|line| {
            if line.is_empty() {
                "hint:".to_owned()
            } else {
                format!("hint: {line}")
            }
        })
        .collect();
    if chosen.is_none() {
        out.push(format!(
            "hint: Disable this message with \"git config advice.{name} false\""
        ));
    }
    Some(out.join("\n"))
}

/// Whether a kind of hint is wanted.
pub fn wanted(config: &Config, name: &str) -> bool {
    config.bool(&format!("advice.{name}")).unwrap_or(None) != Some(false)
}

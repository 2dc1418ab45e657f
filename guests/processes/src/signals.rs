//! Signals as users name them.

use isobox_guest::process::signal::NAMES;

/// The number of `TERM`, `SIGTERM`, `term` or `15`.
pub fn number(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse::<u32>() {
        // A status above 128 names the signal that it tells of.
        let number = if number > 128 { number - 128 } else { number };
        return (number < NAMES.len() as u32).then_some(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let found = NAMES.iter().position(|known| *known == name);
    found
        .filter(|number| *number > 0)
        .map(|number| number as u32)
}

/// The name of a signal, without `SIG`.
pub fn name(number: u32) -> &'static str {
    NAMES.get(number as usize).copied().unwrap_or("UNKNOWN")
}

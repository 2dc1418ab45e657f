//! The parts of a contract and their digests.

use std::collections::BTreeMap;

use super::Contract;
use super::canonical::digest_of;
use crate::digest::{Digest, Fields};
use crate::engine;
use crate::guests::Guest;
use crate::machine;

/// The digest of each part, by its name.
pub type Parts = BTreeMap<String, Digest>;

/// The parts that the program brings along and no file says.
pub const OF_THE_PROGRAM: [&str; 2] = ["engine", "machine"];

/// The parts of a contract.
pub fn of(contract: &Contract) -> Parts {
    let Contract {
        version,
        guests,
        tools,
        time,
        limits,
        session,
        environment,
        network,
        base,
    } = contract;
    let own = [
        ("version", digest_of("isobox.contract.version", version)),
        ("engine", engine::profile_digest()),
        (
            "machine",
            digest_of("isobox.contract.machine", &machine::BEHAVIOR),
        ),
        ("time", digest_of("isobox.contract.time", time)),
        ("limits", digest_of("isobox.contract.limits", limits)),
        ("session", digest_of("isobox.contract.session", session)),
        (
            "environment",
            digest_of("isobox.contract.environment", environment),
        ),
        ("network", network.digest()),
        ("base", base.digest()),
    ];
    let own = own.map(|(name, digest)| (name.to_owned(), digest));
    let guests = guests
        .iter()
        .map(|guest| (format!("guests.{}", guest.name()), of_guest(guest)));
    // Their order is told to the model.
    let tools = tools.iter().enumerate().map(|(index, tool)| {
        let digest = digest_of("isobox.contract.tool", &(index, tool.manifest()));
        (format!("tools.{}", tool.name()), digest)
    });
    own.into_iter().chain(guests).chain(tools).collect()
}

/// The digest of all parts.
pub fn whole(parts: &Parts) -> Digest {
    parts
        .iter()
        .fold(Fields::of("isobox.contract"), |fields, (name, digest)| {
            fields.bytes(name.as_bytes()).digest(*digest)
        })
        .finish()
}

fn of_guest(guest: &Guest) -> Digest {
    guest
        .commands()
        .iter()
        .fold(
            Fields::of("isobox.contract.guest")
                .digest(guest.digest())
                .bytes(guest.install().as_bytes()),
            |fields, command| fields.bytes(command.as_bytes()),
        )
        .finish()
}

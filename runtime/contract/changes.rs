//! What changes for an agent from one contract to another, in words, and which step of semver that is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::manifest::Manifest;
use super::parameters::Parameter;
use super::parts::{self, OF_THE_PROGRAM};
use super::{Contract, Step, canonical};
use crate::guests::Guest;

/// What changes from one contract to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ContractChanges {
    /// Every change, by the names of the parts.
    pub changes: Vec<ContractChange>,
    /// The step all of them need; nothing when nothing changes.
    pub needed: Option<Step>,
    /// The step that the version made.
    pub made: Option<Step>,
    /// Whether the version moved far enough.
    pub version_is_enough: bool,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ContractChange {
    /// The part, such as `tools.bash`.
    pub part: String,
    /// What changes, in words.
    pub text: String,
    /// The step it needs.
    pub step: Step,
}

/// What changes from `before` to `after`.
///
/// | change | step |
/// |---|---|
/// | a tool, guest, command or parameter is gone, a schema is narrower, a limit lower | major |
/// | a guest's bytes, the time model, the engine, the environment, the noise are others | major |
/// | a tool, guest or optional parameter is new, a schema is wider, a limit higher, a description reads otherwise | minor |
///
/// ```
/// use isobox::{Contract, Limits, Step, contract_changes};
///
/// let before = Contract::default();
/// let mut after = before.clone();
/// after.limits.fuel_max /= 2;
/// let changes = contract_changes(&before, &after);
/// assert_eq!(changes.needed, Some(Step::Major));
/// assert_eq!(changes.changes[0].text, "fuel_max is lower: 30000000000 → 15000000000");
/// ```
pub fn changes(before: &Contract, after: &Contract) -> ContractChanges {
    let mut list = List::default();
    list.wholes(before, after);
    list.guests(before, after);
    list.tools(before, after);
    list.bounds("limits", &before.limits, &after.limits);
    list.bounds("session", &before.session, &after.session);
    list.values("time", &before.time, &after.time);
    list.values("environment", &before.environment, &after.environment);
    let mut changes = list.0;
    changes.sort_by(|a, b| (&a.part, &a.text).cmp(&(&b.part, &b.text)));
    let needed = changes.iter().map(|change| change.step).max();
    let made = before.version.step_to(&after.version);
    ContractChanges {
        changes,
        needed,
        made,
        version_is_enough: made >= needed,
    }
}

#[derive(Default)]
struct List(Vec<ContractChange>);

impl List {
    fn add(&mut self, step: Step, part: &str, text: impl Into<String>) {
        self.0.push(ContractChange {
            part: part.to_owned(),
            text: text.into(),
            step,
        });
    }

    /// Parts that are told by their digests alone.
    fn wholes(&mut self, before: &Contract, after: &Contract) {
        let (before, after) = (parts::of(before), parts::of(after));
        for part in OF_THE_PROGRAM.into_iter().chain(["network", "base"]) {
            if before.get(part) != after.get(part) {
                self.add(Step::Major, part, "it is another");
            }
        }
    }

    fn guests(&mut self, before: &Contract, after: &Contract) {
        let by_name = |contract: &Contract| -> BTreeMap<String, _> {
            let guests = contract.guests.iter();
            guests
                .map(|guest| (guest.name().to_owned(), guest.clone()))
                .collect()
        };
        for (name, before, after) in pairs(&by_name(before), &by_name(after)) {
            let part = format!("guests.{name}");
            match (before, after) {
                (Some(before), Some(after)) => {
                    let names = |guest: &Guest| guest.paths().map(|path| (path, ())).collect();
                    for (path, was, is) in pairs(&names(before), &names(after)) {
                        match (was, is) {
                            (Some(_), None) => {
                                self.add(Step::Major, &part, format!("{path} is gone"))
                            }
                            (None, Some(_)) => {
                                self.add(Step::Minor, &part, format!("{path} is new"))
                            }
                            _ => {}
                        }
                    }
                    if before.digest() != after.digest() {
                        self.add(
                            Step::Major,
                            &part,
                            "its module is another: what it prints may be other",
                        );
                    }
                }
                (Some(_), None) => {
                    self.add(Step::Major, &part, "the guest and its commands are gone")
                }
                _ => self.add(Step::Minor, &part, "the guest and its commands are new"),
            }
        }
    }

    fn tools(&mut self, before: &Contract, after: &Contract) {
        let by_name = |contract: &Contract| -> BTreeMap<String, Manifest> {
            let tools = contract.tools.iter();
            tools
                .map(|tool| (tool.name().to_owned(), tool.manifest().clone()))
                .collect()
        };
        for (name, before, after) in pairs(&by_name(before), &by_name(after)) {
            let part = format!("tools.{name}");
            match (before, after) {
                (Some(before), Some(after)) => self.tool(&part, before, after),
                (Some(_), None) => self.add(Step::Major, &part, "the tool is gone"),
                _ => self.add(Step::Minor, &part, "the tool is new"),
            }
        }
        let order = |contract: &Contract, other: &Contract| -> Vec<String> {
            let tools = contract.tools.iter().map(|tool| tool.name().to_owned());
            tools.filter(|name| other.tool(name).is_some()).collect()
        };
        if order(before, after) != order(after, before) {
            self.add(Step::Minor, "tools", "they are listed in another order");
        }
    }

    fn tool(&mut self, part: &str, before: &Manifest, after: &Manifest) {
        if before.description != after.description {
            self.add(Step::Minor, part, "its description reads otherwise");
        }
        for (name, was, is) in pairs(&before.parameters, &after.parameters) {
            match (was, is) {
                (Some(was), Some(is)) => self.parameter(part, name, was, is),
                (Some(_), None) => {
                    self.add(Step::Major, part, format!("the parameter `{name}` is gone"))
                }
                (None, Some(is)) if is.required => {
                    self.add(
                        Step::Major,
                        part,
                        format!("the parameter `{name}` is new and required"),
                    );
                }
                _ => self.add(Step::Minor, part, format!("the parameter `{name}` is new")),
            }
        }
        let how = |manifest: &Manifest| {
            let Manifest {
                guest,
                argv,
                stdin,
                stdin_json,
                run,
                ..
            } = manifest;
            (
                guest.clone(),
                argv.clone(),
                stdin.clone(),
                *stdin_json,
                run.clone(),
            )
        };
        if how(before) != how(after) {
            self.add(Step::Major, part, "its command is another");
        }
        if before.output != after.output {
            self.add(Step::Major, part, "its output has another shape");
        }
        self.bounds(part, &before.limits, &after.limits);
    }

    fn parameter(&mut self, part: &str, name: &str, was: &Parameter, is: &Parameter) {
        if was.description != is.description {
            self.add(
                Step::Minor,
                part,
                format!("the description of `{name}` reads otherwise"),
            );
        }
        if was.kind != is.kind || was.items != is.items {
            self.add(Step::Major, part, format!("`{name}` has another type"));
        }
        match (was.required, is.required) {
            (false, true) => self.add(Step::Major, part, format!("`{name}` is required now")),
            (true, false) => self.add(Step::Minor, part, format!("`{name}` is optional now")),
            _ => {}
        }
        let narrows =
            |was: Option<i64>, is: Option<i64>, is_tighter: fn(i64, i64) -> bool| match (was, is) {
                (None, Some(_)) => Some(true),
                (Some(_), None) => Some(false),
                (Some(was), Some(is)) if was != is => Some(is_tighter(was, is)),
                _ => None,
            };
        let allows_less =
            |was: &Vec<String>, is: &Vec<String>| was.iter().any(|value| !is.contains(value));
        let values = match (&was.allowed, &is.allowed) {
            (None, Some(_)) => Some(true),
            (Some(_), None) => Some(false),
            (Some(was), Some(is)) if was != is => Some(allows_less(was, is)),
            _ => None,
        };
        let bounds = [
            narrows(was.minimum, is.minimum, |was, is| is > was),
            narrows(was.maximum, is.maximum, |was, is| is < was),
            values,
        ];
        for narrower in bounds.into_iter().flatten() {
            match narrower {
                true => self.add(Step::Major, part, format!("`{name}` allows less")),
                false => self.add(Step::Minor, part, format!("`{name}` allows more")),
            }
        }
    }

    /// Bounds: a lower one takes something away, a higher one gives. Where there was none, one is narrower.
    fn bounds(&mut self, part: &str, before: &impl Serialize, after: &impl Serialize) {
        for (name, was, is) in pairs(&fields(before), &fields(after)) {
            let (was, is) = (
                was.filter(|value| !value.is_null()),
                is.filter(|value| !value.is_null()),
            );
            match (was, is) {
                (was, is) if was == is => {}
                (Some(was), Some(is)) if is.as_u64() > was.as_u64() => {
                    self.add(Step::Minor, part, format!("{name} is higher: {was} → {is}"));
                }
                (Some(was), Some(is)) if is.as_u64() < was.as_u64() => {
                    self.add(Step::Major, part, format!("{name} is lower: {was} → {is}"));
                }
                (None, Some(is)) => self.add(Step::Major, part, format!("{name} is new: {is}")),
                (Some(_), None) => self.add(Step::Minor, part, format!("{name} is gone")),
                _ => self.add(Step::Major, part, format!("{name} is another")),
            }
        }
    }

    /// Values that are part of what an agent sees or of when it sees it.
    fn values(&mut self, part: &str, before: &impl Serialize, after: &impl Serialize) {
        for (name, was, is) in pairs(&fields(before), &fields(after)) {
            if was != is {
                let text = |value: Option<&Value>| value.map_or("nothing".to_owned(), canonical);
                self.add(
                    Step::Major,
                    part,
                    format!("{name}: {} → {}", text(was), text(is)),
                );
            }
        }
    }
}

/// The fields of a structure, by name.
fn fields(part: &impl Serialize) -> BTreeMap<String, Value> {
    let value = serde_json::to_value(part).unwrap_or_default();
    let members = match value {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    members.into_iter().collect()
}

/// What two maps have under each name.
fn pairs<'a, T>(
    before: &'a BTreeMap<String, T>,
    after: &'a BTreeMap<String, T>,
) -> Vec<(&'a String, Option<&'a T>, Option<&'a T>)> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| (name, before.get(name), after.get(name)))
        .collect()
}

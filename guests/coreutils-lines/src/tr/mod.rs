//! `tr`: bytes for bytes.

mod set;

use crate::help::PACKAGE;
use crate::input::{Input, Pieces};
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::stream::Output;
use isobox_guest::{Arguments, plain};
use set::Item;
use std::io::Write as _;

static SPECS: &[Spec] = &[
    Spec("cC", "complement", Takes::Nothing),
    Spec("d", "delete", Takes::Nothing),
    Spec("s", "squeeze-repeats", Takes::Nothing),
    Spec("t", "truncate-set1", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

/// What happens to each byte.
struct Plan {
    becomes: [u8; 256],
    deleted: [bool; 256],
    squeezed: [bool; 256],
}

pub fn tr(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("tr", gnu::words(arguments), SPECS, Order::OptionsFirst) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("tr", &parsed) {
        return status;
    }
    if let Some(message) = wrong_operands(&parsed) {
        return wrong("tr", &message);
    }
    let plan = match Plan::new(&parsed) {
        Ok(plan) => plan,
        Err(message) => {
            eprintln!("tr: {message}");
            return 1;
        }
    };
    match plan.run() {
        Ok(()) => 0,
        Err(message) => {
            eprintln!("tr: {message}");
            1
        }
    }
}

fn wrong_operands(parsed: &Parsed) -> Option<String> {
    let (delete, squeeze) = (parsed.has("delete"), parsed.has("squeeze-repeats"));
    let given = parsed.operands.len();
    let least = 1 + usize::from(delete == squeeze);
    let most = 1 + usize::from(delete <= squeeze);
    if given == 0 {
        return Some("missing operand".to_owned());
    }
    if given < least {
        let why = match squeeze {
            true => "Two strings must be given when both deleting and squeezing repeats.",
            false => "Two strings must be given when translating.",
        };
        let last = &parsed.operands[given - 1];
        return Some(format!("missing operand after ‘{last}’\n{why}"));
    }
    let extra = parsed.operands.get(most)?;
    let why = match given {
        2 => "\nOnly one string may be given when deleting without squeezing repeats.",
        _ => "",
    };
    Some(format!("extra operand ‘{extra}’{why}"))
}

impl Plan {
    fn new(parsed: &Parsed) -> Result<Self, String> {
        let (delete, squeeze) = (parsed.has("delete"), parsed.has("squeeze-repeats"));
        let complement = parsed.has("complement");
        let first = set::read(&parsed.operands[0])?;
        let second = parsed.operands.get(1).map(|text| set::read(text));
        let second = second.transpose()?;
        if first
            .iter()
            .any(|item| matches!(item, Item::Repeat(_, None)))
        {
            return Err("the [c*] repeat construct may not appear in string1".to_owned());
        }
        let mut plan = Self {
            becomes: std::array::from_fn(|byte| byte as u8),
            deleted: [false; 256],
            squeezed: [false; 256],
        };
        let selected = members(&first, complement);
        match &second {
            Some(second) if !delete => {
                let (from, to) = pairs(&first, second, complement, parsed.has("truncate-set1"))?;
                for (from, to) in from.iter().zip(&to) {
                    plan.becomes[usize::from(*from)] = *to;
                }
                if squeeze {
                    to.iter()
                        .for_each(|byte| plan.squeezed[usize::from(*byte)] = true);
                }
            }
            second => {
                let lists = second.as_deref().unwrap_or_default();
                if lists
                    .iter()
                    .any(|item| matches!(item, Item::Repeat(_, None)))
                {
                    return Err(
                        "the [c*] construct may appear in string2 only when translating".to_owned(),
                    );
                }
                if delete {
                    plan.deleted = selected;
                    plan.squeezed = members(lists, false);
                } else {
                    plan.squeezed = selected;
                }
            }
        }
        Ok(plan)
    }

    fn run(&self) -> Result<(), String> {
        let mut pieces = Pieces::new(Input::Standard(gnu::stream::stdin()));
        let mut output = Output::stdout();
        let mut out = Vec::new();
        let mut last = None;
        let only_changes = !self.deleted.contains(&true) && !self.squeezed.contains(&true);
        loop {
            let piece = match pieces.next() {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(error) => return Err(format!("read error: {}", plain(&error))),
            };
            let written = match only_changes {
                true => {
                    for byte in &mut *piece {
                        *byte = self.becomes[usize::from(*byte)];
                    }
                    output.put(piece)
                }
                false => {
                    out.clear();
                    self.filter(piece, &mut last, &mut out);
                    output.put(&out)
                }
            };
            if let Err(error) = written {
                return Err(format!("write error: {}", plain(&error)));
            }
        }
        output
            .flush()
            .map_err(|error| format!("write error: {}", plain(&error)))
    }

    fn filter(&self, piece: &[u8], last: &mut Option<u8>, out: &mut Vec<u8>) {
        for byte in piece {
            if self.deleted[usize::from(*byte)] {
                continue;
            }
            let byte = self.becomes[usize::from(*byte)];
            if self.squeezed[usize::from(byte)] && *last == Some(byte) {
                continue;
            }
            *last = Some(byte);
            out.push(byte);
        }
    }
}

fn members(items: &[Item], complement: bool) -> [bool; 256] {
    let mut members = [complement; 256];
    for byte in items.iter().flat_map(Item::bytes) {
        members[usize::from(byte)] = !complement;
    }
    members
}

/// What becomes what.
fn pairs(
    first: &[Item],
    second: &[Item],
    complement: bool,
    truncate: bool,
) -> Result<(Vec<u8>, Vec<u8>), String> {
    let error = |message: &str| Err(message.to_owned());
    let fillers = |item: &&Item| matches!(item, Item::Repeat(_, None));
    if second.iter().filter(fillers).count() > 1 {
        return error("only one [c*] repeat construct may appear in string2");
    }
    if second
        .iter()
        .any(|item| matches!(item, Item::Equivalence(_)))
    {
        return error("[=c=] expressions may not appear in string2 when translating");
    }
    if second.iter().any(|item| item.is_class() && !item.is_case()) {
        return error(
            "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'",
        );
    }
    let from: Vec<u8> = match complement {
        true => {
            let members = members(first, false);
            (0..=u8::MAX)
                .filter(|byte| !members[usize::from(*byte)])
                .collect()
        }
        false => first.iter().flat_map(Item::bytes).collect(),
    };
    let known: usize = second.iter().map(|item| item.bytes().len()).sum();
    let to: Vec<u8> = second
        .iter()
        .flat_map(|item| match item {
            Item::Repeat(byte, None) => vec![*byte; from.len().saturating_sub(known)],
            item => item.bytes(),
        })
        .collect();
    if !complement {
        check_cases(first, second)?;
    }
    let mut to = to;
    if from.len() > to.len() && !truncate {
        let Some(last) = to.last().copied() else {
            return error("when not truncating set1, string2 must be non-empty");
        };
        if second.last().is_some_and(Item::is_class) {
            return error(
                "when translating with string1 longer than string2,\nthe latter string must not end with a character class",
            );
        }
        to.resize(from.len(), last);
    }
    let one_for_all = to.len() == from.len() && to.iter().all(|byte| *byte == to[0]);
    if complement && first.iter().any(Item::is_class) && !one_for_all {
        return error(
            "when translating with complemented character classes,\nstring2 must map all characters in the domain to one",
        );
    }
    Ok((from, to))
}

/// Upper and lower case stand for each other only where both sets have them.
fn check_cases(first: &[Item], second: &[Item]) -> Result<(), String> {
    let places = |items: &[Item]| {
        let mut at = 0;
        let mut places = Vec::new();
        for item in items {
            if item.is_case() {
                places.push(at);
            }
            at += item.bytes().len();
        }
        places
    };
    let cases = places(first);
    match places(second).iter().all(|place| cases.contains(place)) {
        true => Ok(()),
        false => Err("misaligned [:upper:] and/or [:lower:] construct".to_owned()),
    }
}

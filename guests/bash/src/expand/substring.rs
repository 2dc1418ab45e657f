//! `${x:offset:length}`.

use super::elements::{Fetched, Place};
use super::word::{Name, Subscript};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::Arithmetic;
use crate::text::Text;
use crate::variables::Value;

/// What is to be taken: from where, how much.
#[derive(Clone, Copy)]
struct Slice {
    offset: i64,
    length: Option<i64>,
}

impl Shell {
    pub(super) fn substring(
        &mut self,
        place: Place<'_>,
        offset: &Arithmetic,
        length: Option<&Arithmetic>,
    ) -> Result<Fetched> {
        let fetched = self.fetch_bound(place)?;
        if let Fetched::One(None) = fetched {
            return Ok(fetched);
        }
        let offset_value = self.evaluate_in(offset, &place.shown())?;
        let length_value = match length {
            Some(length) => Some(self.evaluate_in(length, &place.shown())?),
            None => None,
        };
        let slice = Slice {
            offset: offset_value,
            length: length_value,
        };
        let taken = match fetched {
            Fetched::One(Some(value)) => {
                characters(&value, slice).map(|taken| Fetched::One(Some(taken.into())))
            }
            Fetched::One(None) => return Ok(fetched),
            // Of what is no array, a piece is taken.
            Fetched::Many(elements, _) if self.is_scalar(place) => {
                let value = elements.first().cloned().unwrap_or_default();
                characters(&value, slice).map(|taken| Fetched::One(Some(taken.into())))
            }
            Fetched::Many(elements, joining) => self
                .elements_from(place, elements, slice)
                .map(|taken| Fetched::Many(taken, joining)),
        };
        if let Some(taken) = taken {
            return Ok(taken);
        }
        let shown = length.map_or("", |length| &length.word.raw);
        self.complain(format_args!("{shown}: substring expression < 0"));
        Err(Flow::Discard(1))
    }

    fn is_scalar(&self, place: Place<'_>) -> bool {
        let Name::Variable(name) = place.name else {
            return false;
        };
        self.variable(name)
            .is_some_and(|variable| matches!(variable.value, Some(Value::Scalar(_))))
    }

    fn elements_from(
        &self,
        place: Place<'_>,
        elements: Vec<Text>,
        slice: Slice,
    ) -> Option<Vec<Text>> {
        match (place.name, place.subscript) {
            (Name::Variable(name), Some(Subscript::All(_))) => {
                let variable = self.variable(name);
                match variable
                    .as_ref()
                    .and_then(|variable| variable.value.as_ref())
                {
                    Some(Value::Indexed(array)) => {
                        let keys = array
                            .0
                            .keys()
                            .map(|key| i64::try_from(*key).unwrap_or(i64::MAX));
                        let end = array.0.last_key_value().map_or(0, |(last, _)| {
                            i64::try_from(*last).unwrap_or(i64::MAX).saturating_add(1)
                        });
                        taken(keys.zip(elements), end, slice)
                    }
                    Some(Value::Associative(_)) => {
                        let end = i64::try_from(elements.len()).unwrap_or(i64::MAX);
                        taken((1..).zip(elements), end, slice)
                    }
                    _ => taken((0..).zip(elements), 1, slice),
                }
            }
            _ => {
                // `$0` is element 0.
                let end = i64::try_from(elements.len())
                    .unwrap_or(i64::MAX)
                    .saturating_add(1);
                let all = std::iter::once(self.name.clone()).chain(elements);
                taken((0..).zip(all), end, slice)
            }
        }
    }
}

/// The elements whose numbers are at or behind the offset; nothing if the length is negative.
fn taken(elements: impl Iterator<Item = (i64, Text)>, end: i64, slice: Slice) -> Option<Vec<Text>> {
    let offset = if slice.offset < 0 {
        slice.offset.wrapping_add(end)
    } else {
        slice.offset
    };
    if offset < 0 {
        return Some(Vec::new());
    }
    let length = match slice.length {
        None => usize::MAX,
        Some(length) => usize::try_from(length).ok()?,
    };
    Some(
        elements
            .filter(|(number, _)| *number >= offset)
            .map(|(_, element)| element)
            .take(length)
            .collect(),
    )
}

/// A piece of a text, counted in characters; nothing if it would end before it begins.
fn characters(value: &str, slice: Slice) -> Option<&str> {
    let count = i64::try_from(if value.is_ascii() {
        value.len()
    } else {
        value.chars().count()
    })
    .unwrap_or(i64::MAX);
    let from = if slice.offset < 0 {
        slice.offset.wrapping_add(count)
    } else {
        slice.offset
    };
    if from < 0 || from > count {
        return Some("");
    }
    let to = match slice.length {
        None => count,
        Some(length) if length < 0 => {
            let to = count.wrapping_add(length);
            if to < from {
                return None;
            }
            to
        }
        Some(length) => from.saturating_add(length).min(count),
    };
    let (from, to) = (byte_offset(value, from), byte_offset(value, to));
    Some(value.get(from..to).unwrap_or_default())
}

fn byte_offset(value: &str, characters: i64) -> usize {
    let characters = usize::try_from(characters).unwrap_or(usize::MAX);
    if value.is_ascii() {
        return characters.min(value.len());
    }
    value
        .char_indices()
        .nth(characters)
        .map_or(value.len(), |(at, _)| at)
}

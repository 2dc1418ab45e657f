//! The record and its fields, split no further than they are asked for.

use crate::text;
use crate::value::Value;
use gnu::scan;
use posix_regex::Regex;
use std::rc::Rc;

/// What separates fields.
#[derive(Clone)]
pub enum Splitter {
    Blanks,
    Byte(u8),
    Regex(Rc<Regex>),
    /// Each character is a field.
    Each,
    /// `FIELDWIDTHS`: how much is skipped, how much is taken; nothing takes the rest.
    Widths(Vec<(usize, Option<usize>)>),
    /// `FPAT`: what fields look like.
    Pattern(Rc<Regex>),
}

pub struct Record {
    text: Vec<u8>,
    /// A copy of it that was asked for.
    shared: Option<Rc<Vec<u8>>>,
    spans: Vec<(u32, u32)>,
    /// How far it is split; nothing when it is split to the end.
    next: Option<usize>,
    /// All fields, once one was assigned.
    values: Option<Vec<Value>>,
    /// The text has to be made of the fields.
    stale: bool,
    pub splitter: Splitter,
    /// With `RS = ""` newlines separate fields too, where one byte does.
    pub newline_separates: bool,
}

impl Record {
    pub fn new() -> Self {
        Self {
            text: Vec::new(),
            shared: None,
            spans: Vec::new(),
            next: None,
            values: None,
            stale: false,
            splitter: Splitter::Blanks,
            newline_separates: false,
        }
    }

    /// Fills the record with a new text.
    pub fn set(&mut self, fill: impl FnOnce(&mut Vec<u8>)) {
        self.text.clear();
        fill(&mut self.text);
        self.begin();
    }

    fn begin(&mut self) {
        self.shared = None;
        self.spans.clear();
        self.next = Some(0);
        self.values = None;
        self.stale = false;
    }

    /// `$0`; fields that were assigned are joined with `separator` first.
    pub fn whole(&mut self, separator: &[u8], format: &[u8]) -> &[u8] {
        if self.stale {
            let values = self.values.as_deref().unwrap_or_default();
            self.text.clear();
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    self.text.extend_from_slice(separator);
                }
                self.text.extend_from_slice(&value.bytes(format));
            }
            self.stale = false;
            self.shared = None;
        }
        &self.text
    }

    pub fn whole_value(&mut self, separator: &[u8], format: &[u8]) -> Value {
        self.whole(separator, format);
        let text = &self.text;
        let shared = self.shared.get_or_insert_with(|| Rc::new(text.clone()));
        Value::Input(Rc::clone(shared))
    }

    /// How many fields there are.
    pub fn count(&mut self) -> usize {
        if let Some(values) = &self.values {
            return values.len();
        }
        self.split_to(usize::MAX);
        self.spans.len()
    }

    /// A field that was not assigned, as bytes of the text.
    pub fn span(&mut self, number: usize) -> Option<&[u8]> {
        if self.values.is_some() {
            return None;
        }
        self.split_to(number);
        let (from, to) = *self.spans.get(number - 1)?;
        Some(&self.text[from as usize..to as usize])
    }

    /// A field, from 1.
    pub fn field(&mut self, number: usize) -> Value {
        if let Some(values) = &self.values {
            return values.get(number - 1).cloned().unwrap_or_default();
        }
        match self.span(number) {
            Some(text) => Value::input(text),
            None => Value::Unset,
        }
    }

    fn own_values(&mut self) -> &mut Vec<Value> {
        self.split_to(usize::MAX);
        let (text, spans) = (&self.text, &self.spans);
        self.values.get_or_insert_with(|| {
            spans
                .iter()
                .map(|(from, to)| Value::input(&text[*from as usize..*to as usize]))
                .collect()
        })
    }

    pub fn assign(&mut self, number: usize, value: Value) {
        let values = self.own_values();
        if values.len() < number {
            values.resize(number, Value::input(Vec::new()));
        }
        values[number - 1] = value;
        self.stale = true;
    }

    /// Sets how many fields there are.
    pub fn resize(&mut self, count: usize) {
        self.own_values().resize(count, Value::input(Vec::new()));
        self.stale = true;
    }

    pub fn split_to(&mut self, wanted: usize) {
        let Some(mut at) = self.next else {
            return;
        };
        if self.spans.len() >= wanted {
            return;
        }
        match &self.splitter {
            Splitter::Blanks => {
                self.next = scan::split_at_blanks(&self.text, at, wanted, &mut self.spans);
            }
            Splitter::Byte(byte) if !self.newline_separates => {
                let text = &self.text;
                if text.is_empty() {
                    self.next = None;
                    return;
                }
                let places = scan::places(*byte, &text[at..]);
                let from = at;
                for place in places {
                    let place = from + place;
                    self.spans.push((at as u32, place as u32));
                    at = place + 1;
                    if self.spans.len() >= wanted {
                        self.next = Some(at);
                        return;
                    }
                }
                self.spans.push((at as u32, text.len() as u32));
                self.next = None;
            }
            splitter => {
                let mut separators = Vec::new();
                self.spans = split(
                    &self.text,
                    splitter,
                    self.newline_separates,
                    &mut separators,
                );
                self.next = None;
            }
        }
    }
}

type Spans = Vec<(u32, u32)>;

/// Splits all of a text; also tells where the separators are.
pub fn split(
    text: &[u8],
    splitter: &Splitter,
    newline_separates: bool,
    separators: &mut Spans,
) -> Spans {
    let mut spans = Vec::new();
    if text.is_empty() {
        return spans;
    }
    match splitter {
        Splitter::Blanks => {
            let mut at = 0;
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
            let run = |from: usize, wanted: bool| {
                text[from..]
                    .iter()
                    .take_while(|byte| blank(byte) == wanted)
                    .count()
            };
            at += run(at, true);
            separators.push((0, at as u32));
            while at < text.len() {
                let length = run(at, false);
                spans.push((at as u32, (at + length) as u32));
                at += length;
                let gap = run(at, true);
                separators.push((at as u32, (at + gap) as u32));
                at += gap;
            }
        }
        Splitter::Each => {
            let mut at = 0;
            while at < text.len() {
                let length = text::character(&text[at..]);
                spans.push((at as u32, (at + length) as u32));
                at += length;
                if at < text.len() {
                    separators.push((at as u32, at as u32));
                }
            }
        }
        Splitter::Byte(byte) => {
            let is_separator = |found: u8| found == *byte || (newline_separates && found == b'\n');
            let mut start = 0;
            for (at, found) in text.iter().enumerate() {
                if is_separator(*found) {
                    spans.push((start as u32, at as u32));
                    separators.push((at as u32, at as u32 + 1));
                    start = at + 1;
                }
            }
            spans.push((start as u32, text.len() as u32));
        }
        Splitter::Regex(regex) => split_at_matches(text, regex, &mut spans, separators),
        Splitter::Widths(widths) => {
            let mut at = 0;
            for (skip, width) in widths {
                at += text::offset(&text[at..], *skip);
                if at >= text.len() {
                    break;
                }
                let end = width.map_or(text.len(), |width| at + text::offset(&text[at..], width));
                spans.push((at as u32, end as u32));
                at = end;
            }
        }
        Splitter::Pattern(regex) => match_fields(text, regex, &mut spans, separators),
    }
    spans
}

fn split_at_matches(text: &[u8], regex: &Regex, spans: &mut Spans, separators: &mut Spans) {
    let scan = regex.scan(text);
    let (mut start, mut at) = (0, 0);
    while let Some((from, to)) = scan.find(at).filter(|(from, _)| *from < text.len()) {
        if from == to {
            at = from + 1;
            continue;
        }
        spans.push((start as u32, from as u32));
        separators.push((from as u32, to as u32));
        start = to;
        at = to;
    }
    spans.push((start as u32, text.len() as u32));
}

fn match_fields(text: &[u8], regex: &Regex, spans: &mut Spans, separators: &mut Spans) {
    let scan = regex.scan(text);
    let (mut at, mut last, mut was_empty) = (0, 0, true);
    while let Some((from, to)) = scan.find(at) {
        // An empty field just behind one that isn't is none.
        if from == to && !was_empty && from == last {
            if from >= text.len() {
                break;
            }
            at = from + text::character(&text[from..]);
            was_empty = true;
            continue;
        }
        separators.push((last as u32, from as u32));
        spans.push((from as u32, to as u32));
        was_empty = from == to;
        last = to;
        at = if from == to { to + 1 } else { to };
        if at > text.len() {
            break;
        }
    }
    separators.push((last as u32, text.len() as u32));
}

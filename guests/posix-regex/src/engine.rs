//! Searching.

use crate::analysis::Facts;
use crate::backtrack::{Goal, Matcher};
use crate::lower::{Text, lower};
use crate::parse::parse;
use crate::tree::Pattern;
use crate::{Error, Newline, Options};
use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::meta;
use regex_automata::nfa::thompson::{self, WhichCaptures, pikevm::PikeVM};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;
use std::cell::{OnceCell, RefCell};

/// A pattern that is ready to be searched for. What it needs for that is built at the first search.
pub struct Regex {
    pattern: Pattern,
    options: Options,
    facts: Facts,
    matcher: OnceCell<Matcher>,
    bytes: OnceCell<Engine>,
    unicode: OnceCell<Engine>,
}

/// Where a match and its groups lie.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    pub(crate) slots: Vec<Option<usize>>,
}

impl Captures {
    /// Where a group begins and ends; 0 is the match.
    pub fn get(&self, group: usize) -> Option<(usize, usize)> {
        let start = *self.slots.get(2 * group)?;
        let end = *self.slots.get(2 * group + 1)?;
        Some((start?, end?))
    }
}

impl Regex {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What GNU's tools would say of it.
    pub fn new(pattern: &[u8], options: &Options) -> Result<Self, Error> {
        let pattern = parse(pattern, options)?;
        let facts = Facts::of(&pattern, options);
        if facts.too_big {
            return Err(Error::TooBig);
        }
        Ok(Self {
            pattern,
            options: options.clone(),
            facts,
            matcher: OnceCell::new(),
            bytes: OnceCell::new(),
            unicode: OnceCell::new(),
        })
    }

    /// For texts that stand for themselves, of which the longest is preferred.
    pub fn texts<'t>(texts: impl Iterator<Item = &'t [u8]>, options: &Options) -> Self {
        let pattern = crate::parse::texts(texts, options);
        let facts = Facts {
            priority_matters: false,
            ..Facts::of(&pattern, options)
        };
        Self {
            pattern,
            options: options.clone(),
            facts,
            matcher: OnceCell::new(),
            bytes: OnceCell::new(),
            unicode: OnceCell::new(),
        }
    }

    /// The text that the pattern stands for, if it is nothing but one text.
    pub fn plain_text(&self) -> Option<Vec<u8>> {
        match self.options.ignore_case {
            true => None,
            false => self.pattern.root.plain_text(),
        }
    }

    /// How many groups the pattern has.
    pub fn groups(&self) -> usize {
        self.pattern.groups
    }

    /// Whether it matches anywhere.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.scan(text).is_match(0)
    }

    /// Prepares for several searches in one text, which is examined once.
    pub fn scan<'a>(&'a self, text: &'a [u8]) -> Scan<'a> {
        let wide = self.facts.needs_unicode && !text.is_ascii();
        let (cell, kind) = match wide {
            true => (&self.unicode, Text::Unicode),
            false => (&self.bytes, Text::Bytes),
        };
        Scan {
            regex: self,
            engine: cell.get_or_init(|| Engine::new(&self.pattern, &self.options, kind)),
            text,
        }
    }

    fn goal(&self) -> Goal {
        match self.facts.priority_matters {
            true => Goal::Longest,
            false => Goal::First,
        }
    }

    fn matcher(&self) -> &Matcher {
        self.matcher
            .get_or_init(|| Matcher::new(&self.pattern, &self.options))
    }
}

/// Searches in one text.
pub struct Scan<'a> {
    regex: &'a Regex,
    engine: &'a Engine,
    text: &'a [u8],
}

impl Scan<'_> {
    /// Whether there is a match at or after `start`.
    pub fn is_match(&self, start: usize) -> bool {
        self.any_end(start).is_some()
    }

    /// The end of some match that begins at or after `start`: the quickest answer to where to look.
    pub fn any_end(&self, start: usize) -> Option<usize> {
        if self.regex.pattern.has_back_references {
            let span = self.find_referring(start, self.text.len(), Goal::First, &mut Vec::new());
            return span.map(|(_, end)| end);
        }
        let input = Input::new(self.text).range(start..).earliest(true);
        let mut cache = self.engine.cache.borrow_mut();
        let found = self.engine.meta.search_half_with(&mut cache, &input)?;
        Some(found.offset())
    }

    /// The leftmost longest match at or after `start`.
    pub fn find(&self, start: usize) -> Option<(usize, usize)> {
        self.find_in(start, self.text.len())
    }

    /// The same in front of `limit`; what stands behind it is still seen by anchors.
    pub fn find_in(&self, start: usize, limit: usize) -> Option<(usize, usize)> {
        if start > limit {
            return None;
        }
        if self.regex.pattern.has_back_references {
            return self.find_referring(start, limit, self.regex.goal(), &mut Vec::new());
        }
        let found = {
            let mut cache = self.engine.cache.borrow_mut();
            let input = Input::new(self.text).range(start..limit);
            self.engine.meta.search_with(&mut cache, &input)?
        };
        let end = match self.regex.facts.priority_matters {
            true => self.engine.longest(self.text, found.start(), limit),
            false => None,
        };
        Some((found.start(), end.unwrap_or(found.end())))
    }

    /// The same with the groups.
    pub fn captures(&self, start: usize, captures: &mut Captures) -> bool {
        captures.slots.clear();
        captures
            .slots
            .resize(2 * (self.regex.pattern.groups + 1), None);
        if self.regex.pattern.has_back_references {
            let (limit, goal) = (self.text.len(), self.regex.goal());
            let span = self.find_referring(start, limit, goal, &mut captures.slots);
            return span.is_some();
        }
        if self.regex.pattern.groups == 0 {
            let Some((start, end)) = self.find(start) else {
                return false;
            };
            captures.slots = vec![Some(start), Some(end)];
            return true;
        }
        if !self.captures_first(start, captures) {
            return false;
        }
        let facts = &self.regex.facts;
        if let (true, Some((start, end))) = (facts.priority_matters, captures.get(0)) {
            let longest = self
                .engine
                .longest(self.text, start, self.text.len())
                .unwrap_or(end);
            if facts.ambiguous_groups || longest != end {
                let matcher = self.regex.matcher();
                let goal = Goal::Exactly(longest);
                if let Some(slots) = matcher.match_at(self.text, start, goal) {
                    captures.slots = slots;
                }
                captures.slots[1] = Some(longest);
            }
        }
        true
    }

    /// The groups of the first match in the order of the alternatives.
    fn captures_first(&self, start: usize, captures: &mut Captures) -> bool {
        let mut cache = self.engine.cache.borrow_mut();
        let input = Input::new(self.text).range(start..);
        let mut slots: Vec<Option<NonMaxUsize>> = vec![None; captures.slots.len()];
        let found = self
            .engine
            .meta
            .search_slots_with(&mut cache, &input, &mut slots)
            .is_some();
        for (to, from) in captures.slots.iter_mut().zip(slots) {
            *to = from.map(NonMaxUsize::get);
        }
        found
    }

    /// With back-references the engine only finds where a match may begin.
    fn find_referring(
        &self,
        start: usize,
        limit: usize,
        goal: Goal,
        slots: &mut Vec<Option<usize>>,
    ) -> Option<(usize, usize)> {
        let matcher = self.regex.matcher();
        let mut attempts = matcher.attempts(self.text);
        let mut at = start;
        loop {
            let candidate = {
                let mut cache = self.engine.cache.borrow_mut();
                let input = Input::new(self.text).range(at..limit);
                self.engine.meta.search_with(&mut cache, &input)?.start()
            };
            let end = self.dense_end(candidate, limit);
            for place in candidate..end {
                let letter = self.text.get(place);
                if place > candidate && letter.is_some_and(|byte| !matcher.may_begin_with(*byte)) {
                    continue;
                }
                if let Some(found) = attempts.at(place, goal) {
                    let span = Some((found[0]?, found[1]?));
                    *slots = found;
                    return span;
                }
            }
            if end > limit {
                return None;
            }
            at = end;
        }
    }

    /// How far every place behind a candidate is tried without asking the engine, which costs more than to fail: in ASCII to the end of the line.
    fn dense_end(&self, candidate: usize, limit: usize) -> usize {
        let most = limit.min(candidate + DENSE);
        let window = &self.text[candidate..most];
        let length = match self.regex.options.newline {
            Newline::Separates(byte) => window.iter().position(|found| *found == byte),
            _ => None,
        };
        let window = &window[..length.unwrap_or(window.len())];
        match window.is_ascii() && !self.regex.matcher().begins_with_anchor() {
            true => candidate + window.len() + 1,
            false => candidate + 1,
        }
    }
}

/// How many places are tried before the engine is asked again.
const DENSE: usize = 256;

/// A pattern for one kind of text.
struct Engine {
    meta: meta::Regex,
    cache: RefCell<meta::Cache>,
    /// What the second automaton is built of when it is needed.
    hir: Hir,
    terminator: u8,
    longest: OnceCell<Option<Longest>>,
}

impl Engine {
    fn new(pattern: &Pattern, options: &Options, text: Text) -> Self {
        let captures = pattern.groups > 0 && !pattern.has_back_references;
        let hir = lower(pattern, options, text, captures);
        let terminator = match options.newline {
            Newline::Separates(byte) => byte,
            _ => b'\n',
        };
        let meta = meta::Builder::new()
            .configure(
                meta::Config::new()
                    .utf8_empty(false)
                    .line_terminator(terminator)
                    .nfa_size_limit(None),
            )
            .build_from_hir(&hir)
            .unwrap_or_else(|_| never());
        Self {
            cache: RefCell::new(meta.create_cache()),
            meta,
            hir,
            terminator,
            longest: OnceCell::new(),
        }
    }

    /// The end of the longest match that begins at `start`.
    fn longest(&self, text: &[u8], start: usize, limit: usize) -> Option<usize> {
        let longest = self
            .longest
            .get_or_init(|| Longest::new(&self.hir, self.terminator))
            .as_ref()?;
        longest.end(text, start, limit)
    }
}

/// Matches nothing; for an engine that could not be built, which the bound on a tree's size leaves no room for.
fn never() -> meta::Regex {
    meta::Regex::builder()
        .build_from_hir(&Hir::fail())
        .expect("an empty class is a pattern")
}

/// An automaton that knows no preference among alternatives.
struct Longest {
    dfa: DFA,
    cache: RefCell<dfa::Cache>,
    /// For text the automaton gives up on, such as word edges beyond ASCII.
    vm: PikeVM,
}

impl Longest {
    fn new(hir: &Hir, terminator: u8) -> Option<Self> {
        let mut looks = LookMatcher::new();
        looks.set_line_terminator(terminator);
        let config = thompson::Config::new()
            .utf8(false)
            .which_captures(WhichCaptures::Implicit)
            .look_matcher(looks);
        let nfa = thompson::Compiler::new()
            .configure(config)
            .build_from_hir(hir)
            .ok()?;
        let dfa = dfa::Builder::new()
            .configure(
                DFA::config()
                    .match_kind(MatchKind::All)
                    .unicode_word_boundary(true)
                    .skip_cache_capacity_check(true),
            )
            .build_from_nfa(nfa.clone())
            .ok()?;
        let vm = PikeVM::builder()
            .configure(PikeVM::config().match_kind(MatchKind::All))
            .build_from_nfa(nfa)
            .ok()?;
        Some(Self {
            cache: RefCell::new(dfa.create_cache()),
            dfa,
            vm,
        })
    }

    fn end(&self, text: &[u8], start: usize, limit: usize) -> Option<usize> {
        let input = Input::new(text).range(start..limit).anchored(Anchored::Yes);
        match self
            .dfa
            .try_search_fwd(&mut self.cache.borrow_mut(), &input)
        {
            Ok(found) => found.map(|found| found.offset()),
            Err(_) => {
                let mut cache = self.vm.create_cache();
                let mut slots = [None, None];
                self.vm.search_slots(&mut cache, &input, &mut slots)?;
                slots[1].map(NonMaxUsize::get)
            }
        }
    }
}

//! All ways through a program side by side, character by character.

use std::rc::Rc;

use super::parse::Assertion;
use super::program::{Instruction, Program};
use crate::pattern::same;

/// The places that were remembered on one way.
type Places = Rc<Vec<Option<usize>>>;

/// The places of the leftmost, longest match.
pub fn search(program: &Program, text: &str, nocase: bool) -> Option<Vec<Option<usize>>> {
    let mut run = Run {
        program,
        text,
        nocase,
        seen: vec![usize::MAX; program.instructions.len()],
        step: 0,
    };
    run.search().map(|places| places.to_vec())
}

struct Run<'a> {
    program: &'a Program,
    text: &'a str,
    nocase: bool,
    /// In which step each instruction was last come to.
    seen: Vec<usize>,
    step: usize,
}

impl Run<'_> {
    fn search(&mut self) -> Option<Places> {
        let mut best: Option<Places> = None;
        let mut current: Vec<(usize, Places)> = Vec::new();
        let mut at = 0;
        loop {
            self.step += 1;
            let mut ready = Vec::with_capacity(current.len() + 1);
            for (instruction, places) in current {
                self.follow(instruction, places, at, &mut ready);
            }
            if best.is_none() {
                let places = Rc::new(vec![None; self.program.places]);
                self.follow(0, places, at, &mut ready);
            }
            let c = self.text.get(at..).and_then(|rest| rest.chars().next());
            let mut next = Vec::with_capacity(ready.len());
            for (instruction, places) in ready {
                let accepted = match (self.program.instructions.get(instruction), c) {
                    (Some(Instruction::Match), _) => {
                        if is_better(&places, best.as_ref()) {
                            best = Some(places);
                        }
                        continue;
                    }
                    (Some(Instruction::Char(wanted)), Some(c)) => same(*wanted, c, self.nocase),
                    (Some(Instruction::Any), Some(_)) => true,
                    (Some(Instruction::Set(set)), Some(c)) => set.contains(c, self.nocase),
                    _ => false,
                };
                if accepted {
                    next.push((instruction + 1, places));
                }
            }
            // What begins further right is out of the race once something has matched.
            if let Some(best) = &best {
                let start = best.first().copied().flatten();
                next.retain(|(_, places)| places.first().copied().flatten() <= start);
            }
            let Some(c) = c else { return best };
            if next.is_empty() && best.is_some() {
                return best;
            }
            at += c.len_utf8();
            current = next;
        }
    }

    /// Goes on without reading, as far as that leads; the preferred way first.
    fn follow(
        &mut self,
        instruction: usize,
        places: Places,
        at: usize,
        ready: &mut Vec<(usize, Places)>,
    ) {
        let mut left = vec![(instruction, places)];
        while let Some((instruction, mut places)) = left.pop() {
            match self.seen.get_mut(instruction) {
                Some(seen) if *seen != self.step => *seen = self.step,
                _ => continue,
            }
            match self.program.instructions.get(instruction) {
                Some(Instruction::Jump(to)) => left.push((*to, places)),
                Some(Instruction::Split(first, second)) => {
                    left.push((*second, Rc::clone(&places)));
                    left.push((*first, places));
                }
                Some(Instruction::Save(number)) => {
                    if let Some(place) = Rc::make_mut(&mut places).get_mut(*number) {
                        *place = Some(at);
                    }
                    left.push((instruction + 1, places));
                }
                Some(Instruction::Assertion(assertion)) => {
                    if self.holds(*assertion, at) {
                        left.push((instruction + 1, places));
                    }
                }
                Some(_) => ready.push((instruction, places)),
                None => {}
            }
        }
    }

    fn holds(&self, assertion: Assertion, at: usize) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let before = self
            .text
            .get(..at)
            .and_then(|text| text.chars().next_back())
            .is_some_and(is_word);
        let after = self
            .text
            .get(at..)
            .and_then(|text| text.chars().next())
            .is_some_and(is_word);
        match assertion {
            Assertion::Start => at == 0,
            Assertion::End => at == self.text.len(),
            Assertion::WordStart => !before && after,
            Assertion::WordEnd => before && !after,
            Assertion::WordBoundary => before != after,
            Assertion::NoWordBoundary => before == after,
        }
    }
}

/// Whether a match begins further left, or there and ends further right.
fn is_better(places: &Places, best: Option<&Places>) -> bool {
    let Some(best) = best else { return true };
    let span = |places: &Places| {
        let start = places.first().copied().flatten();
        let end = places.get(1).copied().flatten();
        (start, end)
    };
    let ((start, end), (best_start, best_end)) = (span(places), span(best));
    start < best_start || (start == best_start && end > best_end)
}

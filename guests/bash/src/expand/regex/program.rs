//! A tree to instructions.

use super::parse::{Assertion, Node};
use crate::pattern::Bracket;

#[derive(Clone, Debug)]
pub enum Instruction {
    Char(char),
    Any,
    Set(Bracket),
    Assertion(Assertion),
    /// Go on at both; the first is preferred.
    Split(usize, usize),
    Jump(usize),
    /// Remember the place.
    Save(usize),
    Match,
}

#[derive(Debug)]
pub struct Program {
    pub instructions: Vec<Instruction>,
    /// How many places are remembered: two for the whole and two for each group.
    pub places: usize,
}

/// Longer programs are not made: `(x{1000}){1000}`.
const LARGEST: usize = 100_000;

impl Program {
    pub fn new(node: &Node, groups: usize) -> Option<Program> {
        let mut program = Program {
            instructions: vec![Instruction::Save(0)],
            places: 2 * (groups + 1),
        };
        program.add(node)?;
        program.instructions.push(Instruction::Save(1));
        program.instructions.push(Instruction::Match);
        Some(program)
    }

    fn push(&mut self, instruction: Instruction) -> Option<usize> {
        let at = self.instructions.len();
        self.instructions.push(instruction);
        (at < LARGEST).then_some(at)
    }

    fn set(&mut self, at: usize, instruction: Instruction) {
        if let Some(place) = self.instructions.get_mut(at) {
            *place = instruction;
        }
    }

    fn add(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::Empty => {}
            Node::Char(c) => _ = self.push(Instruction::Char(*c))?,
            Node::Any => _ = self.push(Instruction::Any)?,
            Node::Set(set) => _ = self.push(Instruction::Set(set.clone()))?,
            Node::Assertion(assertion) => _ = self.push(Instruction::Assertion(*assertion))?,
            Node::Group(number, inside) => {
                self.push(Instruction::Save(2 * number))?;
                self.add(inside)?;
                self.push(Instruction::Save(2 * number + 1))?;
            }
            Node::All(nodes) => {
                for node in nodes {
                    self.add(node)?;
                }
            }
            Node::Either(alternatives) => self.either(alternatives)?,
            Node::Repeat { node, least, most } => {
                for _ in 0..*least {
                    self.add(node)?;
                }
                match most {
                    None => self.any_number(node)?,
                    Some(most) => self.up_to(node, most.saturating_sub(*least))?,
                }
            }
        }
        Some(())
    }

    fn either(&mut self, alternatives: &[Node]) -> Option<()> {
        let mut jumps = Vec::new();
        for (number, alternative) in alternatives.iter().enumerate() {
            if number + 1 == alternatives.len() {
                self.add(alternative)?;
                break;
            }
            let split = self.push(Instruction::Split(0, 0))?;
            self.add(alternative)?;
            jumps.push(self.push(Instruction::Jump(0))?);
            let next = self.instructions.len();
            self.set(split, Instruction::Split(split + 1, next));
        }
        let end = self.instructions.len();
        for jump in jumps {
            self.set(jump, Instruction::Jump(end));
        }
        Some(())
    }

    fn any_number(&mut self, node: &Node) -> Option<()> {
        let split = self.push(Instruction::Split(0, 0))?;
        self.add(node)?;
        self.push(Instruction::Jump(split))?;
        let end = self.instructions.len();
        self.set(split, Instruction::Split(split + 1, end));
        Some(())
    }

    fn up_to(&mut self, node: &Node, count: u32) -> Option<()> {
        let mut splits = Vec::new();
        for _ in 0..count {
            splits.push(self.push(Instruction::Split(0, 0))?);
            self.add(node)?;
        }
        let end = self.instructions.len();
        for split in splits {
            self.set(split, Instruction::Split(split + 1, end));
        }
        Some(())
    }
}

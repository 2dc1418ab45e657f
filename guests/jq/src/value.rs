//! JSON values.

use indexmap::IndexMap;
use std::cmp::Ordering;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// A quick hash; keys are short.
#[derive(Clone, Default)]
pub struct Fx(u64);

impl Hasher for Fx {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// An object, whose keys keep the order in which they came.
pub type Map = IndexMap<Rc<str>, Value, BuildHasherDefault<Fx>>;

/// A value. Cloning it is cheap.
#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Number(f64),
    String(Rc<str>),
    Array(Rc<Vec<Value>>),
    Object(Rc<Map>),
}

impl Value {
    pub fn string(text: impl AsRef<str>) -> Self {
        Self::String(Rc::from(text.as_ref()))
    }

    pub fn array(values: Vec<Self>) -> Self {
        Self::Array(Rc::new(values))
    }

    pub fn object(map: Map) -> Self {
        Self::Object(Rc::new(map))
    }

    /// Whether a condition holds: all but `null` and `false`.
    pub fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The kind, and the value as far as messages show it: `number (1)`.
    pub fn described(&self) -> String {
        let text = crate::json::compact(self);
        let shown = match text.len() > 14 {
            true => {
                let mut end = 11;
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                format!("{}...", &text[..end])
            }
            false => text,
        };
        format!("{} ({shown})", self.kind())
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(false) => 1,
            Self::Bool(true) => 2,
            Self::Number(_) => 3,
            Self::String(_) => 4,
            Self::Array(_) => 5,
            Self::Object(_) => 6,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            // Not a number is less than any.
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b).unwrap_or_else(|| {
                if a.is_nan() {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }),
            (Self::String(a), Self::String(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) => a.cmp(b),
            (Self::Object(a), Self::Object(b)) => compare_objects(a, b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// First by their keys, then by the values in the order of the keys.
fn compare_objects(a: &Map, b: &Map) -> Ordering {
    let sorted = |map: &Map| {
        let mut keys: Vec<Rc<str>> = map.keys().cloned().collect();
        keys.sort_unstable();
        keys
    };
    let (a_keys, b_keys) = (sorted(a), sorted(b));
    a_keys.cmp(&b_keys).then_with(|| {
        a_keys
            .iter()
            .map(|key| a[key].cmp(&b[key]))
            .find(|order| *order != Ordering::Equal)
            .unwrap_or(Ordering::Equal)
    })
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<bool> for Value {
    fn from(answer: bool) -> Self {
        Self::Bool(answer)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(Rc::from(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(Rc::from(text))
    }
}

impl From<Vec<Value>> for Value {
    fn from(values: Vec<Value>) -> Self {
        Self::array(values)
    }
}

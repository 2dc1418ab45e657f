//! Modes as users write them: `755`, `u+x,go-w`, `a=rX`.

/// A change of mode.
pub enum Change {
    Absolute(u32),
    Symbolic(Vec<Clause>),
}

/// One `[ugoa]*[-+=][rwxXst]*` of a symbolic mode.
pub struct Clause {
    /// The bits of the users meant: all that `u`, `g`, `o` reach.
    who: u32,
    /// Whether nobody was named, so that the umask counts.
    unnamed: bool,
    operator: char,
    what: What,
}

enum What {
    /// Permission bits for everybody; `bool` is `X`: execution if somebody may, or of directories.
    Bits(u32, bool),
    /// The permissions that `u`, `g` or `o` have.
    Copy(u32),
}

/// Reads a mode. Nothing when it is none.
pub fn parse(text: &str) -> Option<Change> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return u32::from_str_radix(text, 8)
            .ok()
            .filter(|mode| *mode <= 0o7777)
            .map(Change::Absolute);
    }
    let mut clauses = Vec::new();
    for part in text.split(',') {
        clause(part, &mut clauses)?;
    }
    Some(Change::Symbolic(clauses))
}

fn clause(part: &str, clauses: &mut Vec<Clause>) -> Option<()> {
    let at = part.find(['+', '-', '='])?;
    let mut who = 0;
    for letter in part[..at].chars() {
        who |= match letter {
            'u' => 0o4700,
            'g' => 0o2070,
            'o' => 0o1007,
            'a' => 0o7777,
            _ => return None,
        };
    }
    let unnamed = at == 0;
    let who = if unnamed { 0o7777 } else { who };
    let mut rest = &part[at..];
    while let Some(operator) = rest.chars().next() {
        let end = rest[1..]
            .find(['+', '-', '='])
            .map_or(rest.len(), |next| next + 1);
        clauses.push(Clause {
            who,
            unnamed,
            operator,
            what: what(&rest[1..end])?,
        });
        rest = &rest[end..];
    }
    Some(())
}

fn what(letters: &str) -> Option<What> {
    match letters {
        "u" => return Some(What::Copy(6)),
        "g" => return Some(What::Copy(3)),
        "o" => return Some(What::Copy(0)),
        _ => {}
    }
    let (mut bits, mut conditional) = (0, false);
    for letter in letters.chars() {
        match letter {
            'r' => bits |= 0o444,
            'w' => bits |= 0o222,
            'x' => bits |= 0o111,
            'X' => conditional = true,
            's' => bits |= 0o6000,
            't' => bits |= 0o1000,
            _ => return None,
        }
    }
    Some(What::Bits(bits, conditional))
}

impl Change {
    /// The mode that `mode` becomes.
    pub fn apply(&self, mode: u32, directory: bool) -> u32 {
        match self {
            // As GNU: digits leave a directory's set-uid and set-gid bits alone.
            Self::Absolute(new) if directory => new | (mode & 0o6000),
            Self::Absolute(new) => *new,
            Self::Symbolic(clauses) => clauses
                .iter()
                .fold(mode, |mode, clause| clause.apply(mode, directory)),
        }
    }
}

impl Clause {
    fn apply(&self, mode: u32, directory: bool) -> u32 {
        let wanted = match self.what {
            What::Copy(shift) => ((mode >> shift) & 7) * 0o111,
            What::Bits(bits, true) if directory || mode & 0o111 != 0 => bits | 0o111,
            What::Bits(bits, _) => bits,
        };
        let masked = if self.unnamed {
            !isobox_guest::process::umask()
        } else {
            !0
        };
        let bits = wanted & self.who & masked;
        match self.operator {
            '+' => mode | bits,
            '-' => mode & !bits,
            _ => {
                let kept = if directory { 0o6000 } else { 0 };
                let sticky = if self.who == 0o7777 || self.who & 0o1000 != 0 {
                    0
                } else {
                    mode & 0o1000
                };
                (mode & !(self.who & !kept)) | sticky | bits
            }
        }
    }
}

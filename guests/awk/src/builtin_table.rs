//! The functions of awk itself, and how many arguments each takes.

use crate::ast::Builtin;

/// The function, and the least and the most arguments.
pub fn builtin(name: &str) -> Option<(Builtin, usize, usize)> {
    Some(match name {
        "and" => (Builtin::And, 2, 99),
        "asort" => (Builtin::Asort, 1, 3),
        "asorti" => (Builtin::Asorti, 1, 3),
        "atan2" => (Builtin::Atan2, 2, 2),
        "close" => (Builtin::Close, 1, 2),
        "compl" => (Builtin::Compl, 1, 1),
        "cos" => (Builtin::Cos, 1, 1),
        "exp" => (Builtin::Exp, 1, 1),
        "fflush" => (Builtin::Fflush, 0, 1),
        "gensub" => (Builtin::Gensub, 3, 4),
        "gsub" => (Builtin::Gsub, 2, 3),
        "index" => (Builtin::Index, 2, 2),
        "int" => (Builtin::Int, 1, 1),
        "isarray" => (Builtin::Isarray, 1, 1),
        "length" => (Builtin::Length, 0, 1),
        "log" => (Builtin::Log, 1, 1),
        "lshift" => (Builtin::Lshift, 2, 2),
        "match" => (Builtin::Match, 2, 3),
        "mktime" => (Builtin::Mktime, 1, 2),
        "or" => (Builtin::Or, 2, 99),
        "patsplit" => (Builtin::Patsplit, 2, 4),
        "rand" => (Builtin::Rand, 0, 0),
        "rshift" => (Builtin::Rshift, 2, 2),
        "sin" => (Builtin::Sin, 1, 1),
        "split" => (Builtin::Split, 2, 4),
        "sprintf" => (Builtin::Sprintf, 1, 999),
        "sqrt" => (Builtin::Sqrt, 1, 1),
        "srand" => (Builtin::Srand, 0, 1),
        "strftime" => (Builtin::Strftime, 0, 3),
        "strtonum" => (Builtin::Strtonum, 1, 1),
        "sub" => (Builtin::Sub, 2, 3),
        "substr" => (Builtin::Substr, 2, 3),
        "system" => (Builtin::System, 1, 1),
        "systime" => (Builtin::Systime, 0, 0),
        "tolower" => (Builtin::Tolower, 1, 1),
        "toupper" => (Builtin::Toupper, 1, 1),
        "typeof" => (Builtin::Typeof, 1, 1),
        "xor" => (Builtin::Xor, 2, 99),
        _ => return None,
    })
}

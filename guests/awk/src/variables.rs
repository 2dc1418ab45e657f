//! awk's own variables: their numbers among the global ones.

pub const NF: usize = 0;
pub const NR: usize = 1;
pub const FNR: usize = 2;
pub const FS: usize = 3;
pub const OFS: usize = 4;
pub const ORS: usize = 5;
pub const RS: usize = 6;
pub const FILENAME: usize = 7;
pub const SUBSEP: usize = 8;
pub const RSTART: usize = 9;
pub const RLENGTH: usize = 10;
pub const CONVFMT: usize = 11;
pub const OFMT: usize = 12;
pub const ENVIRON: usize = 13;
pub const ARGC: usize = 14;
pub const ARGV: usize = 15;
pub const RT: usize = 16;
pub const IGNORECASE: usize = 17;
pub const FPAT: usize = 18;
pub const FIELDWIDTHS: usize = 19;
pub const PROCINFO: usize = 20;
pub const ERRNO: usize = 21;
/// How many they are.
pub const SPECIAL: usize = 22;

pub const SPECIAL_NAMES: [&str; SPECIAL] = [
    "NF",
    "NR",
    "FNR",
    "FS",
    "OFS",
    "ORS",
    "RS",
    "FILENAME",
    "SUBSEP",
    "RSTART",
    "RLENGTH",
    "CONVFMT",
    "OFMT",
    "ENVIRON",
    "ARGC",
    "ARGV",
    "RT",
    "IGNORECASE",
    "FPAT",
    "FIELDWIDTHS",
    "PROCINFO",
    "ERRNO",
];

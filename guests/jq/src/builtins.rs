//! What a program can call.

use crate::ast::{Native, Special};
use crate::natives as n;
use crate::parse::GLOBALS;
use crate::patterns as p;
use crate::value::Value;
use crate::{dates as d, math as m};

/// Functions written in jq.
pub const PRELUDE: &str = r#"
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type|. == "array" or . == "object");
def scalars: select(type|. != "array" and . != "object");
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def map_values(f): .[] |= f;
def recurse_down: recurse;
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries: map({(.key // .k // .name // .Name // .K // .Key | if type == "number" or type == "boolean" then tojson else . end): (if has("value") then .value else .Value end)}) | add + {} // {};
def with_entries(f): to_entries | map(f) | from_entries;
def del(f): delpaths([path(f)]);
def paths(node_filter): . as $dollar_in | paths | select(. as $p | $dollar_in | getpath($p) | node_filter);
def leaf_paths: paths(scalars);
def join($x): if length == 0 then "" else reduce .[] as $i (null; (if . == null then "" else . + $x end) + ($i | if . == null then "" elif type == "boolean" or type == "number" then tojson else . end)) end;
def flatten: _flatten(1e9);
def flatten($x): if $x < 0 then error("flatten depth must not be negative") else _flatten($x) end;
def first: .[0];
def last: .[-1];
def last(f): reduce f as $x (null; $x);
def nth($n): .[$n];
def nth($n; f): if $n < 0 then error("Out of bounds negative array index") else last(limit($n + 1; f)) end;
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def add(f): reduce f as $x (null; . + $x);
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdate: fromdateiso8601;
def date: todate;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;
def test(re; flags): _regex(re; flags; true);
def test(re): _regex_of(re; true);
def match(re; flags): _regex(re; flags; false) | .[];
def match(re): _regex_of(re; false) | .[];
def capture(re; flags): match(re; flags) | _captured;
def capture(re): match(re) | _captured;
def scan(re; flags): match(re; "g" + flags) | if (.captures | length) > 0 then [.captures[].string] else .string end;
def scan(re): scan(re; null);
def split($re; flags): . as $s | [foreach ((match($re; flags + "g") | [.offset, .length]), null) as $m ([0, null]; if $m == null then [.[0], $s[.[0]:]] else [$m[0] + $m[1], $s[.[0]:$m[0]]] end; .[1])];
def splits($re; flags): split($re; flags) | .[];
def splits($re): splits($re; null);
def ascii_downcase: explode | map(if 65 <= . and . <= 90 then . + 32 else . end) | implode;
def ascii_upcase: explode | map(if 97 <= . and . <= 122 then . - 32 else . end) | implode;
def sub(re; str; flags): . as $in | (reduce (match(re; flags), null) as $m ([[0, ""]]; if $m == null then map([0, .[1] + $in[.[0]:]]) else [.[] as $a | ($m | _captured) | str as $r | [$m.offset + $m.length, $a[1] + $in[$a[0]:$m.offset] + $r]] end)) | .[][1];
def gsub(re; str; flags): sub(re; str; flags + "g");
def sub(re; str): sub(re; str; "");
def gsub(re; str): sub(re; str; "g");
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def walk(f): . as $in | if type == "object" then reduce keys_unsorted[] as $key ({}; . + {($key): ($in[$key] | walk(f))}) | f elif type == "array" then map(walk(f)) | f else f end;
def env: $ENV;
def tostream: path(def r: (.[]?|r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f): {x: null, e: false} as $init | foreach f as $i ($init; if .e then $init else . end | if $i | length == 2 then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1]) else setpath(["e"]; $i[0] | length == 1) end; if .e then .x else empty end);
def truncate_stream(stream): . as $n | null | stream | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;
def index($i): _indices($i) | .[0];
def rindex($i): _indices($i) | .[-1:][0];
def indices($i): _indices($i);
def INDEX(stream; idx_expr): reduce stream as $row ({}; .[$row | idx_expr | tostring] |= $row);
def INDEX(idx_expr): INDEX(.[]; idx_expr);
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def pick(pathexps): . as $top | reduce path(pathexps) as $p (null; setpath($p; $top | getpath($p)));
def debug(msg): (msg | debug | empty), .;
def abs: if type == "number" and . < 0 then -. else . end;
def toarray: if type == "array" then . else [.] end;
def have_literal_numbers: true;
def halt_error: halt_error(5);
def input_line_number: 0;
def get_search_list: ["~/.jq", "$ORIGIN/../lib/jq", "$ORIGIN/lib"];
def localtime: gmtime;
def strflocaltime(f): strftime(f);
"#;

/// The functions that take filters.
const SPECIALS: &[(&str, usize, Special)] = &[
    ("empty", 0, Special::Empty),
    ("error", 0, Special::Error),
    ("error", 1, Special::Error),
    ("path", 1, Special::Path),
    ("getpath", 1, Special::GetPath),
    ("range", 1, Special::Range),
    ("range", 2, Special::Range),
    ("range", 3, Special::Range),
    ("limit", 2, Special::Limit),
    ("first", 1, Special::First),
    ("isempty", 1, Special::IsEmpty),
    ("until", 2, Special::Until),
    ("while", 2, Special::While),
    ("repeat", 1, Special::Repeat),
    ("recurse", 0, Special::Recurse),
    ("recurse", 1, Special::Recurse),
    ("recurse", 2, Special::Recurse),
    ("any", 0, Special::Any),
    ("any", 1, Special::Any),
    ("any", 2, Special::Any),
    ("all", 0, Special::All),
    ("all", 1, Special::All),
    ("all", 2, Special::All),
    ("sort_by", 1, Special::SortBy),
    ("group_by", 1, Special::GroupBy),
    ("min_by", 1, Special::MinBy),
    ("max_by", 1, Special::MaxBy),
    ("unique_by", 1, Special::UniqueBy),
    ("input", 0, Special::Input),
    ("inputs", 0, Special::Inputs),
    ("input_filename", 0, Special::InputFilename),
    ("debug", 0, Special::Debug),
    ("stderr", 0, Special::Stderr),
    ("halt", 0, Special::Halt),
    ("halt_error", 1, Special::HaltError),
    ("select", 1, Special::Select),
    ("map", 1, Special::Map),
    ("paths", 0, Special::Paths),
    ("builtins", 0, Special::Builtins),
];

/// The functions of values.
const NATIVES: &[(&str, usize, Native)] = &[
    ("not", 0, n::not),
    ("length", 0, n::length),
    ("utf8bytelength", 0, n::utf8_length),
    ("keys", 0, n::keys),
    ("keys_unsorted", 0, n::keys_unsorted),
    ("has", 1, n::has),
    ("contains", 1, n::contains),
    ("add", 0, n::add),
    ("type", 0, n::kind),
    ("tostring", 0, n::to_string),
    ("tonumber", 0, n::to_number),
    ("tojson", 0, n::to_json),
    ("fromjson", 0, n::from_json),
    ("explode", 0, n::explode),
    ("implode", 0, n::implode),
    ("split", 1, n::split),
    ("ltrimstr", 1, n::trim_start_of),
    ("rtrimstr", 1, n::trim_end_of),
    ("trim", 0, n::trim),
    ("ltrim", 0, n::trim_start),
    ("rtrim", 0, n::trim_end),
    ("startswith", 1, n::starts_with),
    ("endswith", 1, n::ends_with),
    ("sort", 0, n::sort),
    ("unique", 0, n::unique),
    ("min", 0, n::min),
    ("max", 0, n::max),
    ("reverse", 0, n::reverse),
    ("transpose", 0, n::transpose),
    ("_flatten", 1, n::flatten),
    ("_indices", 1, n::indices),
    ("setpath", 2, n::set_path),
    ("delpaths", 1, n::delete_paths),
    ("infinite", 0, n::infinite),
    ("nan", 0, n::nan),
    ("isinfinite", 0, n::is_infinite),
    ("isnan", 0, n::is_nan),
    ("isnormal", 0, n::is_normal),
    ("null", 0, n::null),
    ("true", 0, n::yes),
    ("false", 0, n::no),
    ("now", 0, d::now),
    ("gmtime", 0, d::broken_down),
    ("mktime", 0, d::seconds),
    ("strftime", 1, d::format),
    ("strptime", 1, d::parse),
    ("_regex", 3, p::regex),
    ("_regex_of", 2, p::regex_of),
    ("_captured", 0, p::captured),
    ("modulemeta", 0, n::module_meta),
];

pub fn special(name: &str, arity: usize) -> Option<Special> {
    SPECIALS
        .iter()
        .find(|(known, count, _)| *known == name && *count == arity)
        .map(|it| it.2)
}

pub fn native(name: &str, arity: usize) -> Option<Native> {
    NATIVES
        .iter()
        .chain(m::FUNCTIONS)
        .find(|(known, count, _)| *known == name && *count == arity)
        .map(|it| it.2)
}

/// The names of all functions with their numbers of arguments.
pub fn names() -> Value {
    let own = SPECIALS.iter().map(|it| (it.0, it.1));
    let natives = NATIVES.iter().chain(m::FUNCTIONS).map(|it| (it.0, it.1));
    let mut names: Vec<Value> = own
        .chain(natives)
        .filter(|(name, _)| !name.starts_with('_'))
        .map(|(name, arity)| Value::from(format!("{name}/{arity}")))
        .collect();
    GLOBALS.with_borrow(|globals| {
        names.extend(
            globals
                .names
                .iter()
                .map(|(name, arity)| Value::from(format!("{name}/{arity}"))),
        );
    });
    Value::array(names)
}

//! `--help` and `--version`.

use gnu::help::{Package, Usage};

pub const PACKAGE: Package = Package {
    name: "isobox coreutils",
    version: env!("CARGO_PKG_VERSION"),
    usages: USAGES,
};

const USAGES: &[Usage] = &[
    (
        "cut",
        "OPTION... [FILE]...\nPrint selected parts of lines from each FILE to standard output.\n\n  -b, --bytes=LIST        select only these bytes\n  -c, --characters=LIST   select only these characters, which are bytes\n  -d, --delimiter=DELIM   use DELIM instead of TAB for field delimiter\n  -f, --fields=LIST       select only these fields\n  -n                      (ignored)\n      --complement        complement the selected parts\n  -s, --only-delimited    do not print lines not containing delimiters\n      --output-delimiter=STRING  use STRING as the output delimiter\n  -z, --zero-terminated   line delimiter is NUL, not newline\n\nLIST is ranges separated by commas: N, N-, N-M or -M.",
    ),
    (
        "head",
        "[OPTION]... [FILE]...\nPrint the first 10 lines of each FILE to standard output.\n\n  -c, --bytes=[-]NUM       print the first NUM bytes, or all but the last NUM\n  -n, --lines=[-]NUM       print the first NUM lines, or all but the last NUM\n  -q, --quiet, --silent    never print headers giving file names\n  -v, --verbose            always print headers giving file names\n  -z, --zero-terminated    line delimiter is NUL, not newline",
    ),
    (
        "tail",
        "[OPTION]... [FILE]...\nPrint the last 10 lines of each FILE to standard output.\n\n  -c, --bytes=[+]NUM       output the last NUM bytes, or from byte NUM on\n  -n, --lines=[+]NUM       output the last NUM lines, or from line NUM on\n  -q, --quiet, --silent    never output headers giving file names\n  -v, --verbose            always output headers giving file names\n  -z, --zero-terminated    line delimiter is NUL, not newline\n  -f, -F, --follow, --retry, -s, --pid   read, but files are read to their end and no further",
    ),
    (
        "tr",
        "[OPTION]... STRING1 [STRING2]\nTranslate, squeeze, and/or delete characters from standard input,\nwriting to standard output.\n\n  -c, -C, --complement    use the complement of STRING1\n  -d, --delete            delete characters in STRING1, do not translate\n  -s, --squeeze-repeats   replace each sequence of a repeated character of the last STRING by one\n  -t, --truncate-set1     first truncate STRING1 to length of STRING2",
    ),
    (
        "uniq",
        "[OPTION]... [INPUT [OUTPUT]]\nFilter adjacent matching lines from INPUT (or standard input),\nwriting to OUTPUT (or standard output).\n\n  -c, --count           prefix lines by the number of occurrences\n  -d, --repeated        only print duplicate lines, one for each group\n  -D                    print all duplicate lines\n      --all-repeated[=METHOD]  like -D, but allow separating groups: none, prepend, separate\n  -f, --skip-fields=N   avoid comparing the first N fields\n      --group[=METHOD]  show all items, separating groups: separate, prepend, append, both\n  -i, --ignore-case     ignore differences in case when comparing\n  -s, --skip-chars=N    avoid comparing the first N characters\n  -u, --unique          only print unique lines\n  -z, --zero-terminated line delimiter is NUL, not newline\n  -w, --check-chars=N   compare no more than N characters in lines",
    ),
    (
        "wc",
        "[OPTION]... [FILE]...\n  or:  wc [OPTION]... --files0-from=F\nPrint newline, word, and byte counts for each FILE, and a total line if\nmore than one FILE is specified.\n\n  -c, --bytes            print the byte counts\n  -m, --chars            print the character counts\n  -l, --lines            print the newline counts\n      --files0-from=F    read names that end in NUL from F\n  -L, --max-line-length  print the maximum display width\n  -w, --words            print the word counts",
    ),
];

//! The options of `ls`, reduced to what listing needs.

use crate::size::Scale;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::quote::{Style, in_prose};
use isobox_guest::Arguments;
use std::cell::Cell;
use std::io::IsTerminal as _;

use Takes::{Maybe, Nothing, Value};

/// The layout of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Long,
    OneAColumn,
    Columns,
    Across,
    Commas,
}

/// What the entries of a directory are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    Name,
    Nothing,
    Size,
    Time,
    Extension,
    Version,
    Width,
}

/// Which of a file's times counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Modified,
    Accessed,
    Changed,
}

/// What is appended to a name to show its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indicator {
    Nothing,
    Slash,
    FileType,
    Classify,
}

/// Which symbolic links on the command line are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    Never,
    Directories,
    Arguments,
    Always,
}

/// Everything the command line decides.
pub struct Options {
    pub layout: Layout,
    pub sort: SortBy,
    pub which: Which,
    pub indicator: Indicator,
    pub follow: Follow,
    pub quoting: Style,
    pub hidden: Hidden,
    pub reverse: bool,
    pub recursive: bool,
    pub directory: bool,
    pub inode: bool,
    pub blocks: bool,
    pub owner: bool,
    pub group: bool,
    pub author: bool,
    pub numeric: bool,
    pub directories_first: bool,
    pub color: bool,
    /// Whether a colour was shown yet: GNU resets the terminal before the first.
    pub colored_any: Cell<bool>,
    pub hide_control: bool,
    /// The end of a line: a newline, or with `--zero` a zero byte.
    pub line_end: char,
    /// The scale of sizes in long lines.
    pub size: Scale,
    /// The scale of `-s` and of totals.
    pub block: Scale,
    pub width: usize,
    /// `strftime` formats of a recent time and of another.
    pub time_recent: String,
    pub time_old: String,
    pub ignore: Vec<String>,
    pub hide: Vec<String>,
}

/// Which names beginning with a dot are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    Left,
    Shown,
    ShownWithDots,
}

static SPECS: &[Spec] = &[
    Spec("a", "all", Nothing),
    Spec("A", "almost-all", Nothing),
    Spec("", "author", Nothing),
    Spec("b", "escape", Nothing),
    Spec("", "block-size", Value),
    Spec("B", "ignore-backups", Nothing),
    Spec("c", "", Nothing),
    Spec("C", "", Nothing),
    Spec("", "color", Maybe),
    Spec("d", "directory", Nothing),
    Spec("D", "dired", Nothing),
    Spec("f", "", Nothing),
    Spec("F", "classify", Maybe),
    Spec("", "file-type", Nothing),
    Spec("", "format", Value),
    Spec("", "full-time", Nothing),
    Spec("g", "", Nothing),
    Spec("", "group-directories-first", Nothing),
    Spec("G", "no-group", Nothing),
    Spec("h", "human-readable", Nothing),
    Spec("", "si", Nothing),
    Spec("H", "dereference-command-line", Nothing),
    Spec("", "dereference-command-line-symlink-to-dir", Nothing),
    Spec("", "hide", Value),
    Spec("", "hyperlink", Maybe),
    Spec("", "indicator-style", Value),
    Spec("i", "inode", Nothing),
    Spec("I", "ignore", Value),
    Spec("k", "kibibytes", Nothing),
    Spec("l", "", Nothing),
    Spec("L", "dereference", Nothing),
    Spec("m", "", Nothing),
    Spec("n", "numeric-uid-gid", Nothing),
    Spec("N", "literal", Nothing),
    Spec("o", "", Nothing),
    Spec("p", "", Nothing),
    Spec("q", "hide-control-chars", Nothing),
    Spec("", "show-control-chars", Nothing),
    Spec("Q", "quote-name", Nothing),
    Spec("", "quoting-style", Value),
    Spec("r", "reverse", Nothing),
    Spec("R", "recursive", Nothing),
    Spec("s", "size", Nothing),
    Spec("S", "", Nothing),
    Spec("", "sort", Value),
    Spec("t", "", Nothing),
    Spec("", "time", Value),
    Spec("", "time-style", Value),
    Spec("T", "tabsize", Value),
    Spec("u", "", Nothing),
    Spec("U", "", Nothing),
    Spec("v", "", Nothing),
    Spec("w", "width", Value),
    Spec("x", "", Nothing),
    Spec("X", "", Nothing),
    Spec("Z", "context", Nothing),
    Spec("1", "", Nothing),
    Spec("", "zero", Nothing),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

const DEFAULT_WIDTH: usize = 80;

/// The options and the operands, or the status to end with.
pub fn read(command: &str, arguments: Arguments) -> Result<(Options, Vec<String>), i32> {
    let words = gnu::words(arguments);
    let parsed = parse(command, words, SPECS, Order::Permute).ok_or(2)?;
    if let Some(status) = crate::help::PACKAGE.answered(command, &parsed) {
        return Err(status);
    }
    let options = Options::of(command, &parsed).map_err(|message| {
        eprintln!("{command}: {message}");
        2
    })?;
    Ok((options, parsed.operands))
}

impl Options {
    /// Without options: a column a name unless for a terminal, in the order of the names' bytes.
    fn start(command: &str) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let (layout, quoting) = match command {
            "dir" => (Layout::Columns, Style::Escape),
            "vdir" => (Layout::Long, Style::Escape),
            _ if terminal => (Layout::Columns, Style::ShellEscape),
            _ => (Layout::OneAColumn, Style::Literal),
        };
        let width = std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok());
        Self {
            layout,
            sort: SortBy::Name,
            which: Which::Modified,
            indicator: Indicator::Nothing,
            follow: Follow::Directories,
            quoting,
            hidden: Hidden::Left,
            reverse: false,
            recursive: false,
            directory: false,
            inode: false,
            blocks: false,
            owner: true,
            group: true,
            author: false,
            numeric: false,
            directories_first: false,
            color: false,
            colored_any: Cell::new(false),
            hide_control: terminal && command == "ls",
            line_end: '\n',
            size: Scale::Blocks(1),
            block: Scale::Blocks(1024),
            width: width.unwrap_or(DEFAULT_WIDTH),
            time_recent: "%b %e %H:%M".to_owned(),
            time_old: "%b %e  %Y".to_owned(),
            ignore: Vec::new(),
            hide: Vec::new(),
        }
    }

    fn of(command: &str, parsed: &Parsed) -> Result<Self, String> {
        let mut options = Self::start(command);
        for (key, value) in &parsed.options {
            options.apply(key, value.as_deref())?;
        }
        options.settle(parsed);
        Ok(options)
    }

    fn apply(&mut self, key: &str, value: Option<&str>) -> Result<(), String> {
        match key {
            "all" => self.hidden = Hidden::ShownWithDots,
            "almost-all" => self.hidden = Hidden::Shown,
            "author" => self.author = true,
            "ignore-backups" => self.ignore.push("*~".to_owned()),
            "directory" => self.directory = true,
            "f" => (self.hidden, self.sort) = (Hidden::ShownWithDots, SortBy::Nothing),
            "full-time" => {
                self.layout = Layout::Long;
                self.time_style("full-iso")?;
            }
            "group-directories-first" => self.directories_first = true,
            "no-group" => self.group = false,
            "hide" => self.hide.extend(value.map(str::to_owned)),
            "ignore" => self.ignore.extend(value.map(str::to_owned)),
            "inode" => self.inode = true,
            "size" => self.blocks = true,
            "reverse" => self.reverse = true,
            "recursive" => self.recursive = true,
            "hide-control-chars" => self.hide_control = true,
            "show-control-chars" => self.hide_control = false,
            "zero" => self.zero(),
            "width" => self.width = number(value, "line width")?,
            "time-style" => self.time_style(value.unwrap_or_default())?,
            "color" => self.color = when("color", value)?,
            "human-readable" => (self.size, self.block) = (Scale::Human, Scale::Human),
            "si" => (self.size, self.block) = (Scale::Si, Scale::Si),
            "kibibytes" => self.block = Scale::Blocks(1024),
            "block-size" => {
                let scale = value.and_then(Scale::named);
                let scale = scale.ok_or_else(|| {
                    format!(
                        "invalid --block-size argument '{}'",
                        value.unwrap_or_default()
                    )
                })?;
                (self.size, self.block) = (scale, scale);
            }
            _ => return self.apply_layout(key, value),
        }
        Ok(())
    }

    fn apply_layout(&mut self, key: &str, value: Option<&str>) -> Result<(), String> {
        match key {
            "l" => self.layout = Layout::Long,
            "g" => (self.layout, self.owner) = (Layout::Long, false),
            "o" => (self.layout, self.group) = (Layout::Long, false),
            "numeric-uid-gid" => (self.layout, self.numeric) = (Layout::Long, true),
            // As GNU: -1 doesn't undo -l.
            "1" if self.layout == Layout::Long => {}
            "1" => self.layout = Layout::OneAColumn,
            "C" => self.layout = Layout::Columns,
            "x" => self.layout = Layout::Across,
            "m" => self.layout = Layout::Commas,
            "format" => {
                self.layout = match value.unwrap_or_default() {
                    "long" | "verbose" => Layout::Long,
                    "single-column" => Layout::OneAColumn,
                    "vertical" => Layout::Columns,
                    "across" | "horizontal" => Layout::Across,
                    "commas" => Layout::Commas,
                    other => return Err(invalid(other, "--format")),
                }
            }
            _ => return self.apply_order(key, value),
        }
        Ok(())
    }

    fn apply_order(&mut self, key: &str, value: Option<&str>) -> Result<(), String> {
        match key {
            "S" => self.sort = SortBy::Size,
            "t" => self.sort = SortBy::Time,
            "U" => self.sort = SortBy::Nothing,
            "v" => self.sort = SortBy::Version,
            "X" => self.sort = SortBy::Extension,
            "c" => self.which = Which::Changed,
            "u" => self.which = Which::Accessed,
            "sort" => {
                self.sort = match value.unwrap_or_default() {
                    "none" => SortBy::Nothing,
                    "size" => SortBy::Size,
                    "time" => SortBy::Time,
                    "version" => SortBy::Version,
                    "extension" => SortBy::Extension,
                    "name" => SortBy::Name,
                    "width" => SortBy::Width,
                    other => return Err(invalid(other, "--sort")),
                }
            }
            "time" => {
                self.which = match value.unwrap_or_default() {
                    "atime" | "access" | "use" => Which::Accessed,
                    "ctime" | "status" | "birth" | "creation" => Which::Changed,
                    "mtime" | "modification" => Which::Modified,
                    other => return Err(invalid(other, "--time")),
                }
            }
            _ => return self.apply_names(key, value),
        }
        Ok(())
    }

    fn apply_names(&mut self, key: &str, value: Option<&str>) -> Result<(), String> {
        match key {
            "classify" if when("classify", value)? => self.indicator = Indicator::Classify,
            "file-type" => self.indicator = Indicator::FileType,
            "p" => self.indicator = Indicator::Slash,
            "indicator-style" => {
                self.indicator = match value.unwrap_or_default() {
                    "none" => Indicator::Nothing,
                    "slash" => Indicator::Slash,
                    "file-type" => Indicator::FileType,
                    "classify" => Indicator::Classify,
                    other => return Err(invalid(other, "--indicator-style")),
                }
            }
            "escape" => self.quoting = Style::Escape,
            "literal" => self.quoting = Style::Literal,
            "quote-name" => self.quoting = Style::C,
            "quoting-style" => {
                let word = value.unwrap_or_default();
                self.quoting =
                    Style::named(word).ok_or_else(|| invalid(word, "--quoting-style"))?;
            }
            "dereference" => self.follow = Follow::Always,
            "dereference-command-line" => self.follow = Follow::Arguments,
            "dereference-command-line-symlink-to-dir" => self.follow = Follow::Directories,
            // Security contexts, links for terminals, dired's offsets and tabs: nothing to show here.
            _ => {}
        }
        Ok(())
    }

    fn zero(&mut self) {
        (self.line_end, self.quoting, self.hide_control) = ('\0', Style::Literal, false);
        if self.layout != Layout::Long {
            self.layout = Layout::OneAColumn;
        }
    }

    fn time_style(&mut self, word: &str) -> Result<(), String> {
        let (recent, old) = match word.strip_prefix("posix-").unwrap_or(word) {
            "full-iso" => ("%Y-%m-%d %H:%M:%S.%N %z", "%Y-%m-%d %H:%M:%S.%N %z"),
            "long-iso" => ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M"),
            "iso" => ("%m-%d %H:%M", "%Y-%m-%d "),
            "locale" => ("%b %e %H:%M", "%b %e  %Y"),
            custom => match custom.strip_prefix('+') {
                Some(format) => format
                    .split_once('\n')
                    .map_or((format, format), |(old, recent)| (recent, old)),
                None => return Err(invalid(word, "--time-style")),
            },
        };
        (self.time_recent, self.time_old) = (recent.to_owned(), old.to_owned());
        Ok(())
    }

    /// What follows from options together.
    fn settle(&mut self, parsed: &Parsed) {
        let ordered = ["S", "t", "U", "v", "X", "sort", "f"]
            .iter()
            .any(|key| parsed.has(key));
        // -c and -u alone also order by that time, unless the times are shown.
        if self.which != Which::Modified && !ordered && self.layout != Layout::Long {
            self.sort = SortBy::Time;
        }
        let follows = [
            "dereference",
            "dereference-command-line",
            "dereference-command-line-symlink-to-dir",
        ];
        let explicit = follows.iter().any(|key| parsed.has(key));
        if !explicit
            && (self.layout == Layout::Long
                || self.directory
                || self.indicator == Indicator::Classify)
        {
            self.follow = Follow::Never;
        }
    }
}

/// `always`, `never` or `auto`, which here is whether standard output is a terminal.
fn when(option: &str, value: Option<&str>) -> Result<bool, String> {
    match value.unwrap_or("always") {
        "always" | "yes" | "force" => Ok(true),
        "never" | "no" | "none" => Ok(false),
        "auto" | "tty" | "if-tty" => Ok(std::io::stdout().is_terminal()),
        other => Err(invalid(other, &format!("--{option}"))),
    }
}

fn invalid(word: &str, option: &str) -> String {
    let valid: &[&str] = match option {
        "--color" | "--classify" | "--hyperlink" => {
            &["always yes force", "never no none", "auto tty if-tty"]
        }
        "--sort" => &["none", "time", "size", "extension", "version", "width"],
        "--time" => &["atime access use", "ctime status", "birth creation"],
        "--format" => &[
            "verbose long",
            "commas",
            "horizontal across",
            "vertical",
            "single-column",
        ],
        "--quoting-style" => &[
            "literal",
            "shell",
            "shell-always",
            "shell-escape",
            "shell-escape-always",
            "c",
            "c-maybe",
            "escape",
            "locale",
            "clocale",
        ],
        "--indicator-style" => &["none", "slash", "file-type", "classify"],
        _ => &[],
    };
    let mut text = format!(
        "invalid argument {} for {}",
        in_prose(word),
        in_prose(option)
    );
    if !valid.is_empty() {
        text.push_str("\nValid arguments are:");
    }
    for names in valid {
        let names: Vec<String> = names.split(' ').map(in_prose).collect();
        text.push_str(&format!("\n  - {}", names.join(", ")));
    }
    text + "\nTry 'ls --help' for more information."
}

fn number(value: Option<&str>, what: &str) -> Result<usize, String> {
    let word = value.unwrap_or_default();
    word.parse()
        .map_err(|_| format!("invalid {what}: {}", in_prose(word)))
}

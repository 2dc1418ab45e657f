//! The command line: one table of options, curl's words for what is wrong.

use std::time::Duration;

/// What is to be done.
#[derive(Default)]
pub struct Options {
    pub urls: Vec<String>,
    /// Where the addresses' bodies go, in their order.
    pub outputs: Vec<Output>,
    pub data: Vec<Data>,
    pub headers: Vec<String>,
    pub method: Option<String>,
    pub user: Option<String>,
    pub agent: Option<String>,
    pub referer: Option<String>,
    pub cookie: Option<String>,
    pub write_out: Option<String>,
    pub time_max: Option<Duration>,
    pub redirects_max: Option<usize>,
    pub is_silent: bool,
    pub shows_errors: bool,
    pub follows: bool,
    pub is_head: bool,
    pub shows_headers: bool,
    pub fails: bool,
    pub fails_with_body: bool,
    /// Data goes into the address.
    pub is_get: bool,
    pub is_json: bool,
    pub shows_version: bool,
}

/// Where a body goes.
pub enum Output {
    File(String),
    /// The address's last part names the file.
    Remote,
}

/// A piece of what is sent.
pub enum Data {
    /// `-d`: a file's lines are joined.
    Text(String),
    /// `--data-raw`: an `@` is nothing special.
    Raw(String),
    /// `--data-binary`: a file as it is.
    Binary(String),
    /// `--data-urlencode`.
    Encoded(String),
}

/// A letter or none, the long name, what it does.
struct Spec(Option<char>, &'static str, Effect);

/// What an option does: without a value, with any, with one that has to be right.
enum Effect {
    Flag(fn(&mut Options)),
    Set(fn(&mut Options, String)),
    Value(fn(&mut Options, String) -> Result<(), &'static str>),
}

use Effect::{Flag, Set, Value};

const NO_NUMBER: &str = "expected a proper numerical parameter";

/// Options that say how to connect, on a network that has only one way, do nothing.
const SPECS: &[Spec] = &[
    Spec(Some('s'), "silent", Flag(|o| o.is_silent = true)),
    Spec(Some('S'), "show-error", Flag(|o| o.shows_errors = true)),
    Spec(Some('L'), "location", Flag(|o| o.follows = true)),
    Spec(Some('I'), "head", Flag(|o| o.is_head = true)),
    Spec(Some('i'), "include", Flag(|o| o.shows_headers = true)),
    Spec(Some('f'), "fail", Flag(|o| o.fails = true)),
    Spec(None, "fail-with-body", Flag(|o| o.fails_with_body = true)),
    Spec(Some('G'), "get", Flag(|o| o.is_get = true)),
    Spec(
        Some('O'),
        "remote-name",
        Flag(|o| o.outputs.push(Output::Remote)),
    ),
    Spec(Some('V'), "version", Flag(|o| o.shows_version = true)),
    Spec(Some('k'), "insecure", Flag(|_| ())),
    Spec(Some('g'), "globoff", Flag(|_| ())),
    Spec(Some('N'), "no-buffer", Flag(|_| ())),
    Spec(Some('4'), "ipv4", Flag(|_| ())),
    Spec(Some('6'), "ipv6", Flag(|_| ())),
    Spec(None, "http1.1", Flag(|_| ())),
    Spec(
        None,
        "no-progress-meter",
        Flag(|o| (o.is_silent, o.shows_errors) = (true, true)),
    ),
    Spec(None, "url", Set(|o, url| o.urls.push(url))),
    Spec(
        Some('o'),
        "output",
        Set(|o, file| o.outputs.push(Output::File(file))),
    ),
    Spec(
        Some('d'),
        "data",
        Set(|o, text| o.data.push(Data::Text(text))),
    ),
    Spec(
        None,
        "data-ascii",
        Set(|o, text| o.data.push(Data::Text(text))),
    ),
    Spec(
        None,
        "data-raw",
        Set(|o, text| o.data.push(Data::Raw(text))),
    ),
    Spec(
        None,
        "data-binary",
        Set(|o, text| o.data.push(Data::Binary(text))),
    ),
    Spec(
        None,
        "data-urlencode",
        Set(|o, text| o.data.push(Data::Encoded(text))),
    ),
    Spec(
        None,
        "json",
        Set(|o, text| {
            o.is_json = true;
            o.data.push(Data::Binary(text));
        }),
    ),
    Spec(
        Some('X'),
        "request",
        Set(|o, method| o.method = Some(method)),
    ),
    Spec(Some('H'), "header", Set(|o, header| o.headers.push(header))),
    Spec(Some('u'), "user", Set(|o, user| o.user = Some(user))),
    Spec(
        Some('A'),
        "user-agent",
        Set(|o, agent| o.agent = Some(agent)),
    ),
    Spec(
        Some('e'),
        "referer",
        Set(|o, referer| o.referer = Some(referer)),
    ),
    Spec(
        Some('b'),
        "cookie",
        Set(|o, cookie| o.cookie = Some(cookie)),
    ),
    Spec(
        Some('w'),
        "write-out",
        Set(|o, format| o.write_out = Some(format)),
    ),
    Spec(
        Some('m'),
        "max-time",
        Value(|o, text| {
            o.time_max = Some(seconds(&text)?);
            Ok(())
        }),
    ),
    Spec(
        None,
        "connect-timeout",
        Value(|o, text| {
            let limit = seconds(&text)?;
            o.time_max = Some(o.time_max.map_or(limit, |known| known.min(limit)));
            Ok(())
        }),
    ),
    Spec(
        None,
        "max-redirs",
        Value(|o, text| {
            let number: i64 = text.parse().map_err(|_| NO_NUMBER)?;
            o.redirects_max = Some(usize::try_from(number).unwrap_or(usize::MAX));
            Ok(())
        }),
    ),
];

/// Reads the words after the command's name.
///
/// # Errors
/// What curl says, without its name; nothing when it only says where to read.
pub fn read(words: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut words = words.iter();
    let mut is_over = false;
    while let Some(word) = words.next() {
        if is_over || !word.starts_with('-') || word == "-" {
            options.urls.push(word.clone());
        } else if word == "--" {
            is_over = true;
        } else if let Some(name) = word.strip_prefix("--") {
            let spec = SPECS.iter().find(|spec| spec.1 == name);
            apply(&mut options, spec, word, || words.next().cloned())?;
        } else {
            read_letters(&mut options, &word[1..], &mut words)?;
        }
    }
    if options.urls.is_empty() && !options.shows_version {
        return Err(String::new());
    }
    Ok(options)
}

/// Letters in one word; the first that takes a value has the rest of it.
fn read_letters<'a>(
    options: &mut Options,
    letters: &str,
    words: &mut impl Iterator<Item = &'a String>,
) -> Result<(), String> {
    for (at, letter) in letters.char_indices() {
        let spec = SPECS.iter().find(|spec| spec.0 == Some(letter));
        let rest = &letters[at + letter.len_utf8()..];
        let name = format!("-{letter}");
        let takes_rest = spec.is_some_and(|spec| !matches!(spec.2, Flag(_)));
        apply(options, spec, &name, || match rest {
            "" => words.next().cloned(),
            rest => Some(rest.to_owned()),
        })?;
        if takes_rest {
            break;
        }
    }
    Ok(())
}

fn apply(
    options: &mut Options,
    spec: Option<&Spec>,
    name: &str,
    next: impl FnOnce() -> Option<String>,
) -> Result<(), String> {
    let wrong = |words: &str| format!("option {name}: {words}");
    let effect = &spec.ok_or_else(|| wrong("is unknown"))?.2;
    if let Flag(set) = effect {
        set(options);
        return Ok(());
    }
    let value = next().ok_or_else(|| wrong("requires parameter"))?;
    match effect {
        Set(set) => set(options, value),
        Value(set) => set(options, value).map_err(wrong)?,
        Flag(_) => {}
    }
    Ok(())
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds: f64 = text.parse().map_err(|_| NO_NUMBER)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| NO_NUMBER)
}

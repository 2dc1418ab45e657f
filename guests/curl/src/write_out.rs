//! `-w`: facts about a transfer in a format of the user's.

use std::io::Write;

use isobox_guest::http::Followed;
use isobox_guest::http::url::Url;

use crate::transfer::Ended;

/// Prints the format with its variables filled in.
pub fn print(
    format: &str,
    asked: &str,
    followed: Option<&Followed>,
    ended: &Ended,
    file: Option<&str>,
) {
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find(['%', '\\']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (piece, length) = match variable(rest) {
            Some(name) => {
                let value = value(name, asked, followed, ended, file);
                if value.is_none() {
                    eprintln!("curl: unknown --write-out variable: '{name}'");
                }
                (value.unwrap_or_default(), name.len() + 3)
            }
            None => escaped(rest),
        };
        text.push_str(&piece);
        rest = &rest[length..];
    }
    text.push_str(rest);
    let mut stdout = std::io::stdout();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

/// The name in `%{name}`.
fn variable(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("%{")?;
    inner.find('}').map(|end| &inner[..end])
}

/// What a percent sign or a backslash and the letter behind it mean, and how many bytes that is.
fn escaped(text: &str) -> (String, usize) {
    let mut letters = text.chars();
    let first = letters.next().unwrap_or_default();
    let Some(second) = letters.next() else {
        return (first.to_string(), 1);
    };
    let length = 1 + second.len_utf8();
    let meant = match (first, second) {
        ('%', '%') => "%".to_owned(),
        ('\\', 'n') => "\n".to_owned(),
        ('\\', 't') => "\t".to_owned(),
        ('\\', 'r') => "\r".to_owned(),
        (first, '%' | '\\') => return (first.to_string(), 1),
        (first, second) => format!("{first}{second}"),
    };
    (meant, length)
}

fn value(
    name: &str,
    asked: &str,
    followed: Option<&Followed>,
    ended: &Ended,
    file: Option<&str>,
) -> Option<String> {
    let response = followed.map(|followed| &followed.response);
    let header = |name: &str| response.and_then(|response| response.headers.get(name));
    let number = |value: Option<u64>| value.unwrap_or(0).to_string();
    let received = response.map(|response| response.body.len() as u64);
    Some(match name {
        "http_code" | "response_code" => {
            format!("{:03}", response.map_or(0, |response| response.status))
        }
        "content_type" => header("content-type").unwrap_or_default().to_owned(),
        "redirect_url" => redirect_url(followed).unwrap_or_default(),
        "num_redirects" => number(followed.map(|followed| followed.redirects.len() as u64)),
        "url" => asked.to_owned(),
        "url_effective" => followed.map_or(asked, |followed| &followed.url).to_owned(),
        "size_download" => number(received),
        "speed_download" => {
            let ns = ended.elapsed.as_nanos().max(1);
            let speed = u128::from(received.unwrap_or(0)) * 1_000_000_000 / ns;
            speed.to_string()
        }
        "time_total" => format!("{:.6}", ended.elapsed.as_secs_f64()),
        "scheme" => Url::parse(asked)?.scheme.to_ascii_uppercase(),
        "http_version" => if response.is_some() { "1.1" } else { "0" }.to_owned(),
        "filename_effective" => file.unwrap_or_default().to_owned(),
        "exitcode" => ended.status.to_string(),
        "errormsg" => ended.words.clone(),
        _ => return None,
    })
}

/// Where the last response redirects to, which was not followed.
fn redirect_url(followed: Option<&Followed>) -> Option<String> {
    let followed = followed?;
    let location = followed.response.headers.get("location")?;
    let to = Url::parse(&followed.url)?.join(location)?;
    Some(to.to_string())
}

//! A mail with a patch: who, when, what is said, and the patch.

/// The mails of a mailbox, or the one that a text is.
pub fn split(text: &[u8]) -> Vec<Vec<u8>> {
    let is_start = |line: &[u8]| {
        line.starts_with(b"From ")
            && line.ends_with(b"\n")
            && line.len() > 20
            && line.contains(&b':')
    };
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let mut looks_like_mail = false;
    for line in crate::diff::split(text) {
        if is_start(line) || mails.is_empty() {
            if mails.is_empty() && line.trim_ascii().is_empty() {
                continue;
            }
            looks_like_mail |= is_start(line)
                || line.starts_with(b"From: ")
                || line.starts_with(b"Subject: ")
                || line.starts_with(b"Date: ");
            mails.push(Vec::new());
        }
        if let Some(mail) = mails.last_mut() {
            mail.extend_from_slice(line);
        }
    }
    if looks_like_mail { mails } else { Vec::new() }
}

/// One mail.
#[derive(Default)]
pub struct Mail {
    pub name: String,
    pub email: String,
    pub date: String,
    pub subject: String,
    body: String,
    pub patch: Vec<u8>,
}

impl Mail {
    /// Reads it; `keep` leaves `[PATCH]` in the subject.
    pub fn read(bytes: &[u8], keep: bool) -> Mail {
        let mut mail = Mail::default();
        let lines = crate::diff::split(bytes);
        let blank = lines
            .iter()
            .position(|line| line.trim_ascii().is_empty())
            .unwrap_or(lines.len());
        for header in unfolded(&lines[..blank]) {
            let Some((name, value)) = header.split_once(": ") else {
                continue;
            };
            let value = decoded(value);
            match name.to_ascii_lowercase().as_str() {
                "from" => mail.author(&value),
                "date" => mail.date = value,
                "subject" => mail.subject = if keep { value } else { tidy(&value) },
                _ => {}
            }
        }
        let rest = &lines[(blank + 1).min(lines.len())..];
        let starts_patch = |line: &[u8]| {
            line.starts_with(b"---\n")
                || line.starts_with(b"--- ")
                || line.starts_with(b"diff -")
                || line.starts_with(b"Index: ")
        };
        let cut = rest
            .iter()
            .position(|line| starts_patch(line))
            .unwrap_or(rest.len());
        let mut body = String::from_utf8_lossy(&rest[..cut].concat()).into_owned();
        if let Some(inner) = body.strip_prefix("From: ")
            && let Some((who, after)) = inner.split_once('\n')
        {
            mail.author(who);
            body = after.to_owned();
        }
        mail.body = body;
        mail.patch = rest[cut..].concat();
        if let Some(end) = memchr::memmem::rfind(&mail.patch, b"\n-- \n") {
            mail.patch.truncate(end + 1);
        }
        mail
    }

    fn author(&mut self, value: &str) {
        let Some((name, email)) = value.rsplit_once('<') else {
            (self.name, self.email) = (value.trim().to_owned(), value.trim().to_owned());
            return;
        };
        self.name = name.trim().trim_matches('"').replace("\\\"", "\"");
        self.email = email.trim_end().trim_end_matches('>').to_owned();
    }

    /// The message of its commit.
    pub fn message(&self) -> String {
        let text = format!("{}\n\n{}", self.subject, self.body);
        crate::commands::message::strip(&text, false)
    }
}

fn unfolded(lines: &[&[u8]]) -> Vec<String> {
    let mut headers: Vec<String> = Vec::new();
    for line in lines {
        let text = String::from_utf8_lossy(line).trim_end().to_owned();
        match headers.last_mut() {
            Some(last) if text.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(text.trim_start());
            }
            _ => headers.push(text),
        }
    }
    headers
}

fn tidy(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        if let Some(inner) = rest.strip_prefix('[')
            && let Some((_, after)) = inner.split_once(']')
        {
            rest = after.trim_start();
        } else if rest
            .get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case("re:"))
        {
            rest = rest[3..].trim_start();
        } else {
            return rest.to_owned();
        }
    }
}

/// `=?UTF-8?q?…?=` as text.
fn decoded(value: &str) -> String {
    let mut out = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        let parts: Vec<&str> = rest[start + 2..].splitn(3, '?').collect();
        let [_, kind, tail] = parts[..] else { break };
        let Some(end) = tail.find("?=").filter(|_| kind.eq_ignore_ascii_case("q")) else {
            break;
        };
        if !rest[..start].trim().is_empty() || out.is_empty() {
            out.extend(rest[..start].bytes());
        }
        let mut letters = tail[..end].bytes();
        while let Some(byte) = letters.next() {
            match byte {
                b'_' => out.push(b' '),
                b'=' => {
                    let digits = [
                        letters.next().unwrap_or(b'0'),
                        letters.next().unwrap_or(b'0'),
                    ];
                    let text = std::str::from_utf8(&digits).unwrap_or("3f");
                    out.push(u8::from_str_radix(text, 16).unwrap_or(b'?'));
                }
                byte => out.push(byte),
            }
        }
        rest = &tail[end + 2..];
    }
    out.extend(rest.bytes());
    String::from_utf8_lossy(&out).into_owned()
}

//! The processes of the machine, as `/proc` tells them.

use std::fs;

/// What is known of one process.
#[derive(Clone, Debug, Default)]
pub struct Process {
    pub pid: u32,
    pub parent: u32,
    pub group: u32,
    pub session: u32,
    pub uid: u32,
    /// `R`, `S`, `Z`, …
    pub state: char,
    /// The short name: at most 15 bytes.
    pub name: String,
    /// The words of its command line; none for a zombie.
    pub words: Vec<String>,
    /// Time used, in hundredths of a second.
    pub ticks: u64,
    /// When it began, in hundredths of a second since the machine did.
    pub begun_ticks: u64,
    /// Bytes of memory.
    pub memory_bytes: u64,
}

impl Process {
    /// The command line, or the name in brackets where there is none.
    pub fn command_line(&self) -> String {
        match (self.words.is_empty(), self.state) {
            (true, 'Z') => format!("[{}] <defunct>", self.name),
            (true, _) => format!("[{}]", self.name),
            _ => self.words.join(" "),
        }
    }

    /// The name, marked when the process is one only by name.
    pub fn command_name(&self) -> String {
        match self.state {
            'Z' => format!("{} <defunct>", self.name),
            _ => self.name.clone(),
        }
    }
}

/// All processes, by number.
pub fn read() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut pids: Vec<u32> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    pids.sort_unstable();
    pids.into_iter().filter_map(process).collect()
}

/// Hundredths of a second since the machine began.
pub fn uptime_ticks() -> u64 {
    let text = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let first = text.split_whitespace().next().unwrap_or("0");
    first.replace('.', "").parse().unwrap_or(0)
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in parentheses and may hold any of them.
    let (open, close) = (stat.find('(')?, stat.rfind(')')?);
    let fields: Vec<&str> = stat[close + 1..].split_whitespace().collect();
    let number = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<u64>().ok())
    };
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    Some(Process {
        pid,
        parent: number(1)? as u32,
        group: number(2)? as u32,
        session: number(3)? as u32,
        uid: uid(pid),
        state: fields.first()?.chars().next()?,
        name: stat[open + 1..close].to_owned(),
        words: words
            .split(|byte| *byte == 0)
            .filter(|word| !word.is_empty())
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect(),
        ticks: number(11).unwrap_or(0) + number(12).unwrap_or(0),
        begun_ticks: number(19).unwrap_or(0),
        memory_bytes: number(20).unwrap_or(0),
    })
}

fn uid(pid: u32) -> u32 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    line.and_then(|ids| ids.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

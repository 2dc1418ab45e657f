//! A machine at which an agent's tools are called.

use isobox::{Command, Contract, Network, Outcome, Session, Unmatched};
use serde_json::Value;

use crate::common;

/// Where the tools are, beside the commands.
const TOOLS: &str = "/usr/lib/isobox/tools";

/// Where the agent works.
pub const HOME: &str = "/home/user";

pub struct Desk(pub Session);

impl Desk {
    pub fn new() -> Desk {
        Desk(machine(Network::Deny))
    }

    /// A desk with a network of recorded answers.
    pub fn online(recorded: &str, unmatched: Unmatched) -> Desk {
        let network = Network::from_json_lines(recorded, unmatched).expect("they can be used");
        Desk(machine(network))
    }

    /// The same with a file; its directories are made.
    pub fn with(mut self, path: &str, content: impl AsRef<[u8]>) -> Desk {
        let path = absolute(path);
        let directory = path.rsplit_once('/').expect("it is absolute").0;
        self.0.make_directories(directory).expect("there is room");
        self.0
            .write_file(&path, content.as_ref())
            .expect("there is room");
        self
    }

    /// Calls a tool with arguments of any kind; its status and its words. It has to end by itself, and to say nothing elsewhere.
    pub fn call_raw(&mut self, tool: &str, arguments: impl AsRef<[u8]>) -> (u8, String) {
        let command = Command::new(format!("{TOOLS}/{tool}"))
            .cwd(HOME)
            .stdin(arguments);
        let result = self.0.run(&command).expect("the tool runs");
        let stderr = String::from_utf8_lossy(&result.stderr.bytes).into_owned();
        assert_eq!(stderr, "", "{tool}");
        match result.outcome {
            Outcome::Exited { status } => {
                let text = String::from_utf8(result.stdout.bytes.clone());
                (status, text.expect("what a model reads is text"))
            }
            outcome => panic!("{tool}: {outcome:?}"),
        }
    }

    pub fn call(&mut self, tool: &str, arguments: Value) -> (u8, String) {
        self.call_raw(tool, arguments.to_string())
    }

    /// Calls a tool, which has to answer this.
    #[track_caller]
    pub fn answers(&mut self, tool: &str, arguments: Value, text: &str) {
        let answer = self.call(tool, arguments);
        assert_eq!((answer.0, answer.1.as_str()), (0, text));
    }

    /// Calls a tool, which has to fail with this status and these words.
    #[track_caller]
    pub fn fails(&mut self, tool: &str, arguments: Value, status: u8, text: &str) {
        let answer = self.call(tool, arguments);
        assert_eq!((answer.0, answer.1.as_str()), (status, text));
    }

    /// A file has to hold this.
    #[track_caller]
    pub fn holds(&self, path: &str, content: impl AsRef<[u8]>) {
        let held = self.0.read_file(&absolute(path)).expect("it is there");
        let [held, content] =
            [&held, content.as_ref()].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert_eq!(held, content, "{path}");
    }

    pub fn has(&self, path: &str) -> bool {
        self.0.read_file(&absolute(path)).is_ok()
    }

    /// Runs a shell script, which has to succeed; what it printed.
    #[track_caller]
    pub fn bash(&mut self, script: &str) -> String {
        let command = Command::new("bash").args(["-c", script]).cwd(HOME);
        let result = self.0.run(&command).expect("bash runs");
        assert_eq!(result.outcome, Outcome::Exited { status: 0 }, "{script}");
        String::from_utf8_lossy(&result.stdout.bytes).into_owned()
    }
}

fn machine(network: Network) -> Session {
    let contract = Contract {
        network,
        ..Contract::default()
    };
    common::session_under(contract)
}

fn absolute(path: &str) -> String {
    match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("{HOME}/{path}"),
    }
}

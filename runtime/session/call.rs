//! A tool's call: from name and arguments to what the model reads.

use serde::Serialize;
use serde_json::Value;

use super::arguments::Arguments;
use super::call_result::{CallOutcome, CallResult, Origin, SessionLimit};
use super::command::Command;
use super::outcome::{LimitKind, Outcome, RunResult};
use super::report::OutputReport;
use super::run::RunError;
use super::{Session, Used};
use crate::contract::{Content, Invocation, Tool};
use crate::engine::HostFailure;
use crate::machine::Shown;
use crate::machine::fs::{Change, Changes};

/// Where tools keep what they need from one call to the next. It is in the tree and in its digest, and no news to anybody.
const STATE_FOLDER: &str = "/run/isobox/";

/// Why a call has no result. The session is as it was before, and this is never a tool's answer: no reward follows from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Only the host decided.
    #[error("host failure: {0}")]
    Host(HostFailure),
    /// The session's processes were to be brought back by making its calls once more, and these came out otherwise.
    #[error(
        "the session's processes cannot be brought back: its calls came out otherwise than before"
    )]
    Replay,
}

impl CallError {
    /// Whether the same call can succeed when it is made again; it then gives the answer that would have been.
    pub fn retryable(&self) -> bool {
        match self {
            CallError::Host(failure) => failure.retryable(),
            CallError::Replay => false,
        }
    }
}

impl Session {
    /// Calls a tool of the contract, as an agent does.
    ///
    /// Whatever the agent does wrong is an answer that it can read: a tool that is not there, arguments that do not fit, a command
    /// that fails, a bound that is met.
    ///
    /// # Errors
    /// Only when the host fails. The session is then as it was before.
    ///
    /// ```
    /// use isobox::{CallOutcome, Contract, Runtime};
    ///
    /// let mut session = Runtime::new(Contract::default())?.session(7);
    /// let result = session.call("bash", r#"{"command": "cd /tmp; greeting=hello"}"#)?;
    /// assert_eq!(result.outcome, CallOutcome::Exit { exit_code: 0 });
    /// let result = session.call("bash", r#"{"command": "echo $greeting from $PWD"}"#)?;
    /// assert_eq!(result.content, "hello from /tmp\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn call(
        &mut self,
        tool: &str,
        arguments: impl Into<Arguments>,
    ) -> Result<CallResult, CallError> {
        let arguments = arguments.into();
        let runtime = self.runtime.clone();
        let limits = &runtime.contract().session;
        let (record, bytes) = arguments.record(limits.arguments_bytes_max);
        let answer = match self.limit_met() {
            Some(limit) => Answer::of_limit(limit),
            None => match invocation(
                &runtime.contract().tool(tool),
                tool,
                &arguments,
                bytes,
                limits.arguments_bytes_max,
            ) {
                Err(text) => Answer::invalid(text),
                Ok((tool, invocation)) => self.invoke(tool, invocation)?,
            },
        };
        Ok(self.finish(tool, record, answer))
    }

    /// Runs the command that a call comes to.
    fn invoke(&mut self, tool: &Tool, invocation: Invocation) -> Result<Answer, CallError> {
        let output = &tool.manifest().output;
        let argv = invocation.argv;
        let mut command = Command::new(invocation.program)
            .arg0(argv[0].clone())
            .args(argv[1..].iter().cloned())
            .cwd(self.runtime.contract().environment.cwd.clone())
            .stdin(invocation.stdin)
            .fuel_max(self.fuel_of(tool))
            .showing(Shown {
                bytes_max: output.bytes_max,
                stderr: output.content == Content::Merged,
            });
        if let Some(deadline_ns) = invocation.deadline_ns {
            command = command.deadline_ns(deadline_ns);
        }
        match self.run_unrecorded(&command) {
            Ok(result) => Ok(Answer::of_run(tool, result)),
            // What the agent did to the machine is why it cannot begin.
            Err(RunError::Program(error)) => {
                Ok(Answer::of_program(error.status(), error.to_string()))
            }
            Err(RunError::Host(failure)) => Err(CallError::Host(failure)),
            Err(RunError::Replay) => Err(CallError::Replay),
        }
    }

    /// The bound of the session that leaves no room for another call.
    fn limit_met(&self) -> Option<SessionLimit> {
        let limits = &self.runtime.contract().session;
        match self.used {
            Used { calls, .. } if calls >= limits.calls_max => Some(SessionLimit::Calls),
            Used { fuel, .. } if fuel >= limits.fuel_max => Some(SessionLimit::SessionFuel),
            _ if self.elapsed_ns() >= limits.elapsed_ns_max => Some(SessionLimit::SessionTime),
            _ => None,
        }
    }

    /// What a call may use: what the tool, the contract and what is left of the session allow.
    fn fuel_of(&self, tool: &Tool) -> u64 {
        let left = self
            .runtime
            .contract()
            .session
            .fuel_max
            .saturating_sub(self.used.fuel);
        tool.manifest()
            .limits
            .fuel_max
            .map_or(left, |fuel| fuel.min(left))
    }

    /// Writes the call down and numbers it.
    fn finish(&mut self, tool: &str, arguments: Value, answer: Answer) -> CallResult {
        let run = answer.run;
        let tree = self.tree_digest();
        let report =
            |captured: Option<&_>| captured.map_or_else(OutputReport::empty, OutputReport::new);
        let changes = run
            .as_ref()
            .map_or_else(Changes::default, |run| without_state(&run.changes));
        let mut result = CallResult {
            session: self.id,
            call: self.used.calls,
            contract: self.runtime.contract_digest(),
            tool: tool.to_owned(),
            content: answer.content,
            content_cut_bytes: answer.cut_bytes,
            is_error: answer.outcome != CallOutcome::Exit { exit_code: 0 },
            outcome: answer.outcome,
            origin: Origin::Tool,
            train: true,
            stdout: report(run.as_ref().map(|run| &run.stdout)),
            stderr: report(run.as_ref().map(|run| &run.stderr)),
            started_ns: run.as_ref().map_or(self.elapsed_ns(), |run| run.started_ns),
            elapsed_ns: run.as_ref().map_or(0, |run| run.elapsed_ns),
            fuel: run.as_ref().map_or(0, |run| run.fuel),
            processes_alive: self.machine.processes.alive() as u64,
            tree_before: run.as_ref().map_or(tree, |run| run.tree_before),
            tree_after: tree,
            changes: changes.paths,
            changes_omitted: changes.omitted,
            digest: tree,
        };
        let asked = Asked { arguments, tool };
        let call = Some(result.call);
        let record = result.record();
        result.digest = self.transcript.add(call, "call", asked, Some(record));
        self.used.calls += 1;
        self.used.fuel = self.used.fuel.saturating_add(result.fuel);
        result
    }
}

/// What a call asked for, as it stands in the transcript.
#[derive(Serialize)]
struct Asked<'a> {
    arguments: Value,
    tool: &'a str,
}

/// The tool and the command that its arguments come to, or what is wrong with them, in the model's language.
fn invocation<'a>(
    tool: &Option<&'a Tool>,
    name: &str,
    arguments: &Arguments,
    bytes: u64,
    bytes_max: u64,
) -> Result<(&'a Tool, Invocation), String> {
    let Some(tool) = tool else {
        return Err(format!("There is no tool `{name}`."));
    };
    if bytes > bytes_max {
        return Err(format!(
            "The arguments of `{name}` are too long: {bytes} bytes of JSON, at most {bytes_max} are accepted."
        ));
    }
    let wrong = |reasons: &str| format!("The arguments of `{name}` are not valid: {reasons}.");
    let json = arguments.json().map_err(|reason| wrong(&reason))?;
    let invocation = tool.invocation(json);
    let invocation = invocation.map_err(|reasons| wrong(&reasons.join("; ")))?;
    Ok((tool, invocation))
}

/// What a call comes to, before it is written down.
struct Answer {
    content: String,
    cut_bytes: u64,
    outcome: CallOutcome,
    run: Option<RunResult>,
}

impl Answer {
    fn invalid(content: String) -> Answer {
        Answer {
            content,
            cut_bytes: 0,
            outcome: CallOutcome::InvalidCall,
            run: None,
        }
    }

    fn of_limit(limit: SessionLimit) -> Answer {
        let content = match limit {
            SessionLimit::Calls => "This session has made all of its calls.",
            SessionLimit::SessionFuel => "This session has used up its computing time.",
            SessionLimit::SessionTime => "This session has used up its time.",
            SessionLimit::Fuel | SessionLimit::Output => "",
        };
        Answer {
            content: content.to_owned(),
            cut_bytes: 0,
            outcome: CallOutcome::Limit { which: limit },
            run: None,
        }
    }

    fn of_program(exit_code: u8, content: String) -> Answer {
        Answer {
            content,
            cut_bytes: 0,
            outcome: CallOutcome::Exit { exit_code },
            run: None,
        }
    }

    fn of_run(tool: &Tool, mut run: RunResult) -> Answer {
        let output = &tool.manifest().output;
        let (mut content, cut_bytes) = match run.shown.take() {
            Some(shown) => (text_of(shown.bytes), shown.cut),
            None => (String::new(), 0),
        };
        let outcome = match run.outcome {
            Outcome::Exited { status } if output.denied_status == Some(status) => {
                CallOutcome::Denied
            }
            Outcome::Exited { status } => {
                if output.show_status && status != 0 {
                    note(&mut content, &format!("exit status {status}"));
                }
                CallOutcome::Exit { exit_code: status }
            }
            Outcome::Signalled { signal } => {
                note(&mut content, &format!("ended by {signal}"));
                CallOutcome::Signal { signal }
            }
            Outcome::LimitReached {
                limit: LimitKind::Deadline,
            } => {
                note(
                    &mut content,
                    &format!("timed out after {} ms", run.elapsed_ns / 1_000_000),
                );
                CallOutcome::Timeout
            }
            Outcome::LimitReached {
                limit: LimitKind::Fuel,
            } => {
                note(&mut content, "ended: it used up its computing time");
                CallOutcome::Limit {
                    which: SessionLimit::Fuel,
                }
            }
            Outcome::LimitReached {
                limit: LimitKind::Output,
            } => {
                note(&mut content, "ended: it wrote too much output");
                CallOutcome::Limit {
                    which: SessionLimit::Output,
                }
            }
            Outcome::Deadlocked => {
                note(&mut content, "ended: it waited for what can never come");
                CallOutcome::Deadlock
            }
        };
        Answer {
            content,
            cut_bytes,
            outcome,
            run: Some(run),
        }
    }
}

/// Bytes as text, in place where they are.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Adds a line of our own to a tool's output.
fn note(content: &mut String, text: &str) {
    if !content.is_empty() && !content.ends_with('\n') {
        content.push('\n');
    }
    content.push_str(&format!("[{text}]\n"));
}

fn without_state(changes: &Changes) -> Changes {
    let is_news = |change: &&Change| !change.path.starts_with(STATE_FOLDER);
    Changes {
        paths: changes.paths.iter().filter(is_news).cloned().collect(),
        omitted: changes.omitted,
    }
}

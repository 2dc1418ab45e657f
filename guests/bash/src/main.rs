//! `bash` and `sh`.
//!
//! The rooms, from the front door down: [`invocation`] (options, scripts, state), `execute` (lists, pipelines, processes,
//! redirections, traps), `builtins`, `expand` (words to fields, patterns, arithmetic), `variables`, `syntax` (text to a tree and back).

mod arithmetic;
mod builtins;
mod descriptors;
mod execute;
mod expand;
mod flow;
mod invocation;
mod options;
mod pattern;
mod shell;
mod syntax;
mod text;
mod variables;

isobox_guest::commands! {
    freeze: invocation::freeze(),
    "bash" => invocation::bash,
    "sh" => invocation::sh,
}

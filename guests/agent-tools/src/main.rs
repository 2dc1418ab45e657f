//! The tools that an agent calls by name: each reads the call's arguments, one JSON object, from standard input and prints
//! what the model reads.
//!
//! Names, arguments, messages and bounds are those that models know: Anthropic's text editor and agent tools, OpenAI's
//! `apply_patch`. [`arguments`] reads a call, [`answer`] gives what came of it; each tool is a function between the two.

mod answer;
mod apply_patch;
mod arguments;
mod edit;
mod editor;
mod fetch;
mod files;
mod glob;
mod grep;
mod read;
mod replace;
mod text;
mod write;

use answer::give;

isobox_guest::commands! {
    freeze: (),
    "apply_patch" => |_| give(apply_patch::apply_patch),
    "edit" => |_| give(edit::edit),
    "fetch" => |_| give(fetch::fetch),
    "glob" => |_| give(glob::glob),
    "grep" => |_| give(grep::grep),
    "read" => |_| give(read::read),
    "str_replace_based_edit_tool" => |_| give(editor::editor),
    "write" => |_| give(write::write),
}

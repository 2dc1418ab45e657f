//! The tools that an agent calls: what each answers, word by word, and what it leaves in the tree.

mod common;

#[path = "agent_tools/desk.rs"]
mod desk;
#[path = "agent_tools/edit.rs"]
mod edit;
#[path = "agent_tools/editor.rs"]
mod editor;
#[path = "agent_tools/fetch.rs"]
mod fetch;
#[path = "agent_tools/patches.rs"]
mod patches;
#[path = "agent_tools/read_write.rs"]
mod read_write;
#[path = "agent_tools/robust.rs"]
mod robust;
#[path = "agent_tools/search.rs"]
mod search;

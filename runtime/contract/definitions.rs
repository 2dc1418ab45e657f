//! Tools as clients want them told: one manifest, four dialects.

use serde_json::{Value, json};

use super::manifest::Tool;

/// How a client wants a tool to be defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI's Responses API.
    OpenAi,
    /// OpenAI's Chat Completions API, which most training frameworks speak.
    OpenAiChat,
    /// Anthropic's Messages API.
    Anthropic,
    /// The Model Context Protocol.
    Mcp,
}

impl Tool {
    /// The tool's definition, to be pasted into a client.
    ///
    /// ```
    /// use isobox::{Contract, Dialect};
    /// let contract = Contract::default();
    /// let bash = contract.tool("bash").unwrap().definition(Dialect::Anthropic);
    /// assert_eq!(bash["input_schema"]["properties"]["command"]["type"], "string");
    /// ```
    pub fn definition(&self, dialect: Dialect) -> Value {
        let name = self.name();
        let description = self.manifest().description.trim_end();
        let schema = self.input_schema();
        match dialect {
            Dialect::OpenAi => json!({
                "type": "function",
                "name": name,
                "description": description,
                "parameters": schema,
                // Optional parameters stay optional.
                "strict": false,
            }),
            Dialect::OpenAiChat => json!({
                "type": "function",
                "function": { "name": name, "description": description, "parameters": schema },
            }),
            Dialect::Anthropic => json!({
                "name": name,
                "description": description,
                "input_schema": schema,
            }),
            Dialect::Mcp => json!({
                "name": name,
                "description": description,
                "inputSchema": schema,
            }),
        }
    }
}

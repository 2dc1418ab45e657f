//! Whatever a tool is given, it answers; it never traps.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::desk::Desk;

const TOOLS: [&str; 7] = [
    "apply_patch",
    "edit",
    "glob",
    "grep",
    "read",
    "str_replace_based_edit_tool",
    "write",
];

#[test]
fn arguments_that_are_none_are_answered() {
    let mut desk = Desk::new();
    for tool in TOOLS {
        for arguments in [
            "",
            "{",
            "[]",
            "null",
            "{\"a\":1}x",
            "\u{0}",
            "{\"path\":{}}",
        ] {
            let (status, text) = desk.call_raw(tool, arguments);
            assert_eq!(status, 2, "{tool} {arguments:?}: {text}");
            assert!(!text.is_empty());
        }
        let (status, _) = desk.call_raw(tool, b"{\"path\": \"\xff\"}");
        assert_eq!(status, 2, "{tool}");
    }
}

/// Lines of patches and what might stand between them.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*** Begin Patch".to_owned()),
        Just("*** End Patch".to_owned()),
        Just("*** Add File: new".to_owned()),
        Just("*** Update File: a".to_owned()),
        Just("*** Delete File: a".to_owned()),
        Just("*** Move to: b".to_owned()),
        Just("*** End of File".to_owned()),
        Just("@@".to_owned()),
        Just("@@ one".to_owned()),
        Just(String::new()),
        "[-+ @*]?(one|two|thr[eé]e|\t)?\r?",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(["a", 1])),
        Just(json!([2, -1])),
        Just(json!(true)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        Just(json!("a")),
        Just(json!("view")),
        Just(json!("insert")),
        Just(json!("str_replace")),
        Just(json!("update_file")),
        any::<String>().prop_map(|text| json!(text)),
        "[*?\\[\\]{},/a-c.]{0,12}".prop_map(|text| json!(text)),
    ]
}

const NAMES: [&str; 22] = [
    "command",
    "content",
    "diff",
    "file_path",
    "file_text",
    "input",
    "insert_line",
    "insert_text",
    "max_characters",
    "move_to",
    "new_str",
    "new_string",
    "old_str",
    "old_string",
    "operation",
    "patch",
    "path",
    "pattern",
    "replace_all",
    "type",
    "view_range",
    "x",
];

/// What a command, a type or a path is most of the time.
fn usual(name: &str) -> Option<Value> {
    match name {
        "path" | "file_path" => Some(json!("a")),
        "old_str" | "old_string" => Some(json!("one")),
        "insert_line" => Some(json!(1)),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn patches_of_any_lines_are_answered(lines in vec(line(), 0..14), is_wrapped: bool, is_operation: bool) {
        let mut desk = Desk::new().with("a", "one\ntwo\n\nthrée\none\ntwo");
        let mut text = lines.join("\n");
        if is_wrapped {
            text = format!("*** Begin Patch\n{text}\n*** End Patch");
        }
        let arguments = match is_operation {
            true => json!({"type": "update_file", "path": "a", "diff": text}),
            false => json!({"input": text}),
        };
        let before = desk.0.tree_digest();
        let (status, words) = desk.call("apply_patch", arguments);
        prop_assert!(status <= 2 && !words.is_empty());
        if status != 0 {
            prop_assert_eq!(before, desk.0.tree_digest());
        }
    }

    #[test]
    fn arguments_of_any_kind_are_answered(
        tool in proptest::sample::select(&TOOLS[..]),
        given in vec((proptest::sample::select(&NAMES[..]), value(), any::<bool>()), 0..9),
    ) {
        let mut desk = Desk::new().with("a", "one\ntwo\none");
        let arguments: serde_json::Map<String, Value> = given
            .into_iter()
            .map(|(name, value, is_usual)| {
                let usual = usual(name).filter(|_| is_usual);
                (name.to_owned(), usual.unwrap_or(value))
            })
            .collect();
        let (status, _) = desk.call(tool, Value::Object(arguments));
        prop_assert!(status <= 2);
    }
}

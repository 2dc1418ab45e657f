//! `isobox session`, `isobox call` and `isobox tools`: the doors for programs in any language.

mod common;

use std::io::Write;
use std::process::Stdio;

use common::episode::{calls, make, open, project};
use common::{isobox, runtime};
use serde_json::{Value, json};

/// What `isobox session` answers to these lines.
fn session(lines: &[String]) -> Vec<Value> {
    let mut child = isobox()
        .arg("session")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let writer = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(text.as_bytes()));
        child.wait_with_output()
    });
    let output = writer.unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn requests(requests: &[Value]) -> Vec<Value> {
    session(&requests.iter().map(Value::to_string).collect::<Vec<_>>())
}

#[test]
fn the_episode_has_the_same_bytes_through_every_door() {
    let mut lines = vec![
        json!({ "id": 0, "op": "open", "seed": 1, "import": [{ "from": project(), "to": "/workspace" }] }),
    ];
    for (id, call) in calls().into_iter().enumerate() {
        lines.push(
            json!({ "id": id + 1, "op": "call", "tool": call["tool"], "args": call["args"] }),
        );
    }
    lines.push(json!({ "op": "transcript" }));
    let answers = requests(&lines);
    let mut session = open(runtime(), 1);
    for (id, call) in calls().iter().enumerate() {
        let result = serde_json::to_value(make(&mut session, call)).unwrap();
        assert_eq!(answers[id + 1], json!({ "id": id + 1, "result": result }));
    }
    assert_eq!(
        answers.last().unwrap()["result"]["lines"],
        json!(session.transcript().lines(0))
    );
}

#[test]
fn sessions_fork_are_restored_and_closed() {
    let answers = requests(&[
        json!({ "op": "open" }),
        json!({ "op": "files", "write": [{ "path": "/a/b/text", "text": "one\n" }, { "path": "/a/bytes", "base64": "/w==" }] }),
        json!({ "op": "snapshot" }),
        json!({ "op": "fork" }),
        json!({ "op": "call", "tool": "bash", "args": { "command": "echo two > /a/b/text" } }),
        json!({ "op": "files", "session": 1, "read": ["/a/b/text", "/a/bytes"], "list": "/a" }),
        json!({ "op": "files", "session": 2, "read": ["/a/b/text"] }),
        json!({ "op": "restore", "snapshot": 1 }),
        json!({ "op": "files", "read": ["/a/b/text"] }),
        json!({ "op": "close" }),
        json!({ "op": "files", "read": ["/a/b/text"] }),
        json!({ "op": "close", "session": 7 }),
    ]);
    let read = |answer: usize| answers[answer]["result"]["read"].clone();
    assert_eq!(
        read(5),
        json!([{ "path": "/a/b/text", "text": "one\n" }, { "path": "/a/bytes", "base64": "/w==" }])
    );
    assert_eq!(answers[5]["result"]["list"], json!(["b/", "bytes"]));
    assert_eq!(read(6), json!([{ "path": "/a/b/text", "text": "two\n" }]));
    assert_eq!(answers[7]["result"]["session"], 3);
    assert_eq!(read(8)[0]["text"], "one\n");
    assert_eq!(answers[9]["result"], json!({ "closed": 3 }));
    assert_eq!(read(10)[0]["text"], "two\n");
    assert_eq!(answers[11]["error"]["kind"], "unknown");
}

#[test]
fn a_bad_line_is_answered_and_the_session_goes_on() {
    let lines = [
        r#"{"op": "open"}"#,
        "nonsense",
        r#"[1]"#,
        r#"{"id": "x", "op": "fly"}"#,
        r#"{"op": "call", "tool": "bash", "args": {}, "extra": 1}"#,
        r#"{"op": "call", "session": "one", "tool": "bash"}"#,
        r#"{"op": "open", "import": [{"from": 5, "to": "/w"}]}"#,
        "",
        r#"{"op": "files", "write": [{"path": "relative", "text": ""}]}"#,
        r#"{"op": "files", "write": [{"path": "/x"}]}"#,
        r#"{"op": "files", "write": [{"path": "/fine", "text": ""}], "read": ["/none"]}"#,
        r#"{"op": "files", "list": "/fine"}"#,
        r#"{"op": "call", "tool": "bash", "args": {"command": "echo still here"}}"#,
    ];
    let answers = session(&lines.map(str::to_owned));
    let error = |answer: usize| answers[answer]["error"].clone();
    assert_eq!(
        (error(1)["line"].as_u64(), error(1)["kind"].as_str()),
        (Some(2), Some("request"))
    );
    assert_eq!(error(2)["message"], "line 3: a request has to be an object");
    assert_eq!(
        (&answers[3]["id"], &error(3)["field"]),
        (&json!("x"), &json!("op"))
    );
    assert_eq!(
        (&error(4)["line"], &error(4)["field"]),
        (&json!(5), &json!("extra"))
    );
    assert_eq!(error(5)["field"], "session");
    assert_eq!(error(6)["field"], "import[0].from");
    assert!(
        error(7)["message"]
            .as_str()
            .unwrap()
            .contains("has to begin with `/`")
    );
    assert!(
        error(8)["message"]
            .as_str()
            .unwrap()
            .contains("either `text` or `base64`")
    );
    assert_eq!(error(9)["message"], "/none: No such file or directory");
    // What one request could not do as a whole it did not do in part.
    assert_eq!(error(10)["message"], "/fine: No such file or directory");
    assert_eq!(answers[11]["result"]["content"], "still here\n");
    assert!(
        answers[1..11]
            .iter()
            .all(|answer| answer["error"]["train"] == false)
    );
}

#[test]
fn answers_are_of_the_documented_schema() {
    let schemas = isobox()
        .args(["session", "--json-schema"])
        .output()
        .unwrap();
    let schemas: Value = serde_json::from_slice(&schemas.stdout).unwrap();
    let answer = jsonschema::validator_for(&schemas["answer"]).unwrap();
    let request = jsonschema::validator_for(&schemas["request"]).unwrap();
    let asked = [
        json!({ "op": "open", "seed": 3 }),
        json!({ "op": "call", "tool": "bash", "args": { "command": "ls /; exit 2" } }),
        json!({ "op": "files", "read": [], "list": "/" }),
        json!({ "op": "snapshot" }),
        json!({ "op": "restore", "snapshot": 1 }),
        json!({ "op": "fork", "seed": 9 }),
        json!({ "op": "transcript", "from": 1 }),
        json!({ "op": "close" }),
        json!({ "op": "close", "session": 99 }),
    ];
    for (asked, answered) in asked.iter().zip(requests(&asked)) {
        assert!(request.is_valid(asked), "{asked}");
        let errors: Vec<String> = answer
            .iter_errors(&answered)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{answered}: {errors:?}");
    }
}

#[test]
fn one_call_prints_what_the_model_reads() {
    let call = |words: &[&str]| {
        let output = isobox().arg("call").args(words).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    assert_eq!(
        call(&["bash", r#"{"command": "echo hello"}"#]),
        (Some(0), "hello\n".to_owned())
    );
    assert_eq!(
        call(&["bash", r#"{"command": "exit 3"}"#]),
        (Some(1), "[exit status 3]\n".to_owned())
    );
    assert_eq!(
        call(&["nothing"]),
        (Some(1), "There is no tool `nothing`.".to_owned())
    );
    let (status, json) = call(&[
        "--json",
        "--seed",
        "5",
        "bash",
        r#"{"command": "echo $RANDOM"}"#,
    ]);
    let result: Value = serde_json::from_str(&json).unwrap();
    let mut session = runtime().session(5);
    let wanted = session
        .call("bash", json!({ "command": "echo $RANDOM" }))
        .unwrap();
    assert_eq!(
        (status, result),
        (Some(0), serde_json::to_value(wanted).unwrap())
    );
}

#[test]
fn every_client_gets_the_tools_in_its_own_dialect() {
    let tools = |format: &str| -> Value {
        let output = isobox()
            .args(["tools", "--format", format])
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let openai = tools("openai");
    let names: Vec<&str> = openai
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "bash",
            "str_replace_based_edit_tool",
            "read",
            "write",
            "edit",
            "glob",
            "grep",
            "apply_patch",
            "fetch"
        ]
    );
    let schema = &openai[1]["parameters"];
    assert_eq!(schema["required"], json!(["command", "path"]));
    assert_eq!(
        schema["properties"]["command"]["enum"],
        json!(["view", "create", "str_replace", "insert"])
    );
    assert_eq!(tools("openai-chat")[1]["function"]["parameters"], *schema);
    assert_eq!(tools("anthropic")[1]["input_schema"], *schema);
    assert_eq!(tools("mcp")[1]["inputSchema"], *schema);
    let list = isobox().arg("tools").output().unwrap();
    assert!(String::from_utf8(list.stdout).unwrap().starts_with("bash "));
}

//! The contract: what is refused, with which words, and what a change is called.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{folder, isobox};
use isobox::{
    Contract, ContractError, Digest, Lock, ParameterType, Requirement, Side, Step, contract_changes,
};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A contract of one's own in a new folder: a tool that greets, with a guest of its own.
fn own(name: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("contract.toml"), OWN).unwrap();
    fs::write(folder.join("greet.toml"), GREET).unwrap();
    fs::write(folder.join("greet.wasm"), greeter("hello, ")).unwrap();
    lock(&folder);
    folder
}

const OWN: &str = r#"
version = "1.0.0"
guests = ["bash", "coreutils-basic"]
tools = ["bash", "greet.toml"]

[modules.greet]
file = "greet.wasm"

[time]
fuel_ns = 1

[environment.variables]
TEAM = "red"
"#;

const GREET: &str = r#"
version = "1.0.0"
name = "greet"
description = "Greets."
guest = "greet"
argv = ["greet"]
"#;

/// A module that writes a text to stdout.
fn greeter(text: &str) -> Vec<u8> {
    let length = text.len();
    let module = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\08\00\00\00\{length:02x}\00\00\00{text}")
            (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))))"#
    );
    wat::parse_str(module).unwrap()
}

fn contract(words: &[&str]) -> Output {
    isobox().arg("contract").args(words).output().unwrap()
}

fn lock(folder: &Path) {
    let output = contract(&["lock", folder.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Changes one text in a file.
fn change(file: PathBuf, from: &str, to: &str) {
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// What `check` prints, having found a difference, and the error of a run under the contract, which refuses the same.
fn refusal(folder: &Path) -> String {
    let path = folder.to_str().unwrap();
    let checked = contract(&["check", path]);
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    let words = ["run", "--contract", path, "--", "true"];
    let run = isobox().args(words).output().unwrap();
    assert_eq!(run.status.code(), Some(125), "{run:?}");
    let first = stdout(&checked).lines().next().unwrap().to_owned();
    assert!(stderr(&run).contains(&first), "{run:?}");
    stdout(&checked)
}

#[test]
fn the_shipped_contract_is_what_its_lock_says() {
    let lock = Contract::shipped_lock().unwrap();
    let differences = lock.differences(&Contract::default());
    assert_eq!(
        differences,
        [],
        "`isobox contract lock tools` writes the lock"
    );
    assert!(contract(&["check"]).status.success());
}

#[test]
fn the_shipped_contract_has_everything_that_ships() {
    let lock = include_str!("../tools/guests.lock");
    let shipped: Vec<&str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .collect();
    let contract = Contract::default();
    let named: Vec<&str> = contract.guests.iter().map(|guest| guest.name()).collect();
    assert_eq!(named, shipped);
}

#[test]
fn the_committed_schemas_are_current() {
    for (words, file) in [
        (&["schema"][..], "contract.schema.json"),
        (&["schema", "--manifest"], "manifest.schema.json"),
    ] {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools");
        let committed = fs::read_to_string(tools.join(file)).unwrap();
        assert_eq!(stdout(&contract(words)), committed, "tools/{file}");
    }
}

#[test]
fn the_schemas_describe_the_shipped_files() {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools");
    let read =
        |file: &Path| -> Value { toml::from_str(&fs::read_to_string(file).unwrap()).unwrap() };
    let schema = |words: &[&str]| -> Validator {
        let schema: Value = serde_json::from_slice(&contract(words).stdout).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let (of_contract, of_manifest) = (schema(&["schema"]), schema(&["schema", "--manifest"]));
    for entry in fs::read_dir(tools).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let is_contract = path.file_name().unwrap() == "contract.toml";
        let schema = if is_contract {
            &of_contract
        } else {
            &of_manifest
        };
        let errors: Vec<String> = schema
            .iter_errors(&read(&path))
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
}

#[test]
fn a_contract_of_ones_own_is_locked_checked_and_used() {
    let folder = own("contract-own");
    let path = folder.to_str().unwrap();
    assert_eq!(stdout(&contract(&["check", path])), "");
    let output = isobox()
        .args(["call", "greet", "--contract", path])
        .output()
        .unwrap();
    assert_eq!(stdout(&output), "hello, ");
    let output = isobox()
        .args([
            "run",
            "--contract",
            path,
            "--",
            "bash",
            "-c",
            "echo $TEAM; type greet",
        ])
        .output()
        .unwrap();
    assert_eq!(stdout(&output), "red\ngreet is /usr/local/bin/greet\n");
}

#[test]
fn a_new_contract_is_the_shipped_one() {
    let folder = folder("contract-new");
    let path = folder.to_str().unwrap();
    assert!(contract(&["new", path]).status.success());
    assert_eq!(
        Contract::load(&folder).unwrap().digest(),
        Contract::default().digest()
    );
    let again = contract(&["new", path]);
    assert_eq!(again.status.code(), Some(125));
    assert!(
        stderr(&again).contains("the folder is not empty"),
        "{again:?}"
    );
}

#[test]
fn without_a_lock_nothing_runs() {
    let folder = own("contract-no-lock");
    fs::remove_file(folder.join("contract.lock")).unwrap();
    let error = Contract::load(&folder).unwrap_err();
    assert!(matches!(error, ContractError::NoLock { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .contains("`isobox contract lock` writes it"),
        "{error}"
    );
}

#[test]
fn one_byte_of_a_guest_is_noticed() {
    let folder = own("contract-guest");
    fs::write(folder.join("greet.wasm"), greeter("Hello, ")).unwrap();
    let refusal = refusal(&folder);
    assert!(
        refusal.starts_with("guests.greet: the lock has "),
        "{refusal}"
    );
    assert!(
        refusal.contains(", the contract's files have "),
        "{refusal}"
    );
    assert_eq!(refusal.lines().count(), 1, "{refusal}");
}

#[test]
fn one_byte_of_a_manifest_is_noticed() {
    let folder = own("contract-manifest");
    change(folder.join("greet.toml"), "Greets.", "Greets!");
    assert!(refusal(&folder).starts_with("tools.greet: the lock has "));
}

#[test]
fn one_byte_of_the_lock_is_noticed() {
    let folder = own("contract-lock");
    let lock = folder.join("contract.lock");
    let text = fs::read_to_string(&lock).unwrap();
    let position = text.rfind('"').unwrap() - 1;
    let digit = if text.as_bytes()[position] == b'0' {
        "1"
    } else {
        "0"
    };
    fs::write(
        lock,
        format!("{}{digit}{}", &text[..position], &text[position + 1..]),
    )
    .unwrap();
    let refusal = refusal(&folder);
    assert_eq!(
        refusal,
        "the lock's own digest does not fit its parts: it was edited or damaged\n"
    );
}

#[test]
fn the_time_model_and_the_environment_are_noticed() {
    let folder = own("contract-time");
    change(folder.join("contract.toml"), "fuel_ns = 1", "fuel_ns = 2");
    change(folder.join("contract.toml"), "red", "blue");
    let refusal = refusal(&folder);
    let parts: Vec<&str> = refusal
        .lines()
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(parts, ["environment", "time"]);
}

/// A lock that another isobox wrote, whose engine or whose guest was another.
#[test]
fn another_program_is_noticed() {
    for part in ["engine", "machine", "guests.bash"] {
        let folder = own("contract-program");
        let contract = Contract::read(&folder).unwrap();
        let mut parts = contract.parts();
        parts.insert(part.to_owned(), Digest::of_bytes(b"another"));
        fs::write(folder.join("contract.lock"), lock_of(&parts)).unwrap();
        let Err(ContractError::Differs { differences, .. }) = Contract::load(&folder) else {
            panic!("{part} was not noticed");
        };
        assert_eq!(differences.len(), 1);
        assert_eq!(
            (differences[0].part.as_str(), differences[0].side),
            (part, Side::Program)
        );
        assert!(refusal(&folder).contains(", this isobox has "));
    }
}

/// A lock with these parts, and the digest that fits them.
fn lock_of(parts: &std::collections::BTreeMap<String, Digest>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut bytes = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    bytes(b"isobox.contract");
    let mut lines = String::new();
    for (name, digest) in parts {
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(digest.as_bytes());
        lines += &format!("\"{name}\" = \"{digest}\"\n");
    }
    format!(
        "format = 1\ncontract = \"{}\"\n[parts]\n{lines}",
        hasher.finalize()
    )
}

#[test]
fn a_required_contract_is_the_one_that_runs_or_nothing_does() {
    let folder = own("contract-required");
    let path = folder.to_str().unwrap();
    let digest = Contract::load(&folder).unwrap().digest().to_string();
    let run = |required: &str| {
        let words = [
            "run",
            "--contract",
            path,
            "--require-contract",
            required,
            "--",
            "bash",
            "-c",
            "echo ran",
        ];
        isobox().args(words).output().unwrap()
    };
    assert_eq!(stdout(&run(&digest)), "ran\n");
    let lock = folder.join("contract.lock");
    assert_eq!(stdout(&run(lock.to_str().unwrap())), "ran\n");

    let other = Digest::of_bytes(b"other").to_string();
    let refused = run(&other);
    assert_eq!(
        (refused.status.code(), stdout(&refused).as_str()),
        (Some(125), "")
    );
    assert!(
        stderr(&refused).contains(&format!(
            "the contract here is {digest}, and {other} is required"
        )),
        "{refused:?}"
    );

    let before = folder.with_extension("lock-of-before");
    fs::copy(&lock, &before).unwrap();
    change(folder.join("contract.toml"), "red", "blue");
    let output = contract(&["lock", path]);
    assert!(output.status.success());
    let refused = run(before.to_str().unwrap());
    assert!(
        stderr(&refused).contains("is required: environment: the lock has "),
        "{refused:?}"
    );
    // Options that change the contract are refused with it.
    let digest = Contract::load(&folder).unwrap().digest().to_string();
    let words = [
        "run",
        "--contract",
        path,
        "--require-contract",
        &digest,
        "--fuel",
        "5",
        "--",
        "true",
    ];
    assert_eq!(
        isobox().args(words).output().unwrap().status.code(),
        Some(125)
    );
}

#[test]
fn the_library_refuses_another_contract_with_a_type() {
    let shipped = Contract::default();
    let mut other = shipped.clone();
    other.limits.processes_max = 7;
    let lock = Requirement::Lock(Box::new(Lock::of(&shipped)));
    let mismatch = other.require(&lock).unwrap_err();
    assert_eq!(mismatch.first.as_ref().unwrap().part, "limits");
    assert_eq!(
        (mismatch.required, mismatch.here),
        (shipped.digest(), other.digest())
    );
    assert!(shipped.require(&lock).is_ok());
}

#[test]
fn what_has_no_meaning_is_refused_with_its_place() {
    let cases = [
        (
            "version = \"1.0.0\"",
            "version = \"one\"",
            "`one` is no version such as 1.0.0",
        ),
        ("fuel_ns = 1", "fuel_sn = 1", "unknown field `fuel_sn`"),
        ("fuel_ns = 1", "fuel_ns = 0", "line 10"),
        (
            "\"bash\", \"coreutils-basic\"",
            "\"bsh\"",
            "guests: this isobox has no `bsh`; it has ",
        ),
        (
            "\"greet.toml\"",
            "\"greet\"",
            "tools: this isobox has no `greet`; it has ",
        ),
        ("\"greet.toml\"", "\"bash\"", "tools: `bash` is there twice"),
        ("greet.wasm", "nothing.wasm", "nothing.wasm"),
        ("TEAM", "\"TE=AM\"", "`TE=AM` cannot be a variable's name"),
        (
            "[time]",
            "[network]\npolicy = \"fixtures\"\n[time]",
            "needs `fixtures`",
        ),
        (
            "[time]",
            "[engine]\nprofile = \"fast\"\n[time]",
            "unknown variant `fast`",
        ),
        (
            "[time]",
            "[[base.import]]\nfrom = \"nowhere\"\nto = \"/w\"\n[time]",
            "base.import: ",
        ),
    ];
    for (from, to, words) in cases {
        let folder = own("contract-meaning");
        change(folder.join("contract.toml"), from, to);
        let error = Contract::read(&folder).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
    let cases = [
        (
            "\"greet\"]",
            "\"hello\"]",
            "`hello` is no command of the guest `greet`, which has greet",
        ),
        (
            "\"greet\"]",
            "\"greet\", \"{who}\"]",
            "`{who}` names no parameter",
        ),
        (
            "guest = \"greet\"",
            "guest = \"grete\"",
            "`grete` is no guest of the contract",
        ),
        (
            "name = \"greet\"",
            "name = \"gr eet\"",
            "has to be 1 to 64 letters",
        ),
        ("argv = [\"greet\"]", "", "the command is missing"),
        (
            "argv =",
            "stdin_jsn = true\nargv =",
            "unknown field `stdin_jsn`",
        ),
    ];
    for (from, to, words) in cases {
        let folder = own("contract-meaning");
        change(folder.join("greet.toml"), from, to);
        let error = Contract::read(&folder).unwrap_err().to_string();
        assert!(
            error.contains(words) && error.contains("greet.toml"),
            "{to}: {error}"
        );
    }
}

#[test]
fn base_files_are_there_from_the_start() {
    let folder = own("contract-base");
    let files = folder.join("project");
    fs::create_dir_all(files.join("src")).unwrap();
    fs::write(files.join("src/main.c"), "int main;\n").unwrap();
    change(
        folder.join("contract.toml"),
        "[time]",
        "[[base.import]]\nfrom = \"project\"\nto = \"/workspace\"\n[time]",
    );
    lock(&folder);
    let path = folder.to_str().unwrap();
    let words = [
        "call",
        "--contract",
        path,
        "bash",
        r#"{"command": "echo \"$(<src/main.c)\"; pwd"}"#,
    ];
    assert_eq!(
        stdout(&isobox().args(words).output().unwrap()),
        "int main;\n/workspace\n"
    );
    fs::write(files.join("src/main.c"), "int Main;\n").unwrap();
    assert!(refusal(&folder).starts_with("base: the lock has "));
}

#[test]
fn requests_are_answered_by_the_fixtures_of_the_contract() {
    let folder = own("contract-network");
    let file = folder.join("contract.toml");
    change(
        file.clone(),
        "\"bash\", \"coreutils-basic\"",
        "\"bash\", \"agent-tools\"",
    );
    change(file.clone(), "\"greet.toml\"", "\"greet.toml\", \"fetch\"");
    change(
        file,
        "[time]",
        "[network]\npolicy = \"fixtures\"\nfixtures = \"answers.jsonl\"\nunmatched = \"not_found\"\n[time]",
    );
    let answers = r#"{"url": "https://example.org/", "status": 200, "body": "recorded\n"}"#;
    fs::write(folder.join("answers.jsonl"), answers).unwrap();
    lock(&folder);
    let path = folder.to_str().unwrap();
    let fetch = |url: &str| {
        let arguments = json!({ "url": url }).to_string();
        let words = ["call", "--contract", path, "fetch", &arguments];
        stdout(&isobox().args(words).output().unwrap())
    };
    assert!(fetch("https://example.org/").ends_with("\n\nrecorded\n"));
    assert!(fetch("https://example.org/other").starts_with("HTTP/1.1 404 Not Found\n"));
    fs::write(
        folder.join("answers.jsonl"),
        answers.replace("recorded", "Recorded"),
    )
    .unwrap();
    assert!(refusal(&folder).starts_with("network: the lock has "));
}

#[test]
fn every_change_has_its_words_and_its_step() {
    let cases: [(&str, &str, &str, Step, &str); 13] = [
        (
            "contract.toml",
            "\"bash\", \"greet.toml\"",
            "\"bash\"",
            Step::Major,
            "tools.greet: the tool is gone",
        ),
        (
            "contract.toml",
            "\"coreutils-basic\"",
            "\"coreutils-basic\", \"jq\"",
            Step::Minor,
            "guests.jq: the guest and its commands are new",
        ),
        (
            "contract.toml",
            "fuel_ns = 1",
            "fuel_ns = 3",
            Step::Major,
            "time: fuel_ns: 1 → 3",
        ),
        (
            "contract.toml",
            "[time]",
            "[limits]\nprocesses_max = 5\n[time]",
            Step::Major,
            "limits: processes_max is lower: 512 → 5",
        ),
        (
            "contract.toml",
            "[time]",
            "[limits]\nprocesses_max = 5000\n[time]",
            Step::Minor,
            "limits: processes_max is higher: 512 → 5000",
        ),
        (
            "contract.toml",
            "red",
            "blue",
            Step::Major,
            "environment: variables: ",
        ),
        (
            "greet.toml",
            "Greets.",
            "Says hello.",
            Step::Minor,
            "tools.greet: its description reads otherwise",
        ),
        (
            "greet.toml",
            "argv =",
            "stdin_json = true\nargv =",
            Step::Major,
            "tools.greet: its command is another",
        ),
        (
            "greet.toml",
            "argv =",
            "output.show_status = true\nargv =",
            Step::Major,
            "tools.greet: its output has another shape",
        ),
        (
            "greet.toml",
            "argv =",
            "limits.deadline_ms = 5\nargv =",
            Step::Major,
            "tools.greet: deadline_ms is new: 5",
        ),
        (
            "greet.toml",
            "argv =",
            "parameters.who = { type = \"string\", description = \"Whom.\" }\nargv =",
            Step::Minor,
            "tools.greet: the parameter `who` is new",
        ),
        (
            "greet.toml",
            "argv =",
            "parameters.who = { type = \"string\", description = \"Whom.\", required = true }\nargv =",
            Step::Major,
            "tools.greet: the parameter `who` is new and required",
        ),
        (
            "greet.wasm",
            "hello",
            "hallo",
            Step::Major,
            "guests.greet: its module is another",
        ),
    ];
    let before = own("contract-diff-before");
    for (file, from, to, step, words) in cases {
        let after = own("contract-diff-after");
        match file {
            "greet.wasm" => fs::write(after.join(file), greeter("hallo, ")).unwrap(),
            _ => change(after.join(file), from, to),
        }
        let output = contract(&["diff", before.to_str().unwrap(), after.to_str().unwrap()]);
        assert_eq!(
            output.status.code(),
            Some(1),
            "the version did not move: {output:?}"
        );
        let text = stdout(&output);
        assert!(text.contains(&format!("{step:5}  {words}")), "{text}");
        // A later version that moves as far is enough.
        let version = if step == Step::Major {
            "2.0.0"
        } else {
            "1.1.0"
        };
        change(after.join("contract.toml"), "1.0.0", version);
        let output = contract(&["diff", before.to_str().unwrap(), after.to_str().unwrap()]);
        assert!(output.status.success(), "{output:?}");
        assert!(
            stdout(&output).ends_with("which is enough.\n"),
            "{output:?}"
        );
    }
}

#[test]
fn narrower_and_wider_parameters_are_told_apart() {
    let with = |parameter: &str| {
        let folder = own("contract-narrow");
        change(
            folder.join("greet.toml"),
            "argv =",
            &format!(
                "parameters.n = {{ type = \"integer\", description = \"N.\"{parameter} }}\nargv ="
            ),
        );
        Contract::read(&folder).unwrap()
    };
    let texts = |before: &str, after: &str| -> Vec<(Step, String)> {
        let changes = contract_changes(&with(before), &with(after)).changes;
        changes
            .into_iter()
            .map(|change| (change.step, change.text))
            .collect()
    };
    assert_eq!(
        texts("", ", maximum = 5"),
        [(Step::Major, "`n` allows less".to_owned())]
    );
    assert_eq!(
        texts(", maximum = 5", ", maximum = 6"),
        [(Step::Minor, "`n` allows more".to_owned())]
    );
    assert_eq!(
        texts(", minimum = 5", ", minimum = 6"),
        [(Step::Major, "`n` allows less".to_owned())]
    );
    assert_eq!(
        texts(", required = true", ""),
        [(Step::Minor, "`n` is optional now".to_owned())]
    );
}

/// Arguments of all kinds, for the parameters of [`schema_agrees`].
fn arguments() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        (-20i64..20).prop_map(Value::from),
        Just(json!(2.0)),
        Just(json!(2.5)),
        Just(json!(u64::MAX)),
        prop_oneof![Just("view"), Just("create"), Just("other")].prop_map(Value::from),
    ];
    let value = prop_oneof![
        scalar.clone(),
        prop::collection::vec(scalar, 0..3).prop_map(Value::from),
        Just(json!({})),
    ];
    let name = prop_oneof![
        Just("s"),
        Just("e"),
        Just("i"),
        Just("n"),
        Just("b"),
        Just("a"),
        Just("z")
    ];
    prop_oneof![
        9 => prop::collection::btree_map(name.prop_map(str::to_owned), value.clone(), 0..6).prop_map(|members| json!(members)),
        1 => value,
    ]
}

proptest! {
    /// The check of arguments accepts exactly what the published schema does, a well-known validator being the judge.
    #[test]
    fn the_check_agrees_with_the_schema(arguments in arguments()) {
        let folder = own_with_parameters();
        let tool = folder.tool("greet").unwrap();
        let schema = jsonschema::validator_for(&tool.input_schema()).unwrap();
        prop_assert_eq!(tool.invocation(&arguments).is_ok(), schema.is_valid(&arguments), "{}", arguments);
    }
}

fn own_with_parameters() -> &'static Contract {
    static CONTRACT: std::sync::OnceLock<Contract> = std::sync::OnceLock::new();
    CONTRACT.get_or_init(|| {
        let folder = own("contract-parameters");
        let parameters = r#"
[parameters]
s = { type = "string", description = "S.", required = true }
e = { type = "string", description = "E.", enum = ["view", "create"] }
i = { type = "integer", description = "I.", minimum = -3, maximum = 10 }
n = { type = "number", description = "N.", minimum = 2 }
b = { type = "boolean", description = "B." }
a = { type = "array", description = "A.", items = "integer" }
"#;
        let file = folder.join("greet.toml");
        let text = fs::read_to_string(&file).unwrap() + parameters;
        fs::write(&file, text).unwrap();
        let contract = Contract::read(&folder).unwrap();
        let greet = contract.tool("greet").unwrap().manifest();
        assert_eq!(greet.parameters["i"].kind, ParameterType::Integer);
        contract
    })
}

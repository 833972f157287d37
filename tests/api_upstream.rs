//! The cases of `tests/conformance` that the `api` layer answers alone: names, numbers, defaults, validation, and the error texts of a real API server.

use daemonset_playground::api::apps::{DaemonSet, DaemonSetStatus, RollingUpdateDaemonSet};
use daemonset_playground::api::decode;
use daemonset_playground::api::defaults;
use daemonset_playground::api::int_or_percent::IntOrString;
use daemonset_playground::api::names;
use daemonset_playground::api::object::Object;
use daemonset_playground::api::status::{FieldError, FieldErrorType, Status};
use daemonset_playground::api::validation;
use daemonset_playground::api::validation::daemon_set::{
    validate_daemon_set, validate_daemon_set_update, validate_rolling_update,
    validate_status_update, validate_template_generation,
};
use serde_json::Value;
use std::path::Path;

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/conformance")
        .join(name)
}

/// Cases of these kinds in a file; at least one, or the file has changed under us.
fn cases(file: &str, kinds: &[&str]) -> Vec<Value> {
    let all = read(&folder("upstream").join(file));
    let of_kind = |case: &&Value| kinds.contains(&case["kind"].as_str().unwrap());
    let cases: Vec<Value> = all
        .as_array()
        .unwrap()
        .iter()
        .filter(of_kind)
        .cloned()
        .collect();
    assert!(!cases.is_empty(), "{file}: no {kinds:?}");
    cases
}

fn daemon_set(value: &Value) -> DaemonSet {
    let mut daemon_set: DaemonSet = serde_json::from_value(value.clone()).unwrap();
    defaults::default_daemon_set(&mut daemon_set);
    daemon_set
}

fn parse<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

/// Everything in `expect` is in `actual`.
#[track_caller]
fn assert_holds(actual: &Value, expect: &Value, name: &str) {
    match expect {
        Value::Object(map) => {
            for (key, expect) in map {
                assert_holds(&actual[key], expect, &format!("{name} {key}"));
            }
        }
        _ => assert_eq!(actual, expect, "{name}"),
    }
}

#[test]
fn validation_cases() {
    let kinds = [
        "validate-create",
        "validate-update",
        "validate-rolling-update",
        "validate-status-update",
        "validate-template-generation",
    ];
    let cases = cases("validation.json", &kinds);
    assert_eq!(cases.len(), 32, "all cases of the file");
    for case in cases {
        let errors = match case["kind"].as_str().unwrap() {
            "validate-create" => validate_daemon_set(&daemon_set(&case["daemonSet"])),
            "validate-update" => validate_daemon_set_update(
                &daemon_set(&case["daemonSet"]),
                &daemon_set(&case["oldDaemonSet"]),
            ),
            "validate-rolling-update" => {
                validate_rolling_update(&parse::<RollingUpdateDaemonSet>(&case["rollingUpdate"]))
            }
            "validate-status-update" => validate_status_update(
                &parse::<DaemonSetStatus>(&case["status"]),
                &parse::<DaemonSetStatus>(&case["oldStatus"]),
            ),
            _ => validate_template_generation(
                case["newTemplateGeneration"].as_i64().unwrap(),
                case["oldTemplateGeneration"].as_i64().unwrap(),
                case["templateChanged"].as_bool().unwrap(),
            ),
        };
        check_errors(&case, &errors);
    }
}

#[track_caller]
fn check_errors(case: &Value, errors: &[FieldError]) {
    let name = &case["name"];
    let expected = case["expect"]["errors"].as_array().unwrap();
    assert_eq!(errors.len(), expected.len(), "{name}: {errors:?}");
    assert_eq!(
        errors.is_empty(),
        case["expect"]["valid"].as_bool().unwrap(),
        "{name}"
    );
    for expect in expected {
        let found = errors.iter().any(|error| {
            let type_ = match error.type_ {
                FieldErrorType::NotSupported => "NotSupported".to_owned(),
                other => format!("{other:?}"),
            };
            error.field == expect["field"]
                && type_ == expect["type"]
                && error
                    .detail
                    .contains(expect["detailContains"].as_str().unwrap_or(""))
        });
        assert!(found, "{name}: {expect} in {errors:?}");
    }
}

#[test]
fn defaulting_cases() {
    for case in cases("defaulting.json", &["defaulting"]) {
        let defaulted = serde_json::to_value(daemon_set(&case["daemonSet"])).unwrap();
        assert_holds(
            &defaulted["spec"],
            &case["expect"]["spec"],
            case["name"].as_str().unwrap(),
        );
    }
}

#[test]
fn int_or_percent_cases() {
    for case in cases(
        "int-or-percent.json",
        &["int-or-percent-parse", "int-or-percent-scale"],
    ) {
        let input: Option<IntOrString> = parse(&case["input"]);
        let (value, percent) = match (&input, case["kind"].as_str().unwrap()) {
            (None, _) => (Err("nil value for IntOrString".to_owned()), None),
            (Some(input), "int-or-percent-parse") => {
                let parsed = input.parse();
                (
                    parsed.clone().map(|(n, _)| n),
                    parsed.ok().map(|(_, percent)| percent),
                )
            }
            (Some(input), _) => {
                let total = case["total"].as_i64().unwrap() as i32;
                let scaled = input.scaled(total, case["roundUp"].as_bool().unwrap());
                (scaled.map(i64::from), None)
            }
        };
        let expect = &case["expect"];
        assert_eq!(
            value.is_err(),
            expect["error"].as_bool().unwrap(),
            "{}",
            case["name"]
        );
        if let Ok(value) = value {
            assert_eq!(value, expect["value"], "{}", case["name"]);
        }
        if let (Some(percent), Some(expect)) = (percent, expect.get("percent")) {
            assert_eq!(percent, *expect, "{}", case["name"]);
        }
    }
}

#[test]
fn names_and_labels_cases() {
    let kinds = ["label-key", "label-value", "percent", "dns-subdomain"];
    for case in cases("names-and-labels.json", &kinds) {
        let check = match case["kind"].as_str().unwrap() {
            "label-key" => names::label_key,
            "label-value" => names::label_value,
            "percent" => names::percent,
            _ => names::dns_subdomain,
        };
        let errors = check(case["input"].as_str().unwrap());
        assert_eq!(
            errors.is_empty(),
            case["expect"]["valid"].as_bool().unwrap(),
            "{}: {errors:?}",
            case["name"]
        );
    }
}

/// What kubectl prints when it applies `object`; empty if the server takes it.
fn apply(object: &Value, old: Option<&Object>) -> (String, Option<Object>) {
    let decoded = match decode::decode(&object.to_string()) {
        Ok(decoded) => decoded,
        Err(errors) => {
            return (
                decode::kubectl_error(&errors, "STDIN", "creating") + "\n",
                None,
            );
        }
    };
    let mut new = decoded[0].object.clone();
    defaults::default_object(&mut new);
    let errors = match old {
        None => validation::validate_create(&new),
        Some(old) => validation::validate_update(&new, old),
    };
    if errors.is_empty() {
        return (String::new(), Some(new));
    }
    let (kind, name) = (new.kind_name().to_owned(), new.meta().name.clone());
    let status = Status::invalid(&kind, &name, errors);
    let text = match status.causes.as_slice() {
        [one] => format!("The {kind} \"{name}\" is invalid: {one}\n"),
        many => {
            let lines: Vec<String> = many.iter().map(|cause| format!("* {cause}\n")).collect();
            format!("The {kind} \"{name}\" is invalid: \n{}", lines.concat())
        }
    };
    (text, None)
}

#[test]
fn recorded_error_texts() {
    let mut files: Vec<_> = std::fs::read_dir(folder("recorded"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("api-")
        })
        .collect();
    files.sort();
    assert!(files.len() >= 24, "{}", files.len());
    for file in files {
        let case = read(&file);
        let steps = case["steps"].as_array().unwrap();
        let observations = case["observations"].as_array().unwrap();
        let mut stored = None;
        for (step, observation) in steps.iter().zip(observations) {
            if step["do"] != "apply" {
                continue;
            }
            let (stderr, object) = apply(&step["object"], stored.as_ref());
            assert_eq!(
                stderr,
                observation["result"]["stderr"].as_str().unwrap(),
                "{}",
                case["name"]
            );
            stored = object.or(stored);
        }
    }
}

/// A generator of numbers, the same in every run.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

const MANIFEST: &str = include_str!("conformance/big-manifest.yaml");

/// Decode, default, validate, print, and find the place of each error: nothing of it may panic.
fn through_everything(text: &str) -> bool {
    match decode::decode(text) {
        Err(errors) => {
            assert!(!errors.is_empty());
            assert!(errors.iter().all(|e| e.line >= 1 && e.column >= 1));
            decode::kubectl_error(&errors, "STDIN", "creating");
            false
        }
        Ok(decoded) => {
            for one in decoded {
                let mut object = one.object.clone();
                defaults::default_object(&mut object);
                for error in validation::validate_create(&object) {
                    assert!(one.position(&error.field).is_some());
                }
                validation::validate_update(&object, &one.object);
                let value = object.to_value();
                daemonset_playground::api::yaml::to_string(&value);
                // What we write is what we read.
                assert_eq!(decode::decode_value(value).ok(), Some(object), "{text}");
            }
            true
        }
    }
}

#[test]
fn the_big_manifest_is_fine() {
    let decoded = decode::decode(MANIFEST).unwrap();
    for one in &decoded {
        let mut object = one.object.clone();
        defaults::default_object(&mut object);
        defaults::namespace_or_default(&mut object);
        assert_eq!(
            validation::validate_create(&object),
            [],
            "{}",
            object.kind_name()
        );
    }
    assert!(through_everything(MANIFEST));
}

#[test]
fn mutated_manifests_never_panic() {
    const PIECES: &[&str] = &[
        "",
        " ",
        "\n",
        "\t",
        ":",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "null",
        "~",
        "yes",
        "-1",
        "1e9",
        "99999999999999999999",
        "\"\"",
        "'",
        "\"",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "|",
        ">",
        "#",
        "---\n",
        "%",
        "é",
        "\u{0}",
        "\u{feff}",
        "x",
        "Invalid!",
        "50%",
        "101%",
        ".inf",
        "0x7fffffff",
    ];
    let mut rng = Rng(11);
    let mut accepted = 0;
    for _ in 0..2500 {
        let mut text = MANIFEST.to_owned();
        for _ in 0..=rng.below(3) {
            let place = |rng: &mut Rng, text: &str| {
                let mut at = rng.below(text.len());
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                at
            };
            let at = place(&mut rng, &text);
            match rng.below(4) {
                0 => text.insert_str(at, PIECES[rng.below(PIECES.len())]),
                1 => {
                    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
                    text.replace_range(at..end, PIECES[rng.below(PIECES.len())]);
                }
                2 => {
                    // The value of a line becomes another.
                    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
                    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
                    if let Some(colon) = text[start..end].find(": ") {
                        text.replace_range(start + colon + 2..end, PIECES[rng.below(PIECES.len())]);
                    }
                }
                _ => {
                    let to = place(&mut rng, &text);
                    text.replace_range(
                        at.min(to)..at.max(to).min(at.min(to) + 200).max(at.min(to)),
                        "",
                    );
                }
            }
            if text.is_empty() {
                text.push('x');
            }
        }
        accepted += usize::from(through_everything(&text));
    }
    // Both ways are taken often.
    assert!((200..2300).contains(&accepted), "{accepted}");
}

//! The `api` layer against the error texts of a real API server and against broken manifests. The tables of upstream's cases are run by `tests/conformance.rs`.

use daemonset_playground::api::decode;
use daemonset_playground::api::defaults;
use daemonset_playground::api::object::Object;
use daemonset_playground::api::status::Status;
use daemonset_playground::api::validation;
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
    assert!((150..2300).contains(&accepted), "{accepted}");
}

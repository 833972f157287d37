//! The import table: a module uses only what stands above it in `src/lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, lowest first. Those of one line are siblings and don't use each other.
const LAYERS: &[&[&str]] = &[
    &["chunk"],
    &["sim"],
    &["api"],
    &["reason"],
    &["trace"],
    &["apiserver"],
    &["client"],
    &["controllers", "scheduler", "kubelet"],
    &["cluster"],
    &["kubectl"],
    &["presets", "scenarios"],
    &["session"],
    &["console", "explain"],
    &["transcript", "conformance", "present"],
    &["app"],
    &["view"],
];

fn level(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn rust_files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The modules that a line of code names behind `crate::`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).filter_map(|rest| {
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
            .filter(|word| !word.is_empty())
    })
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files.sort();
    let mut wrong = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).expect("below src");
        let first = relative
            .components()
            .next()
            .expect("a name")
            .as_os_str()
            .to_string_lossy();
        let own = first.trim_end_matches(".rs").to_owned();
        let Some(own_level) = level(&own) else {
            continue;
        };
        let text = fs::read_to_string(&file).expect("a readable file");
        for (number, line) in text.lines().enumerate() {
            // Tests may look further.
            if line.starts_with("#[cfg(test)]") {
                break;
            }
            if line.trim_start().starts_with("//") {
                continue;
            }
            for module in named(line) {
                let Some(other) = level(module) else { continue };
                let sibling = other == own_level && module != own;
                // The page stops at its view models and messages.
                let view_looks_deep = own == "view"
                    && !["view", "chunk", "app", "present", "presets", "scenarios"]
                        .contains(&module);
                if other > own_level || sibling || view_looks_deep {
                    wrong.push(format!(
                        "{}:{}: {own} must not use {module}",
                        relative.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "move the code or the type to the right layer:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn one_file_names_the_yaml_crates_and_one_asks_the_browser_for_time() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let relative = file
            .strip_prefix(&root)
            .expect("below src")
            .display()
            .to_string();
        let text = fs::read_to_string(&file).expect("a readable file");
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            let yaml = (line.contains("serde_yaml") || line.contains("granit_parser"))
                && !relative.starts_with("api/yaml");
            let clock = ["Instant::now", "SystemTime::now", "HashMap", "HashSet"]
                .iter()
                .any(|w| line.contains(w))
                && !relative.contains("tests")
                && !relative.starts_with("view")
                && !relative.starts_with("bin");
            if yaml || clock {
                wrong.push(format!("{relative}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

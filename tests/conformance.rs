//! All cases of `tests/conformance` that we have, through the library, as `dsctl conformance` runs them.

use daemonset_playground::conformance::{Report, run_file};
use std::path::{Path, PathBuf};

/// Kinds of cases that nothing runs yet. This list shrinks; a case of another kind may not be skipped.
const NOT_RUN_YET: &[&str] = &[];

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/conformance")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .collect();
    files.sort();
    files
}

fn run(folder: &str) -> Report {
    let mut all = Report::default();
    for path in files(folder) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let report = run_file(&name, &std::fs::read_to_string(&path).unwrap());
        println!(
            "{:5} of {:3}  {name}",
            report.passed,
            report.passed as usize + report.failed.len()
        );
        all.add(report);
    }
    all
}

#[test]
fn upstream() {
    let report = run("upstream");
    let not_run = |text: &str| {
        let kind = text
            .strip_prefix("kind ")?
            .strip_suffix(" is not run yet")?;
        Some(kind.to_owned())
    };
    let kinds: std::collections::BTreeSet<String> = report
        .failed
        .iter()
        .filter_map(|(_, text)| not_run(text))
        .collect();
    let listed = NOT_RUN_YET.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(kinds, listed, "NOT_RUN_YET must be exact");
    let wrong: Vec<String> = report
        .failed
        .iter()
        .filter(|(_, text)| not_run(text).is_none())
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(report.passed >= 320, "{}", report.passed);
}

#[test]
fn recorded() {
    let report = run("recorded");
    let failed: Vec<String> = report
        .failed
        .iter()
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    let total = report.passed as usize + failed.len();
    println!("{} of {total} recorded scenarios", report.passed);
    assert!(
        failed.is_empty(),
        "{} of {total} failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
    assert!(total >= 88, "{total}");
}

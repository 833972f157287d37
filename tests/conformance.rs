//! All cases of `tests/conformance` that we have, through the library, as `dsctl conformance` runs them.

use daemonset_playground::conformance::{Report, run_file};
use std::path::{Path, PathBuf};

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

/// All of them pass, and none has got lost.
#[track_caller]
fn check(folder: &str, at_least: usize) {
    let report = run(folder);
    let failed: Vec<String> = report
        .failed
        .iter()
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    let total = report.passed as usize + failed.len();
    println!("{} of {total} of {folder}", report.passed);
    assert!(
        failed.is_empty(),
        "{} of {total} failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
    assert!(total >= at_least, "{total}");
}

/// Those that don't pass yet are listed, one a line: each of the others passes, and what is mended leaves the list.
#[track_caller]
fn check_but_known(folder: &str, at_least: usize) {
    let report = run(folder);
    let list = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/conformance")
        .join(format!("{folder}-known.txt"));
    let failed: Vec<&str> = report
        .failed
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let total = report.passed as usize + failed.len();
    println!("{} of {total} of {folder}", report.passed);
    let now = failed.join("\n") + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&list, &now).unwrap();
    }
    let known = std::fs::read_to_string(&list).unwrap();
    let is_known = |name: &str| known.lines().any(|line| line == name);
    let new: Vec<String> = report
        .failed
        .iter()
        .filter(|(name, _)| !is_known(name))
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    assert!(new.is_empty(), "{}", new.join("\n"));
    assert_eq!(known, now, "cases that pass now are to leave the list");
    assert!(total >= at_least, "{total}");
}

/// Real manifests' faults.
#[test]
fn kinds() {
    check_but_known("kinds", 76);
}

/// Random scenarios.
#[test]
fn random() {
    check_but_known("random", 31);
}

/// Random commands and broken manifests.
#[test]
fn text() {
    check_but_known("text", 422);
}

#[test]
fn upstream() {
    check("upstream", 383);
}

#[test]
fn recorded() {
    check("recorded", 88);
}

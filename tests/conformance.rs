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

#[test]
fn upstream() {
    check("upstream", 383);
}

#[test]
fn recorded() {
    check("recorded", 88);
}

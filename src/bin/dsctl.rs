//! The playground in a terminal: runs conformance cases and reads links. The console comes later.

use daemonset_playground::conformance::{Report, run_file};
use daemonset_playground::session::link;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
dsctl conformance PATH…     run case files (*.json), or all below a folder
dsctl link decode           a link on stdin, its scenario as JSON on stdout
dsctl link encode           the other way round";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["conformance", paths @ ..] if !paths.is_empty() => conformance(paths),
        ["link", "decode"] => read_stdin().and_then(|text| {
            let shared = link::decode(&text).map_err(|error| error.to_string())?;
            println!(
                "{}",
                serde_json::to_string_pretty(&shared).map_err(|error| error.to_string())?
            );
            Ok(true)
        }),
        ["link", "encode"] => read_stdin().and_then(|text| {
            let shared = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            println!("{}", link::encode(&shared));
            Ok(true)
        }),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::from(2)
        }
    }
}

fn read_stdin() -> Result<String, String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| error.to_string())?;
    Ok(text)
}

fn conformance(paths: &[&str]) -> Result<bool, String> {
    let mut files = Vec::new();
    for path in paths {
        collect(Path::new(path), &mut files)?;
    }
    files.sort();
    let mut report = Report::default();
    for file in files {
        let text = std::fs::read_to_string(&file)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        report.add(run_file(&file.display().to_string(), &text));
    }
    for (name, difference) in &report.failed {
        println!("{name}: {}", difference.replace('\n', " "));
    }
    println!("{} passed, {} failed", report.passed, report.failed.len());
    Ok(report.failed.is_empty())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    if path.is_dir() {
        let entries =
            std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
        for entry in entries.flatten() {
            collect(&entry.path(), files)?;
        }
    } else if path.extension().is_some_and(|e| e == "json") {
        files.push(path.to_owned());
    } else if !path.exists() {
        return Err(format!("{}: no such file or folder", path.display()));
    }
    Ok(())
}

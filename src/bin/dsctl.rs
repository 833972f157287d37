//! The playground in a terminal: plays transcripts, runs conformance cases, reads links, and has a console.

use daemonset_playground::conformance::{Report, run_file};
use daemonset_playground::console::CLUSTER_USAGE;
use daemonset_playground::kubectl::cli::shell::Heredoc;
use daemonset_playground::session::link;
use daemonset_playground::transcript::{self, Player};
use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
dsctl conformance PATH…          run case files (*.json), or all below a folder
dsctl transcript FILE [--check]  play a transcript and print it; or only compare it with what comes out
dsctl repl                       a console: kubectl and cluster commands, one a line
dsctl link decode                a link on stdin, its scenario as JSON on stdout
dsctl link encode                the other way round";

fn main() -> ExitCode {
    // Arguments that aren't UTF-8 are wrong ones, not a panic.
    let args: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["conformance", paths @ ..]
            if !paths.is_empty() && !paths.iter().any(|path| path.starts_with("--")) =>
        {
            conformance(paths)
        }
        ["transcript", "--check", file] | ["transcript", file, "--check"] => {
            play_transcript(file, true)
        }
        ["transcript", file] if !file.starts_with("--") => play_transcript(file, false),
        ["repl"] => repl(),
        ["link", "decode"] => decode_link(),
        ["link", "encode"] => encode_link(),
        ["help" | "--help" | "-h"] => {
            return finish(say(USAGE).map(|()| true));
        }
        _ => Err(USAGE.to_owned()),
    };
    finish(done)
}

fn finish(done: Result<bool, String>) -> ExitCode {
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(text) => {
            let _ = writeln!(std::io::stderr(), "{text}");
            ExitCode::from(2)
        }
    }
}

/// Prints a line; a closed pipe is an error, not a panic.
fn say(text: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{text}").map_err(|error| error.to_string())
}

fn decode_link() -> Result<bool, String> {
    let shared = link::decode(&read_stdin()?).map_err(|error| error.to_string())?;
    let json = serde_json::to_string_pretty(&shared).map_err(|error| error.to_string())?;
    say(&json).map(|()| true)
}

fn encode_link() -> Result<bool, String> {
    let shared = serde_json::from_str(&read_stdin()?).map_err(|error| error.to_string())?;
    say(&link::encode(&shared)).map(|()| true)
}

fn play_transcript(file: &str, check: bool) -> Result<bool, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let played = transcript::play(&text).map_err(|error| format!("{file}: {error}"))?;
    if !check {
        write!(std::io::stdout(), "{played}").map_err(|error| error.to_string())?;
        return Ok(true);
    }
    match transcript::first_difference(&text, &played) {
        None => Ok(true),
        Some(difference) => say(&format!("{file}: {difference}")).map(|()| false),
    }
}

fn repl() -> Result<bool, String> {
    let mut player = Player::default();
    let mut lines = std::io::stdin().lock().lines();
    // Piped input gets no prompts between its outputs.
    let asks = std::io::stdin().is_terminal();
    let prompt = |text: &str| -> Result<(), String> {
        let mut stdout = std::io::stdout();
        if asks {
            write!(stdout, "{text}").map_err(|error| error.to_string())?;
        }
        stdout.flush().map_err(|error| error.to_string())
    };
    loop {
        prompt("$ ")?;
        let Some(line) = lines.next() else {
            return Ok(true);
        };
        let mut typed = line.map_err(|error| error.to_string())?;
        match typed.trim() {
            "exit" | "quit" => return Ok(true),
            "" => continue,
            comment if comment.starts_with('#') => continue,
            "help" | "cluster" => {
                say(&format!("kubectl …\n{CLUSTER_USAGE}\nexit"))?;
                continue;
            }
            _ => {}
        }
        let head = typed.clone();
        if let Some(heredoc) = Heredoc::begun_by(&head) {
            loop {
                prompt("> ")?;
                let Some(line) = lines.next() else { break };
                let line = line.map_err(|error| error.to_string())?;
                typed.push('\n');
                typed.push_str(&line);
                if heredoc.read(&line).is_none() {
                    break;
                }
            }
        }
        match player.run(&typed) {
            Ok(printed) => {
                write!(std::io::stdout(), "{printed}").map_err(|error| error.to_string())?;
            }
            Err(error) => say(&error)?,
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
        say(&format!("{name}: {}", difference.replace('\n', " ")))?;
    }
    say(&format!(
        "{} passed, {} failed",
        report.passed,
        report.failed.len()
    ))?;
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

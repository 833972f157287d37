//! Stories as transcripts: commands, and what kubectl prints. `UPDATE_EXPECT=1 cargo test` fills the outputs in; read the difference as behaviour.

use daemonset_playground::kubectl::cli::verbs::VERBS;
use daemonset_playground::transcript;
use std::fs;
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).expect("a readable file")
}

#[test]
fn every_verb_has_a_story() {
    let told: String = files().iter().map(|file| read(file)).collect();
    let is_untold = |path: &&str| {
        let command = format!("$ kubectl {path}");
        !told
            .lines()
            .filter_map(|line| line.strip_prefix(&command))
            .any(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let untold: Vec<&str> = VERBS
        .iter()
        .flat_map(|verb| verb.names())
        .filter(is_untold)
        .collect();
    assert!(untold.is_empty(), "in no transcript: {untold:?}");
}

#[test]
fn transcripts_come_out_as_written() {
    let mut wrong = Vec::new();
    for file in files() {
        let text = read(&file);
        let name = file.display();
        match transcript::play(&text) {
            Err(error) => wrong.push(format!("{name}: {error}")),
            Ok(played) if std::env::var_os("UPDATE_EXPECT").is_some() => {
                fs::write(&file, played).expect("a writable file");
            }
            Ok(played) => {
                let difference = transcript::first_difference(&text, &played);
                wrong.extend(difference.map(|difference| format!("{name}: {difference}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Stories as transcripts: commands, and what kubectl prints. `UPDATE_EXPECT=1 cargo test` fills the outputs in; read the difference as behaviour.

use daemonset_playground::transcript;
use std::fs;
use std::path::Path;

#[test]
fn transcripts_come_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable file");
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

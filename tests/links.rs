//! Links that earlier builds made must keep playing: the same acts at the same times, and the same cluster at the moment shown.
//!
//! `tests/links/README.md` says how the files were made. A change of what the simulation does may change what is pinned
//! (`UPDATE_EXPECT=1` updates it); the link itself stays.

use daemonset_playground::kubectl;
use daemonset_playground::session::words::describe;
use daemonset_playground::session::{Session, link};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is pinned of a link: its acts with their times, and what kubectl shows at the moment shown.
fn pinned(link: &str) -> String {
    let shared = link::decode(link).unwrap();
    let mut session = Session::open(&shared).unwrap();
    let mut out = String::new();
    for logged in session.log() {
        // An apply's text is in the link.
        let told = describe(&logged.command);
        let joined = if logged.joins { " (joins)" } else { "" };
        let _ = writeln!(out, "{} {}{joined}", logged.at.0, told.replace('\n', "\\n"));
    }
    for mark in session.bookmarks().to_vec() {
        let _ = writeln!(out, "bookmark {} at {}", mark.name, mark.place.at.0);
    }
    shows(&mut session, &mut out);
    for mark in session.bookmarks().to_vec() {
        session.go(mark.place);
        let _ = writeln!(out, "\nbookmark {}", mark.name);
        shows(&mut session, &mut out);
    }
    for branch in 0..session.branches().len() {
        let mut other = Session::open(&shared).unwrap();
        other.switch(branch);
        let _ = writeln!(out, "\nhistory {}", other.title());
        shows(&mut other, &mut out);
    }
    out
}

fn shows(session: &mut Session, out: &mut String) {
    let _ = writeln!(out, "now {}", session.now().0);
    let args = ["get", "ds,pods,nodes", "-A", "-o", "wide"].map(str::to_owned);
    out.push_str(
        &session
            .look(|host| kubectl::run(host, &args, None))
            .terminal,
    );
}

#[test]
fn links_of_earlier_builds_play() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/links");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
        .collect();
    files.sort();
    assert!(files.len() >= 10, "{files:?}");
    let updates = std::env::var_os("UPDATE_EXPECT").is_some();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        // A comment, the link, and what is pinned.
        let mut parts = text.splitn(3, "\n\n");
        let (about, link) = (parts.next().unwrap(), parts.next().unwrap());
        let now = format!("{about}\n\n{link}\n\n{}", pinned(link));
        if updates {
            std::fs::write(&file, now).unwrap();
        } else {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let difference = daemonset_playground::transcript::first_difference(&text, &now);
            assert_eq!(difference, None, "{name}");
        }
    }
}

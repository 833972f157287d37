//! Hostile input, by mutation of what is right: command lines, manifests, links. Nothing may panic, hang, or leave a cluster that does.
//!
//! A few hundred inputs run with the other tests. `FUZZ_SECONDS=600 cargo test --profile fuzz --no-default-features --test fuzz` goes on for so long, and `FUZZ_SEED=2` takes another way. What it finds goes into `finds_stay_fixed`.

use daemonset_playground::console::{self, Waits};
use daemonset_playground::session::Session;
use daemonset_playground::session::command::Command;
use daemonset_playground::session::link::{self, Shared};
use daemonset_playground::session::scenario::Scenario;
use daemonset_playground::sim::rng::Stream;
use daemonset_playground::sim::time::SimDuration;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How many inputs each target gets when no time is given.
const ROUNDS: u32 = 250;
/// An input that takes longer is a find, though it ends.
const SLOW: Duration = Duration::from_secs(10);
/// Here nobody waits any longer: the process ends and says what it was at.
const HANGS: Duration = Duration::from_secs(120);
/// Inputs that the mutations begin with; the rest of what looked new is dropped.
const CORPUS: usize = 4000;
/// After so many inputs the session begins anew, so that a find can be told apart from its past.
const EPISODE: u32 = 12;
/// A cluster with more nodes than this is left alone: its size is what takes the time.
const NODES: usize = 40;
/// Steps that one advance may take.
const STEPS: u64 = 50_000;

/// Texts that often stand where parsers and sums go wrong.
const NASTY: &[&str] = &[
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "2147483648",
    "-1",
    "0",
    "1e400",
    "1e-400",
    ".5",
    "NaN",
    "100%",
    "999999999999%",
    "-5%",
    "9999999999999999h",
    "9e18Gi",
    "9223372036854775807m",
    "1n",
    "~",
    "null",
    "true",
    "[]",
    "{}",
    "''",
    "\"\\u0000\"",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "ü",
    "🦀",
    "e\u{301}",
    "&a",
    "*a",
    "!!binary x",
    "<<: *a",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\r\n",
    "\t",
    " # ",
    "|\n",
    ">-\n",
    "? ",
    "- - - -",
    "$patch: delete",
    "$setElementOrder/containers: [{name: a}]",
    "$retainKeys: [x]",
    "{.items[*]..name}",
    "{range .items[?(@.a==\"b\")]}{end}",
    "{..}",
    "[-9223372036854775808:]",
    "[::0]",
    "<<EOF",
    "'",
    "\"",
    "\\",
    "`",
    "$(x)",
    "--",
    "-",
    "-f",
    "-f -",
    "-o",
    "-l",
    "-w",
    "-A",
    "-o jsonpath={.metadata.name}",
    "-o yaml",
    "--sort-by=.spec",
    "--for=condition=Ready",
    "--timeout=1s",
    "--dry-run=server",
    "--grace-period=0",
    "--all",
    "--force",
    "--cascade=orphan",
    "!a",
    "a in (b,c)",
    "a notin ()",
    "gpu=yes:NoExecute-",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn texts(folder: &str, extension: &str) -> Vec<String> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    let read = |path: &PathBuf| fs::read_to_string(path).expect("a readable text");
    files.iter().map(read).collect()
}

/// All commands of the transcripts, with their heredocs.
fn commands() -> Vec<String> {
    let mut found = BTreeSet::new();
    for text in texts("tests/transcripts", "txt") {
        let from_first = text.find("\n$ ").map_or("", |at| &text[at + 1..]);
        for line in console::lines(from_first) {
            let line = line.into_text();
            if line.starts_with("kubectl") || line.starts_with("cluster") {
                found.insert(line);
            }
        }
    }
    found.into_iter().collect()
}

/// Manifests: presets, heredocs of the transcripts, objects of the recordings.
fn manifests() -> Vec<String> {
    let mut found: BTreeSet<String> = texts("static", "yaml").into_iter().collect();
    for command in commands() {
        if let Some((line, body)) = command.split_once('\n')
            && line.contains("<<")
        {
            found.insert(
                body.lines()
                    .rev()
                    .skip(1)
                    .fold(String::new(), |text, line| format!("{line}\n{text}")),
            );
        }
    }
    for text in texts("tests/conformance/recorded", "json") {
        let value = serde_json::from_str(&text).expect("JSON");
        objects(&value, &mut found);
    }
    found.into_iter().collect()
}

fn objects(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.contains("apiVersion:") => {
            found.insert(text.clone());
        }
        Value::Object(fields) if fields.contains_key("kind") && fields.contains_key("spec") => {
            found.insert(serde_yaml::to_string(value).expect("YAML"));
        }
        Value::Object(fields) => fields.values().for_each(|field| objects(field, found)),
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        _ => {}
    }
}

/// A place in `text` where a character begins, or its end.
fn place(text: &str, stream: &mut Stream) -> usize {
    let at = stream.below(text.len() as u64 + 1) as usize;
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

fn pick<'a, T: AsRef<str>>(from: &'a [T], stream: &mut Stream) -> &'a str {
    match from.len() {
        0 => "",
        len => from[stream.below(len as u64) as usize].as_ref(),
    }
}

/// Where a random word of `text` stands.
fn word(text: &str, stream: &mut Stream) -> std::ops::Range<usize> {
    let ends = |c: char| !(c.is_alphanumeric() || "-_./%".contains(c));
    let at = place(text, stream);
    let start = text[..at].rfind(ends).map_or(0, |found| {
        found + text[found..].chars().next().map_or(1, char::len_utf8)
    });
    let end = text[start..]
        .find(ends)
        .map_or(text.len(), |found| start + found);
    start..end
}

fn mutate(text: &mut String, corpus: &[String], stream: &mut Stream) {
    match stream.below(13) {
        0 => {
            let mut bytes = std::mem::take(text).into_bytes();
            for _ in 0..=stream.below(3) {
                let at = stream.below(bytes.len() as u64) as usize;
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << stream.below(8);
                }
            }
            *text = String::from_utf8_lossy(&bytes).into_owned();
        }
        1 => {
            let other = pick(corpus, stream);
            let (at, from) = (place(text, stream), place(other, stream));
            text.replace_range(at.., &other[from..]);
        }
        2 => text.truncate(place(text, stream)),
        3 | 4 => {
            let lines: Vec<&str> = text.split('\n').collect();
            let count = lines.len() as u64;
            let (a, b) = (stream.below(count) as usize, stream.below(count) as usize);
            let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
            match stream.below(5) {
                0 => lines.insert(b, lines[a].clone()),
                1 => lines.swap(a, b),
                2 => {
                    lines.remove(a);
                }
                3 => lines[a].insert_str(0, "  "),
                _ => {
                    let cut = lines[a].strip_prefix("  ").unwrap_or(&lines[a]).to_owned();
                    lines[a] = cut;
                }
            }
            *text = lines.join("\n");
        }
        5 | 6 => text.replace_range(word(text, stream), pick(NASTY, stream)),
        7 => text.insert_str(place(text, stream), pick(NASTY, stream)),
        8 | 9 => {
            let other = pick(corpus, stream);
            let from = word(other, stream);
            text.replace_range(word(text, stream), &other[from]);
        }
        10 => {
            let open = pick(
                &["[", "{a: ", "- ", "(", "{", "'", "a.", "((", "\n "],
                stream,
            );
            let depth = [3, 40, 200, 3000][stream.below(4) as usize];
            text.insert_str(place(text, stream), &open.repeat(depth));
        }
        11 => {
            let (a, b) = (place(text, stream), place(text, stream));
            let piece = text[a.min(b)..a.max(b)].to_owned();
            text.insert_str(place(text, stream), &piece);
        }
        _ => {
            let other = pick(corpus, stream);
            text.insert(place(text, stream), ' ');
            let from = word(other, stream);
            text.push(' ');
            text.push_str(&other[from]);
        }
    }
}

/// Ends the process when an input doesn't end.
struct Watchdog(mpsc::Sender<String>);

impl Watchdog {
    fn new(name: &'static str) -> Watchdog {
        let (sender, inputs) = mpsc::channel::<String>();
        std::thread::spawn(move || {
            let mut last = String::new();
            loop {
                match inputs.recv_timeout(HANGS) {
                    Ok(input) => last = input,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        eprintln!("{name} hangs:\n{last}");
                        std::process::abort();
                    }
                }
            }
        });
        Watchdog(sender)
    }
}

/// Gives mutations of `corpus` to `run`, which says in a few words what came of one; those with news are mutated further.
fn fuzz(
    name: &'static str,
    mut corpus: Vec<String>,
    mut run: impl FnMut(&str, &mut Stream, u32) -> String,
) {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seed = number("FUZZ_SEED").unwrap_or(1);
    let until = number("FUZZ_SECONDS").map(|s| Instant::now() + Duration::from_secs(s));
    let watchdog = Watchdog::new(name);
    let mut stream = Stream::new(seed, name);
    let mut seen = BTreeSet::new();
    let mut finds = Vec::new();
    let mut round = 0;
    assert!(!corpus.is_empty());
    while until.map_or(round < ROUNDS, |end| Instant::now() < end) {
        let mut input = pick(&corpus, &mut stream).to_owned();
        let most = stream.below(6);
        for _ in 0..=stream.below(most + 1) {
            mutate(&mut input, &corpus, &mut stream);
        }
        let _ = watchdog.0.send(input.clone());
        let began = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| run(&input, &mut stream, round))) {
            Err(_) => finds.push(format!("round {round} panics:\n{input}")),
            Ok(outcome) => {
                if began.elapsed() > SLOW {
                    finds.push(format!("round {round}: {:?}:\n{input}", began.elapsed()));
                }
                if seen.insert(outcome) && corpus.len() < CORPUS && input.len() < 8000 {
                    corpus.push(input);
                }
            }
        }
        round += 1;
    }
    println!("{name}: {round} inputs, {} outcomes", seen.len());
    assert!(
        finds.is_empty(),
        "{} finds\n{}",
        finds.len(),
        finds.join("\n\n")
    );
}

/// The kind of an answer: its words, without names and numbers.
fn gist(text: &str) -> String {
    let plain = text
        .chars()
        .filter(|c| c.is_ascii_alphabetic() || *c == ' ');
    plain.take(120).collect()
}

/// A cluster at rest with a DaemonSet on it.
fn start() -> Session {
    let mut session = Session::new(Scenario::default());
    let yaml = fs::read_to_string(root().join("static/presets/seed.yaml")).expect("a preset");
    session.submit(Command::Apply { yaml }).expect("a manifest");
    session.settle();
    session
}

/// Lets the cluster live with what was done to it.
fn live(session: &mut Session, stream: &mut Stream) {
    if session.cluster().server.nodes.len() > NODES {
        *session = start();
        return;
    }
    let by = [0, 50, 3_000, 45_000, 400_000][stream.below(5) as usize];
    if !session.advance_to(session.now() + SimDuration::millis(by), STEPS) {
        *session = start();
    } else if stream.chance(60) {
        let shared = link::decode(&link::encode(&session.share(Vec::new()))).expect("a link");
        let opened = Session::open(&shared).expect("a session that just ran");
        let hash = |session: &Session| session.cluster().hash();
        assert_eq!(hash(&opened), hash(session), "its link leads elsewhere");
    }
}

fn command(session: &mut Session, text: &str, stream: &mut Stream) -> String {
    let waits = [Waits::SitOut, Waits::GiveBack][stream.below(2) as usize];
    console::complete(session, text, stream.below(text.len() as u64 + 2) as usize);
    match console::run(session, text, waits) {
        Err(error) => gist(&error),
        Ok(daemonset_playground::kubectl::Started::Done(output)) => {
            format!(
                "{} {} {}",
                output.exit,
                gist(&output.stderr),
                gist(&output.stdout)
            )
        }
        Ok(daemonset_playground::kubectl::Started::Waits(mut pending)) => {
            for _ in 0..3 {
                if session.look(|host| pending.poll(host)).is_some() {
                    break;
                }
                session.advance_to(session.now() + SimDuration::secs(2), STEPS);
            }
            gist(&pending.take_printed())
        }
    }
}

fn apply(session: &mut Session, text: &str) -> String {
    let yaml = text.to_owned();
    match session.submit(Command::Apply { yaml }) {
        Ok(outcome) => gist(&outcome.lines.concat()),
        Err(failure) => gist(&failure.message),
    }
}

#[test]
fn command_lines() {
    let fresh = start();
    let mut session = fresh.clone();
    fuzz("command lines", commands(), |text, stream, round| {
        if round % EPISODE == 0 {
            session = fresh.clone();
        }
        let outcome = command(&mut session, text, stream);
        live(&mut session, stream);
        outcome
    });
}

#[test]
fn applied_manifests() {
    let fresh = start();
    let mut session = fresh.clone();
    fuzz("manifests", manifests(), |text, stream, round| {
        if round % EPISODE == 0 {
            session = fresh.clone();
        }
        let outcome = apply(&mut session, text);
        live(&mut session, stream);
        outcome
    });
}

#[test]
fn pasted_texts() {
    let texts = texts("tests/transcripts", "txt");
    fuzz("pasted texts", texts, |text, _, _| {
        let lines = console::lines(text);
        let open = lines
            .iter()
            .filter(|it| matches!(it, console::Line::Open(_)));
        format!("{} {}", lines.len(), open.count())
    });
}

#[test]
fn links() {
    let share = |session: &Session| link::encode(&session.share(Vec::new()));
    let mut session = start();
    let mut corpus = vec![link::encode(&Shared::default()), share(&session)];
    for text in manifests().iter().take(20) {
        apply(&mut session, text);
        session.advance(SimDuration::secs(5));
        corpus.push(share(&session));
    }
    // What a link holds is mutated as well: a right checksum over anything.
    let jsons: Vec<String> = corpus
        .iter()
        .map(|text| {
            let shared = link::decode(text).expect("a link that was just made");
            serde_json::to_string(&shared).expect("plain data")
        })
        .collect();
    corpus.extend(jsons);
    fuzz("links", corpus, |text, _, _| {
        let shared = match serde_json::from_str::<Shared>(text) {
            Ok(shared) => link::decode(&link::encode(&shared)),
            Err(_) => link::decode(text),
        };
        let shared = match shared {
            Ok(shared) => shared,
            Err(error) => return gist(&error.to_string()),
        };
        let nodes: u32 = shared.scenario.nodes.iter().map(|it| it.count).sum();
        if nodes as usize > NODES {
            return "many nodes".to_owned();
        }
        match Session::open(&shared) {
            Ok(session) => format!("opens {}", session.applied()),
            Err(error) => gist(&error.to_string()),
        }
    });
}

/// Each of these once panicked or didn't end.
#[test]
fn finds_stay_fixed() {
    let mut session = start();
    let mut stream = Stream::new(0, "finds");
    for text in [
        // A path that stops at a character which begins nothing.
        "kubectl get events --sort-by=gpu=yus:NoExecute-",
        "kubectl get ds -o jsonpath={.a=b}",
        "kubectl get ds -o custom-columns=A:.a)",
    ] {
        command(&mut session, text, &mut stream);
    }
    // A paste with an open quote took a time that grew with the square of its lines.
    let paste = "kubectl get '\n".to_owned() + &" \n".repeat(20_000);
    assert_eq!(console::lines(&paste).len(), 1);
}

#[test]
fn the_corpus_is_there() {
    assert!(Path::new(&root().join("static/presets")).is_dir());
    assert!(commands().len() > 50);
    assert!(manifests().len() > 40);
}

//! `kubectl why KIND/NAME`: the why panel as text. No real kubectl has it, so it is the page's console that knows it.

use crate::api::apps::DaemonSet;
use crate::api::go::quote;
use crate::api::object::Key;
use crate::console;
use crate::kubectl;
use crate::present::groups::groups;
use crate::present::page::Subject;
use crate::present::pod::PodId;
use crate::present::rollout::{Count, rollout};
use crate::present::scene::Scene;
use crate::present::why::build;
use crate::session::Session;
use std::rc::Rc;

/// What `help` says of it.
pub const HELP: &str = "\
kubectl why pod/NAME|node/NAME|ds/NAME [-n NAMESPACE]    says why it is so (only here, not on a real cluster)
";

/// The answer, if the line asks why.
pub fn answer(session: &Session, typed: &str) -> Option<Result<String, String>> {
    let words = kubectl::split(typed).ok()?;
    match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["kubectl" | "k", "why", rest @ ..] => Some(why(session, rest)),
        _ => None,
    }
}

/// What the last word of a line that asks why may become.
pub fn complete(session: &mut Session, line: &str) -> Option<Vec<String>> {
    let rest = line.trim_start();
    let rest = rest.strip_prefix("kubectl ").or(rest.strip_prefix("k "))?;
    // The same words stand behind describe.
    let described = format!(
        "kubectl describe {}",
        rest.trim_start().strip_prefix("why ")?
    );
    Some(console::complete(session, &described, described.len()))
}

fn why(session: &Session, words: &[&str]) -> Result<String, String> {
    let (mut names, mut namespace) = (Vec::new(), "default");
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.strip_prefix("--namespace=") {
            Some(given) => namespace = given,
            None if matches!(*word, "-n" | "--namespace") => {
                namespace = rest.next().ok_or_else(|| HELP.trim_end().to_owned())?;
            }
            None => names.push(*word),
        }
    }
    let (kind, name) = match names.as_slice() {
        [both] => both
            .split_once('/')
            .ok_or_else(|| HELP.trim_end().to_owned())?,
        [kind, name] => (*kind, *name),
        _ => return Err(HELP.trim_end().to_owned()),
    };
    let key = Key::new(namespace, name);
    let server = &session.cluster().server;
    let missing = |plural: &str| {
        Err(format!(
            "Error from server (NotFound): {plural} {name} not found",
            name = quote(name)
        ))
    };
    match kind {
        "pod" | "pods" | "po" => {
            let id = PodId {
                namespace: namespace.into(),
                name: name.into(),
            };
            let owner = server.pods.get(&key).and_then(|pod| {
                let owner = pod.metadata.controller_ref()?;
                server.daemon_sets.get(&Key::new(namespace, &owner.name))
            });
            let text = panel(session, Subject::Pod(&id), owner);
            text.map_or_else(|| missing("pods"), Ok)
        }
        "node" | "nodes" | "no" => {
            if server.nodes.get(&Key::new("", name)).is_none() {
                return missing("nodes");
            }
            let name = name.into();
            let mut sets = server.daemon_sets.iter().peekable();
            if sets.peek().is_none() {
                return Ok(panel(session, Subject::Node(&name), None).unwrap_or_default());
            }
            // Each DaemonSet has its own reasons.
            let texts = sets.filter_map(|set| panel(session, Subject::Node(&name), Some(set)));
            Ok(texts.collect::<Vec<_>>().join("\n"))
        }
        "ds" | "daemonset" | "daemonsets" | "daemonset.apps" => {
            match server.daemon_sets.get(&key) {
                Some(set) => Ok(of_set(session, set)),
                None => missing("daemonsets.apps"),
            }
        }
        _ => Err(HELP.trim_end().to_owned()),
    }
}

/// A pod that is gone has a panel too, if anything is known of it.
fn panel(session: &Session, subject: Subject<'_>, set: Option<&Rc<DaemonSet>>) -> Option<String> {
    let mut scene = Scene::default();
    scene.follow(session.cluster(), session.lineage(), set);
    let panel = build(session.cluster(), &scene, subject, set.map(|set| &**set))?;
    let is_known = !panel.is_gone || !panel.causes.is_empty();
    is_known.then(|| panel.text())
}

/// Its nodes by reason, and what its rollout waits for.
fn of_set(session: &Session, set: &Rc<DaemonSet>) -> String {
    let cluster = session.cluster();
    let scene = Scene::at(cluster, set);
    let table = groups(cluster, &scene, set);
    let mut out = format!("{}:\n", table.title);
    for row in table.rows {
        let (count, word) = (row.count, row.state.word());
        out.push_str(&format!(
            "  {count} {word} ({}): {}\n",
            row.nodes.join(", "),
            row.reason
        ));
    }
    let rollout = rollout(set, &Count::of(cluster, &scene));
    out.push_str(&format!("{}\n", rollout.strategy));
    for wait in rollout.waits {
        out.push_str(&format!("  {wait}\n"));
    }
    out
}

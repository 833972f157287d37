//! kubectl: its verbs, flags and words against the simulated cluster, printed as kubectl 1.36 prints.
//!
//! `run` takes arguments and gives what would be on stdout and stderr. What waits (delete, `rollout status`, `get -w`) lets simulated time pass through `Host`.
//! It knows only the API: no component, no page.
//!
//! Differs: there is one cluster and one user, so flags that choose them are read and ignored; `--server-side` does what client-side apply does.

// How a command is read.
pub mod flags;
pub mod shell;
pub mod verbs;

pub mod error;

pub mod resource;
pub mod selector;

// Objects in.
pub mod patch;

pub mod convert;
pub mod manifest;

pub mod apply;
pub mod change;
pub mod create;
pub mod delete;
pub mod drain;
pub mod label;
pub mod rollout;
pub mod set;
pub mod taint;

// Objects out.
pub mod duration;
pub mod tabs;

pub mod columns;
pub mod jsonpath;
pub mod pod_status;

pub mod describe;
pub mod get;
pub mod pending;
pub mod wait;

// About kubectl itself.
pub mod about;
pub mod complete;
pub mod explain;

use crate::api::meta::Time;
use crate::api::object::Object;
use crate::api::validation::warnings;
use crate::client::Client;
use crate::cluster::Cluster;
use crate::sim::time::{SimDuration, SimTime};
use error::{Failure, Outcome};
use flags::Flags;
use pending::{Look, Pending};
use resource::{Found, Query};

#[cfg(test)]
mod tests;

pub use complete::complete;
pub use shell::{heredoc, split};

/// What a command printed, and its exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    /// Both, in the order in which a terminal shows them.
    pub terminal: String,
    pub exit: i32,
    /// `kubectl edit` asks for an editor: what is edited, and the text. With the edited text on stdin, the same command saves it.
    pub edit: Option<(String, String)>,
}

/// What kubectl needs of the world: a connection, and time that can pass.
pub trait Host {
    fn client(&mut self) -> Client<'_>;
    fn now(&self) -> SimTime;
    /// Lets the next event happen; false when nothing is due.
    fn step(&mut self) -> bool;
    fn next_due(&self) -> Option<SimTime>;
    fn advance_to(&mut self, to: SimTime);
    /// Sends what was written on its way, so that `next_due` knows what follows from it.
    fn flush(&mut self) {}
    /// A file that `-f` names, if the host has files.
    fn read_file(&self, _path: &str) -> Option<String> {
        None
    }
}

impl Host for Cluster {
    fn client(&mut self) -> Client<'_> {
        Cluster::client(self)
    }

    fn now(&self) -> SimTime {
        Cluster::now(self)
    }

    fn step(&mut self) -> bool {
        Cluster::step(self)
    }

    fn next_due(&self) -> Option<SimTime> {
        Cluster::next_due(self)
    }

    fn advance_to(&mut self, to: SimTime) {
        self.run_until(to);
    }

    fn flush(&mut self) {
        self.pump();
    }
}

/// kubectl's complaint when a command is given no object at all.
pub const NOTHING_NAMED: &str = "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

/// The server's warnings about a write, as kubectl prints them.
fn server_warnings(stored: &Object, before: Option<&Object>) -> Vec<String> {
    let warnings = match before {
        None => warnings::on_create(stored),
        Some(before) => warnings::on_update(stored, before),
    };
    let line = |text: String| format!("Warning: {text}");
    warnings.into_iter().map(line).collect()
}

/// `--dry-run`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dry {
    #[default]
    No,
    Client,
    Server,
}

/// One command on its way.
pub struct Call<'a> {
    pub host: &'a mut dyn Host,
    pub stdin: Option<&'a str>,
    /// `rollout status`
    pub path: &'static str,
    pub flags: Flags,
    /// What is left besides flags.
    pub words: Vec<String>,
    pub dry: Dry,
    pub out: Output,
    /// When a wait ends, if it has a time limit.
    deadline: Option<SimTime>,
    /// A wait without limit ends when for so long nothing was printed.
    patience: SimDuration,
    /// Nobody waits any longer: the next look is the last.
    gave_up: bool,
    /// Set by a verb that has to wait: how it looks whether it is done.
    later: Option<Look>,
}

/// Runs a command to its end, waiting included; `args` come without `kubectl`.
pub fn run(host: &mut dyn Host, args: &[String], stdin: Option<&str>) -> Output {
    match start(host, args, stdin) {
        Started::Done(out) => out,
        Started::Waits(pending) => pending.sit_out(host),
    }
}

/// A command after its first act.
pub enum Started {
    Done(Output),
    /// It has written what it writes, and waits for what follows from it.
    Waits(Box<Pending>),
}

/// Runs a command as far as it goes without letting time pass.
pub fn start(host: &mut dyn Host, args: &[String], stdin: Option<&str>) -> Started {
    let done = |outcome| Started::Done(finish(Output::default(), outcome));
    let (verb, rest) = match verbs::find(args) {
        Ok(found) => found,
        Err(failure) => return done(Err(failure)),
    };
    let verb = verbs::canonical(verb);
    let parsed = flags::parse(&rest, &[verb.flags, flags::GLOBAL]);
    let (flags, words) = match parsed {
        Ok(parsed) => parsed,
        Err(message) => {
            let failure = flags::usage_failure(&format!("kubectl {}", verb.path), message);
            return done(Err(failure));
        }
    };
    if flags.bool("help") {
        let mut out = Output::default();
        out.put(&verbs::help(verb));
        return Started::Done(out);
    }
    let dry = match dry_run(&flags) {
        Ok(dry) => dry,
        Err(failure) => return done(Err(failure)),
    };
    let mut call = Call {
        host,
        stdin,
        path: verb.path,
        flags,
        words,
        dry,
        out: Output::default(),
        deadline: None,
        patience: pending::PATIENCE,
        gave_up: false,
        later: None,
    };
    // A dry run is carried out on a copy: the server afterwards is as before.
    let saved = (dry != Dry::No).then(|| {
        let client = call.host.client();
        (client.server.clone(), client.trace.clone())
    });
    let outcome = (verb.run)(&mut call);
    let started = match (outcome, call.later.take()) {
        (Ok(()), Some(look)) => Started::Waits(Box::new(Pending::new(&mut call, look))),
        (outcome, _) => Started::Done(finish(std::mem::take(&mut call.out), outcome)),
    };
    if let Some((server, trace)) = saved {
        let client = call.host.client();
        *client.server = server;
        *client.trace = trace;
    }
    started
}

fn finish(mut out: Output, outcome: Outcome) -> Output {
    if let Err(failure) = outcome {
        let (text, exit) = failure.report();
        out.put_error(&text);
        out.exit = exit;
    }
    out
}

fn dry_run(flags: &Flags) -> Result<Dry, Failure> {
    match flags.text("dry-run") {
        "" | "none" => Ok(Dry::No),
        "client" | "unchanged" => Ok(Dry::Client),
        "server" => Ok(Dry::Server),
        other => Err(Failure::Text(format!(
            "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
        ))),
    }
}

impl Output {
    pub fn put(&mut self, text: &str) {
        self.stdout.push_str(text);
        self.terminal.push_str(text);
    }

    pub fn put_error(&mut self, text: &str) {
        self.stderr.push_str(text);
        self.terminal.push_str(text);
    }
}

impl Call<'_> {
    /// Prints text that has its line feeds.
    pub fn put(&mut self, text: &str) {
        self.out.put(text);
    }

    pub fn print(&mut self, line: &str) {
        self.put(&format!("{line}\n"));
    }

    pub fn warn(&mut self, line: &str) {
        self.out.put_error(&format!("{line}\n"));
    }

    /// What the server has to say about an object that it stored, each text once a command.
    pub fn warn_of(&mut self, stored: &Object, before: Option<&Object>) {
        for warning in server_warnings(stored, before) {
            if !self.out.stderr.lines().any(|line| line == warning) {
                self.warn(&warning);
            }
        }
    }

    pub fn namespace(&self) -> String {
        match self.flags.text("namespace") {
            "" => "default".to_owned(),
            namespace => namespace.to_owned(),
        }
    }

    pub fn time(&mut self) -> Time {
        self.host.client().time()
    }

    /// A complaint with the pointer to the help that most commands give.
    pub fn usage(&self, message: &str) -> Failure {
        Failure::Text(format!(
            "{message}\nSee 'kubectl {} -h' for help and examples",
            self.path
        ))
    }

    /// ` (dry run)` behind a result.
    pub fn dry_suffix(&self) -> &'static str {
        match self.dry {
            Dry::No => "",
            Dry::Client => " (dry run)",
            Dry::Server => " (server dry run)",
        }
    }

    /// `daemonset.apps/agent labeled`, or the object itself if `-o` asks for it.
    pub fn print_result(&mut self, object: &Object, word: &str) -> Outcome {
        match self.flags.text("output") {
            "" => {
                let line = format!(
                    "{} {word}{}",
                    resource::full_name(object),
                    self.dry_suffix()
                );
                self.print(&line);
                Ok(())
            }
            "name" => {
                self.print(&resource::full_name(object));
                Ok(())
            }
            _ => get::print_objects(self, &[self.as_answered(object, word)], false),
        }
    }

    /// The object in the server's answer: what a dry run created isn't stored and has no version.
    pub fn as_answered(&self, object: &Object, word: &str) -> Object {
        let mut object = object.clone();
        if self.dry == Dry::Server && word == "created" {
            object.meta_mut().resource_version.clear();
        }
        object
    }

    /// The texts that `-f` names, with their names as messages show them.
    pub fn texts(&self) -> Result<Vec<(String, String)>, Failure> {
        if self.flags.has("kustomize") {
            return Err(Failure::text(
                "kustomize needs folders, which the playground doesn't have",
            ));
        }
        let mut texts = Vec::new();
        for file in self.flags.words("filename") {
            if file == "-" {
                let text = self.stdin.unwrap_or("");
                texts.push((text.to_owned(), "STDIN".to_owned()));
            } else {
                let text = self.host.read_file(&file);
                let missing = || Failure::Text(format!("the path {file:?} does not exist"));
                texts.push((text.ok_or_else(missing)?, file));
            }
        }
        Ok(texts)
    }

    /// The query that the flags make. `all`: a kind alone means all its objects.
    pub fn query(&self, all: bool) -> Result<Query, Failure> {
        Ok(Query {
            namespace: self.namespace(),
            all_namespaces: self.flags.bool("all-namespaces"),
            labels: self.flags.text("selector").trim().to_owned(),
            fields: self.flags.text("field-selector").trim().to_owned(),
            all: all || self.flags.bool("all"),
        })
    }

    /// The objects that words and flags name.
    pub fn find(&mut self, all: bool) -> Result<Found, Failure> {
        if !self.flags.list("filename").is_empty() {
            if !self.words.is_empty() {
                return Err(Failure::text(
                    "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
                ));
            }
            return self.find_in_files();
        }
        let words = resource::parse(&self.words)?;
        let query = self.query(all)?;
        resource::resolve(self.host.client().server, &words, &query)
    }

    fn find_in_files(&mut self) -> Result<Found, Failure> {
        let mut found = Found {
            by_name: true,
            ..Found::default()
        };
        let (namespace, enforced) = (self.namespace(), self.flags.has("namespace"));
        for (text, source) in self.texts()? {
            let manifest = manifest::read(&text, &source, &namespace, enforced);
            found.failures.extend(manifest.failures);
            for item in manifest.items {
                if !found.kinds.contains(&item.info) {
                    found.kinds.push(item.info);
                }
                match resource::get(
                    self.host.client().server,
                    item.info,
                    &item.namespace,
                    &item.name,
                ) {
                    Ok(object) => found.objects.push(object),
                    // Upstream deletes without a look, and says what it was doing.
                    Err(status) if self.path == "delete" => {
                        let failure = Failure::from(status).while_doing("deleting", &source);
                        found.failures.push(failure);
                    }
                    Err(status) => found.failures.push(status.into()),
                }
            }
        }
        Ok(found)
    }

    /// The object as it is now.
    pub fn live(&mut self, object: &Object) -> Option<Object> {
        self.host
            .client()
            .server
            .get_object(object.kind(), &object.key())
    }
}

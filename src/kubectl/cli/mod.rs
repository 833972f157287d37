//! kubectl as it is typed: arguments in, printed text and an exit code out. `verbs` has a file for each verb.
//!
//! A verb reads its flags and words, lets `ops` do the work and prints the result.
//! Verbs that wait (`delete`, `rollout status`, `get -w`) let simulated time pass through `Host`.

// How a command is read.
pub mod flags;
pub mod shell;
pub mod verb;

pub mod generate;
pub mod pairs;
pub mod pending;
pub mod print;

pub mod verbs;

pub mod complete;
pub mod help;

use super::error::{Failure, Outcome};
use super::job::{Dry, Host, Job, Output};
use super::ops::{Done, Report};
use super::resource::{self, Found, Query};
use super::{NOTHING_NAMED, manifest, ops};
use crate::api::object::Object;
use flags::Flags;
use pending::{Look, Pending};
use std::ops::{Deref, DerefMut};
use verb::Verb;

/// A command line on its way.
pub struct Call<'a> {
    pub job: Job<'a>,
    pub stdin: Option<&'a str>,
    pub verb: &'static Verb,
    /// All verbs, for their help.
    pub verbs: &'static [&'static Verb],
    pub flags: Flags,
    /// The words that are no flags.
    pub words: Vec<String>,
    /// Set by a verb that has to wait: how it looks whether it is done.
    later: Option<Look>,
}

/// A call prints, waits and connects as its job does.
impl<'a> Deref for Call<'a> {
    type Target = Job<'a>;

    fn deref(&self) -> &Job<'a> {
        &self.job
    }
}

impl<'a> DerefMut for Call<'a> {
    fn deref_mut(&mut self) -> &mut Job<'a> {
        &mut self.job
    }
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
    /// It has written all that it writes, and waits for the consequences.
    Waits(Box<Pending>),
}

/// Runs a command as far as it goes without letting time pass.
pub fn start(host: &mut dyn Host, args: &[String], stdin: Option<&str>) -> Started {
    let mut call = match read(host, args, stdin) {
        Ok(call) => call,
        Err(failure) => return Started::Done(Output::default().ended(Err(failure))),
    };
    if call.flags.bool("help") {
        let text = help::of(call.verb, call.verbs);
        call.put(&text);
        return Started::Done(call.job.out);
    }
    // A dry run is carried out on a copy: the server afterwards is as before.
    let saved = (call.dry != Dry::No).then(|| {
        let client = call.client();
        (client.server.clone(), client.trace.clone())
    });
    let outcome = (call.verb.run)(&mut call);
    let started = match (outcome, call.later.take()) {
        (Ok(()), Some(look)) => Started::Waits(Box::new(Pending::new(&mut call, look))),
        (outcome, _) => Started::Done(std::mem::take(&mut call.out).ended(outcome)),
    };
    if let Some((server, trace)) = saved {
        let client = call.client();
        *client.server = server;
        *client.trace = trace;
    }
    started
}

/// The verb, its flags and its words.
fn read<'a>(
    host: &'a mut dyn Host,
    args: &[String],
    stdin: Option<&'a str>,
) -> Result<Call<'a>, Failure> {
    let (verb, rest) = verbs::find(args)?;
    let (flags, words) = flags::parse(&rest, &[verb.flags, flags::GLOBAL])
        .map_err(|message| flags::usage_failure(&format!("kubectl {}", verb.path), message))?;
    let mut job = Job::new(host);
    if !flags.bool("help") {
        job.dry = dry_run(&flags)?;
    }
    Ok(Call {
        job,
        stdin,
        verb,
        verbs: verbs::VERBS,
        flags,
        words,
        later: None,
    })
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

impl Call<'_> {
    pub fn namespace(&self) -> String {
        ops::default_namespace(self.flags.text("namespace")).to_owned()
    }

    /// The namespace for manifests, and whether the command line insists on it.
    pub fn manifest_namespace(&self) -> (String, bool) {
        (self.namespace(), self.flags.has("namespace"))
    }

    /// A complaint with the pointer to the help that most commands give.
    pub fn usage(&self, message: &str) -> Failure {
        Failure::Text(format!(
            "{message}\nSee 'kubectl {} -h' for help and examples",
            self.verb.path
        ))
    }

    /// kubectl's complaint if neither words nor `-f` name an object.
    pub fn require_objects(&self, complaint: &str) -> Outcome {
        if self.words.is_empty() && self.flags.list("filename").is_empty() {
            return Err(Failure::text(complaint));
        }
        Ok(())
    }

    /// The same in the words that most verbs have for it.
    pub fn require_any_object(&self) -> Outcome {
        self.require_objects(NOTHING_NAMED)
    }

    /// Prints the result of an operation on one object; refusals are collected.
    pub fn tell(&mut self, report: impl Into<Report>, failures: &mut Vec<Failure>) {
        let report = report.into();
        if let Some(done) = report.done
            && let Err(failure) = self.print_done(&done)
        {
            failures.push(failure);
        }
        failures.extend(report.failures);
    }

    /// The same for verbs whose line doesn't say that it was a dry run, as upstream.
    pub fn tell_without_dry(&mut self, report: impl Into<Report>, failures: &mut Vec<Failure>) {
        let dry = std::mem::take(&mut self.dry);
        self.tell(report, failures);
        self.dry = dry;
    }

    /// Prints a write behind the server's warnings.
    pub fn print_done(&mut self, done: &Done) -> Outcome {
        self.warn_once(&done.warnings);
        self.print_result(&done.object, &done.word)
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
            _ => print::objects(self, &[self.as_answered(object, word)], false),
        }
    }

    /// The object in the server's answer: one that a dry run created isn't stored and has no version.
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
        let (namespace, enforced) = self.manifest_namespace();
        // Upstream deletes without looking first, and names the deletion in its complaint.
        let doing = (self.verb.path == "delete").then_some("deleting");
        for (text, source) in self.texts()? {
            let namespace = (&*namespace, enforced);
            let server = self.client().server;
            let more = manifest::find(server, &text, &source, namespace, doing);
            found.failures.extend(more.failures);
            found.objects.extend(more.objects);
            for kind in more.kinds {
                if !found.kinds.contains(&kind) {
                    found.kinds.push(kind);
                }
            }
        }
        Ok(found)
    }

    /// Does something with each object of the files; one that fails doesn't stop the others.
    pub fn each_item(
        &mut self,
        act: &mut dyn FnMut(&mut Call<'_>, &manifest::Item, &str) -> Outcome,
    ) -> Outcome {
        let (namespace, enforced) = self.manifest_namespace();
        let path = self.verb.path;
        let mut failures = Vec::new();
        for (text, source) in self.texts()? {
            failures.extend(ops::each_item(
                &text,
                &source,
                (&namespace, enforced),
                path,
                &mut |item| act(self, item, &source),
            ));
        }
        Failure::collect(failures)
    }
}

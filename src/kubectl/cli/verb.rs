//! A verb is one value: its words, its flags, its help, its run and its completion. Here are also the flags that several verbs have.

use super::Call;
use super::flags::{Flag, Takes, flag, short};
use crate::kubectl::error::Outcome;

/// One file in `verbs` holds one of these.
#[derive(Debug)]
pub struct Verb {
    /// The words that call it: `rollout status`.
    pub path: &'static str,
    /// Other words that call it: `create ns`.
    pub aliases: &'static [&'static str],
    /// The arguments, as the help shows them.
    pub usage: &'static str,
    pub about: &'static str,
    pub flags: &'static [Flag],
    pub run: fn(&mut Call<'_>) -> Outcome,
    /// The arguments that Tab offers.
    pub complete: Complete,
}

impl Verb {
    /// The words that call it, its own name first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        [self.path].into_iter().chain(self.aliases.iter().copied())
    }
}

/// The arguments of a verb, as far as they can be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complete {
    Nothing,
    /// Names of objects of this kind.
    Names(&'static str),
    /// A kind, then names; or KIND/NAME.
    Objects(Kinds),
    /// An object, then its containers: `main=`.
    Containers(Kinds),
    /// A path of fields: `ds.spec`.
    Fields,
}

/// The words for kinds that a verb takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinds {
    All,
    These(&'static [&'static str]),
}

pub const DAEMON_SETS: Kinds = Kinds::These(&["daemonset", "ds"]);

/// Formats of `-o` that every verb with that flag has.
const FORMATS: &[&str] = &["json", "jsonpath=", "name", "yaml"];

pub const FILENAME: Flag = short("filename", 'f', Takes::List, "").one_of(&["-"]);
pub const RECURSIVE: Flag = short("recursive", 'R', Takes::Bool, "false");
pub const KUSTOMIZE: Flag = short("kustomize", 'k', Takes::Text, "");
pub const OUTPUT: Flag = short("output", 'o', Takes::Text, "").one_of(FORMATS);
pub const SELECTOR: Flag = short("selector", 'l', Takes::Text, "");
pub const FIELDS: Flag = flag("field-selector", Takes::Text, "").one_of(&[
    "metadata.name=",
    "metadata.namespace=",
    "spec.nodeName=",
    "status.phase=",
]);
pub const ALL: Flag = flag("all", Takes::Bool, "false");
pub const ALL_NAMESPACES: Flag = short("all-namespaces", 'A', Takes::Bool, "false");
pub const DRY_RUN: Flag =
    flag("dry-run", Takes::Optional("unchanged"), "none").one_of(&["none", "client", "server"]);
pub const MANAGER: Flag = flag("field-manager", Takes::Text, "");
pub const VALIDATE: Flag = flag("validate", Takes::Optional("strict"), "strict");
pub const TEMPLATE: Flag = flag("template", Takes::Text, "");
pub const MANAGED: Flag = flag("show-managed-fields", Takes::Bool, "false");
pub const MISSING_KEYS: Flag = flag("allow-missing-template-keys", Takes::Bool, "true");
pub const LOCAL: Flag = flag("local", Takes::Bool, "false");
pub const CHUNK: Flag = flag("chunk-size", Takes::Int, "500");
pub const SAVE_CONFIG: Flag = flag("save-config", Takes::Bool, "false");
pub const CASCADE: Flag = flag("cascade", Takes::Optional("background"), "background").one_of(&[
    "background",
    "foreground",
    "orphan",
]);
pub const GRACE: Flag = flag("grace-period", Takes::Int, "-1");
pub const FORCE: Flag = flag("force", Takes::Bool, "false");
pub const TIMEOUT: Flag = flag("timeout", Takes::Duration, "0s");
pub const OVERWRITE: Flag = flag("overwrite", Takes::Bool, "false");
pub const LIST: Flag = flag("list", Takes::Bool, "false");
pub const RESOURCE_VERSION: Flag = flag("resource-version", Takes::Text, "");

/// The verb that the words mean: `rollout status`, or an alias.
pub fn find(verbs: &[&'static Verb], words: &str) -> Option<&'static Verb> {
    let mut verbs = verbs.iter().copied();
    verbs.find(|verb| verb.names().any(|name| name == words))
}

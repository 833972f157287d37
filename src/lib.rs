//! A playground for Kubernetes DaemonSets: a deterministic cluster, and a page that shows it and says why.
//!
//! # Code map
//!
//! Read from top to bottom. A module may use what stands above it, never what stands below, and `tests/tidy.rs` checks that.
//!
//! | module | holds |
//! |---|---|
//! | [`chunk`] | which code the page loads later |
//! | [`sim`] | time, the event queue, seeded random streams; not one Kubernetes word |
//! | [`api`] | objects with upstream's names, defaults, validation, selectors, strict YAML |
//! | [`reason`] | the types that every decision carries: which taint, which term, which resource |
//! | [`trace`] | what happened, by whom, because of what; its hash |
//! | [`apiserver`] | the store: resourceVersion, admission, graceful deletion, watch log |
//! | [`client`] | the way to it: informer, work queue, expectations, back-off, event recorder |
//! | [`controllers`] | DaemonSet, node lifecycle, taint eviction, pod GC, garbage collector, namespaces |
//! | [`scheduler`] | filters, preemption, FailedScheduling texts |
//! | [`kubelet`] | all kubelets: images, containers, probes, eviction, by a profile that is data |
//! | [`cluster`] | owns the above and runs it in simulated time |
//! | [`kubectl`] | `ops`: kubectl's work on typed arguments; `cli`: its verbs as typed, a file each; its words for both |
//! | [`presets`] | manifests to start from |
//! | [`scenarios`] | common confusions as clusters to open, each with its true cause |
//! | [`session`] | scenario + command log: undo, seeking, bookmarks, other histories, links |
//! | [`explain`] | what would change it, and which rollout strategy does best: tried out on forks |
//! | [`console`] | the language of a console: kubectl, and `cluster` |
//! | [`transcript`] | commands and what they print, as text |
//! | [`conformance`] | runs recorded and upstream cases against all of it |
//! | [`present`] | view models: what a screen needs, in the screen's words |
//! | [`app`] | `Model`, `Msg`, `update`, `Effect`: the page without a browser |
//! | `view` | Yew components and every browser call (feature `web`) |
//!
//! # Data flow
//!
//! ```text
//! click / kubectl line ─> app::Msg ─> app::update ─> Session::submit(Command)
//!    ─> kubectl::ops (typed; kubectl::cli parses only what the console takes) ─> apiserver ─> watch events ─> informers ─> work queue ─> sync (pure decisions) ─> apiserver
//!    ─> trace (every entry knows its cause) ─> present (view models) ─> components ─> CSS
//! ```
//!
//! # Invariants
//!
//! - The core (all but `view`) has no clock, no hash maps, no floats in state and no web dependency.
//! - Same scenario, seed and commands: the same trace, natively, in the browser and in its worker.
//! - Controllers see their informers, late; they never read the store directly, but for the live reads that upstream makes.
//! - A component that has nothing to do has no timer: an idle cluster costs nothing.
//! - What is shown was a moment of the simulation, in its order; `data-presented` says whether it is the present one.
//! - Nothing that a YAML, a link or a command line holds may panic.
//!
//! # Decisions
//!
//! - *One assessment a node, kept sums* (`controllers::daemon_set::ledger`), instead of looping over all nodes in each sync as upstream does: one event costs the same on 5 nodes and on 15,000. A test compares with the loop.
//! - *Maps that copies share* (`sim::shared_map`) for whatever there is one of for each node or pod: each command and each checkpoint copies the whole cluster, and that must not be felt.
//! - *One compiled sort for all types* (`sim::sort`): fifty copies of the standard library's were a twentieth of the WebAssembly.
//! - *One compiled order for all maps and sets* (`sim::map`): eighty types of `BTreeMap` were an eighth of it. API objects keep `BTreeMap`, as serde_json does.
//! - *Types list their fields to be read from JSON* (`api::json`): the code that serde derives was a tenth of it. It stays natively, and tests compare the two.
//! - *Typed operations under kubectl* (`kubectl::ops`): a button, a remedy and a link give a `Command` with values, not words to be parsed again. `session::words` says each as kubectl would be typed, and a test carries both out and compares outputs and traces: links were made when all went through the words.
//! - *The page follows the trace* (`present::scene`): a picture costs what has changed since the last one. A test compares with making it anew.
//! - *What is shown lags behind what is* (`present::stage::pacing`), by 1.5 s at the most: steps of milliseconds get a third of a second each, in the order of their causes. The page draws copies of the cluster from the moments in between; the simulation, its trace, the clock and the console know nothing of it. Delaying single objects instead would show clusters that never were.
//! - *Availability during a rollout is part of the controller's state* (`controllers::daemon_set::availability`), not gathered while the page looks: so it is right after seeking, undo and jumps. It is bounded, and no decision reads it.
//! - *Own object types with a catch-all* instead of k8s-openapi: 150 KB less to load; `api::schema` knows all fields by name and type, so that strict decoding is complete.
//! - *A document is compared as the server would read it* (`app::drift`): with its defaults filled in, against the live object, so that a field that others added differs too. Its text is edited line by line and read again before it is believed (`app::retext`); writing the whole object out would lose comments and show every default.
//! - *No heartbeats one by one*: a node that falls silent arms one timer for the moment at which the node lifecycle controller would notice.
//! - *The page's own wasm in a worker* (`view::worker`) compares strategies, and the page does it between its frames where there is no worker: both run `app::compare::job`, told by text. A second, smaller wasm would be more to load.
//! - *The page in chunks* (`chunk`): the first load shows a cluster and lets time pass; what acts on it and all panels come after the first picture, cut out of one wasm at a few plain functions. Messages wait for them, the simulation never does.
//! - *Deflate in Rust* (miniz_oxide) instead of the browser's CompressionStream: links are synchronous, bounded and the same natively.

pub mod chunk;

pub mod sim;

pub mod api;

pub mod reason;

pub mod trace;

pub mod apiserver;

pub mod client;

pub mod controllers;

pub mod scheduler;

pub mod kubelet;

pub mod cluster;

pub mod kubectl;

pub mod presets;

pub mod scenarios;

pub mod session;

pub mod console;

pub mod explain;

pub mod transcript;

pub mod conformance;

pub mod present;

pub mod app;

#[cfg(feature = "web")]
pub mod view;

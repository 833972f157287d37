//! Everything that can happen on the page, and everything that the page asks of the browser.

use crate::api::object::{Key, Kind};
use crate::present::daemon_set::DaemonSetId;
use crate::present::editor::TabId;
use crate::present::fleet::GroupBy;
use crate::present::marks::Marks;
use crate::present::node::Pressure;
use crate::present::pod::PodId;
use crate::present::timeline::Speed;
use crate::trace::TraceId;
use std::rc::Rc;

/// Something happened: a click, a key, a frame, an answer of the browser.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// Load what is missing of the page, once more if need be.
    Load,
    /// A chunk came; or not all did, and nobody tries any more.
    Loaded {
        is_whole: bool,
    },
    Editor(EditorMsg),
    Node(Rc<str>, NodeMsg),
    AddNodes {
        kind: NodeKind,
        count: u32,
    },
    DaemonSet(DaemonSetId, DaemonSetMsg),
    DeletePod(PodId),
    FailPod(PodId),
    Select(Selection),
    ChooseDaemonSet(DaemonSetId),
    /// Opens (or closes) the form for labels and taints on a node's card.
    EditNode(Option<Rc<str>>),
    Clock(ClockMsg),
    History(HistoryMsg),
    Cause(CauseMsg),
    Console(ConsoleMsg),
    Compare(CompareMsg),
    /// Carries out an edit of those that would change what the why panel says.
    ApplyRemedy(usize),
    /// Carries out an edit of those that would let the rollout go on.
    ApplyWayOut(usize),
    Undo,
    Redo,
    Share,
    /// From where it is embedded, to a page of its own.
    OpenPage,
    /// The browser copied the link, or couldn't.
    Shared {
        is_copied: bool,
    },
    /// Back to the first visit.
    Reset,
    /// The address' fragment changed: somebody pasted a link.
    OpenLink(String),
    /// Opens one of the scenarios, by its id.
    OpenScenario(String),
    Story(StoryMsg),
    Guide(GuideMsg),
    /// Workers, as many as were typed.
    AddWorkers(u32),
    /// Nodes as pasted.
    ImportNodes(String),
    /// No further with the link that is being opened.
    CancelOpening,
    /// Back to what a link, a scenario or a new start took the place of.
    GoBack,
    /// What was left isn't wanted any more.
    ForgetLeft,
    SetTheme(Theme),
    /// Single keys act, or don't.
    SetShortcuts(bool),
    Open(Option<Dialog>),
    /// The page is being left, or reloaded.
    Leaving,
    Dismiss,
    /// On a narrow screen: which part is shown.
    Show(Section),
    /// In an embedded page: the editor in or out.
    ToggleEditor,
    /// Points at the lines of the editor's text that a check looked at, or no more.
    Point(Option<Rc<Marks>>),
    /// Shows the reconcile loop.
    OpenEye,
    /// Groups the map's nodes.
    GroupBy(GroupBy),
    /// Shows a tab of the right side.
    ShowTab(SideTab),
    /// A time or a fault that is assumed, as typed: which one, and the text.
    Assume(usize, String),
    /// Makes the kubelets behave as typed.
    SetAssumed,
    Key(Shortcut),
}

/// What is done with the scenario that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoryMsg {
    /// Plays its acts from the start.
    Play,
    /// To where they lead.
    End,
    ShowHints,
}

/// The next experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuideMsg {
    Do,
    /// Goes on without it; after the last one, to the scenarios.
    Skip,
    /// No more experiments, in no later visit either.
    Dismiss,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EditorMsg {
    Typed {
        tab: TabId,
        text: String,
    },
    /// The page changes a text in sight.
    Rewrite {
        tab: TabId,
        text: String,
    },
    Apply,
    /// Somebody stopped typing: is it right so far?
    Check(TabId),
    /// The document becomes what the cluster holds.
    TakeOver,
    /// The cluster becomes what the document says.
    Overwrite,
    SelectTab(TabId),
    NewTab,
    CloseTab(TabId),
    /// Brings the document back that was closed last.
    Reopen,
    /// Closed documents aren't wanted any more.
    ForgetClosed,
    /// Adds a preset's manifest and the nodes that it needs to what is here.
    OpenPreset(String),
    /// A new cluster with a preset's nodes and manifest, in the place of this one.
    StartFrom(String),
    OpenObject(Kind, Key),
    /// Never again, for this visit.
    DismissHint(&'static str),
    /// Goes to a problem's line.
    Reveal(u32),
}

#[derive(Clone, Debug, PartialEq)]
pub enum NodeMsg {
    Cordon(bool),
    Drain,
    Down(bool),
    NotReady(bool),
    Pressure(Pressure, bool),
    Remove,
    /// As typed for `kubectl label`: `key=value`, or `key-` to take it off.
    AddLabel(String),
    RemoveLabel(String),
    /// As typed for `kubectl taint`: `key=value:Effect`, or `key:Effect-` or `key-` to take it off.
    AddTaint(String),
    /// The taint at this place of the list.
    RemoveTaint(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub enum DaemonSetMsg {
    SetImage {
        container: String,
        image: String,
    },
    Restart,
    UndoTo(i64),
    Delete,
    /// Its manifest, as it is in the cluster, in the editor.
    Edit,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ClockMsg {
    Play,
    Pause,
    Toggle,
    Step,
    StepBack,
    /// To the next meaningful moment: a decision or an event.
    NextMoment,
    Settle,
    Speed(Speed),
    Seek {
        ms: u64,
    },
    /// Plays the last act again.
    Replay,
    /// Plays all again.
    ReplayAll,
    /// From the past to the end.
    Now,
    /// Real time went by; only asked for while something plays.
    Tick {
        elapsed_ms: u32,
    },
    /// The page is there: if something plays, ask for the first tick.
    Wake,
}

/// Bookmarks and branches. `None` is the branch that is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryMsg {
    /// Marks the present moment.
    Bookmark,
    GoTo(usize),
    RenameBookmark(usize, String),
    RemoveBookmark(usize),
    /// To another branch.
    Switch(usize),
    Rename(Option<usize>, String),
    Remove(Option<usize>),
    /// To where we were before the last jump.
    Back,
}

/// A link of the chain of causes, by its place in the list.
#[derive(Clone, Debug, PartialEq)]
pub enum CauseMsg {
    /// The pointer or the keyboard is on it.
    Point(Option<usize>),
    /// To its moment.
    Go(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub enum ConsoleMsg {
    Toggle,
    Typed(String),
    Enter,
    /// Tab, with the cursor behind so many UTF-16 units.
    Complete(u32),
    Older,
    Newer,
    Interrupt,
    Clear,
    Copy,
}

/// Rollout strategies side by side.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareMsg {
    Open(DaemonSetId),
    Set(CompareField, String),
    /// The nodes pasted (or to be pasted) instead of the cluster's.
    UsePasted(bool),
    /// As typed.
    AddStrategy(String),
    /// The one at this place of the list.
    RemoveStrategy(usize),
    Run,
    /// The same with so many seeds.
    Repeat,
    Cancel,
    /// The worker's report, as text.
    Told(String),
    /// There is no worker, or none any more.
    WorkerLost,
    /// Two strategies side by side.
    Watch,
    Race(RaceMsg),
}

/// What is done to two strategies that are watched.
#[derive(Clone, Debug, PartialEq)]
pub enum RaceMsg {
    /// Another row of the result on this side.
    Pick {
        side: usize,
        row: usize,
    },
    /// Plays, from the start if it was at its end, or stops.
    Toggle,
    Restart,
    Seek {
        ms: u64,
    },
    /// So many times as fast as it is.
    Speed(u32),
}

/// A field of the form, with what it holds as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareField {
    Change,
    Container,
    Image,
    Pasted,
    /// One of `Times`, by its place.
    Time(usize),
    Slow,
    Factor,
    Lost,
    Rounds,
}

/// So many nodes can be added at once.
pub const ADD_MAX: u32 = 5_000;

/// What an added node is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    Worker,
    ControlPlane,
    Gpu,
    Arm,
    Windows,
}

impl NodeKind {
    pub const ALL: [NodeKind; 5] = [
        NodeKind::Worker,
        NodeKind::ControlPlane,
        NodeKind::Gpu,
        NodeKind::Arm,
        NodeKind::Windows,
    ];

    pub fn title(self) -> &'static str {
        match self {
            NodeKind::Worker => "Worker",
            NodeKind::ControlPlane => "Control plane",
            NodeKind::Gpu => "GPU",
            NodeKind::Arm => "ARM",
            NodeKind::Windows => "Windows",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            NodeKind::Worker => "linux/amd64, no taints",
            NodeKind::ControlPlane => "tainted node-role.kubernetes.io/control-plane:NoSchedule",
            NodeKind::Gpu => "labelled and tainted nvidia.com/gpu",
            NodeKind::Arm => "kubernetes.io/arch=arm64",
            NodeKind::Windows => "kubernetes.io/os=windows, tainted os=windows:NoSchedule",
        }
    }

    pub fn parse(text: &str) -> Option<NodeKind> {
        NodeKind::ALL.into_iter().find(|kind| kind.title() == text)
    }
}

/// What the why panel is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    #[default]
    None,
    Node(Rc<str>),
    Pod(PodId),
    /// A number of a DaemonSet's status, by its field.
    Figure(DaemonSetId, &'static str),
    Event(TraceId),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn parse(text: &str) -> Theme {
        match text {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }

    pub fn next(self) -> Theme {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    Help,
    Scenarios,
    /// How many workers.
    AddWorkers,
    ImportNodes,
    /// Rollout strategies side by side.
    Compare,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    #[default]
    Editor,
    Cluster,
    Status,
}

impl Section {
    pub const ALL: [Section; 3] = [Section::Editor, Section::Cluster, Section::Status];

    pub fn as_str(self) -> &'static str {
        match self {
            Section::Editor => "Editor",
            Section::Cluster => "Cluster",
            Section::Status => "Status",
        }
    }

    /// The text of its button. The right side has a tab Status, among others.
    pub fn label(self) -> &'static str {
        match self {
            Section::Status => "Details",
            other => other.as_str(),
        }
    }
}

/// The tabs of the right side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SideTab {
    Why,
    #[default]
    Status,
    Events,
    Controller,
}

impl SideTab {
    pub const ALL: [SideTab; 4] = [
        SideTab::Why,
        SideTab::Status,
        SideTab::Events,
        SideTab::Controller,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            SideTab::Why => "Why",
            SideTab::Status => "Status",
            SideTab::Events => "Events",
            SideTab::Controller => "Controller",
        }
    }
}

/// Keys that work anywhere but in a text field, a menu or a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    PlayPause,
    Step,
    StepBack,
    NextMoment,
    Settle,
    Bookmark,
    Faster,
    Slower,
    AddNode,
    Undo,
    Redo,
    Console,
    Help,
    Escape,
}

impl Shortcut {
    /// Key as the browser names it, shortcut, and what it does.
    pub const ALL: [(&'static str, Shortcut, &'static str); 12] = [
        ("p", Shortcut::PlayPause, "play, pause or replay"),
        (".", Shortcut::Step, "next API change"),
        (",", Shortcut::StepBack, "step back"),
        ("m", Shortcut::NextMoment, "next meaningful moment"),
        ("s", Shortcut::Settle, "jump to settled"),
        ("b", Shortcut::Bookmark, "bookmark this moment"),
        ("+", Shortcut::Faster, "faster"),
        ("-", Shortcut::Slower, "slower"),
        ("n", Shortcut::AddNode, "add a worker node"),
        ("`", Shortcut::Console, "kubectl console"),
        ("?", Shortcut::Help, "this help"),
        ("Escape", Shortcut::Escape, "close what is open"),
    ];

    /// Speech input and shaking hands press such a key by accident, so it can be turned off.
    pub fn is_single_key(self) -> bool {
        !matches!(self, Shortcut::Undo | Shortcut::Redo | Shortcut::Escape)
    }

    /// The shortcut of a key, pressed outside of text fields, menus and dialogs.
    pub fn parse(key: &str, has_command: bool, has_shift: bool) -> Option<Shortcut> {
        if has_command {
            return match key {
                "z" if !has_shift => Some(Shortcut::Undo),
                "z" | "Z" | "y" => Some(Shortcut::Redo),
                _ => None,
            };
        }
        let found = Shortcut::ALL.into_iter().find(|(name, ..)| *name == key);
        found.map(|(_, shortcut, _)| shortcut)
    }
}

/// What a page leaves for its reload, as links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub session: String,
    /// Worth to be offered where another address is open then.
    pub is_worth: bool,
    pub left: Option<String>,
}

/// What the outside must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Load the chunks that aren't here.
    Load,
    /// Send `Tick` with the next animation frame.
    NextFrame,
    /// Send `Tick` after a while: nothing is due before.
    Wait {
        ms: u32,
    },
    CopyLink(String),
    CopyText(String),
    /// Open the playground with this link in another tab.
    OpenPage(String),
    /// Keep this for a reload of the page.
    Keep(Kept),
    SetTheme(Theme),
    /// Remember that no experiments are wanted.
    DismissGuide,
    /// Keep whether single keys act.
    SetShortcuts(bool),
    /// Put the keyboard focus on the element with this id.
    Focus(String),
    /// Scroll the editor to a line.
    Reveal(u32),
    /// Bring the element with this id into view.
    Show(&'static str),
    /// Scrolls what has this id into sight, if it isn't; it may be about to come.
    InSight(String),
    /// Start a worker on this order, in the place of another one.
    StartWorker(String),
    /// End the worker, if there is one.
    StopWorker,
}

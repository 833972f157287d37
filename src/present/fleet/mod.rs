//! Many nodes as small cells: what is known about each, and the sums for legend and filter.
//!
//! Where a cell is on the screen is in `grid`, what it looks like in `shape`, what fingers and pointers mean in `gesture`.
//! It shows one DaemonSet at a time; which one is for the caller to say.

pub mod gesture;
pub mod grid;
pub mod group;
pub mod raster;
pub mod shape;

use crate::sim::map::Map;
use std::fmt;
use std::rc::Rc;

/// So many nodes are kept together: a change copies no more than these.
const CHUNK: usize = 64;

/// Every node of the cluster, in the order in which cells are laid out, with the sums over them.
///
/// Copies share what didn't change, so that comparing two of them is mostly comparing pointers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetView {
    chunks: Vec<Rc<Vec<FleetNode>>>,
    places: Rc<Map<Rc<str>, u32>>,
    tally: [u32; CellState::ALL.len()],
    old_count: u32,
    pair_count: u32,
    /// The domain that all names end in, with its dot: it tells no nodes apart.
    domain: Option<Rc<str>>,
}

/// What the nodes of the map are grouped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    #[default]
    Nothing,
    Zone,
    Pool,
    Taint,
}

impl GroupBy {
    pub const ALL: [GroupBy; 4] = [
        GroupBy::Nothing,
        GroupBy::Zone,
        GroupBy::Pool,
        GroupBy::Taint,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            GroupBy::Nothing => "nothing",
            GroupBy::Zone => "zone",
            GroupBy::Pool => "pool",
            GroupBy::Taint => "taint",
        }
    }

    pub fn parse(text: &str) -> GroupBy {
        let found = GroupBy::ALL.into_iter().find(|by| by.as_str() == text);
        found.unwrap_or_default()
    }
}

/// Nodes that have something in common, as a map of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetGroup {
    pub title: Rc<str>,
    pub view: Rc<FleetView>,
}

/// One node, and the DaemonSet's pod on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetNode {
    pub name: Rc<str>,
    pub state: CellState,
    pub revision: CellRevision,
    /// The pod that `state` and `revision` are about.
    pub pod: Option<Rc<str>>,
    /// Another pod of the DaemonSet that is here, as while one surges.
    pub second: Option<(CellState, CellRevision)>,
    pub flags: CellFlags,
}

/// How a node and its daemon pod are doing; when several hold, the one that a person would want to know first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellState {
    /// The DaemonSet doesn't want a pod here, and there is none.
    #[default]
    NotWanted,
    /// A pod should be here and isn't.
    Missing,
    /// There is a pod, and it has no node yet.
    Pending,
    /// Pulling, creating, or running and not ready yet.
    Starting,
    Ready,
    Terminating,
    /// Crashing, image not to be had, rejected or evicted.
    Failed,
    /// The node itself isn't ready; what its pod does isn't known.
    NodeDown,
}

/// Which revision of the template the pod is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellRevision {
    /// No pod.
    #[default]
    None,
    Old,
    New,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellFlags {
    pub cordoned: bool,
    /// A pod is here that would not be created today.
    pub misscheduled: bool,
}

/// All that is painted of a node, in a number: two cells look the same if and only if these are equal.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct PackedCell(pub u16);

impl FromIterator<FleetNode> for FleetView {
    fn from_iter<I: IntoIterator<Item = FleetNode>>(nodes: I) -> Self {
        let mut view = FleetView::default();
        let mut places = Map::new();
        for node in nodes {
            let domain = node.name.find('.').map_or("", |dot| &node.name[dot..]);
            match &view.domain {
                None => view.domain = Some(domain.into()),
                Some(known) if **known != *domain => view.domain = Some("".into()),
                Some(_) => {}
            }
            places.insert(Rc::clone(&node.name), places.len() as u32);
            view.count_in(&node, true);
            match view.chunks.last_mut().and_then(Rc::get_mut) {
                Some(last) if last.len() < CHUNK => last.push(node),
                _ => view.chunks.push(Rc::new(vec![node])),
            }
        }
        view.places = Rc::new(places);
        view
    }
}

impl FleetView {
    /// A node's name without the domain that all nodes share.
    pub fn own_name<'a>(&self, name: &'a str) -> &'a str {
        let domain = self.domain.as_deref().unwrap_or("");
        name.strip_suffix(domain).unwrap_or(name)
    }

    /// Where the node is.
    pub fn position(&self, name: &str) -> Option<u32> {
        self.places.get(name).copied()
    }

    pub fn get(&self, index: u32) -> Option<&FleetNode> {
        let index = index as usize;
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// Puts the node where its name is already; false if there is no such name.
    pub fn replace(&mut self, node: FleetNode) -> bool {
        let Some(index) = self.position(&node.name) else {
            return false;
        };
        let Some(old) = self.get(index).filter(|old| **old != node).cloned() else {
            return true;
        };
        self.count_in(&old, false);
        self.count_in(&node, true);
        let index = index as usize;
        Rc::make_mut(&mut self.chunks[index / CHUNK])[index % CHUNK] = node;
        true
    }

    fn count_in(&mut self, node: &FleetNode, is_there: bool) {
        let step = |n: &mut u32| *n = if is_there { *n + 1 } else { *n - 1 };
        step(&mut self.tally[node.state as usize]);
        if node.revision == CellRevision::Old {
            step(&mut self.old_count);
        }
        if node.second.is_some() {
            step(&mut self.pair_count);
        }
    }

    pub fn count(&self) -> u32 {
        self.places.len() as u32
    }

    pub fn iter(&self) -> impl Iterator<Item = &FleetNode> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// The nodes that are others than in a view of as many, with their places.
    pub fn changes<'a>(
        &'a self,
        before: &'a FleetView,
    ) -> impl Iterator<Item = (u32, &'a FleetNode, &'a FleetNode)> {
        let chunks = before.chunks.iter().zip(&self.chunks).enumerate();
        chunks
            .filter(|(_, (before, after))| !Rc::ptr_eq(before, after))
            .flat_map(|(chunk, (before, after))| {
                let pairs = before.iter().zip(after.iter()).enumerate();
                pairs.map(move |(i, (before, after))| ((chunk * CHUNK + i) as u32, before, after))
            })
            .filter(|(_, before, after)| before != after)
    }

    /// How many nodes are in each state, in the order of `CellState::ALL`.
    pub fn tally(&self) -> [u32; CellState::ALL.len()] {
        self.tally
    }

    /// How many nodes have a pod of an old revision.
    pub fn old_count(&self) -> u32 {
        self.old_count
    }

    /// How many nodes have two pods.
    pub fn pair_count(&self) -> u32 {
        self.pair_count
    }

    /// The nodes of one page of the table, with how many there are on all pages.
    ///
    /// A page that doesn't exist (any more) becomes the last one.
    pub fn page(&self, filter: Option<CellState>, page: u32, page_size: u32) -> Page<'_> {
        let total = match filter {
            None => self.count(),
            Some(state) => self.tally[state as usize],
        };
        let pages = total.div_ceil(page_size).max(1);
        let page = page.min(pages - 1);
        let first = page * page_size;
        let nodes = self
            .iter()
            .filter(|node| filter.is_none_or(|state| node.state == state))
            .skip(first as usize)
            .take(page_size as usize)
            .collect();
        Page {
            nodes,
            first,
            page,
            pages,
            total,
        }
    }
}

/// A part of the table of nodes.
#[derive(Debug)]
pub struct Page<'a> {
    pub nodes: Vec<&'a FleetNode>,
    /// Which of all rows comes first here, from 0.
    pub first: u32,
    /// From 0.
    pub page: u32,
    pub pages: u32,
    pub total: u32,
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nodes.is_empty() {
            return f.write_str("No nodes");
        }
        let last = self.first + self.nodes.len() as u32;
        let total = thousands(self.total);
        write!(
            f,
            "{} to {} of {total}",
            thousands(self.first + 1),
            thousands(last)
        )
    }
}

impl FleetNode {
    pub fn packed(&self) -> PackedCell {
        let flags = u16::from(self.flags.cordoned) | u16::from(self.flags.misscheduled) << 1;
        let look = |state: CellState, revision: CellRevision| state as u16 | (revision as u16) << 3;
        let second = self.second.map_or(0, |(state, revision)| {
            PackedCell::HAS_SECOND | look(state, revision) << 8
        });
        PackedCell(look(self.state, self.revision) | flags << 5 | second)
    }

    /// All that a cell says, for those who don't see it.
    pub fn summary(&self) -> String {
        let mut text = format!("{}: {}", self.name, self.state.label());
        if let Some(pod) = &self.pod {
            text += &format!(", pod {pod}");
        }
        for word in [self.revision.label(), self.flags.label()] {
            if !word.is_empty() {
                text += ", ";
                text += word;
            }
        }
        if let Some((state, revision)) = self.second {
            text += &format!("; besides: {}, {}", state.label(), revision.label());
        }
        text
    }
}

impl CellState {
    pub const ALL: [CellState; 8] = [
        CellState::NotWanted,
        CellState::Missing,
        CellState::Pending,
        CellState::Starting,
        CellState::Ready,
        CellState::Terminating,
        CellState::Failed,
        CellState::NodeDown,
    ];

    /// The word that styles and tests use.
    pub fn as_str(self) -> &'static str {
        match self {
            CellState::NotWanted => "NotWanted",
            CellState::Missing => "Missing",
            CellState::Pending => "Pending",
            CellState::Starting => "Starting",
            CellState::Ready => "Ready",
            CellState::Terminating => "Terminating",
            CellState::Failed => "Failed",
            CellState::NodeDown => "NodeDown",
        }
    }

    pub fn from_word(word: &str) -> Option<CellState> {
        CellState::ALL
            .into_iter()
            .find(|state| state.as_str() == word)
    }

    /// The words that people read.
    pub fn label(self) -> &'static str {
        match self {
            CellState::NotWanted => "skipped",
            CellState::Missing => "pod missing",
            CellState::Pending => "pod pending",
            CellState::Starting => "pod starting",
            CellState::Ready => "pod ready",
            CellState::Terminating => "pod terminating",
            CellState::Failed => "pod failing",
            CellState::NodeDown => "node not ready",
        }
    }
}

impl CellRevision {
    pub const ALL: [CellRevision; 3] = [CellRevision::None, CellRevision::Old, CellRevision::New];

    pub fn as_str(self) -> &'static str {
        match self {
            CellRevision::None => "None",
            CellRevision::Old => "Old",
            CellRevision::New => "New",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            CellRevision::None => "",
            CellRevision::Old => "old revision",
            CellRevision::New => "new revision",
        }
    }
}

impl CellFlags {
    pub fn label(self) -> &'static str {
        match (self.cordoned, self.misscheduled) {
            (false, false) => "",
            (true, false) => "cordoned",
            (false, true) => "misscheduled",
            (true, true) => "cordoned, misscheduled",
        }
    }
}

impl PackedCell {
    const HAS_SECOND: u16 = 1 << 15;

    pub fn state(self) -> CellState {
        CellState::ALL[usize::from(self.0 & 7)]
    }

    pub fn revision(self) -> CellRevision {
        CellRevision::ALL[usize::from(self.0 >> 3 & 3).min(2)]
    }

    pub fn flags(self) -> CellFlags {
        CellFlags {
            cordoned: self.0 & 1 << 5 != 0,
            misscheduled: self.0 & 1 << 6 != 0,
        }
    }

    /// State and revision as one number below `LOOKS`: cells with the same look are painted together.
    pub fn look(self) -> usize {
        usize::from(self.0 & 0b1_1111)
    }

    /// The look of the second pod.
    pub fn second_look(self) -> Option<usize> {
        (self.0 & PackedCell::HAS_SECOND != 0).then_some(usize::from(self.0 >> 8 & 0b1_1111))
    }
}

/// How many looks there can be.
pub const LOOKS: usize = 32;

/// 15000 as people read it.
pub fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn node(name: &str, state: CellState) -> FleetNode {
        FleetNode {
            name: name.into(),
            state,
            revision: CellRevision::None,
            pod: None,
            second: None,
            flags: CellFlags::default(),
        }
    }

    fn view(count: u32) -> FleetView {
        let state = |i: u32| CellState::ALL[i as usize % CellState::ALL.len()];
        (1..=count)
            .map(|i| node(&format!("node-{i}"), state(i)))
            .collect()
    }

    #[test]
    fn a_domain_that_all_share_tells_no_nodes_apart() {
        let view = |names: &[&str]| -> FleetView {
            let nodes = names.iter().map(|name| node(name, CellState::Ready));
            nodes.collect()
        };
        let alike = view(&["ip-1.ec2.internal", "ip-2.ec2.internal"]);
        assert_eq!(alike.own_name("ip-1.ec2.internal"), "ip-1");
        let others = view(&["ip-1.east.internal", "ip-2.west.internal"]);
        assert_eq!(others.own_name("ip-1.east.internal"), "ip-1.east.internal");
    }

    #[test]
    fn packing_keeps_all_that_is_painted() {
        for state in CellState::ALL {
            for revision in CellRevision::ALL {
                for (cordoned, misscheduled) in
                    [(false, false), (true, false), (false, true), (true, true)]
                {
                    let flags = CellFlags {
                        cordoned,
                        misscheduled,
                    };
                    let packed = FleetNode {
                        revision,
                        flags,
                        ..node("a", state)
                    }
                    .packed();
                    assert_eq!(packed.state(), state);
                    assert_eq!(packed.revision(), revision);
                    assert_eq!(packed.flags(), flags);
                    assert!(packed.look() < LOOKS);
                }
            }
        }
    }

    #[test]
    fn a_second_pod_is_painted_told_and_counted() {
        let one = node("a", CellState::Starting);
        for state in CellState::ALL {
            for revision in CellRevision::ALL {
                let mut two = one.clone();
                two.second = Some((state, revision));
                let alone = FleetNode {
                    revision,
                    ..node("b", state)
                };
                let packed = two.packed();
                assert_eq!(packed.second_look(), Some(alone.packed().look()));
                assert_eq!(packed.look(), one.packed().look());
            }
        }
        assert_eq!(one.packed().second_look(), None);
        let mut view: FleetView = [one.clone()].into_iter().collect();
        let second = Some((CellState::Ready, CellRevision::Old));
        let two = FleetNode { second, ..one };
        expect!["a: pod starting; besides: pod ready, old revision"].assert_eq(&two.summary());
        view.replace(two);
        assert_eq!(view.pair_count(), 1);
    }

    #[test]
    fn words_lead_back_to_states() {
        for state in CellState::ALL {
            assert_eq!(CellState::from_word(state.as_str()), Some(state));
        }
        assert_eq!(CellState::from_word("Idle"), None);
    }

    #[test]
    fn a_node_is_found_by_its_name() {
        let view = view(200);
        assert_eq!(view.position("node-7"), Some(6));
        assert_eq!(view.position("node-150"), Some(149));
        assert_eq!(view.position("node-201"), None);
    }

    #[test]
    fn replacing_a_node_changes_its_cell_and_the_sums() {
        let before = view(200);
        let mut after = before.clone();
        let mut changed = node("node-150", CellState::Failed);
        changed.revision = CellRevision::Old;
        assert!(after.replace(changed.clone()));
        assert!(!after.replace(node("node-201", CellState::Failed)));
        let counted: FleetView = after.iter().cloned().collect();
        assert_eq!(after, counted);
        let changes: Vec<_> = after.changes(&before).collect();
        assert_eq!(changes, [(149, before.get(149).unwrap(), &changed)]);
    }

    #[test]
    fn a_summary_says_all_that_the_cell_shows() {
        let mut node = node("node-7", CellState::Terminating);
        expect!["node-7: pod terminating"].assert_eq(&node.summary());
        node.pod = Some("agent-x7k2p".into());
        node.revision = CellRevision::Old;
        node.flags.cordoned = true;
        expect!["node-7: pod terminating, pod agent-x7k2p, old revision, cordoned"]
            .assert_eq(&node.summary());
    }

    #[track_caller]
    fn check_page(view: &FleetView, filter: Option<CellState>, page: u32, expect: Expect) {
        let page = view.page(filter, page, 50);
        let ends = match &page.nodes[..] {
            [] => String::new(),
            [only] => only.name.to_string(),
            [first, .., last] => format!("{} … {}", first.name, last.name),
        };
        expect.assert_eq(&format!(
            "page {} of {}: {page}: {ends}",
            page.page + 1,
            page.pages
        ));
    }

    #[test]
    fn the_table_has_pages() {
        let view = view(5001);
        check_page(
            &view,
            None,
            0,
            expect!["page 1 of 101: 1 to 50 of 5,001: node-1 … node-50"],
        );
        check_page(
            &view,
            None,
            100,
            expect!["page 101 of 101: 5,001 to 5,001 of 5,001: node-5001"],
        );
        check_page(
            &view,
            Some(CellState::Failed),
            1,
            expect!["page 2 of 13: 51 to 100 of 625: node-406 … node-798"],
        );
    }

    #[test]
    fn a_page_that_is_gone_becomes_the_last() {
        check_page(
            &view(120),
            None,
            900,
            expect!["page 3 of 3: 101 to 120 of 120: node-101 … node-120"],
        );
        check_page(
            &view(3),
            Some(CellState::NodeDown),
            2,
            expect!["page 1 of 1: No nodes: "],
        );
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }
}

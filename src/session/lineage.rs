//! Tells whether a cluster went on from where somebody looked last, or was replaced by another one.

use std::rc::Rc;

/// The name of one uninterrupted history. While it stays the same, the trace only grows, and tells all changes.
///
/// Seeking back, undo and new sessions begin another one.
#[derive(Debug, Default)]
pub struct Lineage(Rc<()>);

impl Lineage {
    /// The same history, to be compared with later.
    pub fn remember(&self) -> Lineage {
        Lineage(Rc::clone(&self.0))
    }
}

impl PartialEq for Lineage {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A copied session goes its own way.
impl Clone for Lineage {
    fn clone(&self) -> Self {
        Lineage::default()
    }
}

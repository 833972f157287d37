//! A controller's own writes that it has yet to see in its informer before it acts again.
//!
//! Models: pkg/controller/controller_utils.go, ControllerExpectations.

use crate::sim::map::Map;
use crate::sim::time::{SimDuration, SimTime};

/// Expectations older than this count as fulfilled.
const TIMEOUT: SimDuration = SimDuration::secs(5 * 60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    pub adds: i64,
    pub dels: i64,
    pub since: SimTime,
}

#[derive(Clone, Debug)]
pub struct Expectations<K> {
    by_key: Map<K, Expected>,
}

impl<K> Default for Expectations<K> {
    fn default() -> Self {
        Expectations { by_key: Map::new() }
    }
}

impl<K: Ord + Clone> Expectations<K> {
    pub fn set(&mut self, key: K, adds: i64, dels: i64, now: SimTime) {
        self.by_key.insert(
            key,
            Expected {
                adds,
                dels,
                since: now,
            },
        );
    }

    pub fn get(&self, key: &K) -> Option<Expected> {
        self.by_key.get(key).copied()
    }

    pub fn satisfied(&self, key: &K, now: SimTime) -> bool {
        self.by_key
            .get(key)
            .is_none_or(|e| (e.adds <= 0 && e.dels <= 0) || now.since(e.since) > TIMEOUT)
    }

    /// `n` creations were seen, or will never be.
    pub fn lower_adds(&mut self, key: &K, n: i64) {
        if let Some(expected) = self.by_key.get_mut(key) {
            expected.adds -= n;
        }
    }

    /// `n` deletions were seen, or will never be.
    pub fn lower_dels(&mut self, key: &K, n: i64) {
        if let Some(expected) = self.by_key.get_mut(key) {
            expected.dels -= n;
        }
    }

    pub fn forget(&mut self, key: &K) {
        self.by_key.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fulfilled_when_nothing_is_left_or_after_five_minutes() {
        let mut expectations = Expectations::default();
        assert!(expectations.satisfied(&"a", SimTime::ZERO));
        expectations.set("a", 2, 0, SimTime::ZERO);
        assert!(!expectations.satisfied(&"a", SimTime(300_000)));
        assert!(expectations.satisfied(&"a", SimTime(300_001)));
        expectations.lower_adds(&"a", 2);
        assert!(expectations.satisfied(&"a", SimTime::ZERO));
    }
}

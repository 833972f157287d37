//! Exponential back-off per key.
//!
//! Models: client-go util/flowcontrol/backoff.go.

use crate::sim::map::Map;
use crate::sim::time::{SimDuration, SimTime};

#[derive(Clone, Debug)]
pub struct Backoff<K> {
    first: SimDuration,
    max: SimDuration,
    entries: Map<K, (SimDuration, SimTime)>,
}

impl<K: Ord + Clone> Backoff<K> {
    pub fn new(first: SimDuration, max: SimDuration) -> Self {
        Backoff {
            first,
            max,
            entries: Map::new(),
        }
    }

    /// The current delay of a key; zero if it has none.
    pub fn delay(&self, key: &K) -> SimDuration {
        self.entries
            .get(key)
            .map_or(SimDuration::ZERO, |(delay, _)| *delay)
    }

    /// Is the key still in its back-off, counted from its last update?
    ///
    /// Models: IsInBackOffSinceUpdate.
    pub fn is_in_backoff(&self, key: &K, now: SimTime) -> bool {
        match self.entries.get(key) {
            Some((delay, updated)) if !self.expired(*updated, now) => now.since(*updated) < *delay,
            _ => false,
        }
    }

    /// Makes the delay of a key longer.
    ///
    /// Models: Next.
    pub fn advance(&mut self, key: K, now: SimTime) {
        let delay = match self.entries.get(&key) {
            Some((delay, updated)) if !self.expired(*updated, now) => delay.doubled(self.max),
            _ => self.first,
        };
        self.entries.insert(key, (delay, now));
    }

    fn expired(&self, updated: SimTime, now: SimTime) -> bool {
        now.since(updated).0 > self.max.0.saturating_mul(2)
    }

    /// Forgets the keys that were not used for twice the longest delay.
    pub fn sweep(&mut self, now: SimTime) {
        let max = self.max;
        self.entries
            .retain(|_, (_, updated)| now.since(*updated).0 <= max.0.saturating_mul(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_maximum_and_forgets() {
        let mut backoff = Backoff::new(SimDuration::secs(1), SimDuration::secs(3));
        backoff.advance("a", SimTime::ZERO);
        assert!(backoff.is_in_backoff(&"a", SimTime(999)));
        assert!(!backoff.is_in_backoff(&"a", SimTime(1000)));
        backoff.advance("a", SimTime(1000));
        backoff.advance("a", SimTime(3000));
        assert_eq!(backoff.delay(&"a"), SimDuration::secs(3));
        backoff.advance("a", SimTime(3000 + 6001));
        assert_eq!(backoff.delay(&"a"), SimDuration::secs(1));
    }
}

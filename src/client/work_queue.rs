//! A deduplicating work queue with delays and rate-limited retries.
//!
//! A key that is queued once is worked on once; time decides the order, then the order of adding.
//!
//! Models: client-go util/workqueue (delaying queue, ItemExponentialFailureRateLimiter combined with a bucket of 10/s, burst 100).

use crate::sim::map::Map;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::TraceId;

const BASE_DELAY: SimDuration = SimDuration::millis(5);
const MAX_DELAY: SimDuration = SimDuration::secs(1000);
const BUCKET_PER_SECOND: u64 = 10;
const BUCKET_BURST: u64 = 100;

#[derive(Clone, Debug)]
pub struct WorkQueue<K> {
    seq: u64,
    /// Ready keys in the order of adding, each with the first reason for queueing it.
    ready: Map<(SimTime, u64), K>,
    queued: Map<K, Option<TraceId>>,
    /// Keys to be added later: one slot a key, the earliest time wins.
    waiting: Map<K, (SimTime, u64, Option<TraceId>)>,
    order: Map<(SimTime, u64), K>,
    failures: Map<K, u32>,
    /// The bucket: how many thousandths of a token were left, and when.
    tokens_milli: u64,
    tokens_at: SimTime,
}

impl<K> Default for WorkQueue<K> {
    fn default() -> Self {
        WorkQueue {
            seq: 0,
            ready: Map::new(),
            queued: Map::new(),
            waiting: Map::new(),
            order: Map::new(),
            failures: Map::new(),
            tokens_milli: BUCKET_BURST * 1000,
            tokens_at: SimTime::ZERO,
        }
    }
}

impl<K: Ord + Clone> WorkQueue<K> {
    /// Queues the key now; a key that is queued already keeps its place.
    pub fn add(&mut self, key: K, now: SimTime, cause: Option<TraceId>) {
        if !self.queued.contains_key(&key) {
            self.seq += 1;
            self.ready.insert((now, self.seq), key.clone());
            self.queued.insert(key, cause);
        }
    }

    /// Queues the key at a later time; an earlier time that it waits for already wins.
    pub fn add_after(&mut self, key: K, at: SimTime, cause: Option<TraceId>) {
        if let Some((due, seq, _)) = self.waiting.get(&key) {
            if *due <= at {
                return;
            }
            self.order.remove(&(*due, *seq));
        }
        self.seq += 1;
        self.order.insert((at, self.seq), key.clone());
        self.waiting.insert(key, (at, self.seq, cause));
    }

    /// Queues the key again after a failure; returns the delay.
    pub fn add_rate_limited(
        &mut self,
        key: K,
        now: SimTime,
        cause: Option<TraceId>,
    ) -> SimDuration {
        let failures = self.failures.or_default(key.clone());
        let own = SimDuration(
            BASE_DELAY
                .0
                .checked_shl((*failures).min(30))
                .unwrap_or(u64::MAX),
        )
        .min(MAX_DELAY);
        *failures += 1;
        let delay = own.max(self.take_token(now));
        self.add_after(key, now + delay, cause);
        delay
    }

    /// Forgets the failures of a key that succeeded.
    pub fn forget(&mut self, key: &K) {
        self.failures.remove(key);
    }

    fn take_token(&mut self, now: SimTime) -> SimDuration {
        let refill = now
            .since(self.tokens_at)
            .0
            .saturating_mul(BUCKET_PER_SECOND);
        self.tokens_milli = (self.tokens_milli.saturating_add(refill)).min(BUCKET_BURST * 1000);
        self.tokens_at = now;
        if self.tokens_milli >= 1000 {
            self.tokens_milli -= 1000;
            return SimDuration::ZERO;
        }
        let missing = 1000 - self.tokens_milli;
        self.tokens_milli = 0;
        SimDuration::millis(missing.div_ceil(BUCKET_PER_SECOND))
    }

    pub fn next_due(&self) -> Option<SimTime> {
        let ready = self.ready.keys().next();
        ready
            .into_iter()
            .chain(self.order.keys().next())
            .map(|(at, _)| *at)
            .min()
    }

    /// The first key that is due, with the reason why it was queued.
    pub fn pop_due(&mut self, now: SimTime) -> Option<(K, Option<TraceId>)> {
        while let Some(((at, _), _)) = self.order.first_key_value()
            && *at <= now
        {
            let ((at, _), key) = self.order.pop_first()?;
            let (_, _, cause) = self.waiting.remove(&key)?;
            self.add(key, at, cause);
        }
        let ((at, _), _) = self.ready.first_key_value()?;
        if *at > now {
            return None;
        }
        let (_, key) = self.ready.pop_first()?;
        let cause = self.queued.remove(&key)?;
        Some((key, cause))
    }

    /// Is the key queued now (not only for later)?
    /// Until when a key waits that shall be queued later.
    pub fn waits_until(&self, key: &K) -> Option<SimTime> {
        self.waiting.get(key).map(|(due, ..)| *due)
    }

    /// Failures of each key in a row.
    pub fn failures(&self, key: &K) -> u32 {
        self.failures.get(key).copied().unwrap_or(0)
    }

    pub fn contains(&self, key: &K) -> bool {
        self.queued.contains_key(key)
    }

    /// The keys that are queued now, in order.
    pub fn iter(&self) -> impl Iterator<Item = &K> {
        self.ready.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_queued_once_and_waits_once() {
        let mut queue = WorkQueue::default();
        queue.add_after("a", SimTime(10), None);
        queue.add("b", SimTime(5), None);
        queue.add_after("a", SimTime(8), None);
        queue.add_after("a", SimTime(9), None);
        queue.add("a", SimTime(6), None);
        queue.add("b", SimTime(7), None);
        assert_eq!(queue.next_due(), Some(SimTime(5)));
        assert_eq!(queue.pop_due(SimTime(7)).map(|x| x.0), Some("b"));
        assert_eq!(queue.pop_due(SimTime(7)).map(|x| x.0), Some("a"));
        assert_eq!(queue.pop_due(SimTime(7)), None);
        assert_eq!(queue.pop_due(SimTime(8)).map(|x| x.0), Some("a"));
        assert_eq!(queue.pop_due(SimTime(99)), None);
    }

    #[test]
    fn failures_double_the_delay_until_forgotten() {
        let mut queue = WorkQueue::default();
        let mut delay = || {
            let d = queue.add_rate_limited("a", SimTime::ZERO, None);
            queue.pop_due(SimTime::MAX);
            d.0
        };
        assert_eq!([delay(), delay(), delay(), delay()], [5, 10, 20, 40]);
        queue.forget(&"a");
        assert_eq!(queue.add_rate_limited("a", SimTime::ZERO, None).0, 5);
    }
}

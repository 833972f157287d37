//! The one queue of everything that will happen, ordered by time and then by the order of scheduling.

use super::time::SimTime;
use crate::sim::map::Map;

/// A queue of future happenings of type `E`.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    seq: u64,
    items: Map<(SimTime, u64), E>,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        EventQueue {
            seq: 0,
            items: Map::new(),
        }
    }
}

/// Names one scheduled item, so that it can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(SimTime, u64);

impl<E> EventQueue<E> {
    pub fn push(&mut self, at: SimTime, item: E) -> Ticket {
        self.seq += 1;
        self.items.insert((at, self.seq), item);
        Ticket(at, self.seq)
    }

    pub fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        self.items.remove(&(ticket.0, ticket.1))
    }

    /// When the next item is due.
    pub fn next_at(&self) -> Option<SimTime> {
        self.items.first_key_value().map(|((at, _), _)| *at)
    }

    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.items.pop_first().map(|((at, _), item)| (at, item))
    }

    /// Every item with its time, in the order in which they will happen.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        self.items.iter().map(|((at, _), item)| (*at, item))
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_time_then_by_scheduling() {
        let mut queue = EventQueue::default();
        queue.push(SimTime(5), "late");
        queue.push(SimTime(1), "first");
        let gone = queue.push(SimTime(1), "cancelled");
        queue.push(SimTime(1), "second");
        queue.cancel(gone);
        let order: Vec<_> = std::iter::from_fn(|| queue.pop().map(|(_, e)| e)).collect();
        assert_eq!(order, ["first", "second", "late"]);
    }
}

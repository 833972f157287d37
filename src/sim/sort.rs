//! Sorting that costs little code: the standard library's stable sort is compiled once, for numbers, and not for each type anew.
//!
//! With some fifty places that sort, that is a good twentieth of the page's WebAssembly. Short lists, as nearly all here are, don't feel it.

use std::cmp::Ordering;

/// As the methods of slices with `sort` for `order`; all are stable.
pub trait Order<T> {
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        if self.len() < 2 {
            return;
        }
        let mut from = sorted(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        // Around each circle of places: what belongs here comes from there.
        for start in 0..self.len() {
            let mut here = start;
            loop {
                let there = std::mem::replace(&mut from[here], here);
                if there == start {
                    break;
                }
                self.swap(here, there);
                here = there;
            }
        }
    }
}

/// Where the first, the second … is now.
fn sorted(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::rng::Stream;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let mut random = Stream::new(1, "sort");
        for len in [0, 1, 2, 3, 10, 100, 1_000] {
            // Few keys: stability shows.
            let items: Vec<(u64, usize)> = (0..len).map(|i| (random.below(9), i)).collect();
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            ours.order_by_key(|(key, _)| *key);
            theirs.sort_by_key(|(key, _)| *key);
            assert_eq!(ours, theirs);
            ours.order();
            theirs.sort();
            assert_eq!(ours, theirs);
            ours.order_by(|a, b| b.cmp(a));
            theirs.sort_by(|a, b| b.cmp(a));
            assert_eq!(ours, theirs);
        }
    }
}

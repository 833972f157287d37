//! Ordered maps and sets that cost little code: finding a key's place is compiled once, for numbers, and not for each type.
//!
//! Eighty types of `BTreeMap` were an eighth of the page's WebAssembly. Here entries lie in slots, and a list of slot
//! numbers keeps the order of their keys. An insertion moves four bytes for each entry on the shorter side of its place.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{VecDeque, vec_deque};
use std::fmt;

/// The numbers of the slots in the order of their keys.
#[derive(Clone, Debug, Default)]
struct Order {
    slots: VecDeque<u32>,
    /// Slots that are empty.
    free: Vec<u32>,
}

impl Order {
    fn slot(&self, place: usize) -> Option<usize> {
        self.slots.get(place).map(|slot| *slot as usize)
    }

    /// Where the key is, or where it belongs.
    #[inline(never)]
    fn find(&self, compare: &mut dyn FnMut(usize) -> Ordering) -> Result<usize, usize> {
        self.slots.binary_search_by(|slot| compare(*slot as usize))
    }

    /// A slot for an entry that belongs at this place: an empty one, or the one behind all others.
    #[inline(never)]
    fn insert(&mut self, place: usize) -> usize {
        // Fewer than 2^32 entries fit into a browser's memory.
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        self.slots.insert(place, slot);
        slot as usize
    }

    #[inline(never)]
    fn remove(&mut self, place: usize) -> Option<usize> {
        let slot = self.slots.remove(place)?;
        self.free.push(slot);
        Some(slot as usize)
    }
}

/// A map with the order and the answers of a `BTreeMap`.
#[derive(Clone)]
pub struct Map<K, V> {
    order: Order,
    slots: Vec<Option<(K, V)>>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map {
            order: Order::default(),
            slots: Vec::new(),
        }
    }
}

impl<K, V> Map<K, V> {
    pub fn new() -> Self {
        Map::default()
    }

    pub fn len(&self) -> usize {
        self.order.slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.slots.is_empty()
    }

    pub fn clear(&mut self) {
        *self = Map::default();
    }

    fn at(&self, place: usize) -> Option<(&K, &V)> {
        let (key, value) = self.slots.get(self.order.slot(place)?)?.as_ref()?;
        Some((key, value))
    }

    fn at_mut(&mut self, place: usize) -> Option<&mut V> {
        let (_, value) = self.slots.get_mut(self.order.slot(place)?)?.as_mut()?;
        Some(value)
    }

    /// Puts in a key that isn't there yet, at its place.
    fn put(&mut self, place: usize, key: K, value: V) -> &mut V {
        let slot = self.order.insert(place);
        if slot == self.slots.len() {
            self.slots.push(None);
        }
        &mut self.slots[slot].insert((key, value)).1
    }

    fn take(&mut self, place: usize) -> Option<(K, V)> {
        let slot = self.order.remove(place)?;
        self.slots.get_mut(slot)?.take()
    }

    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            order: self.order.slots.iter(),
            slots: &self.slots,
        }
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        // Slots in the order of their keys: then it is theirs.
        let all = self.order.slots.iter();
        let taken = all.map(|slot| self.slots.get_mut(*slot as usize)?.take());
        self.slots = taken.collect();
        self.order.free.clear();
        self.order.slots = (0..self.slots.len() as u32).collect();
        let entries = self.slots.iter_mut().flatten();
        entries.map(|(key, value)| (&*key, value))
    }

    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.at(0)
    }

    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.at(self.len().checked_sub(1)?)
    }

    pub fn pop_first(&mut self) -> Option<(K, V)> {
        self.take(0)
    }

    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let mut place = 0;
        while let Some(slot) = self.order.slot(place) {
            let entry = self.slots.get_mut(slot).and_then(Option::as_mut);
            if entry.is_some_and(|(key, value)| keep(key, value)) {
                place += 1;
            } else {
                self.take(place);
            }
        }
    }
}

impl<K: Ord, V> Map<K, V> {
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.order.find(&mut |slot| match self.slots.get(slot) {
            Some(Some((found, _))) => found.borrow().cmp(key),
            // No entry is listed without being there.
            _ => Ordering::Less,
        })
    }

    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.at(self.find(key).ok()?)
    }

    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.at_mut(self.find(key).ok()?)
    }

    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Gives what was there before. The key stays the old one, then.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(place) => Some(std::mem::replace(self.at_mut(place)?, value)),
            Err(place) => {
                self.put(place, key, value);
                None
            }
        }
    }

    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        self.take(place).map(|(_, value)| value)
    }

    /// The value of the key, a new one if there was none.
    pub fn or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        match self.find(&key) {
            Ok(place) => {
                // It was found, so it is there.
                let slot = self.order.slot(place).unwrap_or_default();
                &mut self.slots[slot].get_or_insert_with(|| (key, value())).1
            }
            Err(place) => self.put(place, key, value()),
        }
    }

    pub fn or_insert(&mut self, key: K, value: V) -> &mut V {
        self.or_insert_with(key, || value)
    }

    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    /// The entries from this key on.
    pub fn iter_from<Q: Ord + ?Sized>(&self, key: &Q) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).unwrap_or_else(|place| place);
        Iter {
            order: self.order.slots.range(place..),
            slots: &self.slots,
        }
    }
}

pub struct Iter<'a, K, V> {
    order: vec_deque::Iter<'a, u32>,
    slots: &'a [Option<(K, V)>],
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter {
            order: self.order.clone(),
            slots: self.slots,
        }
    }
}

impl<'a, K, V> Iter<'a, K, V> {
    fn entry(&self, slot: u32) -> Option<(&'a K, &'a V)> {
        let (key, value) = self.slots.get(slot as usize)?.as_ref()?;
        Some((key, value))
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.order.next()?;
        self.entry(*slot)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.order.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let slot = self.order.next_back()?;
        self.entry(*slot)
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

pub struct IntoIter<K, V> {
    order: vec_deque::IntoIter<u32>,
    slots: Vec<Option<(K, V)>>,
}

impl<K, V> Iterator for IntoIter<K, V> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        let slot = self.order.next()?;
        self.slots.get_mut(slot as usize)?.take()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.order.size_hint()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter {
            order: self.order.slots.into_iter(),
            slots: self.slots,
        }
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        entries.into_iter().for_each(|(key, value)| {
            self.insert(key, value);
        });
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Map::default();
        map.extend(entries);
        map
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A set with the order and the answers of a `BTreeSet`.
#[derive(Clone)]
pub struct Set<T>(Map<T, ()>);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Set(Map::default())
    }
}

impl<T> Set<T> {
    pub fn new() -> Self {
        Set::default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn iter(&self) -> SetIter<'_, T> {
        SetIter(self.0.iter())
    }

    pub fn first(&self) -> Option<&T> {
        self.0.first_key_value().map(|(item, ())| item)
    }

    pub fn last(&self) -> Option<&T> {
        self.0.last_key_value().map(|(item, ())| item)
    }

    pub fn pop_first(&mut self) -> Option<T> {
        self.0.pop_first().map(|(item, ())| item)
    }

    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.retain(|item, ()| keep(item));
    }
}

impl<T: Ord> Set<T> {
    /// True if it wasn't there.
    pub fn insert(&mut self, item: T) -> bool {
        self.0.insert(item, ()).is_none()
    }

    /// True if it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.remove(item).is_some()
    }

    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains_key(item)
    }

    pub fn get<Q: Ord + ?Sized>(&self, item: &Q) -> Option<&T>
    where
        T: Borrow<Q>,
    {
        self.0.get_key_value(item).map(|(item, ())| item)
    }

    /// The items from this one on.
    pub fn iter_from<Q: Ord + ?Sized>(&self, item: &Q) -> SetIter<'_, T>
    where
        T: Borrow<Q>,
    {
        SetIter(self.0.iter_from(item))
    }
}

pub struct SetIter<'a, T>(Iter<'a, T, ()>);

impl<T> Clone for SetIter<'_, T> {
    fn clone(&self) -> Self {
        SetIter(self.0.clone())
    }
}

impl<'a, T> Iterator for SetIter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        self.0.next().map(|(item, ())| item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> DoubleEndedIterator for SetIter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(item, ())| item)
    }
}

impl<T> ExactSizeIterator for SetIter<'_, T> {}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = SetIter<'a, T>;

    fn into_iter(self) -> SetIter<'a, T> {
        self.iter()
    }
}

pub struct SetIntoIter<T>(IntoIter<T, ()>);

impl<T> Iterator for SetIntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next().map(|(item, ())| item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = SetIntoIter<T>;

    fn into_iter(self) -> SetIntoIter<T> {
        SetIntoIter(self.0.into_iter())
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| {
            self.insert(item);
        });
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Set::default();
        set.extend(items);
        set
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for Set<T> {
    fn from(items: [T; N]) -> Self {
        Set::from_iter(items)
    }
}

impl<T: PartialEq> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Eq> Eq for Set<T> {}

impl<T: fmt::Debug> fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::rng::Stream;
    use std::collections::{BTreeMap, BTreeSet};

    #[track_caller]
    fn check(ours: &Map<u64, u64>, theirs: &BTreeMap<u64, u64>) {
        assert!(ours.iter().eq(theirs.iter()));
        assert!(ours.iter().rev().eq(theirs.iter().rev()));
        assert!(ours.keys().eq(theirs.keys()) && ours.values().eq(theirs.values()));
        assert!(ours.clone().into_iter().eq(theirs.clone()));
        assert_eq!(ours.len(), theirs.len());
        assert_eq!(ours.is_empty(), theirs.is_empty());
        assert_eq!(ours.first_key_value(), theirs.first_key_value());
        assert_eq!(ours.last_key_value(), theirs.last_key_value());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        for from in [0, 17, 99, 10_000] {
            assert!(ours.iter_from(&from).eq(theirs.range(from..)));
        }
    }

    #[test]
    fn a_map_answers_as_a_btree_map() {
        let (mut ours, mut theirs) = (Map::new(), BTreeMap::new());
        let mut random = Stream::new(1, "map");
        for round in 0..80 {
            let before = (ours.clone(), theirs.clone());
            for _ in 0..50 {
                let (key, value) = (random.below(300), random.below(1_000));
                match random.below(if round < 40 { 8 } else { 6 }) {
                    0 => assert_eq!(ours.pop_first(), theirs.pop_first()),
                    1..=3 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                    4 => *ours.or_default(key) += *theirs.entry(key).or_default(),
                    5 => *ours.or_insert(key, value) = *theirs.entry(key).or_insert(value),
                    _ => assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                }
                // `or_default` above has added to ours alone.
                theirs.clone_from(&ours.iter().map(|(k, v)| (*k, *v)).collect());
                assert_eq!(ours.get(&key), theirs.get(&key));
                assert_eq!(ours.get_mut(&value), theirs.get_mut(&value));
                assert_eq!(ours.contains_key(&value), theirs.contains_key(&value));
            }
            check(&ours, &theirs);
            check(&before.0, &before.1);
            if round % 7 == 0 {
                ours.retain(|key, value| (*key + *value) % 5 != 0);
                theirs.retain(|key, value| (*key + *value) % 5 != 0);
                check(&ours, &theirs);
                assert!(ours.iter_mut().eq(theirs.iter_mut()));
                check(&ours, &theirs);
            }
            assert_eq!(ours, theirs.clone().into_iter().rev().collect());
            assert_eq!(ours == before.0, theirs == before.1);
        }
        ours.clear();
        check(&ours, &BTreeMap::new());
    }

    #[test]
    fn a_set_answers_as_a_btree_set() {
        let mut random = Stream::new(2, "set");
        let items: Vec<u64> = (0..200).map(|_| random.below(150)).collect();
        let (mut ours, mut theirs) = (Set::new(), BTreeSet::new());
        for item in &items {
            assert_eq!(ours.insert(*item), theirs.insert(*item));
        }
        for item in 0..150 {
            assert_eq!(ours.contains(&item), theirs.contains(&item));
            assert_eq!(ours.get(&item), theirs.get(&item));
            if random.below(3) == 0 {
                assert_eq!(ours.remove(&item), theirs.remove(&item));
            }
            assert!(ours.iter_from(&item).eq(theirs.range(item..)));
        }
        ours.retain(|item| item % 4 != 1);
        theirs.retain(|item| item % 4 != 1);
        assert_eq!((ours.first(), ours.last()), (theirs.first(), theirs.last()));
        assert_eq!(ours.pop_first(), theirs.pop_first());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        assert_eq!(ours, theirs.iter().copied().collect());
        assert!(ours.into_iter().eq(theirs));
        assert_eq!(Set::from([2, 1, 2]), [1, 2].into_iter().collect());
    }
}

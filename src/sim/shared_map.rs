//! An ordered map that is cheap to copy: copies share their entries, a few dozen at a time, until one of them is changed.
//!
//! Checkpoints and undo copy the whole cluster; with this, a copy costs next to nothing, whatever the number of nodes.

use std::borrow::Borrow;
use std::rc::Rc;

/// So many entries are shared, and copied on a change, together.
const CHUNK: usize = 16;

/// A map with the order and the answers of a `BTreeMap`.
#[derive(Clone, Debug)]
pub struct SharedMap<K, V> {
    /// None is empty.
    chunks: Vec<Rc<Vec<(K, V)>>>,
    len: usize,
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        SharedMap {
            chunks: Vec::new(),
            len: 0,
        }
    }
}

impl<K: Ord + Clone, V: Clone> SharedMap<K, V> {
    /// The chunk where the key is or belongs, and its place there if it is.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> (usize, Result<usize, usize>)
    where
        K: Borrow<Q>,
    {
        let is_before =
            |chunk: &Rc<Vec<(K, V)>>| chunk.last().is_some_and(|(k, _)| k.borrow() < key);
        let index = self.chunks.partition_point(is_before);
        let place = match self.chunks.get(index) {
            Some(chunk) => chunk.binary_search_by(|(k, _)| k.borrow().cmp(key)),
            None => Err(0),
        };
        (index, place)
    }

    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let (index, place) = self.find(key);
        let (key, value) = self.chunks.get(index)?.get(place.ok()?)?;
        Some((key, value))
    }

    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).is_some()
    }

    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (index, place) = self.find(key);
        let (place, chunk) = (place.ok()?, self.chunks.get_mut(index)?);
        Some(&mut Rc::make_mut(chunk)[place].1)
    }

    /// Gives what was there before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (index, place) = self.find(&key);
        match place {
            Ok(place) => {
                let old = &mut Rc::make_mut(&mut self.chunks[index])[place].1;
                Some(std::mem::replace(old, value))
            }
            Err(place) => {
                self.insert_at(index, place, key, value);
                None
            }
        }
    }

    /// The value of the key, a default one if there was none.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let (index, place) = self.find(&key);
        let (index, place) = match place {
            Ok(place) => (index, place),
            Err(place) => self.insert_at(index, place, key, V::default()),
        };
        &mut Rc::make_mut(&mut self.chunks[index])[place].1
    }

    /// Puts a new key where `find` says that it belongs; gives where it is then.
    fn insert_at(&mut self, index: usize, place: usize, key: K, value: V) -> (usize, usize) {
        self.len += 1;
        // What comes after all others goes to the end of the last chunk.
        let (index, place) = match (self.chunks.get(index), self.chunks.last()) {
            (None, Some(last)) => (index - 1, last.len()),
            (None, None) => {
                self.chunks.push(Rc::new(Vec::new()));
                (0, 0)
            }
            (Some(_), _) => (index, place),
        };
        let chunk = Rc::make_mut(&mut self.chunks[index]);
        chunk.insert(place, (key, value));
        if chunk.len() <= CHUNK {
            return (index, place);
        }
        // Keys that come in order leave full chunks behind.
        let half = if place == CHUNK { CHUNK } else { CHUNK / 2 };
        let rest = chunk.split_off(half);
        self.chunks.insert(index + 1, Rc::new(rest));
        if place < half {
            (index, place)
        } else {
            (index + 1, place - half)
        }
    }

    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (index, place) = self.find(key);
        let place = place.ok()?;
        let chunk = Rc::make_mut(&mut self.chunks[index]);
        let (_, value) = chunk.remove(place);
        self.len -= 1;
        if chunk.is_empty() {
            self.chunks.remove(index);
        }
        Some(value)
    }

    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let (key, _) = self.iter().next()?;
        let key = key.clone();
        let value = self.remove(&key)?;
        Some((key, value))
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        let entries = self.chunks.iter().flat_map(|chunk| chunk.iter());
        entries.map(|(key, value)| (key, value))
    }

    /// The entries from this key on.
    pub fn iter_from<'a, Q: Ord + ?Sized>(
        &'a self,
        key: &Q,
    ) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, K, V, Q>
    where
        K: Borrow<Q>,
    {
        let (index, place) = self.find(key);
        let place = place.unwrap_or_else(|place| place);
        let chunks = &self.chunks[index..];
        let entries = chunks.iter().flat_map(|chunk| chunk.iter());
        entries.skip(place).map(|(key, value)| (key, value))
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::rng::Stream;
    use std::collections::BTreeMap;

    #[track_caller]
    fn check(shared: &SharedMap<u64, u64>, plain: &BTreeMap<u64, u64>) {
        assert!(shared.iter().eq(plain.iter()));
        assert!(shared.iter().rev().eq(plain.iter().rev()));
        assert_eq!(shared.len(), plain.len());
        for from in [0, 17, 99, 10_000] {
            assert!(shared.iter_from(&from).eq(plain.range(from..)));
        }
        assert!(
            shared
                .chunks
                .iter()
                .all(|chunk| (1..=CHUNK).contains(&chunk.len()))
        );
    }

    #[test]
    fn it_answers_as_a_btree_map_and_copies_go_their_own_way() {
        let (mut shared, mut plain) = (SharedMap::default(), BTreeMap::new());
        let mut random = Stream::new(1, "map");
        for round in 0..60 {
            let before = (shared.clone(), plain.clone());
            for _ in 0..50 {
                let (key, value) = (random.below(400), random.below(1_000));
                match random.below(if round < 30 { 6 } else { 4 }) {
                    0 => assert_eq!(shared.pop_first(), plain.pop_first()),
                    1 | 2 => assert_eq!(shared.remove(&key), plain.remove(&key)),
                    3 => *shared.or_default(key) = *plain.entry(key).or_insert(value),
                    _ => assert_eq!(shared.insert(key, value), plain.insert(key, value)),
                }
                assert_eq!(shared.get(&key), plain.get(&key));
                assert_eq!(shared.get_mut(&value), plain.get_mut(&value));
            }
            check(&shared, &plain);
            check(&before.0, &before.1);
        }
    }

    #[test]
    fn keys_in_order_fill_the_chunks() {
        let mut shared = SharedMap::default();
        for key in 0..10 * CHUNK as u64 {
            shared.insert(key, key);
        }
        assert_eq!(shared.chunks.len(), 10);
    }
}

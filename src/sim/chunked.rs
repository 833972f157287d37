//! An append-only list that is cheap to clone: full chunks are shared, only the open tail is copied.
//!
//! Checkpoints clone the whole cluster; its trace must not make that expensive.

use std::rc::Rc;

const CHUNK: usize = 512;

/// An append-only list with cheap clones.
#[derive(Clone, Debug)]
pub struct Chunked<T> {
    full: Vec<Rc<Vec<T>>>,
    tail: Vec<T>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Chunked {
            full: Vec::new(),
            tail: Vec::new(),
        }
    }
}

impl<T> Chunked<T> {
    pub fn push(&mut self, item: T) {
        self.tail.push(item);
        if self.tail.len() == CHUNK {
            self.full.push(Rc::new(std::mem::take(&mut self.tail)));
        }
    }

    pub fn len(&self) -> usize {
        self.full.len() * CHUNK + self.tail.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Option<&T> {
        match self.full.get(index / CHUNK) {
            Some(chunk) => chunk.get(index % CHUNK),
            None => self.tail.get(index.checked_sub(self.full.len() * CHUNK)?),
        }
    }

    /// The items from `start` on, oldest first.
    pub fn iter_from(&self, start: usize) -> impl DoubleEndedIterator<Item = &T> {
        (start.min(self.len())..self.len()).filter_map(|i| self.get(i))
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.iter_from(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_items_across_chunks() {
        let mut list = Chunked::default();
        for i in 0..1300 {
            list.push(i);
        }
        assert_eq!(list.len(), 1300);
        assert_eq!(list.get(511), Some(&511));
        assert_eq!(list.get(512), Some(&512));
        assert_eq!(list.get(1299), Some(&1299));
        assert_eq!(list.get(1300), None);
        assert_eq!(
            list.iter_from(1298).copied().collect::<Vec<_>>(),
            [1298, 1299]
        );
    }
}

//! A component's own, late copy of one kind's objects.
//!
//! Models: client-go tools/cache: an indexed store fed by a watch.

use crate::api::object::{Key, Resource};
use crate::apiserver::table::Table;
use std::rc::Rc;

#[derive(Clone, Debug)]
pub struct Informer<T> {
    table: Table<T>,
}

impl<T> Default for Informer<T> {
    fn default() -> Self {
        Informer {
            table: Table::default(),
        }
    }
}

impl<T: Resource> Informer<T> {
    /// Takes an added or modified object; returns the version known before.
    pub fn upsert(&mut self, object: &Rc<T>) -> Option<Rc<T>> {
        self.table.insert(Rc::clone(object))
    }

    pub fn remove(&mut self, key: &Key) -> Option<Rc<T>> {
        self.table.remove(key)
    }

    pub fn get(&self, key: &Key) -> Option<&Rc<T>> {
        self.table.get(key)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Rc<T>> {
        self.table.iter()
    }

    pub fn in_namespace<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Rc<T>> {
        self.table.in_namespace(namespace)
    }

    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

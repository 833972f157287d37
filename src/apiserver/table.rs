//! One kind's objects by namespace and name.

use crate::api::object::{Key, Resource};
use crate::sim::shared_map::SharedMap;
use std::rc::Rc;

#[derive(Clone, Debug)]
pub struct Table<T> {
    objects: SharedMap<Key, Rc<T>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table {
            objects: SharedMap::default(),
        }
    }
}

impl<T: Resource> Table<T> {
    pub fn get(&self, key: &Key) -> Option<&Rc<T>> {
        self.objects.get(key)
    }

    pub fn insert(&mut self, object: Rc<T>) -> Option<Rc<T>> {
        self.objects.insert(object.key(), object)
    }

    pub fn remove(&mut self, key: &Key) -> Option<Rc<T>> {
        self.objects.remove(key)
    }

    /// All objects by namespace and name.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Rc<T>> {
        self.objects.values()
    }

    /// The objects of one namespace, by name.
    pub fn in_namespace<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Rc<T>> {
        self.objects
            .iter_from(&Key::new(namespace, ""))
            .take_while(move |(key, _)| &*key.namespace == namespace)
            .map(|(_, object)| object)
    }

    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

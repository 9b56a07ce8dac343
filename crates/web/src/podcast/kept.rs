//! What was made a moment ago and would be made the same again, within a bound of memory.

use bytes::Bytes;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

#[derive(Debug)]
pub(super) struct Kept<K, T> {
    most_bytes: usize,
    shelf: Mutex<Shelf<K, T>>,
}

#[derive(Debug)]
struct Shelf<K, T> {
    bytes: usize,
    things: HashMap<K, (T, Bytes)>,
}

impl<K: Eq + Hash + Clone, T: Clone + PartialEq> Kept<K, T> {
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, shelf: Mutex::new(Shelf { bytes: 0, things: HashMap::new() }) }
    }

    /// What is kept under a key, if it is of that revision.
    pub fn get(&self, key: &K, revision: &T) -> Option<Bytes> {
        let shelf = self.shelf();
        shelf.things.get(key).filter(|(kept, _)| kept == revision).map(|(_, bytes)| bytes.clone())
    }

    /// Whatever else is there makes room.
    pub fn put(&self, key: K, revision: T, bytes: Bytes) {
        let mut shelf = self.shelf();
        shelf.bytes += bytes.len();
        if let Some((_, before)) = shelf.things.insert(key, (revision, bytes)) {
            shelf.bytes -= before.len();
        }
        while shelf.bytes > self.most_bytes {
            // A map goes round in an order of its own: none is favoured.
            let Some(key) = shelf.things.keys().next().cloned() else { return };
            if let Some((_, bytes)) = shelf.things.remove(&key) {
                shelf.bytes -= bytes.len();
            }
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<K, T>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_revision_of_each_within_the_bound() {
        let kept = Kept::new(1_000);
        kept.put(1, "a", Bytes::from(vec![0; 400]));
        kept.put(1, "b", Bytes::from(vec![1; 500]));
        assert_eq!(kept.get(&1, &"a"), None);
        assert_eq!(kept.get(&1, &"b").map(|bytes| bytes.len()), Some(500));
        for key in 2..50 {
            kept.put(key, "a", Bytes::from(vec![0; 300]));
            let held: usize = (1..50).filter_map(|key| kept.get(&key, &"a")).map(|bytes| bytes.len()).sum();
            assert!((300..=1_000).contains(&held) || key == 2, "{held} after {key}");
        }
        kept.put(60, "a", Bytes::from(vec![0; 5_000]));
        assert_eq!(kept.get(&60, &"a"), None, "what is too large is not kept");
    }
}

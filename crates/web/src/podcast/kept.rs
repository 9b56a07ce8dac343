//! What was made a moment ago and would be made the same again, within a bound of memory.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

#[derive(Debug)]
pub(super) struct Kept<K, R, T> {
    most_bytes: usize,
    shelf: Mutex<Shelf<K, R, T>>,
}

#[derive(Debug)]
struct Shelf<K, R, T> {
    bytes: usize,
    things: HashMap<K, Thing<R, T>>,
}

#[derive(Debug)]
struct Thing<R, T> {
    revision: R,
    thing: T,
    bytes: usize,
}

impl<K: Eq + Hash + Clone, R: PartialEq, T: Clone> Kept<K, R, T> {
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, shelf: Mutex::new(Shelf { bytes: 0, things: HashMap::new() }) }
    }

    /// What is kept under a key, if it is of that revision.
    pub fn get(&self, key: &K, revision: &R) -> Option<T> {
        let shelf = self.shelf();
        shelf.things.get(key).filter(|kept| kept.revision == *revision).map(|kept| kept.thing.clone())
    }

    /// Something of so many bytes; whatever else is there makes room.
    pub fn put(&self, key: K, revision: R, thing: T, bytes: usize) {
        let mut shelf = self.shelf();
        shelf.bytes += bytes;
        if let Some(before) = shelf.things.insert(key, Thing { revision, thing, bytes }) {
            shelf.bytes -= before.bytes;
        }
        while shelf.bytes > self.most_bytes {
            // A map goes round in an order of its own: none is favoured.
            let Some(key) = shelf.things.keys().next().cloned() else { return };
            if let Some(gone) = shelf.things.remove(&key) {
                shelf.bytes -= gone.bytes;
            }
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<K, R, T>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_revision_of_each_within_the_bound() {
        let kept = Kept::new(1_000);
        kept.put(1, "a", 400, 400);
        kept.put(1, "b", 500, 500);
        assert_eq!((kept.get(&1, &"a"), kept.get(&1, &"b")), (None, Some(500)));
        for key in 2..50 {
            kept.put(key, "a", 300, 300);
            let held: usize = (1..50).filter_map(|key| kept.get(&key, &"a")).sum();
            assert!((300..=1_000).contains(&held) || key == 2, "{held} after {key}");
        }
        kept.put(60, "a", 5_000, 5_000);
        assert_eq!(kept.get(&60, &"a"), None, "what is too large is not kept");
    }
}

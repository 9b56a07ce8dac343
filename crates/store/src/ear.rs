//! Who is told of new jobs: the store counts nothing itself.

use crate::Store;
use queue::Kind;
use std::{fmt, sync::OnceLock};

type Listener = dyn Fn(&Kind, u64) + Send + Sync;

/// Hears of new jobs by kind, once they are committed.
#[derive(Default)]
pub(crate) struct Ear(OnceLock<Box<Listener>>);

impl Ear {
    pub(crate) fn hear(&self, kind: &Kind, count: u64) {
        if let Some(listener) = self.0.get() {
            listener(kind, count);
        }
    }
}

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ear").field("listens", &self.0.get().is_some()).finish()
    }
}

impl Store {
    /// From now on `listener` is told how many jobs of a kind were new in every transaction that this
    /// store and its clones commit. The first listener stays.
    pub fn listen_to_enqueued(&self, listener: impl Fn(&Kind, u64) + Send + Sync + 'static) {
        let _ = self.ear.0.set(Box::new(listener));
    }
}

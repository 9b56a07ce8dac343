//! The wall clock as a value that is passed in.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// Microseconds since the epoch, UTC.
pub type Micros = i64;

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Micros;
}

/// A clock that stands still until it is set: for tests and simulations.
#[derive(Clone, Debug)]
pub struct SetClock {
    now: Arc<AtomicI64>,
}

impl SetClock {
    pub fn at(now: Micros) -> Self {
        Self { now: Arc::new(AtomicI64::new(now)) }
    }

    pub fn set(&self, now: Micros) {
        self.now.store(now, Ordering::Relaxed);
    }

    pub fn advance(&self, by: Micros) {
        self.now.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Micros {
        self.now.load(Ordering::Relaxed)
    }
}

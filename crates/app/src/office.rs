//! What it takes to decide on production without taking part in it: for commands, pages and the API.

use crate::{
    clock::{chance, timestamp},
    jobs::{Learning, Rules},
};
use domain::forecast::BatchWork;
use jiff::Timestamp;
use queue::{Clock, Entropy, Lane, Micros};
use store::Store;

/// Borrowed from whoever runs: a command, or the service's room.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    pub store: &'a Store,
    pub rules: &'a Rules,
    pub learning: &'a Learning,
    pub clock: &'a dyn Clock,
    pub entropy: &'a dyn Entropy,
}

impl Office<'_> {
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    pub fn chance(&self) -> [u64; 2] {
        chance(self.entropy)
    }

    /// Seconds that a piece of work keeps all slots busy.
    pub fn seconds(&self, work: &BatchWork) -> f64 {
        self.learning.durations().work_s(work) / self.rules.capacity.max(1.0)
    }

    /// Of those whose plan is this.
    pub fn lane(&self, plan: &str) -> Lane {
        self.rules.plan(plan).lane
    }

    /// When work that begins then and takes so long is due, with a least time for it.
    pub fn due_at(&self, begin: Micros, seconds: f64, least: Micros) -> Micros {
        let begin: Timestamp = timestamp(begin);
        let due = domain::occurrence::due_at(begin, begin, seconds).as_microsecond();
        due.max(begin.as_microsecond().saturating_add(least))
    }
}

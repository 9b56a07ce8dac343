//! How many slots of work run side by side, now and later.

use jiff::Timestamp;

/// Seconds of work done per second, in steps over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    base: f64,
    /// From when (microseconds), how many; in order of time.
    steps: Vec<(i64, f64)>,
}

impl Capacity {
    /// The same at all times. What is not a positive number counts as none.
    pub fn steady(parallel: f64) -> Self {
        Self { base: none_if_odd(parallel), steps: Vec::new() }
    }

    /// Changes it from an instant on: a budget that ends, a node that is added.
    #[must_use]
    pub fn from(mut self, instant: Timestamp, parallel: f64) -> Self {
        self.steps.push((instant.as_microsecond(), none_if_odd(parallel)));
        self.steps.sort_by_key(|(from, _)| *from);
        self
    }

    pub(super) fn at(&self, micros: i64) -> f64 {
        let passed = self.steps.partition_point(|(from, _)| *from <= micros);
        passed
            .checked_sub(1)
            .and_then(|last| self.steps.get(last))
            .map_or(self.base, |(_, parallel)| *parallel)
    }

    /// The last change before an instant.
    pub(super) fn change_before(&self, micros: i64) -> Option<i64> {
        let passed = self.steps.partition_point(|(from, _)| *from < micros);
        passed.checked_sub(1).and_then(|last| self.steps.get(last)).map(|(from, _)| *from)
    }

    /// The first change after an instant.
    pub(super) fn change_after(&self, micros: i64) -> Option<i64> {
        self.steps.get(self.steps.partition_point(|(from, _)| *from <= micros)).map(|(from, _)| *from)
    }

    /// Microseconds of work between two instants, changes in between included.
    pub(super) fn between(&self, from_us: i64, to_us: i64) -> u64 {
        let mut from = from_us;
        let mut work = 0;
        while from < to_us {
            let to = self.change_after(from).map_or(to_us, |change| change.min(to_us));
            work += work_in(self.at(from), to - from);
            from = to;
        }
        work
    }
}

/// Work done in a time, rounded down: never more than there is.
pub(super) fn work_in(parallel: f64, micros: i64) -> u64 {
    (parallel * micros as f64) as u64
}

/// Time that work takes, rounded up.
pub(super) fn time_for(parallel: f64, work_us: u64) -> i64 {
    (work_us as f64 / parallel).ceil() as i64
}

fn none_if_odd(parallel: f64) -> f64 {
    if parallel.is_finite() { parallel.max(0.0) } else { 0.0 }
}

//! The load of the day to come: what is due, when production opens for it, and whether all of it fits.

use crate::api::Api;
use domain::BatchId;
use std::sync::Arc;
use store::{Micros, StoreError};

/// How far it looks.
pub const AHEAD: Micros = 24 * 3_600 * 1_000_000;

/// What is to be done, laid out against what can be.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Jobs that are worked on at a time.
    pub slots: f64,
    /// Those with work planned, earliest first.
    pub buckets: Vec<Bucket>,
    /// By when they are due.
    pub minutes: Vec<Minute>,
}

/// Five minutes, in seconds of one slot.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    pub start: Micros,
    pub planned_s: f64,
    pub capacity_s: f64,
}

/// Programs that are promised for the same minute.
#[derive(Clone, Copy, Debug)]
pub struct Minute {
    pub promised: Micros,
    pub programs: u64,
    /// When production opens, so that all ends in time.
    pub opens_at: Micros,
    /// `None`: never, as things are.
    pub finishes_at: Option<Micros>,
    /// In production already.
    pub batch: Option<BatchId>,
}

impl Minute {
    pub fn is_late(&self) -> bool {
        self.finishes_at.is_none_or(|end| end > self.promised)
    }
}

impl Load {
    /// Programs promised up to an instant.
    pub fn due_until(&self, until: Micros) -> u64 {
        self.minutes.iter().filter(|minute| minute.promised <= until).map(|minute| minute.programs).sum()
    }

    /// Programs that will be late.
    pub fn late(&self) -> u64 {
        self.minutes.iter().filter(|minute| minute.is_late()).map(|minute| minute.programs).sum()
    }
}

/// As it was seen a moment ago.
pub async fn seen(api: &Api) -> Result<Arc<Load>, StoreError> {
    let production = api.production.clone();
    api.tallies.load.read(async move { production.load().await }).await
}

//! What the API asks of whoever produces. This room records wishes; what they lead to is decided by the program that
//! serves it, which has the rules and the lessons of production.

use super::operate::{
    backfill::{BackfillWish, Backfilled},
    batches::Report,
    dead::{RedriveWish, Redriven},
    plans::Plan,
};
use domain::{BatchId, FeedId, OccurrenceId, OccurrenceState};
use futures::future::BoxFuture;
use jiff::civil::Date;
use queue::Lane;
use std::{fmt, time::Duration};
use store::{StoreError, batches::Batch};

pub trait Production: Send + Sync {
    /// A program of a feed as soon as it can be made. Asked twice by one key, the same program is meant; `None`: there
    /// is no such feed.
    fn make_now(&self, feed: FeedId, key: String) -> BoxFuture<'_, Result<Option<Made>, StoreError>>;

    /// One tick of the planner, and as much of the queue as can be worked in so long.
    fn tick(&self, work: Duration) -> BoxFuture<'_, Result<Ticked, String>>;

    fn reports(&self, batches: Vec<Batch>) -> BoxFuture<'_, Result<Vec<Report>, StoreError>>;

    fn redrive(&self, wish: RedriveWish, by: String) -> BoxFuture<'_, Result<Redriven, StoreError>>;

    fn backfill(&self, wish: BackfillWish, by: String) -> BoxFuture<'_, Result<Backfilled, StoreError>>;

    /// Those that are configured.
    fn plans(&self) -> Vec<Plan>;

    /// As the configuration calls it.
    fn lane(&self, lane: Lane) -> String;
}

impl fmt::Debug for dyn Production {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Production")
    }
}

/// A program that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    pub occurrence: OccurrenceId,
    pub batch: BatchId,
    pub state: OccurrenceState,
    pub local_date: Date,
    /// `false`: the same key had asked before.
    pub is_new: bool,
}

/// What a tick did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ticked {
    pub opened: u64,
    pub missed: u64,
    /// Jobs that are still to be done now.
    pub waiting: u64,
}

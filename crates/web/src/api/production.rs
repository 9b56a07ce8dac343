//! What the API asks of whoever produces. This room records wishes; what they lead to is decided by the program that
//! serves it, which has the rules and the lessons of production.

use super::operate::{
    backfill::{BackfillWish, Backfilled},
    batches::Report,
    dead::{RedriveWish, Redriven},
    load::Load,
};
use domain::{BatchId, FeedId, ListenerId, OccurrenceId, OccurrenceState};
use futures::future::BoxFuture;
use jiff::{Timestamp, civil::Date};
use queue::Lane;
use std::{fmt, time::Duration};
use store::{Micros, StoreError, batches::Batch};

pub trait Production: Send + Sync {
    /// A program of a feed as soon as it can be made. Answer twice by one key, the same program is meant.
    fn make_now(&self, feed: FeedId, key: String) -> BoxFuture<'_, Result<Answer, StoreError>>;

    /// Where a listener pays for a plan.
    fn checkout(&self, listener: ListenerId, plan: String) -> BoxFuture<'_, Result<String, Unpayable>>;

    /// Where a listener changes or ends what they pay for.
    fn portal(&self, listener: ListenerId) -> BoxFuture<'_, Result<String, Unpayable>>;

    /// Gives a listener a plan without any payment, or takes back what was given.
    fn give(&self, listener: ListenerId, gift: Gift, by: String) -> BoxFuture<'_, Result<(), Ungiven>>;

    /// Takes away all that is kept of a listener.
    fn delete_account(
        &self,
        listener: ListenerId,
        email: String,
        by: String,
    ) -> BoxFuture<'_, Result<(), Undeleted>>;

    /// One tick of the planner, and as much of the queue as can be worked in so long.
    fn tick(&self, work: Duration) -> BoxFuture<'_, Result<Ticked, String>>;

    fn reports(&self, batches: Vec<Batch>) -> BoxFuture<'_, Result<Vec<Report>, StoreError>>;

    fn redrive(&self, wish: RedriveWish) -> BoxFuture<'_, Result<Redriven, StoreError>>;

    fn backfill(&self, wish: BackfillWish, by: String) -> BoxFuture<'_, Result<Backfilled, StoreError>>;

    /// The load of the day to come.
    fn load(&self) -> BoxFuture<'_, Result<Load, StoreError>>;

    /// When the planner of this process last ended a tick; `None`: it has none, or none has ended.
    fn last_tick(&self) -> Option<Micros>;

    /// The configuration as TOML, without what is secret.
    fn settings(&self) -> String;

    /// As the configuration calls it.
    fn lane(&self, lane: Lane) -> String;
}

impl fmt::Debug for dyn Production {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Production")
    }
}

/// What came of asking for a program.
#[derive(Clone, Debug)]
pub enum Answer {
    Made(Made),
    NoFeed,
    /// The listener's plan does not hold it; why, in their words.
    NotInPlan(String),
}

/// Why there is no page of the payment provider.
#[derive(Clone, Debug)]
pub enum Unpayable {
    /// Not as things stand.
    NotNow(String),
    /// Not this plan.
    NoPlan(String),
    /// The provider does not answer.
    Away(String),
}

/// What an operator does without any payment.
#[derive(Clone, Debug)]
pub enum Gift {
    Plan { name: String, until: Option<Timestamp> },
    TakenBack,
}

#[derive(Debug)]
pub enum Ungiven {
    Nobody,
    Past,
    NothingGiven,
    Store(StoreError),
}

#[derive(Debug)]
pub enum Undeleted {
    Nobody,
    OtherAddress,
    /// Why not yet.
    Pays(String),
    Store(StoreError),
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

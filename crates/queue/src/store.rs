//! What the queue asks of a database. It records; [`lifecycle`](crate::lifecycle) decides.

use crate::{
    Bell, Counts, Job, JobId, Kind, Lane, Micros, NewJob, Offer, OnDuplicate, Ticket, lifecycle::Step,
};
use std::collections::BTreeMap;

/// The seam behind which jobs are kept. Every method is one durable transaction.
pub trait JobStore: Send + Sync + 'static {
    type Error: std::error::Error + Send + Sync + 'static;

    fn enqueue(
        &self,
        jobs: &[NewJob],
        on_duplicate: OnDuplicate,
        now: Micros,
    ) -> impl Future<Output = Result<Enqueued, Self::Error>> + Send;

    /// Leases what the offers allow, the most urgent first. Fewer than asked for means that there are no
    /// more, or that others hold them or a limit does.
    fn claim(&self, claim: &Claim) -> impl Future<Output = Result<Vec<Job<String>>, Self::Error>> + Send;

    /// Extends leases; the tickets that are no longer good come back.
    fn heartbeat(
        &self,
        tickets: &[Ticket],
        lease_until: Micros,
    ) -> impl Future<Output = Result<Vec<Ticket>, Self::Error>> + Send;

    /// Ends leases, fenced: a ticket that is no longer good changes nothing and comes back. Settling the
    /// same twice is harmless and good, so that an answer that was lost may be asked for again.
    fn settle(
        &self,
        settlements: &[Settlement],
    ) -> impl Future<Output = Result<Vec<Ticket>, Self::Error>> + Send;

    /// Leased jobs whose lease is over, to be settled by [`lapse`](crate::lifecycle::lapse).
    fn lapsed(
        &self,
        now: Micros,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Lapsed>, Self::Error>> + Send;

    /// Makes claimable what waited until now.
    fn promote_due(
        &self,
        now: Micros,
        limit: u32,
    ) -> impl Future<Output = Result<Promoted, Self::Error>> + Send;

    /// Makes claimable what is held by this name; how many were.
    fn promote_held(
        &self,
        hold: &str,
        now: Micros,
        limit: u32,
    ) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// Takes back an unfinished job, running ones included: their holder learns it by its heartbeat.
    fn cancel(&self, ids: &[JobId], now: Micros) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// Rung when jobs may have become claimable.
    fn bell(&self) -> &Bell;

    /// Rings the bell for what other processes enqueue, until dropped.
    fn relay(&self) -> impl Future<Output = ()> + Send;
}

/// One claim of up to `free` jobs.
#[derive(Clone, Debug)]
pub struct Claim {
    pub owner: String,
    pub kinds: Vec<Kind>,
    pub offers: Vec<Offer>,
    pub free: u32,
    pub now: Micros,
    pub lease_until: Micros,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enqueued {
    pub new: u64,
    /// Those whose key an unfinished job already had.
    pub duplicates: u64,
}

/// The end of a lease, to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub ticket: Ticket,
    pub kind: Kind,
    pub step: Step,
    pub at: Micros,
    pub by: SettledBy,
    pub spent: Spent,
}

/// On whose word a lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettledBy {
    Holder,
    /// Anybody's, if the lease is still over: a heartbeat may have come in between.
    Time,
}

/// What an attempt used up, as its handler says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub units: u64,
    pub cost_micro_usd: u64,
}

/// A leased job whose lease is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapsed {
    pub ticket: Ticket,
    pub kind: Kind,
    pub lane: Lane,
    pub owner: String,
    pub due_at: Micros,
    pub counts: Counts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promoted {
    pub count: u64,
    /// When the next waiting job's time comes, if one waits.
    pub next_at: Option<Micros>,
}

/// How many jobs may run at the same time on all nodes together; changeable while they run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub per_kind: BTreeMap<Kind, u32>,
    /// Of any one group that `groups` does not name.
    pub per_group: Option<u32>,
    pub groups: BTreeMap<String, u32>,
}

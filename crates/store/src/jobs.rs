//! The queue's tables. What becomes of a job is decided in [`queue`]; here it is recorded.
//!
//! `jobs` holds what is not done, `attempts` how every lease ended. A ticket (job, fence) is good while
//! the job is leased and its fence unchanged; everything a holder records is checked against that in the
//! same statement. Statements of the hot path take whole batches: arrays on PostgreSQL, JSON on SQLite.

mod bare;
mod claim;
mod dead;
mod enqueue;
mod list;
mod settle;
mod tend;
mod upkeep;

pub use bare::{drain_bare, forget_bench};
pub(crate) use claim::LimitsWatch;
pub use list::{Death, JobRow, JobsPage, Lease, Queued, Stands};
pub use upkeep::{Attempt, Count, DoneCount, Pruned};

use crate::{Micros, Store, StoreError, row::json};
use queue::{
    Bell, Claim, Enqueued, Job, JobId, JobStore, Kind, Lapsed, NewJob, OnDuplicate, Promoted, Settlement,
    Ticket,
};

impl JobStore for Store {
    type Error = StoreError;

    async fn enqueue(
        &self,
        jobs: &[NewJob],
        on_duplicate: OnDuplicate,
        now: Micros,
    ) -> Result<Enqueued, StoreError> {
        let mut tx = self.begin().await?;
        let enqueued = tx.enqueue(jobs, on_duplicate, now).await?;
        tx.commit().await?;
        Ok(enqueued)
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Job<String>>, StoreError> {
        self.claim_jobs(claim).await
    }

    async fn heartbeat(&self, tickets: &[Ticket], lease_until: Micros) -> Result<Vec<Ticket>, StoreError> {
        self.extend_leases(tickets, lease_until).await
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<Vec<Ticket>, StoreError> {
        self.settle_jobs(settlements).await
    }

    async fn lapsed(&self, now: Micros, limit: u32) -> Result<Vec<Lapsed>, StoreError> {
        self.lapsed_jobs(now, limit).await
    }

    async fn promote_due(&self, now: Micros, limit: u32) -> Result<Promoted, StoreError> {
        self.promote_due_jobs(now, limit).await
    }

    async fn promote_held(&self, hold: &str, now: Micros, limit: u32) -> Result<u64, StoreError> {
        self.promote_held_jobs(hold, now, limit).await
    }

    async fn cancel(&self, ids: &[JobId], now: Micros) -> Result<u64, StoreError> {
        self.cancel_jobs(ids, now).await
    }

    fn bell(&self) -> &Bell {
        &self.bell
    }

    async fn relay(&self) {
        self.relay_wakeups().await;
    }
}

fn kind(name: String) -> Kind {
    Kind::from(name)
}

/// A count that the schema keeps from being negative.
fn unsigned(job: i64, column: &'static str, value: i32) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| inconsistent(job, column, "negative"))
}

fn lane(job: i64, value: i16) -> Result<queue::Lane, StoreError> {
    u8::try_from(value).map(queue::Lane).map_err(|_| inconsistent(job, "lane", "not within 0 to 255"))
}

fn inconsistent(job: i64, column: &'static str, cause: &str) -> StoreError {
    StoreError::Inconsistent { table: "jobs", column, row: job.to_string(), cause: cause.to_owned() }
}

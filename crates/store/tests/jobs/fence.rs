//! The fence, and a store without one: the checker that finds nothing here must find it there.

use crate::harness::{LEASE, NOW, Place, claim_one, enqueue, jobs, on_both, settle, sweep};
use queue::{
    Bell, Claim, Enqueued, Job, JobId, JobStore, Lapsed, NewJob, OnDuplicate, Outcome, Promoted, Settlement,
    Ticket,
};
use store::{Store, StoreError};

on_both!(a_late_finish_is_refused, without_a_fence_the_same_check_fails);

async fn a_late_finish_is_refused(place: Place) {
    enqueue(&place.store, &jobs(1)).await;
    assert_eq!(late_finish(&place.store, &place.store).await, Ok(()));
}

async fn without_a_fence_the_same_check_fails(place: Place) {
    enqueue(&place.store, &jobs(1)).await;
    let broken = Unfenced(place.store.clone());
    assert_eq!(late_finish(&broken, &place.store).await, Err("two holders were both told that it is done"));
}

/// A holder freezes for longer than its lease, another takes over, then both finish.
async fn late_finish<S: JobStore>(store: &S, truth: &Store) -> Result<(), &'static str> {
    let frozen = claim_one(store, NOW).await;
    let later = NOW + LEASE;
    sweep(store, later).await;
    let heir = claim_one(store, later).await;
    let told_frozen = settle(store, &frozen, &Outcome::Done, later + 1).await;
    let told_heir = settle(store, &heir, &Outcome::Done, later + 2).await;
    let attempts = truth.attempts(heir.ticket.id).await.unwrap();
    match (told_frozen, told_heir) {
        (true, true) => Err("two holders were both told that it is done"),
        (true, false) => Err("the holder that had lost it was told that it is done"),
        (false, true) if attempts.len() == 2 => Ok(()),
        (false, true) => Err("a lease has not one end"),
        (false, false) => Err("nobody was told"),
    }
}

/// A store that believes whoever says to hold a job.
struct Unfenced(Store);

impl JobStore for Unfenced {
    type Error = StoreError;

    async fn settle(&self, settlements: &[Settlement]) -> Result<Vec<Ticket>, StoreError> {
        for one in settlements {
            let refused = !self.0.settle(std::slice::from_ref(one)).await?.is_empty();
            if refused {
                let ticket = Ticket { fence: one.ticket.fence + 1, ..one.ticket };
                let _ = self.0.settle(&[Settlement { ticket, ..one.clone() }]).await?;
            }
        }
        Ok(Vec::new())
    }

    async fn enqueue(&self, jobs: &[NewJob], on: OnDuplicate, now: i64) -> Result<Enqueued, StoreError> {
        self.0.enqueue(jobs, on, now).await
    }
    async fn claim(&self, claim: &Claim) -> Result<Vec<Job<String>>, StoreError> {
        self.0.claim(claim).await
    }
    async fn heartbeat(&self, tickets: &[Ticket], until: i64) -> Result<Vec<Ticket>, StoreError> {
        self.0.heartbeat(tickets, until).await
    }
    async fn lapsed(&self, now: i64, limit: u32) -> Result<Vec<Lapsed>, StoreError> {
        self.0.lapsed(now, limit).await
    }
    async fn promote_due(&self, now: i64, limit: u32) -> Result<Promoted, StoreError> {
        self.0.promote_due(now, limit).await
    }
    async fn promote_held(&self, hold: &str, now: i64, limit: u32) -> Result<u64, StoreError> {
        self.0.promote_held(hold, now, limit).await
    }
    async fn cancel(&self, ids: &[JobId], now: i64) -> Result<u64, StoreError> {
        self.0.cancel(ids, now).await
    }
    fn bell(&self) -> &Bell {
        self.0.bell()
    }
    async fn relay(&self) {
        self.0.relay().await;
    }
}

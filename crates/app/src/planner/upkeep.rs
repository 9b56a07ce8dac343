//! What is open already: it gets its time anew after an outage, and always has the jobs that bring it forward.

use super::MOST_BATCHES;
use crate::{
    clock::timestamp,
    jobs::{Room, notify_job, sweep_job},
};
use domain::occurrence::due_at;
use queue::{JobStore, Micros, NewJob, OnDuplicate};
use store::StoreError;

/// Nothing that is taken up again takes less.
const LEAST_S: f64 = 60.0;

/// What was open when everything stood still and is over meanwhile gets the time anew that it takes, as what is opened
/// late does: it is not cut short for an outage.
pub async fn take_up_again(room: &Room, now: Micros) -> Result<(), StoreError> {
    for batch in room.store.unclosed_batches(MOST_BATCHES).await? {
        if batch.due_at > now || now >= room.rules.given_up_at(&batch) {
            continue;
        }
        let takes_s = batch.predicted_ms as f64 / 1e3 / room.rules.capacity.max(1.0);
        let due = due_at(timestamp(batch.ready_by), timestamp(now), takes_s.max(LEAST_S));
        let mut tx = room.store.begin().await?;
        tx.extend_batch(batch.id, due.as_microsecond()).await?;
        // Jobs by whose time it is over would be given up for the first thing that goes wrong.
        tx.postpone_batch(batch.id, due.as_microsecond()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Every batch that nobody can join any more is planned, and every one that is not closed has its sweep and its
/// notice: whatever became of who was to see to it.
pub(super) async fn look_after(room: &Room, now: Micros) -> Result<(), StoreError> {
    room.store.batches_planned(now).await?;
    let batches = room.store.unclosed_batches(MOST_BATCHES).await?;
    let jobs: Vec<NewJob> = batches
        .iter()
        .flat_map(|batch| {
            let notify = batch.counted_at.is_none().then(|| notify_job(batch.id, batch.ready_by));
            [Some(sweep_job(batch.id, batch.due_at)), notify].into_iter().flatten()
        })
        .collect();
    if !jobs.is_empty() {
        room.store.enqueue(&jobs, OnDuplicate::Keep, now).await?;
    }
    Ok(())
}

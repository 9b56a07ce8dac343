//! Redriving dead letters: each gets another chance, and what was marked failed for its sake comes back with it.
//!
//! | work | what comes back |
//! |---|---|
//! | select | failed occurrences of its range that nothing was chosen for are open again |
//! | assemble | failed occurrences of its range go on with what was chosen |
//! | external | its failed occurrence goes on |
//! | narrate | the artifact may be tried at once; a batch that is still open waits for it again |
//! | sweep | its batch, if it has work left |
//! | fetch, notify | nothing hangs on them |
//!
//! A batch that has work again stays open until the new deadline; were its old one kept, its sweep would give it up
//! at once.

use crate::jobs::{self, SECOND, sweep_job};
use domain::{BatchId, Work};
use queue::{
    Micros, NewJob, OnDuplicate,
    dead::{self, DeadFilter, Decided},
};
use std::collections::BTreeSet;
use store::{Store, StoreError, Tx};

/// Jobs in one transaction.
const CHUNK: u32 = 200;
/// Time to get done, from when the last of them begins.
const PATIENCE: Micros = 1_800 * SECOND;

/// What an operator asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    pub filter: DeadFilter,
    /// Only so many: a canary before the rest.
    pub first: Option<u32>,
    pub per_minute: Option<u32>,
    pub by: Decided,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Redriven {
    pub jobs: u64,
    /// Occurrences that were failed and are not any more.
    pub occurrences: u64,
    /// Batches that have work again.
    pub batches: u64,
}

pub async fn redrive(store: &Store, wish: &Wish, now: Micros) -> Result<Redriven, StoreError> {
    // Those that die anew meanwhile are not redriven again.
    let until = wish.filter.until.map_or(now + 1, |until| until.min(now + 1));
    let filter = DeadFilter { until: Some(until), ..wish.filter.clone() };
    let mut left = store.count_redrive(&filter).await?.min(wish.first.map_or(u64::MAX, u64::from));
    let (per_minute, by) = (wish.per_minute, wish.by.clone());
    let mut asked = dead::Redrive { filter, first: None, per_minute, due_at: 0, by };
    let spread = asked.between().saturating_mul(i64::try_from(left).unwrap_or(i64::MAX));
    asked.due_at = now.saturating_add(spread).saturating_add(PATIENCE);
    let mut done = Redriven::default();
    let mut touched = BTreeSet::new();
    while left > 0 {
        asked.first = Some(CHUNK.min(u32::try_from(left).unwrap_or(CHUNK)));
        let from = now.saturating_add(asked.between().saturating_mul(i64::try_from(done.jobs).unwrap_or(0)));
        let mut tx = store.begin().await?;
        let redriven = tx.redrive(&asked, from, now).await?;
        if redriven.is_empty() {
            break;
        }
        let mut batches = BTreeSet::new();
        for (_, work) in &redriven {
            // Work that cannot be read has no consequences: its job dies of that anew.
            if let Ok(work) = jobs::work(work) {
                done.occurrences += take_up(&mut tx, &work, &mut batches, now).await?;
            }
        }
        touched.extend(keep_open(&mut tx, batches, asked.due_at, now).await?);
        tx.commit().await?;
        done.jobs += redriven.len() as u64;
        left = left.saturating_sub(redriven.len() as u64);
    }
    done.batches = touched.len() as u64;
    Ok(done)
}

/// What hangs on a job; how many occurrences are not failed any more. Batches that it is about are noted.
async fn take_up(
    tx: &mut Tx,
    work: &Work,
    batches: &mut BTreeSet<BatchId>,
    now: Micros,
) -> Result<u64, StoreError> {
    match work {
        Work::Select { batch, first, last } => {
            batches.insert(*batch);
            tx.reopen_occurrences(*batch, *first, *last).await
        }
        Work::Assemble { batch, first, last } => {
            batches.insert(*batch);
            tx.resume_occurrences(*batch, *first, *last).await
        }
        Work::External { occurrence } => {
            let Some(batch) = tx.batch_of(*occurrence).await? else { return Ok(0) };
            batches.insert(batch);
            tx.resume_occurrences(batch, *occurrence, *occurrence).await
        }
        Work::Sweep { batch } => {
            batches.insert(*batch);
            Ok(0)
        }
        Work::Narrate { key, recipe } => {
            tx.try_artifact_again(*key, recipe.kind(), "it is to be tried again", now).await?;
            Ok(0)
        }
        Work::Fetch { .. }
        | Work::Notify { .. }
        | Work::Deliver { .. }
        | Work::Mail { .. }
        | Work::Subscription { .. } => Ok(0),
    }
}

/// Batches with work left stay open until then, and are swept; which.
async fn keep_open(
    tx: &mut Tx,
    batches: BTreeSet<BatchId>,
    due_at: Micros,
    now: Micros,
) -> Result<Vec<BatchId>, StoreError> {
    let mut open = Vec::new();
    for batch in batches {
        if tx.extend_batch(batch, due_at).await? {
            open.push(batch);
        }
    }
    let sweeps: Vec<NewJob> = open.iter().map(|batch| sweep_job(*batch, due_at)).collect();
    tx.enqueue(&sweeps, OnDuplicate::Keep, now).await?;
    Ok(open)
}

#[cfg(test)]
mod tests;

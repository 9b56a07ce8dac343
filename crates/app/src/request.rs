//! "Make one now": a batch of one, beside the feed's daily slots. The one rule for all who may ask for it.

use crate::{
    entitlement,
    jobs::{SECOND, select_job, sweep_job},
    office::Office,
};
use domain::{BatchId, FeedId, OccurrenceId, OccurrenceState, forecast::BatchWork};
use jiff::civil::Date;
use queue::{Micros, OnDuplicate};
use store::{StoreError, batches::Batch, occurrences::NewOccurrence, requests::Requested};

/// A request is given at least this long, however little time production has learned to take: what comes of a first
/// run, before anything is made, is worth the wait.
const LEAST: Micros = 120 * SECOND;
/// Characters of a key.
const MOST_KEY: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("feed {0}: there is none; see `mimiyori admin feed list`")]
    NoFeed(FeedId),
    #[error("a key has between 1 and {MOST_KEY} characters; shorten it")]
    BadKey,
    #[error("the listener may not have it: {}", .0.text)]
    Plan(entitlement::Refused),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What came of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub occurrence: OccurrenceId,
    pub batch: BatchId,
    pub state: OccurrenceState,
    pub local_date: Date,
    /// `false`: the same key had asked before, and this is what came of it.
    pub is_new: bool,
}

/// Opens a program of a feed that is due as soon as it can be made. Asked twice by one key, the same program is meant.
pub async fn make_now(office: Office<'_>, feed: FeedId, key: &str) -> Result<Answer, Refused> {
    if !(1..=MOST_KEY).contains(&key.chars().count()) {
        return Err(Refused::BadKey);
    }
    // A key is its feed's own: nobody can take another's.
    let request = format!("{feed}:{key}");
    if let Some(made) = office.store.requested(&request).await? {
        return Ok(repeated(made));
    }
    let found = office.store.feed(feed).await?.ok_or(Refused::NoFeed(feed))?;
    let listener = office.store.listener(found.listener).await?.ok_or(Refused::NoFeed(feed))?;
    let now = office.now();
    let work = match &found.external {
        Some(_) => BatchWork { selections: 1, external: 1, ..BatchWork::default() },
        None => office.learning.predict(1),
    };
    let seconds = office.seconds(&work);
    let batch = Batch {
        id: BatchId::born(now, office.chance()),
        ready_by: now,
        request: Some(request.clone()),
        due_at: office.due_at(now, seconds, LEAST),
        opened_at: now,
        predicted_ms: (seconds * office.rules.capacity.max(1.0) * 1_000.0) as u64,
        planned_at: Some(now),
        counted_at: Some(now),
        closed_at: None,
    };
    let mut occurrence = NewOccurrence {
        id: OccurrenceId::born(now, office.chance()),
        feed,
        listener: listener.id,
        batch: batch.id,
        local_date: found.schedule.zone.date_at(crate::clock::timestamp(now)),
        request: Some(request.clone()),
        // Known when it is known by which plan they have it.
        lane: 0,
        ready_by: now,
        missed: None,
    };
    if open(office, &batch, &mut occurrence, now).await? {
        return Ok(Answer {
            occurrence: occurrence.id,
            batch: batch.id,
            state: OccurrenceState::Open,
            local_date: occurrence.local_date,
            is_new: true,
        });
    }
    // Somebody was faster with the same key.
    let made = office.store.requested(&request).await?;
    made.map(repeated).ok_or(Refused::NoFeed(feed))
}

/// One transaction: a batch, its occurrence and the job that begins it. `false`, and nothing is changed, when the
/// request was made before.
async fn open(
    office: Office<'_>,
    batch: &Batch,
    occurrence: &mut NewOccurrence,
    now: Micros,
) -> Result<bool, Refused> {
    let mut tx = office.store.begin().await?;
    if !tx.open_request(batch).await? {
        return Ok(false);
    }
    let may = entitlement::may_request(office, &mut tx, occurrence.listener, occurrence.feed).await?;
    let lane = office.lane(&may.map_err(Refused::Plan)?);
    occurrence.lane = lane.0;
    let jobs = [
        select_job(batch.id, occurrence.id, occurrence.id, lane, batch.due_at),
        sweep_job(batch.id, batch.due_at),
    ];
    tx.open_occurrences(std::slice::from_ref(&*occurrence), now).await?;
    tx.enqueue(&jobs, OnDuplicate::Keep, now).await?;
    tx.commit().await?;
    Ok(true)
}

const fn repeated(made: Requested) -> Answer {
    let Requested { occurrence, batch, state, local_date, .. } = made;
    Answer { occurrence, batch, state, local_date, is_new: false }
}

#[cfg(test)]
mod tests;

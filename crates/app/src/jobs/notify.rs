//! Notify: a batch's ready-by has come. What it has come to is counted, once; when nothing is left to do, it
//! is closed.

use super::{Room, SECOND, Trouble};
use crate::metrics::{self, Due};
use domain::{BatchId, OccurrenceState};
use queue::Outcome;
use store::batches::{Batch, Progress};

pub async fn notify(room: &Room, batch: BatchId) -> Result<Outcome, Trouble> {
    let Some(batch) = room.store.batch(batch).await? else {
        return Ok(Outcome::Skip("its batch is gone".into()));
    };
    let now = room.clock.now();
    if now < batch.ready_by {
        return Ok(Outcome::Snooze(batch.ready_by));
    }
    if batch.planned_at.is_none() {
        return Ok(Outcome::Snooze(now + SECOND));
    }
    let outcomes = room.store.batch_outcomes(batch.id).await?;
    let mut tx = room.store.begin().await?;
    let first = tx.count_batch(batch.id, now).await?;
    tx.commit().await?;
    if first {
        for (state, in_time, total) in outcomes {
            if let Some(outcome) = due(state, in_time) {
                metrics::occurrences_due(outcome, total);
            }
        }
    }
    Ok(Outcome::Done)
}

/// What an occurrence had come to when it was due; nothing of those called off.
const fn due(state: OccurrenceState, in_time: bool) -> Option<Due> {
    match state {
        OccurrenceState::Published if in_time => Some(Due::OnTime),
        OccurrenceState::Published | OccurrenceState::Open | OccurrenceState::Selected => Some(Due::Late),
        OccurrenceState::Skipped => Some(Due::Skipped),
        OccurrenceState::Missed => Some(Due::Missed),
        OccurrenceState::Failed => Some(Due::Failed),
        OccurrenceState::Cancelled => None,
    }
}

/// Closes a batch of which nothing is left to do, and learns from it.
pub(super) async fn close(room: &Room, batch: &Batch, progress: &Progress) -> Result<(), Trouble> {
    let mut tx = room.store.begin().await?;
    let closed = tx.close_batch(batch.id, room.clock.now()).await?;
    tx.commit().await?;
    room.newsstand.tidy(room.clock.now());
    if closed && batch.request.is_none() {
        let wanted = |kind: &str| progress.demand.get(kind).map_or(0, |(wanted, _)| *wanted);
        let made = progress.in_state(OccurrenceState::Published);
        room.learning.shared(made, wanted("segment"), wanted("phrase"));
    }
    Ok(())
}

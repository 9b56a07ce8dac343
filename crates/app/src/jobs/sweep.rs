//! Sweep: the barrier of a batch. It lets go what waits for nothing any more, and at the cut-off all the
//! rest with what there is; it comes back until nothing of the batch is left to do.

use super::{Room, SECOND, Trouble, job, notify};
use crate::clock::timestamp;
use domain::{
    ArtifactKey, BatchId, OccurrenceId, OccurrenceState, Work,
    occurrence::{Release, cut_off, release},
};
use jiff::Timestamp;
use queue::{Lane, Micros, NewJob, OnDuplicate, Outcome};
use std::{collections::HashSet, sync::PoisonError};
use store::{
    batches::{Batch, Progress},
    occurrences::{Ended, Waiting},
};

/// Occurrences that are passed over, and released, in one transaction.
const CHUNK: u32 = 500;
/// Occurrences of one assembling job.
const ASSEMBLED_TOGETHER: usize = 100;
/// Between two looks at a batch: when it is nearly done, and at most.
const SOON: Micros = SECOND / 2;
const MOST_PAUSE: Micros = 20 * SECOND;
/// A large batch is not passed over for every artifact of thousands.
const FEW: usize = 50;

pub async fn sweep(room: &Room, batch: BatchId) -> Result<Outcome, Trouble> {
    let Some(batch) = room.store.batch(batch).await? else {
        return Ok(Outcome::Skip("its batch is gone".into()));
    };
    let now = room.clock.now();
    let mut unsettled = room.store.unsettled(batch.id).await?;
    if !unsettled.is_empty() && unsettled.len() <= FEW && room.store.settle_orphans(batch.id, now).await? > 0
    {
        unsettled = room.store.unsettled(batch.id).await?;
    }
    let progress = room.store.batch_progress(batch.id).await?;
    let barrier = Barrier::of(room, &batch, &progress, &unsettled);
    if barrier.opens(room, batch.id, unsettled.len()) {
        pass_over(room, &batch, &barrier).await?;
    }
    if now >= batch.due_at.saturating_add(room.rules.policies.grace) {
        give_up(room, &batch).await?;
    }
    let progress = room.store.batch_progress(batch.id).await?;
    if progress.unfinished() > 0 || batch.planned_at.is_none() {
        return Ok(Outcome::Snooze(now + pause(room, &progress)));
    }
    notify::close(room, &batch, &progress).await?;
    room.forget_sweeps(batch.id);
    Ok(Outcome::Done)
}

/// What holds a batch's occurrences back at one moment.
struct Barrier {
    unsettled: HashSet<ArtifactKey>,
    /// Something that every occurrence needs is still being made.
    holds_all: bool,
    cut_off: Timestamp,
    now: Timestamp,
}

impl Barrier {
    fn of(room: &Room, batch: &Batch, progress: &Progress, unsettled: &[(ArtifactKey, bool)]) -> Self {
        let waiting = progress.in_state(OccurrenceState::Selected) - progress.released;
        let margin = room.learning.durations().assembly_margin(waiting, room.rules.capacity);
        Self {
            unsettled: unsettled.iter().map(|(key, _)| *key).collect(),
            holds_all: unsettled.iter().any(|(_, common)| *common),
            cut_off: cut_off(timestamp(batch.opened_at), timestamp(batch.due_at), margin),
            now: room.now(),
        }
    }

    /// Whether passing over the batch may let anything go.
    fn opens(&self, room: &Room, batch: BatchId, unsettled: usize) -> bool {
        if unsettled == 0 || self.now >= self.cut_off {
            return true;
        }
        if self.holds_all {
            return false;
        }
        let mut swept = room.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = swept.entry(batch).or_insert(usize::MAX);
        let opens = unsettled <= FEW || unsettled <= *before / 2;
        if opens {
            *before = unsettled;
        }
        opens
    }

    fn judge(&self, waiting: &Waiting) -> Release {
        if self.holds_all && self.now < self.cut_off {
            return Release::Wait;
        }
        release(waiting.selection.needs(), &self.unsettled, self.cut_off, self.now)
    }
}

/// A tenth of what is left to do: a batch that takes an hour is not looked at twice a second.
fn pause(room: &Room, progress: &Progress) -> Micros {
    let left_s = room.learning.durations().work_s(&progress.work_left());
    let tenth = (left_s / room.rules.capacity.max(1.0) * SECOND as f64 / 10.0) as Micros;
    tenth.clamp(SOON, MOST_PAUSE)
}

impl Room {
    fn forget_sweeps(&self, batch: BatchId) {
        self.swept.lock().unwrap_or_else(PoisonError::into_inner).remove(&batch);
    }
}

/// Releases what need not wait, chunk by chunk.
async fn pass_over(room: &Room, batch: &Batch, barrier: &Barrier) -> Result<(), Trouble> {
    let mut after = None;
    loop {
        let waiting = room.store.waiting(batch.id, after, CHUNK).await?;
        let Some(last) = waiting.last() else { return Ok(()) };
        after = Some(last.id);
        let released: Vec<&Waiting> =
            waiting.iter().filter(|one| barrier.judge(one) != Release::Wait).collect();
        if released.is_empty() {
            continue;
        }
        let ids: Vec<OccurrenceId> = released.iter().map(|one| one.id).collect();
        let jobs: Vec<NewJob> =
            released.chunks(ASSEMBLED_TOGETHER).filter_map(|chunk| assembling(batch, chunk)).collect();
        let now = room.clock.now();
        let mut tx = room.store.begin().await?;
        tx.release_occurrences(&ids, now).await?;
        tx.enqueue(&jobs, OnDuplicate::Keep, now).await?;
        tx.commit().await?;
    }
}

fn assembling(batch: &Batch, chunk: &[&Waiting]) -> Option<NewJob> {
    let (first, last) = (chunk.first()?.id, chunk.last()?.id);
    let lane = Lane(chunk.iter().map(|one| one.lane).min()?);
    let work = Work::Assemble { batch: batch.id, first, last };
    // One that runs already may have read before these were released: the key tells them apart.
    let key = format!("assemble:{first}:{last}:{}", chunk.len());
    Some(job(&work, key, lane, batch.due_at))
}

/// What has no program long after it was due gets none: whatever was to make it is a dead letter.
async fn give_up(room: &Room, batch: &Batch) -> Result<(), Trouble> {
    let unfinished = room.store.unfinished(batch.id, CHUNK).await?;
    let ended: Vec<Ended> = unfinished
        .into_iter()
        .map(|(id, state)| Ended {
            id,
            state: OccurrenceState::Failed,
            reason: match state {
                OccurrenceState::Open => {
                    "its articles could not be chosen in time; see the dead letters of select"
                }
                _ => "its program could not be made in time; see the dead letters of assemble and external",
            }
            .to_owned(),
        })
        .collect();
    let mut tx = room.store.begin().await?;
    tx.end_occurrences(&ended, room.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

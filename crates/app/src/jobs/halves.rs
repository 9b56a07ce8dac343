//! What brings a selection down brings down that of one occurrence, not of the hundreds that share its job: a job that
//! panics, meets what cannot be, or was running when its process died is cut in two, and the halves in two, until
//! whoever is the cause is alone.

use super::{Facts, Room, Trouble, select, select_job};
use domain::{BatchId, OccurrenceId};
use futures::FutureExt;
use queue::{Class, JobStore, OnDuplicate, Outcome};
use std::panic::{AssertUnwindSafe, resume_unwind};

pub async fn select(
    room: &Room,
    facts: &Facts,
    batch: BatchId,
    first: OccurrenceId,
    last: OccurrenceId,
) -> Result<Outcome, Trouble> {
    let cut = || cut(room, facts, batch, first, last);
    // Whatever killed the process is not given the chance to do so three times with everybody aboard.
    if facts.counts.crashes > 0 && cut().await? {
        return Ok(in_two("the process died"));
    }
    let selecting = select::select(room, facts, batch, first, last);
    match AssertUnwindSafe(selecting).catch_unwind().await {
        Ok(Err(trouble)) if is_bug(&trouble) => match cut().await? {
            true => Ok(in_two(&trouble.to_string())),
            false => Err(trouble),
        },
        Ok(chosen) => chosen,
        Err(panic) => match cut().await? {
            true => Ok(in_two("it panicked")),
            // It is alone: its job is a dead letter.
            false => resume_unwind(panic),
        },
    }
}

fn in_two(why: &str) -> Outcome {
    Outcome::Skip(format!("cut in two to find the occurrence that is the cause: {why}"))
}

fn is_bug(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Work(error) => error.class == Class::Bug,
        Trouble::Store(store::StoreError::Inconsistent { .. }) => true,
        Trouble::Store(_) | Trouble::Media(_) => false,
    }
}

/// Gives each half of what is left to do to a job of its own; `false` where there are no two.
async fn cut(
    room: &Room,
    facts: &Facts,
    batch: BatchId,
    first: OccurrenceId,
    last: OccurrenceId,
) -> Result<bool, Trouble> {
    let open = room.store.open_between(batch, first, last).await?;
    let (lower, upper) = open.split_at(open.len() / 2);
    let job = |half: &[OccurrenceId]| {
        Some(select_job(batch, *half.first()?, *half.last()?, facts.lane, facts.due_at))
    };
    let (Some(lower), Some(upper)) = (job(lower), job(upper)) else { return Ok(false) };
    room.store.enqueue(&[lower, upper], OnDuplicate::Keep, room.clock.now()).await?;
    Ok(true)
}

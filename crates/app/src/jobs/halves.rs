//! What brings a stage down brings it down for one occurrence, not for the hundreds that share its job: a job that
//! panics, meets what cannot be, or was running when its process died is cut in two, and the halves in two, until
//! whoever is the cause is alone.

use super::{Facts, Room, Trouble, assemble, assemble_job, select, select_job};
use domain::{BatchId, OccurrenceId};
use futures::FutureExt;
use queue::{Class, JobStore, NewJob, OnDuplicate, Outcome};
use std::panic::{AssertUnwindSafe, resume_unwind};
use store::StoreError;

/// A batch's occurrences from one id to another, and what is done with them.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub stage: Stage,
    pub batch: BatchId,
    pub first: OccurrenceId,
    pub last: OccurrenceId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Select,
    Assemble,
}

pub async fn run(room: &Room, facts: &Facts, range: Range) -> Result<Outcome, Trouble> {
    // Whatever killed the process is not given the chance to do so three times with everybody aboard.
    if facts.counts.crashes > 0 && range.cut(room, facts).await? {
        return Ok(in_two("the process died"));
    }
    match AssertUnwindSafe(range.work(room, facts)).catch_unwind().await {
        Ok(Err(trouble)) if is_bug(&trouble) => match range.cut(room, facts).await? {
            true => Ok(in_two(&trouble.to_string())),
            false => Err(trouble),
        },
        Ok(worked) => worked,
        Err(panic) => match range.cut(room, facts).await? {
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
        Trouble::Store(error) => error.is_refusal() || matches!(error, StoreError::Inconsistent { .. }),
        Trouble::Media(_) => false,
    }
}

impl Range {
    async fn work(self, room: &Room, facts: &Facts) -> Result<Outcome, Trouble> {
        let Self { batch, first, last, .. } = self;
        match self.stage {
            Stage::Select => select::select(room, facts, batch, first, last).await,
            Stage::Assemble => assemble::assemble(room, batch, first, last).await,
        }
    }

    /// Gives each half of what is left to do to a job of its own; `false` where there are no two.
    async fn cut(self, room: &Room, facts: &Facts) -> Result<bool, Trouble> {
        let left = self.left(room).await?;
        let (lower, upper) = left.split_at(left.len() / 2);
        let now = room.clock.now();
        let job = |half: &[OccurrenceId]| -> Option<NewJob> {
            let (first, last) = (*half.first()?, *half.last()?);
            Some(match self.stage {
                Stage::Select => select_job(self.batch, first, last, facts.lane, facts.due_at),
                Stage::Assemble => assemble_job(self.batch, first, last, facts.lane, facts.due_at, now),
            })
        };
        let (Some(lower), Some(upper)) = (job(lower), job(upper)) else { return Ok(false) };
        room.store.enqueue(&[lower, upper], OnDuplicate::Keep, now).await?;
        Ok(true)
    }

    async fn left(self, room: &Room) -> Result<Vec<OccurrenceId>, StoreError> {
        match self.stage {
            Stage::Select => room.store.open_between(self.batch, self.first, self.last).await,
            Stage::Assemble => room.store.released_between(self.batch, self.first, self.last).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trials::stage::Stage as Trial;

    #[tokio::test]
    async fn values_that_the_database_does_not_take_are_somebodys_own() {
        let folder = tempfile::tempdir().unwrap();
        let trial = Trial::set(&format!("sqlite://{}/test.db", folder.path().display()), folder.path()).await;
        let mut tx = trial.room.store.begin().await.unwrap();
        let twice = tx.add_feed(&trial.feeds[0], trial.now()).await.unwrap_err();
        assert!(is_bug(&Trouble::Store(twice)));
        drop(tx);
        trial.room.store.close().await;
        let away = trial.room.store.batch(BatchId::born(0, [1, 2])).await.unwrap_err();
        assert!(!is_bug(&Trouble::Store(away)), "nobody is to blame for an outage");
    }
}

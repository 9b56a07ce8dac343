//! What people call off: occurrences, batches, jobs. What only somebody else would have done of it is called off with
//! it, so that nobody waits for a program that nobody makes.

use crate::{
    Micros, StoreError, Tx,
    row::{json, twin},
    transaction::on_tx,
};
use domain::{BatchId, OccurrenceId, OccurrenceState, Work};
use queue::JobId;

const UNRELEASED: &str = include_str!("../sql/occurrences/call_off_unreleased.sql");

/// How much was called off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CalledOff {
    pub jobs: u64,
    pub occurrences: u64,
}

impl Tx {
    /// Calls occurrences off that have no program; how many that were.
    pub async fn call_off(
        &mut self,
        ids: &[OccurrenceId],
        why: &str,
        now: Micros,
    ) -> Result<u64, StoreError> {
        let sql = twin!(self, "occurrences/call_off");
        Ok(on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&ids)).bind(why).bind(now).execute(connection).await?.rows_affected()
        }))
    }

    /// Calls off what a batch has left to do, so that nothing more is made for it alone; how many occurrences.
    pub async fn call_off_batch(&mut self, id: BatchId, why: &str, now: Micros) -> Result<u64, StoreError> {
        self.call_off_part(include_str!("../sql/occurrences/call_off_batch.sql"), id, why, now).await
    }

    /// Calls off unfinished jobs, and with them the occurrences that they alone would have worked on.
    pub async fn call_off_jobs(
        &mut self,
        ids: &[JobId],
        why: &str,
        now: Micros,
    ) -> Result<CalledOff, StoreError> {
        let works = self.unfinished_work(ids).await?;
        let mut off = CalledOff { jobs: self.cancel_jobs(ids, now).await?, occurrences: 0 };
        for work in works {
            off.occurrences += match work {
                Work::Select { batch, first, last } => {
                    self.call_off_between(batch, first, last, OccurrenceState::Open, why, now).await?
                }
                Work::Assemble { batch, first, last } => {
                    self.call_off_between(batch, first, last, OccurrenceState::Selected, why, now).await?
                }
                Work::External { occurrence } => self.call_off(&[occurrence], why, now).await?,
                // What is released has jobs of its own.
                Work::Sweep { batch } => self.call_off_part(UNRELEASED, batch, why, now).await?,
                // What is waited for gets another job, or is given up; the rest concerns no occurrence.
                Work::Fetch { .. }
                | Work::Narrate { .. }
                | Work::Notify { .. }
                | Work::Deliver { .. }
                | Work::Mail { .. }
                | Work::Subscription { .. } => 0,
            };
        }
        Ok(off)
    }

    /// What some jobs still have to do; nothing of one that cannot be read.
    async fn unfinished_work(&mut self, ids: &[JobId]) -> Result<Vec<Work>, StoreError> {
        let mut works = Vec::with_capacity(ids.len());
        for id in ids {
            let work: Option<String> = on_tx!(self, connection => {
                sqlx::query_scalar(include_str!("../sql/jobs/work.sql"))
                    .bind(id.0)
                    .fetch_optional(connection)
                    .await?
            });
            works.extend(work.and_then(|work| serde_json::from_str(&work).ok()));
        }
        Ok(works)
    }

    /// Calls off what a statement says of a batch, and what only that waited for.
    async fn call_off_part(
        &mut self,
        sql: &'static str,
        id: BatchId,
        why: &str,
        now: Micros,
    ) -> Result<u64, StoreError> {
        let ended = on_tx!(self, connection => {
            sqlx::query(sql)
                .bind(id.to_string())
                .bind(why)
                .bind(now)
                .execute(connection)
                .await?
                .rows_affected()
        });
        self.withdraw_demand(id).await?;
        Ok(ended)
    }

    async fn call_off_between(
        &mut self,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
        state: OccurrenceState,
        why: &str,
        now: Micros,
    ) -> Result<u64, StoreError> {
        let ended = on_tx!(self, connection => {
            sqlx::query(include_str!("../sql/occurrences/call_off_between.sql"))
                .bind(batch.to_string())
                .bind(first.to_string())
                .bind(last.to_string())
                .bind(state.name())
                .bind(why)
                .bind(now)
                .execute(connection)
                .await?
                .rows_affected()
        });
        self.withdraw_demand(batch).await?;
        Ok(ended)
    }
}

//! What people do to occurrences and batches: taken up again after a failure, backfilled. Which states
//! lead where is `domain::occurrence`'s rule; each statement asks for the states that the rule starts from.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin},
    transaction::on_tx,
};
use domain::{ArtifactKey, ArtifactKind, BatchId, FeedId, OccurrenceId, OccurrenceState};
use jiff::civil::Date;

/// A daily slot that got no program, though one was wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    pub id: OccurrenceId,
    pub feed: FeedId,
    pub local_date: Date,
    pub state: OccurrenceState,
}

/// How fast a batch goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Artifacts that were made or given up.
    pub settled: u64,
    /// Occurrences that ended.
    pub ended: u64,
}

impl Pace {
    pub const fn is_zero(self) -> bool {
        self.settled == 0 && self.ended == 0
    }
}

impl Tx {
    /// Failed occurrences between two ids whose articles were never chosen are open once more; how many.
    pub async fn reopen_occurrences(
        &mut self,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
    ) -> Result<u64, StoreError> {
        let sql = include_str!("../sql/occurrences/reopen.sql");
        self.move_range(sql, batch, first, last).await
    }

    /// Failed occurrences between two ids go on with the articles that were chosen for them; how many.
    pub async fn resume_occurrences(
        &mut self,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
    ) -> Result<u64, StoreError> {
        let sql = include_str!("../sql/occurrences/resume.sql");
        self.move_range(sql, batch, first, last).await
    }

    async fn move_range(
        &mut self,
        sql: &'static str,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
    ) -> Result<u64, StoreError> {
        Ok(on_tx!(self, connection => sqlx::query(sql)
            .bind(batch.to_string())
            .bind(first.to_string())
            .bind(last.to_string())
            .execute(connection)
            .await?
            .rows_affected()))
    }

    /// Keeps a batch open until then, if it has work left; whether it has.
    pub async fn extend_batch(&mut self, id: BatchId, due_at: Micros) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/batches/extend.sql"))
            .bind(id.to_string())
            .bind(due_at)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// What is left to do for a batch is due later, too; how many jobs that is.
    pub async fn postpone_batch(&mut self, id: BatchId, due_at: Micros) -> Result<u64, StoreError> {
        Ok(on_tx!(self, connection => sqlx::query(include_str!("../sql/jobs/postpone.sql"))
            .bind(id.to_string())
            .bind(due_at)
            .execute(connection)
            .await?
            .rows_affected()))
    }

    pub async fn batch_of(&mut self, id: OccurrenceId) -> Result<Option<BatchId>, StoreError> {
        let row: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/occurrences/batch_of.sql"))
                .bind(id.to_string())
                .fetch_optional(connection)
                .await?
        });
        let cell = Cell { table: "occurrences", column: "batch_id", row: &id.to_string() };
        row.map(|(batch,)| cell.parse(&batch)).transpose()
    }

    /// What failed may be tried at once, and batches that are still open wait for it again.
    pub async fn try_artifact_again(
        &mut self,
        key: ArtifactKey,
        kind: ArtifactKind,
        why: &str,
        now: Micros,
    ) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/artifacts/try_again.sql"))
            .bind(key.to_string())
            .bind(kind.name())
            .bind(why)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        on_tx!(self, connection => sqlx::query(include_str!("../sql/demand/want_again.sql"))
            .bind(key.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Missed and failed occurrences are open once more, in another batch and lane; how many still were.
    pub async fn backfill_occurrences(
        &mut self,
        ids: &[OccurrenceId],
        batch: BatchId,
        lane: u8,
    ) -> Result<u64, StoreError> {
        let sql = twin!(self, "occurrences/backfill");
        Ok(on_tx!(self, connection => sqlx::query(sql)
            .bind(json(&ids))
            .bind(batch.to_string())
            .bind(i16::from(lane))
            .execute(connection)
            .await?
            .rows_affected()))
    }
}

impl Store {
    /// Daily slots without a program on local dates from one to another, of all feeds or of one; the oldest
    /// dates first.
    pub async fn lost_occurrences(
        &self,
        from: Date,
        to: Date,
        feed: Option<FeedId>,
    ) -> Result<Vec<Lost>, StoreError> {
        let rows: Vec<(String, String, String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/lost.sql"))
                .bind(from.to_string())
                .bind(to.to_string())
                .bind(feed.map(|feed| feed.to_string()))
                .fetch_all(pool)
                .await?
        });
        let read = |(id, feed, date, state): (String, String, String, String)| {
            let cell = |column| Cell { table: "occurrences", column, row: &id };
            Ok(Lost {
                id: cell("id").parse(&id)?,
                feed: cell("feed_id").parse(&feed)?,
                local_date: cell("local_date").parse(&date)?,
                state: cell("state").parse(&state)?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Why occurrences of a batch ended as they did, the most frequent first: state, reason, how many.
    pub async fn batch_reasons(
        &self,
        id: BatchId,
        limit: u32,
    ) -> Result<Vec<(OccurrenceState, String, u64)>, StoreError> {
        let rows: Vec<(String, String, i64)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/reasons.sql"))
                .bind(id.to_string())
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let row = id.to_string();
        let cell = Cell { table: "occurrences", column: "state", row: &row };
        let read = |(state, reason, total): (String, String, i64)| {
            Ok((cell.parse(&state)?, reason, total.unsigned_abs()))
        };
        rows.into_iter().map(read).collect()
    }

    /// What a batch has got done since an instant.
    pub async fn batch_pace(&self, id: BatchId, since: Micros) -> Result<Pace, StoreError> {
        let (settled, ended): (i64, i64) = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/pace.sql"))
                .bind(id.to_string())
                .bind(since)
                .fetch_one(pool)
                .await?
        });
        Ok(Pace { settled: settled.unsigned_abs(), ended: ended.unsigned_abs() })
    }
}

//! All occurrences of one ready-by minute, or one request.

use crate::{Micros, Store, StoreError, Tx, db::on, row::Cell, transaction::on_tx};
use domain::{BatchId, OccurrenceState, forecast::BatchWork};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: BatchId,
    pub ready_by: Micros,
    /// Of a program made on demand.
    pub request: Option<String>,
    pub due_at: Micros,
    pub opened_at: Micros,
    pub predicted_ms: u64,
    /// When its last planner chunk was in.
    pub planned_at: Option<Micros>,
    /// When what it had come to by its ready-by was counted.
    pub counted_at: Option<Micros>,
    pub closed_at: Option<Micros>,
}

/// How far a batch is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Occurrences by state.
    pub states: BTreeMap<OccurrenceState, u64>,
    /// Of those selected: they left the barrier.
    pub released: u64,
    /// Of those ended: after their ready-by.
    pub late: u64,
    /// Artifacts by kind: wanted, and made or given up.
    pub demand: BTreeMap<String, (u64, u64)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    ready_by: i64,
    request: Option<String>,
    due_at: i64,
    opened_at: i64,
    predicted_ms: i64,
    planned_at: Option<i64>,
    counted_at: Option<i64>,
    closed_at: Option<i64>,
}

impl Tx {
    /// The batch of a ready-by minute: this one, or the one that is there, opened again.
    pub async fn open_batch(&mut self, batch: &Batch) -> Result<BatchId, StoreError> {
        let (id,): (String,) = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/batches/open.sql"))
                .bind(batch.id.to_string())
                .bind(batch.ready_by)
                .bind(batch.due_at)
                .bind(batch.opened_at)
                .bind(batch.predicted_ms.cast_signed())
                .fetch_one(connection)
                .await?
        });
        Cell { table: "batches", column: "id", row: &id }.parse(&id)
    }

    /// The batch of one request; `false` when that was made before.
    pub async fn open_request(&mut self, batch: &Batch) -> Result<bool, StoreError> {
        let row: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/batches/open_request.sql"))
                .bind(batch.id.to_string())
                .bind(batch.ready_by)
                .bind(&batch.request)
                .bind(batch.due_at)
                .bind(batch.opened_at)
                .bind(batch.predicted_ms.cast_signed())
                .fetch_optional(connection)
                .await?
        });
        Ok(row.is_some())
    }

    /// Whether this call was the first to count what the batch had come to by its ready-by.
    pub async fn count_batch(&mut self, id: BatchId, now: Micros) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/batches/count.sql"))
            .bind(id.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Whether it was closed by this call: all its occurrences have their outcome, and nobody closed it yet.
    pub async fn close_batch(&mut self, id: BatchId, now: Micros) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/batches/close.sql"))
            .bind(id.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

impl Store {
    /// Notes of batches that no feed is left to join that their last planner chunk is in; of how many it is news.
    pub async fn batches_planned(&self, now: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/batches/planned.sql"))
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected()))
    }

    pub async fn batch(&self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/find.sql"))
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }

    /// Batches that are not closed, the most urgent first.
    pub async fn unclosed_batches(&self, limit: u32) -> Result<Vec<Batch>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/unclosed.sql"))
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// A page of batches, the latest ready-by first: those before one by its ready-by and id.
    pub async fn batches_before(
        &self,
        before: Option<(Micros, BatchId)>,
        limit: u32,
    ) -> Result<Vec<Batch>, StoreError> {
        let (at, id) = before.map_or((Micros::MAX, String::new()), |(at, id)| (at, id.to_string()));
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/page.sql"))
                .bind(at)
                .bind(id)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// The latest batches, open or closed.
    pub async fn recent_batches(&self, limit: u32) -> Result<Vec<Batch>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/recent.sql"))
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// Occurrences of a batch by state, and whether they had ended by their ready-by.
    pub async fn batch_outcomes(&self, id: BatchId) -> Result<Vec<(OccurrenceState, bool, u64)>, StoreError> {
        let rows: Vec<(String, i32, i64)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/outcomes.sql"))
                .bind(id.to_string())
                .fetch_all(pool)
                .await?
        });
        let row = id.to_string();
        let cell = Cell { table: "occurrences", column: "state", row: &row };
        rows.into_iter()
            .map(|(state, in_time, total)| Ok((cell.parse(&state)?, in_time == 1, total.unsigned_abs())))
            .collect()
    }

    pub async fn batch_progress(&self, id: BatchId) -> Result<Progress, StoreError> {
        let states: Vec<(String, i64, i64, Option<i64>)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/states.sql"))
                .bind(id.to_string())
                .fetch_all(pool)
                .await?
        });
        let demand: Vec<(String, i64, i64)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/batches/demand.sql"))
                .bind(id.to_string())
                .fetch_all(pool)
                .await?
        });
        let mut progress = Progress::default();
        for (state, released, total, late) in states {
            let row = id.to_string();
            let state: OccurrenceState =
                Cell { table: "occurrences", column: "state", row: &row }.parse(&state)?;
            if state == OccurrenceState::Selected {
                progress.released = released.unsigned_abs();
            }
            progress.late += late.unwrap_or(0).unsigned_abs();
            progress.states.insert(state, total.unsigned_abs());
        }
        for (kind, wanted, settled) in demand {
            progress.demand.insert(kind, (wanted.unsigned_abs(), settled.unsigned_abs()));
        }
        Ok(progress)
    }
}

impl Progress {
    pub fn in_state(&self, state: OccurrenceState) -> u64 {
        self.states.get(&state).copied().unwrap_or(0)
    }

    pub fn total(&self) -> u64 {
        self.states.values().sum()
    }

    /// The work that is left to do.
    pub fn work_left(&self) -> BatchWork {
        let left = |kind: &str| self.demand.get(kind).map_or(0, |(wanted, settled)| wanted - settled);
        BatchWork {
            selections: self.in_state(OccurrenceState::Open),
            segments: left("segment"),
            phrases: left("phrase"),
            assemblies: self.unfinished(),
            external: 0,
        }
    }

    /// Occurrences that production has work left for.
    pub fn unfinished(&self) -> u64 {
        self.states.iter().filter(|(state, _)| state.is_unfinished()).map(|(_, total)| total).sum()
    }
}

impl Row {
    fn read(self) -> Result<Batch, StoreError> {
        let cell = |column| Cell { table: "batches", column, row: &self.id };
        Ok(Batch {
            predicted_ms: cell("predicted_ms").count(self.predicted_ms)?,
            id: cell("id").parse(&self.id)?,
            ready_by: self.ready_by,
            request: self.request,
            due_at: self.due_at,
            opened_at: self.opened_at,
            planned_at: self.planned_at,
            counted_at: self.counted_at,
            closed_at: self.closed_at,
        })
    }
}

//! Slots that programs are made for, from opening to release. Every change asks for the state it comes
//! from, so that whoever repeats it or comes too late changes nothing.

mod work;

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, Legible, json, twin},
    transaction::on_tx,
};
use domain::{BatchId, FeedId, ListenerId, OccurrenceId, OccurrenceState, Selection};
use jiff::civil::Date;
pub use work::{Asking, ToAssemble, ToSelect};

/// A slot to be opened, or to be recorded with the outcome it has already.
#[derive(Clone, Debug)]
pub struct NewOccurrence {
    pub id: OccurrenceId,
    pub feed: FeedId,
    pub listener: ListenerId,
    pub batch: BatchId,
    pub local_date: Date,
    pub request: Option<String>,
    pub lane: u8,
    pub ready_by: Micros,
    /// Why it is missed; `None`: it is open.
    pub missed: Option<String>,
}

/// An occurrence whose articles are chosen.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub id: OccurrenceId,
    pub selection: Selection,
    /// Set for what waits at no barrier: somebody else makes it.
    pub released_at: Option<Micros>,
}

/// A selected occurrence that waits at the barrier.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub id: OccurrenceId,
    pub lane: u8,
    pub selection: Selection,
}

/// An occurrence that ends without a program.
#[derive(Clone, Debug)]
pub struct Ended {
    pub id: OccurrenceId,
    pub state: OccurrenceState,
    pub reason: String,
}

impl Tx {
    /// How many are new; a slot that has its occurrence keeps it.
    pub async fn open_occurrences(&mut self, new: &[NewOccurrence], now: Micros) -> Result<u64, StoreError> {
        let rows: Vec<_> = new
            .iter()
            .map(|one| {
                let state =
                    if one.missed.is_some() { OccurrenceState::Missed } else { OccurrenceState::Open };
                let ended_at = one.missed.as_ref().map(|_| now);
                (
                    one.id,
                    one.feed,
                    one.listener,
                    one.batch,
                    one.local_date,
                    &one.request,
                    one.lane,
                    one.ready_by,
                    state,
                    &one.missed,
                    ended_at,
                )
            })
            .collect();
        let sql = twin!(self, "occurrences/open");
        Ok(on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&rows)).bind(now).execute(connection).await?.rows_affected()
        }))
    }

    /// How many were open until now.
    pub async fn select_occurrences(&mut self, chosen: &[Chosen]) -> Result<u64, StoreError> {
        let rows: Vec<_> = chosen.iter().map(|one| (one.id, json(&one.selection), one.released_at)).collect();
        let sql = twin!(self, "occurrences/select");
        Ok(on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&rows)).execute(connection).await?.rows_affected()
        }))
    }

    /// Released occurrences go back to the barrier with another selection; how many were released.
    pub async fn reselect_occurrences(
        &mut self,
        chosen: &[(OccurrenceId, Selection)],
    ) -> Result<u64, StoreError> {
        let rows: Vec<_> = chosen.iter().map(|(id, selection)| (id, json(selection))).collect();
        let sql = twin!(self, "occurrences/reselect");
        Ok(on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&rows)).execute(connection).await?.rows_affected()
        }))
    }

    /// Ends open occurrences for which there is nothing to tell, with the reason of each; how many were open. One
    /// that another has chosen articles for meanwhile keeps them.
    pub async fn skip_occurrences(
        &mut self,
        skipped: &[(OccurrenceId, String)],
        now: Micros,
    ) -> Result<u64, StoreError> {
        let sql = twin!(self, "occurrences/skip");
        Ok(on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&skipped)).bind(now).execute(connection).await?.rows_affected()
        }))
    }

    /// Ends unfinished occurrences without a program; how many were unfinished.
    pub async fn end_occurrences(&mut self, ended: &[Ended], now: Micros) -> Result<u64, StoreError> {
        let rows: Vec<_> = ended.iter().map(|one| (one.id, one.state, &one.reason)).collect();
        let sql = twin!(self, "occurrences/end");
        Ok(on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&rows)).bind(now).execute(connection).await?.rows_affected()
        }))
    }

    pub async fn release_occurrences(
        &mut self,
        ids: &[OccurrenceId],
        now: Micros,
    ) -> Result<u64, StoreError> {
        let sql = twin!(self, "occurrences/release");
        Ok(on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&ids)).bind(now).execute(connection).await?.rows_affected()
        }))
    }
}

impl Store {
    /// Waiting occurrences of a batch in the order of their ids, after one.
    pub async fn waiting(
        &self,
        batch: BatchId,
        after: Option<OccurrenceId>,
        limit: u32,
    ) -> Result<Legible<Waiting, OccurrenceId>, StoreError> {
        let rows: Vec<(String, i16, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/waiting.sql"))
                .bind(batch.to_string())
                .bind(after.map(|id| id.to_string()).unwrap_or_default())
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read = |(id, lane, selection): (String, i16, String)| {
            let cell = |column| Cell { table: "occurrences", column, row: &id };
            Ok(Waiting {
                id: cell("id").parse(&id)?,
                lane: cell("lane").count(i64::from(lane))?,
                selection: cell("selection").json(&selection)?,
            })
        };
        Legible::of("occurrences", rows, |row| &row.0, read)
    }

    /// Occurrences of a batch that have no outcome yet.
    pub async fn unfinished(
        &self,
        batch: BatchId,
        limit: u32,
    ) -> Result<Vec<(OccurrenceId, OccurrenceState)>, StoreError> {
        let rows: Vec<(String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/unfinished.sql"))
                .bind(batch.to_string())
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read = |(id, state): (String, String)| {
            let cell = |column| Cell { table: "occurrences", column, row: &id };
            Ok((cell("id").parse(&id)?, cell("state").parse(&state)?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Those between two ids of which nothing is chosen yet.
    pub async fn open_between(
        &self,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
    ) -> Result<Vec<OccurrenceId>, StoreError> {
        self.between(include_str!("../sql/occurrences/open_between.sql"), batch, first, last).await
    }

    /// Those between two ids that are to be assembled.
    pub async fn released_between(
        &self,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
    ) -> Result<Vec<OccurrenceId>, StoreError> {
        self.between(include_str!("../sql/occurrences/released_between.sql"), batch, first, last).await
    }

    async fn between(
        &self,
        sql: &'static str,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
    ) -> Result<Vec<OccurrenceId>, StoreError> {
        let rows: Vec<(String,)> = on!(&self.db, pool => sqlx::query_as(sql)
            .bind(batch.to_string())
            .bind(first.to_string())
            .bind(last.to_string())
            .fetch_all(pool)
            .await?);
        let read = |(id,): (String,)| Cell { table: "occurrences", column: "id", row: &id }.parse(&id);
        rows.into_iter().map(read).collect()
    }

    /// Occurrences by state.
    pub async fn count_occurrences(&self) -> Result<Vec<(OccurrenceState, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/counts.sql")).fetch_all(pool).await?
        });
        let read = |(state, total): (String, i64)| {
            let cell = Cell { table: "occurrences", column: "state", row: &state };
            Ok((cell.parse(&state)?, total.unsigned_abs()))
        };
        rows.into_iter().map(read).collect()
    }
}

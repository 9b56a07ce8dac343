//! Programs made on demand, by the requests that asked for them.

use crate::{Micros, Store, StoreError, db::on, row::Cell};
use domain::{BatchId, FeedId, OccurrenceId, OccurrenceState};
use jiff::civil::Date;

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requested {
    pub occurrence: OccurrenceId,
    pub batch: BatchId,
    pub feed: FeedId,
    pub state: OccurrenceState,
    pub local_date: Date,
    pub ready_by: Micros,
}

impl Store {
    /// The occurrence of a request; `None` when it was never made.
    pub async fn requested(&self, request: &str) -> Result<Option<Requested>, StoreError> {
        let row: Option<(String, String, String, String, String, i64)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/of_request.sql"))
                .bind(request)
                .fetch_optional(pool)
                .await?
        });
        let Some((id, batch, feed, state, local_date, ready_by)) = row else { return Ok(None) };
        let cell = |column| Cell { table: "occurrences", column, row: &id };
        Ok(Some(Requested {
            occurrence: cell("id").parse(&id)?,
            batch: cell("batch_id").parse(&batch)?,
            feed: cell("feed_id").parse(&feed)?,
            state: cell("state").parse(&state)?,
            local_date: cell("local_date").parse(&local_date)?,
            ready_by,
        }))
    }

    /// How the occurrence of a feed's local date stands; `None` when it has none.
    pub async fn slot_state(&self, feed: FeedId, date: Date) -> Result<Option<OccurrenceState>, StoreError> {
        let row: Option<(String,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/of_slot.sql"))
                .bind(feed.to_string())
                .bind(date.to_string())
                .fetch_optional(pool)
                .await?
        });
        let cell = Cell { table: "occurrences", column: "state", row: &feed.to_string() };
        row.map(|(state,)| cell.parse(&state)).transpose()
    }
}

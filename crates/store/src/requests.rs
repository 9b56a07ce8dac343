//! Programs made on demand, by the requests that asked for them.

use crate::{
    Micros, Store, StoreError,
    db::on,
    feeds::{Feed, instant},
    row::Cell,
};
use domain::{BatchId, Edition, FeedId, ListenerId, OccurrenceId, OccurrenceState, ProgramId, Selection};
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

/// An occurrence as its listener sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnOccurrence {
    pub id: OccurrenceId,
    pub feed: FeedId,
    pub local_date: Date,
    pub ready_by: Micros,
    pub state: OccurrenceState,
    pub edition: Option<Edition>,
    pub reason: Option<String>,
    pub ended_at: Option<Micros>,
    pub program: Option<ProgramId>,
}

#[derive(sqlx::FromRow)]
struct OwnRow {
    id: String,
    feed_id: String,
    local_date: String,
    ready_by: i64,
    state: String,
    edition: Option<String>,
    reason: Option<String>,
    ended_at: Option<i64>,
    program_id: Option<String>,
}

/// An occurrence on its way, as its listener sees it.
#[derive(Clone, Debug)]
pub struct Underway {
    pub of: OwnOccurrence,
    /// What was chosen for it, while it is being made.
    pub selection: Option<Selection>,
    /// Nothing more is waited for.
    pub is_released: bool,
    /// When its articles were chosen, or were about to be.
    pub opened_at: Micros,
}

#[derive(sqlx::FromRow)]
struct UnderwayRow {
    #[sqlx(flatten)]
    of: OwnRow,
    selection: Option<String>,
    released: i32,
    opened_at: i64,
}

/// Slots that are looked at for one that can still be left out.
const AHEAD: usize = 14;

impl Store {
    /// One of a listener's occurrences.
    pub async fn occurrence_of(
        &self,
        listener: ListenerId,
        id: OccurrenceId,
    ) -> Result<Option<OwnOccurrence>, StoreError> {
        let row: Option<OwnRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/of_listener.sql"))
                .bind(id.to_string())
                .bind(listener.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(OwnRow::read).transpose()
    }

    /// A listener's occurrences of local dates from one on, the latest due first.
    pub async fn recent_occurrences(
        &self,
        listener: ListenerId,
        from: Date,
        limit: u32,
    ) -> Result<Vec<Underway>, StoreError> {
        let rows: Vec<UnderwayRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/recent_of_listener.sql"))
                .bind(listener.to_string())
                .bind(from.to_string())
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read = |row: UnderwayRow| {
            let cell = Cell { table: "occurrences", column: "selection", row: &row.of.id };
            let selection = row.selection.as_deref().map(|json| cell.json(json)).transpose()?;
            Ok(Underway {
                selection,
                is_released: row.released == 1,
                opened_at: row.opened_at,
                of: row.of.read()?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// What was chosen for an occurrence; `None` where nothing was.
    pub async fn selection_of(&self, id: OccurrenceId) -> Result<Option<Selection>, StoreError> {
        let row: Option<(Option<String>,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/occurrences/selection.sql"))
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        let cell = Cell { table: "occurrences", column: "selection", row: &id.to_string() };
        row.and_then(|(json,)| json).as_deref().map(|json| cell.json(json)).transpose()
    }

    /// The next local date of a feed that is not in production: what is does not move.
    pub async fn next_free_slot(&self, feed: &Feed, now: Micros) -> Result<Option<Date>, StoreError> {
        for slot in feed.schedule.upcoming(instant(now), AHEAD) {
            let state = self.slot_state(feed.id, slot.local_date).await?;
            if state.is_none_or(|state| state == OccurrenceState::Open) {
                return Ok(Some(slot.local_date));
            }
        }
        Ok(None)
    }

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

impl OwnRow {
    fn read(self) -> Result<OwnOccurrence, StoreError> {
        let cell = |column| Cell { table: "occurrences", column, row: &self.id };
        Ok(OwnOccurrence {
            feed: cell("feed_id").parse(&self.feed_id)?,
            local_date: cell("local_date").parse(&self.local_date)?,
            state: cell("state").parse(&self.state)?,
            edition: self.edition.as_deref().map(|edition| cell("edition").word(edition)).transpose()?,
            program: self.program_id.as_deref().map(|id| cell("program").parse(id)).transpose()?,
            id: cell("id").parse(&self.id)?,
            ready_by: self.ready_by,
            reason: self.reason,
            ended_at: self.ended_at,
        })
    }
}

//! Occurrences with all that those who work on them need to know.

use crate::{
    Micros, Store, StoreError,
    db::on,
    entitlement::{Place, Who},
    row::{Cell, Legible},
};
use domain::{
    BatchId, Cut, FeedId, Language, ListenerId, OccurrenceId, OccurrenceState, Selection, Style,
    schedule::Days, select::Filter,
};
use jiff::civil::Date;

/// An open occurrence with all that choosing its articles needs to know.
#[derive(Clone, Debug)]
pub struct ToSelect {
    pub id: OccurrenceId,
    pub feed: FeedId,
    pub listener: ListenerId,
    pub local_date: Date,
    pub lane: u8,
    pub feed_name: String,
    pub language: Language,
    pub style: Style,
    pub minutes: u32,
    pub max_articles: Option<u32>,
    pub filter: Filter,
    pub external: Option<String>,
    pub listener_name: String,
    /// `None`: it is a slot of the feed's schedule.
    pub request: Option<String>,
    /// What a plan lets be made of the wish; it is cut down to that by then.
    pub cut: Option<Cut>,
}

/// What is asked of whether it may be made.
#[derive(Clone, Debug)]
pub struct Asking {
    pub of: ToSelect,
    /// What its listener has.
    pub who: Who,
    /// Of its feed, among theirs.
    pub place: Place,
}

/// What is asked of a schedule here; the rest of it takes longer to read.
#[derive(serde::Deserialize)]
struct OnlyDays {
    days: Days,
}

impl ToSelect {
    pub const fn keep_to(&mut self, cut: Cut) {
        self.minutes = cut.minutes;
        self.max_articles = cut.max_articles;
        self.style = cut.style;
        self.cut = Some(cut);
    }
}

/// A released occurrence with all that composing its program needs to know.
#[derive(Clone, Debug)]
pub struct ToAssemble {
    pub id: OccurrenceId,
    pub feed: FeedId,
    pub listener: ListenerId,
    pub local_date: Date,
    pub ready_by: Micros,
    pub selection: Selection,
    pub feed_name: String,
    pub language: Language,
    pub style: Style,
    pub minutes: u32,
    pub max_articles: Option<u32>,
    pub listener_name: String,
}

#[derive(sqlx::FromRow)]
struct SelectRow {
    id: String,
    feed_id: String,
    listener_id: String,
    local_date: String,
    lane: i16,
    feed_name: String,
    language: String,
    style: String,
    minutes: i64,
    max_articles: Option<i64>,
    filter: String,
    external: Option<String>,
    listener_name: String,
    request: Option<String>,
}

#[derive(sqlx::FromRow)]
struct AskRow {
    #[sqlx(flatten)]
    of: SelectRow,
    plan: String,
    disabled_at: Option<i64>,
    zone: String,
    listener_language: String,
    /// With commas between them.
    standings: Option<String>,
    schedule: String,
    older: i64,
}

#[derive(sqlx::FromRow)]
struct AssembleRow {
    id: String,
    feed_id: String,
    listener_id: String,
    local_date: String,
    ready_by: i64,
    selection: String,
    feed_name: String,
    language: String,
    style: String,
    minutes: i64,
    max_articles: Option<i64>,
    listener_name: String,
}

impl Store {
    /// Occurrences of a batch in one state between two ids, both included.
    pub async fn to_select(
        &self,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
        state: OccurrenceState,
    ) -> Result<Legible<Asking, OccurrenceId>, StoreError> {
        let rows: Vec<AskRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../../sql/occurrences/to_select.sql"))
                .bind(batch.to_string())
                .bind(first.to_string())
                .bind(last.to_string())
                .bind(state.name())
                .fetch_all(pool)
                .await?
        });
        Legible::of("occurrences", rows, |row| &row.of.id, AskRow::read)
    }

    /// As [`Store::to_select`], without what is asked of whether they may be made: production has no use for it, and it
    /// is measured what that costs.
    pub async fn to_select_unasked(
        &self,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
    ) -> Result<Legible<ToSelect, OccurrenceId>, StoreError> {
        let rows: Vec<SelectRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../../sql/bench/to_select.sql"))
                .bind(batch.to_string())
                .bind(first.to_string())
                .bind(last.to_string())
                .bind(OccurrenceState::Open.name())
                .fetch_all(pool)
                .await?
        });
        Legible::of("occurrences", rows, |row| &row.id, SelectRow::read)
    }

    /// Released occurrences of a batch between two ids, both included.
    pub async fn to_assemble(
        &self,
        batch: BatchId,
        first: OccurrenceId,
        last: OccurrenceId,
    ) -> Result<Legible<ToAssemble, OccurrenceId>, StoreError> {
        let rows: Vec<AssembleRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../../sql/occurrences/to_assemble.sql"))
                .bind(batch.to_string())
                .bind(first.to_string())
                .bind(last.to_string())
                .fetch_all(pool)
                .await?
        });
        Legible::of("occurrences", rows, |row| &row.id, AssembleRow::read)
    }
}

impl SelectRow {
    fn read(self) -> Result<ToSelect, StoreError> {
        let cell = |column| Cell { table: "occurrences", column, row: &self.id };
        Ok(ToSelect {
            feed: cell("feed_id").parse(&self.feed_id)?,
            listener: cell("listener_id").parse(&self.listener_id)?,
            local_date: cell("local_date").parse(&self.local_date)?,
            lane: cell("lane").count(i64::from(self.lane))?,
            language: cell("language").parse(&self.language)?,
            style: cell("style").word(&self.style)?,
            minutes: cell("minutes").count(self.minutes)?,
            max_articles: self.max_articles.map(|most| cell("max_articles").count(most)).transpose()?,
            filter: cell("filter").json(&self.filter)?,
            id: cell("id").parse(&self.id)?,
            feed_name: self.feed_name,
            external: self.external,
            listener_name: self.listener_name,
            request: self.request,
            cut: None,
        })
    }
}

impl AskRow {
    fn read(self) -> Result<Asking, StoreError> {
        let cell = |column| Cell { table: "occurrences", column, row: &self.of.id };
        let who = Who {
            plan: self.plan,
            subscriptions: match &self.standings {
                Some(standings) => cell("standings").json(&format!("[{standings}]"))?,
                None => Vec::new(),
            },
            disabled_at: self.disabled_at,
            zone: cell("zone").parse(&self.zone)?,
            language: cell("listener_language").parse(&self.listener_language)?,
        };
        let OnlyDays { days } = cell("schedule").json(&self.schedule)?;
        let place = Place { rank: cell("older").count(self.older)?, days };
        Ok(Asking { who, place, of: self.of.read()? })
    }
}

impl AssembleRow {
    fn read(self) -> Result<ToAssemble, StoreError> {
        let cell = |column| Cell { table: "occurrences", column, row: &self.id };
        let mut one = ToAssemble {
            feed: cell("feed_id").parse(&self.feed_id)?,
            listener: cell("listener_id").parse(&self.listener_id)?,
            local_date: cell("local_date").parse(&self.local_date)?,
            selection: cell("selection").json(&self.selection)?,
            language: cell("language").parse(&self.language)?,
            style: cell("style").word(&self.style)?,
            minutes: cell("minutes").count(self.minutes)?,
            max_articles: self.max_articles.map(|most| cell("max_articles").count(most)).transpose()?,
            id: cell("id").parse(&self.id)?,
            ready_by: self.ready_by,
            feed_name: self.feed_name,
            listener_name: self.listener_name,
        };
        // As it was when its articles were chosen.
        if let Some(Cut { minutes, max_articles, style, .. }) = one.selection.cut {
            (one.minutes, one.max_articles, one.style) = (minutes, max_articles, style);
        }
        Ok(one)
    }
}

//! Listeners' wishes for programs, and the slot each has next.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, Legible, json, twin, word},
    transaction::on_tx,
};
use domain::{
    FeedId, Language, ListenerId, Schedule, Style,
    schedule::{Slot, Standing},
    select::Filter,
};
use jiff::{Timestamp, civil::Date};
use std::{collections::HashMap, sync::Arc};

#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    pub id: FeedId,
    pub listener: ListenerId,
    pub name: String,
    pub language: Language,
    pub style: Style,
    pub minutes: u32,
    pub max_articles: Option<u32>,
    pub filter: Filter,
    pub schedule: Schedule,
    /// JSON: who makes the program instead of the built-in stages.
    pub external: Option<String>,
    pub standing: Standing,
}

impl Feed {
    /// Its slots from an instant on that are still to come about.
    pub fn next_runs(&self, from: Timestamp, count: usize) -> Vec<Slot> {
        self.schedule.upcoming_after(self.standing.settled, from, count)
    }
}

/// A feed whose next slot is due, as the planner sees it.
#[derive(Clone, Debug)]
pub struct DueFeed {
    pub id: FeedId,
    pub listener: ListenerId,
    pub plan: String,
    pub schedule: Arc<Schedule>,
    pub date: Date,
}

/// A feed's step from one slot to the next.
#[derive(Clone, Copy, Debug)]
pub struct Advance {
    pub feed: FeedId,
    pub settled: Date,
    pub next: Option<(Date, Micros)>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) id: String,
    listener_id: String,
    name: String,
    language: String,
    style: String,
    minutes: i64,
    max_articles: Option<i64>,
    filter: String,
    schedule: String,
    external: Option<String>,
    next_date: Option<String>,
    settled_date: Option<String>,
}

impl Tx {
    /// A new feed; its first slot is the first that is still to come.
    pub async fn add_feed(&mut self, feed: &Feed, now: Micros) -> Result<(), StoreError> {
        let next = feed.schedule.take_over(Standing::default(), instant(now));
        on_tx!(self, connection => sqlx::query(include_str!("../sql/feeds/add.sql"))
            .bind(feed.id.to_string())
            .bind(feed.listener.to_string())
            .bind(&feed.name)
            .bind(feed.language.tag())
            .bind(word(&feed.style))
            .bind(i64::from(feed.minutes))
            .bind(feed.max_articles.map(i64::from))
            .bind(json(&feed.filter))
            .bind(json(&feed.schedule))
            .bind(&feed.external)
            .bind(next.as_ref().map(|slot| slot.local_date.to_string()))
            .bind(next.as_ref().map(ready_by))
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Puts another schedule into force. What is selected does not move; what is open and no longer wished
    /// goes. `None` when there is no such feed.
    pub async fn reschedule(
        &mut self,
        id: FeedId,
        change: impl FnOnce(&mut Schedule) + Send,
        now: Micros,
    ) -> Result<Option<Option<Slot>>, StoreError> {
        let sql = twin!(self, "feeds/lock");
        let row: Option<Row> = on_tx!(self, connection => {
            sqlx::query_as(sql).bind(id.to_string()).fetch_optional(&mut *connection).await?
        });
        let Some(row) = row else { return Ok(None) };
        let mut feed = row.read()?;
        let dropped = on_tx!(self, connection => {
            sqlx::query_scalar::<_, String>(include_str!("../sql/occurrences/cancel_open.sql"))
                .bind(id.to_string())
                .fetch_all(&mut *connection)
                .await?
        });
        // A slot whose occurrence was open and is gone is promised again.
        for date in dropped {
            let date: Date = Cell { table: "occurrences", column: "local_date", row: &date }.parse(&date)?;
            let promised = feed.standing.promised.map_or(date, |promised| promised.min(date));
            feed.standing.promised = Some(promised);
            feed.standing.settled =
                feed.standing.settled.filter(|settled| *settled < date).or_else(|| date.yesterday().ok());
        }
        change(&mut feed.schedule);
        let next = feed.schedule.take_over(feed.standing, instant(now));
        on_tx!(self, connection => sqlx::query(include_str!("../sql/feeds/reschedule.sql"))
            .bind(id.to_string())
            .bind(json(&feed.schedule))
            .bind(next.as_ref().map(|slot| slot.local_date.to_string()))
            .bind(next.as_ref().map(ready_by))
            .bind(feed.standing.settled.map(|date| date.to_string()))
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(Some(next))
    }

    /// Feeds whose next slot is due at this instant, locked until the transaction ends. Those on `later`
    /// plans are left out: it is too early for them. By `after`, a walk does not pass again what it has moved on.
    pub async fn due_feeds(
        &mut self,
        ready_by: Micros,
        later: &[&str],
        after: Option<FeedId>,
        limit: u32,
    ) -> Result<Legible<DueFeed, FeedId>, StoreError> {
        let sql = twin!(self, "feeds/due");
        let rows: Vec<(String, String, String, String, String)> = on_tx!(self, connection => {
            sqlx::query_as(sql)
                .bind(ready_by)
                .bind(i64::from(limit))
                .bind(json(&later))
                .bind(after.map(|id| id.to_string()).unwrap_or_default())
                .fetch_all(connection)
                .await?
        });
        // Most of those that are due at one minute have one of a few schedules.
        let mut known: HashMap<String, Arc<Schedule>> = HashMap::new();
        let read = |(id, listener, plan, text, date): (String, String, String, String, String)| {
            let cell = |column| Cell { table: "feeds", column, row: &id };
            let schedule = match known.get(&text) {
                Some(schedule) => schedule.clone(),
                None => {
                    let read: Arc<Schedule> = Arc::new(cell("schedule").json(&text)?);
                    known.insert(text, read.clone());
                    read
                }
            };
            Ok(DueFeed {
                id: cell("id").parse(&id)?,
                listener: cell("listener_id").parse(&listener)?,
                plan,
                schedule,
                date: cell("next_date").parse(&date)?,
            })
        };
        Legible::of("feeds", rows, |row| &row.0, read)
    }

    /// Feeds of which no slot can be told any more have none until somebody mends and reschedules them.
    pub async fn park_feeds(&mut self, ids: &[FeedId]) -> Result<(), StoreError> {
        let sql = twin!(self, "feeds/park");
        on_tx!(self, connection => sqlx::query(sql).bind(json(&ids)).execute(connection).await?.rows_affected());
        Ok(())
    }

    pub async fn advance_feeds(&mut self, steps: &[Advance]) -> Result<(), StoreError> {
        let rows: Vec<_> = steps
            .iter()
            .map(|step| (step.feed, step.settled, step.next.map(|next| next.0), step.next.map(|next| next.1)))
            .collect();
        let sql = twin!(self, "feeds/advance");
        on_tx!(self, connection => sqlx::query(sql).bind(json(&rows)).execute(connection).await?.rows_affected());
        Ok(())
    }
}

impl Store {
    pub async fn feed(&self, id: FeedId) -> Result<Option<Feed>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/feeds/find.sql"))
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }

    pub async fn feeds_of(&self, listener: ListenerId) -> Result<Vec<Feed>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/feeds/of_listener.sql"))
                .bind(listener.to_string())
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// When the earliest slot without an occurrence is due.
    pub async fn next_due(&self) -> Result<Option<Micros>, StoreError> {
        let row: Option<(i64,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/feeds/next_due.sql")).fetch_optional(pool).await?
        });
        Ok(row.map(|(at,)| at))
    }

    /// How many feeds are due at which instant up to a horizon, the earliest first.
    pub async fn due_minutes(&self, horizon: Micros) -> Result<Vec<(Micros, u64)>, StoreError> {
        let rows: Vec<(i64, i64)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/feeds/due_minutes.sql")).bind(horizon).fetch_all(pool).await?
        });
        Ok(rows.into_iter().map(|(at, total)| (at, total.unsigned_abs())).collect())
    }
}

impl Row {
    pub(crate) fn read(self) -> Result<Feed, StoreError> {
        let cell = |column| Cell { table: "feeds", column, row: &self.id };
        let date = |column, text: &Option<String>| {
            text.as_deref().map(|text| cell(column).parse::<Date>(text)).transpose()
        };
        Ok(Feed {
            listener: cell("listener_id").parse(&self.listener_id)?,
            language: cell("language").parse(&self.language)?,
            style: cell("style").word(&self.style)?,
            minutes: cell("minutes").count(self.minutes)?,
            max_articles: self.max_articles.map(|most| cell("max_articles").count(most)).transpose()?,
            filter: cell("filter").json(&self.filter)?,
            schedule: cell("schedule").json(&self.schedule)?,
            standing: Standing {
                settled: date("settled_date", &self.settled_date)?,
                promised: date("next_date", &self.next_date)?,
            },
            id: cell("id").parse(&self.id)?,
            name: self.name,
            external: self.external,
        })
    }
}

fn ready_by(slot: &Slot) -> Micros {
    slot.ready_by.as_microsecond()
}

/// An instant beyond the calendar counts as its edge.
pub(crate) fn instant(micros: Micros) -> Timestamp {
    let edge = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(micros).unwrap_or(edge)
}

//! What simulations and measurements ask of a database beyond what production does: many rows at once, and how
//! a day went. Production has no use for any of it.

use crate::{
    Made, Micros, Store, StoreError, Tx,
    db::on,
    feeds::Feed,
    listeners::Listener,
    row::{Cell, json, twin, word},
    transaction::on_tx,
};
use domain::{
    ArtifactKey, ArtifactKind, Edition, FeedId, ListenerId, OccurrenceState, ProgramId, Schedule, Slot,
    SourceId, select::Filter,
};

/// How an occurrence ended, if it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    pub state: OccurrenceState,
    /// Of what was published.
    pub edition: Option<Edition>,
    /// After its ready-by; negative before.
    pub late: Option<Micros>,
}

impl Tx {
    pub async fn import_listeners(&mut self, listeners: &[Listener], now: Micros) -> Result<(), StoreError> {
        let row = |listener: &Listener| {
            let Listener { id, email, name, role, zone, language, plan } = listener;
            (
                *id,
                email.clone(),
                name.clone(),
                word(role),
                zone.as_written().to_owned(),
                *language,
                plan.clone(),
            )
        };
        let rows: Vec<_> = listeners.iter().map(row).collect();
        self.import(twin!(self, "trial/listeners"), &json(&rows), Some(now)).await
    }

    /// Each with its first slot.
    pub async fn import_feeds(
        &mut self,
        feeds: &[(Feed, Option<Slot>)],
        now: Micros,
    ) -> Result<(), StoreError> {
        let row = |(feed, next): &(Feed, Option<Slot>)| {
            (
                feed.id,
                feed.listener,
                feed.name.clone(),
                feed.language,
                feed.style,
                feed.minutes,
                feed.max_articles,
                json(&feed.filter),
                json(&feed.schedule),
                feed.external.clone(),
                next.as_ref().map(|slot| slot.local_date),
                next.as_ref().map(|slot| slot.ready_by.as_microsecond()),
            )
        };
        let rows: Vec<_> = feeds.iter().map(row).collect();
        self.import(twin!(self, "trial/feeds"), &json(&rows), Some(now)).await
    }

    pub async fn import_follows(&mut self, follows: &[(FeedId, SourceId)]) -> Result<(), StoreError> {
        self.import(twin!(self, "trial/follows"), &json(&follows), None).await
    }

    pub async fn import_artifacts(
        &mut self,
        made: &[(ArtifactKey, ArtifactKind, Made)],
        now: Micros,
    ) -> Result<(), StoreError> {
        let row = |(key, kind, made): &(ArtifactKey, ArtifactKind, Made)| {
            let media = made.media.clone();
            let (bytes, frames) = (media.as_ref().map(|one| one.bytes), media.as_ref().map(|one| one.frames));
            (*key, *kind, media.map(|one| one.media_key), bytes, frames, made.meta.clone())
        };
        let rows: Vec<_> = made.iter().map(row).collect();
        self.import(twin!(self, "trial/artifacts"), &json(&rows), Some(now)).await
    }

    async fn import(&mut self, sql: &'static str, rows: &str, now: Option<Micros>) -> Result<(), StoreError> {
        on_tx!(self, connection => {
            let query = sqlx::query(sql).bind(rows);
            let query = match now {
                Some(now) => query.bind(now),
                None => query,
            };
            query.execute(connection).await?.rows_affected()
        });
        Ok(())
    }
}

impl Store {
    /// Every occurrence due from `from` until before `to`.
    pub async fn endings(&self, from: Micros, to: Micros) -> Result<Vec<Ending>, StoreError> {
        let rows: Vec<(String, Option<String>, Option<i64>)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/trial/endings.sql")).bind(from).bind(to).fetch_all(pool).await?
        });
        let read = |(state, edition, late): (String, Option<String>, Option<i64>)| {
            let cell = |column| Cell { table: "occurrences", column, row: "of a day" };
            let edition = edition.map(|word| cell("edition").word(&word)).transpose()?;
            Ok(Ending { state: cell("state").parse(&state)?, edition, late })
        };
        rows.into_iter().map(read).collect()
    }

    /// How many local dates of feeds have more than one program.
    pub async fn doubled(&self, from: Micros, to: Micros) -> Result<u64, StoreError> {
        let (total,): (i64,) = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/trial/doubled.sql")).bind(from).bind(to).fetch_one(pool).await?
        });
        Ok(total.unsigned_abs())
    }

    /// A page of the programs due in a time, in the order of their ids.
    pub async fn documents(
        &self,
        from: Micros,
        to: Micros,
        after: Option<ProgramId>,
        limit: u32,
    ) -> Result<Vec<(ProgramId, domain::Program)>, StoreError> {
        let rows: Vec<(String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/trial/documents.sql"))
                .bind(from)
                .bind(to)
                .bind(after.map(|id| id.to_string()).unwrap_or_default())
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read = |(id, document): (String, String)| {
            let cell = |column| Cell { table: "programs", column, row: &id };
            Ok((cell("id").parse(&id)?, cell("document").json(&document)?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Whether anybody has a feed.
    pub async fn has_feeds(&self) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/bench/feeds_any.sql")).fetch_optional(pool).await?
        });
        Ok(row.is_some())
    }

    /// Listeners by number, each with a feed that is due at one instant.
    pub async fn seed_feeds(
        &self,
        (first, last): (i64, i64),
        schedule: &Schedule,
        slot: &Slot,
        now: Micros,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql = twin!(self, "bench/seed_listeners");
        on_tx!(tx, connection => sqlx::query(sql).bind(first).bind(last).bind(now).execute(connection).await?.rows_affected());
        let sql = twin!(self, "bench/seed_feeds");
        on_tx!(tx, connection => sqlx::query(sql)
            .bind(first)
            .bind(last)
            .bind(now)
            .bind(json(&Filter::everything()))
            .bind(json(schedule))
            .bind(slot.local_date.to_string())
            .bind(slot.ready_by.as_microsecond())
            .execute(connection)
            .await?
            .rows_affected());
        tx.commit().await
    }

    /// A page of feeds with their listeners, in the order of their ids.
    pub async fn feeds_after(
        &self,
        after: Option<FeedId>,
        limit: u32,
    ) -> Result<Vec<(FeedId, ListenerId)>, StoreError> {
        let rows: Vec<(String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/bench/feeds_after.sql"))
                .bind(after.map(|id| id.to_string()).unwrap_or_default())
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read = |(id, listener): (String, String)| {
            let cell = |column| Cell { table: "feeds", column, row: &id };
            Ok((cell("id").parse(&id)?, cell("listener_id").parse(&listener)?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Takes away what was planned, and then, if it is to go, what was seeded.
    pub async fn clear_planned(&self) -> Result<(), StoreError> {
        self.clear(&[
            include_str!("../sql/bench/clear_jobs.sql"),
            include_str!("../sql/bench/clear_occurrences.sql"),
            include_str!("../sql/bench/clear_batches.sql"),
        ])
        .await
    }

    pub async fn clear_seeded(&self) -> Result<(), StoreError> {
        self.clear(&[
            include_str!("../sql/bench/clear_feeds.sql"),
            include_str!("../sql/bench/clear_listeners.sql"),
        ])
        .await
    }

    async fn clear(&self, all: &[&'static str]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for sql in all {
            on_tx!(tx, connection => sqlx::query(*sql).execute(connection).await?.rows_affected());
        }
        tx.commit().await
    }

    /// Puts feeds back to the slots they had in a time, though these have their occurrences.
    pub async fn rewind_feeds(&self, from: Micros, to: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => {
            sqlx::query(include_str!("../sql/trial/rewind.sql")).bind(from).bind(to).execute(pool).await?.rows_affected()
        }))
    }

    /// Takes away what keeps a slot from two occurrences.
    pub async fn unguard_slots(&self) -> Result<(), StoreError> {
        on!(&self.writer, pool => {
            sqlx::query(include_str!("../sql/trial/unguard.sql")).execute(pool).await?.rows_affected()
        });
        Ok(())
    }
}

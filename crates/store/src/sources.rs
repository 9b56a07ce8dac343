//! Where articles come from: who follows what, what is due, and how asking ended.

use crate::{
    Fenced, Micros, Store, StoreError, TakenIn, Tx,
    artifacts::fenced,
    db::on,
    row::{Cell, Legible, json, twin},
    transaction::on_tx,
};
use domain::{
    FeedId, SourceId,
    source::{Rhythm, State},
};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub id: SourceId,
    pub address: String,
    /// Whose server answers: sources of one host are read one after another.
    pub host: String,
    /// Empty before the first reading.
    pub title: String,
    pub state: State,
    /// For people: why it cannot be read, or what they should know of it.
    pub notice: Option<String>,
    /// Verbatim, as the last answer of 200 gave them.
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub rhythm: Rhythm,
    pub next_fetch_at: Micros,
    /// When it was last asked, however that ended.
    pub fetched_at: Option<Micros>,
    /// When a reading last brought something new.
    pub changed_at: Option<Micros>,
    pub created_at: Micros,
}

#[derive(Clone, Copy, Debug)]
pub struct NewSource<'a> {
    /// Not used when the address is known.
    pub id: SourceId,
    pub address: &'a str,
    pub host: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueSource {
    pub source: Source,
    /// When the next program is to be ready that may be made of it.
    pub wanted_by: Option<Micros>,
}

/// How asking a source ended, and when it is asked again.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub state: State,
    pub rhythm: Rhythm,
    pub next_fetch_at: Micros,
    pub notice: Option<&'a str>,
}

/// What an answer of 200 said of the source itself.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub title: &'a str,
    /// Both as they came, put in place of the old ones even where they are missing.
    pub etag: Option<&'a str>,
    pub last_modified: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    address: String,
    host: String,
    title: String,
    state: String,
    error: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    next_fetch_at: i64,
    interval_s: i64,
    failures: i64,
    fetched_at: Option<i64>,
    changed_at: Option<i64>,
    created_at: i64,
}

#[derive(sqlx::FromRow)]
struct DueRow {
    #[sqlx(flatten)]
    source: Row,
    wanted_by: Option<i64>,
}

impl Store {
    pub async fn find_source(&self, id: SourceId) -> Result<Option<Source>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => sqlx::query_as(include_str!("../sql/sources/find.sql"))
            .bind(id.to_string()).fetch_optional(pool).await?);
        row.map(Row::read).transpose()
    }

    /// A page of sources, in the order they came.
    pub async fn sources(&self, after: Option<SourceId>, limit: u32) -> Result<Vec<Source>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows: Vec<Row> = on!(&self.db, pool => sqlx::query_as(include_str!("../sql/sources/list.sql"))
            .bind(after).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter().map(Row::read).collect()
    }

    pub async fn sources_of(&self, feed: FeedId) -> Result<Vec<Source>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => sqlx::query_as(include_str!("../sql/sources/of_feed.sql"))
            .bind(feed.to_string()).fetch_all(pool).await?);
        rows.into_iter().map(Row::read).collect()
    }

    /// Which sources each of these feeds follows, in the order of feeds.
    pub async fn followed_by(&self, feeds: &[FeedId]) -> Result<Vec<(FeedId, SourceId)>, StoreError> {
        let text = twin!(self, "sources/followed");
        let rows: Vec<(String, String)> = on!(&self.db, pool =>
            sqlx::query_as(text).bind(json(&feeds)).fetch_all(pool).await?);
        let read = |(feed, source): (String, String)| {
            let cell = |column| Cell { table: "feed_sources", column, row: &feed };
            Ok((cell("feed_id").parse(&feed)?, cell("source_id").parse(&source)?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Those of some sources that nobody has asked yet: what they have is not known.
    pub async fn unread_sources(&self, sources: &[SourceId]) -> Result<Vec<SourceId>, StoreError> {
        let text = twin!(self, "sources/unread");
        let ids: Vec<String> = on!(&self.db, pool =>
            sqlx::query_scalar(text).bind(json(&sources)).fetch_all(pool).await?);
        ids.iter().map(|id| Cell { table: "sources", column: "id", row: id }.parse(id)).collect()
    }

    /// Hosts that have something to be read that somebody follows, those that have waited longest first.
    pub async fn due_hosts(&self, now: Micros, limit: u32) -> Result<Vec<String>, StoreError> {
        let hosts = on!(&self.db, pool => sqlx::query_scalar(include_str!("../sql/sources/due_hosts.sql"))
            .bind(now).bind(i64::from(limit)).fetch_all(pool).await?);
        Ok(hosts)
    }

    /// What is to be read of one host, what has waited longest first.
    pub async fn due_sources(
        &self,
        host: &str,
        now: Micros,
        limit: u32,
    ) -> Result<Legible<DueSource, SourceId>, StoreError> {
        let rows: Vec<DueRow> = on!(&self.db, pool => sqlx::query_as(include_str!("../sql/sources/due.sql"))
            .bind(host).bind(now).bind(i64::from(limit)).fetch_all(pool).await?);
        let read = |row: DueRow| Ok(DueSource { source: row.source.read()?, wanted_by: row.wanted_by });
        Legible::of("sources", rows, |row| &row.source.id, read)
    }

    /// A source whose row cannot be read is not met again before then, and says why.
    pub async fn set_source_aside(&self, id: SourceId, until: Micros, why: &str) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/sources/set_aside.sql"))
            .bind(id.to_string()).bind(until).bind(why).execute(pool).await?.rows_affected());
        Ok(())
    }

    /// Before a source is asked: how its rhythm stands, and when it is asked again, if how that ends is never recorded.
    /// Fenced by `source` as it was found due.
    pub async fn begin_asking(
        &self,
        source: &Source,
        rhythm: Rhythm,
        next_fetch_at: Micros,
    ) -> Result<Fenced, StoreError> {
        let rows = on!(&self.writer, pool => sqlx::query(include_str!("../sql/sources/begin.sql"))
            .bind(source.id.to_string()).bind(source.fetched_at).bind(source.next_fetch_at)
            .bind(next_fetch_at).bind(i64::from(rhythm.failures))
            .execute(pool).await?.rows_affected());
        Ok(fenced(rows))
    }

    /// Records an answer without articles (304), a failure, or that the source is gone.
    pub async fn record_asked(
        &self,
        source: &Source,
        asked: &Asked<'_>,
        now: Micros,
    ) -> Result<Fenced, StoreError> {
        let mut tx = self.begin().await?;
        let fenced = tx.record_asked(source, asked, now).await?;
        tx.commit().await?;
        Ok(fenced)
    }

    /// Somebody says that a source is there again: it is read at once.
    pub async fn resume_source(&self, id: SourceId, now: Micros) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/sources/resume.sql"))
            .bind(id.to_string()).bind(now).execute(pool).await?.rows_affected());
        Ok(())
    }

    /// Forgets at most `limit` sources that nobody follows, that were due before an instant and of which no
    /// article is left; how many.
    pub async fn prune_sources(&self, before: Micros, limit: u32) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/sources/prune.sql"))
            .bind(before).bind(i64::from(limit)).execute(pool).await?.rows_affected()))
    }
}

impl Tx {
    /// The source at an address, added when it is not known.
    pub async fn add_source(&mut self, new: &NewSource<'_>, now: Micros) -> Result<Source, StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/sources/add.sql"))
            .bind(new.id.to_string()).bind(new.address).bind(new.host).bind(now)
            .bind(seconds(Rhythm::NEW.interval))
            .execute(connection).await?.rows_affected());
        let row: Row = on_tx!(self, connection =>
            sqlx::query_as(include_str!("../sql/sources/by_address.sql"))
            .bind(new.address).fetch_one(connection).await?);
        row.read()
    }

    pub async fn follow(&mut self, feed: FeedId, sources: &[SourceId]) -> Result<(), StoreError> {
        let text = twin!(self, "sources/follow");
        on_tx!(self, connection => sqlx::query(text).bind(feed.to_string()).bind(json(&sources))
            .execute(connection).await?.rows_affected());
        Ok(())
    }

    pub async fn unfollow(&mut self, feed: FeedId, sources: &[SourceId]) -> Result<(), StoreError> {
        let text = twin!(self, "sources/unfollow");
        on_tx!(self, connection => sqlx::query(text).bind(feed.to_string()).bind(json(&sources))
            .execute(connection).await?.rows_affected());
        Ok(())
    }

    /// Fenced by `source` as it was before it was asked: when somebody else has asked since, nothing is
    /// recorded, and the rest of the transaction should not be either.
    pub async fn record_asked(
        &mut self,
        source: &Source,
        asked: &Asked<'_>,
        now: Micros,
    ) -> Result<Fenced, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/sources/asked.sql"))
            .bind(source.id.to_string()).bind(asked.state.name()).bind(asked.next_fetch_at)
            .bind(seconds(asked.rhythm.interval)).bind(i64::from(asked.rhythm.failures)).bind(asked.notice)
            .bind(source.fetched_at).bind(now)
            .execute(connection).await?.rows_affected());
        Ok(fenced(rows))
    }

    /// Records what an answer of 200 said of the source itself; after [`Tx::record_asked`].
    pub async fn record_told(
        &mut self,
        source: SourceId,
        told: &Told<'_>,
        taken_in: TakenIn,
    ) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/sources/read.sql"))
            .bind(source.to_string()).bind(told.title).bind(told.etag).bind(told.last_modified)
            .bind(i64::from(taken_in.is_news()))
            .execute(connection).await?.rows_affected());
        Ok(())
    }
}

impl Row {
    pub(crate) fn read(self) -> Result<Source, StoreError> {
        let cell = |column| Cell { table: "sources", column, row: &self.id };
        Ok(Source {
            id: cell("id").parse(&self.id)?,
            state: State::from_name(&self.state).ok_or_else(|| cell("state").wrong(&self.state))?,
            rhythm: Rhythm {
                interval: Duration::from_secs(cell("interval_s").count(self.interval_s)?),
                failures: cell("failures").count(self.failures)?,
            },
            address: self.address,
            host: self.host,
            title: self.title,
            notice: self.error,
            etag: self.etag,
            last_modified: self.last_modified,
            next_fetch_at: self.next_fetch_at,
            fetched_at: self.fetched_at,
            changed_at: self.changed_at,
            created_at: self.created_at,
        })
    }
}

fn seconds(interval: Duration) -> i64 {
    i64::try_from(interval.as_secs()).unwrap_or(i64::MAX)
}

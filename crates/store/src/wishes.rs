//! Changes of feeds by whoever they are of. A feed is locked first, so that what was seen of it is what is changed.

use crate::{
    Micros, Source, Store, StoreError, Tx,
    db::on,
    feeds::{Feed, Row},
    row::{Cell, json, twin, word},
    sources,
    transaction::on_tx,
};
use domain::{FeedId, ListenerId, OccurrenceId};

impl Store {
    /// A page of a listener's feeds, in the order they came.
    pub async fn feeds_page(
        &self,
        listener: ListenerId,
        after: Option<FeedId>,
        limit: u32,
    ) -> Result<Vec<Feed>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/feeds/page.sql"))
                .bind(listener.to_string())
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }
}

impl Tx {
    /// A feed and its sources, which nobody else changes until the transaction ends.
    pub async fn lock_feed(&mut self, id: FeedId) -> Result<Option<(Feed, Vec<Source>)>, StoreError> {
        let sql = twin!(self, "feeds/lock");
        let row: Option<Row> = on_tx!(self, connection => {
            sqlx::query_as(sql).bind(id.to_string()).fetch_optional(connection).await?
        });
        let Some(row) = row else { return Ok(None) };
        let sources: Vec<sources::Row> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/sources/of_feed.sql"))
                .bind(id.to_string())
                .fetch_all(connection)
                .await?
        });
        let sources: Result<_, _> = sources.into_iter().map(sources::Row::read).collect();
        Ok(Some((row.read()?, sources?)))
    }

    /// Everything of a feed but its schedule, which [`Tx::reschedule`] changes.
    pub async fn update_feed(&mut self, feed: &Feed, now: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/feeds/update.sql"))
            .bind(feed.id.to_string())
            .bind(&feed.name)
            .bind(feed.language.tag())
            .bind(word(&feed.style))
            .bind(i64::from(feed.minutes))
            .bind(feed.max_articles.map(i64::from))
            .bind(json(&feed.filter))
            .bind(&feed.external)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Whether there was such a feed. What is in production of it is called off; programs stay.
    pub async fn delete_feed(&mut self, id: FeedId, why: &str, now: Micros) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/feeds/delete.sql"))
            .bind(id.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        let unfinished: Vec<String> = on_tx!(self, connection => {
            sqlx::query_scalar(include_str!("../sql/feeds/unfinished.sql"))
                .bind(id.to_string())
                .fetch_all(connection)
                .await?
        });
        let read = |id: &String| Cell { table: "occurrences", column: "id", row: id }.parse(id);
        let unfinished: Result<Vec<OccurrenceId>, StoreError> = unfinished.iter().map(read).collect();
        self.call_off(&unfinished?, why, now).await?;
        Ok(rows == 1)
    }
}

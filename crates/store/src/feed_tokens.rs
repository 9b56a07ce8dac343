//! Tokens of podcasts: whose they are, for which device, and whether they are good. What a token looks like, this
//! room does not know.

use crate::{Micros, Store, StoreError, Tx, db::on, row::Cell, transaction::on_tx};
use domain::{FeedId, FeedTokenId, ListenerId};

#[derive(Clone, Debug)]
pub struct NewFeedToken {
    pub id: FeedTokenId,
    pub listener: ListenerId,
    /// `None`: all feeds of the listener, in one podcast.
    pub feed: Option<FeedId>,
    /// What the listener calls the device or app.
    pub label: String,
    /// `None`: never.
    pub expires_at: Option<Micros>,
}

/// A token as its listener or an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedTokenRow {
    pub id: FeedTokenId,
    pub listener: ListenerId,
    pub feed: Option<FeedId>,
    pub label: String,
    pub created_at: Micros,
    pub expires_at: Option<Micros>,
    pub last_used_at: Option<Micros>,
    pub revoked_at: Option<Micros>,
}

/// id, listener_id, feed_id, label, created_at, expires_at, last_used_at, revoked_at.
type Row = (String, String, Option<String>, String, i64, Option<i64>, Option<i64>, Option<i64>);

impl Tx {
    pub async fn add_feed_token(&mut self, new: &NewFeedToken, now: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/feed_tokens/add.sql"))
            .bind(new.id.to_string())
            .bind(new.listener.to_string())
            .bind(new.feed.map(|id| id.to_string()))
            .bind(&new.label)
            .bind(now)
            .bind(new.expires_at)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Puts `new` in the place of a token, which is good no more. `false`, and nothing changed, when it was not.
    pub async fn rotate_feed_token(
        &mut self,
        id: FeedTokenId,
        new: FeedTokenId,
        now: Micros,
    ) -> Result<bool, StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/feed_tokens/renew.sql"))
            .bind(id.to_string())
            .bind(new.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        self.revoke_feed_token(id, now).await
    }

    /// Whether it was good until now.
    pub async fn revoke_feed_token(&mut self, id: FeedTokenId, now: Micros) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/feed_tokens/revoke.sql"))
            .bind(id.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

impl Store {
    /// A feed's oldest good token. One that never had any gets `candidate`; one whose tokens were all revoked or
    /// are over has none.
    pub async fn feed_token(
        &self,
        feed: FeedId,
        candidate: FeedTokenId,
        now: Micros,
    ) -> Result<Option<FeedTokenId>, StoreError> {
        if let Some(found) = self.first_feed_token(feed, now).await? {
            return Ok(Some(found));
        }
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/feed_tokens/add_first.sql"))
            .bind(candidate.to_string())
            .bind(feed.to_string())
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected());
        self.first_feed_token(feed, now).await
    }

    async fn first_feed_token(&self, feed: FeedId, now: Micros) -> Result<Option<FeedTokenId>, StoreError> {
        let row: Option<(String,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/feed_tokens/first.sql"))
                .bind(feed.to_string())
                .bind(now)
                .fetch_optional(pool)
                .await?
        });
        row.map(|(id,)| Cell { table: "feed_tokens", column: "id", row: &id }.parse(&id)).transpose()
    }

    /// In the order they came.
    pub async fn feed_tokens_of_feed(&self, feed: FeedId) -> Result<Vec<FeedTokenRow>, StoreError> {
        self.list_feed_tokens(include_str!("../sql/feed_tokens/list_of_feed.sql"), feed.to_string()).await
    }

    /// Of all the listener's feeds, in the order they came.
    pub async fn feed_tokens_of_listener(
        &self,
        listener: ListenerId,
    ) -> Result<Vec<FeedTokenRow>, StoreError> {
        let sql = include_str!("../sql/feed_tokens/list_of_listener.sql");
        self.list_feed_tokens(sql, listener.to_string()).await
    }

    async fn list_feed_tokens(&self, sql: &'static str, of: String) -> Result<Vec<FeedTokenRow>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => sqlx::query_as(sql).bind(of).fetch_all(pool).await?);
        rows.into_iter().map(read).collect()
    }

    /// Notes that a token was used.
    pub async fn feed_token_used(&self, id: FeedTokenId, now: Micros) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/feed_tokens/use.sql"))
            .bind(id.to_string())
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }
}

fn read(row: Row) -> Result<FeedTokenRow, StoreError> {
    let (id, listener, feed, label, created_at, expires_at, last_used_at, revoked_at) = row;
    let cell = |column| Cell { table: "feed_tokens", column, row: &id };
    Ok(FeedTokenRow {
        id: cell("id").parse(&id)?,
        listener: cell("listener_id").parse(&listener)?,
        feed: feed.map(|feed| cell("feed_id").parse(&feed)).transpose()?,
        label,
        created_at,
        expires_at,
        last_used_at,
        revoked_at,
    })
}

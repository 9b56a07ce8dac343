//! Links that are good once, by their hashes.

use crate::{Micros, Store, StoreError, Tx, db::on, row::Cell, transaction::on_tx};
use domain::{ListenerId, link::Purpose, token::TokenHash};

#[derive(Clone, Debug)]
pub struct NewLink {
    pub hash: TokenHash,
    pub purpose: Purpose,
    /// `None`: the first operator.
    pub listener: Option<ListenerId>,
    /// The address it is sent to, by its key.
    pub email_key: Option<String>,
}

/// What a link is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub listener: Option<ListenerId>,
    pub email_key: Option<String>,
}

type Row = (Option<String>, Option<String>);

impl Tx {
    pub async fn add_link(&mut self, new: &NewLink, now: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/links/add.sql"))
            .bind(new.hash.to_string())
            .bind(new.purpose.name())
            .bind(new.listener.map(|id| id.to_string()))
            .bind(&new.email_key)
            .bind(now)
            .bind(now.saturating_add(new.purpose.lifetime()))
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Uses a link up, and what else was sent for the same; `None` when it is good no more, or was never.
    pub async fn use_link(
        &mut self,
        hash: TokenHash,
        purpose: Purpose,
        now: Micros,
    ) -> Result<Option<Link>, StoreError> {
        let row: Option<Row> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/links/use.sql"))
                .bind(hash.to_string())
                .bind(purpose.name())
                .bind(now)
                .fetch_optional(connection)
                .await?
        });
        let Some(link) = row.map(|row| read(hash, row)).transpose()? else { return Ok(None) };
        self.use_links_up(purpose, link.listener, now).await?;
        Ok(Some(link))
    }

    /// What was sent for a purpose is of no use any more.
    pub async fn use_links_up(
        &mut self,
        purpose: Purpose,
        listener: Option<ListenerId>,
        now: Micros,
    ) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/links/use_others.sql"))
            .bind(purpose.name())
            .bind(listener.map(|id| id.to_string()))
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }
}

impl Store {
    /// What a link is good for now; it stays so.
    pub async fn link(
        &self,
        hash: TokenHash,
        purpose: Purpose,
        now: Micros,
    ) -> Result<Option<Link>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/links/find.sql"))
                .bind(hash.to_string())
                .bind(purpose.name())
                .bind(now)
                .fetch_optional(pool)
                .await?
        });
        row.map(|row| read(hash, row)).transpose()
    }

    pub async fn prune_links(&self, before: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/links/prune.sql"))
            .bind(before)
            .execute(pool)
            .await?
            .rows_affected()))
    }
}

fn read(hash: TokenHash, (listener, email_key): Row) -> Result<Link, StoreError> {
    let row = hash.to_string();
    let cell = Cell { table: "one_time_links", column: "listener_id", row: &row };
    Ok(Link { listener: listener.map(|id| cell.parse(&id)).transpose()?, email_key })
}

//! A listener's sources: those they keep at hand, and those their feeds follow. A source itself is everybody's.

use crate::{Micros, Source, Store, StoreError, Tx, db::on, sources, transaction::on_tx};
use domain::{ListenerId, SourceId};

/// A source as one listener has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSource {
    pub source: Source,
    /// The listener's name for it.
    pub own_title: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    source: sources::Row,
    own_title: Option<String>,
}

impl Store {
    /// A page of a listener's sources, in the order they came.
    pub async fn own_sources(
        &self,
        listener: ListenerId,
        after: Option<SourceId>,
        limit: u32,
    ) -> Result<Vec<OwnSource>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/own_sources/page.sql"))
                .bind(listener.to_string())
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// One of a listener's sources; `None` when it is not theirs.
    pub async fn own_source(
        &self,
        listener: ListenerId,
        id: SourceId,
    ) -> Result<Option<OwnSource>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/own_sources/find.sql"))
                .bind(listener.to_string())
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }
}

impl Tx {
    /// Keeps a source at hand; a name that it has already stays where none is given.
    pub async fn keep_source(
        &mut self,
        listener: ListenerId,
        id: SourceId,
        title: Option<&str>,
        now: Micros,
    ) -> Result<(), StoreError> {
        self.name_source(include_str!("../sql/own_sources/keep.sql"), listener, id, title, now).await
    }

    pub async fn rename_source(
        &mut self,
        listener: ListenerId,
        id: SourceId,
        title: Option<&str>,
        now: Micros,
    ) -> Result<(), StoreError> {
        self.name_source(include_str!("../sql/own_sources/rename.sql"), listener, id, title, now).await
    }

    async fn name_source(
        &mut self,
        sql: &'static str,
        listener: ListenerId,
        id: SourceId,
        title: Option<&str>,
        now: Micros,
    ) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(sql)
            .bind(listener.to_string())
            .bind(id.to_string())
            .bind(title)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Neither the listener nor any of their feeds has it any more.
    pub async fn drop_source(&mut self, listener: ListenerId, id: SourceId) -> Result<(), StoreError> {
        for sql in
            [include_str!("../sql/own_sources/unfollow.sql"), include_str!("../sql/own_sources/drop.sql")]
        {
            on_tx!(self, connection => sqlx::query(sql)
                .bind(listener.to_string())
                .bind(id.to_string())
                .execute(connection)
                .await?
                .rows_affected());
        }
        Ok(())
    }
}

impl Row {
    fn read(self) -> Result<OwnSource, StoreError> {
        Ok(OwnSource { source: self.source.read()?, own_title: self.own_title })
    }
}

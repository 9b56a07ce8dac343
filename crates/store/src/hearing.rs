//! What listeners do with their programs: how far they have heard, what they think of articles, how words are said.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin},
    transaction::on_tx,
};
use domain::{
    ArticleId, Language, ListenerId, ProgramId, ReadingId,
    select::{Tastes, Thumb},
};
use std::collections::HashMap;

/// Where a listener stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub at_ms: u64,
    /// Heard to its end once.
    pub is_ended: bool,
}

/// An entry of a listener's dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    pub id: ReadingId,
    pub language: Language,
    pub surface: String,
    pub reading: String,
}

impl Store {
    /// `false`: the program is not the listener's, or something newer is known.
    pub async fn put_position(
        &self,
        listener: ListenerId,
        program: ProgramId,
        position: Position,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on!(&self.writer, pool => sqlx::query(include_str!("../sql/positions/put.sql"))
            .bind(listener.to_string())
            .bind(program.to_string())
            .bind(i64::try_from(position.at_ms).unwrap_or(i64::MAX))
            .bind(i16::from(position.is_ended))
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    pub async fn positions(
        &self,
        listener: ListenerId,
        programs: &[ProgramId],
    ) -> Result<HashMap<ProgramId, Position>, StoreError> {
        let sql = twin!(self, "positions/of");
        let rows: Vec<(String, i64, i16)> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(listener.to_string()).bind(json(&programs)).fetch_all(pool).await?
        });
        let read = |(id, at_ms, ended): (String, i64, i16)| {
            let cell = |column| Cell { table: "positions", column, row: &id };
            let at_ms = cell("at_ms").count(at_ms)?;
            Ok((cell("program_id").parse(&id)?, Position { at_ms, is_ended: ended == 1 }))
        };
        rows.into_iter().map(read).collect()
    }

    pub async fn thumbs(
        &self,
        listener: ListenerId,
        articles: &[ArticleId],
    ) -> Result<HashMap<ArticleId, Thumb>, StoreError> {
        let sql = twin!(self, "opinions/of");
        let rows: Vec<(String, i16)> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(listener.to_string()).bind(json(&articles)).fetch_all(pool).await?
        });
        let read = |(id, thumb): (String, i16)| {
            Ok((Cell { table: "opinions", column: "article_id", row: &id }.parse(&id)?, thumb_of(thumb)))
        };
        rows.into_iter().map(read).collect()
    }

    /// What each of some listeners thinks of sources and authors.
    pub async fn tastes(&self, listeners: &[ListenerId]) -> Result<HashMap<ListenerId, Tastes>, StoreError> {
        let sql = twin!(self, "opinions/tastes");
        let rows: Vec<(String, String, Option<String>, i16)> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(json(&listeners)).fetch_all(pool).await?
        });
        let mut tastes: HashMap<ListenerId, Tastes> = HashMap::new();
        for (listener, source, author, thumb) in rows {
            let cell = Cell { table: "opinions", column: "listener_id", row: &listener };
            let of = tastes.entry(cell.parse(&listener)?).or_default();
            of.note(&source, author.as_deref(), thumb_of(thumb));
        }
        Ok(tastes)
    }

    /// The entries of some listeners, each with whose it is.
    pub async fn readings_of(
        &self,
        listeners: &[ListenerId],
    ) -> Result<Vec<(ListenerId, ReadingRow)>, StoreError> {
        let sql = twin!(self, "readings/of_listeners");
        let rows: Vec<(String, String, String, String, String)> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(json(&listeners)).fetch_all(pool).await?
        });
        let read = |(listener, id, language, surface, reading): (String, String, String, _, _)| {
            let cell = |column| Cell { table: "readings", column, row: &id };
            let (listener, language) =
                (cell("listener_id").parse(&listener)?, cell("language").parse(&language)?);
            Ok((listener, ReadingRow { id: cell("id").parse(&id)?, language, surface, reading }))
        };
        rows.into_iter().map(read).collect()
    }

    /// A listener's dictionary, the latest entries first.
    pub async fn readings(&self, listener: ListenerId) -> Result<Vec<ReadingRow>, StoreError> {
        let rows: Vec<(String, String, String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/readings/of.sql"))
                .bind(listener.to_string())
                .fetch_all(pool)
                .await?
        });
        let read = |(id, language, surface, reading): (String, String, _, _)| {
            let cell = |column| Cell { table: "readings", column, row: &id };
            let language = cell("language").parse(&language)?;
            Ok(ReadingRow { id: cell("id").parse(&id)?, language, surface, reading })
        };
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// A thumb for an article that the listener was told of. Whether there was such an article.
    pub async fn put_thumb(
        &mut self,
        listener: ListenerId,
        article: ArticleId,
        thumb: Thumb,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let value: i16 = if thumb == Thumb::Up { 1 } else { -1 };
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/opinions/put.sql"))
            .bind(listener.to_string())
            .bind(article.to_string())
            .bind(value)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Whether there was one.
    pub async fn take_thumb_back(
        &mut self,
        listener: ListenerId,
        article: ArticleId,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/opinions/take_back.sql"))
            .bind(listener.to_string())
            .bind(article.to_string())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// An entry of a listener's dictionary; what was said of the same word before is said anew, and keeps its id.
    pub async fn put_reading(
        &mut self,
        listener: ListenerId,
        row: &ReadingRow,
        now: Micros,
    ) -> Result<ReadingId, StoreError> {
        let (id,): (String,) = on_tx!(self, connection => sqlx::query_as(include_str!("../sql/readings/put.sql"))
            .bind(row.id.to_string())
            .bind(listener.to_string())
            .bind(row.language.tag())
            .bind(&row.surface)
            .bind(&row.reading)
            .bind(now)
            .fetch_one(connection)
            .await?);
        Cell { table: "readings", column: "id", row: &id }.parse(&id)
    }

    /// Whether it was the listener's.
    pub async fn remove_reading(&mut self, id: ReadingId, listener: ListenerId) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/readings/remove.sql"))
            .bind(id.to_string())
            .bind(listener.to_string())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

const fn thumb_of(value: i16) -> Thumb {
    if value > 0 { Thumb::Up } else { Thumb::Down }
}
